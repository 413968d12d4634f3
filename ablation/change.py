"""One thing taken away from a specification, as a value."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Literal

from ..dsl.model.walk import rewritten
from ..dsl.source import Span
from ..dsl.syntax import tree
from .kinds import Kind

How = Literal["gone", "weaker", "later", "earlier", "never", "always", "once", "swapped"]
"""It is gone; another word stands there, which orders or wakes less; a section begins later, or ends earlier,
by a statement; a test never, or always, succeeds; a loop runs once; two statements change places."""


@dataclass(frozen=True, slots=True)
class Change:
    """`place` is what is changed, and `also` a second place: where a section that two calls make ends, the
    whole condition of a part, the second of two that are swapped. `instead` is the word that stands there
    now, of what is weaker. `partly`: something of it stays, as of a section that begins later.

    `old` and `new` are the nodes of the tree, as long as it is to be tried."""

    kind: Kind
    how: How
    place: Span
    also: Span | None = None
    instead: str = ""
    partly: bool = False
    old: object = field(default=None, compare=False, repr=False)
    new: object = field(default=None, compare=False, repr=False)

    def applied(self, specification: tree.Tree) -> tree.Tree:
        """The specification with it."""
        made = rewritten(specification, lambda node: self.new if node is self.old else node)
        assert isinstance(made, tree.Tree)
        return made
