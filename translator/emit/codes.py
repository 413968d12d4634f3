"""Values as integers, and the state as a struct of C: what Spin stores.

An int is itself.  Below the least of the program stand, in this order from above: None, the tasks, and the
words (members of enums, snapshots).  A set is a bit mask over a window of these codes, a queue of tasks has
four bits for each.  What does not fit is refused here, or where the program runs (`FIT`, `ONE`, `AT` in
`c_text`): nothing is ever cut off.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from ...dsl.model.sorts import Bool, Enum, Nothing, Optional, Range, SetOf, count, range_of, word_in
from ..program.program import (
    PC,
    AnyOf,
    AnyTask,
    Apply,
    Assign,
    Const,
    Elements,
    Expr,
    Fill,
    PointName,
    Program,
    Quantified,
    Read,
    Task,
    TaskQueue,
    TaskSet,
    Value,
    Variable,
    walk,
)

WINDOW = 63
"""Bits of a set: one less than a word of C has, so that no mask is negative."""
LONGEST_QUEUE = 15

_WIDTHS = (("signed char", 8), ("short", 16), ("int", 32), ("long long", 64))


class Unsupported(Exception):
    """The program has something that this encoding, in integers, has no place for; one line."""


@dataclass(frozen=True, slots=True)
class Field:
    """A variable in the struct: its C name, the type of an element, how many elements each index has (that
    of the task comes first), and the ordinal of the first task that has a copy."""

    variable: Variable
    name: str
    type: str
    bits: int
    sizes: tuple[int, ...]
    first: int


def _starts(variable: Variable) -> tuple[Value, ...]:
    """What the elements of a variable start with."""
    start = variable.initial
    assert not isinstance(start, AnyOf), "refused before"
    return start.values if isinstance(start, Elements) else (start,)


class Codes:
    """The integers of one program."""

    def __init__(self, program: Program) -> None:
        self.program = program
        nodes = tuple(walk(_read_by_engines(program)))
        constants = [node.value for node in nodes if isinstance(node, Const)]
        if program.choices:
            raise Unsupported("a variable that starts with any of several values")
        for variable in program.variables:
            if word_in(variable.sort) is not None:
                raise Unsupported("a word of several fields")
            constants += _starts(variable)
        scalars = [one for value in constants for one in _scalars(value)]
        ranges = [found for v in program.variables if (found := range_of(v.sort)) is not None]
        numbers = [one for one in scalars if isinstance(one, int)]
        self.low = min(0, *numbers, *(one.low for one in ranges), 0)
        self.high = max(1, *numbers, *(one.high for one in ranges), 1)
        self.points = {point.name: number for number, point in enumerate(program.points)}
        words = dict.fromkeys(one for one in scalars if isinstance(one, str) and one not in self.points)
        for variable in program.variables:
            enum = _enum(variable.sort)
            words.update(dict.fromkeys(enum.members if enum else ()))
        self.none = self.low - 1
        self.task0 = self.none - len(program.tasks)
        self.ordinals = {task: number for number, task in enumerate(program.tasks)}
        self.words = {word: self.task0 - 1 - number for number, word in enumerate(words)}
        # A control point as a value, which no program of the language has, is below all words.
        self.point0 = self.task0 - 1 - len(self.words)
        with_words = any(isinstance(v.sort, SetOf) and _enum(v.sort) for v in program.variables)
        with_words |= any(
            isinstance(one, str) for value in constants if isinstance(value, frozenset) for one in value
        )
        # The window of codes that a set can have, from the lowest that some set may need.
        self.base = self.task0 - (len(self.words) if with_words else 0)
        if len(program.tasks) > WINDOW - 1 or self.none - self.base >= WINDOW:
            raise Unsupported(f"{len(program.tasks)} tasks, and sets of more than {WINDOW} values")
        if len(program.tasks) > LONGEST_QUEUE and any(
            isinstance(v.sort, TaskQueue) for v in program.variables
        ):
            raise Unsupported(f"a queue of more than {LONGEST_QUEUE} tasks")
        self.setlike = self._setlike(nodes)
        self.fields = {v.name: self._field(number, v) for number, v in enumerate(program.variables)}

    # -- values

    def scalar(self, value: Value) -> int:
        """The code of a value that is no set and no queue."""
        match value:
            case None:
                return self.none
            case bool() | int():
                return int(value)
            case str():
                return self.words[value] if value in self.words else self.point0 - self.points[value]
            case Task():
                return self.task0 + self.ordinals[value]
            case _:
                raise Unsupported(f"the value {value}")

    def code(self, value: Value) -> int:
        """The integer of any value of a variable's element."""
        match value:
            case frozenset():
                return sum(1 << self.bit(self.scalar(item)) for item in value)
            case tuple():
                tasks = [self.ordinals[item] + 1 for item in value if isinstance(item, Task)]
                return sum(number << 4 * place for place, number in enumerate(tasks))
            case _:
                return self.scalar(value)

    def bit(self, code: int) -> int:
        bit = code - self.base
        if not 0 <= bit < WINDOW:
            raise Unsupported(f"a set that can contain {code}: at most {WINDOW} values fit")
        return bit

    def row(self, state: tuple[Value, ...]) -> tuple[int, ...]:
        """A state as the integers that the verifier prints of it."""
        found: list[int] = []
        for variable, value in zip(self.program.variables, state, strict=True):
            depth = len(self.fields[variable.name].sizes)
            for item in _elements(value, depth):
                found.append(self.points[str(item)] if variable.name == PC else self.code(item))
        return tuple(found)

    # -- the struct

    def _field(self, number: int, variable: Variable) -> Field:
        sizes = variable.sizes
        first = 0
        if variable.process:
            tasks = self.program.tasks_of(variable)
            sizes = (len(tasks), *sizes)
            first = self.ordinals[tasks[0]] if tasks else 0
        if isinstance(variable.sort, PointName):
            low, high = 0, len(self.program.points)
        else:
            low, high = self._bounds(variable)
            for start in _starts(variable):
                if not isinstance(start, tuple | frozenset):
                    code = self.scalar(start)
                    low, high = min(low, code), max(high, code)
        kind, bits = next(
            (kind, bits) for kind, bits in _WIDTHS if -(1 << bits - 1) <= low and high < 1 << bits - 1
        )
        letters = "".join(c if c.isascii() and c.isalnum() else "_" for c in variable.name)
        return Field(variable, f"v{number}_{letters}", kind, bits, sizes, first)

    def _bounds(self, variable: Variable) -> tuple[int, int]:
        """The least and the largest integer that an element is expected to have."""
        sort = variable.sort
        tasks = (self.task0, self.none)
        match sort:
            case Bool():
                return 0, 1
            case Range(low=low, high=high):
                return low, high
            case Enum(members=members):
                codes = [self.words[word] for word in members]
                return min(codes), max(codes)
            case Nothing():
                return self.none, self.none
            case Optional(of=Range() | Bool() | Enum() as of):
                codes = [self.none]
                if isinstance(of, Enum):
                    codes += [self.words[word] for word in of.members]
                else:
                    codes += [0, 1] if isinstance(of, Bool) else [of.low, of.high]
                return min(codes), max(codes)
            case AnyTask():
                return tasks
            case TaskSet():
                return 0, (1 << self.none - self.base) - 1
            case TaskQueue():
                return 0, (1 << 4 * len(self.program.tasks)) - 1
            case SetOf():
                found = range_of(sort)
                top = self.bit(found.high if found else 1)
                return 0, (2 << top) - 1
            case _ if variable.name in self.setlike:
                return 0, (1 << WINDOW) - 1
            case _:
                # A temporary may hold more than any variable; `FIT` says so where it is too much.
                lowest = self.task0 - len(self.words)
                return 2 * lowest - 1000, 2 * self.high + 1000

    def _setlike(self, nodes: tuple[object, ...]) -> frozenset[str]:
        """The variables of no sort in particular to which some step assigns a set."""
        assigned = [node for node in nodes if isinstance(node, Assign | Fill)]
        found = {
            v.name
            for v in self.program.variables
            if any(isinstance(start, frozenset) for start in _starts(v))
        }
        found |= {v.name for v in self.program.variables if isinstance(v.sort, SetOf | TaskSet)}
        while True:
            more = {op.variable for op in assigned if is_set(op.value, found)} - found
            if not more:
                return frozenset(found)
            found |= more

    # -- how many ways a choice can have

    def most(self, domain: Expr) -> int:
        """At most so many elements a set has."""
        match domain:
            case Const(value=frozenset() as value):
                return len(value)
            case Read(variable=name):
                sort = self.program.variable(name).sort
                if isinstance(sort, TaskSet):
                    return len(self.program.tasks)
                if isinstance(sort, SetOf):
                    return min(WINDOW, count(sort.of))
                return WINDOW
            case Apply(operator="|", arguments=parts):
                return min(WINDOW, sum(self.most(part) for part in parts))
            case Apply(operator="&", arguments=parts):
                return min(self.most(part) for part in parts)
            case Apply(operator="minus", arguments=(left, _)):
                return self.most(left)
            case Apply(operator="set", arguments=parts):
                return len(parts)
            case Quantified(kind="build", domain=inner):
                return self.most(inner)
            case _:
                return WINDOW


