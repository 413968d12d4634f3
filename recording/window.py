"""Events in every order in which they may have happened: of CPUs whose clocks differ, more than that of the
recording.

An event comes before another if both are of one thread or of one CPU, or if they are further apart than the
clocks may differ.  What may have happened so far is a *cut*: which events of a window were taken, the nodes
after them, and the last ones on a way there.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Iterator
from dataclasses import dataclass

from .binding import Said
from .events import Event
from .faults import Fault
from .search import Nodes, Search

REMEMBERED = 12
"""How many of the last events are told when one is not explained."""


@dataclass(frozen=True, slots=True)
class Taken:
    """An event that was explained, from the nodes `before` it."""

    said: Said
    before: Nodes


@dataclass(frozen=True, slots=True)
class Cut:
    """`taken` are the numbers of events beyond those that all cuts have taken."""

    taken: frozenset[int]
    nodes: Nodes
    last: tuple[Taken, ...]


@dataclass(frozen=True, slots=True)
class Stuck:
    """No order explains `said` as the next event of a cut."""

    said: Said
    cut: Cut


class Window:
    """Takes events one after the other, and says when none can be taken."""

    def __init__(self, search: Search, start: Nodes, skew: float) -> None:
        self.search = search
        self.skew = skew
        self.cuts: list[Cut] = [Cut(frozenset(), start, ())]
        self.most = len(start)
        self._events: deque[tuple[int, Said]] = deque()
        self._next = 0

    def put(self, said: Said) -> Stuck | None:
        """One more event; takes those that nothing later can come before.  Raises TooMany."""
        self._events.append((self._next, said))
        self._next += 1
        while self._events[-1][1].event.time > self._events[0][1].event.time + self.skew:
            if stuck := self._level():
                return stuck
        return None if self.skew else self._level()

    def end(self) -> Stuck | None:
        """No event comes any more; takes all that are left.  Raises TooMany."""
        while self._events:
            if stuck := self._level():
                return stuck
        return None

    @property
    def waiting(self) -> tuple[Said, ...]:
        return tuple(said for _, said in self._events)

    def _level(self) -> Stuck | None:
        """Each cut with one event more."""
        made: dict[frozenset[int], tuple[set[object], tuple[Taken, ...]]] = {}
        for cut in self.cuts:
            for number, said in self._ready(cut.taken):
                nodes = self._after(cut.nodes, said)
                if nodes:
                    last = (*cut.last[1 - REMEMBERED :], Taken(said, cut.nodes))
                    known = made.setdefault(cut.taken | {number}, (set(), last))
                    known[0].update(nodes)
        if not made:
            number, cut = min(((next(self._ready(c.taken))[0], c) for c in self.cuts), key=lambda one: one[0])
            return Stuck(next(said for n, said in self._events if n == number), cut)
        cuts = [Cut(taken, frozenset(nodes), last) for taken, (nodes, last) in made.items()]  # type: ignore[arg-type]
        done = frozenset.intersection(*(cut.taken for cut in cuts))
        while self._events and self._events[0][0] in done:
            self._events.popleft()
        gone = {number for number in done if not self._events or number < self._events[0][0]}
        self.cuts = [Cut(cut.taken - gone, cut.nodes, cut.last) for cut in cuts] if gone else cuts
        self.most = max(self.most, sum(len(cut.nodes) for cut in cuts))
        return None

    def _ready(self, taken: frozenset[int]) -> Iterator[tuple[int, Said]]:
        """The events that may be the next one."""
        left: list[Event] = []
        for number, said in self._events:
            event = said.event
            if number in taken:
                continue
            if left and event.time > min(other.time for other in left) + self.skew:
                return
            if not any(self._before(other, event) for other in left):
                yield number, said
                if not self.skew:
                    return
            left.append(event)

    def _before(self, one: Event, other: Event) -> bool:
        """Whether `one`, which stands before `other`, surely happened before it."""
        same = one.thread == other.thread or one.cpu is None or one.cpu == other.cpu
        return same or other.time - one.time > self.skew

    def _after(self, nodes: Nodes, said: Said) -> Nodes:
        found = [nodes if c is None else self.search.after(nodes, c) for c in said.claims]
        return found[0] if len(found) == 1 else frozenset().union(*found)


class Clock:
    """Refuses events that are not in the order of time."""

    def __init__(self, skew: float) -> None:
        self.skew = skew
        self.latest = float("-inf")
        self.of_cpu: dict[int | None, float] = {}

    def see(self, event: Event) -> None:
        """Raises Fault."""
        before = self.of_cpu.get(event.cpu, float("-inf"))
        if event.time < before:
            message = f"on CPU {event.cpu} time goes back, from {before:.6f}"
            if event.cpu is None:
                message = f"time goes back, from {before:.6f}"
            raise Fault(message, event.line, event.text, "the lines are not in the order of events")
        if event.time < self.latest - self.skew:
            advice = "sort the lines by time; if the clocks differ, `--skew` says how far"
            raise Fault(f"time goes back, from {self.latest:.6f}", event.line, event.text, advice)
        self.of_cpu[event.cpu] = event.time
        self.latest = max(self.latest, event.time)
