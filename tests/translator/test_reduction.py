"""The reduced program and TLC: traces are of the whole program, and temporal properties stay what they are.

That reduction keeps safety verdicts is tested with the rules.
"""

from __future__ import annotations

from pathlib import Path

import differential
import pytest
from cases import cases
from pfnspec import tla
from pfnspec.check.load import Cell, load
from pfnspec.translator.lower.temporal import focused
from pfnspec.translator.reduce.reduce import safety_reduced

HERE = Path(__file__).parent
LIVENESS = cases(HERE / "liveness.txt")
WAITS_FOR_EVER = "a task that starts with steps without effect, and then waits for ever"


def cells(model: str) -> tuple[Cell, ...]:
    found: tuple[Cell, ...] = differential.cells(f"model m\n{model}")
    assert found, "the model is refused"
    return found


@pytest.mark.parametrize("name", LIVENESS)
def test_liveness(name: str) -> None:
    model, expected = LIVENESS[name]
    for cell in cells(model):
        found = differential.liveness(cell)
        assert found and all(known.holds == (expected == "holds") for known in found)


@pytest.mark.parametrize(
    "name",
    [
        "a way that is not taken is not told",
        "always, and the first state alone",
        "until, broken within a section",
    ],
)
def test_counterexamples_of_tlc(name: str) -> None:
    """TLC looks for a loop, and the loop is told as it is."""
    for cell in cells(LIVENESS[name][0]):
        for known in differential.liveness(cell):
            assert differential.liveness_by_tlc(known, tla.find_tools()) == 3


def test_traces_of_tlc() -> None:
    """They are of the whole program, from its initial state on."""
    model, _ = cases(HERE / "rules" / "reduction.txt")[WAITS_FOR_EVER]
    for cell in cells(model):
        known = differential.safety(cell)
        assert differential.safety_by_tlc(cell, known, tla.find_tools()) >= 2


def test_it_does_reduce(root: Path) -> None:
    loaded = load(str(root / "examples" / "pfncache" / "upstream.pfn"))
    program = focused(loaded.cells[0].program, ())
    reduced = safety_reduced(program, [formula.condition for formula in program.invariants])
    assert 3 * len(reduced.points) < 2 * len(program.points)
