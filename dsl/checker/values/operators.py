"""Operations on values whose sorts are known, and whether a value fits where it is stored."""

from __future__ import annotations

from collections.abc import Callable

from ...advice import Advice, Insert
from ...model import model as m
from ...model import sorts as s
from ...source import Span
from ...syntax import tree
from .scope import Scope

_ARITHMETIC: dict[str, Callable[[int, int], int]] = {
    "+": lambda a, b: a + b,
    "-": lambda a, b: a - b,
    "*": lambda a, b: a * b,
}


def fitted(value: m.Expr, sort: s.Sort, scope: Scope) -> m.Expr | None:
    """`value` where a `sort` is stored: as it is, with a check that runs, or None with a fault."""
    have = value.sort
    match sort, have:
        case s.Optional(), s.Nothing():
            return value
        case s.Optional(of=of), s.Optional(of=inner):
            if inner == of or (isinstance(of, s.Range) and isinstance(inner, s.Range) and of.covers(inner)):
                return value
        case s.Optional(of=of), _:
            return fitted(value, of, scope)
        case _, s.Optional(of=of):
            return fitted(m.Unwrap(value, of, value.span), sort, scope)
        case s.Range(), s.Range():
            if sort.covers(have):
                return value
            if have.high < sort.low or sort.high < have.low:
                scope.diagnostics.add(
                    "never-fits", value.span, f"this is never within {_bounds(sort)}: it is {_bounds(have)}"
                )
                return None
            return m.Fit(value, sort, value.span)
        case s.SetOf(of=of), s.SetOf(of=inner):
            if inner == s.NOTHING or inner == of:
                return value
            if isinstance(of, s.Range) and isinstance(inner, s.Range) and of.covers(inner):
                return value
        case _:
            if sort == have:
                return value
    scope.diagnostics.add(
        "wrong-sort", value.span, f"`{sort}` is needed, this is `{have}`", _sort_help(sort, have)
    )
    return None


def truth(value: m.Expr, span: Span, scope: Scope) -> m.Expr | None:
    """`value` where a condition stands: it must be a truth value."""
    if isinstance(value.sort, s.Bool):
        return value
    help: Advice | str | None = None
    if isinstance(value.sort, s.Optional):
        help = _compare_with("!= None")
        if isinstance(value.sort.of, s.Bool):
            help = help.text  # or whether it is True
    elif isinstance(value.sort, s.SetOf):
        help = _compare_with("!= set()")
    elif isinstance(value.sort, s.Range):
        help = _compare_with("!= 0")
    elif isinstance(value.sort, s.Generation | s.Snapshot):
        help = "compare a snapshot with its counter, with `==` or `!=`"
    elif isinstance(value.sort, s.Lock):
        help = "take it with `with`, or try with a `trylock`"
    scope.diagnostics.add("not-a-condition", span, f"a condition is needed, this is `{value.sort}`", help)
    return None


def _compare_with(relation: str) -> Advice:
    return Advice(f"compare with `{relation}`", (Insert(f" {relation}"),))


def _bounds(sort: s.Range) -> str:
    return str(sort.low) if sort.low == sort.high else f"{sort.low} to {sort.high}"


def _sort_help(sort: s.Sort, have: s.Sort) -> str | None:
    if isinstance(sort, s.Snapshot):
        return "a snapshot is taken from a `generation` or copied from another snapshot"
    if isinstance(have, s.Nothing):
        return f"declare it as `{sort} | None`" if s.is_plain(sort) else None
    if isinstance(have, s.Generation):
        return "of a generation one can take a snapshot, `+= 1` it, and compare a snapshot with it"
    if isinstance(sort, s.Bool) and isinstance(have, s.Range):
        return "write `True` or `False`"
    return None


def _number(value: m.Expr, scope: Scope) -> m.Expr | None:
    if isinstance(value.sort, s.Optional) and isinstance(value.sort.of, s.Range):
        return m.Unwrap(value, value.sort.of, value.span)
    if isinstance(value.sort, s.Range):
        return value
    help = _sort_help(s.Range(0, 0), value.sort) if isinstance(value.sort, s.Generation) else None
    if isinstance(value.sort, s.SetOf):
        help = "write `len(S)` for its size, `S.add(x)` and `S.remove(x)` to change it"
    scope.diagnostics.add("wrong-sort", value.span, f"a number is needed, this is `{value.sort}`", help)
    return None


