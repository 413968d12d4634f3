"""From TLC's states back to steps of the source, each replayed by the interpreter."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

from ...dsl.checker.prelude import policy_at
from ...dsl.source import PRELUDE, Span
from ..emit.emit import Emission, back
from ..program.findings import Event, Finding, Position, Standing, TraceStep
from ..program.levels import above, handlers, running
from ..program.program import GONE, Const, LockPart, Point, Program, Read, Task
from ..run.interpreter import Interpreter, State, Transition, Violation
from ..run.stuck import Hopeless
from .cures import cures
from .places import changes, elements, places_of
from .seen import seen, title
from .stores import with_stores
from .wakeups import lost


class Mismatch(Exception):
    """TLC and the interpreter disagree: a fault of pfnspec, never shown as a trace."""


def states_of(
    values: tuple[Mapping[str, object], ...], program: Program, emission: Emission
) -> tuple[State, ...]:
    """TLC's states as the program's.  Raises Mismatch when a variable is missing or unreadable."""
    names = {variable: name for name, variable in emission.variables.items()}
    try:
        return tuple(
            tuple(back(state[names[v.name]], v, program, emission) for v in program.variables)
            for state in values
        )
    except (KeyError, AssertionError, TypeError) as fault:
        raise Mismatch(f"a state of TLC cannot be read: {fault!r}") from fault


def retrace(property: str, states: tuple[State, ...], interpreter: Interpreter) -> Finding:
    """The finding that a sequence of states shows, from the initial state to the violation.

    Raises Mismatch unless it starts in the initial state, each state follows from the one before by
    a step of one task, and `property` does not hold in the last.
    """
    if not states or not interpreter.begins(states[0]):
        raise Mismatch("the trace does not start in the initial state")
    steps: list[TraceStep] = []
    for number, (before, after) in enumerate(zip(states[:-1], states[1:], strict=True), start=1):
        steps.append(replayed_step(number, before, after, interpreter))
    last = states[-1]
    found = [violation for violation in interpreter.violations(last) if violation.property == property]
    if not found:
        raise Mismatch(f"`{property}` holds in the last state")
    told: list[TraceStep] = []
    for step in begun(tuple(steps), states[0], interpreter):
        told.append(with_stores(step, told))
    violated = finding(found[0], tuple(told), states, interpreter)
    return replace(violated, cures=cures(states, tuple(told), interpreter))


def begun(steps: tuple[TraceStep, ...], first: State, interpreter: Interpreter) -> tuple[TraceStep, ...]:
    """The steps, of which the first also tells what variables start as that may start as any of several."""
    chosen = interpreter.chosen(first)
    events = tuple(
        Event("begin", variable.span, where, value, None, "")
        for variable in interpreter.program.choices
        if variable.span is not None
        for where, value in places_of(title(variable), chosen[variable.name], len(variable.sizes))
    )
    if not events or not steps:
        return steps
    return (replace(steps[0], events=(*events, *steps[0].events)), *steps[1:])


def replayed_step(number: int, before: State, after: State, interpreter: Interpreter) -> TraceStep:
    program = interpreter.program
    moved = [t for t in program.tasks if interpreter.pc(before, t) is not interpreter.pc(after, t)]
    if len(moved) != 1:
        raise Mismatch(f"{len(moved)} tasks moved in step {number}")
    matching = [t for t in interpreter.transitions(before, moved[0]) if t.state == after]
    if not matching:
        raise Mismatch(f"{moved[0]} cannot take step {number}")
    # Where several ways through a step end in the same state, each is a behaviour of the model;
    # the first in the order of the source is told.
    return told_step(number, before, matching[0], interpreter)


def told_step(number: int, before: State, taken: Transition, interpreter: Interpreter) -> TraceStep:
    """A transition from the state `before`, as step `number` of a trace."""
    brief = brief_step(before, taken, interpreter)
    return replace(brief, number=number, changes=changes(before, taken.state, interpreter))


def brief_step(before: State, taken: Transition, interpreter: Interpreter) -> TraceStep:
    """The same without a number, and without what is different after it."""
    step = taken.point.step
    assert step is not None
    events = tuple(event for event in taken.events if event.kind != "round")
    return TraceStep(
        0,
        taken.task,
        step.kind,
        step.span,
        step.calls,
        (*_handed_over(before, taken, interpreter), *_told(events)),
        (),
        len(events) < len(taken.events),
    )


def _handed_over(before: State, taken: Transition, interpreter: Interpreter) -> tuple[Event, ...]:
    """That the step takes the CPU of another task, and where that one gives way."""
    running = interpreter.running(before)
    if taken.task in running or taken.point.step is None:
        return ()
    left = set(running) - set(interpreter.running(taken.state))
    return tuple(
        Event("cpu", taken.point.step.span, "", other, None, _way(interpreter.pc(before, other)))
        for other in sorted(left)
    )


def _way(point: Point) -> str:
    """How a task that stands at a point gives way."""
    step = point.step
    if step is None:
        return "was halted" if point.halted else "has ended"
    word = "a lock" if step.acquires else f"{step.kind}()" if step.kind != "await" else "await"
    return (
        f"is at {word}, {line_of(point.span)}"
        if step.offers_cpu
        else f"can be preempted at {line_of(point.span)}"
    )


def line_of(span: Span) -> str:
    """A line in words, for a reason that is told by itself."""
    policy = policy_at(span)
    return f"line {span.line}" if policy is None else f"policy {policy}"


def _told(events: tuple[Event, ...]) -> tuple[Event, ...]:
    """The events without those reads that say no more than another event of the step: of a place that it has
    told of before, or that it changes in the same line."""
    told: list[Event] = []
    known: set[str] = set()
    for number, event in enumerate(events):
        line = (event.span.path, event.span.line)
        again = event.where in known or any(
            later.kind == "write" and later.where == event.where
            for later in events[number + 1 :]
            if (later.span.path, later.span.line) == line
        )
        if event.kind == "read" and again:
            continue
        if event.kind in ("read", "write"):
            known.add(event.where)
        told.append(event)
    return tuple(told)


def finding(
    violation: Violation, steps: tuple[TraceStep, ...], states: tuple[State, ...], interpreter: Interpreter
) -> Finding:
    """What is told of a violation in the last of `states`, to which `steps` lead from the first."""
    last = states[-1]
    span: Span | None = None
    message = ""
    calls: tuple[Span, ...] = ()
    formula: Span | None = None
    values: tuple[tuple[str, str], ...] = ()
    positions: tuple[Position, ...] = ()
    if violation.claim is not None and violation.task is not None:
        span, message = violation.claim.span, violation.claim.message
        calls = violation.claim.calls
        if violation.property == "ends_holding":
            span = _last_line(violation.task, steps) or span
        values, positions = seen(violation.claim.condition, last, violation.task, interpreter)
    else:
        for invariant in interpreter.program.invariants:
            if invariant.property == violation.property:
                if interpreter.value(invariant.condition, last) is not True:
                    span, formula = invariant.span, invariant.written
                    values, positions = seen(invariant.condition, last, None, interpreter)
                    break
    hopeless = interpreter.hopeless(last) if violation.property == "deadlock" else {}
    return Finding(
        property=violation.property,
        steps=steps,
        task=violation.task,
        span=span,
        message=message,
        calls=calls,
        values=values,
        standing=tuple(
            replace(
                standing(task, last, interpreter, hopeless.get(task)),
                lost=lost(task, steps, states, last, interpreter),
            )
            for task in interpreter.program.tasks
        ),
        cycle=violation.cycle,
        stuck=tuple(task for task in interpreter.program.tasks if task in hopeless),
        initial=elements(states[0], interpreter),
        final=elements(last, interpreter),
        positions=positions,
        formula=formula,
    )


def _last_line(task: Task, steps: tuple[TraceStep, ...]) -> Span | None:
    """Where a task that has ended left off: at its `return`, or else at what it did last."""
    own = [step for step in steps if step.task == task]
    spans = [event.span for step in own[-1:] for event in step.events if event.span.path != PRELUDE]
    return spans[-1] if spans else own[-1].span if own else None


def standing(
    task: Task, state: State, interpreter: Interpreter, hopeless: Hopeless | None = None
) -> Standing:
    """Where a task is, and what keeps it there: for ever, if it is `hopeless`."""
    point = interpreter.pc(state, task)
    step = point.step
    if step is None:
        return Standing(task, point.span, "halted by a check" if point.halted else "ended", None, ())
    if interpreter.enabled(state, task):
        return Standing(task, point.span, "can go on", None, ())
    if by := interrupted_by(point, state, task, interpreter):
        return Standing(task, point.span, "waits", "the end of an interrupt", by)
    what, on = reason(point, state, task, interpreter)
    only = None if hopeless is None or hopeless.lock else hopeless.on
    keepers = () if hopeless is None else hopeless.keepers
    return Standing(task, point.span, "waits", what, on, only, keepers)


def interrupted_by(point: Point, state: State, task: Task, interpreter: Interpreter) -> tuple[Task, ...]:
    """The handlers that keep a task from going on, from below."""
    program = interpreter.program
    process = program.process(task.process)
    if point.name == process.entry and process.interrupts is not None:
        return ()
    at = task if process.interrupts is None else program.process(process.interrupts.process).tasks[task.index]
    levels = above(process.name, process.interrupts, handlers(program.processes))
    found = (interpreter.value(Read(running(level), (Const(at),)), state) for level in levels)
    return tuple(one for one in found if isinstance(one, Task))


def reason(point: Point, state: State, task: Task, interpreter: Interpreter) -> tuple[str, tuple[Task, ...]]:
    """What a task that cannot step waits for, and for whom."""
    step = point.step
    assert step is not None
    if step.lock is not None and interpreter.blockers(state).get(task):
        where = interpreter.where(step.lock.where, state, task)
        on = interpreter.blockers(state).get(task, frozenset())
        if step.lock.mode == "grace":
            return f"a grace period of {where}", tuple(sorted(on))
        readers = LockPart(step.lock.lock, "readers")
        shared = any(v.lock == readers for v in interpreter.program.variables)
        mode = f" for {'reading' if step.lock.mode == 'read' else 'writing'}" if shared else ""
        return f"{where}{mode}", tuple(sorted(on))
    if step.kind == "schedule" and interpreter.asleep(state, task):
        return "a wake-up", ()
    if step.kind == "arrive":
        return "interrupts that are on, or to be called", ()
    if step.kind == "queue":
        return "an IPI that it has sent", ()
    if point.idle:
        return "something to do", ()
    if isinstance(step.guard, Read) and step.guard.variable == GONE:
        return f"the end of {interpreter.value(step.guard.indices[0], state, task)}", ()
    if step.kind == "await":
        return "its condition", ()
    return "a CPU", tuple(other for other in interpreter.running(state) if other != task)
