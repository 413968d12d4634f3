"""The models and commands of pages that build up an example do what the page shows."""

from __future__ import annotations

import re
import shlex
from collections.abc import Callable
from pathlib import Path
from subprocess import CompletedProcess

import pytest

DOCS = Path(__file__).resolve().parents[2] / "docs"
PAGES = ("tutorial", "outcomes", "from-a-patch")
Run = Callable[..., "CompletedProcess[str]"]

_BLOCK = re.compile(r"^```(\w+)\n(.*?)^```$", re.MULTILINE | re.DOTALL)


def blocks(page: str, language: str) -> list[str]:
    text = (DOCS / f"{page}.md").read_text(encoding="utf-8")
    return [block for kind, block in _BLOCK.findall(text) if kind == language]


def normal(text: str) -> str:
    """Without what differs from run to run."""
    return re.sub(r"\d+\.\d s in all", "0.0 s in all", text)


@pytest.fixture(scope="module")
def folders(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Path]:
    """For each page, where a reader is who has typed in its models."""
    found: dict[str, Path] = {}
    for page in PAGES:
        found[page] = tmp_path_factory.mktemp(page)
        for block in blocks(page, "python"):
            name = re.search(r"^model (\w+)", block, re.MULTILINE)
            assert name
            (found[page] / f"{name.group(1)}.pfn").write_text(block, encoding="utf-8")
    return found


COMMANDS = [(page, number) for page in PAGES for number in range(len(blocks(page, "console")))]


@pytest.mark.parametrize(("page", "number"), COMMANDS)
def test_commands_print_what_is_shown(
    pfnspec: Run, folders: dict[str, Path], rewrite: bool, page: str, number: int
) -> None:
    block = blocks(page, "console")[number]
    command, _, shown = block.partition("\n")
    ran = pfnspec(*shlex.split(command.removeprefix("$ pfnspec ")), cwd=folders[page])
    if rewrite:
        file = DOCS / f"{page}.md"
        text = file.read_text(encoding="utf-8")
        file.write_text(text.replace(block, f"{command}\n{ran.stderr}{ran.stdout}"), encoding="utf-8")
        return
    assert normal(ran.stderr + ran.stdout) == normal(shown)
