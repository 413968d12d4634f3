"""The model: a specification after names, sorts and constants have been settled.

The checker makes it from the tree; lowering reads nothing else.  Every name is resolved, every
constant folded, every expression has its sort, and where a value may not fit, `Unwrap` or `Fit`
says so.

Its expressions, which stand in `model_expressions` and `model_actions`, and the functions that go
through it (`walk`), have the same names here.
"""

from __future__ import annotations

import typing
from dataclasses import dataclass

from ..source import Span
from ..vocabulary.built_in_words import CHECKS
from ..vocabulary.word import Order
from .model_actions import *
from .model_expressions import *
from .model_recordings import FieldTest as FieldTest
from .model_recordings import FieldValue as FieldValue
from .model_recordings import Part as Part
from .model_recordings import Probe as Probe
from .model_recordings import Recording as Recording
from .model_recordings import Rule as Rule
from .model_recordings import Stretch as Stretch
from .sorts import Sort, Value
from .walk import parts as parts
from .walk import rewritten as rewritten
from .walk import walk as walk

# ---- statements


@dataclass(frozen=True, slots=True)
class Declare:
    """A local's declaration; without a value it is set to its sort's initial one."""

    variable: LocalVariable
    value: Source | None
    span: Span


@dataclass(frozen=True, slots=True)
class Store:
    """`order` is that of the word by which it stores: release of `smp_store_release`, full of
    `smp_store_mb`, behind which a full barrier stands."""

    place: Place
    value: Source
    span: Span
    order: Order = "relaxed"


@dataclass(frozen=True, slots=True)
class Update:
    """`place += value` and the methods of sets: `total` is what the place then holds, and loads it."""

    place: Place
    total: Expr
    span: Span


@dataclass(frozen=True, slots=True)
class Bump:
    counter: Place
    span: Span


@dataclass(frozen=True, slots=True)
class Do:
    """A call, trylock, atomic operation or wait whose result is not used."""

    action: Invoke | TryLock | Modify | Bug | WaitInTime
    span: Span


@dataclass(frozen=True, slots=True)
class Free:
    """`kfree(session)`: nothing, where the reference is None.  `deferred`: `kfree_rcu(session)`."""

    pool: SharedVariable
    reference: Expr
    span: Span
    deferred: bool = False


@dataclass(frozen=True, slots=True)
class Reclaim:
    """Waits for an object of a pool whose grace period is over, and frees it."""

    pool: SharedVariable
    span: Span


@dataclass(frozen=True, slots=True)
class LockAction:
    """action is acquire, release or downgrade (from write to read), mode read or write."""

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
class RcuAction:
    """action is read_lock, read_unlock, synchronize or drain (`rcu_barrier`); `domain` is an `srcu`, None for
    plain RCU."""

    action: str
    domain: Place | None
    span: Span


@dataclass(frozen=True, slots=True)
class MaskAction:
    """action is disable or enable, of interrupts (`mask` is interrupt) or softirqs (softirq) on the task's
    CPU, or of being preempted (preempt); or, for interrupts, save (their state to the local `flags`, and
    disable) or restore (from it)."""

    mask: str
    action: str
    flags: LocalVariable | None
    span: Span


@dataclass(frozen=True, slots=True)
class Verb:
    """verb is schedule, cond_resched, might_sleep, cpu_relax, or a barrier: smp_mb, smp_mb__after_atomic.

    `awaited` is what a `schedule` waits for, where the loop around it tells: `if C: break` above it, and the
    like.  `timed`: while a wait goes on here, its time may be up."""

    verb: str
    span: Span
    awaited: Condition | None = None
    timed: bool = False


@dataclass(frozen=True, slots=True)
class SetState:
    """`set_current_state(...)`: whether `schedule` waits from now on."""

    asleep: bool
    span: Span


@dataclass(frozen=True, slots=True)
class WakeTask:
    """`wake_up_process(P[i])`, whatever it waits for; with `stop`, how `kthread_stop(P[i])` begins."""

    task: TaskOf
    stop: bool
    span: Span


@dataclass(frozen=True, slots=True)
class CallOn:
    """`smp_call_function_single`: `task` is a handler, to be run for the caller, who `waits` for that."""

    task: TaskOf
    waits: bool
    span: Span


@dataclass(frozen=True, slots=True)
class Join:
    """Waits until a task has ended, as `kthread_stop(P[i])` does."""

    task: TaskOf
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
class Region:
    """`label name:` with a block.  Its head is a label of that name."""

    owner: str
    name: str
    body: tuple[Statement, ...]
    span: Span


