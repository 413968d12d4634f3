"""A model under one table of costs: every cell, what is said of the differences, and what that depends on."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

from ...dsl.diagnostics import Diagnostics
from ...dsl.model import model as m
from ...dsl.source import Span
from ..run.choices import Undecided
from ..run.episode import Cell, Timing
from ..run.machine import Occupied, Timeless
from ..table.costs import Costs
from .compared import Difference, Moved, Ratio, differences, moved, ratios
from .exact import NotExact
from .study import Asked, Measured, lates, measured


@dataclass(frozen=True, slots=True)
class Costing:
    """What came of it.

    `model` is the model in its first scenario.  `stopped` says what ended the work on each cell, in the
    order of `cells`: points, precision or time.  `tasks` are the tasks that come, by process, where not all
    do.
    `changed` are the policies that are timed with other parameters than the model's own; `at` is what a sweep
    has set, as text.
    """

    model: m.Model
    costs: Costs
    seed: int
    cells: tuple[Measured, ...]
    stopped: tuple[str, ...]
    differences: tuple[Difference, ...]
    moved: tuple[Moved, ...]
    scenes: Mapping[str | None, m.Model]
    tasks: Mapping[str, int]
    changed: tuple[str, ...] = ()
    at: str = ""
    ratios: tuple[Ratio, ...] = ()


def costing(
    cells: Sequence[Cell], costs: Costs, asked: Asked, diagnostics: Diagnostics, *, sensitivity: bool = True,
    progress: Callable[[str], None] = lambda _: None, at: str = "", changed: tuple[str, ...] = (),
    last_first: bool = False,
) -> Costing | None:  # fmt: skip
    """Times every cell; None with what is wrong with the costs in `diagnostics`.

    `progress` is told what is being done.  The same arguments give the same answer, unless `asked.stop` says
    that the time is over.
    """
    timings = [Timing(cell, costs, diagnostics, last_first=last_first) for cell in cells]
    if diagnostics.errors:
        return None
    made: list[Measured] = []
    stopped: list[str] = []
    try:
        late = {} if costs.steady or asked.exact else lates(timings, asked.seed)
        for timing in timings:
            model = timing.cell.model
            progress(" ".join(filter(None, (model.scenario, timing.cell.policy))))
            figures, why = measured(timing, asked, late.get(model.scenario))
            made += figures
            stopped += [why] * len(figures)
        apart = differences(made)
        moves: tuple[Moved, ...] = ()
        if sensitivity and apart and not costs.steady:
            progress("what the answer depends on")
            moves = moved(cells, costs, apart, asked.seed, late, asked.stop)
    except FAULTS as fault:
        report(fault, diagnostics)
        return None
    first = cells[0]
    tasks = {
        process.name: costs.episodes[process.name].tasks
        for process in first.model.processes
        if process.name in costs.episodes and costs.episodes[process.name].tasks < process.count
    }
    scenes = {cell.model.scenario: cell.model for cell in cells}
    return Costing(
        first.model,
        costs,
        asked.seed,
        tuple(made),
        tuple(stopped),
        apart,
        moves,
        scenes,
        tasks,
        changed,
        at,
        ratios(made),
    )


FAULTS = (Undecided, Timeless, Occupied, NotExact)
"""What is found only when behaviours are run."""


def report(fault: Exception, diagnostics: Diagnostics) -> None:
    """Adds what one of the `FAULTS` means to the diagnostics, with the way out."""
    match fault:
        case Undecided(owner=owner):
            help = f"say `--set choice.{owner}=...`, or so in [choice]" if owner else None
            diagnostics.add("undecided-choice", fault.span, fault.message, help)
        case Timeless():
            help = "give a step in the loop a time, in [step] or [duration]"
            message = "this loop takes no time, so none would ever pass"
            diagnostics.add("timeless-loop", fault.span, message, help)
        case Occupied():
            message = "a round of this loop ends where the CPU cannot be given away until the next one begins"
            help = "let the loop pass a `cond_resched()` last, or give every task a CPU"
            diagnostics.add("costs", fault.span, message, help)
        case NotExact():
            place = fault.place or Span("--exact", 0, 0, 0, 0)
            diagnostics.add("costs", place, f"not exact: {fault.message}", fault.advice)
