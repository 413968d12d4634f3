"""How long something takes, when it does not always take the same."""

from __future__ import annotations

import math
from bisect import bisect_right
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import accumulate
from statistics import NormalDist

from .units import NoTime, nanoseconds

_NORMAL = NormalDist()
_P99 = _NORMAL.inv_cdf(0.99)


@dataclass(frozen=True, slots=True)
class Constant:
    time: int

    def at(self, chance: float) -> float:
        """The time that is not exceeded with this chance, in ns: so that equal chances give comparable
        times."""
        return self.time


@dataclass(frozen=True, slots=True)
class Uniform:
    low: float
    high: float

    def at(self, chance: float) -> float:
        return self.low + chance * (self.high - self.low)


@dataclass(frozen=True, slots=True)
class Exponential:
    mean: float

    def at(self, chance: float) -> float:
        return -self.mean * math.log1p(-chance)


@dataclass(frozen=True, slots=True)
class LogNormal:
    """By its median and its 99th percentile."""

    median: float
    p99: float

    def at(self, chance: float) -> float:
        chance = min(max(chance, 1e-12), 1 - 1e-12)
        spread = math.log(self.p99 / self.median) / _P99
        return self.median * math.exp(spread * _NORMAL.inv_cdf(chance))


@dataclass(frozen=True, slots=True)
class Points:
    """Piecewise linear between `times` at the cumulative `chances`; nothing outside of them."""

    chances: tuple[float, ...]
    times: tuple[float, ...]

    def at(self, chance: float) -> float:
        if chance <= self.chances[0]:
            return self.times[0]
        if chance >= self.chances[-1]:
            return self.times[-1]
        i = bisect_right(self.chances, chance)
        left, right = self.chances[i - 1], self.chances[i]
        part = (chance - left) / (right - left)
        return self.times[i - 1] + part * (self.times[i] - self.times[i - 1])


@dataclass(frozen=True, slots=True)
class Mix:
    """One of several, each with its share; the shares add up to one."""

    bounds: tuple[float, ...]
    parts: tuple[Distribution, ...]

    def at(self, chance: float) -> float:
        i = min(bisect_right(self.bounds, chance), len(self.parts) - 1)
        low = self.bounds[i - 1] if i else 0.0
        return self.parts[i].at(min(1.0, (chance - low) / (self.bounds[i] - low)))


@dataclass(frozen=True, slots=True)
class Seen:
    """One of the times that were seen, each as likely; sorted."""

    times: tuple[int, ...]

    def at(self, chance: float) -> float:
        return self.times[min(int(chance * len(self.times)), len(self.times) - 1)]


Distribution = Constant | Uniform | Exponential | LogNormal | Points | Mix | Seen

KINDS = ("uniform", "exponential", "lognormal", "quantiles", "seen", "mix", "file")


def distribution(value: object, files: Mapping[str, str]) -> Distribution:
    """A time or a distribution of times as a table has it.  `files` are the contents of the files that a
    `file = "..."` may name.  Raises NoTime, in words for the table's author."""
    if not isinstance(value, dict):
        return Constant(nanoseconds(value))
    if len(value) != 1 or (kind := next(iter(value))) not in KINDS:
        raise NoTime(f"a distribution is a table with one of: {', '.join(KINDS)}")
    given = value[kind]
    match kind:
        case "uniform":
            low, high = _pair(given, "uniform takes two times, [low, high]")
            if low > high:
                raise NoTime("uniform takes two times, the lower one first")
            return Uniform(low, high)
        case "exponential":
            mean = nanoseconds(given)
            if not mean:
                raise NoTime("an exponential distribution has a mean above zero")
            return Exponential(mean)
        case "lognormal":
            if not isinstance(given, dict) or given.keys() != {"median", "p99"}:
                raise NoTime("lognormal takes a table {median, p99}")
            median, p99 = nanoseconds(given["median"]), nanoseconds(given["p99"])
            if not 0 < median < p99:
                raise NoTime("the median of a lognormal is above zero and below its p99")
            return LogNormal(median, p99)
        case "quantiles":
            return _quantiles(given)
        case "seen":
            if not isinstance(given, list) or not given:
                raise NoTime("seen takes a list of times")
            return Seen(tuple(sorted(map(nanoseconds, given))))
        case "mix":
            return _mix(given, files)
        case _:
            if not isinstance(given, str) or given not in files:
                raise NoTime(f"the file `{given}` cannot be read")
            return _seen(given, files[given])


