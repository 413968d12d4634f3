"""What came of comparing a recording with a model, as values."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from ..dsl.diagnostics import Diagnostic
from ..dsl.source import Source, Span
from ..translator.program.findings import Reachable, Standing, TraceStep
from .events import Event

EXPLAINED = "explained"
UNEXPLAINED = "not explained"
UNDECIDED = "not decided"
UNREADABLE = "unreadable"
DISAGREEMENT = "engines disagree"


@dataclass(frozen=True, slots=True)
class Instead:
    """What the model could record in place of an event: `task` at `label`, whose values would be `values`, as
    pairs of a field and a value; `others` if it is another task than that of the event."""

    task: str
    label: str
    span: Span
    values: tuple[tuple[str, str], ...]
    others: bool


@dataclass(frozen=True, slots=True)
class Failure:
    """The first event that no behaviour explains.

    `last` are the events before it, `steps` those of one behaviour that explains these; `standing` where the
    tasks then are, in one way each that was found; `instead` what the model could record.  `free` is False
    where the event begins a part and all tasks of `process` are played already.
    """

    event: Event
    process: str
    last: tuple[Event, ...]
    steps: tuple[TraceStep, ...]
    standing: tuple[Standing, ...]
    instead: tuple[Instead, ...]
    free: bool


@dataclass(frozen=True, slots=True)
class Interval:
    """How long the stretches of threads from one event to another took.

    `quantiles` are pairs of a percentage, from 0 to 100, and seconds; `histogram` has for powers of two of
    nanoseconds how many took so long, up to twice as long; `lengths` are some of them, sorted and evenly
    chosen, in seconds.  `within` has for each event in them its name, and how often it is there: median and
    most.  `met` says how many of them overlapped with a stretch of another kind in another thread, by its
    first and last event.
    """

    first: str
    last: str
    count: int
    quantiles: tuple[tuple[int, float], ...]
    histogram: tuple[tuple[int, int], ...]
    lengths: tuple[float, ...]
    within: tuple[tuple[str, int, int], ...]
    met: tuple[tuple[str, str, int], ...]

    def quantile(self, percent: int) -> float:
        """In seconds; of a percentage that is there."""
        return dict(self.quantiles)[percent]


@dataclass(frozen=True, slots=True)
class Validation:
    """One recording.

    `outcome` is one of the constants above.  `events` are all that were read, `bound` those that say
    something of the model, `gaps` how often events are missing, `open` how many events before a gap could not
    be decided because of it.  `counts` has for each bound event its name and how often it was there;
    `unreached` are labels and branches on no way to an event.  `states` were looked at, `most` kept at
    a time; `tlc` is what TLC says, where it was asked.  `fault`, `line`, `text` and `advice` tell what is
    wrong with a recording that cannot be read, or what limit was met.  `expected` is the outcome that has to
    come: for a model that is wrong on purpose, that it is not explained.
    """

    path: str
    outcome: str
    events: int = 0
    bound: int = 0
    gaps: int = 0
    open: int = 0
    threads: tuple[str, ...] = ()
    first: float | None = None
    last: float | None = None
    counts: tuple[tuple[str, int], ...] = ()
    intervals: tuple[Interval, ...] = ()
    unreached: tuple[Reachable, ...] = ()
    states: int = 0
    most: int = 0
    failure: Failure | None = None
    tlc: str = ""
    fault: str = ""
    line: int = 0
    text: str = ""
    advice: str = ""
    expected: str = EXPLAINED

    @property
    def as_expected(self) -> bool:
        return self.outcome == self.expected

    @property
    def status(self) -> int:
        """The exit status that this recording alone gives."""
        if self.as_expected:
            return 0
        if self.outcome == EXPLAINED:
            return 1
        return {UNEXPLAINED: 1, UNREADABLE: 2, UNDECIDED: 3, DISAGREEMENT: 4}[self.outcome]


@dataclass(frozen=True, slots=True)
class Validated:
    """A model, and its recordings.  There are none where `diagnostics` has an error."""

    path: str
    model: str
    binding: str
    sources: Mapping[str, Source]
    diagnostics: tuple[Diagnostic, ...]
    recordings: tuple[Validation, ...]

    @property
    def status(self) -> int:
        """4 when the engines disagree, else 2 when something cannot be read, else 1 when something is not
        explained, else 3 or 0."""
        statuses = {one.status for one in self.recordings}
        if any(d.severity == "error" for d in self.diagnostics):
            statuses.add(2)
        return next((status for status in (4, 2, 1, 3) if status in statuses), 0)
