"""Completion, asked for as shells do: bash's function, fish's `complete -C`, zsh on a terminal."""

from __future__ import annotations

import os
import pty
import select
import shutil
import subprocess
import time
from collections.abc import Callable, Mapping
from pathlib import Path
from subprocess import CompletedProcess

import pytest

SHELLS = ("bash", "zsh", "fish")
MODEL = """model waits

const TASKS: int = 2

policies spin, block

shared ready: bool
shared queue: waitqueue

process waiter[TASKS]:
    wait until ready on queue
    assert ready, "it is ready"

scenario up:
    cpus = 1
"""
LINES: Mapping[str, tuple[str, ...]] = {
    "pfnspec ch": ("check",),
    "pfnspec check --engine ": ("tlc", "interpreter", "spin", "spin-bitstate"),
    "pfnspec check --fail": ("--fail-fast",),
    "pfnspec check wai": ("waits.pfn",),
    "pfnspec check waits.pfn --policy ": ("spin", "block"),
    "pfnspec check waits.pfn --scenario ": ("up",),
    "pfnspec check waits.pfn --const ": ("TASKS=",),
    "pfnspec check waits.pfn --property dead": ("deadlock",),
    "pfnspec check --jobs ": (),
    "pfnspec trace s": ("saved.json",),
    "pfnspec check --keep ": ("kept/",),
    "pfnspec explain declared-t": ("declared-twice",),
    "pfnspec check broken.pfn --policy ": (),
}
QUOTED = {"pfnspec check waits.pfn --property it": (r"it\ is\ ready",)}
BASH = """
eval "$(pfnspec completion bash)"
for line; do
    COMP_LINE=$line COMP_POINT=${#line} COMP_TYPE=9 COMPREPLY=()
    _python_argcomplete pfnspec
    echo "> $line"
    printf '%s\\n' "${COMPREPLY[@]}"
done
"""


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """With a model, a broken one, and another file."""
    folder = tmp_path_factory.mktemp("completion")
    (folder / "waits.pfn").write_text(MODEL, encoding="utf-8")
    (folder / "broken.pfn").write_text("model broken\nprocess p:\n", encoding="utf-8")
    (folder / "waits.txt").touch()
    (folder / "saved.json").touch()
    (folder / "kept").mkdir()
    return folder


def program(name: str) -> str:
    found = shutil.which(name)
    if found is None:
        pytest.skip(f"{name} is missing: its completion was not tried")
    return found


@pytest.fixture(scope="module")
def in_bash(by_name: Mapping[str, str], folder: Path) -> Mapping[str, tuple[str, ...]]:
    """What bash's function offers for each line."""
    ran = subprocess.run(
        [program("bash"), "--norc", "-c", BASH, "bash", *LINES, *QUOTED],
        cwd=folder, env=by_name, capture_output=True, encoding="utf-8", timeout=120, check=True,
    )  # fmt: skip
    assert ran.stderr == ""
    answers = (part.split("\n") for part in ran.stdout.split("> ")[1:])
    return {line: tuple(word.strip() for word in words if word) for line, *words in answers}


@pytest.mark.parametrize("line", [*LINES, *QUOTED])
def test_bash(in_bash: Mapping[str, tuple[str, ...]], line: str) -> None:
    assert in_bash[line] == {**LINES, **QUOTED}[line]


def test_fish(by_name: Mapping[str, str], folder: Path) -> None:
    script = "pfnspec completion fish | source; complete -C 'pfnspec check waits.pfn --policy '"
    ran = subprocess.run(
        [program("fish"), "--no-config", "-c", script],
        cwd=folder, env=by_name, capture_output=True, encoding="utf-8", timeout=60, check=True,
    )  # fmt: skip
    assert [line.split("\t")[0] for line in ran.stdout.splitlines()] == ["block", "spin"]


def test_zsh(by_name: Mapping[str, str], folder: Path) -> None:
    """On a terminal, since only the line editor of zsh completes."""
    zsh = program("zsh")
    child, terminal = pty.fork()
    if child == 0:
        os.chdir(folder)
        os.execve(zsh, [zsh, "-f", "-i"], dict(by_name))
    try:
        read = reader(terminal)
        os.write(terminal, b"PS1=; autoload -Uz compinit && compinit -D -u; echo be''gun\n")
        assert "begun" in read("begun")
        os.write(terminal, b"eval \"$(pfnspec completion zsh)\"; echo do''ne\n")
        assert "done" in read("done")
        os.write(terminal, b"pfnspec check waits.pfn --scenario \t--const TA\t")
        assert "--const TASKS=" in read("--const TASKS=")
    finally:
        os.kill(child, 9)
        os.waitpid(child, 0)
        os.close(terminal)


def reader(terminal: int) -> Callable[[str], str]:
    """Reads from a terminal until a text comes, or for a minute."""

    def read(wanted: str) -> str:
        text, end = "", time.monotonic() + 60
        while wanted not in text and time.monotonic() < end:
            if select.select([terminal], [], [], 1)[0]:
                text += os.read(terminal, 4096).decode("utf-8", "replace")
        return text

    return read


@pytest.mark.parametrize("shell", SHELLS)
def test_each_shell_has_its_code(pfnspec: Callable[..., CompletedProcess[str]], shell: str) -> None:
    ran = pfnspec("completion", shell)
    assert (ran.returncode, ran.stderr) == (0, "")
    assert "pfnspec" in ran.stdout


def test_there_is_no_other(pfnspec: Callable[..., CompletedProcess[str]]) -> None:
    ran = pfnspec("completion", "tcsh")
    assert (ran.returncode, ran.stdout) == (2, "")
    assert "invalid choice" in ran.stderr
