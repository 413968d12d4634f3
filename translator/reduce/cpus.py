"""Where tasks take CPUs, and whether others can tell when: what the reduction has to know of the scheduler.

`docs/semantics.md` has the argument.
"""

from __future__ import annotations

from typing import Literal

from ..program.levels import UNPREEMPTED
from ..program.program import Point
from ..program.ways import leaves
from .movers import Analysis


class Cpus:
    """What an analysed program does with its CPUs."""

    def __init__(self, analysis: Analysis) -> None:
        program = analysis.program
        self.analysis = analysis
        self.counted = program.cpus is not None
        self.preempted = self.counted and program.preempt == "full"
        # Where that is forbidden is a matter of values, which are not looked at here.
        self.forbidden = any(variable.name == UNPREEMPTED for variable in program.variables)
        self.spinning = frozenset(
            p.step.lock.lock for p in program.points if p.step and p.step.lock and p.step.lock.spins
        )
        awaits = [p for p in program.points if p.step is not None and p.step.kind == "await"]
        targets = {leaf.target for p in awaits if p.step is not None for leaf in leaves(p.step.block)}
        self.awaited = frozenset(targets & analysis.must.keys())
        alike = len(program.pins) in (0, len(program.tasks))
        steady = all(self.gives_way(program.point(name)) for name in self.awaited)
        self.moves = alike and steady

    def offers(self, point: Point) -> Literal["cpu", "preempted"] | None:
        """Why somebody else may get the CPU of a task that stands there, if so."""
        if not self.counted or point.step is None:
            return None
        if point.step.offers_cpu:
            return "cpu"
        held = {lock for lock, _ in self.analysis.must[point.name]}
        return "preempted" if self.preempted and not held & self.spinning else None

    def gives_way(self, point: Point) -> bool:
        """Whether a task that stands there lets others have its CPU, whatever else is the case."""
        if point.step is None or point.step.offers_cpu:
            return True
        held = {lock for lock, _ in self.analysis.may[point.name]}
        return self.preempted and not self.forbidden and not held & self.spinning

    def taken_visibly(self, point: Point) -> bool:
        """Whether the step of a point may take a CPU, so that others can tell it from doing so later.

        A task that has stepped has a CPU, and keeps it until it stands where others may get it; only where
        it starts, where it may have lost its CPU, or behind an `await` can it be without.
        """
        return not self.moves and self.lacking(point)

    def lacking(self, point: Point) -> bool:
        """Whether a task that stands there may have no CPU."""
        starts = {process.entry for process in self.analysis.program.processes}
        return self.counted and (point.name in starts or self.regains(point))

    def regains(self, point: Point) -> bool:
        """The same, other than by not having stepped yet."""
        return self.counted and (point.name in self.awaited or self.offers(point) is not None)
