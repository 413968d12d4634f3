"""Checking how objects come and go: `alloc`, `kzalloc`, `kfree` and `kfree_rcu`."""

from __future__ import annotations

from ...model import model as m
from ...model import sorts as s
from ...syntax import tree
from ..values.expressions import expression
from ..values.objects import class_named
from .body import Body


def allocation(node: tree.Call, name: str, body: Body) -> m.Allocate | None:
    """`alloc(C)`, a reference, or `kzalloc(C)`, which may be None."""
    pool = class_named(node, body.scope)
    if pool is None:
        return None
    sort = body.scope.names.types[pool.name]
    may_fail = name == "kzalloc"
    return m.Allocate(pool, may_fail, s.Optional(sort) if may_fail else sort, node.span)


def freeing(node: tree.Call, name: str, body: Body) -> m.Free | None:
    """`kfree(x)`, or `kfree_rcu(x)`"""
    deferred = name == "kfree_rcu"
    argument = node.arguments[0] if len(node.arguments) == 1 else None
    if argument is None or isinstance(argument, tree.Keyword | tree.Generator):
        help = "leave out the name of the `rcu_head`" if deferred and len(node.arguments) == 2 else None
        body.diagnostics.add("bad-argument", node.span, f"`{name}` takes one reference", help)
        return None
    typed = expression(argument, body.scope)
    if typed is None:
        return None
    of = s.bare(typed.sort)
    if not isinstance(of, s.Ref):
        help = "a class with a count, `class CLASS[2]:`, has objects that are allocated and freed"
        body.diagnostics.add("wrong-sort", typed.span, f"a reference is needed, this is `{typed.sort}`", help)
        return None
    pool = body.scope.names.pools.get(of.name)
    return m.Free(pool, typed, node.span, deferred) if pool else None
