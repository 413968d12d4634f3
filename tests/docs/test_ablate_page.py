"""docs/ablate.md: its models are checked, its commands run, and their output is what the page shows."""

from __future__ import annotations

import re
import shlex
from collections.abc import Callable
from pathlib import Path
from subprocess import CompletedProcess

import pytest
from pfnspec.ablation.kinds import KINDS

PAGE = Path(__file__).resolve().parents[2] / "docs" / "ablate.md"
_BLOCK = re.compile(r"^```(\w+)\n(.*?)^```$", re.MULTILINE | re.DOTALL)
BLOCKS = _BLOCK.findall(PAGE.read_text(encoding="utf-8"))
COMMANDS = [text for kind, text in BLOCKS if kind == "console"]
Run = Callable[..., "CompletedProcess[str]"]


def normal(text: str) -> str:
    """Without what differs from run to run."""
    return re.sub(r"\d+\.\d s in all", "0.0 s in all", text)


@pytest.mark.parametrize("number", range(len(COMMANDS)))
def test_commands_print_what_is_shown(pfnspec: Run, tmp_path: Path, rewrite: bool, number: int) -> None:
    for kind, text in BLOCKS:
        if kind == "python":
            found = re.search(r"^model (\w+)$", text, re.MULTILINE)
            assert found
            (tmp_path / f"{found.group(1)}.pfn").write_text(text, encoding="utf-8")
    command, _, shown = COMMANDS[number].partition("\n")
    ran = pfnspec(*shlex.split(command.removeprefix("$ pfnspec ")), cwd=tmp_path)
    assert ran.returncode == 0
    if rewrite:
        text = PAGE.read_text(encoding="utf-8")
        PAGE.write_text(text.replace(COMMANDS[number], f"{command}\n{normal(ran.stdout)}"), encoding="utf-8")
        return
    assert normal(ran.stdout) == shown


def test_every_kind_is_told() -> None:
    told = re.findall(r"^\| `([\w-]+)` \|", PAGE.read_text(encoding="utf-8"), re.MULTILINE)
    assert tuple(told) == KINDS
