"""What became of the statements of processes, `def`s and policies.

A body is laid out flat (`tokens`), and two of them are aligned as lines of text are.  Assertions are compared
elsewhere, by what they claim: here they have a place.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator
from difflib import SequenceMatcher
from itertools import groupby

from ...dsl.syntax import tree
from ...dsl.vocabulary.lookup import ASSERTING, BARRIERS, CHOICES, WAKING
from .difference import DIFFERENT, NEUTRAL, STRONGER, WEAKER, Difference
from .implication import change_of_domain, direction
from .regions import compare_regions
from .sides import Side, root
from .terms import Surroundings, Term, code, domain, names_in, nodes, shape, term, truth
from .tokens import NAMING, TIMELESS, Token, flat, shape_free

_JUMPS = tree.Return | tree.Break | tree.Continue | tree.Goto


def compare_bodies(
    bodies: Iterable[tuple[str, tree.Block | None, tree.Block | None]], old: Side, new: Side
) -> list[Difference]:
    """The differences of bodies of the same name; None where there is none of that name."""
    found: list[Difference] = []
    removed: list[list[Token]] = []
    added: list[list[Token]] = []
    kept: list[tuple[Token, Token]] = []
    all_: tuple[list[Token], list[Token]] = [], []
    for name, before, after in bodies:
        left, right = list(flat(before, name)), list(flat(after, name))
        all_[0].extend(left)
        all_[1].extend(right)
        matcher = SequenceMatcher(None, [t.key for t in left], [t.key for t in right], autojunk=False)
        for word, a, b, c, d in matcher.get_opcodes():
            if word == "equal":
                kept += zip(left[a:b], right[c:d], strict=True)
                continue
            gone, come = left[a:b], right[c:d]
            for one, other in _alike(gone, come):
                found += _changed(one, other, old, new)
                kept.append((one, other))
                gone.remove(one)
                come.remove(other)
            removed.append([token for token in gone if token.node is not None])
            added.append([token for token in come if token.node is not None])
    found += _moved(removed, added, kept, old.labels | new.labels)
    found += _gathered(removed, old, new, gone=True)
    found += _gathered(added, old, new, gone=False)
    headers = {id(token.node) for run in (*removed, *added) for token in run}
    headers |= {id(token.node) for pair in kept if pair[0].key != pair[1].key for token in pair}
    return [*found, *compare_regions(all_, kept, old, new), *_standing(kept, headers)]


def _alike(gone: list[Token], come: list[Token]) -> Iterator[tuple[Token, Token]]:
    """Statements of one kind that stand in each other's place."""
    by_kind: dict[type, tuple[list[Token], list[Token]]] = defaultdict(lambda: ([], []))
    for at, tokens in enumerate((gone, come)):
        for token in tokens:
            # What is only found elsewhere has moved, and what was there before was not put here.
            if token.node is not None and not isinstance(token.node, TIMELESS | tree.Atomic):
                if not any(token.key == other.key for other in (come, gone)[at]):
                    by_kind[type(token.node)][at].append(token)
    for left, right in by_kind.values():
        yield from zip(left, right, strict=False)


def _moved(
    removed: list[list[Token]],
    added: list[list[Token]],
    kept: list[tuple[Token, Token]],
    labels: frozenset[str],
) -> list[Difference]:
    """Takes what only changed its place out of both lists, and puts it among what is kept."""
    places: dict[Term, list[Token]] = defaultdict(list)
    for run in added:
        for token in run:
            places[token.key].append(token)
    found: list[Difference] = []
    for run in removed:
        pairs: list[tuple[Token, Token]] = []
        for token in list(run):
            if places[token.key] and not isinstance(token.node, tree.Else | tree.Or | _JUMPS):
                other = places[token.key].pop(0)
                run.remove(token)
                next(one for one in added if other in one).remove(other)
                pairs.append((token, other))
        kept += pairs
        for _, group in groupby(pairs, lambda pair: (pair[0].owner, pair[1].owner, _title(pair[1]))):
            # What comes into an `atomic`, or out of it, is told by that.
            told = [p for p in group if _tells(p[1], labels) and p[0].atomic == p[1].atomic]
            if told:
                one, other = told[0]
                more = f", with {len(told) - 1} more" if len(told) > 1 else ""
                from_ = "" if one.owner == other.owner else f" from `{one.owner}`"
                what = {
                    tree.Assert: "the assertion", tree.Label: "a label that claims name",
                    tree.Region: "a region that claims name",
                }.get(type(other.node), "a statement")  # fmt: skip
                message = f"{what} has moved{from_}{more}"
                found.append(Difference("moved", DIFFERENT, _title(other), message, one.span, other.span))
    return found


def _tells(token: Token, labels: frozenset[str]) -> bool:
    """Whether the place of a token matters; an `atomic` is told by what it holds."""
    if isinstance(token.node, NAMING):
        return token.node.name in labels
    return not isinstance(token.node, tree.Atomic)


