"""Counterexamples to temporal properties: a stem and a loop, checked by our own means and explained.

Nothing is taken on trust from TLC: every step is replayed, the loop is closed, no fairness condition
is broken on it, and the property is evaluated on it and found false.
"""

from __future__ import annotations

from ..lower.temporal import is_temporal
from ..program.fairness import Fairness, fairness
from ..program.findings import Finding, TraceStep
from ..program.program import Apply, Const, Expr, Property, Read, Task, TaskAt, walk
from ..run.interpreter import Interpreter, State
from .retrace import Mismatch, begun, elements, reason, replayed_step, standing


def retrace_lasso(
    property: Property, states: tuple[State, ...], loop: int | None, interpreter: Interpreter
) -> Finding:
    """The finding that a lasso shows: after the last state comes `states[loop]` again; None: the last
    state for ever.  Raises Mismatch when it is no counterexample."""
    if not states or not interpreter.begins(states[0]):
        raise Mismatch("the trace does not start in the initial state")
    path = list(zip(states[:-1], states[1:], strict=True))
    if loop is not None:
        path.append((states[-1], states[loop]))
    steps = tuple(replayed_step(n, a, b, interpreter) for n, (a, b) in enumerate(path, start=1))
    start = len(states) - 1 if loop is None else loop
    cycle, around = states[start:], steps[start:]
    broken = [
        c
        for condition in fairness(interpreter.program)
        for c in unfair(condition, cycle, tuple(step.task for step in around), interpreter)
    ]
    if broken:
        raise Mismatch(f"the loop is unfair to {broken[0]}")
    if truth(property.formula, states, start, interpreter)[0]:
        raise Mismatch(f"`{property.name}` holds on the lasso")
    diagnosis, reasons = _diagnosis(property, states, start, steps, interpreter)
    return Finding(
        property=property.name,
        steps=begun(steps, states[0], interpreter),
        task=None,
        span=property.span,
        message="",
        calls=(),
        values=(),
        standing=tuple(standing(task, cycle[0], interpreter) for task in interpreter.program.tasks),
        cycle=(),
        initial=elements(states[0], interpreter),
        final=elements(states[start], interpreter),
        loop=start,
        diagnosis=diagnosis,
        reasons=reasons,
    )


def unfair(
    condition: Fairness, cycle: tuple[State, ...], stepping: tuple[Task, ...], interpreter: Interpreter
) -> list[Task]:
    """The tasks to which repeating `cycle` for ever, `stepping` from each, breaks a condition."""

    def able(state: State, task: Task) -> bool:
        return interpreter.pc(state, task).name in condition.points and interpreter.enabled(state, task)

    found: list[Task] = []
    for task in interpreter.program.process(condition.process).tasks:
        taken = any(
            stepper == task and interpreter.pc(state, task).name in condition.points
            for state, stepper in zip(cycle, stepping, strict=False)
        )
        enabled = [able(state, task) for state in cycle]
        if not taken and (all(enabled) if condition.kind == "weak" else any(enabled)):
            found.append(task)
    return found


def truth(formula: Expr, states: tuple[State, ...], loop: int, interpreter: Interpreter) -> list[bool]:
    """Whether a formula holds from each state on, where after the last comes `states[loop]`."""

    def at(e: Expr) -> list[bool]:
        if not is_temporal(e):
            # As a whole: `o != None and o < 1` has no value without its left side.
            return [interpreter.value(e, state) is True for state in states]
        match e:
            case Apply(operator="always", arguments=(inner,)):
                body = at(inner)
                return [all(body[min(i, loop) :]) for i in range(len(states))]
            case Apply(operator="eventually", arguments=(inner,)):
                body = at(inner)
                return [any(body[min(i, loop) :]) for i in range(len(states))]
            case Apply(operator="leads_to", arguments=(left, right)):
                return at(Apply("always", (Apply("implies", (left, Apply("eventually", (right,)))),)))
            case Apply(operator="and" | "or" as word, arguments=arguments):
                columns = [at(argument) for argument in arguments]
                combine = all if word == "and" else any
                return [combine(column[i] for column in columns) for i in range(len(states))]
            case Apply(operator="implies", arguments=(left, right)):
                return [not a or b for a, b in zip(at(left), at(right), strict=True)]
            case Apply(operator="not", arguments=(inner,)):
                return [not value for value in at(inner)]
            case _:
                raise AssertionError(f"no temporal formula: {e}")

    return at(formula)


