"""One episode, step by step, with the time at which each step takes effect."""

from __future__ import annotations

from collections.abc import Mapping

from ...dsl.diagnostics import Diagnostics
from ...dsl.source import Source
from ...timing.figures.costing import FAULTS, report
from ...timing.figures.sampling import BATCHES, starts
from ...timing.figures.study import POINTS, lates
from ...timing.run.episode import Cell, Start, Timing, outcome
from ...timing.table.costs import Costs
from ...timing.table.units import US
from ...translator.retrace.retrace import replayed_step
from ..text.behaviour import where_text
from ..text.words import layout
from .text import head

MOST = 400
"""So many steps are shown, the first ones."""


def trace_text(
    cell: Cell, costs: Costs, seed: int, number: int, sources: Mapping[str, Source], width: int,
    diagnostics: Diagnostics,
) -> str | None:  # fmt: skip
    """Episode `number` of a cell, counted from 0 through all batches.

    None, with what is wrong in `diagnostics`, where there is none.

    Rounds of a loop that are all alike are shown once.
    """
    timing = Timing(cell, costs, diagnostics)
    if diagnostics.errors:
        return None
    try:
        late = lates([timing], seed)[cell.model.scenario]
        batch, point = divmod(number % (BATCHES * POINTS), POINTS)
        start: Start = list(starts(seed, batch, POINTS, late))[point][0]
        machine = timing.machine(start, seed)
        machine.trail = []
        machine.run()
    except FAULTS as fault:
        report(fault, diagnostics)
        return None
    ended = outcome(machine)
    states, interpreter = cell.automaton.states, cell.automaton.interpreter
    trail = machine.trail[:MOST]
    steps = [
        replayed_step(n, states[before], states[after], interpreter)
        for n, (_, _, before, after) in enumerate(trail, start=1)
    ]
    moving = tuple(sorted({step.task for step in steps}))
    laid = layout(tuple(steps), moving, cell.model.path, max(width - 14, 58))
    lines = [head(cell.model.name, cell.model.constants), f"costs: {costs.name}"]
    where = where_text(cell.model.scenario, cell.policy)
    lines += [f"{f'episode {number} {where}'.rstrip()}, seed {seed}; times in us", ""]
    lines += [" " * 12 + row for row in laid.head]
    last = 0
    for (time, _, _, _), rows in zip(trail, laid.steps, strict=True):
        for n, row in enumerate(rows):
            lines.append(f"{time / US:11.3f} {row}" if n == 0 else " " * 12 + row)
        last = time
    if len(machine.trail) > MOST:
        lines.append(f"{len(machine.trail) - MOST} more steps")
    lines.append("")
    for sample in machine.samples:
        task, measure = cell.automaton.tasks[sample.task], cell.model.measures[sample.measure]
        lines.append(
            f"{measure.name} of {task}: {sample.time / US:.3f}, CPU {sample.cpu / US:.3f}, "
            f"given {sample.given / US:.3f}, {sample.polls} polls, {sample.out} times out"
        )
    if ended.ended != "done":
        lines.append(f"{ended.ended} after {last / US:.3f}")
    return "\n".join(line.rstrip() for line in lines) + "\n"
