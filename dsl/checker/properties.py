"""Checking what is claimed: invariants, properties, assertions and expectations."""

from __future__ import annotations

from collections.abc import Iterator

from ..diagnostics import Diagnostics, did_you_mean
from ..model import model as m
from ..source import Span
from ..syntax import tree
from .guards import refuse_unguarded
from .values.expressions import condition
from .values.scope import Names, Scope

Owner = m.Function | m.Process | m.Policy
"""What assertions stand in."""


def formulas(
    declared: tuple[tree.Declaration, ...], scenario: str | None, names: Names, diagnostics: Diagnostics
) -> list[m.Formula]:  # fmt: skip
    """The invariants, `sometimes` and temporal properties that a model has in a scenario."""
    formulas: list[m.Formula] = []
    scenarios = {node.name for node in declared if isinstance(node, tree.Scenario)}
    for node in declared:
        if isinstance(node, tree.Invariant | tree.Sometimes | tree.Property):
            kind = type(node).__name__.lower()
            scope = Scope(names, diagnostics, "temporal" if kind == "property" else "formula", in_process="")
            typed = condition(node.formula, scope)
            if typed is not None and kind == "property":
                _refuse_undecidable(typed, diagnostics)
                refuse_unguarded(typed, diagnostics)
            if node.name in m.BUILT_IN_CHECKS:
                diagnostics.add(
                    "reserved-name", node.span, f"`{node.name}` is always checked", "choose another name"
                )
            refuse_unknown(node.scenarios, scenarios, "scenario", node.span, names, diagnostics)
            claimed = scenario is None or not node.scenarios or scenario in node.scenarios
            if typed is not None and claimed:
                formulas.append(m.Formula(node.name, kind, typed, node.doc, node.span, node.formula.span))
    return formulas


def refuse_unknown(
    words: tuple[str, ...], known: set[str], what: str, span: Span, names: Names, diagnostics: Diagnostics
) -> None:
    """Reports names of scenarios, or policies, that there are none of."""
    for word in words:
        if word not in known and not names.may_be(word):
            help = did_you_mean(word, known) or (
                f"there are: {', '.join(sorted(known))}" if known else "none is declared"
            )
            diagnostics.add(f"unknown-{what}", span, f"there is no {what} `{word}`", help)


def assertions(owners: tuple[Owner, ...]) -> tuple[str, ...]:
    """The texts of all assertions, each once, in order."""
    return tuple(dict.fromkeys(node.text for node in _assertions(owners)))


def _assertions(owners: tuple[Owner, ...]) -> Iterator[m.Assert | m.Bug]:
    return (node for owner in owners for node in m.walk(owner.body) if isinstance(node, m.Assert | m.Bug))


def refuse_shared_names(
    declared: tuple[tree.Declaration, ...], owners: tuple[Owner, ...], diagnostics: Diagnostics
) -> None:
    """Reports assertions whose text is the name of another property.  A verdict, an `expect` and
    `--property` know a property by its name alone, so one of the two would be taken for the other."""
    kinds = tree.Invariant | tree.Sometimes | tree.Property
    formulas = {node.name: node for node in declared if isinstance(node, kinds)}
    for node in _assertions(owners):
        if node.text in m.BUILT_IN_CHECKS:
            help = "say what is wrong when it fails"
            diagnostics.add("reserved-name", node.span, f"`{node.text}` is always checked", help)
        elif (formula := formulas.get(node.text)) is not None:
            kind = type(formula).__name__.lower()
            article = "an" if kind == "invariant" else "a"
            message = f"`{node.text}` is the name of {article} `{kind}` already"
            help = f"give the assertion another text, or rename the `{kind}`"
            diagnostics.add("same-name", node.span, message, help, [(formula.span, "it stands here")])


