"""What is fair, from the rules of the language: said apart from what TLC is told (`program/fairness.py`)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from ..program.program import Program, Step


@dataclass(frozen=True, slots=True)
class Promise:
    """A fairness condition of one task, by its number, on its steps from some points.

    weak: not possible for ever without being taken; strong: not possible again and again without being taken,
    nor while others get again and again what the task waits for: at a point that is a key of `queues` it
    waits to write, and those are the points from which others get the same lock.
    """

    task: int
    strong: bool
    points: frozenset[str]
    queues: Mapping[str, frozenset[str]] = field(default_factory=dict)


def acquires(step: Step, *, fair: bool) -> bool:
    """Whether it waits for a lock that is (not) fair."""
    return (
        step.lock is not None and step.lock.action in ("acquire", "join", "enter") and step.lock.fair == fair
    )


def promises(program: Program) -> list[Promise]:
    """What is assumed of each task, by the rules and not by the translator."""
    found: list[Promise] = []
    # From where a lock is had whose writers wait without a queue.
    others: dict[str, set[str]] = {lock: set() for lock in program.patient_locks}
    for point in program.points:
        use = None if point.step is None or not point.step.acquires else point.step.lock
        if use is not None and use.lock in others:
            others[use.lock].add(point.name)
    for number, task in enumerate(program.tasks):
        if program.process(task.process).unfair:
            continue
        own = {p.name: p.step for p in program.points if p.process == task.process and p.step is not None}
        modest = {name for name, step in own.items() if step.kind == "await" or acquires(step, fair=False)}
        if program.cpus is None and not any(acquires(step, fair=True) for step in own.values()):
            found.append(Promise(number, False, frozenset(own)))
        else:
            first = {
                name: frozenset(others[step.lock.lock])
                for name, step in own.items()
                if step.lock is not None and step.lock.lock in others and step.lock.mode == "write"
                if step.acquires
            }
            found.append(Promise(number, True, frozenset(set(own) - modest), first))
            found.append(Promise(number, False, frozenset(modest)))
    return [promise for promise in found if promise.points]
