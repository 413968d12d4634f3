"""What calls what: the `def`s that a body reaches, recursion, and calls within one step."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from ...diagnostics import Diagnostics
from ...source import Span
from .body import Body


@dataclass(frozen=True, slots=True)
class Bodies:
    """What is known of each `def`, and of each process; only a `def` is called."""

    functions: Mapping[str, Body]
    processes: Mapping[str, Body]

    def __iter__(self) -> Iterator[Body]:
        yield from self.functions.values()
        yield from self.processes.values()

    def of(self, owner: str) -> Body | None:
        """That of the `def` or process of a name; no name is both."""
        return self.functions.get(owner) or self.processes.get(owner)


def reachable(body: Body, functions: Mapping[str, Body]) -> list[str]:
    """The `def`s that a body calls, directly or through others."""
    reached: dict[str, None] = {}
    todo = list(body.calls)
    while todo:
        name = todo.pop()
        if name not in reached and name in functions:
            reached[name] = None
            todo.extend(functions[name].calls)
    return list(reached)


def refuse_recursion(functions: Mapping[str, Body], diagnostics: Diagnostics) -> None:
    """Reports each cycle of calls once, at the call that closes it."""
    settled: set[str] = set()
    for start in functions:
        path = {start: iter(functions[start].calls.items())}
        while path:
            name = next(reversed(path))
            for callee, call in path[name]:
                if callee in path:
                    _report_cycle(list(path)[list(path).index(callee) :], call, diagnostics)
                elif callee in functions and callee not in settled:
                    path[callee] = iter(functions[callee].calls.items())
                    break
            else:
                settled.add(name)
                del path[name]


def _report_cycle(cycle: list[str], call: Span, diagnostics: Diagnostics) -> None:
    through = [f"`{name}`" for name in cycle[1:]]
    message = f"`{cycle[0]}` calls itself" + (f" through {', '.join(through[:3])}" if through else "")
    help = "write a loop: a `def` is inlined where it is called"
    diagnostics.add("recursion", call, message, help)


def warn_of_copies(bodies: Bodies, diagnostics: Diagnostics) -> None:
    """Warns of a `def` that stores to a parameter which is a copy of a shared variable: whoever wrote the
    store meant the variable, more often than not.  At the store, with the calls that pass one."""
    passed: dict[tuple[str, str], dict[Span, None]] = {}
    changed = True
    while changed:
        changed = False
        for body in bodies:
            for copy in body.copied:
                own = body.signature and (body.signature.node.name, copy.of)
                shared = copy.of is None or own in passed
                calls = passed.setdefault((copy.callee, copy.parameter), {}) if shared else {}
                if shared and copy.span not in calls:
                    calls[copy.span] = None
                    changed = True
    for (name, parameter), calls in passed.items():
        place = bodies.functions[name].stored.get(parameter) if name in bodies.functions else None
        if place is not None:
            message = f"`{parameter}` is a copy, so this does not change what was passed"
            help = (
                "name the variable itself, or pass a class or array that holds it, which is a reference; "
                "`READ_ONCE(...)` at the call says that a copy is meant"
            )
            related = [(call, "a shared variable is passed here") for call in sorted(calls)]
            diagnostics.add("copied-parameter", place, message, help, related, severity="warning")


def refuse_unfit_for_atomic(bodies: Bodies, diagnostics: Diagnostics) -> None:
    """Reports calls within `atomic` of what can be no part of one step."""
    functions = bodies.functions
    for body in bodies:
        for callee, call in body.calls.items():
            if call not in body.atomic_calls or callee not in functions:
                continue
            unfit = [
                place
                for name in (callee, *reachable(functions[callee], functions))
                for place in functions[name].unfit_for_atomic
            ]
            if unfit:
                span, what = unfit[0]
                message = f"`{callee}` cannot be part of one step"
                diagnostics.add(
                    "not-atomic",
                    call,
                    message,
                    "end the block before the call",
                    [(span, f"{what} stands here")],
                )
