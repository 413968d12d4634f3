"""Checking expressions: from the tree's to the model's, with sorts."""

from __future__ import annotations

import math
from collections.abc import Callable

from . import model as m
from . import sorts as s
from . import tree
from .diagnostics import did_you_mean
from .fold import NotConstant, evaluate
from .scope import BUILT_INS, TYPE_WORDS, Scope
from .source import Span

LOCK_METHODS: dict[str, dict[str, tuple[str, str]]] = {
    "spinlock": {"lock": ("acquire", "write"), "unlock": ("release", "write"), "trylock": ("try", "write")},
    "mutex": {"lock": ("acquire", "write"), "unlock": ("release", "write"), "trylock": ("try", "write")},
    "rwlock": {
        "read_lock": ("acquire", "read"), "read_unlock": ("release", "read"), "read_trylock": ("try", "read"),
        "write_lock": ("acquire", "write"), "write_unlock": ("release", "write"),
        "write_trylock": ("try", "write"),
    },
    "rwsem": {
        "down_read": ("acquire", "read"), "up_read": ("release", "read"),
        "down_read_trylock": ("try", "read"), "down_write": ("acquire", "write"),
        "up_write": ("release", "write"), "down_write_trylock": ("try", "write"),
    },
}  # fmt: skip

_ARITHMETIC: dict[str, Callable[[int, int], int]] = {
    "+": lambda a, b: a + b,
    "-": lambda a, b: a - b,
    "*": lambda a, b: a * b,
}
_NO_CALL = "write the condition itself; assertions, invariants and properties take no steps"
MAX_ELEMENTS = 4096


def expression(node: tree.Argument, scope: Scope, wanted: s.Sort | None = None) -> m.Expr | None:
    """The typed form of `node`, or None when a fault was reported.  `wanted` only helps `set()`
    and enum members to find their sort."""
    match node:
        case tree.Name():
            return _name(node, scope)
        case tree.Number(value=value):
            return m.Literal(value, s.Range(value, value), node.span)
        case tree.Truth(value=value):
            return m.Literal(value, s.BOOL, node.span)
        case tree.NoneLiteral():
            return m.Literal(None, s.NOTHING, node.span)
        case tree.Text():
            scope.found.add("no-text", node.span, "texts are no values", "declare an `enum` for named values")
        case tree.ListLiteral():
            help = "write `set[T]` and `{a, b}`, or an array `T[N]`"
            scope.found.add("no-list", node.span, "there are no lists", help)
        case tree.Attribute() | tree.Subscript():
            return _postfix(node, scope)
        case tree.Call():
            return _call(node, scope, wanted)
        case tree.Unary():
            return _unary(node, scope)
        case tree.Binary():
            return _binary(node, scope, wanted)
        case tree.Comparison():
            return _comparison(node, scope)
        case tree.At():
            return _at(node, scope)
        case tree.SetLiteral():
            return _set_literal(node, scope, wanted)
        case tree.SetComprehension(generator=generator):
            return _set_build(generator, scope, node.span)
        case tree.Keyword() | tree.Generator():
            scope.found.add("bad-argument", node.span, "this argument fits no parameter")
    return None


