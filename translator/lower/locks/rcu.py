"""Read sections of RCU and SRCU as variables, and their operations as steps.

`docs/semantics.md` has the rules: a grace period waits for the sections that had begun, and for no later.
"""

from __future__ import annotations

from dataclasses import dataclass, field

from ....dsl.model.sorts import Range
from ....dsl.source import Span
from ...program.kinds import NoteKind
from ...program.program import (
    SELF,
    Apply,
    Assign,
    Block,
    BoundName,
    Const,
    Expr,
    Fill,
    LockPart,
    LockUse,
    Note,
    Op,
    Read,
    TaskSet,
    Test,
    Variable,
    Where,
    conjunction,
)
from .locks import EMPTY, SELF_SET

RCU = "RCU"
"""The path of plain RCU, of which there is one; no name of an author's begins so."""

DEEPEST = 3
"""How many read sections of one task may stand within each other."""


@dataclass(frozen=True, slots=True)
class Domain:
    """Plain RCU, or one `srcu`: its path without indices, the indices, how it is called."""

    path: str
    indices: tuple[Expr, ...] = ()
    where: Where = field(default_factory=lambda: Where((RCU,)))
    sizes: tuple[int, ...] = ()
    leaving: tuple[str, ...] = ()
    """The variables that say of each object whom its grace period still waits for."""

    @property
    def plain(self) -> bool:
        return self.path == RCU

    @property
    def readers(self) -> Read:
        """The tasks that are in a read section."""
        return Read(f"{self.path}.readers", self.indices)

    @property
    def depth(self) -> Read:
        """How many sections of the task stand within each other."""
        return Read(f"{self.path}.depth", (SELF, *self.indices))

    @property
    def awaited(self) -> Read:
        """Whom the task's grace period still waits for."""
        return Read(f"{self.path}.awaited", (SELF, *self.indices))

    @property
    def inside(self) -> Expr:
        """Whether the task is in a read section."""
        return Apply("in", (SELF, self.readers))

    def _note(self, kind: NoteKind, span: Span) -> Note:
        return Note(kind, span, self.where)

    def _deeper(self, by: str) -> Assign:
        return Assign(self.depth.variable, self.depth.indices, Apply(by, (self.depth, Const(1))))

    def enter(self, span: Span, then: Block) -> Block:
        """The beginning of a section."""
        begun = Assign(self.readers.variable, self.indices, Apply("|", (self.readers, SELF_SET)))
        return Block((self._deeper("+"), begun, self._note("enter", span), *then.ops), then.end)

    def leave(self, span: Span, then: Block) -> Block:
        """The end of a section; that of the outermost lets the grace periods go on that wait for it."""
        names = ("t", *(f"i{n}" for n in range(len(self.indices))))
        bound = tuple(BoundName(name) for name in names)
        old = Read(self.awaited.variable, bound)
        here = conjunction(
            *(Apply("==", (name, index)) for name, index in zip(bound[1:], self.indices, strict=True))
        )
        without: Expr = Apply("minus", (old, SELF_SET))
        if self.indices:
            without = Apply("if", (here, without, old))
        ended: tuple[Op, ...] = (
            self._deeper("-"),
            Assign(self.readers.variable, self.indices, Apply("minus", (self.readers, SELF_SET))),
            Fill(self.awaited.variable, names, without),
            *(
                Fill(path, ("o",), Apply("minus", (Read(path, (BoundName("o"),)), SELF_SET)))
                for path in self.leaving
            ),
            self._note("leave", span),
        )
        inner = Block((self._deeper("-"), self._note("leave", span), *then.ops), then.end)
        outermost = Apply("==", (self.depth, Const(1)))
        return Block((), Test(outermost, Block((*ended, *then.ops), then.end), inner))

    def begin(self, span: Span, then: Block) -> Block:
        """The beginning of a grace period: it waits for whoever is in a section now."""
        note = Note("grace", span, self.where, value=self.readers)
        return Block(
            (note, Assign(self.awaited.variable, self.awaited.indices, self.readers), *then.ops), then.end
        )

    def end(self, span: Span, then: Block) -> Block:
        """The end of a grace period."""
        return Block((self._note("graced", span), *then.ops), then.end)

    @property
    def over(self) -> Expr:
        """Whether the task's grace period is over."""
        return Apply("==", (self.awaited, EMPTY))

    def use(self, *, fair: bool) -> LockUse:
        """The end of a grace period as what it is for `deadlock`: a wait for certain tasks."""
        return LockUse("acquire", "grace", self.path, self.where, False, fair, self.awaited, self.over)

    def variables(self, title: str, span: Span | None) -> tuple[Variable, ...]:
        """The variables of a domain; `title` is its name in the author's words."""
        return (
            Variable(
                self.readers.variable, "lock", TaskSet(), frozenset(), self.sizes, None, f"{title}.readers",
                span, LockPart(self.path, "readers"), title,
            ),
            Variable(
                self.depth.variable, "lock", Range(0, DEEPEST), 0, self.sizes, "*", f"{title}.depth", span,
                whole=title,
            ),
            Variable(
                self.awaited.variable, "lock", TaskSet(), frozenset(), self.sizes, "*", f"{title}.awaited",
                span, whole=title,
            ),
        )  # fmt: skip
