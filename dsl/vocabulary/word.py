"""One word of the language, with all that is known of it apart from its meaning."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

Group = Literal[
    "declaration", "statement", "operator", "constant", "verdict",
    "type", "function", "variable", "setting", "verb", "method", "check",
]  # fmt: skip
"""What a word is, as editors colour it. The first line are the words of the grammar."""

Order = Literal["relaxed", "acquire", "release", "full"]
"""What an access orders in memory: of an atomic operation that stores nothing, nothing. `full` of a plain
store: a full barrier stands behind it."""

GRAMMAR_GROUPS: tuple[Group, ...] = ("declaration", "statement", "operator", "constant", "verdict")

Role = Literal[
    "",
    # Verbs: lets time pass, barrier, operation of a waitqueue, one that wakes, a load, a store, one
    # that is about tasks.
    "pause", "barrier", "queue", "wake", "load", "store", "task",
    # Whether something is in a place; an atomic operation, see `atomic_words`.
    "test", "atomic",
    # Words of the kernel: an operation of a lock, whether one is held, waiting, waking, assertions.
    "lock_call", "is_locked", "wake_call", "bug", "warn", "held", "masked",
    # Verbs that free an object: at once, or after a grace period.
    "free", "free_later",
    # Verbs of RCU.
    "read_lock", "read_unlock", "synchronize", "drain",
    # Verbs that mask a level of interrupts on a CPU, or preemption, or let it come again.
    "disable", "enable", "save", "restore",
    # Functions that choose; what is done and has an outcome.
    "choice", "outcome",
    # Methods: of locks, then of sets, then what only specifications see, then the modes that `with` names.
    "acquire", "release", "try", "downgrade", "insert", "take_out", "state", "mode",
]  # fmt: skip
"""What a built-in word does, where more than its name is asked for."""


@dataclass(frozen=True, slots=True)
class Word:
    """A word, its group, and a line of documentation.

    `parameters` are the names of what stands in its parentheses, None for a word without any. `form` is
    how it is written, where that is more than the word and its parameters. `snippet` is what completion
    writes, with places to fill in. `reserved` words cannot be names of an author's own.

    Of a word of the grammar: it `begins` a line; it `opens` a block of statements ("code") or of
    something else ("lines"); what it `takes` must follow where it stands as a keyword: an operand or a
    name; a new name follows (`names`); it says more of the declaration behind it (`modifies`); it `joins`
    operands, so that an expression goes on behind it; it may stand `within` an expression as well.

    Of a built-in word: its `role`; what it is a word `of` (a kind of lock, `set`, a setting, a kind of RCU, a
    level of interrupts, `preempt`); the `mode` of a lock's operation; what it `means` in the language's own
    words; what it `order`s in memory.
    """

    word: str
    group: Group
    doc: str
    parameters: tuple[str, ...] | None = None
    form: str = ""
    snippet: str = ""
    reserved: bool = True
    begins: bool = False
    opens: Literal["", "code", "lines"] = ""
    takes: Literal["", "operand", "name"] = ""
    names: bool = False
    modifies: bool = False
    joins: bool = False
    within: bool = False
    role: Role = ""
    of: tuple[str, ...] = ()
    mode: Literal["", "read", "write"] = ""
    means: str = ""
    order: Order = "relaxed"

    @property
    def written(self) -> str:
        """How the word is written, with its parameters."""
        if self.form or self.parameters is None:
            return self.form or self.word
        return f"{self.word}({', '.join(self.parameters)})"
