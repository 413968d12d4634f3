"""Statements of the kernel: objects, locks, queues, RCU, what is masked, tasks that wake or call others."""

from __future__ import annotations

from dataclasses import dataclass

from ..source import Span
from .model_expressions import Expr, LocalVariable, Place, SharedVariable, TaskOf


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
