"""Lowering statements, from the last to the first, each knowing the node that follows it.

Jumps out of loops, locks and calls are chains of nodes like any other.
"""

from __future__ import annotations

from collections.abc import Callable

from ...dsl.model import model as m
from ...dsl.model import sorts as s
from ...dsl.model.fold import truth_of
from ...dsl.source import BUILT_IN, Span
from ..program.kinds import MarkKind
from ..program.levels import (
    MASKS,
    PREEMPTIBLE,
    UNPREEMPTED,
    above,
    called,
    caller,
    cpu,
    masked,
    quiet,
    running,
)
from ..program.program import (
    FALSE,
    GONE,
    NONE,
    SELF,
    TRUE,
    Apply,
    Assign,
    Block,
    BoundName,
    Claim,
    Const,
    Expr,
    Fork,
    Goto,
    Interrupts,
    Note,
    Op,
    Pick,
    Reach,
    Reachable,
    Read,
    Test,
    Where,
    conjunction,
    goto,
    implication,
)
from .assignments import Called, Held, Inside, Loop, Whole
from .endless import endless
from .flow import LastNode, MarkNode, StepNode
from .locks.locks import EMPTY
from .operations import MASKED
from .values.expressions import Expressions
from .values.parts import part_of
from .waiting import Waiting


