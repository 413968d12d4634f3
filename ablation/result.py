"""What came of taking things away: facts, from which every report is made."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

from ..check.result import Result, Verdict
from ..dsl.diagnostics import Diagnostic
from ..dsl.source import Source
from .change import Change

LOAD_BEARING = "load-bearing"
NOT_NEEDED = "not needed"
UNDECIDED = "not decided"
SAME = "does the same"
NO_MODEL = "no model"
OUTCOMES = (LOAD_BEARING, NOT_NEEDED, UNDECIDED, SAME, NO_MODEL)


@dataclass(frozen=True, slots=True)
class Tried:
    """A change, and what came of it in the cells that count.

    `fell` is the verdict that is not as expected, with its behaviour, of what is load-bearing (a
    `sometimes` has none).  `fault` is what keeps it from being a model.  `why` says what stopped it, or how
    a tool failed, where it is not decided.  `vacuous` names properties that hold with it, and say nothing any
    more.  `engine` is what has decided that nothing falls: tlc, or interpreter.  `failed`: a tool could not
    do its work.
    """

    change: Change
    outcome: str
    fell: Verdict | None = None
    fault: Diagnostic | None = None
    why: str = ""
    vacuous: tuple[str, ...] = ()
    engine: str = ""
    failed: bool = False


@dataclass(frozen=True, slots=True)
class CellName:
    """A scenario and a policy, None where there is no such axis; `memory` is sc or weak.  `why` it does not
    count: something is expected to be violated there, or memory is sc; None where it does."""

    scenario: str | None
    policy: str | None
    memory: str
    why: Literal["violated", "sc"] | None = None


@dataclass(frozen=True, slots=True)
class Ablation:
    """A model, and everything that was taken away from it.

    `base` is the model itself, checked: where it does not do what it expects, nothing is taken away, and
    `refused` says why.  `cells` are those that count, in which everything is expected to hold, and `left_out`
    the others.  `memory` is what was asked for, or `implied`: sc or weak in all scenarios, None for what each
    says.  `stopped`: not all was tried, because of a time limit or an interruption."""

    base: Result
    cells: tuple[CellName, ...]
    left_out: tuple[CellName, ...]
    tried: tuple[Tried, ...]
    sources: Mapping[str, Source]
    memory: str | None = None
    implied: bool = False
    refused: str = ""
    seconds: float = 0.0
    stopped: str | None = None

    def of(self, *outcomes: str) -> tuple[Tried, ...]:
        """What came to one of these."""
        return tuple(one for one in self.tried if one.outcome in outcomes)

    @property
    def score(self) -> float | None:
        """The share of what is noticed among what is decided and makes a difference to the program; None
        where there is nothing of that."""
        noticed, unnoticed = len(self.of(LOAD_BEARING)), len(self.of(NOT_NEEDED))
        return noticed / (noticed + unnoticed) if noticed + unnoticed else None
