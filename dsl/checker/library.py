"""What the kernel builds from locks, counters and queues: classes and `def`s that a model has if it names
them.

They are written in the language (`vocabulary/library.pfn`), so that they have its rules and no others. A
class and the `def`s that begin with a parameter of it belong together: a model that declares one of their
names has none of them.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from functools import lru_cache

from ..model.walk import walk
from ..source import LIBRARY, Source
from ..syntax import tree
from ..syntax.parse import parse
from ..vocabulary.library_words import LIBRARY_NAMES, LIBRARY_TEXT

DEFERRED = {"work": "work_struct", "timer": "timer_list"}
"""Processes that run when they are asked to, by the word that declares one: the class of what is asked."""


@lru_cache
def source() -> Source:
    """The library's text."""
    return Source(LIBRARY, LIBRARY_TEXT)


@lru_cache
def library() -> tree.Tree:
    """The library's declarations."""
    parsed, diagnostics = parse(source())
    assert parsed is not None, [str(fault) for fault in diagnostics.sorted()]
    return parsed


def with_library(specification: tree.Tree) -> tree.Tree:
    """The tree with those declarations of the library that it names, and with what these name in turn, before
    its own."""
    named = LIBRARY_NAMES & set(_named(specification.declarations))
    if not named:
        return specification
    known = {
        node.name: node for node in library().declarations if isinstance(node, tree.Struct | tree.Function)
    }
    declared = {node.name for node in specification.declarations if hasattr(node, "name")}
    hidden = {_group(known[name]) for name in LIBRARY_NAMES & declared}
    todo = [name for name in named if _group(known[name]) not in hidden]
    taken: set[str] = set()
    while todo:
        name = todo.pop()
        if name not in taken:
            taken.add(name)
            todo += LIBRARY_NAMES & set(_named(known[name]))
    own = tuple(node for name, node in known.items() if name in taken)
    return replace(specification, declarations=(*own, *specification.declarations))


def _group(node: tree.Struct | tree.Function) -> str:
    """The class that a declaration belongs to."""
    if isinstance(node, tree.Function) and node.parameters:
        first = node.parameters[0].type
        if isinstance(first, tree.Name) and first.id in LIBRARY_NAMES:
            return first.id
    return node.name


def _named(node: object) -> Iterator[str]:
    for part in walk(node):
        if isinstance(part, tree.Name):
            yield part.id
        elif isinstance(part, tree.Process):
            yield from (DEFERRED[word] for word in part.modifiers if word in DEFERRED)
