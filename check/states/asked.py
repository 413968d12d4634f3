"""Expressions that somebody asks about who looks at a model from outside: read, checked and lowered as if an
invariant of the model compared each with itself."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace

from ...dsl.diagnostics import Diagnostic
from ...dsl.source import Span
from ...translator.program.program import Apply, Expr, Program
from ...translator.program.values import Value
from ...translator.run.interpreter import Interpreter, State
from ..load import Cell, Loaded, load

_NAME = "asked_from_outside_{}"
COMMAND_LINE = Span("command line", 0, 0, 0, 0)


@dataclass(frozen=True, slots=True)
class Question:
    """An expression as it is `written`, and what it is in a cell's program."""

    written: str
    expression: Expr


@dataclass(frozen=True, slots=True)
class Questions:
    """A model with the expressions that were asked about.  With a `fault` there are no `cells`; each cell has
    its questions in the order of asking."""

    loaded: Loaded
    cells: tuple[tuple[Cell, tuple[Question, ...]], ...]
    fault: Diagnostic | None = None


def split(text: str) -> tuple[str, ...]:
    """`x, vcpu[0].page` as its parts: commas within brackets separate nothing."""
    parts, depth, start = [], 0, 0
    for i, letter in enumerate(text):
        depth += (letter in "([{") - (letter in ")]}")
        if letter == "," and depth == 0:
            parts.append(text[start:i])
            start = i + 1
    return tuple(part.strip() for part in (*parts, text[start:]) if part.strip())


def ask(
    path: str, text: str, expressions: Iterable[str], constants: Mapping[str, object] | None = None,
    *, outside: bool = False,
) -> Questions:  # fmt: skip
    """Reads a model, whose `text` is known, together with expressions over its state.

    The fault of an expression is a diagnostic at the command line; a model that has faults of its own has
    them in `loaded`, and no cells.
    """
    wanted = tuple(expressions)
    plain = load(path, constants, outside=outside, text=text)
    if not plain.cells:
        return Questions(plain, ())
    for number, written in enumerate(wanted):
        if re.search(r"[#\n]|\"\"\"", written):
            return Questions(plain, (), _fault(written, "it is more than one expression", None))
        one = load(path, constants, outside=outside, text=_extended(text, (written,)))
        if not one.cells:
            # Of several faults the last is the expression's own, at the end of the text.
            errors = [found for found in one.diagnostics if found.severity == "error"]
            return Questions(plain, (), _fault(written, errors[-1].message, errors[-1].help, errors[-1].code))
        if _expression(one.cells[0].program, 0) is None:
            return Questions(
                plain, (), _fault(written, f"expression {number + 1} has no value to show", None)
            )
    loaded = load(path, constants, outside=outside, text=_extended(text, wanted))
    cells: list[tuple[Cell, tuple[Question, ...]]] = []
    for cell in loaded.cells:
        found = [(written, _expression(cell.program, i)) for i, written in enumerate(wanted)]
        cells.append((cell, tuple(Question(w, e) for w, e in found if e is not None)))
    return Questions(replace(plain, cells=loaded.cells), tuple(cells))


def answer(question: Question, state: State, interpreter: Interpreter) -> Value:
    """What an expression is in a state; a text in brackets where it has no value there."""
    try:
        return interpreter.value(question.expression, state)
    except (KeyError, TypeError, IndexError):
        return "(no value)"


def _extended(text: str, expressions: tuple[str, ...]) -> str:
    lines = [f"invariant {_NAME.format(i)}: ({e}) == ({e})" for i, e in enumerate(expressions)]
    return "\n".join([text.rstrip("\n"), *lines, ""])


def _expression(program: Program, number: int) -> Expr | None:
    for invariant in program.invariants:
        if invariant.property == _NAME.format(number):
            compared = invariant.condition
            if isinstance(compared, Apply) and compared.operator == "implies":
                compared = compared.arguments[1]
            if isinstance(compared, Apply) and compared.operator == "==":
                return compared.arguments[0]
    return None


def _fault(written: str, message: str, advice: str | None, code: str = "syntax") -> Diagnostic:
    return Diagnostic(code, COMMAND_LINE, f"`{written}`: {message}", advice)
