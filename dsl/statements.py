"""Checking the bodies of processes and `def`s: from the tree's statements to the model's."""

from __future__ import annotations

from dataclasses import dataclass, field

from . import model as m
from . import sorts as s
from . import tree
from .diagnostics import did_you_mean
from .expressions import (
    LOCK_METHODS,
    condition,
    constant,
    domain,
    expression,
    fitted,
    place,
    refuse_lock_state,
)
from .fold import NotConstant, evaluate
from .scope import Scope, Signature
from .settle import sort_of
from .source import Span

_VERBS = ("schedule", "cond_resched", "might_sleep", "cpu_relax", "smp_mb", "smp_rmb", "smp_wmb")
_METHODS = frozenset(("add", "remove", *(name for methods in LOCK_METHODS.values() for name in methods)))
_QUEUE_VERBS = ("prepare_to_wait", "finish_wait", "wake_up", "wake_up_one")

MAX_DELEGATES = 12


@dataclass(slots=True)
class Body:
    """What is known while a body is checked; `scope.assigned` moves along with control."""

    scope: Scope
    signature: Signature | None
    labels: dict[str, Span] = field(default_factory=dict)
    declared: dict[str, m.LocalVariable] = field(default_factory=dict)
    calls: dict[str, Span] = field(default_factory=dict)
    atomic_calls: set[Span] = field(default_factory=set)
    loops: list[list[frozenset[str] | None]] = field(default_factory=list)
    # What an `atomic` around a call of this body could not contain, with its place.
    unfit_for_atomic: list[tuple[Span, str]] = field(default_factory=list)
    atomic: Span | None = None
    may_block: Span | None = None

    @property
    def found(self):  # type: ignore[no-untyped-def]
        return self.scope.found


def check_body(block: tree.Block, body: Body) -> tuple[m.Statement, ...]:
    statements = _block(block, body)
    if body.signature and body.signature.result and body.scope.assigned is not None:
        body.found.add(
            "missing-return",
            body.signature.node.span,
            f"`{body.signature.node.name}` can end without `return`",
            "end each way through it with `return VALUE`",
        )
    return statements


def _block(block: tree.Block, body: Body) -> tuple[m.Statement, ...]:
    typed: list[m.Statement] = []
    reached = body.scope.assigned is not None
    for statement in block.statements:
        if isinstance(statement, tree.Docstring | tree.Pass):
            continue
        if reached and body.scope.assigned is None:
            reached = False
            help = "remove it, or the jump or endless loop above it"
            body.found.add(
                "unreachable", statement.span, "control never comes here", help, severity="warning"
            )
        made = _statement(statement, body)
        if made is not None:
            typed.append(made)
    return tuple(typed)


def _statement(node: tree.Statement, body: Body) -> m.Statement | None:
    match node:
        case tree.Local():
            return _local(node, body)
        case tree.Assign():
            return _assign(node, body)
        case tree.Augmented():
            return _augmented(node, body)
        case tree.CallStatement():
            return _call(node, body)
        case tree.Assert(condition=test, text=text):
            if not text:
                body.found.add(
                    "assert-text", node.span, "an assertion needs a name", 'write `assert C, "why"`'
                )
            typed = condition(test, body.scope.specification())
            return m.Assert(typed, text, node.span) if typed and text else None
        case tree.Await(condition=test):
            typed = condition(test, body.scope)
            _sole_first(node.span, "`await`", body)
            return m.Await(typed, node.span) if typed else None
        case tree.Label():
            return _label(node, body)
        case tree.Return():
            return _return(node, body)
        case tree.Break() | tree.Continue():
            return _jump(node, body)
        case tree.If():
            return _if(node, body)
        case tree.While():
            return _while(node, body)
        case tree.For():
            return _for(node, body)
        case tree.With():
            return _with(node, body)
        case tree.Either(body=first, others=others):
            before = body.scope.assigned
            alternatives: list[tuple[Span, tuple[m.Statement, ...]]] = []
            after: list[frozenset[str] | None] = []
            for span, part in ((node.span, first), *((other.span, other.body) for other in others)):
                body.scope.assigned = before
                alternatives.append((span, _block(part, body)))
                after.append(body.scope.assigned)
            body.scope.assigned = _meet(after)
            return m.Either(tuple(alternatives), node.span)
        case tree.Atomic():
            return _atomic(node, body)
        case tree.Wait():
            return _wait(node, body)
        case tree.Delegate(policy=use):
            if not body.scope.in_policy:
                help = "write `wait until CONDITION on WAITQUEUE`"
                body.found.add("delegate-outside-policy", node.span, "only a policy goes on as another", help)
                return None
            name = policy_instance(use, body.scope)
            return m.Delegate(name, node.span) if name else None
        case tree.Docstring() | tree.Pass():
            return None


