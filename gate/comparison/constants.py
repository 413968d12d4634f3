"""What another value of a constant, or another type under a name, does where nothing else has changed."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from ...dsl.source import Span
from ...dsl.syntax import tree
from .claims import Pair, claim, unchanged_assertions, unchanged_formulas
from .difference import DIFFERENT, NEUTRAL, STRONGER, WEAKER, Difference, worst
from .implication import change_of_domain, direction
from .terms import Surroundings, Term, domain, names_in, nodes, shape, term, truth

_DECIDING = {
    "narrower": (WEAKER, "less is examined"),
    "left out": (WEAKER, "code is no longer part of the model"),
    "never": (WEAKER, "an assertion stands where a condition is never true"),
    "smaller": (WEAKER, "a variable has fewer values"),
}
"""What makes another value weaker whatever else it does."""


def compare_constants(
    old: tree.Tree, new: tree.Tree, pairs: Mapping[str | None, Pair], processes: Mapping[str, str]
) -> list[Difference]:
    """A difference for each constant and scenario that has another value in both."""
    before = {node.name: node for node in old.declarations if isinstance(node, tree.Const)}
    after = {node.name: node for node in new.declarations if isinstance(node, tree.Const)}
    found: dict[tuple[str, Span, Span], Difference] = {}
    for scenario, (left, right) in pairs.items():
        for name in before:
            if name not in after:
                continue
            values = left.values.get(name), right.values.get(name)
            if values[0] == values[1]:
                continue
            names = _with_dependents(name, new)
            # Only these have their old values: what else has changed is told by itself.
            values_before = {n: left.values[n] for n in names if n in left.values}
            former = Surroundings({**right.values, **values_before}, right.types, right.counts)
            effect, why = _effect(names, old, new, (left, right), former, processes)
            way = "has another value"
            if not any(isinstance(value, bool | str) or value is None for value in values):
                way = "is lowered" if values[1] < values[0] else "is raised"  # type: ignore[operator]
            within = f" in {scenario}" if scenario else ""
            message = f"{_shown(values[0])} -> {_shown(values[1])}{within}: it {way}, {why}"
            one, other = _place(old, scenario, before[name]), _place(new, scenario, after[name])
            key = (name, one, other)
            found.setdefault(key, Difference("constant-changed", effect, name, message, one, other))
    told = {name for name, *_ in found}
    for name, node in before.items():
        if name in after and name not in told and shape(node.value) != shape(after[name].value):
            places = node.span, after[name].span
            message = "it is written otherwise, and has the same value wherever it is checked"
            found[name, *places] = Difference("constant-changed", NEUTRAL, name, message, *places)
    for name, node in before.items():
        if name not in after:
            found[name, node.span, node.span] = Difference(
                "constant-removed", NEUTRAL, name, "the constant is removed", node.span, None
            )
    for name, node in after.items():
        if name not in before:
            found[name, node.span, node.span] = Difference(
                "constant-added", NEUTRAL, name, "a constant is new", None, node.span
            )
    return list(found.values())


def compare_aliases(
    old: tree.Tree, new: tree.Tree, pairs: Mapping[str | None, Pair], processes: Mapping[str, str]
) -> list[Difference]:
    """A difference for each type that is something else under the same name."""
    before = {node.name: node for node in old.declarations if isinstance(node, tree.TypeAlias)}
    found: list[Difference] = []
    for node in new.declarations:
        if not isinstance(node, tree.TypeAlias) or node.name not in before:
            continue
        was = before[node.name]
        if shape(was.type) == shape(node.type):
            continue
        names = _with_dependents(node.name, new)
        told: list[tuple[str, str]] = []
        for left, right in pairs.values():
            if domain(was.type, left) == domain(node.type, right):
                told.append((NEUTRAL, "it is written otherwise"))
                continue
            former = Surroundings(right.values, {**right.types, node.name: was.type}, right.counts)
            told.append(_effect(names, old, new, (left, right), former, processes))
        effect = worst(one for one, _ in told)
        why = next(why for one, why in told if one == effect)
        found.append(Difference("type-changed", effect, node.name, why, was.span, node.span))
    return found


def _shown(value: object) -> str:
    return "no value" if value is None else str(value)


def _place(specification: tree.Tree, scenario: str | None, declared: tree.Const) -> Span:
    for node in specification.declarations:
        if isinstance(node, tree.Scenario) and node.name == scenario:
            for setting in node.settings:
                if setting.name == declared.name:
                    return setting.span
    return declared.span


def _effect(
    names: set[str], old: tree.Tree, new: tree.Tree, pair: Pair, former: Surroundings,
    processes: Mapping[str, str],
) -> tuple[str, str]:  # fmt: skip
    """What a change under some names does, and why; `former` is `pair[1]` without that change."""
    found = {*_sizes(names, new, former, pair[1]), *_claims(names, old, new, pair, processes)}
    for word, told in _DECIDING.items():
        if word in found:
            return told
    if "says less" in found:
        if "wider" in found:
            return DIFFERENT, "more is examined, and a claim says less"
        return WEAKER, "a claim says less"
    if "says else" in found or ("other code" in found and found != {"other code", "greater"}):
        return DIFFERENT, "code or a claim says something else"
    if "wider" in found:
        return STRONGER, "more is examined"
    if "greater" in found:
        if "other code" in found:
            return DIFFERENT, "a variable has more values"
        return WEAKER, "`out_of_range` lets more pass"
    if "says more" in found:
        return STRONGER, "a claim says more"
    if "other code" in found:
        return DIFFERENT, "code says something else"
    return NEUTRAL, "nothing depends on it"


def _with_dependents(name: str, specification: tree.Tree) -> set[str]:
    """A constant with the constants and types that depend on it."""
    found = {name}
    before = 0
    while before != len(found):
        before = len(found)
        for node in specification.declarations:
            if (isinstance(node, tree.Const | tree.TypeAlias) and found & names_in(node)) or (
                isinstance(node, tree.Process) and found & names_in(node.count)
            ):
                found.add(node.name)
    return found


def _sizes(names: set[str], new: tree.Tree, left: Surroundings, right: Surroundings) -> Iterator[str]:
    """What becomes of types, counts, loops and choices, and of the conditions in code."""

    def change(node: object) -> str:
        return change_of_domain(domain(node, left), domain(node, right))

    def examined(effect: str) -> Iterator[str]:
        yield from {WEAKER: ("narrower",), STRONGER: ("wider",), DIFFERENT: ("other code",)}.get(effect, ())

    for node in nodes(tuple(d for d in new.declarations if not _is_formula(d))):
        match node:
            case tree.Process(count=count) if count is not None:
                yield from examined(change_of_domain(_tasks(count, left), _tasks(count, right)))
            case (
                tree.Shared(type=type_) | tree.Ghost(type=type_) | tree.Field(type=type_)
                | tree.Local(type=type_) | tree.Parameter(type=type_)
            ) if type_ is not None:  # fmt: skip
                effect = change(type_)
                if any(isinstance(part, tree.Subscript) and _base(part) != "set" for part in nodes(type_)):
                    yield from examined(effect)
                else:
                    yield from {WEAKER: ("smaller",), STRONGER: ("greater",), DIFFERENT: ("other code",)}.get(
                        effect, ()
                    )
            case tree.For(domain=part) | tree.Clause(domain=part):
                yield from examined(change(part))
            case tree.Call(function=tree.Name(id="choose"), arguments=(part,)):
                yield from examined(change(part))
            case tree.If(condition=condition, body=body, orelse=orelse):
                was, is_ = truth(condition, left), truth(condition, right)
                if was is None or is_ is None:
                    yield from () if term(condition, left) == term(condition, right) else ("other code",)
                elif was != is_:
                    lost = body.statements if was else orelse
                    yield "left out" if lost else "wider"
            case tree.While(condition=condition) | tree.Elif(condition=condition):
                if truth(condition, left) is not False and truth(condition, right) is False:
                    yield "left out"
                elif term(condition, left) != term(condition, right):
                    yield "other code"
            case (
                tree.Assign() | tree.Augmented() | tree.CallStatement() | tree.Await() | tree.Return()
                | tree.Wait() | tree.PolicyUse() | tree.With()
            ):  # fmt: skip
                said: object = (node.lock, node.condition) if isinstance(node, tree.With) else node
                if names & set(_outside_domains(said)):
                    yield "other code"
            case tree.Assume(formula=part):
                says = direction(term(part, left), term(part, right))
                yield from {STRONGER: ("narrower",), WEAKER: ("wider",), DIFFERENT: ("other code",)}.get(
                    says, ()
                )
            case tree.Setting(value=value) if names & names_in(value):
                yield "other code"
            case _:
                pass


def _outside_domains(node: object) -> Iterator[str]:
    """The names that are used otherwise than for what a loop or a choice goes through."""
    match node:
        case tree.Name(id=name):
            yield name
        case tree.Call(function=tree.Name(id="range" | "choose")):
            pass
        case tree.Clause(condition=condition):
            yield from _outside_domains(condition)
        case tuple():
            for part in node:
                yield from _outside_domains(part)
        case tree.Node():
            for part in node.__dataclass_fields__:
                yield from _outside_domains(getattr(node, part))
        case _:
            pass


def _is_formula(node: tree.Declaration) -> bool:
    return isinstance(node, tree.Invariant | tree.Property | tree.Sometimes)


def _tasks(count: tree.Expr, where: Surroundings) -> Term:
    number = term(count, where)
    return ("range", 0, number[2]) if number[:2] == ("value", "int") else number


def _base(node: tree.Subscript) -> str:
    return node.base.id if isinstance(node.base, tree.Name) else ""


def _claims(
    names: set[str], old: tree.Tree, new: tree.Tree, pair: Pair, processes: Mapping[str, str]
) -> Iterator[str]:
    """What becomes of claims that are written as before."""
    said = {WEAKER: "says less", STRONGER: "says more", DIFFERENT: "says else"}
    for one, other in unchanged_formulas(old, new):
        if names & names_in(other.formula):
            effect = direction(claim(one, pair[0]), claim(other, pair[1]))
            if effect in said:
                yield said[effect]
    for before, after in unchanged_assertions(old, new, pair, processes):
        if after.never and not before.never:
            yield "never"
        if names & names_in(after.node.condition):
            effect = direction(before.condition, after.condition)
            if effect in said:
                yield said[effect]
