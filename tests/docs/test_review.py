"""What docs/review.md shows is what the tool says: its tables cell by cell, its traces line by line."""

from __future__ import annotations

import re
import shlex
from collections.abc import Callable, Mapping
from pathlib import Path
from subprocess import CompletedProcess
from typing import Any

import pytest
from pfnspec.ablation.changes import changes
from pfnspec.check.load import load

PAGE = Path(__file__).resolve().parents[2] / "docs" / "review.md"
TEXT = PAGE.read_text(encoding="utf-8")
# Those of `pfnspec cost` are marked as `console`, and have a test of their own.
_FENCED = re.findall(r"^```(\w*)\n(.*?)^```", TEXT, re.MULTILINE | re.DOTALL)
BLOCKS = [text for language, text in _FENCED if not language]
TABLES = [block for block in BLOCKS if block.startswith("scenario ")]
TRACES = [block for block in BLOCKS if not block.startswith("scenario ")]
Run = Callable[..., "CompletedProcess[str]"]

OF_TABLE = ("s5_policies", "v3_4_policies")
POLICIES = ("spin", "resched", "block", "halt_poll")


def test_all_blocks_are_known() -> None:
    assert (len(TABLES), len(TRACES)) == (len(OF_TABLE), 2)


@pytest.mark.parametrize("number", range(len(TABLES)))
def test_tables(number: int, example_results: Mapping[str, dict[str, Any]]) -> None:
    verdicts = example_results[f"examples/pfncache/{OF_TABLE[number]}.pfn"]["verdicts"]
    outcomes = {(v["scenario"], v["policy"].split("(")[0], v["property"]): v["outcome"] for v in verdicts}
    scenario, shown = "", 0
    for line in TABLES[number].splitlines():
        if found := re.match(r"scenario (\w+):", line):
            scenario = found.group(1)
        elif found := re.match(r"  (\S.*?)((?:  +(?:holds|VIOLATED)){4})", line):
            words = found.group(2).split()
            for policy, word in zip(POLICIES, words, strict=True):
                assert outcomes[scenario, policy, found.group(1)] == word.lower(), line
                shown += 1
        else:
            assert not line.strip() or tuple(line.split()) == POLICIES, line
    assert shown >= 16


@pytest.mark.parametrize("number", range(len(TRACES)))
def test_traces(number: int, pfnspec: Run) -> None:
    """Dots stand for lines left out; all others come in this order."""
    command, *shown = TRACES[number].splitlines()
    assert command.startswith("$ pfnspec ")
    ran = pfnspec(*shlex.split(command)[2:])
    lines = iter([line.split() for line in ran.stdout.splitlines()])
    for line in shown:
        words = line.split()
        if words and words != ["..."]:
            assert any(words == other for other in lines), f"not, or not here: {line}\n\n{ran.stdout}"


def test_which_barriers_carry(example_results: Mapping[str, dict[str, Any]]) -> None:
    """Each by the scenario of the example that has none there; and they stand where the page says."""
    lockless = "examples/memory/lockless.pfn"
    verdicts = example_results[lockless]["verdicts"]
    stale = {v["scenario"]: v["outcome"] for v in verdicts if v["property"] == "stale PFN used"}
    without = ("starts", "refreshs", "write_barrier", "read_barrier")
    assert stale["both"] == "holds" and {stale[f"without_{name}"] for name in without} == {"violated"}
    loaded = load(PAGE.parents[1] / lockless)
    assert loaded.specification is not None
    found = [one.place for one in changes(loaded.specification) if (one.kind, one.how) == ("barrier", "gone")]
    told = " ".join(TEXT[TEXT.index("## Which barriers carry") :].split())
    lines = [(Path(place.path).stem, place.line) for place in found]
    assert lines == [("lockless", 17), ("lockless", 34), ("upstream", 18), ("upstream", 26)]
    assert "(line 17)" in told and "(line 34)" in told and "(lines 18 and 26 of [upstream]" in told
