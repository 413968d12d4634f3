"""What variables are of a lock, and what assignments do to locks and to weak memory: facts, made in
lowering."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal


@dataclass(frozen=True, slots=True)
class LockPart:
    """What a variable is of a lock, which is called by its path without indices."""

    lock: str
    part: Literal["holder", "writer", "readers", "queue", "queued_writers"]


@dataclass(frozen=True, slots=True)
class Taken:
    """The task has the lock in this mode from here on."""

    lock: str
    mode: str


@dataclass(frozen=True, slots=True)
class Given:
    """The task, which had the lock in this mode, has given it back."""

    lock: str
    mode: str


@dataclass(frozen=True, slots=True)
class Fenced:
    """What is written of weak memory is seen in another order by others: the step does not move."""


Effect = Taken | Given | Fenced
