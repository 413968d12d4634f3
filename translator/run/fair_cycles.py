"""Temporal properties decided apart from TLC: a tableau and a search for fair cycles.

`Graph.of(program, limit).holds(formula)` goes through all states of a small program.  What is fair is said
here again, from the rules of the language: it shares nothing with what TLC is told.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field

from ..lower.temporal import is_temporal
from ..program.levels import above, handlers
from ..program.program import FALSE, TRUE, Apply, Const, Expr, Program, Read, Step
from .interpreter import Interpreter, State

Look = Callable[[], None]
"""Called every now and then; what it raises ends the work."""


class TooLarge(Exception):
    """The model has more states than the limit."""


@dataclass(frozen=True, slots=True)
class Until:
    """`left` until `right`, or (`release`) its dual."""

    left: Formula
    right: Formula
    release: bool = False


@dataclass(frozen=True, slots=True)
class Both:
    left: Formula
    right: Formula
    either: bool = False


@dataclass(frozen=True, slots=True)
class Atom:
    state: Expr
    negated: bool = False


Formula = Until | Both | Atom


def normal(e: Expr, negated: bool, program: Program) -> Formula:
    """A temporal formula with negations at its atoms only; monitors are `until` again."""
    if not (is_temporal(e) or _has_until(e)):
        # As a whole: `o != None and o < 1` has no value without its left side.
        return Atom(e, negated)
    known = _until(e, program)
    match known or e:
        case Apply(operator="until", arguments=(left, right)):
            return Until(normal(left, negated, program), normal(right, negated, program), negated)
        case Apply(operator="always", arguments=(inner,)):
            return Until(Atom(TRUE if negated else FALSE), normal(inner, negated, program), not negated)
        case Apply(operator="eventually", arguments=(inner,)):
            return Until(Atom(FALSE if negated else TRUE), normal(inner, negated, program), negated)
        case Apply(operator="leads_to", arguments=(left, right)):
            later = Apply("eventually", (right,))
            return normal(Apply("always", (Apply("implies", (left, later)),)), negated, program)
        case Apply(operator="not", arguments=(inner,)):
            return normal(inner, not negated, program)
        case Apply(operator="implies", arguments=(left, right)):
            return Both(normal(left, not negated, program), normal(right, negated, program), not negated)
        case Apply(operator="and" | "or" as word, arguments=(first, *others)):
            rest = first
            made = normal(rest, negated, program)
            for other in others:
                made = Both(made, normal(other, negated, program), (word == "or") != negated)
            return made
        case other:
            return Atom(other, negated)


def _has_until(e: Expr) -> bool:
    """Whether an `until` stands in it, which only `_until` makes."""
    return isinstance(e, Apply) and (e.operator == "until" or any(map(_has_until, e.arguments)))


def _until(e: Expr, program: Program) -> Expr | None:
    """The `until` that a property's use of a monitor stands for."""
    match e:
        case Apply(operator="and", arguments=(Apply(operator="always", arguments=(inner,)), _)):
            match inner:
                case Apply(operator="implies", arguments=(Read(variable=bit), p)):
                    for monitor in program.monitors:
                        if monitor.variable == bit:
                            until = Apply("until", (p, monitor.release))
                            if monitor.trigger == TRUE:
                                return until
                            return Apply("always", (Apply("implies", (monitor.trigger, until)),))
    return None


@dataclass(slots=True)
class _Node:
    """A state of the tableau: what it asks of the present, and its successors."""

    atoms: frozenset[Atom]
    done: frozenset[Formula]
    later: frozenset[Formula]
    before: set[int] = field(default_factory=set)


def _go_on() -> None:
    return None


