"""Small cells share a run of TLC, which can confirm verdicts and change none."""

from __future__ import annotations

import threading
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest
from pfnspec import tla
from pfnspec.check.engines.liveness import Claim
from pfnspec.check.engines.safety import Safety
from pfnspec.check.engines.together import confirm_claims_together, confirm_together
from pfnspec.check.load import Cell, Loaded, load
from pfnspec.check.options import Options
from pfnspec.check.run import check_file
from pfnspec.check.runs import Runs
from pfnspec.check.stop import Stop
from pfnspec.translator import pipeline
from pfnspec.translator.emit.emit import Emission
from pfnspec.translator.emit.joined import Joined

MODEL = """model shared_run

const CAREFUL: bool = False

shared next: range(3) = 0
ghost taken: set[range(3)] = set()

process task[2]:
    mine: range(3) = 0
    if CAREFUL:
        atomic:
            mine = next
            next = mine + 1
    else:
        mine = next
        next = mine + 1
    assert mine not in taken, "number given twice"
    taken.add(mine)

scenario careless:
    CAREFUL = False

scenario careful:
    CAREFUL = True

property first_ends: eventually task[0] at end
sometimes all_given: taken == {0, 1}
expect "number given twice" violated in careless
expect deadlock holds
"""
DEADLOCK = """model shared_deadlock

const ORDERED: bool = True

shared a: mutex
shared b: mutex

process one:
    with a:
        with b:
            pass

process other:
    if ORDERED:
        with a:
            with b:
                pass
    else:
        with b:
            with a:
                pass

scenario ordered:
    ORDERED = True

scenario crossed:
    ORDERED = False

expect deadlock violated in crossed
"""


@pytest.mark.parametrize(("model", "runs"), [(MODEL, 2), (DEADLOCK, 1)], ids=["claims", "deadlock"])
def test_one_run_has_the_verdicts_of_all_cells(tmp_path: Path, model: str, runs: int) -> None:
    """TLC is started once for safety and once for temporal properties; all is told as by the interpreter."""
    path = tmp_path / "model.pfn"
    path.write_text(model, encoding="utf-8")
    by_tlc = check_file(path, Options(reduction=False))
    alone = check_file(path, Options(reduction=False, engine="interpreter"))
    assert by_tlc.failure is None and by_tlc.status == alone.status == 0
    assert by_tlc.evidence is not None and by_tlc.evidence.runs == runs
    for one, other in zip(by_tlc.verdicts, alone.verdicts, strict=True):
        assert (one.property, one.scenario, one.outcome) == (other.property, other.scenario, other.outcome)
        assert one.finding == other.finding
        assert one.evidence is not None and other.evidence is not None
        if one.kind != "property":
            assert (one.evidence.states, one.evidence.depth) == (other.evidence.states, other.evidence.depth)


class Told(Runs):
    """Runs of which only one is made, and that comes to what it is told; its page is kept."""

    outcome: tla.Outcome
    page: Emission | Joined

    def run(self, page: Emission | Joined, **_: object) -> tla.Outcome:  # type: ignore[override]
        self.page = page
        return self.outcome


@pytest.fixture(scope="module")
def loaded(tmp_path_factory: pytest.TempPathFactory) -> Loaded:
    path = tmp_path_factory.mktemp("together") / "model.pfn"
    path.write_text(MODEL, encoding="utf-8")
    return load(str(path), {}, outside=False)


def runs(cell: Cell, outcome: tla.Outcome) -> Told:
    stop = Stop(threading.Event(), None)
    found = Told(
        cell, {}, "model.pfn", None, 1, 256, None, None, None, stop, lambda _: None, lambda *_: None,
        quick=True, memory=None,
    )  # fmt: skip
    found.outcome = outcome
    return found


def answer(reached: set[int], counts: list[tuple[int, int]], states: int, depth: int) -> tla.Holds:
    printed = [f'<<"reached", {number}>>' for number in sorted(reached)]
    pairs = ", ".join(f"<<{one}, {two}>>" for one, two in counts)
    totals = tla.Totals(generated=99, distinct=states, left=0, depth=depth)
    return tla.Holds(totals=totals, version="2.15", printed=(*printed, f'<<"counted", <<{pairs}>>>>'))


