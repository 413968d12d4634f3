"""Which steps are promised to happen: the fairness that liveness verdicts rest on."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from .levels import above, handlers
from .program import Process, Program


@dataclass(frozen=True, slots=True)
class Turns:
    """How a lock that keeps no queue is had in turn, for the tasks of one process.

    At the points in `waiting` they wait for it, and anybody gets it by a step from one of `getting`.  With
    each point where they wait, `first` has those of others who may go before them while they stand there.
    """

    waiting: frozenset[str]
    getting: frozenset[str]
    first: Mapping[str, frozenset[str]]


@dataclass(frozen=True, slots=True)
class Fairness:
    """One condition for each task of a process, on its steps from `points`.

    weak: not enabled for ever without being taken; strong: not enabled again and again without being taken.
    By `turns` a task that waits for a lock is entitled to it also when another gets it, but not while
    somebody stands there who may go first.
    """

    process: str
    kind: str
    points: frozenset[str]
    turns: tuple[Turns, ...] = ()


def fairness(program: Program) -> tuple[Fairness, ...]:
    """Weak for every task that is not `unfair`; strong where the kernel queues: for locks that do,
    and for a CPU, which interrupts leave to the task again and again.  `await` and the unfair rwsem are never
    promised more than weak fairness; that a handler arrives is promised if it was called, strongly, and never
    otherwise."""
    conditions: list[Fairness] = []
    for process in program.processes:
        if process.unfair or not process.count:
            continue
        steps = {
            p.name: p.step
            for p in program.points
            if p.process == process.name and p.step and (p.step.kind != "arrive" or _called(process))
        }
        modest = frozenset(
            name
            for name, step in steps.items()
            if step.kind == "await" or (step.acquires and step.lock is not None and not step.lock.fair)
        )
        interrupted = bool(above(process.name, process.interrupts, handlers(program.processes)))
        queues = (
            program.cpus is not None
            or _called(process)
            or interrupted
            or any(step.acquires and step.lock is not None and step.lock.fair for step in steps.values())
        )
        others = frozenset(steps) - modest
        if not queues:
            conditions.append(Fairness(process.name, "weak", frozenset(steps)))
            continue
        if others:
            conditions.append(Fairness(process.name, "strong", others, _turns(program, others)))
        if modest:
            conditions.append(Fairness(process.name, "weak", modest))
    return tuple(condition for condition in conditions if condition.points)


def _called(process: Process) -> bool:
    return process.interrupts is not None and process.interrupts.called


def _turns(program: Program, points: frozenset[str]) -> tuple[Turns, ...]:
    """The locks that tasks wait for at some of these points and that are had in turn without a queue."""
    found: list[Turns] = []
    for lock in program.patient_locks:
        modes = {
            point.name: point.step.lock.mode
            for point in program.points
            if point.step and point.step.acquires and point.step.lock and point.step.lock.lock == lock
        }
        getting = frozenset(modes)
        writing = frozenset(name for name in getting if modes[name] == "write")
        # Who is promised nothing may stop while it waits, and then keeps out whoever came later to write.
        unfair = frozenset(name for name in getting if program.process(program.point(name).process).unfair)
        if own := getting & points:
            first = {name: unfair if name in writing else writing for name in own}
            found.append(Turns(own, getting, first))
    return tuple(found)
