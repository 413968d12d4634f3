"""A temporal property decided by the interpreter alone."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from ..program.program import Expr, Program
from .alike import Alike, alike, representatives
from .fair_cycles import behaviour, violation
from .graph import Graph, TooLarge
from .interchange import Interchange
from .interpreter import State

__all__ = ["Decided", "TooLarge", "decided"]


@dataclass(frozen=True, slots=True)
class Decided:
    """Whether a temporal formula holds on every fair behaviour of a program.

    `states` were searched and `steps` between them, in the largest search; those that are the same up to the
    names in `symmetry` count once, and stand for up to `permutations` each.  Where the formula does not hold,
    `behaviour` is a fair one on which it is false, and after its last state comes the one with the number
    `loop`, or nothing else (None).  `strong` counts the strong fairness conditions.
    """

    holds: bool
    states: int
    steps: int
    strong: int
    behaviour: tuple[State, ...] = ()
    loop: int | None = None
    symmetry: tuple[str, ...] = ()
    permutations: int = 1


def decided(
    program: Program, formula: Expr, limit: int, look: Callable[[], None], *, exchange: bool = True
) -> Decided:
    """Decides a temporal formula of a program; raises TooLarge where it has more than `limit` states.

    `look` is called every now and then; what it raises ends the work.  Tasks and values change places where
    they can, unless `exchange` is False.
    """
    graphs: dict[Alike, Graph] = {}
    states = steps = permutations = 1
    names: dict[str, None] = {}
    for part in representatives(program, formula) if exchange else (formula,):
        same = alike(program, part) if exchange else Alike((), ())
        graph = graphs.get(same)
        if graph is None:
            graph = graphs[same] = Graph.of(program, limit, look, _interchange(program, same))
        states, steps = max(states, len(graph.states)), max(steps, len(graph.target))
        permutations = max(permutations, same.permutations)
        names.update(dict.fromkeys(same.names))
        strong = sum(promise.strong for promise in graph.promises)
        cycle = violation(graph, part, look)
        if cycle is not None:
            told = behaviour(graph, cycle)
            return Decided(False, states, steps, strong, *told, tuple(names), permutations)
    return Decided(True, states, steps, strong, (), None, tuple(names), permutations)


def _interchange(program: Program, same: Alike) -> Interchange:
    numbers = {task: number for number, task in enumerate(program.tasks)}
    return Interchange(program, [tuple(numbers[task] for task in group) for group in same.tasks], same.values)
