"""How long the stretches of a recording took, and what happened in them."""

from __future__ import annotations

from array import array
from collections import defaultdict
from typing import TypeVar

from ..dsl.model.model import Stretch
from .events import Event
from .result import Interval

_Number = TypeVar("_Number", int, float)

MOST = 1_000_000
"""Stretches of one kind whose length is kept; of more, the first ones."""


class Numbers:
    """Gathers the stretches of each thread; `gap` forgets those that have begun."""

    def __init__(self, stretches: tuple[Stretch, ...]) -> None:
        self.stretches = stretches
        self._begun: dict[tuple[str, Stretch], tuple[float, dict[str, int]]] = {}
        self._times: dict[Stretch, array[float]] = {stretch: array("d") for stretch in stretches}
        self._within: dict[Stretch, dict[str, array[int]]] = {s: {} for s in stretches}

    def gap(self) -> None:
        self._begun.clear()

    def see(self, event: Event) -> None:
        """A bound event."""
        for stretch in self.stretches:
            key = (event.thread, stretch)
            if event.name == stretch.first:
                self._begun[key] = (event.time, defaultdict(int))
            elif key in self._begun:
                begun, within = self._begun[key]
                if event.name != stretch.last:
                    within[event.name] += 1
                elif len(self._times[stretch]) < MOST:
                    del self._begun[key]
                    self._add(stretch, event.time - begun, within)

    def _add(self, stretch: Stretch, length: float, within: dict[str, int]) -> None:
        done = len(self._times[stretch])
        self._times[stretch].append(length)
        counts = self._within[stretch]
        for name in within:
            # Stretches before this one had none of them.
            counts.setdefault(name, array("q", bytes(8 * done)))
        for name, known in counts.items():
            known.append(within.get(name, 0))

    def intervals(self) -> tuple[Interval, ...]:
        """One for each kind of stretch that was seen to its end."""
        found: list[Interval] = []
        for stretch in self.stretches:
            times = sorted(self._times[stretch])
            if times:
                counts = {name: sorted(known) for name, known in self._within[stretch].items()}
                within = tuple((name, _middle(known), known[-1]) for name, known in counts.items())
                p99 = times[min(len(times) - 1, len(times) * 99 // 100)]
                found.append(
                    Interval(
                        stretch.first,
                        stretch.last,
                        len(times),
                        times[0],
                        _middle(times),
                        p99,
                        times[-1],
                        within,
                    )
                )
        return tuple(found)


def _middle(items: list[_Number]) -> _Number:
    return items[len(items) // 2]
