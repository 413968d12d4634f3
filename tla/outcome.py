"""What a run of TLC came to: it holds, it is violated, it was stopped, or it failed.

Four frozen types, one closed union. What a run is not sure of it calls `Failed`: `Holds` needs TLC's own
word, a matching exit code and an output without a single error.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Literal, TypeAlias

from .module.values import Value

ViolationKind: TypeAlias = Literal["invariant", "property", "deadlock", "assertion"]
StopReason: TypeAlias = Literal["time", "states", "interrupted"]
FailReason: TypeAlias = Literal[
    "parse", "config", "evaluation", "memory", "disk", "killed", "java", "internal"
]


@dataclass(frozen=True, slots=True)
class Totals:
    """How much TLC explored, as far as it said. For a stopped run these are its last words on it."""

    generated: int | None = None
    distinct: int | None = None
    left: int | None = None
    """States still in the queue; 0 after a complete search."""
    depth: int | None = None


@dataclass(frozen=True, slots=True)
class Progress:
    """One report of a run under way."""

    totals: Totals
    seconds: float
    """Since the run was started."""


@dataclass(frozen=True, slots=True)
class TraceState:
    """One state of a counterexample."""

    number: int
    """Counted from 1."""
    action: str | None
    """The action that led here, ``IncX``; None for the initial predicate and actions without a name."""
    arguments: str | None
    """What stands between the action's parentheses, ``1, p2``; TLC 2.15 prints none."""
    values: Mapping[str, Value]
    location: str | None = None
    """``line 8, col 9 to line 8, col 55 of module Clock``, of the action."""


@dataclass(frozen=True, slots=True)
class Trace:
    """A counterexample: its states and, for a property, how it goes on for ever."""

    states: tuple[TraceState, ...] = ()
    back_to: int | None = None
    """The number of the state that follows the last one, of a lasso."""
    stuttering: bool = False
    """Whether the last state is repeated for ever."""


@dataclass(frozen=True, kw_only=True)
class Ran:
    """What every outcome tells of its run."""

    totals: Totals = Totals()
    version: str | None = None
    """TLC's own version line, None when it never spoke."""
    seconds: float = 0.0
    """Wall time from start to end of the process."""
    printed: tuple[str, ...] = ()
    """What the specification printed (``Print``, ``PrintT``), one value each, unparsed."""
    warnings: tuple[str, ...] = ()
    raw: str = ""
    """The whole output of TLC and of the JVM (of a very long one, the beginning)."""
    exit_code: int | None = None
    """Negative for a signal, None when nothing was started."""
    directory: Path | None = None
    """Where module, configuration and output are kept, if they are."""
    remembered: bool = False
    """Whether nothing was run: the output is that of an earlier run which was asked the same."""


@dataclass(frozen=True, kw_only=True)
class Holds(Ran):
    """TLC searched everything and found no error."""


@dataclass(frozen=True, kw_only=True)
class Violated(Ran):
    """TLC found a counterexample."""

    kind: ViolationKind
    name: str | None
    """The invariant or property, the text of an assertion; None for a deadlock or when TLC does not say."""
    trace: Trace
    names: tuple[str, ...] = ()
    """All properties that TLC names; older versions name none, newer ones may name several."""


@dataclass(frozen=True, kw_only=True)
class Stopped(Ran):
    """The run was ended from outside before it had a verdict."""

    why: StopReason


@dataclass(frozen=True, kw_only=True)
class Failed(Ran):
    """There is no verdict."""

    why: FailReason
    message: str
    """One line."""
    detail: str = ""
    """Everything TLC said about it."""
    trace: Trace = Trace()
    """How TLC got to where it failed, if it says."""


Outcome: TypeAlias = Holds | Violated | Stopped | Failed
