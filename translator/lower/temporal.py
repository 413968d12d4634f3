"""Temporal properties: lowered, simplified, and `until` turned into a bit that steps keep up."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from ...dsl.checker.guards import state_parts
from ...dsl.model import model as m
from ...dsl.model import sorts as s
from ...dsl.model.fold import NotConstant, evaluate, truth_of
from ..program.program import (
    FALSE,
    TRUE,
    Apply,
    BoundName,
    Const,
    Expr,
    Monitor,
    Program,
    Property,
    Quantified,
    Read,
    TaskAt,
    conjunction,
    exchanged,
    negation,
    reads,
    walk,
)
from .values.expressions import Expressions
from .values.substituted import substituted

_TEMPORAL = ("always", "eventually", "leads_to")


def temporal_properties(
    model: m.Model, scope: Expressions
) -> tuple[tuple[Property, ...], tuple[Monitor, ...]]:
    """The `property` declarations of a model, and the monitors that they need.

    `P until Q` becomes: while the bit is set P holds, and it is not set for ever.  The bit is set at
    the start (or by R, in `always (R implies (P until Q))`) and cleared by Q.
    """
    properties: list[Property] = []
    monitors: list[Monitor] = []
    for formula in model.formulas:
        if formula.kind != "property":
            continue
        flat = unrolled(formula.condition)
        labels = {
            (node.task.process, node.label, node.within): None
            for node in m.walk(flat)
            if isinstance(node, m.AtLabel)
        }
        lowered = _without_until(folded(flat), scope, monitors)
        properties.append(Property(formula.name, lowered, tuple(labels), formula.span, formula.written))
    return tuple(properties), tuple(monitors)


def folded(e: m.Expr) -> m.Expr:
    """`e` with the truth of what reads no variable: `2 in {1, 2}` becomes True.

    TLC before 2021 gets a temporal formula wrong whose state formula is constant, however it is written.
    """

    def change(node: object) -> object:
        match node:
            case m.Literal():
                return node
            case m.Operation() | m.Quantified() if isinstance(node.sort, s.Bool):
                try:
                    return m.Literal(evaluate(node), node.sort, node.span)
                except NotConstant:
                    return node
            case _:
                return node

    changed = m.rewritten(e, change)
    return changed  # type: ignore[return-value]


def untaken(formula: m.Expr) -> tuple[m.Expr, ...]:
    """The state formulas of a property as far as they oblige to something that its text has not made
    sure of: that the snapshots which it compares have been taken."""

    def bare(node: object) -> object:
        return m.rewritten(node.operand, bare) if isinstance(node, m.Unwrap | m.Fit) else node

    return tuple(
        m.rewritten(part, bare)  # type: ignore[misc]
        for part in state_parts(unrolled(formula))
        if any(isinstance(node, m.Current) for node in m.walk(part))
    )


def focused(program: Program, temporal: tuple[Property, ...]) -> Program:
    """The program with these temporal properties only, and only the monitors that they need."""
    needed = frozenset().union(*(reads(p.formula) for p in temporal))
    dropped = {monitor.variable for monitor in program.monitors} - needed
    return replace(
        program,
        temporal=temporal,
        monitors=tuple(monitor for monitor in program.monitors if monitor.variable not in dropped),
        variables=tuple(v for v in program.variables if v.name not in dropped),
    )


def unrolled(e: m.Expr) -> m.Expr:
    """Quantifiers over temporal formulas as conjunctions and disjunctions."""

    def change(node: object) -> object:
        if not isinstance(node, m.Quantified) or not any(
            isinstance(n, m.Temporal) for n in m.walk(node.body)
        ):
            return node
        domain = node.domain
        assert isinstance(domain, m.Literal) and isinstance(domain.value, frozenset)
        assert isinstance(domain.sort, s.SetOf)
        parts: list[m.Expr] = []
        for value in s.values(domain.sort.of) if domain.value else ():
            if value not in domain.value:
                continue
            body = substituted(node.body, node.bound, value)
            if node.condition is not None:
                test = substituted(node.condition, node.bound, value)
                body = m.Operation(
                    "implies" if node.kind == "all" else "and", (test, body), node.sort, node.span
                )
            parts.append(unrolled(body))
        operator = "and" if node.kind == "all" else "or"
        result: m.Expr = m.Literal(node.kind == "all", node.sort, node.span)
        for part in reversed(parts):
            result = (
                part
                if isinstance(result, m.Literal)
                else m.Operation(operator, (part, result), node.sort, node.span)
            )
        return result

    changed = m.rewritten(e, change)
    assert not isinstance(changed, tuple)
    return changed  # type: ignore[return-value]


def _without_until(e: m.Expr, scope: Expressions, monitors: list[Monitor]) -> Expr:
    match e:
        case m.Operation(operator="and", operands=operands):
            return Apply("and", tuple(_without_until(operand, scope, monitors) for operand in operands))
        case m.Temporal(operator="until", operands=(p, q)):
            return _monitored(None, p, q, scope, monitors)
        case m.Temporal(
            operator="always",
            operands=(
                m.Operation(operator="implies", operands=(r, m.Temporal(operator="until", operands=(p, q)))),
            ),
        ):
            return _monitored(r, p, q, scope, monitors)
        case _:
            return scope.ir(e)


def _monitored(
    trigger: m.Expr | None, p: m.Expr, q: m.Expr, scope: Expressions, monitors: list[Monitor]
) -> Expr:
    name = f"(until {len(monitors)})"
    monitors.append(Monitor(name, TRUE if trigger is None else scope.ir(trigger), scope.ir(q)))
    waiting = Read(name)
    safe = Apply("always", (Apply("implies", (waiting, scope.ir(p))),))
    # With no trigger but the start, the bit is never set again once it is cleared.
    cleared = Apply("not", (waiting,))
    ends = Apply("eventually", (cleared,)) if trigger is None else Apply("leads_to", (waiting, cleared))
    return Apply("and", (safe, ends))


def simplified(e: Expr) -> Expr:
    """Constants folded: TLC before 2021 gets trivially true temporal formulas wrong."""
    match e:
        case Apply(operator="always" | "eventually" as word, arguments=(inner,)):
            body = simplified(inner)
            return body if isinstance(body, Const) else Apply(word, (body,))
        case Apply(operator="leads_to", arguments=(left, right)):
            first, then = simplified(left), simplified(right)
            if first == FALSE or then == TRUE:
                return TRUE
            if then == FALSE:
                return simplified(Apply("always", (negation(first),)))
            return (
                simplified(Apply("eventually", (then,)))
                if first == TRUE
                else Apply("leads_to", (first, then))
            )
        case Apply(operator="and", arguments=arguments):
            return conjunction(*(simplified(argument) for argument in arguments))
        case Apply(operator="or", arguments=arguments):
            parts = [part for argument in arguments if (part := simplified(argument)) != FALSE]
            if TRUE in parts:
                return TRUE
            return FALSE if not parts else parts[0] if len(parts) == 1 else Apply("or", tuple(parts))
        case Apply(operator="implies", arguments=(left, right)):
            first, then = simplified(left), simplified(right)
            if first == FALSE or then == TRUE:
                return TRUE
            return (
                then
                if first == TRUE
                else negation(first)
                if then == FALSE
                else Apply("implies", (first, then))
            )
        case Apply(operator="not", arguments=(inner,)):
            return negation(simplified(inner))
        case _:
            return e


def supposed_states(program: Program, property: Property) -> tuple[Expr, ...]:
    """The antecedents of a property that are about single states; that of an `until` is what asks for it.

    What is supposed of each task of a process in turn is supposed of any of them here: a property over all
    tasks says something as soon as one of them does what it supposes.
    """
    triggers = {Read(monitor.variable): monitor.trigger for monitor in program.monitors}
    found = [triggers.get(e, e) if isinstance(e, Read) else e for e in antecedents(property.formula)]
    states = [e for e in dict.fromkeys(found) if not is_temporal(e) and e != TRUE]
    return tuple(dict.fromkeys(_of_any_task(e, states, program) for e in states))


def _of_any_task(e: Expr, instances: list[Expr], program: Program) -> Expr:
    """`e`, or that it holds of some task, if it speaks of one task and is among what is said of each."""
    anyone = BoundName("anyone")
    for process in program.processes:
        named = [TaskAt(process.name, Const(task.index)) for task in process.tasks]
        for one in named:
            template = exchanged(e, one, anyone)
            if (
                template != e
                and len(named) > 1
                and all(exchanged(template, anyone, t) in instances for t in named)
            ):
                return Quantified("any", "anyone", Const(frozenset(process.tasks)), None, template)
    return e


def antecedents(e: Expr) -> tuple[Expr, ...]:
    """What must come true for a property to say anything: left sides of `implies` and `leads_to`, each
    with what guards it in its state."""
    match e:
        case Apply(operator="and", arguments=(first, *rest)) if not is_temporal(e):
            later = antecedents(conjunction(*rest)) if rest else ()
            return (*antecedents(first), *(conjunction(first, part) for part in later))
        case Apply(operator="and", arguments=arguments):
            return tuple(dict.fromkeys(part for argument in arguments for part in antecedents(argument)))
        case Apply(operator="implies", arguments=(left, right)) if not is_temporal(e):
            return (left, *(conjunction(left, part) for part in antecedents(right)))
        case Apply(operator="always", arguments=(inner,)):
            return antecedents(inner)
        case Apply(operator="leads_to", arguments=(left, _)):
            return (left,)
        case Apply(operator="implies", arguments=(left, right)):
            return (left, *antecedents(right))
        case _:
            return ()


def is_temporal(e: Expr) -> bool:
    """Whether a temporal operator stands in it."""
    return any(isinstance(part, Apply) and part.operator in _TEMPORAL for part in walk(e))


# ---- loops that a task goes round for their own sake, rather than to get out of them


def endless(node: m.While) -> bool:
    """Whether nothing but a choice ends the loop: `while True` or `while maybe()`, without `break` or
    `return`.  To come round it is progress; any other loop is left when its condition is met."""
    if _left(node.body, {part.name for part in m.walk(node.body) if isinstance(part, m.Label)}):
        return False
    return truth_of(node.condition) is True or _chosen(node.condition)


def _chosen(test: m.Condition) -> bool:
    """Whether nothing but choices decides a condition."""
    match test:
        case m.Maybe():
            return True
        case m.Negated(operand=operand):
            return _chosen(operand)
        case m.Joined(left=left, right=right):
            return all(_chosen(part) or truth_of(part) is not None for part in (left, right))
        case _:
            return False


def _left(body: object, labels: set[str], *, inner: bool = False) -> bool:
    """Whether a `return` stands in it, a `break` that is not of an inner loop, or a `goto` to none of its
    own `labels`."""
    if isinstance(body, m.Return) or (isinstance(body, m.Break) and not inner):
        return True
    if isinstance(body, m.Goto):
        return body.name not in labels
    inner = inner or isinstance(body, m.While | m.For)
    return any(_left(part, labels, inner=inner) for part in m.parts(body))


# ---- who could keep others waiting for ever


def passed_over(model: m.Model, policy: str | None) -> frozenset[str]:
    """The handlers that are called again and again, and the classes of which objects are freed later again
    and again: there, one could be passed over for ever, if they were not taken in turn."""
    found: set[str] = set()
    for process in model.processes:
        parts = tuple(statements_from(model, process.body, policy))
        if process.interrupts is None:
            # A `goto` leads on, never back.
            loops = (part.body for part in parts if isinstance(part, m.While | m.Serve))
            parts = tuple(part for body in loops for part in statements_from(model, body, policy))
        for part in parts:
            match part:
                case m.CallOn(task=task):
                    found.add(task.process)
                case m.Free(deferred=True, pool=pool):
                    found.add(pool.name)
                case _:
                    pass
    return frozenset(found)


def statements_from(model: m.Model, body: object, policy: str | None) -> Iterator[object]:
    """All statements, and what is in them, that a body may come to: in `def`s and policies, too."""
    todo, met = [body], set[str]()
    while todo:
        for part in m.walk(todo.pop()):
            yield part
            match part:
                case m.Invoke(function=name) if name not in met:
                    met.add(name)
                    todo.append(model.function(name).body)
                case m.Wait(policy=own) if (used := own or policy) and f"policy {used}" not in met:
                    met.add(f"policy {used}")
                    todo.append(model.policy(used).body)
                case m.Delegate(policy=used) if f"policy {used}" not in met:
                    met.add(f"policy {used}")
                    todo.append(model.policy(used).body)
                case _:
                    pass
