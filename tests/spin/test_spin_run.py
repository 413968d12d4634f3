"""A model of Promela from start to end: what comes of it, and how it ends before that."""

from __future__ import annotations

import os
import stat
import threading
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path

import pytest
from pfnspec import spin, tla
from pfnspec.check.load import load
from pfnspec.translator import pipeline
from pfnspec.translator.emit.promela import Promela, promela
from pfnspec.translator.program.program import Program
from pfnspec.translator.retrace.retrace import Mismatch
from pfnspec.translator.retrace.trail import states_of_trail
from pfnspec.translator.run.interpreter import Exploration, Interpreter

TWO = """model two
const N: int = 2
shared x: range(9) = 0
shared done: range(9) = 0
sometimes both:
    done == N
sometimes three:
    x == 3
process t[N]:
    x += 1
    label added
    atomic:
        done += 1
process judge:
    await done == N
    assert x == N, "lost"
"""
MANY = """model many
shared a: range(3000) = 0
shared b: range(3000) = 0
process left:
    while True:
        atomic:
            a = (a + 1) % 3000
process right:
    while True:
        atomic:
            b = (b + 1) % 3000
"""


def program(text: str) -> Program:
    (cell,) = load("model.pfn", {}, text=text.encode()).cells
    return pipeline.prepared(pipeline.about(cell.program))


def job(made: Promela, **more: object) -> spin.Job:
    return replace(spin.Job(files=made.files, state_bytes=made.bytes, optimise=0), **more)  # type: ignore[arg-type]


def test_a_whole_search(tools: spin.Tools) -> None:
    searched = program(TWO)
    made = promela(searched)
    outcome = spin.run(job(made), tools)
    assert isinstance(outcome, spin.Searched) and outcome.complete
    interpreter = Interpreter(searched)
    exploration = Exploration(interpreter)
    violated = {v.property for state in exploration for v in interpreter.violations(state)}
    assert {made.properties[n] for found in outcome.found for n in found.properties} == violated == {"lost"}
    totals = outcome.totals
    assert (totals.distinct, totals.generated) == (len(exploration.found), exploration.generated)
    assert outcome.reached == exploration.reached
    assert [searched.sometimes[n].property for n in outcome.met] == ["both"]
    (found,) = outcome.found
    states = states_of_trail(found.rows, made.codes, interpreter)
    assert {v.property for v in interpreter.violations(states[-1])} == {"lost"}
    assert "Spin" in str(outcome.version)


@pytest.mark.parametrize("change", ["first", "middle", "left out"])
def test_a_trail_that_is_none(tools: spin.Tools, change: str) -> None:
    searched = program(TWO)
    made = promela(searched)
    outcome = spin.run(job(made), tools)
    assert isinstance(outcome, spin.Searched)
    rows = list(outcome.found[0].rows)
    place = 0 if change == "first" else 2
    if change == "left out":
        del rows[1:3]
    else:
        rows[place] = (*rows[place][:-1], rows[place][-1] + 1)
    with pytest.raises(Mismatch, match="initial state" if change == "first" else "no step leads"):
        states_of_trail(tuple(rows), made.codes, Interpreter(searched))


def test_bitstate_is_never_complete(tools: spin.Tools) -> None:
    made = promela(program(TWO))
    outcome = spin.run(job(made, bitstate=True, memory=64), tools)
    assert isinstance(outcome, spin.Searched) and not outcome.complete
    assert [made.properties[n] for found in outcome.found for n in found.properties] == ["lost"]


def test_memory_that_does_not_suffice(tools: spin.Tools) -> None:
    outcome = spin.run(job(promela(program(MANY)), memory=140), tools)
    assert isinstance(outcome, spin.Failed) and outcome.why == "memory"
    assert "140 MiB" in outcome.message


LONG = """model long
shared n: range(4001) = 0
shared high: range(4) = 0
process t:
    while high < 3:
        atomic:
            if n == 4000:
                n = 0
                high += 1
            else:
                n += 1
    assert False, "end"
"""


