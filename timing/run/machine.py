"""One timed behaviour of a program: when its steps take effect, and who waits for what.

Time only chooses among the behaviours of the program: every step taken here is one of the interpreter's.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass

from ...dsl.source import Span
from ...translator.program.program import Task
from ..table.costs import Costs, Duration, Episode
from .automaton import Automaton, Row, Way
from .choices import Choices
from .clock import Alarm, Clock
from .cpus import Cpus, Mode, Runner
from .measures import Measuring, Sample
from .places import Prices, Stretch
from .rounds import Known, Rounds
from .together import Together

ENDLESS = 100_000
"""So many steps that take no time are taken for a loop that never lets any pass."""


class Timeless(Exception):
    """A loop takes no time, so that none would ever pass; `span` is in it."""

    def __init__(self, span: Span) -> None:
        super().__init__(str(span))
        self.span = span


class Occupied(Exception):
    """A task would be elsewhere between two rounds, where others need its CPU and it cannot give it away."""

    def __init__(self, span: Span) -> None:
        super().__init__(str(span))
        self.span = span


@dataclass(frozen=True, slots=True)
class Coming:
    """A task that is not there from the start: how, at which part of what it arrives in (or after which
    time, in ns), and how much of its slice it has then used, ns."""

    episode: Episode
    at: float
    after: int
    used: int


class Plain:
    """What is looked up at every step, by point: the cost where nothing else is to be done there, otherwise
    -1; and whether its step is a poll."""

    def __init__(self, automaton: Automaton, prices: Prices, marked: Iterable[int]) -> None:
        busy = {*marked, *prices.touched, *prices.special}
        points = automaton.program.points
        self.costs = [
            -1 if point.step is None or n in busy else prices.fixed[n] for n, point in enumerate(points)
        ]
        self.polls = [
            point.step is not None and point.step.kind in ("cpu_relax", "cond_resched") for point in points
        ]


class Machine(Cpus):
    """A program, its tasks and its CPUs from time 0 on.

    It goes on until `measuring` is finished, or the horizon is behind.  `chance` gives a number from 0 to 1
    for the name of something random, a task, and how often it was asked for before.  `crowded`: there are
    more tasks than CPUs.  `known` are the loops of the program that were found before; None where each round
    is to be run.
    """

    def __init__(
        self, automaton: Automaton, costs: Costs, prices: Prices, plain: Plain,
        choices: Choices, *,
        pins: Mapping[Task, int], count: int, coming: Mapping[int, Coming], absent: frozenset[int],
        measuring: Measuring, chance: Callable[[str, int, int], float], horizon: int, known: Known | None,
        last_first: bool = False, crowded: bool = False,
    ) -> None:  # fmt: skip
        super().__init__(costs, count, Clock(last_first=last_first))
        self.automaton, self.choices = automaton, choices
        self.points = automaton.program.points
        self.prices, self.plain = prices, plain
        self.coming = dict(coming)
        self.measuring, self.marked = measuring, measuring.marks.points
        self.chance = chance
        self.horizon = horizon
        self.crowded = crowded
        self.rounds = None if known is None else Rounds(known)
        self.together = None if known is None else Together()
        self.lengths: dict[tuple[int, str], int] = {}
        self.visits: dict[tuple[str, int], int] = {}
        self.draws = 0
        self.steps = 0
        self.still = 0
        self.last = 0
        self.livelock = False
        self.halted: Span | None = None
        self.abandoned = False
        self.trail: list[tuple[int, int, int, int]] | None = None
        self.state = automaton.initial
        self.loads = [self.admitted(Runner(-1, cpu, pinned=True)) for cpu in costs.load if cpu < count]
        self.tasks: list[Runner] = []
        places = 0
        for index, task in enumerate(automaton.tasks):
            pin = pins.get(task)
            runner = self.admitted(
                Runner(index, places % count if pin is None else pin, pinned=pin is not None)
            )
            places += pin is None and index not in absent
            self.tasks.append(runner)
        for load in self.loads:
            self.enqueue(load, front=False)
        for index, runner in enumerate(self.tasks):
            if index in absent or index in self.coming:
                runner.mode = Mode.ABSENT
            else:
                self.arrive(runner, 0, -1)
        for index, come in self.coming.items():
            if come.episode.arrives_in is None:
                self._announce(index, come.after, come.used)

    @property
    def samples(self) -> list[Sample]:
        """What has been measured."""
        return self.measuring.samples

    # -- the run

    def run(self) -> None:
        """Until everything wanted is measured, or nothing more can happen, or the horizon is behind."""
        clock, together, measuring = self.clock, self.together, self.measuring
        while not measuring.finished and not self.livelock and self.halted is None:
            if not clock.ring() or clock.now > self.horizon:
                return
            if together is not None:
                together.look(self)

    def worked(self, runner: Runner) -> None:
        clock, rows, measuring = self.clock, self.automaton.rows, self.measuring
        while True:
            self.count(runner)
            runner.need = 0
            if runner.doze >= 0:
                self._doze(runner, runner.doze)
                return
            if runner.late is not None:
                before, runner.late = runner.late, None
                self.arrive(runner, 0, before)
                if runner.mode is not Mode.RUNNING or measuring.finished or self.halted is not None:
                    return
                clock.set(runner.work, clock.now + runner.need)
                return
            row = rows[self.state][runner.index]
            if not row.enabled:
                self._wait(runner, row)
                return
            self.step(runner, 0)
            if (
                runner.mode is not Mode.RUNNING
                or measuring.finished
                or self.livelock
                or self.halted is not None
            ):
                return
            due = clock.now + runner.need
            other = clock.due()
            if due > self.horizon or (other is not None and other <= due):
                clock.set(runner.work, due)
                return
            clock.now = due

    def _wait(self, runner: Runner, row: Row) -> None:
        """Its step cannot be taken: it sleeps, or burns its CPU at a spinning lock."""
        step = self.points[row.point].step
        if step is None or step.offers_cpu:
            # With no step it has ended, and has worked off what it still had to.
            if step is None:
                self._end(runner)
            else:
                self.leave(runner, Mode.SLEEPING)
        else:
            runner.spinning = True
            self.spinners.append(runner)

    def step(self, runner: Runner, extra: int) -> None:
        """Takes the step; whom it lets go on goes on.  `extra` is worked off before the next step."""
        before, index, now = self.state, runner.index, self.clock.now
        row = self.automaton.step(before, index)
        if not row.ways:
            # Every way that it can go leaves what is assumed.
            self.halted, self.abandoned = self.points[row.point].span, True
            return
        if row.to >= 0:
            self.state, freed = row.to, row.freed
        else:
            self.state = self._decided(runner, row.ways).state
            freed = self.automaton.freed(before, self.state)
        self.steps += 1
        runner.steps += 1
        if now > self.last:
            self.last, self.still = now, self.steps
        elif self.steps - self.still > ENDLESS:
            raise Timeless(self.points[row.point].span)
        if self.trail is not None:
            self.trail.append((now, index, before, self.state))
        runner.polls += self.plain.polls[row.point]
        woken = 0
        for other in freed:
            sleeper = self.tasks[other]
            if sleeper.mode is Mode.SLEEPING and not sleeper.dozing:
                woken += 1
                self.wake(sleeper, now + woken * self.costs.wake)
        if self.spinners:
            self._hand_over()
        rounds = self.rounds
        if rounds is not None:
            anchor = rounds.anchors.get(index)
            if (
                anchor is None
                or self.automaton.rows[self.state][index].point == anchor.point
                or runner.steps - anchor.own >= anchor.limit
            ):
                rounds.skip(self, runner)
        self.arrive(runner, extra + woken * self.costs.wake, row.point)

    def _hand_over(self) -> None:
        """Of those that spin and can go on, the one that has spun longest steps in the same instant."""
        while True:
            rows = self.automaton.rows[self.state]
            first = next((one for one in self.spinners if rows[one.index].enabled), None)
            if first is None:
                return
            self.spinners.remove(first)
            first.spinning = False
            first.spun += self.clock.now - first.since
            self.count(first)
            self.step(first, self.costs.handover)
            if first.mode is Mode.RUNNING and not first.spinning:
                self.clock.set(first.work, self.clock.now + first.need)

    # -- control points

    def arrive(self, runner: Runner, extra: int, before: int) -> None:
        """The task has come to the point at which it stands, from the point `before`."""
        row = self.automaton.rows[self.state][runner.index]
        number = row.point
        runner.gives = row.gives
        if runner.held:
            self._hold(runner, extra, before)
            return
        plain = self.plain.costs[number]
        if plain >= 0 and runner.mode is Mode.RUNNING:
            runner.need = extra + plain
            cpu = self.cpus[runner.cpu]
            # Who is to sleep at once makes way by that.
            if cpu.asked and row.gives and cpu.queue and (runner.need or row.enabled):
                self.take_off(cpu)
            return
        if number in self.marked:
            self.measuring.come(self, runner, number)
        point = self.points[number]
        if point.step is None:
            if point.halted:
                self.halted = point.span
                return
            need, asleep = 0, False
        else:
            need, asleep = self._price(runner, number, before)
        if point.step is None and not extra:
            self._end(runner)
            return
        if asleep and not extra:
            self._doze(runner, need)
            return
        # Who has woken somebody pays for that before it sleeps.
        runner.doze = need if asleep else -1
        runner.need = extra if asleep else extra + need
        if runner.mode is Mode.RUNNING:
            cpu = self.cpus[runner.cpu]
            if cpu.asked and runner.gives and cpu.queue and (runner.need or row.enabled):
                self.take_off(cpu)
        elif runner.mode is Mode.READY:
            self.enqueue(runner, front=False)

    def hold(self, runner: Runner, since: int, time: int) -> int:
        """The next round of a loop is to begin so long after the last one did, at `since` (-1: there was
        none); returns when it does."""
        when = max(self.clock.now, time + (self.clock.now if since < 0 else since))
        runner.held = when - self.clock.now
        return when

    def _hold(self, runner: Runner, extra: int, before: int) -> None:
        """The task is elsewhere until its next round begins, and has no CPU."""
        if self.crowded and not runner.gives:
            span = self.points[self.automaton.rows[self.state][runner.index].point].span
            raise Occupied(span)
        held, runner.held, runner.late = runner.held, 0, before
        if not extra:
            self._doze(runner, held)
            return
        runner.doze, runner.need = held, extra

    def _end(self, runner: Runner) -> None:
        self.leave(runner, Mode.ENDED)
        self.measuring.over(runner.index)

    def _doze(self, runner: Runner, time: int) -> None:
        runner.need, runner.dozing, runner.doze = 0, True, -1
        self.leave(runner, Mode.SLEEPING)
        self.wake(runner, self.clock.now + time)

    def _price(self, runner: Runner, number: int, before: int) -> tuple[int, bool]:
        """What the point costs, in ns, and whether that passes without a CPU."""
        for stretch in self.prices.touched.get(number, ()):
            if before not in stretch.points:
                whole = self._enter(runner, stretch)
                if whole is not None and not stretch.shares:
                    return whole, stretch.duration is not None and stretch.duration.asleep
        known = self.prices.special.get(number)
        match known:
            case None:
                return self.prices.fixed[number], False
            case (str(name), Duration() as duration):
                return self._drawn(name, duration, runner), duration.asleep
            case (stretch, part, parts):
                whole = self.lengths[runner.index, stretch.name]
                asleep = stretch.duration is not None and stretch.duration.asleep
                return whole * (part + 1) // parts - whole * part // parts, asleep

    def _enter(self, runner: Runner, stretch: Stretch) -> int | None:
        """A call begins: its time, and who arrives in it."""
        if stretch.duration is None:
            return None
        whole = self._drawn(stretch.name, stretch.duration, runner)
        self.lengths[runner.index, stretch.name] = whole
        now = self.clock.now
        for index, come in self.coming.items():
            if come.episode.arrives_in == stretch.name and self.tasks[index].mode is Mode.ABSENT:
                if not self.tasks[index].wake.pending:
                    self.measuring.left[index] = now + whole
                    self._announce(index, now + round(come.at * whole), come.used)
        return whole

    def _announce(self, index: int, when: int, used: int) -> None:
        runner = self.tasks[index]

        def come() -> None:
            runner.wake = Alarm(lambda: self._woken(runner))
            self.arrive(runner, 0, -1)
            if runner.mode is Mode.ABSENT:
                self.seat(runner, used)

        runner.wake = Alarm(come)
        self.clock.set(runner.wake, when)

    def _drawn(self, name: str, duration: Duration, runner: Runner) -> int:
        return max(0, round(duration.time.at(self.draw(name, runner.index))))

    def draw(self, name: str, task: int) -> float:
        """The next random number for a name and a task, the same whatever else happens."""
        visit = self.visits[name, task] = self.visits.get((name, task), -1) + 1
        self.draws += 1
        return self.chance(name, task, visit)

    # -- choices

    def _decided(self, runner: Runner, ways: Sequence[Way]) -> Way:
        depth = 0
        while len({way.state for way in ways}) > 1:
            options = list(dict.fromkeys(way.said[depth] if depth < len(way.said) else None for way in ways))
            if options == [None]:
                # Nothing that was said tells them apart: `wake_up_one` takes the one that has slept longest.
                return min(ways, key=lambda way: self._slept_since(way.state))
            if len(options) > 1:
                said = [option for option in options if option is not None]
                chosen = self.choices.chosen(self, runner, said)
                ways = [way for way in ways if depth < len(way.said) and way.said[depth] == chosen]
            depth += 1
        return ways[0]

    def asked(self, runner: Runner) -> bool:
        """`need_resched()`"""
        cpu = self.cpus[runner.cpu]
        return cpu.asked != "" and bool(cpu.queue)

    def _slept_since(self, after: int) -> tuple[int, int]:
        freed = self.automaton.freed(self.state, after)
        return min(((self.tasks[n].since, n) for n in freed), default=(self.clock.now, -1))
