"""Lowering expressions: which loads they make, in which order, and what must hold meanwhile."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

from ....dsl.model import model as m
from ....dsl.model import sorts as s
from ....dsl.source import Span
from ...program.kinds import StepKind
from ...program.program import (
    FALSE,
    NONE,
    SELF,
    TRUE,
    Any,
    AnyTask,
    Apply,
    Assign,
    Block,
    Claim,
    Const,
    Expr,
    Fork,
    Goto,
    LockUse,
    Note,
    Op,
    Pick,
    Read,
    Test,
    Where,
    exchanged,
    goto,
    negation,
)
from ..flow import BackNode, Flow, FreeNode, LastNode, StepNode
from ..locks.locks import slot_of
from ..memory.views import Tasks
from .direct import Direct, Obligation, located, own_obligation
from .parts import composed, part_of
from .read_notes import read_notes
from .substituted import substituted

Use = Callable[[Expr], Block]


class Expressions(Direct):
    """Lowers the expressions of one process.  `atomic`: reads are direct, part of the step at hand; `seen`:
    what operations do to weak memory, where there is any."""

    seen: Tasks | None = None

    def __init__(self, model: m.Model, process: m.Process | None, queued: frozenset[str]) -> None:
        super().__init__(model, process, queued)
        self.process = process
        self.flow = Flow(self.process_name)
        self.calls: tuple[Span, ...] = ()
        self.atomic = process is None
        self.temporaries = 0
        # By the property, the place, the calls on the way, and the regions around.
        self.halts: dict[tuple[str, Span, tuple[Span, ...], tuple[tuple[str, str], ...]], int] = {}

    # -- nodes

    def free(self, block: Block, span: Span) -> int:
        return self.flow.add(FreeNode(block, span, self.atomic, self.calls))

    def step(
        self, kind: StepKind, span: Span, block: Block, guard: Expr = TRUE, lock: LockUse | None = None,
        claims: tuple[Claim, ...] = (), awaited: Expr | None = None,
    ) -> Block:  # fmt: skip
        """A step of its own; within `atomic` just its block."""
        if self.atomic:
            return block
        return self.flow.goto(StepNode(kind, span, guard, block, lock, self.calls, claims, awaited))

    def halt(self, property: str, span: Span, message: str) -> Block:
        key = (property, span, self.calls, self.flow.regions)
        if key not in self.halts:
            claim = Claim(property, FALSE, span, message, self.calls)
            self.halts[key] = self.flow.add(LastNode(span, (claim,), True, self.calls))
        return goto(self.halts[key])

    def back(self, span: Span) -> tuple[int, BackNode]:
        """A way back whose target is set later.  It is two nodes long: a loop without any other step
        needs two control points, so that each of its steps changes the point."""
        node = BackNode(-1, span, self.calls)
        first = BackNode(self.flow.add(node), span, self.calls)
        return self.flow.add(first), node

    # -- temporaries

    def hidden(self, owner: str, name: str, sort: s.Sort | Any | AnyTask) -> str:
        """A per-task variable whose name no variable of the author's can have."""
        return self.own(owner, f"({name})", sort)

    def temporary(self, sort: s.Sort | None = None) -> str:
        """A variable that holds a value between two steps of one statement.

        Values of a declared range have their own, so that they stay apart from numbers (see `symmetry`).
        """
        self.temporaries += 1
        if isinstance(sort, s.Snapshot):
            # It has to be outdated by a bump like any other snapshot.
            return self.hidden(self.process_name, f"snapshot{self.temporaries}", s.SNAPSHOT)
        if sort is not None and s.word_in(sort):
            # What TLC says of a value of a word is read by its sort.
            return self.hidden(self.process_name, f"tmp{self.temporaries} {sort}", s.Optional(sort))
        declared = s.range_of(sort)
        kind = f" {declared.name}" if declared and declared.name else ""
        return self.hidden(self.process_name, f"tmp{self.temporaries}{kind}", Any())

    # -- places

    def settled(
        self, exprs: tuple[m.Expr, ...], k: Callable[[tuple[Expr, ...], tuple[str, ...]], Block]
    ) -> Block:
        """Evaluates in order; `k` gets values that stay what they are in later steps, and the
        temporaries to be reset when they have been used."""
        values: list[Expr] = []
        held: list[str] = []

        def go(position: int) -> Block:
            if position == len(exprs):
                return k(tuple(values), tuple(held))
            e = exprs[position]

            def use(value: Expr) -> Block:
                if self.atomic or not m.shared(e):
                    values.append(value)
                    return go(position + 1)
                name = self.temporary(e.sort)
                values.append(Read(name, (SELF,)))
                held.append(name)
                rest = go(position + 1)
                return Block((Assign(name, (SELF,), value), *rest.ops), rest.end)

            return self.value(e, use)

        return go(0)

    def located(self, place: m.Place, k: Callable[[Read, Where, tuple[str, ...]], Block]) -> Block:
        """Evaluates the indices of a place."""
        if place in self.settled_places:
            return k(*self.settled_places[place], ())
        base, exprs, slots = self.base(place)

        def use(values: tuple[Expr, ...], held: tuple[str, ...]) -> Block:
            read, where = located(base, slots, values)
            return k(read, where, held)

        return self.settled(exprs, use)

    # -- values

    def value(self, e: m.Expr, k: Use) -> Block:
        """Code that evaluates `e`, one step per shared load, and goes on with `k`, which must use
        the value within the block that it returns."""
        if self.atomic or not m.shared(e):
            block = self.checked(self.obligations(e), k(self.ir(e)))
            if not m.shared(e):
                return block
            return Block((*read_notes(self, e), *self.newest(e), *block.ops), block.end)
        match e:
            case m.Load(place=place, acquire=acquire):
                return self.load(place, e.span, k, acquire=acquire)
            case m.Unwrap() | m.Fit():
                return self.value(e.operand, lambda x: self.checked((own_obligation(e, x),), k(x)))
            case m.Waited(queue=queue):
                return self.waited(queue, e.span, k)
            case m.Slot(operand=reference):
                return self.value(reference, lambda x: k(slot_of(x, reference.sort)))
            case m.Current():
                return self.compare(e, k)
            case m.LockState(lock=place, task=None):
                return self.look_at_lock(place, e.span, k)
            case m.Operation(operator="and" | "or" | "implies", operands=(left, right)):
                if m.shared(right) or self.obligations(right):
                    return self.joined(e, k)
                return self.value(left, lambda x: k(Apply(e.operator, (x, self.ir(right)))))
            case m.Operation(operator=operator, operands=operands):
                return self.values(operands, lambda xs: k(Apply(operator, xs)))
            case m.SetDisplay(elements=elements):
                return self.values(elements, lambda xs: k(Apply("set", xs)))
            case m.Composed(operands=operands):
                return self.values(operands, lambda xs: k(composed(e, xs)))
            case m.FieldOf(operand=operand, name=name):
                return self.value(operand, lambda x: k(part_of(x, name)))
            case m.Quantified():
                if not m.shared(e.body) and not (e.condition and m.shared(e.condition)):
                    return self.value(
                        e.domain,
                        lambda d: self.checked(
                            self.inner_obligations(e, d),
                            k(self.quantified(e.kind, e.bound, d, e.condition, e.body)),
                        ),
                    )
                return self.joined(e, k)
            case m.SetBuild():
                if not m.shared(e.element) and not (e.condition and m.shared(e.condition)):
                    return self.value(
                        e.domain,
                        lambda d: self.checked(
                            self.inner_obligations(e, d),
                            k(self.quantified("build", e.bound, d, e.condition, e.element)),
                        ),
                    )
                return self.built(e, k)
            case _:
                raise AssertionError(f"{type(e).__name__} reads no shared place")

    def values(self, exprs: tuple[m.Expr, ...], k: Callable[[tuple[Expr, ...]], Block]) -> Block:
        """Several values, left to right; all but the last load are kept in temporaries."""
        last = max((i for i, e in enumerate(exprs) if m.shared(e)), default=-1)

        def use(values: tuple[Expr, ...], held: tuple[str, ...]) -> Block:
            def finish(rest: list[Expr], position: int) -> Block:
                if position == len(exprs):
                    return reset(k(tuple(rest)), held)
                return self.value(exprs[position], lambda x: finish([*rest, x], position + 1))

            return finish(list(values), len(values))

        return self.settled(exprs[:last] if last > 0 else (), use)

    def load(self, place: m.Place, span: Span, k: Use, *, acquire: bool = False) -> Block:
        def use(read: Read, where: Where, held: tuple[str, ...]) -> Block:
            value = part_of(read, place.part)
            note = Note("read", span, where, value=value)
            there = self.alive(read, where, span)
            if self.seen is None or not self.seen.weak(read.variable):
                rest = reset(k(value), held)
                return self.step("load", span, self.checked(there, Block((note, *rest.ops), rest.end)))
            if (read.variable, span, self.calls) in self.seen.memory.steady:
                rest = self.seen.settled(reset(k(read), held))
                ops = (note, *self.seen.newest(read), *(self.seen.ordered() if acquire else ()))
                return self.step("load", span, self.checked(there, Block((*ops, *rest.ops), rest.end)))

            def with_value(stale: Expr, value: Expr) -> Block:
                rest = reset(k(value), held)
                early = replace(note, kind="stale", value=value, old=read, when=stale)
                notes = (replace(note, value=value, when=negation(stale)), early)
                return Block((*notes, *rest.ops), rest.end)

            name = f"{span.line}_{span.column}"
            block = self.seen.load(read, name, with_value, acquire=acquire)
            return self.step("load", span, self.checked(there, block))

        return self.located(place, use)

    def waited(self, queue: m.Place, span: Span, k: Use) -> Block:
        def use(read: Read, where: Where, held: tuple[str, ...]) -> Block:
            at = self.queue_at(read, where)
            rest = reset(k(at.busy), held)
            looked = Block((Note("read", span, where, value=at.waiters), *rest.ops), rest.end)
            return self.step("load", span, self.checked(self.alive(read, where, span), looked))

        return self.located(queue, use)

    def newest(self, e: object) -> tuple[Op, ...]:
        """What reading the newest values does to weak memory, for all that is read in one step."""
        if self.seen is None:
            return ()
        ops: dict[Op, None] = {}
        for node in m.walk(e):
            if isinstance(node, m.Place) and not isinstance(node.root, m.LocalVariable):
                path = self.base(node)[0].path
                if self.seen.weak(path):
                    bound = any(isinstance(part, m.BoundUse) for part in m.walk(node))
                    reads = self.seen.elements(path) if bound else (self.direct(node)[0],)
                    ops.update(dict.fromkeys(op for read in reads for op in self.seen.newest(read)))
        return tuple(ops)

    def look_at_lock(self, place: m.Place, span: Span, k: Use) -> Block:
        """A step that sees whether a lock is held. It sees no queue: with or without one, what is seen is who
        has the lock."""

        def use(read: Read, where: Where, held: tuple[str, ...]) -> Block:
            locked = self.lock_at(place, read, where).locked
            rest = reset(k(locked), held)
            note = Note("read", span, Where((*where.parts, ".locked")), value=locked)
            looked = Block((note, *rest.ops), rest.end)
            return self.step("load", span, self.checked(self.alive(read, where, span), looked))

        return self.located(place, use)

    def compare(self, e: m.Current, k: Use) -> Block:
        """`seen == seq`, one step; indices of both sides are settled first."""

        def with_counter(counter: Read, where: Where, held: tuple[str, ...]) -> Block:
            def with_snapshot(snapshot: Read, at: Where, more: tuple[str, ...]) -> Block:
                def then(test: Expr) -> Block:
                    return reset(k(test), (*held, *more))

                there = (*self.alive(counter, where, e.span), *self.alive(snapshot, at, e.span))
                block = self.compared(e, snapshot, counter, where, then)
                return self.step("compare", e.span, self.checked(there, block))

            return self.located(e.snapshot, with_snapshot)

        return self.located(e.counter, with_counter)

    def compared(self, e: m.Current, snapshot: Read, counter: Read, where: Where, then: Use) -> Block:
        """Whether a snapshot is current, in a step that reads the counter, and the snapshot if it is
        shared."""
        test, obligations = self.current(snapshot, counter, e.span)
        note = Note("compare", e.span, where, value=test)
        if self.seen is None or not (self.seen.weak(counter.variable) or self.seen.weak(snapshot.variable)):
            rest = then(test)
            return self.checked(obligations, Block((note, *rest.ops), rest.end))
        seen, name = self.seen, f"{e.span.line}_{e.span.column}"

        def with_snapshot(_: Expr, kept: Expr) -> Block:
            if not seen.weak(counter.variable):
                return with_counter(kept)(FALSE, NONE)
            return seen.load(counter, name, with_counter(kept))

        def with_counter(kept: Expr) -> Callable[[Expr, Expr], Block]:
            def use(stale: Expr, _: Expr) -> Block:
                now = self.generation_values(counter)[0]
                seen_as = now if stale == FALSE else Apply("if", (stale, self.previous(counter), now))
                rest = then(Apply("==", (kept, seen_as)))
                known = tuple(
                    replace(o, condition=exchanged(o.condition, snapshot, kept)) for o in obligations
                )
                fresh = replace(note, value=Apply("==", (kept, seen_as)), when=negation(stale))
                early = replace(fresh, kind="stale_compare", when=stale)
                return self.checked(known, Block((fresh, early, *rest.ops), rest.end))

            return use

        if not seen.weak(snapshot.variable):
            return with_snapshot(FALSE, snapshot)
        return seen.load(snapshot, f"{name}_snapshot", with_snapshot)

    def joined(self, e: m.Expr, k: Use) -> Block:
        """A truth value by short circuit: both outcomes meet before `k`."""
        name = self.temporary()
        after = self.free(reset(k(Read(name, (SELF,))), (name,)), e.span)
        yes = Block((Assign(name, (SELF,), TRUE),), Goto(after))
        no = Block((Assign(name, (SELF,), FALSE),), Goto(after))
        return self.branch(e, goto(self.free(yes, e.span)), goto(self.free(no, e.span)))

    def built(self, e: m.SetBuild, k: Use) -> Block:
        """A set whose elements are shared loads: one after the other, gathered in a temporary."""
        name = self.temporary()
        gathered = Read(name, (SELF,))
        after = self.free(reset(k(gathered), (name,)), e.span)
        for value in reversed(_domain(e.domain)):
            element = substituted(e.element, e.bound, value)

            def add(x: Expr, after: int = after) -> Block:
                grown = Apply("|", (gathered, Apply("set", (x,))))
                return Block((Assign(name, (SELF,), grown),), Goto(after))

            entry = self.free(self.value(element, add), e.span)
            if e.condition is not None:
                test = substituted(e.condition, e.bound, value)
                entry = self.free(self.branch(test, goto(entry), goto(after)), e.span)
            after = entry
        return Block((Assign(name, (SELF,), Const(frozenset())),), Goto(after))

    def branch(self, e: m.Expr, yes: Block, no: Block) -> Block:
        """Code that goes on with `yes` or `no`, which are jumps, by the truth of `e`."""
        if not self.atomic and m.shared(e):
            match e:
                case m.Operation(operator="not", operands=(inner,)):
                    return self.branch(inner, no, yes)
                case m.Operation(operator="and", operands=(left, right)):
                    return self.branch(left, goto(self.free(self.branch(right, yes, no), e.span)), no)
                case m.Operation(operator="or", operands=(left, right)):
                    return self.branch(left, yes, goto(self.free(self.branch(right, yes, no), e.span)))
                case m.Operation(operator="implies", operands=(left, right)):
                    return self.branch(left, goto(self.free(self.branch(right, yes, no), e.span)), yes)
                case m.Quantified() if m.shared(e.body) or (e.condition and m.shared(e.condition)):
                    after, found = (no, yes) if e.kind == "any" else (yes, no)
                    for value in reversed(_domain(e.domain)):
                        body = substituted(e.body, e.bound, value)
                        outcomes = (found, after) if e.kind == "any" else (after, found)
                        code = self.branch(body, *outcomes)
                        if e.condition is not None:
                            test = substituted(e.condition, e.bound, value)
                            code = self.branch(test, goto(self.free(code, e.span)), after)
                        after = goto(self.free(code, e.span))
                    return after
                case _:
                    pass
        return self.value(e, lambda x: Block((), Test(x, yes, no)))

    def checked(self, obligations: tuple[Obligation, ...], block: Block) -> Block:
        """`block`, or a halt at the first obligation that is not met."""
        for item in reversed(obligations):
            halt = Block(item.told, self.halt(item.property, item.span, item.message).end)
            block = Block((), Test(item.condition, block, halt))
        return block


