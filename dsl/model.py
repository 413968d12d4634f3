"""The model: a specification after names, sorts and constants have been settled.

The checker makes it from the tree; lowering reads nothing else.  Every name is resolved, every
constant folded, every expression has its sort, and where a value may not fit, `Unwrap` or `Fit`
says so.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, fields, replace

from .sorts import BOOL, Lock, Range, Sort, Struct, Value
from .source import Span

# ---- what names stand for


@dataclass(frozen=True, slots=True)
class SharedVariable:
    """`shared` or `ghost`; `value` is the initial one, of the shape of the sort."""

    name: str
    sort: Sort
    value: Value
    ghost: bool
    span: Span


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
    """The value of a place."""

    place: Place

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
class LockState:
    """`L.locked`, or `L.held_by(vcpu[v])` with a task."""

    lock: Place
    task: TaskOf | None
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
    """`cond` in a policy: the condition of the waiting site."""

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
    Literal | SelfIndex | BoundUse | Load | Operation | Unwrap | Fit | Current | Quantified
    | SetDisplay | SetBuild | TaskOf | AtLabel | LockState | TaskLocal | SiteCondition | Temporal
)  # fmt: skip


# ---- what may stand on a right-hand side, or as a whole condition


@dataclass(frozen=True, slots=True)
class Maybe:
    """`maybe()`"""

    span: Span
    sort: Sort = BOOL


@dataclass(frozen=True, slots=True)
class Choose:
    """`choose(S)`: any element; `empty_choice` when there is none."""

    domain: Expr
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
class Take:
    """`seen = seq`: a snapshot of the counter."""

    counter: Place
    sort: Sort
    span: Span


@dataclass(frozen=True, slots=True)
class Negated:
    """`not trylock()` as a whole condition."""

    action: Maybe | Choose | TryLock | Invoke
    span: Span
    sort: Sort = BOOL


Action = Maybe | Choose | TryLock | Invoke | Negated
Source = Expr | Action | Take


# ---- statements


@dataclass(frozen=True, slots=True)
class Declare:
    """A local's declaration; without a value it is set to its sort's initial one."""

    variable: LocalVariable
    value: Source | None
    span: Span


@dataclass(frozen=True, slots=True)
class Store:
    place: Place
    value: Source
    span: Span


@dataclass(frozen=True, slots=True)
class Update:
    """`place += value`, `.add` and `.remove`: `total` is what the place then holds, and loads it."""

    place: Place
    total: Expr
    span: Span


@dataclass(frozen=True, slots=True)
class Bump:
    counter: Place
    span: Span


@dataclass(frozen=True, slots=True)
class Do:
    """A call or trylock whose result is not used."""

    action: Invoke | TryLock
    span: Span


@dataclass(frozen=True, slots=True)
class LockAction:
    """action is acquire or release, mode read or write."""

    action: str
    lock: Place
    mode: str
    span: Span


@dataclass(frozen=True, slots=True)
class QueueAction:
    """verb is prepare_to_wait, finish_wait, wake_up or wake_up_one."""

    verb: str
    queue: Place
    span: Span


@dataclass(frozen=True, slots=True)
class Verb:
    """verb is schedule, cond_resched, might_sleep, cpu_relax, smp_mb, smp_rmb or smp_wmb."""

    verb: str
    span: Span


@dataclass(frozen=True, slots=True)
class Assert:
    condition: Expr
    text: str
    span: Span


@dataclass(frozen=True, slots=True)
class Await:
    condition: Expr
    span: Span


@dataclass(frozen=True, slots=True)
class Label:
    owner: str
    name: str
    span: Span


@dataclass(frozen=True, slots=True)
class Return:
    value: Source | None
    span: Span


@dataclass(frozen=True, slots=True)
class Break:
    span: Span


@dataclass(frozen=True, slots=True)
class Continue:
    span: Span


@dataclass(frozen=True, slots=True)
class If:
    """An `elif` is an If within `orelse`.  `else_span` is the place of its `else`, if it has one."""

    condition: Expr | Action
    body: tuple[Statement, ...]
    orelse: tuple[Statement, ...]
    span: Span
    else_span: Span | None = None


@dataclass(frozen=True, slots=True)
class While:
    condition: Expr | Action
    body: tuple[Statement, ...]
    span: Span


@dataclass(frozen=True, slots=True)
class For:
    """`values` are what the variable takes, in order."""

    variable: LocalVariable
    values: tuple[Value, ...]
    body: tuple[Statement, ...]
    span: Span


@dataclass(frozen=True, slots=True)
class With:
    lock: Place
    mode: str
    body: tuple[Statement, ...]
    span: Span


@dataclass(frozen=True, slots=True)
class Either:
    """Each alternative with the span of its header."""

    alternatives: tuple[tuple[Span, tuple[Statement, ...]], ...]
    span: Span


@dataclass(frozen=True, slots=True)
class Atomic:
    body: tuple[Statement, ...]
    span: Span


@dataclass(frozen=True, slots=True)
class Wait:
    """`wait until condition on queue holding lock`; `policy` is the instance that the site is pinned
    to, None where the run decides.  `mode` is that of the held lock."""

    condition: Expr
    queue: Place
    lock: Place | None
    mode: str
    policy: str | None
    span: Span


@dataclass(frozen=True, slots=True)
class Delegate:
    """`wait block` in a policy: goes on as that instance does."""

    policy: str
    span: Span


Statement = (
    Wait | Delegate | Declare | Store | Update | Bump | Do | LockAction | QueueAction | Verb | Assert
    | Await | Label
    | Return | Break | Continue | If | While | For | With | Either | Atomic
)  # fmt: skip


# ---- declarations


@dataclass(frozen=True, slots=True)
class Process:
    name: str
    count: int
    daemon: bool
    unfair: bool
    body: tuple[Statement, ...]
    span: Span
    cpus: tuple[int, ...] | None = None
    indexed: bool = True


@dataclass(frozen=True, slots=True)
class Policy:
    """A policy with its parameters' values; `name` is how it was asked for, `halt_poll(polls=3)`."""

    name: str
    base: str
    body: tuple[Statement, ...]
    span: Span


