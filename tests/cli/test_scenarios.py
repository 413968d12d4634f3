"""What is said of a model and what of its scenarios: constants, and code that control cannot come to."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from subprocess import CompletedProcess

import pytest

Run = Callable[..., "CompletedProcess[str]"]

MODEL = """model settings
const N: int = 3
const M: int = N + 1
const FAST: bool = True
const GIVEN: int
shared x: range(6)
process p:
    f()
def f():
    if FAST:
        x = M
        return
    x = 0
process q:
    while True:
        cpu_relax()
    x = GIVEN
scenario one:
    N = 1
    FAST = False
    GIVEN = 1
scenario two:
    N = 2
    GIVEN = 2
"""


@pytest.fixture
def file(tmp_path: Path) -> Path:
    path = tmp_path / "settings.pfn"
    path.write_text(MODEL, encoding="utf-8")
    return path


def lines(ran: CompletedProcess[str]) -> tuple[str, ...]:
    return tuple(line for line in ran.stdout.splitlines() if line.startswith(("settings ", "scenario ")))


def test_the_header_has_the_models_constants(pfnspec: Run, file: Path) -> None:
    """Whichever scenarios are checked; each has what is different in it at its own line."""
    head = "settings   N=3 M=4 FAST=True   sequential consistency"
    one = "scenario one: N=1, M=2, FAST=False, GIVEN=1, a CPU for each task"
    two = "scenario two: N=2, M=3, GIVEN=2, a CPU for each task"
    checks = ("check", file, "--engine", "interpreter")
    assert lines(pfnspec(*checks)) == (head, one, two)
    assert lines(pfnspec(*checks, "--scenario", "two")) == (head, two)
    given = lines(pfnspec(*checks, "--const", "N=2", "--scenario", "two"))
    assert given == (
        "settings   N=2 M=3 FAST=True   sequential consistency",
        "scenario two: GIVEN=2, a CPU for each task",
    )


def test_control_comes_nowhere_only_where_it_does_in_no_scenario(pfnspec: Run, file: Path) -> None:
    """Scenario one needs `x = 0`, also when only two is checked; none comes behind the endless loop."""
    for chosen in ((), ("--scenario", "two")):
        ran = pfnspec("check", file, "--engine", "interpreter", "--format", "json", *chosen)
        found = json.loads(ran.stdout)["diagnostics"]
        assert [(one["code"], one["line"]) for one in found] == [("unreachable", 17)]
