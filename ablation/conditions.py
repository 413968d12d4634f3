"""Parts of conditions under `and` and `or`, each left out."""

from __future__ import annotations

from collections.abc import Iterator

from ..dsl.model.walk import parts
from ..dsl.syntax import tree
from ..dsl.vocabulary.lookup import ASSERTING
from .change import Change

_JOINS = ("and", "or")


def of_conditions(body: tree.Block) -> Iterator[Change]:
    """A change for each operand of each chain of `and`, or of `or`, in code."""
    todo: list[object] = [body]
    while todo:
        node = todo.pop()
        if _asserts(node):
            continue
        if isinstance(node, tree.Binary) and node.operator in _JOINS:
            operands = _operands(node, node.operator)
            for at, operand in enumerate(operands):
                rest = operands[:at] + operands[at + 1 :]
                made = _chain(rest, node)
                yield Change("condition", "gone", operand.span, node.span, old=node, new=made)
            todo += operands
        else:
            todo += parts(node)


def _asserts(node: object) -> bool:
    match node:
        case tree.Assert():
            return True
        case tree.Call(function=tree.Name(id=word)):
            return word in ASSERTING
    return False


def _operands(node: tree.Expr, operator: str) -> list[tree.Expr]:
    if isinstance(node, tree.Binary) and node.operator == operator:
        return [*_operands(node.left, operator), *_operands(node.right, operator)]
    return [node]


def _chain(operands: list[tree.Expr], whole: tree.Binary) -> tree.Expr:
    first, *others = operands
    for other in others:
        first = tree.Binary(first.span.to(other.span), whole.operator, first, other)
    return first
