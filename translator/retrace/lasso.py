"""Counterexamples to temporal properties: a stem and a loop, checked by our own means and explained.

Nothing is taken on trust from TLC: every step is replayed, the loop is closed, no fairness condition
is broken on it, and the property is evaluated on it and found false.
"""

from __future__ import annotations

from dataclasses import replace
from itertools import zip_longest

from ..program.fairness import Fairness, fairness
from ..program.findings import Finding
from ..program.program import Property, Task
from ..run.interpreter import Interpreter, State
from .diagnosis import diagnosis_of, slept_through, truth
from .places import elements
from .retrace import Mismatch, begun, replayed_step, standing


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
    diagnosis, reasons = diagnosis_of(property, states, start, steps, interpreter)
    return Finding(
        property=property.name,
        steps=begun(steps, states[0], interpreter),
        task=None,
        span=property.span,
        message="",
        calls=(),
        values=(),
        standing=tuple(
            replace(
                standing(task, cycle[0], interpreter),
                lost=slept_through(task, steps, states, start, interpreter),
            )
            for task in interpreter.program.tasks
        ),
        cycle=(),
        initial=elements(states[0], interpreter),
        final=elements(states[start], interpreter),
        loop=start,
        diagnosis=diagnosis,
        reasons=reasons,
        formula=property.written,
    )


def unfair(
    condition: Fairness, cycle: tuple[State, ...], stepping: tuple[Task, ...], interpreter: Interpreter
) -> list[Task]:
    """The tasks to which repeating `cycle` for ever, `stepping` from each, breaks a condition."""

    def able(state: State, task: Task) -> bool:
        name = interpreter.pc(state, task).name
        if name not in condition.points or not interpreter.enabled(state, task):
            return False
        return not any(
            name in turns.waiting and interpreter.others_at(state, task, turns.first[name])
            for turns in condition.turns
        )

    def passed_over(state: State, stepper: Task | None, task: Task) -> bool:
        if stepper is None or stepper == task:
            return False
        waits, gets = interpreter.pc(state, task).name, interpreter.pc(state, stepper).name
        return any(waits in turns.waiting and gets in turns.getting for turns in condition.turns)

    found: list[Task] = []
    for task in interpreter.program.process(condition.process).tasks:
        taken = any(
            stepper == task and interpreter.pc(state, task).name in condition.points
            for state, stepper in zip(cycle, stepping, strict=False)
        )
        enabled = [
            able(state, task) or passed_over(state, stepper, task)
            for state, stepper in zip_longest(cycle, stepping)
        ]
        if not taken and (all(enabled) if condition.kind == "weak" else any(enabled)):
            found.append(task)
    return found
