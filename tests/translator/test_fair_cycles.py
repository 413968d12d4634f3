"""The search for fair cycles: components, what is the same up to names, and short behaviours."""

from __future__ import annotations

from array import array
from collections.abc import Iterator, Sequence
from random import Random

import differential
import pytest
from pfnspec import tla
from pfnspec.translator import pipeline
from pfnspec.translator.run.alike import alike, representatives
from pfnspec.translator.run.components import Components, Edges
from pfnspec.translator.run.decide import decided
from pfnspec.translator.run.graph import TooLarge
from pfnspec.translator.run.interchange import IDENTITY, composed, inverse


def _look() -> None:
    return None


def reached(edges: list[list[int]], start: int) -> set[int]:
    found, todo = {start}, [start]
    while todo:
        for other in edges[todo.pop()]:
            if other not in found:
                found.add(other)
                todo.append(other)
    return found


@pytest.mark.parametrize("seed", range(20))
def test_components_are_what_leads_to_each_other(seed: int) -> None:
    random = Random(seed)
    size = random.randrange(1, 30)
    pairs = [(random.randrange(size), random.randrange(size)) for _ in range(random.randrange(3 * size))]
    pairs.sort()
    nodes = sorted(random.sample(range(size), random.randrange(1, size + 1)))
    first, target = array("q", [0]), array("i")
    for node in range(size):
        target.extend(b for a, b in pairs if a == node)
        first.append(len(target))
    edges = Edges(first, target)
    banned = [n for n in range(len(pairs)) if random.random() < 0.2]
    for n in banned:
        edges.banned[n] = 1
    left: list[list[int]] = [[] for _ in range(size)]
    for n, (a, b) in enumerate(pairs):
        if n not in banned and a in nodes and b in nodes:
            left[a].append(b)
    components = Components(edges)
    list(components.of(range(size)))
    found = {frozenset(part) for part in components.of(nodes)}
    leads = {node: reached(left, node) for node in nodes}
    assert found == {frozenset(b for b in leads[a] if a in leads[b]) for a in nodes}


def test_names_one_after_the_other() -> None:
    one, other = (1, 2, 0), (0, 2, 1)
    assert composed(one, other) == (2, 1, 0)
    assert composed(one, inverse(one)) == IDENTITY
    assert composed(IDENTITY, one) == composed(one, IDENTITY) == one


CROWD = """model m
type V = range(3)
shared l: spinlock
shared x: V | None
process first[3]:
    label before
    with l:
        x = choose(V)
    label after
    cpu_relax()
process second[2]:
    while maybe():
        x = None
property each: all(first[i] at before leads_to first[i] at after for i in range(3))
property one: first[1] at before leads_to first[1] at after
property two: always (first[0] at before implies eventually not first[2] at before)
"""


def _programs(text: str) -> dict[str, tuple[object, ...]]:
    (cell,) = differential.cells(text)
    found = {}
    for property in cell.live.temporal:
        found[property.name] = (property, pipeline.prepared(pipeline.about(cell.live, property)))
    return found


def test_what_may_change_places() -> None:
    found = _programs(CROWD)
    names = {}
    for name, (property, program) in found.items():
        (part,) = representatives(program, property.formula)  # type: ignore[attr-defined,arg-type]
        same = alike(program, part)  # type: ignore[arg-type]
        names[name] = (tuple(tuple(map(str, group)) for group in same.tasks), [v.name for v in same.values])
    second = ("second[0]", "second[1]")
    assert names == {
        "each": ((("first[1]", "first[2]"), second), ["V"]),
        "one": ((("first[0]", "first[2]"), second), ["V"]),
        "two": ((second,), ["V"]),
    }


@pytest.mark.parametrize("name", ["each", "one", "two"])
def test_fewer_states_and_the_same_verdict(name: str) -> None:
    property, program = _programs(CROWD)[name]
    formula = property.formula  # type: ignore[attr-defined]
    plain = decided(program, formula, 100_000, _look, exchange=False)  # type: ignore[arg-type]
    fewer = decided(program, formula, 100_000, _look)  # type: ignore[arg-type]
    assert plain.holds == fewer.holds
    assert 3 * fewer.states < plain.states <= fewer.states * fewer.permutations


