"""Imports run one way and never in a circle, and a room has no more in it than one can look over."""

from __future__ import annotations

import ast
import re
import subprocess
import sys
import tomllib
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
ROOMS = tuple(sorted(path.parent.name for path in ROOT.glob("*/__init__.py")))
EVERY_ROOM = tuple(
    sorted(path.parent.relative_to(ROOT) for room in ROOMS for path in (ROOT / room).rglob("__init__.py"))
)
DECISIONS = sorted((ROOT / "docs" / "decisions").glob("*.md"))
MOST_ENTRIES = 15
"""Modules, rooms and other files beside each other, the contract left out."""


def test_imports() -> None:
    """The contracts of `[tool.importlinter]`: floors, circles, and what a room must not know."""
    ran = subprocess.run(
        [Path(sys.executable).with_name("lint-imports"), "--no-cache"],
        cwd=ROOT,
        capture_output=True,
        encoding="utf-8",
        check=False,
    )
    assert ran.returncode == 0, ran.stdout[-4000:] + ran.stderr
    assert "6 kept, 0 broken" in ran.stdout


def test_every_room_has_its_floor() -> None:
    settings = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
    contracts = settings["tool"]["importlinter"]["contracts"]
    (floors,) = (contract["layers"] for contract in contracts if contract["id"] == "floors")
    assert sorted(room for floor in floors for room in floor.split(" | ")) == list(ROOMS)


@pytest.mark.parametrize("room", EVERY_ROOM, ids=str)
def test_a_room_says_what_it_is_and_can_be_looked_over(room: Path) -> None:
    assert (ROOT / room / "__init__.py").read_text(encoding="utf-8").startswith('"""')
    entries = [path.name for path in (ROOT / room).iterdir() if not path.name.startswith("__")]
    assert len(entries) <= MOST_ENTRIES, sorted(entries)


@pytest.mark.parametrize("room", EVERY_ROOM, ids=str)
def test_a_room_names_what_is_in_it(room: Path) -> None:
    """Each module, and each room inside, so that no contract falls behind when one is added."""
    contract = ast.get_docstring(ast.parse((ROOT / room / "__init__.py").read_text(encoding="utf-8"))) or ""
    inside = [
        path.stem
        for path in (ROOT / room).iterdir()
        if not path.name.startswith("__") and (path.is_dir() or path.suffix == ".py")
    ]
    if room != Path("pytest_plugin"):  # pytest imports it; its one module is named in its code.
        assert [name for name in sorted(inside) if not re.search(rf"\b{name}\b", contract)] == []


def test_only_the_room_that_may_read_arguments_does() -> None:
    users = {
        path.relative_to(ROOT).parts[0]
        for room in ROOMS
        for path in (ROOT / room).rglob("*.py")
        if "import argparse" in path.read_text(encoding="utf-8")
    }
    assert users == {"cli"}


MAPS = ("ARCHITECTURE.md", "CONTRIBUTING.md", *(f"docs/decisions/{p.name}" for p in DECISIONS))


@pytest.mark.parametrize("page", MAPS)
def test_the_map_names_what_is_there(page: str) -> None:
    """Every path that these pages name exists, so that they cannot fall behind."""
    text = (ROOT / page).read_text(encoding="utf-8")
    words = [word for piece in text.split("`")[1::2] for word in piece.split()]
    paths = [word.rstrip(".,;:)") for word in words if "/" in word and "NAME" not in word]
    named = [path for path in paths if path.split("/")[0] in {*ROOMS, "docs", "tests", "bench", "editors"}]
    assert named or page.startswith("docs/"), page
    assert [path for path in named if not (ROOT / path).exists()] == []
