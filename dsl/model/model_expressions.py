"""The expressions of the model, and what their names stand for: all that has a value."""

from __future__ import annotations

from dataclasses import dataclass

from ..source import Span
from ..vocabulary.atomic_words import Result
from ..vocabulary.word import Order
from .sorts import BOOL, Range, SetOf, Sort, Start, Value

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
    """A variable and the way into it: field names and indices."""

    root: SharedVariable | LocalVariable | Reference | SiteQueue
    path: tuple[str | Expr, ...]
    sort: Sort
    span: Span


@dataclass(frozen=True, slots=True)
class Load:
    """The value of a place; `acquire`: by `smp_load_acquire`."""

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
class TaskOf:
    """`vcpu[v]` in a specification."""

    process: str
    index: Expr
    sort: Sort
    span: Span


@dataclass(frozen=True, slots=True)
class AtLabel:
    """`vcpu[v] at refresh.done`; `label` has one or two parts."""

    task: TaskOf
    label: tuple[str, ...]
    span: Span
    sort: Sort = BOOL


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
    | Quantified | SetDisplay | SetBuild | TaskOf | AtLabel | LockState | TaskLocal | SiteCondition | Temporal
)  # fmt: skip


# ---- what may stand on a right-hand side, or in a condition under `and`, `or` and `not`


@dataclass(frozen=True, slots=True)
class Maybe:
    """`maybe()`"""

    span: Span
    sort: Sort = BOOL


@dataclass(frozen=True, slots=True)
class NeedResched:
    """`need_resched()`: whether somebody else wants this CPU.  Without time it is a choice."""

    span: Span
    sort: Sort = BOOL


@dataclass(frozen=True, slots=True)
class Choose:
    """`choose(S)`: any element; `empty_choice` when there is none."""

    domain: Expr
    sort: Sort
    span: Span


@dataclass(frozen=True, slots=True)
class Allocate:
    """`alloc(Session)`, or `kzalloc(Session)`, which may fail."""

    pool: SharedVariable
    may_fail: bool
    sort: Sort
    span: Span


@dataclass(frozen=True, slots=True)
class TryLock:
    lock: Place
    mode: str
    span: Span
    sort: Sort = BOOL


@dataclass(frozen=True, slots=True)
class Invoke:
    """A call of a `def`; an argument for a reference is a Place."""

    function: str
    arguments: tuple[Expr | Place, ...]
    sort: Sort | None
    span: Span


@dataclass(frozen=True, slots=True)
class Modify:
    """An atomic operation on a place, one step: `cmpxchg(x, 0, 1)`.

    `was` stands for what the place holds, and each of the `arguments`, which are evaluated before, is bound
    to a name of its own; `stored`, `when`, `test` and `needs` are over these names. If `when` is true (or
    None), `stored` is stored; otherwise `found` gets what was there. `result` is what comes back: nothing,
    what `was` there, what is there `now`, or the value of `test`. If `needs` is false, that is
    `bad_refcount`, with the `complaint`. `order` is what it orders in memory.
    """

    word: str
    place: Place
    arguments: tuple[tuple[Bound, Expr], ...]
    was: Bound
    stored: Expr
    when: Expr | None
    test: Expr | None
    result: Result
    found: Place | None
    needs: Expr | None
    complaint: str
    order: Order
    sort: Sort | None
    span: Span


@dataclass(frozen=True, slots=True)
class Outcome:
    """`cmpxchg(x, 0, 1) == 0`: a condition on what an action returns, which is bound to a name in it."""

    action: Modify
    bound: Bound
    condition: Expr
    span: Span
    sort: Sort = BOOL


@dataclass(frozen=True, slots=True)
class Bug:
    """`BUG_ON(C)`, `WARN_ON(C)`: a condition that is evaluated as code does, and its value. Where it is true,
    the property `text` is violated, and the task is halted if it `halts`."""

    condition: Condition
    text: str
    halts: bool
    span: Span
    sort: Sort = BOOL


@dataclass(frozen=True, slots=True)
class Take:
    """`seen = seq`: a snapshot of the counter."""

    counter: Place
    sort: Sort
    span: Span


@dataclass(frozen=True, slots=True)
class Look:
    """`cond` where code of a policy evaluates it: the condition of the waiting site, evaluated anew."""

    span: Span
    sort: Sort = BOOL


@dataclass(frozen=True, slots=True)
class InTime:
    """`cond` of a site that may time out: whether its condition holds or the time is up."""

    condition: Condition
    span: Span
    sort: Sort = BOOL


@dataclass(frozen=True, slots=True)
class WaitInTime:
    """`wait_event_timeout(wq, C)`: a wait that ends when its time is up; whether C was found to hold."""

    condition: Condition
    queue: Place
    span: Span
    policy: str | None = None
    sort: Sort = BOOL


@dataclass(frozen=True, slots=True)
class ShouldStop:
    """`kthread_should_stop()`: whether somebody stops this task."""

    span: Span
    sort: Sort = BOOL


@dataclass(frozen=True, slots=True)
class Negated:
    """`not trylock()`: the opposite of a condition in which something is done."""

    operand: Condition
    span: Span
    sort: Sort = BOOL


@dataclass(frozen=True, slots=True)
class Joined:
    """`trylock() and valid`: two conditions in at least one of which something is done, the right one only
    where the left one leaves it open; `operator` is and, or or."""

    operator: str
    left: Condition
    right: Condition
    span: Span
    sort: Sort = BOOL


Action = (
    Maybe | NeedResched | Choose | Allocate | TryLock | Invoke | Modify | Outcome | Bug | Look | InTime
    | WaitInTime | ShouldStop | Negated | Joined
)  # fmt: skip
Condition = Expr | Action
Source = Expr | Action | Take
