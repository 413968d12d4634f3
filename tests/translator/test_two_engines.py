"""TLC and the interpreter agree: on every verdict, and on the number of distinct states."""

from __future__ import annotations

import json
import os
import tempfile
from collections.abc import Callable, Iterable, Mapping
from dataclasses import replace
from pathlib import Path
from subprocess import CompletedProcess
from typing import Any

import differential
import pytest
from cases import cases
from pfnspec.check import runs as runs_module
from pfnspec.check.load import Cell, load
from pfnspec.check.options import Options
from pfnspec.check.run import check_file
from pfnspec.tla import find_tools
from pfnspec.translator.emit.emit import Emission, emit
from pfnspec.translator.pipeline import whole
from pfnspec.translator.run.interpreter import Interpreter

Run = Callable[..., "CompletedProcess[str]"]
MOST_STATES = 20_000
EXPRESSIONS = cases(Path(__file__).with_name("expressions.txt"))

SMALL: Mapping[str, tuple[str, ...]] = {
    "memslots/fair_rwsem.pfn": ("NOTIFIERS=1",),
    "memslots/merged.pfn": ("NOTIFIERS=1",),
    "memslots/plain_count.pfn": ("NOTIFIERS=1",),
    "memslots/unfair_rwsem.pfn": (),
    "pfncache/upstream.pfn": ("VCPUS=1",),
    "pfncache/v3_2_as_posted.pfn": ("VCPUS=1",),
    "pfncache/v3_4_valid_between.pfn": ("VCPUS=1",),
    "pfncache/v5_17_speculative_valid.pfn": ("VCPUS=1",),
    "waiting/lost_wakeup.pfn": (),
}


def by_interpreter(cell: Cell) -> tuple[int, dict[str, bool]]:
    """The number of states, and of each safety property and each `sometimes` whether it holds."""
    program = whole(cell.program)
    interpreter = Interpreter(program)
    states, complete = interpreter.search(MOST_STATES)
    assert complete
    violated = {violation.property for state in states for violation in interpreter.violations(state)}
    verdicts = {name: name not in violated for name in program.properties}
    for formula in program.sometimes:
        verdicts[formula.property] = any(
            interpreter.value(formula.condition, state) is True for state in states
        )
    return len(states), verdicts


def by_tlc(
    pfnspec: Run, root: Path, name: str, properties: Iterable[str], *options: str
) -> list[dict[str, Any]]:
    options += tuple(word for property in properties for word in ("--property", property))
    constants = [word for constant in SMALL[name] for word in ("--const", constant)]
    ran = pfnspec("check", root / "examples" / name, *constants, *options, "--format", "json")
    assert ran.returncode in (0, 1), ran.stderr
    verdicts: list[dict[str, Any]] = json.loads(ran.stdout)["verdicts"]
    return [verdict for verdict in verdicts if verdict["kind"] != "property"]


@pytest.mark.parametrize("name", SMALL)
def test_agreement(pfnspec: Run, root: Path, name: str) -> None:
    constants = dict(constant.split("=") for constant in SMALL[name])
    cells = load(str(root / "examples" / name), constants).cells
    assert cells
    sometimes = tuple(formula.property for formula in cells[0].program.sometimes)
    properties = (*cells[0].program.properties, *sometimes)
    plain = by_tlc(pfnspec, root, name, properties, "--no-reduction")
    reduced = by_tlc(pfnspec, root, name, properties)
    assert _outcomes(plain) == _outcomes(reduced)
    for cell in cells:
        states, verdicts = by_interpreter(cell)
        mine = [v for v in plain if (v["scenario"], v["policy"]) == (cell.scenario, cell.policy)]
        assert {verdict["property"]: verdict["outcome"] == "holds" for verdict in mine} == verdicts
        searched = {v["evidence"]["states"] for v in mine if v["evidence"] and v["evidence"]["complete"]}
        assert searched == {states}
        fewer = {
            v["evidence"]["states"]
            for v in reduced
            if (v["scenario"], v["policy"]) == (cell.scenario, cell.policy) and v["evidence"]
        }
        assert max(fewer) <= states


def _outcomes(verdicts: list[dict[str, Any]]) -> dict[tuple[str, str, str], str]:
    return {(str(v["scenario"]), str(v["policy"]), v["property"]): v["outcome"] for v in verdicts}


