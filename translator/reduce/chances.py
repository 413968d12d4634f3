"""Acquisitions that need a CPU as well as their lock, and what fairness asks the reduction to leave of them.

`docs/semantics.md` has the argument.
"""

from __future__ import annotations

from ..program.program import Point
from ..program.ways import leaves
from .cpus import Cpus
from .movers import Analysis, Reason


class Chances:
    """For which locks of an analysed program those who wait, and are promised something, may need a CPU as
    well: `scarce`."""

    def __init__(self, analysis: Analysis, cpus: Cpus) -> None:
        program = analysis.program
        self.analysis = analysis
        self.cpus = cpus
        unfair = {process.name for process in program.processes if process.unfair}
        self.scarce = frozenset(
            point.step.lock.lock
            for point in program.points
            if point.name in analysis.must and point.process not in unfair
            if point.step is not None and point.step.lock is not None and point.step.acquires
            if cpus.lacking(point)
        )

    def reasons(self, point: Point) -> tuple[Reason, ...]:
        """Why a step does not move because it may make such an acquisition possible or impossible, if so."""
        step = point.step
        assert step is not None
        if step.lock is not None and step.lock.lock in self.scarce:
            return (Reason("waited", step.lock.lock),)
        if not self.scarce:
            return ()
        after = (self.analysis.program.point(leaf.target) for leaf in leaves(step.block))
        if self.cpus.regains(point) or any(self.cpus.offers(target) is not None for target in after):
            return (Reason("scheduled", "", tuple(sorted(self.scarce))),)
        return ()
