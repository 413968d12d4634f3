"""What is in a state space: how behaviours end, and which lines its steps and states come from."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

from ...dsl.source import Span
from ...translator.program.program import Program
from ...translator.program.values import Value
from ...translator.run.interpreter import Exploration, Interpreter
from .asked import Question, answer

STATES = 200_000
"""Most states that are looked at unless somebody says otherwise: a minute, and some hundred MiB."""


@dataclass(frozen=True, slots=True)
class Outcome:
    """How behaviours end: the value of each expression, in how many final states, of these in how many
    somebody waits for ever."""

    values: tuple[object, ...]
    states: int
    deadlocks: int


@dataclass(frozen=True, slots=True)
class Outcomes:
    """All outcomes of one cell, `final` states of `states`; not `complete` where there were more of them than
    were looked at."""

    expressions: tuple[str, ...]
    outcomes: tuple[Outcome, ...]
    final: int
    states: int
    complete: bool


@dataclass(frozen=True, slots=True)
class LineCount:
    """How often steps at a line were taken, over all states, and how many states they were the first to come
    to; `outcomes` are the branches and labels that they pass, each with how often."""

    span: Span
    steps: int
    states: int
    outcomes: tuple[tuple[str, int], ...]


@dataclass(frozen=True, slots=True)
class Counts:
    """What each line has to do with the size of a state space."""

    lines: tuple[LineCount, ...]
    steps: int
    states: int
    complete: bool


def outcomes_of(program: Program, questions: Sequence[Question], limit: int) -> Outcomes:
    """The outcomes of a program, as it is to be searched: the values in all states in which every task other
    than daemons has ended or was halted, or nobody can step."""
    interpreter = Interpreter(program)
    daemons = {task for task in interpreter.tasks if program.process(task.process).daemon}
    exploration = Exploration(interpreter)
    found: Counter[tuple[object, ...]] = Counter()
    stuck: Counter[tuple[object, ...]] = Counter()
    complete, states = True, 0
    for states, state in enumerate(exploration, start=1):
        if states > limit:
            complete, states = False, limit
            break
        points = [interpreter.pc(state, task) for task in interpreter.tasks if task not in daemons]
        ended = all(point.step is None for point in points)
        if ended or not any(interpreter.enabled(state, task) for task in interpreter.tasks):
            values = tuple(answer(question, state, interpreter) for question in questions)
            found[values] += 1
            stuck[values] += not ended
    told = tuple(Outcome(v, found[v], stuck[v]) for v in sorted(found, key=_order))
    return Outcomes(tuple(q.written for q in questions), told, sum(found.values()), states, complete)


def counts_of(program: Program, limit: int) -> Counts:
    """How often each line of a program was taken when all its states are searched, one access a step."""
    interpreter = Interpreter(program)
    marks = {mark.number: mark for mark in program.reachable}
    frontier = list(interpreter.initials())
    known = set(frontier)
    steps: Counter[Span] = Counter()
    states: Counter[Span] = Counter()
    passed: dict[Span, Counter[str]] = {}
    complete = True
    while frontier and complete:
        following = []
        for state in frontier:
            for task in interpreter.tasks:
                step = interpreter.pc(state, task).step
                for after, reached in interpreter.successors(state, task):
                    assert step is not None
                    steps[step.span] += 1
                    for number in reached:
                        mark = marks.get(number)
                        if mark is not None:
                            passed.setdefault(mark.span, Counter())[mark.text] += 1
                    if after not in known:
                        known.add(after)
                        states[step.span] += 1
                        following.append(after)
            if len(known) > limit:
                complete = False
                break
        frontier = following
    never = {mark.span: mark.text for mark in program.reachable if mark.text not in passed.get(mark.span, {})}
    for span, text in never.items():
        passed.setdefault(span, Counter())[text] = 0
    lines: dict[tuple[str, int], LineCount] = {}
    for span in sorted({*steps, *passed}):
        old = lines.get((span.path, span.line), LineCount(span, 0, 0, ()))
        more = tuple(passed.get(span, Counter()).items())
        lines[span.path, span.line] = LineCount(
            old.span, old.steps + steps[span], old.states + states[span], (*old.outcomes, *more)
        )
    return Counts(tuple(lines.values()), sum(steps.values()), len(known), complete)


def _order(values: tuple[object, ...]) -> tuple[tuple[str, Value | str], ...]:
    return tuple((type(value).__name__, value if isinstance(value, int) else str(value)) for value in values)
