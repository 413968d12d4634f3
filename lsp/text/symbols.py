"""What names stand for: symbols, and where one occurs."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field

from ...dsl.checker.scenarios import statements
from ...dsl.source import Span
from ...dsl.syntax import tree

KINDS: dict[type, str] = {
    tree.Const: "const", tree.TypeAlias: "type", tree.Enum: "enum", tree.Struct: "class",
    tree.Shared: "shared", tree.Ghost: "ghost", tree.Process: "process", tree.Function: "def",
    tree.Policy: "policy", tree.Invariant: "invariant", tree.Property: "property",
    tree.Sometimes: "sometimes", tree.Measure: "measure", tree.Scenario: "scenario",
    tree.Recording: "recording",
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Symbol:
    """What a name stands for.

    `owner` is the `def`, process, policy or class that it belongs to, "" at the top level; `kind` is a word
    of the language, or member, field, parameter, local, bound, assertion, built-in or unknown.
    """

    kind: str
    owner: str
    name: str
    place: Span | None = field(default=None)

    @property
    def key(self) -> tuple[str, str, str, Span | None]:
        """The same for all names that stand for the same thing, in all files of a model."""
        group = self.kind if self.kind in ("label", "field", "bound", "assertion") else "name"
        return group, self.owner, self.name, self.place if self.kind == "bound" else None


@dataclass(frozen=True, slots=True)
class Occurrence:
    """A name in a file: its place, its symbol, whether it is declared there, and whether it is changed."""

    span: Span
    symbol: Symbol
    declares: bool = False
    writes: bool = False


def locals_of(node: tree.Process | tree.Function | tree.Policy) -> Iterator[tuple[str, Symbol]]:
    """The locals and parameters of a body, by their names."""
    if not isinstance(node, tree.Process):
        for parameter in node.parameters:
            yield parameter.name, Symbol("parameter", node.name, parameter.name)
    for part in statements(node.body):
        match part:
            case tree.Local(name=name) | tree.For(name=name):
                yield name, Symbol("local", node.name, name)
