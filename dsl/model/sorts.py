"""Sorts: what kinds of values there are, and which expression fits where."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from itertools import combinations, product
from math import prod


@dataclass(frozen=True, slots=True)
class Record:
    """A value of a word: its fields with their values, in their order."""

    fields: tuple[tuple[str, Value], ...]

    def __str__(self) -> str:
        return "(" + ", ".join(f"{name}={value}" for name, value in self.fields) + ")"

    def part(self, name: str) -> Value:
        """What a field holds."""
        return next(value for known, value in self.fields if known == name)

    def altered(self, name: str, value: Value) -> Record:
        """The same with another value in a field."""
        return Record(tuple((known, value if known == name else old) for known, old in self.fields))


# A value of the language: None, a bool, an int, a member of an enum as its name, a set, a record, or the
# elements of an array (nested for arrays of arrays).
Value = None | bool | int | str | frozenset["Value"] | Record | tuple["Value", ...]


@dataclass(frozen=True, slots=True)
class AnyOf:
    """What a location may start with, any of several values: `= choose(T)`."""

    values: frozenset[Value]


# What a variable starts with: a value, any of several, or of an array that for each element.
Start = Value | AnyOf | tuple["Start", ...]


@dataclass(frozen=True, slots=True)
class Bool:
    def __str__(self) -> str:
        return "bool"


@dataclass(frozen=True, slots=True)
class Range:
    """The integers from `low` to `high`, both included; `name` is that of its `type` or process."""

    low: int
    high: int
    name: str | None = field(default=None, compare=False)

    def __str__(self) -> str:
        if self.name:
            return self.name
        if self.low == self.high:
            return str(self.low)
        return f"range({self.high + 1})" if self.low == 0 else f"range({self.low}, {self.high + 1})"

    def covers(self, other: Range) -> bool:
        return self.low <= other.low and other.high <= self.high


@dataclass(frozen=True, slots=True)
class Enum:
    name: str
    members: tuple[str, ...]

    def __str__(self) -> str:
        return self.name


@dataclass(frozen=True, slots=True)
class Ref(Enum):
    """A reference to an object of the class `name`; its values are called as objects are, `Session[0]`."""

    def __str__(self) -> str:
        return self.name


@dataclass(frozen=True, slots=True)
class Optional:
    """`T | None`"""

    of: Sort

    def __str__(self) -> str:
        return f"{self.of} | None"


@dataclass(frozen=True, slots=True)
class Nothing:
    """The sort of `None` alone, and of the elements of `set()`."""

    def __str__(self) -> str:
        return "None"


@dataclass(frozen=True, slots=True)
class SetOf:
    of: Sort

    def __str__(self) -> str:
        return f"set[{self.of}]"


@dataclass(frozen=True, slots=True)
class Array:
    of: Sort
    size: int

    def __str__(self) -> str:
        return f"{self.of}[{self.size}]"


@dataclass(frozen=True, slots=True)
class Struct:
    """A class: fields with their sorts and, where they have one, initial values.

    `ordered`: a class of the library, which has the barriers or the lock that it needs within."""

    name: str
    fields: tuple[tuple[str, Sort, Start], ...]
    ordered: bool = False

    def __str__(self) -> str:
        return self.name

    def field(self, name: str) -> Sort | None:
        return next((sort for known, sort, _ in self.fields if known == name), None)


@dataclass(frozen=True, slots=True)
class Word:
    """A word: fields that are one location; each with its sort and what it starts with."""

    name: str
    fields: tuple[tuple[str, Sort, Value], ...]

    def __str__(self) -> str:
        return self.name

    def field(self, name: str) -> Sort | None:
        return next((sort for known, sort, _ in self.fields if known == name), None)


@dataclass(frozen=True, slots=True)
class Generation:
    """A counter that code may only bump, take a snapshot of, and compare one with."""

    def __str__(self) -> str:
        return "generation"


@dataclass(frozen=True, slots=True)
class Snapshot:
    def __str__(self) -> str:
        return "snapshot"


@dataclass(frozen=True, slots=True)
class Lock:
    """`kind` is spinlock, mutex, rwlock or rwsem; `fair` is False for `rwsem(unfair)`."""

    kind: str
    fair: bool = True

    def __str__(self) -> str:
        return self.kind if self.fair else f"{self.kind}(unfair)"

    @property
    def spins(self) -> bool:
        return self.kind in ("spinlock", "rwlock")

    @property
    def shared(self) -> bool:
        """Whether it has readers."""
        return self.kind in ("rwlock", "rwsem")


@dataclass(frozen=True, slots=True)
class WaitQueue:
    def __str__(self) -> str:
        return "waitqueue"


@dataclass(frozen=True, slots=True)
class Srcu:
    def __str__(self) -> str:
        return "srcu"


@dataclass(frozen=True, slots=True)
class Task:
    """One process instance, as `vcpu[0]` in a specification."""

    process: str

    def __str__(self) -> str:
        return f"task of {self.process}"


Sort = (
    Bool | Range | Enum | Optional | Nothing | SetOf | Array | Struct | Word | Generation | Snapshot | Lock
    | WaitQueue | Srcu | Task
)  # fmt: skip

BOOL = Bool()
NOTHING = Nothing()
GENERATION = Generation()
SNAPSHOT = Snapshot()
WAITQUEUE = WaitQueue()
SRCU = Srcu()


def bare(sort: Sort) -> Sort:
    """T of `T | None`, any other sort itself."""
    return sort.of if isinstance(sort, Optional) else sort


def is_plain(sort: Sort) -> bool:
    """Whether a value of this sort fits in one location that code may load and store."""
    match sort:
        case Bool() | Range() | Enum() | Nothing() | Word():
            return True
        case Optional(of=of):
            return is_plain(of) and not isinstance(of, SetOf | Optional | Word)
        case SetOf(of=of):
            return is_plain(of) and not isinstance(of, SetOf)
        case _:
            return False


def word_in(sort: object) -> Word | None:
    """The word whose values a value of this sort is, or is made of; None where there is none."""
    match sort:
        case Word():
            return sort
        case Optional(of=of) | SetOf(of=of) | Array(of=of):
            return word_in(of)
        case _:
            return None


def has_locks(sort: Sort) -> bool:
    """Whether something in it is a lock, waitqueue or generation and so cannot be copied."""
    match sort:
        case Lock() | WaitQueue() | Srcu() | Generation():
            return True
        case Array(of=of):
            return has_locks(of)
        case Struct(fields=fields):
            return any(has_locks(sort) for _, sort, _ in fields)
        case _:
            return False


def range_of(sort: object) -> Range | None:
    """The range that a value of this sort, or what it is made of, comes from; None when there is none."""
    match sort:
        case Range():
            return sort
        case Optional(of=of) | SetOf(of=of) | Array(of=of):
            return range_of(of)
        case _:
            return None


def values(sort: Sort) -> Iterator[Value]:
    """All values of a plain sort, in their order; those of sets by size."""
    match sort:
        case Bool():
            yield from (False, True)
        case Range(low=low, high=high):
            yield from range(low, high + 1)
        case Enum(members=members):
            yield from members
        case Nothing():
            yield None
        case Optional(of=of):
            yield None
            yield from values(of)
        case SetOf(of=of):
            elements = tuple(values(of))
            for size in range(len(elements) + 1):
                yield from (frozenset(chosen) for chosen in combinations(elements, size))
        case Word(fields=fields):
            names = [name for name, _, _ in fields]
            for chosen in product(*(tuple(values(of)) for _, of, _ in fields)):
                yield Record(tuple(zip(names, chosen, strict=True)))
        case _:
            raise TypeError(f"{sort} has no enumerable values")


def count(sort: Sort) -> int:
    """How many values a plain sort that is no set has."""
    match sort:
        case Range(low=low, high=high):
            return high - low + 1
        case Optional(of=of):
            return 1 + count(of)
        case Word(fields=fields):
            return prod(count(of) for _, of, _ in fields)
        case _:
            return sum(1 for _ in values(sort))


def fits(value: Value, sort: Sort) -> bool:
    """Whether a location of a plain sort can hold the value."""
    match sort:
        case Range(low=low, high=high):
            return isinstance(value, int) and not isinstance(value, bool) and low <= value <= high
        case Optional(of=of):
            return value is None or fits(value, of)
        case SetOf(of=of):
            return isinstance(value, frozenset) and all(fits(item, of) for item in value)
        case Word(fields=fields):
            return isinstance(value, Record) and all(fits(value.part(name), of) for name, of, _ in fields)
        case _:
            return value in values(sort)


def initial(sort: Sort) -> Value:
    """What a location of this sort holds when nothing else is said: False, the lowest number, the
    first member, None, the empty set."""
    match sort:
        case Bool():
            return False
        case Range(low=low):
            return low
        case Enum(members=members):
            return members[0]
        case SetOf():
            return frozenset()
        case Array(of=of, size=size):
            return (initial(of),) * size
        case Word(fields=fields):
            return Record(tuple((name, value) for name, _, value in fields))
        case _:
            return None


def comparable(left: Sort, right: Sort) -> bool:
    """Whether `==` between the two can ever be meant."""
    if isinstance(left, Optional):
        return isinstance(right, Nothing) or comparable(left.of, right)
    if isinstance(right, Optional):
        return isinstance(left, Nothing) or comparable(left, right.of)
    match left, right:
        case (Nothing(), _) | (_, Nothing()):
            return isinstance(left, Nothing) and isinstance(right, Nothing)
        case SetOf(of=one), SetOf(of=other):
            return NOTHING in (one, other) or comparable(one, other)
        case Range(), Range():
            return True
        case _:
            return left == right


def join(left: Sort, right: Sort) -> Sort | None:
    """The narrowest sort that holds both, or None."""
    match left, right:
        case Range(), Range():
            name = left.name if left == right else None
            return Range(min(left.low, right.low), max(left.high, right.high), name)
        case Nothing(), Nothing():
            return NOTHING
        case Nothing(), Optional() | SetOf():
            return right if isinstance(right, Optional) else None
        case Optional(), Nothing():
            return left
        case Nothing(), _:
            return Optional(right)
        case _, Nothing():
            return Optional(left)
        case SetOf(of=one), SetOf(of=other):
            if one == NOTHING or other == NOTHING:
                return left if other == NOTHING else right
            both = join(one, other)
            return SetOf(both) if both else None
        case Optional(), _:
            both = join(left.of, right.of if isinstance(right, Optional) else right)
            return Optional(both) if both else None
        case _, Optional(of=of):
            both = join(left, of)
            return Optional(both) if both else None
        case _:
            return left if left == right else None
