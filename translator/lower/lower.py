"""Model to program: `lower` is the stage."""

from __future__ import annotations

from dataclasses import replace

from ...dsl.diagnostics import Diagnostics
from ...dsl.model import model as m
from ...dsl.model import sorts as s
from ..program.levels import MASKS, PREEMPTIBLE
from ..program.program import (
    SELF,
    TRUE,
    Apply,
    BoundName,
    Const,
    Expr,
    Interrupts,
    Invariant,
    Point,
    Program,
    Quantified,
    Variable,
    Where,
    conjunction,
)
from .assignments import Shared
from .finish import finish
from .flow import TooManyLeaves, close
from .locks.locks import LockPlace, paths
from .locks.queues import Body, queued_locks
from .locks.rcu import RCU, Domain
from .memory.state import Memory
from .memory.views import barriers_of
from .objects import with_reclaimers
from .statements import Statements, claims_of
from .temporal import passed_over, temporal_properties, untaken
from .values.expressions import Expressions, Unsupported
from .weak import memory_of, refuse_unmodelled, refuse_unseen_stores


def _holding(model: m.Model, spinning_only: bool) -> Expr:
    """That the task itself holds no lock (that spins)."""
    claims: list[Expr] = []
    for path, sort, sizes in paths(model, s.Lock):
        if spinning_only and not sort.spins:
            continue
        names = _names(sizes)
        lock = LockPlace(path, names, sort, Where((path,)), False)
        claims.append(_everywhere(Apply("not", (lock.held(SELF),)), names, sizes))
    return conjunction(*claims)


def _no_section(model: m.Model, rcu: bool) -> Expr:
    """That the task itself is in no read section of RCU or of an `srcu`."""
    claims: list[Expr] = [Apply("not", (Domain(RCU).inside,))] if rcu else []
    for path, _, sizes in paths(model, s.Srcu):
        names = _names(sizes)
        claims.append(_everywhere(Apply("not", (Domain(path, names).inside,)), names, sizes))
    return conjunction(*claims)


def _names(sizes: tuple[int, ...]) -> tuple[BoundName, ...]:
    return tuple(BoundName(f"i{n}") for n in range(len(sizes)))


def _everywhere(test: Expr, names: tuple[BoundName, ...], sizes: tuple[int, ...]) -> Expr:
    """`test` of each element of an array."""
    for name, size in reversed(tuple(zip(names, sizes, strict=True))):
        test = Quantified("all", name.name, Const(frozenset(range(size))), None, test)
    return test


def lower(
    model: m.Model, policy: str | None = None, *, in_turn: bool = False, all_queues: bool = False
) -> tuple[Program | None, Diagnostics]:
    """The program of a model under a wait policy (one of its `choices`; None when it has none).

    `in_turn`, for temporal properties: nobody is passed over for ever.  Of a lock that several tasks can
    read, no writer is starved by readers that overlap; that is promised, or the lock keeps its queue.  Calls
    of a handler, and objects that leave, are taken in turn.

    `all_queues`: every lock that can have a queue keeps it, so that others can look whether leaving one out
    makes a difference.

    Weak memory takes two turns: what sequentially consistent memory gives tells which locations are weak.
    There is no program when an `atomic` block has too many outcomes to be one step.
    """
    model = with_reclaimers(model)
    program, diagnostics = _lower(model, policy, None, in_turn, all_queues)
    if program is None or model.memory == "sc":
        return program, diagnostics
    memory = memory_of(model, program, policy)
    if memory is not None:
        refuse_unmodelled(model, diagnostics)
        if diagnostics.errors:
            return None, diagnostics
        program, diagnostics = _lower(model, policy, memory, in_turn, all_queues)
    if program is None:
        return None, diagnostics
    if memory is not None:
        refuse_unseen_stores(program, memory)
    weak = () if memory is None else tuple(memory.locations)
    orders = {} if memory is None else barriers_of(memory)
    return replace(program, memory=model.memory, weak=weak, orders=orders), diagnostics


