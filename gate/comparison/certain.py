"""What is certain of a comparison in every state: of terms, as `terms` makes them."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

Term = tuple[Any, ...]

_ANYTHING = (float("-inf"), float("inf"))
_CHANGING = ("Call", "choose")
"""What may be something else each time that it is asked."""

_MOST = 256


def decided(word: str, left: Term, right: Term) -> bool | None:
    """Whether `left word right` holds (`<`, `<=`, `==`, `!=`), None where the state decides, or where it is
    not known here that it does not."""
    negation = {"!=": "==", "<": "<="}
    if word == "!=":
        found = decided(negation[word], left, right)
        return None if found is None else not found
    if word == "<":
        found = decided(negation[word], right, left)
        return None if found is None else not found
    if left == right:
        return True if _is_fixed(left) else None
    (low, high), (lowest, highest) = _bounds(left), _bounds(right)
    if high < lowest or low > highest:
        return word == "<=" and high < lowest
    if word == "<=":
        least = left[0] == "min" and right in left[1] and _is_fixed(right)
        most = right[0] == "max" and left in right[1] and _is_fixed(left)
        return True if high <= lowest or least or most else None
    return True if low == high == lowest == highest else None


def extreme(word: str, parts: tuple[Term, ...]) -> Term:
    """The `min` or `max` of some terms: flat, in order, each once, with one number at most."""
    flat: set[Term] = set()
    for part in parts:
        flat.update(part[1] if part[0] == word else (part,))
    numbers = [part for part in flat if part[:2] == ("value", "int")]
    if numbers:
        number = (min if word == "min" else max)(part[2] for part in numbers)
        flat = {*flat.difference(numbers), ("value", "int", number)}
    ordered = tuple(sorted(flat, key=repr))
    return ordered[0] if len(ordered) == 1 else (word, ordered)


def members(domain: Term) -> tuple[Term, ...] | None:
    """The values that a domain has, where they are known and not many."""
    match domain:
        case ("range", int(low), int(high)) if high - low <= _MOST:
            return tuple(("value", "int", number) for number in range(low, high))
        case ("set", elements) if all(element[0] == "value" for element in elements):
            return tuple(elements)
        case ("bool",):
            return (("value", "bool", False), ("value", "bool", True))
        case _:
            return None


def fewer(word: str, left: Term, right: Term) -> Term:
    """The set that is left of one without another one (`-`), or that both have (`&`)."""
    one, other = members(left), members(right)
    if one is None or other is None:
        return (word, left, right)
    found = set(one) - set(other) if word == "-" else set(one) & set(other)
    return ("set", tuple(sorted(found, key=repr)))


def _bounds(t: Term) -> tuple[float, float]:
    """The least and the greatest number that a term can be."""
    match t:
        case ("value", "int", number):
            return number, number
        case ("min" | "max" as word, parts):
            choose = min if word == "min" else max
            lows, highs = zip(*(_bounds(part) for part in parts), strict=True)
            return choose(lows), choose(highs)
        case ("+", left, right):
            (low, high), (lowest, highest) = _bounds(left), _bounds(right)
            return low + lowest, high + highest
        case ("-", left, right):
            (low, high), (lowest, highest) = _bounds(left), _bounds(right)
            return low - highest, high - lowest
        case ("%", _, ("value", "int", number)) if number > 0:
            return 0, number - 1
        case _:
            return _ANYTHING


def _is_fixed(t: Term) -> bool:
    """Whether a term is the same whenever it is asked in one state."""
    return not any(word in _CHANGING for word in _words(t))


def _words(t: object) -> Iterator[str]:
    if isinstance(t, tuple):
        if t and isinstance(t[0], str):
            yield t[0]
        for part in t:
            yield from _words(part)
