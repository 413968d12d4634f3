"""Weak memory: what a task need not have seen yet, as variables.

A view machine with one older value for each location; docs/semantics.md has the rules and where they come
from, `views` what operations do. Views are kept as what is *not* in them: a set of locations whose newest
store need not be seen, empty in the beginning, so that the union of two views is the intersection of their
sets."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from ....dsl.model.sorts import Sort
from ....dsl.source import Span
from ...program.program import Any, Apply, Const, Expr, Process, Read, Variable

# What each task keeps: `current` it must read the newest of what is not in it; `acquired`, what it will have
# to read the newest of behind the next ordering of loads; `released` goes with each of its stores; `own` is
# added to that by a barrier between stores; `unlocked` is as of its last release of a lock; `base` is
# `acquired` as of the last point that orders loads.
# `handed` is what sections before it have left to it, those of the locks that it has taken and its own; only
# where a barrier asks for that.
CURRENT, ACQUIRED, RELEASED, OWN, UNLOCKED, BASE, HANDED = (
    "current", "acquired", "released", "own", "unlocked", "base", "handed",
)  # fmt: skip
ALL = "(behind all)"
ATOMIC = "(behind atomic)"
GLUED = "(glued)"


# A load: of which variable, where it stands, and the calls through which it is reached.
Site = tuple[str, Span, tuple[Span, ...]]


@dataclass(frozen=True, slots=True)
class Location:
    """A weak variable, or counter (then without a sort): its array sizes, and the names of its elements."""

    path: str
    sizes: tuple[int, ...]
    sort: Sort | None

    @property
    def names(self) -> tuple[str, ...]:
        found = [self.path]
        for size in self.sizes:
            found = [f"{name}[{i}]" for name in found for i in range(size)]
        return tuple(found)


@dataclass(frozen=True, slots=True)
class Views:
    """What the tasks of a process keep, by name and in order, and which weak variables they access."""

    process: Process
    rows: tuple[str, ...]
    accessed: frozenset[str]

    @property
    def variable(self) -> str:
        return f"(behind) {self.process.name}"

    def row(self, name: str, task: Expr) -> Read:
        return Read(self.variable, (task, Const(self.rows.index(name))))


@dataclass(frozen=True, slots=True)
class Memory:
    """The weak locations of a program and where what was seen is kept.

    `several`: the model has more than one counter, so that snapshots tell which one they are of. `passed` are
    the variables by which it goes from one task to the next, with their array sizes: those of locks, wait
    queues and all `atomic` blocks.  `steady` are loads that can only
    give the newest value, because of a lock. `dependent` are the per-task variables with a value that comes
    from a load of a weak location. `glued`: something stores to what it has read, in one step, so that no
    other store comes between the two."""

    locations: Mapping[str, Location]
    views: Mapping[str, Views]
    passed: Mapping[str, tuple[int, ...]]
    dependent: frozenset[str]
    steady: frozenset[Site]
    several: bool = False
    glued: bool = False

    def variables(self) -> tuple[Variable, ...]:
        """The variables that all this is."""
        made = [
            Variable(v.variable, "memory", Any(), frozenset(), (len(v.rows),), v.process.name, "views")
            for v in self.views.values()
        ]
        for one in self.locations.values():
            if one.sort is not None:
                made.append(Variable(older(one.path), "memory", one.sort, None, one.sizes, None, "older"))
            made += [_set(name(one.path), one.sizes) for name in (with_newest, with_older)]
        made += [_set(name, sizes) for name, sizes in self.passed.items()]
        made.append(_set(ALL, ()))
        if self.glued:
            made.append(_set(GLUED, ()))
        return tuple(made)


def _set(name: str, sizes: tuple[int, ...]) -> Variable:
    return Variable(name, "memory", Any(), frozenset(), sizes, None, "view")


def older(path: str) -> str:
    """The variable with the value before the newest one of a location."""
    return f"(older) {path}"


def with_newest(path: str) -> str:
    """The variable with the view of the newest store to a location."""
    return f"(behind newest) {path}"


def with_older(path: str) -> str:
    """The same for the store before it; not empty as long as somebody may read that."""
    return f"(behind older) {path}"


def passed_by(path: str) -> str:
    """The variable with what a lock or wait queue hands on, by its path."""
    return f"(behind) {path}"


def passed_by_readers(path: str) -> str:
    """The same for what those who held it for reading leave to the next writer."""
    return f"(behind readers) {path}"


def snapshot_word(state: str, element: str, *, several: bool) -> str:
    """What a snapshot of a counter's element is while it is current, previous or outdated."""
    return f"{state} {element}" if several else state


def name_at(one: Location, indices: tuple[Expr, ...], word: Callable[[str], str] = str) -> Expr:
    """The name of the element of a location at these indices, or what `word` makes of it."""

    def at(path: str, depth: int) -> Expr:
        if depth == len(one.sizes):
            return Const(word(path))
        position = indices[depth]
        if isinstance(position, Const) and isinstance(position.value, int):
            return at(f"{path}[{position.value}]", depth + 1)
        options = [at(f"{path}[{i}]", depth + 1) for i in range(one.sizes[depth])]
        chosen = options[-1]
        for i in range(len(options) - 2, -1, -1):
            chosen = Apply("if", (Apply("==", (position, Const(i))), options[i], chosen))
        return chosen

    return at(one.path, 0)
