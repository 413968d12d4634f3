"""The expressions of a program, the values that they have, and the sorts that its variables have."""

from __future__ import annotations

from dataclasses import dataclass, field

from .values import Atom as Atom
from .values import Record as Record
from .values import Task as Task
from .values import Value as Value

# Names that no variable of the author's can have.
PC = "(pc)"
SLEEPY = "(sleepy)"
CPU = "(cpu)"
STOP = "(stop)"
GONE = "(gone)"


# ---- sorts that the language has no word for


@dataclass(frozen=True, slots=True)
class AnyTask:
    """A task, or None."""


@dataclass(frozen=True, slots=True)
class TaskSet:
    pass


@dataclass(frozen=True, slots=True)
class TaskQueue:
    pass


@dataclass(frozen=True, slots=True)
class PointName:
    pass


@dataclass(frozen=True, slots=True)
class Any:
    """A temporary: None, or whatever was loaded."""


# ---- expressions


@dataclass(frozen=True, slots=True)
class Const:
    """`word` is what the author calls it, where that cannot be told from the value: control points' label."""

    value: Value
    word: str = field(default="", compare=False)


@dataclass(frozen=True, slots=True)
class Read:
    """An element of a variable; for a per-task variable the first index is the task."""

    variable: str
    indices: tuple[Expr, ...] = ()


@dataclass(frozen=True, slots=True)
class Self:
    """The task that steps, or that a claim is about."""


@dataclass(frozen=True, slots=True)
class BoundName:
    name: str


@dataclass(frozen=True, slots=True)
class Apply:
    """`operator` applied to arguments: those of the model's operations, and

    - `set`: the set of the arguments; `index`: a task's index; `element`: an element of a constant
      table; `if`: the second or third argument;
    - `append`, `drop` (a task from a queue), `before` (the set of those before a task in a queue);
    - in properties only: `always`, `eventually`, `leads_to`.
    """

    operator: str
    arguments: tuple[Expr, ...]


@dataclass(frozen=True, slots=True)
class Quantified:
    """`kind` is all, any, or build: the set of `body` for each value that `condition` admits."""

    kind: str
    name: str
    domain: Expr
    condition: Expr | None
    body: Expr


@dataclass(frozen=True, slots=True)
class Composed:
    """A record of fields with these values."""

    names: tuple[str, ...]
    operands: tuple[Expr, ...]


@dataclass(frozen=True, slots=True)
class FieldOf:
    """What a field of a record holds."""

    operand: Expr
    name: str


@dataclass(frozen=True, slots=True)
class Altered:
    """A record with another value in a field."""

    operand: Expr
    name: str
    value: Expr


@dataclass(frozen=True, slots=True)
class TaskAt:
    """The task of a process with an index."""

    process: str
    index: Expr


@dataclass(frozen=True, slots=True)
class Defined:
    """The program's definition of that name, of an argument."""

    name: str
    argument: Expr


@dataclass(frozen=True, slots=True)
class At:
    """Whether a task stands at a label, or anywhere `within` its region; the last pass of lowering makes
    `StandsAt` of it."""

    task: Expr
    process: str
    label: tuple[str, ...]
    within: bool = False


@dataclass(frozen=True, slots=True)
class StandsAt:
    """Whether a task stands at one of some control points: at a label, or anywhere `within` a region, which
    the author calls `word`.  Of a region it cannot be told where in it."""

    task: Expr
    points: frozenset[str]
    word: str = field(default="", compare=False)
    within: bool = False


Expr = (
    Const | Read | Self | BoundName | Apply | Quantified | Composed | FieldOf | Altered | TaskAt | Defined
    | At | StandsAt
)  # fmt: skip

TRUE = Const(True)
FALSE = Const(False)
NONE = Const(None)
SELF = Self()


def conjunction(*parts: Expr) -> Expr:
    """All of them, without the trivial ones."""
    known: list[Expr] = []
    for part in parts:
        if part == FALSE:
            return FALSE
        if part != TRUE:
            known.append(part)
    if not known:
        return TRUE
    return known[0] if len(known) == 1 else Apply("and", tuple(known))


def negation(part: Expr) -> Expr:
    match part:
        case Const(value=bool() as value):
            return Const(not value)
        case Apply(operator="not", arguments=(inner,)):
            return inner
        case Apply(operator="==", arguments=arguments):
            return Apply("!=", arguments)
        case Apply(operator="!=", arguments=arguments):
            return Apply("==", arguments)
        case _:
            return Apply("not", (part,))


def implication(left: Expr, right: Expr) -> Expr:
    if left == TRUE or right == TRUE:
        return right
    return Apply("implies", (left, right))
