"""The word for a lasso that violates a property, and what explains it."""

from __future__ import annotations

from ...dsl.source import Span
from ..lower.temporal import is_temporal
from ..program.fairness import fairness
from ..program.findings import Moved, TraceStep
from ..program.program import Apply, Const, Expr, Property, Read, Task, TaskAt, Value, walk
from ..program.values import value_text
from ..run.interpreter import Interpreter, State
from .retrace import line_of, reason
from .seen import seen
from .wakeups import lost

MOST_NAMED = 4
"""So many values are named that stay, or that a task finds each time round."""


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


def slept_through(
    task: Task, steps: tuple[TraceStep, ...], states: tuple[State, ...], start: int, interpreter: Interpreter
) -> tuple[Moved, ...] | None:
    """What has moved since a task looked that sleeps all the way round the loop, and that would not sleep if
    it looked again at any time; None for any other."""
    stem = [step for step in steps[:start] if step.task == task]
    if any(step.task == task for step in steps[start:]) or not stem:
        return None
    before = steps[: stem[-1].number]
    found = [lost(task, before, states, state, interpreter) for state in states[start:]]
    missed = [one for one in found if one is not None]
    if len(missed) < len(found):
        return None
    return tuple(moved for moved in missed[0] if all(moved in one for one in missed))


def diagnosis_of(
    property: Property, states: tuple[State, ...], start: int, steps: tuple[TraceStep, ...],
    interpreter: Interpreter,
) -> tuple[str, tuple[str, ...]]:  # fmt: skip
    """The word for a lasso, and what explains it."""
    program = interpreter.program
    cycle, around = states[start:], steps[start:]
    stepping = tuple(task for task in program.tasks if any(step.task == task for step in around))
    reasons: list[str] = []
    is_lost = False
    for task in program.tasks:
        point = interpreter.pc(cycle[0], task)
        if point.halted:
            reasons.append(f"{task} was halted by a check that failed at {line_of(point.span)}")
        if task in stepping or point.step is None:
            continue
        missed = slept_through(task, steps, states, start, interpreter)
        if missed is None:
            reasons.append(_waiting(task, cycle, interpreter))
            continue
        is_lost = True
        # Without a policy that says what is waited for, it is what the task would do that is known.
        known = point.step.awaited is not None
        although = "its condition holds" if known else "it would go on if it looked again"
        reasons.append(f"{task} sleeps for ever although {although}: the wake-up is lost")
        reasons += [f"{task} read {m.where} = {m.then} in step {m.step}; it is {m.now}" for m in missed]
    wanted = _wanted(property.formula, states, start, interpreter)
    owed = _named(wanted, interpreter)
    going = [t for t in stepping if t not in owed and _progresses(t, property, cycle, around, interpreter)]
    for task in stepping:
        if task not in going:
            reasons += _retries(task, around)
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
    reasons += _staying(wanted, cycle, interpreter)
    reasons += _why_fair(cycle, stepping, interpreter)
    if is_lost:
        return "lost wake-up", tuple(reasons)
    if not stepping:
        return "standstill", tuple(reasons)
    return ("starvation" if going else "livelock"), tuple(reasons)


def _retries(task: Task, around: tuple[TraceStep, ...]) -> list[str]:
    """What a task that comes round the loop finds in its way each time: what it is refused, what has moved,
    or else what it reads, as far as that is the same whenever it looks."""
    found: dict[tuple[str, str, Span], set[Value]] = {}
    for event in (event for step in around if step.task == task for event in step.events):
        if event.kind in ("refused", "compare", "read"):
            found.setdefault((event.kind, event.where, event.span), set()).add(event.value)
    steady = [(*key, next(iter(values))) for key, values in found.items() if len(values) == 1]
    texts: list[str] = []
    for kind, where, span, value in steady:
        if kind == "refused":
            texts.append(f"it does not get {where} ({line_of(span)})")
        elif kind == "compare" and value is not True:
            texts.append(f"{where} has moved ({line_of(span)})")
    if not texts:
        reads = [one for one in steady if one[0] == "read"]
        texts = [f"{where} is {value_text(value)} ({line_of(span)})" for _, where, span, value in reads]
    return [f"whenever {task} looks, {text}" for text in texts[:MOST_NAMED]]


