"""Saved results shown again, and results of shards joined."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from subprocess import CompletedProcess
from typing import Any

import pytest
from pfnspec.check.saved.merge import merged
from pfnspec.check.saved.reader import Unreadable, result_of
from pfnspec.report.text.ink import Ink
from pfnspec.report.text.result import result_text

Ran = CompletedProcess[str]
Run = Callable[..., Ran]

MANY = '''"""Cells of several kinds."""
model many

const ROUNDS: int = 1

shared flag: bool = False
shared wq: waitqueue

process waiter[2]:
    wait until flag on wq
    label done
    if not flag:
        label never

process waker:
    flag = True
    wake_up(wq)

scenario one:
    cpus = 1

scenario two:
    cpus = 2
    ROUNDS = 2

invariant both: not (waiter[0] at done and waiter[1] at done)
expect both violated
'''
SECONDS = re.compile(r"\d+\.\d s in all")
INTERPRETER = ("--engine", "interpreter")


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory, pfnspec: Run) -> Path:
    """`many.pfn`, its result in `whole.json` and what is printed of that in `whole.txt`; `1.json` to `3.json`
    are three shards."""
    folder = tmp_path_factory.mktemp("saved")
    (folder / "many.pfn").write_text(MANY, encoding="utf-8")
    check = ("check", "many.pfn", *INTERPRETER, "--report")
    (folder / "whole.txt").write_text(pfnspec(*check, "json=whole.json", cwd=folder).stdout)
    for number in "123":
        pfnspec(*check, f"json={number}.json", "--shard", f"{number}/3", cwd=folder)
    return folder


def plain(text: str) -> str:
    return SECONDS.sub("", text)


def loaded(path: Path) -> dict[str, Any]:
    data: dict[str, Any] = json.loads(path.read_text(encoding="utf-8"))
    return data


def test_trace_shows_what_check_showed(pfnspec: Run, folder: Path) -> None:
    ran = pfnspec("trace", "whole.json", cwd=folder)
    assert ran.stdout == (folder / "whole.txt").read_text()
    # Some expectations are not met: that is the check's status and not that of showing it.
    assert ran.returncode == 0 and loaded(folder / "whole.json")["status"] == 1


def test_trace_needs_no_model(pfnspec: Run, folder: Path, tmp_path: Path) -> None:
    (tmp_path / "saved.json").write_bytes((folder / "whole.json").read_bytes())
    ran = pfnspec("trace", "saved.json", "--report", "html=page.html", cwd=tmp_path)
    assert ran.stdout == (folder / "whole.txt").read_text()
    assert "waiter[0]" in (tmp_path / "page.html").read_text(encoding="utf-8")


def test_trace_in_json_is_the_same_file(pfnspec: Run, folder: Path) -> None:
    ran = pfnspec("trace", "whole.json", "--format", "json", cwd=folder)
    assert ran.stdout == (folder / "whole.json").read_text(encoding="utf-8")


def test_trace_of_one_verdict(pfnspec: Run, folder: Path) -> None:
    words = ("--property", "both", "--policy", "block", "--scenario", "two")
    ran = pfnspec("trace", "whole.json", *words, "--format", "json", cwd=folder)
    verdicts = json.loads(ran.stdout)["verdicts"]
    assert [(v["property"], v["policy"], v["scenario"]) for v in verdicts] == [("both", "block", "two")]


def test_trace_from_a_pipe(pfnspec: Run, folder: Path) -> None:
    text = (folder / "whole.json").read_text(encoding="utf-8")
    assert pfnspec("trace", "-", input=text).stdout == (folder / "whole.txt").read_text()


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("", "this is no JSON"),
        ("{", "this is no JSON"),
        ("[" * 100_000, "this is no JSON"),
        ("{}", "it is no result of `pfnspec check`"),
        ("[1]", "it is no result of `pfnspec check`"),
        ('{"schema": 99, "verdicts": []}', "its schema is 99, and this pfnspec reads 1"),
        ('{"schema": 1, "verdicts": []}', "it has no 'processes'"),
    ],
)
def test_what_is_no_result(pfnspec: Run, tmp_path: Path, text: str, message: str) -> None:
    (tmp_path / "r.json").write_text(text)
    for command in ("trace", "merge"):
        ran = pfnspec(command, "r.json", cwd=tmp_path)
        assert (ran.returncode, ran.stdout, ran.stderr) == (2, "", f"pfnspec: r.json: {message}\n")


@pytest.mark.parametrize("value", [7, "x", None, {"a": [None]}, [{"b": 1}], [[]]])
def test_results_that_were_tampered_with(folder: Path, value: object) -> None:
    """They are refused, or can be shown as far as they make sense."""
    data = loaded(folder / "whole.json")
    refused = 0
    for part in data:
        try:
            result = result_of({**data, part: value})
        except Unreadable:
            refused += 1
        else:
            assert isinstance(result_text(result, 80, Ink()), str)
    assert refused > len(data) / 2


@pytest.mark.parametrize(
    ("words", "message"),
    [
        (("--property", "bth"), "whole.json has no property `bth`; did you mean `both`?"),
        (("--scenario", "x"), "whole.json has no scenario `x`; there are: one, two"),
    ],
)
def test_trace_of_what_is_not_there(pfnspec: Run, folder: Path, words: tuple[str, ...], message: str) -> None:
    ran = pfnspec("trace", "whole.json", *words, cwd=folder)
    assert (ran.returncode, ran.stderr) == (2, f"pfnspec: {message}\n")


def test_a_missing_file(pfnspec: Run, tmp_path: Path) -> None:
    ran = pfnspec("trace", "r.json", cwd=tmp_path)
    assert (ran.returncode, ran.stderr) == (2, "pfnspec: r.json: No such file or directory\n")


def test_shards_share_the_work(folder: Path) -> None:
    cells = [
        {
            (verdict["scenario"], verdict["policy"])
            for verdict in loaded(folder / f"{number}.json")["verdicts"]
        }
        for number in "123"
    ]
    assert [len(part) for part in sorted(cells, key=len)] == [2, 3, 3]
    assert len(set.union(*cells)) == 8


def test_merged_shards_are_the_whole(pfnspec: Run, folder: Path) -> None:
    ran = pfnspec("merge", "3.json", "1.json", "2.json", cwd=folder)
    assert plain(ran.stdout) == plain((folder / "whole.txt").read_text())
    assert ran.returncode == 1
    assert "no behaviour reaches label never" in ran.stdout
    assert "reaches" not in pfnspec("trace", "1.json", cwd=folder).stdout


def test_a_merged_result_is_a_result(pfnspec: Run, folder: Path, tmp_path: Path) -> None:
    report = tmp_path / "all.xml"
    ran = pfnspec(
        "merge", "1.json", "2.json", "3.json", "--format", "json", "--report", f"junit={report}", cwd=folder
    )
    merged, whole = json.loads(ran.stdout), loaded(folder / "whole.json")
    for data in (merged, whole):
        for evidence in (data["evidence"], *(verdict["evidence"] for verdict in data["verdicts"])):
            evidence["seconds"] = 0
    assert merged == whole
    assert report.read_text(encoding="utf-8").count("<testcase") == len(whole["verdicts"])


@pytest.mark.parametrize(
    ("files", "message"),
    [
        (("1.json", "3.json"), "many.pfn: shard 2 of 3 is missing"),
        (("1.json", "2.json", "2.json", "3.json"), "many.pfn: there are two results of shard 2"),
        (("whole.json", "1.json"), "many.pfn: the results are of different numbers of shards"),
        (("whole.json", "whole.json"), "many.pfn: there are two results"),
    ],
)
def test_what_does_not_belong_together(
    pfnspec: Run, folder: Path, files: tuple[str, ...], message: str
) -> None:
    ran = pfnspec("merge", *files, cwd=folder)
    assert (ran.returncode, ran.stdout, ran.stderr) == (2, "", f"pfnspec: {message}\n")


def test_shards_of_different_texts(pfnspec: Run, folder: Path, tmp_path: Path) -> None:
    data = loaded(folder / "2.json")
    data["sources"]["many.pfn"] += "# another remark\n"
    (tmp_path / "2.json").write_text(json.dumps(data))
    ran = pfnspec("merge", "1.json", tmp_path / "2.json", "3.json", cwd=folder)
    assert ran.returncode == 2
    assert ran.stderr == "pfnspec: many.pfn: the shards do not have the same sources\n"


def test_shards_that_were_asked_for_different_things(pfnspec: Run, folder: Path, tmp_path: Path) -> None:
    """Whatever is different in the question: no verdicts are missing, yet those that are there may be
    others, or not all."""
    data = loaded(folder / "2.json")
    others: dict[str, object] = {
        "properties": ["deadlock"], "policies": ["block"], "scenarios": ["one"], "seconds": 5.0,
        "run_seconds": 5.0, "states": 9, "fail_fast": True, "reduction": False, "outside": True, "tool": "x",
        "memory": "weak",
    }  # fmt: skip
    assert others.keys() == data["asked"].keys()
    for name, value in others.items():
        (tmp_path / "2.json").write_text(json.dumps({**data, "asked": {**data["asked"], name: value}}))
        ran = pfnspec("merge", "1.json", tmp_path / "2.json", "3.json", cwd=folder)
        assert (ran.returncode, ran.stdout, len(ran.stderr.splitlines())) == (2, "", 1)
        what = name.replace("_", " ")
        assert ran.stderr.startswith(f"pfnspec: many.pfn: the shards were not asked for the same {what}")
    (tmp_path / "2.json").write_text(json.dumps({key: data[key] for key in data if key != "asked"}))
    ran = pfnspec("merge", "1.json", tmp_path / "2.json", "3.json", cwd=folder)
    assert ran.returncode == 2
    assert ran.stderr == "pfnspec: many.pfn: a shard does not say what it was asked for; check it again\n"
    assert pfnspec("trace", tmp_path / "2.json", cwd=folder).returncode == 0


def test_a_whole_shard_and_one_property_of_another(pfnspec: Run, folder: Path) -> None:
    words = ("--shard", "2/3", "--property", "deadlock", "--report", "json=one.json")
    pfnspec("check", "many.pfn", *INTERPRETER, *words, cwd=folder)
    pfnspec("trace", "2.json", "--property", "deadlock", "--report", "json=shown.json", cwd=folder)
    for file in ("one.json", "shown.json"):
        ran = pfnspec("merge", "1.json", file, "3.json", cwd=folder)
        assert ran.returncode == 2
        message = "the shards were not asked for the same properties: all, and `deadlock`"
        assert ran.stderr == f"pfnspec: many.pfn: {message}\n"


def test_a_verdict_that_two_shards_have(pfnspec: Run, folder: Path, tmp_path: Path) -> None:
    data = loaded(folder / "2.json")
    data["verdicts"] += loaded(folder / "1.json")["verdicts"][:1]
    (tmp_path / "2.json").write_text(json.dumps(data))
    ran = pfnspec("merge", "1.json", tmp_path / "2.json", "3.json", cwd=folder)
    assert ran.returncode == 2
    assert ran.stderr == "pfnspec: many.pfn: there are 2 verdicts on `both` in the same place\n"


def test_a_memory_model_of_later(pfnspec: Run, folder: Path, tmp_path: Path) -> None:
    (tmp_path / "r.json").write_text(json.dumps({**loaded(folder / "whole.json"), "memory": "tso"}))
    ran = pfnspec("trace", "r.json", cwd=tmp_path)
    message = "it is about a memory model that this pfnspec does not know"
    assert (ran.returncode, ran.stderr) == (2, f"pfnspec: r.json: {message}\n")


def test_what_nothing_reaches_is_known_of_complete_shards_only(folder: Path) -> None:
    parts = [result_of(loaded(folder / f"{number}.json")) for number in "123"]
    (whole,) = merged(parts)
    assert "never" in [mark.text for mark in whole.unreachable]
    evidence = parts[1].evidence
    assert evidence is not None
    open_ = replace(parts[1], evidence=replace(evidence, complete=False), stopped="states", unreached=())
    (whole,) = merged([parts[0], open_, parts[2]])
    assert whole.unreachable == ()


def test_results_of_several_files(pfnspec: Run, folder: Path, tmp_path: Path) -> None:
    """Files may be whole beside others that are in shards; a list of results is as good as each of them."""
    other = "model other\n\nprocess p:\n    pass\n"
    (tmp_path / "other.pfn").write_text(other)
    pfnspec("check", "other.pfn", *INTERPRETER, "--report", "json=other.json", cwd=tmp_path)
    both = [loaded(tmp_path / "other.json"), loaded(folder / "1.json")]
    (tmp_path / "both.json").write_text(json.dumps(both))
    ran = pfnspec("merge", tmp_path / "both.json", "2.json", "3.json", "--format", "json", cwd=folder)
    assert [result["path"] for result in json.loads(ran.stdout)] == ["other.pfn", "many.pfn"]


@pytest.mark.parametrize("part", ["0/3", "4/3", "1", "a/b", "1/0", "-1/3"])
def test_shards_that_are_none(pfnspec: Run, folder: Path, part: str) -> None:
    ran = pfnspec("check", "many.pfn", f"--shard={part}", cwd=folder)
    assert ran.returncode == 2 and "is not of the form I/N with I from 1 to N" in ran.stderr


def test_a_shard_without_a_cell(pfnspec: Run, tmp_path: Path) -> None:
    (tmp_path / "other.pfn").write_text("model other\n\nprocess p:\n    pass\n")
    texts = [
        pfnspec("check", "other.pfn", *INTERPRETER, "--shard", f"{number}/2", cwd=tmp_path)
        for number in (1, 2)
    ]
    assert {ran.returncode for ran in texts} == {0}
    assert sum("nothing of it in this shard" in ran.stdout for ran in texts) == 1