def signed(operator: str, operand: m.Expr, span: Span, scope: Scope) -> m.Expr | None:
    """`-x` or `+x`."""
    number = _number(operand, scope)
    if number is None:
        return None
    assert isinstance(number.sort, s.Range)
    low, high = number.sort.low, number.sort.high
    if operator == "-":
        return m.Operation("neg", (number,), s.Range(-high, -low), span)
    return number


def computed(operator: str, first: m.Expr, second: m.Expr, span: Span, scope: Scope) -> m.Expr | None:
    """Arithmetic, and the union, intersection and difference of sets."""
    sets = isinstance(first.sort, s.SetOf) or isinstance(second.sort, s.SetOf)
    if operator in ("|", "&") or (operator == "-" and sets):
        both = s.join(first.sort, second.sort)
        if not (isinstance(first.sort, s.SetOf) and isinstance(second.sort, s.SetOf) and both):
            message = f"`{operator}` needs two sets, not `{first.sort}` and `{second.sort}`"
            scope.diagnostics.add("wrong-sort", span, message)
            return None
        sort = both if operator == "|" else first.sort
        word = "minus" if operator == "-" else operator
        return m.Operation(word, (first, second), sort, span)
    one, other = _number(first, scope), _number(second, scope)
    if one is None or other is None:
        return None
    assert isinstance(one.sort, s.Range) and isinstance(other.sort, s.Range)
    if operator in ("//", "%"):
        if other.sort.low != other.sort.high or other.sort.low <= 0:
            help = "write a number or a `const`"
            scope.diagnostics.add(
                "bad-divisor", other.span, "the divisor must be a constant above zero", help
            )
            return None
        by = other.sort.low
        if operator == "//":
            sort_ = s.Range(one.sort.low // by, one.sort.high // by)
        elif one.sort.low // by == one.sort.high // by:
            sort_ = s.Range(one.sort.low % by, one.sort.high % by)
        else:
            sort_ = s.Range(0, by - 1)
    else:
        compute = _ARITHMETIC[operator]
        corners = [
            compute(a, b) for a in (one.sort.low, one.sort.high) for b in (other.sort.low, other.sort.high)
        ]
        sort_ = s.Range(min(corners), max(corners))
    if max(abs(sort_.low), abs(sort_.high)) >= 2**31:
        scope.diagnostics.add("number-too-large", span, "this can exceed 32 bits, and TLC's integers with it")
        return None
    return m.Operation(operator, (one, other), sort_, span)


def measured(name: str, operands: tuple[m.Expr, ...], span: Span, scope: Scope) -> m.Expr | None:
    """`len` of a set, `min` or `max` of numbers."""
    if name == "len":
        if len(operands) != 1 or not isinstance(operands[0].sort, s.SetOf):
            scope.diagnostics.add("bad-argument", span, "`len` takes one set")
            return None
        of = operands[0].sort.of
        return m.Operation("len", operands, s.Range(0, s.count(of)), span)
    numbers = [_number(operand, scope) for operand in operands]
    known = [number for number in numbers if number is not None]
    if len(known) != len(numbers):
        return None
    if len(known) < 2:
        scope.diagnostics.add("bad-argument", span, f"`{name}` takes two or more numbers")
        return None
    choose = min if name == "min" else max
    ranges = [number.sort for number in known if isinstance(number.sort, s.Range)]
    sort = s.Range(choose(r.low for r in ranges), choose(r.high for r in ranges))
    return m.Operation(name, tuple(known), sort, span)


def compared(operator: str, first: m.Expr, second: m.Expr, span: Span, scope: Scope) -> m.Expr | None:
    """`operator` is a relation, `in` or `not in`."""
    if operator in ("in", "not in"):
        return _membership(operator, first, second, span, scope)
    if operator in ("==", "!="):
        counters: list[m.Expr] = [e for e in (first, second) if isinstance(e.sort, s.Generation)]
        snapshots: list[m.Expr] = [e for e in (first, second) if isinstance(e.sort, s.Snapshot)]
        if counters or snapshots:
            return _generation(operator, counters, snapshots, span, scope)
        if not s.comparable(first.sort, second.sort):
            message = f"`{first.sort}` and `{second.sort}` are never equal"
            help = None
            if isinstance(first.sort, s.Nothing) or isinstance(second.sort, s.Nothing):
                help = "only a `T | None` can be None"
            scope.diagnostics.add("never-equal", span, message, help)
            return None
        for side in (first, second):
            if not (s.is_plain(side.sort) or isinstance(side.sort, s.Nothing)):
                scope.diagnostics.add("not-comparable", side.span, f"`{side.sort}` has no value to compare")
                return None
        equal = m.Operation("==", (first, second), s.BOOL, span)
        return equal if operator == "==" else m.Operation("!=", (first, second), s.BOOL, span)
    if isinstance(first.sort, s.SetOf) and isinstance(second.sort, s.SetOf) and operator == "<=":
        return m.Operation("subset", (first, second), s.BOOL, span)
    one, other = _number(first, scope), _number(second, scope)
    return one and other and m.Operation(operator, (one, other), s.BOOL, span)


def _membership(operator: str, item: m.Expr, group: m.Expr, span: Span, scope: Scope) -> m.Expr | None:
    if not isinstance(group.sort, s.SetOf):
        scope.diagnostics.add("wrong-sort", group.span, f"`in` needs a set, this is `{group.sort}`")
        return None
    if group.sort.of != s.NOTHING and not s.comparable(item.sort, group.sort.of):
        scope.diagnostics.add("never-equal", span, f"`{item.sort}` is never an element of `{group.sort}`")
        return None
    inside = m.Operation("in", (item, group), s.BOOL, span)
    return inside if operator == "in" else m.Operation("not", (inside,), s.BOOL, span)


def _generation(
    operator: str, counters: list[m.Expr], snapshots: list[m.Expr], span: Span, scope: Scope
) -> m.Expr | None:
    if len(counters) == 1 and len(snapshots) == 1:
        counter, snapshot = counters[0], snapshots[0]
        if isinstance(counter, m.Load) and isinstance(snapshot, m.Load):
            current = m.Current(snapshot.place, counter.place, span)
            return current if operator == "==" else m.Operation("not", (current,), s.BOOL, span)
    help = "only a snapshot and its counter can be compared, with `==` or `!=`"
    scope.diagnostics.add("generation-use", span, "a generation has no value of its own", help)
    return None


def displayed(elements: tuple[m.Expr, ...], span: Span, scope: Scope, wanted: s.Sort | None) -> m.Expr | None:
    """The set of some elements, at least one, in the range of `wanted` if they fit."""
    sort: s.Sort = elements[0].sort
    for element in elements[1:]:
        both = s.join(sort, element.sort)
        if both is None:
            scope.diagnostics.add(
                "wrong-sort", element.span, f"the set holds `{sort}`, this is `{element.sort}`"
            )
            return None
        sort = both
    if isinstance(wanted, s.SetOf) and isinstance(wanted.of, s.Range) and isinstance(sort, s.Range):
        if wanted.of.covers(sort):
            sort = wanted.of
    return m.SetDisplay(elements, s.SetOf(sort), span)


def empty_set(node: tree.Call, wanted: s.Sort | None) -> m.Expr:
    """`set()`, of the sort that is wanted."""
    of = wanted.of if isinstance(wanted, s.SetOf) else s.NOTHING
    return m.Literal(frozenset(), s.SetOf(of), node.span)


CONNECTIVES = frozenset(("and", "or", "implies", "until", "leads_to"))
"""The operators between truth values."""


def connected(
    operator: str, left: m.Expr | None, right: m.Expr | None, span: Span, scope: Scope
) -> m.Expr | None:
    """Two conditions with a connective between them; None where one has a fault."""
    if operator in ("until", "leads_to"):
        known = temporal(span, operator, scope)
        return m.Temporal(operator, (left, right), span) if known and left and right else None
    if operator == "implies" and scope.kind == "code":
        scope.diagnostics.add(
            "specification-only", span, "`implies` is a word of specifications", "write `not a or b`"
        )
        return None
    return m.Operation(operator, (left, right), s.BOOL, span) if left and right else None


def temporal(span: Span, word: str, scope: Scope) -> bool:
    """Whether a word about whole behaviours may stand here."""
    if scope.kind == "temporal":
        return True
    help = "write it in a `property`"
    scope.diagnostics.add(
        "temporal-word", span, f"`{word}` speaks of whole behaviours, not of one state", help
    )
    return False
