"""The closed kinds of what a program is made of: a word that is missing where one of them is told apart is an
error that the type checker names."""

from __future__ import annotations

from typing import Literal

StepKind = Literal[
    "load", "store", "compare", "take", "bump", "lock", "queue", "atomic", "await", "barrier", "rcu", "mask",
    "alloc", "free", "schedule", "cond_resched", "might_sleep", "cpu_relax", "arrive", "return", "record",
    "start", "silent",
]  # fmt: skip
"""What a step does.  `arrive` and `return` are those of a handler, `record` is a bound label, `start` moves
what is in front of the first access, `silent` touches nothing shared."""

NoteKind = Literal[
    # Accesses, and what weak memory makes of them.
    "read", "write", "local", "choose", "stale", "stale_snapshot", "stale_compare", "overtaken", "barrier",
    # Counters and their snapshots.
    "take_snapshot", "compare", "bump",
    # Locks, waitqueues, read sections.
    "take", "release", "queue", "refused", "arm", "disarm", "wake", "enter", "leave", "grace", "graced",
    # Objects.
    "alloc", "no_alloc", "free", "leaving", "twice", "locked", "dead",
    # Where control is, and what it is told.
    "begin", "end", "round", "call", "asked", "maybe", "need_resched", "cpu", "ipi", "arrive", "return",
    "record",
]  # fmt: skip
"""What a note, and the event that is told of it, is about; see `Note`."""

VariableKind = Literal[
    "shared", "ghost", "lock", "queue", "local", "temporary", "control", "memory", "recorded",
]  # fmt: skip
"""What a variable of the state is for.  Of `control` are the places of tasks and what the scheduler knows, of
`memory` what tasks have seen of weak memory, of `recorded` what the last step recorded."""

MarkKind = Literal["label", "branch"]
"""What of the source may be reached or not."""

LockVerb = Literal["acquire", "join", "enter", "release", "try"]
"""What a step does to a lock: `join` its queue, `enter` from the queue."""