NONE = """model m
shared o: range(3) | None
shared w: task | None
process task[2]:
    label here
    atomic:
        o = 1
        w = self
    assert not later at set_ or task[self] at here or o == None or o < 2, "labels and None"
    atomic:
        o = None
        w = None
process later:
    label set_
    atomic:
        o = 2
    atomic:
        o = None
invariant small: o == None or o < 2
invariant unguarded_one: o < 3
sometimes two: o != None and o > 1
property guarded: always (o != None implies (o < 3 implies o >= 0))
property who: w != None and not task[w] at end leads_to o == None or o > 2
property waits: (o == None or o > 1) until (o != None and o == 1)
property comes: all(eventually (o != None and o > n) for n in range(2))
"""


@pytest.mark.parametrize("options", [(), ("--no-reduction",)], ids=["reduced", "whole"])
def test_none_in_formulas(pfnspec: Run, tmp_path: Path, options: tuple[str, ...]) -> None:
    """TLC evaluates nothing that has no value, nor does the interpreter when it replays."""
    (tmp_path / "none.pfn").write_text(NONE, encoding="utf-8")
    ran = pfnspec("check", tmp_path / "none.pfn", "--format", "json", *options)
    assert ran.returncode == 1, ran.stderr
    violated = {v["property"] for v in json.loads(ran.stdout)["verdicts"] if v["outcome"] == "violated"}
    assert violated == {"small", "none_used"}


@pytest.mark.parametrize("name", EXPRESSIONS)
def test_expressions_and_names(name: str) -> None:
    """TLC reads them as the interpreter does: verdicts, states and traces."""
    model, expected = EXPRESSIONS[name]
    (cell,) = differential.cells(f"model m\n{model}")
    known = differential.safety(cell, MOST_STATES)
    assert "\n".join(sorted(known.violated)) == expected
    assert differential.safety_by_tlc(cell, known, find_tools()) >= 2


OVER_TIME = {
    "a violation": ("cpu_relax()", ("comes ==", "comes ==\n    [](pc = pc) \\/"), "only the interpreter"),
    "fairness": ("ready = True", ("Fairness ==", "Fairness == TRUE\nUnused =="), "only TLC"),
}


@pytest.mark.parametrize("name", OVER_TIME)
def test_what_tlc_gets_wrong_over_time(name: str, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """A fault of the translation that hides a behaviour, or allows one, is no verdict on a property."""
    statement, (right, wrong), expected = OVER_TIME[name]

    def mistranslated(*arguments: Any, **options: Any) -> Emission:
        made = emit(*arguments, **options)
        assert right in made.module_text
        return replace(made, module_text=made.module_text.replace(right, wrong))

    monkeypatch.setattr(runs_module, "emit", mistranslated)
    monkeypatch.setattr(tempfile, "tempdir", os.fspath(tmp_path))
    path = tmp_path / "m.pfn"
    path.write_text(
        f"model m\n\nshared ready: bool\n\nprocess setter:\n    {statement}\n\nprocess waiter:\n"
        "    while not ready:\n        cpu_relax()\n\nproperty comes: eventually waiter at end\n",
        encoding="utf-8",
    )
    found = check_file(path, Options(properties=("comes",)))
    assert found.failure is not None and found.failure.why == "disagreement"
    assert f"{expected} finds comes violated" in found.failure.message
    assert list(tmp_path.glob("pfnspec-report-*/m.tla"))


WRONG = {
    "a violation": ("x' = FALSE", 'assert not x, "set"', "the interpreter finds set violated"),
    "a branch": ("x' = FALSE", "if x:\n        y = True", "branch"),
    "states": ("x' = TRUE /\\ FALSE", "cpu_relax()", "TLC finds 1 states, the interpreter 2"),
}


@pytest.mark.parametrize("name", WRONG)
def test_what_tlc_overlooks(name: str, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """A fault of the translation that hides something is no verdict."""
    wrong, statement, expected = WRONG[name]

    def mistranslated(*arguments: Any, **options: Any) -> Emission:
        made = emit(*arguments, **options)
        assert "x' = TRUE" in made.module_text
        return replace(made, module_text=made.module_text.replace("x' = TRUE", wrong))

    monkeypatch.setattr(runs_module, "emit", mistranslated)
    monkeypatch.setattr(tempfile, "tempdir", os.fspath(tmp_path))
    text = "model m\n\nshared x: bool\nshared y: bool\n\ndaemon process one:\n    x = True\n"
    path = tmp_path / "m.pfn"
    path.write_text(f"{text}\ndaemon process two:\n    cpu_relax()\n    {statement}\n", encoding="utf-8")
    found = check_file(path)
    assert found.failure is not None and found.failure.why == "disagreement"
    assert expected in found.failure.message
    assert list(tmp_path.glob("pfnspec-report-*/m.tla"))
