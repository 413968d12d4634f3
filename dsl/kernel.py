"""Names that a kernel engineer would type, and how the same is written here."""

from __future__ import annotations

import re

_NAMES: tuple[tuple[str, str], ...] = (
    (r"(raw_)?spin_trylock\w*|mutex_trylock", "write `LOCK.trylock()`"),
    (r"(raw_)?spin_unlock\w*|mutex_unlock", "write `LOCK.unlock()`, or `with LOCK:` around the section"),
    (r"(raw_)?spin_lock\w*|mutex_lock\w*", "write `LOCK.lock()`, or `with LOCK:` around the section"),
    (r"(read|write)_unlock\w*", "write `LOCK.{1}_unlock()`, or `with LOCK.{1}():` around the section"),
    (r"(read|write)_lock\w*", "write `LOCK.{1}_lock()`, or `with LOCK.{1}():` around the section"),
    (r"(read|write)_trylock\w*", "write `LOCK.{1}_trylock()`"),
    (r"(down|up)_(read|write)\w*", "write `SEM.{1}_{2}()`, or `with SEM.{2}():` around the section"),
    (r"down_(read|write)_trylock", "write `SEM.down_{1}_trylock()`"),
    (
        r"rcu_read_(un)?lock\w*|synchronize_rcu|call_rcu|srcu_\w+",
        "model a read-side section with an `rwlock`; there is no RCU yet",
    ),
    (r"read_seq\w*|write_seq\w*|seqcount\w*", "use a `generation` and a `snapshot`"),
    (r"wait_event\w*|swait_event\w*", "write `wait until CONDITION on WAITQUEUE`"),
    (r"wake_up_all\w*|wake_up_interruptible\w*|swake_up\w*", "write `wake_up(WAITQUEUE)`"),
    (r"set_current_state|prepare_to_\w+|add_wait_queue", "write `prepare_to_wait(WAITQUEUE)`"),
    (r"wait_for_completion\w*", "write `await DONE`, with `shared DONE: bool`"),
    (r"complete(_all)?", "assign `DONE = True`, with `shared DONE: bool`"),
    (
        r"init_\w+|spin_lock_init|mutex_init|DEFINE_\w+",
        "declare it with `shared`; locks and queues start out free",
    ),
    (r"lockdep_assert_held\w*|lockdep_is_held\w*", 'write `assert LOCK.held_by(PROCESS[self]), "why"`'),
    (r"(VM_)?(WARN|BUG)(_ON)?(_ONCE)?|KVM_BUG\w*", 'write `assert CONDITION, "why"`, for what must hold'),
    (
        r"atomic\w*_(inc|dec|add|sub)\w*|refcount_\w+|(test_and_)?(set|clear)_bit|cmpxchg|xchg|try_cmpxchg",
        "write the change in an `atomic:` block",
    ),
    (r"atomic\w*_(read|set)|test_bit", "read or assign the variable"),
    (
        r"msleep\w*|usleep_range|ssleep|schedule_timeout\w*",
        "write `might_sleep()`; there is no time, only order",
    ),
    (r"[umn]delay|nanosleep|sleep", "write `cpu_relax()`; there is no time, only order"),
    (r"yield|sched_yield|need_resched", "write `cond_resched()`"),
    (r"pr_\w+|printk\w*|trace_\w+|printf", "leave it out; the trace shows every read and write"),
    (r"barrier|smp_mb__\w+", "write `smp_mb()`, `smp_rmb()` or `smp_wmb()`"),
    (r"k[mz]?alloc\w*|kfree\w*|free|malloc", "keep a `set` of free objects; take one with `choose`"),
    (r"likely|unlikely", "write the condition alone"),
    (r"current|smp_processor_id", "write `self`, the index of the process"),
    (
        r"(preempt|local_irq|local_bh)_\w+|local_irq_\w+",
        "leave it out; the locks say where a task may not sleep",
    ),
    (r"true", "write `True`"),
    (r"false", "write `False`"),
    (r"null|NULL|nil|nullptr", "write `None`"),
    (r"print|exit|quit|abort", "end a process with `return`; the trace shows what it did"),
    (r"enumerate|zip|map|filter|sorted|reversed|iter|next", "write `for x in range(N):`"),
    (r"sum|abs|pow|round|divmod", "compute it with operators, `min`, `max` or `len`"),
    (
        r"isinstance|type|str|list|dict|tuple|float|frozenset",
        "use the types of the language: `bool`, `range(n)`, an `enum`, `set[T]`, `T[N]`",
    ),
)


def habit(name: str) -> str | None:
    """What to write instead of a name known from the kernel, C or Python."""
    for pattern, help in _NAMES:
        match = re.fullmatch(pattern, name)
        if match:
            for number, group in enumerate(match.groups(), 1):
                help = help.replace(f"{{{number}}}", group or "")
            return help
    return None
