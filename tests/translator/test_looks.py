"""Whatever a program refers to, at whatever place, every pass of the reduction notices it.

The places are found by asking the types of a program's nodes for their fields, so that a new node, or a new
field of one, is among them by being there.  At each place of a program with all kinds of nodes, an expression
is planted that refers to a variable, locals, a control point, a lock's state, a variable with a flag, a task
and an interchangeable value; without it all of these may be merged, forgotten or exchanged.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, fields, is_dataclass, replace
from functools import cache
from typing import Any, get_args, get_type_hints

import comparisons
import pytest
from pfnspec.translator.lower.temporal import focused
from pfnspec.translator.program import program as nodes
from pfnspec.translator.program.program import (
    SELF,
    Apply,
    Const,
    Expr,
    Note,
    Point,
    Program,
    Read,
    StandsAt,
    Task,
)
from pfnspec.translator.reduce.dead import dead_locals
from pfnspec.translator.reduce.looks import Observer
from pfnspec.translator.reduce.movers import BOTH, NEITHER, RIGHT
from pfnspec.translator.reduce.reduce import explained
from pfnspec.translator.reduce.schedule import scheduled
from pfnspec.translator.reduce.symmetry import symmetry
from pfnspec.translator.run.interpreter import Interpreter
from random_models import model

MODEL = """model m
word W:
    f: range(2)
    g: bool
shared w: W
shared planted: bool
shared k: mutex
shared pair: spinlock
shared ok: bool
shared val: range(3)
shared page: range(4) | None
shared a: bool[2]
shared n: range(2)
shared locks: mutex[2]
shared rw: rwsem(unfair)
shared wq: waitqueue
shared seq: generation
ghost told: range(2)
policies block
process reader[2]:
    mine: snapshot
    i: range(2) = 0
    spare: bool = False
    mine = seq
    if a[i] and any(a[j] for j in range(2) if j != i):
        i = choose(range(2))
    either:
        a[n] = True
    or:
        with rw.read():
            n = 1 - i
    w = W(n, a[i])
    w.f = i
    n = w.f
    assert t at here or not reader[n] at there, "somewhere"
    label there
    with locks[i]:
        seq += 1
    atomic:
        told = n
        wake_up(wq)
    wait until n == 1 on wq
    await n == 0
process writer:
    planted = True
process owner:
    loc: bool = False
    cpu_relax()
    loc = True
    cpu_relax()
    cpu_relax()
process t:
    cpu_relax()
    label here
    cpu_relax()
    with k:
        pass
process twin[2]:
    page = choose({p for p in range(4)})
process fills:
    with pair:
        val = 1
        ok = True
process empties:
    with pair:
        ok = False
process tests:
    with pair:
        if ok:
            assert val == 1, "one"
invariant small: all(n <= 1 for j in range(2) if j != n)
sometimes grows: n == 1
property comes: n == 0 until n == 1
scenario few:
    cpus = 2
    preempt = full