def test_who_is_told_apart_stays() -> None:
    text = CROWD.replace("x = choose(V)", "x = self")
    (part, *others) = representatives(*_programs_of(text, "each"))
    assert len(others) == 2
    same = alike(_programs_of(text, "each")[0], part)
    assert [[str(task) for task in group] for group in same.tasks] == [["second[0]", "second[1]"]]
    assert same.values == ()


def _programs_of(text: str, name: str):  # type: ignore[no-untyped-def]
    property, program = _programs(text)[name]
    return program, property.formula  # type: ignore[attr-defined]


def test_a_program_that_is_too_large() -> None:
    program, formula = _programs_of(CROWD, "two")
    size = decided(program, formula, 100_000, _look).states
    assert decided(program, formula, size, _look).states == size
    with pytest.raises(TooLarge):
        decided(program, formula, size - 1, _look)


def test_a_short_behaviour() -> None:
    text = """model m
shared x: bool
process other[2]:
    while True:
        cpu_relax()
process waiter:
    while not x:
        cpu_relax()
property ends: eventually waiter at end
"""
    program, formula = _programs_of(text, "ends")
    found = decided(program, formula, 1000, _look)
    assert not found.holds and found.loop is not None
    assert len(found.behaviour) <= 7


IN_TURN = """model m
shared s: rwlock
shared x: range(3)
process reader[2]:
    a: range(3) = 0
    while True:
        with s.read():
            a = x
            a = x
process writer:
    with s.write():
        x = 1
process other:
    while maybe():
        x = 2
property gets_in: eventually writer at end
"""
STOPS = """model m
shared s: rwlock
shared x: range(3)
unfair process stops:
    a: range(3) = 0
    with s.read():
        a = x
process reader:
    a: range(3) = 0
    with s.read():
        a = x
process writer:
    with s.write():
        x = 1
process other:
    while maybe():
        x = 2
property gets_in: eventually reader at end
"""


@pytest.mark.parametrize(("text", "holds"), [(IN_TURN, True), (STOPS, False)])
def test_tlc_knows_of_turns(text: str, holds: bool) -> None:
    (cell,) = differential.cells(text)
    assert cell.live.patient_locks == ("s",) and cell.live.queued_locks == ()
    (known,) = differential.liveness(cell)
    assert known.holds == holds
    assert differential.liveness_by_tlc(known, tla.find_tools()) == 3


TURNS = """model m
shared l: mutex
shared seq: generation
process worker[2]:
    mine: snapshot
    atomic:
        seq += 1
        mine = seq
    while True:
        atomic:
            l.lock()
            if seq == mine:
                l.unlock()
                break
            seq += 1
            mine = seq
        l.unlock()
property done: eventually any(worker[i] at end for i in range(2))
"""


@pytest.mark.parametrize("turned", range(3))
def test_who_is_who_does_not_depend_on_where_one_begins(turned: int, monkeypatch: pytest.MonkeyPatch) -> None:
    """Each round the outdated one steps, and never the other: but these are both of them in turn."""
    components_of = Components.of

    def other_order(self: Components, nodes: Sequence[int]) -> Iterator[list[int]]:
        for part in components_of(self, nodes):
            at = turned % len(part)
            yield part[at:] + part[:at]

    monkeypatch.setattr(Components, "of", other_order)
    (cell,) = differential.cells(TURNS)
    (property,) = cell.live.temporal
    found = decided(pipeline.whole(pipeline.about(cell.live, property)), property.formula, 1000, _look)
    assert found.symmetry == ("worker",) and not found.holds
    # The loop is gone round twice: only then everybody has his name back.
    assert found.loop is not None and len(found.behaviour) - found.loop == 4
