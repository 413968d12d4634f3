"""What could still end a wait, by control flow alone: the table behind `deadlock` between tasks while others
go on.

It is made once, of the whole program, and stays with its steps through all that is done to them later.
`docs/semantics.md` has the argument.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace

from .program import (
    PC,
    SELF,
    SLEEPY,
    TRUE,
    Apply,
    Assign,
    BoundName,
    Const,
    Expr,
    Fill,
    Help,
    Point,
    Program,
    Quantified,
    Read,
    StandsAt,
    TaskSet,
    Wait,
    parts,
    reads,
    walk,
)
from .ways import Leaf, leaves


def with_waits(program: Program) -> Program:
    """The program with a `Wait` at each step whose guard can be false."""
    if all(point.step is None or point.step.guard == TRUE for point in program.points):
        return program
    table = _Table(program)
    points = tuple(
        point
        if point.step is None or point.step.guard == TRUE
        else replace(point, step=replace(point.step, wait=table.wait(point)))
        for point in program.points
    )
    return replace(program, points=points)


def on_queue(queue: str, program: Program) -> Expr:
    """Whether `Self` is on a waitqueue, or on one of an array of them, given by its waiters' variable."""
    sizes = program.variable(queue).sizes
    names = tuple(BoundName(f"i{depth}") for depth in range(len(sizes)))
    test: Expr = Apply("in", (SELF, Read(queue, names)))
    for name, size in reversed(tuple(zip(names, sizes, strict=True))):
        test = Quantified("any", name.name, Const(frozenset(range(size))), None, test)
    return test


def _in_order(queues: set[str | None]) -> list[str | None]:
    """So that a program is translated alike each time."""
    return sorted(queues, key=lambda queue: queue or "")


@dataclass(frozen=True, slots=True)
class _Way:
    """One way through a step: from which point, and what it is."""

    point: Point
    leaf: Leaf


class _Table:
    def __init__(self, program: Program) -> None:
        self.program = program
        self.owned = {v.name for v in program.variables if v.process is not None}
        self.locks = {v.name for v in program.variables if v.kind == "lock"}
        self.queues = {v.name for v in program.variables if v.kind == "queue" and isinstance(v.sort, TaskSet)}
        self.halted = {point.name for point in program.points if point.halted}
        self.ways = [_Way(p, leaf) for p in program.points if p.step for leaf in leaves(p.step.block)]
        self.before: dict[str, set[str]] = defaultdict(set)
        for way in self.ways:
            self.before[way.leaf.target].add(way.point.name)
            if way.leaf.target in self.halted:
                # Had it not been halted it would have gone on: what a check stops is never called stuck.
                self.before[way.point.name].add(way.leaf.target)
        self.known: dict[Expr, tuple[Help, ...]] = {}
        self.moved = self.moves()

    def moves(self) -> dict[str | None, set[str | None]]:
        """For each waitqueue, it and those from which tasks may be moved to it, as at the start of a work."""
        found: dict[str | None, set[str | None]] = {queue: {queue} for queue in self.queues}
        for way in self.ways:
            for op in _writes(way.leaf):
                if isinstance(op, Assign) and op.variable in self.queues:
                    found[op.variable] |= reads(op.value) & self.queues
        changed = True
        while changed:
            changed = False
            for before in found.values():
                more = set().union(*(found[queue] for queue in before))
                changed |= not more <= before
                before |= more
        return found

    def wait(self, point: Point) -> Wait:
        step = point.step
        assert step is not None
        if step.guard not in self.known:
            self.known[step.guard] = tuple(self.helps(step.guard))
        use = step.lock
        alone = use is not None and use.blockers is not None and self.steady(step.guard)
        return Wait(step.guard, self.known[step.guard], use.blockers if use is not None and alone else None)

    def steady(self, guard: Expr) -> bool:
        """Whether a guard reads nothing but locks, and of its own task what no other writes: whoever is in
        the way of an acquisition stays there until it goes itself."""
        return not any(isinstance(part, StandsAt) for part in walk(guard)) and all(
            read.variable in self.locks
            or (
                read.variable in self.owned
                and read.indices[:1] == (SELF,)
                and not any(_touches(op, read) for way in self.ways for op in _writes(way.leaf))
            )
            for read in _read(guard)
        )

    def helps(self, guard: Expr) -> Iterator[Help]:
        """Who can end a wait for `guard`."""
        read = tuple(_read(guard))
        placed = any(isinstance(part, StandsAt) for part in walk(guard))
        found: dict[str | None, set[str]] = {}
        for way in self.ways:
            name = way.point.name
            if placed or any(one.variable == PC for one in read):
                # No guard of the language asks where a task stands; each step would answer it anew.
                found.setdefault(None, set()).add(name)
            for op in _writes(way.leaf):
                for one in read:
                    if _touches(op, one):
                        for queue in _in_order(self.woken(way.leaf) if one.variable == SLEEPY else {None}):
                            for before in _in_order(self.moved.get(queue, {queue})):
                                found.setdefault(before, set()).add(name)
        for queue, points in found.items():
            yield Help(queue, self.leading_to(points))

    def woken(self, leaf: Leaf) -> set[str | None]:
        """The waitqueues of which a way that wakes tasks may wake some: with it they leave their queue."""
        found: set[str | None] = {op.variable for op in _writes(leaf) if op.variable in self.queues}
        return found or {None}

    def leading_to(self, points: Iterable[str]) -> frozenset[str]:
        found = set(points)
        todo = list(found)
        while todo:
            for name in self.before[todo.pop()] - found:
                found.add(name)
                todo.append(name)
        return frozenset(found)


def _writes(leaf: Leaf) -> Iterator[Assign | Fill]:
    return (op for op in leaf.ops if isinstance(op, Assign | Fill))


def _touches(op: Assign | Fill, read: Read) -> bool:
    """Whether what one task writes can be what another task reads; of a variable with a copy for each task,
    `SELF` is not the same copy for both."""
    if op.variable != read.variable:
        return False
    if isinstance(op, Fill):
        return True
    if op.indices[:1] == read.indices[:1] == (SELF,):
        return False
    return not any(
        isinstance(written, Const) and isinstance(asked, Const) and written != asked
        for written, asked in zip(op.indices, read.indices, strict=True)
    )


def _read(node: object) -> Iterator[Read]:
    """Every read of a variable in a node of a program."""
    if isinstance(node, Read):
        yield node
    for part in parts(node):
        yield from _read(part)
