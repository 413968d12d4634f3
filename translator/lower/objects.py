"""Objects that are allocated and freed: each has a state beside its fields, and a reference is its name."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from itertools import product

from ...dsl.model import model as m
from ...dsl.model import sorts as s
from ..program.program import (
    Apply,
    Assign,
    BoundName,
    Const,
    Expr,
    Quantified,
    Read,
    Variable,
    Where,
)
from .locks import LockPlace

# An object that was never allocated cannot be told from another such one, so the first of them is taken.
STATES = s.Enum("object", ("unused", "allocated", "freed"))
UNUSED, IN_USE, FREED = (Const(word) for word in STATES.members)


def state_name(pool: m.SharedVariable) -> str:
    """The variable that holds the state of each object."""
    return f"{pool.name}.(state)"


def state_of(pool: m.SharedVariable, slot: Expr) -> Read:
    return Read(state_name(pool), (slot,))


def state_variable(pool: m.SharedVariable) -> Variable:
    name = f"{pool.name}[]"
    return Variable(state_name(pool), "shared", STATES, "unused", (size(pool),), None, name, pool.span)


def size(pool: m.SharedVariable) -> int:
    assert isinstance(pool.sort, s.Array)
    return pool.sort.size


def members(pool: m.SharedVariable) -> tuple[str, ...]:
    """The references to the objects of a pool, in the order of the objects."""
    return tuple(f"{pool.name}[{i}]" for i in range(size(pool)))


def slot_of(reference: Expr, sort: s.Sort) -> Expr:
    """The number of the object that a reference leads to."""
    assert isinstance(sort, s.Ref)
    if isinstance(reference, Const) and reference.value in sort.members:
        return Const(sort.members.index(str(reference.value)))
    last = len(sort.members) - 1
    found: Expr = Const(last)
    for number in range(last - 1, -1, -1):
        is_it = Apply("==", (reference, Const(sort.members[number])))
        found = Apply("if", (is_it, Const(number), found))
    return found


def allocated(pool: m.SharedVariable) -> Expr:
    """The set of references to what is allocated."""
    return _those(pool, lambda slot: Apply("==", (state_of(pool, slot), IN_USE)))


def free_ones(pool: m.SharedVariable) -> Expr:
    """The references that an allocation may return: to any object that was freed, and to one that never was
    allocated."""

    def test(slot: Expr) -> Expr:
        before = BoundName("before")
        unused = Apply("==", (state_of(pool, before), UNUSED))
        earlier = Apply("and", (Apply("<", (before, slot)), unused))
        first = Quantified(
            "all", "before", Const(frozenset(range(size(pool)))), None, Apply("not", (earlier,))
        )
        fresh = Apply("and", (Apply("==", (state_of(pool, slot), UNUSED)), first))
        return Apply("or", (Apply("==", (state_of(pool, slot), FREED)), fresh))

    return _those(pool, test)


def _those(pool: m.SharedVariable, test: Callable[[Expr], Expr]) -> Expr:
    one = BoundName("object")
    sort = s.Ref(pool.name, members(pool))
    return Quantified("build", "object", Const(frozenset(members(pool))), test(slot_of(one, sort)), one)


def fields(pool: m.SharedVariable) -> tuple[tuple[str, s.Sort, s.Value, tuple[int, ...]], ...]:
    """The parts of an object: their paths, sorts, initial values and sizes of arrays within the object."""
    found: list[tuple[str, s.Sort, s.Value, tuple[int, ...]]] = []

    def visit(path: str, sort: s.Sort, value: s.Value, sizes: tuple[int, ...]) -> None:
        match sort:
            case s.Array(of=of, size=count):
                visit(path, of, value[0] if isinstance(value, tuple) else value, (*sizes, count))
            case s.Struct(fields=parts):
                for name, inner, default in parts:
                    visit(f"{path}.{name}", inner, default, sizes)
            case _:
                found.append((path, sort, value, sizes))

    assert isinstance(pool.sort, s.Array)
    visit(pool.name, pool.sort.of, None, ())
    return tuple(found)


def emptied(path: str, value: s.Value, slot: Expr, sizes: tuple[int, ...]) -> Iterator[Assign]:
    """What sets a part of an object, or each element of one that is an array, to a value."""
    for indices in product(*(range(size) for size in sizes)):
        yield Assign(path, (slot, *(Const(i) for i in indices)), Const(value))


def nobody_holds(path: str, sort: s.Lock, slot: Expr, sizes: tuple[int, ...]) -> Expr:
    """That a lock within an object, or each element of an array of them, is free."""
    names = tuple(BoundName(f"i{depth}") for depth in range(len(sizes)))
    test: Expr = Apply("not", (LockPlace(path, (slot, *names), sort, Where((path,)), False).locked,))
    for name, count in reversed(tuple(zip(names, sizes, strict=True))):
        test = Quantified("all", name.name, Const(frozenset(range(count))), None, test)
    return test
