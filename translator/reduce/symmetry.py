"""Tasks and values that can change places: what makes states the same up to names, for safety runs.

Tasks of a process are interchangeable when nothing tells them apart: no index, no particular task, no pin.
The values of a range are when they are only stored, compared for equality, and put into sets: never counted
with, never used as an index, no particular one ever named.  TLC then searches one state of each class.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from math import factorial
from typing import Any

from ...dsl.model import sorts as s
from ..program.program import (
    Altered,
    AnyOf,
    Apply,
    Assign,
    At,
    Atom,
    BoundName,
    Composed,
    Const,
    Defined,
    Definition,
    Elements,
    Expr,
    FieldOf,
    Fill,
    Pick,
    Point,
    Program,
    Quantified,
    Read,
    Self,
    StandsAt,
    Task,
    TaskAt,
    Value,
    Variable,
    exchanged,
    parts,
    rewritten,
)

LARGEST = 120
"""How many permutations there may be: TLC tries all of them on each state that it generates."""

_SAME_VALUES = ("==", "!=", "in", "subset", "|", "&", "minus", "set", "append", "drop", "before")
_IN_WORD = "it is a field of a word"
_TRUTH = ("==", "!=", "in", "subset", "and", "or", "not", "implies")


@dataclass(frozen=True, slots=True)
class Values:
    """A range whose values are interchangeable, and the variables that hold them."""

    atoms: tuple[Atom, ...]
    variables: tuple[str, ...]

    @property
    def name(self) -> str:
        return self.atoms[0].sort


@dataclass(frozen=True, slots=True)
class Symmetry:
    """The program with its interchangeable values as `Atom`s, the processes and ranges that were chosen, and
    for each other one why not."""

    program: Program
    processes: tuple[str, ...]
    values: tuple[Values, ...]
    refused: Mapping[str, str]

    @property
    def names(self) -> tuple[str, ...]:
        return (*self.processes, *(values.name for values in self.values))


def symmetry(program: Program) -> Symmetry:
    """The interchangeable tasks and values of a program, as many as are worth their permutations."""
    change = about_tasks_of(program)
    formulas: dict[str, Any] = {
        part: rewritten(getattr(program, part), change) for part in ("invariants", "sometimes", "assumed")
    }
    program = replace(program, **formulas)
    refused: dict[str, str] = {}
    chosen: list[str] = []
    size = 1
    told_apart = told_apart_in(program)
    several = [process for process in program.processes if process.count > 1]
    for process in sorted(several, key=lambda p: p.count):
        if process.name in told_apart:
            refused[process.name] = told_apart[process.name]
        elif size * factorial(process.count) > LARGEST:
            refused[process.name] = "too many permutations"
        else:
            size *= factorial(process.count)
            chosen.append(process.name)
    flow = _Flow(program)
    groups: list[Values] = []
    changed: dict[int, Const] = {}
    initial: dict[str, Value | AnyOf | Elements] = {}
    for variables, low, high in flow.classes(refused):
        name = _name(variables)
        if size * factorial(high - low + 1) > LARGEST:
            refused[name] = "too many permutations"
            continue
        size *= factorial(high - low + 1)
        atoms = tuple(Atom(name, value) for value in range(low, high + 1))
        groups.append(Values(atoms, tuple(v.name for v in variables)))
        everything = frozenset(atoms)
        root = flow.find(("variable", variables[0].name))
        changed |= {
            i: Const(everything) for i, c in flow.constants.items() if flow.find(("constant", i)) == root
        }
        initial |= {v.name: everything for v in variables if isinstance(v.initial, frozenset) and v.initial}
        initial |= {
            v.name: AnyOf(everything | (v.initial.values & {None}))  # type: ignore[arg-type]
            for v in variables
            if isinstance(v.initial, AnyOf)
        }
        initial |= {
            v.name: Elements(
                tuple(everything if isinstance(x, frozenset) and x else x for x in v.initial.values)
            )
            for v in variables
            if isinstance(v.initial, Elements)
        }
    if groups:
        program = rewritten(program, lambda node: changed.get(id(node), node))
        program = replace(
            program,
            variables=tuple(replace(v, initial=initial.get(v.name, v.initial)) for v in program.variables),
        )
    return Symmetry(program, tuple(chosen), tuple(groups), refused)


def _name(variables: Iterable[Variable]) -> str:
    ranges = [found for v in variables if (found := s.range_of(v.sort)) is not None]
    return next((r.name for r in ranges if r.name), str(ranges[0]))


# -- tasks


def about_tasks_of(program: Program) -> Callable[[object], object]:
    """A change of formulas: `all(f(task P i) for i in every index)` is said of the tasks themselves."""

    def change(node: object) -> object:
        if isinstance(node, Quantified) and node.kind in ("all", "any") and isinstance(node.domain, Const):
            for process in program.processes:
                every = node.domain.value == frozenset(range(process.count)) and process.count
                inside = (node.condition, node.body)
                if every and _only_as_task(inside, node.name, process.name):
                    bound = BoundName(node.name)
                    task = TaskAt(process.name, bound)
                    condition, body = rewritten(exchanged(inside, task, bound), change)
                    return Quantified(node.kind, node.name, Const(frozenset(process.tasks)), condition, body)
        return node

    return change


def _only_as_task(node: object, name: str, process: str) -> bool:
    if node == TaskAt(process, BoundName(name)):
        return True
    if node == BoundName(name) or (isinstance(node, Quantified) and node.name == name):
        return False
    return all(_only_as_task(part, name, process) for part in parts(node))


def told_apart_in(program: Program) -> dict[str, str]:
    """Why the tasks of a process are not interchangeable, for each that has such a reason."""
    found = {task.process: "pinned to a CPU" for task, _ in program.pins}

    def visit(node: object, own: str | None) -> None:
        match node:
            case Point(process=process):
                own = process
            case Const(value=Task(process=process)):
                found.setdefault(process, "a particular task is named")
            case Const(value=frozenset() as members):
                for some in program.processes:
                    part = members & frozenset(some.tasks)
                    if part and len(part) < some.count:
                        found.setdefault(some.name, "particular tasks are named")
            case Apply(operator="index"):
                for name in [own] if own else [p.name for p in program.processes]:
                    found.setdefault(name, "its tasks' numbers are used")
            case TaskAt(process=process):
                found.setdefault(process, "a task is chosen by its number")
        for child in parts(node):
            visit(child, own)

    visit(program, None)
    return found


# -- values


def ranges(program: Program) -> tuple[Values, ...]:
    """The ranges whose values are interchangeable, all of them."""
    return tuple(
        Values(tuple(Atom(_name(found), n) for n in range(low, high + 1)), tuple(v.name for v in found))
        for found, low, high in _Flow(program).classes({})
    )


_Node = tuple[str, object]


class _Flow:
    """Which variables and constants hold values of the same set, and which of those are told apart."""

    def __init__(self, program: Program) -> None:
        self.program = program
        self.parents: dict[_Node, _Node] = {}
        self.reasons: dict[_Node, str] = {}
        self.constants: dict[int, Const] = {}
        self.bodies = {definition.name: definition.body for definition in program.definitions}
        self.fresh = 0
        for variable in program.variables:
            start = variable.initial
            if isinstance(start, AnyOf):
                continue  # any of all values names none of them, see `classes`
            for value in start.values if isinstance(start, Elements) else (start,):
                self.value(value, ("variable", variable.name))
        self.visit(program, {})

    def classes(self, refused: dict[str, str]) -> Iterator[tuple[list[Variable], int, int]]:
        """The variables of each set of interchangeable values, and its bounds; reasons go to `refused`."""
        groups: dict[_Node, list[Variable]] = {}
        for variable in self.program.variables:
            groups.setdefault(self.find(("variable", variable.name)), []).append(variable)
        for root, variables in groups.items():
            bounds = {(r.low, r.high) for v in variables if (r := s.range_of(v.sort)) is not None}
            if len(bounds) != 1:
                continue
            ((low, high),) = bounds
            if low == high:
                continue
            every = frozenset(range(low, high + 1))
            sets = [c.value for i, c in self.constants.items() if self.find(("constant", i)) == root]
            sets += [v.initial for v in variables if isinstance(v.initial, frozenset)]
            sets += [v.initial.values - {None} for v in variables if isinstance(v.initial, AnyOf)]
            sets += [
                value
                for v in variables
                if isinstance(v.initial, Elements)
                for value in v.initial.values
                if isinstance(value, frozenset)
            ]
            if root in self.reasons:
                refused.setdefault(_name(variables), self.reasons[root])
            elif any(some not in (every, frozenset()) for some in sets):
                refused.setdefault(_name(variables), "only some of its values are named")
            else:
                yield variables, low, high

    # -- union and find

    def find(self, node: _Node) -> _Node:
        while self.parents.get(node, node) != node:
            node = self.parents[node]
        return node

    def union(self, *nodes: _Node) -> _Node:
        root = self.find(nodes[0])
        for node in nodes[1:]:
            other = self.find(node)
            if other != root:
                self.parents[other] = root
                if other in self.reasons:
                    self.reasons.setdefault(root, self.reasons.pop(other))
        return root

    def new(self, why: str | None = None) -> _Node:
        self.fresh += 1
        node = ("new", self.fresh)
        if why:
            self.reasons[node] = why
        return node

    def apart(self, node: _Node, why: str) -> None:
        self.reasons.setdefault(self.find(node), why)

    # -- what flows where

    def value(self, value: Value, node: _Node) -> None:
        if isinstance(value, int) and not isinstance(value, bool):
            self.apart(node, f"the value {value} is named")
        elif isinstance(value, tuple) and value:
            self.apart(node, "particular values are named")

    def infer(self, e: Expr, env: Mapping[str, _Node]) -> _Node:
        """The set that the value of an expression, or the elements of its value, come from."""
        match e:
            case Const(value=value):
                if isinstance(value, frozenset) and any(isinstance(member, int) for member in value):
                    self.constants[id(e)] = e
                    return self.find(("constant", id(e)))
                node = self.new()
                self.value(value, node)
                return node
            case Self():
                return self.new()
            case BoundName(name=name):
                return env[name]
            case Read(variable=variable, indices=indices):
                for index in indices:
                    self.apart(self.infer(index, env), "it is used as an index")
                return self.find(("variable", variable))
            case Quantified(kind=kind, name=name, domain=domain, condition=condition, body=body):
                inner = {**env, name: self.infer(domain, env)}
                if condition is not None:
                    self.infer(condition, inner)
                node = self.infer(body, inner)
                return node if kind == "build" else self.new()
            case Apply(operator="if", arguments=(test, yes, no)):
                self.infer(test, env)
                return self.union(self.infer(yes, env), self.infer(no, env))
            case Defined(name=name, argument=argument):
                return self.infer(self.bodies[name], {"t": self.infer(argument, env)})
            case TaskAt(index=index):
                self.apart(self.infer(index, env), "it is used as an index")
                return self.new()
            case StandsAt(task=task):
                self.infer(task, env)
                return self.new()
            case Composed(operands=operands):
                for operand in operands:
                    self.apart(self.infer(operand, env), _IN_WORD)
                return self.new()
            case FieldOf(operand=operand):
                self.infer(operand, env)
                return self.new(_IN_WORD)
            case Altered(operand=operand, value=part):
                self.apart(self.infer(part, env), _IN_WORD)
                return self.infer(operand, env)
            case Apply(operator=operator, arguments=arguments):
                nodes = [self.infer(argument, env) for argument in arguments]
                if operator in _SAME_VALUES and nodes:
                    self.union(*nodes)
                elif operator not in _TRUTH and operator != "len":
                    for node in nodes:
                        self.apart(node, "its values are counted with")
                if operator in _TRUTH:
                    return self.new()
                return self.find(nodes[0]) if operator in _SAME_VALUES and nodes else self.new("a number")
            case _:
                raise AssertionError(f"unresolved {e}")

    def visit(self, node: object, env: Mapping[str, _Node]) -> None:
        """Follows what flows in any part of a program."""
        match node:
            case Assign(variable=variable, indices=indices, value=value):
                for index in indices:
                    self.apart(self.infer(index, env), "it is used as an index")
                self.union(("variable", variable), self.infer(value, env))
            case Fill(variable=variable, names=names, value=value):
                inner = {**env, **{name: self.new("an index") for name in names}}
                self.union(("variable", variable), self.infer(value, inner))
            case Pick(name=name, domain=domain, then=then):
                self.visit(then, {**env, name: self.infer(domain, env)})
            case Definition(body=body):
                self.infer(body, {"t": self.new()})
            case Const() | Read() | Self() | BoundName() | Apply() | Quantified() | TaskAt() | Defined():
                self.infer(node, env)
            case Composed() | FieldOf() | Altered():
                self.infer(node, env)
            case At() | StandsAt():
                self.infer(node, env)
            case _:
                for part in parts(node):
                    self.visit(part, env)
