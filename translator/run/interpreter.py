"""Runs programs: the second engine, which replays what TLC finds and cross-checks its verdicts."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from itertools import product
from math import prod

from ..program.findings import Event
from ..program.program import (
    CPU,
    PC,
    SLEEPY,
    AnyOf,
    Claim,
    Const,
    Elements,
    Expr,
    Point,
    Program,
    Read,
    Task,
    Value,
    Variable,
    Where,
    conjunction,
    negation,
)
from .evaluate import Code, Env, Eval, Evaluator
from .stuck import Hopeless, Stuck

__all__ = ["Event", "Exploration", "Interpreter", "State", "Transition", "Violation"]

# One value per variable of the program, in its order; arrays and per-task variables as tuples.
State = tuple[Value, ...]


@dataclass(frozen=True, slots=True)
class Transition:
    """One way to take a step: who, from which point, what happened, and the state that results."""

    task: Task
    point: Point
    events: tuple[Event, ...]
    reached: frozenset[int]
    state: State


@dataclass(frozen=True, slots=True)
class Violation:
    """A property that does not hold in a state; `task` and `claim` when it is a claim of a point."""

    property: str
    task: Task | None = None
    claim: Claim | None = None
    cycle: tuple[Task, ...] = ()


@dataclass(frozen=True, slots=True)
class _Place:
    """A control point, ready to run: the functions behind its step, its claims and its lock."""

    point: Point
    guard: Eval | None
    code: Code | None
    claims: tuple[tuple[Claim, Eval], ...]
    blockers: Eval | None

    def enabled(self, state: State, task: Task) -> bool:
        return self.guard is not None and self.guard(Env(state, task, {})) is True

    def run(self, state: State, task: Task, *, told: bool) -> Iterator[Env]:
        """Every way through the step, if it can be taken: what is left when it has run."""
        if self.code is None or not self.enabled(state, task):
            return
        todo = [(self.code, Env(list(state), task, {}))]
        while todo:
            code, env = todo.pop()
            for effect in code.told if told else code.quiet:
                effect(env)
            if code.arms is None:
                yield env
            else:
                todo.extend(reversed(code.arms(env)))


class Interpreter:
    """One program, ready to run."""

    def __init__(self, program: Program) -> None:
        self.program = program
        self.tasks = program.tasks
        self._evaluator = Evaluator(program)
        self.slots = self._evaluator.slots
        self.ordinals = self._evaluator.ordinals
        self._pc = self.slots[PC]
        self._places = {point.name: self._place(point) for point in program.points}
        self._invariants = [(i.property, self._evaluator.eval(i.condition)) for i in program.invariants]
        self._assumed = [self._evaluator.eval(i.condition) for i in program.assumed]
        self._stuck = Stuck(program, self._evaluator)
        self._daemons = frozenset(t for t in self.tasks if program.process(t.process).daemon)

    def _place(self, point: Point) -> _Place:
        evaluate, step = self._evaluator.eval, point.step
        use = None if step is None or step.lock is None else step.lock.blockers
        return _Place(
            point,
            None if step is None else evaluate(step.guard),
            None if step is None else self._evaluator.code(step.block),
            tuple((claim, evaluate(claim.condition)) for claim in point.claims),
            None if use is None else evaluate(use),
        )

    # -- states

    def initial(self, chosen: Mapping[str, Value] | None = None) -> State:
        """The state in which a behaviour begins.  `chosen` are the whole values of variables that start with
        any of several; of others the least is taken."""
        values: list[Value] = []
        for variable in self.program.variables:
            start = variable.initial
            if isinstance(start, AnyOf):
                start = min(start.values, key=lambda value: (value is not None, str(value)))
            value = start.nested(variable.sizes) if isinstance(start, Elements) else start
            for size in reversed(() if isinstance(start, Elements) else variable.sizes):
                value = (value,) * size
            if chosen is not None and variable.name in chosen:
                value = chosen[variable.name]
            if variable.name == PC:
                value = tuple(self.program.process(t.process).entry for t in self.tasks)
            elif variable.process:
                value = (value,) * len(self.program.tasks_of(variable))
            values.append(value)
        for monitor in self.program.monitors:
            asked = conjunction(monitor.trigger, negation(monitor.release))
            values[self.slots[monitor.variable]] = self.value(asked, tuple(values))
        return tuple(values)

    def initials(self) -> Iterator[State]:
        """Every state in which a behaviour begins."""
        return filter(self.within, self.starts())

    def starts(self) -> Iterator[State]:
        """Every state in which a behaviour could begin, whatever is assumed."""
        chosen = self.program.choices
        ways = [tuple(_wholes(variable)) for variable in chosen]
        for way in product(*ways):
            yield self.initial(dict(zip((v.name for v in chosen), way, strict=True)))

    def begins(self, state: State) -> bool:
        """Whether a behaviour may begin in the state."""
        return state == self.initial(self.chosen(state)) and self.within(state)

    def within(self, state: State) -> bool:
        """Whether a state is one that behaviours are followed to: all that is assumed holds there."""
        return all(holds(Env(state, None, {})) is True for holds in self._assumed)

    def chosen(self, state: State) -> Mapping[str, Value]:
        """What a state has of the variables that start with any of several values."""
        found: dict[str, Value] = {}
        for variable in self.program.choices:
            value = state[self.slots[variable.name]]
            assert isinstance(variable.initial, AnyOf)
            if all(leaf in variable.initial.values for leaf in _leaves(value, len(variable.sizes))):
                found[variable.name] = value
        return found

    def pc(self, state: State, task: Task) -> Point:
        names = state[self._pc]
        assert isinstance(names, tuple)
        return self.program.point(str(names[self.ordinals[PC][task]]))

    def _standing(self, state: State) -> list[tuple[Task, _Place]]:
        """Each task, and where it stands."""
        places = self._places
        return [(task, places[name]) for task, name in zip(self.tasks, state[self._pc], strict=True)]  # type: ignore[arg-type,index]

    def enabled(self, state: State, task: Task) -> bool:
        step = self.pc(state, task).step
        return step is not None and self.value(step.guard, state, task) is True

    def transitions(self, state: State, task: Task | None = None) -> Iterator[Transition]:
        """Every way to go on from a state, by one task or by any, in the order of tasks and source."""
        for one, place in self._standing(state):
            if task is None or one == task:
                for env in self._run(place, state, one, told=True):
                    yield Transition(one, place.point, env.events, env.reached, tuple(env.state))

    def successors(self, state: State, task: Task | None = None) -> Iterator[tuple[State, frozenset[int]]]:
        """As `transitions`, with nothing but the states and what the steps to them reach."""
        for one, place in self._standing(state):
            if task is None or one == task:
                for env in self._run(place, state, one, told=False):
                    yield tuple(env.state), env.reached

    def moves(self, state: State) -> Iterator[tuple[int, str, State]]:
        """As `successors`, each with the number of the task that steps and the point from which."""
        places = self._places
        for number, name in enumerate(state[self._pc]):  # type: ignore[arg-type]
            for env in self._run(places[name], state, self.tasks[number], told=False):  # type: ignore[index]
                yield number, name, tuple(env.state)  # type: ignore[misc]

    def others_at(self, state: State, task: Task, points: frozenset[str]) -> tuple[Task, ...]:
        """The other tasks than this that stand at one of some points."""
        names = state[self._pc]
        assert isinstance(names, tuple)
        standing = zip(self.tasks, names, strict=True)
        return tuple(other for other, name in standing if other != task and name in points)

    def evaluated(self, e: Expr) -> Eval:
        """The function that an expression is."""
        return self._evaluator.eval(e)

    def steps(self, state: State, task: Task) -> Iterator[tuple[State, frozenset[int]]]:
        """Every way for one task to step: the states, and what is reached on the way."""
        place = self._places[state[self._pc][self.ordinals[PC][task]]]  # type: ignore[index]
        for env in self._run(place, state, task, told=False):
            yield tuple(env.state), env.reached

    def _run(self, place: _Place, state: State, task: Task, *, told: bool) -> Iterator[Env]:
        """Every way through a step that leads to where behaviours are followed."""
        ways = place.run(state, task, told=told)
        return ways if not self._assumed else (env for env in ways if self.within(tuple(env.state)))

    def where(self, where: Where, state: State, task: Task) -> str:
        """The name of a place, its indices filled in."""
        return self._evaluator.where(where, Env(state, task, {}))

    def value(
        self, e: Expr, state: State, task: Task | None = None, bound: Mapping[str, Value] | None = None
    ) -> Value:
        """The value of an expression in a state, for a task, with values for the names that are `bound`."""
        return self._evaluator.value(e, state, task, bound)

    # -- what tasks wait for

    def asleep(self, state: State, task: Task) -> bool:
        """Whether the task is armed and not woken yet."""
        return SLEEPY in self.slots and self.value(Read(SLEEPY, (Const(task),)), state) is True

    def running(self, state: State) -> tuple[Task, ...]:
        """The tasks that have a CPU; none where CPUs are not counted."""
        held = state[self.slots[CPU]] if CPU in self.slots else frozenset()
        assert isinstance(held, frozenset | tuple)
        return tuple(sorted(task for task in held if isinstance(task, Task)))

    # -- verdicts

    def ended(self, state: State, task: Task) -> bool:
        point = self.pc(state, task)
        return point.step is None and not point.halted

    def stuck(self, state: State) -> bool:
        """Semantics of `deadlock` (a): no task can step, somebody other than a daemon has not ended and is
        not idle, none was halted."""
        standing = self._standing(state)
        if any(place.enabled(state, task) for task, place in standing):
            return False
        if any(place.point.halted for _, place in standing):
            return False
        return any(
            task not in self._daemons and place.code is not None and not place.point.idle
            for task, place in standing
        )

    def blockers(self, state: State) -> Mapping[Task, frozenset[Task]]:
        """For each task at an acquisition that is not available: whom it waits for."""
        found: dict[Task, frozenset[Task]] = {}
        for task, place in self._standing(state):
            if place.blockers is not None:
                group = place.blockers(Env(state, task, {}))
                assert isinstance(group, frozenset)
                if group:
                    found[task] = frozenset(item for item in group if isinstance(item, Task))
        return found

    def cycle(self, state: State) -> tuple[Task, ...]:
        """Tasks of which each waits for the next, and the last for the first; empty if there are none."""
        edges = self.blockers(state)
        for start in edges:
            path = [start]
            seen = {start}

            def search(path: list[Task] = path, seen: set[Task] = seen, start: Task = start) -> bool:
                for other in sorted(edges[path[-1]]):
                    if other == start:
                        return True
                    if other in edges and other not in seen:
                        seen.add(other)
                        path.append(other)
                        if search():
                            return True
                        path.pop()
                return False

            if search():
                return tuple(path)
        return ()

    def hopeless(self, state: State) -> Mapping[Task, Hopeless]:
        """Every task that can never step again, whatever others do, and why."""
        return self._stuck.hopeless(state)

    def violations(self, state: State) -> Iterator[Violation]:
        """Every property that does not hold in a state, deadlock included."""
        for task, place in self._standing(state):
            for claim, holds in place.claims:
                if holds(Env(state, task, {})) is not True:
                    yield Violation(claim.property, task, claim)
        for name, holds in self._invariants:
            if holds(Env(state, None, {})) is not True:
                yield Violation(name)
        cycle = self.cycle(state)
        if cycle or self._stuck.violated(state) or self.stuck(state):
            yield Violation("deadlock", cycle=cycle)

    def search(self, limit: int) -> tuple[Mapping[State, State | None], bool]:
        """All states reachable from the initial one, each with the one that it was first reached from;
        False when there are more than `limit`."""
        exploration = Exploration(self)
        complete = all(len(exploration.found) <= limit for _ in exploration)
        return exploration.found, complete

    def variable_value(self, variable: Variable, state: State) -> Value:
        return state[self.slots[variable.name]]


class Exploration:
    """A search for all reachable states, breadth first, as far as it has been followed.

    `found` has for each state the one before it (None: the initial one); `depth` counts states on the
    longest of the shortest behaviours; `generated` counts states with repetitions; `reached` are the
    labels and branches that steps pass.
    """

    def __init__(self, interpreter: Interpreter) -> None:
        self.interpreter = interpreter
        self.found: dict[State, State | None] = {}
        self.reached: set[int] = set()
        self.generated = 0
        self.depth = 0
        self.queue = 0

    def __iter__(self) -> Iterator[State]:
        """Every state, once, when it is found."""
        frontier: list[State] = []
        self.depth = 1
        for first in self.interpreter.initials():
            self.found[first] = None
            self.generated += 1
            frontier.append(first)
            yield first
        while frontier:
            following: list[State] = []
            for number, state in enumerate(frontier, start=1):
                for after, reached in self.interpreter.successors(state):
                    self.generated += 1
                    if reached:
                        self.reached |= reached
                    if after not in self.found:
                        self.found[after] = state
                        following.append(after)
                        self.depth += len(following) == 1
                        self.queue = len(frontier) - number + len(following)
                        yield after
            frontier = following
            self.queue = len(frontier)

    def path(self, state: State) -> tuple[State, ...]:
        """A shortest behaviour to a state, from the initial one."""
        return path(state, self.found)


def _wholes(variable: Variable) -> Iterator[Value]:
    """Every value that a variable may start with, any of several for each element."""
    assert isinstance(variable.initial, AnyOf)
    leaves = sorted(variable.initial.values, key=lambda value: (value is not None, str(value)))
    for way in product(leaves, repeat=prod(variable.sizes)):
        yield Elements(way).nested(variable.sizes) if variable.sizes else way[0]


def _leaves(value: Value, depth: int) -> Iterator[Value]:
    if depth == 0:
        yield value
        return
    assert isinstance(value, tuple)
    for item in value:
        yield from _leaves(item, depth - 1)


def path(state: State, found: Mapping[State, State | None]) -> tuple[State, ...]:
    """A behaviour to a state that was `found`, from the initial one, through those each was reached from."""
    way = [state]
    while (before := found[way[-1]]) is not None:
        way.append(before)
    return tuple(reversed(way))
