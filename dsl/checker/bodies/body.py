"""What is known of a body while its statements are checked."""

from __future__ import annotations

from dataclasses import dataclass, field

from ...diagnostics import Diagnostics
from ...model import model as m
from ...source import Span
from ..values.scope import Scope, Signature


@dataclass(frozen=True, slots=True)
class Copied:
    """An argument that names a variable, for a parameter that is a copy: of `callee`, called so.  `of` is the
    caller's own parameter that it names, None where it is shared."""

    callee: str
    parameter: str
    of: str | None
    span: Span


@dataclass(slots=True)
class Body:
    """What is known while a body is checked; `scope.assigned` moves along with control."""

    scope: Scope
    signature: Signature | None
    labels: dict[str, Span] = field(default_factory=dict)
    regions: set[str] = field(default_factory=set)
    declared: dict[str, m.LocalVariable] = field(default_factory=dict)
    calls: dict[str, Span] = field(default_factory=dict)
    atomic_calls: set[Span] = field(default_factory=set)
    loops: list[list[frozenset[str] | None]] = field(default_factory=list)
    # The labels that stand below in the blocks around, innermost last; what has a value where a `goto` leads
    # to one of them.
    ahead: list[set[str]] = field(default_factory=list)
    jumps: dict[str, list[frozenset[str] | None]] = field(default_factory=dict)
    # The variables of the `for` loops around, each with the place of its loop.
    counting: dict[str, Span] = field(default_factory=dict)
    # The copies that its calls make, and where it first stores to each local.
    copied: list[Copied] = field(default_factory=list)
    stored: dict[str, Span] = field(default_factory=dict)
    # What an `atomic` around a call of this body could not contain, with its place.
    unfit_for_atomic: list[tuple[Span, str]] = field(default_factory=list)
    atomic: Span | None = None
    may_block: Span | None = None
    # Whether lines of it could not be read.
    gap: bool = False

    @property
    def diagnostics(self) -> Diagnostics:
        return self.scope.diagnostics


def stores_to(place: m.Place, body: Body) -> bool:
    """Notes a store, and whether it may be: False, with a report, if it is to the variable of a `for` around.

    Python's loop takes the next value whatever its body stores.  Here the loop goes on from what the
    variable holds, except in `atomic`, so a store would mean one thing or the other.
    """
    if not isinstance(place.root, m.LocalVariable):
        return True
    name = place.root.name
    body.stored.setdefault(name, place.span)
    if name not in body.counting:
        return True
    help = "keep what changes in a local of its own, leave with `break`, or write a `while`"
    related = [(body.counting[name], "the loop stands here")]
    body.diagnostics.add(
        "loop-variable", place.span, f"`{name}` is the variable of a loop around", help, related
    )
    return False


def meet(ways: list[frozenset[str] | None]) -> frozenset[str] | None:
    """The locals that have a value whichever way control came."""
    alive = [way for way in ways if way is not None]
    return frozenset.intersection(*alive) if alive else None


def not_in_atomic(span: Span, what: str, body: Body) -> None:
    """Something that no `atomic` may contain."""
    body.unfit_for_atomic.append((span, what))
    if body.atomic:
        help = "end the block before it"
        body.diagnostics.add("not-atomic", span, f"{what} cannot be part of one step", help)


def sole_first(span: Span, what: str, body: Body) -> None:
    """An operation that may block: within `atomic` only as its very first."""
    body.unfit_for_atomic.append((span, what))
    if body.atomic and span != body.may_block:
        help = "only the first operation of the block, under no `if`, may wait"
        body.diagnostics.add("not-atomic", span, f"{what} may block in the middle of one step", help)
