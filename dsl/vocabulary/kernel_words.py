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

_MASKS = (
    ("_irq", "_irq", "local_irq_disable", "local_irq_enable", ()),
    ("_irqsave", "_irqrestore", "local_irq_save", "local_irq_restore", ("flags",)),
    ("_bh", "_bh", "local_bh_disable", "local_bh_enable", ()),
)
_MASKABLE = (
    ("spin_lock", "spin_unlock", "spinlock", "lock", "unlock"),
    ("raw_spin_lock", "raw_spin_unlock", "spinlock", "lock", "unlock"),
    ("read_lock", "read_unlock", "rwlock", "read_lock", "read_unlock"),
    ("write_lock", "write_unlock", "rwlock", "write_lock", "write_unlock"),
)


def _masked(word: str, kind: str, first: str, then: str, means: str, flags: tuple[str, ...]) -> Word:
    doc = f"The same as `{first}`, then `{then}`."
    return Word(word, "verb", doc, ("l", *flags), reserved=False, role="masked", of=(kind,), means=means)


MASKED: dict[str, tuple[Word, str]] = {
    word.word: (word, verb)
    for lock, unlock, kind, takes, gives in _MASKABLE
    for on, off, disable, enable, flags in _MASKS
    for word, verb in (
        (
            _masked(lock + on, kind, f"{disable}({', '.join(flags)})", f"L.{takes}()", takes, flags),
            disable,
        ),
        (
            _masked(unlock + off, kind, f"L.{gives}()", f"{enable}({', '.join(flags)})", gives, flags),
            enable,
        ),
    )
}
"""Locks that are taken with interrupts or softirqs off, and the verb that masks these or lets them come."""

KERNEL: tuple[Word, ...] = (*(word for word, _ in MASKED.values()), *LOCK_CALLS, *STATES, *WAITS, *ASSERTIONS)
