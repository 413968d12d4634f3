"""What a run of Spin came to: the space was searched, or the run was stopped, or it failed.

Three frozen types, one closed union. A search is called complete only if nothing that was printed speaks
against it and as many states were looked at as were stored.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path
from typing import Literal, TypeAlias

from ..tla.outcome import Totals

StopReason: TypeAlias = Literal["time", "states", "interrupted"]
FailReason: TypeAlias = Literal["spin", "compiler", "memory", "disk", "killed", "unsupported", "internal"]


@dataclass(frozen=True, slots=True)
class Found:
    """A state that violates properties: their numbers, and the rows of integers that the states on the way
    to it were printed as, from the first to this one."""

    properties: tuple[int, ...]
    rows: tuple[tuple[int, ...], ...]


@dataclass(frozen=True, kw_only=True)
class Ran:
    """What every outcome tells of its run: what was found (each property once) by then, which marks were
    passed, which formulas were met, how much was searched."""

    found: tuple[Found, ...] = ()
    reached: frozenset[int] = frozenset()
    met: frozenset[int] = frozenset()
    totals: Totals = field(default_factory=Totals)
    version: str | None = None
    """Spin's own version line, None when it never spoke."""
    seconds: float = 0.0
    raw: str = ""


@dataclass(frozen=True, kw_only=True)
class Searched(Ran):
    """The verifier came to its end; `complete` is False where states may have been left out, as by bitstate
    hashing."""

    complete: bool


@dataclass(frozen=True, kw_only=True)
class Stopped(Ran):
    """The run was ended from outside before that."""

    why: StopReason


@dataclass(frozen=True, kw_only=True)
class Failed(Ran):
    """There is no verdict."""

    why: FailReason
    message: str
    """One line."""
    detail: str = ""
    directory: Path | None = None


Outcome: TypeAlias = Searched | Stopped | Failed
