"""Which locations weak memory makes a difference to, and what of it a program needs: `memory_of` decides.

It looks at the program that sequentially consistent memory gives.  A location is *weak* if two accesses of
code to it conflict, as movers have it: different tasks make them, one writes, and no lock is held at both,
for writing at one.  All `atomic` blocks and `await`s count as one more lock.  Elements of arrays, and locks
in arrays, are not told apart: what may be weak is."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import replace
from typing import get_args

from ...dsl.diagnostics import Diagnostics
from ...dsl.model import model as m
from ...dsl.model.sorts import Lock, Snapshot, WaitQueue, Word
from ...dsl.source import LIBRARY, Span
from ..program.program import PC, Assign, Fill, Note, Point, Program, Step, Variable, reads, walk
from ..program.ways import leaves
from ..reduce.movers import Access, Analysis
from .locks.locks import paths
from .memory.placed import refuse_misplaced
from .memory.state import (
    ACQUIRED,
    ATOMIC,
    BASE,
    CURRENT,
    HANDED,
    OWN,
    RELEASED,
    UNLOCKED,
    Location,
    Memory,
    Site,
    Views,
    passed_by,
    passed_by_readers,
    with_newest,
)
from .temporal import statements_from
from .values.direct import counter_elements


def memory_of(model: m.Model, program: Program, policy: str | None) -> Memory | None:
    """The weak memory of a model, of which `program` is what sequentially consistent memory gives under the
    policy; None where no location is weak, so that both are the same."""
    analysis = Analysis(program, frozenset(), frozenset())
    accesses = dict(_of_variables(program, analysis)) | _of_counters(analysis)
    statements = {p.name: tuple(statements_from(model, p.body, policy)) for p in model.processes if p.count}
    parts = [part for group in statements.values() for part in group]
    blocks = frozenset(part.span for part in parts if isinstance(part, m.Atomic))
    weak = {name: group for name, group in accesses.items() if _conflicting(group, program, blocks)}
    if not weak:
        return None
    counters = dict(counter_elements({v.name: v for v in model.variables}))
    variables = {v.name: v for v in program.variables}
    locations = {name: _location(name, variables, counters) for name in weak}
    passed: dict[str, tuple[int, ...]] = {}
    for path, sort, sizes in paths(model, Lock):
        if sum(p.count for p in program.processes if path in _locks(program, p.name)) > 1:
            passed[passed_by(path)] = sizes
            if sort.shared:
                passed[passed_by_readers(path)] = sizes
    if any(isinstance(part, m.QueueAction) for part in parts):
        passed.update((passed_by(path), sizes) for path, _, sizes in paths(model, WaitQueue))
    if any(isinstance(part, m.Atomic | m.Await) for part in parts):
        passed[ATOMIC] = ()
    views: dict[str, Views] = {}
    for process in program.processes:
        if process.count:
            loads = {n for n, g in weak.items() if any(a.point.process == process.name for a in g)}
            stores = {n for n, g in weak.items() if any(_writes(a, process.name) for a in g)}
            rows = _rows(bool(loads), bool(stores), statements[process.name])
            if rows:
                views[process.name] = Views(process, rows, frozenset(loads | stores))
    several = sum(_elements(sizes) for sizes in counters.values()) > 1
    dependent = _dependent(program, frozenset(weak))
    glued = any(isinstance(part, m.Atomic | m.Await | m.Modify) for part in parts)
    return Memory(locations, views, passed, dependent, _steady(weak, program), several, glued)


def _location(name: str, variables: dict[str, Variable], counters: dict[str, tuple[int, ...]]) -> Location:
    if name in counters:
        return Location(name, counters[name], None)
    return Location(name, variables[name].sizes, variables[name].sort)  # type: ignore[arg-type]


def _elements(sizes: tuple[int, ...]) -> int:
    number = 1
    for size in sizes:
        number *= size
    return number


# -- conflicts


def _of_variables(program: Program, analysis: Analysis) -> Iterator[tuple[str, list[Access]]]:
    """The accesses of code to each shared variable."""
    for variable in program.variables:
        if variable.kind == "shared":
            group = [access for access in analysis.found.get(variable.name, ()) if not access.asserted]
            if isinstance(variable.sort, Snapshot):
                # What a bump outdates it does not store to.
                group = [a if variable.name in _stored(a.point) else replace(a, written=False) for a in group]
            yield variable.name, group


def _stored(point: Point) -> frozenset[str]:
    """The variables that a step stores to, of which none stands for what a bump does to snapshots."""
    found = leaves(point.step.block) if point.step else ()
    return frozenset(op.variable for leaf in found for op in leaf.ops if isinstance(op, Assign))


def _of_counters(analysis: Analysis) -> dict[str, list[Access]]:
    """Those to counters, which no variable stands for: bumps, snapshots, comparisons."""
    found: dict[str, list[Access]] = {}
    for point in analysis.program.points:
        if point.step is None or point.name not in analysis.must:
            continue
        for op in dict.fromkeys(op for leaf in leaves(point.step.block) for op in leaf.ops):
            if isinstance(op, Note) and op.where and op.kind in ("bump", "take_snapshot", "compare"):
                name = "".join(part for part in op.where.parts if isinstance(part, str)).replace("[]", "")
                access = Access(op.kind == "bump", analysis.during(point), point, op.span)
                found.setdefault(name, []).append(access)
    return found


def _conflicting(accesses: list[Access], program: Program, blocks: frozenset[Span]) -> bool:
    return any(
        one.written and _different(one.point, other.point, program) and not _kept_apart(one, other, blocks)
        for one in accesses
        for other in accesses
    )


def _different(one: Point, other: Point, program: Program) -> bool:
    return one.process != other.process or program.process(one.process).count > 1


def _kept_apart(one: Access, other: Access, blocks: frozenset[Span]) -> bool:
    whole = all(_is_whole(access.point.step, blocks) for access in (one, other))
    return whole or bool(one.excludes(other))


def _is_whole(step: Step | None, blocks: frozenset[Span]) -> bool:
    """Whether the accesses of a step are those of an `atomic` block, which stand at `blocks`, or of `await`:
    of others an atomic operation makes one, and taking a lock."""
    return step is not None and (step.kind in ("await", "lock") or step.span in blocks)


def _steady(weak: Mapping[str, list[Access]], program: Program) -> frozenset[Site]:
    """The loads that a lock keeps apart from all stores of other tasks: taking it, the task has seen the
    last."""
    found: set[Site] = set()
    others: set[Site] = set()
    for name, accesses in weak.items():
        for here in accesses:
            step = here.point.step
            if here.written or step is None:
                continue
            unsafe = any(
                other.written and _different(here.point, other.point, program) and not here.excludes(other)
                for other in accesses
            )
            (others if unsafe else found).add((name, step.span, step.calls))
    return frozenset(found - others)


# -- what tasks need


def _writes(access: Access, process: str) -> bool:
    return access.written and access.point.process == process


def _rows(loads: bool, stores: bool, parts: tuple[object, ...]) -> tuple[str, ...]:
    hands_on = _hands_on(parts)
    handed = any(isinstance(part, m.Verb) and part.verb == "smp_mb__after_unlock_lock" for part in parts)
    if not (loads or stores or hands_on):
        return ()
    rows: tuple[str, ...] = (ACQUIRED,)
    if loads:
        rows += (CURRENT, BASE)
    if stores:
        rows += (RELEASED, OWN)
    if handed or (stores and hands_on):
        rows += (UNLOCKED,)
    return (*rows, HANDED) if handed else rows


def _locks(program: Program, process: str) -> frozenset[str]:
    """The locks that a process uses, by path."""
    return frozenset(
        p.step.lock.lock for p in program.points if p.process == process and p.step and p.step.lock
    )


def _hands_on(parts: Iterable[object]) -> bool:
    kinds = m.LockAction | m.With | m.TryLock | m.QueueAction | m.Atomic | m.Await
    return any(isinstance(part, kinds) or (isinstance(part, m.Wait) and part.lock) for part in parts)


def _dependent(program: Program, weak: frozenset[str]) -> frozenset[str]:
    """The per-task variables that a value of a weak location may come to."""
    owned = {v.name for v in program.variables if v.process is not None and v.name != PC}
    found: set[str] = set()
    assigned = [op for op in walk(program.points) if isinstance(op, Assign) and op.variable in owned]
    while True:
        more = {op.variable for op in assigned if reads(op.value) & (weak | found)} - found
        if not more:
            return frozenset(found)
        found |= more


# What has a rule under weak memory, of all that code is made of; and that changes no memory, or only what it
# is made of does.
_MODELLED = (
    m.Wait, m.Delegate, m.Declare, m.Store, m.Update, m.Bump, m.Do, m.LockAction, m.QueueAction, m.Verb,
    m.Assert, m.Await, m.Label, m.Region, m.Goto, m.Return, m.Break, m.Continue, m.If, m.While, m.For, m.With,
    m.Either, m.Atomic, m.Maybe, m.NeedResched, m.Choose, m.TryLock, m.Invoke, m.Look, m.Negated, m.Joined,
    m.Modify, m.Outcome, m.Bug,
)  # fmt: skip

_WHY = {
    m.RcuAction: "a read section or a grace period orders memory",
    m.MaskAction: "an interrupt, or another task, is kept out of what runs on its CPU",
    m.CallOn: "an interrupt orders memory",
    m.Allocate: "an object is allocated",
    m.Free: "an object is freed",
    m.Waited: "it looks at the tasks on a wait queue",
    m.LockState: "it looks at a lock without taking it",
}


def refuse_unmodelled(model: m.Model, diagnostics: Diagnostics) -> None:
    """Adds a diagnostic for what has no rule under weak memory: for all that code may be made of, but what
    is known to have one."""
    places: dict[Span, str] = {}
    for process in model.processes:
        if process.interrupts is not None:
            places[process.span] = "a handler interrupts what runs on its CPU"
    library = {function.name for function in model.functions if function.span.path == LIBRARY}
    functions = (function for function in model.functions if function.name not in library)
    bodies = tuple(part.body for group in (model.processes, functions, model.policies) for part in group)
    refuse_misplaced(bodies, diagnostics)
    code = (*get_args(m.Statement), *get_args(m.Action), m.Waited, m.Slot, m.LockState)
    asserted = {id(part) for node in m.walk(bodies) if isinstance(node, m.Assert) for part in m.walk(node)}
    for node in m.walk(bodies):
        if id(node) in asserted:
            continue
        if isinstance(node, m.Invoke) and node.function in library:
            # It is written with `atomic`, which orders more than the kernel's own operation does.
            places.setdefault(node.span, f"`{node.function}` orders memory in a way of its own")
        if isinstance(node, m.Place) and not isinstance(node.root, m.LocalVariable):
            if node.part or isinstance(node.sort, Word):
                places.setdefault(node.span, "accesses to a word and to a part of it are of different size")
        if isinstance(node, m.LockAction) and node.action == "downgrade":
            places.setdefault(node.span, "what readers see of what a writer has done that still holds it")
        timed = isinstance(node, m.Verb) and node.timed
        if timed or (isinstance(node, code) and not isinstance(node, _MODELLED)):
            places.setdefault(node.span, _WHY.get(type(node), "what it does to memory"))  # type: ignore[attr-defined]
    help = "check the scenario under `memory = sc`; what memory is like there is not modelled yet"
    for span, why in places.items():
        diagnostics.add("weak-not-modelled", span, f"weak memory has no rule for this: {why}", help)


def refuse_unseen_stores(program: Program, memory: Memory) -> None:
    """AssertionError for a store to a weak location that changes no view: a statement that has no rule."""
    snapshots = {v.name for v in program.variables if isinstance(v.sort, Snapshot)}
    for point in program.points:
        for leaf in leaves(point.step.block) if point.step else ():
            written = {op.variable for op in leaf.ops if isinstance(op, Assign)}
            written |= {op.variable for op in leaf.ops if isinstance(op, Fill)} - snapshots
            for path in written & memory.locations.keys():
                assert with_newest(path) in written, f"a store to {path} has no rule under weak memory"
