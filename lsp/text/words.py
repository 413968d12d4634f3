"""What the words of the language do, in a line or two each."""

from __future__ import annotations

from ...dsl.checker.values.scope import LOCK_METHODS

VERBS: dict[str, tuple[str, str]] = {
    "cpu_relax": ("cpu_relax()", "A step without effect."),
    "cond_resched": ("cond_resched()", "A step without effect; not while a spinning lock is held."),
    "might_sleep": (
        "might_sleep()",
        "A step without effect, which begins what may sleep; not while a spinning lock is held.",
    ),
    "schedule": (
        "schedule()",
        "Waits while this task is armed by `prepare_to_wait`, otherwise as `cond_resched()`.",
    ),
    "READ_ONCE": ("READ_ONCE(x)", "The value of `x`."),
    "smp_load_acquire": (
        "smp_load_acquire(x)",
        "The value of `x`; under weak memory nothing behind it is read before.",
    ),
    "WRITE_ONCE": ("WRITE_ONCE(x, v)", "The same as `x = v`."),
    "smp_store_release": (
        "smp_store_release(x, v)",
        "The same as `x = v`; under weak memory all before it is seen with it.",
    ),
    "smp_mb": ("smp_mb()", "Under weak memory: orders all before it against all behind it."),
    "smp_rmb": ("smp_rmb()", "Under weak memory: orders loads before it against loads behind it."),
    "smp_wmb": ("smp_wmb()", "Under weak memory: orders stores before it against stores behind it."),
    "prepare_to_wait": ("prepare_to_wait(wq)", "Puts this task on the queue and arms it, in one step."),
    "finish_wait": ("finish_wait(wq)", "Takes this task off the queue and disarms it, in one step."),
    "wake_up": ("wake_up(wq)", "Empties the queue and disarms all that were on it, in one step."),
    "wake_up_one": (
        "wake_up_one(wq)",
        "Takes one task off the queue, whichever, and disarms it, in one step.",
    ),
}
"""The verbs of the kernel: how each is written, and what it does."""

FUNCTIONS: dict[str, tuple[str, str]] = {
    "maybe": ("maybe()", "`True` or `False`: every run takes both ways."),
    "choose": ("choose(S)", "Any element of a set, a type or a range; of none, `empty_choice` is violated."),
    "range": ("range(low, high)", "The numbers from `low`, or 0, to `high - 1`."),
    "set": ("set()", "The empty set; `set[T]` is the type of subsets of T."),
    "min": ("min(a, b)", "The least of two or more numbers."),
    "max": ("max(a, b)", "The greatest of two or more numbers."),
    "len": ("len(S)", "The number of elements of a set."),
    "all": ("all(C for x in D)", "Whether C holds for every x of D."),
    "any": ("any(C for x in D)", "Whether C holds for some x of D."),
}
"""Functions, in the same way."""

OTHERS: dict[str, tuple[str, str]] = {
    "self": ("self", "The index of the task that runs the code."),
    "end": ("end", "The label of every process' end."),
    "cond": ("cond", "In a policy: the condition of the waiting site, evaluated anew."),
    "wq": ("wq", "In a policy: the waitqueue of the waiting site."),
    "cpus": ("cpus = N", "In a scenario: how many CPUs there are, or `unlimited`."),
    "preempt": (
        "preempt = none",
        "In a scenario: `none`, or `full` for a kernel that preempts tasks anywhere.",
    ),
    "memory": (
        "memory = sc",
        "In a scenario: `sc`, sequential consistency, or `weak`, with the kernel's reorderings.",
    ),
    "add": ("S.add(x)", "Puts an element into a set: a load and a store."),
    "remove": ("S.remove(x)", "Takes an element out of a set, if it is there: a load and a store."),
    "discard": ("S.discard(x)", "The same as `S.remove(x)`."),
    "locked": ("L.locked", "Whether the lock is held, in any mode; in specifications only."),
    "held_by": ("L.held_by(P[i])", "Whether that task holds the lock; in specifications only."),
    "read": ("with L.read():", "Holds the lock for reading in the block."),
    "write": ("with L.write():", "Holds the lock for writing in the block."),
}

TYPES: dict[str, str] = {
    "bool": "`False` or `True`; starts as `False`.",
    "int": "A number, for constants only.",
    "generation": "A counter that only grows: `+= 1`, take a `snapshot`, compare one with it.",
    "snapshot": "A copy of a `generation`.",
    "spinlock": "A lock that is waited for by spinning: `with L:`.",
    "mutex": "A lock that is waited for by sleeping: `with L:`.",
    "rwlock": "Readers or a writer, waiting by spinning, fair: `with L.read():`, `with L.write():`.",
    "rwsem": "Readers or a writer, waiting by sleeping, fair unless `rwsem(unfair)`.",
    "waitqueue": "Where tasks wait to be woken.",
}

_ACTIONS = {
    "acquire": "Takes the lock{mode}, and waits for it.",
    "release": "Releases the lock{mode}.",
    "try": "Takes the lock{mode} if it is free: `True` if it did. It never waits.",
}


def method_words(name: str) -> tuple[str, str] | None:
    """How a lock's operation is written and what it does; None for what is none."""
    for methods in LOCK_METHODS.values():
        if name in methods:
            action, mode = methods[name]
            words = "" if name in LOCK_METHODS["mutex"] else f" for {'read' if mode == 'read' else 'writ'}ing"
            return f"L.{name}()", _ACTIONS[action].format(mode=words)
    return None


def words_for(name: str) -> tuple[str, str] | None:
    """How a built-in word is written, and what it does."""
    for group in (VERBS, FUNCTIONS, OTHERS):
        if name in group:
            return group[name]
    if name in TYPES:
        return name, TYPES[name]
    return method_words(name)
