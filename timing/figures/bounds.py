"""The most that a measured stretch can need, over all interleavings: no cost is in it, and no time.

The program that is searched is the checked one, with CPUs as state.  Every stretch is looked at, from each
state in which a task comes to the first label, until it comes to the second one.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from ...dsl.source import Span
from ...translator import pipeline
from ...translator.program.program import Step, Task
from ...translator.run.interpreter import Interpreter, State
from ..run.episode import Cell

COUNTED = ("schedule", "polls", "might_sleep")
"""Calls by the measured task: of `schedule()`; of `cpu_relax()` or `cond_resched()`; of `might_sleep()`."""

_KINDS = {"schedule": 0, "cpu_relax": 1, "cond_resched": 1, "might_sleep": 2}


class TooLarge(Exception):
    """There are more states than were to be looked at."""


@dataclass(frozen=True, slots=True)
class Bounds:
    """`most` is how often each of `COUNTED` can happen in one stretch; None: any number of times, as in the
    loop of the same place in `loops`, the steps that come back to where they began."""

    measure: str
    scenario: str | None
    policy: str | None
    most: tuple[int | None, ...]
    states: int
    loops: tuple[tuple[LoopStep, ...], ...]


@dataclass(frozen=True, slots=True)
class LoopStep:
    """A task's step, by its kind and its place."""

    task: Task
    kind: str
    span: Span


@dataclass(frozen=True, slots=True)
class _Edge:
    to: int
    weights: tuple[int, ...]
    taken: LoopStep


# A state, and of the stretch: not begun (-1), or how many choices of others have come out True in it.
_Node = tuple[State, int]


def bounds(cell: Cell, measure: int, rounds: int, limit: int) -> Bounds:
    """Of one measure in a cell, for the first task of its process, while `maybe()` of other processes comes
    out True at most `rounds` times within the stretch.  Raises TooLarge beyond `limit` states."""
    interpreter = Interpreter(pipeline.whole(cell.program))
    wanted = cell.model.measures[measure]
    task = next((one for one in interpreter.tasks if one.process == wanted.process), None)
    starts = {
        cell.program.points[n].name
        for n, here in cell.marks.begin.items()
        if measure in here and measure not in cell.marks.both.get(n, ())
    }
    ends = {cell.program.points[n].name for n, here in cell.marks.end.items() if measure in here}
    numbers: dict[_Node, int] = {}
    edges: list[list[_Edge]] = []
    todo: list[_Node] = []
    sink = 0
    edges.append([])

    def number(node: _Node) -> int:
        known = numbers.get(node)
        if known is None:
            if len(edges) > limit:
                raise TooLarge
            known = numbers[node] = len(edges)
            edges.append([])
            todo.append(node)
        return known

    first = interpreter.initial()
    number((first, -1))
    if task is not None and interpreter.pc(first, task).name in starts:
        number((first, 0))
    while todo:
        node = todo.pop()
        state, count = node
        own = numbers[node]
        for taken in interpreter.transitions(state):
            mine = taken.task == task
            chosen = any(event.kind == "maybe" and event.value is True for event in taken.events)
            after = count + (count >= 0 and chosen and taken.task.process != wanted.process)
            if after > rounds:
                continue
            weights = [0] * len(COUNTED)
            step = taken.point.step
            kind = _KINDS.get("" if step is None else step.kind)
            told = LoopStep(taken.task, _word(step), taken.point.span)
            if mine and count >= 0 and kind is not None:
                weights[kind] = 1
            to = interpreter.pc(taken.state, task).name if mine and task is not None else ""
            if mine and count >= 0 and to in ends:
                edges[own].append(_Edge(sink, tuple(weights), told))
                continue
            edges[own].append(_Edge(number((taken.state, after)), tuple(weights), told))
            if mine and count < 0 and to in starts:
                # A stretch begins; the behaviour goes on to later ones, too.
                edges[own].append(_Edge(number((taken.state, 0)), tuple(weights), told))
    component = _components([[edge.to for edge in out] for out in edges])
    most = tuple(_most(edges, component, what) for what in range(len(COUNTED)))
    loops = tuple(() if known is not None else _loop(edges, component, n) for n, known in enumerate(most))
    return Bounds(wanted.name, cell.model.scenario, cell.policy, most, len(edges) - 1, loops)


def _word(step: Step | None) -> str:
    if step is None:
        return ""
    return step.kind if step.lock is None else step.lock.action


def _most(edges: list[list[_Edge]], component: list[int], what: int) -> int | None:
    """The greatest sum of weights on a way through the graph; None where a circle has a weight.

    Components are numbered so that an edge leads to the same or a lower one, as Tarjan's algorithm does."""
    best = [0] * (max(component) + 1)
    order = sorted(range(len(edges)), key=lambda node: component[node])
    for node in order:
        own = component[node]
        for edge in edges[node]:
            weight, to = edge.weights[what], component[edge.to]
            if to == own:
                if weight:
                    return None
            else:
                best[own] = max(best[own], weight + best[to])
    return max(best)


def _loop(edges: list[list[_Edge]], component: list[int], what: int) -> tuple[LoopStep, ...]:
    """A shortest circle that has a weight."""
    best: tuple[LoopStep, ...] = ()
    tried = 0
    for node, out in enumerate(edges):
        for edge in out:
            if edge.weights[what] and component[edge.to] == component[node] and tried < _TRIED:
                tried += 1
                back = _way(edges, component, edge.to, node)
                if not best or 1 + len(back) < len(best):
                    best = (edge.taken, *back)
    return best


_TRIED = 50
"""So many circles are looked at for a short one."""


def _way(edges: list[list[_Edge]], component: list[int], start: int, end: int) -> tuple[LoopStep, ...]:
    """A shortest way from one state to another one of the same component."""
    before: dict[int, tuple[int, LoopStep]] = {}
    todo = [start]
    for node in todo:
        if node == end:
            break
        for edge in edges[node]:
            if component[edge.to] == component[end] and edge.to not in before and edge.to != start:
                before[edge.to] = node, edge.taken
                todo.append(edge.to)
    found: list[LoopStep] = []
    node = end
    while node != start:
        node, taken = before[node]
        found.append(taken)
    return tuple(reversed(found))


def _components(successors: list[list[int]]) -> list[int]:
    """The strongly connected component of each node (Tarjan, SIAM J. Comput. 1972), without recursion."""
    index: list[int] = [-1] * len(successors)
    low = [0] * len(successors)
    found = [-1] * len(successors)
    stack: list[int] = []
    counter = components = 0
    for root in range(len(successors)):
        if index[root] >= 0:
            continue
        work: list[tuple[int, Iterator[int]]] = []

        def enter(node: int, work: list[tuple[int, Iterator[int]]] = work) -> None:
            nonlocal counter
            index[node] = low[node] = counter
            counter += 1
            stack.append(node)
            work.append((node, iter(successors[node])))

        enter(root)
        while work:
            node, rest = work[-1]
            following = next(rest, None)
            if following is None:
                work.pop()
                if work:
                    low[work[-1][0]] = min(low[work[-1][0]], low[node])
                if low[node] == index[node]:
                    while True:
                        member = stack.pop()
                        found[member] = components
                        if member == node:
                            break
                    components += 1
            elif index[following] < 0:
                enter(following)
            elif found[following] < 0:
                low[node] = min(low[node], index[following])
    return found
