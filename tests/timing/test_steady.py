"""Behaviours that go on and on, against formulas; and all episodes there are, against the lattice."""

from __future__ import annotations

from math import exp

import pytest
from pfnspec.dsl.diagnostics import Diagnostics
from pfnspec.report.cost.sweep import sweep_text
from pfnspec.report.cost.text import taken
from pfnspec.timing.figures.costing import Costing, costing
from pfnspec.timing.figures.exact import NotExact, every_start
from pfnspec.timing.figures.study import Asked, How
from pfnspec.timing.run.episode import Start
from test_replay import accepted
from timing_models import FREE, cells, ran, ready, table

USES = """model uses
shared active: bool
shared q: waitqueue
policies spin, block
process user:
    while True:
        elsewhere()
        label looks
        wait until not active on q
        label through
        cpu_relax()
process notifier:
    while maybe():
        active = True
        zap()
        active = False
        wake_up(q)
def elsewhere():
    might_sleep()
def zap():
    might_sleep()
measure wait_time: user at looks until user at through
"""
LENGTH = 100_000
START = Start(0.5, 0.5, 0)
SECOND = 1_000_000_000


def rates(uses: int, time: str) -> str:
    """So many ns from one use to the next, in the mean; an invalidation of `LENGTH` each millisecond."""
    return f"""[duration]
elsewhere = {{ exponential = {uses} }}
zap = {LENGTH}
[choice]
notifier = {{ every = "1 ms" }}
[steady]
time = "{time}"
"""


def costed(policy: str | None, *texts: str, text: str = USES, exact: bool = False) -> Costing:
    own = [cell for (_, name), cell in cells(text).items() if name == policy]
    diagnostics = Diagnostics()
    found = costing(own, table(*texts), Asked(exact=exact), diagnostics, sensitivity=False)
    assert found is not None, [fault.message for fault in diagnostics]
    return found


@pytest.mark.parametrize(("x", "time"), [(0.05, "4 s"), (0.5, "1 s"), (5.0, "0.3 s")])
def test_how_often_an_invalidation_is_met_and_how_much_of_it_is_left(x: float, time: str) -> None:
    """Uses come by chance, x of them in the length of an invalidation: one is met with 1 - e^-x, and then
    1 - 1/x + e^-x / (1 - e^-x) of it is left in the mean."""
    (row,) = costed("spin", FREE, rates(round(LENGTH / x), time)).cells
    assert row.how is How.STEADY and row.episodes == len(row.seen) > 100 and not row.shares
    met = row.figures["rate"].mean * row.figures["waited"].mean / 1000
    assert met == pytest.approx(1 - exp(-x), rel=0.12)
    left = row.figures["time"].mean / row.figures["waited"].mean / LENGTH
    assert left == pytest.approx(1 - 1 / x + exp(-x) / (1 - exp(-x)), rel=0.1)


