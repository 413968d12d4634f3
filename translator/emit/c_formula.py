"""Expressions in C, over the codes of `codes`: every value is a `V`, a wide integer.

A state is called `s` there, the task that steps or that a claim is about `self`, by its ordinal.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from ..program.program import (
    PC,
    SELF,
    Apply,
    BoundName,
    Const,
    Defined,
    Expr,
    Quantified,
    Read,
    Self,
    StandsAt,
    TaskAt,
    Value,
)
from .codes import Codes, Field, Unsupported

_SIGNS: Mapping[str, str] = {
    "and": "&&", "or": "||", "==": "==", "!=": "!=", "<": "<", "<=": "<=", ">": ">", ">=": ">=",
    "+": "+", "-": "-", "*": "*", "|": "|", "&": "&",
}  # fmt: skip
_FUNCTIONS: Mapping[str, str] = {
    "//": "floor_div", "%": "floor_mod", "append": "append", "drop": "drop", "before": "before",
    "len": "size_of", "min": "least", "max": "largest",
}  # fmt: skip

Bound = Mapping[str, str]


class CFormula:
    """Prints expressions; `tables` collects the constant tables that they need."""

    def __init__(self, codes: Codes) -> None:
        self.codes = codes
        self.tables: dict[str, str] = {}
        self._fresh = 0

    def new(self, stem: str) -> str:
        self._fresh += 1
        return f"{stem}{self._fresh}"

    def text(self, e: Expr, bound: Bound | None = None) -> str:
        """`e`, which holds together by itself; `bound` has the C names of bound names."""
        bound = bound or {}
        match e:
            case Const(value=value):
                return self.value(value)
            case Self():
                return "((V)self + PFN_TASK0)"
            case BoundName(name=name):
                return bound[name]
            case Read(variable=variable, indices=indices) if variable == PC:
                return f"({self.codes.point0} - (V){self.place(variable, indices, bound)})"
            case Read(variable=variable, indices=indices):
                return f"((V){self.place(variable, indices, bound)})"
            case StandsAt(task=task, points=points):
                return f"((V){self.among(points)}[s->{self.field(PC).name}[{self.ordinal(task, bound, 0)}]])"
            case TaskAt(process=process, index=index):
                tasks = [t for t in self.codes.program.tasks if t.process == process]
                first = self.codes.task0 + self.codes.ordinals[tasks[0]]
                return f"(PFN_AT({self.text(index, bound)}, {len(tasks)}) + ({first}))"
            case Defined(name=name, argument=argument):
                return f"{self.definition(name)}(s, self, {self.text(argument, bound)})"
            case Quantified():
                return self.quantified(e, bound)
            case Apply():
                return self.apply(e, bound)
            case _:
                raise Unsupported(f"the expression {e}")

    def value(self, value: Value) -> str:
        return f"((V){self.codes.code(value)}LL)"

    def field(self, variable: str) -> Field:
        return self.codes.fields[variable]

    def definition(self, name: str) -> str:
        names = [definition.name for definition in self.codes.program.definitions]
        return f"defined{names.index(name)}"

    # -- places

    def ordinal(self, task: Expr, bound: Bound, first: int) -> str:
        """Which copy of a variable is a task's, whose copies begin with that of the task `first`."""
        return f"self - {first}" if task == SELF else f"{self.text(task, bound)} - PFN_TASK0 - {first}"

    def place(self, variable: str, indices: Sequence[Expr], bound: Bound) -> str:
        """An element of the state, to be read or assigned."""
        field = self.field(variable)
        if len(indices) != len(field.sizes):
            raise Unsupported("an array as a value")
        text = f"s->{field.name}"
        for depth, (index, size) in enumerate(zip(indices, field.sizes, strict=True)):
            if depth == 0 and field.variable.process:
                inner = self.ordinal(index, bound, field.first)
            else:
                inner = self.text(index, bound)
            text += f"[{inner}]" if isinstance(index, Self) else f"[PFN_AT({inner}, {size})]"
        return text

    def among(self, points: frozenset[str]) -> str:
        """The name of a table that says of each control point whether it is one of these."""
        marks = ["0"] * len(self.codes.points)
        for point in points:
            if point in self.codes.points:
                marks[self.codes.points[point]] = "1"
        return self.table("static const unsigned char {}[] = {{" + ", ".join(marks) + "}};")

    def table(self, text: str) -> str:
        if text not in self.tables:
            self.tables[text] = f"table{len(self.tables)}"
        return self.tables[text]

    # -- operations

    def apply(self, e: Apply, bound: Bound) -> str:
        operator = e.operator
        if operator == "in":
            return self.contained(e.arguments[0], e.arguments[1], bound)
        parts = [self.text(argument, bound) for argument in e.arguments]
        if operator in _SIGNS:
            return "(" + f" {_SIGNS[operator]} ".join(parts) + ")"
        if operator in _FUNCTIONS:
            text = parts[0] if operator in ("min", "max") else f"{_FUNCTIONS[operator]}({', '.join(parts)})"
            for other in parts[1:] if operator in ("min", "max") else ():
                text = f"{_FUNCTIONS[operator]}({text}, {other})"
            return text
        match operator:
            case "not":
                return f"(!{parts[0]})"
            case "neg":
                return f"(-{parts[0]})"
            case "implies":
                return f"(!{parts[0]} || {parts[1]})"
            case "if":
                return f"({parts[0]} ? {parts[1]} : {parts[2]})"
            case "set":
                return "(" + (" | ".join(f"one({part})" for part in parts) or "(V)0") + ")"
            case "minus":
                return f"({parts[0]} & ~{parts[1]})"
            case "subset":
                return f"(({parts[0]} & ~{parts[1]}) == 0)"
            case "index":
                numbers = ", ".join(str(task.index) for task in self.codes.program.tasks)
                table = self.table("static const V {}[] = {{" + numbers + "}};")
                return f"{table}[{parts[0]} - PFN_TASK0]"
            case _:
                raise Unsupported(f"the operation {operator}")

    def contained(self, item: Expr, group: Expr, bound: Bound) -> str:
        one = self.text(item, bound)
        if isinstance(group, Const) and isinstance(group.value, frozenset):
            # Constants may be larger than what fits into a mask.
            codes = sorted({self.codes.scalar(value) for value in group.value})
            if not codes:
                return "((V)0)"
            if codes[-1] - codes[0] == len(codes) - 1:
                return f"PFN_BETWEEN({one}, {codes[0]}, {codes[-1]})"
            name = self.new("x")
            tests = " || ".join(f"{name} == {code}" for code in codes)
            return f"({{ V {name} = {one}; (V)({tests}); }})"
        return f"has({self.text(group, bound)}, {one})"

    def each(self, domain: Expr, name: str, bound: Bound) -> str:
        """The head of a loop in which `name` is each element of a set in turn."""
        if isinstance(domain, Const) and isinstance(domain.value, frozenset):
            codes = sorted({self.codes.scalar(value) for value in domain.value})
            if not codes:
                return f"for (V {name} = 0; 0; )"
            if codes[-1] - codes[0] == len(codes) - 1:
                return f"for (V {name} = {codes[0]}; {name} <= {codes[-1]}; {name}++)"
            table = self.table("static const V {}[] = {{" + ", ".join(map(str, codes)) + "}};")
            at = self.new("i")
            return (
                f"for (V {at} = 0, {name} = {table}[0]; {at} < {len(codes)}; "
                f"{at}++, {name} = {table}[{at} < {len(codes)} ? {at} : 0])"
            )
        left = self.new("m")
        group = self.text(domain, bound)
        return (
            f"for (V {left} = {group}, {name} = PFN_LOWEST({left}); {left}; "
            f"{left} &= {left} - 1, {name} = PFN_LOWEST({left}))"
        )

    def quantified(self, e: Quantified, bound: Bound) -> str:
        name, result = self.new("x"), self.new("r")
        inner = {**bound, e.name: name}
        head = self.each(e.domain, name, bound)
        test = "" if e.condition is None else f"if ({self.text(e.condition, inner)}) "
        body = self.text(e.body, inner)
        match e.kind:
            case "all":
                first, inside = 1, f"if (!{body}) {{ {result} = 0; break; }}"
            case "any":
                first, inside = 0, f"if ({body}) {{ {result} = 1; break; }}"
            case _:
                first, inside = 0, f"{result} |= one({body});"
        return f"({{ V {result} = {first}; {head} {{ {test}{inside} }} {result}; }})"
