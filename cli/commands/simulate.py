"""`pfnspec simulate`."""

from __future__ import annotations

import argparse
import sys
from random import Random, SystemRandom

from ...report.text.behaviour import Page, where_text
from ...report.text.command import command, file_word
from ...report.text.ink import ink_for, width_for
from ...report.text.result import folded, head_text
from ...report.text.simulation import behaviour_text, violation_text
from ...translator import pipeline
from ...translator.retrace.simulate import Simulation
from ..cell import one_cell
from ..write import complain, put


def run(options: argparse.Namespace) -> int:
    """Shows one random behaviour; 1 when it ends in a violation.  With `--interactive`, one that the user
    chooses, and 0."""
    if options.interactive and options.file == "-":
        complain("commands come from standard input, so the model cannot")
        return 2
    chosen = one_cell(options)
    if chosen is None:
        return 2
    loaded, cell = chosen
    seed = SystemRandom().randrange(1_000_000) if options.seed is None else options.seed
    simulation = Simulation(pipeline.whole(pipeline.about(cell.program)))
    ink = ink_for(sys.stdout)
    page = Page(loaded.sources, loaded.path, options.width or width_for(sys.stdout), ink)
    where = where_text(cell.scenario, cell.policy)
    head = f"{head_text(cell.model.name, cell.model.constants, ink, cell.model.memory)}\n\n"
    head += f"{where}{', ' if where else ''}seed {seed}\n\n"
    if options.interactive:
        from ..interactive import interact

        put(head)
        return interact(simulation, Random(seed), page)
    if not simulation.violations():
        simulation.run(Random(seed), options.steps)
    found = [simulation.finding(violation) for violation in simulation.violations()]
    if found:
        text = violation_text(found, page, where, _again(options, seed))
    else:
        text = behaviour_text(tuple(simulation.steps), simulation.standing(), page, _again(options, seed))
    put(folded(head + text, page.width, ink))
    return 1 if found else 0


def _again(options: argparse.Namespace, seed: int) -> str:
    """The command that shows the same behaviour."""
    words = ["pfnspec", "simulate", file_word(options.file)]
    for name, value in options.constants:
        words += ["--const", f"{name}={value}"]
    for option in ("scenario", "policy"):
        if getattr(options, option) is not None:
            words += [f"--{option}", getattr(options, option)]
    return command([*words, "--seed", str(seed), "--steps", str(options.steps)])