def condition(node: tree.Expr, scope: Scope) -> m.Expr | None:
    """An expression that must be a truth value."""
    typed = expression(node, scope)
    if typed is None or isinstance(typed.sort, s.Bool):
        return typed
    help = None
    if isinstance(typed.sort, s.Optional):
        help = "compare with `== None` or `!= None`"
    elif isinstance(typed.sort, s.SetOf):
        help = "compare with `== set()`"
    elif isinstance(typed.sort, s.Range):
        help = "compare with `!= 0`"
    elif isinstance(typed.sort, s.Generation | s.Snapshot):
        help = "compare a snapshot with its counter, with `==` or `!=`"
    elif isinstance(typed.sort, s.Lock):
        help = "take it with `with`, or try with a `trylock`"
    scope.found.add("not-a-condition", node.span, f"a condition is needed, this is `{typed.sort}`", help)
    return None


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
                scope.found.add(
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
    scope.found.add("wrong-sort", value.span, f"`{sort}` is needed, this is `{have}`", _sort_help(sort, have))
    return None


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


def constant(node: tree.Expr, scope: Scope, what: str) -> s.Value | None:
    """The value of an expression over constants; None with a fault when it has none."""
    typed = expression(node, scope)
    if typed is None:
        return None
    try:
        return evaluate(typed)
    except NotConstant as fault:
        scope.found.add(
            "not-constant", fault.span, f"{what} must be constant", "use numbers and `const` declarations"
        )
        return None


# ---- names and places


def _name(node: tree.Name, scope: Scope) -> m.Expr | None:
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
            if scope.assigned is not None and name not in scope.assigned:
                help = "give it a value where it is declared"
                scope.found.add("unset-local", node.span, f"`{name}` may have no value yet", help)
                scope.assigned |= {name}  # once is enough
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
            scope.found.add("ghost-read", node.span, f"code cannot read the ghost `{name}`", help)
            return None
        if scope.kind == "constant":
            scope.found.add("not-constant", node.span, f"`{name}` is not a constant")
            return None
        return m.Load(m.Place(variable, (), variable.sort, node.span))
    if name in names.types:
        scope.found.add("type-as-value", node.span, f"`{name}` is a type, a value is needed here")
    elif name in names.processes:
        help = f"write `{name}[i] at LABEL`, `L.held_by({name}[i])` or `{name}[i].LOCAL`, in a specification"
        scope.found.add("process-as-value", node.span, f"`{name}` is a process", help)
    elif name in names.functions:
        help = f"call it with `{name}(...)`" if scope.kind == "code" else _NO_CALL
        scope.found.add("call-in-expression", node.span, f"`{name}` is a `def`", help)
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


def _postfix(node: tree.Attribute | tree.Subscript, scope: Scope) -> m.Expr | None:
    task = task_of(node, scope, quiet=True)
    if task is not None:
        scope.found.add(
            "process-as-value", node.span, f"`{task.process}[...]` is a process",
            f"write `{task.process}[i] at LABEL` or `{task.process}[i].LOCAL`",
        )  # fmt: skip
        return None
    if isinstance(node, tree.Attribute):
        special = _state_of_lock(node, scope) or _local_of_task(node, scope)
        if special is not None or (scope.whole_state and _is_task(node, scope)):
            return special
    found = place(node, scope)
    return m.Load(found) if found else None


def _is_task(node: tree.Expr, scope: Scope) -> bool:
    """Whether a process is at the root, so that `_local_of_task` has said what there is to say."""
    while isinstance(node, tree.Attribute):
        node = node.base
    name = node.base if isinstance(node, tree.Subscript) else node
    return isinstance(name, tree.Name) and name.id in scope.names.processes and name.id not in scope.locals


def place(node: tree.Expr, scope: Scope) -> m.Place | None:
    """The typed form of something that has a location: `gpc.valid`, `caches[i].lock`, `active`."""
    match node:
        case tree.Name():
            typed = _name(node, scope)
            if typed is None:
                return None
            if isinstance(typed, m.Load):
                return typed.place
            scope.found.add("not-a-place", node.span, f"`{node.id}` is not a variable")
            return None
        case tree.Attribute(base=base, name=name):
            if isinstance(base, tree.Name) and base.id in scope.names.types and base.id not in scope.locals:
                scope.found.add(
                    "type-as-value", node.span, f"`{base.id}` is a type", _member_help(base.id, name, scope)
                )
                return None
            inner = place(base, scope)
            if inner is None:
                return None
            if isinstance(inner.sort, s.Lock) and name in ("locked", "held_by"):
                if scope.whole_state:
                    message = "`held_by` asks for a process"
                    scope.found.add("bad-argument", node.span, message, "write `L.held_by(vcpu[0])`")
                else:
                    refuse_lock_state(node.span, scope)
                return None
            if not isinstance(inner.sort, s.Struct):
                help = "take an element first" if isinstance(inner.sort, s.Array) else None
                scope.found.add("no-field", node.span, f"`{inner.sort}` has no fields", help)
                return None
            sort = inner.sort.field(name)
            if sort is None:
                known = [field for field, _, _ in inner.sort.fields]
                message = f"class `{inner.sort.name}` has no field `{name}`"
                scope.found.add("no-field", node.span, message, did_you_mean(name, known))
                return None
            return m.Place(inner.root, (*inner.path, name), sort, node.span)
        case tree.Subscript(base=base, index=index):
            inner = place(base, scope)
            position = expression(index, scope)
            if inner is None or position is None:
                return None
            if not isinstance(inner.sort, s.Array):
                scope.found.add("no-index", node.span, f"`{inner.sort}` has no elements to index")
                return None
            fits = fitted(position, s.Range(0, inner.sort.size - 1), scope)
            return (
                None if fits is None else m.Place(inner.root, (*inner.path, fits), inner.sort.of, node.span)
            )
        case _:
            scope.found.add("not-a-place", node.span, "a variable, a field or an element is needed here")
            return None


def refuse_lock_state(span: Span, scope: Scope) -> None:
    help = "use a `trylock`; only assertions, invariants and properties see who holds a lock"
    scope.found.add("specification-only", span, "code cannot ask for the state of a lock", help)


def _member_help(type_name: str, member: str, scope: Scope) -> str | None:
    sort = scope.names.types.get(type_name)
    if isinstance(sort, s.Enum) and member in sort.members:
        return f"members of an enum are written plainly: `{member}`"
    return None


def task_of(node: tree.Expr, scope: Scope, quiet: bool = False) -> m.TaskOf | None:
    """`vcpu[v]`, or `updater` for a process without a count."""
    name, index = node, None
    if isinstance(node, tree.Subscript):
        name, index = node.base, node.index
    if isinstance(name, tree.Name) and name.id in scope.names.processes and name.id not in scope.locals:
        declared, count = scope.names.processes[name.id]
        if index is None:
            if declared.count is not None:
                if not quiet:
                    message = f"`{name.id}` has {count} instances, say which one"
                    scope.found.add("which-task", node.span, message, f"write `{name.id}[i]`")
                return None
            typed: m.Expr | None = m.Literal(0, s.Range(0, 0), node.span)
        else:
            typed = expression(index, scope)
        if typed is None:
            return None
        if count == 0:
            # Quantifiers over no instances never evaluate it.
            return m.TaskOf(name.id, typed, s.Task(name.id), node.span)
        fits = fitted(typed, s.Range(0, count - 1), scope)
        return m.TaskOf(name.id, fits, s.Task(name.id), node.span) if fits else None
    if not quiet:
        help = did_you_mean(name.id, scope.names.processes) if isinstance(name, tree.Name) else None
        scope.found.add(
            "not-a-task", node.span, "a process is needed here", help or "write `NAME[i]`, as in `vcpu[0]`"
        )
    return None


def _at(node: tree.At, scope: Scope) -> m.Expr | None:
    if not scope.whole_state:
        help = "only assertions, invariants and properties see where a task is"
        scope.found.add("specification-only", node.span, "code cannot ask where a task is", help)
        return None
    task = task_of(node.task, scope)
    if task is None:
        return None
    if node.label == ("end",):
        return m.AtLabel(task, node.label, node.span)
    labels = scope.names.labels.get(task.process, {})
    matching = [key for key in labels if key[1] == node.label[-1] and node.label[:-1] in ((), (key[0],))]
    if not matching:
        word = ".".join(node.label)
        known = [key[1] for key in labels]
        message = f"process `{task.process}` has no label `{word}`"
        scope.found.add("unknown-label", node.span, message, did_you_mean(node.label[-1], known))
        return None
    return m.AtLabel(task, node.label, node.span)


def _state_of_lock(node: tree.Attribute, scope: Scope) -> m.Expr | None:
    if node.name != "locked" or not scope.whole_state:
        return None
    if not isinstance(node.base, tree.Name | tree.Attribute | tree.Subscript):
        return None
    lock = place(node.base, scope)
    if lock and isinstance(lock.sort, s.Lock):
        return m.LockState(lock, None, node.span)
    return None


def _local_of_task(node: tree.Attribute, scope: Scope) -> m.Expr | None:
    """`vcpu[v].page` or `vcpu[v].refresh.page`."""
    parts = [node.name]
    base = node.base
    while isinstance(base, tree.Attribute):
        parts.insert(0, base.name)
        base = base.base
    if not scope.whole_state or not _is_task(base, scope):
        return None
    task = task_of(base, scope)
    if task is None:
        return None
    owner = parts[0] if len(parts) == 2 else None
    known = scope.names.locals.get(task.process, {})
    found = [v for key, v in known.items() if key[1] == parts[-1] and owner in (None, key[0])]
    if len(found) == 1 and len(parts) <= 2:
        return m.TaskLocal(task, found[0], (), found[0].sort, node.span)
    word = ".".join(parts)
    if found:
        options = ", ".join(f"`{v.owner}.{v.name}`" for v in found)
        scope.found.add("unknown-name", node.span, f"`{word}` is ambiguous", f"write one of {options}")
    else:
        message = f"process `{task.process}` has no local `{word}`"
        scope.found.add("unknown-name", node.span, message, did_you_mean(parts[-1], [k[1] for k in known]))
    return None


# ---- operators


def _number(value: m.Expr, scope: Scope) -> m.Expr | None:
    if isinstance(value.sort, s.Optional) and isinstance(value.sort.of, s.Range):
        return m.Unwrap(value, value.sort.of, value.span)
    if isinstance(value.sort, s.Range):
        return value
    help = _sort_help(s.Range(0, 0), value.sort) if isinstance(value.sort, s.Generation) else None
    if isinstance(value.sort, s.SetOf):
        help = "write `len(S)` for its size, `S.add(x)` and `S.remove(x)` to change it"
    scope.found.add("wrong-sort", value.span, f"a number is needed, this is `{value.sort}`", help)
    return None


def _unary(node: tree.Unary, scope: Scope) -> m.Expr | None:
    if node.operator == "not":
        inner = condition(node.operand, scope)
        return inner and m.Operation("not", (inner,), s.BOOL, node.span)
    if node.operator in ("always", "eventually"):
        inner = condition(node.operand, scope)
        if not _temporal(node.span, node.operator, scope):
            return None
        return inner and m.Temporal(node.operator, (inner,), node.span)
    typed = expression(node.operand, scope)
    number = typed and _number(typed, scope)
    if number is None:
        return None
    assert isinstance(number.sort, s.Range)
    low, high = number.sort.low, number.sort.high
    if node.operator == "-":
        return m.Operation("neg", (number,), s.Range(-high, -low), node.span)
    return number


def _temporal(span: Span, word: str, scope: Scope) -> bool:
    if scope.kind == "temporal":
        return True
    help = "write it in a `property`"
    scope.found.add("temporal-word", span, f"`{word}` speaks of whole behaviours, not of one state", help)
    return False


def _binary(node: tree.Binary, scope: Scope, wanted: s.Sort | None) -> m.Expr | None:
    operator = node.operator
    if operator in ("and", "or", "implies"):
        left, right = condition(node.left, scope), condition(node.right, scope)
        if operator == "implies" and scope.kind == "code":
            scope.found.add(
                "specification-only", node.span, "`implies` is a word of specifications", "write `not a or b`"
            )
            return None
        return left and right and m.Operation(operator, (left, right), s.BOOL, node.span)
    if operator in ("until", "leads_to"):
        left, right = condition(node.left, scope), condition(node.right, scope)
        if not _temporal(node.span, operator, scope):
            return None
        return left and right and m.Temporal(operator, (left, right), node.span)
    first, second = expression(node.left, scope, wanted), expression(node.right, scope, wanted)
    if first is None or second is None:
        return None
    sets = isinstance(first.sort, s.SetOf) or isinstance(second.sort, s.SetOf)
    if operator in ("|", "&") or (operator == "-" and sets):
        both = s.join(first.sort, second.sort)
        if not (isinstance(first.sort, s.SetOf) and isinstance(second.sort, s.SetOf) and both):
            message = f"`{operator}` needs two sets, not `{first.sort}` and `{second.sort}`"
            scope.found.add("wrong-sort", node.span, message)
            return None
        sort = both if operator == "|" else first.sort
        word = "minus" if operator == "-" else operator
        return m.Operation(word, (first, second), sort, node.span)
    one, other = _number(first, scope), _number(second, scope)
    if one is None or other is None:
        return None
    assert isinstance(one.sort, s.Range) and isinstance(other.sort, s.Range)
    if operator in ("//", "%"):
        if other.sort.low != other.sort.high or other.sort.low <= 0:
            help = "write a number or a `const`"
            scope.found.add("bad-divisor", other.span, "the divisor must be a constant above zero", help)
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
        scope.found.add("number-too-large", node.span, "this can exceed 32 bits, and TLC's integers with it")
        return None
    return m.Operation(operator, (one, other), sort_, node.span)


def _comparison(node: tree.Comparison, scope: Scope) -> m.Expr | None:
    if len(node.rest) > 1:
        help: str | None = "write `a == b and b == c`"
        scope.found.add("no-chain", node.span, "comparisons are not chained", help)
        return None
    operator, right = node.rest[0]
    first = expression(node.first, scope)
    second = expression(right, scope, first.sort if first else None)
    if first is None or second is None:
        return None
    if operator in ("in", "not in"):
        return _membership(operator, first, second, node.span, scope)
    if operator in ("==", "!="):
        counters: list[m.Expr] = [e for e in (first, second) if isinstance(e.sort, s.Generation)]
        snapshots: list[m.Expr] = [e for e in (first, second) if isinstance(e.sort, s.Snapshot)]
        if counters or snapshots:
            return _generation(operator, counters, snapshots, node.span, scope)
        if not s.comparable(first.sort, second.sort):
            message = f"`{first.sort}` and `{second.sort}` are never equal"
            help = None
            if isinstance(first.sort, s.Nothing) or isinstance(second.sort, s.Nothing):
                help = "only a `T | None` can be None"
            scope.found.add("never-equal", node.span, message, help)
            return None
        for side in (first, second):
            if not (s.is_plain(side.sort) or isinstance(side.sort, s.Nothing)):
                scope.found.add("not-comparable", side.span, f"`{side.sort}` has no value to compare")
                return None
        equal = m.Operation("==", (first, second), s.BOOL, node.span)
        return equal if operator == "==" else m.Operation("!=", (first, second), s.BOOL, node.span)
    if isinstance(first.sort, s.SetOf) and isinstance(second.sort, s.SetOf) and operator == "<=":
        return m.Operation("subset", (first, second), s.BOOL, node.span)
    one, other = _number(first, scope), _number(second, scope)
    return one and other and m.Operation(operator, (one, other), s.BOOL, node.span)


def _membership(operator: str, item: m.Expr, group: m.Expr, span: Span, scope: Scope) -> m.Expr | None:
    if not isinstance(group.sort, s.SetOf):
        scope.found.add("wrong-sort", group.span, f"`in` needs a set, this is `{group.sort}`")
        return None
    if group.sort.of != s.NOTHING and not s.comparable(item.sort, group.sort.of):
        scope.found.add("never-equal", span, f"`{item.sort}` is never an element of `{group.sort}`")
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
    scope.found.add("generation-use", span, "a generation has no value of its own", help)
    return None


# ---- sets and quantifiers


def _set_literal(node: tree.SetLiteral, scope: Scope, wanted: s.Sort | None) -> m.Expr | None:
    if not node.elements:
        scope.found.add("no-dict", node.span, "`{}` is a dict in Python", "the empty set is `set()`")
        return None
    typed = [expression(element, scope) for element in node.elements]
    known = [element for element in typed if element is not None]
    if len(known) != len(typed):
        return None
    sort: s.Sort = known[0].sort
    for element in known[1:]:
        both = s.join(sort, element.sort)
        if both is None:
            scope.found.add("wrong-sort", element.span, f"the set holds `{sort}`, this is `{element.sort}`")
            return None
        sort = both
    if isinstance(wanted, s.SetOf) and isinstance(wanted.of, s.Range) and isinstance(sort, s.Range):
        if wanted.of.covers(sort):
            sort = wanted.of
    return m.SetDisplay(tuple(known), s.SetOf(sort), node.span)


def domain(node: tree.Expr, scope: Scope) -> m.Expr | None:
    """What `for x in` and `choose` range over: a type, `range(...)` or a set."""
    types: dict[str, s.Sort] = {"bool": s.BOOL, **scope.names.types}
    if isinstance(node, tree.Name) and node.id in types and node.id not in scope.locals:
        sort = types[node.id]
        if isinstance(sort, s.Bool | s.Range | s.Enum | s.Optional):
            return m.Literal(frozenset(s.values(sort)), s.SetOf(sort), node.span)
        scope.found.add("not-a-domain", node.span, f"`{sort}` has no values to range over")
        return None
    if isinstance(node, tree.Call) and isinstance(node.function, tree.Name) and node.function.id == "range":
        bounds = range_bounds(node, scope)
        if bounds is None:
            return None
        low, high = bounds
        elements: frozenset[s.Value] = frozenset(range(low, high))
        return m.Literal(elements, s.SetOf(s.Range(low, max(low, high - 1))), node.span)
    typed = expression(node, scope)
    if typed is None:
        return None
    if not isinstance(typed.sort, s.SetOf):
        help = "use `range(...)`, a type or a set"
        scope.found.add("not-a-domain", node.span, f"`{typed.sort}` cannot be ranged over", help)
        return None
    return typed


def range_bounds(node: tree.Call, scope: Scope) -> tuple[int, int] | None:
    """The two bounds of `range(n)` or `range(a, b)`, the second exclusive."""
    if not 1 <= len(node.arguments) <= 2:
        scope.found.add("bad-argument", node.span, "`range` takes one or two numbers")
        return None
    numbers: list[int] = []
    for argument in node.arguments:
        if isinstance(argument, tree.Keyword | tree.Generator):
            scope.found.add("bad-argument", argument.span, "`range` takes one or two numbers")
            return None
        value = constant(argument, scope, "the bounds of a range")
        if value is None:
            return None
        if isinstance(value, bool) or not isinstance(value, int):
            scope.found.add("wrong-sort", argument.span, "a number is needed")
            return None
        numbers.append(value)
    low, high = (0, numbers[0]) if len(numbers) == 1 else (numbers[0], numbers[1])
    if high - low > MAX_ELEMENTS:
        message = f"this range has {high - low} values, more than {MAX_ELEMENTS}"
        scope.found.add("range-too-large", node.span, message, "a model checks small bounds")
        return None
    return low, high


def _bind(clause: tree.Clause, scope: Scope) -> tuple[m.Bound, m.Expr, m.Expr | None, Scope] | None:
    over = domain(clause.domain, scope)
    if over is None:
        return None
    assert isinstance(over.sort, s.SetOf)
    scope.refuse_hiding(clause.name, clause.span)
    bound = m.Bound(clause.name, over.sort.of, clause.span)
    combinations = math.prod(s.count(known.sort) for known in (*scope.bounds.values(), bound))
    if combinations > MAX_ELEMENTS:
        message = f"this goes through {combinations} combinations, more than {MAX_ELEMENTS}"
        scope.found.add("range-too-large", clause.span, message, "a model checks small bounds")
        return None
    inner = scope.inside(bound)
    test = condition(clause.condition, inner) if clause.condition else None
    if clause.condition is not None and test is None:
        return None
    return bound, over, test, inner


def _set_build(node: tree.Generator, scope: Scope, span: Span) -> m.Expr | None:
    if len(node.clauses) > 1:
        help = "use one `for`, or a union of sets"
        scope.found.add("one-clause", node.clauses[1].span, "a set is built with one `for`", help)
        return None
    bind = _bind(node.clauses[0], scope)
    if bind is None:
        return None
    bound, over, test, inner = bind
    element = expression(node.element, inner)
    if element is None:
        return None
    if not s.is_plain(element.sort):
        scope.found.add("wrong-sort", element.span, f"a set cannot hold `{element.sort}`")
        return None
    return m.SetBuild(element, bound, over, test, s.SetOf(element.sort), span)


def _quantifier(kind: str, node: tree.Call, scope: Scope) -> m.Expr | None:
    generator = node.arguments[0] if len(node.arguments) == 1 else None
    if not isinstance(generator, tree.Generator):
        help = f"write `{kind}(CONDITION for x in range(N))`"
        scope.found.add("bad-argument", node.span, f"`{kind}` takes a condition `for` some variable", help)
        return None
    binds: list[tuple[m.Bound, m.Expr, m.Expr | None]] = []
    for clause in generator.clauses:
        bind = _bind(clause, scope)
        if bind is None:
            return None
        bound, over, test, scope = bind
        binds.append((bound, over, test))
    body = condition(generator.element, scope)
    if body is None:
        return None
    for bound, over, test in reversed(binds):
        body = m.Quantified(kind, bound, over, test, body, node.span)
    return body


# ---- calls in expressions


def _call(node: tree.Call, scope: Scope, wanted: s.Sort | None) -> m.Expr | None:
    if isinstance(node.function, tree.Attribute) and node.function.name == "held_by" and scope.whole_state:
        lock = place(node.function.base, scope)
        if lock is None:
            return None
        if len(node.arguments) != 1:
            help = "write `L.held_by(vcpu[0])`"
            scope.found.add("bad-argument", node.span, "`held_by` takes one process", help)
            return None
        task = task_of(node.arguments[0], scope)  # type: ignore[arg-type]
        if not isinstance(lock.sort, s.Lock):
            scope.found.add("wrong-sort", lock.span, f"a lock is needed, this is `{lock.sort}`")
            return None
        return m.LockState(lock, task, node.span) if task else None
    if not isinstance(node.function, tree.Name):
        _method(node, scope)
        return None
    name = node.function.id
    if name in ("all", "any"):
        return _quantifier(name, node, scope)
    if name in ("READ_ONCE", "smp_load_acquire"):
        only = _only_argument(node, scope)
        typed = None if only is None else expression(only, scope)
        if typed and not isinstance(typed, m.Load):
            scope.found.add("not-a-place", typed.span, f"`{name}` reads a variable")
            return None
        return typed
    if name == "set":
        if node.arguments:
            scope.found.add("bad-argument", node.span, "`set()` takes nothing", "write `{x for x in T}`")
            return None
        of = wanted.of if isinstance(wanted, s.SetOf) else s.NOTHING
        return m.Literal(frozenset(), s.SetOf(of), node.span)
    if name in ("min", "max", "len"):
        return _measure(name, node, scope)
    if name in ("maybe", "choose"):
        help = "assign it to a local first, and use the local here"
        scope.found.add("choice-in-expression", node.span, f"`{name}` is not part of an expression", help)
    elif name in scope.names.functions:
        if scope.kind == "code":
            message, help = (
                "a call is a statement or a whole right-hand side",
                "assign the result to a local first",
            )
        else:
            message, help = f"`{name}` is code, and cannot be called here", _NO_CALL
        scope.found.add("call-in-expression", node.span, message, help)
    elif name in scope.names.types:
        sort = scope.names.types[name]
        help = (
            f"declare it with `shared NAME: {name}`"
            if isinstance(sort, s.Struct)
            else "write the value alone"
        )
        scope.found.add("type-as-value", node.span, f"`{name}` is a type, and makes no values", help)
    elif name == "print":
        scope.found.add("no-print", node.span, "nothing is printed", "the trace shows every read and write")
    elif name in ("range",):
        help = "it stands after `in`, in a type, or in `choose(...)`"
        scope.found.add("range-as-value", node.span, "`range` is not a value", help)
    elif name in TYPE_WORDS:
        scope.found.add(
            "type-as-value", node.span, f"`{name}` is a type, and makes no values", "write the value alone"
        )
    elif name in BUILT_INS:
        help = "make it a statement of its own"
        scope.found.add("no-result", node.span, f"`{name}` returns nothing", help)
    elif name in scope.locals or name in scope.names.variables or name in scope.names.constants:
        scope.found.add("not-callable", node.span, f"`{name}` is not a `def`")
    else:
        scope.unknown(name, node.function.span)
    return None


def _method(node: tree.Call, scope: Scope) -> None:
    if isinstance(node.function, tree.Attribute):
        base = place(node.function.base, scope)
        if base is not None:
            if isinstance(base.sort, s.Lock) and node.function.name == "held_by":
                refuse_lock_state(node.span, scope)
            elif isinstance(base.sort, s.Lock) and node.function.name == "locked":
                help = "write `L.locked` without parentheses"
                scope.found.add("not-callable", node.span, "`locked` is a state, not an operation", help)
            elif isinstance(base.sort, s.Lock) and node.function.name in LOCK_METHODS[base.sort.kind]:
                scope.found.add("call-in-expression", node.span, "a lock operation is a statement of its own")
            else:
                known = LOCK_METHODS[base.sort.kind] if isinstance(base.sort, s.Lock) else {}
                if isinstance(base.sort, s.SetOf):
                    known = {"add": ("", ""), "remove": ("", "")}
                message = f"`{base.sort}` has no method `{node.function.name}` here"
                scope.found.add("no-method", node.span, message, did_you_mean(node.function.name, known))
    else:
        scope.found.add("not-callable", node.span, "this cannot be called")


def _only_argument(node: tree.Call, scope: Scope) -> tree.Expr | None:
    if len(node.arguments) == 1 and not isinstance(node.arguments[0], tree.Keyword | tree.Generator):
        return node.arguments[0]
    name = node.function.id if isinstance(node.function, tree.Name) else "this"
    scope.found.add("bad-argument", node.span, f"`{name}` takes one argument")
    return None


def _measure(name: str, node: tree.Call, scope: Scope) -> m.Expr | None:
    operands: list[m.Expr] = []
    for argument in node.arguments:
        typed = expression(argument, scope)
        if typed is None:
            return None
        operands.append(typed)
    if name == "len":
        if len(operands) != 1 or not isinstance(operands[0].sort, s.SetOf):
            scope.found.add("bad-argument", node.span, "`len` takes one set")
            return None
        of = operands[0].sort.of
        return m.Operation("len", tuple(operands), s.Range(0, s.count(of)), node.span)
    numbers = [_number(operand, scope) for operand in operands]
    known = [number for number in numbers if number is not None]
    if len(known) != len(numbers):
        return None
    if len(known) < 2:
        scope.found.add("bad-argument", node.span, f"`{name}` takes two or more numbers")
        return None
    choose = min if name == "min" else max
    ranges = [number.sort for number in known if isinstance(number.sort, s.Range)]
    sort = s.Range(choose(r.low for r in ranges), choose(r.high for r in ranges))
    return m.Operation(name, tuple(known), sort, node.span)