def _title(token: Token) -> str:
    """What a difference in a token's place is about: the text of an assertion, otherwise the body."""
    return (token.node.text or "") if isinstance(token.node, tree.Assert) else token.owner


def _gathered(runs: list[list[Token]], old: Side, new: Side, *, gone: bool) -> list[Difference]:
    """Neighbours with the same fate become one difference."""
    found: list[Difference] = []
    for run in runs:
        fates = [(_removed(t, old) if gone else _added(t, new, old), t) for t in run]
        for (fate, owner), group in groupby(fates, lambda pair: (pair[0], pair[1].owner)):
            tokens = [token for _, token in group]
            if fate is None:
                continue
            kind, effect, message = fate
            more = len(tokens) - 1
            text = f"{message}, with {more} more" if more else message
            span = tokens[0].span
            found.append(
                Difference(kind, effect, owner, text, span if gone else None, None if gone else span)
            )  # fmt: skip
    return found


def _removed(token: Token, old: Side) -> tuple[str, str, str] | None:
    node = token.node
    match node:
        case tree.Assert() | tree.Atomic():
            return None
        case tree.Label(name=name):
            used = name in old.labels
            return "label-removed", DIFFERENT if used else NEUTRAL, "a label is removed"
        case tree.Region(name=name):
            used = name in old.labels
            return "region-removed", DIFFERENT if used else NEUTRAL, "a region is removed"
        case tree.Or():
            return "choice-removed", WEAKER, "an alternative is removed"
        case tree.With():
            return "lock-removed", DIFFERENT, "a lock is no longer taken here"
        case tree.If() | tree.Elif() | tree.Else():
            if _chooses(node):
                return "choice-removed", WEAKER, "a choice is removed"
            return "condition-removed", DIFFERENT, "a condition is removed"
        case tree.CallStatement(expression=tree.Call(function=tree.Name(id=name))) if name in BARRIERS:
            return "barrier-removed", DIFFERENT, "a barrier is removed"
        case tree.Await():
            return "await-removed", DIFFERENT, "it is no longer waited for this"
        case _ if _about_ghost(node, old) and _root_of(node) not in old.read:
            return "ghost-removed", NEUTRAL, "a ghost that nothing reads is no longer kept"
        case _ if _chooses(node):
            return "choice-removed", WEAKER, "a choice is removed"
        case _:
            return "statement-removed", WEAKER, "a statement is removed"


def _added(token: Token, new: Side, old: Side) -> tuple[str, str, str] | None:
    node = token.node
    match node:
        case tree.Assert() | tree.Atomic():
            return None
        case tree.Label():
            return "label-added", NEUTRAL, "a label is added"
        case tree.Region(name=name):
            used = name in old.labels
            return "region-added", DIFFERENT if used else NEUTRAL, "a region is added"
        case tree.If(condition=condition) | tree.While(condition=condition) | tree.Elif(condition=condition):
            if truth(condition, new.where) is False:
                return "never-reached", WEAKER, "what stands below this is never reached"
            return "statement-added", DIFFERENT, "a statement is added"
        case tree.Or():
            return "choice-added", STRONGER, "an alternative is added"
        case tree.Await():
            return "await-added", WEAKER, "it waits here for what the code does not wait for"
        case tree.With():
            return "lock-added", DIFFERENT, "a lock is taken here"
        case tree.CallStatement(expression=tree.Call(function=tree.Name(id=name))) if name in WAKING:
            return "wake-up-added", DIFFERENT, "a wake-up is added: a lost one elsewhere may no longer show"
        case _ if isinstance(node, _JUMPS) and token.behind:
            return "never-reached", WEAKER, "what stands behind this is never reached"
        case _ if _about_ghost(node, new) and _root_of(node) not in old.ghosts & old.read:
            return "ghost-added", NEUTRAL, "a new ghost is kept"
        case _ if _about_ghost(node, new):
            message = "a ghost that a claim rests on is written here too: what it records is another thing"
            return "ghost-written", DIFFERENT, message
        case _:
            return "statement-added", DIFFERENT, "a statement is added"


def _root_of(node: object) -> str:
    if isinstance(node, tree.Assign | tree.Augmented):
        return root(node.target)
    return root(node.expression) if isinstance(node, tree.CallStatement) else ""


def _about_ghost(node: object, of: Side) -> bool:
    """Whether a statement changes a ghost."""
    return _root_of(node) in of.ghosts


def _chooses(node: object) -> bool:
    return bool(set(CHOICES) & names_in(shape_free(node)))


