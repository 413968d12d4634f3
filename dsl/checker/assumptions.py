"""Checking `assume`: what behaviours have to keep to in order to be followed."""

from __future__ import annotations

from collections.abc import Sequence

from ..diagnostics import Diagnostics
from ..model import model as m
from ..model.fold import truth_of
from ..syntax import tree
from ..syntax.written import written
from .values.expressions import condition
from .values.scope import Names, Scope


def assumptions(
    declared: tuple[tree.Declaration, ...], scenario: str | None, claimed: Sequence[m.Formula], names: Names,
    diagnostics: Diagnostics,
) -> tuple[m.Assumption, ...]:  # fmt: skip
    """What a model assumes in a scenario: what stands at its left margin, and in the scenario.

    Refused is what the state has no part in, and an assumption where a temporal property is claimed: how a
    behaviour goes on that is followed no further, none of the two engines knows.
    """
    made: list[m.Assumption] = []
    for node in _of(declared, scenario):
        scope = Scope(names, diagnostics, "formula", in_process="")
        typed = condition(node.formula, scope)
        if typed is None:
            continue
        if truth_of(typed) is not None or not m.is_stateful(typed):
            help = "leave it out, or say something of the state"
            diagnostics.add("bad-assume", node.span, "this is the same in every state", help)
            continue
        made.append(m.Assumption(written(node.formula), typed, node.span, node.formula.span))
    temporal = next((formula for formula in claimed if formula.kind == "property"), None)
    if made and temporal is not None:
        text = made[0].text
        message = f"`{temporal.name}` is a temporal property, and behaviours are cut short here"
        help = (
            f"claim `(always ({text})) implies ...` without the `assume`, "
            f"or `property {temporal.name} in SCENARIO` where nothing is assumed"
        )
        diagnostics.add("bad-assume", made[0].span, message, help, [(temporal.span, "it stands here")])
    return tuple(made)


def _of(declared: tuple[tree.Declaration, ...], scenario: str | None) -> list[tree.Assume]:
    found = [node for node in declared if isinstance(node, tree.Assume)]
    for node in declared:
        if isinstance(node, tree.Scenario) and node.name == scenario:
            found += node.assumed
    return found
