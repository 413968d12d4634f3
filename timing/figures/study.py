"""All cells of a model under one table of costs: episodes, until the figures are as precise as is asked."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from enum import Enum

from ..run.episode import DONE, MISSED, Outcome, Start, Timing
from ..run.measures import Sample
from ..table.units import LONGEST
from .estimates import ENOUGH_FOR_P99, Estimate, Quantile, at_part, estimate, overall, quantile, weighted_mean
from .exact import every_start
from .sampling import BATCHES, starts
from .steady import watched

OPEN = "open"
"""Of a behaviour that goes on and on: a stretch had begun and did not end for this part of the time."""

TOO_LONG = 0.1
"""So much of the time a stretch may be open at the end, as every last one is."""

POINTS = 20
"""Starts in each batch, where no precision is asked for."""

MOST_POINTS = 5_000

FIGURES: Mapping[str, Callable[[Sample], float | None]] = {
    "time": lambda sample: sample.time,
    "beyond": lambda sample: sample.beyond,
    "cpu": lambda sample: sample.cpu,
    "given": lambda sample: sample.given,
    "polls": lambda sample: sample.polls,
    "out": lambda sample: sample.out,
    "woken": lambda sample: sample.woken,
    "spun": lambda sample: sample.spun,
    "waited": lambda sample: float(sample.polls > 0 or sample.out > 0 or sample.spun > 0),
}
"""What is told of a measured stretch: times in ns, and counts; `waited` is the part of the stretches in which
the task polled, left its CPU or spun at a lock."""


class How(Enum):
    """Where samples come from: episodes that begin on a lattice, all episodes there are, or one behaviour
    that goes on and on."""

    LATTICE = "lattice"
    EXACT = "exact"
    STEADY = "steady"


@dataclass(frozen=True, slots=True)
class Seen:
    """A sample, with the batch and the weight of its episode, and which of the batch it was."""

    batch: int
    number: int
    weight: float
    sample: Sample


@dataclass(frozen=True, slots=True)
class Measured:
    """One measure in one cell.

    `figures` are means over what was measured: once for each of `tasks` in each episode.  `shares` say what
    became of the rest, as parts of one (livelock, deadlock, unfinished, halted; or missed, where the task
    has ended without it); they are values, not omissions.  `seen` are the samples.  `watched` is how long a
    behaviour was watched that goes on and on, ns, and `episodes` then how many samples it has.
    """

    measure: str
    scenario: str | None
    policy: str | None
    episodes: int
    figures: Mapping[str, Estimate]
    quantiles: Mapping[str, Quantile]
    least: float | None
    worst: float | None
    shares: Mapping[str, float]
    seen: tuple[Seen, ...]
    tasks: int
    how: How = How.LATTICE
    watched: int = 0

    @property
    def never(self) -> bool:
        """Whether nothing was measured."""
        return "time" not in self.figures

    @property
    def stuck(self) -> float:
        """The part of what is measured that begins or could begin, and never ends."""
        return sum(share for ended, share in self.shares.items() if ended != MISSED)


@dataclass(frozen=True, slots=True)
class Asked:
    """How far to go.  `exact`: every episode there is.  `precision` is a part of each mean of a time, None
    for a fixed number of points; `stop` says that the time is over."""

    seed: int = 1
    precision: float | None = None
    points: int = POINTS
    stop: Callable[[], bool] = lambda: False
    exact: bool = False


def measured(timing: Timing, asked: Asked, late: float | None) -> tuple[tuple[Measured, ...], str]:
    """Every measure of a cell, and what ended the work: points, precision or time.  `late` is as in `starts`.

    The points are doubled until the precision is reached; always all batches, so the same seed gives the same
    figures.  Raises Undecided, Timeless, Occupied and NotExact.
    """
    if timing.costs.steady:
        return _steady(timing, asked)
    if asked.exact:
        every = [(0, n, weight, timing.episode(start, asked.seed))
                 for n, (start, weight) in enumerate(every_start(timing))]  # fmt: skip
        return tuple(
            _made(timing, n, every, How.EXACT) for n in range(len(timing.cell.model.measures))
        ), "exact"
    points = asked.points
    while True:
        found = _sampled(timing, asked, points, late)
        made = tuple(_made(timing, measure, found) for measure in range(len(timing.cell.model.measures)))
        if asked.precision is None:
            return made, "points"
        if all(_precise(one, asked.precision) for one in made):
            return made, "precision"
        if asked.stop() or points >= MOST_POINTS:
            return made, "time" if asked.stop() else "points"
        points *= 2


def _sampled(
    timing: Timing, asked: Asked, points: int, late: float | None
) -> list[tuple[int, int, float, Outcome]]:
    return [
        (batch, number, weight, timing.episode(start, asked.seed))
        for batch in range(BATCHES)
        for number, (start, weight) in enumerate(starts(asked.seed, batch, points, late))
    ]


def lates(timings: Sequence[Timing], seed: int) -> dict[str | None, float | None]:
    """By scenario, the last part of a slice that matters, for all policies the same so that they are
    compared on the same episodes; None where nobody has to share a CPU.

    It is a tenth more than what is measured takes at most when no slice ends in it, as a few episodes show.
    """
    found: dict[str | None, float | None] = {}
    for timing in timings:
        scenario = timing.cell.model.scenario
        if not timing.contended:
            found.setdefault(scenario, None)
            continue
        longest = 0
        for start, _ in starts(seed, BATCHES, 12, None):
            fresh = timing.episode(Start(start.at, 0.0, start.number), seed)
            longest = max([longest, *(sample.time for sample in fresh.samples)])
        part = min(1.0, 1.1 * longest / timing.costs.slice)
        found[scenario] = max(part, found.get(scenario) or 0.0)
    return found


def _steady(timing: Timing, asked: Asked) -> tuple[tuple[Measured, ...], str]:
    time = timing.costs.steady
    while True:
        one = watched(timing, asked.seed, time)
        made: list[Measured] = []
        for number in range(len(timing.cell.model.measures)):
            seen = tuple(
                Seen(batch, n, 1.0, sample)
                for n, (batch, sample) in enumerate(one.samples)
                if sample.measure == number
            )
            figures = _figures(seen, How.STEADY)
            counts = [sum(own.batch == batch for own in seen) / one.seconds for batch in range(BATCHES)]
            figures["rate"] = estimate(counts)
            shares = {one.ended: one.stuck} if one.stuck else {}
            if not shares and one.open[number] > TOO_LONG:
                shares = {OPEN: one.open[number]}
            if not seen and not shares:
                shares = {MISSED: 1.0}
            row = _row(timing, number, len(seen), figures, seen, shares, How.STEADY)
            made.append(replace(row, watched=time))
        if asked.precision is None:
            return tuple(made), "points"
        # What is not met in this time may be met in a longer one, unless all tasks have ended.
        waiting = one.ended != DONE and any(MISSED in own.shares for own in made)
        if not waiting and all(_precise(own, asked.precision) for own in made):
            return tuple(made), "precision"
        if asked.stop() or 2 * time > LONGEST:
            return tuple(made), "time" if asked.stop() else "points"
        time *= 2


def _made(
    timing: Timing, measure: int, found: list[tuple[int, int, float, Outcome]], how: How = How.LATTICE
) -> Measured:
    seen = tuple(
        Seen(batch, number, weight, sample)
        for batch, number, weight, outcome in found
        for sample in outcome.samples
        if sample.measure == measure
    )
    shares: dict[str, float] = {}
    total = sum(weight for _, _, weight, _ in found) * _tasks(timing, measure)
    for _, _, weight, outcome in found:
        for one, _, ended in outcome.missing:
            if one == measure:
                shares[ended] = shares.get(ended, 0.0) + weight / total
    return _row(timing, measure, len(found), _figures(seen, how), seen, shares, how)


def _figures(seen: Sequence[Seen], how: How) -> dict[str, Estimate]:
    figures: dict[str, Estimate] = {}
    for name, of in FIGURES.items():
        batches: list[list[tuple[float, float]]] = [[] for _ in range(BATCHES)]
        for one in seen:
            value = of(one.sample)
            if value is not None:
                batches[one.batch].append((value, one.weight))
        known = combined(batches, how)
        if known is not None:
            figures[name] = known
    return figures


def combined(batches: Sequence[Sequence[tuple[float, float]]], how: How) -> Estimate | None:
    """The mean of values with weights, in batches; None without any."""
    match how:
        case How.LATTICE:
            means = [mean for batch in batches if (mean := weighted_mean(batch)) is not None]
            return estimate(means) if means else None
        case How.EXACT:
            mean = weighted_mean(value for batch in batches for value in batch)
            return None if mean is None else Estimate(mean, 0.0)
        case How.STEADY:
            return overall(batches)


def _row(
    timing: Timing, measure: int, episodes: int, figures: Mapping[str, Estimate], seen: tuple[Seen, ...],
    shares: Mapping[str, float], how: How,
) -> Measured:  # fmt: skip
    weighted = sorted((float(one.sample.time), one.weight) for one in seen if one.weight)
    quantiles: dict[str, Quantile] = {}
    if weighted:
        chances = {"p50": 0.5, "p90": 0.9, "p99": 0.99}
        if how is not How.EXACT and len(weighted) < ENOUGH_FOR_P99:
            del chances["p99"]
        for name, chance in chances.items():
            value = at_part(weighted, chance)
            quantiles[name] = (
                Quantile(value, value, value) if how is How.EXACT else quantile(weighted, chance)
            )
    model = timing.cell.model
    return Measured(
        model.measures[measure].name, model.scenario, timing.cell.policy, episodes, figures, quantiles,
        weighted[0][0] if weighted else None, weighted[-1][0] if weighted else None, shares, seen,
        _tasks(timing, measure), how,
    )  # fmt: skip


def _tasks(timing: Timing, measure: int) -> int:
    """Of how many tasks it is measured."""
    return sum(one == measure for one, _ in timing.wanted)


def _precise(one: Measured, precision: float) -> bool:
    names = ("time", "cpu")
    known: Sequence[Estimate] = [one.figures[name] for name in names if name in one.figures]
    return all(figure.half <= precision * abs(figure.mean) for figure in known)
