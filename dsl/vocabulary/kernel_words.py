"""Other spellings, as the kernel writes them, of what the language has; and assertions of the kernel."""

from __future__ import annotations

from .word import Role, Word

_KINDS = {"spin_": "spinlock", "raw_spin_": "spinlock", "mutex_": "mutex"}

LOCK_CALLS: tuple[Word, ...] = tuple(
    Word(
        prefix + method,
        "verb",
        f"The same as `L.{method}()` of a {kind}.",
        ("l",),
        reserved=False,
        role="lock_call",
        of=(kind,),
        means=method,
    )
    for prefix, kind in _KINDS.items()
    for method in ("lock", "unlock", "trylock")
)
"""Operations of locks as functions. Those of `rwlock` and `rwsem` have the names of the methods."""

STATES: tuple[Word, ...] = tuple(
    Word(
        word,
        "verb",
        f"Whether the {kind} is held, by whomever: a load.",
        ("l",),
        reserved=False,
        role="is_locked",
        of=(kind,),
    )
    for word, kind in (
        ("spin_is_locked", "spinlock"),
        ("mutex_is_locked", "mutex"),
        ("rwsem_is_locked", "rwsem"),
    )
)


def _verb(word: str, parameters: tuple[str, ...], doc: str, role: Role, means: str = "") -> Word:
    return Word(word, "verb", doc, parameters, reserved=False, role=role, means=means)


WAITS: tuple[Word, ...] = (
    _verb("wait_event", ("wq", "C"), "The same as `wait until C on wq`.", "wait"),
    _verb("wake_up_all", ("wq",), "The same as `wake_up(wq)`.", "wake_call", "wake_up"),
)

ASSERTIONS: tuple[Word, ...] = (
    _verb(
        "BUG_ON", ("C",), "Evaluates C; if it is true, `BUG_ON(C)` is violated, and the task halted.", "bug"
    ),
    _verb(
        "WARN_ON",
        ("C",),
        "Evaluates C; if it is true, `WARN_ON(C)` is violated, and the task goes on. Returns C.",
        "warn",
    ),
    _verb("WARN_ON_ONCE", ("C",), "The same as `WARN_ON(C)`.", "warn", "WARN_ON"),
    _verb(
        "lockdep_assert_held",
        ("l",),
        "States that this task holds the lock, in any mode, as an assertion of that text.",
        "held",
    ),
    _verb("lockdep_assert_not_held", ("l",), "States that this task does not hold the lock.", "held"),
)

KERNEL: tuple[Word, ...] = (*LOCK_CALLS, *STATES, *WAITS, *ASSERTIONS)
