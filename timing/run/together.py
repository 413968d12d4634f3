"""Several tasks that come round their loops at the same time: rounds of all of them that are surely alike."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Protocol

from ...dsl.source import Span
from .choices import Choices
from .clock import Alarm, Clock
from .cpus import Cpu, Mode, Runner
from .measures import Sample

PATIENCE = 256
"""So many alarms ring before it is asked whether everything comes back."""


class Timed(Protocol):
    """What is known here of a behaviour."""

    clock: Clock
    choices: Choices
    cpus: list[Cpu]
    tasks: list[Runner]
    spinners: list[Runner]
    given: dict[Runner, int]
    state: int
    steps: int
    draws: int
    livelock: bool

    @property
    def samples(self) -> Sequence[Sample]: ...


@dataclass(frozen=True, slots=True)
class _Due:
    task: int | None
    when: int
    version: int
    running: bool


@dataclass(frozen=True, slots=True)
class _Seen:
    """All that decides how a behaviour goes on, and the counters that only grow.

    `due` is what will ring, in that order, by what it is: whose step it is (None: nobody's), when, how often
    it was set, and whether its runner has a CPU.
    """

    state: int
    time: int
    rings: int
    draws: int
    samples: int
    rounds: Mapping[tuple[Span, int], int]
    due: Mapping[int, _Due]
    standing: tuple[object, ...]
    steps: int
    counters: tuple[tuple[int, ...], ...]
    given: Mapping[Runner, int]


class Together:
    """Notices that everything is as it was some time before, but for the clock.

    Nothing was measured meanwhile, and what happens depends on nothing else: so it happens again, until
    something rings that was not a part of it.  Where there is nothing of that kind it goes on for ever.  The
    moment to come back to is taken anew after twice as long each time (Brent's way to find a cycle).
    """

    def __init__(self) -> None:
        self.rings = 0
        self.limit = PATIENCE
        self.saved: _Seen | None = None

    def look(self, machine: Timed) -> None:
        """Called when something has rung: goes on to the last time at which all is the same, before anything
        else happens; where that is never, the behaviour is a `livelock`."""
        self.rings += 1
        saved = self.saved
        if saved is None:
            if self.rings >= PATIENCE:
                self.saved = _seen(machine, self.rings)
            return
        if (
            machine.state == saved.state
            and machine.draws == saved.draws
            and len(machine.samples) == saved.samples
            and machine.clock.now > saved.time
        ):
            now = _seen(machine, self.rings)
            working = _working(saved, now)
            if working is not None:
                self._skip(machine, saved, now, working)
                return
        if self.rings - saved.rings >= self.limit:
            self.limit *= 2
            self.saved = _seen(machine, self.rings)

    def _skip(self, machine: Timed, saved: _Seen, now: _Seen, working: Sequence[int]) -> None:
        self.saved, self.rings, self.limit = None, 0, PATIENCE
        others = [due.when for due in now.due.values() if due.task not in working]
        if not others:
            machine.livelock = True
            return
        period = now.time - saved.time
        times = (min(others) - now.time - 1) // period
        if times <= 0:
            return
        left = {due.task: due.when - now.time for due in now.due.values()}
        clock = machine.clock
        clock.now += times * period
        machine.steps += times * (now.steps - saved.steps)
        for runner, before, after in zip(machine.tasks, saved.counters, now.counters, strict=True):
            grown = [one + times * (one - other) for one, other in zip(after, before, strict=True)]
            runner.used, runner.spun, runner.polls, runner.steps = grown
            if runner.index in working:
                runner.since += times * period
        for runner, count in now.given.items():
            machine.given[runner] = count + times * (count - saved.given[runner])
        for index in clock.in_order(working):
            clock.set(machine.tasks[index].work, clock.now + left[index])


def _working(one: _Seen, other: _Seen) -> tuple[int, ...] | None:
    """The tasks that have come round, in the order in which they step, where all is the same but for the
    clock; None where it is not.  What rang in neither is due when it was due."""
    alike = (
        one.rounds == other.rounds
        and one.standing == other.standing
        and one.due.keys() == other.due.keys()
        and one.given.keys() == other.given.keys()
    )
    if not alike:
        return None
    moved = [name for name, due in other.due.items() if due != one.due[name]]
    if moved != [name for name in one.due if name in moved]:
        return None
    working: list[int] = []
    for name in moved:
        before, after = one.due[name], other.due[name]
        left = (before.when - one.time, after.when - other.time)
        if after.task is None or not (before.running and after.running) or left[0] != left[1]:
            return None
        working.append(after.task)
    return tuple(working) or None


def _seen(machine: Timed, rings: int) -> _Seen:
    clock = machine.clock
    own: dict[Alarm, Runner] = {runner.work: runner for runner in machine.tasks}
    due: dict[int, _Due] = {}
    for when, _, alarm, version in sorted(clock.live(), key=lambda entry: entry[:2]):
        runner = own.get(alarm)
        running = runner is not None and runner.mode is Mode.RUNNING
        due[id(alarm)] = _Due(None if runner is None else runner.index, when, version, running)
    standing = (
        tuple(
            (r.mode, r.cpu, r.gives, r.spinning, r.dozing, r.doze, r.late, r.out, r.woken)
            for r in machine.tasks
        ),
        tuple(
            (cpu.asked, None if cpu.current is None else cpu.current.index, tuple(map(id, cpu.queue)))
            for cpu in machine.cpus
        ),
        tuple(runner.index for runner in machine.spinners),
    )
    return _Seen(
        machine.state, clock.now, rings, machine.draws, len(machine.samples), dict(machine.choices.rounds),
        due, standing, machine.steps, tuple((r.used, r.spun, r.polls, r.steps) for r in machine.tasks),
        dict(machine.given),
    )  # fmt: skip
