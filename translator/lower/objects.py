"""Lowering how objects go: at once, or after a grace period of RCU, for which a task of its own waits.

`docs/semantics.md` has the rules.
"""

from __future__ import annotations

from abc import ABC
from dataclasses import replace

from ...dsl.model import model as m
from ...dsl.model import sorts as s
from ...dsl.source import Span
from ..program.program import (
    FALSE,
    NONE,
    SELF,
    TRUE,
    Apply,
    Assign,
    Block,
    BoundName,
    Claim,
    Expr,
    Fill,
    Goto,
    Note,
    Op,
    Pick,
    Read,
    Test,
    conjunction,
)
from .actions import Actions
from .flow import StepNode
from .locks.locks import (
    EMPTY,
    FREED,
    IN_USE,
    awaited_name,
    barrier_name,
    before_others,
    emptied,
    fields,
    leaving_name,
    members,
    nobody_holds,
    over,
    slot_of,
    state_name,
    state_of,
    those_leaving,
    turn_name,
)
from .locks.rcu import RCU, Domain
from .values.direct import Obligation


def with_reclaimers(model: m.Model) -> m.Model:
    """The model with a daemon for each class of which objects are freed after a grace period."""
    bodies = [part.body for group in (model.processes, model.functions, model.policies) for part in group]
    nodes = (node for body in bodies for node in m.walk(body))
    first: dict[str, m.Free] = {}
    for node in nodes:
        if isinstance(node, m.Free) and node.deferred:
            first.setdefault(node.pool.name, node)
    taken = {part.name for group in (model.processes, model.variables) for part in group}
    made: list[m.Process] = []
    for node in first.values():
        name = f"kfree_rcu_{node.pool.name}"
        while name in taken:
            name += "_"
        # Each step has to lead to another point, so there are two.
        turn = (m.Reclaim(node.pool, node.span),) * 2
        body = (m.While(m.Literal(True, s.BOOL, node.span), turn, node.span),)
        made.append(m.Process(name, 1, True, False, body, node.span, indexed=False))
    return replace(model, processes=(*model.processes, *made))


class Objects(Actions, ABC):
    """Lowers `kfree`, `kfree_rcu`, and what frees later."""

    @property
    def plain_rcu(self) -> Domain:
        """Plain RCU, with whom the objects wait for that leave."""
        return Domain(RCU, leaving=tuple(awaited_name(self.pools[name]) for name in self.common.leaving))

    def freed(self, node: m.Free, after: int) -> int:
        """One step: the object is freed, or will be."""
        pool, span = node.pool, node.span

        def use(x: Expr) -> Block:
            slot = slot_of(x, s.bare(node.reference.sort))
            there: Expr = Apply("==", (state_of(pool, slot), IN_USE))
            if pool.name in self.common.leaving:
                there = Apply("and", (there, Apply("not", (Read(leaving_name(pool), (slot,)),))))
            twice = (Note("twice", span, value=x),)
            in_use = Obligation(there, "double_free", span, "the object is not allocated", twice)
            if node.deferred:
                block = Block(self._leaves(pool, x, slot, span), Goto(after))
            else:
                block = self._goes(pool, x, slot, span, Block((), Goto(after)))
            done = self.checked((in_use,), block)
            if isinstance(node.reference.sort, s.Optional):
                none = Block((Note("call", span, text="frees nothing"),), Goto(after))
                done = Block((), Test(Apply("==", (x, NONE)), none, done))
            return self.step("free", span, done)

        return self.free(self.value(node.reference, use), span)

    def _leaves(self, pool: m.SharedVariable, x: Expr, slot: Expr, span: Span) -> tuple[Op, ...]:
        readers: Expr = Domain(RCU).readers if self.common.rcu else EMPTY
        return (
            Note("leaving", span, value=x, old=readers),
            Assign(leaving_name(pool), (slot,), TRUE),
            Assign(awaited_name(pool), (slot,), readers),
        )

    def _goes(self, pool: m.SharedVariable, x: Expr, slot: Expr, span: Span, then: Block) -> Block:
        """The object is freed, and its fields are as in the beginning, for the next one."""
        ops: list[Op] = [Note("free", span, value=x), Assign(state_name(pool), (slot,), FREED)]
        quiet: list[Expr] = []
        for path, sort, value, sizes in fields(pool):
            if isinstance(sort, s.Lock):
                quiet.append(nobody_holds(path, sort, slot, sizes))
            elif isinstance(sort, s.WaitQueue):
                ops += emptied(f"{path}.waiters", frozenset(), slot, sizes)
            elif s.is_plain(sort) or isinstance(sort, s.Snapshot):
                ops += emptied(path, value, slot, sizes)
        block = Block((*ops, *then.ops), then.end)
        if not quiet:
            return block
        held = (Note("locked", span, value=x),)
        message = "a lock within the object is held"
        return self.checked((Obligation(conjunction(*quiet), "use_after_free", span, message, held),), block)

    def reclaim(self, node: m.Reclaim, after: int) -> int:
        """One step, which needs no CPU: any object is freed of which the grace period is over."""
        pool, span = node.pool, node.span
        x = BoundName("object")
        slot = slot_of(x, s.Ref(pool.name, members(pool)))
        ops: list[Op] = [Assign(leaving_name(pool), (slot,), FALSE)]
        if self.common.drained:
            awaited = Read(barrier_name(pool), (BoundName("t"),))
            ops.append(Fill(awaited.variable, ("t",), Apply("minus", (awaited, Apply("set", (x,))))))
        ready = over(pool)
        candidates: Expr = ready
        if pool.name in self.common.turns:
            first = Read(turn_name(pool))
            candidates = before_others(first, ready)
            ops.append(Assign(first.variable, (), Apply("minus", (candidates, Apply("set", (x,))))))
        block = Block(
            (), Pick("object", candidates, self._goes(pool, x, slot, span, Block(tuple(ops), Goto(after))))
        )
        guard = Apply("!=", (ready, EMPTY))
        return self.flow.add(StepNode("await", span, guard, block, None, self.calls))

    def drained(self, span: Span, claims: tuple[Claim, ...], then: Block) -> Block:
        """`rcu_barrier()`: one step that looks what is to be freed, one that waits until it is."""
        pools = tuple(self.pools[name] for name in self.common.leaving)
        begun: list[Op] = [Note("call", span, text="rcu_barrier()")]
        if not pools:
            return self.step("rcu", span, Block((*begun, *then.ops), then.end), claims=claims)
        gone: list[Expr] = []
        for pool in pools:
            begun.append(Assign(barrier_name(pool), (SELF,), those_leaving(pool)))
            gone.append(Apply("==", (Read(barrier_name(pool), (SELF,)), EMPTY)))
        done = Block((Note("call", span, text="all of that is freed"), *then.ops), then.end)
        wait = self.flow.goto(StepNode("await", span, conjunction(*gone), done, None, self.calls))
        return self.step("rcu", span, Block((*begun, *wait.ops), wait.end), claims=claims)
