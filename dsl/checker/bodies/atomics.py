"""Checking atomic operations: what each does is said in the language, by the vocabulary."""

from __future__ import annotations

from dataclasses import fields, is_dataclass, replace
from functools import cache

from ...model import model as m
from ...model import sorts as s
from ...source import Source, Span
from ...syntax import tree
from ...syntax.parse import parse
from ...vocabulary.atomic_words import FOUND, OPERATIONS, PLACES, Operation
from ..values.expressions import condition, expression, place
from ..values.operators import fitted
from ..values.scope import Scope
from .body import Body, stores_to


def operation_of(name: str, scope: Scope) -> Operation | None:
    """The atomic operation of a name, unless the model has declared something else by it."""
    if name in scope.names.functions or name in scope.locals or name in scope.names.variables:
        return None
    return OPERATIONS.get(name)


def is_operation(node: tree.Expr, scope: Scope) -> bool:
    """Whether it is a call of an atomic operation."""
    return (
        isinstance(node, tree.Call)
        and isinstance(node.function, tree.Name)
        and operation_of(node.function.id, scope) is not None
    )


def atomic_operation(call: tree.Call, operation: Operation, body: Body) -> m.Modify | None:
    """The operation with its arguments; None after a fault."""
    scope = body.scope
    name, parameters = operation.word.word, operation.word.parameters or ()
    given = [a for a in call.arguments if not isinstance(a, tree.Keyword | tree.Generator)]
    if len(given) != len(parameters) or len(given) != len(call.arguments):
        message = f"`{name}` takes {len(parameters)} argument{'s' * (len(parameters) != 1)}"
        scope.diagnostics.add("bad-argument", call.span, message, f"write `{operation.word.written}`")
        return None
    by_name = dict(zip(parameters, given, strict=True))
    target = place(by_name[operation.place], scope)
    if target is None or not _fit(target, operation, body):
        return None
    wanted = target.sort.of if isinstance(target.sort, s.SetOf) and operation.place == "bits" else target.sort
    arguments: list[tuple[m.Bound, m.Expr]] = []
    found: m.Place | None = None
    for parameter in parameters:
        if parameter in PLACES:
            continue
        node = by_name[parameter]
        typed = expression(node, scope, wanted)
        if typed is None:
            return None
        if parameter == FOUND:
            found = _local(typed, target, name, body)
            if found is None:
                return None
        elif operation.place == "bits" or parameter in ("old", "new", "u"):
            fits = fitted(typed, wanted, scope)
            if fits is None:
                return None
            typed = fits
        arguments.append((m.Bound(parameter, typed.sort, node.span), typed))
    was = m.Bound("was", target.sort, call.span)
    inner = scope
    for bound in (was, *(bound for bound, _ in arguments)):
        inner = inner.inside(bound)

    def truth(text: str) -> m.Expr | None:
        return condition(_rule(text, call.span), inner) if text else None

    total = expression(_rule(operation.stored, call.span), inner, target.sort)
    stored = total and fitted(total, target.sort, scope)
    when, test, needs = truth(operation.when), truth(operation.test), truth(operation.needs)
    unfit = (operation.when and when is None) or (operation.test and test is None)
    if stored is None or unfit or (operation.needs and needs is None):
        return None
    acquires = truth(operation.acquires)
    result: s.Sort | None = None
    if operation.result:
        result = s.BOOL if operation.result == "test" else target.sort
    return m.Modify(
        name, target, tuple(arguments), was, stored, when, test, operation.result, found, needs,
        operation.complaint, operation.word.order, acquires, result, call.span,
    )  # fmt: skip


def _fit(target: m.Place, operation: Operation, body: Body) -> bool:
    """Whether the operation can be done to a place; False with a report."""
    name, sort = operation.word.word, target.sort
    if isinstance(target.root, m.LocalVariable):
        help = "a local is seen by its task alone: assign it"
        body.diagnostics.add("not-shared", target.span, f"`{name}` changes a shared variable", help)
        return False
    needed = None
    if operation.place == "bits" and not isinstance(sort, s.SetOf):
        needed = "a bitmap is a `set`, such as `set[Bit]` of an `enum Bit`"
    elif operation.place != "bits" and "new" not in (operation.word.parameters or ()):
        if not isinstance(sort, s.Range):
            needed = "declare it as a `range(n)`"
    elif not s.is_plain(sort):
        needed = "it takes a `bool`, a range, an enum, a set, or one of these with `None`"
    if needed is not None:
        body.diagnostics.add("wrong-sort", target.span, f"`{name}` cannot be done to a `{sort}`", needed)
    return needed is None


def _local(typed: m.Expr, target: m.Place, name: str, body: Body) -> m.Place | None:
    """The local that gets what was found."""
    if not (isinstance(typed, m.Load) and isinstance(typed.place.root, m.LocalVariable)):
        help = f"write `old: {target.sort} = ...` above it, and `{name}(&x, &old, new)`"
        body.diagnostics.add("wrong-sort", typed.span, f"`{name}` puts what it finds into a local", help)
        return None
    if typed.sort != target.sort:
        message = f"`{typed.place.root.name}` is a `{typed.sort}`, and what is found a `{target.sort}`"
        body.diagnostics.add("wrong-sort", typed.span, message, f"declare it as `{target.sort}`")
        return None
    return typed.place if stores_to(typed.place, body) else None


def _rule(text: str, span: Span) -> tree.Expr:
    """An expression of the vocabulary, as if it stood at `span`."""
    placed = _placed(_parsed(text), span)
    return placed  # type: ignore[return-value]


@cache
def _parsed(text: str) -> tree.Expr:
    parsed, diagnostics = parse(Source("", f"model rule\ninvariant rule: {text}\n"))
    assert parsed is not None, list(diagnostics)
    node = parsed.declarations[0]
    assert isinstance(node, tree.Invariant)
    return node.formula


def _placed(node: object, span: Span) -> object:
    if isinstance(node, Span):
        return span
    if isinstance(node, tuple):
        return tuple(_placed(part, span) for part in node)
    if is_dataclass(node) and not isinstance(node, type):
        return replace(node, **{item.name: _placed(getattr(node, item.name), span) for item in fields(node)})
    return node
