"""Checking the bodies of processes and `def`s: from the tree's statements to the model's."""

from __future__ import annotations

from ...diagnostics import did_you_mean
from ...model import model as m
from ...model import sorts as s
from ...model.fold import truth_of
from ...source import Span
from ...syntax import tree
from ...vocabulary.kernel_words import MASKED
from ...vocabulary.word import Word
from ..values.expressions import condition, constant, domain, place
from ..values.scope import Scope
from .actions import FAULT, lock_and_mode, lock_function
from .assignments import assignment, augmented_assignment, declaration
from .body import Body, meet, not_in_atomic, sole_first
from .conditions import bug, tested
from .simple_statements import (
    assert_statement,
    await_statement,
    call_statement,
    declares_label,
    goto_statement,
    jump_statement,
    label_statement,
    mask_action,
    may_leave,
    return_statement,
)
from .spelling import held, spelled
from .waiting import with_awaited

MAX_DELEGATES = 12


def check_body(block: tree.Block, body: Body) -> tuple[m.Statement, ...]:
    statements = with_awaited(_block(block, body))
    ends = body.scope.assigned is not None and not body.gap
    if body.signature and body.signature.result and ends:
        body.diagnostics.add(
            "missing-return",
            body.signature.node.span,
            f"`{body.signature.node.name}` can end without `return`",
            "end each way through it with `return VALUE`",
        )
    return statements


def _block(block: tree.Block, body: Body) -> tuple[m.Statement, ...]:
    typed: list[m.Statement] = []
    reached = body.scope.assigned is not None
    heads = tree.Label | tree.Region
    ahead = {statement.name for statement in block.statements if isinstance(statement, heads)}
    body.ahead.append(ahead)
    for statement in block.statements:
        if isinstance(statement, tree.Docstring | tree.Pass):
            continue
        if isinstance(statement, heads):
            ahead.discard(statement.name)
            body.scope.assigned = meet([body.scope.assigned, *body.jumps.pop(statement.name, ())])
            reached = reached or body.scope.assigned is not None
        if reached and body.scope.assigned is None:
            reached = False
            help = "remove it, or the jump or endless loop above it"
            body.diagnostics.add(
                "unreachable",
                statement.span,
                "control never comes here",
                help,
                severity="warning",
                everywhere=True,
            )
        made = _statement(statement, body)
        if made is not None:
            typed += made if isinstance(made, tuple) else (made,)
    body.ahead.pop()
    return tuple(typed)


def _statement(node: tree.Statement, body: Body) -> m.Statement | tuple[m.Statement, ...] | None:
    match node:
        case tree.Local():
            return declaration(node, body)
        case tree.Assign():
            return assignment(node, body)
        case tree.Augmented():
            return augmented_assignment(node, body)
        case tree.CallStatement(expression=tree.Call() as call) if word := spelled(call, body.scope):
            return _spelled(node, call, word, body)
        case tree.CallStatement():
            return call_statement(node, body)
        case tree.Assert():
            return assert_statement(node, body)
        case tree.Await():
            return await_statement(node, body)
        case tree.Label():
            return label_statement(node, body)
        case tree.Goto():
            return goto_statement(node, body)
        case tree.Return():
            return return_statement(node, body)
        case tree.Break() | tree.Continue():
            return jump_statement(node, body)
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
            body.scope.assigned = meet(after)
            return m.Either(tuple(alternatives), node.span)
        case tree.Atomic():
            return _atomic(node, body)
        case tree.Region():
            return _region(node, body)
        case tree.Wait():
            return _wait(node, body)
        case tree.Delegate(policy=use):
            if not body.scope.in_policy:
                help = "write `wait until CONDITION on WAITQUEUE`"
                body.diagnostics.add(
                    "delegate-outside-policy", node.span, "only a policy goes on as another", help
                )
                return None
            name = policy_instance(use, body.scope)
            return m.Delegate(name, node.span) if name else None
        case tree.Gap():
            may_leave(body)
            return None
        case tree.Docstring() | tree.Pass():
            return None


def _is_open(test: tree.Expr) -> bool:
    """Whether it stands for a condition that could not be read."""
    return isinstance(test, tree.Name) and not test.id


# ---- blocks with a name, and of one step


def _region(node: tree.Region, body: Body) -> m.Statement | None:
    named = declares_label(node, body)
    if named:
        body.regions.add(node.name)
    statements = _block(node.body, body)
    return m.Region(body.scope.owner or "", node.name, statements, node.span) if named else None