def reset(block: Block, names: tuple[str, ...]) -> Block:
    """The block, with temporaries emptied where it ends."""
    if not names:
        return block
    match block.end:
        case Goto():
            emptied = tuple(Assign(name, (SELF,), NONE) for name in names)
            return Block((*block.ops, *emptied), block.end)
        case Test(condition=condition, yes=yes, no=no):
            return Block(block.ops, Test(condition, reset(yes, names), reset(no, names)))
        case Pick(name=name, domain=domain, then=then):
            return Block(block.ops, Pick(name, domain, reset(then, names)))
        case Fork(options=options):
            return Block(block.ops, Fork(tuple(reset(option, names) for option in options)))


class Unsupported(Exception):
    """Something that cannot be lowered, though its names and sorts are right."""

    def __init__(self, code: str, span: Span, message: str, help: str) -> None:
        super().__init__(message)
        self.code = code
        self.span = span
        self.message = message
        self.help = help


def _domain(e: m.Expr) -> tuple[s.Value, ...]:
    if not (isinstance(e, m.Literal) and isinstance(e.value, frozenset) and isinstance(e.sort, s.SetOf)):
        message = "this ranges over a set while it reads shared variables one by one"
        help = "range over numbers or a type and test with `in`, or make it one step with `atomic`"
        raise Unsupported("shared-in-comprehension", e.span, message, help)
    return tuple(value for value in s.values(e.sort.of) if value in e.value)
