"""Which passes a program goes through on its way to an engine: the only place that composes them.

    lowered -> about the properties of one run -> reduced -> with handlers that hold up -> with CPUs as state

An engine searches what `prepared` makes; the interpreter tells behaviours by the `whole` program, which has
not been reduced.  A run is for all safety properties, or for the temporal ones that its program is `about`.
"""

from __future__ import annotations

from .lower.temporal import focused
from .program.program import Expr, Program, Property
from .reduce.interrupts import interrupted
from .reduce.reduce import Explanation, explained, liveness_reduced, safety_reduced
from .reduce.schedule import scheduled


def about(program: Program, *properties: Property) -> Program:
    """The program with these temporal properties only, and their monitors; with none, for a safety run."""
    return focused(program, properties)


def whole(program: Program) -> Program:
    """A program as both engines can run it, with nothing reduced."""
    return scheduled(interrupted(program))


def prepared(program: Program, *, reduction: bool = True) -> Program:
    """What is searched for what a program is `about`."""
    if not reduction:
        return scheduled(interrupted(program))
    reduce = liveness_reduced if program.temporal else safety_reduced
    return scheduled(interrupted(reduce(program, _formulas(program))))


def explanation(program: Program) -> Explanation:
    """How the reduction in `prepared` comes to what it does."""
    return explained(program, _formulas(program), liveness=bool(program.temporal))


def _formulas(program: Program) -> tuple[Expr, ...]:
    """What a run looks at besides claims."""
    if program.temporal:
        return tuple(property.formula for property in program.temporal)
    looked_at = (*program.invariants, *program.sometimes, *program.assumed)
    return tuple(formula.condition for formula in looked_at)
