"""`NAME.recordings.toml`: the recordings that stand beside a model."""

from __future__ import annotations

import json
import os
import subprocess
from collections.abc import Callable
from pathlib import Path
from xml.etree import ElementTree

import pytest

Run = Callable[..., subprocess.CompletedProcess[str]]

MODEL = """model worked
process worker:
    label works
    cpu_relax()
recording notes:
    part worker
    event work: worker at works
"""
NOTE = '{"event": "work", "time": 1.0, "thread": 1}\n'


@pytest.fixture
def model(tmp_path: Path) -> Path:
    (tmp_path / "pyproject.toml").touch()
    (tmp_path / "once.ndjson").write_text(NOTE, encoding="utf-8")
    (tmp_path / "twice.ndjson").write_text(NOTE + NOTE, encoding="utf-8")
    path = tmp_path / "worked.pfn"
    path.write_text(MODEL, encoding="utf-8")
    return path


def listed(model: Path, text: str) -> None:
    model.with_suffix(".recordings.toml").write_text(text, encoding="utf-8")


@pytest.mark.parametrize(
    ("first", "second", "status"),
    [("explained", "not explained", 0), ("not explained", "not explained", 1), ("explained", "explained", 1)],
)
def test_all_have_to_be_as_expected(pfnspec: Run, model: Path, first: str, second: str, status: int) -> None:
    listed(
        model,
        f'[[recording]]\nfiles = ["once.ndjson"]\nexpect = "{first}"\n'
        f'[[recording]]\nfiles = ["twice.ndjson"]\nexpect = "{second}"\n',
    )
    ran = pfnspec("validate", model, "--format", "json")
    assert ran.returncode == status and not ran.stderr
    found = json.loads(ran.stdout)["recordings"]
    assert [(os.path.basename(one["path"]), one["outcome"], one["expected"]) for one in found] == [
        ("once.ndjson", "explained", first),
        ("twice.ndjson", "not explained", second),
    ]


def test_told_as_text_and_junit(pfnspec: Run, model: Path) -> None:
    listed(model, '[[recording]]\nfiles = ["once.ndjson", "twice.ndjson"]\nexpect = "not explained"\n')
    ran = pfnspec("validate", "worked.pfn", cwd=model.parent)
    assert "once.ndjson   explained by worked, but expected: not explained\n" in ran.stdout
    assert "twice.ndjson   not explained by worked, as expected: work of thread 1" in ran.stdout
    ran = pfnspec("validate", "worked.pfn", "--format", "junit", cwd=model.parent)
    suite = ElementTree.fromstring(ran.stdout)[0]
    assert (suite.get("tests"), suite.get("failures")) == ("2", "1")
    failure = suite[0].find("failure")
    assert failure is not None and failure.get("message") == "explained, expected: not explained"


def test_a_part_of_one(pfnspec: Run, model: Path) -> None:
    (model.parent / "twice.ndjson").write_text(NOTE + NOTE.replace("1.0", "2.0"), encoding="utf-8")
    listed(model, '[[recording]]\nfiles = ["twice.ndjson"]\nto = "1.5s"\n')
    assert pfnspec("validate", model).returncode == 0
    listed(model, '[[recording]]\nfiles = ["twice.ndjson"]\nto = 2.5\n')
    assert pfnspec("validate", model).returncode == 1


WRONG = {
    "": "no recording is named",
    "[[recordings]]\n": "there is no `recordings` here",
    "[[recording]]\nfile = 'x'\n": "there is no `file` of a recording",
    "[[recording]]\nfiles = 'x'\n": "`files` takes a list of texts",
    '[[recording]]\nfiles = ["a\\u0000"]\n': "`a?` is no name of a file",
    "[[recording]]\nfiles = ['-']\n": "`-` is no name of a file",
    "\n[[recording]]\nfiles = ['../x']\n": "2:1: error[recordings]: `../x` lies outside the project",
    "[[recording]]\nfiles = ['x']\nexpect = 'refused'\n": '`expect` takes "explained"',
    "[[recording]]\nfiles = ['x']\nskew = '2 parsec'\n": "`skew`: `2 parsec` is no time",
    "[[recording]]\nfiles = ['x']\nbinding = 'nodes'\n": "there is no recording `nodes`",
    "[[recording]]\nfiles = ['x']\npolicy = 'late'\n": "no such scenario and policy",
    "[[recording]\n": "1:12: error[recordings]: this is not TOML",
}


@pytest.mark.parametrize("text", WRONG, ids=repr)
def test_a_list_that_is_wrong(pfnspec: Run, model: Path, text: str) -> None:
    listed(model, text)
    ran = pfnspec("validate", model)
    assert ran.returncode == 2 and not ran.stdout
    assert WRONG[text] in ran.stderr and "Traceback" not in ran.stderr


def test_one_that_is_not_there(pfnspec: Run, model: Path) -> None:
    listed(model, "[[recording]]\nfiles = ['x']\n")
    ran = pfnspec("validate", model)
    assert ran.returncode == 2 and "it cannot be read: No such file or directory" in ran.stdout


def test_a_list_that_is_a_link_to_nothing(pfnspec: Run, model: Path) -> None:
    model.with_suffix(".recordings.toml").symlink_to("nowhere")
    ran = pfnspec("validate", model)
    assert ran.returncode == 2 and "error[cannot-read]" in ran.stderr


def test_none_is_named(pfnspec: Run, model: Path) -> None:
    ran = pfnspec("validate", model)
    assert ran.returncode == 2 and "name a recording: none is given" in ran.stderr
    listed(model, "[[recording]]\nfiles = ['once.ndjson']\n")
    ran = pfnspec("validate", model, "--skew", "1us")
    assert ran.returncode == 2 and "--skew is for recordings that are named" in ran.stderr
