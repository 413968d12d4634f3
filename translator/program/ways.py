"""The ways through a block: from its first operation to a control point."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass

from .program import Block, Fork, Goto, Op, Pick, Test


@dataclass(frozen=True, slots=True)
class Leaf:
    """One way through a block: its operations and where it leads."""

    ops: tuple[Op, ...]
    target: str


def leaves(block: Block, before: tuple[Op, ...] = ()) -> Iterator[Leaf]:
    """Every way through a block."""
    ops = (*before, *block.ops)
    match block.end:
        case Goto(point=target):
            yield Leaf(ops, str(target))
        case Test(yes=yes, no=no):
            yield from leaves(yes, ops)
            yield from leaves(no, ops)
        case Pick(then=then):
            yield from leaves(then, ops)
        case Fork(options=options):
            for option in options:
                yield from leaves(option, ops)


def extended(block: Block, further: Callable[[Leaf], Block], before: tuple[Op, ...] = ()) -> Block:
    """The block with something at the end of each way, in place of the jump there: what `further` makes of
    the way so far, with the operations `before` the block."""
    ops = (*before, *block.ops)
    match block.end:
        case Goto(point=target):
            rest = further(Leaf(ops, str(target)))
            return Block((*block.ops, *rest.ops), rest.end)
        case Test(condition=condition, yes=yes, no=no):
            first, other = extended(yes, further, ops), extended(no, further, ops)
            return Block(block.ops, Test(condition, first, other))
        case Pick(name=name, domain=domain, then=then):
            return Block(block.ops, Pick(name, domain, extended(then, further, ops)))
        case Fork(options=options):
            return Block(block.ops, Fork(tuple(extended(option, further, ops) for option in options)))