"""


@dataclass(frozen=True, slots=True)
class Place:
    """A field of a node that holds expressions, and of which field of which node that node is."""

    outer: str
    kind: type
    name: str

    def __str__(self) -> str:
        return f"{self.kind.__name__}.{self.name} in {self.outer}"


# Why nothing has to notice what stands there, or below it.
EXEMPT = {
    (nodes.Note, "where"): "told",
    (nodes.Note, "value"): "told",
    (nodes.Note, "old"): "told",
    (nodes.Note, "when"): "told",
    (nodes.Wait, "until"): "the guard of its step once more",
    (nodes.Wait, "blockers"): "those of its step's lock once more",
    (nodes.Step, "awaited"): "told",
    (nodes.Program, "no_spinning"): "made by the program itself, of the task's own locks",
    (nodes.At, "task"): "there only while lowering",
    (nodes.Outdate, "current"): "there only while lowering",
    (nodes.Outdate, "outdated"): "there only while lowering",
    (nodes.Outdate, "previous"): "there only while lowering",
}


def _members(hint: Any) -> Iterator[Any]:
    yield hint
    for part in get_args(hint):
        yield from _members(part)


@cache
def kinds() -> dict[type, dict[str, Any]]:
    """Every type that a part of a program may have, and the types of its fields."""
    found: dict[type, dict[str, Any]] = {}
    todo: list[Any] = [nodes.Program]
    while todo:
        kind = todo.pop()
        if not (isinstance(kind, type) and is_dataclass(kind)) or kind in found:
            continue
        hints = get_type_hints(kind)
        found[kind] = {item.name: hints[item.name] for item in fields(kind)}
        todo += [part for hint in found[kind].values() for part in _members(hint)]
    return found


def fields_of_expressions() -> set[tuple[type, str]]:
    every = set(get_args(Expr))
    return {
        (kind, name)
        for kind, hints in kinds().items()
        for name, hint in hints.items()
        if every <= set(_members(hint))
    }


@cache
def programs() -> dict[str, Program]:
    (cell,) = comparisons.cells(MODEL)
    one = focused(cell.program, ())
    plain = replace(one, cpus=None)
    # What stands at points is tried in the safety run; and no liveness run checks invariants.
    bare = replace(cell.live, cpus=None, points=plain.points, invariants=(), sometimes=())
    live = focused(bare, cell.live.temporal)
    return {"safety": plain, "liveness": live, "scheduled": scheduled(one)}


def instances(program: Program) -> dict[Place, list[object]]:
    """The nodes of each place, of the points those of `reader`."""
    found: dict[Place, list[object]] = {}
    wanted = fields_of_expressions()

    def visit(node: object, outer: str) -> None:
        if isinstance(node, tuple):
            for item in node:
                visit(item, outer)
            return
        if not is_dataclass(node) or isinstance(node, type) or type(node) not in kinds():
            return
        if isinstance(node, Point) and node.process != "reader":
            return
        for item in fields(node):
            if (type(node), item.name) in EXEMPT:
                continue
            if (type(node), item.name) in wanted:
                found.setdefault(Place(outer, type(node), item.name), []).append(node)
            visit(getattr(node, item.name), f"{type(node).__name__}.{item.name}")

    visit(program if not program.temporal else replace(program, points=()), "")
    return found


def planted(program: Program, node: object, name: str) -> Program:
    """The program with references in a field of one node."""
    references: tuple[Expr, ...] = (
        Read("planted"),
        Read("owner.loc", (Const(Task("owner", 0)),)),
        Read("reader.spare", (SELF,)),
        StandsAt(Const(Task("t", 0)), frozenset({here(program)})),
        Read("k.holder"),
        Read("val"),
        Const(Task("twin", 0)),
        Apply("+", (Read("page"), Const(1))),
    )
    old = getattr(node, name)
    new = (*old, *references) if isinstance(old, tuple) else Apply("set", (old or Const(None), *references))
    changed = replace(node, **{name: new})  # type: ignore[type-var]
    made = nodes.rewritten(program, lambda part: changed if part is node else part)
    assert made is not program
    return replace(made)


PLACES = {
    f"{run}: {place}": (run, place, found[0])
    for run, program in programs().items()
    for place, found in instances(program).items()
}


def test_every_field_is_tried() -> None:
    """A kind of node that no program here has would go untested."""
    tried = {(place.kind, place.name) for _, place, _ in PLACES.values()}
    assert tried | EXEMPT.keys() - {(nodes.Note, "where")} == fields_of_expressions()
    assert tried.isdisjoint(EXEMPT)
    for program in programs().values():
        assert not any(isinstance(part, nodes.At | nodes.Outdate) for part in nodes.walk(program))


def here(program: Program) -> str:
    """A control point that nothing asks about."""
    return next(point.name for point in program.points if point.process == "t")


def noticed(run: str, program: Program) -> dict[str, bool]:
    """What the passes see in a program."""
    observer = Observer(program)
    seen = observer.looks(program)
    found = {
        "a variable": "planted" in seen.variables,
        "another task's local": "owner.loc" in seen.others,
        "a control point": here(program) in seen.points,
    }
    dead = dead_locals(program)
    found["a local that others read"] = not any("owner.loc" in names for names in dead.values())
    own = [dead[point.name] for point in program.points if point.process == "reader"]
    found["a local that is read"] = not all("reader.spare" in names for names in own)
    if run != "liveness":
        same = symmetry(program)
        found["a task"] = "twin" not in same.processes
        found["a value"] = not any("page" in values.variables for values in same.values)
    if run == "scheduled":
        return found
    found["a lock"] = "k" in observer.beyond(program).locks
    if run == "safety":
        formulas = [formula.condition for formula in (*program.invariants, *program.sometimes)]
    else:
        formulas = [formula.formula for formula in program.temporal]
    told = explained(program, formulas, liveness=run == "liveness")
    moves = {
        program.point(name).process: mover.kind
        for name, mover in reversed(told.movers.items())
        if program.point(name).process in ("writer", "owner") and _does_something(program.point(name))
    }
    found["the store"] = moves["writer"] == NEITHER
    found["the store to a local"] = moves["owner"] == NEITHER
    taken = [m.kind for name, m in told.movers.items() if _takes(program.point(name), "k")]
    found["the acquisition"] = taken == [NEITHER]
    found["the label"] = here(program) in told.labels
    found["what is not forgotten"] = all(one.variable != "val" for one in told.whole.forgotten)
    assert set(moves.values()) <= {BOTH, NEITHER} and set(taken) <= {RIGHT, NEITHER}
    return found


def _does_something(point: Point) -> bool:
    written = {part.variable for part in nodes.walk(point) if isinstance(part, nodes.Assign)}
    return bool(written & {"planted", "owner.loc"}) and point.step is not None and point.step.kind != "start"


def _takes(point: Point, lock: str) -> bool:
    use = None if point.step is None else point.step.lock
    return use is not None and use.action == "acquire" and use.lock == lock


@pytest.mark.parametrize("run", programs())
def test_nothing_is_noticed_where_nothing_is_planted(run: str) -> None:
    found = noticed(run, programs()[run])
    assert found == dict.fromkeys(found, False)


@pytest.mark.parametrize("name", PLACES)
def test_whatever_is_planted_is_noticed(name: str) -> None:
    run, place, node = PLACES[name]
    found = noticed(run, planted(programs()[run], node, place.name))
    assert found == dict.fromkeys(found, True)


def test_what_is_only_told_decides_nothing() -> None:
    """Without any note, and without what waiting sites await, a program has the same states and verdicts."""

    def silent(part: object) -> object:
        match part:
            case nodes.Block(ops=ops) if any(isinstance(op, Note) for op in ops):
                return nodes.rewritten(
                    replace(part, ops=tuple(o for o in ops if not isinstance(o, Note))), silent
                )
            case nodes.Step(awaited=awaited) if awaited is not None:
                return nodes.rewritten(replace(part, awaited=None), silent)
            case _:
                return part

    for seed in range(12):
        for cell in comparisons.cells(model(seed)):
            whole = scheduled(focused(cell.program, ()))
            mute = replace(nodes.rewritten(whole, silent))
            assert not any(isinstance(part, Note) for part in nodes.walk(mute))
            told, quiet = Interpreter(whole), Interpreter(mute)
            assert told.search(400)[0].keys() == quiet.search(400)[0].keys()