class Statements(Waiting):
    """Lowers one process."""

    # -- blocks of statements

    def body(self, statements: tuple[m.Statement, ...], after: int) -> int:
        for statement in reversed(statements):
            after = self.statement(statement, after)
        return after

    def statement(self, node: m.Statement, after: int) -> int:
        self.temporaries = 0
        match node:
            case m.Declare(variable=variable, value=None):
                name = self.local(variable)
                value = Const(s.initial(variable.sort))
                return self.free(Block((Assign(name, (SELF,), value),), Goto(after)), node.span)
            case m.Declare(variable=variable, value=value):
                assert value is not None
                return self.free(self.set_local(variable, value, node.span, after), node.span)
            case m.Store(place=place, value=value):
                if isinstance(place.root, m.LocalVariable):
                    stored = self.set_local(place.root, value, node.span, after, place.part)
                    return self.free(stored, node.span)
                if place.root.sort and isinstance(place.root, m.SharedVariable) and place.root.ghost:
                    assert not isinstance(value, m.Take | m.Action)
                    return self.free(self.set_ghost(place, value, node.span, after), node.span)
                if node.order == "full":
                    after = self.verb(m.Verb("smp_mb", node.span), after)
                stored = self.store(place, value, node.span, after, release=node.order == "release")
                return self.free(stored, node.span)
            case m.Update(place=place, total=total):
                return self.free(self.update(place, total, node.span, after), node.span)
            case m.Bump(counter=counter):
                return self.free(self.bump(counter, node.span, after), node.span)
            case m.Do(action=m.Modify() as action):
                return self.free(self.modify(action, lambda _: goto(after), used=False), node.span)
            case m.Do(action=action):
                return self.free(self.act(action, lambda _: goto(after)), node.span)
            case m.Free():
                return self.freed(node, after)
            case m.Reclaim():
                return self.reclaim(node, after)
            case m.LockAction():
                return self.lock_action(node, after)
            case m.QueueAction():
                return self.queue_action(node, after)
            case m.RcuAction():
                return self.rcu_action(node, after)
            case m.MaskAction():
                return self.mask_action(node, after)
            case m.Verb():
                return self.verb(node, after)
            case m.SetState():
                return self.set_state(node, after)
            case m.WakeTask():
                return self.wake_task(node, after)
            case m.CallOn():
                return self.call_on(node, after)
            case m.Join():
                return self.join(node, after)
            case m.Assert() if self.atomic:
                return self.assert_in_step(node, after)
            case m.Assert():
                return self.flow.add(MarkNode(after, node.span, claim=self.claims(node)))
            case m.Await():
                return self.wait(node, after)
            case m.Label(owner=owner, name=name):
                return self.label(owner, name, node.span, after)
            case m.Region():
                return self.region(node, after)
            case m.Goto():
                return self.gone(node)
            case m.Return():
                return self.returned(node)
            case m.Break():
                return self.unwound(lambda frame: isinstance(frame, Loop), lambda loop: loop.leave)
            case m.Continue():
                return self.unwound(lambda frame: isinstance(frame, Loop), lambda loop: loop.again)
            case m.If():
                return self.choice(node, after)
            case m.While():
                return self.loop(node, after)
            case m.For():
                return self.counted(node, after)
            case m.With():
                return self.held(node, after)
            case m.Either():
                options = tuple(
                    goto(self.marked(self.body(part, after), span, "branch", "alternative"))
                    for span, part in node.alternatives
                )
                return self.free(Block((), Fork(options)), node.span)
            case m.Atomic():
                return self.atomic_block(node, after)
            case m.Wait():
                return self.waiting(node, after)
            case m.Serve():
                return self.serve(node)
            case m.Delegate():
                return self.delegated(node, after)

    # -- labels

    def label(self, owner: str, name: str, span: Span, after: int) -> int:
        reach = self.reach(span, "label", name)
        number = self.flow.add(MarkNode(after, span, (owner, name), reach=reach))
        # What stands above it is lowered later, and may jump here.
        self.landings[owner, name] = number, len(self.frames)
        return number

    def region(self, node: m.Region, after: int) -> int:
        """All that is lowered for the block stands in the region, what it calls and waits for included."""
        outer, own = self.flow.regions, (node.owner, node.name)
        self.flow.regions = (*outer, own)
        self.frames = [*self.frames, Inside(own)]
        inside = self.body(node.body, after)
        self.frames = self.frames[:-1]
        self.flow.regions = outer
        return self.label(node.owner, node.name, node.span, inside)

    # -- returning

    def unwound(self, stops: Callable[[object], bool], target: Callable[..., int]) -> int:
        """The way out of the innermost frame that `stops`, releasing what is held on the way."""
        position = max(i for i, frame in enumerate(self.frames) if stops(frame))
        number = target(self.frames[position])
        return self.left_behind(position + 1, number)

    def gone(self, node: m.Goto) -> int:
        """The way to a label below, releasing what is held on the way."""
        number, depth = self.landings[node.owner, node.name]
        return self.left_behind(depth, number)

    def left_behind(self, depth: int, after: int) -> int:
        """The way out of all frames but the first `depth`, to `after`; what is done on it for a frame stands
        in the regions around that frame."""
        here = self.flow.regions
        self.flow.regions = tuple(f.region for f in self.frames[:depth] if isinstance(f, Inside))
        for frame in self.frames[depth:]:
            after = self.leaving(frame, after)
            if isinstance(frame, Inside):
                self.flow.regions = (*self.flow.regions, frame.region)
        self.flow.regions = here
        return after

    def leaving(self, frame: object, after: int) -> int:
        """The way out of a frame, to `after`."""
        match frame:
            case Held():
                return self.leave(frame, after)
            case Whole(span=span):
                return self.left(span, after)
            case _:
                return after

    def returned(self, node: m.Return) -> int:
        called = [frame for frame in self.frames if isinstance(frame, Called)]
        if not called:
            end = self.left_behind(0, self.end)
            return self.free(Block((Note("end", node.span),), Goto(end)), node.span)
        result = called[-1].result
        out = self.unwound(lambda frame: frame is called[-1], lambda frame: frame.after)
        if node.value is None or result is None:
            return out
        return self.free(
            self.source(node.value, lambda x: Block((Assign(result, (SELF,), x),), Goto(out))), node.span
        )

    # -- control

    def reach(self, span: Span, kind: MarkKind, text: str) -> int:
        known = self.common.reachable
        entry = known.setdefault((span, text), Reachable(len(known), kind, span, text))
        return entry.number

    def marked(self, target: int, span: Span, kind: MarkKind, text: str) -> int:
        """`target`, entered through a branch whose reachability is watched (not in built-in texts)."""
        if span.path in BUILT_IN:
            return target
        return self.free(Block((Reach(self.reach(span, kind, text)),), Goto(target)), span)

    def choice(self, node: m.If, after: int) -> int:
        truth = truth_of(node.condition)
        if truth is not None:
            return self.body(node.body if truth else node.orelse, after)
        # A hook that says the same always is for variants to change, as a constant is.
        hook = self.hooked(node.condition)
        yes = self.body(node.body, after)
        if not hook:
            yes = self.marked(yes, node.span, "branch", "then")
        no = self.body(node.orelse, after)
        if node.else_span is not None and not hook:
            no = self.marked(no, node.else_span, "branch", "else")
        self.temporaries = 0
        return self.free(self.tested(node.condition, goto(yes), goto(no)), node.span)

    def hooked(self, condition: m.Condition) -> bool:
        """Whether a condition is a call of a `def` that does nothing but return a constant."""
        if not isinstance(condition, m.Invoke):
            return False
        match self.model.function(condition.function).body:
            case (m.Return(value=value),):
                return isinstance(value, m.Literal)
            case _:
                return False

    def loop(self, node: m.While, after: int) -> int:
        truth = truth_of(node.condition)
        if truth is False:
            return after
        number, back = self.back(node.span)
        if endless(node) and not any(isinstance(frame, Loop) for frame in self.frames):
            number = self.free(Block((Note("round", node.span),), Goto(number)), node.span)
        self.frames = [*self.frames, Loop(after, number)]
        inside = self.body(node.body, number)
        self.frames = self.frames[:-1]
        self.temporaries = 0
        if truth is True:
            back.next = inside
            return inside
        inside = self.marked(inside, node.span, "branch", "body")
        head = self.free(self.tested(node.condition, goto(inside), goto(after)), node.span)
        back.next = head
        return head

    def counted(self, node: m.For, after: int) -> int:
        name = self.local(node.variable)

        def start(value: s.Value, entry: int) -> int:
            return self.free(Block((Assign(name, (SELF,), Const(value)),), Goto(entry)), node.span)

        if self.atomic or len(node.values) <= 1:
            entry = after
            for value in reversed(node.values):
                self.frames = [*self.frames, Loop(after, entry)]
                inside = self.body(node.body, entry)
                self.frames = self.frames[:-1]
                entry = start(value, inside)
            return entry
        number, back = self.back(node.span)
        x = Read(name, (SELF,))
        following = Const(node.values[-1])
        for this, then in reversed(tuple(zip(node.values[:-1], node.values[1:], strict=True))):
            following = Apply("if", (Apply("==", (x, Const(this))), Const(then), following))  # type: ignore[assignment]
        if all(isinstance(value, int) and not isinstance(value, bool) for value in node.values):
            following = Apply("+", (x, Const(1)))  # type: ignore[assignment]
        advance = Block((Assign(name, (SELF,), following),), Goto(number))
        again = self.free(
            Block((), Test(Apply("==", (x, Const(node.values[-1]))), goto(after), advance)), node.span
        )
        self.frames = [*self.frames, Loop(after, again)]
        back.next = self.body(node.body, again)
        self.frames = self.frames[:-1]
        return start(node.values[0], back.next)

    def atomic_block(self, node: m.Atomic, after: int) -> int:
        before, self.atomic = self.atomic, True
        if before:
            # In a `def` that is called in `atomic`: part of that step.
            return self.body(node.body, after)
        first = node.body[0] if node.body else None
        # The first operation may block and is the step itself; the rest runs with it.
        blocks = isinstance(first, m.With | m.Await) or (
            isinstance(first, m.LockAction) and first.action == "acquire"
        )
        outer, self.first_in_whole = self.first_in_whole, first.span if first and blocks else None
        self.frames = [*self.frames, Whole(node.span)]
        inside = self.body(node.body, self.left(node.span, after))
        self.frames = self.frames[:-1]
        self.atomic, self.first_in_whole = before, outer
        if blocks:
            return inside
        inside = (
            inside if self.seen is None else self.free(Block(self.whole_begins(), Goto(inside)), node.span)
        )
        return self.free(self.step("atomic", node.span, goto(inside)), node.span)

    def left(self, span: Span, after: int) -> int:
        """The way out of an `atomic` block."""
        if self.seen is None:
            return after
        before, self.atomic = self.atomic, True
        number = self.free(self.whole_ends(goto(after)), span)
        self.atomic = before
        return number

    def assert_in_step(self, node: m.Assert, after: int) -> int:
        """Within `atomic` an assertion is tested in its place; the task goes on, and the control point
        that it comes to says that it failed."""
        for claim in reversed(self.claims(node)):
            message = claim.message or "it does not hold in the middle of this step"
            failed = Claim(claim.property, FALSE, claim.span, message, claim.calls)
            marked = self.flow.add(MarkNode(after, node.span, claim=(failed,)))
            seen = Block(self.read_by(node.condition, node.span), Goto(marked))
            after = self.free(Block((), Test(claim.condition, goto(after), seen)), node.span)
        return after

    def read_by(self, e: m.Expr, span: Span) -> tuple[Note, ...]:
        """The places that an expression reads, for a trace, with what they hold in the step at hand.  What
        depends on the variable of a quantifier is left out, and what is not there."""
        notes: dict[tuple[Read, Where], Note] = {}
        for node in m.walk(e):
            if isinstance(node, m.Load) and s.is_plain(node.sort):
                if not any(isinstance(part, m.BoundUse) for part in m.walk(node)):
                    read, where = self.direct(node.place)
                    there = conjunction(*(o.condition for o in self.obligations(node)))
                    value = part_of(read, node.place.part)
                    notes.setdefault((read, where), Note("read", span, where, value=value, when=there))
        return tuple(notes.values())

    def claims(self, node: m.Assert) -> tuple[Claim, ...]:
        before, self.atomic = self.atomic, True
        claims = claims_of(self, node.text, node.condition, node.span)
        self.atomic = before
        return claims

    def run(self) -> tuple[int, int]:
        """Lowers the process; the numbers of its first and last node."""
        assert self.process is not None
        claims: tuple[Claim, ...] = ()
        if self.common.nothing_held != TRUE:
            message = "the task ends and still holds a lock"
            claims = (Claim("ends_holding", self.common.nothing_held, self.process.span, message),)
        if self.common.no_section != TRUE:
            message = "the task ends within a read section"
            claims += (Claim("ends_holding", self.common.no_section, self.process.span, message),)
        if self.common.preempt:
            message = "the task ends with preemption off"
            claims += (Claim("ends_holding", PREEMPTIBLE, self.process.span, message),)
        if self.interrupts is not None:
            return self.handler(self.process, self.interrupts, claims)
        for level in self.common.masks:
            message = f"the task ends with {MASKED[level]} off"
            claims += (Claim("ends_holding", self.left_unmasked(level), self.process.span, message),)
        self.end = self.flow.add(LastNode(self.process.span, claims, False))
        if self.process.name in self.common.joined:
            gone = (Note("call", self.process.span, text="exits"), Assign(GONE, (SELF,), TRUE))
            self.end = self.flow.add(
                StepNode("store", self.process.span, TRUE, Block(gone, Goto(self.end)), None, ())
            )
        return self.body(self.process.body, self.end), self.end

    def handler(
        self, process: m.Process, interrupts: Interrupts, claims: tuple[Claim, ...]
    ) -> tuple[int, int]:
        """Lowers a handler, which arrives, runs, returns, and may arrive again."""
        at, span = cpu(interrupts), process.span
        level = interrupts.level
        # It arrives where its level, and those above, are quiet and not masked.
        levels = (level, *above(process.name, interrupts, self.common.handlers))
        masks = MASKS[MASKS.index(level) :] if level in MASKS else ()
        guard = conjunction(
            quiet(levels, at), *(self.unmasked(mask) for mask in masks if mask in self.common.masks)
        )
        arrival = self.flow.add(StepNode("arrive", span, guard, goto(0), None, ()))
        # What it has masked itself is as before when it returns.
        restored = tuple(
            Assign(masked(mask), (at,), Const(False if mask == "interrupt" else 0))
            for mask in masks
            if mask in self.common.masks
        )
        served = interrupts.called and process.name in self.common.awaited
        idle: tuple[Op, ...] = (
            *((Assign(caller(process.name), (SELF,), NONE),) if served else ()),
            Assign(running(level), (at,), NONE),
            *restored,
            *((Assign(UNPREEMPTED, (SELF,), Const(0)),) if self.common.preempt else ()),
            Note("return", span, value=at),
        )
        self.end = self.flow.add(StepNode("return", span, TRUE, Block(idle, Goto(arrival)), None, (), claims))
        entry = self.body(process.body, self.end)
        arrived = (Assign(running(level), (at,), SELF), Note("arrive", span, value=at))
        begun = Block(arrived, Goto(entry))
        if interrupts.called:
            # Any of those who have called it, one at a time.
            callers, one = Read(called(process.name), (SELF,)), BoundName("by")
            left = Apply("minus", (callers, Apply("set", (one,))))
            taken: tuple[Op, ...] = (Assign(callers.variable, (SELF,), left),)
            if process.name in self.common.awaited:
                taken += (Assign(caller(process.name), (SELF,), one),)
            begun = Block((), Pick("by", callers, Block((*taken, *arrived), Goto(entry))))
            guard = conjunction(guard, Apply("!=", (callers, EMPTY)))
        self.flow.nodes[arrival] = StepNode("arrive", span, guard, begun, None, (), idle=True)
        return arrival, self.end


def claims_of(scope: Expressions, property: str, e: m.Expr, span: Span) -> tuple[Claim, ...]:
    """That `e` holds, and that it has a value at all; each where those before it are met."""
    claims: list[Claim] = []
    needed: Expr = TRUE
    for o in scope.obligations(e):
        claims.append(Claim(o.property, implication(needed, o.condition), o.span, o.message, scope.calls))
        needed = conjunction(needed, o.condition)
    return (*claims, Claim(property, implication(needed, scope.ir(e)), span, calls=scope.calls))
