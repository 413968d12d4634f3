"""Which barrier would have made a behaviour under weak memory impossible: found by trying.

A barrier is put before a step of a task, in the state that the behaviour has there, and the same steps are
tried from there on.  Where they cannot be taken any more, the barrier excludes the behaviour; others that
violate the property may be left."""

from __future__ import annotations

from collections.abc import Iterator

from ...dsl.source import Span
from ..program.findings import Cure, Event, Put, TraceStep
from ..program.program import PC, Task
from ..run.evaluate import Env, Evaluator
from ..run.interpreter import Interpreter, State
from .stores import UNSEEN

SINGLE = ("smp_rmb()", "smp_wmb()", "smp_mb()")
PAIRS = (("smp_wmb()", "smp_rmb()"), ("smp_rmb()", "smp_wmb()"), ("smp_mb()", "smp_mb()"))
MOST = 60
"""Of longer behaviours nothing is tried."""


def cures(
    states: tuple[State, ...], steps: tuple[TraceStep, ...], interpreter: Interpreter
) -> tuple[Cure, ...]:
    """The weakest barriers, one or two, that exclude a behaviour in which an older value was read; none where
    no two do, where there is nothing to exclude, or where it is too long."""
    shows = any(event.kind in UNSEEN for step in steps for event in step.events)
    if not shows or len(steps) > MOST or not interpreter.program.orders:
        return ()
    trial = _Trial(states, steps, interpreter)
    found = [Cure((put,)) for word in SINGLE for put in trial.alone(word)]
    if found:
        weakest = found[0].puts[0].word
        return tuple(cure for cure in found if cure.puts[0].word == weakest)
    for words in PAIRS:
        for puts in trial.together(*words):
            return (Cure(puts),)
    return ()


class _Trial:
    def __init__(
        self, states: tuple[State, ...], steps: tuple[TraceStep, ...], interpreter: Interpreter
    ) -> None:
        self.states = states
        self.steps = steps
        self.interpreter = interpreter
        self.pc = interpreter.slots[PC]
        evaluator = Evaluator(interpreter.program)
        self.codes = {key: evaluator.code(block) for key, block in interpreter.program.orders.items()}
        self.own = {
            task: [n for n, step in enumerate(steps) if step.task == task] for task in interpreter.tasks
        }

    def alone(self, word: str) -> Iterator[Put]:
        """For each task the stretch of its steps before any of which the barrier excludes the behaviour."""
        for task in self.own:
            places = [n for n in self.places(task, word) if not self.possible({n: word})]
            if places:
                first = places[0]
                last = first
                for n in self.own[task]:
                    if n > last and n in places and not any(last < m < n for m in self.own[task]):
                        last = n
                yield self.put(word, task, first, last)

    def together(self, word: str, other: str) -> Iterator[tuple[Put, Put]]:
        for one, two in _pairs(tuple(self.own)):
            for n in reversed(self.places(one, word)):
                for k in reversed(self.places(two, other)):
                    if not self.possible({n: word, k: other}):
                        yield self.put(word, one, n, n), self.put(other, two, k, k)
                        return

    def places(self, task: Task, word: str) -> list[int]:
        """The steps of a task that have one of its own before them."""
        return self.own[task][1:] if (task.process, word) in self.codes else []

    def put(self, word: str, task: Task, first: int, last: int) -> Put:
        before = max(n for n in self.own[task] if n < first)
        return Put(word, task, _span(self.steps[before]), _span(self.steps[last]))

    def possible(self, barriers: dict[int, str]) -> bool:
        """Whether the same can happen with these barriers, each put before the step of that number."""
        first = min(barriers)
        reached = {self.states[first]}
        for number in range(first, len(self.steps)):
            step, goal = self.steps[number], self.states[number + 1]
            if number in barriers:
                reached = {self.ordered(state, step.task, barriers[number]) for state in reached}
            told = _told(step.events)
            reached = {
                taken.state
                for state in reached
                for taken in self.interpreter.transitions(state, step.task)
                if taken.state[self.pc] == goal[self.pc] and told <= _told(taken.events)
            }
            if not reached:
                return False
        return True

    def ordered(self, state: State, task: Task, word: str) -> State:
        """A state after a barrier of a task."""
        todo = [(self.codes[task.process, word], Env(list(state), task, {}))]
        while True:
            code, env = todo.pop()
            for effect in code.quiet:
                effect(env)
            if code.arms is None:
                after = list(env.state)
                after[self.pc] = state[self.pc]
                return tuple(after)
            todo.extend(code.arms(env))


def _pairs(tasks: tuple[Task, ...]) -> Iterator[tuple[Task, Task]]:
    return ((one, two) for one in tasks for two in tasks if one != two)


def _span(step: TraceStep) -> Span:
    return step.events[0].span if step.events else step.span


def _told(events: tuple[Event, ...]) -> frozenset[tuple[object, ...]]:
    """What must happen again: what was read and written, and whether it was the newest."""
    return frozenset(
        (event.kind, event.span, event.where, event.value) for event in events if event.kind != "barrier"
    )
