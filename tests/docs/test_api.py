"""The examples on the page about Python do what they show."""

from __future__ import annotations

import doctest
import re
from dataclasses import fields
from inspect import signature
from pathlib import Path

import pfnspec
import pytest

ROOT = Path(__file__).resolve().parents[2]
PAGE = (ROOT / "docs" / "api.md").read_text(encoding="utf-8")


class _Checker(doctest.OutputChecker):
    """Without what differs from run to run."""

    def check_output(self, want: str, got: str, optionflags: int) -> bool:
        return super().check_output(want, re.sub(r"\d+\.\d s in all", "0.0 s in all", got), optionflags)


def test_examples(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """One session, from the top of the page to its end, where the README's model is."""
    (model,) = re.findall(
        r"^```python\n(.*?)^```$", (ROOT / "README.md").read_text(encoding="utf-8"), re.MULTILINE | re.DOTALL
    )
    (tmp_path / "first.pfn").write_text(model, encoding="utf-8")
    monkeypatch.chdir(tmp_path)
    blocks = re.findall(r"^```pycon\n(.*?)^```$", PAGE, re.MULTILINE | re.DOTALL)
    session = doctest.DocTestParser().get_doctest("\n".join(blocks), {}, "docs/api.md", None, None)
    told: list[str] = []
    ran = doctest.DocTestRunner(_Checker()).run(session, out=told.append)
    assert ran.attempted > 15
    assert ran.failed == 0, "".join(told)


def test_everything_public_is_on_it() -> None:
    missing = [name for name in pfnspec.__all__ if f"`{name}" not in PAGE]
    assert missing == []


ROWS = re.findall(r"^\| `([A-Z]\w+)` \| .* \| (.*) \|$", PAGE, re.MULTILINE)


def test_every_class_of_a_result_has_a_row() -> None:
    assert len(ROWS) == len({name for name, _ in ROWS}) > 10


@pytest.mark.parametrize(("name", "attributes"), ROWS)
def test_its_attributes_are_there(name: str, attributes: str) -> None:
    known = dir(getattr(pfnspec, name))
    assert [word for word in re.findall(r"`(\w+)`", attributes) if word not in known] == []


INNER = ("contents", "ink")
"""Arguments for the command line and the editor, of types that are not public."""


@pytest.mark.parametrize("name", ["load", "check_file", "result_text", "report_text"])
def test_arguments_on_it_are_those_of_the_function(name: str) -> None:
    (shown,) = re.findall(rf"^\| `{name}\((.*?)\)` \|", PAGE, re.MULTILINE)
    known = [word for word in signature(getattr(pfnspec, name)).parameters if word not in INNER]
    assert re.findall(r"(\w+)(?:=\w+)?(?:,|$)", shown) == known


def test_options_on_it_are_those_that_there_are() -> None:
    table = PAGE.partition("## Options")[2].partition("```")[0]
    names = {
        name
        for row in re.findall(r"^\| (`.*?`) \|", table, re.MULTILINE)
        for name in re.findall(r"`(\w+)`", row)
    }
    assert names == {field.name for field in fields(pfnspec.Options)}