def tableau(formula: Formula, look: Look = _go_on) -> list[_Node]:
    """The nodes of Gerth, Peled, Vardi and Wolper's construction; `before` has -1 for an initial one."""
    nodes: list[_Node] = []
    index: dict[tuple[frozenset[Formula], frozenset[Formula]], int] = {}
    todo = [({-1}, frozenset({formula}), frozenset[Formula](), frozenset[Formula]())]
    while todo:
        look()
        before, new, old, later = todo.pop()
        if not new:
            key = (old, later)
            if key in index:
                nodes[index[key]].before |= before
                continue
            index[key] = len(nodes)
            nodes.append(_Node(frozenset(f for f in old if isinstance(f, Atom)), old, later, set(before)))
            todo.append(({index[key]}, later, frozenset(), frozenset()))
            continue
        one = next(iter(new))
        new = new - {one}
        if one in old:
            todo.append((before, new, old, later))
            continue
        kept = old | {one}
        match one:
            case Atom(state=state, negated=negated):
                impossible = state == (TRUE if negated else FALSE) and isinstance(state, Const)
                if not impossible and Atom(state, not negated) not in old:
                    todo.append((before, new, kept, later))
            case Both(left=left, right=right, either=True):
                todo.append((before, new | {left}, kept, later))
                todo.append((before, new | {right}, kept, later))
            case Both(left=left, right=right):
                todo.append((before, new | {left, right}, kept, later))
            case Until(left=left, right=right, release=False):
                todo.append((before, new | {left}, kept, later | {one}))
                todo.append((before, new | {right}, kept, later))
            case Until(left=left, right=right):
                todo.append((before, new | {right}, kept, later | {one}))
                todo.append((before, new | {left, right}, kept, later))
    return nodes


def _untils(formula: Formula) -> set[Until]:
    match formula:
        case Until(left=left, right=right, release=release):
            return ({formula} if not release else set()) | _untils(left) | _untils(right)
        case Both(left=left, right=right):
            return _untils(left) | _untils(right)
        case _:
            return set()


@dataclass(frozen=True, slots=True)
class Promise:
    """A fairness condition of one task, on its steps from some points."""

    task: int
    strong: bool
    points: frozenset[str]


def acquires(step: Step, *, fair: bool) -> bool:
    """Whether it waits for a lock that is (not) fair."""
    return (
        step.lock is not None and step.lock.action in ("acquire", "join", "enter") and step.lock.fair == fair
    )


def promises(program: Program) -> list[Promise]:
    """What is assumed of each task, by the rules and not by the translator."""
    found: list[Promise] = []
    for number, task in enumerate(program.tasks):
        if program.process(task.process).unfair:
            continue
        own = {p.name: p.step for p in program.points if p.process == task.process and p.step is not None}
        own = {name: step for name, step in own.items() if step.kind != "arrive"}
        process = program.process(task.process)
        plain = not above(process.name, process.interrupts, handlers(program.processes))
        modest = {name for name, step in own.items() if step.kind == "await" or acquires(step, fair=False)}
        if program.cpus is None and plain and not any(acquires(step, fair=True) for step in own.values()):
            found.append(Promise(number, False, frozenset(own)))
        else:
            found.append(Promise(number, True, frozenset(set(own) - modest)))
            found.append(Promise(number, False, frozenset(modest)))
    return [promise for promise in found if promise.points]


