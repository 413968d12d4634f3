"""What a command meets: terminals and pipes, tools that are missing, folders that cannot be written."""

from __future__ import annotations

import hashlib
import os
import pickle
import shlex
import subprocess
import sys
from collections.abc import Callable, Mapping
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from subprocess import CompletedProcess
from typing import Any

import pytest

Run = Callable[..., "CompletedProcess[str]"]
OnTerminal = Callable[..., tuple[int, str]]
posix = pytest.mark.skipif(sys.platform == "win32", reason="POSIX only")
not_root = pytest.mark.skipif(
    sys.platform == "win32" or os.geteuid() == 0, reason="root may write everywhere"
)


@posix
def test_a_terminal_has_colour_progress_and_its_width(
    on_terminal: OnTerminal, command_environment: Mapping[str, str], models: Path
) -> None:
    status, text = on_terminal(
        ["check", "expected.pfn"], {**command_environment, "TERM": "xterm-256color"}, models, 90
    )
    assert status == 0
    assert "\x1b[31;1mVIOLATED" in text
    assert "\x1b[32mholds" in text
    assert "\r\x1b[Kpreliminary: lost update violated; " in text
    assert text.rindex("\r\x1b[K") < text.index("VIOLATED")


@posix
@pytest.mark.parametrize("name", ["NO_COLOR", "TERM"])
def test_no_colour(
    on_terminal: OnTerminal, command_environment: Mapping[str, str], tmp_path: Path, name: str
) -> None:
    value = {"NO_COLOR": "1", "TERM": "dumb"}[name]
    (tmp_path / "m.pfn").write_text("model m\nprocess p:\n    x = 1\n", encoding="utf-8")
    environment = {**command_environment, "TERM": "xterm"}
    status, coloured = on_terminal(["translate", "m.pfn"], environment, tmp_path)
    assert status == 2
    assert "\x1b[" in coloured
    status, plain = on_terminal(["translate", "m.pfn"], environment | {name: value}, tmp_path)
    assert status == 2
    assert "\x1b" not in plain
    assert "error[" in plain


def test_a_pipe_has_neither_colour_nor_progress(once: Run, models: Path) -> None:
    ran = once("check", models / "bad.pfn")
    assert "\x1b" not in ran.stdout + ran.stderr
    assert "\r" not in ran.stdout + ran.stderr
    assert ran.stderr == ""


@posix
@pytest.mark.parametrize(
    "words",
    [
        ["check", "bad.pfn"],
        ["check", "bad.pfn", "--format", "json"],
        ["translate", "good.pfn"],
        ["explain"],
        ["check", "--help"],
        ["--version"],
    ],
    ids=lambda words: " ".join(words),
)
def test_a_reader_that_goes_away(
    command_environment: Mapping[str, str], models: Path, words: list[str]
) -> None:
    reading, writing = os.pipe()
    os.close(reading)
    child = subprocess.Popen(
        [sys.executable, "-m", "pfnspec", *words],
        stdin=subprocess.DEVNULL,
        stdout=writing,
        stderr=subprocess.PIPE,
        env=dict(command_environment),
        cwd=models,
    )
    os.close(writing)
    _, said = child.communicate(timeout=60)
    assert said == b""
    # argparse does not say whether it could print its help.
    assert child.returncode == 4 or words[-1].startswith("--")


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="needs /dev/full")
def test_output_that_cannot_be_written(command_environment: Mapping[str, str], models: Path) -> None:
    with open("/dev/full", "w") as full:
        ran = subprocess.run(
            [sys.executable, "-m", "pfnspec", "translate", "good.pfn"],
            stdout=full,
            stderr=subprocess.PIPE,
            text=True,
            env=dict(command_environment),
            cwd=models,
            check=False,
        )
    assert ran.returncode == 4
    assert ran.stderr == "pfnspec: No space left on device\n"


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="needs /dev/full")
@pytest.mark.parametrize(
    ("words", "status"),
    [
        (("check", "no such.pfn"), 2),
        (("check", "bad.pfn", "--engine", "interpreter"), 1),
        (("check", "good.pfn", "--java", "/no/such"), 4),
        (("explain", "no-such-code"), 2),
        (("trace", "good.pfn"), 2),
        (("fmt", "no such.pfn"), 2),
        (("translate", "no such.pfn"), 2),
        (("nothing",), 2),
    ],
    ids=lambda value: value[0] if isinstance(value, tuple) else None,
)
def test_errors_that_cannot_be_written(
    command_environment: Mapping[str, str], models: Path, words: tuple[str, ...], status: int
) -> None:
    """Nobody hears what is wrong, and the exit status still says it."""
    with open("/dev/full", "w") as full:
        ran = subprocess.run(
            [sys.executable, "-m", "pfnspec", *words],
            stdout=subprocess.DEVNULL, stderr=full, env=dict(command_environment), cwd=models, check=False,
        )  # fmt: skip
    assert ran.returncode == status


