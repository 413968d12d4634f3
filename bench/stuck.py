"""What `deadlock` (c) says of a small model, against what the graph of all its states says.

The check judges by control flow, without values.  In the graph a task is stuck in a state if from there no
behaviour comes to a step of its own.
"""

from __future__ import annotations

from collections.abc import Iterable

from pfnspec.translator.program.program import Task
from pfnspec.translator.run.interpreter import Interpreter, State


def stuck_in(interpreter: Interpreter, states: Iterable[State]) -> dict[State, frozenset[Task]]:
    """For each of all reachable states: the tasks that have a step to take and never take it, whatever the
    behaviour."""
    before: dict[State, list[State]] = {state: [] for state in states}
    able: dict[Task, set[State]] = {task: set() for task in interpreter.tasks}
    for state in before:
        for task in interpreter.tasks:
            for after, _ in interpreter.successors(state, task):
                able[task].add(state)
                before[after].append(state)
    for group in able.values():
        todo = list(group)
        while todo:
            for state in before[todo.pop()]:
                if state not in group:
                    group.add(state)
                    todo.append(state)
    return {
        state: frozenset(
            task
            for task in interpreter.tasks
            if state not in able[task] and interpreter.pc(state, task).step is not None
        )
        for state in before
    }


def false_alarm(interpreter: Interpreter, states: Iterable[State]) -> str | None:
    """A task that the check calls stuck in a state, and that steps later."""
    known = list(states)
    said = {state: frozenset(interpreter.hopeless(state)) for state in known}
    if not any(said.values()):
        return None
    real = stuck_in(interpreter, known)
    for state in known:
        wrong = said[state] - real[state]
        if wrong:
            return f"{min(wrong)} is called stuck and steps later"
    return None


def missed(interpreter: Interpreter, states: Iterable[State]) -> bool:
    """Whether some task that is no daemon is stuck in some state, where no check halted anybody, and
    `deadlock` is not violated in any."""
    known = list(states)
    if any(found.property == "deadlock" for state in known for found in interpreter.violations(state)):
        return False
    daemons = {task for task in interpreter.tasks if interpreter.program.process(task.process).daemon}
    return any(
        group - daemons and not any(interpreter.pc(state, task).halted for task in interpreter.tasks)
        for state, group in stuck_in(interpreter, known).items()
    )
