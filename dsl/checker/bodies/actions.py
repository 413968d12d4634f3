"""Checking what is done rather than computed: calls, choices and the operations of locks."""

from __future__ import annotations

from ...advice import Advice, Insert, Rewrite, cut
from ...diagnostics import did_you_mean
from ...model import model as m
from ...model import sorts as s
from ...source import BUILT_IN
from ...syntax import tree
from ...syntax.written import written
from ...vocabulary.foreign import habit, not_within
from ...vocabulary.lookup import LOCK_FUNCTIONS, LOCK_METHODS, OPERATION_NAMES, QUEUE_VERBS, SET_METHODS
from ...vocabulary.word import Word
from ..values.expressions import domain, expression, place
from ..values.operators import fitted
from ..values.places import refuse_lock_state
from ..values.scope import Scope
from .atomics import atomic_operation, operation_of
from .body import Body, Copied, sole_first
from .objects import allocation
from .spelling import lock_of, spelled

FAULT = object()


def action_of(node: tree.Expr, body: Body) -> object | None:
    """A call, trylock or choice; None when `node` is none of these, FAULT after a fault."""
    if not isinstance(node, tree.Call):
        return None
    scope = body.scope
    if isinstance(node.function, tree.Attribute):
        return lock_call(node, body, statement=False)
    if not isinstance(node.function, tree.Name):
        return None
    name = node.function.id
    if name in scope.locals or name in scope.names.variables:
        return None
    if name in ("maybe", "need_resched"):
        if node.arguments:
            scope.diagnostics.add("bad-argument", node.span, f"`{name}` takes nothing")
            return FAULT
        return m.Maybe(node.span) if name == "maybe" else m.NeedResched(node.span)
    if name == "choose":
        argument = node.arguments[0] if len(node.arguments) == 1 else None
        if argument is None or isinstance(argument, tree.Keyword | tree.Generator):
            scope.diagnostics.add("bad-argument", node.span, "`choose` takes one set or type")
            return FAULT
        over = domain(argument, scope)
        if over is None:
            return FAULT
        assert isinstance(over.sort, s.SetOf)
        return m.Choose(over, over.sort.of, node.span)
    if name in ("alloc", "kzalloc"):
        return allocation(node, name, body) or FAULT
    if name == "kthread_should_stop":
        return FAULT if plain_arguments(node, name, 0, body) is None else m.ShouldStop(node.span)
    if name in scope.names.functions:
        return _invoke(node, name, body) or FAULT
    word = spelled(node, scope)
    if word is not None:
        return _spelled_action(node, word, body)
    operation = operation_of(name, scope)
    return None if operation is None else atomic_operation(node, operation, body) or FAULT


def plain_arguments(call: tree.Call, name: str, count: int, body: Body) -> tuple[tree.Expr, ...] | None:
    plain = tuple(a for a in call.arguments if not isinstance(a, tree.Keyword | tree.Generator))
    if len(plain) == len(call.arguments) == count:
        return plain
    takes = {
        0: "nothing",
        1: "one argument",
        2: "a waitqueue and a condition",
        3: "a task, an `ipi`, and `True` or `False`",
    }[count]
    if name in ("wake_up_process", "kthread_stop"):
        takes = "one task"
    body.diagnostics.add("bad-argument", call.span, f"`{name}` takes {takes}")
    return None


