"""References to objects that are allocated, where they lead, which there are; and who is on a queue."""

from __future__ import annotations

from ...model import model as m
from ...model import sorts as s
from ...source import Span
from ...syntax import tree
from .operators import fitted
from .scope import Scope


def object_of(reference: m.Expr, of: s.Ref, span: Span, scope: Scope) -> m.Place | None:
    """The object that a reference leads to."""
    pool = scope.names.pools.get(of.name)
    there = fitted(reference, of, scope)
    if pool is None or there is None:
        return None
    assert isinstance(pool.sort, s.Array)
    slot = m.Slot(there, s.Range(0, pool.sort.size - 1), reference.span)
    return m.Place(pool, (slot,), pool.sort.of, span)


def of_bound(node: tree.Expr, span: Span, scope: Scope) -> m.Place | None:
    """The object that the variable of a comprehension leads to; None where it is none."""
    bound = scope.bounds.get(node.id) if isinstance(node, tree.Name) else None
    if bound is None or not isinstance(bound.sort, s.Ref):
        return None
    return object_of(m.BoundUse(bound, node.span), bound.sort, span, scope)


def class_named(node: tree.Call, scope: Scope) -> m.SharedVariable | None:
    """The class with objects that a call of `alloc` or `allocated` names, or None with a fault."""
    word = node.function.id if isinstance(node.function, tree.Name) else ""
    argument = node.arguments[0] if len(node.arguments) == 1 else None
    if not isinstance(argument, tree.Name):
        scope.diagnostics.add("bad-argument", node.span, f"`{word}` takes a class", f"write `{word}(CLASS)`")
        return None
    pool = scope.names.pools.get(argument.id)
    if pool is not None or scope.may_be(argument.id):
        return pool
    if isinstance(scope.names.types.get(argument.id), s.Struct):
        help = f"say how many there can be at once: `class {argument.id}[2]:`"
        scope.diagnostics.add(
            "no-objects", argument.span, f"objects of `{argument.id}` are not allocated", help
        )
        return None
    help = "declare it with a count: `class CLASS[2]:`"
    scope.diagnostics.add("no-objects", argument.span, f"`{argument.id}` is no class with objects", help)
    return None


def all_allocated(node: tree.Call, scope: Scope) -> m.Expr | None:
    """`allocated(Session)`: a set, for specifications."""
    if not scope.whole_state:
        help = "only assertions, invariants and properties see which objects there are"
        scope.diagnostics.add("specification-only", node.span, "code cannot ask what is allocated", help)
        return None
    pool = class_named(node, scope)
    if pool is None:
        return None
    return m.Allocated(pool, s.SetOf(scope.names.types[pool.name]), node.span)


def waited(queue: m.Place, span: Span, scope: Scope) -> m.Waited | None:
    """`waitqueue_active(wq)`"""
    if isinstance(queue.sort, s.WaitQueue):
        return m.Waited(queue, span)
    scope.diagnostics.add("wrong-sort", queue.span, f"a `waitqueue` is needed, this is `{queue.sort}`")
    return None
