"""Checking expressions: from the tree's to the model's, with sorts."""

from __future__ import annotations

from ...advice import Advice, Rewrite, write
from ...model import model as m
from ...model import sorts as s
from ...model.fold import NotConstant, evaluate
from ...source import Span
from ...syntax import tree
from ...vocabulary.lookup import LOADS, TESTS, word_of
from ...vocabulary.word import Word
from . import arguments, domains, operators, places
from .names import named, refuse_call
from .objects import all_allocated, of_bound, waited
from .scope import Scope
from .words import field_of_bound, operands, start_of


def expression(node: tree.Argument, scope: Scope, wanted: s.Sort | None = None) -> m.Expr | None:
    """The typed form of `node`, or None when a fault was reported.  `wanted` only helps `set()`
    and enum members to find their sort."""
    match node:
        case tree.Name():
            return named(node, scope)
        case tree.Number(value=value):
            return m.Literal(value, s.Range(value, value), node.span)
        case tree.Truth(value=value):
            return m.Literal(value, s.BOOL, node.span)
        case tree.NoneLiteral():
            return m.Literal(None, s.NOTHING, node.span)
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
        case tree.Text() | tree.ListComprehension() | tree.ListLiteral() | tree.Keyword() | tree.Generator():
            arguments.refuse_value(node, scope)
    return None


def condition(node: tree.Expr, scope: Scope) -> m.Expr | None:
    """An expression that must be a truth value."""
    if isinstance(node, tree.Number):
        message = f"a condition is needed, this is `{node.value}`"
        scope.diagnostics.add("not-a-condition", node.span, message, write(f"{bool(node.value)}"))
        return None
    typed = expression(node, scope)
    return typed and operators.truth(typed, node.span, scope)


def constant(node: tree.Expr, scope: Scope, what: str) -> s.Value | None:
    """The value of an expression over constants; None with a fault when it has none."""
    typed = expression(node, scope)
    if typed is None:
        return None
    try:
        return evaluate(typed)
    except NotConstant as fault:
        scope.diagnostics.add(
            "not-constant", fault.span, f"{what} must be constant", "use numbers and `const` declarations"
        )
        return None


# ---- names and places


def _postfix(node: tree.Attribute | tree.Subscript, scope: Scope) -> m.Expr | None:
    task = task_of(node, scope, quiet=True)
    if task is not None:
        scope.diagnostics.add(
            "process-as-value", node.span, f"`{task.process}[...]` is a process",
            f"write `{task.process}[i] at LABEL` or `{task.process}[i].LOCAL`",
        )  # fmt: skip
        return None
    if isinstance(node, tree.Attribute):
        bound = scope.bounds.get(node.base.id) if isinstance(node.base, tree.Name) else None
        if bound is not None and isinstance(bound.sort, s.Word):
            return field_of_bound(node, scope)
        special = _state_of_lock(node, scope) or _local_of_task(node, scope)
        if special is not None or (scope.whole_state and places.is_task(node, scope)):
            return special
    found = place(node, scope)
    return m.Load(found) if found else None


def place(node: tree.Expr, scope: Scope) -> m.Place | None:
    """The typed form of something that has a location: `gpc.valid`, `caches[i].lock`, `active`."""
    match node:
        case tree.Name():
            typed = named(node, scope)
            if typed is None:
                return None
            if isinstance(typed, m.Load):
                return typed.place
            scope.diagnostics.add("not-a-place", node.span, f"`{node.id}` is not a variable")
            return None
        case tree.Attribute(base=base, name=name):
            if isinstance(base, tree.Name) and base.id in scope.names.types and base.id not in scope.locals:
                scope.diagnostics.add(
                    "type-as-value",
                    node.span,
                    f"`{base.id}` is a type",
                    places.member_help(base.id, name, scope),
                )
                return None
            inner = of_bound(base, node.span, scope) or place(base, scope)
            return inner and places.field_of(inner, name, node.span, scope)
        case tree.Subscript(base=base, index=index):
            inner = place(base, scope)
            position = expression(index, scope)
            return places.element_of(inner, position, node.span, scope) if inner and position else None
        case _:
            scope.diagnostics.add(
                "not-a-place", node.span, "a variable, a field or an element is needed here"
            )
            return None


