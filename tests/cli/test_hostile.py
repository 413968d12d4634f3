"""Models, file names and folders of somebody who means no good: the command shows them, and obeys nothing."""

from __future__ import annotations

import ast
import json
import os
import re
import shlex
import signal
import subprocess
import sys
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from subprocess import CompletedProcess
from unicodedata import category

import pytest
from pfnspec.cli.main import main

Run = Callable[..., "CompletedProcess[str]"]
Say = Callable[..., tuple[int, str, str]]
ROOT = Path(__file__).resolve().parents[2]
KINDS = ("junit", "sarif", "markdown", "html", "json")
posix = pytest.mark.skipif(sys.platform != "linux", reason="names of files are bytes on Linux")

GOOD = "model m\n\nshared x: bool\n\nprocess p:\n    x = True\n"
TEXT = """model m

shared x: bool = False

process p:
    x = True
    assert not x, "a\\n::error::z\\n  deadlock  holds \x1b]0;y\x07 ##[error]q \u202egnol"  # \u202e ##[error]
"""
VARIES = 'model n varies "a\\n::stop-commands::tok\\n\\x1b[2J"\n'


def clean(text: str) -> None:
    """No command but annotations, nothing that a terminal obeys, no line that somebody else made."""
    for line in text.splitlines():
        if re.match(r"::(error|warning|notice) [^:]*::", line):
            assert "##[" not in line
        else:
            assert not line.lstrip().startswith("::") and "##[" not in line, line
        assert not line.startswith("  deadlock  holds "), line
    odd = [letter for letter in text if letter != "\n" and category(letter) in ("Cc", "Cf", "Cs", "Zl", "Zp")]
    assert not odd, text


def written(name: str) -> list[str]:
    return [word for kind in KINDS for word in ("--report", f"{kind}={name}.{kind}")]


