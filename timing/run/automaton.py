"""A program as an automaton whose states are numbers: steps are computed once and then looked up."""

from __future__ import annotations

from dataclasses import dataclass, field

from ...dsl.source import Span
from ...translator.program.program import Program, Value
from ...translator.run.interpreter import Interpreter, State


@dataclass(frozen=True, slots=True)
class Said:
    """One decision on a way: which kind of choice, where, and what it came to."""

    kind: str
    span: Span
    value: Value


@dataclass(frozen=True, slots=True)
class Way:
    """One way through a step: the decisions made on it and the state behind it."""

    said: tuple[Said, ...]
    state: int


@dataclass(slots=True)
class Row:
    """A task in a state: where it stands, whether it can step, whether it gives its CPU away if asked.

    `to` is the state behind its step and `freed` the other tasks that can step there and could not before, in
    order; both are set when they are first asked for, and only where there is one way.
    """

    point: int
    enabled: bool
    gives: bool
    to: int = -1
    freed: tuple[int, ...] = ()
    ways: tuple[Way, ...] = field(default=())


class Automaton:
    """One program; `rows[state][task]` for the states met so far."""

    def __init__(self, program: Program) -> None:
        self.program = program
        self.interpreter = Interpreter(program)
        self.tasks = self.interpreter.tasks
        self.states: list[State] = []
        self.rows: list[list[Row]] = []
        self.numbers: dict[State, int] = {}
        self.point_numbers = {point.name: number for number, point in enumerate(program.points)}
        self.places = {reachable.number: reachable.span for reachable in program.reachable}
        self.initial = self.number(self.interpreter.initial())

    def number(self, state: State) -> int:
        known = self.numbers.get(state)
        if known is None:
            known = self.numbers[state] = len(self.states)
            self.states.append(state)
            self.rows.append([self._row(state, task) for task in range(len(self.tasks))])
        return known

    def _row(self, state: State, index: int) -> Row:
        task = self.tasks[index]
        point = self.interpreter.pc(state, task)
        step = point.step
        if step is None:
            return Row(self.point_numbers[point.name], False, True)
        gives = step.offers_cpu
        if not gives and self.program.preempt == "full":
            gives = self.interpreter.value(self.program.no_spinning, state, task) is True
        return Row(self.point_numbers[point.name], self.interpreter.enabled(state, task), gives)

    def step(self, state: int, index: int) -> Row:
        """The row of a task that can step, with the ways that it can go."""
        row = self.rows[state][index]
        if row.ways:
            return row
        found: dict[tuple[tuple[Said, ...], int], None] = {}
        for transition in self.interpreter.transitions(self.states[state], self.tasks[index]):
            said = [
                Said(event.kind, event.span, event.value)
                for event in transition.events
                if event.kind in ("maybe", "need_resched", "choose")
            ]
            passed = [Said("passes", self.places[n], None) for n in sorted(transition.reached)]
            found[(*said, *passed), self.number(transition.state)] = None
        ways = tuple(Way(said, after) for said, after in found)
        row.ways = ways
        if len({way.state for way in ways}) == 1:
            row.to = ways[0].state
            row.freed = self.freed(state, row.to)
        return row

    def alone(self, state: int, index: int, asked: bool) -> int:
        """The state behind a task's step, where nothing but `need_resched()`, which is `asked`, decides it;
        or -1."""
        row = self.step(state, index)
        if row.to >= 0:
            return row.to
        ways = [
            way for way in row.ways if all(s.kind != "need_resched" or s.value is asked for s in way.said)
        ]
        return ways[0].state if len({way.state for way in ways}) == 1 else -1

    def freed(self, before: int, after: int) -> tuple[int, ...]:
        """The tasks that can step in a state and could not in the one before."""
        pairs = zip(self.rows[before], self.rows[after], strict=True)
        return tuple(n for n, (old, new) in enumerate(pairs) if new.enabled and not old.enabled)
