"""Expressions as TLA+."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass

from ...tla.module.page import RESERVED, Names
from ...tla.module.precedence import (
    AND,
    BOX,
    DIAMOND,
    EQUALS,
    IN,
    INTERVAL,
    LEADS_TO,
    MINUS,
    NOT,
    OPERATORS,
    Operator,
    Text,
    infix,
)
from ..program.program import (
    PC,
    Altered,
    Apply,
    Atom,
    BoundName,
    Composed,
    Const,
    Defined,
    Expr,
    FieldOf,
    Quantified,
    Read,
    Record,
    Self,
    StandsAt,
    Task,
    TaskAt,
    Value,
)

# The TLA+ sign of an operation with one between its operands.
_SIGNS: Mapping[str, str] = {
    "implies": "=>", "and": "/\\", "or": "\\/",
    "==": "=", "!=": "#", "<": "<", "<=": "<=", ">": ">", ">=": ">=",
    "in": "\\in", "subset": "\\subseteq",
    "|": "\\cup", "&": "\\cap", "minus": "\\",
    "+": "+", "-": "-", "*": "*", "//": "\\div", "%": "%",
}  # fmt: skip
# Operations whose operands may be grouped in any way.
_REGROUPED = ("and", "or", "|", "&")


@dataclass(frozen=True, slots=True)
class Vocabulary:
    """TLA+ names: of tasks, of interchangeable values, of processes' task sets, of variables."""

    tasks: Mapping[Task, str]
    atoms: Mapping[Atom, str]
    sets: Mapping[str, str]
    variables: Mapping[str, str]
    definitions: Mapping[str, str]
    names: Names
    used: set[str]


Reader = Callable[[str, tuple[str, ...]], Text]


