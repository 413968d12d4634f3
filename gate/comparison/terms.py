"""Expressions in a form in which those that say the same are equal: no places, no comments, no order
of `and` and `or`, constants replaced by their values, `not` moved inwards as far as it goes."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, fields, is_dataclass
from typing import Any

from ...dsl.checker.scenarios import scene
from ...dsl.checker.values.scope import Names
from ...dsl.checker.values.settle import constants
from ...dsl.diagnostics import Diagnostics
from ...dsl.model.fold import BINARY
from ...dsl.source import Span
from ...dsl.syntax import tree
from .certain import decided, extreme, fewer, members

Term = tuple[Any, ...]
"""The word for what it is, then its parts; `("value", "int", 3)`, `("and", (a, b))`."""

TRUE: Term = ("value", "bool", True)
FALSE: Term = ("value", "bool", False)
_NOT_WRITTEN = ("span", "doc", "body", "elifs", "orelse", "others")
_MIRRORED = {">": "<", ">=": "<="}
_NEGATED = {"<": "<=", "<=": "<", "==": "!=", "!=": "=="}


@dataclass(frozen=True, slots=True)
class Surroundings:
    """What names stand for in one scenario of a specification: the values of constants and members, and
    the types that aliases and processes are."""

    values: Mapping[str, bool | int | str] = field(default_factory=dict)
    types: Mapping[str, tree.Expr] = field(default_factory=dict)
    counts: Mapping[str, tree.Expr | None] = field(default_factory=dict)


def surroundings(specification: tree.Tree, scenario: str | None) -> Surroundings:
    """The surroundings of a scenario (None: of the declarations alone)."""
    names, unheard = Names(), Diagnostics()
    declared = specification.declarations
    constants(specification, {}, scene(specification, scenario, unheard).constants, names, unheard)
    values = {name: value for name, value in names.constants.items() if isinstance(value, bool | int | str)}
    values.update({name: name for name in names.members})
    types = {node.name: node.type for node in declared if isinstance(node, tree.TypeAlias)}
    counts = {node.name: node.count for node in declared if isinstance(node, tree.Process)}
    return Surroundings(values, types, counts)


def shape(node: object) -> Term:
    """A node as it is written, without its place; blocks and docstrings are left out."""
    if isinstance(node, tuple):
        return tuple(shape(item) for item in node)
    if not is_dataclass(node):
        return (type(node).__name__, node)
    parts = (getattr(node, item.name) for item in fields(node) if item.name not in _NOT_WRITTEN)
    return (type(node).__name__, *(shape(part) for part in parts))


def code(node: object, where: Surroundings) -> Term:
    """As `shape`, with the values of constants.  In code the order of `and` and `or` is one of steps."""
    if isinstance(node, tree.Name) and node.id in where.values:
        return _value(where.values[node.id])
    if isinstance(node, tree.Number | tree.Truth):
        return _value(node.value)
    if isinstance(node, tuple):
        return tuple(code(item, where) for item in node)
    if not is_dataclass(node):
        return (type(node).__name__, node)
    parts = [code(getattr(node, item.name), where) for item in fields(node) if item.name not in _NOT_WRITTEN]
    if isinstance(node, tree.Binary) and node.operator in BINARY:
        return _folded(node.operator, parts[1], parts[2])
    return (type(node).__name__, *parts)


def nodes(node: object) -> Iterator[object]:
    """`node` and everything below it."""
    yield node
    if isinstance(node, tuple):
        for item in node:
            yield from nodes(item)
    elif is_dataclass(node) and not isinstance(node, Span):
        for item in fields(node):
            yield from nodes(getattr(node, item.name))


def names_in(node: object) -> set[str]:
    """The names that expressions below `node` mention."""
    return {part.id for part in nodes(node) if isinstance(part, tree.Name)}


def term(node: Any, where: Surroundings, bound: Mapping[str, int] | None = None) -> Term:
    """The normal form of an expression in its surroundings; `bound` numbers the variables of quantifiers."""
    inside = bound or {}

    def of(part: object) -> Term:
        return term(part, where, inside)

    match node:
        case tree.Name(id=name):
            if name in inside:
                return ("bound", inside[name])
            if name in where.values:
                return _value(where.values[name])
            return ("name", name)
        case tree.Number(value=number):
            return _value(number)
        case tree.Truth(value=truth):
            return _value(truth)
        case tree.Unary(operator="not", operand=operand):
            return negated(of(operand))
        case tree.Unary(operator="-", operand=operand):
            return _folded("-", _value(0), of(operand))
        case tree.Unary(operator=word, operand=operand):
            return (word, of(operand))
        case tree.Binary(operator="and" | "or" as word, left=left, right=right):
            return joined(word, (of(left), of(right)))
        case tree.Binary(operator="implies", left=left, right=right):
            return joined("or", (negated(of(left)), of(right)))
        case tree.Binary(operator=word, left=left, right=right):
            return _folded(word, of(left), of(right))
        case tree.Comparison(first=first, rest=((word, second),)):
            return _compared(word, of(first), of(second))
        case tree.Call(function=tree.Name(id="all" | "any" as word), arguments=(tree.Generator() as inner,)):
            return _quantified(word, inner, where, inside)
        case tree.Call(function=tree.Name(id="range" | "choose")):
            return domain(node, where, inside)
        case tree.Call(function=tree.Name(id="min" | "max" as word), arguments=arguments) if arguments:
            return extreme(word, tuple(of(argument) for argument in arguments))
        case tree.SetLiteral(elements=elements):
            return ("set", tuple(sorted({of(element) for element in elements}, key=repr)))
        case tree.SetComprehension(generator=tree.Generator(element=element, clauses=(clause,))):
            return _built(element, clause, where, inside)
        case tuple():
            return tuple(of(part) for part in node)
        case str() | bool() | int() | None:
            return (type(node).__name__, node)
        case _:
            parts = (getattr(node, item.name) for item in fields(node) if item.name != "span")
            return (type(node).__name__, *(of(part) for part in parts))


def domain(node: object, where: Surroundings, bound: Mapping[str, int] | None = None) -> Term:
    """The normal form of a type, or of what a quantifier, a loop or a choice ranges over.

    Where its bounds are constant it is `("range", low, high)`, the high one not in it.
    """
    match node:
        case tree.Name(id=name) if name in where.types:
            others = {other: type_ for other, type_ in where.types.items() if other != name}
            return domain(where.types[name], Surroundings(where.values, others, where.counts))
        case tree.Name(id="bool"):
            return ("bool",)
        case tree.Name(id=name) if name in where.counts:
            tasks = where.counts[name]
            high = _value(1) if tasks is None else term(tasks, where)
            return ("range", 0, high[2]) if high[:2] == ("value", "int") else ("name", name)
        case tree.Call(function=tree.Name(id="range"), arguments=arguments) if 1 <= len(arguments) <= 2:
            bounds = [term(argument, where, bound) for argument in arguments]
            if all(one[:2] == ("value", "int") for one in bounds):
                low = 0 if len(bounds) == 1 else bounds[0][2]
                return ("range", low, bounds[-1][2])
            return ("range of", *bounds)
        case tree.Call(function=tree.Name(id=word), arguments=(one,)):
            return (word, domain(one, where, bound))
        case tree.Subscript(base=tree.Name(id="set"), index=index):
            return ("subsets", domain(index, where, bound))
        case tree.Subscript(base=base, index=index):
            length = term(index, where, bound)
            size = ("range", 0, length[2]) if length[:2] == ("value", "int") else length
            return ("array", domain(base, where, bound), size)
        case tree.Binary(operator="|", left=left, right=right):
            return ("either of", domain(left, where, bound), domain(right, where, bound))
        case tree.Binary(operator="-" | "&" as word, left=left, right=right):
            return fewer(word, domain(left, where, bound), domain(right, where, bound))
        case _:
            return term(node, where, bound)


def truth(node: tree.Expr, where: Surroundings) -> bool | None:
    """Whether a condition is constant, and what it is then."""
    found = term(node, where)
    return found[2] if found[:2] == ("value", "bool") else None


def joined(word: str, parts: tuple[Term, ...]) -> Term:
    """The conjunction or disjunction of some terms: flat, in order, each once."""
    neutral, deciding = (TRUE, FALSE) if word == "and" else (FALSE, TRUE)
    flat: set[Term] = set()
    for part in parts:
        flat.update(part[1] if part[0] == word else (part,))
    flat.discard(neutral)
    if deciding in flat:
        return deciding
    ordered = tuple(sorted(flat, key=repr))
    return neutral if not ordered else ordered[0] if len(ordered) == 1 else (word, ordered)


def negated(t: Term) -> Term:
    """The negation of a term."""
    match t:
        case ("value", "bool", value):
            return _value(not value)
        case ("not", inner):
            return inner  # type: ignore[no-any-return]
        case ("and", parts):
            return joined("or", tuple(negated(part) for part in parts))
        case ("or", parts):
            return joined("and", tuple(negated(part) for part in parts))
        case ("all", group, body):
            return ("any", group, negated(body))
        case ("any", group, body):
            return ("all", group, negated(body))
        case ("always", body):
            return ("eventually", negated(body))
        case ("eventually", body):
            return ("always", negated(body))
        case ("==" | "!=" as word, left, right):
            return (_NEGATED[word], left, right)
        case ("<" | "<=" as word, left, right) if not _about_sets(left, right):
            return (_NEGATED[word], right, left)
        case _:
            return ("not", t)


def _about_sets(left: Term, right: Term) -> bool:
    """Whether `<=` may be about sets, of which neither need be part of the other: certainly not beside a
    number."""
    return "value" not in (left[0], right[0])


def _compared(word: str, left: Term, right: Term) -> Term:
    if word == "not in":
        return negated(_compared("in", left, right))
    if word in _MIRRORED:
        word, left, right = _MIRRORED[word], right, left
    if left[0] == right[0] == "value" and left[1] == right[1] and word != "in":
        return _value(BINARY[word](left[2], right[2]))
    if word in ("==", "!="):
        left, right = sorted((left, right), key=repr)
        # A comparison with a truth is what is compared, or its negation.
        if left[:2] == ("value", "bool"):
            return right if left[2] == (word == "==") else negated(right)
        if right[:2] == ("value", "bool"):
            return left if right[2] == (word == "==") else negated(left)
    certain = decided(word, left, right) if word in ("==", "!=", "<", "<=") else None
    return (word, left, right) if certain is None else _value(certain)


def _quantified(word: str, inner: tree.Generator, where: Surroundings, bound: Mapping[str, int]) -> Term:
    first, *rest = inner.clauses
    within = {**bound, first.name: len(bound)}
    if rest:
        body = _quantified(word, tree.Generator(inner.span, inner.element, tuple(rest)), where, within)
    else:
        body = term(inner.element, where, within)
    if first.condition is not None:
        test = term(first.condition, where, within)
        body = joined("or", (negated(test), body)) if word == "all" else joined("and", (test, body))
    return (word, domain(first.domain, where, bound), body)


def _built(element: tree.Expr, clause: tree.Clause, where: Surroundings, bound: Mapping[str, int]) -> Term:
    """A set made of another one: of its elements, where they are known; otherwise `("built", which variable,
    domain, condition, element)`."""
    group = domain(clause.domain, where, bound)
    found: set[Term] = set()
    others = {name: number for name, number in bound.items() if name != clause.name}
    for member in members(group) or ():
        here = Surroundings({**where.values, clause.name: member[2]}, where.types, where.counts)
        test = TRUE if clause.condition is None else term(clause.condition, here, others)
        made = term(element, here, others)
        if test[0] != "value" or made[0] != "value":
            break
        if test == TRUE:
            found.add(made)
    else:
        if members(group) is not None:
            return ("set", tuple(sorted(found, key=repr)))
    within = {**bound, clause.name: len(bound)}
    test = TRUE if clause.condition is None else term(clause.condition, where, within)
    return ("built", len(bound), group, test, term(element, where, within))


def _folded(word: str, left: Term, right: Term) -> Term:
    numbers = left[:2] == right[:2] == ("value", "int")
    if numbers and not (word in ("//", "%") and right[2] <= 0) and word in BINARY:
        return _value(BINARY[word](left[2], right[2]))
    return (word, left, right)


def _value(value: object) -> Term:
    return ("value", type(value).__name__, value)
