"""Interchangeable tasks and values exchanged: what is so must lead from reachable states to such states, and
violate the same properties there."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from itertools import combinations, islice

from pfnspec.translator.program.program import Program
from pfnspec.translator.program.values import Task, Value
from pfnspec.translator.reduce.symmetry import Symmetry, symmetry
from pfnspec.translator.run.interpreter import Interpreter, State

# What stands for what: tasks for tasks, and in the variables of a range its values for its values.
Swap = tuple[dict[Task, Task], dict[str, dict[int, int]]]


def swaps(program: Program, same: Symmetry) -> Iterator[Swap]:
    """Every exchange of two."""
    for name in same.processes:
        for one, other in combinations(program.process(name).tasks, 2):
            yield {one: other, other: one}, {}
    for values in same.values:
        for one, other in combinations([atom.index for atom in values.atoms], 2):
            yield {}, {name: {one: other, other: one} for name in values.variables}


def swapped(state: State, swap: Swap, program: Program) -> State:
    tasks, numbers = swap

    def renamed(value: Value, own: dict[int, int]) -> Value:
        if isinstance(value, Task):
            return tasks.get(value, value)
        if isinstance(value, frozenset):
            return frozenset(renamed(item, own) for item in value)
        if isinstance(value, tuple):
            return tuple(renamed(item, own) for item in value)
        if isinstance(value, int) and not isinstance(value, bool):
            return own.get(value, value)
        return value

    after: list[Value] = []
    for variable, old in zip(program.variables, state, strict=True):
        new = renamed(old, numbers.get(variable.name, {}))
        if variable.process:
            owners = program.tasks_of(variable)
            assert isinstance(new, tuple)
            new = tuple(new[owners.index(tasks.get(owner, owner))] for owner in owners)
        after.append(new)
    return tuple(after)


def violated(interpreter: Interpreter, state: State) -> set[str]:
    found = {violation.property for violation in interpreter.violations(state)}
    formulas = interpreter.program.sometimes
    return found | {f"met {f.property}" for f in formulas if interpreter.value(f.condition, state) is True}


def changed_by_an_exchange(program: Program, states: Mapping[State, object], most: int) -> str | None:
    """What an exchange changes that must not, in words.  `states` are all that can be reached; as many as
    `most` of them are looked at."""
    same = symmetry(program)
    interpreter = Interpreter(program)
    looked_at = list(islice(states, 0, None, max(1, len(states) // most)))
    for swap in swaps(program, same):
        for state in looked_at:
            other = swapped(state, swap, program)
            if other not in states:
                return f"a state of {', '.join(same.names)} is not reached with others for these"
            if violated(interpreter, state) != violated(interpreter, other):
                return f"other properties are violated with others for {', '.join(same.names)}"
            after = {swapped(next, swap, program) for next, _ in interpreter.successors(state)}
            if after != {next for next, _ in interpreter.successors(other)}:
                return f"other steps follow with others for {', '.join(same.names)}"
    return None