def _meet(ways: list[frozenset[str] | None]) -> frozenset[str] | None:
    """The locals that have a value whichever way control came."""
    alive = [way for way in ways if way is not None]
    return frozenset.intersection(*alive) if alive else None


# ---- locals and assignments


def _local(node: tree.Local, body: Body) -> m.Statement | None:
    sort = sort_of(node.type, body.scope.names, body.found)
    if sort is None:
        body.scope.names.broken.add(node.name)
        return None
    if not (s.is_plain(sort) or isinstance(sort, s.Snapshot)):
        help = "declare it `shared`" if s.has_locks(sort) else "use a scalar or a set"
        body.found.add("bad-local", node.span, f"a local cannot be a `{sort}`", help)
        body.scope.names.broken.add(node.name)
        return None
    known = body.scope.locals.get(node.name)
    if known is not None:
        related = [(known.span, "it is declared here")]
        help = "declare it once, before the blocks that use it, and assign it in each"
        body.found.add("declared-twice", node.span, f"`{node.name}` is declared already", help, related)
        return None
    body.scope.refuse_hiding(node.name, node.span)
    variable = m.LocalVariable(body.scope.owner or "", node.name, sort, node.span)
    value: m.Source | None = None
    if node.value is not None:
        value = _source(node.value, sort, body)
    body.scope.locals[node.name] = variable
    body.declared[node.name] = variable
    if node.value is not None and body.scope.assigned is not None:
        body.scope.assigned |= {node.name}
    return m.Declare(variable, value, node.span) if value or node.value is None else None


def _source(node: tree.Expr, sort: s.Sort, body: Body) -> m.Source | None:
    """A right-hand side for a location of `sort`."""
    action = _action(node, body)
    if action is _FAULT:
        return None
    if action is not None:
        assert isinstance(action, m.Maybe | m.Choose | m.TryLock | m.Invoke)
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
        assert isinstance(action, m.Invoke)
        body.found.add("no-result", action.span, f"`{action.function}` returns nothing", "declare `-> T`")
        return None
    if isinstance(sort, s.Snapshot) and isinstance(have, s.Snapshot):
        return action
    probe = fitted(m.Literal(None, have, action.span), sort, body.scope)
    if isinstance(probe, m.Unwrap | m.Fit):
        message = f"`{sort}` is needed, this is `{have}`"
        body.found.add("wrong-sort", action.span, message, "assign it to a local of that sort first")
        return None
    return action if probe is not None else None


_FAULT = object()


def _action(node: tree.Expr, body: Body) -> object | None:
    """A call, trylock or choice; None when `node` is none of these, _FAULT after a fault."""
    if not isinstance(node, tree.Call):
        return None
    scope = body.scope
    if isinstance(node.function, tree.Attribute):
        return _lock_call(node, body, statement=False)
    if not isinstance(node.function, tree.Name):
        return None
    name = node.function.id
    if name in scope.locals or name in scope.names.variables:
        return None
    if name == "maybe":
        if node.arguments:
            scope.found.add("bad-argument", node.span, "`maybe` takes nothing")
            return _FAULT
        return m.Maybe(node.span)
    if name == "choose":
        argument = node.arguments[0] if len(node.arguments) == 1 else None
        if argument is None or isinstance(argument, tree.Keyword | tree.Generator):
            scope.found.add("bad-argument", node.span, "`choose` takes one set or type")
            return _FAULT
        over = domain(argument, scope)
        if over is None:
            return _FAULT
        assert isinstance(over.sort, s.SetOf)
        return m.Choose(over, over.sort.of, node.span)
    if name in scope.names.functions:
        return _invoke(node, name, body) or _FAULT
    return None


