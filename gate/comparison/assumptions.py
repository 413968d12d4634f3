"""What became of what is assumed: each `assume` more means that less is examined."""

from __future__ import annotations

from collections.abc import Iterator

from ...dsl.syntax import tree
from ...dsl.syntax.written import written
from .difference import NEUTRAL, STRONGER, WEAKER, Difference
from .implication import direction
from .parts import scenario_of
from .terms import Surroundings, Term, term


def assumed_in(of: tree.Tree, scenario: str | None) -> tuple[tree.Assume, ...]:
    """What is assumed in a scenario: by the model, and there."""
    everywhere = tuple(node for node in of.declarations if isinstance(node, tree.Assume))
    own = scenario_of(of, scenario)
    return everywhere + (own.assumed if own else ())


def assumed_terms(of: tree.Tree, scenario: str | None, where: Surroundings) -> frozenset[Term]:
    """The same as terms, in no order."""
    return frozenset(term(node.formula, where) for node in assumed_in(of, scenario))


def compare_assumptions(
    old: tree.Tree,
    new: tree.Tree,
    one: str | None,
    other: str | None,
    pair: tuple[Surroundings, Surroundings],
) -> Iterator[Difference]:
    """The differences in a scenario that was called `one` and is called `other`.

    What is assumed now and follows from nothing that was assumed before is weaker: behaviours that leave it
    were followed.  What was assumed and follows from nothing that still is, is stronger."""
    within = f" in {other}" if other else ""
    before = [(node, term(node.formula, pair[0])) for node in assumed_in(old, one)]
    after = [(node, term(node.formula, pair[1])) for node in assumed_in(new, other)]
    for node, says in after:
        if not any(direction(was, says) in (WEAKER, NEUTRAL) for _, was in before):
            message = f"it is assumed{within}: behaviours that leave it are not followed"
            yield Difference("assume-added", WEAKER, written(node.formula), message, None, node.span)
    for node, said in before:
        if not any(direction(says, said) in (WEAKER, NEUTRAL) for _, says in after):
            message = f"it is no longer assumed{within}"
            yield Difference("assume-removed", STRONGER, written(node.formula), message, node.span, None)
