"""What a model expects of its properties, and where it states them."""

from __future__ import annotations

from ..dsl.model import model as m
from ..dsl.source import Span
from .load import Cell
from .result import HOLDS, Judgement


def properties_of(cell: Cell) -> tuple[str, ...]:
    """Everything that has a verdict in a cell, in the order of the report."""
    program = cell.program
    builtin = tuple(name for name in program.properties if name in m.BUILT_IN_CHECKS)
    own = tuple(name for name in program.properties if name not in m.BUILT_IN_CHECKS)
    sometimes = tuple(formula.property for formula in program.sometimes)
    return (*own, *(p.name for p in program.temporal), *sometimes, *builtin)


def base_policy(cell: Cell) -> str | None:
    """The policy of the prelude, or of the model, that the cell's own is made from, if any."""
    return None if cell.policy is None else cell.model.policy(cell.policy).base


def expected(cell: Cell, property: str) -> Judgement:
    """What the model expects, by default that the property holds."""
    stated = expectation(cell, property)
    return HOLDS if stated is None else stated.verdict


def expectation(cell: Cell, property: str) -> m.Expectation | None:
    """The most specific of the model's expectations; None when it has none."""
    best, found = -1, None
    for stated in cell.model.expectations:
        if stated.target != property:
            continue
        if stated.under and not {cell.policy, base_policy(cell)} & set(stated.under):
            continue
        if stated.scenarios and cell.scenario not in stated.scenarios:
            continue
        weight = bool(stated.under) + bool(stated.scenarios)
        if weight >= best:
            best, found = weight, stated
    return found


def place_of(cell: Cell, property: str) -> Span | None:
    """Where a property is stated, by its first assertion if need be; None for a check that is always made."""
    if property in m.BUILT_IN_CHECKS:
        return None
    program = cell.program
    spans = [formula.span for formula in (*program.invariants, *program.sometimes)
             if formula.property == property]  # fmt: skip
    spans += [formula.span for formula in program.temporal if formula.name == property]
    spans += [claim.span for point in program.points for claim in point.claims if claim.property == property]
    return min(spans, default=None)
