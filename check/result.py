"""What a check found out: facts, from which every report is made."""

from __future__ import annotations

import builtins
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final, Literal

from ..dsl.diagnostics import Diagnostic
from ..dsl.source import Source, Span
from ..translator.program.findings import Finding, Reachable
from ..translator.program.values import Value
from ..translator.reduce.unlocked import Unlocked

HOLDS: Final = "holds"
VIOLATED: Final = "violated"
UNDECIDED: Final = "not decided"
Judgement = Literal["holds", "violated", "not decided"]

Engine = Literal["tlc", "interpreter", "spin", "spin-bitstate"]
FailureKind = Literal[
    "missing", "parse", "config", "evaluation", "memory", "disk", "killed", "java", "internal",
    "disagreement", "spin", "compiler", "unsupported",
]  # fmt: skip

VerdictKind = Literal["assertion", "invariant", "built-in", "sometimes", "property"]
"""What is judged; `property` is temporal, `built-in` are the checks that are always made."""

SC, WEAK, BOTH = "sc", "weak", "sc and weak"
NOT_COVERED = (
    "a load that is delayed past a later store of its task (load buffering), or past an acquire or a lock of "
    "something else",
    "a value older than the one before the newest",
    "what the compiler does with accesses that are not marked",
)
"""What a verdict under weak memory says nothing about."""


@dataclass(frozen=True, slots=True)
class Evidence:
    """What verdicts rest on: the size of the state space that was searched (None: not known), the
    number of runs, wall seconds over all of them, and whether they went to the end.  `states` are
    distinct states; those that differ only in the names of interchangeable tasks or values, the processes
    and types in `symmetry`, count once.  `cached` runs are not of this check: their outcome was kept, and
    `states`, `generated` and `depth` are theirs.

    `engines` are those that decided a temporal property, each by itself and alike: tlc, interpreter, or
    both."""

    states: int | None
    generated: int | None
    depth: int | None
    runs: int
    seconds: float
    complete: bool
    symmetry: tuple[str, ...] = ()
    cached: int = 0
    engines: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Verdict:
    """One property in one cell of the matrix; `policy` and `scenario` are None where there is no such axis.

    A `sometimes` that no behaviour satisfies is violated, without a
    finding.  `vacuous` names what a property supposes and no behaviour does.  `place` is where the
    property is stated, the first assertion where there are several (None for a check that is always
    made), `expectation` where the model says what is expected (None where it does not).  It is about
    behaviours all of whose states satisfy what is `assumed`, as its author wrote it.
    """

    property: str
    kind: VerdictKind
    outcome: Judgement
    expected: Judgement
    scenario: str | None = None
    policy: str | None = None
    finding: Finding | None = None
    evidence: Evidence | None = None
    vacuous: bool = False
    place: Span | None = None
    expectation: Span | None = None
    assumed: tuple[str, ...] = ()

    @builtins.property
    def as_expected(self) -> bool:
        return self.outcome == self.expected


@dataclass(frozen=True, slots=True)
class Scene:
    """A scenario: its own values of constants, its CPUs (None: one for each task), preemption, its memory
    model (sc or weak), and the locations that weak memory makes a difference to."""

    name: str | None
    constants: tuple[tuple[str, Value], ...]
    cpus: int | None
    preempt: str
    memory: str = SC
    weak: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Failure:
    """The tool could not do its work: one line, what it has to say for itself, what was kept."""

    why: FailureKind
    message: str
    detail: str
    directory: str | None


@dataclass(frozen=True, slots=True)
class Asked:
    """What a check was asked for, as far as verdicts, or how many of them there are, can depend on it: only
    these `properties`, `policies` and `scenarios` (empty: all); its limits, where it had any (`seconds` for
    all of it, `run_seconds` and `states` for each run); whether it ends at the first unexpected verdict,
    reduces, and lets a base lie `outside` the project; the `memory` model, if not that of the scenarios.
    `tool` tells pfnspec and TLC from other versions of them by their content; it is empty where there is no
    TLC."""

    properties: tuple[str, ...] = ()
    policies: tuple[str, ...] = ()
    scenarios: tuple[str, ...] = ()
    seconds: float | None = None
    run_seconds: float | None = None
    states: int | None = None
    fail_fast: bool = False
    reduction: bool = True
    outside: bool = False
    tool: str = ""
    memory: str | None = None


@dataclass(frozen=True, slots=True)
class Result:
    """One model, checked.

    With errors among the `diagnostics` there are no verdicts.  `scenes` and `policies` are the axes of
    the matrix.  `stopped` says which limit or signal ended the check early (time, states, interrupted,
    fail-fast), or that bitstate hashing left states out (bitstate).  `unreached` are labels and branches
    that no behaviour reaches in any cell, known only when all states of all cells were
    searched.  `fairness` says for each process what the temporal verdicts assume of its tasks: weak,
    strong or none; it is empty where there are none.  `engine` is what decided.  `shard` (I, N) says that
    only part I of N of the cells was looked at; `unreached` is then told by these alone.  `barriers` have no
    effect where memory is sequentially consistent, and for `unlocked` locations that is what verdicts rest on
    there; those that the model accepts are left out.  `asked` is None where a saved result is of a version
    that did not write it down.
    """

    path: str
    name: str
    doc: str | None
    constants: tuple[tuple[str, Value], ...]
    processes: tuple[tuple[str, int], ...]
    scenes: tuple[Scene, ...]
    policies: tuple[str | None, ...]
    sources: Mapping[str, Source]
    diagnostics: tuple[Diagnostic, ...]
    verdicts: tuple[Verdict, ...]
    evidence: Evidence | None
    engine: Engine
    tlc: str
    unreached: tuple[Reachable, ...]
    barriers: tuple[Span, ...]
    unlocked: tuple[Unlocked, ...]
    fairness: tuple[tuple[str, str], ...]
    overrides: tuple[tuple[str, str], ...]
    stopped: str | None = None
    failure: Failure | None = None
    shard: tuple[int, int] | None = None
    asked: Asked | None = None

    @property
    def memory(self) -> str:
        """The memory model of all scenarios: sc, weak, or both."""
        found = {scene.memory for scene in self.scenes} or {SC}
        return found.pop() if len(found) == 1 else BOTH

    def memory_in(self, scenario: str | None) -> str:
        """That of one scenario."""
        return next((scene.memory for scene in self.scenes if scene.name == scenario), SC)

    @property
    def unreachable(self) -> tuple[Reachable, ...]:
        """What is known to be reached in no cell of the model."""
        return self.unreached if self.shard is None else ()

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
        open_ = [v for v in self.verdicts if v.outcome == UNDECIDED and not self.left_out(v)]
        return 3 if open_ else 0

    def left_out(self, verdict: Verdict) -> bool:
        """Whether it is of a temporal property under weak memory, which is not decided, and nobody has asked
        for it by name or says what is expected of it."""
        temporal = verdict.kind == "property" and self.memory_in(verdict.scenario) == WEAK
        named = self.asked is not None and verdict.property in self.asked.properties
        return temporal and not named and verdict.expectation is None


def overall(statuses: tuple[int, ...]) -> int:
    """The exit status of several checks: 4 over 2 over 1 over 3 over 0."""
    return next((status for status in (4, 2, 1, 3) if status in statuses), 0)
