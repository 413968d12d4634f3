"""Who can never step again while others go on, and what each of them waits for, in words and as data."""

from __future__ import annotations

from pathlib import Path

import pytest
from pfnspec.check.options import Options
from pfnspec.check.run import check_file
from pfnspec.check.saved.data import result_data
from pfnspec.check.saved.reader import result_of
from pfnspec.report.text.behaviour import Page, ending
from pfnspec.report.text.ink import Ink
from pfnspec.report.text.problems import place_of
from pfnspec.report.text.words import waiting

OTHER = """
daemon process other:
    while True:
        cpu_relax()
"""

CASES = {
    "each for what only the other brings about": (
        """
process canceller:
    with m:
        await not running

process worker:
    with m:
        pass
    running = False
""",
        ["canceller", "worker"],
        [
            "canceller waits for its condition, which only worker could bring about (line 8)",
            "worker waits for m, because of canceller (line 11)",
            "other can go on",
        ],
    ),
    "for what nobody brings about": (
        """
process sleeper:
    prepare_to_wait(q)
    schedule()

process waker:
    wake_up(q)
""",
        ["sleeper"],
        [
            "sleeper waits for a wake-up, which nobody can bring about any more (line 8)",
            "waker ended",
            "other can go on",
        ],
    ),
    "for who keeps a lock": (
        """
process keeper:
    m.lock()
    while True:
        cpu_relax()

process user:
    with m:
        running = False
""",
        ["user"],
        [
            "keeper can go on",
            "user waits for m, because of keeper, which never comes to give it back (line 12)",
            "other can go on",
        ],
    ),
}


@pytest.mark.parametrize("name", CASES)
def test_who_waits_for_what(name: str, tmp_path: Path) -> None:
    text, stuck, expected = CASES[name]
    path = tmp_path / "m.pfn"
    head = "model m\nshared m: mutex\nshared running: bool = True\nshared q: waitqueue\n"
    path.write_text(head + text + OTHER, encoding="utf-8")
    result = check_file(path, Options(properties=("deadlock",), engine="interpreter"))
    (verdict,) = result.verdicts
    finding = verdict.finding
    assert finding is not None
    assert [str(task) for task in finding.stuck] == stuck
    assert [waiting(standing, result.path) for standing in finding.standing] == expected
    place = place_of(finding)
    assert place is not None
    assert place.line == next(one.span.line for one in finding.standing if str(one.task) == stuck[0])
    page = Page(result.sources, result.path, 120, Ink(False))
    assert ending(finding, page)[0] == f" > can never step again: {', '.join(stuck)}"
    assert result_of(result_data(result)).verdicts[0].finding == finding
