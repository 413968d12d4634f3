"""The program as text: `pfnspec translate --program`."""

from __future__ import annotations

from .program import (
    PC,
    Altered,
    AnyOf,
    Apply,
    Assign,
    At,
    Block,
    BoundName,
    Composed,
    Const,
    Defined,
    Elements,
    Expr,
    FieldOf,
    Fill,
    Fork,
    Goto,
    Note,
    Outdate,
    Pick,
    Point,
    Program,
    Quantified,
    Read,
    Self,
    StandsAt,
    TaskAt,
    Test,
    Variable,
    Where,
)
from .values import value_text

_INFIX = {
    "and": "and", "or": "or", "implies": "implies", "==": "==", "!=": "!=", "<": "<", "<=": "<=", ">": ">",
    ">=": ">=", "+": "+", "-": "-", "*": "*", "//": "//", "%": "%", "in": "in", "|": "|", "&": "&",
    "minus": "-", "subset": "<=",
}  # fmt: skip


def expr_text(e: Expr) -> str:
    match e:
        case Const(value=value):
            return value_text(value)
        case Read(variable=variable, indices=indices):
            return variable + "".join(f"[{expr_text(index)}]" for index in indices)
        case Self():
            return "self"
        case BoundName(name=name):
            return name
        case Apply(operator=operator, arguments=arguments):
            texts = [expr_text(argument) for argument in arguments]
            if operator in _INFIX:
                return "(" + f" {_INFIX[operator]} ".join(texts) + ")"
            if operator == "set":
                return "{" + ", ".join(texts) + "}"
            if operator in ("not", "neg"):
                return f"{'not ' if operator == 'not' else '-'}{texts[0]}"
            return f"{operator}({', '.join(texts)})"
        case Composed(names=names, operands=operands):
            return "(" + ", ".join(f"{n}={expr_text(o)}" for n, o in zip(names, operands, strict=True)) + ")"
        case FieldOf(operand=operand, name=name):
            return f"{expr_text(operand)}.{name}"
        case Altered(operand=operand, name=name, value=part):
            return f"({expr_text(operand)} with {name}={expr_text(part)})"
        case TaskAt(process=process, index=place):
            return f"{process}[{expr_text(place)}]"
        case Defined(name=name, argument=argument):
            return f"define:{name}({expr_text(argument)})"
        case StandsAt(task=task, points=points):
            return f"({PC}[{expr_text(task)}] in {value_text(points)})"
        case Quantified():
            test = f" if {expr_text(e.condition)}" if e.condition else ""
            inner = f"{expr_text(e.body)} for {e.name} in {expr_text(e.domain)}{test}"
            return "{" + inner + "}" if e.kind == "build" else f"{e.kind}({inner})"
        case At(task=task, label=label):
            return f"{expr_text(task)} at {'.'.join(label)}"


def program_text(program: Program) -> str:
    """The whole program: variables, then each point with its claims and its step."""
    lines = [f"program {program.name}", ""]
    lines += [f"const {name} = {value_text(value)}" for name, value in program.constants]
    lines += ["", *(_variable(variable) for variable in program.variables)]
    for process in program.processes:
        words = "".join(word + " " for word in ("daemon", "unfair") if getattr(process, word))
        count = f"[{process.count}]" if process.indexed else ""
        lines += ["", f"{words}process {process.name}{count} from {process.entry}"]
        for point in program.points:
            if point.process == process.name:
                lines += ["", *_point(point)]
    if program.invariants or program.sometimes or program.assumed:
        lines.append("")
    lines += [f"invariant {i.property}: {expr_text(i.condition)}" for i in program.invariants]
    lines += [f"sometimes {i.property}: {expr_text(i.condition)}" for i in program.sometimes]
    lines += [f"assume {expr_text(i.condition)}" for i in program.assumed]
    return "\n".join(lines) + "\n"


def _start(variable: Variable) -> str:
    match variable.initial:
        case AnyOf(values=values):
            return f" in {value_text(values)}"
        case Elements(values=values):
            return f" = {value_text(values)}"
        case value:
            return f" = {value_text(value)}"


def _variable(variable: Variable) -> str:
    owner = f" per task of {variable.process}" if variable.process not in (None, "*") else ""
    owner = " per task" if variable.process == "*" else owner
    sizes = "".join(f"[{size}]" for size in variable.sizes)
    return f"{variable.kind} {variable.name}{sizes}{_start(variable)}{owner}"


def _point(point: Point) -> list[str]:
    via = "".join(f" via {span.line}" for span in point.calls)
    labels = "".join(f" label {owner}.{name}" for owner, name in point.labels)
    step = point.step
    what = step.kind if step else ("halted" if point.halted else "end")
    lines = [f"{point.name}: # line {point.span.line}{via}: {what}{labels}"]
    lines += [f"    claim {claim.property!r}: {expr_text(claim.condition)}" for claim in point.claims]
    if step is None:
        return lines
    if step.guard != Const(True):
        lines.append(f"    when {expr_text(step.guard)}")
    return lines + _block(step.block, "    ")


def _block(block: Block, indent: str) -> list[str]:
    lines: list[str] = []
    for op in block.ops:
        match op:
            case Assign(variable=variable, indices=indices, value=value):
                lines.append(f"{indent}{expr_text(Read(variable, indices))} := {expr_text(value)}")
            case Fill(variable=variable, names=names, value=value):
                target = variable + "".join(f"[{name}]" for name in names)
                lines.append(f"{indent}every {target} := {expr_text(value)}")
            case Outdate(current=current):
                lines.append(f"{indent}outdate {expr_text(current)}")
            case Note(kind=kind, where=where) if kind in ("read", "take", "release", "call"):
                lines.append(f"{indent}# {kind} {where_text(where) if where else op.text}")
            case _:
                pass
    match block.end:
        case Goto(point=point):
            lines.append(f"{indent}goto {point}")
        case Test(condition=condition, yes=yes, no=no):
            lines += [f"{indent}if {expr_text(condition)}:", *_block(yes, indent + "    ")]
            lines += [f"{indent}else:", *_block(no, indent + "    ")]
        case Pick(name=name, domain=domain, then=then):
            lines += [f"{indent}for some {name} in {expr_text(domain)}:", *_block(then, indent + "    ")]
        case Fork(options=options):
            for option in options:
                lines += [f"{indent}either:", *_block(option, indent + "    ")]
    return lines


def where_text(where: Where) -> str:
    return "".join(part if isinstance(part, str) else expr_text(part) for part in where.parts)
