"""Shared locations whose accesses no lock keeps apart: what a verdict on them owes to the memory model.

A lockset analysis, as Eraser's (Savage et al., 1997), but on the control flow instead of a run: two accesses
to a location conflict if different tasks can make them, one of them writes, and no lock is held at both, for
writing at one at least.  On real memory such accesses may take effect in another order than they are written.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from ...dsl.source import Span
from ..program.program import Note, Program
from ..program.ways import leaves
from .movers import Access, Analysis


@dataclass(frozen=True, slots=True)
class Unlocked:
    """A shared location by its path without indices, a write to it, and an access that meets the write."""

    location: str
    written: Span
    other: Span


def unlocked(program: Program) -> tuple[Unlocked, ...]:
    """The shared locations that conflicting accesses of code meet at, variables before counters.

    `program` is one without scheduler state.  Assertions and formulas read nothing on a machine and do not
    count.  Elements of an array are not told apart, nor are locks in arrays: accesses that may both be
    under a lock of one array are taken to be kept apart.  What has its own order is none.
    """
    analysis = Analysis(program, frozenset(), frozenset())
    met = {
        variable.name: [access for access in analysis.found.get(variable.name, ()) if not access.asserted]
        for variable in program.variables
        if variable.kind == "shared"
    }
    for name, access in _of_counters(analysis):
        met.setdefault(name, []).append(access)
    found: list[Unlocked] = []
    for name, accesses in met.items():
        if name in program.ordered:
            continue
        pair = next(
            (
                (one, other)
                for one in accesses
                if one.written
                for other in accesses
                if _concurrent(one, other, program) and not _kept_apart(one, other)
            ),
            None,
        )
        if pair is not None:
            found.append(Unlocked(name, pair[0].span, pair[1].span))
    return tuple(found)


def _of_counters(analysis: Analysis) -> Iterator[tuple[str, Access]]:
    """The accesses to `generation` counters, which no variable stands for: bumps, snapshots, comparisons."""
    for point in analysis.program.points:
        if point.step is None or point.name not in analysis.must:
            continue
        arrays = frozenset(lock for lock, _ in analysis.may[point.name]) - analysis.scalar
        ops = dict.fromkeys(op for leaf in leaves(point.step.block) for op in leaf.ops)
        for op in ops:
            if isinstance(op, Note) and op.where and op.kind in ("bump", "take_snapshot", "compare"):
                name = "".join(part for part in op.where.parts if isinstance(part, str)).replace("[]", "")
                yield name, Access(op.kind == "bump", analysis.during(point), point, op.span, arrays)


def _concurrent(one: Access, other: Access, program: Program) -> bool:
    """Whether different tasks can make these accesses."""
    same = one.point.process == other.point.process
    return not same or program.process(one.point.process).count > 1


def _kept_apart(one: Access, other: Access) -> bool:
    return bool(one.excludes(other) or one.uncounted & other.uncounted)