def expectations(
    declared: tuple[tree.Declaration, ...], formulas: list[m.Formula], assertions: tuple[str, ...],
    names: Names, own: str, diagnostics: Diagnostics,
) -> list[m.Expectation]:  # fmt: skip
    """What the model expects, checked for names that do not exist; `own` is the file's path."""
    known = [*m.BUILT_IN_CHECKS, *assertions, *(formula.name for formula in formulas)]
    faulty = {
        node.name for node in declared if isinstance(node, tree.Invariant | tree.Sometimes | tree.Property)
    }
    faulty |= names.asserted
    policies = {node.name for node in declared if isinstance(node, tree.Policy)} | set(names.policies)
    scenarios = {node.name for node in declared if isinstance(node, tree.Scenario)}
    claimed_in = {
        node.name: set(node.scenarios)
        for node in declared
        if isinstance(node, tree.Invariant | tree.Sometimes | tree.Property)
    }
    expectations: list[m.Expectation] = []
    seen: dict[tuple[str, tuple[str, ...], tuple[str, ...]], Span] = {}
    for node in declared:
        if not isinstance(node, tree.Expect):
            continue
        if node.target not in known and node.span.path != own:
            # A base's expectation about something that its variant has removed.
            continue
        if not (node.target in known or node.target in faulty or _may_be(node.target, names)):
            help = did_you_mean(node.target, known) or "choose one of: " + ", ".join(known)
            diagnostics.add("unknown-property", node.span, f"there is no property `{node.target}`", help)
        refuse_unknown(node.under, policies, "policy", node.span, names, diagnostics)
        refuse_unknown(node.scenarios, scenarios, "scenario", node.span, names, diagnostics)
        only = claimed_in.get(node.target) or scenarios
        for word in node.scenarios:
            if word in scenarios and word not in only:
                message = f"`{node.target}` is not claimed in `{word}`"
                help = f"it is in {', '.join(f'`{name}`' for name in sorted(only))}"
                diagnostics.add("unknown-property", node.span, message, help)
        key = (node.target, node.under, node.scenarios)
        if key in seen:
            related = [(seen[key], "it stands here")]
            diagnostics.add(
                "declared-twice", node.span, "this expectation is stated already", related=related
            )
        seen.setdefault(key, node.span)
        expectations.append(m.Expectation(node.target, node.verdict, node.under, node.scenarios, node.span))
    return expectations


def _may_be(target: str, names: Names) -> bool:
    """Whether what an expectation is about may be among what could not be read."""
    return names.may_be(target) or (names.lost is not None and names.lost.may_assert(target))


def refuse_bad_acceptances(declared: tuple[tree.Declaration, ...], diagnostics: Diagnostics) -> None:
    """Each acceptance has a reason, and is stated once in its file.  What it is about may be gone."""
    seen: dict[tuple[str, str], Span] = {}
    for node in declared:
        if not isinstance(node, tree.Accept):
            continue
        if not node.reason.strip():
            help = "say why less is enough"
            diagnostics.add("no-reason", node.span, "an acceptance needs a reason", help)
        key = (node.span.path, node.target)
        if key in seen:
            related = [(seen[key], "it stands here")]
            diagnostics.add(
                "declared-twice", node.span, f"`{node.target}` is accepted already", related=related
            )
        seen.setdefault(key, node.span)


def _refuse_undecidable(e: m.Expr, diagnostics: Diagnostics) -> None:
    """What TLC cannot decide: temporal words under a quantifier over something that changes, and
    `until` anywhere but as `P until Q` or `always (R implies (P until Q))`."""
    for node in m.walk(e):
        if isinstance(node, m.Quantified) and is_temporal(node.body):
            if not isinstance(node.domain, m.Literal) or (node.condition and m.is_stateful(node.condition)):
                help = "range over numbers or a type"
                diagnostics.add(
                    "temporal-domain", node.span, "a temporal quantifier needs a constant domain", help
                )
    allowed: list[m.Expr] = []
    for part in conjuncts(e):
        match part:
            case m.Temporal(operator="until"):
                allowed.append(part)
            case m.Temporal(
                operator="always", operands=(m.Operation(operator="implies", operands=(_, last)),)
            ):
                allowed.append(last)
            case _:
                pass
    for node in m.walk(e):
        if isinstance(node, m.Temporal) and node.operator == "until":
            if node not in allowed or any(is_temporal(operand) for operand in node.operands):
                help = "write `P until Q` or `always (R implies (P until Q))`"
                diagnostics.add("until-form", node.span, "`until` cannot be decided in this place", help)


def is_temporal(e: object) -> bool:
    """Whether a temporal word stands in it."""
    return any(isinstance(node, m.Temporal) for node in m.walk(e))


def conjuncts(e: m.Expr) -> list[m.Expr]:
    """The parts that `and` and `all` at the top of a property join."""
    if isinstance(e, m.Operation) and e.operator == "and":
        return [part for operand in e.operands for part in conjuncts(operand)]
    if isinstance(e, m.Quantified) and e.kind == "all":
        return conjuncts(e.body)
    return [e]