def task_of(node: tree.Expr, scope: Scope, quiet: bool = False) -> m.TaskOf | None:
    """`vcpu[v]`, or `updater` for a process without a count."""
    name, index = node, None
    if isinstance(node, tree.Subscript):
        name, index = node.base, node.index
    if isinstance(name, tree.Name) and name.id in scope.names.processes and name.id not in scope.locals:
        declared, count = scope.names.processes[name.id]
        if index is None:
            if declared.count is not None and count != 1:
                if not quiet:
                    message = f"`{name.id}` has {count} instances, say which one"
                    scope.diagnostics.add("which-task", node.span, message, f"write `{name.id}[i]`")
                return None
            typed: m.Expr | None = m.Literal(0, s.Range(0, 0), node.span)
        else:
            typed = expression(index, scope)
        if typed is None:
            return None
        if count == 0:
            # Quantifiers over no instances never evaluate it.
            return m.TaskOf(name.id, typed, s.Task(name.id), node.span)
        fits = operators.fitted(typed, s.Range(0, count - 1), scope)
        return m.TaskOf(name.id, fits, s.Task(name.id), node.span) if fits else None
    if not quiet:
        places.refuse_task(name, node.span, scope)
    return None


def _in_region(node: tree.Comparison, scope: Scope) -> m.Expr | None:
    """`vcpu[v] in critical`, or `not in`."""
    operator, right = node.rest[0]
    if not scope.whole_state:
        help = "only assertions, invariants and properties see where a task is"
        scope.diagnostics.add("specification-only", node.span, "code cannot ask where a task is", help)
        return None
    match right:
        case tree.Name(id=name):
            label: tuple[str, ...] = (name,)
        case tree.Attribute(base=tree.Name(id=owner), name=name):
            label = owner, name
        case _:
            help = "write `P in REGION`, the name of a `label NAME:` with a block"
            scope.diagnostics.add("not-a-region", right.span, "a region is needed here", help)
            return None
    task = task_of(node.first, scope)
    inside = places.at_label(task, label, node.span, scope, within=True) if task else None
    return m.Operation("not", (inside,), s.BOOL, node.span) if inside and operator == "not in" else inside


def _at(node: tree.At, scope: Scope) -> m.Expr | None:
    if not scope.whole_state:
        help = "only assertions, invariants and properties see where a task is"
        scope.diagnostics.add("specification-only", node.span, "code cannot ask where a task is", help)
        return None
    task = task_of(node.task, scope)
    return places.at_label(task, node.label, node.span, scope) if task else None


def _state_of_lock(node: tree.Attribute, scope: Scope) -> m.Expr | None:
    if node.name != "locked" or not scope.whole_state:
        return None
    if not isinstance(node.base, tree.Name | tree.Attribute | tree.Subscript) or places.is_task(
        node.base, scope
    ):
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
    if not scope.whole_state or not places.is_task(base, scope):
        return None
    task = task_of(base, scope)
    return places.local_of(task, parts, node.span, scope) if task else None


# ---- operators


def _unary(node: tree.Unary, scope: Scope) -> m.Expr | None:
    if node.operator == "not":
        inner = condition(node.operand, scope)
        return inner and m.Operation("not", (inner,), s.BOOL, node.span)
    if node.operator in ("always", "eventually"):
        inner = condition(node.operand, scope)
        if not operators.temporal(node.span, node.operator, scope):
            return None
        return inner and m.Temporal(node.operator, (inner,), node.span)
    typed = expression(node.operand, scope)
    return typed and operators.signed(node.operator, typed, node.span, scope)


