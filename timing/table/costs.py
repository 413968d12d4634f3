"""What a host charges and how it schedules: a table that has been read and checked."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from ...dsl.source import Span
from .distribution import Distribution
from .requirement import Requirement

CLASSES = (
    "load", "store", "compare", "take", "bump", "acquire", "release", "atomic", "queue", "schedule", "await",
    "cond_resched", "might_sleep", "cpu_relax", "alloc", "free", "mask", "rcu",
)  # fmt: skip
"""The classes of steps that cost CPU time."""

FREE = ("start", "silent", "record")
"""The kinds of steps that cost nothing: the start of a process, control flow, a label that is recorded."""

SWITCHES = ("out", "into", "wake", "handover")


@dataclass(frozen=True, slots=True)
class Idle:
    """A CPU that has been idle for `after` ns takes `exit` ns to come back."""

    after: int
    exit: int


@dataclass(frozen=True, slots=True)
class Duration:
    """Of a place: `asleep` when it passes without a CPU."""

    time: Distribution
    asleep: bool


@dataclass(frozen=True, slots=True)
class Rounds:
    """An endless loop that a choice ends comes round so often."""

    count: int


@dataclass(frozen=True, slots=True)
class Shares:
    """Each way of a choice with its share, in the order of the source; of `maybe()`, True comes first."""

    shares: tuple[float, ...]


@dataclass(frozen=True, slots=True)
class Every:
    """A loop that a choice could end comes round so often, from one beginning to the next, and never ends."""

    time: Distribution


Choice = Rounds | Shares | Every


@dataclass(frozen=True, slots=True)
class Episode:
    """When tasks of a process come, and how many of them.

    While another process is in `arrives_in`, a function, at the part `at` of its time; otherwise `after` so
    long.  A task that comes is running, and has used the part `slice_used` of its slice.
    """

    arrives_in: str | None
    at: Distribution
    after: Distribution
    slice_used: Distribution
    tasks: int


@dataclass(frozen=True, slots=True)
class Costs:
    """All times are ns.

    `name` stands over every result; `measured` are the figures (`switch.out`) that were measured rather than
    assumed, `sources` where figures come from.  `durations`, `choices`, `episodes` and `policies` are about a
    model's names, and `places` says where each was set.  `steady` is how long behaviours are watched that go
    on and on; 0 for episodes that end.  `required` is what tables require of the figures, and where.
    """

    name: str
    step: Mapping[str, int]
    out: int
    into: int
    wake: int
    handover: int
    idle: tuple[Idle, ...]
    slice: int
    preempts: bool
    load: tuple[int, ...]
    durations: Mapping[str, Duration]
    choices: Mapping[str, Choice]
    episodes: Mapping[str, Episode]
    policies: Mapping[str, Mapping[str, int]]
    sources: Mapping[str, str]
    measured: frozenset[str]
    places: Mapping[tuple[str, str], Span]
    required: tuple[tuple[Requirement, Span], ...] = ()
    steady: int = 0

    def exit(self, idle: int) -> int:
        """The latency of a CPU that has been idle for so long: that of the deepest state that is worth it,
        as if the governor always guessed right."""
        return max((state.exit for state in self.idle if idle >= state.after), default=0)
