"""Going through a program: what a node consists of, what it reads, the same with something changed."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import fields, is_dataclass, replace
from typing import TypeVar

from ...dsl.source import Span
from .blocks import Note
from .program_expressions import PC, Atom, Const, Expr, Read, Record, StandsAt, Task

N = TypeVar("N")

_PLAIN = Span | Task | Atom | Record | Const
_NAMES: dict[tuple[type, bool], tuple[str, ...]] = {}


def _names(kind: type, *, told: bool = False) -> tuple[str, ...]:
    """The parts of a kind of node.  Values and places in the source have none; trace notes only if `told`."""
    known = _NAMES.get((kind, told))
    if known is None:
        without = _PLAIN if told else _PLAIN | Note
        is_node = is_dataclass(kind) and not issubclass(kind, without)
        known = tuple(item.name for item in fields(kind) if item.name[0] != "_") if is_node else ()
        _NAMES[kind, told] = known
    return known


def parts(node: object) -> tuple[object, ...]:
    """What a node of a program consists of, in order.  Constants have no parts; trace notes are left out."""
    if isinstance(node, tuple):
        return node
    return tuple([getattr(node, name) for name in _names(type(node))])


def walk(node: object) -> Iterator[object]:
    """`node` and all that it consists of, at whatever place, from the top and in order.

    Whatever asks what a program, or a part of one, reads or names, asks it here: no place is listed
    anywhere, so none can be forgotten.  Trace notes are left out: no step or verdict depends on them.
    """
    todo = [node]
    while todo:
        one = todo.pop()
        yield one
        if isinstance(one, tuple):
            todo.extend(reversed(one))
        elif names := _names(type(one)):
            todo.extend([getattr(one, name) for name in reversed(names)])


def walk_once(node: object) -> Iterator[object]:
    """The same in any order, without going again through a part that stands in several places as one object.

    The blocks of a large step share most of what they consist of."""
    todo, seen = [node], set[int]()
    while todo:
        one = todo.pop()
        below = one if isinstance(one, tuple) else _names(type(one))
        if not below:
            yield one
        elif id(one) not in seen:
            seen.add(id(one))
            yield one
            todo.extend(one if isinstance(one, tuple) else [getattr(one, name) for name in below])


def reads(node: object) -> frozenset[str]:
    """The names of all variables that are read anywhere in `node`, trace notes left out."""
    return frozenset(
        PC if isinstance(part, StandsAt) else part.variable
        for part in walk_once(node)
        if isinstance(part, Read | StandsAt)
    )


def rewritten(node: N, change: Callable[[object], object], *, told: bool = False) -> N:
    """`node` with `change` applied from the top: where it returns the same node, its parts are rewritten
    in turn.  Trace notes stay as they are, unless `told`.

    `change` depends on nothing but the node, so that it is asked once of one that stands in several places.
    """
    done: dict[int, object] = {}

    def of(node: object) -> object:
        new = done.get(id(node), done)
        if new is done:
            new = done[id(node)] = changed(node)
        return new

    def changed(node: object) -> object:
        new = change(node)
        if new is not node:
            return new
        names = _names(type(node), told=told)
        if not names and not isinstance(node, tuple):
            return node
        old = node if isinstance(node, tuple) else tuple([getattr(node, name) for name in names])
        made = tuple([of(part) for part in old])
        if all(one is other for one, other in zip(old, made, strict=True)):
            return node
        if isinstance(node, tuple):
            return made
        return replace(node, **dict(zip(names, made, strict=True)))  # type: ignore[type-var]

    return changed(node)  # type: ignore[return-value]


def exchanged(node: N, old: Expr, new: Expr) -> N:
    """`node` with `new` in every place of `old`."""
    return rewritten(node, lambda part: new if part == old else part)
