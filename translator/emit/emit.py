"""Program to TLA+: `emit` is the stage.  One action per step, named after process and line."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from itertools import pairwise

from ...dsl.model import sorts as s
from ...dsl.source import Span
from ...tla.module.page import Action, Names, Page, cfg_text, module_text
from ...tla.module.precedence import AND
from ...tla.module.values import Function, ModelValue
from ..lower.temporal import is_temporal
from ..program.program import (
    FALSE,
    PC,
    TRUE,
    Apply,
    Assign,
    Atom,
    Const,
    Definition,
    Expr,
    Note,
    Point,
    Program,
    Record,
    Task,
    Value,
    Variable,
    negation,
)
from ..program.ways import leaves
from ..reduce.dead import dead_locals
from ..reduce.symmetry import Symmetry
from .action import action_text
from .assumed import asked_within, assumed_text
from .beginning import initial_line, preamble, registers_text, variable_lines
from .fairness_text import Promise, fairness_text, points_text
from .formula import Formula, TemporalFormula, Vocabulary, field_name
from .stuck_text import deadlock_text


@dataclass(frozen=True, slots=True, kw_only=True)
class Emission:
    """A module and cfg, and the way back: TLA+ names to the program's.

    `atoms` are the interchangeable values.  TLC takes states for the same that differ only in the names of
    one of the groups `exchanged`.  `registers` says whether the module reports, by printing
    `<<"reached", number>>` once each: marks that are reached, `sometimes` formulas that are satisfied, and
    violations of the properties that are `noted` (which has their numbers).  Numbers are from `before + 1`
    on, in this order, and `last` is the last of them.  `promises` are the fairness conditions of each task.
    """

    module: str
    module_text: str
    cfg_text: str
    tasks: Mapping[str, Task]
    atoms: Mapping[str, Atom]
    variables: Mapping[str, str]
    actions: Mapping[str, str]
    invariants: Mapping[str, str]
    temporal: Mapping[str, str]
    check_deadlock: bool
    registers: bool
    constants: tuple[str, ...]
    exchanged: tuple[tuple[str, ...], ...]
    promises: Mapping[str, tuple[Promise, ...]]
    noted: Mapping[int, str]
    before: int
    last: int
    assumes: bool

    @property
    def symmetric(self) -> bool:
        return bool(self.exchanged)

    def reached(self, registers: Iterable[int]) -> frozenset[int]:
        """The marks and `sometimes` among registers that are set: their numbers in the program, from 0 on."""
        own = {number for number in registers if self.before < number <= self.last}
        return frozenset(number - self.before - 1 for number in own - self.noted.keys())


def emit(
    program: Program, properties: Iterable[str] | None = None, *, temporal: Iterable[str] = (),
    registers: bool = False, source: Mapping[str, tuple[str, ...]] | None = None,
    header: tuple[str, ...] = (), symmetry: Symmetry | None = None, noted: Iterable[str] = (),
    part: tuple[str, int] | None = None,
) -> Emission:  # fmt: skip
    """The TLA+ of a program, or of the program of a `symmetry`, which is then declared.

    `properties` are the safety properties to be checked (all when None), `temporal` the temporal
    ones, for which fairness is assumed; `source` gives each file's lines, to stand
    beside the actions; `header` is put on top as comments.  A violation of a property that is `noted`, which
    needs `registers`, does not end the search: the property is an invariant that says so once and goes on.
    `part` is the module's name and the number of registers before its own where it is a part of another
    (`joined.py`).  The same input gives the same bytes.
    """
    wanted = tuple(program.properties if properties is None else properties)
    if symmetry is not None:
        program = symmetry.program
    names = Names()
    # What arrays start with is written as functions of these.
    deepest = max((len(variable.sizes) for variable in program.variables), default=0)
    names.taken.update(f"i{depth}" for depth in range(deepest))
    module = names.new(program.name if part is None else part[0])
    atoms = {
        atom: names.new(f"{atom.sort if atom.sort.isidentifier() else 'value'}_{atom.index}")
        for group in (symmetry.values if symmetry else ())
        for atom in group.atoms
    }
    tasks = {task: names.new(_task_name(task)) for task in program.tasks}
    populated = [process for process in program.processes if process.count]
    sets = {process.name: names.new(process.name.capitalize() + "s") for process in populated}
    variables = {
        v.name: "pc" if v.name == PC else names.new(re.sub(r"[()]", "", v.name)) for v in program.variables
    }
    definitions = {definition.name: names.new(definition.name) for definition in program.definitions}
    words = Vocabulary(tasks, atoms, sets, variables, definitions, names, set())
    formula, in_time = Formula(words), TemporalFormula(words)
    actions = {point.name: names.new(point.name) for point in program.points if point.step}
    assumed = names.new("Assumed") if program.assumed else None
    drawn: list[Action] = []
    dead = dead_locals(program) if source else {}
    for point in program.points:
        if point.step is not None:
            text = action_text(point, actions[point.name], program, words, registers, assumed)
            drawn.append(Action(comment=_comment(point, source or {}, program, dead), text=text))
    predicates = [_definition(definition, formula, words) for definition in program.definitions]
    if assumed:
        predicates.append(assumed_text(assumed, program, formula))
    closing: list[str] = []
    steps: list[str] = []
    runners: dict[str, str] = {}
    for process in populated:
        own = [actions[p.name] for p in program.points if p.process == process.name and p.step]
        runner = runners[process.name] = names.new(process.name)
        lines = "".join(f"\n    \\/ {name}(self)" for name in own) or " FALSE"
        closing.append(f"{runner}(self) =={lines}")
        steps.append(f"\\E self \\in {sets[process.name]} : {runner}(self)")
    terminating = _terminating(program, words)
    if terminating:
        closing.append(terminating)
        steps.append("Terminating")
    closing.append("Next ==" + "".join(f"\n    \\/ {step}" for step in steps))
    wanted_temporal = tuple(temporal)
    promises: list[Promise] = []
    if wanted_temporal:
        spoken_of, promises = fairness_text(program, words, runners, actions)
        closing += spoken_of
    closing.append("Spec == Init /\\ [][Next]_vars" + (" /\\ Fairness" if wanted_temporal else ""))
    invariants: dict[str, str] = {}
    before = 0 if part is None else part[1]
    first_noted = len(program.reachable) + len(program.sometimes) + 1
    numbers = {name: first_noted + i for i, name in enumerate(name for name in wanted if name in {*noted})}
    for name in wanted:
        body = _property(name, program, formula, words)
        if name in numbers and (body or name == "deadlock"):
            body = _noting(body, numbers[name], stuck=name == "deadlock")
        if body:
            identifier = names.new(name)
            invariants[identifier] = name
            closing.append(f"\\* {name}\n{identifier} =={asked_within(assumed, body)}")
    if registers:
        for number, invariant in enumerate(program.sometimes):
            identifier = names.new(f"Sometimes_{invariant.property}")
            invariants[identifier] = ""
            register = len(program.reachable) + number + 1
            seen = f"Reached({register})"
            met = formula.inside(invariant.condition, AND)
            within = f"{assumed} /\\ " if assumed else ""
            closing.append(f"{identifier} ==\n    {within}{met} => {seen}")
    claimed: dict[str, str] = {}
    for property in program.temporal:
        if property.name in wanted_temporal:
            identifier = names.new(property.name)
            claimed[identifier] = property.name
            closing.append(f"\\* {property.name}\n{identifier} ==\n    {_claimed(property.formula, in_time)}")
    constants = ("None", *tasks.values(), *atoms.values())
    groups = [sets[name] for name in symmetry.processes] if symmetry else []
    exchanged = [
        tuple(tasks[task] for task in program.process(name).tasks)
        for name in (symmetry.processes if symmetry else ())
    ]
    for group in symmetry.values if symmetry else ():
        exchanged.append(tuple(atoms[atom] for atom in group.atoms))
        groups.append("{" + ", ".join(exchanged[-1]) + "}")
    if groups:
        same = names.new("Symmetry")
        closing.append(f"{same} == " + " \\cup ".join(f"Permutations({group})" for group in groups))
    last = first_noted - 1 + len(numbers)
    page = Page(
        name=module,
        header=(*header, *(f"const {name} = {value}" for name, value in program.constants)),
        extends=("Integers", "Sequences", "FiniteSets", *(("TLC",) if registers or groups else ())),
        constants=constants,
        preamble=(*preamble(program, words), *(registers_text(last, part) if registers else ())),
        variables=variable_lines(program, variables),
        predicates=tuple(predicates),
        initial=tuple(initial_line(v, program, formula, words) for v in program.variables),
        actions=tuple(drawn),
        closing=tuple(closing),
    )
    check_deadlock = "deadlock" in wanted and "deadlock" not in numbers
    return Emission(
        module=module,
        module_text=module_text(page),
        cfg_text=cfg_text(constants, tuple(invariants), tuple(claimed), same if groups else None, assumed),
        tasks={name: task for task, name in tasks.items()},
        atoms={name: atom for atom, name in atoms.items()},
        variables={name: variable for variable, name in variables.items()},
        actions={name: point for point, name in actions.items()},
        invariants=invariants,
        temporal=claimed,
        check_deadlock=check_deadlock,
        registers=registers,
        constants=constants,
        exchanged=tuple(exchanged),
        promises={
            name: tuple(promise for promise in promises if promise.process == task.process)
            for task, name in tasks.items()
        },
        noted={before + number: name for name, number in numbers.items()},
        before=before,
        last=before + last,
        assumes=assumed is not None,
    )


def _task_name(task: Task) -> str:
    # TLC takes a model value that is one letter and an underscore for a typed one.
    stem = task.process if len(task.process) > 1 else f"task_{task.process}"
    return f"{stem}_{task.index}"


def _comment(
    point: Point, source: Mapping[str, tuple[str, ...]], program: Program,
    dead: Mapping[str, frozenset[str]],
) -> tuple[str, ...]:  # fmt: skip
    """The lines of a step, and the locals that it resets because they are `dead` where it leads."""

    def line(span: Span) -> str:
        lines = source.get(span.path, ())
        text = lines[span.line - 1].strip() if 0 < span.line <= len(lines) else ""
        return f"{span.line}  {text}".rstrip()

    assert point.step is not None
    via = tuple(f"  called from {line(span)}" for span in reversed(point.calls))
    merged = dict.fromkeys(
        line(op.span)
        for leaf in leaves(point.step.block)
        for op in leaf.ops
        if isinstance(op, Note)
        and op.kind != "round"
        and (op.span.path, op.span.line) != (point.span.path, point.span.line)
    )
    # What the author assigns has a note before it.
    reset = dict.fromkeys(
        variable.title
        for leaf in leaves(point.step.block)
        for before, op in pairwise((None, *leaf.ops))
        if isinstance(op, Assign) and not isinstance(before, Note)
        and op.variable in dead.get(leaf.target, ())
        and (variable := program.variable(op.variable)).kind == "local"
        and isinstance(op.value, Const)
        and op.value.value == variable.initial
    )  # fmt: skip
    forgotten = (f"  {', '.join(reset)}: not read again, so reset",) if reset else ()
    return (line(point.span), *via, *(f"  then {text}" for text in merged), *forgotten)


def _noting(body: str | None, number: int, *, stuck: bool) -> str:
    """A property as an invariant that holds everywhere, and says where it first does not."""
    parts = body or ""
    if stuck:
        # What TLC looks for by itself, and would stop at.
        parts += "\n    /\\ ENABLED Next"
    shifted = parts.replace("\n", "\n   ").removeprefix("\n       ")
    return f"\n    \\/ {shifted}\n    \\/ Reached({number})"


def _definition(definition: Definition, formula: Formula, words: Vocabulary) -> str:
    parameter = words.names.new("t")
    body = formula.text(definition.body, {"t": parameter})
    return f"{words.definitions[definition.name]}({parameter}) ==\n    {body}"


def _claimed(e: Expr, formula: Formula) -> str:
    """A temporal property.  TLC makes an invariant of `[]P`, whose trace is no fair behaviour, and takes
    no formula about the first state alone; both are said so that it looks for a loop."""
    match e:
        case Apply(operator="and", arguments=arguments):
            return " /\\ ".join(f"({_claimed(argument, formula)})" for argument in arguments)
        case Apply(operator="always", arguments=(inner,)) if not is_temporal(inner):
            return f"~<>({formula.text(negation(inner))})"
        case _ if not is_temporal(e):
            return f"~<>(Init /\\ {formula.inside(negation(e), AND)})"
        case _:
            return formula.text(e)


def _terminating(program: Program, words: Vocabulary) -> str | None:
    """Stuttering where a state without successor is no deadlock."""
    halted = [point.name for point in program.points if point.halted]
    alternatives: list[str] = []
    if halted:
        alternatives.append(f"\\E self \\in Tasks : pc[self] {points_text(halted)}")
    ends: list[str] = []
    possible = True
    for process in program.processes:
        if process.daemon or not process.count:
            continue
        last = [
            p.name
            for p in program.points
            if p.process == process.name and (p.idle or (p.step is None and not p.halted))
        ]
        if not last:
            possible = False
            continue
        ends.append(f"\\A self \\in {words.sets[process.name]} : pc[self] {points_text(last)}")
    if possible:
        alternatives.append(" /\\ ".join(f"({end})" for end in ends) if ends else "TRUE")
    if not alternatives:
        return None
    lines = "".join(f"\n       \\/ {alternative}" for alternative in alternatives)
    return f"Terminating ==\n    /\\ {lines[8:]}\n    /\\ UNCHANGED vars"


def _property(name: str, program: Program, formula: Formula, words: Vocabulary) -> str | None:
    """The invariant for a property; None where nothing can violate it."""
    if name == "deadlock":
        return deadlock_text(program, formula, words)
    groups: dict[tuple[str, Expr], list[str]] = {}
    for point in program.points:
        for claim in point.claims:
            if claim.property == name and claim.condition != TRUE:
                groups.setdefault((point.process, claim.condition), []).append(point.name)
    lines: list[str] = []
    for (process, condition), points in groups.items():
        where = f"pc[self] {points_text(points)}"
        if condition == FALSE:
            test = f"~({where})"
        else:
            test = f"{where} => {formula.inside(condition, AND)}"
        lines.append(f"\\A self \\in {words.sets[process]} : {test}")
    lines += [formula.inside(i.condition, AND) for i in program.invariants if i.property == name]
    body = "".join(f"\n    /\\ {line}" for line in lines)
    if lines and set(words.variables.values()).isdisjoint(re.findall(r"\w+", body)):
        # TLC works out what reads no variable before it starts, and does not start where that is FALSE.
        body += "\n    /\\ pc = pc"
    return body or None


def back(value: object, variable: Variable, program: Program, emission: Emission) -> Value:
    """A value of TLC's as the program's: functions become tuples or records, model values tasks or None."""
    sizes = variable.sizes
    word = s.word_in(variable.sort)

    def plain(item: object) -> Value:
        if isinstance(item, Function):
            assert word is not None
            fields = tuple((name, plain(item[field_name(name)])) for name, _, _ in word.fields)
            return Record(fields)  # type: ignore[arg-type]
        if isinstance(item, ModelValue):
            if item.name in emission.atoms:
                return emission.atoms[item.name].index
            return None if item.name == "None" else emission.tasks[item.name]
        if isinstance(item, frozenset):
            return frozenset(plain(one) for one in item)
        if isinstance(item, tuple):
            return tuple(plain(one) for one in item)
        assert isinstance(item, bool | int | str)
        return item

    def array(item: object, depth: int) -> Value:
        if depth == len(sizes):
            return plain(item)
        assert isinstance(item, Function)
        return tuple(array(item[i], depth + 1) for i in range(sizes[depth]))

    if variable.process:
        names = {task: name for name, task in emission.tasks.items()}
        assert isinstance(value, Function)
        return tuple(array(value[ModelValue(names[task])], 0) for task in program.tasks_of(variable))
    return array(value, 0)
