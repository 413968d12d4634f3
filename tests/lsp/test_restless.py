"""A short restless session; bench/editor.py has a long one."""

from __future__ import annotations

import asyncio
from pathlib import Path

import startup
from restless import restless

VARIANT = 'model v varies "m.pfn"\n\nconst TASKS: int = 3\n\ndef refresh1():\n    seq += 1\n'


def test_a_restless_editor_sees_what_a_new_one_sees(tmp_path: Path) -> None:
    edits, requests = asyncio.run(
        restless(tmp_path, {"m.pfn": startup.model(60), "v.pfn": VARIANT}, seconds=3, seed=11)
    )
    assert edits > 20 and requests > 5
