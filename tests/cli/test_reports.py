"""`--report` and what happens in GitHub Actions: files, statuses, streams."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import xml.etree.ElementTree as xml
from collections.abc import Callable, Mapping
from pathlib import Path
from subprocess import CompletedProcess

import pytest

Run = Callable[..., "CompletedProcess[str]"]
BROKEN = "model m\nprocess p:\n    x = 1\n"


def test_all_reports_of_one_check(pfnspec: Run, models: Path, tmp_path: Path) -> None:
    """With JSON on standard output, in what looks like a job of GitHub Actions."""
    kinds = {"junit": "r.xml", "sarif": "r.sarif", "markdown": "r.md", "html": "r.html", "json": "r.json"}
    wanted = [word for kind, name in kinds.items() for word in ("--report", f"{kind}={tmp_path / name}")]
    summary = tmp_path / "summary.md"
    summary.write_text("before\n", encoding="utf-8")
    actions = {
        "GITHUB_ACTIONS": "true",
        "GITHUB_STEP_SUMMARY": os.fspath(summary),
        "GITHUB_WORKSPACE": os.fspath(models),
    }
    ran = pfnspec("check", models / "bad.pfn", *wanted, "--format", "json", env=actions)
    assert ran.returncode == 1
    data = json.loads(ran.stdout)
    assert json.loads((tmp_path / "r.json").read_text(encoding="utf-8")) == data
    alert, _ = json.loads((tmp_path / "r.sarif").read_text(encoding="utf-8"))["runs"][0]["results"]
    assert alert["locations"][0]["physicalLocation"]["artifactLocation"]["uri"] == "bad.pfn"
    suites = xml.parse(tmp_path / "r.xml").getroot()
    assert (suites.attrib["tests"], suites.attrib["failures"]) == (str(len(data["verdicts"])), "1")
    assert "lost update" in (tmp_path / "r.html").read_text(encoding="utf-8")
    markdown = (tmp_path / "r.md").read_text(encoding="utf-8")
    assert "| `lost update` | **VIOLATED, not as expected** |" in markdown
    assert summary.read_text(encoding="utf-8") == f"before\n{markdown}\n"
    (line,) = ran.stderr.splitlines()
    assert line.startswith("::error file=bad.pfn,line=16,")
    assert sorted(path.name for path in tmp_path.iterdir()) == sorted([*kinds.values(), "summary.md"])


def test_a_report_that_cannot_be_written_is_told_before_anything_runs(pfnspec: Run, tmp_path: Path) -> None:
    (tmp_path / "m.pfn").write_text(BROKEN, encoding="utf-8")
    ran = pfnspec(
        "check", "m.pfn", "--report", "junit=no/such/r.xml", "--report", "html=r.html", cwd=tmp_path
    )
    assert (ran.returncode, ran.stdout) == (2, "")
    assert ran.stderr == "pfnspec: no/such/r.xml: there is no directory no/such\n"
    assert [path.name for path in tmp_path.iterdir()] == ["m.pfn"]


def test_a_report_does_not_overwrite_the_model(pfnspec: Run, tmp_path: Path) -> None:
    (tmp_path / "m.pfn").write_text(BROKEN, encoding="utf-8")
    ran = pfnspec("check", "m.pfn", "--report", "json=./m.pfn", cwd=tmp_path)
    assert (ran.returncode, ran.stdout) == (2, "")
    assert ran.stderr == "pfnspec: m.pfn: a report would overwrite the model\n"
    assert (tmp_path / "m.pfn").read_text(encoding="utf-8") == BROKEN


def test_a_report_does_not_overwrite_the_base_of_a_variant(pfnspec: Run, tmp_path: Path) -> None:
    (tmp_path / "base.pfn").write_text(BROKEN, encoding="utf-8")
    (tmp_path / "m.pfn").write_text('model n varies "base.pfn"\n', encoding="utf-8")
    wanted = ("--report", "json=base.pfn", "--report", "junit=r.xml")
    ran = pfnspec("check", "m.pfn", *wanted, cwd=tmp_path)
    assert ran.returncode == 4
    assert ran.stderr.splitlines()[-1] == "pfnspec: base.pfn: a report would overwrite the model"
    assert (tmp_path / "base.pfn").read_text(encoding="utf-8") == BROKEN
    assert (tmp_path / "r.xml").is_file()


@pytest.mark.parametrize("value", ["junit", "junit=", "pdf=r.pdf", "=r.xml", "junit=-"])
def test_a_value_that_is_no_report(pfnspec: Run, tmp_path: Path, value: str) -> None:
    ran = pfnspec("check", "m.pfn", "--report", value, cwd=tmp_path)
    assert ran.returncode == 2
    assert f"argument --report: `{value}` " in ran.stderr.splitlines()[-1]


def test_a_model_with_errors_has_reports(pfnspec: Run, tmp_path: Path) -> None:
    (tmp_path / "m.pfn").write_text(BROKEN, encoding="utf-8")
    words = ("check", "m.pfn", "--report", "sarif=r.sarif")
    ran = pfnspec(*words, cwd=tmp_path, env={"GITHUB_ACTIONS": "true"})
    assert ran.returncode == 2
    assert ran.stdout.startswith("::error file=m.pfn,line=3,endLine=3,col=5,endColumn=6,title=unknown-name::")
    (alert,) = json.loads((tmp_path / "r.sarif").read_text(encoding="utf-8"))["runs"][0]["results"]
    assert alert["ruleId"] == "unknown-name"
    quiet = pfnspec(*words, "--no-github", cwd=tmp_path, env={"GITHUB_ACTIONS": "true"})
    assert (quiet.returncode, quiet.stdout, quiet.stderr) == (2, "", ran.stderr)


def test_nobody_reads_the_text(command_environment: Mapping[str, str], tmp_path: Path) -> None:
    """The reports are written although standard output is closed at the other end."""
    (tmp_path / "m.pfn").write_text("model m\nshared x: bool = False\n\nprocess p:\n    x = True\n", "utf-8")
    reader, writer = os.pipe()
    os.close(reader)
    words = [sys.executable, "-m", "pfnspec", "check", "m.pfn", "--format", "json", "--report", "json=r.json"]
    ran = subprocess.run(
        words, cwd=tmp_path, stdout=writer, stderr=subprocess.PIPE, env=command_environment, check=False
    )
    os.close(writer)
    assert (ran.returncode, ran.stderr) == (0, b"")
    assert json.loads((tmp_path / "r.json").read_text(encoding="utf-8"))["status"] == 0


def test_a_summary_that_cannot_be_written_does_not_fail_the_check(pfnspec: Run, tmp_path: Path) -> None:
    (tmp_path / "m.pfn").write_text(BROKEN, encoding="utf-8")
    actions = {"GITHUB_ACTIONS": "true", "GITHUB_STEP_SUMMARY": os.fspath(tmp_path / "no" / "file")}
    ran = pfnspec("check", "m.pfn", cwd=tmp_path, env=actions)
    assert ran.returncode == 2
    assert ran.stderr.splitlines()[-1].startswith(f"pfnspec: {tmp_path / 'no' / 'file'}: ")