@dataclass(slots=True)
class Graph:
    """The states of a program, numbered, those in which it `starts` first; per state its steps as (task,
    point, target)."""

    interpreter: Interpreter
    states: list[State]
    steps: list[list[tuple[int, str, int]]]
    starts: int

    @classmethod
    def of(cls, program: Program, limit: int, look: Look = _go_on) -> Graph:
        """All states of a program; raises TooLarge where there are more than `limit`."""
        interpreter = Interpreter(program)
        order = {task: i for i, task in enumerate(program.tasks)}
        found = {state: number for number, state in enumerate(interpreter.initials())}
        states = list(found)
        starts = len(states)
        steps: list[list[tuple[int, str, int]]] = []
        for state in states:
            look()
            here: list[tuple[int, str, int]] = []
            for transition in interpreter.transitions(state):
                if transition.state not in found:
                    if len(found) >= limit:
                        raise TooLarge
                    found[transition.state] = len(states)
                    states.append(transition.state)
                here.append((order[transition.task], transition.point.name, found[transition.state]))
            steps.append(here)
        return cls(interpreter, states, steps, starts)

    def holds(self, formula: Expr, look: Look = _go_on) -> bool:
        """Whether a temporal formula holds on every fair behaviour."""
        wrong = normal(formula, True, self.interpreter.program)
        nodes = tableau(wrong, look)
        value = self.interpreter.value
        truths: dict[Expr, list[bool]] = {}
        for node in nodes:
            for atom in node.atoms:
                if atom.state not in truths:
                    look()
                    truths[atom.state] = [value(atom.state, state) is True for state in self.states]

        def fits(node: int, state: int) -> bool:
            return all(truths[atom.state][state] != atom.negated for atom in nodes[node].atoms)

        following: dict[int, list[int]] = {number: [] for number in range(-1, len(nodes))}
        for number, node in enumerate(nodes):
            for one in node.before:
                following[one].append(number)
        places: dict[tuple[int, int], int] = {}
        listed: list[tuple[int, int]] = []

        def place(state: int, node: int) -> int:
            key = (state, node)
            if key not in places:
                places[key] = len(listed)
                listed.append(key)
            return places[key]

        for first in range(self.starts):
            for number in following[-1]:
                if fits(number, first):
                    place(first, number)
        edges: list[list[tuple[int, str, int]]] = []
        for number, asks in listed:
            look()
            here: list[tuple[int, str, int]] = []
            # Every state may also be repeated for ever, as far as fairness allows.
            for task, point, target in [*self.steps[number], (-1, "", number)]:
                for then in following[asks]:
                    if fits(then, target):
                        here.append((task, point, place(target, then)))
            edges.append(here)
        goals = [
            frozenset(n for n, node in enumerate(nodes) if until not in node.done or until.right in node.done)
            for until in _untils(wrong)
        ]
        asked = promises(self.interpreter.program)
        able = [
            [any(task == p.task and point in p.points for task, point, _ in steps) for p in asked]
            for steps in self.steps
        ]

        def fair(group: list[int]) -> list[int] | None:
            """None if some fair behaviour stays in a strongly connected group for ever, going everywhere;
            otherwise those of it in which one could."""
            inside = set(group)
            inner = [(a, task, point, b) for a in group for task, point, b in edges[a] if b in inside]
            if not inner:
                return []
            if any(all(listed[a][1] not in goal for a in group) for goal in goals):
                return []
            bad: set[int] = set()
            for number, promise in enumerate(asked):
                if any(task == promise.task and point in promise.points for _, task, point, _ in inner):
                    continue
                possible = {a for a in group if able[listed[a][0]][number]}
                if promise.strong:
                    bad |= possible
                elif len(possible) == len(group):
                    return []
            return sorted(inside - bad) if bad else None

        todo = list(_components(list(range(len(listed))), edges))
        while todo:
            look()
            rest = fair(todo.pop())
            if rest is None:
                return False
            todo.extend(_components(rest, edges))
        return True


def _components(nodes: list[int], edges: list[list[tuple[int, str, int]]]) -> Iterator[list[int]]:
    """Strongly connected components, by Tarjan's algorithm without recursion."""
    inside = set(nodes)
    index: dict[int, int] = {}
    low: dict[int, int] = {}
    stack: list[int] = []
    on: set[int] = set()
    for root in nodes:
        if root in index:
            continue
        work = [(root, iter([b for _, _, b in edges[root] if b in inside]))]
        index[root] = low[root] = len(index)
        stack.append(root)
        on.add(root)
        while work:
            node, following = work[-1]
            for other in following:
                if other not in index:
                    index[other] = low[other] = len(index)
                    stack.append(other)
                    on.add(other)
                    work.append((other, iter([b for _, _, b in edges[other] if b in inside])))
                    break
                if other in on:
                    low[node] = min(low[node], index[other])
            else:
                work.pop()
                if work:
                    low[work[-1][0]] = min(low[work[-1][0]], low[node])
                if low[node] == index[node]:
                    part: list[int] = []
                    while True:
                        other = stack.pop()
                        on.discard(other)
                        part.append(other)
                        if other == node:
                            break
                    yield part
