"""Runs programs: the second engine, which replays what TLC finds and cross-checks its verdicts."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass

from ..dsl.source import Span
from .program import (
    CPU,
    PC,
    SLEEPY,
    TRUE,
    Apply,
    Assign,
    Block,
    BoundName,
    Claim,
    Const,
    Expr,
    Fill,
    Fork,
    Goto,
    Note,
    Pick,
    Point,
    Program,
    Quantified,
    Reach,
    Read,
    Self,
    Step,
    Task,
    Test,
    Value,
    Variable,
    Where,
    conjunction,
    kept_up,
    negation,
)

# One value per variable of the program, in its order; arrays and per-task variables as tuples.
State = tuple[Value, ...]


@dataclass(frozen=True, slots=True)
class Event:
    """One thing that happened within a step, with the values that it happened with.

    `kind` as in `Note`; `where` is the place in the author's words, indices filled in; `value` what
    was read, written, chosen or found, `old` what a write replaced.
    """

    kind: str
    span: Span
    where: str
    value: Value
    old: Value
    text: str


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


class _Env:
    __slots__ = ("bound", "state", "task")

    def __init__(self, state: list[Value], task: Task | None, bound: dict[str, Value]) -> None:
        self.state = state
        self.task = task
        self.bound = bound


_Eval = Callable[[_Env], Value]

_OPERATORS: dict[str, Callable[..., Value]] = {
    "==": lambda a, b: a == b,
    "!=": lambda a, b: a != b,
    "<": lambda a, b: a < b,
    "<=": lambda a, b: a <= b,
    ">": lambda a, b: a > b,
    ">=": lambda a, b: a >= b,
    "+": lambda a, b: a + b,
    "-": lambda a, b: a - b,
    "*": lambda a, b: a * b,
    "//": lambda a, b: a // b,
    "%": lambda a, b: a % b,
    "neg": lambda a: -a,
    "not": lambda a: not a,
    "in": lambda a, b: a in b,
    "|": lambda a, b: a | b,
    "&": lambda a, b: a & b,
    "minus": lambda a, b: a - b,
    "subset": lambda a, b: a <= b,
    "min": min,
    "max": max,
    "len": len,
    "set": lambda *items: frozenset(items),
    "index": lambda task: task.index,
    "append": lambda queue, task: (*queue, task),
    "drop": lambda queue, task: tuple(other for other in queue if other != task),
    "before": lambda queue, task: frozenset(queue[: queue.index(task)] if task in queue else queue),
}


class Interpreter:
    """One program, ready to run."""

    def __init__(self, program: Program) -> None:
        self.program = program
        self.slots = {variable.name: i for i, variable in enumerate(program.variables)}
        self.ordinals = {
            variable.name: {task: i for i, task in enumerate(program.tasks_of(variable))}
            for variable in program.variables
            if variable.process
        }
        # By identity: Const(1) and Const(True) are equal to Python.  The expression is kept alive.
        self._compiled: dict[int, tuple[Expr, _Eval]] = {}
        self._pc = self.slots[PC]
        self._kept = {monitor.variable: kept_up(monitor) for monitor in program.monitors}
        self._order = {task: i for i, task in enumerate(program.tasks)}

    # -- states

    def initial(self) -> State:
        values: list[Value] = []
        for variable in self.program.variables:
            value = variable.initial
            for size in reversed(variable.sizes):
                value = (value,) * size
            if variable.name == PC:
                value = tuple(self.program.process(t.process).entry for t in self.program.tasks)
            elif variable.process:
                value = (value,) * len(self.program.tasks_of(variable))
            values.append(value)
        for monitor in self.program.monitors:
            start = conjunction(monitor.trigger, negation(monitor.release))
            values[self.slots[monitor.variable]] = self.value(start, tuple(values))
        return tuple(values)

    def pc(self, state: State, task: Task) -> Point:
        names = state[self._pc]
        assert isinstance(names, tuple)
        return self.program.point(str(names[self._order[task]]))

    def enabled(self, state: State, task: Task) -> bool:
        step = self.pc(state, task).step
        return step is not None and self.value(step.guard, state, task) is True

    def transitions(self, state: State, task: Task | None = None) -> Iterator[Transition]:
        """Every way to go on from a state, by one task or by any."""
        for one in self.program.tasks if task is None else (task,):
            point = self.pc(state, one)
            if point.step is not None and self.value(point.step.guard, state, one) is True:
                yield from self._run(point, point.step, state, one)

    def _run(self, point: Point, step: Step, state: State, task: Task) -> Iterator[Transition]:
        todo: list[tuple[Block, _Env, tuple[Event, ...], frozenset[int]]] = [
            (step.block, _Env(list(state), task, {}), (), frozenset())
        ]
        while todo:
            block, env, events, reached = todo.pop()
            for op in block.ops:
                match op:
                    case Assign(variable=variable, indices=indices, value=value):
                        self._assign(
                            env, variable, [self._eval(i)(env) for i in indices], self._eval(value)(env)
                        )
                    case Fill():
                        self._fill(env, op)
                    case Note():
                        events = (*events, self._event(op, env))
                    case Reach(number=number):
                        reached |= {number}
            match block.end:
                case Goto(point=name):
                    self._assign(env, PC, [task], name)
                    for monitor in self.program.monitors:
                        self._assign(env, monitor.variable, [], self._eval(self._kept[monitor.variable])(env))
                    yield Transition(task, point, events, reached, tuple(env.state))
                case Test(condition=condition, yes=yes, no=no):
                    todo.append((yes if self._eval(condition)(env) is True else no, env, events, reached))
                case Pick(name=name, domain=domain, then=then):
                    group = self._eval(domain)(env)
                    assert isinstance(group, frozenset)
                    for item in sorted(group, key=_order, reverse=True):
                        inner = _Env(list(env.state), task, {**env.bound, name: item})
                        todo.append((then, inner, events, reached))
                case Fork(options=options):
                    for option in reversed(options):
                        todo.append((option, _Env(list(env.state), task, dict(env.bound)), events, reached))

    def _event(self, note: Note, env: _Env) -> Event:
        where = "" if note.where is None else self._where(note.where, env)
        value = None if note.value is None else self._eval(note.value)(env)
        old = None if note.old is None else self._eval(note.old)(env)
        return Event(note.kind, note.span, where, value, old, note.text)

    def _where(self, where: Where, env: _Env) -> str:
        return "".join(part if isinstance(part, str) else str(self._eval(part)(env)) for part in where.parts)

    def where(self, where: Where, state: State, task: Task) -> str:
        """The name of a place, its indices filled in."""
        return self._where(where, _Env(list(state), task, {}))

    def _assign(self, env: _Env, variable: str, indices: list[Value], value: Value) -> None:
        slot = self.slots[variable]
        positions = self._positions(variable, indices)
        env.state[slot] = _updated(env.state[slot], positions, value)

    def _positions(self, variable: str, indices: list[Value]) -> list[int]:
        ordinals = self.ordinals.get(variable)
        return [
            ordinals[index] if isinstance(index, Task) and ordinals is not None else index  # type: ignore[misc]
            for index in indices
        ]

    def _fill(self, env: _Env, op: Fill) -> None:
        variable = self.program.variable(op.variable)
        evaluate = self._eval(op.value)
        domains: list[tuple[Value, ...]] = []
        if variable.process:
            domains.append(self.program.tasks_of(variable))
        domains.extend(tuple(range(size)) for size in variable.sizes)

        def build(bound: dict[str, Value], depth: int) -> Value:
            if depth == len(domains):
                return evaluate(_Env(env.state, env.task, bound))
            return tuple(build({**bound, op.names[depth]: item}, depth + 1) for item in domains[depth])

        env.state[self.slots[op.variable]] = build(dict(env.bound), 0)

    # -- expressions

    def value(self, e: Expr, state: State, task: Task | None = None) -> Value:
        """The value of an expression in a state, for a task."""
        return self._eval(e)(_Env(list(state), task, {}))

    def _eval(self, e: Expr) -> _Eval:
        known = self._compiled.get(id(e))
        if known is None:
            known = self._compiled[id(e)] = (e, self._compile(e))
        return known[1]

    def _compile(self, e: Expr) -> _Eval:
        match e:
            case Const(value=value):
                return lambda env: value
            case Self():
                return lambda env: env.task
            case BoundName(name=name):
                return lambda env: env.bound[name]
            case Read():
                return self._compile_read(e)
            case Apply(operator="and", arguments=arguments):
                parts = [self._eval(a) for a in arguments]
                return lambda env: all(part(env) for part in parts)
            case Apply(operator="or", arguments=arguments):
                parts = [self._eval(a) for a in arguments]
                return lambda env: any(part(env) for part in parts)
            case Apply(operator="implies", arguments=(left, right)):
                first, second = self._eval(left), self._eval(right)
                return lambda env: bool(second(env)) if first(env) else True
            case Apply(operator="if", arguments=(test, yes, no)):
                c, a, b = self._eval(test), self._eval(yes), self._eval(no)
                return lambda env: a(env) if c(env) else b(env)
            case Apply(operator=operator, arguments=(one,)) if operator.startswith("define "):
                name = operator.removeprefix("define ")
                body = self._eval(next(d.body for d in self.program.definitions if d.name == name))
                argument = self._eval(one)
                return lambda env: body(_Env(env.state, env.task, {"t": argument(env)}))
            case Apply(operator=operator, arguments=(one,)) if operator.startswith("task "):
                process = operator.removeprefix("task ")
                index = self._eval(one)
                return lambda env: Task(process, index(env))  # type: ignore[arg-type]
            case Apply(operator=operator, arguments=arguments):
                function = _OPERATORS[operator]
                parts = [self._eval(a) for a in arguments]
                if len(parts) == 2 and operator != "set":
                    left_, right_ = parts
                    return lambda env: function(left_(env), right_(env))
                return lambda env: function(*(part(env) for part in parts))
            case Quantified():
                return self._compile_quantified(e)
            case _:
                raise AssertionError(f"unresolved {e}")

    def _compile_read(self, e: Read) -> _Eval:
        slot = self.slots[e.variable]
        if not e.indices:
            return lambda env: env.state[slot]
        indices = [self._eval(i) for i in e.indices]

        def read(env: _Env) -> Value:
            value = env.state[slot]
            for position in self._positions(e.variable, [index(env) for index in indices]):
                value = value[position]  # type: ignore[index]
            return value

        return read

    def _compile_quantified(self, e: Quantified) -> _Eval:
        domain, body = self._eval(e.domain), self._eval(e.body)
        condition = self._eval(e.condition if e.condition is not None else TRUE)
        name = e.name

        def values(env: _Env) -> Iterator[Value]:
            group = domain(env)
            assert isinstance(group, frozenset)
            for item in group:
                inner = _Env(env.state, env.task, {**env.bound, name: item})
                if condition(inner):
                    yield body(inner)

        if e.kind == "all":
            return lambda env: all(values(env))
        if e.kind == "any":
            return lambda env: any(values(env))
        return lambda env: frozenset(values(env))

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
        """Semantics of `deadlock` (a): no task can step, some non-daemon has not ended, none was halted."""
        points = [(task, self.pc(state, task)) for task in self.program.tasks]
        if any(point.halted for _, point in points):
            return False
        if all(self.program.process(task.process).daemon or point.step is None for task, point in points):
            return False
        return not any(self.enabled(state, task) for task, _ in points)

    def blockers(self, state: State) -> Mapping[Task, frozenset[Task]]:
        """For each task at an acquisition that is not available: whom it waits for."""
        found: dict[Task, frozenset[Task]] = {}
        for task in self.program.tasks:
            step = self.pc(state, task).step
            if step and step.lock and step.lock.blockers is not None:
                group = self.value(step.lock.blockers, state, task)
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

    def violations(self, state: State) -> Iterator[Violation]:
        """Every property that does not hold in a state, deadlock included."""
        for task in self.program.tasks:
            for claim in self.pc(state, task).claims:
                if self.value(claim.condition, state, task) is not True:
                    yield Violation(claim.property, task, claim)
        for invariant in self.program.invariants:
            if self.value(invariant.condition, state) is not True:
                yield Violation(invariant.property)
        cycle = self.cycle(state)
        if cycle or self.stuck(state):
            yield Violation("deadlock", cycle=cycle)

    def search(self, limit: int) -> tuple[dict[State, tuple[State, Transition] | None], bool]:
        """All states reachable from the initial one, breadth first, each with how it was first reached;
        False when there are more than `limit`."""
        first = self.initial()
        found: dict[State, tuple[State, Transition] | None] = {first: None}
        frontier = [first]
        while frontier:
            following: list[State] = []
            for state in frontier:
                for transition in self.transitions(state):
                    if transition.state not in found:
                        if len(found) >= limit:
                            return found, False
                        found[transition.state] = (state, transition)
                        following.append(transition.state)
            frontier = following
        return found, True

    def variable_value(self, variable: Variable, state: State) -> Value:
        return state[self.slots[variable.name]]


def _updated(value: Value, positions: list[int], new: Value) -> Value:
    if not positions:
        return new
    assert isinstance(value, tuple)
    first, *rest = positions
    return (*value[:first], _updated(value[first], rest, new), *value[first + 1 :])


def _order(value: Value) -> tuple[str, object]:
    return (type(value).__name__, 0 if value is None else value)