def safety(loaded: Loaded, outcome: tla.Outcome) -> list[Safety]:
    found: list[Safety] = []
    for cell in loaded.cells:
        program = pipeline.prepared(pipeline.about(cell.program), reduction=False)
        registers = {"all_given": len(program.reachable)}
        found.append(
            Safety(program, list(program.properties), registers, runs(cell, outcome), reduction=False)
        )
    return found


def truth(loaded: Loaded) -> tla.Holds:
    """What TLC says of the cells: taken from what the interpreter finds."""
    cells = safety(loaded, tla.Failed(why="internal", message=""))
    reached: set[int] = set()
    before = 0
    for cell in cells:
        part = cell.part("part", before)
        met = {cell.registers[name] for name in cell.found.met}
        reached |= {before + 1 + number for number in cell.found.reached | met} | part.noted.keys()
        before = part.last
    counts = [(cell.found.totals.distinct or 0, cell.found.totals.depth or 0) for cell in cells]
    states, depth = sum(one for one, _ in counts), max(one for _, one in counts)
    return answer(reached, counts, states, depth)


def test_what_the_interpreter_finds_is_confirmed(loaded: Loaded) -> None:
    cells = safety(loaded, truth(loaded))
    confirm_together(cells)
    assert [cell.confirmed for cell in cells] == [True, True]
    assert [sorted(cell.runs.noted) for cell in cells] == [["number given twice"], []]
    page = cells[0].runs.page  # type: ignore[attr-defined]
    assert isinstance(page, Joined) and len(page.others) == 2 and page.check_deadlock


@pytest.mark.parametrize(
    "wrong",
    [
        lambda _: tla.Failed(why="evaluation", message="it cannot be evaluated"),
        lambda _: tla.Stopped(why="time"),
        lambda _: tla.Violated(kind="invariant", name="Holds_1", trace=tla.Trace()),
        lambda one: replace(one, printed=one.printed[:-1]),
        lambda one: replace(one, totals=replace(one.totals, distinct=one.totals.distinct + 1)),
        lambda one: replace(one, totals=replace(one.totals, depth=one.totals.depth + 1)),
        lambda one: replace(one, printed=(*one.printed[:-1], '<<"counted", <<<<1, 1>>>>>>')),
    ],
    ids=["failed", "stopped", "violated", "uncounted", "states", "depth", "parts"],
)
def test_a_run_that_does_not_add_up_confirms_nothing(
    loaded: Loaded, wrong: Callable[[tla.Holds], tla.Outcome]
) -> None:
    cells = safety(loaded, wrong(truth(loaded)))
    confirm_together(cells)
    assert not any(cell.confirmed or cell.runs.noted or cell.runs.reached for cell in cells)


def test_a_cell_of_which_less_is_found_is_left_to_a_run_of_its_own(loaded: Loaded) -> None:
    """A violation that is not noted, a mark that is not reached, and states that are another cell's."""
    whole = truth(loaded)
    for line in whole.printed[:-1]:
        cells = safety(loaded, replace(whole, printed=tuple(one for one in whole.printed if one != line)))
        confirm_together(cells)
        assert sorted(cell.confirmed for cell in cells) == [False, True], line
    cells = safety(loaded, whole)
    counts = [(cell.found.totals.distinct or 0, cell.found.totals.depth or 0) for cell in cells]
    counts = [(counts[0][0] + 1, counts[0][1]), (counts[1][0] - 1, counts[1][1])]
    reached = {int(line.split()[-1].rstrip(">")) for line in whole.printed[:-1]}
    told = answer(reached, counts, sum(one for one, _ in counts), max(one for _, one in counts))
    cells = safety(loaded, told)
    confirm_together(cells)
    assert not any(cell.confirmed for cell in cells)


def test_a_property_is_confirmed_only_by_a_run_in_which_all_hold(loaded: Loaded) -> None:
    for outcome, confirmed in (
        (answer(set(), [(3, 2), (4, 3)], 7, 3), True),
        (answer(set(), [(3, 2), (4, 3)], 8, 3), False),
        (tla.Violated(kind="property", name=None, trace=tla.Trace()), False),
    ):
        claims = [
            Claim(cell, cell.live.temporal[0], runs(cell, outcome), reduction=True) for cell in loaded.cells
        ]
        confirm_claims_together(claims)
        assert [claim.outcome is not None for claim in claims] == [confirmed, confirmed]
