"""Lowering works and timers: tasks that run their body once each time that somebody asks for it."""

from __future__ import annotations

from ...dsl.model import model as m
from ...dsl.model import sorts as s
from ..program.program import Apply, Assign, Block, Const, Expr, Goto, Note, Op, Read, Where
from .assignments import Called
from .flow import StepNode
from .locks import EMPTY, LockPlace, QueuePlace
from .operations import Operations


class Serving(Operations):
    """Lowers the loop around the body of a work or timer; `Statements` has the body."""

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
        kind = "lock" if gives else "queue"
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
