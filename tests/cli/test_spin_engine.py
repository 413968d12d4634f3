"""`pfnspec check --engine spin`: the verdicts of TLC by Spin, and what it says where it cannot."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from pathlib import Path
from subprocess import CompletedProcess
from typing import Any

import pytest
from pfnspec import spin, tla

Run = Callable[..., "CompletedProcess[str]"]
ENGINE = ("--engine", "spin")


@pytest.fixture(autouse=True, scope="module")
def _tools() -> None:
    try:
        spin.find_tools()
    except tla.ToolMissing as fault:
        pytest.skip(f"{fault}")


def verdicts(found: dict[str, Any]) -> dict[tuple[str, str, str], tuple[str, int | None]]:
    """Of everything that is no temporal property: the outcome, and how long the trace is."""
    return {
        (v["property"], str(v["scenario"]), str(v["policy"])): (
            v["outcome"],
            v["finding"] and len(v["finding"]["steps"]),
        )
        for v in found["verdicts"]
        if v["kind"] != "property"
    }


COMPARED = (
    "memslots/fair_rwsem.pfn",
    "pfncache/v5_17_speculative_valid.pfn",
    "waiting/wake_one.pfn",
)


@pytest.mark.parametrize("name", COMPARED)
def test_the_same_verdicts(pfnspec: Run, example_results: Mapping[str, dict[str, Any]], name: str) -> None:
    ran = pfnspec("check", f"examples/{name}", *ENGINE, "--no-cache", "--format", "json")
    mine = json.loads(ran.stdout)
    other = example_results[f"examples/{name}"]
    assert mine["engine"] == "spin" and mine["tlc"] == ""
    assert {k: v[0] for k, v in verdicts(mine).items()} == {k: v[0] for k, v in verdicts(other).items()}
    assert mine["unreached"] == other["unreached"]
    by_hand = pfnspec(
        "check", f"examples/{name}", "--engine", "interpreter", "--no-cache", "--format", "json"
    )
    interpreted = json.loads(by_hand.stdout)
    assert verdicts(mine) == verdicts(interpreted)
    for size in ("states", "generated", "depth"):
        assert mine["evidence"][size] == interpreted["evidence"][size]


def test_the_text_names_the_engine(pfnspec: Run, models: Path, tmp_path: Path) -> None:
    cache = ("--cache", tmp_path / "cache")
    ran = pfnspec("check", models / "bad.pfn", *ENGINE, *cache)
    assert ran.returncode == 1
    assert "decided by Spin, not by TLC, which is the reference" in ran.stdout
    assert "bad.pfn --engine spin --property" in ran.stdout
    again = pfnspec("check", models / "bad.pfn", *ENGINE, *cache)
    assert "from the cache" in again.stdout


def test_bitstate_decides_only_what_it_finds(pfnspec: Run, models: Path) -> None:
    ran = pfnspec("check", models / "bad.pfn", "--engine", "spin-bitstate", "--format", "json")
    found = json.loads(ran.stdout)
    outcomes = {v["property"]: v["outcome"] for v in found["verdicts"]}
    assert outcomes.pop("lost update") == "violated"
    assert set(outcomes.values()) == {"not decided"}
    assert (found["stopped"], found["status"], ran.returncode) == ("bitstate", 1, 1)
    ran = pfnspec("check", models / "good.pfn", "--engine", "spin-bitstate")
    assert ran.returncode == 3
    assert "holds" not in ran.stdout
    assert "stopped: bitstate hashing may have left states out" in ran.stdout


def test_limits(pfnspec: Run, models: Path) -> None:
    for limit in (("--max-states", "2000"), ("--timeout", "6")):
        ran = pfnspec("check", models / "endless.pfn", *ENGINE, *limit)
        assert ran.returncode == 3, ran.stderr
        assert "not decided" in ran.stdout and "holds" not in ran.stdout


def test_what_does_not_fit(pfnspec: Run, tmp_path: Path) -> None:
    (tmp_path / "wide.pfn").write_text(
        "model wide\nshared few: set[range(80)] = set()\nprocess t:\n    few.add(70)\n"
    )
    ran = pfnspec("check", tmp_path / "wide.pfn", *ENGINE)
    assert ran.returncode == 4
    (line,) = ran.stderr.splitlines()
    assert "cannot be given to Spin: a set that can contain 79" in line and "--engine tlc" in line


def test_files_are_kept(pfnspec: Run, models: Path, tmp_path: Path) -> None:
    ran = pfnspec("check", models / "good.pfn", *ENGINE, "--keep", tmp_path / "kept")
    assert ran.returncode == 0
    (folder,) = (tmp_path / "kept").iterdir()
    assert {"model.pml", "state.h", "steps.c", "output.txt"} == {path.name for path in folder.iterdir()}


def test_no_spin(pfnspec: Run, models: Path) -> None:
    ran = pfnspec("check", models / "good.pfn", *ENGINE, env={"PFNSPEC_SPIN": "/nowhere/spin"})
    assert ran.returncode == 4
    (line,) = ran.stderr.splitlines()
    assert "PFNSPEC_SPIN is '/nowhere/spin', which is no program" in line
