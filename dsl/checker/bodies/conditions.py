"""Conditions in code: expressions, calls, trylocks and choices under `and`, `or` and `not`."""

from __future__ import annotations

from ...model import model as m
from ...model import sorts as s
from ...model.walk import walk
from ...syntax import tree
from ...vocabulary.lookup import ACTIONS, CHOICES, LOADS, OPERATION_NAMES
from ...vocabulary.word import Word
from ..values.expressions import condition, place
from .actions import FAULT, action_of, plain_arguments
from .atomics import is_operation, operation_of
from .body import Body, not_in_atomic
from .spelling import arguments, spelled, text_of

RETURNED = "(returned)"
_STATE = ("all", "any", *LOADS)


def acts(node: tree.Expr, body: Body) -> bool:
    """Whether something is done in a condition: a call, a trylock or a choice stands in it, by itself or
    under `and`, `or` and `not`; or, in a policy, `cond`."""
    match node:
        case tree.Unary(operator="not", operand=operand):
            return acts(operand, body)
        case tree.Binary(operator="and" | "or", left=left, right=right):
            return acts(left, body) or acts(right, body)
        case tree.Call(function=tree.Name(id=name)):
            own = name in body.scope.locals or name in body.scope.names.variables
            known = name in ACTIONS or name in body.scope.names.functions
            word = spelled(node, body.scope)
            does = word is not None and word.role != "is_locked"
            return not own and (known or does or operation_of(name, body.scope) is not None)
        case tree.Comparison(first=first, rest=((_, second),)):
            return is_operation(first, body.scope) or is_operation(second, body.scope)
        case tree.Call(function=tree.Attribute(name=name)):
            return name in OPERATION_NAMES
        case tree.Name():
            return _looks(node, body)
        case _:
            return False


def _looks(node: tree.Expr, body: Body) -> bool:
    return isinstance(node, tree.Name) and node.id == "cond" and body.scope.in_policy


def tested(node: tree.Expr, body: Body) -> m.Condition | None:
    """A condition as code evaluates it, or None when a fault was reported."""
    match node:
        case _ if not acts(node, body) and not _is_whole_call(node):
            return None if _refused(node, body) else condition(node, body.scope)
        case tree.Unary(operand=operand):
            inner = tested(operand, body)
            return inner and m.Negated(inner, node.span)
        case tree.Binary(operator=operator, left=left, right=right):
            first, second = tested(left, body), tested(right, body)
            return first and second and m.Joined(operator, first, second, node.span)
        case _ if _looks(node, body):
            return m.Look(node.span)
        case tree.Call() if (word := spelled(node, body.scope)) and word.role in ("bug", "warn"):
            return bug(node, word, body)
        case tree.Comparison(rest=((operator, second),)):
            return _compared(node, operator, second, body)
        case _:
            return _tested_action(node, body)


def _refused(node: tree.Expr, body: Body) -> bool:
    """Reports a call or choice inside of a comparison or the like.  A local would be no way out: it would be
    what the condition was worth once, and a loop or a wait would look at it for ever."""
    part = next((part for part in walk(node) if isinstance(part, tree.Call) and acts(part, body)), None)
    if part is None:
        return False
    choice = _is_choice(part)
    code = "choice-in-expression" if choice else "call-in-expression"
    message = f"in a condition {'a choice' if choice else 'a call'} stands alone, or under `and`, `or`, `not`"
    help = "write a `def` that returns the whole condition as a bool, and call that"
    body.diagnostics.add(code, part.span, message, help)
    return True


def refuse_in_await(node: tree.Expr, body: Body) -> bool:
    """Reports an `await` whose condition does something: it is read as a whole, in one state."""
    part = next((part for part in walk(node) if isinstance(part, tree.Call) and acts(part, body)), None)
    if part is None:
        return False
    choice = _is_choice(part)
    does = "makes a choice" if choice else "takes steps"
    message = f"`await` reads its condition in one state, and this {does}"
    help = "`wait until C on WQ` evaluates it at every look; so does `while not C: cpu_relax()`"
    body.diagnostics.add("choice-in-expression" if choice else "call-in-expression", part.span, message, help)
    return True


