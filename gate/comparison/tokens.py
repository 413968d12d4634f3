"""A body laid out flat: a token for each statement, and one where each block ends."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from ...dsl.source import Span
from ...dsl.syntax import tree
from .terms import Term, shape

_Compound = tree.If | tree.While | tree.For | tree.With | tree.Either | tree.Atomic | tree.Region
NAMING = tree.Label | tree.Region
TIMELESS = tree.Assert | NAMING


@dataclass(frozen=True, slots=True)
class Token:
    """A statement, or a block's end (then `node` is None).  `around` are the headers that it stands below,
    `behind` whether something follows it in its block."""

    key: Term
    node: object
    span: Span
    around: tuple[object, ...]
    behind: bool
    owner: str

    @property
    def atomic(self) -> bool:
        return any(isinstance(header, tree.Atomic) for header in self.around)


def flat(block: tree.Block | None, owner: str, around: tuple[object, ...] = ()) -> Iterator[Token]:
    """The tokens of a body."""
    statements = () if block is None else block.statements
    kept = [node for node in statements if not isinstance(node, tree.Docstring | tree.Pass)]
    for at, node in enumerate(kept):
        behind = any(not isinstance(other, TIMELESS) for other in kept[at + 1 :])
        if isinstance(node, tree.Assert):
            yield Token(("Assert", node.text), node, node.span, around, behind, owner)
            continue
        yield Token(shape(node), node, node.span, around, behind, owner)
        if isinstance(node, _Compound):
            yield from flat(node.body, owner, (*around, node))
            for branch in _branches(node):
                yield Token(shape(branch), branch, branch.span, around, behind, owner)
                yield from flat(branch.body, owner, (*around, node, branch))
            yield Token(("end", type(node).__name__), None, node.span, around, behind, owner)


def _branches(node: _Compound) -> tuple[tree.Elif | tree.Else | tree.Or, ...]:
    if isinstance(node, tree.If):
        return (*node.elifs, *((node.orelse,) if node.orelse else ()))
    return node.others if isinstance(node, tree.Either) else ()


def shape_free(node: object) -> object:
    """A statement without its blocks: the parts in which names are looked for."""
    match node:
        case tree.If(condition=part) | tree.While(condition=part) | tree.Elif(condition=part):
            return part
        case tree.For(domain=part):
            return part
        case tree.With(lock=lock, condition=condition):
            return lock, condition
        case tree.Else() | tree.Or() | tree.Either() | tree.Atomic() | tree.Region():
            return ()
        case _:
            return node
