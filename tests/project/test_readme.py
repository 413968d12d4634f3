"""The README and the pages beside it say what is so."""

from __future__ import annotations

import re
import shlex
from collections.abc import Callable, Mapping
from pathlib import Path
from subprocess import CompletedProcess

import pytest

ROOT = Path(__file__).resolve().parents[2]
README = ROOT / "README.md"
Run = Callable[..., "CompletedProcess[str]"]

_BLOCK = re.compile(r"^```(\w+)\n(.*?)^```$", re.MULTILINE | re.DOTALL)
_LINK = re.compile(r"\[[^\]]*\]\((?!https?:)([^)#]+)(?:#[^)]*)?\)")


def blocks(language: str) -> list[str]:
    return [text for kind, text in _BLOCK.findall(README.read_text(encoding="utf-8")) if kind == language]


def normal(text: str) -> str:
    """Without what differs from run to run."""
    return re.sub(r"\d+\.\d s in all", "0.0 s in all", text)


def test_two_commands_do_the_set_up() -> None:
    lines = [line for block in blocks("sh") for line in block.splitlines() if not line.startswith("#")]
    assert len(lines) == 2
    check, tests = lines
    for line in lines:
        assert line.startswith("python3 -m venv .venv && .venv/bin/pip install ")
    assert check.endswith("&& .venv/bin/pfnspec check examples/pfncache/upstream.pfn")
    assert "[test]" in tests


def test_the_gate_runs_the_second_one() -> None:
    script = (ROOT / ".ci" / "run").read_text(encoding="utf-8")
    assert script.splitlines()[-1] == blocks("sh")[1].splitlines()[-1]
    assert (ROOT / ".ci" / "run").stat().st_mode & 0o111


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Where a reader who follows the README is: the examples, and the model that it shows."""
    folder = tmp_path_factory.mktemp("reader")
    (folder / "examples").symlink_to(ROOT / "examples")
    for block in blocks("python"):
        found = re.search(r"^model (\w+)$", block, re.MULTILINE)
        assert found
        (folder / f"{found.group(1)}.pfn").write_text(block, encoding="utf-8")
    return folder


CONSOLE = blocks("console")


@pytest.mark.parametrize("number", range(len(CONSOLE)))
def test_commands_print_what_is_shown(pfnspec: Run, folder: Path, rewrite: bool, number: int) -> None:
    block = CONSOLE[number]
    command, _, shown = block.partition("\n")
    assert command.startswith("$ pfnspec ")
    ran = pfnspec(*shlex.split(command.removeprefix("$ pfnspec ")), cwd=folder)
    found = normal(ran.stderr + ran.stdout)
    if rewrite:
        text = README.read_text(encoding="utf-8")
        README.write_text(text.replace(block, f"{command}\n{ran.stderr}{ran.stdout}"), encoding="utf-8")
        return
    assert found == normal(shown)


def test_every_command_and_status_is_listed(pfnspec: Run) -> None:
    text = README.read_text(encoding="utf-8")
    told = pfnspec("--help").stdout
    commands = re.findall(r"^    (\w+)\b", told, re.MULTILINE)
    assert len(commands) >= 5
    for command in commands:
        assert f"| `pfnspec {command} " in text or f"| `pfnspec {command}`" in text, command
    for number, meaning in re.findall(r"^  (\d)  (.*)$", told, re.MULTILINE):
        assert re.search(rf"^\| {number} \| .+ \|$", text, re.MULTILINE), meaning


PAGES = sorted(
    path
    for pattern in ("*.md", "docs/**/*.md", "examples/*.md", "bench/*.md", "editors/**/*.md")
    for path in ROOT.glob(pattern)
    if "node_modules" not in path.parts
)


@pytest.mark.parametrize("page", PAGES, ids=lambda path: path.relative_to(ROOT).as_posix())
def test_links_lead_somewhere(page: Path) -> None:
    prose = re.sub(r"`[^`\n]*`", "", page.read_text(encoding="utf-8"))
    targets = _LINK.findall(prose)
    missing = [target for target in targets if not (page.parent / target).exists()]
    assert missing == []


def test_examples_page(
    golden: Callable[[Path, str], None], example_results: Mapping[str, dict[str, object]]
) -> None:
    """Verdicts and numbers of states on examples/README.md are those of today."""
    import importlib.util

    spec = importlib.util.spec_from_file_location("examples_page", ROOT / "bench" / "examples_page.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    golden(ROOT / "examples" / "README.md", module.page(example_results))
