"""docs/gate.md: the report that it shows is that of a case."""

from __future__ import annotations

import re
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
PAGE = ROOT / "docs" / "gate.md"
CASES = ROOT / "tests" / "gate" / "cases"

_SAMPLE = re.compile(r"<!-- case (\w+) -->\n```text\n(.*?)```\n", re.DOTALL)


def shown(name: str) -> str:
    """The report of a case, without the status that the test adds."""
    text = (CASES / f"{name}.txt").read_text(encoding="utf-8")
    return re.sub(r"status \d\n$", "", text.split("--- expected\n")[1])


def test_the_report_is_that_of_the_case(rewrite: bool) -> None:
    text = PAGE.read_text(encoding="utf-8")
    if rewrite:
        text = _SAMPLE.sub(lambda m: f"<!-- case {m[1]} -->\n```text\n{shown(m[1])}```\n", text)
        PAGE.write_text(text, encoding="utf-8")
        return
    samples = _SAMPLE.findall(text)
    assert samples
    for name, block in samples:
        assert block == shown(name)
