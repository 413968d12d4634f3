"""Small specifications to vary, and a way to run them."""

from __future__ import annotations

import os
import tempfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from pfnspec.tla import Job, Limits, Outcome, Tools, find_tools, run

COUNTER = r"""
VARIABLES x, y
vars == <<x, y>>
Init == x = 0 /\ y = <<1, "a\"b">>
Inc(i) == x < 3 /\ x' = x + i /\ UNCHANGED y
Back == x = 3 /\ x' = 1 /\ y' = [a |-> 1, b |-> {1..2}]
Next == (\E i \in 1..1 : Inc(i)) \/ Back
Spec == Init /\ [][Next]_vars
Fair == Spec /\ WF_vars(Next)
"""

ENDLESS = r"""
VARIABLES x, y
Init == x = 0 /\ y = 0
Next == (x' = x + 1 /\ UNCHANGED y) \/ (y' = y + 1 /\ UNCHANGED x)
Spec == Init /\ [][Next]_<<x, y>>
"""


@pytest.fixture(scope="session")
def tools() -> Tools:
    return find_tools()


@pytest.fixture(autouse=True)
def temporary(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The directory in which runs make theirs, its name with a blank and letters beyond ASCII."""
    place = tmp_path / "run dir é∀"
    place.mkdir()
    monkeypatch.setattr(tempfile, "tempdir", os.fspath(place))
    for name in ("PFNSPEC_JAVA", "PFNSPEC_TLA2TOOLS"):
        monkeypatch.delenv(name, raising=False)
    return place


@pytest.fixture(scope="session")
def counter() -> str:
    """Counts from 0 to 3 and then between 1 and 3."""
    return COUNTER


@pytest.fixture(scope="session")
def endless() -> str:
    """Two counters that never stop."""
    return ENDLESS


@pytest.fixture(scope="session")
def job() -> Callable[..., Job]:
    """A job of a module with this body."""

    def made(body: str, cfg: str = "SPECIFICATION Spec", **settings: Any) -> Job:
        text = f"---- MODULE M ----\nEXTENDS Naturals, Sequences, FiniteSets, TLC\n{body}\n====\n"
        return Job(
            module="M", module_text=text, cfg_text=cfg + "\n", **{"max_heap": 256, "quick": True} | settings
        )

    return made


@pytest.fixture
def check(tools: Tools, job: Callable[..., Job]) -> Callable[..., Outcome]:
    """Runs the counter with these additions to its body."""

    def checked(
        more: str = "", cfg: str = "SPECIFICATION Spec", *, body: str = COUNTER, **settings: Any
    ) -> Outcome:
        return run(job(body + more, cfg, **settings), tools, Limits(seconds=60))

    return checked
