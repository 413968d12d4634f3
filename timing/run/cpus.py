"""CPUs, their queues and slices: who runs.  A fair scheduler as far as the rules of docs/cost.md say, no
more."""

from __future__ import annotations

from abc import ABC, abstractmethod
from enum import IntEnum

from ..table.costs import Costs
from .clock import Alarm, Clock


class Mode(IntEnum):
    ABSENT = 0  # has not come yet
    READY = 1  # wants a CPU
    SWITCHING = 2  # has one, and is being switched to
    RUNNING = 3
    SLEEPING = 4
    ENDED = 5


class Runner:
    """Somebody who wants CPU time: a task of the program, or a load (`index` is -1), which wants all it can
    get.

    `need` is the CPU time before its next step, worked off from `since` on while it runs; `began` is when its
    slice began.  `used` is CPU time, `out` how often it left a CPU, `woken` how often it was woken, `spun`
    the time at spinning locks.  It is `dozing` while it sleeps for a time rather than for its guard, and is
    to `doze` so many ns when its need is worked off, unless that is -1.  Where it is `held` it comes to its
    next point so many ns later, from the point `late`.
    """

    __slots__ = (
        "began", "cpu", "doze", "dozing", "gives", "held", "index", "late", "mode", "need", "out", "pinned",
        "polls", "since", "spinning", "spun", "steps", "used", "wake", "woken", "work",
    )  # fmt: skip

    def __init__(self, index: int, cpu: int, *, pinned: bool) -> None:
        self.index, self.cpu, self.pinned = index, cpu, pinned
        self.mode = Mode.READY
        self.gives = True
        self.spinning = self.dozing = False
        self.need = self.since = self.began = 0
        self.doze = -1
        self.held = 0
        self.late: int | None = None
        self.used = self.out = self.woken = self.spun = self.polls = self.steps = 0
        self.work: Alarm
        self.wake: Alarm


class Cpu:
    """`asked` says why its runner is to go: "woken", "slice" or not at all.  It is free from `free_at` on,
    where a switch is under way."""

    __slots__ = ("asked", "current", "free_at", "number", "queue", "slice", "switch")

    def __init__(self, number: int) -> None:
        self.number = number
        self.current: Runner | None = None
        self.queue: list[Runner] = []
        self.asked = ""
        self.free_at = 0
        self.switch: Alarm
        self.slice: Alarm


