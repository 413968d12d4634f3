"""Loops that a task goes round for their own sake, rather than to get out of them."""

from __future__ import annotations

from ...dsl.model import model as m
from ...dsl.model.fold import truth_of


def endless(node: m.While) -> bool:
    """Whether nothing but a choice ends the loop: `while True` or `while maybe()`, without `break` or
    `return`.  To come round it is progress; any other loop is left when its condition is met."""
    if _left(node.body, {part.name for part in m.walk(node.body) if isinstance(part, m.Label)}):
        return False
    return truth_of(node.condition) is True or _chosen(node.condition)


def _chosen(test: m.Condition) -> bool:
    """Whether nothing but choices decides a condition."""
    match test:
        case m.Maybe():
            return True
        case m.Negated(operand=operand):
            return _chosen(operand)
        case m.Joined(left=left, right=right):
            return all(_chosen(part) or truth_of(part) is not None for part in (left, right))
        case _:
            return False


def _left(body: object, labels: set[str], *, inner: bool = False) -> bool:
    """Whether a `return` stands in it, a `break` that is not of an inner loop, or a `goto` to none of its
    own `labels`."""
    if isinstance(body, m.Return) or (isinstance(body, m.Break) and not inner):
        return True
    if isinstance(body, m.Goto):
        return body.name not in labels
    inner = inner or isinstance(body, m.While | m.For)
    return any(_left(part, labels, inner=inner) for part in m.parts(body))
