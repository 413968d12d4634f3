"""What is concluded from figures, and which cost it depends on."""

from __future__ import annotations

import pytest
from pfnspec.dsl.diagnostics import Diagnostics
from pfnspec.report.cost.text import said
from pfnspec.timing.figures.costing import Costing, costing
from pfnspec.timing.figures.study import Asked
from timed_text import TIMED
from timing_models import FREE, cells, table


def found(relax: int, out: int) -> Costing:
    """A wait of 1 ns: spinning is over after one look of `relax`, sleeping after `out`."""
    more = f"[step]\ncpu_relax = {relax}\n[switch]\nout = {out}\n[duration]\nwork = 1"
    made = costing(list(cells(TIMED).values()), table(FREE, more), Asked(points=1), Diagnostics())
    assert made is not None
    return made


def test_a_conclusion_that_turns_round_when_one_cost_doubles_is_printed_as_such() -> None:
    made = found(5000, 3000)
    (apart,) = made.differences
    assert (apart.policy, apart.against, apart.later.mean) == ("block", "spin", -2000)
    told = {(move.cost, move.flips): round(move.later) for move in made.moved}
    assert told["switch.out x2", True] == 1000 and told["step.cpu_relax x1/2", True] == 500
    assert told["switch.out x1/2", False] == -3500
    (line,) = [line for line in said(made, "wait_time", None) if line.startswith("depends on")]
    assert line == "depends on step.cpu_relax x1/2, switch.out x2: which is later, block or spin"


@pytest.mark.parametrize(("work", "ratio"), [(1, 1.0), (100, 1.0), (101, 2.0), (10_000, 2.0)])
def test_polling_for_the_price_of_a_sleep_against_knowing_the_end(work: int, ratio: float) -> None:
    """A look takes 1 ns; a sleep 50 of CPU time and 50 of latency, so the window is 100."""
    text = TIMED.replace("spin, block", "spin, block, halt_poll(polls=100)")
    more = f"[step]\ncpu_relax = 1\n[switch]\ninto = 50\n[duration]\nwork = {work}"
    made = costing(list(cells(text).values()), table(FREE, more), Asked(points=1), Diagnostics())
    assert made is not None
    (found,) = made.ratios
    assert (found.policy, found.worst) == ("halt_poll(polls=100)", ratio)
    assert found.mean == pytest.approx(ratio)
    assert any("what the cheaper of spin and block does" in line for line in said(made, "wait_time", None))


def test_one_that_does_not_is_not() -> None:
    made = found(9000, 3000)
    assert not any(move.flips for move in made.moved)
    assert not [line for line in said(made, "wait_time", None) if line.startswith("depends on")]
