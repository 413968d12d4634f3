"""Works and timers: processes that run their body once for each time that they are asked to."""

from __future__ import annotations

from collections.abc import Iterator

from ..diagnostics import Diagnostics
from ..model import model as m
from ..model import sorts as s
from ..syntax import tree
from .library import DEFERRED
from .values.scope import Names


def kind_of(node: tree.Process) -> str | None:
    """`work` or `timer`; None for a process."""
    return next((word for word in node.modifiers if word in DEFERRED), None)


def declare_deferred(declared: tuple[tree.Declaration, ...], names: Names, diagnostics: Diagnostics) -> None:
    """Makes the variable known that each work and timer has, under its own name.

    `diagnostics` gets those that the model declares without a body."""
    for node in declared:
        if isinstance(node, tree.Process) and (kind := kind_of(node)) is not None:
            sort = names.types.get(DEFERRED[kind])
            if not isinstance(sort, s.Struct):
                continue
            of: s.Sort = sort
            value = s.initial(of)
            if node.count is not None:
                size = max(1, names.processes[node.name][1])
                of, value = s.Array(of, size), (value,) * size
            names.variables[node.name] = m.SharedVariable(node.name, of, value, False, node.span)
        elif isinstance(node, tree.Shared) and node.name in names.variables:
            for word, struct in DEFERRED.items():
                if struct in {
                    part.name for part in _structs(names.variables[node.name].sort) if part.ordered
                }:
                    help = f"write `{word} NAME:` with what it does below"
                    diagnostics.add("no-body", node.span, f"a {word} has a body", help)


def _structs(sort: s.Sort) -> Iterator[s.Struct]:
    match sort:
        case s.Array(of=of):
            yield from _structs(of)
        case s.Struct(fields=fields):
            yield sort
            for _, inner, _ in fields:
                yield from _structs(inner)
        case _:
            pass


def served(
    node: tree.Process, statements: tuple[m.Statement, ...], names: Names
) -> tuple[m.Statement, ...]:  # fmt: skip
    """The body of a process, as its tasks run it."""
    kind = kind_of(node)
    variable = names.variables.get(node.name)
    if kind is None or variable is None:
        return statements
    place = m.Place(variable, (), variable.sort, node.span)
    if isinstance(variable.sort, s.Array):
        own = m.SelfIndex(s.Range(0, variable.sort.size - 1, node.name), node.span)
        place = m.Place(variable, (own,), variable.sort.of, node.span)
    return (m.Serve(kind, place, statements, node.span),)
