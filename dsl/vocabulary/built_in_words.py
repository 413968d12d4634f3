"""The names that the checker knows without a declaration."""

from __future__ import annotations

from typing import Literal

from .atomic_words import ATOMICS
from .kernel_words import KERNEL
from .verb_words import VERBS
from .word import Role, Word

TYPES: tuple[Word, ...] = (
    Word("bool", "type", "`False` or `True`; starts as `False`."),
    Word("int", "type", "A number, for constants only."),
    Word("generation", "type", "A counter that only grows: `+= 1`, take a `snapshot`, compare one with it."),
    Word("snapshot", "type", "A copy of a `generation`."),
    Word("spinlock", "type", "A lock that is waited for by spinning: `with L:`."),
    Word("mutex", "type", "A lock that is waited for by sleeping: `with L:`."),
    Word(
        "rwlock",
        "type",
        "Readers or a writer, waiting by spinning, fair: `with L.read():`, `with L.write():`.",
    ),
    Word("rwsem", "type", "Readers or a writer, waiting by sleeping, fair unless `rwsem(unfair)`."),
    Word("waitqueue", "type", "Where tasks wait to be woken."),
    Word("srcu", "type", "A domain of RCU of its own, whose readers may sleep."),
)

FUNCTIONS: tuple[Word, ...] = (
    Word("maybe", "function", "`True` or `False`: every run takes both ways.", (), role="choice"),
    Word(
        "need_resched",
        "function",
        "Whether somebody else wants this CPU: a check takes both ways, `pfnspec cost` knows.",
        (),
        role="choice",
    ),
    Word(
        "choose",
        "function",
        "Any element of a set, a type or a range; of none, `empty_choice` is violated.",
        ("S",),
        role="choice",
    ),
    Word("alloc", "function", "A reference to an object that is not in use.", ("CLASS",), role="outcome"),
    Word("kzalloc", "function", "The same as `alloc`, or None: it may fail.", ("CLASS",), role="outcome"),
    Word(
        "allocated",
        "function",
        "The set of the objects that are allocated; in specifications only.",
        ("CLASS",),
    ),
    Word("waitqueue_active", "function", "Whether anybody is on the queue: one load.", ("wq",)),
    Word(
        "wait_event_timeout",
        "function",
        "Waits as `wait until C on wq or timeout`; whether the condition was found to hold.",
        ("wq", "C"),
        role="outcome",
    ),
    Word(
        "kthread_should_stop", "function", "Whether somebody stops this task: one load.", (), role="outcome"
    ),
    Word("range", "function", "The numbers from `low`, or 0, to `high - 1`.", ("low", "high")),
    Word("set", "function", "The empty set; `set[T]` is the type of subsets of T.", ()),
    Word("min", "function", "The least of two or more numbers.", ("a", "b")),
    Word("max", "function", "The greatest of two or more numbers.", ("a", "b")),
    Word("len", "function", "The number of elements of a set.", ("S",)),
    Word("all", "function", "Whether C holds for every x of D.", ("C for x in D",)),
    Word("any", "function", "Whether C holds for some x of D.", ("C for x in D",)),
)

VARIABLES: tuple[Word, ...] = (
    Word("self", "variable", "The index of the task that runs the code."),
    Word("end", "variable", "The label of every process' end."),
    Word(
        "cond", "variable", "In a policy: the condition of the waiting site, evaluated anew.", reserved=False
    ),
    Word("wq", "variable", "In a policy: the waitqueue of the waiting site.", reserved=False),
)

SETTINGS: tuple[Word, ...] = (
    Word(
        "cpus",
        "setting",
        "In a scenario: how many CPUs there are, or `unlimited`.",
        form="cpus = N",
        reserved=False,
    ),
    Word(
        "preempt",
        "setting",
        "In a scenario: `none`, or `full` for a kernel that preempts tasks anywhere.",
        form="preempt = none",
        reserved=False,
    ),
    Word(
        "memory",
        "setting",
        "In a scenario: `sc`, sequential consistency, or `weak`, with the kernel's reorderings.",
        form="memory = sc",
        reserved=False,
    ),
    Word("unlimited", "setting", "A CPU for each task.", of=("cpus",)),
    Word("none", "setting", "A task is taken off its CPU where it sleeps or offers it.", of=("preempt",)),
    Word("full", "setting", "A task is also taken off wherever it holds no spinning lock.", of=("preempt",)),
    Word("sc", "setting", "Sequential consistency.", of=("memory",)),
    Word("weak", "setting", "The kernel's memory model, but for load buffering.", of=("memory",)),
)
"""What a scenario sets, and the words for its values."""

