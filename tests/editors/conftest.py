"""Editors, each with the files of `editors/` and nothing of the user's."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import pytest

ROOT = Path(__file__).resolve().parents[2]
EDITORS = ROOT / "editors"

WAITS = """model waits

policies halt_poll

shared ready: bool
shared wq: waitqueue

process waiter:
    check()

def check():
    wait until ready on wq

process other:
    cond_resched()
"""
"""Violates `deadlock`: nobody wakes the waiter."""

FAULTY = """model faulty

shared x: bool
shared x: bool

process p:
    y = True
"""


@pytest.fixture
def models(tmp_path: Path) -> Path:
    """A folder, with a blank in its name, that has waits.pfn and faulty.pfn."""
    folder = tmp_path / "my models"
    folder.mkdir()
    (folder / "waits.pfn").write_text(WAITS, encoding="utf-8")
    (folder / "faulty.pfn").write_text(FAULTY, encoding="utf-8")
    return folder


def _found(name: str) -> str:
    found = shutil.which(name)
    if found is None:
        pytest.skip(f"{name} is missing: its files were not tried in it")
    return found


Edit = Callable[..., Any]


@pytest.fixture
def vim(by_name: Mapping[str, str], tmp_path: Path, request: pytest.FixtureRequest) -> Edit:
    """Runs a script in Vim, or in the program that the test is parametrised with; what the script puts into
    `g:told` comes back."""
    program = _found(getattr(request, "param", "vim"))

    def run(script: str, folder: Path = tmp_path) -> Any:
        out, file = tmp_path / "told.json", tmp_path / "script.vim"
        lines = [
            "set nocompatible nomore shortmess+=A noswapfile",
            f"let &runtimepath = '{EDITORS / 'vim'},' .. &runtimepath",
            "filetype plugin indent on",
            "syntax on",
            script,
            f"call writefile([json_encode(g:told)], '{out}')",
            "qall!",
        ]
        file.write_text("\n".join(lines) + "\n", encoding="utf-8")
        words = [program, "-es", "-u", "NONE", "-i", "NONE", "-n", "-c", f"source {file}", "-c", "cquit!"]
        ran = _run(words, folder, by_name)
        assert out.exists(), ran.stdout + ran.stderr
        return json.loads(out.read_text(encoding="utf-8"))

    return run


@pytest.fixture
def neovim(by_name: Mapping[str, str], tmp_path: Path) -> Edit:
    """Runs Lua in Neovim with the language server; the table `told` that the script fills comes back.

    `until_(seconds, what, condition)` waits, and fails with what was waited for.
    """
    program = _found("nvim")

    def run(script: str, folder: Path = tmp_path) -> Any:
        out, file = tmp_path / "told.json", tmp_path / "script.lua"
        lines = [
            f"vim.opt.runtimepath:prepend('{EDITORS / 'vim'}')",
            "vim.cmd('filetype plugin indent on')",
            "vim.opt.swapfile = false",
            "local told = {}",
            "local function until_(what, condition)",
            "  if not vim.wait(60000, condition, 20) then error('waited for ' .. what) end",
            "end",
            "local done, fault = pcall(function()",
            script,
            "end)",
            "told.fault = not done and tostring(fault) or nil",
            f"vim.fn.writefile({{ vim.fn.json_encode(told) }}, '{out}')",
            "vim.cmd('qall!')",
        ]
        file.write_text("\n".join(lines) + "\n", encoding="utf-8")
        plain = ("--headless", "-u", "NONE", "-i", "NONE", "-n")
        words = [program, *plain, "-c", f"luafile {file}", "-c", "cquit!"]
        ran = _run(words, folder, by_name)
        assert out.exists(), ran.stdout + ran.stderr
        told = json.loads(out.read_text(encoding="utf-8"))
        assert "fault" not in told, (told, ran.stderr)
        return told

    return run


@pytest.fixture
def emacs(by_name: Mapping[str, str], tmp_path: Path) -> Edit:
    """Runs Lisp in Emacs with the mode loaded; the value of the last form comes back."""
    program = _found("emacs")

    def run(script: str, folder: Path = tmp_path) -> Any:
        out, file = tmp_path / "told.json", tmp_path / "script.el"
        file.write_text(
            "(require 'json)\n"
            # A list whose elements begin with texts would become an object.
            "(defun listed (x) (if (and x (proper-list-p x)) (vconcat (mapcar #'listed x)) x))\n"
            f"(let ((told (progn\n{script})))\n"
            f'  (with-temp-file "{out}" (insert (json-encode (listed told)))))\n',
            encoding="utf-8",
        )
        mode = ("-L", os.fspath(EDITORS / "emacs"), "-l", "pfn-mode")
        words = [program, "-q", "--no-site-file", "--batch", *mode, "-l", os.fspath(file)]
        ran = _run(words, folder, by_name)
        assert ran.returncode == 0 and out.exists(), ran.stdout + ran.stderr
        return json.loads(out.read_text(encoding="utf-8"))

    return run


def _run(words: list[str], folder: Path, environment: Mapping[str, str]) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        words,
        cwd=folder,
        env=environment,
        stdin=subprocess.DEVNULL,
        capture_output=True,
        encoding="utf-8",
        errors="replace",
        timeout=120,
        check=False,
    )