def _invoke(node: tree.Call, name: str, body: Body) -> m.Invoke | None:
    scope = body.scope
    signature = scope.names.functions[name]
    body.calls.setdefault(name, node.span)
    if body.atomic:
        body.calls[name] = node.span
        body.atomic_calls.add(node.span)
    parameters = signature.parameters
    given: list[tree.Expr] = []
    for argument in node.arguments:
        if isinstance(argument, tree.Keyword | tree.Generator):
            help = "arguments are given in order"
            scope.found.add("bad-argument", argument.span, "no keyword arguments here", help)
            return None
        given.append(argument)
    if len(given) != len(parameters):
        message = f"`{name}` takes {len(parameters)} argument{'s' * (len(parameters) != 1)}, not {len(given)}"
        related = [(signature.node.span, "it is defined here")]
        scope.found.add("bad-argument", node.span, message, related=related)
        return None
    arguments: list[m.Expr | m.Place] = []
    for argument, parameter in zip(given, parameters, strict=True):
        if isinstance(parameter, m.Reference):
            found = place(argument, scope)
            if found is None:
                return None
            if found.sort != parameter.sort:
                message = f"`{parameter.name}` is a `{parameter.sort}`, this is `{found.sort}`"
                scope.found.add("wrong-sort", argument.span, message)
                return None
            arguments.append(found)
            continue
        typed = expression(argument, scope, parameter.sort)
        if typed is None:
            return None
        if isinstance(parameter.sort, s.Snapshot) and isinstance(typed.sort, s.Snapshot):
            arguments.append(typed)
            continue
        fits = fitted(typed, parameter.sort, scope)
        if fits is None:
            return None
        arguments.append(fits)
    return m.Invoke(name, tuple(arguments), signature.result, node.span)


def _assign(node: tree.Assign, body: Body) -> m.Statement | None:
    target = _target(node.target, body)
    if target is None:
        if _action(node.value, body) is None:
            expression(node.value, body.scope)  # for its own faults
        return None
    if isinstance(target.root, m.SharedVariable) and target.root.ghost:
        typed = expression(node.value, body.scope.specification(), target.sort)
        fits = typed and fitted(typed, target.sort, body.scope)
        return m.Store(target, fits, node.span) if fits else None
    value = _source(node.value, target.sort, body)
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
            help = did_you_mean(node.id, [*scope.locals, *scope.names.variables])
            help = help or f"declare a local with `{node.id}: T = ...`"
            if node.id not in scope.names.broken:
                scope.found.add("unknown-name", node.span, f"`{node.id}` is not declared", help)
            return None
        if local is None and node.id not in scope.names.variables:
            help = "only variables that are declared `shared` or `ghost`, and locals, change"
            scope.found.add("assign-constant", node.span, f"`{node.id}` is not a variable", help)
            return None
    found = place(node, scope if not _is_ghost(node, scope) else scope.specification())
    if found is None:
        return None
    if s.is_plain(found.sort) or isinstance(found.sort, s.Snapshot):
        return found
    help = None
    if isinstance(found.sort, s.Generation):
        help = "a generation is only bumped: `+= 1`"
    elif isinstance(found.sort, s.Lock):
        help = "take it with `with`"
    elif isinstance(found.sort, s.Struct | s.Array):
        help = "assign field by field, or element by element"
    scope.found.add("not-assignable", node.span, f"a `{found.sort}` cannot be assigned", help)
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


