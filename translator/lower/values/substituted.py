"""An expression with one value for the variable of a comprehension."""

from __future__ import annotations

from dataclasses import replace

from ....dsl.model import model as m
from ....dsl.model import sorts as s


def substituted(e: m.Expr, bound: m.Bound, value: s.Value) -> m.Expr:
    """`e` with the variable of a comprehension replaced by one value."""

    def change(node: object) -> object:
        match node:
            case m.BoundUse(bound=used) if used.name == bound.name:
                return m.Literal(value, node.sort, node.span)
            case m.Quantified() | m.SetBuild() if node.bound.name == bound.name:
                return replace(node, domain=substituted(node.domain, bound, value))
            case _:
                return node

    changed = m.rewritten(e, change)
    return changed  # type: ignore[return-value]