def _invoke(node: tree.Call, name: str, body: Body) -> m.Invoke | None:
    scope = body.scope
    signature = scope.names.functions[name]
    body.calls.setdefault(name, node.span)
    if body.atomic:
        body.calls[name] = node.span
        body.atomic_calls.add(node.span)
    if scope.names.headless(name):
        return None
    parameters = signature.parameters
    given: list[tree.Expr] = []
    for argument in node.arguments:
        if isinstance(argument, tree.Keyword | tree.Generator):
            help = "arguments are given in order"
            scope.diagnostics.add("bad-argument", argument.span, "no keyword arguments here", help)
            return None
        given.append(argument)
    if len(given) != len(parameters):
        message = f"`{name}` takes {len(parameters)} argument{'s' * (len(parameters) != 1)}, not {len(given)}"
        own = signature.node.span.path not in BUILT_IN
        related = [(signature.node.span, "it is defined here")] if own else []
        wanted = ", ".join(f"`{parameter.name}`" for parameter in parameters)
        way = (
            None
            if own or len(given) < len(parameters)
            else f"here it takes {wanted or 'nothing'}: queues, times and flags are left out"
        )
        scope.diagnostics.add("bad-argument", node.span, message, way, related=related)
        return None
    arguments: list[m.Expr | m.Place] = []
    for argument, parameter in zip(given, parameters, strict=True):
        if isinstance(parameter, m.Reference):
            found = place(argument, scope)
            if found is None:
                return None
            if found.sort != parameter.sort:
                message = f"`{parameter.name}` is a `{parameter.sort}`, this is `{found.sort}`"
                scope.diagnostics.add("wrong-sort", argument.span, message)
                return None
            arguments.append(found)
            continue
        typed = expression(argument, scope, parameter.sort)
        if typed is None:
            return None
        _note_copy(argument, typed, name, parameter, body)
        if isinstance(parameter.sort, s.Snapshot) and isinstance(typed.sort, s.Snapshot):
            arguments.append(typed)
            continue
        fits = fitted(typed, parameter.sort, scope)
        if fits is None:
            return None
        arguments.append(fits)
    return m.Invoke(name, tuple(arguments), signature.result, node.span)


def _note_copy(
    argument: tree.Expr, typed: m.Expr, callee: str, parameter: m.LocalVariable, body: Body
) -> None:
    """An argument that names a shared variable, or the caller's own parameter, which may be a copy of one.
    `READ_ONCE(x)` names a value."""
    if not isinstance(argument, tree.Name | tree.Attribute | tree.Subscript) or not isinstance(typed, m.Load):
        return
    root = typed.place.root
    if not isinstance(root, m.LocalVariable):
        body.copied.append(Copied(callee, parameter.name, None, argument.span))
    elif body.signature and root in body.signature.parameters:
        body.copied.append(Copied(callee, parameter.name, root.name, argument.span))


def lock_call(call: tree.Call, body: Body, *, statement: bool) -> object:
    """`L.lock()` and the like, or FAULT; a trylock may be a right-hand side."""
    assert isinstance(call.function, tree.Attribute)
    scope = body.scope
    lock = place(call.function.base, scope)
    if lock is None:
        return FAULT
    name = call.function.name
    if not isinstance(lock.sort, s.Lock):
        known = SET_METHODS if isinstance(lock.sort, s.SetOf) else ()
        message = f"`{lock.sort}` has no method `{name}`"
        help: Advice | str | None = did_you_mean(name, known)
        if name in scope.names.functions or (isinstance(lock.sort, s.WaitQueue) and name in QUEUE_VERBS):
            only = () if call.arguments else (Rewrite(f"{name}({written(call.function.base)})"),)
            help = Advice(f"write `{name}(...)`, with the object as an argument", only)
        elif isinstance(lock.sort, s.SetOf):
            help = help or "it has " + ", ".join(f"`{method}`" for method in SET_METHODS)
        scope.diagnostics.add("no-method", call.span, message, help)
        return FAULT
    methods = LOCK_METHODS[lock.sort.kind]
    if name not in methods:
        if name in ("read", "write"):
            help = f"take it with `with LOCK.{name}():`" if lock.sort.shared else "take it with `with LOCK:`"
        elif name in ("locked", "held_by"):
            refuse_lock_state(call.span, scope)
            return FAULT
        else:
            names = ", ".join(f"`{method}`" for method in methods)
            help = f"it has {names}"
            # What another kind of lock has, `down` and `up` of semaphores included, is no habit here.
            if name not in (*OPERATION_NAMES, "down", "up"):
                help = habit(name) or did_you_mean(name, not_within(name, methods)) or help
        article = "an" if lock.sort.shared else "a"
        scope.diagnostics.add("no-method", call.span, f"{article} {lock.sort.kind} has no `{name}`", help)
        return FAULT
    if call.arguments:
        scope.diagnostics.add("bad-argument", call.span, f"`{name}` takes nothing")
        return FAULT
    return _lock_operation(call, lock, name, name, body, statement=statement)