def _changed(one: Token, other: Token, old: Side, new: Side) -> list[Difference]:
    """What became of a statement that is there before and after, in other words."""
    a, b = one.node, other.node
    if _head(a, old.where) == _head(b, new.where):
        return []
    kind, effect, message = "statement-changed", DIFFERENT, "a statement is changed"
    match a, b:
        case tree.CallStatement(expression=tree.Call(function=tree.Name(id=name))), _ if name in ASSERTING:
            kind, effect, message = "assertion-changed", WEAKER, "what the code asserts is changed"
        case tree.Wait(policy=before), tree.Wait(policy=after) if shape(before) != shape(after):
            kind, message = "wait-pinned", "how this waits is changed"
            if before is None:
                effect, message = (
                    WEAKER,
                    "this waits in one way only: the other policies are not checked here",
                )
            elif after is None:
                effect, message = STRONGER, "this is checked under every policy"
        case tree.Await(condition=before), tree.Await(condition=after):
            asked = direction(term(before, old.where), term(after, new.where))
            kind, message = "await-changed", "it waits for something else"
            if asked == STRONGER:
                effect, message = WEAKER, "it waits for more: less can happen behind it"
        case tree.For(domain=before), tree.For(domain=after):
            kind, message = "loop-changed", "a loop goes through something else"
            effect = change_of_domain(domain(before, old.where), domain(after, new.where))
        case tree.Local(type=before, value=v), tree.Local(type=after, value=w) if shape(v) == shape(w):
            kind, (effect, message) = "bound-changed", change_of_bound(before, after, old.where, new.where)
        case (
            (tree.If() | tree.While() | tree.Elif()),
            (tree.If(condition=after) | tree.While(condition=after) | tree.Elif(condition=after)),
        ) if truth(after, new.where) is False:
            kind, effect, message = "never-reached", WEAKER, "what stands below this is never reached"
        case _ if _chooses(a) and not _chooses(b):
            kind, effect, message = "choice-removed", WEAKER, "a choice is removed"
        case _ if _chooses(a):
            kind, effect, message = "choice-changed", _choice(a, b, old, new), "a choice is changed"
        case _ if _about_ghost(a, old) and _root_of(a) not in old.read and _about_ghost(b, new):
            kind, effect, message = "ghost-changed", NEUTRAL, "a ghost that nothing reads is changed"
        case _:
            pass
    return [Difference(kind, effect, other.owner, message, one.span, other.span)]


def _head(node: object, where: Surroundings) -> object:
    part = shape_free(node)
    return (type(node).__name__, getattr(node, "name", ""), code(part, where))


def _choice(a: object, b: object, old: Side, new: Side) -> str:
    before = [domain(part, old.where) for part in nodes(shape_free(a)) if _is_choose(part)]
    after = [domain(part, new.where) for part in nodes(shape_free(b)) if _is_choose(part)]
    if len(before) == len(after) == 1:
        return change_of_domain(before[0], after[0])
    return DIFFERENT


def _is_choose(part: object) -> bool:
    return (
        isinstance(part, tree.Call) and isinstance(part.function, tree.Name) and part.function.id == "choose"
    )


def change_of_bound(
    before: tree.Expr, after: tree.Expr, old: Surroundings, new: Surroundings
) -> tuple[str, str]:
    """What a variable's other type does, and why: `out_of_range` is a check too."""
    effect = change_of_domain(domain(before, old), domain(after, new))
    if effect == STRONGER:
        return WEAKER, "the type is wider: `out_of_range` lets more pass"
    if effect == WEAKER:
        return DIFFERENT, "the type is narrower: `out_of_range` lets less pass"
    return effect, "the type is written otherwise" if effect == NEUTRAL else "the type is changed"


def _standing(kept: list[tuple[Token, Token]], headers: set[int]) -> list[Difference]:
    """What became of the surroundings of statements that are there before and after."""
    found: list[Difference] = []

    def fate(pair: tuple[Token, Token]) -> tuple[str, str, str, str] | None:
        one, other = pair
        if one.node is None:
            return None
        if isinstance(one.node, TIMELESS):
            if _headers(one) == _headers(other) or one.owner != other.owner:
                return None
            if any(id(header) in headers for header in (*one.around, *other.around)):
                return None
            return "stands-elsewhere", DIFFERENT, "it stands below something else", _title(other)
        if other.atomic and not one.atomic:
            return "atomic-widened", WEAKER, "an `atomic` holds what it did not hold before", other.owner
        if one.atomic and not other.atomic:
            return "atomic-narrowed", STRONGER, "this is no longer part of an `atomic`", other.owner
        if _headers(one) == _headers(other) or one.owner != other.owner:
            return None
        fresh = [h for h in other.around if shape(h) not in [shape(o) for o in one.around]]
        if any(id(header) in headers for header in (*one.around, *fresh)):
            return None  # the header that came or went is told by itself
        return "stands-elsewhere", DIFFERENT, "this stands below something else", other.owner

    for told, group in groupby(kept, fate):
        if told is not None:
            pairs = list(group)
            kind, effect, message, owner = told
            one, other = pairs[0]
            more = len(pairs) - 1
            text = f"{message}, with {more} more" if more else message
            found.append(Difference(kind, effect, owner, text, one.span, other.span))
    return found


def _headers(token: Token) -> list[Term]:
    """What a statement stands below that no other difference tells."""
    silent = tree.Region if isinstance(token.node, TIMELESS) else tree.Region | tree.Atomic
    return [shape(h) for h in token.around if not isinstance(h, silent)]
