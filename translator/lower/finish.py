"""The last pass of lowering: variables gathered, labels and counters resolved, points in order."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from math import prod
from typing import Protocol, TypeVar

from ...dsl.model import model as m
from ...dsl.model import sorts as s
from ...dsl.source import Span
from ..program.kinds import VariableKind
from ..program.levels import LEVELS, UNPREEMPTED, called, caller, masked, running, turn
from ..program.program import (
    FALSE,
    GONE,
    PC,
    SLEEPY,
    STOP,
    AnyOf,
    AnyTask,
    Apply,
    At,
    Block,
    BoundName,
    Elements,
    Expr,
    Fill,
    Interrupts,
    Invariant,
    Monitor,
    Op,
    Outdate,
    Point,
    PointName,
    Process,
    Program,
    Property,
    Reachable,
    Read,
    StandsAt,
    Task,
    TaskSet,
    Value,
    Variable,
    rewritten,
)
from ..program.waits import with_waits
from .locks.locks import leaving_variables, lock_variables, state_name, state_variable
from .locks.rcu import DEEPEST, RCU, Domain
from .temporal import simplified

_Node = TypeVar("_Node")


class Common(Protocol):
    """What lowering gathered over all processes."""

    reachable: dict[tuple[Span, str], Reachable]
    barriers: dict[Span, None]
    sleepers: bool
    joined: frozenset[str]
    stops: bool
    rcu: bool
    leaving: tuple[str, ...]
    drained: bool
    turns: frozenset[str]
    handlers: tuple[Interrupts, ...]
    awaited: frozenset[str]
    masks: tuple[str, ...]
    preempt: bool


def finish(
    model: m.Model, points: tuple[Point, ...], entries: dict[str, str], locals_: dict[str, Variable],
    invariants: tuple[Invariant, ...], sometimes: tuple[Invariant, ...], common: Common,
    queued: frozenset[str], temporal: tuple[Property, ...], monitors: tuple[Monitor, ...],
    no_spinning: Expr, policy: str | None, assumed: tuple[Invariant, ...] = (),
) -> Program:  # fmt: skip
    """The program under a wait policy, whole.  Unused halting points and instances of empty processes are
    left out."""
    processes: list[Process] = []
    for process in model.processes:
        end = next(
            (p.name for p in points if p.process == process.name and p.step is None and not p.halted), ""
        )
        processes.append(
            Process(
                process.name, process.count, process.daemon, process.unfair, entries[process.name], end,
                process.span, process.indexed,
                None if process.interrupts is None else Interrupts(*process.interrupts),
            )
        )  # fmt: skip
    variables = [Variable(PC, "control", PointName(), None, (), "*", "control")]
    for declared in model.variables:
        variables.extend(_flattened(declared, queued))
        if declared.name in common.leaving:
            variables.extend(
                leaving_variables(declared, drained=common.drained, turns=declared.name in common.turns)
            )
    if common.sleepers:
        variables.append(Variable(SLEEPY, "queue", s.BOOL, False, (), "*", "sleepy"))
    if common.stops:
        variables.append(Variable(STOP, "queue", s.BOOL, False, (), "*", "to stop"))
    if common.joined:
        variables.append(Variable(GONE, "queue", s.BOOL, False, (), "*", "gone"))
    variables.extend(
        Variable(running(level), "control", AnyTask(), None, (), "*", running(level))
        for level in LEVELS
        if any(handler.level == level for handler in common.handlers)
    )
    for level in common.masks:
        sort = s.BOOL if level == "interrupt" else s.Range(0, DEEPEST)
        variables.append(Variable(masked(level), "control", sort, s.initial(sort), (), "*", masked(level)))
    for process in model.processes:
        if process.interrupts is not None and process.count and Interrupts(*process.interrupts).called:
            title, own = f"{process.name}.called", process.name
            variables.append(
                Variable(called(own), "lock", TaskSet(), frozenset(), (), own, title, process.span, whole=own)
            )
            if own in common.turns:
                first = Variable(
                    turn(own), "lock", TaskSet(), frozenset(), (), own, title, process.span, whole=own
                )
                variables.append(first)
            if own in common.awaited:
                variables.append(Variable(caller(own), "control", AnyTask(), None, (), own, title))
    if common.preempt:
        variables.append(Variable(UNPREEMPTED, "control", s.Range(0, DEEPEST), 0, (), "*", UNPREEMPTED))
    if common.rcu:
        variables.extend(Domain(RCU).variables(RCU, None))
    empty = {process.name for process in processes if process.count == 0}
    variables.extend(variable for variable in locals_.values() if variable.process not in empty)
    variables.extend(
        Variable(monitor.variable, "control", s.BOOL, None, (), None, "until") for monitor in monitors
    )
    snapshots = tuple(variable for variable in variables if isinstance(variable.sort, s.Snapshot))
    resolve = Resolver(points, processes, snapshots)
    kept = tuple(resolve(point) for point in points if point.process not in empty)
    names: dict[str, None] = dict.fromkeys(_asserted(model, policy))
    names.update(dict.fromkeys(f.name for f in model.formulas if f.kind == "invariant"))
    expected = {stated.target for stated in model.expectations}
    names.update(
        dict.fromkeys(
            name
            for name in m.BUILT_IN_CHECKS
            if name == "deadlock" or name in expected or _claimed(name, kept, invariants)
        )
    )
    resolved = tuple(resolve(property) for property in temporal)
    program = Program(
        name=model.name,
        doc=model.doc,
        constants=model.constants,
        processes=tuple(processes),
        variables=tuple(variables),
        points=kept,
        properties=tuple(names),
        invariants=tuple(resolve(invariant) for invariant in invariants),
        sometimes=tuple(resolve(formula) for formula in sometimes),
        assumed=tuple(resolve(formula) for formula in assumed),
        reachable=tuple(sorted(common.reachable.values(), key=lambda r: r.number)),
        barriers=tuple(common.barriers),
        queued_locks=tuple(sorted(queued)),
        temporal=tuple(replace(p, formula=simplified(p.formula)) for p in resolved),
        monitors=tuple(resolve(monitor) for monitor in monitors),
        cpus=model.cpus,
        preempt=model.preempt,
        pins=tuple(
            (Task(process.name, index, not process.indexed), cpu)
            for process in model.processes
            for index, cpu in enumerate(process.cpus or ())
        ),
        no_spinning=no_spinning,
        ordered=frozenset(
            path
            for declared in model.variables
            for path in (*_ordered(declared.name, declared.sort), state_name(declared))
        ),
    )
    return with_waits(program)


def _asserted(model: m.Model, choice: str | None) -> tuple[str, ...]:
    """The texts of the assertions of all code, and of the policies that a run under `choice` goes through."""
    code = tuple(part.body for group in (model.processes, model.functions) for part in group)
    waits = [node for node in m.walk(code) if isinstance(node, m.Wait | m.WaitInTime)]
    todo = [name for node in waits if (name := node.policy or choice) is not None]
    met: set[str] = set()
    while todo:
        name = todo.pop()
        if name not in met:
            met.add(name)
            body = model.policy(name).body
            todo += [node.policy for node in m.walk(body) if isinstance(node, m.Delegate)]
    bodies = (*code, *(model.policy(name).body for name in met))
    texts = {node.text for node in m.walk(bodies) if isinstance(node, m.Assert | m.Bug)}
    return tuple(text for text in model.assertions if text in texts)


def _claimed(name: str, points: tuple[Point, ...], invariants: tuple[Invariant, ...]) -> bool:
    return any(c.property == name for p in points for c in p.claims) or any(
        i.property == name for i in invariants
    )


def _ordered(path: str, sort: s.Sort, within: bool = False) -> Iterator[str]:
    """The paths of what belongs to a class of the library."""
    match sort:
        case s.Array(of=of):
            yield from _ordered(path, of, within)
        case s.Struct(fields=members, ordered=ordered):
            for name, inner, _ in members:
                yield from _ordered(f"{path}.{name}", inner, within or ordered)
        case _ if within:
            yield path


def _flattened(declared: m.SharedVariable, queued: frozenset[str]) -> list[Variable]:
    """One variable per scalar field; arrays keep their dimensions."""
    found: list[Variable] = []
    kind: VariableKind = "ghost" if declared.ghost else "shared"

    def visit(title: str, sort: s.Sort, value: s.Start, sizes: tuple[int, ...]) -> None:
        path = title.replace("[]", "")
        match sort:
            case s.Array(of=of, size=size):
                visit(f"{title}[]", of, value, (*sizes, size))
            case s.Struct(fields=members):
                for name, inner, default in members:
                    visit(f"{title}.{name}", inner, default, sizes)
            case s.Lock():
                found.extend(lock_variables(title, sort, sizes, declared.span, path in queued))
            case s.WaitQueue():
                name, waiters = f"{path}.waiters", f"{title}.waiters"
                queue = Variable(
                    name, "queue", TaskSet(), frozenset(), sizes, None, waiters, declared.span, whole=title
                )
                found.append(queue)
            case s.Srcu():
                found.extend(Domain(path, sizes=sizes).variables(title, declared.span))
            case s.Generation():
                pass
            case _:
                start = _each(value, sizes)
                found.append(Variable(path, kind, sort, start, sizes, None, title, declared.span))

    visit(declared.name, declared.sort, declared.value, ())
    return [state_variable(declared), *found] if declared.pool else found


def _each(start: s.Start, sizes: tuple[int, ...]) -> Value | AnyOf | Elements:
    """What each element of a variable starts with: the same for all, unless it is said for each."""
    leaves: list[Value | AnyOf] = []

    def gather(part: s.Start) -> None:
        if isinstance(part, tuple):
            for item in part:
                gather(item)
        else:
            leaves.append(part)

    gather(start)
    if all(leaf == leaves[0] and type(leaf) is type(leaves[0]) for leaf in leaves):
        return leaves[0]
    # A field of an array of classes has what it starts with once for all of them.
    whole = tuple(leaves) * (prod(sizes) // len(leaves))
    return Elements(whole)  # type: ignore[arg-type]


class Resolver:
    """Replaces `At` by a test of the control point and `Outdate` by what it does to each snapshot."""

    def __init__(
        self, points: tuple[Point, ...], processes: list[Process], snapshots: tuple[Variable, ...]
    ) -> None:
        self.points = points
        self.processes = processes
        self.snapshots = snapshots

    def __call__(self, node: _Node) -> _Node:
        return rewritten(node, self.change, told=True)

    def change(self, node: object) -> object:
        match node:
            case At(task=task, process=process, label=label, within=within):
                return self.at(self(task), process, label, within)
            case Block(ops=ops, end=end) if any(isinstance(op, Outdate) for op in ops):
                made: list[Op] = []
                for op in ops:
                    made.extend(self.outdate(op) if isinstance(op, Outdate) else (self(op),))
                return Block(tuple(made), self(end))
            case _:
                return node

    def at(self, task: Expr, process: str, label: tuple[str, ...], within: bool) -> Expr:
        own = [p for p in self.points if p.process == process]
        if label == ("end",):
            names = [p.name for p in own if p.step is None and not p.halted]
        else:
            names = [p.name for p in own if p.standing(label, within=within)]
        if not names:
            return FALSE
        return StandsAt(task, frozenset(names), ".".join(label), within)

    def outdate(self, op: Outdate) -> tuple[Fill, ...]:
        made: list[Fill] = []
        for variable in self.snapshots:
            names = tuple(f"k{i}" for i in range(len(variable.sizes) + (variable.process is not None)))
            read = Read(variable.name, tuple(BoundName(name) for name in names))
            value = Apply("if", (Apply("==", (read, op.current)), op.previous or op.outdated, read))
            if op.previous is not None:
                value = Apply("if", (Apply("==", (read, op.previous)), op.outdated, value))
            made.append(Fill(variable.name, names, value))
        return tuple(made)
