"""What a step does: straight code that ends in a jump, a test, or a choice."""

from __future__ import annotations

from dataclasses import dataclass

from ...dsl.source import Span
from .kinds import NoteKind
from .lock_parts import Effect as Effect
from .lock_parts import Fenced as Fenced
from .lock_parts import Given as Given
from .lock_parts import Taken as Taken
from .program_expressions import TRUE, Expr


@dataclass(frozen=True, slots=True)
class Where:
    """How a place is called: texts, and the values of indices in between."""

    parts: tuple[str | Expr, ...]


@dataclass(frozen=True, slots=True)
class Assign:
    """`effect` is what the assignment does to a lock, where it takes one or gives it back, or to memory."""

    variable: str
    indices: tuple[Expr, ...]
    value: Expr
    effect: Effect | None = None


@dataclass(frozen=True, slots=True)
class Fill:
    """Every element of a variable at once: `value` may use `names`, one per index."""

    variable: str
    names: tuple[str, ...]
    value: Expr


@dataclass(frozen=True, slots=True)
class Outdate:
    """What a bump does to every snapshot of a counter; replaced by `Fill`s at the end of lowering.

    Those that are `current` become `previous`, if that is given, and those that were that, like the others,
    `outdated`."""

    current: Expr
    outdated: Expr
    previous: Expr | None = None


@dataclass(frozen=True, slots=True)
class Note:
    """Something a trace tells, without effect on the state.

    `kind` is begin (what a variable starts as, in a trace only), read, stale (reads the older value; `old`
    is then the newest one), write, overtaken (a write that is older than one that is there already,
    `old`), local, take, release, queue, refused, call, compare, choose, maybe, need_resched, arm, disarm,
    wake, ipi (sent to `value`), asked (whether it is to stop), alloc, no_alloc, free, leaving (it is
    freed after a grace period, which waits for `old`), twice (what is freed is not allocated), dead (what
    is used is not allocated), locked (what is freed holds a lock that somebody has), record (a bound
    label), barrier, end (a `return` from a process) or round (a loop that nothing but a choice ends, and
    no other loop contains, comes round).
    `value` is what was read, is written, chosen or found; `old` what a write replaces; `text` the word for
    an operation, such as a lock's mode.
    """

    kind: NoteKind
    span: Span
    where: Where | None = None
    value: Expr | None = None
    old: Expr | None = None
    text: str = ""
    when: Expr = TRUE


@dataclass(frozen=True, slots=True)
class Reach:
    """Marks that the source's branch or label `number` is reached."""

    number: int


Op = Assign | Fill | Outdate | Note | Reach


@dataclass(frozen=True, slots=True)
class Goto:
    """To a control point, by name (while lowering: to a node, by number)."""

    point: str | int


@dataclass(frozen=True, slots=True)
class Test:
    condition: Expr
    yes: Block
    no: Block


@dataclass(frozen=True, slots=True)
class Pick:
    """Any element of a set that is not empty."""

    name: str
    domain: Expr
    then: Block


@dataclass(frozen=True, slots=True)
class Fork:
    """Any of the alternatives."""

    options: tuple[Block, ...]


End = Goto | Test | Pick | Fork


@dataclass(frozen=True, slots=True)
class Block:
    ops: tuple[Op, ...]
    end: End


def goto(point: str | int) -> Block:
    return Block((), Goto(point))
