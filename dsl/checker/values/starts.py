"""What variables and fields start with: one value, one for each element, or any of several."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from ...diagnostics import Diagnostics
from ...model import model as m
from ...model import sorts as s
from ...model.fold import NotConstant, evaluate
from ...source import Span
from ...syntax import tree
from .expressions import domain, expression
from .operators import fitted
from .scope import Names, Scope


def refuse_varied(node: tree.Struct, sort: s.Sort, diagnostics: Diagnostics) -> None:
    """Reports fields of objects that start otherwise from one allocation, or element, to the next."""
    for field, (_, _, start) in zip(
        node.fields, sort.fields if isinstance(sort, s.Struct) else (), strict=False
    ):
        if _varied(start):
            help = "give it one value here, and assign the others behind the allocation"
            message = "each object of a class starts with the same values"
            diagnostics.add("not-constant", field.span, message, help)


def _varied(start: s.Start) -> bool:
    if isinstance(start, tuple):
        return len(set(start)) > 1 or any(_varied(part) for part in start)
    return isinstance(start, s.AnyOf)


def initial(
    node: tree.Expr | None, sort: s.Sort, span: Span, names: Names, diagnostics: Diagnostics
) -> s.Start:
    """What a location of `sort` starts with; a default of an array is each element's, unless it is a list."""
    inner = sort
    while isinstance(inner, s.Array):
        inner = inner.of
    if isinstance(inner, s.Ref):
        help = f"declare it `{inner} | None`; it starts as None"
        diagnostics.add("no-value", span, "there is no object for it to begin with", help)
        node = None
    elif node is not None and not s.is_plain(inner):
        diagnostics.add(
            "no-default", node.span, f"a `{inner}` has no initial value of its own", "leave it out"
        )
        node = None
    return _start(node, sort, Scope(names, diagnostics, "constant", in_process=""))


def _start(node: tree.Expr | None, sort: s.Sort, scope: Scope) -> s.Start:
    if isinstance(sort, s.Array):
        if isinstance(node, tree.ListLiteral | tree.ListComprehension):
            return _elements(node, sort, scope)
        return (_start(node, sort.of, scope),) * sort.size
    if node is None:
        return s.initial(sort)
    if isinstance(node, tree.Call) and isinstance(node.function, tree.Name) and node.function.id == "choose":
        return _any_of(node, sort, scope)
    typed = expression(node, scope, sort)
    fits = typed and fitted(typed, sort, scope)
    return s.initial(sort) if fits is None else _worth(fits, {}, scope, s.initial(sort))


def _worth(e: m.Expr, bound: Mapping[str, s.Value], scope: Scope, otherwise: s.Value) -> s.Value:
    try:
        return evaluate(e, bound)
    except NotConstant as fault:
        scope.diagnostics.add("not-constant", fault.span, "an initial value must be constant")
        return otherwise


def _any_of(node: tree.Call, sort: s.Sort, scope: Scope) -> s.Start:
    """`= choose(T)`."""
    argument = node.arguments[0] if len(node.arguments) == 1 else None
    if argument is None or isinstance(argument, tree.Keyword | tree.Generator):
        scope.diagnostics.add("bad-argument", node.span, "`choose` takes one set or type")
        return s.initial(sort)
    over = domain(argument, scope)
    if over is None:
        return s.initial(sort)
    assert isinstance(over.sort, s.SetOf)
    group = _worth(over, {}, scope, frozenset({None}))
    assert isinstance(group, frozenset)
    if not group:
        scope.diagnostics.add(
            "never-fits", node.span, "there is nothing to choose from", "name at least one value"
        )
        return s.initial(sort)
    if fitted(m.Literal(None, over.sort.of, node.span), sort, scope) is None:
        return s.initial(sort)
    unfit = [value for value in group if not s.fits(value, sort)]
    if unfit:
        message = f"`{unfit[0]}` is no `{sort}`"
        scope.diagnostics.add("never-fits", node.span, message, "choose from values that fit")
        return s.initial(sort)
    return s.AnyOf(group) if len(group) > 1 else next(iter(group))


def _elements(node: tree.ListLiteral | tree.ListComprehension, sort: s.Array, scope: Scope) -> s.Start:
    """`[1, 0]` or `[i % 2 for i in range(N)]`: one for each element."""
    made: tuple[s.Start, ...] = ()
    if isinstance(node, tree.ListLiteral):
        made = tuple(_start(element, sort.of, scope) for element in node.elements)
    else:
        made = tuple(_each(node.generator, sort, scope))
        if not made:
            return (s.initial(sort.of),) * sort.size
    if len(made) != sort.size:
        message = f"these are {len(made)} elements, and the array has {sort.size}"
        scope.diagnostics.add("bad-size", node.span, message, "say for each element what it starts with")
        return (s.initial(sort.of),) * sort.size
    if any(isinstance(element, s.AnyOf) for element in made) and len(set(made)) > 1:
        help = "write `= choose(T)` for all elements, or a value for each"
        scope.diagnostics.add("not-constant", node.span, "some elements are chosen, and some are not", help)
    return made


def _each(generator: tree.Generator, sort: s.Array, scope: Scope) -> Iterator[s.Start]:
    """What a comprehension comes to for each of its values; nothing after a fault."""
    clause = generator.clauses[0]
    over = domain(clause.domain, scope)
    if over is None:
        return
    assert isinstance(over.sort, s.SetOf)
    if len(generator.clauses) > 1 or not isinstance(over, m.Literal) or isinstance(sort.of, s.Array):
        help = "write one `for` over numbers or a type, for an array with one index"
        scope.diagnostics.add("one-clause", generator.span, "elements are listed by one `for`", help)
        return
    bound = m.Bound(clause.name, over.sort.of, clause.span)
    inner = scope.inside(bound)
    typed = expression(generator.element, inner, sort.of)
    test = expression(clause.condition, inner) if clause.condition else None
    if typed is None or fitted(typed, sort.of, scope) is None or (clause.condition and test is None):
        return
    assert isinstance(over.value, frozenset)
    for value in (value for value in s.values(over.sort.of) if value in over.value):
        if test is not None and not _worth(test, {bound.name: value}, scope, False):
            continue
        made = _worth(typed, {bound.name: value}, scope, s.initial(sort.of))
        if not s.fits(made, sort.of):
            message = f"for `{clause.name}` = {value} this is {made}, and no `{sort.of}`"
            scope.diagnostics.add("never-fits", generator.element.span, message, "write what fits for each")
            made = s.initial(sort.of)
        yield made
