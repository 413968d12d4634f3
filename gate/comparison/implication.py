"""Which of two formulas says more, where that can be read off their form.

Sound and far from complete: what is said to follow does follow, in every state and on every behaviour;
where nothing is said, it may follow all the same.
"""

from __future__ import annotations

from .certain import members
from .difference import DIFFERENT, NEUTRAL, STRONGER, WEAKER
from .terms import FALSE, TRUE, Term

_MOST_PAIRS = 20_000


def direction(old: Term, new: Term) -> str:
    """What became of a claim: `stronger`, `weaker`, `neutral` (it says the same) or `different`."""
    known: dict[tuple[Term, Term], bool] = {}
    loses, gains = _follows(old, new, known), _follows(new, old, known)
    if loses and gains:
        return NEUTRAL
    return WEAKER if loses else STRONGER if gains else DIFFERENT


def change_of_domain(old: Term, new: Term) -> str:
    """What became of a type, a count or a domain: `weaker` is narrower, since less is examined."""
    if old == new:
        return NEUTRAL
    if within(new, old):
        return WEAKER
    return STRONGER if within(old, new) else DIFFERENT


def within(inner: Term, outer: Term) -> bool:
    """Whether everything in one domain is certainly in another one."""
    if inner == outer:
        return True
    match inner, outer:
        case ("range", low, high), ("range", lowest, highest):
            return bool(low >= high or (lowest <= low and high <= highest))
        case ("set", elements), ("set", others):
            return set(elements) <= set(others)
        case ("set", elements), ("range" | "bool", *_):
            values = members(outer)
            return values is not None and set(elements) <= set(values)
        case ("range" | "bool", *_), ("set", others):
            values = members(inner)
            return values is not None and set(values) <= set(others)
        case ("built", number, group, test, element), ("built", other_number, other_group, other_test, other):
            alike = (number, element) == (other_number, other) and within(group, other_group)
            return alike and follows(test, other_test)
        case ("built", number, group, _, ("bound", variable)), _:
            return bool(number == variable) and within(group, outer)
        case ("-", one, _), _:
            return within(one, outer)
        case ("&", one, other), _:
            return within(one, outer) or within(other, outer)
        case ("subsets" | "choose" as word, one), (other_word, other):
            return word == other_word and within(one, other)
        case ("array" | "either of" as word, one, also), (other_word, other, other_also):
            return word == other_word and within(one, other) and within(also, other_also)
        case _:
            return False


def follows(a: Term, b: Term) -> bool:
    """Whether `b` certainly holds wherever `a` does."""
    return _follows(a, b, {})


def _follows(a: Term, b: Term, known: dict[tuple[Term, Term], bool]) -> bool:
    """Whether `b` holds wherever `a` does."""
    if a in (b, FALSE) or b == TRUE:
        return True
    pair = (a, b)
    if pair not in known:
        if len(known) > _MOST_PAIRS:
            return False
        known[pair] = False
        known[pair] = _by_form(a, b, known)
    return known[pair]


def _by_form(a: Term, b: Term, known: dict[tuple[Term, Term], bool]) -> bool:
    if b[0] == "and":
        return all(_follows(a, part, known) for part in b[1])
    if a[0] == "or":
        return all(_follows(part, b, known) for part in a[1])
    if a[0] == "and" and any(_follows(part, b, known) for part in a[1]):
        return True
    if b[0] == "or" and any(_follows(a, part, known) for part in b[1]):
        return True
    match a, b:
        case ("all", group, one), ("all", other_group, other):
            return within(other_group, group) and _follows(one, other, known)
        case ("any", group, one), ("any", other_group, other):
            return within(group, other_group) and _follows(one, other, known)
        case (("always", one), ("always", other)) | (("eventually", one), ("eventually", other)):
            return _follows(one, other, known) or (a[0] == "always" and _follows(a, other, known))
        case ("leads_to", premise, goal), ("leads_to", other_premise, other_goal):
            return _follows(other_premise, premise, known) and _follows(goal, other_goal, known)
        case ("until", during, goal), ("until", other_during, other_goal):
            return _follows(during, other_during, known) and _follows(goal, other_goal, known)
        case ("not", one), ("not", other):
            return _follows(other, one, known)
        case ("in", item, group), ("in", other_item, other_group):
            return bool(item == other_item) and within(group, other_group)
        case _:
            pass
    if _compares(a, b):
        return True
    if a[0] == "always" and _follows(a[1], b, known):
        return True
    return b[0] == "eventually" and _follows(a, b[1], known)


def _compares(a: Term, b: Term) -> bool:
    """Comparisons of the same thing with numbers."""
    one, other = _interval(a), _interval(b)
    if one is None or other is None or one[0] != other[0]:
        # Less is also less or equal, and other than equal.
        same = a[1:] == b[1:] if b[0] == "<=" else b[0] == "!=" and {*a[1:]} == {*b[1:]}
        return a[0] == "<" and same
    (_, low, high), (_, lowest, highest) = one, other
    return lowest <= low and high <= highest


def _interval(t: Term) -> tuple[Term, float, float] | None:
    """The numbers that a comparison with a constant allows."""
    match t:
        case ("<" | "<=" as word, what, ("value", "int", number)):
            return what, float("-inf"), number - (word == "<")
        case ("<" | "<=" as word, ("value", "int", number), what):
            return what, number + (word == "<"), float("inf")
        case ("==", what, ("value", "int", number)) | ("==", ("value", "int", number), what):
            return what, number, number
        case _:
            return None