def _augmented(node: tree.Augmented, body: Body) -> m.Statement | None:
    scope = body.scope
    ghost = _is_ghost(node.target, scope)
    seen = scope.specification() if ghost else scope
    target = place(node.target, seen)
    if target is None:
        return None
    if isinstance(target.sort, s.Generation):
        if node.operator == "+" and isinstance(node.value, tree.Number) and node.value.value == 1:
            return m.Bump(target, node.span)
        scope.found.add("generation-use", node.span, "a generation is only bumped", "write `+= 1`")
        return None
    combined = tree.Binary(node.span, node.operator, node.target, node.value)
    total = expression(combined, seen)
    fits = total and fitted(total, target.sort, scope)
    if not fits:
        return None
    if not isinstance(target.sort, s.SetOf | s.Range | s.Optional):
        scope.found.add("wrong-sort", node.span, f"`{target.sort}` cannot be counted")
        return None
    return m.Update(target, fits, node.span)


# ---- calls as statements


def _call(node: tree.CallStatement, body: Body) -> m.Statement | None:
    scope = body.scope
    call = node.expression
    if not isinstance(call, tree.Call):
        name = (
            call.id if isinstance(call, tree.Name) else call.name if isinstance(call, tree.Attribute) else ""
        )
        callable_ = name in (*_VERBS, *_QUEUE_VERBS, *_METHODS) or name in scope.names.functions
        if callable_ or expression(call, scope) is not None:
            help = "call it, with parentheses after the name" if callable_ else "remove it, or assign it"
            scope.found.add("no-effect", node.span, "this statement does nothing", help)
        return None
    if isinstance(call.function, tree.Attribute):
        made = _set_method(call, body) or _lock_call(call, body, statement=True)
        return None if made is _FAULT else made  # type: ignore[return-value]
    if not isinstance(call.function, tree.Name):
        scope.found.add("not-callable", node.span, "this cannot be called")
        return None
    name = call.function.id
    if name in _VERBS:
        if call.arguments:
            scope.found.add("bad-argument", call.span, f"`{name}` takes nothing")
            return None
        if not name.startswith("smp_"):
            _not_in_atomic(call.span, f"`{name}()`", body)
        return m.Verb(name, call.span)
    if name in _QUEUE_VERBS:
        argument = call.arguments[0] if len(call.arguments) == 1 else None
        if argument is None or isinstance(argument, tree.Keyword | tree.Generator):
            scope.found.add("bad-argument", call.span, f"`{name}` takes one waitqueue")
            return None
        queue = place(argument, scope)
        if queue is None:
            return None
        if not isinstance(queue.sort, s.WaitQueue):
            scope.found.add("wrong-sort", argument.span, f"a `waitqueue` is needed, this is `{queue.sort}`")
            return None
        return m.QueueAction(name, queue, call.span)
    if name in ("WRITE_ONCE", "smp_store_release"):
        if len(call.arguments) != 2 or any(
            isinstance(a, tree.Keyword | tree.Generator) for a in call.arguments
        ):
            scope.found.add("bad-argument", call.span, f"`{name}` takes a variable and a value")
            return None
        target, value = call.arguments
        return _assign(tree.Assign(node.span, target, value), body)  # type: ignore[arg-type]
    action = _action(call, body)
    if isinstance(action, m.Invoke):
        return m.Do(action, call.span)
    if isinstance(action, m.Maybe | m.Choose):
        scope.found.add("no-effect", node.span, f"the outcome of `{name}` is not used")
    elif action is None:
        if expression(call, scope) is not None:
            scope.found.add("no-effect", node.span, f"the result of `{name}` is not used")
    return None


def _set_method(call: tree.Call, body: Body) -> m.Statement | object | None:
    """`free.add(x)`, `free.remove(x)`; None when the object is no set."""
    assert isinstance(call.function, tree.Attribute)
    name = call.function.name
    if name not in ("add", "remove"):
        return None
    seen = body.scope.specification() if _is_ghost(call.function.base, body.scope) else body.scope
    target = place(call.function.base, seen)
    if target is None:
        return _FAULT
    if not isinstance(target.sort, s.SetOf):
        body.found.add("no-method", call.span, f"`{target.sort}` has no method `{name}`")
        return _FAULT
    argument = call.arguments[0] if len(call.arguments) == 1 else None
    if argument is None or isinstance(argument, tree.Keyword | tree.Generator):
        body.found.add("bad-argument", call.span, f"`{name}` takes one value")
        return _FAULT
    item = expression(argument, seen, target.sort.of)
    fits = item and fitted(item, target.sort.of, body.scope)
    if not fits:
        return _FAULT
    single = m.SetDisplay((fits,), s.SetOf(target.sort.of), argument.span)
    operator = "|" if name == "add" else "minus"
    total = m.Operation(operator, (m.Load(target), single), target.sort, call.span)
    return m.Update(target, total, call.span)