@dataclass(frozen=True, slots=True)
class Function:
    name: str
    parameters: tuple[LocalVariable | Reference, ...]
    result: Sort | None
    body: tuple[Statement, ...]
    span: Span


@dataclass(frozen=True, slots=True)
class Formula:
    """An `invariant`, a `sometimes` or a (temporal) `property`."""

    name: str
    kind: str
    condition: Expr
    doc: str | None
    span: Span


@dataclass(frozen=True, slots=True)
class Expectation:
    """`expect target verdict`; empty `under` and `scenarios` mean every one."""

    target: str
    verdict: str
    under: tuple[str, ...]
    scenarios: tuple[str, ...]
    span: Span


@dataclass(frozen=True, slots=True)
class Model:
    """A model in one scenario.

    `processes` say in `cpus` to which CPU each instance is pinned.  `policies` are all instances in
    use, `choices` those under which waiting sites that are not pinned are to be checked.  `cpus` is
    None when there is one for each task; `preempt` is none or full.
    """

    name: str
    path: str
    doc: str | None
    constants: tuple[tuple[str, Value], ...]
    variables: tuple[SharedVariable, ...]
    processes: tuple[Process, ...]
    functions: tuple[Function, ...]
    formulas: tuple[Formula, ...]
    assertions: tuple[str, ...]
    expectations: tuple[Expectation, ...]
    scenario: str | None = None
    policies: tuple[Policy, ...] = ()
    choices: tuple[str, ...] = ()
    cpus: int | None = None
    preempt: str = "none"

    def policy(self, name: str) -> Policy:
        return next(policy for policy in self.policies if policy.name == name)

    def function(self, name: str) -> Function:
        return next(function for function in self.functions if function.name == name)


BUILT_IN_CHECKS = (
    "deadlock", "out_of_range", "none_used", "empty_choice", "bad_unlock", "sleep_in_atomic", "ends_holding",
)  # fmt: skip


def is_stateful(e: object) -> bool:
    """Whether its value depends on the state."""
    stateful = Place | AtLabel | LockState | TaskLocal
    return any(isinstance(node, stateful) for node in walk(e))


def rewritten(node: object, change: Callable[[object], object]) -> object:
    """`node` with `change` applied from the top: where it returns the same node, its parts are
    rewritten in turn; a statement may become a tuple of statements."""
    new = change(node)
    if new is not node:
        return new
    if isinstance(node, tuple):
        items: list[object] = []
        for item in node:
            made = rewritten(item, change)
            if isinstance(made, tuple) and not isinstance(item, tuple):
                items.extend(made)
            else:
                items.append(made)
        return tuple(items)
    if hasattr(node, "__dataclass_fields__") and not isinstance(node, Span | Lock | Struct):
        changes = {}
        for item in fields(node):  # type: ignore[arg-type]
            if item.name not in ("sort", "span", "bound", "variable"):
                before = getattr(node, item.name)
                after = rewritten(before, change)
                if after is not before:
                    changes[item.name] = after
        return replace(node, **changes) if changes else node  # type: ignore[type-var]
    return node


def parts(node: object) -> tuple[object, ...]:
    """What a node consists of, in order; spans and sorts are left out."""
    if isinstance(node, tuple):
        return node
    if hasattr(node, "__dataclass_fields__") and not isinstance(node, Span | Lock | Struct):
        names = (item.name for item in fields(node))  # type: ignore[arg-type]
        return tuple(getattr(node, name) for name in names if name not in ("sort", "span", "root", "bound"))
    return ()


def walk(node: object) -> Iterator[object]:
    """A node and everything below it, parents first."""
    todo = [node]
    while todo:
        node = todo.pop()
        yield node
        todo.extend(reversed(parts(node)))
