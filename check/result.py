"""What a check found out: facts, from which every report is made."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from ..dsl.diagnostics import Diagnostic
from ..dsl.source import Source, Span
from ..translator.program import Reachable, Value
from ..translator.retrace import Finding

HOLDS = "holds"
VIOLATED = "violated"
UNDECIDED = "not decided"


@dataclass(frozen=True, slots=True)
class Verdict:
    """`kind` is assertion, invariant, built-in or sometimes; `outcome` holds, violated or not decided.

    A `sometimes` that no behaviour satisfies is violated, without a finding.
    """

    property: str
    kind: str
    outcome: str
    expected: str
    finding: Finding | None = None

    @property
    def as_expected(self) -> bool:
        return self.outcome == self.expected


@dataclass(frozen=True, slots=True)
class Evidence:
    """What the verdicts rest on: the size of the state space that was searched (None: not known),
    TLC's version, and wall seconds over all runs.  `states` are distinct states."""

    states: int | None
    generated: int | None
    depth: int | None
    runs: int
    seconds: float
    tlc: str
    complete: bool


@dataclass(frozen=True, slots=True)
class Failure:
    """The tool could not do its work: one line, what it has to say for itself, what was kept."""

    why: str
    message: str
    detail: str
    directory: str | None


@dataclass(frozen=True, slots=True)
class Result:
    """One model, checked.

    With errors among the `diagnostics` there are no verdicts.  `stopped` says which limit or signal
    ended the check early (time, states, interrupted).  `unreached` are labels and branches that no
    behaviour reaches, known only when `evidence.complete`.
    """

    path: str
    name: str
    doc: str | None
    constants: tuple[tuple[str, Value], ...]
    processes: tuple[tuple[str, int], ...]
    sources: Mapping[str, Source]
    diagnostics: tuple[Diagnostic, ...]
    verdicts: tuple[Verdict, ...]
    evidence: Evidence | None
    unreached: tuple[Reachable, ...]
    barriers: tuple[Span, ...]
    overrides: tuple[tuple[str, str], ...]
    stopped: str | None = None
    failure: Failure | None = None

    @property
    def status(self) -> int:
        """0 as expected; 1 a verdict differs; 2 the specification is wrong; 3 stopped before a
        verdict; 4 the tool failed."""
        if self.failure is not None:
            return 4
        if any(found.severity == "error" for found in self.diagnostics):
            return 2
        decided = [verdict for verdict in self.verdicts if verdict.outcome != UNDECIDED]
        if any(not verdict.as_expected for verdict in decided):
            return 1
        return 3 if len(decided) < len(self.verdicts) else 0


def overall(statuses: tuple[int, ...]) -> int:
    """The exit status of several checks: 4 over 2 over 1 over 3 over 0."""
    return next((status for status in (4, 2, 1, 3) if status in statuses), 0)