def _binary(node: tree.Binary, scope: Scope, wanted: s.Sort | None) -> m.Expr | None:
    operator = node.operator
    if operator in operators.CONNECTIVES:
        return operators.connected(
            operator, condition(node.left, scope), condition(node.right, scope), node.span, scope
        )
    first, second = expression(node.left, scope, wanted), expression(node.right, scope, wanted)
    if first is None or second is None:
        return None
    return operators.computed(operator, first, second, node.span, scope)


def _comparison(node: tree.Comparison, scope: Scope) -> m.Expr | None:
    if len(node.rest) > 1:
        help = "write `a == b and b == c`"
        scope.diagnostics.add("no-chain", node.span, "comparisons are not chained", help)
        return None
    operator, right = node.rest[0]
    tasks = isinstance(node.first, tree.Name | tree.Subscript) and places.is_task(node.first, scope)
    if tasks and operator in ("in", "not in"):
        return _in_region(node, scope)
    first = expression(node.first, scope)
    second = expression(right, scope, first.sort if first else None)
    if first is None or second is None:
        return None
    return operators.compared(operator, first, second, node.span, scope)


# ---- sets and quantifiers

_EMPTY_SET = Advice("the empty set is `set()`", (Rewrite("set()"),))


def _set_literal(node: tree.SetLiteral, scope: Scope, wanted: s.Sort | None) -> m.Expr | None:
    if not node.elements:
        scope.diagnostics.add("no-dict", node.span, "`{}` is a dict in Python", _EMPTY_SET)
        return None
    typed = [expression(element, scope) for element in node.elements]
    known = [element for element in typed if element is not None]
    if len(known) != len(typed):
        return None
    return operators.displayed(tuple(known), node.span, scope, wanted)


def domain(node: tree.Expr, scope: Scope) -> m.Expr | None:
    """What `for x in` and `choose` range over: a type, `range(...)` or a set."""
    sort = domains.type_named(node, scope)
    if sort is not None:
        assert isinstance(node, tree.Name)
        return domains.all_of(sort, node, scope)
    if isinstance(node, tree.Call) and isinstance(node.function, tree.Name) and node.function.id == "range":
        bounds = range_bounds(node, scope)
        return bounds and domains.numbers(bounds, node.span)
    typed = expression(node, scope)
    if typed is None:
        return None
    if not isinstance(typed.sort, s.SetOf):
        help = "use `range(...)`, a type or a set"
        scope.diagnostics.add("not-a-domain", node.span, f"`{typed.sort}` cannot be ranged over", help)
        return None
    return typed


def range_bounds(node: tree.Call, scope: Scope) -> tuple[int, int] | None:
    """The two bounds of `range(n)` or `range(a, b)`, the second exclusive."""
    given = arguments.one_or_two(node, scope)
    if given is None:
        return None
    numbers: list[int] = []
    for argument in given:
        value = constant(argument, scope, "the bounds of a range")
        if value is None:
            return None
        if not domains.is_number(value, argument.span, scope):
            return None
        numbers.append(value)
    return domains.bounds_of(numbers, node.span, scope)


def _bind(clause: tree.Clause, scope: Scope) -> tuple[m.Bound, m.Expr, m.Expr | None, Scope] | None:
    over = domain(clause.domain, scope)
    if over is None:
        return None
    assert isinstance(over.sort, s.SetOf)
    bound = domains.bound_to(clause, over.sort.of, scope)
    if bound is None:
        return None
    inner = scope.inside(bound)
    test = condition(clause.condition, inner) if clause.condition else None
    if clause.condition is not None and test is None:
        return None
    return bound, over, test, inner


def _set_build(node: tree.Generator, scope: Scope, span: Span) -> m.Expr | None:
    if len(node.clauses) > 1:
        help = "use one `for`, or a union of sets"
        scope.diagnostics.add("one-clause", node.clauses[1].span, "a set is built with one `for`", help)
        return None
    bind = _bind(node.clauses[0], scope)
    if bind is None:
        return None
    bound, over, test, inner = bind
    element = expression(node.element, inner)
    if element is None:
        return None
    if not s.is_plain(element.sort):
        scope.diagnostics.add("wrong-sort", element.span, f"a set cannot hold `{element.sort}`")
        return None
    return m.SetBuild(element, bound, over, test, s.SetOf(element.sort), span)


