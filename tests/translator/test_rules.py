"""The rules of `docs/semantics.md`, each by models small enough to be judged by hand.

A case says what is violated, and (`met:`) which `sometimes` are met: in every cell, or per cell (scenario and
policy, before a colon).  The interpreter decides, on the whole and on the reduced program; those of
`reduction.txt` attack the reduction, by a step that must not be merged and decides a verdict.  That TLC
agrees with the interpreter is tested elsewhere.
"""

from __future__ import annotations

from pathlib import Path

import differential
import pytest
from cases import cases

CASES = {
    f"{path.stem}: {name}": case
    for path in sorted(Path(__file__).with_name("rules").glob("*.txt"))
    for name, case in cases(path).items()
}


@pytest.mark.parametrize("name", CASES)
def test_rule(name: str) -> None:
    model, expected = CASES[name]
    found: dict[str, str] = {}
    for cell in differential.cells(f"model m\n{model}"):
        names = sorted(differential.safety(cell, 50_000).violated) or ["nothing"]
        claimed = {claim.property for point in cell.program.points for claim in point.claims}
        assert claimed <= set(cell.program.properties), "something is claimed that gets no verdict"
        found[f"{cell.scenario} {cell.policy}"] = "\n".join(names)
    assert found, "the model is refused"
    if ":\n" in expected:
        assert "\n".join(f"{cell}:\n{names}" for cell, names in found.items()) == expected
    else:
        assert set(found.values()) == {expected}
