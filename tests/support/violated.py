"""A violation that a test looks at."""

from __future__ import annotations

import differential
from pfnspec.translator.lower.temporal import focused
from pfnspec.translator.pipeline import whole
from pfnspec.translator.program.findings import Finding
from pfnspec.translator.retrace.retrace import retrace
from pfnspec.translator.run.interpreter import Interpreter, path


def finding(text: str, property: str) -> Finding:
    """The first violation of a property that the interpreter comes upon."""
    (cell,) = differential.cells(f"model m\n{text}")
    interpreter = Interpreter(whole(focused(cell.program, ())))
    states, _ = interpreter.search(5_000)
    for state in states:
        if any(violation.property == property for violation in interpreter.violations(state)):
            return retrace(property, path(state, states), interpreter)
    raise AssertionError(f"{property} holds")
