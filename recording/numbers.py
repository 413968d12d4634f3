"""How long the stretches of a recording took, what happened in them, and which of others they met."""

from __future__ import annotations

from array import array
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, field
from math import floor, log2
from typing import TypeVar

from ..dsl.model.model import Stretch
from .events import Event
from .result import Interval

_Number = TypeVar("_Number", int, float)

MOST = 1_000_000
"""Stretches of one kind whose length is kept; of more, the first ones."""

MOST_KEPT = 200
"""Lengths of a kind that are told one by one."""

QUANTILES = (0, 1, 5, 10, 25, 50, 75, 90, 95, 99, 100)
"""Those that are told, in percent; the first and the last are the shortest and the longest."""


@dataclass(slots=True)
class _Open:
    """A stretch that has begun: how often events were in it, and which other kinds it has met."""

    begun: float
    within: dict[str, int] = field(default_factory=lambda: defaultdict(int))
    met: set[Stretch] = field(default_factory=set)


class Numbers:
    """Gathers the stretches of each thread; `gap` forgets those that have begun."""

    def __init__(self, stretches: tuple[Stretch, ...]) -> None:
        self.stretches = stretches
        self._open: dict[Stretch, dict[str, _Open]] = {stretch: {} for stretch in stretches}
        self._times: dict[Stretch, array[float]] = {stretch: array("d") for stretch in stretches}
        self._within: dict[Stretch, dict[str, array[int]]] = {s: {} for s in stretches}
        self._met: dict[Stretch, dict[Stretch, int]] = {s: defaultdict(int) for s in stretches}

    def gap(self) -> None:
        for threads in self._open.values():
            threads.clear()

    def see(self, event: Event) -> None:
        """A bound event."""
        for stretch in self.stretches:
            threads = self._open[stretch]
            known = threads.get(event.thread)
            # An event may end a stretch and begin the next one of the same kind.
            if known is not None and event.name == stretch.last and len(self._times[stretch]) < MOST:
                del threads[event.thread]
                self._add(stretch, event.time - known.begun, known)
            elif known is not None and event.name != stretch.first:
                known.within[event.name] += 1
            if event.name == stretch.first:
                threads[event.thread] = one = _Open(event.time)
                self._meet(stretch, event.thread, one)

    def _meet(self, stretch: Stretch, thread: str, one: _Open) -> None:
        """Notes which stretches of other kinds are under way in other threads, and in those that this is."""
        for other, threads in self._open.items():
            if other != stretch:
                for name, there in threads.items():
                    if name != thread:
                        there.met.add(stretch)
                        one.met.add(other)

    def _add(self, stretch: Stretch, length: float, done: _Open) -> None:
        before = len(self._times[stretch])
        self._times[stretch].append(length)
        counts = self._within[stretch]
        for name in done.within:
            # Stretches before this one had none of them.
            counts.setdefault(name, array("q", bytes(8 * before)))
        for name, known in counts.items():
            known.append(done.within.get(name, 0))
        for other in done.met:
            self._met[stretch][other] += 1

    def intervals(self) -> tuple[Interval, ...]:
        """One for each kind of stretch that was seen to its end."""
        found: list[Interval] = []
        for stretch in self.stretches:
            times = sorted(self._times[stretch])
            if times:
                counts = {name: sorted(known) for name, known in self._within[stretch].items()}
                found.append(
                    Interval(
                        stretch.first,
                        stretch.last,
                        len(times),
                        tuple((percent, _quantile(times, percent)) for percent in QUANTILES),
                        _histogram(times),
                        _spread(times),
                        tuple((name, _quantile(known, 50), known[-1]) for name, known in counts.items()),
                        tuple(
                            (other.first, other.last, self._met[stretch][other])
                            for other in self.stretches
                            if other in self._met[stretch]
                        ),
                    )
                )
        return tuple(found)


def _quantile(items: Sequence[_Number], percent: int) -> _Number:
    """Of sorted numbers, one that is there."""
    return items[min(len(items) - 1, len(items) * percent // 100)]


def _spread(times: Sequence[float]) -> tuple[float, ...]:
    """All of them, or as many as are kept: in the middle of parts of the same size."""
    kept = min(len(times), MOST_KEPT)
    return tuple(times[(2 * n + 1) * len(times) // (2 * kept)] for n in range(kept))


def _histogram(times: Sequence[float]) -> tuple[tuple[int, int], ...]:
    """How many are from so many nanoseconds on, up to twice as many; powers of two, without gaps.  What is
    shorter than one counts as one."""
    counts: dict[int, int] = defaultdict(int)
    for time in times:
        counts[max(0, floor(log2(max(time * 1e9, 1))))] += 1
    return tuple((2**power, counts[power]) for power in range(min(counts), max(counts) + 1))
