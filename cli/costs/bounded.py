"""`pfnspec cost --bounds N`: the most of sleeps and polls, over all interleavings."""

from __future__ import annotations

import argparse
import sys

from ...check.load import load
from ...report.cost.bounds import bounds_text
from ...report.text.diagnostics import diagnostics_text
from ...report.text.ink import ink_for
from ...timing.figures.bounds import Bounds, TooLarge, bounds
from ...timing.run.episode import Cell
from ..write import complain, put

MOST_STATES = 400_000


def run_bounds(options: argparse.Namespace) -> int:
    """Shows them; 2 when the model is wrong or has nothing to measure, 3 when it is too large."""
    loaded = load(options.file, dict(options.constants), outside=options.allow_outside)
    put(diagnostics_text(loaded.diagnostics, loaded.sources, ink_for(sys.stderr)), sys.stderr)
    if not loaded.cells:
        return 2
    model = loaded.cells[0].model
    if not model.measures:
        complain(f"{options.file} has nothing to measure; add a line `measure NAME: P at L until P at L`")
        return 2
    found: list[Bounds] = []
    for one in loaded.cells:
        base = (one.policy or "").partition("(")[0]
        scenario = not options.scenarios or one.scenario in options.scenarios
        if not scenario or (options.policies and not {one.policy, base} & set(options.policies)):
            continue
        cell = Cell(one.model, one.policy, one.program)
        for measure in range(len(model.measures)):
            try:
                found.append(bounds(cell, measure, options.bounds, MOST_STATES))
            except TooLarge:
                where = " ".join(filter(None, (one.scenario, one.policy)))
                complain(f"{where}: more than {MOST_STATES} states; try smaller constants, or fewer rounds")
                return 3
    if not found:
        complain("there is no such scenario and policy")
        return 2
    put(bounds_text(found, model, options.bounds, options.width or 72))
    return 0
