"""What is taken away, by kind."""

from __future__ import annotations

from typing import Literal, get_args

Kind = Literal[
    "barrier", "section", "wake-up", "wait", "condition", "test", "loop", "store", "order", "call"
]  # fmt: skip
KINDS: tuple[Kind, ...] = get_args(Kind)
"""What orders memory; a section of a lock, of RCU, or with interrupts masked; what wakes; what waits or
sleeps; a part under `and` or `or`; an `if`; that a loop comes round; an assignment; the order of two
neighbouring stores; a call.  The command line names them too, so nothing else is imported here."""
