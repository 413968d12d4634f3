"""Lowering waits: sites with their policies, `await`, tasks that wake, stop and interrupt each other; works,
timers and handlers."""

from __future__ import annotations

from ...dsl.model import model as m
from ...dsl.model import sorts as s
from ...dsl.source import Span
from ..program.kinds import StepKind
from ..program.levels import MASKS, UNPREEMPTED, above, called, caller, cpu, masked, quiet, running, turn
from ..program.program import (
    FALSE,
    GONE,
    NONE,
    SELF,
    SLEEPY,
    STOP,
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
    Read,
    Test,
    Where,
    conjunction,
    goto,
    implication,
    negation,
)
from .assignments import Called, Use
from .flow import StepNode
from .locks.locks import EMPTY, LockPlace, QueuePlace, before_others
from .operations import Operations
from .values.read_notes import read_notes


class Waiting(Operations):
    """Lowers waits and handlers; `Statements` has the rest."""

    # -- sites

    def waiting(self, node: m.Wait, after: int) -> int:
        """A waiting site: the policy in force stands in its place."""
        if node.timeout:
            site = m.WaitInTime(node.condition, node.queue, node.span, node.policy)
            return self.free(self.wait_in_time(site, lambda _: goto(after), node), node.span)
        policy = node.policy or self.policy_in_force
        assert policy is not None, "a waiting site needs a policy"
        return self.policy(policy, node, node.span, after)

    def wait_in_time(self, node: m.WaitInTime, k: Use, site: m.Wait | None = None) -> Block:
        """A site whose time may be up wherever it lets time pass, and goes on in vain then; the outcome is
        whether the condition was found to hold, if only in a last look."""
        name = self.hidden(self.process_name, f"late{self.times}", s.BOOL)
        policy = node.policy or self.policy_in_force
        assert policy is not None, "a waiting site needs a policy"
        in_time, in_vain = reset_to_false(k(TRUE), name), reset_to_false(k(FALSE), name)
        after = self.free(Block((), Test(Read(name, (SELF,)), in_vain, in_time)), node.span)
        site = site or m.Wait(node.condition, node.queue, None, "write", node.policy, node.span)
        outer, self.late = self.late, name
        self.times += 1
        entry = self.policy(policy, site, node.span, after, timed=True)
        self.times -= 1
        self.late = outer
        return goto(entry)

    def policy(self, name: str, site: m.Wait, call: Span, after: int, *, timed: bool = False) -> int:
        """The body of a policy for a site: `cond` and `wq` are the site's, and the lock that it holds
        is dropped where the policy lets time pass."""

        def settle(node: object) -> object:
            match node:
                case m.Look(span=span) if timed:
                    return m.InTime(site.condition, span)
                case m.Look() | m.SiteCondition():
                    return site.condition
                case m.Place(root=m.SiteQueue()):
                    return site.queue
                case m.Verb(
                    verb="cpu_relax" | "cond_resched" | "schedule" as verb, span=span, timed=False
                ) if timed or site.lock is not None:
                    passing = m.Verb(verb, span, None, timed)
                    if site.lock is None:
                        return passing
                    drop = m.LockAction("release", site.lock, site.mode, span)
                    retake = m.LockAction("acquire", site.lock, site.mode, span)
                    return (drop, passing, retake)
                case _:
                    return node

        body = m.rewritten(self.model.policy(name).body, settle)
        outer = (self.frames, self.calls, self.site, self.late)
        self.frames = [*self.frames, Called(after, None)]
        self.calls = (*self.calls, call)
        self.site = site
        self.late = self.late if timed else None
        entry = self.body(body, after)  # type: ignore[arg-type]
        self.frames, self.calls, self.site, self.late = outer
        return entry

    def delegated(self, node: m.Delegate, after: int) -> int:
        """`wait OTHER` in a policy."""
        assert self.site is not None
        return self.policy(node.policy, self.site, node.span, after, timed=self.late is not None)

    def looked_in_time(self, node: m.InTime, yes: Block, no: Block) -> Block:
        """The condition of a site, or else whether its time is up; a condition that holds is never late."""
        assert self.late is not None
        name = self.late
        holds = self.free(Block((Assign(name, (SELF,), FALSE), *yes.ops), yes.end), node.span)
        over = self.free(Block((), Test(Read(name, (SELF,)), yes, no)), node.span)
        return self.tested(node.condition, goto(holds), goto(over))

    def passing(self, block: Block, span: Span) -> Block:
        """A step of a policy in which the time of its site may be up; who sleeps is woken by that."""
        assert self.late is not None
        up = (Note("call", span, text="time is up"), Assign(self.late, (SELF,), TRUE))
        over = Block((*up, *block.ops), block.end)
        both = Block((), Fork((block, over)))
        if not self.common.sleepers:
            return both
        woken = Block((*up, Assign(SLEEPY, (SELF,), FALSE), *block.ops), block.end)
        return Block((), Test(Read(SLEEPY, (SELF,)), woken, both))

    # -- await

    def wait(self, node: m.Await, after: int) -> int:
        before, self.atomic = self.atomic, True
        obligations = self.obligations(node.condition)
        guard = implication(conjunction(*(o.condition for o in obligations)), self.ir(node.condition))
        seen = (Note("call", node.span, text="await"), *read_notes(self, node.condition))
        alone = before is False
        held = self.checked(obligations, self.whole_ends(goto(after)) if alone else goto(after))
        block = Block((*seen, *self.whole_begins(), *self.newest(node.condition), *held.ops), held.end)
        self.atomic = False
        claims = self.may_sleep(node.span, "`await` may sleep")
        code = self.step("await", node.span, block, guard, None, claims)
        self.atomic = before
        return self.free(code, node.span)

    # -- tasks

    def set_state(self, node: m.SetState, after: int) -> int:
        text = "is to sleep" if node.asleep else "is to run"
        ops = (Note("call", node.span, text=text), Assign(SLEEPY, (SELF,), Const(node.asleep)))
        return self.free(self.step("queue", node.span, Block(ops, Goto(after))), node.span)

    def of_task(self, task: m.TaskOf, block: Block) -> Block:
        """What is done to a task, whose index reads nothing that is shared."""
        return self.checked(self.obligations(task), block)

    def wake_task(self, node: m.WakeTask, after: int) -> int:
        """Two steps where the task is to stop: it is told so, and woken."""
        task = self.ir(node.task)
        asleep = Read(SLEEPY, (task,))
        ops: tuple[Op, ...] = (
            Note("wake", node.span, value=Apply("set", (task,)), when=asleep),
            Note("call", node.span, text="finds it awake", when=negation(asleep)),
            Assign(SLEEPY, (task,), FALSE),
        )
        wake = self.of_task(node.task, self.step("queue", node.span, Block(ops, Goto(after))))
        if not node.stop:
            return self.free(wake, node.span)
        told = (Note("call", node.span, text="kthread_stop()"), Assign(STOP, (task,), TRUE))
        tell = Block(told, Goto(self.free(wake, node.span)))
        return self.free(self.of_task(node.task, self.step("store", node.span, tell)), node.span)

    def join(self, node: m.Join, after: int) -> int:
        """Waits, asleep, until a task has ended."""
        guard = Read(GONE, (self.ir(node.task),))
        claims = self.may_sleep(node.span, "waiting for a task to end may sleep")
        block = Block((Note("call", node.span, text="has waited for its end"),), Goto(after))
        return self.free(self.step("await", node.span, block, guard, None, claims), node.span)

    def should_stop(self, node: m.ShouldStop, k: Use) -> Block:
        told = Read(STOP, (SELF,))
        rest = k(told)
        notes = (
            Note("asked", node.span, text="is to stop", when=told),
            Note("asked", node.span, text="need not stop", when=negation(told)),
        )
        return self.step("load", node.span, Block((*notes, *rest.ops), rest.end))

    # -- works and timers

    def serve(self, node: m.Serve) -> int:
        """Two steps around the body: the first, which may have to wait, takes the request; the last says that
        it is done.

        While the body of a timer is run its lock is held, as by a handler that is not to be interrupted.  Who
        flushes a work waits on one queue until the run that was asked for begins, then on another.
        """
        read, where = self.direct(node.place)

        def part(name: str) -> Read:
            return Read(f"{read.variable}.{name}", read.indices)

        def put(name: str, value: Expr) -> Assign:
            return Assign(f"{read.variable}.{name}", read.indices, value)

        begins: list[Op] = [Note("call", node.span, text="starts to run"), put("pending", Const(False))]
        ends: list[Op] = [Note("call", node.span, text="has run")]
        gives = None
        number, back = self.back(node.span)
        number = self.free(Block((Note("round", node.span),), Goto(number)), node.span)
        done = Block((), Goto(number))
        if node.kind == "timer":
            at = Where((*where.parts, ".running"))
            lock = LockPlace(f"{read.variable}.running", read.indices, s.Lock("spinlock"), at, False)
            begins.append(lock.take("write"))
            ends.append(lock.give_back("write"))
            gives = lock.use("release", "write")
        else:
            begins.append(put("running", Const(True)))
            ends.append(put("running", Const(False)))
            if self.common.sleepers:
                before, during = part("flush_pending.waiters"), part("flush_running.waiters")
                begins += [
                    put("flush_running.waiters", Apply("|", (during, before))),
                    put("flush_pending.waiters", EMPTY),
                ]
                queue = QueuePlace(
                    part("flush_running").variable, read.indices, Where((*where.parts, ".flush_running"))
                )
                done = queue.act("wake_up", node.span, done)
        kind: StepKind = "lock" if gives else "queue"
        last = StepNode(kind, node.span, Const(True), Block((*ends, *done.ops), done.end), gives, self.calls)
        finish = self.flow.add(last)
        self.frames = [*self.frames, Called(finish, None)]
        inside = self.body(node.body, finish)
        self.frames = self.frames[:-1]
        first = StepNode(
            "await",
            node.span,
            part("pending"),
            Block(tuple(begins), Goto(inside)),
            None,
            self.calls,
            idle=True,
        )
        back.next = self.flow.add(first)
        return back.next

    # -- handlers

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
            candidates: Expr = callers
            if process.name in self.common.turns:
                first = Read(turn(process.name), (SELF,))
                candidates = before_others(first, callers)
                rest = Apply("minus", (candidates, Apply("set", (one,))))
                taken += (Assign(first.variable, (SELF,), rest),)
            begun = Block((), Pick("by", candidates, Block((*taken, *arrived), Goto(entry))))
            guard = conjunction(guard, Apply("!=", (callers, EMPTY)))
        self.flow.nodes[arrival] = StepNode("arrive", span, guard, begun, None, (), idle=True)
        return arrival, self.end

    def call_on(self, node: m.CallOn, after: int) -> int:
        """The request, which waits as long as an earlier one has not been taken; where the caller waits, it
        spins until the handler has run for it."""
        handler, span = self.ir(node.task), node.span
        calls = Read(called(node.task.process), (handler,))
        pending = Apply("in", (SELF, calls))
        asked: tuple[Op, ...] = (
            Note("ipi", span, value=handler),
            Assign(calls.variable, calls.indices, Apply("|", (calls, Apply("set", (SELF,))))),
        )
        if node.waits:
            served = Apply("==", (Read(caller(node.task.process), (handler,)), SELF))
            over = Apply("not", (Apply("or", (pending, served)),))
            done = Block((Note("call", span, text="the handler has run"),), Goto(after))
            after = self.free(self.step("queue", span, done, over), span)
        block = self.step("queue", span, Block(asked, Goto(after)), Apply("not", (pending,)))
        return self.free(self.of_task(node.task, block), span)


def reset_to_false(block: Block, name: str) -> Block:
    """The block, after it is forgotten that a time was up."""
    return Block((Assign(name, (SELF,), FALSE), *block.ops), block.end)
