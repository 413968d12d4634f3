"""Means and quantiles with their intervals."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from math import floor, isfinite, log10, sqrt
from statistics import fmean, stdev

T95: Mapping[int, float] = {
    1: 12.706, 2: 4.303, 3: 3.182, 4: 2.776, 5: 2.571, 6: 2.447, 7: 2.365, 8: 2.306, 9: 2.262, 10: 2.228,
    11: 2.201, 12: 2.179, 13: 2.160, 14: 2.145, 15: 2.131, 16: 2.120, 17: 2.110, 18: 2.101, 19: 2.093,
}  # fmt: skip
"""Student's t: 95 % of the distribution with so many degrees of freedom lies within this."""

Z95 = 1.960
ENOUGH_FOR_P99 = 300


@dataclass(frozen=True, slots=True)
class Estimate:
    """A mean, and half of the width of its 95 % interval (from independent batches)."""

    mean: float
    half: float


@dataclass(frozen=True, slots=True)
class Quantile:
    """A quantile with its 95 % interval, by order statistics."""

    value: float
    low: float
    high: float


def estimate(batches: Sequence[float]) -> Estimate:
    """Of the means of independent batches of the same weight."""
    if len(batches) < 2:
        return Estimate(batches[0], float("inf"))
    t = T95[min(len(batches) - 1, 19)]
    return Estimate(fmean(batches), t * stdev(batches) / sqrt(len(batches)))


def overall(batches: Sequence[Sequence[tuple[float, float]]]) -> Estimate | None:
    """The mean of all values with their weights, in batches of different weight; the interval comes from the
    batches.  None without any."""
    mean = weighted_mean(value for batch in batches for value in batch)
    means = [own for batch in batches if (own := weighted_mean(batch)) is not None]
    return None if mean is None else Estimate(mean, estimate(means).half)


def quantile(weighted: Sequence[tuple[float, float]], chance: float) -> Quantile:
    """Of values with weights, sorted by value.  The interval is that of a binomial count."""
    half = Z95 * sqrt(chance * (1 - chance) / len(weighted))
    return Quantile(*(at_part(weighted, part) for part in (chance, chance - half, chance + half)))


def at_part(weighted: Sequence[tuple[float, float]], chance: float) -> float:
    """The value up to which this part of the weights lies; the values are sorted."""
    total = sum(weight for _, weight in weighted)
    left = chance * total
    for value, weight in weighted:
        left -= weight
        if left <= 1e-12 * total:
            return value
    return weighted[-1][0]


def weighted_mean(values: Iterable[tuple[float, float]]) -> float | None:
    """None without any weight."""
    total = weights = 0.0
    for value, weight in values:
        total += value * weight
        weights += weight
    return total / weights if weights else None


def number(value: float, half: float) -> str:
    """A number with no more digits than its interval carries."""
    if not isfinite(half):
        half = abs(value) / 10
    places = 3 if half <= 0 else min(3, max(0, -floor(log10(half))))
    text = f"{value:.{places}f}"
    return text[1:] if text.startswith("-") and not float(text) else text
