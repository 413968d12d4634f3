"""What is fair, from the rules of the language: said apart from what TLC is told (`program/fairness.py`)."""

from __future__ import annotations

from dataclasses import dataclass

from ..program.program import Program, Step


@dataclass(frozen=True, slots=True)
class Promise:
    """A fairness condition of one task, by its number, on its steps from some points.

    weak: not possible for ever without being taken; strong: not possible again and again without being taken.
    """

    task: int
    strong: bool
    points: frozenset[str]


def acquires(step: Step, *, fair: bool) -> bool:
    """Whether it waits for a lock that is (not) fair."""
    return (
        step.lock is not None and step.lock.action in ("acquire", "join", "enter") and step.lock.fair == fair
    )


def promises(program: Program) -> list[Promise]:
    """What is assumed of each task, by the rules and not by the translator."""
    found: list[Promise] = []
    for number, task in enumerate(program.tasks):
        if program.process(task.process).unfair:
            continue
        own = {p.name: p.step for p in program.points if p.process == task.process and p.step is not None}
        modest = {name for name, step in own.items() if step.kind == "await" or acquires(step, fair=False)}
        if program.cpus is None and not any(acquires(step, fair=True) for step in own.values()):
            found.append(Promise(number, False, frozenset(own)))
        else:
            found.append(Promise(number, True, frozenset(set(own) - modest)))
            found.append(Promise(number, False, frozenset(modest)))
    return [promise for promise in found if promise.points]
