"""The samples of docs/reports.md are what the reports are."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Mapping
from pathlib import Path

import pytest
from pfnspec.check.result import Result
from pfnspec.report.files import report_text
from pfnspec.report.formats.github import annotations_text
from pfnspec.report.kinds import KINDS

PAGE = Path(__file__).resolve().parents[2] / "docs" / "reports.md"


@pytest.fixture
def samples(
    fixed: Callable[[str], Result], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> Mapping[str, str]:
    """For each sample of the page what should stand there."""
    monkeypatch.chdir(tmp_path)
    result = fixed("sample")
    alert = json.loads(report_text("sarif", (result,), tmp_path))["runs"][0]["results"][0]
    assert alert.pop("codeFlows")
    return {
        "model": block("python", result.sources["sample.pfn"].text),
        "junit": block("xml", report_text("junit", (result,), tmp_path)),
        "sarif": block("json", json.dumps(alert, indent=2)),
        "markdown": block("markdown", report_text("markdown", (result,), tmp_path)),
        "github": block("text", annotations_text((result,), tmp_path)),
    }


def block(language: str, text: str) -> str:
    return f"````{language}\n{text.rstrip()}\n````\n"


def test_samples(samples: Mapping[str, str], golden: Callable[[Path, str], None]) -> None:
    page = PAGE.read_text(encoding="utf-8")
    assert re.findall(r"<!-- sample (\w+) -->", page) == list(samples)
    for name, text in samples.items():
        before, mark, rest = page.partition(f"<!-- sample {name} -->\n")
        page = f"{before}{mark}{text}<!-- end -->{rest.partition('<!-- end -->')[2]}"
    golden(PAGE, page)


def test_the_page_names_every_kind() -> None:
    page = PAGE.read_text(encoding="utf-8")
    assert tuple(re.findall(r"^\| `(\w+)` \|", page, re.MULTILINE)[: len(KINDS)]) == KINDS
