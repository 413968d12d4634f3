"""Where a temporal property uses a value that may be missing, and what it has made sure of before.

Invariants and assertions are tested state by state, and `none_used` is told of the state in which they
have no value.  A property is decided on whole behaviours, in every state of them, by runs that look at
nothing else.  So it has to be plain from its text that it has a value: `o != None and o < 1`.
"""

from __future__ import annotations

from collections.abc import Iterator

from ..diagnostics import Diagnostics
from ..model import model as m
from ..model import sorts as s


def refuse_unguarded(formula: m.Expr, diagnostics: Diagnostics) -> None:
    """Reports each optional value of a property that is used without a test before it, in the same
    state formula, and each index that may not fit."""
    for part in state_parts(formula):
        for use in _unguarded(part, frozenset()):
            if isinstance(use, m.Unwrap):
                help = f"test it right there: `{_name(use.operand)} != None and ...`"
                diagnostics.add(
                    "unguarded", use.span, "this may be None, and the property has no value then", help
                )
            else:
                message = f"this may not be within {use.sort.low} to {use.sort.high}"
                help = "range over what fits: `any(x == i and ... for i in range(N))`"
                diagnostics.add("unguarded", use.span, message, help)


def state_parts(e: m.Expr) -> Iterator[m.Expr]:
    """The largest parts of a property that are about one state; nothing outside one guards it."""
    if not any(isinstance(node, m.Temporal) for node in m.walk(e)):
        yield e
    elif isinstance(e, m.Quantified):
        if e.condition is not None:
            yield from state_parts(e.condition)
        yield from state_parts(e.body)
    elif isinstance(e, m.Operation | m.Temporal):
        for operand in e.operands:
            yield from state_parts(operand)


def _unguarded(node: object, known: frozenset[object]) -> Iterator[m.Unwrap | m.Fit]:
    """Uses of what may be missing, where the expressions in `known` are not None."""
    match node:
        case m.Operation(operator="and" | "or" | "implies" as word, operands=(left, right)):
            yield from _unguarded(left, known)
            yield from _unguarded(right, known | _sure(left, word != "or"))
        case (
            m.Quantified(domain=domain, condition=test, body=body)
            | m.SetBuild(domain=domain, condition=test, element=body)
        ):
            yield from _unguarded((domain, test), known)
            yield from _unguarded(body, known | (_sure(test, True) if test is not None else frozenset()))
        case m.Unwrap(operand=operand):
            yield from _unguarded(operand, known)
            if _key(operand) not in known:
                yield node
        case m.Fit(operand=operand):
            yield from _unguarded(operand, known)
            yield node
        case _:
            for part in m.parts(node):
                yield from _unguarded(part, known)


def _sure(e: m.Expr, outcome: bool) -> frozenset[object]:
    """What is not None when a condition has this outcome."""
    match e:
        case m.Operation(operator="not", operands=(inner,)):
            return _sure(inner, not outcome)
        case m.Operation(operator="and" | "or" | "implies" as word, operands=(left, right)):
            first = _sure(left, outcome != (word == "implies"))
            second = _sure(right, outcome)
            return first | second if outcome == (word == "and") else first & second
        case m.Operation(operator="==" | "!=" as word, operands=(left, right)):
            equal = outcome == (word == "==")
            return frozenset(
                _key(one)
                for one, other in ((left, right), (right, left))
                if (isinstance(other.sort, s.Nothing) if not equal else _is_value(other.sort))
            )
        case m.Operation(operator="in", operands=(item, group)) if outcome:
            assert isinstance(group.sort, s.SetOf)
            return frozenset({_key(item)} if _is_value(group.sort.of) else ())
        case _:
            return frozenset()


def _is_value(sort: s.Sort) -> bool:
    return not isinstance(sort, s.Optional | s.Nothing)


def _key(node: object) -> object:
    """An expression without its places in the source, to see whether two are the same."""
    match node:
        case m.Place(root=root, path=path):
            return root.name, _key(path)
        case m.BoundUse(bound=bound):
            return bound.name
        case tuple():
            return tuple(_key(item) for item in node)
        case _ if m.parts(node):
            return type(node).__name__, _key(m.parts(node))
        case _:
            return type(node).__name__, node


def _name(e: m.Expr) -> str:
    """A plain place as the author writes it; otherwise `x`."""
    if isinstance(e, m.Load) and all(isinstance(item, str) for item in e.place.path):
        return ".".join((e.place.root.name, *(str(item) for item in e.place.path)))
    return "x"