def lock_function(call: tree.Call, word: Word, body: Body, *, statement: bool) -> object:
    """`spin_lock(l)` and the like, or FAULT."""
    lock = lock_of(call, word, body.scope)
    if lock is None:
        return FAULT
    method = LOCK_FUNCTIONS[word.word][0] if word.word in LOCK_FUNCTIONS else word.means
    return _lock_operation(call, lock, word.word, method, body, statement=statement)


def _lock_operation(
    call: tree.Call, lock: m.Place, name: str, method: str, body: Body, *, statement: bool
) -> object:
    """What `method` does to a lock that has it; `name` is how it is written."""
    assert isinstance(lock.sort, s.Lock)
    scope = body.scope
    action, mode = LOCK_METHODS[lock.sort.kind][method]
    if action == "try":
        attempt = m.TryLock(lock, mode, call.span)
        return m.Do(attempt, call.span) if statement else attempt
    if not statement:
        scope.diagnostics.add("no-result", call.span, f"`{name}` returns nothing")
        return FAULT
    if action == "acquire":
        sole_first(call.span, f"`{name}`", body)
    return m.LockAction(action, lock, mode, call.span)


def _spelled_action(call: tree.Call, word: Word, body: Body) -> object | None:
    """A word of the kernel that returns something; None for the state of a lock, which is a value."""
    if word.word in LOCK_FUNCTIONS:
        return lock_function(call, word, body, statement=False)
    if word.role == "is_locked":
        return None
    body.diagnostics.add(
        "no-result", call.span, f"`{word.word}` returns nothing", "make it a statement of its own"
    )
    return FAULT


def lock_and_mode(node: tree.Expr, scope: Scope, word: str) -> tuple[m.Place, str] | None:
    """A lock as `with` and `holding` name it: `L`, `L.read()` or `L.write()`."""
    lock_node, mode, bare = node, "write", True
    if isinstance(node, tree.Call) and isinstance(node.function, tree.Attribute):
        if node.function.name in ("read", "write") and not node.arguments:
            mode, lock_node, bare = node.function.name, node.function.base, False
        elif node.function.name in OPERATION_NAMES or node.function.name in ("read", "write"):
            help = f"write `{word} LOCK`, or `LOCK.read()` or `LOCK.write()` for a lock with readers"
            scope.diagnostics.add(
                "lock-mode", node.span, f"`{word}` takes and releases the lock itself", help
            )
            return None
    elif isinstance(node, tree.Attribute) and node.name in ("read", "write"):
        before = len(scope.diagnostics)
        inner = place(node.base, scope)
        if inner is None or isinstance(inner.sort, s.Lock):
            if len(scope.diagnostics) == before:
                message = "the mode of a lock is written with parentheses"
                scope.diagnostics.add(
                    "lock-mode", node.span, message, Advice(f"write `.{node.name}()`", (Insert("()"),))
                )
            return None
    lock = place(lock_node, scope)
    if lock is None:
        return None
    if not isinstance(lock.sort, s.Lock):
        scope.diagnostics.add("wrong-sort", lock.span, f"`{word}` takes a lock, this is `{lock.sort}`")
        return None
    if lock.sort.shared == bare:
        if bare:
            message = f"an {lock.sort.kind} is held for reading or for writing"
            advice = Advice("write `.read()` or `.write()`")
        else:
            message = f"a {lock.sort.kind} has one mode"
            advice = Advice(f"write `{word} LOCK`", (cut(lock_node.span, node.span),))
        scope.diagnostics.add("lock-mode", node.span, message, advice)
        return None
    return lock, mode
