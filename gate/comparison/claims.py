"""What became of the claims of a specification: formulas, assertions, expectations."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass

from ...dsl.checker.scenarios import scenario_names
from ...dsl.source import Span
from ...dsl.syntax import tree
from .difference import DIFFERENT, NEUTRAL, STRONGER, WEAKER, Difference, worst
from .implication import direction, follows
from .occurrences import Occurrence, occurrences
from .terms import Surroundings, Term, joined, term

Formula = tree.Invariant | tree.Property | tree.Sometimes
Pair = tuple[Surroundings, Surroundings]
"""The surroundings of one scenario, before and after."""

BARE = Surroundings()
_SAID = {
    WEAKER: "it says less",
    STRONGER: "it says more",
    DIFFERENT: "it says something else",
    NEUTRAL: "it says the same in other words",
}


# ---- formulas


def compare_formulas(
    old: tree.Tree, new: tree.Tree, pairs: Iterable[Pair], scenarios: Mapping[str | None, str | None]
) -> tuple[list[Difference], dict[str, str]]:
    """The differences of invariants, properties and `sometimes`; and the new names of renamed ones.

    `scenarios` has the new name of each old scenario that is still there.
    """
    before, after = _formulas(old), _formulas(new)
    pairs = tuple(pairs)
    found: list[Difference] = []
    renamed: dict[str, str] = {}
    gone = {name: node for name, node in before.items() if name not in after}
    come = {name: node for name, node in after.items() if name not in before}
    for name, node in gone.items():
        same = [n for n, other in come.items() if n not in renamed.values() and _same(node, other)]
        kind = type(node).__name__.lower()
        if same:
            renamed[name] = same[0]
            message = f"{kind} `{name}` is now called `{same[0]}`"
            found.append(Difference("renamed", DIFFERENT, same[0], message, node.span, come[same[0]].span))
        else:
            message = f"the {kind} is removed"
            found.append(Difference(f"{kind}-removed", WEAKER, name, message, node.span, None))
    for name, node in come.items():
        if name not in renamed.values():
            kind = type(node).__name__.lower()
            message = f"{'an' if kind == 'invariant' else 'a'} {kind} is new"
            found.append(Difference(f"{kind}-added", STRONGER, name, message, None, node.span))
    for name, node in after.items():
        if name in before and not _same(before[name], node):
            effect, message = _formula_change(before[name], node, pairs)
            kind = f"{type(node).__name__.lower()}-changed"
            found.append(Difference(kind, effect, name, message, before[name].span, node.span))
    for name, node in before.items():
        other = after.get(renamed.get(name, name))
        if other is not None and set(node.scenarios) != set(other.scenarios):
            was = {scenarios[one] for one in node.scenarios or scenario_names(old) if one in scenarios}
            now = set(other.scenarios or scenario_names(new))
            effect, message = _other_scenarios(was, now, new.header.name)
            found.append(Difference("scenarios-changed", effect, other.name, message, node.span, other.span))
    return found, renamed


def _other_scenarios(was: set[str | None], now: set[str | None], model: str) -> tuple[str, str]:
    """What became of the scenarios in which something is claimed, by their new names; those that are gone are
    told elsewhere.  `model` stands for that of a model without one."""
    less, more = (sorted(name or model for name in names) for names in (was - now, now - was))
    if less:
        return WEAKER, f"it is no longer claimed in {', '.join(less)}"
    if more:
        return STRONGER, f"it is claimed in {', '.join(more)}, too"
    return NEUTRAL, "the same scenarios"


def unchanged_formulas(old: tree.Tree, new: tree.Tree) -> Iterator[tuple[Formula, Formula]]:
    """The formulas that are written the same before and after."""
    before = _formulas(old)
    for name, node in _formulas(new).items():
        if name in before and _same(before[name], node):
            yield before[name], node


def _formulas(specification: tree.Tree) -> dict[str, Formula]:
    return {node.name: node for node in specification.declarations if isinstance(node, Formula)}


def _same(one: Formula, other: Formula) -> bool:
    return type(one) is type(other) and term(one.formula, BARE) == term(other.formula, BARE)


def _formula_change(old: Formula, new: Formula, pairs: tuple[Pair, ...]) -> tuple[str, str]:
    if isinstance(old, tree.Sometimes) != isinstance(new, tree.Sometimes):
        if isinstance(new, tree.Sometimes):
            return WEAKER, "a claim about all behaviours is now a claim about one state of one of them"
        return DIFFERENT, "a `sometimes` is now a claim about all behaviours"
    effect = worst(direction(claim(old, before), claim(new, after)) for before, after in pairs)
    said = _SAID[effect]
    if isinstance(old, tree.Sometimes):
        said = {WEAKER: "more states will do", STRONGER: "fewer states will do"}.get(effect, said)
    if type(old) is not type(new):
        said += f"; {type(old).__name__.lower()} before, {type(new).__name__.lower()} now"
        effect = effect if effect != NEUTRAL else DIFFERENT
    return effect, said


def claim(node: Formula, where: Surroundings) -> Term:
    """What a formula says, as a term: an invariant says it of every state of a behaviour."""
    found = term(node.formula, where)
    return ("always", found) if isinstance(node, tree.Invariant) else found


# ---- assertions


def compare_assertions(
    old: tree.Tree, new: tree.Tree, pairs: Iterable[Pair], processes: Mapping[str, str]
) -> tuple[list[Difference], dict[str, str]]:
    """The differences of assertions; and the new texts of renamed ones.  `processes` has the new names of
    renamed processes."""
    found: dict[tuple[str, str, Span | None, Span | None], Difference] = {}
    renamed: dict[str, str] = {}
    for before, after in pairs:
        left, right = _by_text(old, before, processes), _by_text(new, after, {})
        texts = _renamed(left, right)
        renamed.update(texts)
        for difference in _assertions(left, right, texts):
            key = (difference.kind, difference.about, difference.old, difference.new)
            known = found.get(key, difference)
            found[key] = (
                difference if worst((known.effect, difference.effect)) == difference.effect else known
            )
    return list(found.values()), renamed


@dataclass(frozen=True, slots=True)
class _Standing:
    """An assertion as written (`bare`), and in its surroundings (`full`)."""

    bare: Occurrence
    full: Occurrence

    @property
    def written(self) -> tuple[object, ...]:
        return self.bare.condition, self.bare.guards, self.bare.last


def _by_text(
    of: tree.Tree, where: Surroundings, processes: Mapping[str, str]
) -> dict[str, dict[str, list[_Standing]]]:
    """Assertions by text and process."""
    found: dict[str, dict[str, list[_Standing]]] = {}
    running = frozenset(node.process for node in occurrences(of, where))
    bare = [one for one in occurrences(of, BARE) if one.process in running]
    for plain, full in zip(bare, occurrences(of, where), strict=True):
        process = processes.get(plain.process, plain.process)
        found.setdefault(plain.text, {}).setdefault(process, []).append(_Standing(plain, full))
    return found


def _renamed(
    left: Mapping[str, dict[str, list[_Standing]]], right: Mapping[str, dict[str, list[_Standing]]]
) -> dict[str, str]:
    """Texts that are gone whose assertions stand under another one."""

    def sight(text: str, of: Mapping[str, dict[str, list[_Standing]]]) -> object:
        return {process: [one.written for one in all_] for process, all_ in of[text].items()}

    come = [text for text in right if text not in left]
    found: dict[str, str] = {}
    for text in left:
        if text not in right:
            same = [t for t in come if t not in found.values() and sight(t, right) == sight(text, left)]
            if same:
                found[text] = same[0]
    return found


def _assertions(
    left: Mapping[str, dict[str, list[_Standing]]],
    right: Mapping[str, dict[str, list[_Standing]]],
    renamed: Mapping[str, str],
) -> Iterator[Difference]:
    for text, places in left.items():
        first = next(iter(places.values()))[0].full.node.span
        if text in renamed:
            new = next(iter(right[renamed[text]].values()))[0].full.node.span
            message = f'the text was "{text}"'
            yield Difference("renamed", DIFFERENT, renamed[text], message, first, new)
        elif text not in right:
            yield Difference("assertion-removed", WEAKER, text, "the assertion is removed", first, None)
        else:
            for process, before in places.items():
                yield from _in_process(text, process, before, right[text].get(process, []))
            for process, after in right[text].items():
                if process not in places:
                    message = f"`{process}` asserts it too"
                    yield Difference(
                        "assertion-added", STRONGER, text, message, None, after[0].full.node.span
                    )  # fmt: skip
    for text, places in right.items():
        if text not in left and text not in renamed.values():
            span = next(iter(places.values()))[0].full.node.span
            yield Difference("assertion-added", STRONGER, text, "the assertion is new", None, span)


def _in_process(
    text: str, process: str, before: list[_Standing], after: list[_Standing]
) -> Iterator[Difference]:
    gone, come = list(before), list(after)
    for one in before:
        same = next((other for other in come if other.written == one.written), None)
        if same is not None:
            gone.remove(one)
            come.remove(same)
    # Those with the same condition belong together, whatever their order.
    gone.sort(key=lambda one: repr(one.bare.condition))
    come.sort(key=lambda one: repr(one.bare.condition))
    for one, other in zip(gone, come, strict=False):
        yield from _change(text, one.full, other.full)
    for one in gone[len(come) :]:
        message = f"`{process}` no longer asserts it" + (" here" if after else "")
        yield Difference("assertion-removed", WEAKER, text, message, one.full.node.span, None)
    for other in come[len(gone) :]:
        message = f"`{process}` asserts it here too"
        yield Difference("assertion-added", STRONGER, text, message, None, other.full.node.span)


def _change(text: str, one: Occurrence, other: Occurrence) -> Iterator[Difference]:
    spans = one.node.span, other.node.span
    effect = direction(one.condition, other.condition)
    if one.condition != other.condition:
        yield Difference("assertion-changed", effect, text, _SAID[effect], *spans)
    given = joined("and", tuple(one.guards))
    fresh = [guard for guard in other.guards if not follows(given, guard)]
    if other.never and not one.never:
        message = "it stands where a condition is never true: it is never checked"
        yield Difference("assertion-never", WEAKER, text, message, *spans)
    elif fresh:
        message = "it stands under a condition under which it did not stand before"
        yield Difference("assertion-guarded", WEAKER, text, message, *spans)
    elif other.guards != one.guards:
        reached = joined("and", tuple(other.guards))
        wider = not all(follows(reached, guard) for guard in one.guards)
        if wider:
            message = "it stands under fewer conditions than before"
            yield Difference("assertion-freed", STRONGER, text, message, *spans)
    if one.last and not other.last:
        message = "it was the last in its process, where it holds for ever; now only until the next step"
        yield Difference("assertion-shortened", WEAKER, text, message, *spans)
    elif other.last and not one.last:
        message = "it is the last in its process now, where it holds for ever"
        yield Difference("assertion-prolonged", STRONGER, text, message, *spans)


def unchanged_assertions(
    old: tree.Tree, new: tree.Tree, pair: Pair, processes: Mapping[str, str]
) -> Iterator[tuple[Occurrence, Occurrence]]:
    """The assertions that are written the same before and after, each in its surroundings."""
    left, right = _by_text(old, pair[0], processes), _by_text(new, pair[1], {})
    for text, places in left.items():
        for process, before in places.items():
            come = list(right.get(text, {}).get(process, []))
            for one in before:
                same = next((other for other in come if other.written == one.written), None)
                if same is not None:
                    come.remove(same)
                    yield one.full, same.full


# ---- expectations


def compare_expectations(
    old: tree.Tree, new: tree.Tree, scenarios: Mapping[str | None, str | None],
    policies: Iterable[str | None], renamed: Mapping[str, str],
) -> list[Difference]:  # fmt: skip
    """What is expected otherwise, by name, of the verdicts that are there before and after.

    `scenarios` has the new name of each old scenario that is still there, `renamed` the new names of claims
    that were renamed.
    """
    before = [node for node in old.declarations if isinstance(node, tree.Expect)]
    after = [node for node in new.declarations if isinstance(node, tree.Expect)]
    targets = dict.fromkeys(renamed.get(node.target, node.target) for node in (*before, *after))
    was_called = {now: was for was, now in renamed.items()}
    gone = {*_claims(old)} - {*_claims(new)} - set(renamed)
    were = {now: was for was, now in scenarios.items()} or {None: None}
    cells = [(scenario, policy) for scenario in were for policy in policies]
    found: list[Difference] = []
    for target in targets:
        if target in gone:
            continue
        changes: dict[tuple[str, str], list[tuple[str | None, str | None]]] = {}
        places: dict[tuple[str, str], tuple[Span | None, Span | None]] = {}
        for cell in cells:
            one = _expected(before, was_called.get(target, target), (were[cell[0]], cell[1]))
            other = _expected(after, target, cell)
            words = (one.verdict if one else "holds", other.verdict if other else "holds")
            if words[0] != words[1]:
                changes.setdefault(words, []).append(cell)
                places.setdefault(words, (one.span if one else None, other.span if other else None))
        for told, where in changes.items():
            effect = WEAKER if told[1] == "violated" else STRONGER
            limited = "" if len(where) == len(cells) else f" {_cells(where)}"
            message = (
                f"expected to be {told[1]}{limited}"
                if told[1] == "violated"
                else f"expected to hold{limited}"
            )
            found.append(Difference("expectation-changed", effect, target, message, *places[told]))
    return found


def _claims(specification: tree.Tree) -> Iterator[str]:
    yield from _formulas(specification)
    for one in occurrences(specification, BARE):
        yield one.text


def _expected(
    stated: list[tree.Expect], target: str, cell: tuple[str | None, str | None]
) -> tree.Expect | None:
    """The most specific expectation about a cell, as a check has it."""
    scenario, policy = cell
    best, found = -1, None
    for node in stated:
        if node.target != target or (node.under and policy not in node.under):
            continue
        if node.scenarios and scenario not in node.scenarios:
            continue
        weight = bool(node.under) + bool(node.scenarios)
        if weight >= best:
            best, found = weight, node
    return found


def _cells(where: list[tuple[str | None, str | None]]) -> str:
    policies = dict.fromkeys(policy for _, policy in where if policy)
    scenarios = dict.fromkeys(scenario for scenario, _ in where if scenario)
    under = f"under {', '.join(policies)}" if policies else ""
    within = f"in {', '.join(scenarios)}" if scenarios else ""
    return " ".join(part for part in (under, within) if part)
