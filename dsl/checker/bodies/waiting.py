"""Checking how tasks wait as the kernel writes it: `wait_event`, `set_current_state`, `wake_up_process`,
`kthread_stop`, `smp_call_function_single`."""

from __future__ import annotations

from dataclasses import replace

from ...model import model as m
from ...model import sorts as s
from ...model.fold import truth_of
from ...syntax import tree
from ..values.expressions import expression, task_of
from .actions import plain_arguments
from .body import Body, not_in_atomic
from .conditions import event_site

STATES = {"TASK_RUNNING": False, "TASK_INTERRUPTIBLE": True, "TASK_UNINTERRUPTIBLE": True, "TASK_IDLE": True}


def waiting_verb(call: tree.Call, name: str, body: Body) -> tuple[m.Statement, ...] | None:
    """The statements that a call of one of TASK_VERBS stands for; None after a fault."""
    takes = {"wait_event": 2, "smp_call_function_single": 3}.get(name, 1)
    found = plain_arguments(call, name, takes, body)
    if found is None:
        return None
    if name == "wait_event":
        not_in_atomic(call.span, f"`{name}`", body)
        made = event_site(call, found, body)
        return None if made is None else (m.Wait(made.condition, made.queue, None, "write", None, call.span),)
    if name in ("wake_up_process", "kthread_stop", "smp_call_function_single"):
        task = task_of(found[0], body.scope)
        if task is None:
            return None
        if any(
            isinstance(part, m.Place) and not isinstance(part.root, m.LocalVariable) for part in m.walk(task)
        ):
            message = "which task this is depends on a shared variable"
            body.diagnostics.add("which-task", found[0].span, message, "read it into a local first")
            return None
        if name == "wake_up_process":
            return (m.WakeTask(task, False, call.span),)
        not_in_atomic(call.span, f"`{name}`", body)
        if name == "smp_call_function_single":
            return _called_on(call, task, found[1], found[2], body)
        return m.WakeTask(task, True, call.span), m.Join(task, call.span)
    state = found[0].id if isinstance(found[0], tree.Name) else ""
    if state not in STATES:
        words = ", ".join(f"`{word}`" for word in STATES)
        body.diagnostics.add(
            "bad-argument", found[0].span, "a state of tasks is needed here", f"it is one of {words}"
        )
        return None
    return (m.SetState(STATES[state], call.span),)


def _called_on(
    call: tree.Call, task: m.TaskOf, function: tree.Expr, wait: tree.Expr, body: Body
) -> tuple[m.Statement, ...] | None:
    """`task` is the one whose CPU it is sent to."""
    name = function.id if isinstance(function, tree.Name) else ""
    declared = body.scope.names.processes.get(name, (None, 0))[0]
    of = None if declared is None else declared.interrupts
    if of is None or of.level != "ipi" or of.process != task.process:
        help = f"declare one: `ipi NAME on {task.process}:`, with what it does on the other CPU"
        message = f"an `ipi` of `{task.process}` is needed here"
        body.diagnostics.add("bad-argument", function.span, message, help)
        return None
    condition = expression(wait, body.scope)
    truth = None if condition is None else truth_of(condition)
    if condition is not None and truth is None:
        help = "write `True` to wait until the handler has run, `False` to go on at once"
        body.diagnostics.add("bad-argument", wait.span, "`True` or `False` is needed here", help)
    if truth is None:
        return None
    return (m.CallOn(replace(task, process=name, sort=s.Task(name)), truth, call.span),)


# ---- loops that wait


def with_awaited(
    statements: tuple[m.Statement, ...], awaited: m.Condition | None = None
) -> tuple[m.Statement, ...]:  # fmt: skip
    """The statements, each `schedule` with what it waits for, where the code around it tells.

    It does by the tests that lead past it: `if C: break` (or `continue`, `return`) above it in the loop,
    `while not C:` or `if not C:` around it.  No verdict rests on this; a lost wake-up is called so by it.
    """
    made: list[m.Statement] = []
    for node in statements:
        match node:
            case m.Verb(verb="schedule"):
                made.append(replace(node, awaited=awaited))
                continue
            case m.If(condition=test, body=body, orelse=orelse):
                node = replace(
                    node, body=with_awaited(body, _opposite(test)), orelse=with_awaited(orelse, test)
                )
                if not orelse and body and isinstance(body[-1], m.Break | m.Return | m.Continue | m.Goto):
                    awaited = test if awaited is None else _either(awaited, test)
            case m.While(condition=test, body=body):
                ends = None if isinstance(test, m.Literal) else _opposite(test)
                node = replace(node, body=with_awaited(body, ends))
            case m.For(body=body) | m.With(body=body):
                node = replace(node, body=with_awaited(body, awaited))
            case m.Either(alternatives=alternatives):
                inner = tuple((span, with_awaited(body, awaited)) for span, body in alternatives)
                node = replace(node, alternatives=inner)
            case m.Serve(body=body):
                node = replace(node, body=with_awaited(body))
            case _:
                pass
        made.append(node)
    return tuple(made)


def _either(one: m.Condition, other: m.Condition) -> m.Condition:
    if isinstance(one, m.Action) or isinstance(other, m.Action):
        return m.Joined("or", one, other, other.span)
    return m.Operation("or", (one, other), s.BOOL, other.span)


def _opposite(test: m.Condition) -> m.Condition:
    match test:
        case m.Operation(operator="not", operands=(operand,)) | m.Negated(operand=operand):
            return operand
        case _ if isinstance(test, m.Action):
            return m.Negated(test, test.span)
        case _:
            return m.Operation("not", (test,), s.BOOL, test.span)