def _quantifier(kind: str, node: tree.Call, scope: Scope) -> m.Expr | None:
    generator = arguments.generator_of(kind, node, scope)
    if generator is None:
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
            scope.diagnostics.add("bad-argument", node.span, "`held_by` takes one process", help)
            return None
        task = task_of(node.arguments[0], scope)  # type: ignore[arg-type]
        if not isinstance(lock.sort, s.Lock):
            scope.diagnostics.add("wrong-sort", lock.span, f"a lock is needed, this is `{lock.sort}`")
            return None
        return m.LockState(lock, task, node.span) if task else None
    if not isinstance(node.function, tree.Name):
        _method(node, scope)
        return None
    name = node.function.id
    word_sort = scope.names.types.get(name)
    if isinstance(word_sort, s.Word) and name not in scope.locals:
        return _composed(node, word_sort, scope)
    if name in ("all", "any"):
        return _quantifier(name, node, scope)
    word = word_of(name)
    if word is not None and word.role == "is_locked" and name not in scope.names.functions:
        return _is_locked(node, word, scope)
    if name in TESTS and name not in scope.names.functions:
        given = arguments.bit_and_set(name, node, scope)
        if given is None:
            return None
        bit, bits = given
        return _comparison(tree.Comparison(node.span, bit, (("in", bits),)), scope)
    if name in LOADS and name not in scope.names.functions:
        only = arguments.only_argument(node, scope)
        typed = None if only is None else expression(only, scope)
        return typed and places.loaded(name, typed, scope)
    if name == "set":
        return operators.empty_set(node, wanted) if arguments.takes_nothing(node, scope) else None
    if name == "allocated":
        return all_allocated(node, scope)
    if name == "waitqueue_active":
        only = arguments.only_argument(node, scope)
        queue = None if only is None else place(only, scope)
        return None if queue is None else waited(queue, node.span, scope)
    if name in ("min", "max", "len"):
        return _measure(name, node, scope)
    refuse_call(name, node, scope)
    return None


def _composed(node: tree.Call, of: s.Word, scope: Scope) -> m.Expr | None:
    """`LockWord(locked=1)`"""
    given = operands(node, of, scope)
    if given is None:
        return None
    values: list[m.Expr] = []
    sorts = {name: sort for name, sort, _ in of.fields}
    for name, argument in given.items():
        sort = sorts[name]
        typed = expression(argument, scope, sort) if argument else start_of(of, name, node.span)
        fits = typed and operators.fitted(typed, sort, scope)
        if fits is not None:
            values.append(fits)
    return m.Composed(tuple(given), tuple(values), of, node.span) if len(values) == len(given) else None


def _is_locked(node: tree.Call, word: Word, scope: Scope) -> m.Expr | None:
    """`spin_is_locked(l)`, a load of what others may change at once."""
    only = arguments.only_argument(node, scope)
    lock = None if only is None else place(only, scope)
    return None if lock is None else places.is_locked(lock, word, node.span, scope)


def _method(node: tree.Call, scope: Scope) -> None:
    if isinstance(node.function, tree.Attribute):
        base = place(node.function.base, scope)
        if base is not None:
            places.refuse_method(base, node.function.name, node.function.span, node.span, scope)
    else:
        scope.diagnostics.add("not-callable", node.span, "this cannot be called")


def _measure(name: str, node: tree.Call, scope: Scope) -> m.Expr | None:
    operands: list[m.Expr] = []
    for argument in node.arguments:
        typed = expression(argument, scope)
        if typed is None:
            return None
        operands.append(typed)
    return operators.measured(name, tuple(operands), node.span, scope)