def _lock_call(call: tree.Call, body: Body, *, statement: bool) -> object:
    """`L.lock()` and the like; a trylock may be a right-hand side."""
    assert isinstance(call.function, tree.Attribute)
    scope = body.scope
    lock = place(call.function.base, scope)
    if lock is None:
        return _FAULT
    name = call.function.name
    if not isinstance(lock.sort, s.Lock):
        known = ["add", "remove"] if isinstance(lock.sort, s.SetOf) else []
        message = f"`{lock.sort}` has no method `{name}`"
        help = did_you_mean(name, known)
        if name in scope.names.functions or (isinstance(lock.sort, s.WaitQueue) and name in _QUEUE_VERBS):
            help = f"write `{name}(...)`, with the object as an argument"
        elif isinstance(lock.sort, s.SetOf):
            help = help or "it has `add` and `remove`"
        scope.found.add("no-method", call.span, message, help)
        return _FAULT
    methods = LOCK_METHODS[lock.sort.kind]
    if name not in methods:
        if name in ("read", "write"):
            help = f"take it with `with LOCK.{name}():`" if lock.sort.shared else "take it with `with LOCK:`"
        elif name in ("locked", "held_by"):
            refuse_lock_state(call.span, scope)
            return _FAULT
        else:
            names = ", ".join(f"`{method}`" for method in methods)
            help = (did_you_mean(name, methods) if name not in _METHODS else None) or f"it has {names}"
        article = "an" if lock.sort.shared else "a"
        scope.found.add("no-method", call.span, f"{article} {lock.sort.kind} has no `{name}`", help)
        return _FAULT
    if call.arguments:
        scope.found.add("bad-argument", call.span, f"`{name}` takes nothing")
        return _FAULT
    action, mode = methods[name]
    if action == "try":
        attempt = m.TryLock(lock, mode, call.span)
        return m.Do(attempt, call.span) if statement else attempt
    if not statement:
        scope.found.add("no-result", call.span, f"`{name}` returns nothing")
        return _FAULT
    if action == "acquire":
        _sole_first(call.span, f"`{name}`", body)
    return m.LockAction(action, lock, mode, call.span)


# ---- what an atomic block cannot contain


def _not_in_atomic(span: Span, what: str, body: Body) -> None:
    body.unfit_for_atomic.append((span, what))
    if body.atomic:
        help = "end the block before it"
        body.found.add("not-atomic", span, f"{what} cannot be part of one step", help)


def _sole_first(span: Span, what: str, body: Body) -> None:
    """An operation that may block: within `atomic` only as its very first."""
    body.unfit_for_atomic.append((span, what))
    if body.atomic and span != body.may_block:
        help = "only the first operation of the block, under no `if`, may wait"
        body.found.add("not-atomic", span, f"{what} may block in the middle of one step", help)


def _atomic(node: tree.Atomic, body: Body) -> m.Statement | None:
    if body.atomic:
        body.found.add(
            "nested-atomic", node.span, "this is part of one step already", "remove the inner `atomic`"
        )
        return None
    first = next((st for st in node.body.statements if not isinstance(st, tree.Docstring)), None)
    body.atomic = node.span
    if isinstance(first, tree.With | tree.Await):
        body.may_block = first.span
    elif isinstance(first, tree.CallStatement):
        body.may_block = first.expression.span
    statements = _block(node.body, body)
    body.atomic = body.may_block = None
    return m.Atomic(statements, node.span)


# ---- control


