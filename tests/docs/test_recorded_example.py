"""docs/semantics.md: what it says of recordings of its model."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest
from pfnspec.check.load import load
from pfnspec.recording.result import EXPLAINED
from pfnspec.recording.validate import Options, validate

PAGE = (Path(__file__).resolve().parents[2] / "docs" / "semantics.md").read_text(encoding="utf-8")
(MODEL,) = re.findall(r"^```python\n(model when_it_is_recorded\n.*?)^```$", PAGE, re.MULTILINE | re.DOTALL)

ORDERS = {"up look down": True, "look up down": False, "up down look": True}


@pytest.mark.parametrize("order", ORDERS)
def test_it_is_so(order: str, tmp_path: Path) -> None:
    lines = [
        json.dumps({"event": name, "time": time, "thread": 1 + (name == "look"), "ret": 1})
        for time, name in enumerate(order.split())
    ]
    path = tmp_path / "r.ndjson"
    path.write_text("\n".join(lines), encoding="utf-8")
    loaded = load("m.pfn", text=MODEL)
    cell = loaded.cells[0]
    (one,) = validate(loaded, cell, cell.model.recordings[0], [str(path)], Options())
    assert (one.outcome == EXPLAINED) == ORDERS[order]
