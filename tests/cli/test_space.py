"""`check --outcomes` and `--numbers`: how behaviours end, and where states come from."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from subprocess import CompletedProcess

import pytest
from pfnspec.check.load import load
from pfnspec.check.states.asked import ask, split
from pfnspec.check.states.space import counts_of, outcomes_of
from pfnspec.translator import pipeline

Run = Callable[..., "CompletedProcess[str]"]

LOST = """model lost
shared x: range(4)
process p[2]:
    mine: range(4) = x
    x = mine + 1
"""
STUCK = """model stuck
shared l: mutex
shared x: range(3)
daemon process d:
    await x == 2
process p[2]:
    l.lock()
    x += 1
"""
WAITS = """model waits
shared ready: bool
shared wq: waitqueue
process waiter:
    wait until ready on wq
process setter:
    ready = True
policies spin, block
"""


def outcomes(
    text: str, expressions: str, *, reduction: bool = True
) -> list[tuple[tuple[object, ...], int, int]]:
    asked = ask("m.pfn", text, split(expressions))
    assert asked.fault is None
    (cell, questions) = asked.cells[0]
    program = pipeline.prepared(pipeline.about(cell.program), reduction=reduction)
    found = outcomes_of(program, questions, 10_000)
    assert found.complete
    return [(one.values, one.states, one.deadlocks) for one in found.outcomes]


@pytest.mark.parametrize("reduction", [True, False])
def test_all_values_in_final_states(reduction: bool) -> None:
    assert [values for values, _, _ in outcomes(LOST, "x, p[0].mine", reduction=reduction)] == [
        (1, 0), (2, 0), (2, 1),
    ]  # fmt: skip


@pytest.mark.parametrize("reduction", [True, False])
def test_who_waits_for_ever_is_counted_as_a_deadlock_and_daemons_do_not_count(reduction: bool) -> None:
    assert outcomes(STUCK, "x", reduction=reduction) == [((1,), 2, 2)]


def test_commas_within_brackets_separate_nothing() -> None:
    assert split("x, max(a, b) ,p[0].y,") == ("x", "max(a, b)", "p[0].y")


def test_the_sum_of_the_lines_is_the_whole() -> None:
    (cell,) = load("m.pfn", text=LOST).cells
    found = counts_of(pipeline.whole(pipeline.about(cell.program)), 10_000)
    assert found.complete
    assert sum(line.steps for line in found.lines) == found.steps
    # The initial state comes from no line.
    assert sum(line.states for line in found.lines) == found.states - 1


def test_a_limit_is_told(pfnspec: Run, tmp_path: Path) -> None:
    (tmp_path / "m.pfn").write_text(LOST, encoding="utf-8")
    words = ("--engine", "interpreter", "--max-states", "5", "--numbers", "--outcomes", "x")
    ran = pfnspec("check", tmp_path / "m.pfn", *words)
    assert ran.stdout.count("there are more, --max-states looks at more") == 2


@pytest.mark.parametrize(
    ("asked", "told"),
    [
        ("x +", "error[syntax]: `x +`: "),
        ("nobody", "error[unknown-name]: `nobody`: "),
        ("x # y", "`x # y`: "),
    ],
)
def test_what_is_no_expression_is_told_with_its_text(
    pfnspec: Run, tmp_path: Path, asked: str, told: str
) -> None:
    (tmp_path / "m.pfn").write_text(LOST, encoding="utf-8")
    ran = pfnspec("check", tmp_path / "m.pfn", "--engine", "interpreter", "--outcomes", asked)
    assert ran.returncode == 2
    assert told in ran.stderr


def test_only_what_is_asked_for_is_shown(pfnspec: Run, tmp_path: Path) -> None:
    (tmp_path / "m.pfn").write_text(WAITS, encoding="utf-8")
    words = ("--engine", "interpreter", "--policy", "spin", "--outcomes", "ready")
    ran = pfnspec("check", tmp_path / "m.pfn", *words)
    assert [line for line in ran.stdout.splitlines() if line.startswith("outcomes")] == [
        "outcomes under spin: 1 in 1 final state of 5"
    ]


def test_other_formats_and_watching_are_refused(pfnspec: Run, tmp_path: Path) -> None:
    (tmp_path / "m.pfn").write_text(LOST, encoding="utf-8")
    for words in (("--format", "json"), ("--watch",)):
        ran = pfnspec("check", tmp_path / "m.pfn", "--outcomes", "x", *words)
        assert (ran.returncode, ran.stdout) == (2, "")
        assert ran.stderr.startswith("pfnspec: --outcomes and --numbers")
