"""Answers of TLC that are kept: the same question is not run again, and no other is taken for it."""

from __future__ import annotations

import sys
import threading
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from pfnspec.tla import Failed, Holds, Job, Limits, Outcome, Stopped, Tools, Violated, run

Make = Callable[..., Job]
FAIR = "SPECIFICATION Fair\nPROPERTY P"


class Kept(dict[str, Any]):
    """A memory that is a dictionary."""

    def put(self, key: str, data: object) -> None:
        self[key] = data


@pytest.fixture
def memory() -> Kept:
    return Kept()


@pytest.fixture
def no_java(tools: Tools, tmp_path: Path) -> Tools:
    """The same jar, and a Java that is none: what is not remembered fails."""
    script = tmp_path / "java"
    script.write_text("#!/bin/sh\nexit 7\n", encoding="utf-8")
    script.chmod(0o755)
    return replace(tools, java=script, archive=None)


JOBS: dict[str, tuple[str, str, dict[str, Any]]] = {
    "holds": ('P == PrintT(<<"reached", x>>)', "SPECIFICATION Spec\nINVARIANT P", {}),
    "invariant": ("P == x < 2", "SPECIFICATION Spec\nINVARIANT P", {}),
    "deadlock": ("Stop == x = 0 /\\ x' = 1 /\\ y' = y", "INIT Init\nNEXT Stop", {}),
    "liveness holds": ("P == <>(x = 3)", FAIR, {"liveness": True}),
    "lasso": ("P == <>[](x = 3)", FAIR, {"liveness": True}),
}


@pytest.mark.parametrize("name", JOBS)
def test_the_same_is_not_run_again(
    job: Make, counter: str, tools: Tools, no_java: Tools, memory: Kept, name: str
) -> None:
    more, cfg, settings = JOBS[name]
    asked = job(counter + more, cfg, **settings)
    first = run(asked, tools, memory=memory)
    assert isinstance(first, Holds if "holds" in name else Violated)
    assert not first.remembered and len(memory) == 1
    again = run(asked, no_java, memory=memory)
    assert again.remembered
    assert replace(again, remembered=False) == first


def test_how_long_and_with_how_much_memory_makes_no_difference(
    job: Make, counter: str, tools: Tools, no_java: Tools, memory: Kept
) -> None:
    asked = job(counter, quick=True, max_heap=256)
    assert not run(asked, tools, Limits(seconds=60), memory=memory).remembered
    other = replace(asked, quick=False, max_heap=512)
    assert run(other, no_java, Limits(seconds=1, distinct_states=1), memory=memory).remembered


OTHERS: dict[str, Callable[[Job], Job]] = {
    "module": lambda job: replace(job, module_text=job.module_text.replace("Naturals", "Integers")),
    "name": lambda job: replace(job, module="N", module_text=job.module_text.replace("MODULE M", "MODULE N")),
    "cfg": lambda job: replace(job, cfg_text=job.cfg_text + "INVARIANT Small\n"),
    "deadlock": lambda job: replace(job, check_deadlock=False),
    "liveness": lambda job: replace(job, liveness=True),
    "flags of TLC": lambda job: replace(job, tlc_flags=("-nowarning",)),
    "flags of Java": lambda job: replace(job, jvm_flags=("-Dtlc2.tool.fp.FPSet.impl=x",)),
}


@pytest.mark.parametrize("name", OTHERS)
def test_something_else_is_run(
    job: Make, counter: str, tools: Tools, no_java: Tools, memory: Kept, name: str
) -> None:
    asked = job(counter + "Small == x < 9")
    run(asked, tools, memory=memory)
    assert isinstance(run(OTHERS[name](asked), no_java, memory=memory), Failed)
    assert run(asked, no_java, memory=memory).remembered


def test_another_jar_is_asked_itself(
    job: Make, counter: str, tools: Tools, no_java: Tools, memory: Kept, tmp_path: Path
) -> None:
    run(job(counter), tools, memory=memory)
    (tmp_path / "jar").mkdir()
    same, other = tmp_path / "jar" / "tla2tools.jar", tmp_path / "other.jar"
    same.write_bytes(tools.jar.read_bytes())
    assert run(job(counter), replace(no_java, jar=same), memory=memory).remembered
    other.write_bytes(tools.jar.read_bytes() + b" ")
    assert isinstance(run(job(counter), replace(no_java, jar=other), memory=memory), Failed)
    same.write_bytes(other.read_bytes())
    assert isinstance(run(job(counter), replace(no_java, jar=same), memory=memory), Failed)


def test_what_is_no_answer_is_not_kept(
    job: Make, counter: str, endless: str, tools: Tools, memory: Kept
) -> None:
    cancel = threading.Event()
    cancel.set()
    outcomes: list[Outcome] = [
        run(job("this is no module"), tools, memory=memory),
        run(job(counter + "P == x < {}", "SPECIFICATION Spec\nINVARIANT P"), tools, memory=memory),
        run(job(endless), tools, Limits(seconds=0.5), memory=memory),
        run(job(endless), tools, memory=memory, cancel=cancel),
        run(job(counter), replace(tools, java=Path("/no/such/java")), memory=memory),
    ]
    assert [type(outcome) for outcome in outcomes] == [Failed, Failed, Stopped, Stopped, Failed]
    assert memory == {}


def test_several_workers_are_not_remembered(job: Make, counter: str, tools: Tools, memory: Kept) -> None:
    assert isinstance(run(job(counter, workers=2), tools, memory=memory), Holds)
    assert memory == {}
    # A liveness run has one worker, whatever it is given.
    lively = job(counter + "P == <>(x = 3)", FAIR, liveness=True, workers=2)
    assert isinstance(run(lively, tools, memory=memory), Holds)
    assert len(memory) == 1


def test_files_that_are_asked_for_are_made(
    job: Make, counter: str, tools: Tools, memory: Kept, tmp_path: Path
) -> None:
    run(job(counter), tools, memory=memory)
    outcome = run(job(counter), tools, keep=tmp_path / "kept", memory=memory)
    assert not outcome.remembered and (tmp_path / "kept" / "output.txt").is_file()


SPOILT: dict[str, Callable[[dict[str, Any]], object]] = {
    "nothing": lambda data: None,
    "a list": lambda data: [data],
    "without its end": lambda data: {**data, "output": data["output"][: len(data["output"]) // 2]},
    "without an exit code": lambda data: {k: v for k, v in data.items() if k != "exit_code"},
    "another exit code": lambda data: {**data, "exit_code": 12},
    "a failure": lambda data: {**data, "output": "", "exit_code": 1},
}


@pytest.mark.parametrize("name", SPOILT)
def test_an_entry_that_is_no_answer_is_not_there(
    job: Make, counter: str, tools: Tools, no_java: Tools, memory: Kept, name: str
) -> None:
    run(job(counter), tools, memory=memory)
    (key,) = memory
    memory[key] = SPOILT[name](memory[key])
    assert isinstance(run(job(counter), no_java, memory=memory), Failed)
    assert not run(job(counter), tools, memory=memory).remembered
    assert run(job(counter), no_java, memory=memory).remembered


def test_an_output_that_is_not_held_whole_is_not_kept(
    job: Make, counter: str, tools: Tools, memory: Kept, monkeypatch: pytest.MonkeyPatch
) -> None:
    # `pfnspec.tla.run` is the function.
    monkeypatch.setattr(sys.modules["pfnspec.tla.run"], "_LONGEST_RAW", 100)
    assert isinstance(run(job(counter), tools, memory=memory), Holds)
    assert memory == {}
