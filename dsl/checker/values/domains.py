"""What `for x in` and `choose` range over: all values of a type, or a range of numbers that are known."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import TypeGuard

from ...model import model as m
from ...model import sorts as s
from ...source import Span
from ...syntax import tree
from .scope import Scope

MAX_ELEMENTS = 4096


def type_named(node: tree.Expr, scope: Scope) -> s.Sort | None:
    """The sort that a name stands for; None where it is no type's."""
    types: dict[str, s.Sort] = {"bool": s.BOOL, **scope.names.types}
    return types.get(node.id) if isinstance(node, tree.Name) and node.id not in scope.locals else None


def all_of(sort: s.Sort, node: tree.Name, scope: Scope) -> m.Expr | None:
    """The values of the type `node`."""
    if isinstance(s.bare(sort), s.Ref) and not scope.whole_state:
        help = "keep references to what was allocated, in variables or a `set`"
        scope.diagnostics.add(
            "not-a-domain", node.span, f"code cannot range over all objects of `{node.id}`", help
        )
        return None
    if isinstance(sort, s.Word) and s.count(sort) > MAX_ELEMENTS:
        _refuse_size(f"`{node.id}` has {s.count(sort)} values", node.span, scope)
        return None
    if isinstance(sort, s.Bool | s.Range | s.Enum | s.Optional | s.Word):
        return m.Literal(frozenset(s.values(sort)), s.SetOf(sort), node.span)
    scope.diagnostics.add("not-a-domain", node.span, f"`{sort}` has no values to range over")
    return None


def numbers(bounds: tuple[int, int], span: Span) -> m.Expr:
    """The numbers from the first bound to before the second."""
    low, high = bounds
    elements: frozenset[s.Value] = frozenset(range(low, high))
    return m.Literal(elements, s.SetOf(s.Range(low, max(low, high - 1))), span)


def is_number(value: s.Value, span: Span, scope: Scope) -> TypeGuard[int]:
    """Whether a bound is a number; truth values are none."""
    if isinstance(value, int) and not isinstance(value, bool):
        return True
    scope.diagnostics.add("wrong-sort", span, "a number is needed")
    return False


def bounds_of(given: Sequence[int], span: Span, scope: Scope) -> tuple[int, int] | None:
    """The two bounds of `range(n)` or `range(a, b)`, the second exclusive."""
    low, high = (0, given[0]) if len(given) == 1 else (given[0], given[1])
    if high - low > MAX_ELEMENTS:
        _refuse_size(f"this range has {high - low} values", span, scope)
        return None
    return low, high


def bound_to(clause: tree.Clause, sort: s.Sort, scope: Scope) -> m.Bound | None:
    """The variable of a clause; None where it would make too many combinations with those around it."""
    scope.refuse_hiding(clause.name, clause.span)
    bound = m.Bound(clause.name, sort, clause.span)
    combinations = math.prod(s.count(known.sort) for known in (*scope.bounds.values(), bound))
    if combinations > MAX_ELEMENTS:
        _refuse_size(f"this goes through {combinations} combinations", clause.span, scope)
        return None
    return bound


def _refuse_size(what: str, span: Span, scope: Scope) -> None:
    message = f"{what}, more than {MAX_ELEMENTS}"
    scope.diagnostics.add("range-too-large", span, message, "a model checks small bounds")
