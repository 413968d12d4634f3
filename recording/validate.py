"""A model and its recordings: `validate` is the stage."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from fnmatch import fnmatchcase

from .. import tla
from ..check.load import Cell, Loaded
from ..dsl.model import model as m
from ..translator.recorded import Recorded, recorded, searchable
from .binding import Binding, Said
from .events import Event, Gap, Item
from .failure import failure
from .faults import Fault
from .formats import items
from .numbers import Numbers
from .result import DISAGREEMENT, EXPLAINED, UNDECIDED, UNEXPLAINED, UNREADABLE, Validated, Validation
from .search import Claim, Search, TooMany
from .second import LONGEST, NoOpinion, explained
from .window import Clock, Stuck, Window

MOST_STATES = 500_000


@dataclass(frozen=True, slots=True)
class Options:
    """What is asked for.

    `skew` is how far the clocks of two CPUs may differ, `begin` and `end` which time counts, all in seconds;
    `threads` are patterns of names or numbers: events of others are left out, and what others do is free.
    `states` is how many states may be kept at a time; `reduction` and `every` are for comparisons: without
    the first, the whole program is searched, with the second all tasks step at all times.  With `tools`, TLC
    is asked, too.  `stretches` are timed beside those that the binding names.
    """

    skew: float = 0.0
    begin: float | None = None
    end: float | None = None
    threads: tuple[str, ...] = ()
    states: int = MOST_STATES
    reduction: bool = True
    every: bool = False
    tools: tla.Tools | None = None
    stretches: tuple[m.Stretch, ...] = ()
    stop: Callable[[], bool] = field(default=lambda: False)
    progress: Callable[[int, int], None] = field(default=lambda events, states: None)


def validate(
    loaded: Loaded, cell: Cell, binding: m.Recording, paths: Sequence[str], options: Options
) -> Iterator[Validation]:
    """What comes of each recording, in their order.  Nothing is raised for bad input."""
    made = recorded(cell.program, cell.model, binding)
    program = searchable(made, reduction=options.reduction)
    search = Search(program, most=options.states, every=options.every, free=bool(options.threads))
    for path in paths:
        search.forget()
        yield _Run(path, search, made, binding, options).all()


def validated(loaded: Loaded, cell: Cell, binding: m.Recording, done: Sequence[Validation]) -> Validated:
    """All of it."""
    return Validated(
        loaded.path, cell.model.name, binding.name, loaded.sources, loaded.diagnostics, tuple(done)
    )


class _Run:
    """One recording."""

    def __init__(
        self, path: str, search: Search, made: Recorded, binding: m.Recording, options: Options
    ) -> None:
        self.path = path
        self.search = search
        self.made = made
        self.options = options
        self.reader = Binding(binding, made)
        self.clock = Clock(options.skew)
        parts = [part.stretch for part in binding.parts if part.stretch is not None]
        self.numbers = Numbers(tuple(dict.fromkeys((*self.reader.stretches, *parts, *options.stretches))))
        self.events = self.bound = self.gaps = self.open = self.most = 0
        self.first: float | None = None
        self.last: float | None = None
        self.counts: Counter[str] = Counter()
        self.threads: dict[str, None] = {}
        self.window = Window(search, search.start(), options.skew)
        self.claims: list[Claim] = []

    def all(self) -> Validation:
        try:
            stuck = self._take(self._chosen(items(self.path)))
            if stuck is not None:
                why = failure(stuck, self.search, self.made, self.reader.recording)
                outcome, told = self._second(UNEXPLAINED)
                return self._made(outcome, failure=why, tlc=told)
        except Fault as fault:
            return self._made(
                UNREADABLE, fault=fault.message, line=fault.line, text=fault.text, advice=fault.advice
            )
        except TooMany:
            message = f"more than {self.options.states} states may explain the events so far"
            return self._made(UNDECIDED, fault=message, advice="allow more with `--max-states`")
        except _Stopped:
            return self._made(UNDECIDED, fault="interrupted")
        if not self.bound:
            message = "it holds no event" if not self.events else "none of its events is bound to the model"
            advice = "the names in the recording have to be those of the binding, see `pfnspec probes`"
            return self._made(UNREADABLE, fault=message, advice=advice)
        outcome, told = self._second(EXPLAINED)
        return self._made(outcome, tlc=told)

    def _chosen(self, all_items: Iterator[Item]) -> Iterator[Item]:
        """The events that count, and gaps, also where events are left out before the first."""
        left_out = False
        for item in all_items:
            if isinstance(item, Event):
                self.events += 1
                if self.events % 4096 == 0:
                    self.options.progress(self.events, self.search.visited)
                    if self.options.stop():
                        raise _Stopped
                self.clock.see(item)
                if self.options.begin is not None and item.time < self.options.begin:
                    left_out = True
                    continue
                if self.options.end is not None and item.time > self.options.end + self.options.skew:
                    return
                if self.options.end is not None and item.time > self.options.end:
                    continue
                names = (item.thread, item.command)
                patterns = self.options.threads
                if patterns and not any(fnmatchcase(n, p) for n in names for p in patterns):
                    continue
                if left_out:
                    left_out = False
                    yield Gap(None, None, item.line)
            yield item

    def _take(self, chosen: Iterator[Item]) -> Stuck | None:
        for item in chosen:
            if isinstance(item, Gap):
                if stuck := self.window.end():
                    if not self._excused(stuck, iter((item,))):
                        return stuck
                self._gap()
                continue
            said = self.reader.read(item)
            if said is None:
                continue
            self._count(said)
            stuck = self.window.put(said)
            if stuck and not self._excused(stuck, chosen):
                return stuck
            if stuck:
                self._gap()
        if stuck := self.window.end():
            return stuck
        return None

    def _count(self, said: Said) -> None:
        event = said.event
        self.bound += 1
        if self.options.tools is not None and len(self.claims) <= LONGEST:
            self.claims += [claim for claim in said.claims if claim is not None][:1]
        self.counts[event.name] += 1
        self.threads[f"{event.command}-{event.thread}" if event.command else event.thread] = None
        self.first = event.time if self.first is None else self.first
        self.last = event.time
        self.numbers.see(event)

    def _gap(self) -> None:
        """Goes on behind a gap: from any state, with nothing known of the threads."""
        self.gaps += 1
        self.most = max(self.most, self.window.most)
        self.reader.gap()
        self.numbers.gap()
        self.window = Window(self.search, self.search.anything(), self.options.skew)

    def _excused(self, stuck: Stuck, chosen: Iterator[Item]) -> bool:
        """Whether events may be missing before the one that is not explained: on a CPU of which the next
        thing that is told is that events were lost.  Then what stands before that is left open."""
        seen = {said.event.cpu for said in self.window.waiting if said is not stuck.said}
        seen.add(stuck.said.event.cpu)
        left = 1
        for item in chosen:
            if isinstance(item, Event):
                seen.add(item.cpu)
                left += 1
            elif item.cpu is None or item.cpu not in seen:
                self.open += left
                return True
        return False

    def _second(self, outcome: str) -> tuple[str, str]:
        """The outcome, and what TLC says to it: it has to explain all events, but not the last one with them
        where that is not explained."""
        tools = self.options.tools
        if tools is None:
            return outcome, ""
        if self.gaps or self.options.skew or self.options.threads:
            return outcome, "not asked: events are missing, or their order is open"
        if len(self.claims) > LONGEST:
            return outcome, f"not asked: there are more than {LONGEST} events"
        refused = outcome == UNEXPLAINED
        try:
            whole = explained(self.made, self.claims, tools, reduction=self.options.reduction)
            same = whole != refused and (
                not refused or explained(self.made, self.claims[:-1], tools, reduction=self.options.reduction)
            )
        except NoOpinion as fault:
            return outcome, f"no verdict: {fault}"
        return (outcome, "the same") if same else (DISAGREEMENT, "something else")

    def _made(self, outcome: str, **more: object) -> Validation:
        reached = self.search.reached
        unreached = tuple(
            place for place in self.search.program.reachable if place.number not in reached
        ) if outcome == EXPLAINED else ()  # fmt: skip
        return Validation(
            self.path, outcome, self.events, self.bound, self.gaps, self.open, tuple(self.threads),
            self.first, self.last, tuple(self.counts.items()), self.numbers.intervals(), unreached,
            self.search.visited, max(self.most, self.window.most), **more,  # type: ignore[arg-type]
        )  # fmt: skip


class _Stopped(Exception):
    """Somebody does not want to know any more."""


def binding_of(model: m.Model, name: str | None) -> m.Recording | None:
    """The recording of a model with that name, or its only one."""
    if name is None:
        return model.recordings[0] if len(model.recordings) == 1 else None
    return next((one for one in model.recordings if one.name == name), None)
