"""Recordings of a small model with something wrong in them: one clear answer each."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from pfnspec.check.load import load
from pfnspec.recording.result import EXPLAINED, UNDECIDED, UNEXPLAINED, UNREADABLE, Validation
from pfnspec.recording.validate import Options, validate

MODEL = """model small

shared x: bool

process one:
    while True:
        label off
        cpu_relax()
        x = True
        label on
        cpu_relax()
        x = False

process two[2]:
    seen: bool = False
    while maybe():
        label asks
        cpu_relax()
        seen = x
        label told
        cpu_relax()

recording r:
    part one threads "o*"
    part two threads "t*" from asks to told
    event off: one at off
    event on: one at on where v == x
    event asks: two at asks
    event told: two at told where seen == seen
    ignore "sched_*"
"""


def event(time: float, thread: int, name: str, cpu: int = 0, **fields: object) -> str:
    command = "o" if thread == 1 else "t"
    told = {"event": name, "time": time, "thread": thread, "comm": command, "cpu": cpu, **fields}
    return json.dumps(told)


GOOD = (
    event(1, 1, "off"),
    event(2, 2, "asks", 1),
    event(3, 2, "told", 1, seen=0),
    event(4, 1, "on", v=1),
    event(5, 3, "asks", 1),
    event(6, 3, "told", 1, seen=1),
    event(7, 1, "off"),
    event(8, 2, "asks", 1),
    event(9, 2, "told", 1, seen=False),
)


def run(
    tmp_path: Path, lines: tuple[str, ...], options: Options = Options(), model: str = MODEL  # noqa: B008
) -> Validation:  # fmt: skip
    path = tmp_path / "r.ndjson"
    path.write_text("".join(f"{line}\n" for line in lines), encoding="utf-8")
    loaded = load("small.pfn", text=model)
    assert loaded.cells, loaded.diagnostics
    cell = loaded.cells[0]
    (one,) = validate(loaded, cell, cell.model.recordings[0], [str(path)], options)
    return one


def refused(one: Validation) -> int:
    assert one.outcome == UNEXPLAINED and one.failure is not None, one
    return one.failure.event.line


def test_it_is_good(tmp_path: Path) -> None:
    one = run(tmp_path, GOOD)
    assert (one.outcome, one.bound, one.threads) == (EXPLAINED, 9, ("o-1", "t-2", "t-3"))


def test_a_line_is_missing(tmp_path: Path) -> None:
    assert refused(run(tmp_path, GOOD[:3] + GOOD[4:])) == 6


def test_a_value_is_wrong(tmp_path: Path) -> None:
    failure = run(tmp_path, (*GOOD[:3], event(4, 1, "on", v=0))).failure
    assert failure is not None and failure.event.line == 4
    assert {way.values for way in failure.instead if not way.others} == {(("v", "True"),)}


def test_a_value_of_no_sort(tmp_path: Path) -> None:
    assert refused(run(tmp_path, (*GOOD[:2], event(3, 2, "told", 1, seen="much")))) == 3


def test_another_thread(tmp_path: Path) -> None:
    """Its part has not begun."""
    failure = run(tmp_path, (*GOOD[:2], event(3, 3, "told", 1, seen=0))).failure
    assert failure is not None and failure.event.line == 3 and not failure.free


def test_more_threads_than_tasks(tmp_path: Path) -> None:
    lines = (event(1, 2, "asks"), event(2, 3, "asks"), event(3, 4, "asks"))
    failure = run(tmp_path, lines).failure
    assert failure is not None and failure.event.line == 3 and not failure.free


def test_a_field_is_missing(tmp_path: Path) -> None:
    one = run(tmp_path, (*GOOD[:2], event(3, 2, "told", 1)))
    assert (one.outcome, one.line) == (UNREADABLE, 3)
    assert "no field `seen`" in one.fault


def test_an_event_that_nobody_knows(tmp_path: Path) -> None:
    one = run(tmp_path, (*GOOD[:2], event(2.5, 1, "sched_switch"), event(3, 2, "new", 1)))
    assert (one.outcome, one.line) == (UNREADABLE, 4)
    assert "does not say what `new` is" in one.fault


def test_a_thread_that_plays_nothing(tmp_path: Path) -> None:
    one = run(tmp_path, (event(1, 2, "off"),))
    assert (one.outcome, one.line) == (UNREADABLE, 1)


@pytest.mark.parametrize("lines", [(), (event(1, 1, "sched_switch"),)])
def test_nothing_in_it(lines: tuple[str, ...], tmp_path: Path) -> None:
    assert run(tmp_path, lines).outcome == UNREADABLE


def test_too_many_states(tmp_path: Path) -> None:
    assert run(tmp_path, GOOD, Options(states=2)).outcome == UNDECIDED


def test_somebody_stops_it(tmp_path: Path) -> None:
    lines = tuple(event(1, 1, "sched_switch") for _ in range(5000))
    assert run(tmp_path, lines, Options(stop=lambda: True)).outcome == UNDECIDED


# ---- time


def test_lines_change_places(tmp_path: Path) -> None:
    """Within what the clocks may differ it does not matter, beyond it the recording is in disorder."""
    lines = (GOOD[0], GOOD[2], GOOD[1])
    assert run(tmp_path, lines).outcome == UNREADABLE
    # Of one thread, the order is that of the lines.
    assert run(tmp_path, lines, Options(skew=2)).outcome == UNREADABLE
    lines = (*GOOD[:3], GOOD[4], GOOD[3], GOOD[5])
    assert run(tmp_path, lines).outcome == UNREADABLE
    assert run(tmp_path, lines, Options(skew=1)).outcome == EXPLAINED


def test_clocks_differ(tmp_path: Path) -> None:
    """What is seen was written later, by the clock of another CPU."""
    lines = (event(2, 2, "asks", 1), event(3, 2, "told", 1, seen=1), event(3.5, 1, "off", 0))
    assert refused(run(tmp_path, lines)) == 2
    assert refused(run(tmp_path, lines, Options(skew=0.4))) == 2
    assert run(tmp_path, lines, Options(skew=0.6)).outcome == EXPLAINED


def test_one_cpu_has_one_clock(tmp_path: Path) -> None:
    lines = (event(2, 2, "asks"), event(3, 2, "told", seen=1), event(3.5, 1, "off"))
    assert refused(run(tmp_path, lines, Options(skew=5))) == 2


def test_a_part_of_the_time(tmp_path: Path) -> None:
    one = run(tmp_path, GOOD, Options(begin=3.5))
    assert (one.outcome, one.bound, one.gaps) == (EXPLAINED, 6, 1)
    one = run(tmp_path, GOOD, Options(end=4))
    assert (one.outcome, one.bound, one.gaps) == (EXPLAINED, 4, 0)


def test_some_threads(tmp_path: Path) -> None:
    """What the others do is free."""
    one = run(tmp_path, GOOD, Options(threads=("2",)))
    assert (one.outcome, one.bound) == (EXPLAINED, 4)
    lines = (GOOD[1], event(3, 2, "told", 1, seen=1))
    assert refused(run(tmp_path, lines)) == 2
    assert run(tmp_path, lines, Options(threads=("t",))).outcome == EXPLAINED
    assert refused(run(tmp_path, (GOOD[1], GOOD[1]), Options(threads=("t",)))) == 2
    assert run(tmp_path, GOOD, Options(threads=("2",), begin=1.5)).outcome == EXPLAINED


# ---- gaps

LOST = json.dumps({"lost": 1, "cpu": 0})


def test_lost_events(tmp_path: Path) -> None:
    """Behind the gap everything may be; what has no explanation from any state is refused all the same."""
    one = run(tmp_path, (*GOOD[:3], LOST, *GOOD[4:]))
    assert (one.outcome, one.gaps) == (EXPLAINED, 1)
    lines = (*GOOD[:3], LOST, GOOD[4], event(6, 3, "told", 1, seen=1), GOOD[3], event(8, 1, "on", v=1))
    lines = tuple(line for line in lines if line != GOOD[3])
    assert run(tmp_path, lines).outcome == EXPLAINED
    assert refused(run(tmp_path, (*lines, event(9, 1, "on", v=1)))) == 8


def test_what_comes_before_a_gap(tmp_path: Path) -> None:
    """It may be explained by what was lost on a CPU that says nothing more before the gap."""
    lines = (GOOD[1], event(3, 2, "told", 1, seen=1))
    one = run(tmp_path, (*lines, LOST, event(7, 1, "off")))
    assert (one.outcome, one.gaps, one.open) == (EXPLAINED, 1, 1)
    # The CPU of the gap has recorded something between: nothing of it is missing before that.
    lines = (*lines, event(6.5, 1, "sched_switch"), LOST, event(7, 1, "off"))
    assert refused(run(tmp_path, lines)) == 2


def test_it_begins_in_the_middle(tmp_path: Path) -> None:
    path = tmp_path / "trace.txt"
    head = "# entries-in-buffer/entries-written: 3/9   #P:2\n"
    path.write_text(f"{head}   t-2   [001] .....  3.000000: told: (f <- g) seen=1\n", encoding="utf-8")
    loaded = load("small.pfn", text=MODEL)
    cell = loaded.cells[0]
    (one,) = validate(loaded, cell, cell.model.recordings[0], [str(path)], Options())
    assert (one.outcome, one.gaps) == (EXPLAINED, 1)


# ---- the rules


def test_several_labels_at_one_place(tmp_path: Path) -> None:
    """Each is recorded, in the order in which control passes them."""
    model = """model places