def files_of(value: object) -> list[str]:
    """The files that a table's value names."""
    if isinstance(value, dict):
        own = [value["file"]] if isinstance(value.get("file"), str) else []
        return own + [name for part in value.values() for name in files_of(part)]
    return [name for part in value for name in files_of(part)] if isinstance(value, list) else []


def _pair(given: object, wanted: str) -> tuple[int, int]:
    if not isinstance(given, list) or len(given) != 2:
        raise NoTime(wanted)
    return nanoseconds(given[0]), nanoseconds(given[1])


def _quantiles(given: object) -> Points:
    if not isinstance(given, dict) or len(given) < 2:
        raise NoTime("quantiles takes a table such as {p10, p50, p90, p99}, of two at least")
    found: list[tuple[float, int]] = []
    for name, time in given.items():
        number = name[1:].replace("_", ".")
        try:
            chance = float(number) / 100 if name[:1] == "p" else -1.0
        except ValueError:
            chance = -1.0
        if not 0 <= chance <= 1:
            raise NoTime(f"`{name}` is not a quantile; write p50, or p99_9 for the 99.9th percentile")
        found.append((chance, nanoseconds(time)))
    found.sort()
    times = [time for _, time in found]
    if times != sorted(times) or len({chance for chance, _ in found}) < len(found):
        raise NoTime("a higher quantile cannot be a shorter time")
    return Points(tuple(chance for chance, _ in found), tuple(times))


def _mix(given: object, files: Mapping[str, str]) -> Mix:
    wanted = "mix takes a list of [share, time]"
    if not isinstance(given, list) or not given:
        raise NoTime(wanted)
    shares: list[float] = []
    parts: list[Distribution] = []
    for pair in given:
        if not isinstance(pair, list) or len(pair) != 2:
            raise NoTime(wanted)
        share = pair[0]
        if isinstance(share, bool) or not isinstance(share, int | float) or not share > 0:
            raise NoTime("each share of a mix is a number above zero")
        shares.append(float(share))
        parts.append(distribution(pair[1], files))
    total = sum(shares)
    if not math.isclose(total, 1.0, rel_tol=1e-9):
        raise NoTime(f"the shares of a mix add up to 1, not to {total:g}")
    return Mix((*list(accumulate(shares))[:-1], 1.0), tuple(parts))


def _seen(name: str, text: str) -> Seen:
    times: list[int] = []
    for number, line in enumerate(text.splitlines(), start=1):
        word = line.partition("#")[0].strip()
        if word:
            try:
                times.append(nanoseconds(word))
            except NoTime as fault:
                raise NoTime(f"`{name}`, line {number}: {fault}") from None
    if not times:
        raise NoTime(f"there is no time in `{name}`")
    return Seen(tuple(sorted(times)))


def fraction(value: object) -> Distribution:
    """A part of something, from 0 to 1: a number, or `{uniform = [low, high]}`.  Raises NoTime."""
    wanted = "this is a number from 0 to 1, or {uniform = [low, high]} of two such numbers"
    given: Sequence[object] = (value, value)
    if isinstance(value, dict):
        if (
            value.keys() != {"uniform"}
            or not isinstance(value["uniform"], list)
            or len(value["uniform"]) != 2
        ):
            raise NoTime(wanted)
        given = value["uniform"]
    found: list[float] = []
    for one in given:
        if isinstance(one, bool) or not isinstance(one, int | float) or not 0 <= one <= 1:
            raise NoTime(wanted)
        found.append(float(one))
    if found[0] > found[1]:
        raise NoTime(wanted)
    return Uniform(found[0], found[1])
