"""What a row says of tasks that do not get to the end of what is measured."""

from __future__ import annotations

import pytest
from pfnspec.dsl.diagnostics import Diagnostics
from pfnspec.report.cost.text import otherwise
from pfnspec.timing.figures.costing import costing
from pfnspec.timing.figures.study import Asked, Measured
from timed_text import with_waiters
from timing_models import cells, table

ONE_WAITS = with_waiters("scenario one:\n    cpus = 1\n    preempt = none\n").replace(
    "    wait until", "    if self == 1:\n        wait until"
)
COSTS = """[duration]
work = "20 us"
[episode]
waiter = { after = 0, tasks = 2 }
worker = { after = "10 us" }
"""
LABELS = """model labels
process p:
    cpu_relax()
    if maybe():
        label a
        label b
        cpu_relax()
        label c
measure nothing: p at a until p at b
measure backwards: p at b until p at a
measure step: p at a until p at c
"""


def rows(text: str, costs: str) -> dict[tuple[str, str | None], Measured]:
    own = list(cells(text).values())
    found = costing(own, table(costs), Asked(points=2), Diagnostics(), sensitivity=False)
    assert found is not None
    return {(row.measure, (row.policy or "").partition("(")[0] or None): row for row in found.cells}


def test_one_of_two_tasks_ends_and_the_other_never_does() -> None:
    """The row says both."""
    found = rows(ONE_WAITS, COSTS)
    spin, block = found["wait_time", "spin"], found["wait_time", "block"]
    assert spin.shares == {"livelock": pytest.approx(0.5)} and not spin.never
    assert spin.figures["time"].mean == 0  # of the task that does not wait
    assert list(otherwise(spin)) == ["never ends: a livelock (50 % of the tasks)"]
    assert not block.shares and block.figures["time"].mean > 10_000


def test_a_task_that_ends_without_what_is_measured_is_not_stuck() -> None:
    found = rows(LABELS, "[choice]\np = [0, 1]")["step", None]
    assert found.never and found.shares == {"missed": pytest.approx(1.0)} and found.stuck == 0
    assert list(otherwise(found)) == ["not measured: the task ends without it"]
    some = rows(LABELS, "[choice]\np = [1, 1]")["step", None]
    assert 0.2 < some.shares["missed"] < 0.8 and some.figures["time"].mean == 45


def test_labels_without_a_step_in_between_are_no_time_apart() -> None:
    """In the order in which they are passed."""
    found = rows(LABELS, "[choice]\np = [1, 0]")
    assert found["nothing", None].figures["time"].mean == 0 and not found["nothing", None].shares
    assert found["backwards", None].shares == {"missed": pytest.approx(1.0)}


def test_a_behaviour_that_leaves_what_is_assumed_is_not_followed() -> None:
    """In time as in a check: it is told as a part of its own."""
    text = LABELS.replace("process p:", "shared n: range(3)\nassume n < 2\nprocess p:").replace(
        "    label c", "    label c\n    n = 2"
    )
    found = rows(text, "[choice]\np = [1, 0]")
    assert not found["step", None].shares
    found = rows(
        text.replace("        label b\n", "        label b\n        n = 2\n"), "[choice]\np = [1, 0]"
    )
    assert found["step", None].shares == {"left": pytest.approx(1.0)}
