"""`pfnspec check --engine interpreter`: the verdicts of TLC, without Java, and its limits."""

from __future__ import annotations

import json
import re
import shlex
import signal
import sys
from collections.abc import Callable, Mapping
from pathlib import Path
from subprocess import CompletedProcess, Popen
from typing import Any

import pytest
from pfnspec.check.engines import liveness

Run = Callable[..., "CompletedProcess[str]"]
Start = Callable[..., "Popen[str]"]
ENGINE = ("--engine", "interpreter")
NO_JAVA: Mapping[str, str] = {"PFNSPEC_JAVA": "/nowhere/java", "PFNSPEC_TLA2TOOLS": "/nowhere/jar"}

COMPARED: Mapping[str, tuple[str, ...]] = {
    "memslots/fair_rwsem.pfn": ("--const", "NOTIFIERS=1"),
    "pfncache/upstream.pfn": ("--const", "VCPUS=1"),
    "pfncache/v5_17_speculative_valid.pfn": (),
    "waiting/lost_wakeup.pfn": (),
    "waiting/policies.pfn": (),
}
MANY = """model several
const N: int = 3
shared x: range(4) = 0
shared flag: bool = False
sometimes filled:
    x == 3
sometimes never:
    x == 3 and flag
process worker[N]:
    label begin
    x += 1
    if flag:
        label odd
        x = 0
"""


def result(ran: CompletedProcess[str]) -> dict[str, Any]:
    found: dict[str, Any] = json.loads(ran.stdout)
    assert found["status"] == ran.returncode
    return found


def verdicts(found: dict[str, Any]) -> dict[tuple[str, str, str], tuple[str, bool]]:
    """Of every property the outcome, and whether there is a trace."""
    return {
        (v["property"], str(v["scenario"]), str(v["policy"])): (v["outcome"], v["finding"] is not None)
        for v in found["verdicts"]
    }


@pytest.mark.parametrize("name", COMPARED)
def test_the_same_verdicts_as_tlc(
    pfnspec: Run, example_results: Mapping[str, dict[str, Any]], name: str
) -> None:
    arguments = ("check", f"examples/{name}", *COMPARED[name], "--format", "json")
    mine = result(pfnspec(*arguments, *ENGINE, env=NO_JAVA))
    tlc = result(pfnspec(*arguments)) if COMPARED[name] else example_results[f"examples/{name}"]
    assert (mine["engine"], tlc["engine"]) == ("interpreter", "tlc")
    assert mine["tlc"] == ""
    assert verdicts(mine) == verdicts(tlc)
    assert mine["unreached"] == tlc["unreached"]
    # The interpreter does not know which states are the same but for names.
    if tlc["evidence"]["symmetry"]:
        assert mine["evidence"]["states"] > tlc["evidence"]["states"]
    else:
        assert mine["evidence"]["states"] == tlc["evidence"]["states"]
    assert mine["status"] == tlc["status"]
    lengths = {v["property"]: len(v["finding"]["steps"]) for v in tlc["verdicts"] if v["finding"]}
    for verdict in mine["verdicts"]:
        shortest = verdict["kind"] != "property" and len(tlc["policies"]) == len(tlc["scenarios"]) == 1
        if verdict["finding"] and shortest:
            assert len(verdict["finding"]["steps"]) == lengths[verdict["property"]]


def test_it_conforms_to_the_schema(pfnspec: Run, models: Path, root: Path) -> None:
    jsonschema = pytest.importorskip("jsonschema")
    schema = json.loads((root / "docs" / "result.schema.json").read_text(encoding="utf-8"))
    for name in ("bad", "good"):
        found = result(pfnspec("check", models / f"{name}.pfn", *ENGINE, "--format", "json"))
        jsonschema.Draft202012Validator(schema).validate(found)


def test_it_needs_no_java(pfnspec: Run, models: Path) -> None:
    assert pfnspec("check", models / "good.pfn", env=NO_JAVA).returncode == 4
    ran = pfnspec("check", models / "good.pfn", *ENGINE, env=NO_JAVA)
    assert (ran.returncode, ran.stderr) == (0, "")
    assert "decided by the interpreter, not by TLC, which is the reference" in ran.stdout


def test_a_violation_and_how_to_see_it_again(pfnspec: Run, models: Path) -> None:
    ran = pfnspec("check", models / "bad.pfn", *ENGINE)
    assert ran.returncode == 1
    assert "lost update   VIOLATED  but expected: holds" in ran.stdout
    line = next(line for line in ran.stdout.splitlines() if "reproduce:" in line)
    words = shlex.split(line.partition("reproduce: ")[2])
    assert words[3:5] == list(ENGINE)
    again = pfnspec(*words[1:])
    assert "lost update, line 16" in again.stdout


