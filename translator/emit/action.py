"""One step as one TLA+ action: its block, run symbolically, becomes a tree of primed conjuncts."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field

from ...tla.module.precedence import AND, EQUALS, Text
from ..program.program import (
    PC,
    TRUE,
    Assign,
    Block,
    Fill,
    Fork,
    Goto,
    Note,
    Op,
    Outdate,
    Pick,
    Point,
    Program,
    Reach,
    Test,
    Variable,
    kept_up,
    reads,
)
from .formula import Formula, Vocabulary

_SIMPLE = re.compile(r'[A-Za-z_0-9"]*(\[self\])?|\{\}|<<>>')


@dataclass(slots=True)
class _Changes:
    """What a path has assigned so far: per variable a whole value, then elements of it."""

    whole: dict[str, Text] = field(default_factory=dict)
    elements: dict[str, list[tuple[tuple[str, ...], Text]]] = field(default_factory=dict)
    # What it has reached, where that counts only if the step leads to where behaviours are followed.
    reached: list[str] = field(default_factory=list)

    def copy(self) -> _Changes:
        elements = {name: list(entries) for name, entries in self.elements.items()}
        return _Changes(dict(self.whole), elements, list(self.reached))

    def changed(self) -> set[str]:
        return {*self.whole, *self.elements}


@dataclass(frozen=True, slots=True)
class _Conjuncts:
    """A list of conjuncts; `defining`: it stands behind the definitions that it uses."""

    text: str
    defining: bool

    def __str__(self) -> str:
        return self.text

    def within(self) -> str:
        """The text as a part of another list, without the sign in front."""
        return _shifted(self.text, 3) if self.defining else self.text.removeprefix("/\\ ")


class _Writer:
    def __init__(
        self, point: Point, program: Program, words: Vocabulary, registers: bool, assumed: str | None
    ) -> None:
        self.point = point
        self.program = program
        self.words = words
        self.registers = registers
        self.assumed = assumed
        self.everywhere = _assigned(point.step.block) if point.step else set()
        self.everywhere |= {monitor.variable for monitor in program.monitors}

    def formula(self, changes: _Changes) -> Formula:
        def read(variable: str, indices: tuple[str, ...]) -> Text:
            entries = changes.elements.get(variable, [])
            if entries and all(known == entries[0][0] for known, _ in entries) and entries[0][0] == indices:
                return entries[-1][1]
            current = self.current(variable, changes)
            return Text(current.whole() + "".join(f"[{index}]" for index in indices)) if indices else current

        return Formula(self.words, read)

    def current(self, variable: str, changes: _Changes) -> Text:
        """The whole present value of a variable."""
        base = changes.whole.get(variable, Text(self.words.variables[variable]))
        entries = changes.elements.get(variable, [])
        if not entries:
            return base
        updates = ", ".join(f"!{''.join(f'[{i}]' for i in indices)} = {value}" for indices, value in entries)
        return Text(f"[{base.whole()} EXCEPT {updates}]")

    def block(self, block: Block, changes: _Changes, bound: Mapping[str, str], indent: str) -> _Conjuncts:
        """The conjuncts of a block; the first line is not indented, the others by `indent`."""
        lines: list[str] = []
        lets: list[str] = []

        def joined() -> _Conjuncts:
            text = f"\n{indent}".join(f"/\\ {line}" for line in lines)
            for let in reversed(lets):
                text = f"LET {let}\n{indent}IN {_shifted(text, 3)}"
            return _Conjuncts(text, bool(lets))

        for position, op in enumerate(block.ops):
            rest: tuple[Op | object, ...] = (*block.ops[position + 1 :], block.end)
            self.op(op, rest, changes, bound, lines, lets)
        match block.end:
            case Goto(point=target):
                changes.elements.setdefault(PC, []).append((("self",), Text(f'"{target}"')))
                for monitor in self.program.monitors:
                    bit = kept_up(monitor)
                    changes.whole[monitor.variable] = self.formula(changes).printed(bit, bound)
                lines += self.primed(changes)
            case Test(condition=condition, yes=yes, no=no):
                test = self.formula(changes).text(condition, bound)
                left, equals, right = test.partition(" = ")
                if equals and left == right and _SIMPLE.fullmatch(left):
                    test = "TRUE"
                if test in ("TRUE", "FALSE"):
                    # What is read was set above, in the same step.
                    taken = self.block(yes if test == "TRUE" else no, changes, bound, indent)
                    lines.append(taken.within())
                    return joined()
                inner = indent + "        "
                then = self.block(yes, changes.copy(), bound, inner)
                other = self.block(no, changes.copy(), bound, inner)
                lines.append(f"IF {test}\n{indent}   THEN {then}\n{indent}   ELSE {other}")
            case Pick(name=name, domain=domain, then=then_):
                group = self.formula(changes).text(domain, bound)
                variable = self.words.names.new(name)
                inner_text = self.block(then_, changes, {**bound, name: variable}, indent + "       ")
                lines.append(f"\\E {variable} \\in {group} :\n{indent}       {inner_text}")
            case Fork(options=options):
                texts = [self.block(option, changes.copy(), bound, indent + "      ") for option in options]
                lines.append(f"\n{indent}   ".join(f"\\/ {text}" for text in texts))
        return joined()

    def op(
        self, op: Op, rest: tuple[object, ...], changes: _Changes, bound: Mapping[str, str], lines: list[str],
        lets: list[str],
    ) -> None:  # fmt: skip
        formula = self.formula(changes)
        match op:
            case Assign(variable=variable, indices=indices, value=value):
                text = formula.printed(value, bound)
                at = tuple(formula.text(index, bound) for index in indices)
                if not _SIMPLE.fullmatch(text.text) and variable in reads(rest):
                    name = self.words.names.new(self.words.variables[variable])
                    lets.append(f"{name} == {text}")
                    text = Text(name)
                if at:
                    changes.elements.setdefault(variable, []).append((at, text))
                    entries = changes.elements[variable]
                    if all(known == at for known, _ in entries):
                        changes.elements[variable] = entries[-1:]
                else:
                    changes.whole[variable] = text
            case Fill(variable=variable, names=names, value=value):
                declared = self.program.variable(variable)
                domains = self.domains(declared)
                fresh = {name: self.words.names.new(name) for name in names}
                text = formula.printed(value, {**bound, **fresh})
                for name, domain in reversed(tuple(zip(names, domains, strict=True))):
                    text = Text(f"[{fresh[name]} \\in {domain} |-> {text}]")
                if declared.kind == "memory" and variable in reads(rest):
                    name = self.words.names.new(self.words.variables[variable])
                    lets.append(f"{name} == {text}")
                    text = Text(name)
                changes.elements.pop(variable, None)
                changes.whole[variable] = text
            case Reach(number=number):
                if self.registers and self.assumed:
                    changes.reached.append(f"({self.assumed}' => Reached({number + 1}))")
                elif self.registers:
                    lines.append(f"Reached({number + 1})")
            case Note() | Outdate():
                pass

    def domains(self, variable: Variable) -> list[str]:
        found: list[str] = []
        if variable.process:
            found.append("Tasks" if variable.process == "*" else self.words.sets[variable.process])
        found += [f"0..{size - 1}" for size in variable.sizes]
        return found

    def primed(self, changes: _Changes) -> list[str]:
        lines: list[str] = []
        unchanged: list[str] = []
        for variable in self.program.variables:
            name = self.words.variables[variable.name]
            if variable.name in changes.changed():
                lines.append(f"{name}' = {self.current(variable.name, changes).last(EQUALS)}")
            elif variable.name in self.everywhere:
                unchanged.append(name)
        if unchanged:
            lines.append(f"UNCHANGED <<{', '.join(unchanged)}>>")
        # Only now has every variable a value in the next state.
        return lines + list(dict.fromkeys(changes.reached))


def _shifted(text: str, by: int) -> str:
    return text.replace("\n", "\n" + " " * by)


def _assigned(block: Block) -> set[str]:
    """The variables that some path through a block assigns."""
    found = {op.variable for op in block.ops if isinstance(op, Assign | Fill)}
    match block.end:
        case Goto():
            return found | {PC}
        case Test(yes=yes, no=no):
            return found | _assigned(yes) | _assigned(no)
        case Pick(then=then):
            return found | _assigned(then)
        case Fork(options=options):
            return found.union(*(_assigned(option) for option in options))


def action_text(
    point: Point, name: str, program: Program, words: Vocabulary, registers: bool, assumed: str | None = None
) -> str:
    """The definition of a point's step as an action of `self`; `assumed` names what the next state has to
    satisfy for anything to be reached."""
    assert point.step is not None
    writer = _Writer(point, program, words, registers, assumed)
    if assumed:
        writer.everywhere |= {variable.name for variable in program.variables}
    lines = [f'/\\ pc[self] = "{point.name}"']
    if point.step.guard != TRUE:
        lines.append(f"/\\ {Formula(words).inside(point.step.guard, AND)}")
    body = writer.block(point.step.block, _Changes(), {}, "    ")
    lines.append(f"/\\ {body.within()}")
    rest = [words.variables[v.name] for v in program.variables if v.name not in writer.everywhere]
    if rest:
        lines.append(f"/\\ UNCHANGED <<{', '.join(rest)}>>")
    return f"{name}(self) ==\n    " + "\n    ".join(lines)
