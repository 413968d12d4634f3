"""The values of a program, and how the language writes them."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from ...dsl.model.sorts import Record as Record

if TYPE_CHECKING:
    from ...dsl.model.sorts import Value as ModelValue


@dataclass(frozen=True, slots=True, order=True)
class Task:
    """One instance of a process, as a value; `only` when the process is declared without a count."""

    process: str
    index: int
    only: bool = field(default=False, compare=False)
    _hash: int = field(default=0, init=False, compare=False, repr=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "_hash", hash((self.process, self.index)))

    def __hash__(self) -> int:
        # Tasks are in most states, and a search hashes every state.
        return self._hash

    def __str__(self) -> str:
        return self.process if self.only else f"{self.process}[{self.index}]"


@dataclass(frozen=True, slots=True, order=True)
class Atom:
    """A value of the range `sort` of which nothing matters but which one it is; stands for `index`."""

    sort: str
    index: int


@dataclass(frozen=True, slots=True)
class Elements:
    """What the elements of a variable start with, where they differ: in order, the last index fastest."""

    values: tuple[Value, ...]

    def nested(self, sizes: tuple[int, ...]) -> Value:
        """The same as a value of the variable."""
        made = self.values
        for size in reversed(sizes[1:]):
            made = tuple(made[i : i + size] for i in range(0, len(made), size))
        return made


# None, bool, int, str (a member of an enum, a control point, a snapshot), Task, Atom, Record (a value of a
# word, without tasks or atoms in it), frozenset, or a tuple: the elements of an array, or a queue of tasks.
Value = None | bool | int | str | Task | Atom | Record | frozenset["Value"] | tuple["Value", ...]


def value_text(value: Value | ModelValue) -> str:
    """A value as the language writes it."""
    match value:
        case frozenset():
            items = sorted(
                value, key=lambda item: (str(type(item)), item if isinstance(item, int) else str(item))
            )
            return "{" + ", ".join(value_text(item) for item in items) + "}" if value else "set()"
        case Record(fields=fields):
            return "(" + ", ".join(f"{name}={value_text(part)}" for name, part in fields) + ")"
        case tuple():
            return "[" + ", ".join(value_text(item) for item in value) + "]"
        case Task():
            return str(value)
        case _:
            return str(value)
