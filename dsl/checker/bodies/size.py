"""How large the processes become when their calls are inlined, and whether that is too large."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from ...diagnostics import Diagnostics
from ...model import model as m
from ...source import Span

MAX_STATEMENTS = 20_000
MAX_LEVELS = 40
MAX_READS = 24
LOOKS = 2


def refuse_large(
    processes: Sequence[m.Process], functions: Sequence[m.Function], diagnostics: Diagnostics
) -> None:
    """Reports the processes that have too many statements or levels once every `def` is inlined, and
    expressions with too many steps.

    No `def` may call itself, directly or through others.
    """
    parts = {function.name: function for function in functions}
    for body in (*(process.body for process in processes), *(function.body for function in functions)):
        _refuse_long_reads(body, diagnostics)
    known: dict[str, tuple[int, int]] = {}
    for name in _callees_first(parts):
        known[name] = _size(parts[name].body, known)
    for process in processes:
        statements, levels = _size(process.body, known)
        if statements > MAX_STATEMENTS:
            message = f"`{process.name}` has {_rounded(statements)} statements with every `def` inlined"
            diagnostics.add(
                "too-large", process.span, message, "call fewer functions, or the same ones fewer times"
            )
        elif levels > MAX_LEVELS:
            place = _deepest_call(process.body, known) or process.span
            help = "call fewer functions from one another"
            diagnostics.add("too-deep", place, f"`{process.name}` nests blocks and calls {levels} deep", help)


def _refuse_long_reads(body: tuple[m.Statement, ...], diagnostics: Diagnostics) -> None:
    todo: list[object] = [body]
    while todo:
        node = todo.pop()
        match node:
            case m.Assert():
                pass
            case m.Operation(operator="and" | "or" | "not" | "implies", operands=operands):
                todo.extend(operands)
            case (
                m.Operation(span=span) | m.SetDisplay(span=span) | m.Composed(span=span)
                | m.Load(span=span) | m.Place(span=span)
            ):  # fmt: skip
                reads = sum(
                    isinstance(part, m.Place) and not isinstance(part.root, m.LocalVariable)
                    for part in m.walk(node)
                )
                if reads > MAX_READS:
                    message = f"this expression reads {reads} shared locations, one after the other"
                    diagnostics.add("too-large", span, message, "assign a part of it to a local first")
            case _:
                todo.extend(m.parts(node))


def _rounded(count: int) -> str:
    return f"{count:,}" if count < 1_000_000 else "more than a million"


def _callees_first(parts: Mapping[str, m.Function]) -> list[str]:
    calls = {name: _calls(part.body) for name, part in parts.items()}
    order: dict[str, None] = {}
    for start in parts:
        stack = [start]
        while stack:
            name = stack[-1]
            waiting = [callee for callee in calls[name] if callee not in order]
            if waiting and name not in order:
                stack += waiting
            else:
                order.setdefault(name)
                stack.pop()
    return list(order)


def _calls(body: tuple[m.Statement, ...]) -> list[str]:
    return list(dict.fromkeys(node.function for node in m.walk(body) if isinstance(node, m.Invoke)))


def _size(body: tuple[m.Statement, ...], known: Mapping[str, tuple[int, int]]) -> tuple[int, int]:
    """The number of statements, and of levels of blocks and calls."""
    statements = levels = 0
    todo: list[tuple[object, int]] = [(body, 1)]
    while todo:
        node, level = todo.pop()
        if isinstance(node, tuple):
            todo.extend((part, level) for part in node)
            continue
        statements += 1
        levels = max(levels, level)
        for call in _own_calls(node):
            more, deeper = known[call.function]
            statements += more
            levels = max(levels, level + deeper)
        todo.extend((block, level + 1) for block in _blocks(node))
    return statements, levels


def _blocks(node: object) -> tuple[object, ...]:
    match node:
        case m.If(body=body, orelse=orelse):
            return body, orelse
        case (
            m.While(body=body)
            | m.For(body=body)
            | m.With(body=body)
            | m.Atomic(body=body)
            | m.Region(body=body)
            | m.Serve(body=body)
        ):
            return (body,)
        case m.Either(alternatives=alternatives):
            return tuple(body for _, body in alternatives)
        case _:
            return ()


def _own_calls(node: object) -> list[m.Invoke]:
    """The calls that are a part of the statement itself.  A policy looks a few times at what it waits for."""
    match node:
        case m.Do(action=part) | m.Declare(value=part) | m.Store(value=part) | m.Return(value=part):
            return _calls_in(part)
        case m.If(condition=part) | m.While(condition=part):
            return _calls_in(part)
        case m.Wait(condition=part) | m.Do(action=m.WaitInTime(condition=part)):
            return _calls_in(part) * LOOKS
        case _:
            return []


def _calls_in(part: object) -> list[m.Invoke]:
    return [node for node in m.walk(part) if isinstance(node, m.Invoke)]


def _deepest_call(body: tuple[m.Statement, ...], known: Mapping[str, tuple[int, int]]) -> Span | None:
    calls = [node for node in m.walk(body) if isinstance(node, m.Invoke)]
    return max(calls, key=lambda call: known[call.function][1]).span if calls else None
