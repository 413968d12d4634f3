"""Time: alarms that ring in order."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from heapq import heappop, heappush
from typing import TypeVar

_Item = TypeVar("_Item")


class Alarm:
    """Something that is due once; setting it again cancels what was due."""

    __slots__ = ("pending", "ring", "version")

    def __init__(self, ring: Callable[[], None]) -> None:
        self.ring = ring
        self.version = 0
        self.pending = False

    def cancel(self) -> None:
        self.version += 1
        self.pending = False


class Clock:
    """The time in ns, and what is due.  What is due at the same time rings in the order in which it was set;
    the other way round with `last_first`."""

    def __init__(self, *, last_first: bool = False) -> None:
        self.now = 0
        self.heap: list[tuple[int, int, Alarm, int]] = []
        self._sequence = 0
        self._sign = -1 if last_first else 1

    def set(self, alarm: Alarm, when: int) -> None:
        alarm.version += 1
        alarm.pending = True
        self._sequence += self._sign
        heappush(self.heap, (when, self._sequence, alarm, alarm.version))

    def due(self) -> int | None:
        """When something rings next; None when nothing does."""
        heap = self.heap
        while heap and heap[0][3] != heap[0][2].version:
            heappop(heap)
        return heap[0][0] if heap else None

    def live(self) -> Iterator[tuple[int, int, Alarm, int]]:
        """All that is due: when, its place among what is due at the same time, the alarm, and how often that
        was set or cancelled."""
        return (entry for entry in self.heap if entry[3] == entry[2].version)

    def in_order(self, items: Sequence[_Item]) -> Iterable[_Item]:
        """The order in which things have to be set that are to ring in the order of `items`."""
        return items if self._sign > 0 else reversed(items)

    def ring(self) -> bool:
        """Goes on to what is due next; False when nothing is."""
        if self.due() is None:
            return False
        self.now, _, alarm, _ = heappop(self.heap)
        alarm.pending = False
        alarm.version += 1
        alarm.ring()
        return True
