"""From the rows of integers that a verifier prints back to states, each a step further."""

from __future__ import annotations

from ..emit.codes import Codes
from ..run.interpreter import Interpreter, State
from .retrace import Mismatch


def states_of_trail(
    rows: tuple[tuple[int, ...], ...], codes: Codes, interpreter: Interpreter
) -> tuple[State, ...]:
    """The states of the interpreter's program, which is that of the `codes`, whose rows these are: the first
    is the initial one, each follows from the one before by a step.  Raises Mismatch where there is none."""
    if not rows or codes.row(interpreter.initial()) != rows[0]:
        raise Mismatch("the trail does not start in the initial state")
    states = [interpreter.initial()]
    for number, row in enumerate(rows[1:], start=1):
        following = (after for after, _ in interpreter.successors(states[-1]) if codes.row(after) == row)
        found = next(following, None)
        if found is None:
            raise Mismatch(f"no step leads to state {number} of the trail")
        states.append(found)
    return tuple(states)
