"""Fair behaviours on which a temporal formula holds, found cheaply: what a property supposes can happen.

TLC answers the same by a run of its own; most of these runs are saved by a walk that happens to succeed.
"""

from __future__ import annotations

import random

from ..lower.temporal import is_temporal
from ..program.fairness import fairness
from ..program.program import Apply, Expr, Task
from ..run.interpreter import Interpreter, State
from .diagnosis import truth
from .lasso import unfair

TRIES = 20
ROUNDS = 400


def has_witness(formula: Expr, interpreter: Interpreter) -> bool:
    """Whether a few walks find a fair behaviour on which a temporal formula holds; False says nothing.

    The tasks take turns.  Where a task can go on in several ways, a walk makes up its mind once for each
    state, so that it ends in a loop; some walks avoid what the formula wants to stay away from.
    """
    lasting = _lasting(formula)
    for seed in range(TRIES):
        rng = random.Random(seed)
        found = _walk(rng, lasting if seed % 2 == 0 else (), interpreter)
        if found is None:
            continue
        states, steps, loop = found
        cycle, stepping = states[loop:], steps[loop:]
        conditions = fairness(interpreter.program)
        if any(unfair(condition, cycle, stepping, interpreter) for condition in conditions):
            continue
        if truth(formula, states, loop, interpreter)[0]:
            return True
    return False


def _lasting(e: Expr) -> tuple[Expr, ...]:
    """The conditions that a formula wants to hold from some time on."""
    match e:
        case Apply(operator="always", arguments=(inner,)) if not is_temporal(inner):
            return (inner,)
        case Apply(operator="and" | "or" | "eventually" | "always", arguments=arguments):
            return tuple(part for argument in arguments for part in _lasting(argument))
        case _:
            return ()


def _walk(
    rng: random.Random, lasting: tuple[Expr, ...], interpreter: Interpreter
) -> tuple[tuple[State, ...], tuple[Task, ...], int] | None:
    """States, who steps from each, and where the last step leads back to; None when no loop was closed.

    A task that can step never waits for more than a round, so what the walk repeats is seldom unfair."""
    tasks = interpreter.program.tasks
    unfair_ones = {process.name for process in interpreter.program.processes if process.unfair}
    choices: dict[tuple[State, Task], State] = {}
    met: dict[State, int] = {}
    states, steps = [rng.choice(tuple(interpreter.initials()))], list[Task]()
    for _ in range(ROUNDS):
        if states[-1] in met:
            start = met[states[-1]]
            stuck = start == len(steps)
            return tuple(states if stuck else states[:-1]), tuple(steps), start
        met[states[-1]] = len(steps)
        for task in tasks:
            state = states[-1]
            if (state, task) not in choices:
                ways = [transition.state for transition in interpreter.transitions(state, task)]
                good = [way for way in ways if all(interpreter.value(e, way) is True for e in lasting)]
                if not good and (not ways or task.process in unfair_ones):
                    continue
                choices[state, task] = rng.choice(good or ways)
            states.append(choices[state, task])
            steps.append(task)
    return None