@pytest.mark.parametrize("reduction", [(), ("--no-reduction",)])
def test_what_no_behaviour_reaches(pfnspec: Run, reduction: tuple[str, ...]) -> None:
    mine = pfnspec("check", "-", *ENGINE, *reduction, input=MANY)
    tlc = pfnspec("check", "-", *reduction, input=MANY)
    assert mine.returncode == tlc.returncode == 1
    for ran in (mine, tlc):
        assert re.search(r"^  filled +reached", ran.stdout, re.MULTILINE)
        assert re.search(r"^  never +NEVER", ran.stdout, re.MULTILINE)
        assert "warning: no behaviour reaches label odd" in ran.stdout
        assert "label begin" not in ran.stdout
    sizes = [re.search(r"^  (\d+) states(.*), depth (\d+)", ran.stdout, re.MULTILINE) for ran in (mine, tlc)]
    assert sizes[0]
    assert sizes[1]
    same = " up to symmetry of worker" if not reduction else ""
    assert (sizes[0].group(2), sizes[1].group(2)) == ("", same)
    assert sizes[0].group(3) == sizes[1].group(3)
    assert (sizes[0].group(1) == sizes[1].group(1)) == (not same)


def test_temporal_properties(pfnspec: Run) -> None:
    ran = pfnspec("check", "examples/pfncache/upstream.pfn", "--const", "VCPUS=1", *ENGINE)
    assert ran.returncode == 0
    assert "eventual_refresh  holds" in ran.stdout
    assert "  decided by the interpreter, not by TLC" in ran.stdout
    assert "fairness: strong for vcpu" in ran.stdout
    assert "alone" not in ran.stdout


def test_a_lasso(pfnspec: Run) -> None:
    """Violated in both, and told by the same word; with the engine that it rests on."""
    words = ("check", "examples/waiting/lost_wakeup.pfn", "--format", "json")
    mine, both = result(pfnspec(*words, *ENGINE)), result(pfnspec(*words))
    found = [[v for v in one["verdicts"] if v["kind"] == "property"] for one in (mine, both)]
    assert any(v["outcome"] == "violated" for v in found[0])
    for one, other in zip(*found, strict=True):
        assert one["evidence"]["engines"] == ["interpreter"]
        assert other["evidence"]["engines"] == ["tlc", "interpreter"]
        assert one["outcome"] == other["outcome"]
        if one["finding"]:
            assert one["finding"]["diagnosis"] == other["finding"]["diagnosis"]


LIVELY = """model lively
shared x: range(3)
process worker[2]:
    while True:
        label here
        x = 1
        x = 2
property goes_on: all(worker[i] at here leads_to not worker[i] at here for i in range(2))
property comes: eventually x == 0 and worker[0] at end
"""


def test_tlc_that_does_not_answer(pfnspec: Run, tmp_path: Path) -> None:
    """The interpreter's verdict stands, and says so."""
    java = tmp_path / "java"
    java.write_text("#!/bin/sh\nexec sleep 100\n", encoding="utf-8")
    java.chmod(0o755)
    words = (
        "check",
        "-",
        "--java",
        java,
        "--run-timeout",
        "1",
        "--property",
        "goes_on",
        "--property",
        "comes",
    )
    ran = pfnspec(*words, input=LIVELY)
    assert ran.returncode == 1
    assert "goes_on  holds" in ran.stdout and "comes    VIOLATED" in ran.stdout
    for name in ("goes_on", "comes"):
        text = f"note: `{name}` is decided by the interpreter alone: TLC was not done"
        assert text in " ".join(ran.stdout.split())
    data = result(pfnspec(*words, "--format", "json", input=LIVELY))
    assert [v["evidence"]["engines"] for v in data["verdicts"]] == [["interpreter"]] * 2


def test_what_tlc_did_not_confirm_is_not_kept(pfnspec: Run, tmp_path: Path) -> None:
    java = tmp_path / "java"
    java.write_text("#!/bin/sh\nexec sleep 100\n", encoding="utf-8")
    java.chmod(0o755)
    (tmp_path / "m.pfn").write_text(LIVELY, encoding="utf-8")
    words = ("check", tmp_path / "m.pfn", "--property", "goes_on", "--cache", tmp_path / "kept")
    alone = pfnspec(*words, "--java", java, "--run-timeout", "1")
    assert alone.returncode == 0 and "alone" in alone.stdout
    again = pfnspec(*words)
    assert again.returncode == 0
    assert "alone" not in again.stdout and "cache" not in again.stdout


