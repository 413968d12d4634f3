"""What is fair, from the rules of the language: said apart from what TLC is told (`program/fairness.py`)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from ..program.levels import above, handlers
from ..program.program import Program, Step


@dataclass(frozen=True, slots=True)
class Promise:
    """A fairness condition of one task, by its number, on its steps from some points.

    weak: not possible for ever without being taken; strong: not possible again and again without being taken.
    A point that is a key of `queues` is one where it waits for a lock that is had in turn: the others that
    get it there go first only so often, and are those who step from a point that is told.  While others stand
    at a point that `behind` tells of it, these may go first: who waits to write before who waits to read, and
    who may stop anywhere, also in the queue, before who waits to write.
    """

    task: int
    strong: bool
    points: frozenset[str]
    queues: Mapping[str, frozenset[str]] = field(default_factory=dict)
    behind: Mapping[str, frozenset[str]] = field(default_factory=dict)


def acquires(step: Step, *, fair: bool) -> bool:
    """Whether it waits for a lock that is (not) fair."""
    return (
        step.lock is not None and step.lock.action in ("acquire", "join", "enter") and step.lock.fair == fair
    )


def promises(program: Program) -> list[Promise]:
    """What is assumed of each task, by the rules and not by the translator."""
    found: list[Promise] = []
    # From where a lock is had that is had in turn without a queue; and from where, to write.
    gets: dict[str, set[str]] = {lock: set() for lock in program.patient_locks}
    writes: dict[str, set[str]] = {lock: set() for lock in program.patient_locks}
    stops: dict[str, set[str]] = {lock: set() for lock in program.patient_locks}
    for point in program.points:
        use = None if point.step is None or not point.step.acquires else point.step.lock
        if use is not None and use.lock in gets:
            gets[use.lock].add(point.name)
            if use.mode == "write":
                writes[use.lock].add(point.name)
            if program.process(point.process).unfair:
                stops[use.lock].add(point.name)
    for number, task in enumerate(program.tasks):
        if program.process(task.process).unfair:
            continue
        own = {p.name: p.step for p in program.points if p.process == task.process and p.step is not None}
        process = program.process(task.process)
        sent = process.interrupts is not None and process.interrupts.called
        own = {name: step for name, step in own.items() if sent or step.kind != "arrive"}
        plain = not sent and not above(process.name, process.interrupts, handlers(program.processes))
        modest = {name for name, step in own.items() if step.kind == "await" or acquires(step, fair=False)}
        if program.cpus is None and plain and not any(acquires(step, fair=True) for step in own.values()):
            found.append(Promise(number, False, frozenset(own)))
        else:
            waits = {
                name: step.lock
                for name, step in own.items()
                if acquires(step, fair=True) and step.lock is not None and step.lock.lock in gets
            }
            queues = {name: frozenset(gets[use.lock]) for name, use in waits.items()}
            behind = {
                name: frozenset((writes if use.mode == "read" else stops)[use.lock])
                for name, use in waits.items()
            }
            found.append(Promise(number, True, frozenset(set(own) - modest), queues, behind))
            found.append(Promise(number, False, frozenset(modest)))
    return [promise for promise in found if promise.points]
