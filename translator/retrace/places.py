"""The author's places in a state, by name, with their values; and what is different between two states."""

from __future__ import annotations

from ..program.findings import Change
from ..program.program import Value
from ..program.values import value_text
from ..run.interpreter import Interpreter, State
from .seen import title


def changes(before: State, after: State, interpreter: Interpreter) -> tuple[Change, ...]:
    """What is different in the author's variables, element by element."""
    found: list[Change] = []
    for (name, old), (_, new) in zip(
        elements(before, interpreter), elements(after, interpreter), strict=True
    ):
        if old != new:
            found.append(Change(name, old, new))
    return tuple(found)


def elements(state: State, interpreter: Interpreter) -> tuple[tuple[str, str], ...]:
    """Every place of the author's with its value; control points and temporaries are left out."""
    found: list[tuple[str, str]] = []
    program = interpreter.program
    for slot, variable in enumerate(program.variables):
        if not variable.written:
            continue
        if variable.process:
            for task, value in zip(program.tasks_of(variable), _items(state[slot]), strict=True):
                found.append((f"{task}.{variable.title}", value_text(value)))
        else:
            found.extend(_array(title(variable), state[slot], len(variable.sizes)))
    return tuple(found)


def _items(value: Value) -> tuple[Value, ...]:
    assert isinstance(value, tuple)
    return value


def _array(title: str, value: Value, depth: int) -> list[tuple[str, str]]:
    return [(where, value_text(item)) for where, item in places_of(title, value, depth)]


def places_of(title: str, value: Value, depth: int) -> list[tuple[str, Value]]:
    """The elements of a variable, each with its name."""
    if depth == 0:
        return [(title, value)]
    found: list[tuple[str, Value]] = []
    for i, item in enumerate(_items(value)):
        found.extend(places_of(title.replace("[]", f"[{i}]", 1), item, depth - 1))
    return found
