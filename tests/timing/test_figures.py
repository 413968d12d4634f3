"""What the figures come to: formulas that hold within their intervals, and the same bytes for the same
seed."""

from __future__ import annotations

import math
from statistics import fmean, stdev

import pytest
from pfnspec.dsl.diagnostics import Diagnostics
from pfnspec.timing.figures.costing import costing
from pfnspec.timing.figures.estimates import estimate, quantile
from pfnspec.timing.figures.sampling import starts
from pfnspec.timing.figures.study import Asked, lates, measured
from pfnspec.timing.run.choices import Undecided
from pfnspec.timing.run.episode import Start, Timeless, Timing
from timing_models import ROOT, cells, ready, table

US = 1000
PERIOD = 77  # of a poll in s5_policies: cpu_relax, the lock taken and given back, the look at the count
OUT, INTO, WAKE, SLICE = 1 * US, 1 * US, 1 * US, 2800 * US


def host(length: int, more: str = "") -> str:
    return f"""
[duration]
hva_to_pfn = "1 us"
zap = {length}
[choice]
notifier = {{ rounds = 1 }}
[episode]
vcpu = {{ arrives_in = "zap" }}
{more}"""


@pytest.fixture(scope="module")
def s5():
    path = ROOT / "examples" / "pfncache" / "s5_policies.pfn"
    text = 'model timed varies "s5_policies.pfn"\npolicies spin, resched, block, halt_poll(polls=130)\n'
    return cells(text, str(path.with_name("timed.pfn")))


def figures(cell, *texts: str):
    timing = ready(cell, table(*texts))
    ((one,), _) = measured(timing, Asked(), lates([timing], 1)[cell.model.scenario])
    return one


@pytest.mark.parametrize("length", [100 * US, 1000 * US])
def test_alone_on_a_cpu(s5, length: int) -> None:
    """Spinning ends about a microsecond after the invalidation; sleeping takes a wake-up, an idle state and a
    switch more, whatever the length; polling first uses a window, where the end does not come in it."""
    spin, block, poll = (
        figures(s5["two_cpus", name], host(length)) for name in ("spin", "block", "halt_poll")
    )
    assert 1.0 * US < spin.figures["beyond"].mean < 1.4 * US
    later = block.figures["beyond"].mean - spin.figures["beyond"].mean
    assert WAKE + INTO + 8 * US < later < WAKE + INTO + 10 * US + 100
    window = 130 * PERIOD
    refresh = block.figures["cpu"].mean - OUT - INTO
    expected = window - window**2 / (2 * length) + (1 - window / length) * (OUT + INTO) + refresh
    assert poll.figures["cpu"].mean == pytest.approx(expected, rel=0.01)


def test_spinning_on_a_shared_cpu_eats_the_slice(s5) -> None:
    """Anywhere in a slice s, a wait of w comes to w (1 + (s + out + into) / s): the end of the slice falls
    into it w/s times, and then the other one's slice comes before the use."""
    spin = figures(s5["two_cpus", "spin"], host(100 * US, "[scheduler]\nload = [0]"))
    alone = figures(s5["two_cpus", "spin"], host(100 * US))
    time = spin.figures["time"]
    expected = alone.figures["time"].mean * (1 + (SLICE + OUT + INTO) / SLICE)
    assert abs(time.mean - expected) < 2 * time.half
    assert spin.quantiles["p99"].value > SLICE


def test_a_wakeup_that_waits_for_the_slice(s5) -> None:
    block = figures(s5["two_cpus", "block"], host(100 * US, '[scheduler]\nload = [0]\nwakeup = "slice"'))
    assert block.least is not None and block.least >= SLICE
    preempting = figures(s5["two_cpus", "block"], host(100 * US, "[scheduler]\nload = [0]"))
    assert preempting.quantiles["p50"].value < 100 * US


