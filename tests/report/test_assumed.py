"""What is assumed stands on the line of each verdict, in every form of report."""

from __future__ import annotations

from pathlib import Path

from pfnspec.check.options import Options
from pfnspec.check.run import check_file
from pfnspec.check.saved.data import result_data
from pfnspec.report.formats.junit import junit_text
from pfnspec.report.formats.markdown import markdown_text
from pfnspec.report.formats.sarif import sarif_text
from pfnspec.report.text.ink import PLAIN
from pfnspec.report.text.result import result_text

MODEL = """model m
shared n: range(5)
process p[2]:
    n += 1
    label r:
        cpu_relax()
assume n < 2
assume not (p[0] in r and p[1] in r)
invariant small: n < 2
invariant zero: n == 0
"""
ASSUMED = ["n < 2", "not (p[0] in r and p[1] in r)"]
SAID = "assuming `n < 2` and `not (p[0] in r and p[1] in r)`"


def test_each_report_says_so() -> None:
    result = check_file("-", Options(engine="interpreter"), text=MODEL)
    text = result_text(result, 120, PLAIN)
    assert f"small         holds     {SAID}" in text
    assert f"zero          VIOLATED  but expected: holds  {SAID}" in text
    verdicts = result_data(result)["verdicts"]
    assert all(verdict["assumed"] == ASSUMED for verdict in verdicts)
    for page in (junit_text([result]), markdown_text([result]), sarif_text([result], "1", Path("."))):
        assert page.count("assuming") >= len(verdicts)