process p:
    label b
    label a
    cpu_relax()
recording r:
    part p
    event a: p at a
    event b: p at b
    event over: p at end
"""
    good = tuple(event(i, 1, name) for i, name in enumerate(("b", "a", "over")))
    assert run(tmp_path, good, model=model).outcome == EXPLAINED
    assert refused(run(tmp_path, (good[1], good[2]), model=model)) == 1
    assert refused(run(tmp_path, (good[0], good[2]), model=model)) == 2
    assert refused(run(tmp_path, (*good, good[2]), model=model)) == 4


def test_rules_are_tried_in_order(tmp_path: Path) -> None:
    model = MODEL.replace(
        'ignore "sched_*"',
        'event look from on to off if kind != "b*": one at looked\n    ignore look',
    ).replace("        x = False\n", "        x = False\n        label looked\n        cpu_relax()\n")
    first = (event(1, 1, "off"), event(2, 1, "look"), event(3, 1, "on", v=1))
    assert run(tmp_path, first, model=model).bound == 2
    both = (*first, event(4, 1, "look", kind="big"), event(5, 1, "look", kind="any"), event(6, 1, "off"))
    one = run(tmp_path, both, model=model)
    assert (one.outcome, one.bound) == (EXPLAINED, 5 - 1 + 0)
    assert (
        refused(run(tmp_path, (*first, event(4, 1, "look", kind="big"), event(5, 1, "off")), model=model))
        == 5
    )