@posix
def test_closed_output(command_environment: Mapping[str, str], models: Path) -> None:
    words = [sys.executable, "-m", "pfnspec", "translate", "good.pfn"]
    ran = subprocess.run(
        ["sh", "-c", '"$@" >&- 2>&-', "sh", *words], env=dict(command_environment), cwd=models, check=False
    )
    assert ran.returncode == 0


@pytest.mark.parametrize("option", ["--java", "--tla2tools"])
def test_tools_that_are_not_there(pfnspec: Run, models: Path, option: str) -> None:
    for command in (("check", models / "good.pfn"), ("doctor",)):
        ran = pfnspec(*command, option, "/no/such/tool")
        assert ran.returncode == 4
        last = ran.stderr.splitlines()
        assert len(last) == 1
        assert last[0].startswith(f"pfnspec: {option}")
        assert "/no/such/tool" in last[0]
        assert "holds" not in ran.stdout


@pytest.mark.parametrize("variable", ["PFNSPEC_JAVA", "PFNSPEC_TLA2TOOLS"])
def test_tools_of_the_environment_that_are_not_there(pfnspec: Run, models: Path, variable: str) -> None:
    ran = pfnspec("check", models / "good.pfn", env={variable: "/no/such/tool"})
    assert (ran.returncode, ran.stdout) == (4, "")
    assert ran.stderr.startswith(f"pfnspec: {variable}")
    assert "/no/such/tool" in ran.stderr


@posix
def test_tools_that_are_something_else(pfnspec: Run, models: Path, tmp_path: Path) -> None:
    text = tmp_path / "java"
    text.write_text("this is no program\n")
    ran = pfnspec("check", models / "good.pfn", "--java", text)
    assert (ran.returncode, ran.stdout) == (4, "")
    assert "is not an executable file" in ran.stderr
    ran = pfnspec("check", models / "good.pfn", "--tla2tools", text)
    assert (ran.returncode, ran.stdout) == (4, "")
    assert "not a jar with TLC in it" in ran.stderr
    script = tmp_path / "script"
    script.write_text("#!/bin/sh\necho I am no Java\nexit 7\n")
    script.chmod(0o755)
    ran = pfnspec("check", models / "good.pfn", "--java", script)
    assert (ran.returncode, ran.stdout) == (4, "")
    assert ran.stderr.startswith("pfnspec: ")


@posix
def test_a_diagnostic_comes_before_a_missing_tool(pfnspec: Run, tmp_path: Path) -> None:
    (tmp_path / "m.pfn").write_text("model m\nprocess p:\n    x = 1\n", encoding="utf-8")
    ran = pfnspec("check", tmp_path / "m.pfn", "--java", "/no/such/java")
    assert ran.returncode == 2


def test_java_options_of_the_environment_are_not_used(pfnspec: Run, models: Path) -> None:
    ran = pfnspec("check", models / "good.pfn", env={"JAVA_TOOL_OPTIONS": "-Xmx1k", "CLASSPATH": "/no/such"})
    assert ran.returncode == 0, ran.stderr


@not_root
def test_temporary_folder_that_cannot_be_written(pfnspec: Run, models: Path, tmp_path: Path) -> None:
    tmp_path.chmod(0o500)
    ran = pfnspec("check", models / "good.pfn", env={"TMPDIR": str(tmp_path)})
    tmp_path.chmod(0o700)
    # Python looks for another one where it can; it must not matter.
    assert ran.returncode in (0, 4)


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="Linux only")
def test_temporary_folder_that_takes_no_files(pfnspec: Run, models: Path) -> None:
    """No folder can be made below /proc, not even by root; Python then looks for another one."""
    ran = pfnspec("check", models / "good.pfn", env={"TMPDIR": "/proc/self"})
    assert ran.returncode in (0, 4)
    assert (ran.stdout == "") == (ran.returncode == 4)


