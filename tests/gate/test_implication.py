"""What is said to follow does follow: on all behaviours of a small kind, for random formulas.

And specifications are compared with themselves and with their variants.
"""

from __future__ import annotations

from itertools import product
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pfnspec.dsl.checker.variants import vary
from pfnspec.dsl.source import Source
from pfnspec.dsl.syntax import tree
from pfnspec.dsl.syntax.parse import parse
from pfnspec.gate.comparison.compare import compare, same
from pfnspec.gate.comparison.difference import EFFECTS
from pfnspec.gate.comparison.implication import direction, follows, within
from pfnspec.gate.comparison.terms import Surroundings, Term, domain, term

ROOT = Path(__file__).resolve().parents[2]
EXAMPLES = tuple(sorted((ROOT / "examples").glob("*/*.pfn")))

State = tuple[bool, int]
STATES: tuple[State, ...] = tuple(product((False, True), range(3)))
# A behaviour is some states, of which the last ones, from a number on, are repeated for ever.
BEHAVIOURS = [(states, loop) for n in (1, 2) for states in product(STATES, repeat=n) for loop in range(n)]

WHERE = Surroundings({"N": 2}, {}, {})
ATOMS = ["p", "x == 1", "x <= 1", "x > 0", "x != 2", "x in {0, 1}", "x in {0}", "N > x", "True", "p == False"]
ATOMS += [f"{word}(x >= i for i in range({size}))" for word in ("all", "any") for size in (1, 2, 3)]


def formulas(atoms: list[str], words: list[str]) -> st.SearchStrategy[str]:
    def grow(inner: st.SearchStrategy[str]) -> st.SearchStrategy[str]:
        two = [st.builds(f"({{}}) {word} ({{}})".format, inner, inner) for word in words]
        one = [st.builds("not ({})".format, inner)]
        if "leads_to" in words:
            one += [st.builds("always ({})".format, inner), st.builds("eventually ({})".format, inner)]
        return st.one_of(*two, *one)

    return st.recursive(st.sampled_from(atoms), grow, max_leaves=5)


def parsed(text: str) -> Term:
    found, faults = parse(Source("t", f"model m\nproperty f: {text}\n"))
    assert found is not None, [str(fault) for fault in faults]
    (node,) = found.declarations
    assert isinstance(node, tree.Property)
    return term(node.formula, WHERE)


def holds(t: Term, states: tuple[State, ...], loop: int, at: int = 0, bound: tuple[int, ...] = ()) -> bool:
    """A formula on the rest of a behaviour from a position on."""
    later = range(min(at, loop), len(states))

    def of(part: Term, position: int = at) -> bool:
        return holds(part, states, loop, position, bound)

    def value(part: Term) -> object:
        match part:
            case ("value", _, constant):
                return constant
            case ("name", "x"):
                return states[at][1]
            case ("bound", number):
                return bound[number]
            case ("set", elements):
                return {value(element) for element in elements}
        raise AssertionError(part)

    match t:
        case ("value", "bool", truth):
            return bool(truth)
        case ("name", "p"):
            return states[at][0]
        case ("not", one):
            return not of(one)
        case ("and", parts):
            return all(of(part) for part in parts)
        case ("or", parts):
            return any(of(part) for part in parts)
        case ("all" | "any" as word, ("range", low, high), body):
            found = [holds(body, states, loop, at, (*bound, i)) for i in range(low, high)]
            return all(found) if word == "all" else any(found)
        case ("==" | "!=" | "<" | "<=" | "in" as word, left, right):
            a, b = value(left), value(right)
            results = {"==": a == b, "!=": a != b}
            if word in results:
                return results[word]
            if word == "in":
                return a in b  # type: ignore[operator]
            return a < b if word == "<" else a <= b  # type: ignore[operator]
        case ("always", one):
            return all(of(one, position) for position in later)
        case ("eventually", one):
            return any(of(one, position) for position in later)
        case ("leads_to", one, other):
            return all(
                not of(one, position) or holds(("eventually", other), states, loop, position, bound)
                for position in later
            )
    raise AssertionError(t)


@settings(max_examples=150, deadline=None)
@given(*[formulas(ATOMS, ["and", "or", "implies"])] * 2)
def test_what_follows_about_states(a: str, b: str) -> None:
    one, other = parsed(a), parsed(b)
    for state in STATES:
        if follows(one, other) and holds(one, (state,), 0):
            assert holds(other, (state,), 0)
    assert (direction(one, other) in ("neutral", "weaker")) == follows(one, other)


@settings(max_examples=150, deadline=None)
@given(*[formulas(ATOMS[:4], ["and", "or", "leads_to"])] * 2)
def test_what_follows_about_behaviours(a: str, b: str) -> None:
    one, other = parsed(a), parsed(b)
    if follows(one, other):
        assert all(holds(other, *way) for way in BEHAVIOURS if holds(one, *way))


