"""Checking statements that consist of no others: calls, labels, assertions, `await` and jumps."""

from __future__ import annotations

from dataclasses import replace

from ...advice import Advice, Insert
from ...model import model as m
from ...model import sorts as s
from ...syntax import tree
from ...vocabulary.lookup import (
    BARRIERS,
    FREEING,
    LOCK_FUNCTIONS,
    MASK_VERBS,
    OPERATION_NAMES,
    PLAIN_VERBS,
    QUEUE_VERBS,
    RCU_VERBS,
    STORES,
    TASK_VERBS,
    word_of,
)
from ..values.expressions import condition, expression, place
from ..values.scope import Scope
from .actions import FAULT, lock_call, lock_function
from .assignments import assignment, set_method, source
from .body import Body, not_in_atomic, sole_first, stores_to
from .conditions import acted, refuse_in_await
from .objects import freeing
from .spelling import spelled
from .waiting import waiting_verb


def _rcu_action(name: str, call: tree.Call, body: Body) -> m.Statement | None:
    action, of = RCU_VERBS[name]
    sleepable = of == "srcu"
    if len(call.arguments) != sleepable or any(
        isinstance(a, tree.Keyword | tree.Generator) for a in call.arguments
    ):
        what = "one `srcu`" if sleepable else "nothing"
        body.diagnostics.add("bad-argument", call.span, f"`{name}` takes {what}")
        return None
    if action in ("synchronize", "drain"):
        not_in_atomic(call.span, f"`{name}`", body)
    if not sleepable:
        return m.RcuAction(action, None, call.span)
    domain = place(call.arguments[0], body.scope)  # type: ignore[arg-type]
    if domain is None:
        return None
    if not isinstance(domain.sort, s.Srcu):
        message = f"an `srcu` is needed, this is `{domain.sort}`"
        body.diagnostics.add("wrong-sort", call.arguments[0].span, message)
        return None
    return m.RcuAction(action, domain, call.span)


def mask_action(name: str, call: tree.Call, body: Body) -> m.Statement | None:
    action, mask = MASK_VERBS[name]
    scope = body.scope
    if action in ("disable", "enable"):
        if call.arguments:
            scope.diagnostics.add("bad-argument", call.span, f"`{name}` takes nothing")
            return None
        return m.MaskAction(mask, action, None, call.span)
    node = call.arguments[0] if len(call.arguments) == 1 else None
    flags = scope.locals.get(node.id) if isinstance(node, tree.Name) else None
    if not isinstance(flags, m.LocalVariable) or not isinstance(flags.sort, s.Bool):
        help = "declare one above: `flags: bool`"
        scope.diagnostics.add("bad-argument", call.span, f"`{name}` takes a local `bool`", help)
        return None
    if action == "save":
        if not stores_to(m.Place(flags, (), flags.sort, call.span), body):
            return None
        if scope.assigned is not None:
            scope.assigned |= {flags.name}
    elif expression(node, scope) is None:  # type: ignore[arg-type]
        return None
    return m.MaskAction(mask, action, flags, call.span)


def may_leave(body: Body) -> None:
    """A statement that is not known may leave the loop, or the body."""
    body.gap = True
    if body.loops:
        body.loops[-1].append(body.scope.assigned)


def assert_statement(node: tree.Assert, body: Body) -> m.Statement | None:
    if not node.text:
        body.diagnostics.add("assert-text", node.span, "an assertion needs a name", 'write `assert C, "why"`')
    body.scope.names.asserted.add(node.text or "")
    typed = condition(node.condition, body.scope.specification())
    return m.Assert(typed, node.text, node.span) if typed and node.text else None


def await_statement(node: tree.Await, body: Body) -> m.Statement | None:
    typed = None if refuse_in_await(node.condition, body) else condition(node.condition, body.scope)
    sole_first(node.span, "`await`", body)
    return m.Await(typed, node.span) if typed else None


def label_statement(node: tree.Label, body: Body) -> m.Statement | None:
    return m.Label(body.scope.owner or "", node.name, node.span) if declares_label(node, body) else None


def declares_label(node: tree.Label | tree.Region, body: Body) -> bool:
    """Whether it may have that name, and stand here."""
    if node.name == "end":
        body.diagnostics.add(
            "reserved-label", node.span, "`end` is where every process ends", "choose another name"
        )
        return False
    if node.name in body.labels:
        related = [(body.labels[node.name], "it stands here")]
        body.diagnostics.add(
            "declared-twice", node.span, f"label `{node.name}` stands twice", related=related
        )
        return False
    body.labels[node.name] = node.span
    not_in_atomic(node.span, "a label", body)
    return True


def _called(name: str, scope: Scope) -> Advice:
    """To call what is only named; its parentheses can be written where nothing stands in them."""
    signature, word = scope.names.functions.get(name), word_of(name)
    takes = signature.parameters if signature else word.parameters if word else None
    return Advice("call it, with parentheses after the name", () if takes else (Insert("()"),))


