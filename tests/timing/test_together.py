"""Several tasks that spin at the same time: what they do alike is skipped, or never ends."""

from __future__ import annotations

import pytest
from pfnspec.check.load import load
from pfnspec.dsl.diagnostics import Diagnostics
from pfnspec.timing.run.episode import LIVELOCK, Cell, Start, Timing, outcome
from timed_text import with_waiters
from timing_models import table

MODEL = with_waiters(
    "scenario two:\n    cpus = 2\n    preempt = none\nscenario three:\n    cpus = 3\n    preempt = none\n"
).replace("spin, block", "spin, resched")
COSTS = """[duration]
work = "{work}"
[episode]
waiter = {{ after = 0, tasks = 2 }}
worker = {{ after = "1 us" }}
"""


def timing(policy: str, scenario: str, work: str) -> Timing:
    loaded = load("two.pfn", text=MODEL)
    (one,) = (c for c in loaded.cells if (c.policy, c.scenario) == (policy, scenario))
    diagnostics = Diagnostics()
    made = Timing(Cell(one.model, one.policy, one.program), table(COSTS.format(work=work)), diagnostics)
    assert not diagnostics.errors
    return made


def test_two_that_keep_both_cpus_never_end() -> None:
    assert timing("spin", "two", "20 us").episode(Start(0.0, 0.0, 0), 1).ended == LIVELOCK


@pytest.mark.parametrize(
    ("policy", "scenario"), [("spin", "three"), ("resched", "three"), ("resched", "two")]
)
def test_skipping_changes_nothing(policy: str, scenario: str) -> None:
    """To the nanosecond."""
    made = timing(policy, scenario, "100 us")
    one, other = (made.episode(Start(0.0, 0.9, 0), 1, skipping=skipping) for skipping in (True, False))
    assert one == other and len(one.samples) == 2


def test_it_is_skipped_at_all() -> None:
    """A millisecond takes as many alarms as a hundredth of a second."""
    rings = []
    for work in ("1 ms", "10 ms"):
        machine = timing("spin", "three", work).machine(Start(0.0, 0.0, 0), 1)
        machine.run()
        assert outcome(machine).ended == "done" and machine.together is not None
        rings.append(machine.together.rings)
    assert max(rings) < 2_000