@settings(max_examples=100, deadline=None)
@given(formulas(ATOMS, ["and", "or"]), formulas(ATOMS, ["and", "or"]))
def test_more_and_less(a: str, b: str) -> None:
    """What every reader knows is known."""
    one, both, either = parsed(a), parsed(f"({a}) and ({b})"), parsed(f"({a}) or ({b})")
    assert follows(both, one)
    assert follows(one, either)
    assert follows(parsed(f"always ({a})"), parsed(f"always (({b}) implies ({a}))"))
    assert follows(parsed(f"({b}) leads_to ({a})"), parsed(f"({b}) leads_to (({a}) or p)"))


NUMBERS = st.recursive(
    st.sampled_from(["x", "y", "N", "0", "1", "2", "3"]),
    lambda inner: st.one_of(
        st.builds("({} + {})".format, inner, inner),
        st.builds("({} - {})".format, inner, inner),
        st.builds("({} % {})".format, inner, st.sampled_from(["2", "3"])),
        st.builds("{}({}, {})".format, st.sampled_from(["min", "max"]), inner, inner),
        st.builds("min({}, {}, {})".format, inner, inner, inner),
    ),
    max_leaves=5,
)


@settings(max_examples=400, deadline=None)
@given(NUMBERS, st.sampled_from(["<", "<=", "==", "!=", ">", ">="]), NUMBERS)
def test_what_is_certain_of_numbers(left: str, word: str, right: str) -> None:
    """What is said to be true or false in every state is."""
    found = parsed(f"{left} {word} {right}")
    if found[0] == "value":
        for x, y in product(range(-4, 6), repeat=2):
            assert (
                eval(f"{left} {word} {right}", {"x": x, "y": y, "N": 2, "min": min, "max": max}) == found[2]
            )


@pytest.mark.parametrize(
    ("formula", "truth"),
    [
        ("min(x, N) <= N", True),
        ("min(x, y) <= y", True),
        ("max(x, y) < x", False),
        ("N + 1 > min(x, N, y)", True),
        ("x % 3 <= 2", True),
        ("x % 3 >= 3", False),
        ("not (x == x)", False),
        ("x <= y", None),
        ("min(x, y) <= 0", None),
        ("maybe() == maybe()", None),
        ("f(x) == f(x)", None),
    ],
)
def test_certain(formula: str, truth: bool | None) -> None:
    found = parsed(formula)
    assert (found[2] if found[0] == "value" else None) == truth


SETS = st.one_of(
    st.builds("range({})".format, st.integers(0, 4)),
    st.builds("range({}, {})".format, st.integers(0, 3), st.integers(0, 4)),
    st.builds("{{{}}}".format, st.sampled_from(["0", "1, 2", "3", "0, 3"])),
    st.builds(
        "{{{} for p in range({}) if {}}}".format,
        st.sampled_from(["p", "p + 1", "2 - p", "x"]),
        st.integers(0, 4),
        st.sampled_from(["p > 0", "p < x", "p != 1", "True"]),
    ),
)


SETS = st.one_of(
    SETS,
    st.builds("({} {} {})".format, SETS, st.sampled_from("-&"), SETS),
    st.builds("({} - {{x}})".format, SETS),
)


def of_domain(text: str) -> Term:
    found, _ = parse(Source("t", f"model m\nproperty f: any(True for y in {text})\n"))
    assert found is not None
    (node,) = found.declarations
    assert isinstance(node, tree.Property)
    assert isinstance(node.formula, tree.Call)
    (generator,) = node.formula.arguments
    assert isinstance(generator, tree.Generator)
    return domain(generator.clauses[0].domain, WHERE)


@settings(max_examples=500, deadline=None)
@given(SETS, SETS)
def test_what_lies_within(a: str, b: str) -> None:
    """What is said to be part of a set is, whatever the variable in it."""
    if within(of_domain(a), of_domain(b)):
        for x in range(4):
            names = {"x": x, "range": lambda *bounds: set(range(*bounds))}
            assert set(eval(a, names)) <= set(eval(b, names))


def whole(path: Path) -> tree.Tree:
    """An example, laid over its base."""
    found, _ = parse(Source(path.name, path.read_text(encoding="utf-8")))
    assert found is not None
    return found if found.header.base is None else vary(found, whole(path.parent / found.header.base))[0]


@pytest.mark.parametrize("path", EXAMPLES, ids=lambda path: path.stem)
def test_examples(path: Path) -> None:
    """An example differs from its base in both directions, and not from itself."""
    own = whole(path)
    assert same(own, own)
    assert compare(own, own) == ()
    text = path.read_text(encoding="utf-8")
    parsed_, _ = parse(Source(path.name, text))
    assert parsed_ is not None
    if parsed_.header.base is not None:
        base = whole(path.parent / parsed_.header.base)
        there, back = compare(base, own), compare(own, base)
        assert there
        assert back
        order = [EFFECTS.index(difference.effect) for difference in there]
        assert order == sorted(order)
