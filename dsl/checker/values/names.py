"""What a name has for a value in an expression, and what is said of one that has none."""

from __future__ import annotations

from ...model import model as m
from ...model import sorts as s
from ...source import Span
from ...syntax import tree
from ...vocabulary.atomic_words import OPERATIONS
from ...vocabulary.lookup import BUILT_INS, CHOICES, TYPE_WORDS
from .scope import Scope

_NO_CALL = "write the condition itself; assertions, invariants and properties take no steps"


def named(node: tree.Name, scope: Scope) -> m.Expr | None:
    """The value of a plain name, or None when a fault was reported."""
    name = node.id
    if name in scope.bounds:
        return m.BoundUse(scope.bounds[name], node.span)
    if scope.in_policy and name == "cond":
        return m.SiteCondition(node.span)
    if scope.in_policy and name == "wq":
        return m.Load(m.Place(m.SiteQueue("wq", s.WAITQUEUE, node.span), (), s.WAITQUEUE, node.span))
    if name == "self" and scope.in_process != "" and scope.kind in ("code", "assert"):
        return _self(node.span, scope)
    if name in scope.locals:
        found = scope.locals[name]
        place = m.Place(found, (), found.sort, node.span)
        if isinstance(found, m.LocalVariable) and not isinstance(found.sort, s.Snapshot):
            unset = scope.assigned is not None and name not in scope.assigned
            if unset and not scope.names.may_be(name):
                help = "give it a value where it is declared"
                scope.diagnostics.add("unset-local", node.span, f"`{name}` may have no value yet", help)
                scope.assigned = (scope.assigned or frozenset()) | {name}  # once is enough
                return None
        return m.Load(place)
    names = scope.names
    if name in names.constants:
        value = names.constants[name]
        return m.Literal(value, _sort_of(value, scope), node.span)
    if name in names.members:
        return m.Literal(name, names.members[name], node.span)
    if name in names.variables:
        variable = names.variables[name]
        if variable.ghost and scope.kind == "code":
            help = "only assertions, invariants and other ghosts may read it"
            scope.diagnostics.add("ghost-read", node.span, f"code cannot read the ghost `{name}`", help)
            return None
        if scope.kind == "constant":
            scope.diagnostics.add("not-constant", node.span, f"`{name}` is not a constant")
            return None
        return m.Load(m.Place(variable, (), variable.sort, node.span))
    if name in names.types:
        scope.diagnostics.add("type-as-value", node.span, f"`{name}` is a type, a value is needed here")
    elif name in names.processes:
        help = f"write `{name}[i] at LABEL`, `L.held_by({name}[i])` or `{name}[i].LOCAL`, in a specification"
        scope.diagnostics.add("process-as-value", node.span, f"`{name}` is a process", help)
    elif name in names.functions:
        help = f"call it with `{name}(...)`" if scope.kind == "code" else _NO_CALL
        scope.diagnostics.add("call-in-expression", node.span, f"`{name}` is a `def`", help)
    else:
        scope.unknown(name, node.span)
    return None


def _self(span: Span, scope: Scope) -> m.Expr:
    if scope.in_process is None:
        # A `def` is checked once for all processes that call it; its `self` covers them all.
        most = max((count for _, count in scope.names.processes.values()), default=1)
        return m.SelfIndex(s.Range(0, max(most - 1, 0)), span)
    count = scope.names.processes[scope.in_process][1]
    return m.SelfIndex(s.Range(0, max(count - 1, 0), scope.in_process), span)


def _sort_of(value: s.Value, scope: Scope) -> s.Sort:
    if isinstance(value, bool):
        return s.BOOL
    if isinstance(value, int):
        return s.Range(value, value)
    if isinstance(value, str):
        return scope.names.members[value]
    return s.NOTHING


def refuse_call(name: str, node: tree.Call, scope: Scope) -> None:
    """Reports a call of something that has no value within an expression."""
    if name in CHOICES:
        help = "assign it to a local first, and use the local here"
        scope.diagnostics.add(
            "choice-in-expression", node.span, f"`{name}` is not part of an expression", help
        )
    elif name in scope.names.functions:
        if scope.kind == "code":
            message, help = (
                "a call is a statement or a whole right-hand side",
                "assign the result to a local first",
            )
        else:
            message, help = f"`{name}` is code, and cannot be called here", _NO_CALL
        scope.diagnostics.add("call-in-expression", node.span, message, help)
    elif name in scope.names.types:
        sort = scope.names.types[name]
        help = (
            f"declare it with `shared NAME: {name}`"
            if isinstance(sort, s.Struct)
            else "write the value alone"
        )
        scope.diagnostics.add("type-as-value", node.span, f"`{name}` is a type, and makes no values", help)
    elif name in OPERATIONS:
        help = "assign it to a local first" if scope.kind == "code" else _NO_CALL
        scope.diagnostics.add(
            "call-in-expression", node.span, f"`{name}` takes a step, and stands alone", help
        )
    elif name == "print":
        scope.diagnostics.add(
            "no-print", node.span, "nothing is printed", "the trace shows every read and write"
        )
    elif name in ("range",):
        help = "it stands after `in`, in a type, or in `choose(...)`"
        scope.diagnostics.add("range-as-value", node.span, "`range` is not a value", help)
    elif name in TYPE_WORDS:
        scope.diagnostics.add(
            "type-as-value", node.span, f"`{name}` is a type, and makes no values", "write the value alone"
        )
    elif name in BUILT_INS:
        help = "make it a statement of its own"
        scope.diagnostics.add("no-result", node.span, f"`{name}` returns nothing", help)
    elif name in scope.locals or name in scope.names.variables or name in scope.names.constants:
        scope.diagnostics.add("not-callable", node.span, f"`{name}` is not a `def`")
    else:
        scope.unknown(name, node.function.span)
