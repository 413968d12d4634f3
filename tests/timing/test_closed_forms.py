"""What can be worked out by hand, as equalities in nanoseconds: who waits how long, and what it costs."""

from __future__ import annotations

import pytest
from timed_text import TIMED
from timing_models import FREE, cells, ran, table

WAITING = TIMED.replace("spin, block", "spin, resched, block, halt_poll(polls=7), kvm_halt_poll(polls=7)")
POLL, OUT, INTO, WAKE, EXIT = 45, 900, 700, 600, 2000
HOST = f"""{FREE}
[switch]
out = {OUT}
into = {INTO}
wake = {WAKE}
idle = [{{ after = 0, exit = {EXIT} }}]
""".replace("[switch]\nout = 0\ninto = 0\nwake = 0\nhandover = 0\nidle = []\n", "")
LENGTHS = (10, 100, 290, 315, 316, 1000, 1199, 1200, 1201, 5003, 100_001)


def slept(length: int, began: int) -> int:
    """When a sleeper that began to leave its CPU at `began` runs again, woken after `length`."""
    free, woken = began + OUT, length + WAKE
    return max(woken, free) + (EXIT if woken > free else 0) + INTO


@pytest.fixture(scope="module")
def waiting():
    return cells(WAITING)


@pytest.mark.parametrize("length", LENGTHS)
def test_spin(waiting, length: int) -> None:
    """Latency and CPU time: the poll in which the end falls, to its end."""
    (found,) = ran(waiting[None, "spin"], table(HOST, f"[duration]\nwork = {length}")).samples
    looks = -(-length // POLL)
    assert (found.time, found.cpu, found.polls, found.out, found.woken) == (
        looks * POLL,
        looks * POLL,
        looks,
        0,
        0,
    )


@pytest.mark.parametrize("length", LENGTHS)
def test_resched_is_spin_where_nobody_else_wants_the_cpu(waiting, length: int) -> None:
    made = table(HOST, f"[duration]\nwork = {length}\n[step]\ncond_resched = {POLL}")
    (found,) = ran(waiting[None, "resched"], made).samples
    looks = -(-length // POLL)
    assert (found.time, found.cpu, found.polls, found.out) == (looks * POLL, looks * POLL, looks, 0)


@pytest.mark.parametrize("length", LENGTHS)
def test_block(waiting, length: int) -> None:
    """The CPU is left, the wake-up comes, the idle CPU wakes up, the task is switched to."""
    (found,) = ran(waiting[None, "block"], table(HOST, f"[duration]\nwork = {length}")).samples
    assert (found.time, found.cpu, found.polls) == (slept(length, 0), OUT + INTO, 0)
    assert (found.out, found.woken) == (1, 1)


@pytest.mark.parametrize("policy", ["halt_poll", "kvm_halt_poll"])
@pytest.mark.parametrize("length", LENGTHS)
def test_halt_poll(waiting, length: int, policy: str) -> None:
    (found,) = ran(waiting[None, policy], table(HOST, f"[duration]\nwork = {length}")).samples
    looks = -(-length // POLL)
    if looks <= 7:
        assert (found.time, found.cpu, found.polls, found.out) == (looks * POLL, looks * POLL, looks, 0)
    else:
        assert (found.time, found.polls, found.out) == (slept(length, 7 * POLL), 7, 1)
        assert found.cpu == 7 * POLL + OUT + INTO


def test_a_spinning_lock_is_handed_over() -> None:
    """It is entered when it is given back, and the line comes over before the next step."""
    cell = cells(
        """model handover
shared l: spinlock
shared n: range(3)
process first:
    with l:
        n = 1
process second:
    cpu_relax()
    label waits
    with l:
        label inside
        n = 2
    label through
    cpu_relax()
measure enter: second at waits until second at inside
measure whole: second at waits until second at through
"""
    )[None, None]
    made = table(FREE, "[step]\ncpu_relax = 10\nstore = 500\n[switch]\nhandover = 60")
    enter, whole = sorted(ran(cell, made).samples, key=lambda sample: sample.measure)
    assert (enter.time, enter.spun) == (490, 490)
    assert whole.time == 490 + 60 + 500


ONE_CPU = WAITING.replace("measure", "scenario up:\n    cpus = 1\nmeasure")


def test_without_preemption_a_spinner_keeps_the_only_cpu_for_ever() -> None:
    """The livelock that the checker finds: a value, and no time-out."""
    made = table(HOST, "[duration]\nwork = 1000")
    machine = ran(cells(ONE_CPU)["up", "spin"], made)
    assert machine.livelock and machine.samples == []
    assert machine.clock.due() is None and machine.clock.now < machine.horizon


def test_on_one_cpu_resched_gives_nothing_away_unless_it_was_asked() -> None:
    """It spins until its slice is over; then the other task runs to its end."""
    made = table(HOST, "[duration]\nwork = 1000\n[scheduler]\nslice = 100_000\n[step]\ncond_resched = 45")
    (found,) = ran(cells(ONE_CPU)["up", "resched"], made).samples
    # The slice ends within a poll, which is a scheduling point all the time.
    assert found.time == 100_000 + OUT + INTO + 1000 + OUT + INTO + (45 - 100_000 % 45) % 45
    assert (found.out, found.given) == (1, 1000)


def test_kvm_polls_until_somebody_else_wants_the_cpu() -> None:
    """It is asked for its CPU at the end of its slice, here 100 ns, and hears of that at its next look."""
    made = table(HOST, "[duration]\nwork = 1000\n[scheduler]\nslice = 100")
    (kvm,) = ran(cells(ONE_CPU)["up", "kvm_halt_poll"], made).samples
    (own,) = ran(cells(ONE_CPU)["up", "halt_poll"], made).samples
    assert (kvm.polls, own.polls) == (3, 7)
    assert kvm.time == 3 * POLL + OUT + INTO + 1000 + WAKE + OUT + INTO
    assert own.time == kvm.time + 4 * POLL


def test_a_sleeper_on_one_cpu_lets_the_other_run_at_once() -> None:
    made = table(HOST, "[duration]\nwork = 1000")
    (found,) = ran(cells(ONE_CPU)["up", "block"], made).samples
    # It leaves, the other comes and works, wakes it, leaves, and it comes again.
    assert found.time == OUT + INTO + 1000 + WAKE + OUT + INTO
    assert (found.cpu, found.given) == (OUT + INTO, 1000 + WAKE)