@posix
@pytest.mark.parametrize("megabytes", [0, 1])
def test_full_disk(pfnspec: Run, models: Path, temporary: Path, megabytes: int) -> None:
    """No file may get larger than this, which the writer learns as it would of a full disk."""
    import resource
    import signal

    def limit() -> None:
        signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
        resource.setrlimit(resource.RLIMIT_FSIZE, (megabytes << 20, megabytes << 20))

    environment = {"TMPDIR": str(temporary), "PYTHONDONTWRITEBYTECODE": "1"}
    ran = pfnspec(
        "check",
        models / "endless.pfn",
        "--timeout",
        "20",
        "--max-states",
        "100000",
        preexec_fn=limit,
        env=environment,
    )
    assert ran.returncode in (3, 4)
    if megabytes == 0:
        assert (ran.returncode, ran.stdout) == (4, "")
    if ran.returncode == 4:
        assert ran.stderr.startswith("pfnspec: ")
        assert len(ran.stderr.splitlines()) <= 2
    assert list(temporary.iterdir()) == []


@pytest.mark.skipif(not Path("/proc/self").exists(), reason="needs /proc")
@pytest.mark.parametrize("place", ["/proc/no", "/dev/null", "/dev/null/no"])
def test_no_place_for_the_cache(pfnspec: Run, models: Path, place: str) -> None:
    ran = pfnspec("translate", models / "good.pfn", env={"PFNSPEC_CACHE": place})
    assert (ran.returncode, ran.stderr) == (0, "")


def test_no_home(pfnspec: Run, models: Path) -> None:
    ran = pfnspec("translate", models / "good.pfn", env={"PFNSPEC_CACHE": None, "HOME": "/no/such/home"})
    assert (ran.returncode, ran.stderr) == (0, "")


@pytest.mark.parametrize("content", [b"", b"\0" * 1000, b"garbage", b"\x80\x04K\x01."])
def test_a_cache_that_is_spoilt(pfnspec: Run, models: Path, tmp_path: Path, content: bytes) -> None:
    environment = {"PFNSPEC_CACHE": str(tmp_path)}
    expected = pfnspec("translate", models / "good.pfn", env=environment)
    cached = [path for path in tmp_path.rglob("*") if path.is_file()]
    assert cached
    for path in cached:
        path.write_bytes(content)
    ran = pfnspec("translate", models / "good.pfn", env=environment)
    assert (ran.returncode, ran.stderr) == (0, "")
    assert ran.stdout == expected.stdout


def test_the_cache_of_the_grammar_is_data(pfnspec: Run, models: Path, tmp_path: Path) -> None:
    """Neither a pickle that runs something nor what is no table does any harm, the digest being right."""
    environment = {"PFNSPEC_CACHE": str(tmp_path)}
    expected = pfnspec("translate", models / "good.pfn", env=environment)
    (kept,) = (path for path in tmp_path.rglob("*") if path.is_file())
    head, _, text = kept.read_bytes().partition(b"\n")
    mark = head.split()[0]
    poison = pickle.dumps(_Touch(tmp_path / "obeyed"))
    wrong = (pickle.dumps(value) for value in ([], ({}, {}), None, 7, ({"parser": {}}, {1: 2})))
    for content in (poison, *wrong, b"", text[:-1]):
        for first in (head, mark + b" " + hashlib.sha256(content).hexdigest().encode()):
            kept.write_bytes(first + b"\n" + content)
            ran = pfnspec("translate", models / "good.pfn", env=environment)
            assert (ran.returncode, ran.stderr, ran.stdout) == (0, "", expected.stdout)
    assert not (tmp_path / "obeyed").exists()
    for path in tmp_path.rglob("*"):
        assert path.is_dir() or path == kept


class _Touch:
    """Makes a file when it is read from a pickle."""

    def __init__(self, path: Path) -> None:
        self.path = path

    def __reduce__(self) -> tuple[Any, ...]:
        return os.system, (f"touch {shlex.quote(os.fspath(self.path))}",)


def test_side_by_side(pfnspec: Run, models: Path, temporary: Path, tmp_path: Path) -> None:
    """With one new cache and one temporary folder for all."""
    names = ("good", "expected", "good", "expected")
    environment = {"TMPDIR": str(temporary), "PFNSPEC_CACHE": str(tmp_path / "cache")}
    with ThreadPoolExecutor(4) as pool:
        runs = list(pool.map(lambda name: pfnspec("check", models / f"{name}.pfn", env=environment), names))
    assert [(ran.returncode, ran.stderr) for ran in runs] == [(0, "")] * 4
    assert all(ran.stdout.startswith(name) for name, ran in zip(names, runs, strict=True))
    assert list(temporary.iterdir()) == []


def test_from_another_folder(pfnspec: Run, root: Path, tmp_path: Path) -> None:
    path = os.path.relpath(root / "examples" / "pfncache" / "v3_4_repaired.pfn", tmp_path)
    ran = pfnspec("translate", path, cwd=tmp_path)
    assert ran.returncode == 0, ran.stderr
