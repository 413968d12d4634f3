"""Weak memory: what atomic operations do that read and store one place in one step.

Such an operation reads the newest store to the place, or the one before it if it has not seen the newest and
that is not glued to the older one, and stores directly behind what it has read. Its store has the view of
that one in addition, so that a release is passed on. See docs/semantics.md.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from ....dsl.vocabulary.word import Order
from ...program.program import (
    FALSE,
    TRUE,
    Apply,
    Assign,
    Block,
    BoundName,
    Expr,
    Op,
    Pick,
    Read,
    Test,
)
from .sets import both, chosen, either, joined, without
from .state import ACQUIRED, ALL, BASE, CURRENT, OWN, older, with_newest, with_older
from .views import Tasks


@dataclass(frozen=True, slots=True)
class Exchange:
    """An operation on `read`. `name` is that of no other in the step. `order` is what it orders where it
    stores, which is what `stores` says of a value found; it is an acquire where `acquires` says so.
    `silent`: nothing comes back, so that nothing orders what it has read. `whole`: part of a larger step."""

    read: Read
    name: str
    order: Order
    stores: Callable[[Expr], Expr]
    acquires: Callable[[Expr], Expr] | None
    silent: bool
    whole: bool


def found(tasks: Tasks, one: Exchange, then: Callable[[Expr, Expr], Block]) -> Block:
    """The step: `then` is given whether the older value was found, and what was found."""
    read = one.read
    stale, got = BoundName(f"stale_{one.name}"), BoundName(f"got_{one.name}")
    before = tasks.ordered() if tasks.depends(read) else ()
    if one.whole:
        return Block(before, Pick(got.name, Apply("set", (read,)), then(FALSE, got)))
    old = Read(older(read.variable), read.indices)
    value = Apply("if", (stale, old, read))
    behind = tasks.unglued(read, Apply("in", (tasks.where(read), _unseen(tasks, one))))
    stores = one.stores(old)
    if stores == TRUE:
        can: Expr = behind
    else:
        can = Apply("or", (Apply("not", (stores,)), behind))
    choice = either(both(tasks.may_be_older(read), can))
    body = Block((), Pick(got.name, Apply("set", (value,)), then(stale, got)))
    return Block(before, Pick(stale.name, choice, body))


def stored(
    tasks: Tasks, one: Exchange, stale: Expr, got: Expr, new: Expr,
    told: tuple[tuple[Op, ...], tuple[Op, ...]], then: Block,
) -> Block:  # fmt: skip
    """What storing `new` does, where `got` was found; `told` is told where that is the newest store's value,
    and where it is the older one's."""
    made = BoundName(f"made_{one.name}")
    newest, below = told
    last = _ended(tasks, one, then)
    assign = Assign(one.read.variable, one.read.indices, made)

    def appended() -> Block:
        carried = BoundName(f"carried_{one.name}")
        seen = Read(with_newest(one.read.variable), one.read.indices)
        ops = tasks.appended(one.read, carried, assign, whole=True)
        block = Block((*newest, *ops, *last.ops), last.end)
        view = Apply("set", (joined(_carried(tasks, one), seen),))
        return Block(_loaded(tasks, one, seen, got, newest=True), Pick(carried.name, view, block))

    def inserted() -> Block:
        carried = BoundName(f"carried_{one.name}")
        its = Read(with_older(one.read.variable), one.read.indices)
        view = Apply("|", (carried, tasks.element(one.read)))
        ops = (
            *below,
            Assign(older(one.read.variable), one.read.indices, made),
            Assign(with_older(one.read.variable), one.read.indices, view),
            *tasks.put(OWN, joined(tasks.get(OWN), view)),
        )
        block = Block((*ops, *last.ops), last.end)
        picked = Pick(carried.name, Apply("set", (joined(_carried(tasks, one), its),)), block)
        return Block(_loaded(tasks, one, its, got, newest=False), picked)

    body = appended() if one.whole else Block((), Test(stale, inserted(), appended()))
    if one.order == "full":
        body = tasks.full(f"before_{one.name}", body)
    return Block((), Pick(made.name, Apply("set", (new,)), body))


def unchanged(tasks: Tasks, one: Exchange, stale: Expr, then: Block) -> Block:
    """What it does where it stores nothing: it is a load, and orders nothing."""
    read, element = one.read, tasks.element(one.read)
    mine, its = (Read(name(read.variable), read.indices) for name in (with_newest, with_older))
    ops = tasks.put(ACQUIRED, joined(tasks.get(ACQUIRED), chosen(stale, its, mine)))
    current = tasks.get(CURRENT)
    ops += tasks.put(CURRENT, chosen(stale, current, without(current, element)))
    last = then if one.whole else tasks.settled(then)
    return Block((*ops, *last.ops), last.end)


def ordinary(tasks: Tasks, one: Exchange, got: Expr, then: Block) -> Block:
    """What storing does to a place that is not weak, behind the store itself; it stands for both barriers."""
    before = () if one.order == "full" else _acquired(tasks, one, got)
    last = _ended(tasks, one, then)
    return Block((*before, *last.ops), last.end)


def _ended(tasks: Tasks, one: Exchange, then: Block) -> Block:
    last = then if one.whole else tasks.settled(then)
    return tasks.full(f"behind_{one.name}", last) if one.order == "full" else last


def _loaded(tasks: Tasks, one: Exchange, seen: Expr, got: Expr, *, newest: bool) -> tuple[Op, ...]:
    """What its load does, before its store."""
    if one.silent:
        return ()
    ops = tasks.put(ACQUIRED, joined(tasks.get(ACQUIRED), seen))
    if newest:
        ops += tasks.put(CURRENT, without(tasks.get(CURRENT), tasks.element(one.read)))
    return (*ops, *_acquired(tasks, one, got))


def _acquired(tasks: Tasks, one: Exchange, got: Expr) -> tuple[Op, ...]:
    """The order of an acquire, where it is one."""
    if one.acquires is None:
        return tasks.ordered() if one.order in ("acquire", "full") else ()
    if not tasks.has(CURRENT):
        return ()
    test, acquired = one.acquires(got), tasks.get(ACQUIRED)
    return tuple(
        op for row in (CURRENT, BASE) for op in tasks.put(row, chosen(test, acquired, tasks.get(row)))
    )


def _carried(tasks: Tasks, one: Exchange) -> Expr:
    return tasks.carried(release=one.order in ("release", "full"))


def _unseen(tasks: Tasks, one: Exchange) -> Expr:
    """What it need not have seen, when it reads."""
    acquired = tasks.get(ACQUIRED)
    return joined(Read(ALL), tasks.known()) if one.order == "full" else acquired
