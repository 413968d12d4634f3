"""Which steps are promised to happen: the fairness that liveness verdicts rest on."""

from __future__ import annotations

from dataclasses import dataclass

from .levels import above, handlers
from .program import Program


@dataclass(frozen=True, slots=True)
class Fairness:
    """One condition for each task of a process, on its steps from `points`.

    weak: not enabled for ever without being taken; strong: not enabled again and again without
    being taken.
    """

    process: str
    kind: str
    points: frozenset[str]


def fairness(program: Program) -> tuple[Fairness, ...]:
    """Weak for every task that is not `unfair`; strong where the kernel queues: for locks that do,
    and for a CPU, which interrupts leave to the task again and again.  `await` and the unfair rwsem are never
    promised more than weak fairness, and that a handler arrives is never promised."""
    conditions: list[Fairness] = []
    for process in program.processes:
        if process.unfair or not process.count:
            continue
        steps = {
            p.name: p.step
            for p in program.points
            if p.process == process.name and p.step and p.step.kind != "arrive"
        }
        modest = frozenset(
            name
            for name, step in steps.items()
            if step.kind == "await" or (step.acquires and step.lock is not None and not step.lock.fair)
        )
        interrupted = bool(above(process.name, process.interrupts, handlers(program.processes)))
        queues = (
            program.cpus is not None
            or interrupted
            or any(step.acquires and step.lock is not None and step.lock.fair for step in steps.values())
        )
        others = frozenset(steps) - modest
        if not queues:
            conditions.append(Fairness(process.name, "weak", frozenset(steps)))
            continue
        if others:
            conditions.append(Fairness(process.name, "strong", others))
        if modest:
            conditions.append(Fairness(process.name, "weak", modest))
    return tuple(condition for condition in conditions if condition.points)
