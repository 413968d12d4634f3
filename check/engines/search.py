"""The interpreter as an engine: every reachable state, breadth first, in this process; and its search for
fair cycles, which decides temporal properties."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace

from ... import tla
from ...translator.program.program import Expr, Program
from ...translator.run.decide import Decided, TooLarge, decided
from ...translator.run.interpreter import Exploration, Interpreter, State

STATES = 500_000
"""Most states of a search that nobody gives a limit for: some hundred MiB."""

SECOND_OPINION = 1_000
"""So many states are looked at by the interpreter beside another engine, before that has started."""

_LOOK_EVERY = 200
_TELL_EVERY = 0.5


@dataclass(frozen=True, slots=True)
class Searched:
    """What a search found: for each violated property a shortest behaviour to a state where it does not
    hold, in the order of finding; the labels and branches that are `reached` and the `sometimes` that
    are `met`; how much was searched; and what ended it early (states, or what the caller said)."""

    violated: dict[str, tuple[State, ...]]
    reached: frozenset[int]
    met: frozenset[str]
    totals: tla.Totals
    stopped: str | None


def searched(
    program: Program, properties: Iterable[str], states: int, stop: Callable[[], str | None],
    on_progress: Callable[[tla.Progress], None], *, first: bool = False,
) -> Searched:  # fmt: skip
    """Searches a program for violations of `properties`, and for states that its `sometimes` speak of.

    No more than `states` distinct states are looked at.  `stop` is asked every now and then whether,
    and why, to end the search; `first`: it ends where a property is violated, as fail-fast.
    """
    began = told = time.monotonic()
    interpreter = Interpreter(program)
    exploration = Exploration(interpreter)
    wanted = set(properties)
    open_ = {formula.property: formula.condition for formula in program.sometimes}
    violated: dict[str, tuple[State, ...]] = {}
    stopped: str | None = None
    for number, state in enumerate(exploration, start=1):
        if number > states:
            stopped = "states"
        elif number % _LOOK_EVERY == 0:
            stopped = stop()
            if (now := time.monotonic()) - told >= _TELL_EVERY:
                told = now
                on_progress(tla.Progress(_totals(exploration), now - began))
        if stopped:
            break
        for violation in interpreter.violations(state):
            if violation.property in wanted:
                wanted.remove(violation.property)
                violated[violation.property] = exploration.path(state)
        if first and violated:
            stopped = "fail-fast"
            break
        for name in [n for n, condition in open_.items() if interpreter.value(condition, state) is True]:
            del open_[name]
    totals = _totals(exploration)
    if stopped == "states":
        totals = replace(totals, distinct=states)
    met = frozenset(formula.property for formula in program.sometimes) - frozenset(open_)
    return Searched(violated, frozenset(exploration.reached), met, totals, stopped)


class _Stopped(Exception):
    """A search was told to end."""


def fairly_decided(program: Program, formula: Expr, states: int, stop: Callable[[], bool]) -> Decided | None:
    """Whether a temporal formula holds on every fair behaviour of a program; None where it has more than
    `states` states, or `stop` said so before it was known."""

    def look() -> None:
        if stop():
            raise _Stopped

    try:
        return decided(program, formula, states, look)
    except (TooLarge, _Stopped):
        return None


def _totals(exploration: Exploration) -> tla.Totals:
    return tla.Totals(exploration.generated, len(exploration.found), exploration.queue, exploration.depth)