def test_polling_for_the_price_of_a_sleep_is_at_most_twice_the_better_of_both(s5) -> None:
    """Whatever the length: the program's own window, against one that knows the end (Karlin and others,
    1991)."""
    path = ROOT / "examples" / "pfncache" / "s5_policies.pfn"
    price = OUT + INTO + WAKE + INTO + 2 * US
    polls = price // PERIOD
    text = f'model timed varies "s5_policies.pfn"\npolicies spin, block, halt_poll(polls={polls})\n'
    own = cells(text, str(path.with_name("timed.pfn")))
    made = table(host(40 * US, "[switch]\nidle = [{after = 0, exit = '2 us'}]"))
    timings = {name: ready(own["two_cpus", name], made) for name in ("spin", "block", "halt_poll")}
    worst = 0.0
    for number in range(1, 120):
        found = {
            name: timing.episode(Start(1 - number / 120, 0, 0), 1).samples[0]
            for name, timing in timings.items()
        }
        refresh = found["block"].cpu - OUT - INTO
        paid = {n: one.cpu - refresh + one.time - found["spin"].time for n, one in found.items()}
        worst = max(worst, paid["halt_poll"] / max(1, min(paid["spin"], paid["block"])))
    assert 1.5 < worst < 2.1


def test_the_same_seed_gives_the_same_and_another_one_another(s5) -> None:
    found = [
        costing([s5["two_cpus", "block"]], table(host(100 * US)), Asked(seed=seed, points=2), Diagnostics(),
                sensitivity=False)
        for seed in (1, 1, 2)
    ]  # fmt: skip
    assert found[0] is not None and found[2] is not None
    assert found[0].cells == found[1].cells if found[1] else False
    assert found[0].cells != found[2].cells


def test_policies_meet_the_same_arrivals(s5) -> None:
    """So their difference is known better than either of them."""
    made = table(host(100 * US))
    found = costing([s5["two_cpus", "spin"], s5["two_cpus", "block"]], made, Asked(points=4), Diagnostics(),
                    sensitivity=False)  # fmt: skip
    assert found is not None
    (apart,) = found.differences
    assert apart.later.half < 0.2 * found.cells[0].figures["time"].half


def test_precision_takes_as_many_episodes_as_it_needs(s5) -> None:
    timing = ready(s5["two_cpus", "block"], table(host(100 * US)))
    ((one,), why) = measured(timing, Asked(points=2, precision=0.01), None)
    assert why == "precision" and one.episodes > 40
    assert one.figures["time"].half <= 0.01 * one.figures["time"].mean
    ((one,), why) = measured(timing, Asked(points=2, precision=0.01, stop=lambda: True), None)
    assert (why, one.episodes) == ("time", 40)


def test_doubling_a_cost_never_shortens_a_wait_with_one_idle_state_of_no_latency(s5) -> None:
    """With more idle states it may: a longer way out shortens the sleep."""
    idle = "[switch]\nidle = [{after = 0, exit = 0}]"
    for policy in ("spin", "block", "halt_poll"):
        cell = s5["two_cpus", policy]
        for cost, twice in (("out", "2 us"), ("into", "2 us"), ("wake", "2 us")):
            one = ready(cell, table(host(50 * US, idle)))
            other = ready(cell, table(host(50 * US, f'{idle}\n{cost} = "{twice}"')))
            for number in range(12):
                start = Start(number / 12, 0, 0)
                assert other.episode(start, 1).samples[0].time >= one.episode(start, 1).samples[0].time


def test_starts_are_even_and_weigh_one() -> None:
    for late in (None, 0.1, 1.0):
        drawn = [list(starts(1, batch, 20, late)) for batch in range(20)]
        assert all(math.isclose(sum(weight for _, weight in batch), 1) for batch in drawn)
        for part in ("at", "used"):
            means = [sum(getattr(start, part) * weight for start, weight in batch) for batch in drawn]
            assert fmean(means) == pytest.approx(0.5, abs=0.02) and stdev(means) < 0.05


def test_estimates() -> None:
    """As `scipy.stats.t.ppf(0.975, 3)` and order statistics say."""
    found = estimate([1.0, 2.0, 3.0, 4.0])
    assert found.mean == 2.5 and found.half == pytest.approx(3.182 * 1.2910 / 2, rel=1e-3)
    weighted = [(float(n), 1.0) for n in range(1, 101)]
    middle = quantile(weighted, 0.5)
    assert (middle.value, middle.low, middle.high) == (50.0, 41.0, 60.0)
    assert quantile([(1.0, 0.9), (2.0, 0.1)], 0.95).value == 2.0


