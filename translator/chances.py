"""Acquisitions that need several things at once, and what fairness asks the reduction to leave of them.

`docs/semantics.md` has the argument.
"""

from __future__ import annotations

from .cpus import Cpus
from .movers import Analysis, Reason
from .program import Point, Step
from .ways import leaves


class Chances:
    """What else than its lock the acquisitions of an analysed program depend on, those that are promised.

    `locks`: those whose waiters need more than that the lock is free; `scarce`: those whose waiters may need
    a CPU as well.
    """

    def __init__(self, analysis: Analysis, cpus: Cpus) -> None:
        program = analysis.program
        self.analysis = analysis
        self.cpus = cpus
        unfair = {process.name for process in program.processes if process.unfair}
        locks: set[str] = set()
        scarce: set[str] = set()
        for point in program.points:
            step = point.step
            if point.name not in analysis.must or point.process in unfair:
                continue
            if step is None or step.lock is None or not step.acquires:
                continue
            if cpus.lacking(point):
                scarce.add(step.lock.lock)
            if cpus.lacking(point) or self._asks_more(step, step.lock.lock):
                locks.add(step.lock.lock)
        self.locks = frozenset(locks)
        self.scarce = frozenset(scarce)

    def _asks_more(self, step: Step, lock: str) -> bool:
        """Whether the guard of an acquisition reads anything that may change, other than its own lock."""
        looks = self.analysis.observer.looks(step.guard)
        own = {name for name, of in self.analysis.observer.locks.items() if of == lock}
        return bool(looks.points or looks.others or looks.variables - own - self.analysis.written_alone)

    def reasons(self, point: Point) -> tuple[Reason, ...]:
        """Why a step does not move because it may make such an acquisition possible or impossible, if so."""
        step = point.step
        assert step is not None
        if step.lock is not None and step.lock.lock in self.locks:
            return (Reason("waited", step.lock.lock),)
        if not self.scarce:
            return ()
        after = (self.analysis.program.point(leaf.target) for leaf in leaves(step.block))
        if self.cpus.regains(point) or any(self.cpus.offers(target) is not None for target in after):
            return (Reason("scheduled", "", tuple(sorted(self.scarce))),)
        return ()