def _atomic(node: tree.Atomic, body: Body) -> m.Statement | None:
    if body.atomic:
        body.diagnostics.add(
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


# ---- words of the kernel


def _spelled(
    node: tree.CallStatement, call: tree.Call, word: Word, body: Body
) -> m.Statement | tuple[m.Statement, ...] | None:
    match word.role:
        case "bug" | "warn":
            claim = bug(call, word, body)
            return None if claim is None else m.Do(claim, call.span)
        case "held":
            return held(call, word, body)
        case "masked":
            return _masked(call, word, body)
        case _:
            return call_statement(node, body)


def _masked(call: tree.Call, word: Word, body: Body) -> tuple[m.Statement, ...] | None:
    """A lock with interrupts off: two statements, of which the mask comes first and goes last."""
    not_in_atomic(call.span, f"`{word.word}`", body)
    done = lock_function(call, word, body, statement=True)
    verb = MASKED[word.word][1]
    if done is FAULT:
        # One fault is enough: what is kept in the local is not looked for.
        names = {part.id for part in call.arguments[1:] if isinstance(part, tree.Name)}
        body.scope.assigned = body.scope.assigned and body.scope.assigned | names
        return None
    mask = mask_action(verb, tree.Call(call.span, call.function, call.arguments[1:]), body)
    if mask is None:
        return None
    assert isinstance(done, m.LockAction)
    return (mask, done) if done.action == "acquire" else (done, mask)


# ---- waiting


def _wait(node: tree.Wait, body: Body) -> m.Statement | None:
    scope = body.scope
    not_in_atomic(node.span, "`wait`", body)
    if scope.in_policy:
        help = "write `wait POLICY`"
        scope.diagnostics.add(
            "wait-in-policy", node.span, "a policy is how to wait, it has no site of its own", help
        )
        return None
    test = tested(node.condition, body)
    queue = place(node.queue, scope)
    if queue is not None and not isinstance(queue.sort, s.WaitQueue):
        scope.diagnostics.add(
            "wrong-sort", node.queue.span, f"a `waitqueue` is needed, this is `{queue.sort}`"
        )
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
    if test is None or queue is None:
        return None
    return m.Wait(test, queue, lock, mode, policy, node.span, node.timeout)


def policy_instance(use: tree.PolicyUse, scope: Scope) -> str | None:
    """The name of a policy with its arguments, which is checked when it is first met."""
    names = scope.names
    declared = names.policies.get(use.name)
    if declared is None and names.may_be(use.name):
        return None
    if declared is None:
        help = did_you_mean(use.name, names.policies) or f"there are: {', '.join(sorted(names.policies))}"
        scope.diagnostics.add("unknown-policy", use.span, f"there is no policy `{use.name}`", help)
        return None
    given: dict[str, s.Value] = {}
    parameters = [parameter.name for parameter in declared.parameters]
    for position, argument in enumerate(use.arguments):
        if isinstance(argument, tree.Keyword):
            name, value = argument.name, argument.value
        elif isinstance(argument, tree.Generator) or position >= len(parameters):
            scope.diagnostics.add("bad-argument", argument.span, "this argument fits no parameter")
            return None
        else:
            name, value = parameters[position], argument
        if name not in parameters or name in given:
            message = (
                f"policy `{use.name}` has no parameter `{name}`"
                if name not in parameters
                else f"`{name}` is given twice"
            )
            scope.diagnostics.add("bad-argument", argument.span, message, did_you_mean(name, parameters))
            return None
        known = constant(value, Scope(names, scope.diagnostics, "constant", in_process=""), f"`{name}`")
        if known is None:
            return None
        given[name] = known
    label = use.name
    if given:
        label += "(" + ", ".join(f"{name}={value}" for name, value in given.items()) + ")"
    if label not in names.instances:
        if sum(made is None for made in names.instances.values()) > MAX_DELEGATES:
            scope.diagnostics.add(
                "too-deep", use.span, f"more than {MAX_DELEGATES} policies delegate to one another"
            )
            return None
        names.instances[label] = None
        names.instances[label] = _policy(declared, label, given, scope)
    elif names.instances[label] is None:
        scope.diagnostics.add("recursion", use.span, f"policy `{use.name}` delegates to itself")
        return None
    return label


def _policy(declared: tree.Policy, label: str, given: dict[str, s.Value], scope: Scope) -> m.Policy:
    names = scope.names
    outer = dict(names.constants)
    for parameter in declared.parameters:
        value = given.get(parameter.name)
        if value is None and parameter.default is not None:
            value = constant(
                parameter.default,
                Scope(names, scope.diagnostics, "constant", in_process=""),
                f"`{parameter.name}`",
            )
        if value is None:
            scope.diagnostics.add(
                "bad-argument", parameter.span, f"`{parameter.name}` of policy `{label}` has no value"
            )
            value = 0
        names.constants[parameter.name] = value
    inner = Body(Scope(names, scope.diagnostics, "code", declared.name, in_policy=True), None)
    statements = _block(declared.body, inner)
    for span in inner.labels.values():
        scope.diagnostics.add("label-in-policy", span, "a policy has no labels", "label the waiting site")
    names.constants.clear()
    names.constants.update(outer)
    return m.Policy(label, declared.name, statements, declared.span)


# ---- control


def _if(node: tree.If, body: Body) -> m.Statement | None:
    test = tested(node.condition, body)
    if _is_open(node.condition):
        may_leave(body)
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
    truth = None if test is None else truth_of(test)
    ways = [after_then] if truth is True else [after_else] if truth is False else [after_then, after_else]
    body.scope.assigned = meet(ways)
    return m.If(test, then, orelse, node.span, else_span) if test else None


def _while(node: tree.While, body: Body) -> m.Statement | None:
    test = tested(node.condition, body)
    truth = None if test is None else truth_of(test)
    if _is_open(node.condition):
        may_leave(body)
    elif truth is not False:
        not_in_atomic(node.span, "`while`", body)
    before = body.scope.assigned
    body.loops.append([])
    statements = _block(node.body, body)
    breaks = body.loops.pop()
    body.scope.assigned = meet(breaks if truth is True else [before, *breaks])
    return m.While(test, statements, node.span) if test else None


def _for(node: tree.For, body: Body) -> m.Statement | None:
    over = domain(node.domain, body.scope)
    if over is None:
        _loop_over_nothing(node, body)
        return None
    assert isinstance(over.sort, s.SetOf)
    if not (isinstance(over, m.Literal) and isinstance(over.value, frozenset)):
        help = "loop over the type, and test with `in`"
        body.diagnostics.add("for-set", node.span, "`for` ranges over numbers and enums, in order", help)
        _loop_over_nothing(node, body)
        return None
    sort = over.sort.of
    known = body.scope.locals.get(node.name)
    if node.name in body.counting:
        related = [(body.counting[node.name], "the loop around stands here")]
        message = f"`{node.name}` is the variable of a loop around"
        body.diagnostics.add("loop-variable", node.span, message, "choose another name", related)
        return None
    if isinstance(known, m.LocalVariable) and known.sort == sort:
        variable = known
    elif known is not None:
        body.diagnostics.add(
            "declared-twice", node.span, f"`{node.name}` is declared already as `{known.sort}`"
        )
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
    body.counting[node.name] = node.span
    statements = _block(node.body, body)
    del body.counting[node.name]
    breaks = body.loops.pop()
    ordered = tuple(value for value in s.values(sort) if value in over.value)
    body.scope.assigned = meet([before if not ordered else (before and before | {node.name}), *breaks])
    return m.For(variable, ordered, statements, node.span)


def _loop_over_nothing(node: tree.For, body: Body) -> None:
    """Checks the body of a loop that has a fault in its head."""
    if node.name not in body.scope.locals:
        body.scope.names.broken.add(node.name)
    before = body.scope.assigned
    body.loops.append([])
    _block(node.body, body)
    body.scope.assigned = meet([before, *body.loops.pop()])


def _with(node: tree.With, body: Body) -> m.Statement | tuple[m.Statement, ...] | None:
    """With a condition, which is constant, the lock is taken or the block stands alone."""
    scope = body.scope
    held = lock_and_mode(node.lock, scope, "with")
    taken: bool | None = True
    if node.condition is not None:
        test = condition(node.condition, scope)
        taken = None if test is None else truth_of(test)
        if test is not None and taken is None:
            message = "whether the lock is taken is decided by constants"
            help = "write `if` with a `with` below it, and the block again below `else`"
            body.diagnostics.add("not-constant", node.condition.span, message, help)
    if taken is not False:
        sole_first(node.span, "`with`", body)
    statements = _block(node.body, body)
    if taken is False:
        return statements
    return m.With(held[0], held[1], statements, node.span) if held else None