def test_a_loop_comes_round_so_often_whatever_a_round_takes() -> None:
    timing = ready(cells(USES)[None, "block"], table(FREE, rates(50_000, "1 s")))
    machine = timing.machine(START, 1, horizon=SECOND // 10, steady=True)
    machine.run()
    assert machine.visits["zap", 1] + 1 == 100  # the first begins after a millisecond


@pytest.mark.parametrize("policy", ["spin", "block"])
def test_the_checked_program_takes_every_step_and_skipping_changes_nothing(policy: str) -> None:
    text = USES.replace("measure", "scenario two:\n    cpus = 2\n    preempt = none\nmeasure")
    cell = cells(text)["two", policy]
    timing = ready(cell, table(rates(50_000, "1 s")))
    made = [timing.machine(START, 1, horizon=4_000_000, steady=True, skipping=s) for s in (True, False)]
    for machine in made:
        machine.trail = []
        machine.run()
    fast, slow = made
    assert fast.samples == slow.samples and len(fast.samples) > 20
    slow.trail = (slow.trail or [])[:600]
    assert accepted(cell, slow) == len(slow.trail)


def test_a_task_is_not_elsewhere_with_a_cpu_that_others_need() -> None:
    text = USES.replace("measure", "scenario one:\n    cpus = 1\n    preempt = none\nmeasure")
    diagnostics = Diagnostics()
    made = table(rates(50_000, "1 s"))
    assert costing([cells(text)["one", "block"]], made, Asked(), diagnostics, sensitivity=False) is None
    (fault,) = diagnostics
    assert "the CPU cannot be given away" in fault.message and "cond_resched()" in str(fault.help)


def test_what_never_ends_is_a_part_of_the_time() -> None:
    """A wake-up is lost while the invalidations go on; or the user never comes."""
    text = USES.replace("wake_up(q)", "pass")
    (row,) = costed("block", FREE, rates(1_000_000, "1 s"), text=text).cells
    assert 0.5 < row.shares["open"] <= 1.0 and row.stuck == row.shares["open"]
    (row,) = costed("spin", FREE, rates(10**10, "0.1 s")).cells
    assert row.shares == {"missed": 1.0} and row.never and not row.stuck


ARRIVES = """model arrives
shared active: bool
shared q: waitqueue
policies spin, block
process user:
    label looks
    wait until not active on q
    label through
    cpu_relax()
process notifier:
    active = True
    zap()
    active = False
    wake_up(q)
def zap():
    might_sleep()
measure wait_time: user at looks until user at through
"""
ANYWHERE = "[duration]\nzap = 1000\n[episode]\nuser = { arrives_in = 'zap' }\n"


def test_every_moment_of_arrival() -> None:
    """At the time t of an invalidation of 1000 ns, spinning takes 45 ceil((1000 - t) / 45)."""
    (row,) = costed("spin", FREE, ANYWHERE, text=ARRIVES, exact=True).cells
    waits = [45 * -(-(1000 - t) // 45) for t in range(1001)]
    mean = (sum(waits) - (waits[0] + waits[-1]) / 2) / 1000
    assert row.how is How.EXACT and row.episodes == 1001
    assert (row.figures["time"].mean, row.figures["time"].half) == (pytest.approx(mean), 0)
    assert (row.least, row.worst) == (min(waits), max(waits))
    (sampled,) = costed("spin", FREE, ANYWHERE, text=ARRIVES).cells
    assert abs(sampled.figures["time"].mean - mean) <= 1.5 * sampled.figures["time"].half


def test_a_part_of_the_moments() -> None:
    starts = every_start(
        ready(cells(ARRIVES)[None, "spin"], table(ANYWHERE.replace("'zap'", "'zap', at = 0.25")))
    )
    assert [(start.at, weight) for start, weight in starts] == [(0.5, 1.0)]
    half = table(ANYWHERE.replace("'zap'", "'zap', at = { uniform = [0.5, 1] }"))
    starts = every_start(ready(cells(ARRIVES)[None, "spin"], half))
    assert len(starts) == 501 and sum(weight for _, weight in starts) == pytest.approx(1)


@pytest.mark.parametrize(
    ("more", "said"),
    [
        ("[duration]\nzap = { uniform = [1, 2] }", "`duration.zap` is a distribution"),
        ("[duration]\nzap = '1 ms'", "there are 1,000,001 moments of arrival"),
        ("[scheduler]\nload = [0]", "how much of its slice `user` has used is left to chance"),
    ],
)
def test_what_is_not_exact(more: str, said: str) -> None:
    with pytest.raises(NotExact) as caught:
        every_start(ready(cells(ARRIVES)[None, "spin"], table(ANYWHERE, more)))
    assert said in caught.value.message and caught.value.advice


def test_all_of_one_episode() -> None:
    """Where nothing is left to chance."""
    starts = every_start(ready(cells(ARRIVES)[None, "spin"], table("[duration]\nzap = 10")))
    assert len(starts) == 1 and ran(cells(ARRIVES)[None, "spin"], table(FREE)).samples


LOOPS = """model loops
process user:
    while True:
        label begins
        while maybe():
            work()
        label ends
        cond_resched()
def work():
    might_sleep()
measure two: user at begins until user at ends
"""


TWICE = "[duration]\nwork = 100\n[choice]\nuser = { rounds = 2 }\n[steady]\ntime = '100 us'"


def test_a_call_in_a_loop_takes_all_of_its_time() -> None:
    """Of its one step there are two points, one for the first round."""
    (found,) = ran(*cells(LOOPS).values(), table(FREE, TWICE)).samples
    assert found.time == 200


def test_a_loop_that_is_met_again_comes_round_as_often_again() -> None:
    (row,) = costed(None, FREE, TWICE, text=LOOPS).cells
    assert (row.least, row.worst) == (200, 200) and row.figures["rate"].mean == pytest.approx(5e6, rel=0.01)


@pytest.mark.parametrize("tasks", [1, 2])
@pytest.mark.parametrize("rounds", [0, 1, 700])
def test_what_is_measured_again_and_again_is_neither_skipped_nor_stuck(tasks: int, rounds: int) -> None:
    """Nothing is drawn here, and everything comes back to where it was."""
    (cell,) = cells(LOOPS.replace("user:", f"user[{tasks}]:", 1)).values()
    more = f"[step]\nmight_sleep = 100\ncond_resched = 50\n[choice]\nuser = {{ rounds = {rounds} }}"
    timing = ready(cell, table(FREE, more))
    fast, slow = (
        timing.machine(START, 1, horizon=300_000, steady=True, skipping=skipping)
        for skipping in (True, False)
    )
    fast.run()
    slow.run()
    assert fast.samples == slow.samples and not fast.livelock
    assert len(fast.samples) == tasks * (300_000 // (100 * rounds + 50) + (rounds == 0))


def test_what_a_row_says_of_its_time_is_how_long_it_was_watched() -> None:
    """Precision takes longer than is asked for, and what is not met yet is not precise."""
    late = "[duration]\nwork = 10\n[choice]\nuser = { every = '3 us' }\n[steady]\ntime = '1 us'"
    text = LOOPS.replace("    while True:", "    while maybe():").replace("        while maybe():\n    ", "")
    (cell,) = cells(text).values()
    made = costing([cell], table(FREE, late), Asked(precision=0.5), Diagnostics(), sensitivity=False)
    assert made is not None and made.stopped == ("precision",)
    (row,) = made.cells
    # Rounds begin after 3 and 6 us, and an interval takes two samples.
    assert row.watched == 8_000 and row.episodes == 2
    assert taken(made.cells).startswith("8 us of each row")


def test_what_is_not_met_is_no_never_in_a_sweep() -> None:
    text = LOOPS.replace("    while True:", "    while maybe():")
    early = "[duration]\nwork = 10\n[choice]\nuser = { every = '3 us' }\n[steady]\ntime = '1 us'"
    (row,) = costed(None, FREE, early, text=text).cells
    assert row.shares == {"missed": 1.0}
    said = sweep_text([costed(None, FREE, early, text=text)] * 2)
    assert "never" not in said and "- not measured" in said
