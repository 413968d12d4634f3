"""What a call in an expression is given, before it is typed: how many arguments, and of which form."""

from __future__ import annotations

from ...syntax import tree
from .scope import Scope


def only_argument(node: tree.Call, scope: Scope) -> tree.Expr | None:
    """The one expression that a function takes."""
    if len(node.arguments) == 1 and not isinstance(node.arguments[0], tree.Keyword | tree.Generator):
        return node.arguments[0]
    name = node.function.id if isinstance(node.function, tree.Name) else "this"
    scope.diagnostics.add("bad-argument", node.span, f"`{name}` takes one argument")
    return None


def takes_nothing(node: tree.Call, scope: Scope) -> bool:
    """Whether `set()` is given nothing."""
    if node.arguments:
        scope.diagnostics.add("bad-argument", node.span, "`set()` takes nothing", "write `{x for x in T}`")
    return not node.arguments


def one_or_two(node: tree.Call, scope: Scope) -> list[tree.Expr] | None:
    """What `range` takes."""
    few = 1 <= len(node.arguments) <= 2
    given: list[tree.Expr] = []
    for one in node.arguments if few else ():
        if isinstance(one, tree.Keyword | tree.Generator):
            scope.diagnostics.add("bad-argument", one.span, "`range` takes one or two numbers")
            return None
        given.append(one)
    if few:
        return given
    scope.diagnostics.add("bad-argument", node.span, "`range` takes one or two numbers")
    return None


def bit_and_set(name: str, node: tree.Call, scope: Scope) -> tuple[tree.Expr, tree.Expr] | None:
    """What `test_bit` takes."""
    match node.arguments:
        case (bit, bits) if not isinstance(bit, tree.Keyword | tree.Generator):
            if not isinstance(bits, tree.Keyword | tree.Generator):
                return bit, bits
    scope.diagnostics.add("bad-argument", node.span, f"`{name}` takes a bit and a set")
    return None


def generator_of(kind: str, node: tree.Call, scope: Scope) -> tree.Generator | None:
    """What `all` and `any` take."""
    match node.arguments:
        case (tree.Generator() as generator,):
            return generator
    help = f"write `{kind}(CONDITION for x in range(N))`"
    scope.diagnostics.add("bad-argument", node.span, f"`{kind}` takes a condition `for` some variable", help)
    return None


def refuse_value(node: tree.Argument, scope: Scope) -> None:
    """Says why what has the form of an argument is no value."""
    match node:
        case tree.Text():
            scope.diagnostics.add(
                "no-text", node.span, "texts are no values", "declare an `enum` for named values"
            )
        case tree.ListComprehension():
            help = "write `{x for x in T}`, a set, where neither order nor repetition counts"
            scope.diagnostics.add("no-list", node.span, "there are no lists", help)
        case tree.ListLiteral():
            help = "write `{a, b}`, a `set[T]`, where the order does not count, or declare an array `T[N]`"
            scope.diagnostics.add("no-list", node.span, "there are no lists", help)
        case _:
            scope.diagnostics.add("bad-argument", node.span, "this argument fits no parameter")