def _wait(node: tree.Wait, body: Body) -> m.Statement | None:
    scope = body.scope
    _not_in_atomic(node.span, "`wait`", body)
    if scope.in_policy:
        help = "write `wait POLICY`"
        scope.found.add(
            "wait-in-policy", node.span, "a policy is how to wait, it has no site of its own", help
        )
        return None
    test = condition(node.condition, scope)
    queue = place(node.queue, scope)
    if queue is not None and not isinstance(queue.sort, s.WaitQueue):
        scope.found.add("wrong-sort", node.queue.span, f"a `waitqueue` is needed, this is `{queue.sort}`")
        queue = None
    lock: m.Place | None = None
    mode = "write"
    if node.holding is not None:
        held = lock_and_mode(node.holding, scope, "holding")
        if held is None:
            return None
        lock, mode = held
    policy: str | None = None
    if node.policy is not None:
        policy = policy_instance(node.policy, scope)
        if policy is None:
            return None
    elif scope.names.unpinned is None:
        scope.names.unpinned = node.span
    return m.Wait(test, queue, lock, mode, policy, node.span) if test and queue else None


def policy_instance(use: tree.PolicyUse, scope: Scope) -> str | None:
    """The name of a policy with its arguments, which is checked when it is first met."""
    names = scope.names
    declared = names.policies.get(use.name)
    if declared is None:
        help = did_you_mean(use.name, names.policies) or f"there are: {', '.join(sorted(names.policies))}"
        scope.found.add("unknown-policy", use.span, f"there is no policy `{use.name}`", help)
        return None
    given: dict[str, s.Value] = {}
    parameters = [parameter.name for parameter in declared.parameters]
    for position, argument in enumerate(use.arguments):
        if isinstance(argument, tree.Keyword):
            name, value = argument.name, argument.value
        elif isinstance(argument, tree.Generator) or position >= len(parameters):
            scope.found.add("bad-argument", argument.span, "this argument fits no parameter")
            return None
        else:
            name, value = parameters[position], argument
        if name not in parameters or name in given:
            message = (
                f"policy `{use.name}` has no parameter `{name}`"
                if name not in parameters
                else f"`{name}` is given twice"
            )
            scope.found.add("bad-argument", argument.span, message, did_you_mean(name, parameters))
            return None
        known = constant(value, Scope(names, scope.found, "constant", in_process=""), f"`{name}`")
        if known is None:
            return None
        given[name] = known
    label = use.name
    if given:
        label += "(" + ", ".join(f"{name}={value}" for name, value in given.items()) + ")"
    if label not in names.instances:
        if sum(made is None for made in names.instances.values()) > MAX_DELEGATES:
            scope.found.add(
                "too-deep", use.span, f"more than {MAX_DELEGATES} policies delegate to one another"
            )
            return None
        names.instances[label] = None
        names.instances[label] = _policy(declared, label, given, scope)
    elif names.instances[label] is None:
        scope.found.add("recursion", use.span, f"policy `{use.name}` delegates to itself")
        return None
    return label


def _policy(declared: tree.Policy, label: str, given: dict[str, s.Value], scope: Scope) -> m.Policy:
    names = scope.names
    outer = dict(names.constants)
    for parameter in declared.parameters:
        value = given.get(parameter.name)
        if value is None and parameter.default is not None:
            value = constant(
                parameter.default, Scope(names, scope.found, "constant", in_process=""), f"`{parameter.name}`"
            )
        if value is None:
            scope.found.add(
                "bad-argument", parameter.span, f"`{parameter.name}` of policy `{label}` has no value"
            )
            value = 0
        names.constants[parameter.name] = value
    inner = Body(Scope(names, scope.found, "code", declared.name, in_policy=True), None)
    statements = _block(declared.body, inner)
    for span in inner.labels.values():
        scope.found.add("label-in-policy", span, "a policy has no labels", "label the waiting site")
    names.constants.clear()
    names.constants.update(outer)
    return m.Policy(label, declared.name, statements, declared.span)