def _is_choice(call: tree.Call) -> bool:
    return isinstance(call.function, tree.Name) and call.function.id in CHOICES


def _is_whole_call(node: tree.Expr) -> bool:
    return isinstance(node, tree.Call) and not (
        isinstance(node.function, tree.Name) and node.function.id in _STATE
    )


def bug(call: tree.Call, word: Word, body: Body) -> m.Bug | None:
    """`BUG_ON(C)` or `WARN_ON(C)`."""
    given = arguments(call, word, body.scope)
    text = text_of(call)
    body.scope.names.asserted.add(text)
    if given is None:
        return None
    test = tested(given[0], body)
    return None if test is None else m.Bug(test, text, word.role == "bug", call.span)


def _compared(node: tree.Comparison, operator: str, right: tree.Expr, body: Body) -> m.Condition | None:
    """What an atomic operation returns, compared with what reads nothing that is shared."""
    left = node.first
    other = right if is_operation(left, body.scope) else left
    if acts(other, body) or any(isinstance(part, tree.Call) and acts(part, body) for part in walk(other)):
        help = "assign one of the two to a local first"
        body.diagnostics.add("call-in-expression", other.span, "one operation at a time is compared", help)
        return None
    action = action_of(right if other is left else left, body)
    if action is FAULT:
        return None
    assert isinstance(action, m.Modify)
    if action.sort is None:
        body.diagnostics.add(
            "no-result", action.span, f"`{action.word}` returns nothing", "make it a statement"
        )
        return None
    bound = m.Bound(RETURNED, action.sort, action.span)
    returned = tree.Name(action.span, RETURNED)
    first, second = (left, returned) if other is left else (returned, right)
    test = condition(tree.Comparison(node.span, first, ((operator, second),)), body.scope.inside(bound))
    if test is None:
        return None
    if any(isinstance(part, m.Place) and not isinstance(part.root, m.LocalVariable) for part in m.walk(test)):
        message = "what an operation returns is compared with a shared variable, which is another step"
        body.diagnostics.add("call-in-expression", other.span, message, "load it into a local first")
        return None
    return m.Outcome(action, bound, test, node.span)


def acted(node: tree.Expr, body: Body) -> object | None:
    """As `action_of`, and waits that have an outcome."""
    match node:
        case tree.Call(function=tree.Name(id="wait_event_timeout" as name)) if (
            name not in body.scope.names.functions
        ):
            not_in_atomic(node.span, f"`{name}`", body)
            found = plain_arguments(node, name, 2, body)
            return (None if found is None else event_site(node, found, body)) or FAULT
        case _:
            return action_of(node, body)


def event_site(call: tree.Call, arguments: tuple[tree.Expr, ...], body: Body) -> m.WaitInTime | None:
    """The queue and the condition of `wait_event` and `wait_event_timeout`."""
    queue = place(arguments[0], body.scope)
    if queue is not None and not isinstance(queue.sort, s.WaitQueue):
        message = f"a `waitqueue` is needed, this is `{queue.sort}`"
        body.diagnostics.add("wrong-sort", arguments[0].span, message)
        queue = None
    test = tested(arguments[1], body)
    if body.scope.in_policy:
        message, help = "a policy is how to wait, it has no site of its own", "write `wait POLICY`"
        body.diagnostics.add("wait-in-policy", call.span, message, help)
        return None
    if body.scope.names.unpinned is None:
        body.scope.names.unpinned = call.span
    return m.WaitInTime(test, queue, call.span) if test is not None and queue is not None else None


def _tested_action(node: tree.Expr, body: Body) -> m.Condition | None:
    action = acted(node, body)
    if action is FAULT:
        return None
    if action is None:
        return condition(node, body.scope)
    assert isinstance(action, m.Action)
    if action.sort is None:
        assert isinstance(action, m.Invoke | m.Modify)
        name, advice = (
            (action.word, "test it in the next line")
            if isinstance(action, m.Modify)
            else (action.function, "declare `-> bool`")
        )
        body.diagnostics.add("no-result", action.span, f"`{name}` returns nothing", advice)
        return None
    if not isinstance(action.sort, s.Bool):
        body.diagnostics.add("not-a-condition", node.span, f"a condition is needed, this is `{action.sort}`")
        return None
    return action
