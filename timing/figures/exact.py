"""Every episode there is.

Time is whole nanoseconds, so what can begin at any moment of a call begins at one of a number of them.
"""

from __future__ import annotations

from math import ceil, floor

from ...dsl.source import Span
from ..run.episode import Start, Timing
from ..table.costs import Choice, Every, Shares
from ..table.distribution import Constant, Distribution, Uniform

MOST = 200_001
"""So many episodes are run at most."""


class NotExact(Exception):
    """Something else is random, or there are too many moments; `place` is in the table, None where it is
    about no line of it."""

    def __init__(self, message: str, advice: str, place: Span | None) -> None:
        super().__init__(message)
        self.message, self.advice, self.place = message, advice, place


def every_start(timing: Timing) -> list[tuple[Start, float]]:
    """All starts with their weights, which add up to one: each nanosecond of the call in which tasks arrive.
    The first and the last one stand for half a nanosecond, where that is the whole call.  Raises NotExact."""
    costs = timing.costs
    for name, duration in costs.durations.items():
        _settled(f"duration.{name}", duration.time, costs.places.get(("duration", name)))
    for name, choice in costs.choices.items():
        if not _decided(choice):
            raise NotExact(
                f"`choice.{name}` is left to chance", "give it one way, or {rounds = N}",
                costs.places.get(("choice", name)),
            )  # fmt: skip
    whole, low, high = 0, 0.0, 0.0
    for process, episode in costs.episodes.items():
        place = costs.places.get(("episode", process))
        _settled(f"episode.{process}.after", episode.after, place)
        if timing.contended and _width(episode.slice_used):
            raise NotExact(
                f"how much of its slice `{process}` has used is left to chance",
                "say `slice_used = 0`, or so", place,
            )  # fmt: skip
        if episode.arrives_in is not None and _width(episode.at):
            length = costs.durations[episode.arrives_in].time
            own = round(length.at(0.5)), episode.at.at(0.0), episode.at.at(1.0)
            if whole and own != (whole, low, high):
                raise NotExact("processes arrive in different calls", "time one of them", place)
            whole, low, high = own
    if not whole:
        return [(Start(0.5, 0.0, 0), 1.0)]
    first, last = floor(low * whole + 0.5), ceil(high * whole - 0.5)
    if last - first >= MOST:
        raise NotExact(
            f"there are {last - first + 1:,} moments of arrival, and {MOST:,} are the most",
            "time a shorter call", None,
        )  # fmt: skip
    found: list[tuple[Start, float]] = []
    for moment in range(first, last + 1):
        part = min(moment + 0.5, high * whole) - max(moment - 0.5, low * whole)
        at = (moment / whole - low) / (high - low)
        found.append((Start(min(1.0, max(0.0, at)), 0.5, 0), part / (whole * (high - low))))
    return found


def _settled(name: str, time: Distribution, place: Span | None) -> None:
    if not isinstance(time, Constant) and _width(time):
        raise NotExact(f"`{name}` is a distribution", "give it one time", place)


def _width(distribution: Distribution) -> float:
    """How far apart the values of a distribution are."""
    if isinstance(distribution, Constant | Uniform):
        return distribution.at(1.0) - distribution.at(0.0)
    return 1.0


def _decided(choice: Choice) -> bool:
    match choice:
        case Shares(shares=shares):
            return max(shares) == 1.0
        case Every(time=time):
            return not _width(time)
        case _:
            return True