def _label(node: tree.Label, body: Body) -> m.Statement | None:
    if node.name == "end":
        body.found.add(
            "reserved-label", node.span, "`end` is where every process ends", "choose another name"
        )
        return None
    if node.name in body.labels:
        related = [(body.labels[node.name], "it stands here")]
        body.found.add("declared-twice", node.span, f"label `{node.name}` stands twice", related=related)
        return None
    body.labels[node.name] = node.span
    _not_in_atomic(node.span, "a label", body)
    return m.Label(body.scope.owner or "", node.name, node.span)


def _return(node: tree.Return, body: Body) -> m.Statement | None:
    signature = body.signature
    value: m.Source | None = None
    if signature is None:
        if node.value is not None:
            body.found.add("bad-return", node.span, "a process returns nothing")
    elif signature.result is None:
        if node.value is not None:
            help = f"declare `def {signature.node.name}(...) -> T:`"
            body.found.add("bad-return", node.span, f"`{signature.node.name}` declares no result", help)
    elif node.value is None:
        message = f"`{signature.node.name}` returns a `{signature.result}`"
        body.found.add("bad-return", node.span, message, "write `return VALUE`")
    else:
        value = _source(node.value, signature.result, body)
    body.scope.assigned = None
    return m.Return(value, node.span)


def _jump(node: tree.Break | tree.Continue, body: Body) -> m.Statement | None:
    word = "break" if isinstance(node, tree.Break) else "continue"
    if not body.loops:
        body.found.add(
            "outside-loop",
            node.span,
            f"`{word}` outside a loop",
            "write `return` to leave a process or `def`",
        )
        return None
    if isinstance(node, tree.Break):
        body.loops[-1].append(body.scope.assigned)
    body.scope.assigned = None
    return m.Break(node.span) if isinstance(node, tree.Break) else m.Continue(node.span)


def _test(node: tree.Expr, body: Body) -> m.Expr | m.Action | None:
    """A condition: an expression, or a whole (possibly negated) bool call, trylock or `maybe`."""
    inner, negated = node, False
    while isinstance(inner, tree.Unary) and inner.operator == "not":
        inner, negated = inner.operand, not negated
    action = _action(inner, body) if isinstance(inner, tree.Call) and not _is_state(inner) else None
    if action is _FAULT:
        return None
    if action is not None:
        assert isinstance(action, m.Maybe | m.Choose | m.TryLock | m.Invoke)
        if action.sort is None:
            assert isinstance(action, m.Invoke)
            body.found.add(
                "no-result", action.span, f"`{action.function}` returns nothing", "declare `-> bool`"
            )
            return None
        if not isinstance(action.sort, s.Bool):
            body.found.add("not-a-condition", node.span, f"a condition is needed, this is `{action.sort}`")
            return None
        return m.Negated(action, node.span) if negated else action
    return condition(node, body.scope)


def _is_state(call: tree.Call) -> bool:
    return isinstance(call.function, tree.Name) and call.function.id in (
        "all",
        "any",
        "READ_ONCE",
        "smp_load_acquire",
    )


def _truth(test: m.Expr | m.Action | None) -> bool | None:
    if test is None or isinstance(test, m.Maybe | m.Choose | m.TryLock | m.Invoke | m.Negated):
        return None
    try:
        return bool(evaluate(test))
    except NotConstant:
        return None


def _if(node: tree.If, body: Body) -> m.Statement | None:
    test = _test(node.condition, body)
    before = body.scope.assigned
    then = _block(node.body, body)
    after_then = body.scope.assigned
    body.scope.assigned = before
    orelse: tuple[m.Statement, ...] = ()
    else_span: Span | None = None
    if node.elifs:
        first, *rest = node.elifs
        nested = _if(tree.If(first.span, first.condition, first.body, tuple(rest), node.orelse), body)
        orelse = (nested,) if nested else ()
    elif node.orelse:
        else_span = node.orelse.span
        orelse = _block(node.orelse.body, body)
    after_else = body.scope.assigned
    truth = _truth(test)
    ways = [after_then] if truth is True else [after_else] if truth is False else [after_then, after_else]
    body.scope.assigned = _meet(ways)
    return m.If(test, then, orelse, node.span, else_span) if test else None


