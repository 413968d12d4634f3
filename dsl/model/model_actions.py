"""What is done rather than computed, and has a result: what may stand on a right-hand side, or in a condition
under `and`, `or` and `not`."""

from __future__ import annotations

from dataclasses import dataclass

from ..source import Span
from ..vocabulary.atomic_words import Result
from ..vocabulary.word import Order
from .model_expressions import Bound, Expr, Place, SharedVariable
from .sorts import BOOL, Sort


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
    `bad_refcount`, with the `complaint`. `order` is what it orders in memory, where it stores; it is an
    acquire where `acquires` is true, if that is not None.
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
    acquires: Expr | None
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
