"""What becomes of a claim that asks who is in a region when the region's border moves.

Nobody touched the claim, and it says something else: that less code excludes itself, perhaps.  What it says
now is compared with what it said by its form, as if it had been written otherwise.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import fields, replace
from typing import Any

from ...dsl.syntax import tree
from ...dsl.syntax.written import written
from .claims import claim
from .difference import STRONGER, WEAKER, Difference
from .implication import direction
from .sides import Asking, Side, region_asked
from .terms import Surroundings, Term, names_in, negated, nodes, shape, term
from .tokens import TIMELESS, Token, shape_free

_LESS, _MORE, _OTHER = "less", "more", "other"
_Regions = frozenset[str]


def compare_regions(
    bodies: tuple[Iterable[Token], Iterable[Token]], kept: Sequence[tuple[Token, Token]], old: Side, new: Side
) -> Iterator[Difference]:
    """The differences of the claims that ask who is in a region.

    `bodies` are all tokens before and after, `kept` those that are there before and after, perhaps elsewhere.
    Where nobody can tell by its form what a claim says now, it counts as weaker: it may be."""
    known = {key for one in old.asking for key in (_about(one), shape(_formula(one)))}
    asking = [one for one in new.asking if not known.isdisjoint((_about(one), shape(_formula(one))))]
    for region, (code, one, other) in _moved(bodies, kept, new).items():
        for node in asking:
            before, after = _says(node, new.where), _says(_about_code(node, region, code, new), new.where)
            if before != after:
                effect = direction(before, after)
                words = f"region `{region}` holds {code} code: {_words(node, effect)}"
                effect = effect if effect == STRONGER else WEAKER
                yield Difference("region-moved", effect, _about(node), words, one.span, other.span)


# ---- borders


def _moved(
    bodies: tuple[Iterable[Token], Iterable[Token]], kept: Iterable[tuple[Token, Token]], new: Side
) -> dict[str, tuple[str, Token, Token]]:
    """The regions that are asked about and hold less, more or other code than before, with the first
    statement that tells it."""
    asked = {name for one in new.asking for name in _asked(one, new)}
    calls = _calls(bodies[0]), _calls(bodies[1])
    found: dict[str, tuple[str, Token, Token]] = {}
    for pair in kept if asked else ():
        if pair[0].node is None or isinstance(pair[0].node, TIMELESS):
            continue
        was, now = (_around(token, contexts) for token, contexts in zip(pair, calls, strict=True))
        for name in asked:
            ways = [[name in regions for regions in side] for side in (was, now)]
            left, entered = all(ways[0]) and not any(ways[1]), all(ways[1]) and not any(ways[0])
            if left or entered:
                code = _LESS if left else _MORE
                known, *_ = told = found.setdefault(name, (code, *pair))
                found[name] = told if known == code else (_OTHER, *told[1:])
    return found


def _calls(tokens: Iterable[Token]) -> Mapping[str, set[_Regions]]:
    """The regions in which the code of each body stands that calls it, one set for each way there."""
    bodies: dict[str, list[Token]] = {}
    for token in tokens:
        bodies.setdefault(token.owner, []).append(token)
    called = [
        (name, token)
        for tokens_ in bodies.values()
        for token in tokens_
        for name in names_in(shape_free(token.node))
        if name in bodies
    ]
    inner = {name for name, _ in called}
    found: dict[str, set[_Regions]] = {name: set() if name in inner else {frozenset()} for name in bodies}
    more = True
    while more:
        more = False
        for name, token in called:
            come = _around(token, found) - found[name]
            found[name] |= come
            more = more or bool(come)
    return found


def _around(token: Token, calls: Mapping[str, set[_Regions]]) -> set[_Regions]:
    """The regions in which a statement stands, one set for each way to its body."""
    own = frozenset(header.name for header in token.around if isinstance(header, tree.Region))
    return {own | outer for outer in calls[token.owner]}


# ---- claims


def _asked(node: Asking, side: Side) -> set[str]:
    """The regions that a claim names."""
    parts = (region_asked(part, side.where.counts) for part in nodes(_formula(node)))
    return {name for name in parts if name is not None}


def _formula(node: Asking) -> tree.Expr:
    return node.condition if isinstance(node, tree.Assert) else node.formula


def _about(node: Asking) -> str:
    match node:
        case tree.Assert(text=text):
            return text or ""
        case tree.Assume(formula=formula):
            return written(formula)
        case _:
            return node.name


def _says(node: Asking, where: Surroundings) -> Term:
    """What is claimed; an assumption more is a claim less."""
    match node:
        case tree.Assert(condition=condition):
            return term(condition, where)
        case tree.Assume(formula=formula):
            return negated(term(formula, where))
        case _:
            return claim(node, where)


def _about_code(node: Asking, region: str, code: str, side: Side) -> Asking:
    """A claim as it would be written if the region had kept its code: who is in it now was also somewhere
    else that it does not name, or was perhaps there."""

    def of(part: Any) -> Any:
        if isinstance(part, tuple):
            return tuple(of(item) for item in part)
        if region_asked(part, side.where.counts) == region:
            span, (word, name) = part.span, part.rest[0]
            inside = replace(part, rest=(("in", name),))
            # No author can write this name.
            there = replace(part, rest=(("in", tree.Name(span, f"the code of {region}")),))
            if code == _OTHER:
                inside = there
            else:
                inside = tree.Binary(span, "and" if code == _LESS else "or", inside, there)
            return tree.Unary(span, "not", inside) if word == "not in" else inside
        if isinstance(part, tree.Node):
            parts = {item.name: of(getattr(part, item.name)) for item in fields(part) if item.name != "span"}
            return replace(part, **parts)
        return part

    return of(node)  # type: ignore[no-any-return]


def _words(node: Asking, effect: str) -> str:
    match node, effect:
        case tree.Assume(), _:
            said = {WEAKER: "more is assumed", STRONGER: "less is assumed"}
            doubt = "more may be assumed"
        case tree.Sometimes(), _:
            said = {WEAKER: "more states will do", STRONGER: "fewer states will do"}
            doubt = "other states may do"
        case _:
            said = {WEAKER: "it says less", STRONGER: "it says more"}
            doubt = "it may say less"
    return said.get(effect, doubt)
