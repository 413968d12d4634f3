"""A property that holds because what it supposes never happens says so, or is not decided."""

from __future__ import annotations

from pathlib import Path

import pytest
from pfnspec.check.engines.liveness import Liveness
from pfnspec.check.engines.safety import Safety
from pfnspec.check.options import Options
from pfnspec.check.result import HOLDS, UNDECIDED, Result, Verdict
from pfnspec.check.run import check_file
from pfnspec.check.saved.kept import Outcome
from pfnspec.check.stop import RunStopped
from pfnspec.translator.program.program import Property

STATE = """model state
shared x: bool
shared never: bool
process t:
    x = True
    if never:
        label nowhere
process other:
    label somewhere
    cpu_relax()
property p: (t at nowhere) leads_to (not x)
property q: (other at somewhere) leads_to (other at end)
"""

# Too large for what the interpreter looks at by itself; what p supposes is in no state.
LARGE = """model large
shared a: range(11)[3]
shared never: bool
process counter[3]:
    while maybe():
        a[self] = (a[self] + 1) % 11
property p: (never and a[0] == 7) leads_to (a[0] == 8)
property q: (a[0] == 3) leads_to (a[0] < 11)
"""

TEMPORAL = """model temporal
shared a: range(4)
shared q: bool
shared other: bool
shared never: bool
process u:
    while True:
        a = (a + 1) % 4
process z:
    q = True
    if other:
        never = True
    while True:
        cpu_relax()
property p: (always eventually never) implies (always eventually (q and a == 3))
"""


def checked(folder: Path, text: str, *properties: str, cache: bool = False) -> Result:
    path = folder / "model.pfn"
    path.write_text(text, encoding="utf-8")
    kept = folder / "cache" if cache else None
    return check_file(path, Options(properties=properties, jobs=1, cache=kept))


def verdict(result: Result, name: str) -> Verdict:
    assert result.failure is None, result.failure
    return next(one for one in result.verdicts if one.property == name)


@pytest.mark.parametrize("asked", [(), ("p",), ("p", "q"), ("p", "deadlock")])
def test_whatever_is_asked_for(tmp_path: Path, asked: tuple[str, ...]) -> None:
    result = checked(tmp_path, STATE, *asked)
    assert (verdict(result, "p").outcome, verdict(result, "p").vacuous) == (HOLDS, True)
    if "q" in asked or not asked:
        assert (verdict(result, "q").outcome, verdict(result, "q").vacuous) == (HOLDS, False)


def test_what_is_supposed_is_looked_for_in_all_states(tmp_path: Path) -> None:
    result = checked(tmp_path, LARGE, "p", "q")
    assert verdict(result, "p").vacuous and not verdict(result, "q").vacuous


def test_a_search_that_was_stopped_leaves_it_open(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Of two properties that hold only that is decided of which it is known that its premise happens."""

    def stopped(self: Safety, *arguments: object) -> None:
        raise RunStopped("time")

    monkeypatch.setattr(Safety, "decide", stopped)
    for asked in ((), ("p", "q")):
        result = checked(tmp_path, LARGE, *asked, cache=True)
        assert (verdict(result, "p").outcome, result.stopped, result.status) == (UNDECIDED, "time", 3)
    assert verdict(result, "q").outcome == HOLDS
    monkeypatch.undo()
    assert verdict(checked(tmp_path, LARGE, "p", "q", cache=True), "p").vacuous


def test_a_run_that_was_stopped_leaves_it_open(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """It is the run that asks whether what is supposed ever happens: nothing is kept without its answer."""
    decided = Liveness.outcome

    def only_the_property(self: Liveness, property: Property) -> Outcome:
        if property.name != "p":
            raise RunStopped("time")
        return decided(self, property)

    monkeypatch.setattr(Liveness, "outcome", only_the_property)
    result = checked(tmp_path, TEMPORAL, "p", cache=True)
    assert (verdict(result, "p").outcome, result.stopped, result.status) == (UNDECIDED, "time", 3)
    monkeypatch.undo()
    result = checked(tmp_path, TEMPORAL, "p", cache=True)
    assert (verdict(result, "p").outcome, verdict(result, "p").vacuous) == (HOLDS, True)
    # TLC's complete answer about the property itself may be remembered; what it supposes was asked anew.
    assert result.evidence is not None and result.evidence.cached < result.evidence.runs
