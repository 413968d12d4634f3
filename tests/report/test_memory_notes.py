"""What a verdict owes to sequential consistency is in every report, unless a model says why it is meant."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from pfnspec.check.options import Options
from pfnspec.check.result import Result
from pfnspec.check.run import check_file
from pfnspec.check.saved.data import result_data
from pfnspec.check.saved.reader import result_of
from pfnspec.report.files import report_text
from pfnspec.report.formats.lines import lines_text
from pfnspec.report.text.problems import problems
from pfnspec.report.text.result import memory_notes, result_text

BUFFERS = """model buffers
shared x: bool
shared y: bool
process left:
    r: bool = False
    x = True
    r = y
process right:
    r: bool = False
    y = True
    r = x
"""


def checked(text: str, tmp_path: Path) -> Result:
    path = tmp_path / "model.pfn"
    path.write_text(text, encoding="utf-8")
    result = check_file(str(path), Options(engine="interpreter", cache=None))
    assert result.verdicts, result.diagnostics
    return result


def locations(text: str, tmp_path: Path) -> list[str]:
    return [one.location for one in checked(text, tmp_path).unlocked]


def test_every_report_says_it(tmp_path: Path) -> None:
    result = checked(BUFFERS, tmp_path)
    said = "x, y are accessed without a common lock: the verdicts rest on sequential consistency"
    assert said in " ".join(result_text(result).split())
    for kind in ("html", "markdown"):
        assert said in report_text(kind, (result,), tmp_path)
    (note,) = json.loads(report_text("sarif", (result,), tmp_path))["runs"][0]["results"]
    assert (note["ruleId"], note["level"]) == ("sequential_consistency", "note")
    assert said in note["message"]["text"]
    data = json.loads(report_text("json", (result,), tmp_path))
    places = [(one["location"], one["written"]["line"], one["other"]["line"]) for one in data["unlocked"]]
    assert places == [("x", 6, 11), ("y", 10, 7)]
    assert result_of(result_data(result)).unlocked == result.unlocked


def test_a_note_is_no_problem_for_who_follows_lines(tmp_path: Path) -> None:
    assert lines_text(checked(BUFFERS, tmp_path)) == ""


def test_the_model_says_why(tmp_path: Path) -> None:
    one = f'{BUFFERS}accept unlocked x "fenced"\n'
    assert locations(one, tmp_path) == ["y"]
    result = checked(f'{BUFFERS}accept unlocked x, y "fenced"\n', tmp_path)
    assert memory_notes(result) == []
    assert problems(result) == ()


def test_barriers_get_it_too(tmp_path: Path) -> None:
    text = BUFFERS.replace("    r = y\n", "    smp_mb()\n    r = y\n")
    assert len(memory_notes(checked(text, tmp_path))) == 2


def test_many_locations_are_counted(tmp_path: Path) -> None:
    names = [f"v{number}" for number in range(8)]
    declared = "".join(f"shared {name}: bool\n" for name in names)
    stored = "".join(f"        {name} = True\n" for name in names)
    (note,) = memory_notes(
        checked(f"model many\n{declared}process p[2]:\n    if maybe():\n{stored}", tmp_path)
    )
    assert note.startswith("v0, v1, v2, v3, v4 and 3 more are accessed")


LOCKED = """model locked
class Cache:
    lock: rwlock
    valid: bool
shared cache: Cache
shared data: range(2)[2]
shared locks: spinlock[2]
shared other: spinlock
shared seq: generation
"""


@pytest.mark.parametrize(
    ("body", "expected"),
    [
        ("process p[2]:\n    with cache.lock.write():\n        cache.valid = True\n", []),
        (
            "process w:\n    with cache.lock.write():\n        cache.valid = True\n"
            "process r:\n    with cache.lock.read():\n        if cache.valid:\n            cpu_relax()\n",
            [],
        ),
        ("process p[2]:\n    with cache.lock.read():\n        cache.valid = True\n", ["cache.valid"]),
        (
            "process w:\n    with other:\n        cache.valid = True\n"
            "process r:\n    with cache.lock.read():\n        if cache.valid:\n            cpu_relax()\n",
            ["cache.valid"],
        ),
        ("process p[2]:\n    with locks[self]:\n        data[self] = 1\n", []),
        ("process p[2]:\n    data[self] = 1\n", ["data"]),
        ("process p:\n    cache.valid = True\n    data[0] = 1\n", []),
        ("process p:\n    cache.valid = True\nprocess q:\n    assert not cache.valid, 'set'\n", []),
        ("process p:\n    cache.valid = True\nprocess q:\n    await cache.valid\n", ["cache.valid"]),
        ("process p:\n    seq += 1\nprocess q:\n    s: snapshot\n    s = seq\n", ["seq"]),
        (
            "process p:\n    with other:\n        seq += 1\n"
            "process q:\n    s: snapshot\n    with other:\n        s = seq\n",
            [],
        ),
    ],
)
def test_what_is_unlocked(body: str, expected: list[str], tmp_path: Path) -> None:
    assert locations(LOCKED + body, tmp_path) == expected
