"""Expressions as TLA+: code, because precedence is logic."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from ..tla.page import Names
from .program import (
    PC,
    Apply,
    Atom,
    BoundName,
    Const,
    Defined,
    Expr,
    Quantified,
    Read,
    Self,
    StandsAt,
    Task,
    TaskAt,
    Value,
)

# Operator, its TLA+ sign and how tightly it binds.
_INFIX: Mapping[str, tuple[str, int]] = {
    "implies": ("=>", 10),
    "and": ("/\\", 20),
    "or": ("\\/", 20),
    "==": ("=", 40), "!=": ("#", 40), "<": ("<", 40), "<=": ("<=", 40), ">": (">", 40), ">=": (">=", 40),
    "in": ("\\in", 40), "subset": ("\\subseteq", 40),
    "|": ("\\cup", 60), "&": ("\\cap", 60), "minus": ("\\", 60),
    "+": ("+", 70), "-": ("-", 70),
    "*": ("*", 80), "//": ("\\div", 80), "%": ("%", 80),
}  # fmt: skip
_ASSOCIATIVE = ("and", "or", "|", "&", "+", "*")
ATOM = 100


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


Reader = Callable[[str, tuple[str, ...]], str]


class Formula:
    """Prints expressions; `read` says how a variable is read at this place (a step may have
    assigned it already)."""

    def __init__(self, words: Vocabulary, read: Reader | None = None) -> None:
        self.words = words
        self.read = read or self.plain

    def plain(self, variable: str, indices: tuple[str, ...]) -> str:
        return self.words.variables[variable] + "".join(f"[{index}]" for index in indices)

    def value(self, value: Value) -> str:
        match value:
            case None:
                return "None"
            case bool():
                return "TRUE" if value else "FALSE"
            case int():
                return str(value)
            case str():
                return f'"{value}"'
            case Task():
                return self.words.tasks[value]
            case Atom():
                return self.words.atoms[value]
            case frozenset():
                for process, group in self.words.sets.items():
                    if value and value == {task for task in self.words.tasks if task.process == process}:
                        return group
                numbers = sorted(
                    item for item in value if isinstance(item, int) and not isinstance(item, bool)
                )
                if len(numbers) == len(value) > 1 and numbers[-1] - numbers[0] == len(numbers) - 1:
                    return f"{numbers[0]}..{numbers[-1]}"
                return "{" + ", ".join(sorted(self.value(item) for item in value)) + "}"
            case tuple():
                return "<<" + ", ".join(self.value(item) for item in value) + ">>"

    def text(self, e: Expr, bound: Mapping[str, str] | None = None, tight: int = 0) -> str:
        """`e`, in parentheses when it binds less tightly than `tight`."""
        known = bound or {}
        text, binds = self._text(e, known)
        return f"({text})" if binds < tight else text

    def right_side(self, e: Expr, text: str) -> str:
        """`text`, which is that of `e` or a name for it, as it may stand after `=`, which binds more
        tightly than what makes truth values of others."""
        loose = isinstance(e, Apply) and e.operator in _INFIX and _INFIX[e.operator][1] <= _INFIX["=="][1]
        return f"({text})" if loose else text

    def _text(self, e: Expr, bound: Mapping[str, str]) -> tuple[str, int]:
        match e:
            case Const(value=value):
                text = self.value(value)
                return text, 65 if ".." in text and isinstance(value, frozenset) else ATOM
            case Self():
                return bound.get("self", "self"), ATOM
            case BoundName(name=name):
                return bound[name], ATOM
            case Read(variable=variable, indices=indices):
                return self.read(variable, tuple(self.text(index, bound) for index in indices)), ATOM
            case Quantified():
                return self._quantified(e, bound)
            case Apply(operator=operator, arguments=arguments):
                return self._apply(operator, arguments, bound)
            case TaskAt():
                return self._task(e, bound)
            case Defined(name=name, argument=argument):
                return f"{self.words.definitions[name]}({self.text(argument, bound)})", ATOM
            case StandsAt(task=task, points=points):
                return f"{self.read(PC, (self.text(task, bound),))} \\in {self.value(points)}", 40
            case _:
                raise AssertionError(f"unresolved {e}")

    def _apply(self, operator: str, arguments: tuple[Expr, ...], bound: Mapping[str, str]) -> tuple[str, int]:
        if operator in _INFIX:
            sign, binds = _INFIX[operator]
            texts = []
            for position, argument in enumerate(arguments):
                same = isinstance(argument, Apply) and argument.operator == operator
                chained = same and (
                    operator in _ASSOCIATIVE or (position == 0 and operator in ("-", "minus"))
                )
                texts.append(self.text(argument, bound, binds if chained else binds + 1))
            return f" {sign} ".join(texts), binds
        texts = [self.text(argument, bound) for argument in arguments]
        match operator:
            case "not":
                return f"~{self.text(arguments[0], bound, 50)}", 30
            case "neg":
                return f"-{self.text(arguments[0], bound, ATOM)}", 65
            case "set":
                return "{" + ", ".join(texts) + "}", ATOM
            case "if":
                return f"IF {texts[0]} THEN {texts[1]} ELSE {texts[2]}", 0
            case "len":
                self.words.used.add("Cardinality")
                return f"Cardinality({texts[0]})", ATOM
            case "append":
                return f"Append({texts[0]}, {texts[1]})", ATOM
            case "min" | "max":
                name = "Minimum" if operator == "min" else "Maximum"
                self.words.used.add(name)
                text = texts[0]
                for other in texts[1:]:
                    text = f"{name}({text}, {other})"
                return text, ATOM
            case "index":
                self.words.used.add("Index")
                return f"Index({texts[0]})", ATOM
            case "drop" | "before":
                name = operator.capitalize()
                self.words.used.add(name)
                return f"{name}({texts[0]}, {texts[1]})", ATOM
            case "always" | "eventually":
                sign = "[]" if operator == "always" else "<>"
                return f"{sign}({texts[0]})", 30
            case "leads_to":
                return f"({texts[0]}) ~> ({texts[1]})", 10
            case _:
                raise AssertionError(operator)

    def _task(self, e: TaskAt, bound: Mapping[str, str]) -> tuple[str, int]:
        tasks = [task for task in self.words.tasks if task.process == e.process]
        constant = e.index.value if isinstance(e.index, Const) else None
        if isinstance(constant, int) and 0 <= constant < len(tasks):
            return self.words.tasks[tasks[constant]], ATOM
        index = self.text(e.index, bound)
        self.words.used.add("Index")
        t = self.words.names.new("t")
        return f"CHOOSE {t} \\in {self.words.sets[e.process]} : Index({t}) = {index}", 0

    def _quantified(self, e: Quantified, bound: Mapping[str, str]) -> tuple[str, int]:
        empty = isinstance(e.domain, Const) and e.domain.value == frozenset()
        if empty:
            return ("{}" if e.kind == "build" else "TRUE" if e.kind == "all" else "FALSE"), ATOM
        domain = self.text(e.domain, bound)
        name = self.words.names.new(e.name)
        inner = {**bound, e.name: name}
        if e.kind == "build":
            if e.body == BoundName(e.name) and e.condition is not None:
                return f"{{{name} \\in {domain} : {self.text(e.condition, inner)}}}", ATOM
            if e.condition is not None:
                other = self.words.names.new(e.name)
                test = self.text(e.condition, {**bound, e.name: other})
                domain = f"{{{other} \\in {domain} : {test}}}"
            return f"{{{self.text(e.body, inner)} : {name} \\in {domain}}}", ATOM
        quantifier, sign = ("\\A", "=>") if e.kind == "all" else ("\\E", "/\\")
        if e.condition is not None:
            body = f"{self.text(e.condition, inner, 25)} {sign} {self.text(e.body, inner, 25)}"
        else:
            body = self.text(e.body, inner)
        return f"{quantifier} {name} \\in {domain} : {body}", 0
