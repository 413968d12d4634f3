"""The expressions of the model, and what their names stand for: all that has a value."""

from __future__ import annotations

from dataclasses import dataclass

from ..source import Span
from .sorts import BOOL, Range, SetOf, Sort, Start, Value, Word
from .walk import walk

# ---- what names stand for


@dataclass(frozen=True, slots=True)
class SharedVariable:
    """`shared` or `ghost`; `value` is what it starts with, of the shape of the sort.

    `pool`: the objects of a class, an array of which each element is in use only while it is allocated."""

    name: str
    sort: Sort
    value: Start
    ghost: bool
    span: Span
    pool: bool = False


@dataclass(frozen=True, slots=True)
class LocalVariable:
    """A local, value parameter or loop variable of the `def` or process `owner`."""

    owner: str
    name: str
    sort: Sort
    span: Span


@dataclass(frozen=True, slots=True)
class Reference:
    """A parameter that stands for a place: its sort is a class, lock, queue or array."""

    owner: str
    name: str
    sort: Sort
    span: Span


@dataclass(frozen=True, slots=True)
class SiteQueue:
    """`wq` in a policy: the waitqueue of the waiting site."""

    name: str
    sort: Sort
    span: Span


@dataclass(frozen=True, slots=True)
class Bound:
    """The variable of a comprehension; `sort` covers what it ranges over."""

    name: str
    sort: Sort
    span: Span


# ---- expressions


@dataclass(frozen=True, slots=True)
class Literal:
    value: Value
    sort: Sort
    span: Span


@dataclass(frozen=True, slots=True)
class SelfIndex:
    """`self`: the index of the process that runs the code."""

    sort: Sort
    span: Span


@dataclass(frozen=True, slots=True)
class BoundUse:
    bound: Bound
    span: Span

    @property
    def sort(self) -> Sort:
        return self.bound.sort


@dataclass(frozen=True, slots=True)
class Place:
    """A variable and the way into it: field names and indices.

    `part` is set for a field of a word: the way then leads to the word, which is one location, and the sort
    is that of the field."""

    root: SharedVariable | LocalVariable | Reference | SiteQueue
    path: tuple[str | Expr, ...]
    sort: Sort
    span: Span
    part: str = ""


@dataclass(frozen=True, slots=True)
class Load:
    """The value of a place; `acquire`: read by a word of that order, such as `smp_load_acquire`."""

    place: Place
    acquire: bool = False

    @property
    def sort(self) -> Sort:
        return self.place.sort

    @property
    def span(self) -> Span:
        return self.place.span


@dataclass(frozen=True, slots=True)
class Operation:
    """`operator` is not, neg, and, or, implies, ==, !=, <, <=, >, >=, +, -, *, //, %, in, |, &,
    minus (of sets), min, max or len."""

    operator: str
    operands: tuple[Expr, ...]
    sort: Sort
    span: Span


@dataclass(frozen=True, slots=True)
class Unwrap:
    """A `T | None` where a T is needed: `none_used` when it is None."""

    operand: Expr
    sort: Sort
    span: Span


@dataclass(frozen=True, slots=True)
class Fit:
    """A number that may not fit: `out_of_range` when it is not within `sort`."""

    operand: Expr
    sort: Range
    span: Span


@dataclass(frozen=True, slots=True)
class Slot:
    """Which element of its pool a reference leads to."""

    operand: Expr
    sort: Range
    span: Span


@dataclass(frozen=True, slots=True)
class Allocated:
    """`allocated(Session)` in a specification: the set of the objects that are allocated."""

    pool: SharedVariable
    sort: SetOf
    span: Span


@dataclass(frozen=True, slots=True)
class Waited:
    """`waitqueue_active(wq)`: whether anybody is on the queue."""

    queue: Place
    span: Span
    sort: Sort = BOOL


@dataclass(frozen=True, slots=True)
class Current:
    """`seen == seq`: whether the counter was not bumped since the snapshot was taken."""

    snapshot: Place
    counter: Place
    span: Span
    sort: Sort = BOOL


@dataclass(frozen=True, slots=True)
class Quantified:
    """`all(body for bound in domain if condition)`; kind is all or any."""

    kind: str
    bound: Bound
    domain: Expr
    condition: Expr | None
    body: Expr
    span: Span
    sort: Sort = BOOL


@dataclass(frozen=True, slots=True)
class SetDisplay:
    elements: tuple[Expr, ...]
    sort: Sort
    span: Span


@dataclass(frozen=True, slots=True)
class SetBuild:
    """`{element for bound in domain if condition}`"""

    element: Expr
    bound: Bound
    domain: Expr
    condition: Expr | None
    sort: Sort
    span: Span


@dataclass(frozen=True, slots=True)
class Composed:
    """`LockWord(locked=1)`: a value of a word, with an operand for each of its fields, in the order in which
    they are evaluated, as are the `names`."""

    names: tuple[str, ...]
    operands: tuple[Expr, ...]
    sort: Word
    span: Span


@dataclass(frozen=True, slots=True)
class FieldOf:
    """A field of a value of a word that stands in no place: of the variable of a comprehension, say."""

    operand: Expr
    name: str
    sort: Sort
    span: Span


@dataclass(frozen=True, slots=True)
class TaskOf:
    """`vcpu[v]` in a specification."""

    process: str
    index: Expr
    sort: Sort
    span: Span


@dataclass(frozen=True, slots=True)
class AtLabel:
    """`vcpu[v] at refresh.done`; `label` has one or two parts.  `within`: `vcpu[v] in refresh.done`,
    anywhere in the region of that name."""

    task: TaskOf
    label: tuple[str, ...]
    span: Span
    sort: Sort = BOOL
    within: bool = False


@dataclass(frozen=True, slots=True)
class ThisTask:
    """The task that an assertion is about, in whatever process its code runs."""

    span: Span


@dataclass(frozen=True, slots=True)
class LockState:
    """`L.locked`, or `L.held_by(vcpu[v])` with a task; in code, `spin_is_locked(L)`."""

    lock: Place
    task: TaskOf | ThisTask | None
    span: Span
    sort: Sort = BOOL


@dataclass(frozen=True, slots=True)
class TaskLocal:
    """`vcpu[v].refresh.page` in a specification."""

    task: TaskOf
    variable: LocalVariable
    path: tuple[Expr, ...]
    sort: Sort
    span: Span


@dataclass(frozen=True, slots=True)
class SiteCondition:
    """`cond` in a policy where it is read as part of one state, as in `assert cond`: the condition of the
    waiting site, which can be no action there.  Code that evaluates it step by step has a `Look`."""

    span: Span
    sort: Sort = BOOL


@dataclass(frozen=True, slots=True)
class Temporal:
    """`operator` is always, eventually, leads_to or until."""

    operator: str
    operands: tuple[Expr, ...]
    span: Span
    sort: Sort = BOOL


Expr = (
    Literal | SelfIndex | BoundUse | Load | Operation | Unwrap | Fit | Slot | Allocated | Waited | Current
    | Quantified | SetDisplay | SetBuild | Composed | FieldOf | TaskOf | AtLabel | LockState | TaskLocal
    | SiteCondition | Temporal
)  # fmt: skip


def shared(e: object) -> bool:
    """Whether evaluating an expression reads a shared location."""
    return any(isinstance(node, Place) and not isinstance(node.root, LocalVariable) for node in walk(e))