def _while(node: tree.While, body: Body) -> m.Statement | None:
    test = _test(node.condition, body)
    if test is None or _truth(test) is not False:
        _not_in_atomic(node.span, "`while`", body)
    before = body.scope.assigned
    body.loops.append([])
    statements = _block(node.body, body)
    breaks = body.loops.pop()
    body.scope.assigned = _meet(breaks if _truth(test) is True else [before, *breaks])
    return m.While(test, statements, node.span) if test else None


def _for(node: tree.For, body: Body) -> m.Statement | None:
    over = domain(node.domain, body.scope)
    if over is None:
        return None
    assert isinstance(over.sort, s.SetOf)
    if not (isinstance(over, m.Literal) and isinstance(over.value, frozenset)):
        help = "loop over the type, and test with `in`"
        body.found.add("for-set", node.span, "`for` ranges over numbers and enums, in order", help)
        return None
    sort = over.sort.of
    known = body.scope.locals.get(node.name)
    if isinstance(known, m.LocalVariable) and known.sort == sort:
        variable = known
    elif known is not None:
        body.found.add("declared-twice", node.span, f"`{node.name}` is declared already as `{known.sort}`")
        return None
    else:
        body.scope.refuse_hiding(node.name, node.span)
        variable = m.LocalVariable(body.scope.owner or "", node.name, sort, node.span)
        body.scope.locals[node.name] = variable
        body.declared[node.name] = variable
    before = body.scope.assigned
    if body.scope.assigned is not None:
        body.scope.assigned |= {node.name}
    body.loops.append([])
    statements = _block(node.body, body)
    breaks = body.loops.pop()
    ordered = tuple(value for value in s.values(sort) if value in over.value)
    body.scope.assigned = _meet([before if not ordered else (before and before | {node.name}), *breaks])
    return m.For(variable, ordered, statements, node.span)


def _with(node: tree.With, body: Body) -> m.Statement | None:
    scope = body.scope
    held = lock_and_mode(node.lock, scope, "with")
    _sole_first(node.span, "`with`", body)
    statements = _block(node.body, body)
    return m.With(held[0], held[1], statements, node.span) if held else None


def lock_and_mode(node: tree.Expr, scope: Scope, word: str) -> tuple[m.Place, str] | None:
    """A lock as `with` and `holding` name it: `L`, `L.read()` or `L.write()`."""
    lock_node, mode, bare = node, "write", True
    if isinstance(node, tree.Call) and isinstance(node.function, tree.Attribute):
        if node.function.name in ("read", "write") and not node.arguments:
            mode, lock_node, bare = node.function.name, node.function.base, False
        elif node.function.name in _METHODS or node.function.name in ("read", "write"):
            help = f"write `{word} LOCK`, or `LOCK.read()` or `LOCK.write()` for a lock with readers"
            scope.found.add("lock-mode", node.span, f"`{word}` takes and releases the lock itself", help)
            return None
    elif isinstance(node, tree.Attribute) and node.name in ("read", "write"):
        before = len(scope.found)
        inner = place(node.base, scope)
        if inner is None or isinstance(inner.sort, s.Lock):
            if len(scope.found) == before:
                message = "the mode of a lock is written with parentheses"
                scope.found.add("lock-mode", node.span, message, f"write `.{node.name}()`")
            return None
    lock = place(lock_node, scope)
    if lock is None:
        return None
    if not isinstance(lock.sort, s.Lock):
        scope.found.add("wrong-sort", lock.span, f"`{word}` takes a lock, this is `{lock.sort}`")
        return None
    if lock.sort.shared == bare:
        if bare:
            message, help = (
                f"an {lock.sort.kind} is held for reading or for writing",
                "write `.read()` or `.write()`",
            )
        else:
            message, help = f"a {lock.sort.kind} has one mode", f"write `{word} LOCK`"
        scope.found.add("lock-mode", node.span, message, help)
        return None
    return lock, mode
