"""Checking assignments: the declarations of locals, what is stored, and where to."""

from __future__ import annotations

from ...advice import Advice, Edit
from ...diagnostics import did_you_mean
from ...model import model as m
from ...model import sorts as s
from ...syntax import tree
from ...vocabulary.lookup import SET_METHODS
from ..values.expressions import expression, place
from ..values.operators import fitted
from ..values.scope import Scope
from ..values.settle import sort_of
from .actions import FAULT, action_of
from .body import Body, stores_to
from .conditions import acted, acts, tested


def declaration(node: tree.Local, body: Body) -> m.Statement | None:
    """A local, known from here on; None after a fault."""
    sort = sort_of(node.type, body.scope.names, body.diagnostics)
    if sort is None:
        body.scope.names.broken.add(node.name)
        return None
    if not (s.is_plain(sort) or isinstance(sort, s.Snapshot)):
        help = "declare it `shared`" if s.has_locks(sort) else "use a scalar or a set"
        if isinstance(sort, s.Struct) and not s.has_locks(sort):
            help = f"write `word {sort}:` for fields that are one value, or a local for each field"
        body.diagnostics.add("bad-local", node.span, f"a local cannot be a `{sort}`", help)
        body.scope.names.broken.add(node.name)
        return None
    known = body.scope.locals.get(node.name)
    if known is not None:
        related = [(known.span, "it is declared here")]
        help = "declare it once, before the blocks that use it, and assign it in each"
        body.diagnostics.add("declared-twice", node.span, f"`{node.name}` is declared already", help, related)
        return None
    body.scope.refuse_hiding(node.name, node.span)
    variable = m.LocalVariable(body.scope.owner or "", node.name, sort, node.span)
    value: m.Source | None = None
    if node.value is not None:
        value = source(node.value, sort, body)
    body.scope.locals[node.name] = variable
    body.declared[node.name] = variable
    if node.value is not None and body.scope.assigned is not None:
        body.scope.assigned |= {node.name}
    return m.Declare(variable, value, node.span) if value or node.value is None else None


def source(node: tree.Expr, sort: s.Sort, body: Body) -> m.Source | None:
    """A right-hand side for a location of `sort`."""
    if not isinstance(node, tree.Call) and acts(node, body):
        decided = tested(node, body)
        assert decided is None or isinstance(decided, m.Action)
        return decided and _fitted_action(decided, sort, body)
    action = acted(node, body)
    if action is FAULT:
        return None
    if action is not None:
        assert isinstance(action, m.Action)
        return _fitted_action(action, sort, body)
    typed = expression(node, body.scope, sort)
    if typed is None:
        return None
    if isinstance(sort, s.Snapshot) and isinstance(typed, m.Load):
        if isinstance(typed.sort, s.Generation):
            return m.Take(typed.place, s.SNAPSHOT, node.span)
        if isinstance(typed.sort, s.Snapshot):
            return typed
    return fitted(typed, sort, body.scope)


def _fitted_action(action: m.Action, sort: s.Sort, body: Body) -> m.Action | None:
    have = action.sort
    if have is None:
        assert isinstance(action, m.Invoke | m.Modify)
        if isinstance(action, m.Modify):
            body.diagnostics.add(
                "no-result", action.span, f"`{action.word}` returns nothing", "make it a statement"
            )
        else:
            body.diagnostics.add(
                "no-result", action.span, f"`{action.function}` returns nothing", "declare `-> T`"
            )
        return None
    if isinstance(sort, s.Snapshot) and isinstance(have, s.Snapshot):
        return action
    probe = fitted(m.Literal(None, have, action.span), sort, body.scope)
    if isinstance(probe, m.Unwrap | m.Fit):
        message = f"`{sort}` is needed, this is `{have}`"
        body.diagnostics.add("wrong-sort", action.span, message, "assign it to a local of that sort first")
        return None
    return action if probe is not None else None


def assignment(node: tree.Assign, body: Body) -> m.Statement | None:
    """`place = source`; None after a fault."""
    target = _target(node.target, body)
    if target is None or not stores_to(target, body):
        # The value has faults of its own.
        if not isinstance(node.value, tree.Call) and acts(node.value, body):
            tested(node.value, body)
        elif action_of(node.value, body) is None:
            expression(node.value, body.scope)
        return None
    if isinstance(target.root, m.SharedVariable) and target.root.ghost:
        typed = expression(node.value, body.scope.specification(), target.sort)
        fits = typed and fitted(typed, target.sort, body.scope)
        return m.Store(target, fits, node.span) if fits else None
    value = source(node.value, target.sort, body)
    if isinstance(target.root, m.LocalVariable) and body.scope.assigned is not None:
        body.scope.assigned |= {target.root.name}
    return m.Store(target, value, node.span) if value else None