CHOOSES = """model chooses
shared x: range(3)
process p:
    label begun
    if maybe():
        cpu_relax()
    either:
        x = 1
    or:
        x = 2
    or:
        x = 0
    label done
    cpu_relax()
measure time: p at begun until p at done
"""


def test_no_choice_is_tossed_silently() -> None:
    cell = cells(CHOOSES)[None, None]
    with pytest.raises(Undecided) as caught:
        ready(cell, table()).episode(Start(0, 0, 0), 1)
    assert (caught.value.span.line, caught.value.owner) == (5, "p")
    made = table("[choice]\n5 = 0.25\n7 = [1, 1]")
    with pytest.raises(Undecided, match=r"`choice.7` has 2 shares, and `either` has 3 ways"):
        ready(cell, made).episode(Start(0, 0, 0), 1)


def test_shares_are_what_they_say() -> None:
    cell = cells(CHOOSES)[None, None]
    timing = ready(cell, table("[choice]\n5 = 0.25\n8 = [1, 0, 0]\n10 = [1, 1, 2]\n7 = [1, 1, 2]"))
    polls = [timing.episode(Start(0, 0, number), 1).samples[0].polls for number in range(800)]
    assert fmean(polls) == pytest.approx(0.25, abs=0.05)


def test_need_resched_is_whether_somebody_wants_the_cpu() -> None:
    """A policy that polls until somebody else can run, as KVM's halt polling does."""
    text = """model polite
shared done: bool
shared q: waitqueue
policy polite:
    while not need_resched():
        if cond:
            return
        cpu_relax()
    wait block
policies polite
process waiter:
    label waits
    wait until done on q
    label through
    cpu_relax()
process doer:
    work()
    done = True
    wake_up(q)
def work():
    might_sleep()
scenario up:
    cpus = 1
scenario smp:
    cpus = 2
measure time: waiter at waits until waiter at through
"""
    made = table('[duration]\nwork = "100 us"\n[scheduler]\nslice = "50 us"')
    own = cells(text)
    alone = ready(own["smp", "polite"], made).episode(Start(0, 0, 0), 1).samples[0]
    assert alone.out == 0 and 100 * US < alone.time < 101 * US
    shared = ready(own["up", "polite"], made).episode(Start(0, 0, 0), 1).samples[0]
    assert shared.out == 1 and 50 * US < shared.cpu < 54 * US


def test_a_loop_that_takes_no_time_is_refused() -> None:
    text = """model still
shared x: bool
process p:
    label begun
    while not x:
        cpu_relax()
    label done
    cpu_relax()
measure time: p at begun until p at done
"""
    free = "\n".join(f"{name} = 0" for name in ("load", "cpu_relax", "compare"))
    with pytest.raises(Timeless):
        ready(cells(text)[None, None], table(f"[step]\n{free}")).episode(Start(0, 0, 0), 1)


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("[duration]\nzapp = 1", "`duration.zapp`: there is no such place in the model"),
        ("[duration]\n'upstream.pfn:9999' = 1", "there is no such place in the model"),
        ("[choice]\nnotifer = 1", "`choice.notifer`: there is no such place in the model"),
        ("[episode]\nvcpus = { tasks = 1 }", "`episode.vcpus`: there is no such process in the model"),
        ("[episode]\nvcpu = { arrives_in = 'zapp' }", "`episode.vcpu`: there is no function `zapp`"),
        ("[episode]\nvcpu = { arrives_in = 'zap' }", "nothing says how long that takes"),
        ("[scheduler]\nload = [7]", "there is no CPU 7 with cpus = 2"),
    ],
)
def test_names_that_the_model_does_not_have(s5, text: str, said: str) -> None:
    diagnostics = Diagnostics()
    Timing(s5["two_cpus", "spin"], table(text), diagnostics)
    assert [said in fault.message for fault in diagnostics] == [True]
