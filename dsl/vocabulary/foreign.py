"""Names that a kernel engineer would type, and how the same is written here.

A hint is followed, so what it leads to must not hold where the code fails.  Where the language has nothing
that does the same, the hint says so, and what a verdict then leaves open; a way to model it is only named
where it is as strict as the code.  `docs/language.md` has the models that hints speak of.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from ..advice import Advice, Respell


@dataclass(frozen=True, slots=True)
class Alike:
    """Words that only another word has to stand for: `right`, of those names that fit `names`, since they
    take the same arguments, or none.  Groups of the pattern are filled in as in the sentence."""

    help: str
    right: str
    names: str = r"\w+"


# The first pattern that fits the whole name decides, so what is special stands first.
_NAMES: tuple[tuple[str, str | Alike], ...] = (
    # -- locks
    (
        r"(raw_)?spin_lock_init|mutex_init|rwlock_init|init_rwsem|DEFINE_(RAW_)?(SPINLOCK|MUTEX|RWLOCK)"
        r"|DECLARE_RWSEM|init_s?waitqueue_\w+|DECLARE_S?WAIT_QUEUE_\w+|DECLARE_COMPLETION\w*",
        "declare it with `shared`; locks and queues are there from the beginning, and free",
    ),
    (r"(?:raw_)?spin_(trylock|lock)_irqsave\w*", "write `local_irq_save(flags)`, then `LOCK.{1}()`"),
    (r"(?:raw_)?spin_(lock|trylock)_irq", "write `local_irq_disable()`, then `LOCK.{1}()`"),
    (r"(?:raw_)?spin_(lock|trylock)_bh", "write `local_bh_disable()`, then `LOCK.{1}()`"),
    (r"(read|write)_(lock|trylock)_irqsave\w*", "write `local_irq_save(flags)`, then `LOCK.{1}_{2}()`"),
    (r"(read|write)_(lock|trylock)_irq", "write `local_irq_disable()`, then `LOCK.{1}_{2}()`"),
    (r"(read|write)_(lock|trylock)_bh", "write `local_bh_disable()`, then `LOCK.{1}_{2}()`"),
    (
        r"mutex_lock_(interruptible|killable)\w*",
        "write `if maybe():` with what a signal leads to, and `LOCK.lock()` below `else:`",
    ),
    (
        r"down_(read|write)_(interruptible|killable)\w*",
        "write `if maybe():` with what a signal leads to, and `SEM.down_{1}()` below `else:`",
    ),
    (r"(raw_)?spin_trylock\w*|mutex_trylock\w*", "write `LOCK.trylock()`"),
    (r"(raw_)?spin_unlock\w*|mutex_unlock", "write `LOCK.unlock()`, or `with LOCK:` around the section"),
    (r"(raw_)?spin_lock\w*|mutex_lock\w*", "write `LOCK.lock()`, or `with LOCK:` around the section"),
    (r"(read|write)_unlock\w*", "write `LOCK.{1}_unlock()`, or `with LOCK.{1}():` around the section"),
    (r"(read|write)_lock\w*", "write `LOCK.{1}_lock()`, or `with LOCK.{1}():` around the section"),
    (r"(read|write)_trylock\w*", "write `LOCK.{1}_trylock()`"),
    (r"down_(read|write)_trylock", "write `SEM.down_{1}_trylock()`"),
    (r"(down|up)_(read|write)\w*", "write `SEM.{1}_{2}()`, or `with SEM.{2}():` around the section"),
    (
        r"down_(interruptible|killable|timeout)",
        "write `if maybe():` with what a signal or time-out leads to, and below `else:` one `atomic:` with "
        "`await count > 0` and `count -= 1`",
    ),
    (r"down_trylock", "write one `atomic:` with `if count > 0:` and `count -= 1` in it"),
    (
        r"down|up|sema_init|semaphore",
        "a semaphore is a `range`: take it in one `atomic:` with `await count > 0` and `count -= 1`, "
        "and give it back with `count += 1` in another",
    ),
    (
        r"(spin|mutex|rwsem|raw_spin|read|write)_is_\w*(locked|contended)",
        "write `LOCK.locked` in an `assert`; code cannot ask for it",
    ),
    (
        r"lockdep_assert_held_(read|write|exclusive)\w*|lockdep_is_held_type",
        'write `assert LOCK.held_by(PROCESS[self]), "why"`; it is true in either mode, so a lock that is '
        "held in the wrong one is not found",
    ),
    (r"lockdep_assert_held\w*|lockdep_is_held\w*", 'write `assert LOCK.held_by(PROCESS[self]), "why"`'),
    (r"lockdep_assert_not_held\w*", 'write `assert not LOCK.held_by(PROCESS[self]), "why"`'),
    # -- sequence counts and RCU
    (
        r"(read|write)_seq\w*_(irqsave|irq|bh|irqrestore)",
        "write it without `_{2}`, between `local_irq_disable()` or `local_bh_disable()` and its opposite",
    ),
    (
        r"seq(count|lock)_(t|init)|seqcount_\w+_t|DEFINE_SEQLOCK|seqlock_init",
        "declare it `shared`, as `seq{1}`",
    ),
    (
        r"(raw_)?(read|write)_seq\w*|raw_seqcount\w*",
        "write `read_seqcount_begin(s)` and `read_seqcount_retry(s, start)`, `write_seqcount_begin(s)` and "
        "`write_seqcount_end(s)`; what else there is can be made of a `range` that is odd while the writer "
        "is at work",
    ),
    (
        r"rcu_dereference\w*|rcu_access_pointer",
        Alike(
            "write `rcu_dereference(x)`",
            "rcu_dereference",
            r"rcu_dereference_(raw|bh|sched)|rcu_access_pointer",
        ),
    ),
    (r"RCU_INIT_POINTER", Alike("write `rcu_assign_pointer(x, v)`", "rcu_assign_pointer")),
    (r"synchronize_(s?rcu)_expedited", "write `synchronize_{1}`; how long it takes is open"),
    (
        r"call_(s?rcu)\w*",
        "write a `daemon process` that waits for its turn, calls `synchronize_rcu()`, and then does what is "
        "to be done",
    ),
    (r"kv?free_rcu\w*", Alike("write `kfree_rcu(x)`", "kfree_rcu", r"kv?free_rcu(_mightsleep)?")),
    (r"srcu_barrier|rcu_barrier_\w+", "`await` that the process which stands for `call_rcu` is done"),
    (r"srcu_struct|DEFINE_(STATIC_)?SRCU", "declare a `shared s: srcu`"),
    (r"rcu_read_lock_(bh|sched)|rcu_read_unlock_(bh|sched)", "write `rcu_read_lock()`, `rcu_read_unlock()`"),
    # -- waiting
    (
        r"s?wait_(event|on|for|var)_?\w*timeout\w*",
        "write `wait_event_timeout(WAITQUEUE, CONDITION)`; where a signal ends it, too, `either:` with the "
        "wait, and `or:` with what that leads to",
    ),
    (
        r"s?wait_(event|on|for|var)_?\w*(interruptible|killable|freezable)\w*",
        "write `either:` with the wait, and `or:` with what a signal leads to; a `wait until` "
        "ends with its condition only",
    ),
    (
        r"wait_for_completion_\w*(interruptible|killable)\w*",
        "write `either:` with `wait_for_completion(DONE)`, and `or:` with what a signal leads to",
    ),
    (r"wait_for_completion_\w+", "write `wait_for_completion(DONE)`, or `wait_for_completion_timeout(DONE)`"),
    (r"complete_on_current_cpu", Alike("write `complete(DONE)`", "complete")),
    (
        r"s?wait_event\w*|swait_event\w*|wait_var_event\w*|wait_on_\w+",
        "write `wait until CONDITION on WAITQUEUE`",
    ),
    (
        r"(s?wake_up|wake_up_interruptible)_all\w*",
        Alike("write `wake_up(WAITQUEUE)`", "wake_up", r"s?wake_up(_interruptible)?_all"),
    ),
    (r"swake_up(_one|_locked)?", Alike("write `wake_up_one(WAITQUEUE)`", "wake_up_one", r"swake_up(_one)?")),
    (r"wake_up_(state|q)|wake_q_add\w*", "write `wake_up_process(PROCESS[i])`"),
    (r"wake_up_(var|bit)\w*", "write `wake_up(WAITQUEUE)`, with a waitqueue for what is waited for"),
    (
        r"wake_up_\w+",
        "write `wake_up(WAITQUEUE)`, or `wake_up_one(WAITQUEUE)` where those who wait are exclusive",
    ),
    (r"set_special_state|__set_task_state|set_task_state", "write `set_current_state(STATE)`"),
    (
        r"add_wait_queue\w*",
        "leave it out; `prepare_to_wait(WAITQUEUE)`, where the code sets the task's state, puts it on the "
        "queue too",
    ),
    (r"prepare_to_\w+", "write `prepare_to_wait(WAITQUEUE)`"),
    (r"remove_wait_queue|finish_s?wait\w*", "write `finish_wait(WAITQUEUE)`"),
    (
        r"schedule_(hr)?timeout\w*",
        "write `wait until CONDITION on WAITQUEUE or timeout` for the loop around it; there is no time, so "
        "it may end at once",
    ),
    (
        r"io_schedule\w*|schedule_preempt_disabled",
        Alike("write `schedule()`", "schedule", r"io_schedule|schedule_preempt_disabled"),
    ),
    (r"(INIT|DECLARE)_(DELAYED_|DEFERRABLE_)?WORK\w*", "declare it with `work NAME:`, and its body below"),
    (
        r"timer_setup\w*|setup_timer\w*|DEFINE_TIMER|timer_list|hrtimer\w*_(setup|init)",
        "declare it with `timer NAME:`, and its body below",
    ),
    (r"(schedule|queue|mod)_(delayed_)?work\w*", "write `queue_work(NAME)`, of what `work NAME:` declares"),
    (
        r"tasklet_\w*schedule|raise_softirq\w*|irq_work_queue\w*",
        "declare a `timer NAME:` with what it does, and write `mod_timer(NAME)`: it runs at any time after",
    ),
    (r"(mod|add)_timer\w*|hrtimer_(re)?start\w*", "write `mod_timer(NAME)`, of what `timer NAME:` declares"),
    (r"flush_\w*work\w*", "write `flush_work(NAME)`, of what `work NAME:` declares"),
    (r"(flush|drain|destroy)_workqueue", "write `flush_work(NAME)` for each work that may be queued there"),
    (
        r"synchronize_irq|irq_work_sync|tasklet_kill",
        "write `timer_delete_sync(NAME)`, if a `timer` stands for it",
    ),
    (r"cancel_(delayed_)?work\w*", "write `cancel_work(NAME)` or `cancel_work_sync(NAME)`"),
    (
        r"(timer_delete|del_timer|timer_shutdown)\w*|hrtimer_(try_to_)?cancel",
        "write `timer_delete(NAME)` or `timer_delete_sync(NAME)`",
    ),
    (
        r"kthread_(should_park|park|parkme)\w*",
        "write `kthread_should_stop()`, `kthread_stop(PROCESS[i])`; there is no parking",
    ),
    (r"kthread_stop\w*", "write `kthread_stop(PROCESS[i])`"),
    (
        r"kthread_(run|create|unpark)\w*|wake_up_new_task",
        "every process runs from the beginning: let that one `await` a flag first, and set it here",
    ),
    (
        r"msleep\w*|usleep_range\w*|ssleep|fsleep|nanosleep|sleep",
        "write `might_sleep()`; there is no time, only order",
    ),
    (r"might_sleep_if", "write `if CONDITION:` and `might_sleep()` in it"),
    (
        r"might_(fault|resched|alloc)|(get|put)_user\w*|copy_(from|to)_user\w*",
        "write `might_sleep()`, and `maybe()` for whether it fails",
    ),
    (
        r"[umn]delay|cpu_(pause|yield)|rep_nop",
        Alike("write `cpu_relax()`; there is no time, only order", "cpu_relax", r"cpu_(pause|yield)|rep_nop"),
    ),
    (
        r"smp_cond_load_\w+|spin_until_cond|atomic_cond_read_\w+",
        "write `while not CONDITION:` and `cpu_relax()` in it",
    ),
    (
        r"(tif|test_tsk)_need_resched",
        Alike("write `need_resched()`", "need_resched", "tif_need_resched"),
    ),
    (r"signal_pending\w*|fatal_signal_pending", "write `maybe()`"),
    (
        r"yield|sched_yield|cond_resched_\w+",
        Alike("write `cond_resched()`", "cond_resched", r"sched_yield|cond_resched_tasks_rcu_qs"),
    ),
    # -- where a task runs
    (
        r"preempt_(disable|enable)_\w+",
        Alike("write `preempt_{1}()`", "preempt_{1}", r"preempt_(disable|enable)_(no_resched|notrace)"),
    ),
    (
        r"(get|put)_cpu\w*",
        "write `preempt_disable()` and `preempt_enable()`; there are no numbers of CPUs",
    ),
    (
        r"migrate_(disable|enable)",
        "leave it out: which CPU a task runs on makes no difference; write `on cpu(N)` where it is pinned",
    ),
    (
        r"smp_call_function\w*|on_each_cpu\w*|smp_send_reschedule|kick_process|irq_work_queue_on",
        "write `smp_call_function_single(P[i], F, WAIT)`, with `ipi F on P:` for what it does there; for "
        "several tasks in a loop",
    ),
    (
        r"(disable|enable)_irq\w*",
        "let the handler begin with `if`, and a `shared` flag that this sets",
    ),
    (
        r"irqs_disabled\w*|in_(interrupt|irq|hardirq|softirq|nmi|task|atomic)|preemptible",
        "code cannot ask for it; a `def` for each of the cases says which one is meant",
    ),
    (
        r"(raw_)?smp_processor_id|(this|per|raw)_cpu\w*|DEFINE_PER_CPU\w*|for_each_\w*cpu",
        "there are no numbers of CPUs: `self` tells tasks apart, and what two tasks share by running on "
        "one CPU is not modelled",
    ),
    (
        r"current",
        "write `self`, the index of the task in its process; a task of another process may have the same",
    ),
    # -- atomic operations
    (
        r"atomic(64|_long)_(?!t$)(\w+)",
        Alike("write `atomic_{2}`; how wide a variable is, is its `range`", "atomic_{2}"),
    ),
    (
        r"atomic\w*_(inc|dec|add|sub|and|or|xor|fetch|xchg|cmpxchg|try_cmpxchg)\w*|refcount_\w+"
        r"|(test_and_)?(set|clear|change)_bit\w*|(try_)?cmpxchg\w*|xchg\w*",
        "write the test and the change in one `atomic:` block",
    ),
    (r"__(set|clear|change)_bit", "assign the variable"),
    (
        r"kref_\w+",
        "write `kref_put(k)`, which says whether it was the last reference, or `kref_get_unless_zero(k)`",
    ),
    (r"atomic(64|_long)?_t|refcount_t", "declare a `range(n)`: atomic operations take it"),
    (r"(raw_)?spinlock_t|raw_spinlock", Alike("write `spinlock`", "spinlock")),
    (r"rwlock_t", Alike("write `rwlock`", "rwlock")),
    (
        r"(__)?[us](8|16|32|64)|u?int(8|16|32|64)?_t|size_t|ssize_t|unsigned|long",
        "say which values it has, as in `range(4)`: each more is a state more",
    ),
    (r"rw_semaphore", Alike("write `rwsem`", "rwsem")),
    (
        r"s?wait_queue_head_t|s?wait_queue_head|swait_queue\w*",
        Alike("write `waitqueue`", "waitqueue", r"s?wait_queue_head(_t)?"),
    ),
    (
        r"smp_mb__\w+|[rw]?mb|dma_[rw]mb",
        "write `smp_mb()`, `smp_rmb()` or `smp_wmb()`, which have an effect where `memory = weak`",
    ),
    (
        r"barrier",
        "leave it out: it is for the compiler, and what compilers do is not modelled",
    ),
    (r"ACCESS_ONCE|READ_ONCE_\w+|data_race", Alike("write `READ_ONCE(x)`", "READ_ONCE")),
    # -- assertions and the rest of C
    (
        r"(VM_)?(WARN|BUG)(_ON)?(_ONCE)?|KVM_BUG\w*",
        'write `assert not CONDITION, "why"`: C says what must not be; it reads all at once, so load into '
        "locals above it what the code reads without a lock",
    ),
    (
        r"lockdep_assert",
        'write `assert CONDITION, "why"`, for what must hold; it reads all at once, so load into locals '
        "above it "
        "what the code reads without a lock",
    ),
    (r"pr_\w+|printk\w*|trace_\w+|printf", "leave it out; the trace shows every read and write"),
    (
        r"k[mzv]+alloc\w*|kmem_cache_z?alloc\w*|alloc_pages?|malloc",
        "write `kzalloc(CLASS)`, which may be None, or `alloc(CLASS)`, which never fails; fields start as "
        "they are declared",
    ),
    (r"k\w*free\w*|free_pages?|free", Alike("write `kfree(x)`", "kfree", r"free|kv?free(_sensitive)?")),
    (r"likely|unlikely", "write the condition alone"),
    (r"true", Alike("write `True`", "True")),
    (r"false", Alike("write `False`", "False")),
    (r"null|NULL|nil|nullptr", Alike("write `None`", "None")),
    (r"print|exit|quit|abort", "end a process with `return`; the trace shows what it did"),
    (r"enumerate|zip|map|filter|sorted|reversed|iter|next", "write `for x in range(N):`"),
    (r"sum|abs|pow|round|divmod", "compute it with operators, `min`, `max` or `len`"),
    (
        r"isinstance|type|str|list|dict|tuple|float|frozenset",
        "use the types of the language: `bool`, `range(n)`, an `enum`, `set[T]`, `T[N]`",
    ),
)


def habit(name: str) -> Advice | None:
    """What to write instead of a name known from the kernel, C or Python."""
    for pattern, row in _NAMES:
        match = re.fullmatch(pattern, name)
        if match is None:
            continue
        if isinstance(row, str):
            return Advice(_filled(row, match))
        alike = re.fullmatch(row.names, name) is not None
        return Advice(_filled(row.help, match), (Respell(name, _filled(row.right, match)),) if alike else ())
    return None


def _filled(text: str, match: re.Match[str]) -> str:
    for number, group in enumerate(match.groups(), 1):
        text = text.replace(f"{{{number}}}", group or "")
    return text


def not_within(name: str, words: Iterable[str]) -> Iterator[str]:
    """The words that `name` may be a misspelling of.  `schedule_frame` is none of `schedule`, but something
    else that begins so."""
    return (word for word in words if f"_{word}_" not in f"_{name}_" or word == name)
