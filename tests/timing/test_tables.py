"""Tables of costs: what they mean, and one clear sentence for each that is wrong."""

from __future__ import annotations

import pytest
from pfnspec.dsl.diagnostics import Diagnostics
from pfnspec.timing.table.distribution import distribution
from pfnspec.timing.table.read import costs, default, setting
from pfnspec.timing.table.units import NoTime, nanoseconds
from timing_models import faults, table


@pytest.mark.parametrize(
    ("text", "time"),
    [
        (7, 7),
        (2.6, 3),
        ("45 ns", 45),
        ("1us", 1000),
        ("2.8 ms", 2_800_000),
        ("1_000 us", 1_000_000),
        ("5", 5),
    ],
)
def test_times(text: object, time: int) -> None:
    assert nanoseconds(text) == time


@pytest.mark.parametrize("text", ["-1 us", -1, "1 min", "", "us", True, None, [1], "1e99 s", float("nan")])
def test_what_is_no_time(text: object) -> None:
    with pytest.raises(NoTime):
        nanoseconds(text)


@pytest.mark.parametrize(
    ("value", "quartiles"),
    [
        ("3 us", (3000, 3000, 3000)),
        ({"uniform": ["1 us", "5 us"]}, (2000, 3000, 4000)),
        ({"exponential": "1 us"}, (288, 693, 1386)),
        ({"lognormal": {"median": "1 us", "p99": "10 us"}}, (513, 1000, 1950)),
        ({"quantiles": {"p0": 0, "p50": 100, "p100": 300}}, (50, 100, 200)),
        ({"seen": ["30", 10, "0.02 us"]}, (10, 20, 30)),
        ({"mix": [[0.5, 10], [0.5, {"uniform": [100, 200]}]]}, (10, 100, 150)),
        ({"file": "lengths.txt"}, (20, 30, 40)),
    ],
    ids=str,
)
def test_distributions(value: object, quartiles: tuple[int, ...]) -> None:
    made = distribution(value, {"lengths.txt": "10\n# a comment\n20\n30 ns\n0.04 us\n"})
    assert tuple(round(made.at(chance)) for chance in (0.25, 0.5, 0.75)) == quartiles


def test_a_quantile_knows_nothing_beyond_its_last() -> None:
    made = distribution({"quantiles": {"p10": 10, "p90": 90}}, {})
    assert (made.at(0.0), made.at(0.999)) == (10, 90)


WRONG = {
    "[step]\ncpu_relex = 45": "0.toml:2:1: there is no cost `step.cpu_relex` (did you mean `cpu_relax`?)",
    "[switch]\nout = '-1 us'": "0.toml:2:1: `switch.out`: `-1 us` is not a time; a time cannot be negative",
    "[steps]\nload = 1": "0.toml:1:1: there is no `steps` in a table of costs (did you mean `step`?)",
    "step = 3": "0.toml:1:1: `step` is a table; write `[step]`",
    "[switch\nout = 1": "this is not TOML",
    "[switch]\nidle = 3": "idle takes a list",
    "[scheduler]\nwakeup = 'now'": "`scheduler.wakeup`",
    "[scheduler]\nslice = 0": "a slice is longer than nothing",
    "[scheduler]\nload = [true]": "load takes a list of the CPUs",
    "[duration]\nzap = { mix = [[0, 1]] }": "each share of a mix is a number above zero",
    "[duration]\nzap = { mix = [[0.5, 1]] }": "the shares of a mix add up to 1, not to 0.5",
    "[duration]\nzap = { uniform = [2, 1] }": "uniform takes two times, the lower one first",
    "[duration]\nzap = { mix = [] }": "mix takes a list of [share, time]",
    "[duration]\nzap = { seen = [] }": "seen takes a list of times",
    "[duration]\nzap = { quantiles = { p50 = 1 } }": "of two at least",
    "[duration]\nzap = -1": "a time cannot be negative",
    "[duration]\nzap = { exponential = 0 }": "an exponential distribution has a mean above zero",
    "[duration]\nzap = { file = 'none.txt' }": "the file `none.txt` cannot be read",
    "[duration]\nzap = { quantiles = { p50 = 2, p90 = 1 } }": "a higher quantile cannot be a shorter time",
    "[duration]\nzap = { gauss = 1 }": "a distribution is a table with one of",
    "[duration]\nzap = { time = 1, on = 'disk' }": "a duration is a time, or",
    "[choice]\nnotifier = { rounds = -1 }": "a choice is {rounds = N}",
    "[choice]\nnotifier = [0, 0]": "one share at least is above zero",
    "[episode]\nvcpu = { at = 2 }": "`at` is a part of the time of what it `arrives_in`",
    "[episode]\nvcpu = { arrives_in = 'zap', at = 2 }": "this is a number from 0 to 1",
    "[episode]\nvcpu = { comes = 1 }": "there is no `comes`",
    "[policy]\nhalt_poll = { polls = 'many' }": "a policy takes values for its parameters",
    "name = 3": "`name` takes a text",
    "[source]\n'switch.out' = ''": "a source is a text",
    "require = ['wait_time.polls < nan']": "0.toml:1:13: `nan` is no bound",
    "require = ['wait_time.polls < 1e999']": "`1e999` is no bound",
    "require = ['wait_time.polls < 3 us']": "`3us` is not a number",
    "measured = ['switch.out']": "`switch.out` is said to be measured, and this table has no such cost",
}


@pytest.mark.parametrize("text", WRONG, ids=lambda text: " ".join(text.split()))
def test_what_is_wrong_is_said_once(text: str) -> None:
    (said,) = faults(text)
    assert WRONG[text] in said


@pytest.mark.parametrize("words", ["switch.out", "=3", "out=3", "switch.=3"])
def test_a_setting_that_is_none(words: str) -> None:
    diagnostics = Diagnostics()
    assert costs([setting(words)], diagnostics) is None
    assert [fault.message for fault in diagnostics] == ["this is not of the form SECTION.KEY=VALUE"]


def test_the_later_table_wins_and_its_sources_too() -> None:
    made = table(
        'name = "one"\nmeasured = ["switch.out"]\n[switch]\nout = 5\ninto = 6\n'
        '[source]\n"switch.out" = "a clock"',
        "[switch]\ninto = 7",
    )
    assert (made.out, made.into) == (5, 7)
    assert made.name == "assumed, Skylake-SP, loaded + one"
    assert made.measured == {"switch.out"}
    assert made.sources["switch.out"] == "a clock" and "switch.into" not in made.sources


def test_what_is_set_anew_is_not_measured_any_more() -> None:
    made = table('measured = ["switch.out"]\n[switch]\nout = 5', "[switch]\nout = 6")
    assert made.measured == frozenset()


def test_every_default_has_a_source() -> None:
    made = table()
    known = [f"step.{name}" for name in made.step] + [f"switch.{n}" for n in ("out", "into", "wake", "idle")]
    known += ["switch.handover", "scheduler.slice", "scheduler.wakeup", "scheduler.load"]
    assert sorted(made.sources) == sorted(known)
    assert made.measured == frozenset() and "\nmeasured =" not in default().text


def test_the_deepest_idle_state_that_is_worth_it() -> None:
    made = table("[switch]\nidle = [{after = 20, exit = 10}, {after = 0, exit = 2}]")
    assert [made.exit(time) for time in (0, 19, 20, 1000)] == [2, 2, 10, 10]
