"""Loops that a task goes round for their own sake, rather than to get out of them."""

from __future__ import annotations

from ..dsl import model as m
from ..dsl.fold import NotConstant, evaluate


def endless(node: m.While) -> bool:
    """Whether nothing but a choice ends the loop: `while True` or `while maybe()`, without `break` or
    `return`.  To come round it is progress; any other loop is left when its condition is met."""
    test = node.condition.action if isinstance(node.condition, m.Negated) else node.condition
    if isinstance(test, m.Action):
        return isinstance(test, m.Maybe) and not _left(node.body)
    try:
        return bool(evaluate(test)) and not _left(node.body)
    except NotConstant:
        return False


def _left(body: object, *, inner: bool = False) -> bool:
    """Whether a `return`, or a `break` that is not of an inner loop, stands in it."""
    if isinstance(body, m.Return) or (isinstance(body, m.Break) and not inner):
        return True
    inner = inner or isinstance(body, m.While | m.For)
    return any(_left(part, inner=inner) for part in m.parts(body))
