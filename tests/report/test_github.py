"""Annotations: the right lines, and nothing in a text that the runner would take for something else."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest
from pfnspec.check.result import Result
from pfnspec.report.formats.github import annotations_text
from pfnspec.report.text.places import repository_path, uri

Fixed = Callable[[str], Result]


@pytest.fixture(autouse=True)
def here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    (tmp_path / "sub").mkdir()
    monkeypatch.chdir(tmp_path / "sub")
    return tmp_path


def command(line: str) -> tuple[str, dict[str, str], str]:
    """A command as the runner reads it."""
    found = re.fullmatch(r"::(\w+)(?: ([^:]*(?::(?!:)[^:]*)*))?::(.*)", line)
    assert found is not None, line
    fields = dict(part.split("=", 1) for part in (found[2] or "").split(",") if part)
    for code, sign in (("%3A", ":"), ("%2C", ","), ("%0D", "\r"), ("%0A", "\n"), ("%25", "%")):
        fields = {name: value.replace(code, sign) for name, value in fields.items()}
    return found[1], fields, found[3].replace("%0D", "\r").replace("%0A", "\n").replace("%25", "%")


def test_a_violation(fixed: Fixed, here: Path) -> None:
    (line,) = annotations_text([fixed("assertion")], here).splitlines()
    name, fields, message = command(line)
    assert name == "error"
    assert fields == {
        "file": "sub/assertion.pfn",
        "line": "25",
        "endLine": "25",
        "col": "9",
        "endColumn": "66",
        "title": "a </script> | `x` & @you, 100%: read (assertion)",
    }
    assert message.startswith("a </script> | `x` & @you, 100%: read is violated\nreader at line 25: ")
    assert message.endswith("\ncount = 1")


def test_each_kind(fixed: Fixed, here: Path) -> None:
    def told(name: str) -> list[tuple[str, str | None, str]]:
        lines = annotations_text([fixed(name)], here).splitlines()
        found = [command(line) for line in lines]
        return [(name, fields.get("line"), fields["title"]) for name, fields, _ in found]

    assert told("deadlock") == []
    assert told("sample") == [("error", "8", "deadlock (deadlock)")]
    assert told("livelock") == [("error", "17", "ends (property)")]
    assert told("policies") == [
        ("error", "20", "deadlock (not_as_expected)"),
        ("notice", None, "pfnspec"),
    ]
    assert told("errors") == [("error", "5", "no-effect")]
    assert told("failure") == [("error", None, "pfnspec")]
    assert told("stopped") == [("notice", None, "pfnspec")]


def test_no_text_makes_a_second_command(fixed: Fixed, here: Path) -> None:
    made = fixed("failure")
    assert made.failure is not None
    failure = replace(made.failure, message="a\r\n::error::b\n%0Ac")
    text = annotations_text([replace(made, failure=failure)], here)
    assert text.count("\n") == 1
    assert command(text.rstrip("\n"))[2] == "a\r\n::error::b\n%0Ac"


def test_files_are_named_from_the_root(here: Path) -> None:
    assert repository_path("m.pfn", here) == "sub/m.pfn"
    assert repository_path(str(here / "sub" / ".." / "m.pfn"), here) == "m.pfn"
    assert repository_path("-", here) is None
    assert repository_path("../../m.pfn", here) is None
    assert uri("a b#%.pfn", here) == "sub/a%20b%23%25.pfn"
    assert uri("../../m.pfn", here).startswith("file:///")
    assert uri("-", here) == "pfnspec:stdin"
    assert uri("prelude.pfn", here) == "pfnspec:prelude.pfn"
