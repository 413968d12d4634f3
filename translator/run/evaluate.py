"""Expressions, notes and blocks of a program as Python functions, made once and run often."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from ..program.findings import Event
from ..program.program import (
    PC,
    SELF,
    TRUE,
    Altered,
    Apply,
    Assign,
    Block,
    BoundName,
    Composed,
    Const,
    Defined,
    Expr,
    FieldOf,
    Fill,
    Fork,
    Goto,
    Note,
    Pick,
    Program,
    Quantified,
    Reach,
    Read,
    Record,
    Self,
    StandsAt,
    Task,
    TaskAt,
    Test,
    Value,
    Where,
    kept_up,
)


class Env:
    """Where something is evaluated: a state (a list while a step changes it), the task it is about,
    the values of bound names; and of a step under way what it has told and passed."""

    __slots__ = ("bound", "events", "reached", "state", "task")

    def __init__(
        self, state: Sequence[Value], task: Task | None, bound: dict[str, Value],
        events: tuple[Event, ...] = (), reached: frozenset[int] = frozenset(),
    ) -> None:  # fmt: skip
        self.state = state
        self.task = task
        self.bound = bound
        self.events = events
        self.reached = reached

    def branch(self, bound: dict[str, Value]) -> Env:
        """The same with these names, to go on separately."""
        return Env(list(self.state), self.task, bound, self.events, self.reached)


Eval = Callable[[Env], Value]
Effect = Callable[[Env], None]

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


@dataclass(frozen=True, slots=True)
class Code:
    """A block, ready to run: its effects, without and with the events of a trace, and what follows.

    `arms` is given an environment and answers with every way to go on; None at the end of a step.
    """

    quiet: tuple[Effect, ...]
    told: tuple[Effect, ...]
    arms: Callable[[Env], Sequence[tuple[Code, Env]]] | None


class Evaluator:
    """One program's expressions and blocks."""

    def __init__(self, program: Program) -> None:
        self.program = program
        self.slots = {variable.name: i for i, variable in enumerate(program.variables)}
        self.ordinals = {
            variable.name: {task: i for i, task in enumerate(program.tasks_of(variable))}
            for variable in program.variables
            if variable.process
        }
        # By identity: Const(1) and Const(True) are equal to Python.  The expression is kept alive.
        self._evals: dict[int, tuple[Expr, Eval]] = {}
        self._codes: dict[int, tuple[Block, Code]] = {}
        self._kept = [(monitor.variable, kept_up(monitor)) for monitor in program.monitors]

    def value(
        self,
        e: Expr,
        state: Sequence[Value],
        task: Task | None = None,
        bound: Mapping[str, Value] | None = None,
    ) -> Value:
        """The value of an expression in a state, for a task, with values for the names that are `bound`."""
        return self.eval(e)(Env(state, task, dict(bound or {})))

    def where(self, where: Where, env: Env) -> str:
        """The name of a place, its indices filled in."""
        return "".join(part if isinstance(part, str) else str(self.eval(part)(env)) for part in where.parts)

    def eval(self, e: Expr) -> Eval:
        """The function that an expression is."""
        known = self._evals.get(id(e))
        if known is None:
            known = self._evals[id(e)] = (e, self._compile(e))
        return known[1]

    def code(self, block: Block) -> Code:
        """A block as code."""
        known = self._codes.get(id(block))
        if known is None:
            known = self._codes[id(block)] = (block, self._code(block))
        return known[1]

    # -- blocks

    def _code(self, block: Block) -> Code:
        quiet: list[Effect] = []
        told: list[Effect] = []
        for op in block.ops:
            match op:
                case Assign(variable=variable, indices=indices, value=value):
                    effect = self._assign(variable, indices, value)
                case Fill():
                    effect = self._fill(op)
                case Note():
                    told.append(self._note(op))
                    continue
                case Reach(number=number):
                    effect = _mark(number)
                case _:
                    raise AssertionError(f"unresolved {op}")
            quiet.append(effect)
            told.append(effect)
        arms = None
        match block.end:
            case Goto(point=name):
                ending = [self._assign(PC, (SELF,), Const(name))]
                ending += [self._assign(variable, (), kept) for variable, kept in self._kept]
                quiet += ending
                told += ending
            case Test(condition=condition, yes=yes, no=no):
                arms = self._test(condition, yes, no)
            case Pick(name=name, domain=domain, then=then):
                arms = self._pick(name, domain, then)
            case Fork(options=options):
                codes = [self.code(option) for option in options]

                def arms(env: Env) -> Sequence[tuple[Code, Env]]:
                    return [(code, env.branch(env.bound)) for code in codes]

        return Code(tuple(quiet), tuple(told), arms)

    def _test(self, condition: Expr, yes: Block, no: Block) -> Callable[[Env], Sequence[tuple[Code, Env]]]:
        test, first, other = self.eval(condition), self.code(yes), self.code(no)
        return lambda env: ((first if test(env) is True else other, env),)

    def _pick(self, name: str, domain: Expr, then: Block) -> Callable[[Env], Sequence[tuple[Code, Env]]]:
        group, code = self.eval(domain), self.code(then)

        def arms(env: Env) -> Sequence[tuple[Code, Env]]:
            items = group(env)
            assert isinstance(items, frozenset)
            return [(code, env.branch({**env.bound, name: item})) for item in sorted(items, key=_order)]

        return arms

    def _assign(self, variable: str, indices: tuple[Expr, ...], value: Expr) -> Effect:
        slot, new = self.slots[variable], self.eval(value)
        if not indices:

            def plain(env: Env) -> None:
                env.state[slot] = new(env)  # type: ignore[index]

            return plain
        positions = self._positions(variable, indices)

        def element(env: Env) -> None:
            at = positions(env)
            env.state[slot] = _updated(env.state[slot], at, new(env))  # type: ignore[index]

        return element

    def _positions(self, variable: str, indices: tuple[Expr, ...]) -> Callable[[Env], tuple[Any, ...]]:
        """Where in nested tuples an element is; a task stands for its ordinal."""
        ordinals = self.ordinals.get(variable)
        first: Callable[[Env], Any] = self.eval(indices[0])
        rest = [self.eval(index) for index in indices[1:]]
        if ordinals is None:
            return lambda env: (first(env), *[index(env) for index in rest])
        if not rest:
            return lambda env: (ordinals[first(env)],)
        return lambda env: (ordinals[first(env)], *[index(env) for index in rest])

    def _fill(self, op: Fill) -> Effect:
        variable = self.program.variable(op.variable)
        slot, evaluate = self.slots[op.variable], self.eval(op.value)
        domains: list[tuple[Value, ...]] = [self.program.tasks_of(variable)] if variable.process else []
        domains.extend(tuple(range(size)) for size in variable.sizes)

        def build(env: Env, bound: dict[str, Value], depth: int) -> Value:
            if depth == len(domains):
                return evaluate(Env(env.state, env.task, bound))
            name = op.names[depth]
            return tuple(build(env, {**bound, name: item}, depth + 1) for item in domains[depth])

        def fill(env: Env) -> None:
            env.state[slot] = build(env, env.bound, 0)  # type: ignore[index]

        return fill

    def _note(self, note: Note) -> Effect:
        def tell(env: Env) -> None:
            if self.eval(note.when)(env) is not True:
                return
            where = "" if note.where is None else self.where(note.where, env)
            value = None if note.value is None else self.eval(note.value)(env)
            old = None if note.old is None else self.eval(note.old)(env)
            env.events = (*env.events, Event(note.kind, note.span, where, value, old, note.text))

        return tell

    # -- expressions

    def _compile(self, e: Expr) -> Eval:
        match e:
            case Const(value=value):
                return lambda env: value
            case Self():
                return lambda env: env.task
            case BoundName(name=name):
                return lambda env: env.bound[name]
            case Read():
                return self._read(e)
            case Defined(name=name, argument=given):
                body = self.eval(next(d.body for d in self.program.definitions if d.name == name))
                argument = self.eval(given)
                return lambda env: body(Env(env.state, env.task, {"t": argument(env)}))
            case TaskAt(process=process, index=number):
                index = self.eval(number)
                only = not self.program.process(process).indexed
                return lambda env: Task(process, index(env), only)  # type: ignore[arg-type]
            case StandsAt(task=task, points=points):
                who, slot, ordinals = self.eval(task), self.slots[PC], self.ordinals[PC]
                return lambda env: env.state[slot][ordinals[who(env)]] in points  # type: ignore[index,operator]
            case Composed(names=names, operands=operands):
                made = [self.eval(operand) for operand in operands]
                return lambda env: _made(names, [one(env) for one in made])
            case FieldOf(operand=operand, name=name):
                whole = self.eval(operand)
                return lambda env: _record(whole(env)).part(name)
            case Altered(operand=operand, name=name, value=given):
                whole, new = self.eval(operand), self.eval(given)
                return lambda env: _record(whole(env)).altered(name, new(env))  # type: ignore[arg-type]
            case Apply(operator=operator, arguments=arguments):
                return self._apply(operator, [self.eval(a) for a in arguments])
            case Quantified():
                return self._quantified(e)
            case _:
                raise AssertionError(f"unresolved {e}")

    def _read(self, e: Read) -> Eval:
        slot = self.slots[e.variable]
        if not e.indices:
            return lambda env: env.state[slot]
        if len(e.indices) == 1:
            index, ordinals = self.eval(e.indices[0]), self.ordinals.get(e.variable)
            if ordinals is None:
                return lambda env: env.state[slot][index(env)]  # type: ignore[index]
            return lambda env: env.state[slot][ordinals[index(env)]]  # type: ignore[index]
        positions = self._positions(e.variable, e.indices)

        def read(env: Env) -> Value:
            value = env.state[slot]
            for position in positions(env):
                value = value[position]  # type: ignore[index]
            return value

        return read

    def _apply(self, operator: str, parts: list[Eval]) -> Eval:
        match operator, parts:
            case "and", _:

                def conjoined(env: Env) -> Value:
                    for part in parts:  # noqa: SIM110 - a generator would take twice as long
                        if not part(env):
                            return False
                    return True

                return conjoined
            case "or", _:

                def disjoined(env: Env) -> Value:
                    for part in parts:  # noqa: SIM110
                        if part(env):
                            return True
                    return False

                return disjoined
            case "implies", [left, right]:
                return lambda env: bool(right(env)) if left(env) else True
            case "if", [test, yes, no]:
                return lambda env: yes(env) if test(env) else no(env)
            case "==", [left, right]:
                return lambda env: left(env) == right(env)
            case "set", [only]:
                return lambda env: frozenset((only(env),))
            case "in", [left, right]:
                return lambda env: left(env) in right(env)  # type: ignore[operator]
        function = _OPERATORS[operator]
        if len(parts) == 2:
            first, second = parts
            return lambda env: function(first(env), second(env))
        return lambda env: function(*[part(env) for part in parts])

    def _quantified(self, e: Quantified) -> Eval:
        domain, body = self.eval(e.domain), self.eval(e.body)
        condition = self.eval(e.condition if e.condition is not None else TRUE)
        name = e.name

        def values(env: Env) -> Iterator[Value]:
            group = domain(env)
            assert isinstance(group, frozenset)
            for item in group:
                inner = Env(env.state, env.task, {**env.bound, name: item})
                if condition(inner):
                    yield body(inner)

        if e.kind == "all":
            return lambda env: all(values(env))
        if e.kind == "any":
            return lambda env: any(values(env))
        return lambda env: frozenset(values(env))


def _mark(number: int) -> Effect:
    mark = frozenset({number})

    def reach(env: Env) -> None:
        env.reached |= mark

    return reach


def _updated(value: Value, positions: tuple[int, ...], new: Value) -> Value:
    assert isinstance(value, tuple)
    first, *rest = positions
    inner = _updated(value[first], tuple(rest), new) if rest else new
    return (*value[:first], inner, *value[first + 1 :])


def _made(names: tuple[str, ...], values: list[Value]) -> Record:
    return Record(tuple(zip(names, values, strict=True)))  # type: ignore[arg-type]


def _record(value: Value) -> Record:
    if not isinstance(value, Record):
        raise TypeError(f"{value} has no fields")
    return value


def _order(value: Value) -> tuple[str, object]:
    if isinstance(value, Record):
        return ("Record", tuple(_order(part) for _, part in value.fields))
    return (type(value).__name__, 0 if value is None else value)
