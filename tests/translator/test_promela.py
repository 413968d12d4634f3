"""Spin reads what is printed as the interpreter reads the program: random expressions and assignments of
every sort, random models, and what does not fit."""

from __future__ import annotations

import pytest
import test_printing
from differential import cells, fault
from pfnspec import spin, tla
from pfnspec.translator import pipeline
from pfnspec.translator.emit.codes import Codes, Unsupported
from pfnspec.translator.emit.promela import promela
from pfnspec.translator.lower.lower import lower
from pfnspec.translator.program.program import PC, Apply, Const, Program, Read, exchanged
from pfnspec.translator.run.interpreter import Interpreter
from random_models import model


@pytest.fixture(scope="module")
def tools() -> spin.Tools:
    try:
        return spin.find_tools()
    except tla.ToolMissing as fault:
        pytest.skip(f"{fault}")


def without_sets_of_points(program: Program) -> Program:
    """More control points than fit into a set are in this one, to say that all tasks have come there."""
    points = tuple(Read(PC, (Const(task),)) for task in program.processes[0].tasks)
    there = Apply("set", (Const("chooses"),))
    together = Apply("and", tuple(Apply("==", (point, Const("chooses"))) for point in points))
    return exchanged(program, Apply("==", (Apply("set", points), there)), together)


@pytest.mark.parametrize("seed", [1, 2])
def test_values_and_assignments(tools: spin.Tools, seed: int, monkeypatch: pytest.MonkeyPatch) -> None:
    # Each way through a step is a line of Promela.
    monkeypatch.setattr(test_printing, "MOST", 60)
    found = test_printing.made(seed, words=False)
    program = without_sets_of_points(found.program)
    made = promela(program)
    job = spin.Job(files=made.files, state_bytes=made.bytes, optimise=0)
    outcome = spin.run(job, tools)
    assert isinstance(outcome, spin.Searched), outcome
    wrong = [made.properties[number] for one in outcome.found for number in one.properties]
    assert wrong == []
    assert outcome.totals.distinct == found.outcomes


@pytest.mark.parametrize("seed", [3, 5])
def test_random_models(tools: spin.Tools, seed: int) -> None:
    text = model(seed)
    assert fault(text, compiled=tools, limit=1500) is None, text


def program(text: str) -> Program:
    (cell,) = cells(text)
    return pipeline.prepared(pipeline.about(cell.program))


REFUSED = {
    "word": "model m\nword W:\n    a: bool\nshared seen: set[W]\nprocess t:\n    seen.add(W())\n",
    "values": "model m\nshared few: set[range(80)] = set()\nprocess t:\n    few.add(70)\n",
    "queue": "model m\nshared l: rwsem\nprocess t[16]:\n    with l.read():\n        pass\n"
    "    with l.write():\n        pass\n",
    "tasks": "model m\nshared l: spinlock\nprocess t[12]:\n    with l:\n        pass\n"
    + "".join(f"process u{number}[12]:\n    pass\n" for number in range(5)),
}


def test_what_does_not_fit_is_refused() -> None:
    with pytest.raises(Unsupported, match="at most 63 values"):
        promela(program(REFUSED["values"]))
    with pytest.raises(Unsupported, match="72 tasks"):
        promela(program(REFUSED["tasks"]))
    with pytest.raises(Unsupported, match="a word of several fields"):
        promela(program(REFUSED["word"]))
    (cell,) = cells(REFUSED["queue"])
    queued = lower(cell.model, cell.policy, all_queues=True)[0]
    assert queued is not None
    with pytest.raises(Unsupported, match="queue of more than 15"):
        Codes(pipeline.whole(pipeline.about(queued)))


def test_states_have_rows_of_their_own() -> None:
    """No two states of a program are the same integers."""
    for seed in (1, 2, 3, 5, 6, 7):
        for cell in cells(model(seed)):
            searched = pipeline.whole(pipeline.about(cell.program))
            codes = Codes(searched)
            states, _ = Interpreter(searched).search(500)
            assert len({codes.row(state) for state in states}) == len(states)


def test_the_same_text_each_time() -> None:
    searched = program(model(9))
    assert promela(searched).files == promela(searched).files
