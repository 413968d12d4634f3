"""What is assumed, in TLA+: TLC's constraint, and what is asked of states that satisfy it only.

TLC looks at a state beyond a constraint whenever it comes to it, but takes no step from there.  It calls no
state a deadlock whose steps all lead beyond.
"""

from __future__ import annotations

from ...tla.module.precedence import AND
from ..program.program import Program
from .formula import Formula


def assumed_text(name: str, program: Program, formula: Formula) -> str:
    """The definition of what a program assumes."""
    lines = "".join(f"\n    /\\ {formula.inside(i.condition, AND)}" for i in program.assumed)
    return f"\\* No behaviour goes on from a state beyond this, and nothing is asked of it.\n{name} =={lines}"


def asked_within(name: str | None, body: str) -> str:
    """The body of an invariant, asked only of states that satisfy what is assumed."""
    return body if name is None else f"\n    {name} =>" + body.replace("\n", "\n    ")