def test_a_long_way(tools: spin.Tools) -> None:
    """Spin's own limit of depth would be 10,000 steps."""
    made = promela(program(LONG))
    outcome = spin.run(job(made), tools)
    assert isinstance(outcome, spin.Searched) and outcome.complete
    (found,) = outcome.found
    assert len(found.rows) > 12_000


def test_limits(tools: spin.Tools) -> None:
    made = promela(program(MANY))
    told: list[tla.Progress] = []
    few = spin.run(job(made), tools, spin.Limits(distinct_states=1000), on_progress=told.append)
    assert isinstance(few, spin.Stopped) and few.why == "states"
    assert told and (few.totals.distinct or 0) > 1000
    short = spin.run(job(made), tools, spin.Limits(seconds=0.01))
    assert isinstance(short, spin.Stopped) and short.why == "time"
    cancel = threading.Event()
    ended = spin.run(job(made), tools, on_progress=lambda _: cancel.set(), cancel=cancel)
    assert isinstance(ended, spin.Stopped) and ended.why == "interrupted"


def _script(folder: Path, name: str, text: str) -> Path:
    path = folder / name
    path.write_text(f"#!/bin/sh\n{text}\n")
    path.chmod(path.stat().st_mode | stat.S_IXUSR)
    return path


BROKEN: Mapping[str, tuple[str, str, str]] = {
    "spin": ("echo no such construct; exit 1", "spin", "no such construct"),
    "compiler": ("echo '1 | int x' >&2; exit 1", "compiler", "int x"),
    "disk": ("echo 'cc1: No space left on device' >&2; exit 1", "disk", "No space left"),
    "killed": ("kill -9 $$", "killed", "SIGKILL"),
}


@pytest.mark.parametrize("name", BROKEN)
def test_tools_that_fail(tools: spin.Tools, tmp_path: Path, name: str) -> None:
    text, why, said = BROKEN[name]
    script = _script(tmp_path, "gcc" if name != "spin" else "spin", text)
    broken = spin.Tools(script, tools.compiler) if name == "spin" else spin.Tools(tools.spin, script)
    outcome = spin.run(job(promela(program(TWO))), broken, keep=tmp_path / "kept")
    assert isinstance(outcome, spin.Failed) and outcome.why == why
    assert said in outcome.message and "\n" not in outcome.message
    assert {"model.pml", "state.h", "steps.c", "output.txt"} <= {p.name for p in outcome.directory.iterdir()}  # type: ignore[union-attr]


def test_a_search_that_is_cut_short_is_no_verdict(tools: spin.Tools, tmp_path: Path) -> None:
    """A verifier that looks at fewer states than it stores."""
    made = promela(program(TWO))
    steps = made.files["steps.c"].replace("    seen++;\n", "    if (seen < 3) seen++;\n")
    assert steps != made.files["steps.c"]
    outcome = spin.run(job(replace(made, files={**made.files, "steps.c": steps})), tools)
    assert isinstance(outcome, spin.Failed) and "were looked at" in outcome.message


def test_nothing_is_left(tools: spin.Tools, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("tempfile.tempdir", os.fspath(tmp_path))
    spin.run(job(promela(program(TWO))), tools)
    assert list(tmp_path.iterdir()) == []


def test_missing_tools(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("PFNSPEC_SPIN", "/nowhere/spin")
    with pytest.raises(tla.ToolMissing, match="PFNSPEC_SPIN is '/nowhere/spin'"):
        spin.find_tools()
    monkeypatch.delenv("PFNSPEC_SPIN")
    monkeypatch.setenv("PATH", os.fspath(tmp_path))
    with pytest.raises(tla.ToolMissing, match="no Spin found"):
        spin.find_tools()
    _script(tmp_path, "spin", "")
    monkeypatch.delenv("CC", raising=False)
    with pytest.raises(tla.ToolMissing, match="no C compiler"):
        spin.find_tools()
