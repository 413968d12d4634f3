"""Lowering what the kernel offers: locks, wait queues and the verbs of the scheduler."""

from __future__ import annotations

from abc import ABC, abstractmethod

from ...dsl.model import model as m
from ...dsl.source import Span
from ...dsl.vocabulary.lookup import BARRIERS
from ..program.kinds import StepKind
from ..program.levels import PREEMPTIBLE, above, cpu, masked, quiet
from ..program.program import (
    FALSE,
    NONE,
    SELF,
    SLEEPY,
    TRUE,
    AnyTask,
    Apply,
    Assign,
    Block,
    Claim,
    Const,
    Expr,
    Goto,
    Interrupts,
    Note,
    Op,
    Read,
    Where,
    conjunction,
    goto,
    implication,
)
from .assignments import Held, numbered
from .flow import LastNode, StepNode
from .locks.locks import (
    EMPTY,
    LockPlace,
    QueuePlace,
    acquisition,
)
from .locks.rcu import DEEPEST, RCU, Domain
from .memory.state import ATOMIC, passed_by
from .objects import Objects
from .values.direct import Obligation
from .values.expressions import Unsupported, reset
from .values.instant import worth

MASKED = {"interrupt": "interrupts", "softirq": "softirqs"}

_MASK_WORDS = {"interrupt": "local_irq", "softirq": "local_bh", "preempt": "preempt"}

_PAUSES: dict[str, StepKind] = {
    "schedule": "schedule",
    "cond_resched": "cond_resched",
    "might_sleep": "might_sleep",
    "cpu_relax": "cpu_relax",
}
"""The step of a verb that lets time pass."""


