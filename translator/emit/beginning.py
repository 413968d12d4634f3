"""How a module begins: who and what its formulas speak of, its variables, and what they start with."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from ...tla.module.page import VariableLine
from ...tla.module.precedence import EQUALS
from ..program.program import AnyOf, Elements, PointName, Program, Value, Variable, conjunction, negation
from .formula import Formula, Vocabulary


def preamble(program: Program, words: Vocabulary) -> Iterable[str]:
    """The definitions of the sets of tasks, and of what all formulas printed so far have used."""
    for process in program.processes:
        if process.count:
            members = ", ".join(words.tasks[task] for task in process.tasks)
            yield f"{words.sets[process.name]} == {{{members}}}"
    yield "Tasks == " + " \\cup ".join(words.sets.values())
    if "Index" in words.used:
        cases = " [] ".join(f"t = {name} -> {task.index}" for task, name in words.tasks.items())
        yield f"Index(t) == CASE {cases}"
    if "Minimum" in words.used:
        yield "Minimum(a, b) == IF a < b THEN a ELSE b"
    if "Maximum" in words.used:
        yield "Maximum(a, b) == IF a < b THEN b ELSE a"
    if "Drop" in words.used:
        yield "Drop(queue, task) == SelectSeq(queue, LAMBDA other : other # task)"
    if "Before" in words.used:
        yield (
            "Before(queue, task) == {queue[i] : i \\in {j \\in 1..Len(queue) : "
            "\\A k \\in 1..j : queue[k] # task}}"
        )


def registers_text(count: int, part: tuple[str, int] | None) -> Iterable[str]:
    """What sets `count` registers, and says once that one of them is reached.  Those of a part are set by the
    whole, which has numbers for all."""
    if not count:
        return
    if part is None:
        yield f"ASSUME \\A register \\in 1..{count} : TLCSet(register, FALSE)"
    own = "register" if part is None else f"{part[1]} + register"
    yield (
        f"Reached(register) == IF TLCGet({own}) THEN TRUE "
        f'ELSE TLCSet({own}, TRUE) /\\ PrintT(<<"reached", {own}>>)'
    )


def variable_lines(program: Program, variables: Mapping[str, str]) -> tuple[VariableLine, ...]:
    """The declarations; `variables` has the name of each in the module."""
    width = max(len(name) for name in variables.values())
    lines: list[VariableLine] = []
    for variable in program.variables:
        name = variables[variable.name]
        owner = "" if variable.process in (None, "*") else f", one per {variable.process}"
        owner = ", one per task" if variable.process == "*" else owner
        title = f"{variable.kind}: {variable.title}{owner}"
        lines.append(VariableLine(name=name, padding=" " * (width - len(name)), title=title))
    return tuple(lines)


def initial_line(variable: Variable, program: Program, formula: Formula, words: Vocabulary) -> str:
    """The conjunct of Init about a variable."""
    relation = "\\in" if isinstance(variable.initial, AnyOf) else "="
    return f"{words.variables[variable.name]} {relation} {_initial(variable, program, formula, words)}"


def _initial(variable: Variable, program: Program, formula: Formula, words: Vocabulary) -> str:
    if isinstance(variable.sort, PointName):
        populated = [process for process in program.processes if process.count]
        if len(populated) == 1:
            return f'[self \\in Tasks |-> "{populated[0].entry}"]'
        cases = "\n             [] ".join(
            f'self \\in {words.sets[process.name]} -> "{process.entry}"' for process in populated
        )
        return f"[self \\in Tasks |->\n        CASE {cases}]"
    for monitor in program.monitors:
        if monitor.variable == variable.name:
            start = conjunction(monitor.trigger, negation(monitor.release))
            return formula.inside(start, EQUALS)
    if isinstance(variable.initial, AnyOf):
        text = formula.value(variable.initial.values).text
        for size in reversed(variable.sizes):
            text = f"[0..{size - 1} -> {text}]"
        return text
    if isinstance(variable.initial, Elements):
        return _listed(variable.initial.nested(variable.sizes), variable.sizes, formula)
    text = formula.value(variable.initial).text
    declared = {*words.variables.values(), *words.sets.values(), *words.tasks.values(), *words.atoms.values()}
    for depth in range(len(variable.sizes) - 1, -1, -1):
        # What the author's names became, and those of actions, must not be bound anew.
        index = f"i{depth}"
        while index in declared:
            index += "_"
        text = f"[{index} \\in 0..{variable.sizes[depth] - 1} |-> {text}]"
    if variable.process:
        group = "Tasks" if variable.process == "*" else words.sets[variable.process]
        text = f"[self \\in {group} |-> {text}]"
    return text


def _listed(value: Value, sizes: tuple[int, ...], formula: Formula, depth: int = 0) -> str:
    """An array, element by element."""
    if depth == len(sizes):
        return formula.value(value).text
    assert isinstance(value, tuple)
    index = f"i{depth}"
    cases = " [] ".join(
        f"{index} = {i} -> {_listed(item, sizes, formula, depth + 1)}" for i, item in enumerate(value)
    )
    return f"[{index} \\in 0..{sizes[depth] - 1} |-> CASE {cases}]"
