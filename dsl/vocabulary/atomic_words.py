"""Atomic operations of the kernel: each reads and stores one place in one step.

Each says what it does in the language itself: `stored` is what the place then holds, `when` the condition
under which it does, both over the operation's parameters and `was`, what the place held. Parameters stand
in the kernel's order (Documentation/atomic_t.txt, Documentation/atomic_bitops.txt, Documentation/core-api/
refcount-vs-atomic.rst, which also say what each orders).
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Literal

from .word import Order, Word

Result = Literal["", "was", "now", "test"]
"""What an operation returns: nothing, what the place held, what it then holds, or whether `test` is true."""

PLACES = ("v", "r", "bits")
"""The parameters that name the place: a variable, a count of references, a set as a bitmap."""

FOUND = "found"
"""The parameter that names a local: it has what is expected, and gets what was found instead."""


@dataclass(frozen=True, slots=True)
class Operation:
    """An atomic operation. `test` is what it returns, "" for `when`. `needs` is what a count of references
    has to be, and `complaint` what is wrong otherwise. It is an acquire where `acquires` is true, or, if that
    is empty, where its order says so."""

    word: Word
    stored: str
    when: str
    test: str
    result: Result
    needs: str = ""
    complaint: str = ""
    acquires: str = ""

    @property
    def place(self) -> str:
        """The parameter that names the place."""
        return next(name for name in self.word.parameters or () if name in PLACES)


def _operation(
    word: str, parameters: tuple[str, ...], doc: str, stored: str, result: Result = "", when: str = "",
    test: str = "", order: Order = "relaxed", needs: str = "", complaint: str = "", acquires: str = "",
) -> Operation:  # fmt: skip
    entry = Word(word, "verb", doc, parameters, reserved=False, role="atomic", order=order)
    return Operation(entry, stored, when, test, result, needs, complaint, acquires)


_ORDERED: dict[str, Order] = {"": "full", "_relaxed": "relaxed", "_acquire": "acquire", "_release": "release"}


def _ordered(
    word: str, parameters: tuple[str, ...], doc: str, stored: str, result: Result, when: str = ""
) -> Iterator[Operation]:
    """An operation that is fully ordered, and its variants that are less so."""
    for suffix, order in _ORDERED.items():
        told = doc if not suffix else f"`{word}`, {suffix[1:]}."
        yield _operation(word + suffix, parameters, told, stored, result, when, order=order)


def _counting() -> Iterator[Operation]:
    for word, sign, does in (("add", "+", "Adds i"), ("sub", "-", "Takes i away")):
        parameters, stored = ("i", "v"), f"was {sign} i"
        yield _operation(f"atomic_{word}", parameters, f"{does}, in one step.", stored)
        returned = f"{does}, in one step; returns what is then there."
        yield from _ordered(f"atomic_{word}_return", parameters, returned, stored, "now")
        fetched = f"{does}, in one step; returns what was there."
        yield from _ordered(f"atomic_fetch_{word}", parameters, fetched, stored, "was")
    for word, sign, does in (("inc", "+", "Adds 1"), ("dec", "-", "Takes 1 away")):
        stored = f"was {sign} 1"
        yield _operation(f"atomic_{word}", ("v",), f"{does}, in one step.", stored)
        returned = f"{does}, in one step; returns what is then there."
        yield from _ordered(f"atomic_{word}_return", ("v",), returned, stored, "now")
        fetched = f"{does}, in one step; returns what was there."
        yield from _ordered(f"atomic_fetch_{word}", ("v",), fetched, stored, "was")
        tested = f"{does}, in one step; returns whether 0 is then there."
        yield _operation(
            f"atomic_{word}_and_test", ("v",), tested, stored, "test", test=f"{stored} == 0", order="full"
        )


def _swapping() -> Iterator[Operation]:
    for prefix in ("", "atomic_"):
        yield from _ordered(
            f"{prefix}xchg", ("v", "new"), "Stores `new`, in one step; returns what was there.", "new", "was"
        )
        yield from _ordered(
            f"{prefix}cmpxchg",
            ("v", "old", "new"),
            "Stores `new` if `old` is there, in one step; returns what was there.",
            "new",
            "was",
            "was == old",
        )
        yield from _ordered(
            f"{prefix}try_cmpxchg",
            ("v", FOUND, "new"),
            "Stores `new` if what the local `found` has is there, in one step; returns whether it was, "
            "and if not, `found` gets what is there.",
            "new",
            "test",
            f"was == {FOUND}",
        )


_CONDITIONAL = (
    _operation(
        "atomic_sub_and_test",
        ("i", "v"),
        "Takes i away, in one step; returns whether 0 is then there.",
        "was - i",
        "test",
        test="was - i == 0",
        order="full",
    ),
    _operation(
        "atomic_inc_not_zero",
        ("v",),
        "Adds 1 unless 0 is there, in one step; returns whether it did.",
        "was + 1",
        "test",
        "was != 0",
        order="full",
    ),
    _operation(
        "atomic_add_unless",
        ("v", "a", "u"),
        "Adds a unless u is there, in one step; returns whether it did.",
        "was + a",
        "test",
        "was != u",
        order="full",
    ),
    _operation(
        "atomic_fetch_add_unless",
        ("v", "a", "u"),
        "Adds a unless u is there, in one step; returns what was there.",
        "was + a",
        "was",
        "was != u",
        order="full",
    ),
)

_BITS = (
    _operation("set_bit", ("nr", "bits"), "Puts a bit into a set, in one step.", "was | {nr}"),
    _operation("clear_bit", ("nr", "bits"), "Takes a bit out of a set, in one step.", "was - {nr}"),
    _operation("clear_bit_unlock", ("nr", "bits"), "`clear_bit`, release.", "was - {nr}", order="release"),
    _operation(
        "test_and_set_bit",
        ("nr", "bits"),
        "Puts a bit into a set, in one step; returns whether it was there.",
        "was | {nr}",
        "test",
        test="nr in was",
        order="full",
    ),
    _operation(
        "test_and_set_bit_lock",
        ("nr", "bits"),
        "`test_and_set_bit`, acquire where it was not there.",
        "was | {nr}",
        "test",
        test="nr in was",
        order="acquire",
        acquires="nr not in was",
    ),
    _operation(
        "test_and_clear_bit",
        ("nr", "bits"),
        "Takes a bit out of a set, in one step; returns whether it was there.",
        "was - {nr}",
        "test",
        test="nr in was",
        order="full",
    ),
)

_RAISED, _BELOW, _LEAKED = "raised from zero", "taken below zero", "taken to zero without a test"
_REFERENCES = (
    _operation(
        "refcount_inc",
        ("r",),
        "Adds 1 to a count of references, in one step; not from 0 (`bad_refcount`).",
        "was + 1",
        needs="was != 0",
        complaint=_RAISED,
    ),
    _operation(
        "refcount_add",
        ("i", "r"),
        "Adds i to a count of references, in one step; not from 0 (`bad_refcount`).",
        "was + i",
        needs="was != 0",
        complaint=_RAISED,
    ),
    _operation(
        "refcount_inc_not_zero",
        ("r",),
        "Adds 1 to a count of references unless it is 0, in one step; returns whether it did.",
        "was + 1",
        "test",
        "was != 0",
    ),
    _operation(
        "refcount_dec",
        ("r",),
        "Takes 1 away from a count of references, in one step; not the last one (`bad_refcount`).",
        "was - 1",
        needs="was > 1",
        complaint=_LEAKED,
        order="release",
    ),
    _operation(
        "refcount_dec_and_test",
        ("r",),
        "Takes 1 away from a count of references, in one step; returns whether it was the last one.",
        "was - 1",
        "test",
        test="was == 1",
        acquires="was == 1",
        needs="was > 0",
        complaint=_BELOW,
        order="release",
    ),
    _operation(
        "refcount_sub_and_test",
        ("i", "r"),
        "Takes i away from a count of references, in one step; returns whether they were the last ones.",
        "was - i",
        "test",
        test="was == i",
        acquires="was == i",
        needs="was >= i",
        complaint=_BELOW,
        order="release",
    ),
    _operation(
        "refcount_dec_not_one",
        ("r",),
        "Takes 1 away from a count of references unless it is 1, in one step; returns whether it did.",
        "was - 1",
        "test",
        "was != 1",
        needs="was > 0",
        complaint=_BELOW,
        order="release",
    ),
)

OPERATIONS: dict[str, Operation] = {
    operation.word.word: operation
    for operation in (*_counting(), *_CONDITIONAL, *_swapping(), *_BITS, *_REFERENCES)
}
"""All of them by name."""

READS: tuple[Word, ...] = (
    Word("atomic_read", "verb", "The value of `v`.", ("v",), reserved=False, role="load"),
    Word(
        "atomic_read_acquire",
        "verb",
        "The value of `v`, acquire.",
        ("v",),
        reserved=False,
        order="acquire",
        role="load",
    ),
    Word("refcount_read", "verb", "The value of `r`.", ("r",), reserved=False, role="load"),
    Word("atomic_set", "verb", "The same as `v = i`.", ("v", "i"), reserved=False, role="store"),
    Word(
        "atomic_set_release",
        "verb",
        "The same as `v = i`, release.",
        ("v", "i"),
        reserved=False,
        order="release",
        role="store",
    ),
    Word("refcount_set", "verb", "The same as `r = i`.", ("r", "i"), reserved=False, role="store"),
    Word("test_bit", "verb", "Whether a bit is in a set.", ("nr", "bits"), reserved=False, role="test"),
    Word(
        "test_bit_acquire",
        "verb",
        "Whether a bit is in a set, acquire.",
        ("nr", "bits"),
        reserved=False,
        order="acquire",
        role="test",
    ),
)
"""Plain reads and stores under another name."""

ATOMICS: tuple[Word, ...] = (*READS, *(operation.word for operation in OPERATIONS.values()))