_PLAIN = ("spinlock", "mutex")
_DOES = {
    "acquire": "Takes the lock{mode}, and waits for it.",
    "release": "Releases the lock{mode}.",
    "downgrade": "Of a lock that is held for writing: holds it for reading, with no writer in between.",
    "try": "Takes the lock{mode} if it is free: `True` if it did. It never waits.",
}


def _lock(word: str, role: Role, mode: Literal["read", "write"], *of: str) -> Word:
    how = "" if of == _PLAIN else f" for {'read' if mode == 'read' else 'writ'}ing"
    doc = _DOES[role].format(mode=how)
    return Word(word, "method", doc, (), f"L.{word}()", reserved=False, role=role, of=of, mode=mode)


LOCK_OPERATIONS: tuple[Word, ...] = (
    _lock("lock", "acquire", "write", *_PLAIN),
    _lock("unlock", "release", "write", *_PLAIN),
    _lock("trylock", "try", "write", *_PLAIN),
    _lock("read_lock", "acquire", "read", "rwlock"),
    _lock("read_unlock", "release", "read", "rwlock"),
    _lock("read_trylock", "try", "read", "rwlock"),
    _lock("write_lock", "acquire", "write", "rwlock"),
    _lock("write_unlock", "release", "write", "rwlock"),
    _lock("write_trylock", "try", "write", "rwlock"),
    _lock("down_read", "acquire", "read", "rwsem"),
    _lock("up_read", "release", "read", "rwsem"),
    _lock("down_read_trylock", "try", "read", "rwsem"),
    _lock("down_write", "acquire", "write", "rwsem"),
    _lock("up_write", "release", "write", "rwsem"),
    _lock("down_write_trylock", "try", "write", "rwsem"),
    _lock("downgrade_write", "downgrade", "write", "rwsem"),
)
_LOCKS = (*_PLAIN, "rwlock", "rwsem")
_SHARED = ("rwlock", "rwsem")


def _method(
    word: str,
    form: str,
    doc: str,
    role: Role,
    of: tuple[str, ...],
    parameters: tuple[str, ...] | None = (),
    mode: Literal["", "read", "write"] = "",
) -> Word:
    return Word(word, "method", doc, parameters, form, reserved=False, role=role, of=of, mode=mode)


METHODS: tuple[Word, ...] = (
    *LOCK_OPERATIONS,
    _method("add", "S.add(x)", "Puts an element into a set: a load and a store.", "insert", ("set",), ("x",)),
    _method(
        "remove",
        "S.remove(x)",
        "Takes an element out of a set, if it is there: a load and a store.",
        "take_out",
        ("set",),
        ("x",),
    ),
    _method("discard", "S.discard(x)", "The same as `S.remove(x)`.", "take_out", ("set",), ("x",)),
    _method(
        "held_by",
        "L.held_by(P[i])",
        "Whether that task holds the lock; in specifications only.",
        "state",
        _LOCKS,
        ("P[i]",),
    ),
    _method(
        "locked",
        "L.locked",
        "Whether the lock is held, in any mode; in specifications only.",
        "state",
        _LOCKS,
        None,
    ),
    _method(
        "read", "with L.read():", "Holds the lock for reading in the block.", "mode", _SHARED, mode="read"
    ),
    _method(
        "write", "with L.write():", "Holds the lock for writing in the block.", "mode", _SHARED, mode="write"
    ),
)


def _check(word: str, doc: str) -> Word:
    return Word(word, "check", doc, reserved=False)


CHECKS: tuple[Word, ...] = (
    _check(
        "deadlock", "Nobody can step, or tasks wait for what only others who are stuck could bring about."
    ),
    _check("out_of_range", "A number does not fit where it is stored, or an index is out of bounds."),
    _check("none_used", "None, or a snapshot not taken, is used where a value is needed."),
    _check("empty_choice", "`choose` has nothing to choose from."),
    _check("bad_unlock", "A task releases what it does not hold in this mode."),
    _check(
        "sleep_in_atomic", "Something that may sleep is reached with a spinning lock held, or while armed."
    ),
    _check("ends_holding", "A task ends with a lock."),
    _check("bad_refcount", "A count of references is raised from zero, or taken below it."),
    _check("use_after_free", "An object is used that is not allocated any more."),
    _check("double_free", "An object is freed that is not allocated any more."),
)
"""What every model is checked for, in the order of reports."""

BUILT_IN: tuple[Word, ...] = (
    *TYPES,
    *FUNCTIONS,
    *VERBS,
    *KERNEL,
    *ATOMICS,
    *VARIABLES,
    *SETTINGS,
    *METHODS,
    *CHECKS,
)
"""All of them."""
