"""What a condition is worth in one state, though evaluating it takes steps: as if nobody else stepped."""

from __future__ import annotations

from collections.abc import Mapping

from ...program.program import (
    FALSE,
    SELF,
    TRUE,
    Apply,
    Assign,
    Block,
    Expr,
    Fork,
    Goto,
    Note,
    Pick,
    Reach,
    Read,
    Test,
    negation,
    rewritten,
)
from ..flow import Flow, FreeNode, LastNode, MarkNode

MAX_BLOCKS = 256


def worth(flow: Flow, block: Block, yes: int, no: int, own: frozenset[str]) -> Expr | None:
    """Whether code that was lowered as part of one step comes to node `yes`, rather than to `no` or a halt.

    None where one state does not tell: the code stores to what is not in `own`, the variables of its task, or
    it chooses, waits, or goes round a loop; and where more than MAX_BLOCKS blocks are to be gone through.
    """
    try:
        return _Instant(flow, yes, no, own).block(block, {})
    except _NoValue:
        return None


class _NoValue(Exception):
    """The code does more than look."""


class _Instant:
    def __init__(self, flow: Flow, yes: int, no: int, own: frozenset[str]) -> None:
        self.flow = flow
        self.yes = yes
        self.no = no
        self.own = own
        self.blocks = 0

    def block(self, block: Block, known: Mapping[str, Expr]) -> Expr:
        """Where a block leads, with the values in `known` for what was assigned on the way."""
        self.blocks += 1
        if self.blocks > MAX_BLOCKS:
            raise _NoValue
        values = dict(known)
        for op in block.ops:
            match op:
                case Assign(variable=name, indices=(task,), value=value) if task == SELF and name in self.own:
                    values[name] = _with(value, values)
                case Note(kind=kind) if kind != "call":
                    pass
                case Reach():
                    pass
                case _:
                    raise _NoValue
        match block.end:
            case Goto(point=target):
                return self.node(target, values)
            case Test(condition=condition, yes=yes, no=no):
                test = _with(condition, values)
                return _either(test, self.block(yes, values), self.block(no, values))
            case Pick() | Fork():
                raise _NoValue

    def node(self, target: str | int, known: Mapping[str, Expr]) -> Expr:
        if target == self.yes:
            return TRUE
        if target == self.no:
            return FALSE
        assert isinstance(target, int)
        match self.flow.nodes[target]:
            case FreeNode(block=block):
                return self.block(block, known)
            case MarkNode(next=following):
                return self.node(following, known)
            case LastNode(halted=True):
                return FALSE
            case _:
                raise _NoValue


def _with(e: Expr, known: Mapping[str, Expr]) -> Expr:
    def change(part: object) -> object:
        if isinstance(part, Read) and part.indices == (SELF,):
            return known.get(part.variable, part)
        return part

    return rewritten(e, change)


def _either(test: Expr, then: Expr, other: Expr) -> Expr:
    if then == other:
        return then
    match then == TRUE, then == FALSE, other == TRUE, other == FALSE:
        case (True, _, _, True):
            return test
        case (_, True, True, _):
            return negation(test)
        case (True, _, _, _):
            return Apply("or", (test, other))
        case (_, True, _, _):
            return Apply("and", (negation(test), other))
        case (_, _, True, _):
            return Apply("or", (negation(test), then))
        case (_, _, _, True):
            return Apply("and", (test, then))
        case _:
            return Apply("if", (test, then, other))