class Operations(Objects, ABC):
    """Lowers the operations of locks and queues, and verbs; `Statements` has the rest."""

    # The first operation of an `atomic` block, if that is the step itself.
    first_in_whole: Span | None = None

    @abstractmethod
    def passing(self, block: Block, span: Span) -> Block:
        """A step of a policy in which the time of its site may be up."""

    # -- locks

    def lock_action(self, node: m.LockAction, after: int) -> int:
        def use(read: Read, where: Where, held: tuple[str, ...]) -> Block:
            lock = self.lock_at(node.lock, read, where)
            if node.action == "downgrade":
                return self.downgraded(lock, node.span, after, held)
            if node.action == "release":
                return self.release(lock, node.mode, node.span, after, held)
            self.known_before(self.base(node.lock)[1])
            then = self.free(
                Block(tuple(Assign(name, (SELF,), NONE) for name in held), Goto(after)), node.span
            )
            return goto(self.acquire(lock, node.mode, node.span, then if held else after))

        return self.free(self.located(node.lock, use), node.span)

    def known_before(self, indices: tuple[m.Expr, ...]) -> None:
        """Raises Unsupported where an acquisition in `atomic` would read an index that others may write, and
        which could become that of another lock while the task waits."""
        for index in indices:
            if self.atomic and m.shared(index):
                message = "which lock is taken here depends on a shared variable"
                raise Unsupported("not-atomic", index.span, message, "read it into a local before the block")

    def acquire(self, lock: LockPlace, mode: str, span: Span, after: int) -> int:
        there = self.alive(Read(lock.path, lock.indices), lock.where, span)
        if self.seen is not None and self.first_in_whole == span:
            after = self.free(Block(self.whole_begins(), Goto(after)), span)
        number = acquisition(
            lock, mode, after, span, self.calls, self.flow.add,
            lambda block: self.checked(there, block), lambda then: self.after_taking(lock, mode, then),
        )  # fmt: skip
        if not lock.sort.spins:
            node = self.flow.nodes[number]
            node.claims = self.may_sleep(span, "acquiring it may sleep")  # type: ignore[union-attr]
        return number

    def release(
        self, lock: LockPlace, mode: str, span: Span, after: int, held: tuple[str, ...] = ()
    ) -> Block:
        seen: tuple[Op, ...] = ()
        if self.seen is not None:
            seen = self.seen.given(self.seen.handed_over(lock.path, lock.indices, mode))
        ops = (lock.give_back(mode), lock.note("release", mode, span), *seen)
        given = reset(Block(ops, Goto(after)), held)
        obligation = Obligation(lock.held(SELF, mode), "bad_unlock", span, "it is not held")
        there = self.alive(Read(lock.path, lock.indices), lock.where, span)
        return self.step(
            "lock", span, self.checked((*there, obligation), given), lock=lock.use("release", mode)
        )

    def downgraded(self, lock: LockPlace, span: Span, after: int, held: tuple[str, ...]) -> Block:
        """One step: what was held for writing is held for reading."""
        ops = (
            lock.give_back("write"), lock.note("release", "write", span),
            lock.take("read"), lock.note("take", "read", span),
        )  # fmt: skip
        obligation = Obligation(lock.held(SELF, "write"), "bad_unlock", span, "it is not held for writing")
        there = self.alive(Read(lock.path, lock.indices), lock.where, span)
        block = self.checked((*there, obligation), reset(Block(ops, Goto(after)), held))
        return self.step("lock", span, block, lock=lock.use("release", "write"))

    def held(self, node: m.With, after: int) -> int:
        """Acquire, body, release; the lock's indices are evaluated once."""
        base, indices, slots = self.base(node.lock)
        self.known_before(indices)
        changed = {
            inner.variable.name if isinstance(inner, m.Declare | m.For) else inner.place.root.name
            for inner in m.walk(node.body)
            if isinstance(inner, m.Declare | m.For | m.Store | m.Update)
        }
        changed |= {
            inner.found.root.name
            for inner in m.walk(node.body)
            if isinstance(inner, m.Modify) and inner.found is not None
        }
        fixed: list[Expr] = []
        saved: list[tuple[str, m.Expr]] = []
        for index in indices:
            stable = isinstance(index, m.Literal | m.SelfIndex) or (
                isinstance(index, m.Load)
                and isinstance(index.place.root, m.LocalVariable)
                and index.place.root.name not in changed
            )
            if stable:
                fixed.append(self.ir(index))
            else:
                number = self.withs.setdefault(node.span, len(self.withs))
                name = self.hidden(self.flow.process, f"with {number} {len(fixed)}", AnyTask())
                saved.append((name, index))
                fixed.append(Read(name, (SELF,)))
        parts = list(base.parts)
        for slot, value in zip(slots, fixed, strict=True):
            parts[slot] = value
        read = Read(base.path, (*base.indices, *fixed))
        lock = self.lock_at(node.lock, read, Where(tuple(parts)))
        names = tuple(name for name, _ in saved)
        frame = Held(lock, node.mode, node.span, self.atomic, names)
        leave = self.leave(frame, after)
        self.frames = [*self.frames, frame]
        inside = self.body(node.body, leave)
        self.frames = self.frames[:-1]
        self.temporaries = 0
        entry = self.acquire(lock, node.mode, node.span, inside)
        for name, index in reversed(saved):

            def keep(x: Expr, name: str = name, entry: int = entry) -> Block:
                return Block((Assign(name, (SELF,), x),), Goto(entry))

            entry = self.free(self.value(index, keep), node.span)
        return entry

    def leave(self, frame: Held, after: int) -> int:
        before, self.atomic = self.atomic, frame.atomic
        number = self.free(self.release(frame.lock, frame.mode, frame.span, after, frame.reset), frame.span)
        self.atomic = before
        return number

    # -- queues and verbs

    def queue_action(self, node: m.QueueAction, after: int) -> int:
        def use(read: Read, where: Where, held: tuple[str, ...]) -> Block:
            queue = self.queue_at(read, where)
            block = queue.act(node.verb, node.span, reset(goto(after), held))
            acted = self.under_queue_lock(queue, node.verb, block)
            return self.step("queue", node.span, self.checked(self.alive(read, where, node.span), acted))

        return self.free(self.located(node.queue, use), node.span)

    def under_queue_lock(self, queue: QueuePlace, verb: str, block: Block) -> Block:
        """What a verb of a wait queue does to weak memory: it takes the queue's own lock, and there is a full
        barrier in it where the kernel has one, in setting the task's state and where somebody is woken."""
        if self.seen is None or verb == "finish_wait":
            return block
        passed = Read(passed_by(queue.path), queue.indices)
        when = TRUE if verb == "prepare_to_wait" else Apply("!=", (queue.waiters, EMPTY))
        given = self.seen.given(passed, fenced=True)
        inner = self.seen.settled(Block((*given, *block.ops), block.end))
        full = self.seen.full("queue", inner, when)
        return Block((*self.seen.taken((passed,)), *full.ops), full.end)

    def rcu_action(self, node: m.RcuAction, after: int) -> int:
        if node.domain is None:
            if node.action == "drain":
                claims = self.may_sleep(node.span, "`rcu_barrier()` sleeps")
                return self.free(self.drained(node.span, claims, goto(after)), node.span)
            return self.free(self.in_domain(node, self.plain_rcu, goto(after)), node.span)

        def use(read: Read, where: Where, held: tuple[str, ...]) -> Block:
            domain = Domain(read.variable, read.indices, where)
            return self.in_domain(node, domain, reset(goto(after), held))

        return self.free(self.located(node.domain, use), node.span)

    def in_domain(self, node: m.RcuAction, domain: Domain, then: Block) -> Block:
        span = node.span
        match node.action:
            case "read_lock":
                shallow = Apply("<", (domain.depth, Const(DEEPEST)))
                message = f"more than {DEEPEST} read sections stand within each other"
                block = self.checked(
                    (Obligation(shallow, "out_of_range", span, message),), domain.enter(span, then)
                )
                return self.step("rcu", span, block)
            case "read_unlock":
                inside = Obligation(domain.inside, "bad_unlock", span, "no read section has begun")
                return self.step("rcu", span, self.checked((inside,), domain.leave(span, then)))
            case _:
                what = "synchronize_rcu" if domain.plain else "synchronize_srcu"
                use = domain.use(fair=self.model.cpus is not None)
                over = StepNode("rcu", span, domain.over, domain.end(span, then), use, self.calls)
                begun = domain.begin(span, self.flow.goto(over))
                return self.step("rcu", span, begun, claims=self.may_sleep(span, f"`{what}()` sleeps"))

    # -- interrupts

    @property
    def interrupts(self) -> Interrupts | None:
        """What the process that is lowered interrupts, if it is a handler."""
        assert self.process is not None
        return None if self.process.interrupts is None else Interrupts(*self.process.interrupts)

    def unmasked(self, mask: str) -> Expr:
        """That interrupts, or softirqs, are not masked on the task's CPU."""
        state = Read(masked(mask), (cpu(self.interrupts),))
        return Apply("not", (state,)) if mask == "interrupt" else Apply("==", (state, Const(0)))

    def left_unmasked(self, mask: str) -> Expr:
        """That the task itself has not masked it: a handler that has interrupted it may have."""
        assert self.process is not None
        levels = above(self.process.name, self.interrupts, self.common.handlers)
        return implication(quiet(levels, cpu(self.interrupts)), self.unmasked(mask))

    def mask_action(self, node: m.MaskAction, after: int) -> int:
        # Being preempted is the task's own affair, and a handler's; what is masked is so for the whole CPU.
        span, at = node.span, (SELF if node.mask == "preempt" else cpu(self.interrupts),)
        state = Read(masked(node.mask), at)
        word = f"{_MASK_WORDS[node.mask]}_{node.action}"
        told = Note("call", span, text=f"{word}()")
        if node.mask in ("softirq", "preempt"):
            what = "softirqs are" if node.mask == "softirq" else "preemption is"
            by = "+" if node.action == "disable" else "-"
            fits = Apply("<", (state, Const(DEEPEST))) if by == "+" else Apply("<", (Const(0), state))
            message = f"{what} disabled more than {DEEPEST} times"
            obligation = (
                Obligation(fits, "out_of_range", span, message)
                if by == "+"
                else Obligation(fits, "bad_unlock", span, f"{what} not disabled")
            )
            changed = Assign(masked(node.mask), at, Apply(by, (state, Const(1))))
            block = self.checked((obligation,), Block((changed, told), Goto(after)))
            return self.free(self.step("mask", span, block), span)
        if node.flags is not None:
            flags = self.local(node.flags)
        ops: tuple[Op, ...]
        match node.action:
            case "save":
                note = Note("local", span, Where((node.flags.name,)), value=state)  # type: ignore[union-attr]
                ops = (told, note, Assign(flags, (SELF,), state), Assign(masked(node.mask), at, TRUE))
            case "restore":
                ops = (told, Assign(masked(node.mask), at, Read(flags, (SELF,))))
            case action:
                ops = (told, Assign(masked(node.mask), at, Const(action == "disable")))
        return self.free(self.step("mask", span, Block(ops, Goto(after))), span)

    def verb(self, node: m.Verb, after: int) -> int:
        if node.verb in BARRIERS:
            self.common.barriers.setdefault(node.span)
            return self.barrier(node, after)
        block = Block((Note("call", node.span, text=f"{node.verb}()"),), Goto(after))
        guard: Expr = TRUE
        claims: tuple[Claim, ...] = ()
        if node.timed:
            block = self.passing(block, node.span)
        if node.verb == "schedule":
            if self.common.sleepers and not node.timed:
                guard = Apply("not", (Read(SLEEPY, (SELF,)),))
            claims = self.no_spinning(node.span, "`schedule()` sleeps")
        elif node.verb == "cond_resched":
            claims = self.no_spinning(node.span, "`cond_resched()` may schedule")
        elif node.verb == "might_sleep":
            claims = self.may_sleep(node.span, "this may sleep")
        test = node.awaited if self.site is None else self.site.condition
        lasts = node.verb == "schedule" and not node.timed and test is not None
        awaited = self.in_one_state(test) if lasts and test is not None else None
        if node.verb == "schedule" and self.seen is not None:
            full = self.seen.full("schedule", self.seen.settled(goto(after)))
            block = Block((*block.ops, *full.ops), full.end)
        kind = _PAUSES[node.verb]
        return self.free(self.step(kind, node.span, block, guard, None, claims, awaited), node.span)

    def barrier(self, node: m.Verb, after: int) -> int:
        """A barrier: nothing, but a step of its own where memory is weak."""
        if self.seen is None:
            return after
        match node.verb:
            case "smp_wmb":
                changed = self.seen.changed_by_store_order()
                block = Block(self.seen.stores_ordered(), Goto(after))
            case "smp_rmb":
                changed = self.seen.changed_by_load_order()
                settled = self.seen.settled(goto(after))
                block = Block((*self.seen.ordered(), *settled.ops), settled.end)
            case "smp_mb__after_unlock_lock":
                changed = self.seen.changed_by_handed_fence()
                block = self.seen.handed_fence(numbered(node.span), self.seen.settled(goto(after)))
            case "smp_mb" | "smp_mb__before_atomic" | "smp_mb__after_atomic" | "smp_mb__after_spinlock":
                # Where these stand, directly beside what they are about, is refused otherwise.
                changed = self.seen.changed_by_full()
                block = self.seen.full(numbered(node.span), self.seen.settled(goto(after)))
            case other:
                raise AssertionError(f"{other} has no rule under weak memory")
        note = Note("barrier", node.span, value=changed, text=f"{node.verb}()")
        return self.free(self.step("barrier", node.span, Block((note, *block.ops), block.end)), node.span)

    # -- what is one step as a whole, under weak memory

    def whole_begins(self) -> tuple[Op, ...]:
        """All `atomic` blocks and `await`s are as under one lock."""
        return () if self.seen is None else self.seen.taken((Read(ATOMIC),))

    def whole_ends(self, then: Block) -> Block:
        if self.seen is None:
            return then
        settled = self.seen.settled(then)
        return Block((*self.seen.given(Read(ATOMIC), fenced=True), *settled.ops), settled.end)

    def in_one_state(self, test: m.Condition) -> Expr | None:
        """Whether a condition has a value in a state, and is true; None where it does more than look."""
        before, self.atomic = self.atomic, True
        # What is only asked about one state leaves no trace in memory.
        seen, self.seen = self.seen, None
        surroundings = self.frames, self.calls, self.site, dict(self.bases)
        reachable = dict(self.common.reachable)
        try:
            if not isinstance(test, m.Action):
                return conjunction(*(o.condition for o in self.obligations(test)), self.ir(test))
            yes = self.flow.add(LastNode(test.span, (), False))
            no = self.flow.add(LastNode(test.span, (), False))
            return worth(self.flow, self.tested(test, goto(yes), goto(no)), yes, no, frozenset(self.locals))
        except Unsupported:
            # It cannot be part of one step, and need not be.
            return None
        finally:
            self.atomic, self.seen = before, seen
            self.frames, self.calls, self.site, self.bases = surroundings
            # Nothing comes along here: a policy may never evaluate its condition.
            self.common.reachable.clear()
            self.common.reachable.update(reachable)

    def no_spinning(self, span: Span, why: str) -> tuple[Claim, ...]:
        claims: tuple[Claim, ...] = ()
        if self.common.no_spinning != TRUE:
            message = f"{why}, and a spinning lock is held"
            claims += (Claim("sleep_in_atomic", self.common.no_spinning, span, message, self.calls),)
        if self.common.rcu:
            outside = Apply("not", (Domain(RCU).inside,))
            message = f"{why}, and the task is in an RCU read section"
            claims += (Claim("sleep_in_atomic", outside, span, message, self.calls),)
        if self.interrupts is not None:
            message = f"{why}, and a handler never sleeps"
            claims += (Claim("sleep_in_atomic", FALSE, span, message, self.calls),)
        for level in self.common.masks:
            message = f"{why}, and {MASKED[level]} are off"
            claims += (Claim("sleep_in_atomic", self.left_unmasked(level), span, message, self.calls),)
        if self.common.preempt:
            message = f"{why}, and preemption is off"
            claims += (Claim("sleep_in_atomic", PREEMPTIBLE, span, message, self.calls),)
        return claims

    def may_sleep(self, span: Span, why: str) -> tuple[Claim, ...]:
        claims = self.no_spinning(span, why)
        if self.common.sleepers:
            awake = Apply("not", (Read(SLEEPY, (SELF,)),))
            message = f"{why}, and would reset the state that `prepare_to_wait` has set"
            claims += (Claim("sleep_in_atomic", awake, span, message, self.calls),)
        return claims