def _target(node: tree.Expr, body: Body) -> m.Place | None:
    """A place to store to."""
    scope = body.scope
    if isinstance(node, tree.Name):
        local = scope.locals.get(node.id)
        if isinstance(local, m.LocalVariable):
            return m.Place(local, (), local.sort, node.span)
        if local is None and node.id not in set(scope.names.known()) | {"self"}:
            meant = did_you_mean(node.id, [*scope.locals, *scope.names.variables])
            help = meant or f"declare a local with `{node.id}: T = ...`"
            if not scope.may_be(node.id):
                scope.diagnostics.add("unknown-name", node.span, f"`{node.id}` is not declared", help)
            return None
        if local is None and node.id not in scope.names.variables:
            help = "only variables that are declared `shared` or `ghost`, and locals, change"
            scope.diagnostics.add("assign-constant", node.span, f"`{node.id}` is not a variable", help)
            return None
    found = place(node, scope if not _is_ghost(node, scope) else scope.specification())
    if found is None:
        return None
    if s.is_plain(found.sort) or isinstance(found.sort, s.Snapshot):
        return found
    advice = None
    if isinstance(found.sort, s.Generation):
        advice = "a generation is only bumped: `+= 1`"
    elif isinstance(found.sort, s.Lock):
        advice = "take it with `with`"
    elif isinstance(found.sort, s.Struct | s.Array):
        advice = "assign field by field, or element by element"
        if isinstance(found.sort, s.Struct) and not s.has_locks(found.sort):
            advice = f"assign field by field, or write `word {found.sort}:` for fields that are one location"
    scope.diagnostics.add("not-assignable", node.span, f"a `{found.sort}` cannot be assigned", advice)
    return None


def _is_ghost(node: tree.Expr, scope: Scope) -> bool:
    while isinstance(node, tree.Attribute | tree.Subscript):
        node = node.base
    variable = scope.names.variables.get(node.id) if isinstance(node, tree.Name) else None
    return (
        variable is not None
        and variable.ghost
        and isinstance(node, tree.Name)
        and node.id not in scope.locals
    )


def augmented_assignment(node: tree.Augmented, body: Body) -> m.Statement | None:
    """`place += value`, which bumps a generation; None after a fault."""
    scope = body.scope
    ghost = _is_ghost(node.target, scope)
    seen = scope.specification() if ghost else scope
    target = place(node.target, seen)
    if target is None or not stores_to(target, body):
        return None
    if isinstance(target.sort, s.Generation):
        if node.operator == "+" and isinstance(node.value, tree.Number) and node.value.value == 1:
            return m.Bump(target, node.span)
        help = Advice("write `+= 1`", (Edit(node.value.span, "1"),) if node.operator == "+" else ())
        scope.diagnostics.add("generation-use", node.span, "a generation is only bumped", help)
        return None
    combined = tree.Binary(node.span, node.operator, node.target, node.value)
    total = expression(combined, seen)
    fits = total and fitted(total, target.sort, scope)
    if not fits:
        return None
    if not isinstance(target.sort, s.SetOf | s.Range | s.Optional):
        scope.diagnostics.add("wrong-sort", node.span, f"`{target.sort}` cannot be counted")
        return None
    return m.Update(target, fits, node.span)


def set_method(call: tree.Call, body: Body) -> m.Statement | object | None:
    """`free.add(x)`, `free.discard(x)` and the like; None when it is another method, FAULT after a fault."""
    assert isinstance(call.function, tree.Attribute)
    name = call.function.name
    if name not in SET_METHODS:
        return None
    seen = body.scope.specification() if _is_ghost(call.function.base, body.scope) else body.scope
    target = place(call.function.base, seen)
    if target is None:
        return FAULT
    stores_to(target, body)
    if not isinstance(target.sort, s.SetOf):
        body.diagnostics.add("no-method", call.span, f"`{target.sort}` has no method `{name}`")
        return FAULT
    argument = call.arguments[0] if len(call.arguments) == 1 else None
    if argument is None or isinstance(argument, tree.Keyword | tree.Generator):
        body.diagnostics.add("bad-argument", call.span, f"`{name}` takes one value")
        return FAULT
    item = expression(argument, seen, target.sort.of)
    fits = item and fitted(item, target.sort.of, body.scope)
    if not fits:
        return FAULT
    single = m.SetDisplay((fits,), s.SetOf(target.sort.of), argument.span)
    total = m.Operation(SET_METHODS[name], (m.Load(target), single), target.sort, call.span)
    return m.Update(target, total, call.span)
