"""`pfnspec simulate`."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Callable
from random import Random, SystemRandom

from ...check.load import Cell, Loaded
from ...check.states.asked import answer, ask
from ...check.states.graph import followed
from ...report.text.behaviour import Page, where_text
from ...report.text.command import command, file_word
from ...report.text.ink import ink_for, width_for
from ...report.text.result import folded, head_text
from ...report.text.simulation import behaviour_text, violation_text
from ...translator import pipeline
from ...translator.program.findings import Finding
from ...translator.program.values import value_text
from ...translator.retrace.simulate import Simulation
from ...translator.run.interpreter import Interpreter, State
from ..cell import one_cell
from ..write import complain, put
from .saved import read_results


def run(options: argparse.Namespace) -> int:
    """Shows one random behaviour; 1 when it ends in a violation.  With `--interactive`, one that the user
    chooses, and 0."""
    if options.interactive and options.file == "-":
        complain("commands come from standard input, so the model cannot")
        return 2
    if options.loaded is not None and not options.interactive:
        complain("--from shows a counterexample to step through: it goes with --interactive")
        return 2
    finding = None
    if options.loaded is not None:
        finding = _counterexample(options)
        if finding is None:
            return 2
    chosen = one_cell(options)
    if chosen is None:
        return 2
    loaded, cell = chosen
    seed = SystemRandom().randrange(1_000_000) if options.seed is None else options.seed
    simulation = Simulation(pipeline.whole(pipeline.about(cell.program)))
    ink = ink_for(sys.stdout)
    page = Page(loaded.sources, loaded.path, options.width or width_for(sys.stdout), ink, options.verbose)
    where = where_text(cell.scenario, cell.policy)
    head = f"{head_text(cell.model.name, cell.model.constants, ink, cell.model.memory)}\n\n"
    head += f"{where}{', ' if where else ''}seed {seed}\n\n"
    if options.interactive:
        from ..interactive import interact

        passed = () if finding is None else followed(finding, simulation.interpreter)
        if passed is None:
            complain("this is no behaviour of the model as it is now: check it again, and save that result")
            return 2
        put(head)
        return interact(simulation, Random(seed), page, _values(loaded, cell, options), passed)
    if not simulation.violations():
        simulation.run(Random(seed), options.steps)
    found = [simulation.finding(violation) for violation in simulation.violations()]
    if found:
        text = violation_text(found, page, where, _again(options, seed))
    else:
        text = behaviour_text(
            tuple(simulation.steps), simulation.standing(), page, _again(options, seed),
            ended=not simulation.choices,
        )  # fmt: skip
    put(folded(head + text, page.width, ink))
    return 1 if found else 0


def _counterexample(options: argparse.Namespace) -> Finding | None:
    """The first counterexample of a saved result that fits the options, which it completes with its scenario,
    policy and constants; None, with the reason on standard error."""
    results = read_results([options.loaded])
    if results is None:
        return None
    for result, verdict in ((one, verdict) for one in results for verdict in one.verdicts):
        if (
            verdict.finding is not None
            and options.property in (None, verdict.property)
            and options.scenario in (None, verdict.scenario)
            and options.policy in (None, verdict.policy)
        ):
            options.scenario, options.policy = verdict.scenario, verdict.policy
            options.constants = options.constants or list(result.overrides)
            return verdict.finding
    complain(f"{options.loaded} has no such counterexample")
    return None


def _values(loaded: Loaded, cell: Cell, options: argparse.Namespace) -> Callable[[str, State], str]:
    """What an expression is in a state of the cell, in words."""

    def told(expression: str, state: State) -> str:
        text = loaded.sources[loaded.path].text
        asked = ask(loaded.path, text, [expression], dict(options.constants), outside=options.allow_outside)
        if asked.fault is not None:
            return asked.fault.message
        for other, (question,) in asked.cells:
            if (other.scenario, other.policy) == (cell.scenario, cell.policy):
                interpreter = Interpreter(pipeline.whole(pipeline.about(other.program)))
                value = answer(question, state, interpreter)
                return f"{expression} = {value if isinstance(value, str) else value_text(value)}"
        return f"{expression} has no value here"

    return told


def _again(options: argparse.Namespace, seed: int) -> str:
    """The command that shows the same behaviour."""
    words = ["pfnspec", "simulate", file_word(options.file)]
    for name, value in options.constants:
        words += ["--const", f"{name}={value}"]
    for option in ("scenario", "policy"):
        if getattr(options, option) is not None:
            words += [f"--{option}", getattr(options, option)]
    return command([*words, "--seed", str(seed), "--steps", str(options.steps)])