class Formula:
    """Prints expressions; `read` says how a variable is read at this place (a step may have
    assigned it already)."""

    def __init__(self, words: Vocabulary, read: Reader | None = None) -> None:
        self.words = words
        self.read = read or self.plain

    def plain(self, variable: str, indices: tuple[str, ...]) -> Text:
        return Text(self.words.variables[variable] + "".join(f"[{index}]" for index in indices))

    def value(self, value: Value) -> Text:
        match value:
            case None:
                return Text("None")
            case bool():
                return Text("TRUE" if value else "FALSE")
            case int():
                return Text(str(value), MINUS if value < 0 else None)
            case str():
                return Text(f'"{value}"')
            case Task():
                return Text(self.words.tasks[value])
            case Atom():
                return Text(self.words.atoms[value])
            case Record(fields=fields):
                return _record_text([(name, self.value(part)) for name, part in fields])
            case frozenset():
                return self._set(value)
            case tuple():
                return Text("<<" + ", ".join(str(self.value(item)) for item in value) + ">>")

    def _set(self, value: frozenset[Value]) -> Text:
        for process, group in self.words.sets.items():
            if value and value == {task for task in self.words.tasks if task.process == process}:
                return Text(group)
        numbers = sorted(item for item in value if isinstance(item, int) and not isinstance(item, bool))
        if len(numbers) == len(value) > 1 and numbers[-1] - numbers[0] == len(numbers) - 1:
            return Text(f"{numbers[0]}..{numbers[-1]}", INTERVAL)
        return Text("{" + ", ".join(sorted(str(self.value(item)) for item in value)) + "}")

    def text(self, e: Expr, bound: Mapping[str, str] | None = None) -> str:
        """`e` where it stands by itself."""
        return self.printed(e, bound or {}).text

    def inside(self, e: Expr, operator: Operator, bound: Mapping[str, str] | None = None) -> str:
        """`e` as an operand of `operator`."""
        return self.printed(e, bound or {}).inside(operator)

    def printed(self, e: Expr, bound: Mapping[str, str]) -> Text:
        """`e`, and what holds it together; `bound` gives the names that stand for `Self` and others."""
        match e:
            case Const(value=value):
                return self.value(value)
            case Self():
                return Text(bound.get("self", "self"))
            case BoundName(name=name):
                return Text(bound[name])
            case Read(variable=variable, indices=indices):
                return self.read(variable, tuple(self.text(index, bound) for index in indices))
            case Quantified():
                return self._quantified(e, bound)
            case Apply(arguments=arguments):
                return self._apply(e, tuple(self.printed(argument, bound) for argument in arguments))
            case Composed(names=fields, operands=operands):
                parts = [self.printed(operand, bound) for operand in operands]
                return _record_text(list(zip(fields, parts, strict=True)))
            case FieldOf(operand=operand, name=name):
                return Text(f"{self.printed(operand, bound).whole()}.{field_name(name)}")
            case Altered(operand=operand, name=name, value=part):
                whole, new = self.printed(operand, bound), self.printed(part, bound)
                return Text(f"[{whole.whole()} EXCEPT !.{field_name(name)} = {new.last(EQUALS)}]")
            case TaskAt():
                return self._task(e, bound)
            case Defined(name=name, argument=argument):
                return Text(f"{self.words.definitions[name]}({self.text(argument, bound)})")
            case StandsAt(task=task, points=points):
                here = self.read(PC, (self.text(task, bound),))
                return infix(IN, (here, self.value(points)), regroup=False)
            case _:
                raise AssertionError(f"unresolved {e}")

    def _apply(self, e: Apply, arguments: tuple[Text, ...]) -> Text:
        operator = e.operator
        if operator == "leads_to":
            return Text(f"({arguments[0]}) ~> ({arguments[1]})", LEADS_TO)
        if operator in _SIGNS:
            # Few who read it know that `~>` binds more tightly than `=>`.
            arguments = tuple(Text(a.whole()) if a.outer is LEADS_TO else a for a in arguments)
            return infix(OPERATORS[_SIGNS[operator]], arguments, regroup=operator in _REGROUPED)
        match operator:
            case "not":
                return Text(f"~{arguments[0].whole()}", NOT)
            case "neg":
                return Text(f"-{arguments[0].whole()}", MINUS)
            case "set":
                return Text("{" + _listed(arguments) + "}")
            case "if":
                return Text(f"IF {arguments[0]} THEN {arguments[1]} ELSE {arguments[2]}", open=True)
            case "min" | "max":
                name = self._use("Minimum" if operator == "min" else "Maximum")
                text = arguments[0].text
                for other in arguments[1:]:
                    text = f"{name}({text}, {other})"
                return Text(text) if arguments[1:] else arguments[0]
            case "append":
                return Text(f"Append({_listed(arguments)})")
            case "len":
                return Text(f"{self._use('Cardinality')}({arguments[0]})")
            case "index" | "drop" | "before":
                return Text(f"{self._use(operator.capitalize())}({_listed(arguments)})")
            case "always":
                return Text(f"[]({arguments[0]})", BOX)
            case "eventually":
                return Text(f"<>({arguments[0]})", DIAMOND)
            case _:
                raise AssertionError(operator)

    def _task(self, e: TaskAt, bound: Mapping[str, str]) -> Text:
        tasks = [task for task in self.words.tasks if task.process == e.process]
        constant = e.index.value if isinstance(e.index, Const) else None
        if isinstance(constant, int) and 0 <= constant < len(tasks):
            return Text(self.words.tasks[tasks[constant]])
        index = self.printed(e.index, bound).last(EQUALS)
        use, t = self._use("Index"), self.words.names.new("t")
        return Text(f"CHOOSE {t} \\in {self.words.sets[e.process]} : {use}({t}) = {index}", open=True)

    def _use(self, name: str) -> str:
        """The name of a definition that the module then has."""
        self.words.used.add(name)
        return name

    def _quantified(self, e: Quantified, bound: Mapping[str, str]) -> Text:
        if isinstance(e.domain, Const) and e.domain.value == frozenset():
            return Text("{}" if e.kind == "build" else "TRUE" if e.kind == "all" else "FALSE")
        domain = self.text(e.domain, bound)
        name = self.words.names.new(e.name)
        inner = {**bound, e.name: name}
        if e.kind == "build":
            if e.body == BoundName(e.name) and e.condition is not None:
                return Text(f"{{{name} \\in {domain} : {self.text(e.condition, inner)}}}")
            if e.condition is not None:
                other = self.words.names.new(e.name)
                test = self.text(e.condition, {**bound, e.name: other})
                domain = f"{{{other} \\in {domain} : {test}}}"
            body = self.printed(e.body, inner)
            # `{x \\in S : y \\in T}` would be the elements of S for which y is in T.
            element = body.whole() if body.outer is IN else body.text
            return Text(f"{{{element} : {name} \\in {domain}}}")
        quantifier, sign = ("\\A", "=>") if e.kind == "all" else ("\\E", "/\\")
        if e.condition is not None:
            body_text = f"{self.inside(e.condition, AND, inner)} {sign} {self.inside(e.body, AND, inner)}"
        else:
            body_text = self.text(e.body, inner)
        return Text(f"{quantifier} {name} \\in {domain} : {body_text}", open=True)


def field_name(name: str) -> str:
    """The name of a field in TLA+, where some names are reserved; of different fields it is different."""
    plain = re.fullmatch(r"[A-Za-z][A-Za-z0-9_]*", name) and not re.match(r"field_|WF_|SF_", name)
    return name if plain and name not in RESERVED else f"field_{name}"


def _record_text(fields: list[tuple[str, Text]]) -> Text:
    return Text("[" + ", ".join(f"{field_name(name)} |-> {part}" for name, part in fields) + "]")


def _listed(texts: tuple[Text, ...]) -> str:
    return ", ".join(map(str, texts))


class TemporalFormula(Formula):
    """Prints properties.  TLC 2.15 does not find the variables in a product of a temporal formula, so its
    factors are handed over as values."""

    def _apply(self, e: Apply, arguments: tuple[Text, ...]) -> Text:
        if e.operator != "*":
            return super()._apply(e, arguments)
        names = self.words.names
        product, *factors = names.new("product"), names.new("factor"), names.new("factor")
        values = ", ".join(f"{name} \\in {{{value}}}" for name, value in zip(factors, arguments, strict=True))
        return Text(f"(CHOOSE {product} \\in {{{' * '.join(factors)} : {values}}} : TRUE)")