@pytest.fixture
def say(
    command_environment: Mapping[str, str],
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> Iterator[Say]:
    """Runs `pfnspec` in this process: its status, and what it writes to standard output and error."""
    monkeypatch.setenv("PFNSPEC_CACHE", command_environment["PFNSPEC_CACHE"])
    monkeypatch.setenv("PFNSPEC_TRACEBACK", "1")
    before = {number: signal.getsignal(number) for number in (signal.SIGINT, signal.SIGTERM)}

    def run(*words: str, cwd: Path, env: Mapping[str, str] = {}) -> tuple[int, str, str]:
        monkeypatch.chdir(cwd)
        for name in ("GITHUB_ACTIONS", "GITHUB_STEP_SUMMARY", "GITHUB_WORKSPACE"):
            monkeypatch.delenv(name, raising=False)
        for name, value in env.items():
            monkeypatch.setenv(name, value)
        if words[0] == "check":
            words = (*words, "--no-cache", "--engine", "interpreter")
        try:
            status = main(words)
        except SystemExit as end:
            status = int(str(end.code))
        return (status, *capsys.readouterr())

    yield run
    for number, handler in before.items():
        signal.signal(number, handler)


@pytest.fixture
def actions(tmp_path: Path) -> dict[str, str]:
    """The environment of a job of GitHub's."""
    summary = os.fspath(tmp_path / "summary")
    return {
        "GITHUB_ACTIONS": "true", "GITHUB_STEP_SUMMARY": summary, "GITHUB_WORKSPACE": os.fspath(tmp_path)
    }  # fmt: skip


@pytest.mark.parametrize("form", ["text", "lines", "json"])
def test_texts_of_a_model(say: Say, tmp_path: Path, actions: Mapping[str, str], form: str) -> None:
    (tmp_path / "text.pfn").write_text(TEXT, encoding="utf-8")
    (tmp_path / "varies.pfn").write_text(VARIES, encoding="utf-8")
    words = ("check", "text.pfn", "varies.pfn", "--format", form, *written("r"))
    status, out, err = say(*words, cwd=tmp_path, env=actions)
    assert status == 2, err
    clean(out)
    clean(err)
    assert "\\x0a::error::z" in out or form == "json"
    # Of a file the runner obeys nothing.
    clean((tmp_path / "summary").read_text(encoding="utf-8").replace("##[", ""))
    for kind in KINDS:
        assert (tmp_path / f"r.{kind}").is_file()


NAMES = {
    "line end": b"nl\n::stop-commands::abc\nx.pfn",
    "escape": b"e\x1b]0;evil\x07.pfn",
    "direction": "\u202enfp.x.pfn".encode(),
    "no UTF-8": b"bad\xff.pfn",
    "command": b"::error::z.pfn",
    "option": b"-x.pfn",
    "quotes": b"it's $(touch x) \"`\\.pfn",
}


@posix
@pytest.mark.parametrize("name", NAMES.values(), ids=NAMES)
@pytest.mark.parametrize("form", ["text", "lines", "json"])
def test_names_of_files(say: Say, tmp_path: Path, actions: Mapping[str, str], name: bytes, form: str) -> None:
    """All reports are written, and the status is right, for the other models too."""
    folder = tmp_path / "models"
    folder.mkdir()
    (folder / os.fsdecode(name)).write_text(TEXT, encoding="utf-8")
    (folder / "zzz.pfn").write_text(TEXT.replace("model m", "model z"), encoding="utf-8")
    status, out, err = say("check", ".", "--format", form, *written("r"), cwd=folder, env=actions)
    assert status == 1, err
    clean(out)
    clean(err)
    for kind in KINDS:
        assert (folder / f"r.{kind}").read_text(encoding="utf-8")
    results = json.loads((folder / "r.json").read_text(encoding="utf-8"))
    assert [os.fsencode(one["path"]) for one in results] == sorted([name, b"zzz.pfn"])
    (run,) = json.loads((folder / "r.sarif").read_text(encoding="utf-8"))["runs"]
    assert len(run["results"]) == 2
    (folder / os.fsdecode(name)).write_text(TEXT.replace("x = True", "x  = True"), encoding="utf-8")
    status, out, err = say("fmt", "--check", ".", cwd=folder)
    assert status == 1
    clean(out + err)


@posix
@pytest.mark.parametrize("name", NAMES.values(), ids=NAMES)
def test_the_command_that_is_told_works(
    pfnspec: Run, command_environment: Mapping[str, str], tmp_path: Path, name: bytes
) -> None:
    """A shell runs `reproduce:` as it stands, and the same property is violated."""
    (tmp_path / os.fsdecode(name)).write_text(TEXT.replace('"a', '"-a'), encoding="utf-8")
    first = pfnspec("check", ".", "--engine", "interpreter", "--no-cache", cwd=tmp_path)
    (told,) = re.findall(r"^  reproduce: (pfnspec check .*)$", first.stdout, re.MULTILINE)
    script = f'pfnspec() {{ {shlex.quote(sys.executable)} -m pfnspec "$@"; }}\n{told} --no-cache\n'
    ran = subprocess.run(
        ["bash", "-c", script], cwd=tmp_path, env=dict(command_environment), capture_output=True, check=False
    )
    assert ran.returncode == 1, ran.stderr
    again = re.findall(rb"^  reproduce: (pfnspec check .*)$", ran.stdout, re.MULTILINE)
    assert again == [told.encode()]
    assert sorted(os.listdir(os.fsencode(tmp_path))) == [name]


@posix
@pytest.mark.parametrize("name", NAMES.values(), ids=NAMES)
def test_messages_about_arguments(say: Say, tmp_path: Path, name: bytes) -> None:
    given = f"./{os.fsdecode(name)}"
    for words in (
        ("check", given), ("trace", given), ("translate", given), ("fmt", given), ("explain", given),
        ("check", "--report", f"json={given}/x"), ("check", "--jobs", given), ("simulate", given), (given,),
        ("gate", "--base", given), ("init", f"{given}/x/../../{given}"), ("check", "--config", given),
        ("merge", given), ("diff", given, given), ("check", given, "--cache", "/dev/null"),
    ):  # fmt: skip
        status, out, err = say(*words, cwd=tmp_path)
        assert status in (0, 1, 2, 4)
        clean(out)
        clean(err)


def test_everything_is_written_in_one_place() -> None:
    """A line that is printed otherwise would not be looked at."""
    found: list[str] = []
    for path in sorted((ROOT / "cli").rglob("*.py")):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if not isinstance(node, ast.Call):
                continue
            called = ast.unparse(node.func)
            printed = called == "print" or re.fullmatch(r"(sys\.std\w+|stream)\.write(lines)?", called)
            if printed and path.name != "write.py" and "pfnspec {found}" not in ast.unparse(node):
                found.append(f"{path.name}:{node.lineno}")
    assert found == []


# -- links


@pytest.fixture
def outside(tmp_path: Path) -> Path:
    """A project with a model, beside a file that is not of it."""
    (tmp_path / "secret.txt").write_text("SECRET_TOKEN=hunter2\n", encoding="utf-8")
    (tmp_path / "elsewhere").mkdir()
    (tmp_path / "elsewhere/small.pfn").write_text(GOOD, encoding="utf-8")
    project = tmp_path / "project"
    project.mkdir()
    (project / "pfnspec.toml").touch()
    (project / "good.pfn").write_text(GOOD, encoding="utf-8")
    return project


COMMANDS = (("check",), ("fmt", "--check"))
LINKS = {"../secret.txt": "secret", "/proc/self/environ": "environment", "/dev/zero": "device"}


@posix
@pytest.mark.parametrize("target", LINKS, ids=LINKS.get)
@pytest.mark.parametrize("command", COMMANDS, ids=lambda words: words[0])
@pytest.mark.parametrize("by", ["folder", "configuration", "pattern"])
def test_a_link_out_of_the_project_is_not_read(
    say: Say, outside: Path, target: str, command: tuple[str, ...], by: str
) -> None:
    (outside / "link.pfn").symlink_to(target)
    if by != "folder":
        paths = '["."]' if by == "configuration" else '["*.pfn"]'
        (outside / "pfnspec.toml").write_text(f"paths = {paths}\n", encoding="utf-8")
    words = ("--report", "json=r.json") if command[0] == "check" else ()
    status, out, err = say(
        *command, *words, *(["."] if by == "folder" else []), cwd=outside, env={"SECRET": "hunter2"}
    )
    assert status == 2
    assert err == (
        "pfnspec: link.pfn is not read: it leads out of the project, or to no file; name it to have it read\n"
    )
    assert "hunter2" not in out
    if command[0] == "check":
        assert out.startswith("m ")
        assert json.loads((outside / "r.json").read_text(encoding="utf-8"))["path"] == "good.pfn"


@posix
def test_a_pattern_does_not_lead_out(say: Say, outside: Path) -> None:
    (outside / "lnk").symlink_to("../elsewhere")
    for pattern in ("l*k/small.pfn", "l*k", "lnk/*.pfn"):
        (outside / "pfnspec.toml").write_text(f'paths = ["{pattern}"]\n', encoding="utf-8")
        status, out, err = say("check", cwd=outside)
        assert (status, out) == (2, "")
        assert "not read" in err or "lies outside the project" in err


@posix
def test_what_a_user_names_himself_is_read(say: Say, outside: Path) -> None:
    (outside / "link.pfn").symlink_to("../elsewhere/small.pfn")
    (outside / "lnk").symlink_to("../elsewhere")
    (outside / "inner.pfn").symlink_to("good.pfn")
    for words in (("link.pfn",), ("lnk/small.pfn",), ("lnk",), ("good.pfn", "link.pfn"), ("inner.pfn",)):
        status, _, err = say("check", *words, cwd=outside)
        assert (status, err) == (0, "")
    status, _, err = say("check", "link.pfn", ".", cwd=outside)
    assert (status, err) == (0, "")


@posix
@pytest.mark.parametrize("target", LINKS, ids=LINKS.get)
def test_a_base_does_not_lead_out(say: Say, outside: Path, target: str) -> None:
    (outside / "base.inc").symlink_to(target)
    (outside / "own.pfn").write_text('model own varies "base.inc"\n', encoding="utf-8")
    status, _, err = say("check", "own.pfn", cwd=outside, env={"SECRET": "hunter2"})
    assert status == 2
    assert "error[base-outside]" in err and "hunter2" not in err


@posix
def test_a_base_is_no_pipe(say: Say, outside: Path) -> None:
    os.mkfifo(outside / "base.inc")
    (outside / "own.pfn").write_text('model own varies "base.inc"\n', encoding="utf-8")
    status, _, err = say("check", "own.pfn", cwd=outside)
    assert status == 2
    assert "is no file, but a device or a pipe" in err
