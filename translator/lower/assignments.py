"""Lowering assignments: where values go, and what takes snapshots of counters."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Callable
from dataclasses import dataclass, replace

from ...dsl.model import model as m
from ...dsl.source import Span
from ..program.program import (
    SELF,
    Apply,
    Assign,
    Block,
    Expr,
    Goto,
    Interrupts,
    Note,
    Op,
    Outdate,
    Reachable,
    Read,
    Where,
    goto,
    negation,
)
from .locks.locks import LockPlace
from .memory.state import Memory
from .memory.views import Tasks
from .values.direct import located
from .values.expressions import Expressions, reset
from .values.parts import part_of, with_part

Use = Callable[[Expr], Block]


@dataclass(frozen=True, slots=True)
class Loop:
    leave: int
    again: int


@dataclass(frozen=True, slots=True)
class Held:
    lock: LockPlace
    mode: str
    span: Span
    atomic: bool
    reset: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Whole:
    """An `atomic` block; `span` is its own."""

    span: Span


@dataclass(frozen=True, slots=True)
class Inside:
    """The block of a region, by its owner and name."""

    region: tuple[str, str]


@dataclass(frozen=True, slots=True)
class Called:
    after: int
    result: str | None


@dataclass(slots=True)
class Shared:
    """What the processes of one model have in common while they are lowered."""

    reachable: dict[tuple[Span, str], Reachable]
    barriers: dict[Span, None]
    no_spinning: Expr
    nothing_held: Expr
    no_section: Expr
    sleepers: bool
    # The processes that somebody waits for the end of.
    joined: frozenset[str]
    stops: bool
    rcu: bool
    # The classes of which objects are freed after a grace period, and whether anybody waits for that.
    leaving: tuple[str, ...]
    drained: bool
    # The handlers and classes that come to who waits for them in turn.
    turns: frozenset[str]
    handlers: tuple[Interrupts, ...]
    # The handlers that somebody waits for who calls them.
    awaited: frozenset[str]
    masks: tuple[str, ...]
    # Whether code forbids that it is preempted.
    preempt: bool
    memory: Memory | None = None


class Assignments(Expressions, ABC):
    """Lowers assignments; `Actions`, `Operations` and `Statements` have the rest."""

    def __init__(
        self, model: m.Model, process: m.Process, queued: frozenset[str], common: Shared, policy: str | None
    ) -> None:
        super().__init__(model, process, queued)
        self.seen = None if common.memory is None else Tasks(common.memory, process.name)
        self.common = common
        self.policy_in_force = policy
        self.site: m.Wait | None = None
        # The variable that says that the time of the site at hand is up, and how many such sites are around.
        self.late: str | None = None
        self.times = 0
        self.tried: set[str] = set()
        self.withs: dict[Span, int] = {}
        self.frames: list[Loop | Held | Whole | Inside | Called] = []
        # The node of each label that has been lowered, by its owner and name, and how many frames are around.
        self.landings: dict[tuple[str, str], tuple[int, int]] = {}

    @abstractmethod
    def source(self, value: m.Source, k: Use) -> Block:
        """Code that evaluates a right-hand side, as `value` does what only has a value."""

    # -- assignments

    def set_local(
        self, variable: m.LocalVariable, value: m.Source, span: Span, after: int, part: str = ""
    ) -> Block:
        name = self.local(variable)
        place = Where((f"{variable.name}.{part}" if part else variable.name,))

        def use(x: Expr) -> Block:
            whole = Read(name, (SELF,))
            note = Note("local", span, place, value=x, old=part_of(whole, part))
            return Block((note, Assign(name, (SELF,), with_part(whole, part, x))), Goto(after))

        return self.source(value, use)

    def set_ghost(self, place: m.Place, value: m.Expr, span: Span, after: int) -> Block:
        """Free of charge: the whole right side is read in the step before it."""
        before, self.atomic = self.atomic, True
        read, where = self.direct(place)
        x = self.ir(value)
        indices = tuple(o for item in place.path if not isinstance(item, str) for o in self.obligations(item))
        obligations = (*self.obligations(value), *indices)
        self.atomic = before
        note = Note("local", span, where, value=x, old=part_of(read, place.part))
        assign = Assign(read.variable, read.indices, with_part(read, place.part, x))
        return self.checked(obligations, Block((note, assign), Goto(after)))

    def store(
        self, place: m.Place, value: m.Source, span: Span, after: int, *, release: bool = False
    ) -> Block:
        if isinstance(value, m.Take):
            return self.take_shared(place, value, span, after)

        def use(x: Expr) -> Block:
            if self.atomic or not (isinstance(value, m.Action) or m.shared(value)):
                return self.put(place, x, (), span, after, release=release)
            name = self.temporary(value.sort)
            kept = Read(name, (SELF,))
            rest = self.put(place, kept, (name,), span, after, release=release)
            return Block((Assign(name, (SELF,), x), *rest.ops), rest.end)

        return self.source(value, use)

    def put(
        self, place: m.Place, x: Expr, used: tuple[str, ...], span: Span, after: int, *, release: bool = False
    ) -> Block:
        """The store itself, one step."""

        def use(read: Read, where: Where, held: tuple[str, ...]) -> Block:
            then = reset(goto(after), (*used, *held))
            block = self.stored(read, where, x, span, then, release=release, part=place.part)
            return self.step("store", span, self.checked(self.alive(read, where, span), block))

        return self.located(place, use)

    def stored(
        self, read: Read, where: Where, x: Expr, span: Span, then: Block, *, release: bool = False,
        part: str = "",
    ) -> Block:  # fmt: skip
        """A store to a place, or to a part of a word there, and what follows in the same step."""
        note = Note("write", span, where, value=x, old=part_of(read, part))
        assign = Assign(read.variable, read.indices, with_part(read, part, x))
        if self.seen is None or not self.seen.weak(read.variable):
            return Block((note, assign, *then.ops), then.end)
        late = Note("overtaken", span, where, value=x, old=read)
        return self.seen.store(
            read, numbered(span), (note,), (late,), assign, x, then, release=release, whole=self.atomic
        )

    def update(self, place: m.Place, total: m.Expr, span: Span, after: int) -> Block:
        if isinstance(place.root, m.LocalVariable):
            return self.set_local(place.root, total, span, after, place.part)
        if isinstance(place.root, m.SharedVariable) and place.root.ghost:
            return self.set_ghost(place, total, span, after)
        base, exprs, slots = self.base(place)
        if self.atomic or not any(m.shared(e) for e in exprs):
            return self.store(place, total, span, after)

        def use(values: tuple[Expr, ...], held: tuple[str, ...]) -> Block:
            self.settled_places[place] = located(base, slots, values)
            after_store = self.free(reset(goto(after), held), span)
            block = self.store(place, total, span, after_store)
            del self.settled_places[place]
            return block

        return self.settled(exprs, use)

    def take_shared(self, place: m.Place, value: m.Take, span: Span, after: int) -> Block:
        def with_counter(counter: Read, source: Where, held: tuple[str, ...]) -> Block:
            def with_place(read: Read, where: Where, more: tuple[str, ...]) -> Block:
                def keep(value: Expr) -> Block:
                    then = reset(goto(after), (*held, *more))
                    if self.seen is not None and self.seen.weak(read.variable):
                        return self.stored(read, where, value, span, then)
                    return Block((Assign(read.variable, read.indices, value), *then.ops), then.end)

                there = (*self.alive(counter, source, span), *self.alive(read, where, span))
                block = self.taken(counter, source, span, keep)
                return self.step("take", span, self.checked(there, block))

            return self.located(place, with_place)

        return self.located(value.counter, with_counter)

    def taken(self, counter: Read, where: Where, span: Span, then: Use) -> Block:
        """A snapshot of a counter, and what is done with it in the same step."""
        now, _ = self.generation_values(counter)
        note = Note("take_snapshot", span, where)
        if self.seen is None or not self.seen.weak(counter.variable):
            block = then(now)
            return Block((note, *block.ops), block.end)
        if self.atomic:
            block = then(now)
            return Block((note, *self.seen.newest(counter), *block.ops), block.end)

        def use(stale: Expr, _: Expr) -> Block:
            block = then(Apply("if", (stale, self.previous(counter), now)))
            early = replace(note, kind="stale_snapshot", when=stale)
            return Block((replace(note, when=negation(stale)), early, *block.ops), block.end)

        return self.seen.load(counter, numbered(span), use)

    def bump(self, counter: m.Place, span: Span, after: int) -> Block:
        def use(read: Read, where: Where, held: tuple[str, ...]) -> Block:
            note = Note("bump", span, where)
            then = reset(goto(after), held)
            there = self.alive(read, where, span)
            if self.seen is None or not self.seen.weak(read.variable):
                ops: tuple[Op, ...] = (note, Outdate(*self.generation_values(read)))
                return self.step("bump", span, self.checked(there, Block((*ops, *then.ops), then.end)))
            outdate = Outdate(*self.generation_values(read), self.previous(read))
            block = self.seen.store(read, numbered(span), (note,), (), outdate, None, then, whole=self.atomic)
            return self.step("bump", span, self.checked(there, block))

        return self.located(counter, use)


def numbered(span: Span) -> str:
    """A name for what a step binds there."""
    return f"{span.line}_{span.column}"
