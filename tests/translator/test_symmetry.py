"""Interchangeable tasks and values: swapping two of them leads from reachable states to reachable states that
violate the same properties.  That is looked at state by state; and TLC must count the classes as we do."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from itertools import permutations, product
from pathlib import Path
from subprocess import CompletedProcess

import pytest
from exchanges import Swap, swapped, swaps, violated
from pfnspec.check.load import load
from pfnspec.translator.lower.temporal import focused
from pfnspec.translator.program.program import Program
from pfnspec.translator.reduce.reduce import safety_reduced
from pfnspec.translator.reduce.schedule import scheduled
from pfnspec.translator.reduce.symmetry import Symmetry, symmetry
from pfnspec.translator.run.interpreter import Interpreter, State
from random_models import model

Run = Callable[..., "CompletedProcess[str]"]
STATES = 600


def programs(text: str) -> Iterator[tuple[Program, Symmetry]]:
    for cell in load("model.pfn", {}, text=text.encode()).cells:
        whole = focused(cell.program, ())
        formulas = [formula.condition for formula in (*whole.invariants, *whole.sometimes)]
        for program in (scheduled(whole), scheduled(safety_reduced(whole, formulas))):
            yield program, symmetry(program)


def check(program: Program, same: Symmetry) -> int:
    """The number of exchanges that were tried; fails when one changes anything."""
    interpreter = Interpreter(program)
    states, complete = interpreter.search(STATES)
    tried = 0
    for swap in swaps(program, same):
        tried += 1
        for state in states:
            other = swapped(state, swap, program)
            assert other in states or not complete
            assert violated(interpreter, state) == violated(interpreter, other)
            after = {swapped(t.state, swap, program) for t in interpreter.transitions(state)}
            assert after == {t.state for t in interpreter.transitions(other)}
    return tried


def classes(program: Program, same: Symmetry) -> int:
    """How many states there are up to symmetry."""
    states, complete = Interpreter(program).search(100_000)
    assert complete
    groups: list[list[Swap]] = []
    for name in same.processes:
        tasks = program.process(name).tasks
        groups.append([(dict(zip(tasks, order, strict=True)), {}) for order in permutations(tasks)])
    for values in same.values:
        numbers = [atom.index for atom in values.atoms]
        groups.append(
            [
                ({}, {name: dict(zip(numbers, order, strict=True)) for name in values.variables})
                for order in permutations(numbers)
            ]
        )
    count, seen = 0, set[State]()
    for state in states:
        if state in seen:
            continue
        count += 1
        for each in product(*groups):
            other = state
            for swap in each:
                other = swapped(other, swap, program)
            seen.add(other)
    return count


MODEL = """model m

const N: int = 2
type Page = range(3)

shared lock: {lock}
shared free: set[Page] = {{p for p in Page}}
shared held: Page | None = None
shared count: range(N + 1) = 0
shared map: bool[3]
shared names: range(N)[N]

process user[N]:
    mine: Page | None = None
    with lock:
        if held == None:
            mine = choose(free)
            held = mine
            free.remove(mine)
        count += 1
    {more}

{declared}
"""


@pytest.mark.parametrize(
    ("more", "declared", "names"),
    [
        ("pass", "", ("user", "Page")),
        ("with lock:\n        held = None", "", ("user", "Page")),
        ("names[self] = 0", "", ("Page",)),
        ("map[held] = True", "", ("user",)),
        ("held = 2", "", ("user",)),
        ("if held != None and held > 0:\n        pass", "", ("user",)),
        ("free = {1}", "", ("user",)),
        ("pass", "invariant i: not (user[0] at end and count == 0)", ("Page",)),
        ("pass", "invariant i: all(not (user[n] at end and count == 0) for n in range(N))", ("user", "Page")),
        ("pass", "sometimes some: held != None and held not in free", ("user", "Page")),
        ("pass", "sometimes two: held == 2", ("user",)),
        ("assert held in free or mine == held, 'other'".replace("'", '"'), "", ("user", "Page")),
        ("pass", "scenario few:\n    cpus = 1", ("user", "Page")),
    ],
)
@pytest.mark.parametrize("lock", ["spinlock", "rwsem"])
def test_what_is_interchangeable(lock: str, more: str, declared: str, names: tuple[str, ...]) -> None:
    text = MODEL.format(lock=lock, more=more, declared=declared)
    text = text.replace("with lock:", "with lock.write():") if lock == "rwsem" else text
    found = list(programs(text))
    assert found, [str(d) for d in load("m.pfn", {}, text=text.encode()).diagnostics]
    for program, same in found:
        assert same.names == names, same.refused
        assert check(program, same) == len(list(swaps(program, same)))


@pytest.mark.parametrize("start", range(0, 60, 20))
def test_random_models(start: int) -> None:
    tried = 0
    for seed in range(start, start + 20):
        for program, same in programs(model(seed)):
            tried += check(program, same)
    assert tried > 0


def test_pinned_tasks_are_no_longer_interchangeable() -> None:
    text = MODEL.format(lock="mutex", more="pass", declared="scenario few:\n    cpus = 2")
    for program, same in programs(text.replace("process user[N]:", "process user[N] on cpu(self):")):
        assert same.names == ("Page",)
        assert same.refused["user"] == "pinned to a CPU"
        assert check(program, same)


def test_not_too_many_permutations() -> None:
    text = MODEL.format(lock="spinlock", more="pass", declared="").replace("N: int = 2", "N: int = 5")
    (_, (_, same)) = programs(text)
    assert same.names == ("user",)
    assert same.refused["Page"] == "too many permutations"


@pytest.mark.parametrize(
    "more", ["pass", "with lock:\n        held = None\n        free = {p for p in Page}"]
)
def test_tlc_counts_the_same(pfnspec: Run, tmp_path: Path, more: str) -> None:
    text = MODEL.format(lock="spinlock", more=more, declared="")
    (tmp_path / "m.pfn").write_text(text, encoding="utf-8")
    ran = pfnspec("check", "m.pfn", "--format", "json", cwd=tmp_path)
    evidence = json.loads(ran.stdout)["evidence"]
    assert evidence["symmetry"] == ["user", "Page"]
    (_, (program, same)) = programs(text)
    assert evidence["states"] == classes(program, same)


def test_a_violation_is_told_with_names(pfnspec: Run, tmp_path: Path) -> None:
    """The trace is one of the real tasks and values, from the beginning to the end."""
    more = 'with lock:\n        pass\n    assert count < N or held in free, "all came"'
    text = MODEL.format(lock="spinlock", more=more, declared="").replace("N: int = 2", "N: int = 3")
    (tmp_path / "m.pfn").write_text(text, encoding="utf-8")
    ran = pfnspec("check", "m.pfn", "--format", "json", cwd=tmp_path)
    result = json.loads(ran.stdout)
    assert result["evidence"]["symmetry"] == ["user", "Page"]
    (finding,) = [verdict["finding"] for verdict in result["verdicts"] if verdict["finding"]]
    assert {step["task"] for step in finding["steps"]} == {"user[0]", "user[1]", "user[2]"}
