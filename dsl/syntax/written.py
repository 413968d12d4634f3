"""An expression as text again, in canonical spacing, with no more parentheses than it needs to be read."""

from __future__ import annotations

from . import tree


def written(node: tree.Argument) -> str:
    """The text of an expression: what an assertion is called that has no text of its own."""
    match node:
        case tree.Name(id=name):
            return name
        case tree.Number(value=value):
            return str(value)
        case tree.Truth(value=truth):
            return str(truth)
        case tree.NoneLiteral():
            return "None"
        case tree.Text(value=text):
            return f'"{text}"'
        case tree.Attribute(base=base, name=name):
            return f"{_within(base)}.{name}"
        case tree.Subscript(base=base, index=index):
            return f"{_within(base)}[{written(index)}]"
        case tree.Call(function=function, arguments=arguments):
            return f"{_within(function)}({_listed(arguments)})"
        case tree.Unary(operator=operator, operand=operand):
            return f"{operator}{'' if operator in '+-' else ' '}{_within(operand)}"
        case tree.Binary(operator=operator, left=left, right=right):
            return f"{_within(left)} {operator} {_within(right)}"
        case tree.Comparison(first=first, rest=rest):
            return " ".join((_within(first), *(f"{operator} {_within(other)}" for operator, other in rest)))
        case tree.At(task=task, label=label):
            return f"{_within(task)} at {'.'.join(label)}"
        case tree.SetLiteral(elements=elements):
            return f"{{{_listed(elements)}}}"
        case tree.ListLiteral(elements=elements):
            return f"[{_listed(elements)}]"
        case tree.ListComprehension(generator=generator):
            return f"[{written(generator)}]"
        case tree.SetComprehension(generator=generator):
            return f"{{{written(generator)}}}"
        case tree.Keyword(name=name, value=value):
            return f"{name}={written(value)}"
        case tree.Generator(element=element, clauses=clauses):
            return written(element) + "".join(_clause(clause) for clause in clauses)


def _listed(nodes: tuple[tree.Argument, ...]) -> str:
    return ", ".join(written(node) for node in nodes)


def _clause(node: tree.Clause) -> str:
    test = f" if {written(node.condition)}" if node.condition else ""
    return f" for {node.name} in {written(node.domain)}{test}"


def _within(node: tree.Expr) -> str:
    """The text of an operand."""
    text = written(node)
    return f"({text})" if isinstance(node, tree.Unary | tree.Binary | tree.Comparison) else text