def _lower(
    model: m.Model, policy: str | None, memory: Memory | None, in_turn: bool, all_queues: bool
) -> tuple[Program | None, Diagnostics]:
    diagnostics = Diagnostics()
    bodies = [part.body for group in (model.processes, model.functions, model.policies) for part in group]
    nodes = [node for body in bodies for node in m.walk(body)]
    sleepers = any(isinstance(node, m.QueueAction | m.SetState | m.WakeTask) for node in nodes)
    joined = frozenset(node.task.process for node in nodes if isinstance(node, m.Join))
    stops = any(
        isinstance(node, m.ShouldStop) or (isinstance(node, m.WakeTask) and node.stop) for node in nodes
    )
    plain = {node.action for node in nodes if isinstance(node, m.RcuAction) and node.domain is None}
    rcu, drained = bool(plain - {"drain"}), "drain" in plain
    leaving = tuple(dict.fromkeys(node.pool.name for node in nodes if isinstance(node, m.Reclaim)))
    turns = passed_over(model, policy) if in_turn else frozenset[str]()
    masks = tuple(
        level
        for level in MASKS
        if any(isinstance(n, m.MaskAction) and n.mask == level for b in bodies for n in m.walk(b))
    )
    preempt = any(isinstance(node, m.MaskAction) and node.mask == "preempt" for node in nodes)
    handlers = tuple(Interrupts(*p.interrupts) for p in model.processes if p.interrupts is not None)
    awaited = frozenset(node.task.process for node in nodes if isinstance(node, m.CallOn) and node.waits)
    queued: frozenset[str] = frozenset()
    locks = paths(model, s.Lock)
    while True:
        common = Shared(
            {}, {}, _holding(model, True), _holding(model, False), _no_section(model, rcu), sleepers, joined,
            stops, rcu, leaving, drained, turns, handlers, awaited, masks, preempt, memory,
        )  # fmt: skip
        lowered: list[tuple[m.Process, Statements, int, int]] = []
        for process in model.processes:
            lowering = Statements(model, process, queued, common, policy)
            try:
                entry, end = lowering.run()
            except Unsupported as fault:
                diagnostics.add(fault.code, fault.span, fault.message, fault.help)
                continue
            lowered.append((process, lowering, entry, end))
        bodies_made = (
            Body(process.count, lowering.flow, entry, frozenset(lowering.tried))
            for process, lowering, entry, _ in lowered
        )
        needed, patient = queued_locks(model, locks, bodies_made, fair_to_writers=in_turn)
        if all_queues:
            needed |= frozenset(path for path, sort, _ in locks if sort.shared and sort.fair)
        if needed <= queued or diagnostics.errors:
            break
        queued |= needed
    if diagnostics.errors:
        return None, diagnostics
    points: list[Point] = []
    entries: dict[str, str] = {}
    variables: dict[str, Variable] = {}
    for process, lowering, entry, _ in lowered:
        try:
            made, first = close(lowering.flow, entry, process.span)
        except TooManyLeaves as fault:
            help = "split the block, or test less in it"
            diagnostics.add("atomic-too-large", fault.span, "too much happens in this step", help)
            continue
        points.extend(made)
        entries[process.name] = first
        variables.update(lowering.locals)
    if len(entries) < len(lowered):
        return None, diagnostics
    invariants: list[Invariant] = []
    sometimes: list[Invariant] = []
    scope = Expressions(model, None, queued)
    for formula in model.formulas:
        if formula.kind == "property":
            parts = untaken(formula.condition)
            claims = [c for part in parts for c in claims_of(scope, formula.name, part, formula.span)[:-1]]
        else:
            claims = list(claims_of(scope, formula.name, formula.condition, formula.span))
        if formula.kind == "sometimes":
            *claims, reached = claims
            met = conjunction(*(c.condition for c in claims), reached.condition)
            sometimes.append(Invariant(formula.name, met, formula.span, formula.written))
        invariants.extend(Invariant(c.property, c.condition, formula.span, formula.written) for c in claims)
    assumed: list[Invariant] = []
    for assumption in model.assumed:
        *claims, kept = claims_of(scope, assumption.text, assumption.condition, assumption.span)
        assumed.append(Invariant(assumption.text, kept.condition, assumption.span, assumption.written))
        invariants.extend(
            Invariant(c.property, c.condition, assumption.span, assumption.written) for c in claims
        )
    temporal, monitors = temporal_properties(model, scope)
    variables.update(scope.locals)
    if memory is not None:
        variables.update({variable.name: variable for variable in memory.variables()})
    program = finish(
        model, tuple(points), entries, variables, tuple(invariants), tuple(sometimes), common, queued,
        temporal, monitors, conjunction(common.no_spinning, PREEMPTIBLE if preempt else TRUE), policy,
        tuple(assumed),
    )  # fmt: skip
    return replace(program, patient_locks=tuple(sorted(patient - queued))), diagnostics
