"""Sleepers that would not sleep if they looked again: a lost wake-up, however the waiting is written."""

from __future__ import annotations

from collections.abc import Sequence

from ..program.findings import Moved, TraceStep
from ..program.program import CPU, PC, Task
from ..program.values import value_text
from ..run.interpreter import Interpreter, State
from .places import elements

MOST = 300
"""So many states of the sleeper alone are looked at."""

_LOOKS = ("read", "compare", "refused")


def lost(
    task: Task, steps: Sequence[TraceStep], states: Sequence[State], last: State, interpreter: Interpreter
) -> tuple[Moved, ...] | None:
    """What has moved since a sleeper looked, if it would not sleep if it looked again; None otherwise.

    `steps` lead through `states` to `last`, in which the task sleeps.  A wait policy says itself what is
    waited for.  Where the loop is written out, the task is put back to where it began to look before it
    slept, and goes on alone from there, with all else as it is in `last`.  If it comes to no place where it
    sleeps, and nothing stops it, the wake-up that it waits for is one that it has missed.
    """
    point = interpreter.pc(last, task)
    if point.step is None or point.step.kind != "schedule" or not interpreter.asleep(last, task):
        return None
    looks = _looks(task, steps)
    if point.step.awaited is not None:
        missed = interpreter.value(point.step.awaited, last, task) is True
    else:
        missed = bool(looks) and _goes_on(task, states[looks[0]], last, interpreter)
    return _moved(task, [steps[i] for i in looks], last, interpreter) if missed else None


def _looks(task: Task, steps: Sequence[TraceStep]) -> list[int]:
    """The steps, by their place, in which a task looked at something before it slept: those that follow each
    other, and what it read under a lock that it no longer holds from where it took the lock."""
    own = [i for i, step in enumerate(steps) if step.task == task]
    held: list[frozenset[tuple[str, str]]] = [frozenset()]
    for i in own:
        now = set(held[-1])
        for event in steps[i].events:
            if event.kind == "take":
                now.add((event.where, event.text))
            elif event.kind == "release":
                now.discard((event.where, event.text))
        held.append(frozenset(now))
    found: list[int] = []
    for place in reversed(range(len(own))):
        step = steps[own[place]]
        looks = any(event.kind in _LOOKS for event in step.events)
        if step.kind == "schedule" or (found and not looks and held[place + 1] == held[-1]):
            break
        if looks or (found and held[place] == held[-1]):
            found.append(own[place])
    return found[::-1]


def _goes_on(task: Task, looking: State, last: State, interpreter: Interpreter) -> bool:
    """Whether a task that looks again in `last`, from where it stood in `looking`, comes to finish waiting or
    to its end before it sleeps, whatever it chooses and with nobody else stepping."""
    values = list(last)
    slot, own = interpreter.slots[PC], interpreter.ordinals[PC][task]
    here, there = values[slot], looking[slot]
    assert isinstance(here, tuple) and isinstance(there, tuple)
    values[slot] = (*here[:own], there[own], *here[own + 1 :])
    if CPU in interpreter.slots:
        # Whether there is a CPU for it is another question.
        cpus = values[interpreter.slots[CPU]]
        values[interpreter.slots[CPU]] = (task,) * len(cpus) if isinstance(cpus, tuple) else frozenset({task})
    first = tuple(values)
    known, todo = {first}, [first]
    while todo:
        state = todo.pop()
        step = interpreter.pc(state, task).step
        if step is None:
            continue
        ways = list(interpreter.transitions(state, task))
        if not ways or len(known) > MOST:
            return False
        for way in ways:
            if way.state not in known and not any(event.kind == "disarm" for event in way.events):
                known.add(way.state)
                todo.append(way.state)
    return True


def _moved(
    task: Task, looks: Sequence[TraceStep], last: State, interpreter: Interpreter
) -> tuple[Moved, ...]:
    """Of the places that a task looked at, those that have another value by now."""
    now = dict(elements(last, interpreter))
    found: dict[str, Moved] = {}
    for step in looks:
        for event in step.events:
            if event.kind == "read" and event.where in now and value_text(event.value) != now[event.where]:
                moved = Moved(event.where, value_text(event.value), now[event.where], step.number)
                found[event.where] = moved
    return tuple(found.values())
