"""All cells of a model under one table of costs: episodes, until the figures are as precise as is asked."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

from ..run.episode import MISSED, Outcome, Start, Timing
from ..run.machine import Sample
from .estimates import ENOUGH_FOR_P99, Estimate, Quantile, estimate, quantile, weighted_mean
from .sampling import BATCHES, starts

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
}
"""What is told of a measured stretch: times in ns, and counts."""


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
    has ended without it); they are values, not omissions.  `seen` are the samples.
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
    """How far to go.  `precision` is a part of each mean of a time, None for a fixed number of points;
    `stop` says that the time is over."""

    seed: int = 1
    precision: float | None = None
    points: int = POINTS
    stop: Callable[[], bool] = lambda: False


def measured(timing: Timing, asked: Asked, late: float | None) -> tuple[tuple[Measured, ...], str]:
    """Every measure of a cell, and what ended the work: points, precision or time.  `late` is as in `starts`.

    The points are doubled until the precision is reached; always all batches, so the same seed gives the same
    figures.  Raises Undecided and Timeless.
    """
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


def _made(timing: Timing, measure: int, found: list[tuple[int, int, float, Outcome]]) -> Measured:
    seen = tuple(
        Seen(batch, number, weight, sample)
        for batch, number, weight, outcome in found
        for sample in outcome.samples
        if sample.measure == measure
    )
    figures: dict[str, Estimate] = {}
    for name, of in FIGURES.items():
        batches: list[float] = []
        for batch in range(BATCHES):
            values = [(value, one.weight) for one in seen if one.batch == batch
                      if (value := of(one.sample)) is not None]  # fmt: skip
            mean = weighted_mean(values)
            if mean is not None:
                batches.append(mean)
        if batches:
            figures[name] = estimate(batches)
    weighted = sorted((float(one.sample.time), one.weight) for one in seen if one.weight)
    quantiles: dict[str, Quantile] = {}
    if weighted:
        quantiles = {"p50": quantile(weighted, 0.5), "p90": quantile(weighted, 0.9)}
        if len(weighted) >= ENOUGH_FOR_P99:
            quantiles["p99"] = quantile(weighted, 0.99)
    shares: dict[str, float] = {}
    tasks = len({task for one, task in timing.wanted if one == measure})
    total = sum(weight for _, _, weight, _ in found) * tasks
    for _, _, weight, outcome in found:
        for one, _, ended in outcome.missing:
            if one == measure:
                shares[ended] = shares.get(ended, 0.0) + weight / total
    model = timing.cell.model
    return Measured(
        model.measures[measure].name, model.scenario, timing.cell.policy, len(found), figures, quantiles,
        weighted[0][0] if weighted else None, weighted[-1][0] if weighted else None, shares, seen, tasks,
    )  # fmt: skip


def _precise(one: Measured, precision: float) -> bool:
    names = ("time", "cpu")
    known: Sequence[Estimate] = [one.figures[name] for name in names if name in one.figures]
    return all(figure.half <= precision * abs(figure.mean) for figure in known)
