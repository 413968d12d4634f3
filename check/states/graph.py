"""The states of a cell as a graph to walk through, as much of it as is small enough for a page."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from ...dsl.source import Span
from ...translator import pipeline
from ...translator.program.findings import Finding, TraceStep
from ...translator.retrace.places import elements
from ...translator.retrace.retrace import begun, brief_step, told_step
from ...translator.run.interpreter import Interpreter, State
from ..load import Cell, load
from ..result import Result, Verdict

STATES = 1_200
"""So many states of a model are shown at most, of all its cells together."""

CELLS = 4
"""So many cells of a model are shown at most."""


@dataclass(frozen=True, slots=True)
class Edge:
    """A step to the state number `to`."""

    to: int
    step: TraceStep


@dataclass(frozen=True, slots=True)
class Node:
    """A state: the values of the graph's `names`, where each task is (None: it has ended), which properties
    do not hold, and the steps that can be taken; None where they were not looked at."""

    values: tuple[str, ...]
    at: tuple[Span | None, ...]
    violated: tuple[str, ...]
    edges: tuple[Edge, ...] | None


@dataclass(frozen=True, slots=True)
class StateGraph:
    """The states of one cell of the model at `path`, the initial one first.  `traces` has for each property
    with a counterexample the states that it passes, for those that could be followed."""

    path: str
    model: str
    scenario: str | None
    policy: str | None
    tasks: tuple[str, ...]
    names: tuple[str, ...]
    nodes: tuple[Node, ...]
    traces: tuple[tuple[str, tuple[int, ...]], ...]

    @property
    def complete(self) -> bool:
        """Whether every step of every state is there."""
        return all(node.edges is not None for node in self.nodes)


def graphs_of(result: Result, *, outside: bool = False, states: int = STATES) -> tuple[StateGraph, ...]:
    """The graphs of a result's cells: of those with counterexamples, or else of the first that was checked.

    The model is read again, with the constants of the result; none where it cannot be read any more, or
    comes from standard input, whose text is the result's.
    """
    if not result.verdicts:
        return ()
    text = result.sources[result.path].text if result.path in ("-", "stdin") else None
    loaded = load(result.path, dict(result.overrides), outside=outside, text=text)
    cells = {(cell.scenario, cell.policy): cell for cell in loaded.cells}
    told: dict[tuple[str | None, str | None], list[Verdict]] = {}
    for verdict in result.verdicts:
        told.setdefault((verdict.scenario, verdict.policy), []).append(verdict)
    wanted = [key for key, verdicts in told.items() if any(v.finding for v in verdicts)] or [next(iter(told))]
    found = [(cells[key], told[key]) for key in wanted[:CELLS] if key in cells]
    return tuple(graph_of(result.path, cell, verdicts, states // len(found)) for cell, verdicts in found)


def graph_of(path: str, cell: Cell, verdicts: Iterable[Verdict], states: int) -> StateGraph:
    """One cell: first the states of its counterexamples, then those that are nearest to the initial one."""
    interpreter = Interpreter(pipeline.whole(pipeline.about(cell.program)))
    first = interpreter.initial()
    traces: dict[str, tuple[State, ...]] = {}
    for verdict in verdicts:
        passed = None if verdict.finding is None else followed(verdict.finding, interpreter)
        if passed is not None:
            traces[verdict.property] = passed
    numbers: dict[State, int] = {state: number for number, state in enumerate(interpreter.initials())}
    for passed in traces.values():
        for state in passed:
            numbers.setdefault(state, len(numbers))
    order = list(numbers)
    edges: dict[State, tuple[Edge, ...]] = {}
    for state in order:
        if len(edges) >= states:
            break
        ways: list[Edge] = []
        for taken in interpreter.transitions(state):
            if taken.state not in numbers:
                numbers[taken.state] = len(numbers)
                order.append(taken.state)
            ways.append(Edge(numbers[taken.state], brief_step(state, taken, interpreter)))
        edges[state] = tuple(ways)
    nodes: list[Node] = []
    for state in order:
        points = [interpreter.pc(state, task) for task in interpreter.tasks]
        nodes.append(
            Node(
                tuple(value for _, value in elements(state, interpreter)),
                tuple(None if point.step is None else point.span for point in points),
                tuple(dict.fromkeys(violation.property for violation in interpreter.violations(state))),
                edges.get(state),
            )
        )
    return StateGraph(
        path,
        cell.model.name,
        cell.scenario,
        cell.policy,
        tuple(map(str, interpreter.tasks)),
        tuple(name for name, _ in elements(first, interpreter)),
        tuple(nodes),
        tuple((name, tuple(numbers[state] for state in passed)) for name, passed in traces.items()),
    )


def followed(finding: Finding, interpreter: Interpreter) -> tuple[State, ...] | None:
    """The states that a counterexample passes; None where the program cannot follow it."""
    return next(
        filter(None, (_followed(finding, first, interpreter) for first in interpreter.initials())), None
    )


def _followed(finding: Finding, first: State, interpreter: Interpreter) -> tuple[State, ...] | None:
    states = [first]
    for step in finding.steps:
        before = states[-1]
        fitting = []
        for taken in interpreter.transitions(before, step.task):
            told = told_step(step.number, before, taken, interpreter)
            if step.number == 1:
                (told,) = begun((told,), first, interpreter)
            if told == step:
                fitting.append(taken)
        if not fitting:
            return None
        states.append(fitting[0].state)
    return tuple(states)
