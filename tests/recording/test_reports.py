"""What `pfnspec validate` prints, and its exit status."""

from __future__ import annotations

import json
import re
import subprocess
from collections.abc import Callable
from pathlib import Path
from xml.etree import ElementTree

import pytest
from jsonschema import Draft202012Validator

ROOT = Path(__file__).resolve().parents[2]
FOLDER = ROOT / "examples" / "waiting" / "recording"
SCHEMA = json.loads((ROOT / "docs" / "recording.schema.json").read_text(encoding="utf-8"))

Run = Callable[..., subprocess.CompletedProcess[str]]


@pytest.fixture(scope="module")
def faulty(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("faulty") / "faulty.ndjson"
    path.write_text("nothing\n", encoding="utf-8")
    return path


def test_a_mutex_of_futexes(pfnspec: Run) -> None:
    ran = pfnspec("validate", "futex_recorded.pfn", "futex.ndjson", cwd=FOLDER)
    assert ran.returncode == 0 and "explained by futex_recorded" in ran.stdout and not ran.stderr


def test_one_that_forgets_sleepers(pfnspec: Run) -> None:
    ran = pfnspec("validate", "futex_forgets_sleepers.pfn", "futex.ndjson", "--width", "72", cwd=FOLDER)
    assert ran.returncode == 1
    assert "released of" in ran.stdout and "line 83" in ran.stdout
    assert "task[0], task[1], task[2] at released, value = taken" in ran.stdout
    assert max(map(len, ran.stdout.splitlines())) <= 72


def test_data(pfnspec: Run, faulty: Path) -> None:
    words = ("validate", "futex_forgets_sleepers.pfn", "futex.ndjson", faulty, "--format", "json")
    ran = pfnspec(*words, cwd=FOLDER)
    assert ran.returncode == 2
    data = json.loads(ran.stdout)
    Draft202012Validator(SCHEMA).validate(data)
    assert [one["outcome"] for one in data["recordings"]] == ["not explained", "unreadable"]
    assert data["recordings"][0]["failure"]["event"]["line"] == 83
    assert data["recordings"][1]["fault"]["line"] == 1


def test_intervals_as_data(pfnspec: Run) -> None:
    words = ("linux_6_1.pfn", "linux-6.1.176.txt.gz", "--to", "5.72", "--format", "json")
    ran = pfnspec("validate", *words, cwd=ROOT / "examples" / "pfncache" / "recording")
    assert ran.returncode == 0
    data = json.loads(ran.stdout)
    Draft202012Validator(SCHEMA).validate(data)
    interval, other = data["recordings"][0]["intervals"]
    assert interval["within"]["lookup_enter"]["most"] >= 2
    assert interval["quantiles"]["p50"] == interval["median"]
    assert sum(bar["count"] for bar in interval["histogram"]) == interval["count"]
    assert [one["from"] for one in interval["met"]] == [other["from"]]


def test_junit(pfnspec: Run, faulty: Path) -> None:
    words = ("validate", "futex_forgets_sleepers.pfn", "futex.ndjson", faulty, "--format", "junit")
    ran = pfnspec(*words, cwd=FOLDER)
    suites = ElementTree.fromstring(ran.stdout)
    assert (suites.get("tests"), suites.get("failures"), suites.get("errors")) == ("2", "1", "1")


WRONG = {
    "has no `recording`": ("futex_mutex.pfn", "futex.ndjson"),
    "there is no recording `other`": ("futex_recorded.pfn", "futex.ndjson", "--recording", "other"),
    "standard input can be read once only": ("-", "-"),
    "is no time": ("futex_recorded.pfn", "futex.ndjson", "--skew", "much"),
}


@pytest.mark.parametrize("message", WRONG)
def test_wrong_words(message: str, pfnspec: Run) -> None:
    ran = pfnspec("validate", *WRONG[message], cwd=FOLDER)
    assert ran.returncode == 2 and message in ran.stderr


def test_no_probes(pfnspec: Run) -> None:
    ran = pfnspec("probes", "futex_recorded.pfn", cwd=FOLDER)
    assert ran.returncode == 2 and "has no line `probe" in ran.stderr


def test_other_symbols(pfnspec: Run) -> None:
    folder = ROOT / "examples" / "pfncache" / "recording"
    words = (
        "--symbol",
        "kvm_gfn_to_pfn_cache_check=kvm_gpc_check",
        "--symbol",
        "hva_to_pfn=kvm:h.isra.0",
    )
    ran = pfnspec("probes", "linux_6_1.pfn", *words, cwd=folder)
    assert "p:pfnspec/check_enter kvm:kvm_gpc_check gpc=$arg2" in ran.stdout
    assert "p:pfnspec/lookup_enter kvm:h.isra.0" in ran.stdout
    ran = pfnspec("probes", "linux_6_1.pfn", "--symbol", "no=such", cwd=folder)
    assert ran.returncode == 2


def test_what_is_not_seen(pfnspec: Run, tmp_path: Path) -> None:
    """Labels and branches, as a check tells those that nothing reaches."""
    lines = (FOLDER / "futex.ndjson").read_text(encoding="utf-8").splitlines(keepends=True)
    (tmp_path / "some.ndjson").write_text("".join(lines[:5]), encoding="utf-8")
    ran = pfnspec("validate", "futex_recorded.pfn", tmp_path / "some.ndjson", cwd=FOLDER)
    assert ran.returncode == 0
    assert "    label waits, line futex_mutex:61\n" in ran.stdout
    assert "    then of `if old == contended:`, line futex_mutex:55\n" in ran.stdout
    assert "wants," not in ran.stdout.partition("not seen")[2]


def test_a_page(pfnspec: Run, faulty: Path) -> None:
    """It needs nothing else, and says what the text does."""
    words = ("validate", "futex_forgets_sleepers.pfn", "futex.ndjson", faulty, "--interval", "wants:taken")
    ran = pfnspec(*words, "--format", "html", cwd=FOLDER)
    assert ran.returncode == 2
    page = ran.stdout
    assert not re.search(r"<(script|link|img)|://|url\(", page)
    for section in ("header", "section", "details", "table", "div", "pre", "tr"):
        assert page.count(f"<{section}") == page.count(f"</{section}>")
    assert "2 recordings, 0 as expected" in page
    assert "line 83 of the recording" in page and "instead, it could go on with:" in page
    assert page.count("<td>17</td>") == 1 and page.count('class="bar"') >= 2
