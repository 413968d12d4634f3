"""What the gate says of requirements of costs, and of recordings, that stand beside a model."""

from __future__ import annotations

import json
from collections.abc import Callable

import pytest
from checkout import Checkout, Ran
from timed_text import TIMED

COSTS = """name = "work of 20 us"
require = ["wait_time.mean < 50us under block"]
[duration]
work = "20 us"
"""
RECORDED = """model recorded
shared done: bool
process worker:
    label begins
    cpu_relax()
    label ends
    done = True
recording notes:
    part worker
    event begin: worker at begins
    event end: worker at ends
"""
NOTES = (
    '{"event": "begin", "time": 1.0, "thread": 1}\n'
    '{"event": "end", "time": 2.0, "thread": 1}\n'
)  # fmt: skip
LISTED = '[[recording]]\nfiles = ["notes.ndjson"]\n'

Gate = Callable[..., Ran]
Found = list[tuple[str, str, str]]


@pytest.fixture
def beside(checkout: Checkout) -> Checkout:
    for name, text in {
        "timed.pfn": TIMED, "timed.costs.toml": COSTS, "recorded.pfn": RECORDED,
        "recorded.recordings.toml": LISTED, "notes.ndjson": NOTES,
    }.items():  # fmt: skip
        checkout.write(name, text)
    checkout.commit()
    return checkout


def told(gate: Gate, **more: bool | str) -> tuple[int, Found]:
    status, out, _ = gate("--format", "json", **more)
    models = json.loads(out)["models"]
    return status, [(d["kind"], d["effect"], d["about"]) for m in models for d in m["differences"]]


REQUIRED = "wait_time.mean < 50us under block"


@pytest.mark.parametrize(
    ("new", "status", "found"),
    [
        ("wait_time.mean < 60us under block", 1, ("requirement-weaker", "weaker", REQUIRED)),
        ("wait_time.mean <= 50us under block", 1, ("requirement-weaker", "weaker", REQUIRED)),
        ("wait_time.p50 < 50us under block", 1, ("requirement-weaker", "weaker", REQUIRED)),
        ("wait_time.mean < 40us", 0, ("requirement-added", "stronger", "wait_time.mean < 40us")),
    ],
)
def test_a_requirement_changes(
    beside: Checkout, gate: Gate, new: str, status: int, found: tuple[str, str, str]
) -> None:
    beside.edit("timed.costs.toml", (REQUIRED, new))
    assert told(gate) == (
        status,
        found and [found] + [("requirement-added", "stronger", new)] * ("p50" in new),
    )


def test_a_table_that_is_gone(beside: Checkout, gate: Gate) -> None:
    (beside.folder / "timed.costs.toml").unlink()
    assert told(gate) == (1, [("requirement-weaker", "weaker", REQUIRED)])


def test_a_requirement_fails_now_and_the_line_names_the_costs(beside: Checkout, gate: Gate) -> None:
    beside.edit("timed.costs.toml", ('"20 us"', '"80 us"'))
    status, out, _ = gate(check=True)
    assert status == 1
    line = next(line for line in out.splitlines() if "FAILS" in line)
    assert line.startswith(f"  WEAKER     {REQUIRED}: FAILS, ")
    assert line.endswith("(costs: assumed, Skylake-SP, loaded + work of 20 us)")
    assert "- 2" not in out.split("FAILS")[1].split("\n\n")[0]
    assert "+ timed.costs:2  require = " in out
    assert told(gate)[1] == [("costs-changed", "different", "timed.costs.toml")]


def test_what_failed_before_does_not_close_it(beside: Checkout, gate: Gate) -> None:
    beside.edit("timed.costs.toml", ("< 50us", "< 5us"))
    beside.commit()
    beside.edit("timed.costs.toml", ('"20 us"', '"30 us"'))
    status, out, _ = gate(check=True, base="HEAD")
    assert status == 0 and "and failed before" in out


def test_a_table_that_is_wrong(beside: Checkout, gate: Gate) -> None:
    beside.edit("timed.costs.toml", ("wait_time.mean", "time.mean"))
    status, out, _ = gate(check=True)
    assert status == 1 and "there is no measure `time` here" in out
    beside.edit("timed.costs.toml", ("[duration]", "[durations]"))
    status, out, _ = gate()
    assert status == 1 and "there is no `durations` in a table of costs" in out


def test_a_recording_is_refused_now(beside: Checkout, gate: Gate) -> None:
    beside.edit(
        "recorded.pfn",
        ("    label begins\n    cpu_relax()\n", ""),
        ("event begin: worker at begins", "event begin: worker at ends"),
    )
    status, out, _ = gate("--engine", "interpreter", check=True)
    assert status == 1
    assert "notes.ndjson: not explained, expected: explained: end of thread 1 in line 2" in out
    assert "+ recorded.recordings:1  [[recording]]" in out


@pytest.mark.parametrize(
    ("edit", "status", "found"),
    [
        ((LISTED, '[[recording]]\nfiles = ["other.ndjson"]\n'), 1, {"recording-removed", "recording-added"}),
        ((LISTED, LISTED + 'expect = "not explained"\n'), 1, {"recording-expected"}),
        ((LISTED, LISTED + 'skew = "2us"\n'), 1, {"recording-skew"}),
        ((LISTED, LISTED + 'to = "1.5"\n'), 0, {"recording-options"}),
        ((LISTED, LISTED + 'skow = "2us"\n'), 1, {"recordings-wrong", "recording-removed"}),
    ],
)
def test_the_list_changes(
    beside: Checkout, gate: Gate, edit: tuple[str, str], status: int, found: set[str]
) -> None:
    beside.edit("recorded.recordings.toml", edit)
    got, kinds = told(gate)
    assert (got, {kind for kind, _, _ in kinds}) == (status, found)


def test_a_recording_that_is_compared_twice_counts_twice(beside: Checkout, gate: Gate) -> None:
    part = LISTED + 'to = "1.5"\n'
    beside.write("recorded.recordings.toml", LISTED + part)
    beside.commit()
    beside.write("recorded.recordings.toml", part)
    status, found = told(gate, base="HEAD")
    assert status == 1 and ("recording-removed", "weaker", "notes.ndjson") in found


def test_another_recording(beside: Checkout, gate: Gate) -> None:
    beside.write("notes.ndjson", NOTES + NOTES)
    status, found = told(gate, check=True)
    assert status == 1
    assert {(kind, effect) for kind, effect, _ in found} == {
        ("recording-fails", "weaker"), ("recording-changed", "different"),
    }  # fmt: skip