def _staying(wanted: tuple[Expr, ...], cycle: tuple[State, ...], interpreter: Interpreter) -> list[str]:
    """The values that the violated part of a property is about, where they are the same all the way round."""
    looked = [dict(seen(wanted, state, None, interpreter)[0]) for state in cycle]
    steady = [item for item in looked[0].items() if all(item in one.items() for one in looked)]
    return [f"{name} stays {value}" for name, value in steady[:MOST_NAMED]]


def _progresses(
    task: Task, property: Property, cycle: tuple[State, ...], around: tuple[TraceStep, ...],
    interpreter: Interpreter,
) -> bool:  # fmt: skip
    """Whether a task comes round an endless loop of its own on the cycle, or to a label of the property."""

    def marked(state: State) -> bool:
        return any(
            process == task.process and interpreter.pc(state, task).standing(label, within=within)
            for process, label, within in property.labels
        )

    following = (*cycle[1:], cycle[0])
    return any(
        step.task == task and (step.round or (marked(after) and not marked(before)))
        for before, after, step in zip(cycle, following, around, strict=True)
    )


def _wanted(e: Expr, states: tuple[State, ...], start: int, interpreter: Interpreter) -> tuple[Expr, ...]:
    """The parts of a violated property that do not come true: what it is about."""
    match e:
        case Apply(operator="and", arguments=arguments) if is_temporal(e):
            broken = [part for part in arguments if not truth(part, states, start, interpreter)[0]]
            return tuple(one for part in broken for one in _wanted(part, states, start, interpreter))
        case Apply(operator="implies" | "leads_to", arguments=(_, wanted)):
            return _wanted(wanted, states, start, interpreter)
        case Apply(operator="always" | "eventually", arguments=(wanted,)):
            return _wanted(wanted, states, start, interpreter)
        case _:
            return (e,)


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
            point = interpreter.pc(state, task)
            what, on = reason(point, state, task, interpreter)
            whom = f", because of {_names(on)}" if on else ""
            return f"{task} waits for ever for {what}{whom} ({line_of(point.span)})"
    point = interpreter.pc(cycle[0], task)
    if on := _in_front(task, cycle, interpreter):
        use = point.step.lock  # type: ignore[union-attr]
        lock = interpreter.where(use.where, cycle[0], task)  # type: ignore[union-attr]
        whom = f"behind {_names(on)}, who waits for it, too"
        return f"{task} waits for ever for {lock}, {whom} ({line_of(point.span)})"
    return f"{task} stops, although it could go on ({line_of(interpreter.pc(cycle[0], task).span)})"


def _in_front(task: Task, cycle: tuple[State, ...], interpreter: Interpreter) -> tuple[Task, ...]:
    """Who stands all the time where it may get a lock before a task that waits for it, and so can step."""
    name = interpreter.pc(cycle[0], task).name
    for condition in fairness(interpreter.program):
        for turns in condition.turns:
            points = turns.first.get(name, frozenset())
            first = [frozenset(interpreter.others_at(state, task, points)) for state in cycle]
            if on := tuple(sorted(frozenset.intersection(*first))):
                return on
    return ()


def _why_fair(cycle: tuple[State, ...], stepping: tuple[Task, ...], interpreter: Interpreter) -> list[str]:
    """Why no fairness condition forbids the loop, task by task."""
    program = interpreter.program
    conditions = fairness(program)
    texts: list[str] = []
    unable: list[Task] = []
    for task in program.tasks:
        if task in stepping or interpreter.pc(cycle[0], task).step is None:
            continue
        name = interpreter.pc(cycle[0], task).name
        kinds = [c.kind for c in conditions if c.process == task.process and name in c.points]
        enabled = [interpreter.enabled(state, task) for state in cycle]
        if not kinds:
            texts.append(f"fairness: none is assumed for {task}")
        elif not any(enabled):
            unable.append(task)
        elif _in_front(task, cycle, interpreter):
            texts.append(f"fairness: {task} waits for its turn, so none is broken")
        else:
            texts.append(
                f"fairness: {task} can step now and then; only {kinds[0]} fairness is assumed for it here"
            )
    if unable:
        who, are = _names(tuple(unable)), "are" if len(unable) > 1 else "is"
        while_ = " while this goes on" if stepping else ""
        texts.append(f"no fairness assumption can help: {who} {are} never able to step{while_}")
    return texts


def _names(tasks: tuple[Task, ...]) -> str:
    return ", ".join(str(task) for task in tasks)
