"""What calls what: the `def`s that a body reaches, recursion, and calls within one step."""

from __future__ import annotations

from collections.abc import Mapping

from ...diagnostics import Diagnostics
from ...source import Span
from .body import Body


def reachable(owner: str, bodies: Mapping[str, Body]) -> list[str]:
    """The `def`s that `owner` calls, directly or through others."""
    reached: dict[str, None] = {}
    todo = list(bodies[owner].calls)
    while todo:
        name = todo.pop()
        if name not in reached and name in bodies:
            reached[name] = None
            todo.extend(bodies[name].calls)
    return list(reached)


def refuse_recursion(bodies: Mapping[str, Body], found: Diagnostics) -> None:
    """Reports each cycle of calls once, at the call that closes it."""
    settled: set[str] = set()
    for start in bodies:
        path = {start: iter(bodies[start].calls.items())}
        while path:
            name = next(reversed(path))
            for callee, call in path[name]:
                if callee in path:
                    _report_cycle(list(path)[list(path).index(callee) :], call, found)
                elif callee in bodies and callee not in settled:
                    path[callee] = iter(bodies[callee].calls.items())
                    break
            else:
                settled.add(name)
                del path[name]


def _report_cycle(cycle: list[str], call: Span, found: Diagnostics) -> None:
    through = [f"`{name}`" for name in cycle[1:]]
    message = f"`{cycle[0]}` calls itself" + (f" through {', '.join(through[:3])}" if through else "")
    help = "write a loop: a `def` is inlined where it is called"
    found.add("recursion", call, message, help)


def warn_of_copies(bodies: Mapping[str, Body], found: Diagnostics) -> None:
    """Warns of a `def` that stores to a parameter which is a copy of a shared variable: whoever wrote the
    store meant the variable, more often than not.  At the store, with the calls that pass one."""
    passed: dict[tuple[str, str], dict[Span, None]] = {}
    changed = True
    while changed:
        changed = False
        for owner, body in bodies.items():
            for copy in body.copied:
                shared = copy.of is None or (owner, copy.of) in passed
                calls = passed.setdefault((copy.callee, copy.parameter), {}) if shared else {}
                if shared and copy.span not in calls:
                    calls[copy.span] = None
                    changed = True
    for (name, parameter), calls in passed.items():
        place = bodies[name].stored.get(parameter) if name in bodies else None
        if place is not None:
            message = f"`{parameter}` is a copy, so this does not change what was passed"
            help = (
                "name the variable itself, or pass a class or array that holds it, which is a reference; "
                "`READ_ONCE(...)` at the call says that a copy is meant"
            )
            related = [(call, "a shared variable is passed here") for call in sorted(calls)]
            found.add("copied-parameter", place, message, help, related, severity="warning")


def refuse_unfit_for_atomic(bodies: Mapping[str, Body], found: Diagnostics) -> None:
    """Reports calls within `atomic` of what can be no part of one step."""
    for body in bodies.values():
        for callee, call in body.calls.items():
            if call not in body.atomic_calls or callee not in bodies:
                continue
            unfit = [
                place
                for name in (callee, *reachable(callee, bodies))
                for place in bodies[name].unfit_for_atomic
            ]
            if unfit:
                span, what = unfit[0]
                message = f"`{callee}` cannot be part of one step"
                found.add(
                    "not-atomic",
                    call,
                    message,
                    "end the block before the call",
                    [(span, f"{what} stands here")],
                )
