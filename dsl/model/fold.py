"""The value of a typed expression that needs no state."""

from __future__ import annotations

import operator
from collections.abc import Callable, Mapping

from ..source import Span
from . import model as m
from .sorts import Record, Value


class NotConstant(Exception):
    """The expression depends on the state, at `span`."""

    def __init__(self, span: Span) -> None:
        super().__init__(str(span))
        self.span = span


BINARY: dict[str, Callable[..., Value]] = {
    "==": operator.eq, "!=": operator.ne, "<": operator.lt, "<=": operator.le, ">": operator.gt,
    ">=": operator.ge, "+": operator.add, "-": operator.sub, "*": operator.mul, "//": operator.floordiv,
    "%": operator.mod, "|": operator.or_, "&": operator.and_, "minus": operator.sub,
    "subset": operator.le, "in": lambda item, group: item in group, "min": min, "max": max,
}  # fmt: skip


def evaluate(e: m.Expr, bound: Mapping[str, Value] | None = None) -> Value:
    """The value of `e`; raises NotConstant when it reads a variable or checks at run time."""
    known = bound or {}
    match e:
        case m.Literal(value=value):
            return value
        case m.BoundUse(bound=variable):
            if variable.name in known:
                return known[variable.name]
        case m.Operation(operator="not", operands=(one,)):
            return not evaluate(one, known)
        case m.Operation(operator="neg", operands=(one,)):
            value = evaluate(one, known)
            assert isinstance(value, int)
            return -value
        case m.Operation(operator="len", operands=(one,)):
            value = evaluate(one, known)
            assert isinstance(value, frozenset)
            return len(value)
        case m.Operation(operator="and" | "or" | "implies" as word, operands=(left, right)):
            first = evaluate(left, known)
            if word == "or":
                return True if first else evaluate(right, known)
            return evaluate(right, known) if first else word == "implies"
        case m.Operation(operator=word, operands=operands):
            return BINARY[word](*(evaluate(operand, known) for operand in operands))
        case m.Fit(operand=operand, sort=sort):
            value = evaluate(operand, known)
            if isinstance(value, int) and sort.low <= value <= sort.high:
                return value
        case m.Quantified():
            test = any if e.kind == "any" else all
            return test(evaluate(e.body, inner) for inner in _inside(e.bound, e.domain, e.condition, known))
        case m.SetDisplay(elements=elements):
            return frozenset(evaluate(element, known) for element in elements)
        case m.Composed(names=names, operands=operands, sort=of):
            made = dict(zip(names, (evaluate(e, known) for e in operands), strict=True))
            return Record(tuple((name, made[name]) for name, _, _ in of.fields))
        case m.FieldOf(operand=operand, name=name):
            value = evaluate(operand, known)
            assert isinstance(value, Record)
            return value.part(name)
        case m.SetBuild():
            chosen = _inside(e.bound, e.domain, e.condition, known)
            return frozenset(evaluate(e.element, inner) for inner in chosen)
        case _:
            pass
    raise NotConstant(e.span)


def truth_of(test: m.Condition) -> bool | None:
    """The outcome of a condition where it is the same in every state; None where it is open."""
    match test:
        case m.Negated(operand=operand):
            inner = truth_of(operand)
            return None if inner is None else not inner
        case m.Joined(operator=operator, left=left, right=right):
            first = truth_of(left)
            if first is None or first == (operator == "or"):
                return first
            return truth_of(right)
        case _ if isinstance(test, m.Action):
            return None
        case _:
            try:
                return bool(evaluate(test))
            except NotConstant:
                return None


def _inside(
    bound: m.Bound, domain: m.Expr, condition: m.Expr | None, known: Mapping[str, Value]
) -> list[Mapping[str, Value]]:
    group = evaluate(domain, known)
    assert isinstance(group, frozenset)
    inner = [{**known, bound.name: item} for item in group]
    return [one for one in inner if condition is None or evaluate(condition, one)]
