"""What a word can be weakened to: another that takes the same and orders, or wakes, less."""

from __future__ import annotations

from collections.abc import Mapping

from .atomic_words import OPERATIONS

_ORDERS = ("_acquire", "_release", "_relaxed")


def _atomic() -> dict[str, tuple[str, ...]]:
    """Operations that are fully ordered have weaker variants, and these one that orders nothing."""
    found: dict[str, tuple[str, ...]] = {}
    for word, operation in OPERATIONS.items():
        order = operation.word.order
        if order == "full":
            weaker = tuple(word + suffix for suffix in _ORDERS)
        else:
            weaker = (word.removesuffix(f"_{order}") + "_relaxed",) if word.endswith(f"_{order}") else ()
        known = tuple(name for name in weaker if name in OPERATIONS and name != word)
        if known:
            found[word] = known
    return found


WEAKER: Mapping[str, tuple[str, ...]] = {
    "smp_mb": ("smp_wmb", "smp_rmb"),
    "smp_store_release": ("WRITE_ONCE",),
    "smp_store_mb": ("smp_store_release", "WRITE_ONCE"),
    "clear_bit_unlock": ("clear_bit",),
    "test_and_set_bit": ("test_and_set_bit_lock",),
    "rcu_assign_pointer": ("WRITE_ONCE",),
    "smp_load_acquire": ("READ_ONCE",),
    "atomic_read_acquire": ("atomic_read",),
    "atomic_set_release": ("atomic_set",),
    "test_bit_acquire": ("test_bit",),
    "wake_up": ("wake_up_one",),
    "wake_up_all": ("wake_up_one",),
    "complete_all": ("complete",),
    **_atomic(),
}
"""By word: those that can stand in its place."""

WAKES_LESS = frozenset(["wake_up", "wake_up_all", "complete_all"])
"""Those of them that then wake less; the others order less."""

COMPLETES = frozenset(["complete", "complete_all"])
"""Words of the library that wake."""
