"""TLC, on a module that the recording drives, says the same as the search of states."""

from __future__ import annotations

from pathlib import Path

import pytest
from pfnspec import tla
from pfnspec.check.load import load
from pfnspec.recording import validate as stage
from pfnspec.recording.binding import Binding
from pfnspec.recording.events import Event
from pfnspec.recording.formats import items
from pfnspec.recording.result import DISAGREEMENT, EXPLAINED
from pfnspec.recording.search import Claim
from pfnspec.recording.second import explained
from pfnspec.recording.validate import Options, validate
from pfnspec.translator.recorded import recorded

ROOT = Path(__file__).resolve().parents[2]
WAITING = ROOT / "examples" / "waiting" / "recording"
PFNCACHE = ROOT / "examples" / "pfncache" / "recording"

CASES = {
    "futex_recorded": (WAITING / "futex.ndjson", 60, None),
    "futex_forgets_sleepers": (WAITING / "futex.ndjson", 112, 83),
    "linux_6_1": (PFNCACHE / "linux-6.1.176.txt.gz", 200, None),
    "broken_waits_first": (PFNCACHE / "linux-6.1.176.txt.gz", 600, 443),
}


def test_a_disagreement_is_no_verdict(monkeypatch: pytest.MonkeyPatch) -> None:
    loaded = load(WAITING / "futex_recorded.pfn")
    cell = loaded.cells[0]
    asked = Options(tools=tla.find_tools())
    paths = [str(WAITING / "futex.ndjson")]
    for said, outcome in {True: EXPLAINED, False: DISAGREEMENT}.items():
        monkeypatch.setattr(stage, "explained", lambda *_, said=said, **__: said)
        (one,) = validate(loaded, cell, cell.model.recordings[0], paths, asked)
        assert one.outcome == outcome


@pytest.mark.parametrize("name", CASES)
def test_they_agree(name: str) -> None:
    """What is explained up to an event is so for both, and with that event for neither."""
    recording, most, refused = CASES[name]
    loaded = load(recording.parent / f"{name}.pfn")
    cell = loaded.cells[0]
    made = recorded(cell.program, cell.model, cell.model.recordings[0])
    reader = Binding(cell.model.recordings[0], made)
    claims: list[tuple[int, Claim]] = []
    for item in items(str(recording)):
        assert isinstance(item, Event)
        said = reader.read(item)
        if said is not None and said.claims[0] is not None:
            claims.append((item.line, said.claims[0]))
        if item.line >= (refused or most):
            break
    tools = tla.find_tools()
    events = [claim for _, claim in claims]
    if refused is None:
        assert explained(made, events, tools, reduction=True)
    else:
        assert claims[-1][0] == refused
        assert explained(made, events[:-1], tools, reduction=True)
        assert not explained(made, events, tools, reduction=True)
