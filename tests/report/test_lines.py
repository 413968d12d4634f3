"""`--format lines`, word for word, and what an editor needs of it."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from subprocess import CompletedProcess

import pytest
from pfnspec.check.options import Options
from pfnspec.check.result import Result
from pfnspec.check.run import check_file
from pfnspec.report.formats.lines import lines_text

GOLDEN = Path(__file__).with_name("lines")
LINE = re.compile(r"([^:]+):(\d+):(\d+): (violated|expected|undecided|error|warning|note)(\[.*\])?: \S")
ASLEEP = """model asleep

policies halt_poll

shared ready: bool
shared wq: waitqueue

process waiter:
    check()

def check():
    wait until ready on wq

process other:
    cond_resched()
    label here
    if ready:
        cpu_relax()
"""


def test_word_for_word(fixed_results: tuple[Result, ...], golden: Callable[[Path, str], None]) -> None:
    text = "".join(f"# {result.name}\n{lines_text(result)}" for result in fixed_results)
    golden(GOLDEN / "lines.txt", text)


def test_each_line_has_a_place(fixed_results: tuple[Result, ...]) -> None:
    for result in fixed_results:
        for line in lines_text(result).splitlines():
            found = LINE.match(line)
            assert found, line
            path, number, column = found[1], int(found[2]), int(found[3])
            assert path in result.sources
            assert 1 <= column <= len(result.sources[path].line(number)) + 1


@pytest.fixture
def asleep(tmp_path: Path) -> Path:
    path = tmp_path / "asleep.pfn"
    path.write_text(ASLEEP, encoding="utf-8")
    return path


def test_no_line_is_in_the_standard_policies(asleep: Path) -> None:
    """They are no file that an editor could open: their steps are shown where the waiting site is."""
    result = check_file(str(asleep), Options(engine="interpreter"))
    lines = lines_text(result).splitlines()
    assert any(line.startswith(f"{asleep}:12:5: note: step") for line in lines)
    assert lines[0] == f"{asleep}:12:5: violated[deadlock]: under halt_poll: Tasks wait for each other"
    assert all(line.startswith(f"{asleep}:") for line in lines)
    assert lines[-1].startswith(f"{asleep}:17:") and "warning[unreached]" in lines[-1]


def test_a_line_stays_one(asleep: Path) -> None:
    """Odd letters of a property's text do not break lines."""
    result = check_file(str(asleep), Options(engine="interpreter"))
    odd = [replace(verdict, property="a\nb\x1b[1m", kind="invariant") for verdict in result.verdicts]
    for line in lines_text(replace(result, verdicts=tuple(odd))).splitlines():
        assert LINE.match(line) and line.isprintable()


def test_the_command_prints_them(pfnspec: Callable[..., CompletedProcess[str]], asleep: Path) -> None:
    ran = pfnspec(
        "check", asleep.name, "--format", "lines", "--engine", "interpreter", cwd=asleep.parent, timeout=60
    )
    assert (ran.returncode, ran.stderr) == (1, "")
    assert ran.stdout.startswith("asleep.pfn:12:5: violated[deadlock]")
    ran = pfnspec("check", "-", "--format", "lines", input="model m\nshared x: bol\n")
    assert (ran.returncode, ran.stdout) == (2, "")
    assert ran.stderr.startswith("-:2:11: error[")
