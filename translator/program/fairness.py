"""Which steps are promised to happen: the fairness that liveness verdicts rest on."""

from __future__ import annotations

from dataclasses import dataclass

from .program import Program


@dataclass(frozen=True, slots=True)
class Passed:
    """A task at one of the points in `waiting`, where it waits to write, is passed over when another steps
    from one in `getting`, where it gets the same lock."""

    waiting: frozenset[str]
    getting: frozenset[str]


@dataclass(frozen=True, slots=True)
class Fairness:
    """One condition for each task of a process, on its steps from `points`.

    weak: not enabled for ever without being taken; strong: not enabled again and again without
    being taken, nor the task passed over again and again.
    """

    process: str
    kind: str
    points: frozenset[str]
    passed: tuple[Passed, ...] = ()


def fairness(program: Program) -> tuple[Fairness, ...]:
    """Weak for every task that is not `unfair`; strong where the kernel queues: for locks that do,
    and for a CPU.  `await` and the unfair rwsem are never promised more than weak fairness."""
    conditions: list[Fairness] = []
    for process in program.processes:
        if process.unfair or not process.count:
            continue
        steps = {p.name: p.step for p in program.points if p.process == process.name and p.step}
        modest = frozenset(
            name
            for name, step in steps.items()
            if step.kind == "await" or (step.acquires and step.lock is not None and not step.lock.fair)
        )
        queues = program.cpus is not None or any(
            step.acquires and step.lock is not None and step.lock.fair for step in steps.values()
        )
        others = frozenset(steps) - modest
        if not queues:
            conditions.append(Fairness(process.name, "weak", frozenset(steps)))
            continue
        if others:
            conditions.append(Fairness(process.name, "strong", others, _passed(program, others)))
        if modest:
            conditions.append(Fairness(process.name, "weak", modest))
    return tuple(condition for condition in conditions if condition.points)


def _passed(program: Program, points: frozenset[str]) -> tuple[Passed, ...]:
    """How tasks that wait at some of these points for a lock that keeps no queue may be passed over."""
    found: list[Passed] = []
    for lock in program.patient_locks:
        uses = {p.name: p.step.lock for p in program.points if p.step and p.step.acquires and p.step.lock}
        getting = frozenset(name for name, use in uses.items() if use.lock == lock)
        waiting = frozenset(name for name in getting & points if uses[name].mode == "write")
        if waiting:
            found.append(Passed(waiting, getting))
    return tuple(found)