class Cpus(ABC):
    """The CPUs of one behaviour.  `measured` are the runners of which it is counted in `given` what others
    ran on their CPU."""

    def __init__(self, costs: Costs, count: int, clock: Clock) -> None:
        self.costs = costs
        self.clock = clock
        self.cpus = [Cpu(number) for number in range(count)]
        for cpu in self.cpus:
            cpu.switch = Alarm(lambda cpu=cpu: self._pick(cpu))  # type: ignore[misc]
            cpu.slice = Alarm(lambda cpu=cpu: self._slice_over(cpu))  # type: ignore[misc]
        self.spinners: list[Runner] = []
        self.given: dict[Runner, int] = {}

    def admitted(self, runner: Runner) -> Runner:
        runner.work = Alarm(lambda: self._work_over(runner))
        runner.wake = Alarm(lambda: self._woken(runner))
        return runner

    # -- what the machine does

    @abstractmethod
    def worked(self, runner: Runner) -> None:
        """Its need is worked off."""

    def go(self, runner: Runner) -> None:
        """It works from now on: a load until it is taken off, a task until its need is worked off."""
        runner.since = self.clock.now
        if runner.index >= 0:
            self.clock.set(runner.work, self.clock.now + runner.need)

    def count(self, runner: Runner) -> None:
        """Counts the time for which it has run."""
        time = self.clock.now - runner.since
        runner.since = self.clock.now
        runner.used += time
        for other in self.given:
            if other is not runner and other.cpu == runner.cpu:
                self.given[other] += time

    # -- leaving

    def leave(self, runner: Runner, mode: Mode, *, free: bool = False) -> None:
        """Gives its CPU up, if it has one.  The switch costs nothing if it is `free`."""
        if runner.mode is not Mode.RUNNING:
            runner.mode = mode
            return
        before = runner.since
        self.count(runner)
        if runner.spinning:
            runner.spinning = False
            runner.spun += self.clock.now - before
            self.spinners.remove(runner)
        elif runner.index >= 0:
            runner.need = max(0, runner.need - (self.clock.now - before))
        runner.work.cancel()
        runner.mode = mode
        cpu = self.cpus[runner.cpu]
        cpu.current, cpu.asked = None, ""
        cpu.slice.cancel()
        cost = 0 if free else self.costs.out
        runner.out += not free
        runner.used += cost
        cpu.free_at = self.clock.now + cost
        if not free:
            self.clock.set(cpu.switch, cpu.free_at)

    def take_off(self, cpu: Cpu) -> None:
        """Its runner makes way: second in the queue for somebody woken, last when its slice is over."""
        runner = cpu.current
        assert runner is not None
        place = 1 if cpu.asked == "woken" else len(cpu.queue)
        self.leave(runner, Mode.READY)
        cpu.queue.insert(place, runner)

    def ask(self, cpu: Cpu, why: str) -> None:
        """Somebody wants the CPU.  Its runner hears that where it gives way; during a switch, at its end."""
        if cpu.current is None:
            return
        if why == "woken" or not cpu.asked:
            cpu.asked = why
        if cpu.current.mode is Mode.RUNNING and cpu.current.gives:
            self.take_off(cpu)

    # -- coming

    def enqueue(self, runner: Runner, *, front: bool) -> Cpu:
        """Waits for a CPU: its own if it is pinned; otherwise its last one if that is idle, another idle
        one, or its last one."""
        if not runner.pinned and not self._idle(self.cpus[runner.cpu]):
            idle = next((cpu for cpu in self.cpus if self._idle(cpu)), None)
            if idle is not None:
                runner.cpu = idle.number
        cpu = self.cpus[runner.cpu]
        cpu.queue.insert(0 if front else len(cpu.queue), runner)
        if cpu.current is None:
            if not cpu.switch.pending:
                self.clock.set(cpu.switch, max(self.clock.now, cpu.free_at))
        elif not cpu.slice.pending and cpu.current.mode is Mode.RUNNING:
            self.clock.set(cpu.slice, max(self.clock.now, cpu.current.began + self.costs.slice))
        return cpu

    def seat(self, runner: Runner, used: int) -> None:
        """Somebody is simply there, running, with so much of its slice used, ns: an episode begins.  Whoever
        ran there and gives way is next; whoever does not is asked, and then the switches cost what they
        cost."""
        if not runner.pinned and not self._idle(self.cpus[runner.cpu]):
            idle = next((cpu for cpu in self.cpus if self._idle(cpu)), None)
            runner.cpu = idle.number if idle is not None else runner.cpu
        cpu = self.cpus[runner.cpu]
        other = cpu.current
        runner.mode = Mode.READY
        if other is not None and not (other.mode is Mode.RUNNING and other.gives):
            cpu.queue.insert(0, runner)
            self.ask(cpu, "woken")
            return
        if other is not None:
            self.leave(other, Mode.READY, free=True)
            cpu.queue.insert(0, other)
        cpu.switch.cancel()
        cpu.current = runner
        self._begin(runner, used)

    def _idle(self, cpu: Cpu) -> bool:
        return cpu.current is None and not cpu.queue

    def _pick(self, cpu: Cpu) -> None:
        if cpu.current is not None or not cpu.queue:
            return
        runner = cpu.queue.pop(0)
        now = self.clock.now
        exit_ = self.costs.exit(now - cpu.free_at) if now > cpu.free_at else 0
        into = self.costs.into
        if now == 0:  # Everything starts running.
            into = exit_ = 0
        cpu.current = runner
        runner.cpu = cpu.number
        runner.mode = Mode.SWITCHING
        runner.used += into
        self.clock.set(runner.work, now + into + exit_)

    def _work_over(self, runner: Runner) -> None:
        if runner.mode is Mode.SWITCHING:
            self._begin(runner, 0)
        else:
            self.worked(runner)

    def _begin(self, runner: Runner, used: int) -> None:
        runner.mode = Mode.RUNNING
        runner.since = self.clock.now
        runner.began = self.clock.now - used
        cpu = self.cpus[runner.cpu]
        if cpu.queue and cpu.asked == "woken" and runner.gives:
            self.take_off(cpu)
            return
        if cpu.queue:
            self.clock.set(cpu.slice, max(self.clock.now, runner.began + self.costs.slice))
        self.go(runner)

    def _slice_over(self, cpu: Cpu) -> None:
        if cpu.queue:
            self.ask(cpu, "slice")

    # -- sleeping

    def wake(self, runner: Runner, when: int) -> None:
        """It is woken then, unless it is before."""
        if not runner.wake.pending:
            self.clock.set(runner.wake, when)

    def _woken(self, runner: Runner) -> None:
        if runner.mode is not Mode.SLEEPING:
            return
        runner.woken += 1
        runner.mode = Mode.READY
        runner.dozing = False
        cpu = self.enqueue(runner, front=self.costs.preempts)
        if self.costs.preempts:
            self.ask(cpu, "woken")
