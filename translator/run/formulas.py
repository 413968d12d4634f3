"""Temporal formulas as automata: Gerth, Peled, Vardi and Wolper's tableau ("Simple on-the-fly automatic
verification of linear temporal logic", 1995)."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field

from ..lower.temporal import is_temporal
from ..program.program import FALSE, TRUE, Apply, Const, Expr, Program, Read

Look = Callable[[], None]
"""Called every now and then; what it raises ends the work."""


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
    known = until_of(e, program)
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
    """Whether an `until` stands in it, which only `until_of` makes."""
    return isinstance(e, Apply) and (e.operator == "until" or any(map(_has_until, e.arguments)))


def until_of(e: Expr, program: Program) -> Expr | None:
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
    numbers: dict[Formula, int] = {}
    _number(formula, numbers)
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
        # Any would do; the same each time gives the same automaton each time.
        one = min(new, key=numbers.__getitem__)
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


def _number(formula: Formula, numbers: dict[Formula, int]) -> None:
    numbers.setdefault(formula, len(numbers))
    if isinstance(formula, Until | Both):
        _number(formula.left, numbers)
        _number(formula.right, numbers)


def _untils(formula: Formula) -> dict[Until, None]:
    match formula:
        case Until(left=left, right=right, release=release):
            return ({formula: None} if not release else {}) | _untils(left) | _untils(right)
        case Both(left=left, right=right):
            return _untils(left) | _untils(right)
        case _:
            return {}


@dataclass(frozen=True, slots=True)
class Automaton:
    """What accepts the behaviours that violate a formula.

    A behaviour is accepted if from one of the `initial` nodes on some path of nodes fits it state by state,
    as their `atoms` ask, and meets each of the `goals` again and again.  A goal is a set of nodes.
    """

    atoms: tuple[tuple[tuple[Expr, bool], ...], ...]
    initial: tuple[int, ...]
    following: tuple[tuple[int, ...], ...]
    goals: tuple[frozenset[int], ...]

    @classmethod
    def against(cls, formula: Expr, program: Program, look: Look) -> Automaton:
        """The automaton of the behaviours on which a formula of a program is false."""
        wrong = normal(formula, True, program)
        nodes = tableau(wrong, look)
        following: list[list[int]] = [[] for _ in nodes]
        initial: list[int] = []
        for number, node in enumerate(nodes):
            for before in sorted(node.before):
                (initial if before < 0 else following[before]).append(number)
        goals = [
            frozenset(n for n, node in enumerate(nodes) if until not in node.done or until.right in node.done)
            for until in _untils(wrong)
        ]
        return cls(
            tuple(tuple((atom.state, not atom.negated) for atom in node.atoms) for node in nodes),
            tuple(initial),
            tuple(tuple(after) for after in following),
            tuple(goals),
        )