def test_what_is_too_large_for_the_interpreter(pfnspec: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(liveness, "STATES", 2)
    monkeypatch.setattr(liveness, "FEW", 2)
    ran = pfnspec("check", "-", "--property", "goes_on", input=LIVELY)
    assert ran.returncode == 0
    text = "note: `goes_on` is decided by TLC alone: it is too large for the interpreter"
    assert text in " ".join(ran.stdout.split())
    mine = pfnspec("check", "-", "--property", "goes_on", *ENGINE, input=LIVELY)
    assert mine.returncode == 3
    assert "goes_on  not decided" in mine.stdout and "limit of states" in mine.stdout


def test_a_limit_of_states(pfnspec: Run, models: Path) -> None:
    ran = pfnspec("check", models / "endless.pfn", *ENGINE, "--max-states", "1000")
    assert ran.returncode == 3
    assert "deadlock  not decided" in ran.stdout
    assert "  1 000 states, " in ran.stdout
    assert "stopped: the limit of states was reached" in ran.stdout
    exact = pfnspec("check", models / "good.pfn", *ENGINE, "--format", "json")
    states = result(exact)["evidence"]["states"]
    assert pfnspec("check", models / "good.pfn", *ENGINE, "--max-states", str(states)).returncode == 0
    assert pfnspec("check", models / "good.pfn", *ENGINE, "--max-states", str(states - 1)).returncode == 3


def test_what_was_found_before_the_limit_counts(pfnspec: Run, models: Path) -> None:
    text = (models / "endless.pfn").read_text(encoding="utf-8") + "\ninvariant small:\n    a < 3\n"
    ran = pfnspec("check", "-", *ENGINE, "--max-states", "1000", input=text)
    assert ran.returncode == 1
    assert "small     VIOLATED  but expected: holds" in ran.stdout
    assert "deadlock  not decided" in ran.stdout


@pytest.mark.parametrize("option", ["--timeout", "--run-timeout"])
def test_a_limit_of_time(pfnspec: Run, models: Path, option: str) -> None:
    ran = pfnspec("check", models / "endless.pfn", *ENGINE, option, "1")
    assert ran.returncode == 3
    assert "stopped: the time limit was reached" in ran.stdout


@pytest.mark.skipif(sys.platform == "win32", reason="POSIX signals")
@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_a_signal(
    start: Start,
    searches: Callable[[int], bool],
    eventually: Callable[..., bool],
    models: Path,
    temporary: Path,
    number: signal.Signals,
) -> None:
    child = start("check", models / "endless.pfn", *ENGINE)
    assert eventually(lambda: searches(child.pid))
    child.send_signal(number)
    out, err = child.communicate(timeout=30)
    assert (child.returncode, err) == (3, "")
    assert "stopped: it was interrupted" in out
    assert list(temporary.iterdir()) == []


def test_options_that_say_something_to_tlc(pfnspec: Run, models: Path, tmp_path: Path) -> None:
    ran = pfnspec("check", models / "good.pfn", *ENGINE, "--keep", tmp_path / "kept")
    assert (ran.returncode, ran.stdout) == (2, "")
    assert len(ran.stderr.splitlines()) == 1
    assert not (tmp_path / "kept").exists()
    assert pfnspec("check", models / "good.pfn", "--engine", "none").returncode == 2


def test_a_check_that_is_stopped_says_no_less_than_its_progress_did(tmp_path: Path) -> None:
    """The first look is after half a second; the model is too large to be done by then."""
    from threading import Event

    from pfnspec.check.options import Options, Progress
    from pfnspec.check.run import check_file

    body = "    while True:\n        x[self] = choose(range(64))\n"
    model = f"model m\nshared x: range(64)[8]\nprocess p[8]:\n{body}"
    (tmp_path / "m.pfn").write_text(model, encoding="utf-8")
    cancel, told = Event(), [0]

    def on_progress(now: Progress) -> None:
        if now.states:
            told.append(now.states)
            cancel.set()

    options = Options(engine="interpreter", seconds=60)
    result = check_file(tmp_path / "m.pfn", options, on_progress, cancel)
    assert result.stopped == "interrupted"
    assert result.evidence is not None and (result.evidence.states or 0) >= told[-1] > 0
