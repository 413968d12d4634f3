"""The expressions of the tree, which knows them all: what can stand in a statement or a declaration."""

from __future__ import annotations

from dataclasses import dataclass

from ..source import Span


@dataclass(frozen=True, slots=True)
class Node:
    span: Span


@dataclass(frozen=True, slots=True)
class Name(Node):
    """`active`"""

    id: str


@dataclass(frozen=True, slots=True)
class Number(Node):
    """`3`"""

    value: int


@dataclass(frozen=True, slots=True)
class Text(Node):
    """`"why"`; in no legal expression."""

    value: str


@dataclass(frozen=True, slots=True)
class Truth(Node):
    """`True`"""

    value: bool


@dataclass(frozen=True, slots=True)
class NoneLiteral(Node):
    """`None`"""


@dataclass(frozen=True, slots=True)
class Attribute(Node):
    """`gpc.valid`"""

    base: Expr
    name: str


@dataclass(frozen=True, slots=True)
class Subscript(Node):
    """`caches[0]`"""

    base: Expr
    index: Expr


@dataclass(frozen=True, slots=True)
class Call(Node):
    """`choose(free)`, `gpc.lock.read()`, `range(1, N)`"""

    function: Expr
    arguments: tuple[Argument, ...]


@dataclass(frozen=True, slots=True)
class Keyword(Node):
    """`polls=3` in a call."""

    name: str
    value: Expr


@dataclass(frozen=True, slots=True)
class Clause(Node):
    """`for p in Pfn if p != 0`"""

    name: str
    domain: Expr
    condition: Expr | None


@dataclass(frozen=True, slots=True)
class Generator(Node):
    """`p for p in Pfn`"""

    element: Expr
    clauses: tuple[Clause, ...]


@dataclass(frozen=True, slots=True)
class Unary(Node):
    """`not x`, `always x`, `-x`"""

    operator: str
    operand: Expr


@dataclass(frozen=True, slots=True)
class Binary(Node):
    """`a and b`, `a + b`, `a leads_to b`"""

    operator: str
    left: Expr
    right: Expr


@dataclass(frozen=True, slots=True)
class Comparison(Node):
    """`a == b`, `a not in b`; more than one relation is a chain, which is refused."""

    first: Expr
    rest: tuple[tuple[str, Expr], ...]


@dataclass(frozen=True, slots=True)
class At(Node):
    """`vcpu[0] at refresh.done`"""

    task: Expr
    label: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class SetLiteral(Node):
    """`{0, 1}`"""

    elements: tuple[Expr, ...]


@dataclass(frozen=True, slots=True)
class SetComprehension(Node):
    """`{p for p in Pfn}`"""

    generator: Generator


@dataclass(frozen=True, slots=True)
class ListComprehension(Node):
    """`[i % 2 for i in range(N)]`: what the elements of an array start with."""

    generator: Generator


@dataclass(frozen=True, slots=True)
class ListLiteral(Node):
    """`[0, 1]`: what the elements of an array start with; there are no other lists."""

    elements: tuple[Expr, ...]


Expr = (
    Name | Number | Text | Truth | NoneLiteral | Attribute | Subscript | Call | Unary | Binary
    | Comparison | At | SetLiteral | SetComprehension | ListLiteral | ListComprehension
)  # fmt: skip
Argument = Expr | Keyword | Generator
