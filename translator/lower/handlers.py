"""Lowering handlers, and what calls them from another CPU.

`docs/semantics.md` has the rules.
"""

from __future__ import annotations

from abc import ABC

from ...dsl.model import model as m
from ..program.levels import MASKS, UNPREEMPTED, above, called, caller, cpu, masked, quiet, running
from ..program.program import (
    NONE,
    SELF,
    TRUE,
    Apply,
    Assign,
    Block,
    BoundName,
    Claim,
    Const,
    Goto,
    Interrupts,
    Note,
    Op,
    Pick,
    Read,
    conjunction,
    goto,
)
from .flow import StepNode
from .locks.locks import EMPTY
from .waiting import Waiting


class Handlers(Waiting, ABC):
    """Lowers a handler, and `smp_call_function_single`."""

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