def is_set(e: Expr, variables: set[str]) -> bool:
    """Whether an expression is a set, if these variables hold sets."""
    match e:
        case Const(value=value):
            return isinstance(value, frozenset)
        case Read(variable=name):
            return name in variables
        case Apply(operator="set" | "|" | "&" | "minus" | "before"):
            return True
        case Apply(operator="if", arguments=(_, yes, no)):
            return is_set(yes, variables) or is_set(no, variables)
        case Quantified(kind=kind):
            return kind == "build"
        case _:
            return False


def _read_by_engines(program: Program) -> tuple[object, ...]:
    steps = tuple((p.step.guard, p.step.block, p.step.wait, p.step.lock) for p in program.points if p.step)
    claims = tuple(p.claims for p in program.points)
    return (
        steps, claims, program.invariants, program.sometimes, program.definitions, program.monitors,
        program.no_spinning,
    )  # fmt: skip


def _enum(sort: object) -> Enum | None:
    match sort:
        case Enum():
            return sort
        case Optional(of=of) | SetOf(of=of):
            return _enum(of)
        case _:
            return None


def _scalars(value: Value) -> Iterator[Value]:
    if isinstance(value, frozenset | tuple):
        for item in value:
            yield from _scalars(item)
    else:
        yield value


def _elements(value: Value, depth: int) -> Iterator[Value]:
    if depth == 0:
        yield value
        return
    assert isinstance(value, tuple)
    for item in value:
        yield from _elements(item, depth - 1)
