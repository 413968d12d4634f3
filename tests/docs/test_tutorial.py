"""The tutorial's models and commands do what the page shows."""

from __future__ import annotations

import re
import shlex
from collections.abc import Callable
from pathlib import Path
from subprocess import CompletedProcess

import pytest

PAGE = Path(__file__).resolve().parents[2] / "docs" / "tutorial.md"
Run = Callable[..., "CompletedProcess[str]"]

_BLOCK = re.compile(r"^```(\w+)\n(.*?)^```$", re.MULTILINE | re.DOTALL)


def blocks(language: str) -> list[str]:
    return [text for kind, text in _BLOCK.findall(PAGE.read_text(encoding="utf-8")) if kind == language]


def normal(text: str) -> str:
    """Without what differs from run to run."""
    return re.sub(r"\d+\.\d s in all", "0.0 s in all", text)


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Where a reader is who has typed in the models."""
    folder = tmp_path_factory.mktemp("tutorial")
    for block in blocks("python"):
        found = re.search(r"^model (\w+)", block, re.MULTILINE)
        assert found
        (folder / f"{found.group(1)}.pfn").write_text(block, encoding="utf-8")
    return folder


@pytest.mark.parametrize("number", range(len(blocks("console"))))
def test_commands_print_what_is_shown(pfnspec: Run, folder: Path, rewrite: bool, number: int) -> None:
    block = blocks("console")[number]
    command, _, shown = block.partition("\n")
    ran = pfnspec(*shlex.split(command.removeprefix("$ pfnspec ")), cwd=folder)
    if rewrite:
        text = PAGE.read_text(encoding="utf-8")
        PAGE.write_text(text.replace(block, f"{command}\n{ran.stderr}{ran.stdout}"), encoding="utf-8")
        return
    assert normal(ran.stderr + ran.stdout) == normal(shown)
