"""`translate --explain-reduction`: what it says is what the reduction does, for every kind of reason."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path
from subprocess import CompletedProcess
from typing import get_args

import pytest
from pfnspec.check.load import load
from pfnspec.translator.lower.temporal import focused
from pfnspec.translator.program.program import Expr, Program
from pfnspec.translator.reduce.movers import ReasonKind
from pfnspec.translator.reduce.reduce import BoundaryKind, explained, liveness_reduced, safety_reduced

Run = Callable[..., "CompletedProcess[str]"]
HERE = Path(__file__).with_name("explained")
ROOT = Path(__file__).parents[2]
KINDS = HERE / "kinds.pfn"
ASSUMED = HERE / "assumed.pfn"
INTERRUPTED = ROOT / "examples/interrupts/lock_in_handler.pfn"
EXAMPLES = [
    ROOT / "examples" / name
    for name in (
        "memslots/fair_rwsem.pfn", "pfncache/upstream.pfn", "pfncache/s2_one_cpu.pfn", "waiting/wake_one.pfn",
        "waiting/policies.pfn",
    )
]  # fmt: skip

SHOWN = {
    "upstream": ("examples/pfncache/upstream.pfn",),
    "upstream_liveness": ("examples/pfncache/upstream.pfn", "--property", "eventual_refresh"),
    "interrupted": ("examples/interrupts/lock_in_handler.pfn",),
    "assumed": ("tests/translator/explained/assumed.pfn",),
    "kinds_smp": ("tests/translator/explained/kinds.pfn",),
    "kinds_up": ("tests/translator/explained/kinds.pfn", "--scenario", "up"),
    "kinds_preempted": ("tests/translator/explained/kinds.pfn", "--scenario", "preempted"),
    "kinds_liveness": ("tests/translator/explained/kinds.pfn", "--property", "gets_through"),
    "kinds_liveness_up": (
        "tests/translator/explained/kinds.pfn", "--property", "gets_through", "--scenario", "up",
    ),
}  # fmt: skip
REASONS = set(get_args(ReasonKind))
BOUNDARIES = set(get_args(BoundaryKind))


def runs(path: Path) -> Iterator[tuple[Program, tuple[Expr, ...], bool]]:
    """The programs of a file as they are reduced: with what a run looks at, and whether for liveness."""
    for cell in load(str(path)).cells:
        plain = focused(cell.program, ())
        yield plain, tuple(i.condition for i in (*plain.invariants, *plain.sometimes)), False
        for one in cell.live.temporal:
            yield focused(cell.live, (one,)), (one.formula,), True


@pytest.mark.parametrize("name", SHOWN)
def test_what_is_shown(pfnspec: Run, golden: Callable[[Path, str], None], name: str) -> None:
    ran = pfnspec("translate", "--explain-reduction", *SHOWN[name])
    assert (ran.returncode, ran.stderr) == (0, "")
    golden(HERE / f"{name}.txt", ran.stdout)


def test_there_are_no_other_files() -> None:
    assert {path.name for path in HERE.iterdir()} == {
        "assumed.pfn",
        "kinds.pfn",
        *(f"{name}.txt" for name in SHOWN),
    }


def test_every_kind_of_reason_is_shown() -> None:
    models = (KINDS, ASSUMED, INTERRUPTED, ROOT / "examples/memory/waitqueue_active.pfn")
    found = [
        explained(one, looked_at, liveness=live) for path in models for one, looked_at, live in runs(path)
    ]
    reasons = [r for one in found for mover in one.movers.values() for r in mover.reasons]
    assert {reason.why for reason in reasons} == REASONS
    assert all(reason.here and reason.other for reason in reasons if reason.why == "conflict")
    boundaries = {b.why for one in found for group in one.boundaries.values() for b in group}
    assert boundaries == BOUNDARIES


@pytest.mark.parametrize("path", [*EXAMPLES, KINDS, ASSUMED, INTERRUPTED], ids=lambda path: path.stem)
def test_the_steps_told_are_those_of_the_reduction(path: Path) -> None:
    for program, formulas, lively in runs(path):
        reduced = (liveness_reduced if lively else safety_reduced)(program, formulas)
        found = explained(program, formulas, liveness=lively)
        steps = {point.name: point.step for point in reduced.points if point.step is not None}
        assert set(found.boundaries) == set(steps)
        for name, step in steps.items():
            told = found.boundaries[name]
            assert {boundary.passed[0] for boundary in told} == {name}
            assert {boundary.passed[1:] for boundary in told} == step.ways


def test_a_conflict_is_one() -> None:
    """Of the two accesses one is a write, and no lock protects both."""
    seen = 0
    for program, formulas, lively in (*runs(KINDS), *runs(ROOT / "examples/pfncache/upstream.pfn")):
        for mover in explained(program, formulas, liveness=lively).movers.values():
            for reason in mover.reasons:
                if reason.here is not None and reason.other is not None:
                    assert reason.here.written or reason.other.written
                    assert not reason.here.excludes(reason.other)
                    seen += 1
    assert seen


def test_the_same_whatever_the_hash_seed(pfnspec: Run) -> None:
    arguments = ("translate", "--explain-reduction", "examples/pfncache/upstream.pfn")
    texts = {pfnspec(*arguments, env={"PYTHONHASHSEED": seed}).stdout for seed in ("0", "1", "4711")}
    assert len(texts) == 1
    assert "does not move" in texts.pop()


@pytest.mark.parametrize("option", ["--program", "--no-reduction", "--output=there"])
def test_options_that_do_not_go_together(pfnspec: Run, option: str, tmp_path: Path) -> None:
    ran = pfnspec("translate", KINDS, "--explain-reduction", option, cwd=tmp_path)
    assert (ran.returncode, ran.stdout) == (2, "")
    assert len(ran.stderr.splitlines()) == 1
    assert list(tmp_path.iterdir()) == []
