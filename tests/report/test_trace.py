"""What is derived from a trace agrees with the states that the trace goes through."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from pfnspec.check.result import Result
from pfnspec.report.formats import swimlane
from pfnspec.report.formats.swimlane import drawing
from pfnspec.report.text.trace import Link, holds, links, stands, stuck
from pfnspec.translator.program.findings import Finding

Fixed = Callable[[str], Result]


def finding(result: Result) -> Finding:
    return next(verdict.finding for verdict in result.verdicts if verdict.finding is not None)


def states(found: Finding) -> list[dict[str, str]]:
    """The values of everything, before the first step and after each."""
    values = [dict(found.initial)]
    for step in found.steps:
        values.append({**values[-1], **{change.name: change.new for change in step.changes}})
    return values


@pytest.mark.parametrize("name", ["assertion", "deadlock", "livelock"])
def test_locks_are_held_as_the_states_say(fixed: Fixed, name: str) -> None:
    """For each lock, state and task: a stretch covers the state exactly when the holder is the task."""
    found = finding(fixed(name))
    held = [hold for hold in holds(found) if not hold.waits]
    seen = 0
    for number, state in enumerate(states(found)):
        mine = {
            (hold.lock, str(hold.task))
            for hold in held
            if hold.first <= number and (hold.last is None or number < hold.last)
        }
        theirs = {
            (place.removesuffix(".writer"), value)
            for place, value in state.items()
            if place.removesuffix(".writer") in ("a", "b", "lock") and value != "None"
        }
        assert mine == theirs, number
        seen += len(mine)
    assert seen


def test_stretches_end_where_locks_are_released(fixed: Fixed) -> None:
    first, second = holds(finding(fixed("assertion")))
    assert (str(first.task), first.lock, first.first, first.last) == ("writer", "lock", 1, 4)
    assert (str(second.task), second.lock, second.first, second.last) == ("reader", "lock", 7, None)


def test_a_read_is_linked_to_the_write(fixed: Fixed) -> None:
    assert links(finding(fixed("assertion"))) == (Link(5, 6, "ready"),)
    assert links(finding(fixed("deadlock"))) == ()


def test_a_link_is_never_to_another_value(fixed: Fixed) -> None:
    found = finding(fixed("livelock"))
    assert links(found)
    for link in links(found):
        (wrote,) = [e for e in found.steps[link.writer - 1].events if e.kind == "write"]
        (read,) = [e for e in found.steps[link.reader - 1].events if e.kind == "read"]
        assert (wrote.where, wrote.value) == (read.where, read.value) == (link.where, read.value)
        assert link.writer < link.reader


def test_a_task_stands_at_its_next_step(fixed: Fixed) -> None:
    found = finding(fixed("assertion"))
    at = [{str(task): span and span.line for task, span in spans.items()} for spans in stands(found)]
    assert len(at) == len(found.steps) + 1
    assert at[0] == {"writer": 14, "reader": 19}
    assert at[5] == {"writer": None, "reader": 19}
    assert at[7] == {"writer": None, "reader": 25}


def test_in_a_loop_everybody_stands_in_the_end_as_at_its_beginning(fixed: Fixed) -> None:
    found = finding(fixed("livelock"))
    at = stands(found)
    assert found.loop is not None
    assert at[-1] == at[found.loop]
    assert [str(one.task) for one in stuck(found)] == ["waiter"]


@pytest.mark.parametrize("name", ["assertion", "deadlock", "livelock"])
def test_nothing_in_a_drawing_overlaps_or_sticks_out(fixed: Fixed, name: str) -> None:
    made = drawing(finding(fixed(name)), fixed(name))
    end = 0.0
    for box in (*made.boxes, *made.ends):
        lane = made.lanes[box.lane]
        assert lane.x < box.x
        assert box.x + box.width <= lane.x + lane.width
        assert box.y + box.height < made.height
        assert all(box.y < y < box.y + box.height for y, _ in box.lines)
        if box.number:
            assert box.y >= end
            end = box.y + box.height
    for bar in made.bars:
        assert bar.height > 0
        for box in made.boxes:
            apart = bar.x + 11 <= box.x or bar.x >= box.x + box.width
            assert apart or bar.y + bar.height <= box.y or bar.y >= box.y + box.height
    for left, right in zip(made.lanes[:-1], made.lanes[1:], strict=True):
        assert left.x + left.width <= right.x


def test_cuts_for_paper_go_through_no_box(fixed: Fixed, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(swimlane, "PAGE", 120.0)
    made = drawing(finding(fixed("livelock")), fixed("livelock"))
    assert len(made.slices) > 3
    top = swimlane.TOP
    for start, height in made.slices:
        assert start == top
        assert height < 160
        top += height
        for box in (*made.boxes, *made.ends):
            inside = start <= box.y and box.y + box.height <= top
            assert inside or box.y >= top or box.y + box.height <= start
    assert top == made.height
