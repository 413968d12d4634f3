"""Weak memory: views as expressions; a view is kept as the set of what is not in it."""

from __future__ import annotations

from collections.abc import Callable
from functools import reduce

from ...program.program import TRUE, Apply, Assign, BoundName, Const, Expr, Fill, Op, Read

EMPTY = Const(frozenset())
Change = Callable[[Expr], Expr]


def each(
    variable: str, sizes: tuple[int, ...], change: Callable[[Expr, tuple[Expr, ...]], Expr]
) -> tuple[Op, ...]:
    """Every element of a variable changed; `change` is given the element and its indices."""
    if not sizes:
        return (Assign(variable, (), change(Read(variable), ())),)
    names = tuple(f"i{n}" for n in range(len(sizes)))
    indices = tuple(BoundName(name) for name in names)
    return (Fill(variable, names, change(Read(variable, indices), indices)),)


def joined(*sets: Expr) -> Expr:
    """Views added to each other: what is in none of them."""
    return reduce(lambda one, other: Apply("&", (one, other)), sets)


def without(group: Expr, element: Expr) -> Expr:
    return Apply("minus", (group, element))


def chosen(test: Expr, yes: Expr, no: Expr) -> Expr:
    return yes if test == TRUE else Apply("if", (test, yes, no))


def both(one: Expr, other: Expr) -> Expr:
    return Apply("and", (one, other))


def either(may_be: Expr) -> Expr:
    """Both truth values, or False alone."""
    return Apply("if", (may_be, Const(frozenset({False, True})), Const(frozenset({False}))))
