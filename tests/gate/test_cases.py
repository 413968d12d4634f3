"""Pairs of models, and what `pfnspec diff` says of them: `cases/*.txt`.

Each file says first what it demonstrates.  Then come the files, `--- old/NAME` and `--- new/NAME` (the model
that is compared is the first one), perhaps `--- check ENGINE`, which compares verdicts too, and below
`--- expected` the report in 72 columns.  `pytest --rewrite` writes what is found instead of comparing.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from pathlib import Path

import pytest
from pfnspec.check.options import Options
from pfnspec.gate.change import compare_files
from pfnspec.gate.review import Review
from pfnspec.report.review.text import review_text, troubles_text
from pfnspec.report.text.ink import Ink

CASES = tuple(sorted((Path(__file__).parent / "cases").glob("*.txt")))


@dataclass(frozen=True, slots=True)
class Case:
    """A file of `cases`: what it demonstrates, its parts by their title, the report."""

    why: str
    files: dict[str, str]
    engine: str | None
    expected: str


def read(path: Path) -> Case:
    why, *parts = re.split(r"^--- (.*)\n", path.read_text(encoding="utf-8"), flags=re.MULTILINE)
    named = dict(zip(parts[::2], parts[1::2], strict=True))
    expected = named.pop("expected")
    engine = next((title.removeprefix("check ") for title in named if title.startswith("check ")), None)
    files = {title: text for title, text in named.items() if not title.startswith("check ")}
    return Case(why.strip(), files, engine, expected)


def review(case: Case, folder: Path) -> Review:
    """The two models compared, in files of that folder."""
    for name, text in case.files.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")
    old, new = (next(n for n in case.files if n.startswith(f"{side}/")) for side in ("old", "new"))
    return compare_files(old, new, Options(engine=case.engine or "tlc"), checked=case.engine is not None)


def report(case: Case, found: Review) -> str:
    status = f"status {found.status}\n"
    return troubles_text(found) + review_text(found, 72, Ink()) + status


@pytest.mark.parametrize("path", CASES, ids=lambda path: path.stem)
def test_case(path: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, rewrite: bool) -> None:
    case = read(path)
    assert len(case.why) > 40, "say what it demonstrates"
    monkeypatch.chdir(tmp_path)
    text = report(case, review(case, tmp_path))
    if rewrite:
        whole = path.read_text(encoding="utf-8")
        head = whole[: whole.index("--- expected\n")]
        path.write_text(head + "--- expected\n" + text, encoding="utf-8", newline="\n")
        return
    assert text == case.expected


def test_there_are_many() -> None:
    assert len(CASES) >= 20
