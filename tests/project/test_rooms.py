"""Imports between rooms run one way."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
ROOMS = tuple(sorted(path.parent.name for path in ROOT.glob("*/__init__.py")))

MAY_IMPORT: dict[str, tuple[str, ...]] = {
    "dsl": (),
    "tla": (),
    "translator": ("dsl", "tla.page", "tla.values"),
    "check": ("dsl", "translator", "tla"),
    "report": ("dsl", "translator", "check.result", "check.data", "check.review"),
    "editor": ("dsl", "translator", "tla", "check", "report"),
    "cli": ("dsl", "translator", "tla", "check", "report", "editor"),
    # A face like the command line, for people who have pytest: it checks and shows, and knows no more.
    "pytest_plugin": ("check", "report"),
}
"""What each room may import of the others."""


def imported(path: Path) -> Iterator[tuple[int, str]]:
    """Line and dotted name of everything of this package that a module imports, wherever it does.

    `from ..tla import page` is `tla.page`: what a name stands for cannot be known, so it counts as a module.
    """
    here = path.relative_to(ROOT).with_suffix("").parts
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            for alias in node.names:
                if alias.name.split(".")[0] == "pfnspec":
                    yield node.lineno, alias.name.partition(".")[2]
        elif isinstance(node, ast.ImportFrom):
            if node.level:
                base = here[: len(here) - node.level]
            elif (node.module or "").split(".")[0] == "pfnspec":
                base = ()
            else:
                continue
            module = (node.module or "").split(".") if node.module else []
            inner = [*base, *(module if node.level else module[1:])]
            for alias in node.names:
                yield node.lineno, ".".join([*inner, alias.name])


def test_every_room_has_its_rule() -> None:
    assert set(MAY_IMPORT) == set(ROOMS)


@pytest.mark.parametrize("room", ROOMS)
def test_a_room_imports_only_what_it_may(room: str) -> None:
    wrong: list[str] = []
    for path in sorted((ROOT / room).rglob("*.py")):
        for line, name in imported(path):
            own = name == room or name.startswith(f"{room}.")
            allowed = any(name == other or name.startswith(f"{other}.") for other in MAY_IMPORT[room])
            if not own and not allowed:
                wrong.append(f"{path.relative_to(ROOT)}:{line}: imports {name}")
    assert wrong == []


def test_the_rules_have_no_circle() -> None:
    done: set[str] = set()
    while len(done) < len(ROOMS):
        ready = {
            room for room in set(ROOMS) - done if {other.split(".")[0] for other in MAY_IMPORT[room]} <= done
        }
        assert ready, f"a circle among {set(ROOMS) - done}"
        done |= ready


def test_the_root_imports_nothing_of_itself() -> None:
    assert list(imported(ROOT / "__init__.py")) == []


def test_the_reader_of_imports_sees_them(tmp_path: Path) -> None:
    """Each form that could break a rule is found."""
    path = ROOT / "dsl" / "parse.py"
    assert any(name.startswith("dsl.") for _, name in imported(path))
    assert ("check.result.Result") in {name for _, name in imported(ROOT / "report" / "text.py")}


def test_only_the_rooms_that_may_read_arguments_do() -> None:
    users = {
        path.relative_to(ROOT).parts[0]
        for room in ROOMS
        for path in (ROOT / room).rglob("*.py")
        if "import argparse" in path.read_text(encoding="utf-8")
    }
    assert users == {"cli"}
