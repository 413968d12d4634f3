"""A model under one table of costs: every cell, what is said of the differences, and what that depends on."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

from ...dsl.diagnostics import Diagnostics
from ...dsl.model import model as m
from ..run.choices import Undecided
from ..run.episode import Cell, Timing
from ..run.machine import Timeless
from ..table.costs import Costs
from .compared import Difference, Moved, differences, moved
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
        late = lates(timings, asked.seed)
        for timing in timings:
            model = timing.cell.model
            progress(" ".join(filter(None, (model.scenario, timing.cell.policy))))
            figures, why = measured(timing, asked, late[model.scenario])
            made += figures
            stopped += [why] * len(figures)
        apart = differences(made)
        moves: tuple[Moved, ...] = ()
        if sensitivity and apart:
            progress("what the answer depends on")
            moves = moved(cells, costs, apart, asked.seed, late, asked.stop)
    except Undecided as fault:
        help = f"say `--set choice.{fault.owner}=...`, or so in [choice]" if fault.owner else None
        diagnostics.add("undecided-choice", fault.span, fault.message, help)
        return None
    except Timeless as fault:
        help = "give a step in the loop a time, in [step] or [duration]"
        diagnostics.add("timeless-loop", fault.span, "this loop takes no time, so none would ever pass", help)
        return None
    first = cells[0]
    tasks = {
        process.name: costs.episodes[process.name].tasks
        for process in first.model.processes
        if process.name in costs.episodes and costs.episodes[process.name].tasks < process.count
    }
    scenes = {cell.model.scenario: cell.model for cell in cells}
    return Costing(
        first.model, costs, asked.seed, tuple(made), tuple(stopped), apart, moves, scenes, tasks, changed, at
    )
