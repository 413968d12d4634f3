"""How long stretches of a recording took, and the table of costs that is made of it."""

from __future__ import annotations

import subprocess
import tomllib
from collections.abc import Callable
from pathlib import Path

import pytest
from pfnspec.dsl.model.model import Stretch
from pfnspec.recording.events import Event
from pfnspec.recording.numbers import Numbers
from pfnspec.recording.result import Interval

Run = Callable[..., subprocess.CompletedProcess[str]]

USE, BLOCK, PERIOD = Stretch("use", "used"), Stretch("block", "free"), Stretch("block", "block")


def gathered(events: str, *stretches: Stretch) -> list[Interval]:
    """Of events such as `1:use@0`: thread, name, time in seconds."""
    numbers = Numbers(stretches)
    for word in events.split():
        thread, _, rest = word.partition(":")
        name, _, time = rest.partition("@")
        if name == "gap":
            numbers.gap()
        else:
            numbers.see(Event(name, float(time), thread, "", 0, {}, 1, ""))
    return list(numbers.intervals())


def test_what_met_what() -> None:
    uses, blocks = gathered(
        "1:use@0 2:block@1 1:used@2 2:free@3 1:use@4 1:used@5 2:use@6 2:block@7 2:free@8 2:used@9 "
        "2:block@10 1:use@11 2:free@12 3:use@12.5 1:used@13 3:used@14",
        USE, BLOCK,
    )  # fmt: skip
    # A thread does not meet itself, and who begins when the other has ended meets nobody.
    assert (uses.count, uses.met) == (5, (("block", "free", 2),))
    assert (blocks.count, blocks.met) == (3, (("use", "used", 2),))


def test_an_event_that_ends_one_and_begins_the_next() -> None:
    (periods,) = gathered("1:block@1 2:block@1.5 1:block@3 1:block@4", PERIOD)
    assert (periods.count, periods.lengths) == (2, (1.0, 2.0))


def test_nothing_goes_over_a_gap() -> None:
    assert gathered("1:use@1 1:gap@2 1:used@3", USE) == []


def test_figures_are_order_statistics() -> None:
    (uses,) = gathered(
        " ".join(f"1:use@{10 * n} 1:used@{10 * n + (n + 1) / 1e6:.6f}" for n in range(1000)), USE
    )
    assert [round(uses.quantile(percent) * 1e6) for percent in (0, 50, 99, 100)] == [1, 501, 991, 1000]
    assert len(uses.lengths) == 200 and round(uses.lengths[0] * 1e6) == 3
    assert uses.histogram[0][0] == 512 and sum(count for _, count in uses.histogram) == 1000


MODEL = """model worked
process worker:
    while maybe():
        label begins
        cpu_relax()
        label ends
        cpu_relax()
recording notes:
    part worker
    event begin: worker at begins
    event end: worker at ends
"""


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "worked.pfn").write_text(MODEL, encoding="utf-8")
    lines = [
        f'{{"event": "{name}", "time": {time}, "thread": 1}}\n'
        for name, time in (("begin", 1.0), ("end", 1.000002), ("begin", 2.0), ("end", 2.0005))
    ]
    (tmp_path / "notes.ndjson").write_text("".join(lines), encoding="utf-8")
    return tmp_path


def test_a_table_of_them(pfnspec: Run, folder: Path) -> None:
    words = ("--interval", "work=begin:end", "--interval", "rest=end:begin", "--format", "costs")
    ran = pfnspec("validate", "worked.pfn", "notes.ndjson", *words, cwd=folder)
    assert ran.returncode == 0 and not ran.stderr
    table = tomllib.loads(ran.stdout)
    assert table["name"] == "lengths of notes.ndjson"
    assert table["duration"] == {"work": {"seen": ["2 us", "500 us"]}, "rest": {"seen": ["999998 us"]}}
    assert table["source"]["duration.work"] == "notes.ndjson: begin to end, 2 times"


def test_told(pfnspec: Run, folder: Path) -> None:
    ran = pfnspec(
        "validate", "worked.pfn", "notes.ndjson", "--interval", "begin:end", "--histogram", cwd=folder
    )
    assert "  begin to end: 2 times, 2 us to 500 us, median 500 us, 99 % within 500 us\n" in ran.stdout
    assert "    from  1.02 us        1  ####" in ran.stdout


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (("--interval", "begin:end"), "say which: `--interval PLACE=A:B`"),
        (("--interval", "work=begin:end", "--interval", "work=end:begin"), "`work` is given twice"),
        (("--interval", "work=end:ends"), "no end is followed by ends of the same thread"),
        (("--interval", "work"), "`work` is not of the form A:B or PLACE=A:B"),
        (("notes.ndjson", "--interval", "work=begin:end"), "a table of costs is made of one recording"),
    ],
)
def test_what_makes_no_table(pfnspec: Run, folder: Path, words: tuple[str, ...], said: str) -> None:
    ran = pfnspec("validate", "worked.pfn", "notes.ndjson", *words, "--format", "costs", cwd=folder)
    assert ran.returncode == 2 and said in ran.stderr and not ran.stdout