def call_statement(
    node: tree.CallStatement, body: Body
) -> m.Statement | tuple[m.Statement, ...] | None:  # fmt: skip
    scope = body.scope
    call = node.expression
    if not isinstance(call, tree.Call):
        name = (
            call.id if isinstance(call, tree.Name) else call.name if isinstance(call, tree.Attribute) else ""
        )
        words = (*PLAIN_VERBS, *QUEUE_VERBS, *MASK_VERBS, *RCU_VERBS, *OPERATION_NAMES, *TASK_VERBS, *FREEING)
        callable_ = name in words or name in scope.names.functions
        if callable_ or expression(call, scope) is not None:
            help = _called(name, scope) if callable_ else "remove it, or assign it"
            scope.diagnostics.add("no-effect", node.span, "this statement does nothing", help)
        may_leave(body)
        if isinstance(call, tree.Name):
            scope.names.words.add(call.id)
        return None
    if isinstance(call.function, tree.Attribute):
        made = set_method(call, body) or lock_call(call, body, statement=True)
        return None if made is FAULT else made  # type: ignore[return-value]
    if not isinstance(call.function, tree.Name):
        scope.diagnostics.add("not-callable", node.span, "this cannot be called")
        return None
    name = call.function.id
    if name in PLAIN_VERBS:
        if call.arguments:
            scope.diagnostics.add("bad-argument", call.span, f"`{name}` takes nothing")
            return None
        if name not in BARRIERS:
            not_in_atomic(call.span, f"`{name}()`", body)
        return m.Verb(name, call.span)
    word = spelled(call, scope)
    if word is not None and word.word in LOCK_FUNCTIONS:
        done = lock_function(call, word, body, statement=True)
        return None if done is FAULT else done  # type: ignore[return-value]
    if word is not None and word.role == "wake_call":
        name = word.means
    if name in QUEUE_VERBS:
        argument = call.arguments[0] if len(call.arguments) == 1 else None
        if argument is None or isinstance(argument, tree.Keyword | tree.Generator):
            scope.diagnostics.add("bad-argument", call.span, f"`{name}` takes one waitqueue")
            return None
        queue = place(argument, scope)
        if queue is None:
            return None
        if not isinstance(queue.sort, s.WaitQueue):
            scope.diagnostics.add(
                "wrong-sort", argument.span, f"a `waitqueue` is needed, this is `{queue.sort}`"
            )
            return None
        return m.QueueAction(name, queue, call.span)
    if name in FREEING:
        return freeing(call, name, body)
    if name in TASK_VERBS:
        return waiting_verb(call, name, body)
    if name in MASK_VERBS:
        return mask_action(name, call, body)
    if name in RCU_VERBS:
        return _rcu_action(name, call, body)
    if name in STORES and name not in scope.names.functions:
        if len(call.arguments) != 2 or any(
            isinstance(a, tree.Keyword | tree.Generator) for a in call.arguments
        ):
            scope.diagnostics.add("bad-argument", call.span, f"`{name}` takes a variable and a value")
            return None
        target, value = call.arguments
        stored = assignment(tree.Assign(node.span, target, value), body)  # type: ignore[arg-type]
        word = word_of(name)
        if word is not None and isinstance(stored, m.Store):
            return replace(stored, order=word.order)
        return stored
    action = acted(call, body)
    if action is FAULT:
        return None
    if isinstance(action, m.Invoke | m.Modify | m.WaitInTime):
        return m.Do(action, call.span)
    if isinstance(action, m.Maybe | m.NeedResched | m.Choose | m.Allocate | m.ShouldStop):
        scope.diagnostics.add("no-effect", node.span, f"the outcome of `{name}` is not used")
    elif action is None:
        if expression(call, scope) is not None:
            scope.diagnostics.add("no-effect", node.span, f"the result of `{name}` is not used")
    return None


def goto_statement(node: tree.Goto, body: Body) -> m.Statement | None:
    """A jump to a label below, in the block in which it stands or in one around it."""
    if any(node.name in labels for labels in body.ahead):
        body.jumps.setdefault(node.name, []).append(body.scope.assigned)
        body.scope.assigned = None
        return m.Goto(body.scope.owner or "", node.name, node.span)
    if not body.scope.names.incomplete:
        message = f"no label `{node.name}` stands below, in this block or in one around it"
        help = "to go back write `while True:` with `break` and `continue`; into a block nothing jumps"
        body.diagnostics.add("bad-goto", node.span, message, help)
    may_leave(body)
    body.scope.assigned = None
    return None


def return_statement(node: tree.Return, body: Body) -> m.Statement | None:
    signature = body.signature
    value: m.Source | None = None
    if signature is None:
        if node.value is not None:
            body.diagnostics.add("bad-return", node.span, "a process returns nothing")
    elif body.scope.names.headless(signature.node.name):
        pass
    elif signature.result is None:
        if node.value is not None:
            help = f"declare `def {signature.node.name}(...) -> T:`"
            body.diagnostics.add("bad-return", node.span, f"`{signature.node.name}` declares no result", help)
    elif node.value is None:
        message = f"`{signature.node.name}` returns a `{signature.result}`"
        body.diagnostics.add("bad-return", node.span, message, "write `return VALUE`")
    else:
        value = source(node.value, signature.result, body)
    body.scope.assigned = None
    return m.Return(value, node.span)


def jump_statement(node: tree.Break | tree.Continue, body: Body) -> m.Statement | None:
    word = "break" if isinstance(node, tree.Break) else "continue"
    if not body.loops:
        body.diagnostics.add(
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