@dataclass(frozen=True, slots=True)
class Return:
    value: Source | None
    span: Span


@dataclass(frozen=True, slots=True)
class Goto:
    """Goes on at the label `name` of `owner`, which stands below in the same block, or in one around it."""

    owner: str
    name: str
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

    condition: Condition
    body: tuple[Statement, ...]
    orelse: tuple[Statement, ...]
    span: Span
    else_span: Span | None = None


@dataclass(frozen=True, slots=True)
class While:
    condition: Condition
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
    to, None where the run decides.  `mode` is that of the held lock.  `timeout`: it may end before."""

    condition: Condition
    queue: Place
    lock: Place | None
    mode: str
    policy: str | None
    span: Span
    timeout: bool = False


@dataclass(frozen=True, slots=True)
class Serve:
    """What a `work` or `timer` does for ever: waits until it is asked for at `place`, runs its body once, and
    lets those go on who wait for that; kind is work or timer."""

    kind: str
    place: Place
    body: tuple[Statement, ...]
    span: Span


@dataclass(frozen=True, slots=True)
class Delegate:
    """`wait block` in a policy: goes on as that instance does."""

    policy: str
    span: Span


Statement = (
    Wait | Serve | Delegate | Declare | Store | Update | Bump | Do | Free | Reclaim | LockAction
    | QueueAction | RcuAction | MaskAction | Verb | SetState | WakeTask | CallOn | Join | Assert | Await
    | Label | Goto | Return | Break | Continue | If | While | For | With | Either | Atomic | Region
)  # fmt: skip


# ---- declarations


@dataclass(frozen=True, slots=True)
class Process:
    """`interrupts` is set for a handler: its level (interrupt, softirq or nmi), the process whose instance of
    the same index it interrupts, and whether it arrives only when it was called."""

    name: str
    count: int
    daemon: bool
    unfair: bool
    body: tuple[Statement, ...]
    span: Span
    cpus: tuple[int, ...] | None = None
    indexed: bool = True
    interrupts: tuple[str, str, bool] | None = None


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
    """An `invariant`, a `sometimes` or a (temporal) `property`; `written` is where its condition stands."""

    name: str
    kind: str
    condition: Expr
    doc: str | None
    span: Span
    written: Span


@dataclass(frozen=True, slots=True)
class Assumption:
    """`assume condition`: behaviours are followed as long as it holds; `text` is what its author wrote, at
    `written`."""

    text: str
    condition: Expr
    span: Span
    written: Span


@dataclass(frozen=True, slots=True)
class Measure:
    """`measure name: process at start until process at end`: how long a task of the process takes from one
    label to the next time it comes to the other.  A label has one or two parts; it is no step and no
    claim.  Without `end`, `measure name: process in start`: how long it is in that region."""

    name: str
    process: str
    start: tuple[str, ...]
    end: tuple[str, ...] | None
    span: Span


@dataclass(frozen=True, slots=True)
class Expectation:
    """`expect target verdict`; empty `under` and `scenarios` mean every one."""

    target: str
    verdict: typing.Literal["holds", "violated"]
    under: tuple[str, ...]
    scenarios: tuple[str, ...]
    span: Span


@dataclass(frozen=True, slots=True)
class Model:
    """A model in one scenario.

    `processes` say in `cpus` to which CPU each instance is pinned.  `policies` are all instances in
    use, `choices` those under which waiting sites that are not pinned are to be checked.  `cpus` is
    None when there is one for each task; `preempt` is none or full; `memory` is sc or weak.
    `unlocked` are shared locations, or variables of several, whose accesses no lock is meant to keep apart.
    `recordings` say how events of a running kernel are read; no verdict of a check depends on them.
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
    unlocked: tuple[str, ...] = ()
    memory: str = "sc"
    measures: tuple[Measure, ...] = ()
    recordings: tuple[Recording, ...] = ()
    assumed: tuple[Assumption, ...] = ()

    def policy(self, name: str) -> Policy:
        return next(policy for policy in self.policies if policy.name == name)

    def function(self, name: str) -> Function:
        return next(function for function in self.functions if function.name == name)


BUILT_IN_CHECKS = tuple(word.word for word in CHECKS)


def is_stateful(e: object) -> bool:
    """Whether its value depends on the state."""
    stateful = Place | AtLabel | LockState | TaskLocal | Allocated | Waited
    return any(isinstance(node, stateful) for node in walk(e))