def _diagnosis(
    property: Property, states: tuple[State, ...], start: int, steps: tuple[TraceStep, ...],
    interpreter: Interpreter,
) -> tuple[str, tuple[str, ...]]:  # fmt: skip
    """The word for a lasso, and what explains it."""
    program = interpreter.program
    cycle, around = states[start:], steps[start:]
    stepping = tuple(task for task in program.tasks if any(step.task == task for step in around))
    reasons: list[str] = []
    lost = False
    for task in program.tasks:
        point = interpreter.pc(cycle[0], task)
        if point.halted:
            reasons.append(f"{task} was halted by a check that failed at line {point.span.line}")
        if task in stepping or point.step is None:
            continue
        asleep = point.step.kind == "schedule" and all(interpreter.asleep(state, task) for state in cycle)
        awaited = point.step.awaited
        if asleep and awaited is not None and all(interpreter.value(awaited, s, task) is True for s in cycle):
            lost = True
            reasons.append(f"{task} sleeps for ever although its condition holds: the wake-up is lost")
        else:
            reasons.append(_waiting(task, cycle, interpreter))
    owed = _owed(property.formula, states, start, interpreter)
    going = [t for t in stepping if t not in owed and _progresses(t, property, cycle, around, interpreter)]
    if going:
        once = len(going) == 1
        words = (
            "makes progress, round by round of its loop"
            if once
            else "make progress, round by round of their loops"
        )
        reasons.insert(0, f"{_names(tuple(going))} {words}")
    if stepping:
        reasons.insert(0, f"{_names(stepping)} {'step' if len(stepping) > 1 else 'steps'} for ever")
    if not reasons:
        reasons.append("all tasks have ended")
    reasons += _why_fair(cycle, stepping, interpreter)
    if lost:
        return "lost wake-up", tuple(reasons)
    if not stepping:
        return "standstill", tuple(reasons)
    return ("starvation" if going else "livelock"), tuple(reasons)


def _progresses(
    task: Task, property: Property, cycle: tuple[State, ...], around: tuple[TraceStep, ...],
    interpreter: Interpreter,
) -> bool:  # fmt: skip
    """Whether a task comes round an endless loop of its own on the cycle, or to a label of the property."""

    def marked(state: State) -> bool:
        return any(
            process == task.process and own == label[-1] and label[:-1] in ((), (owner,))
            for process, label in property.labels
            for owner, own in interpreter.pc(state, task).labels
        )

    following = (*cycle[1:], cycle[0])
    return any(
        step.task == task and (step.round or (marked(after) and not marked(before)))
        for before, after, step in zip(cycle, following, around, strict=True)
    )


def _owed(e: Expr, states: tuple[State, ...], start: int, interpreter: Interpreter) -> frozenset[Task]:
    """The tasks that the violated part of a property is about: what it wants of them does not come."""
    match e:
        case Apply(operator="and", arguments=arguments) if is_temporal(e):
            broken = [part for part in arguments if not truth(part, states, start, interpreter)[0]]
            return frozenset().union(*(_owed(part, states, start, interpreter) for part in broken))
        case Apply(operator="implies" | "leads_to", arguments=(_, wanted)):
            return _owed(wanted, states, start, interpreter)
        case Apply(operator="always" | "eventually", arguments=(wanted,)):
            return _owed(wanted, states, start, interpreter)
        case _:
            return _named(e, interpreter)


def _named(e: object, interpreter: Interpreter) -> frozenset[Task]:
    """The tasks whose place or locals an expression reads: all of a process where it ranges over them."""
    program = interpreter.program
    released = {monitor.variable: monitor.release for monitor in program.monitors}
    found: set[Task] = set()
    for part in walk(e):
        match part:
            case Const(value=Task() as task):
                found.add(task)
            case TaskAt(process=process, index=index):
                tasks = program.process(process).tasks
                found.update(t for t in tasks if not isinstance(index, Const) or t.index == index.value)
            case Read(variable=name) if name in released:
                found |= _named(released[name], interpreter)
            case _:
                pass
    return frozenset(found)


def _waiting(task: Task, cycle: tuple[State, ...], interpreter: Interpreter) -> str:
    for state in cycle:
        if not interpreter.enabled(state, task):
            what, on = reason(interpreter.pc(state, task), state, task, interpreter)
            whom = f", because of {_names(on)}" if on else ""
            return f"{task} waits for ever for {what}{whom}"
    return f"{task} stops, although it could go on"


def _why_fair(cycle: tuple[State, ...], stepping: tuple[Task, ...], interpreter: Interpreter) -> list[str]:
    """Why no fairness condition forbids the loop, task by task."""
    program = interpreter.program
    conditions = fairness(program)
    texts: list[str] = []
    for task in program.tasks:
        if task in stepping or interpreter.pc(cycle[0], task).step is None:
            continue
        name = interpreter.pc(cycle[0], task).name
        kinds = [c.kind for c in conditions if c.process == task.process and name in c.points]
        enabled = [interpreter.enabled(state, task) for state in cycle]
        if not kinds:
            texts.append(f"fairness: none is assumed for {task}")
        elif not any(enabled):
            texts.append(f"fairness: {task} can never step on the loop, so none is broken")
        else:
            texts.append(
                f"fairness: {task} can step now and then; only {kinds[0]} fairness is assumed for it here"
            )
    return texts


def _names(tasks: tuple[Task, ...]) -> str:
    return ", ".join(str(task) for task in tasks)
