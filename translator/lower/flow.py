"""The flow graph of one process, and `close`, which cuts it into control points and steps.

Lowering makes nodes: steps, and between them free code, which costs nothing: it runs together with
the step before it.  Closing walks from each step through the free code to the next steps.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from typing import TypeGuard

from ...dsl.source import LIBRARY, Span
from ..program.kinds import StepKind
from ..program.program import (
    TRUE,
    Assign,
    Block,
    Claim,
    Expr,
    Fill,
    Fork,
    Goto,
    LockUse,
    Note,
    Op,
    Pick,
    Point,
    Reach,
    Step,
    Test,
    goto,
    reads,
    rewritten,
)

MAX_FREE_TESTS = 7
MAX_LEAVES = 4096
MAX_PASSED = 120


@dataclass(slots=True)
class StepNode:
    """An access or operation; `block` jumps to nodes.

    `continues`: it is the second half of what the step that jumps to it began, and the author wrote one
    thing.  Its control point has what stands before both.  `idle`: who waits here has nothing to do.
    """

    kind: StepKind
    span: Span
    guard: Expr
    block: Block
    lock: LockUse | None
    calls: tuple[Span, ...]
    claims: tuple[Claim, ...] = ()
    awaited: Expr | None = None
    continues: bool = False
    idle: bool = False


@dataclass(slots=True)
class FreeNode:
    """Code without shared access.  `atomic`: within an `atomic` block, so it cannot be cut."""

    block: Block
    span: Span
    atomic: bool
    calls: tuple[Span, ...]


@dataclass(slots=True)
class MarkNode:
    """A label or an assertion: marks the control point that it is passed on the way to."""

    next: int
    span: Span
    label: tuple[str, str] | None = None
    claim: tuple[Claim, ...] = ()
    reach: int | None = None


@dataclass(slots=True)
class BackNode:
    """The way back to the head of a loop; a step of its own where no other step makes the loop move."""

    next: int
    span: Span
    calls: tuple[Span, ...]
    steps: bool = False


@dataclass(slots=True)
class LastNode:
    """Where a task stays: at its end, or halted by a check."""

    span: Span
    claims: tuple[Claim, ...]
    halted: bool
    calls: tuple[Span, ...] = ()


Node = StepNode | FreeNode | MarkNode | BackNode | LastNode


class TooManyLeaves(Exception):
    """One step would have too many outcomes, or do too much on the way; `span` is where it starts."""

    def __init__(self, span: Span) -> None:
        super().__init__(str(span))
        self.span = span


@dataclass(slots=True)
class Flow:
    """The nodes of one process, by number; `inside` are the regions that each stands in, as owners and names,
    `regions` those that what is added now stands in."""

    process: str
    nodes: list[Node] = field(default_factory=list)
    inside: list[tuple[tuple[str, str], ...]] = field(default_factory=list)
    regions: tuple[tuple[str, str], ...] = ()

    def add(self, node: Node) -> int:
        _as_called(node)
        self.nodes.append(node)
        self.inside.append(self.regions)
        return len(self.nodes) - 1

    def goto(self, node: Node) -> Block:
        return goto(self.add(node))


def _as_called(node: Node) -> None:
    """Tells what the library does at the author's line that calls it."""
    if isinstance(node, MarkNode):
        node.claim = tuple(_at_call(claim) for claim in node.claim)
        return
    outer, inner = _split(node.calls)
    within = inner or node.span.path == LIBRARY
    if isinstance(node, StepNode | LastNode):
        node.claims = tuple(_at_call(claim) for claim in node.claims)
    if isinstance(node, StepNode | FreeNode) and outer:

        def change(part: object) -> object:
            if isinstance(part, Block):
                ops = tuple(op for op in part.ops if not (inside(op) and _untold(op)))
                return part if ops == part.ops else rewritten(Block(ops, part.end), change, told=True)
            return replace(part, span=outer[-1]) if inside(part) and part.span != outer[-1] else part

        def inside(part: object) -> TypeGuard[Note]:
            return isinstance(part, Note) and (inner != () or part.span.path == LIBRARY)

        node.block = rewritten(node.block, change, told=True)
    if within and outer:
        node.span, node.calls = outer[-1], outer[:-1]


def _untold(note: Note) -> bool:
    """Whether what the library does there is of no concern to who calls it."""
    last = note.where.parts[-1] if note.where and isinstance(note.where.parts[-1], str) else ""
    return note.kind == "local" or last == ".disabled" or (note.kind, last) == ("wake", ".flush_pending")


def _at_call(claim: Claim) -> Claim:
    outer, inner = _split(claim.calls)
    if outer and (inner or claim.span.path == LIBRARY):
        return replace(claim, span=outer[-1], calls=outer[:-1])
    return claim


def _split(calls: tuple[Span, ...]) -> tuple[tuple[Span, ...], tuple[Span, ...]]:
    """Call sites: those of the author's, outermost first, and from the first one in the library on."""
    position = next((i for i, call in enumerate(calls) if call.path == LIBRARY), len(calls))
    return calls[:position], calls[position:]


def targets(block: Block) -> Iterator[int]:
    """The nodes that a block can jump to."""
    match block.end:
        case Goto(point=point):
            assert isinstance(point, int)
            yield point
        case Test(yes=yes, no=no):
            yield from targets(yes)
            yield from targets(no)
        case Pick(then=then):
            yield from targets(then)
        case Fork(options=options):
            for option in options:
                yield from targets(option)


_Key = tuple[int, tuple[tuple[str, str], ...], tuple[Claim, ...]]


@dataclass(frozen=True, slots=True)
class _Walk:
    """What was passed since the step: marks, nodes on the way, and how many tests."""

    labels: tuple[tuple[str, str], ...] = ()
    claims: tuple[Claim, ...] = ()
    passed: tuple[int, ...] = ()
    tests: int = 0


class _Restart(Exception):
    """A back edge became a step; everything is walked again."""


class _Closer:
    def __init__(self, flow: Flow, start: int, span: Span) -> None:
        self.flow = flow
        self.start = start
        self.span = span
        self.cuts: set[int] = set()
        self.names: dict[_Key, str] = {}
        self.taken: set[str] = set()
        self.counts: dict[str, int] = {}
        self.todo: list[_Key] = []
        self.leaves = 0
        self.origin: _Key | None = None

    def point(self, key: _Key) -> str:
        """The name of a control point, which is made when it is first met."""
        known = self.names.get(key)
        if known is None:
            node = self.flow.nodes[key[0]]
            if isinstance(node, LastNode):
                stem = f"{self.flow.process}_{'halt' if node.halted else 'end'}"
                stem += f"_{node.span.line}" if node.halted else ""
            else:
                stem = f"{self.flow.process}_{node.span.line}"
            count = self.counts.get(stem, -1) + 1
            known = f"{stem}_{count}" if count else stem
            while known in self.taken:
                count += 1
                known = f"{stem}_{count}"
            self.counts[stem] = count
            self.taken.add(known)
            self.names[key] = known
            self.todo.append(key)
        return known

    def block(self, block: Block, walk: _Walk) -> Block:
        """A block whose jumps lead to points, free code on the way included."""
        ops = tuple(block.ops)
        match block.end:
            case Goto(point=target):
                assert isinstance(target, int)
                rest = self.follow(target, walk, ops)
                return Block((*ops, *rest.ops), rest.end)
            case Test(condition=condition, yes=yes, no=no):
                # A test whether the object is there doubles nothing: it leads on, or to a halt.
                inner = walk if self.gone(no) else replace(walk, tests=walk.tests + 1)
                return Block(ops, Test(condition, self.block(yes, inner), self.block(no, inner)))
            case Pick(name=name, domain=domain, then=then):
                return Block(ops, Pick(name, domain, self.block(then, walk)))
            case Fork(options=options):
                inner = replace(walk, tests=walk.tests + 1)
                return Block(ops, Fork(tuple(self.block(option, inner) for option in options)))

    def gone(self, block: Block) -> bool:
        """Whether nothing is done but to halt because an object is used that is not allocated."""
        return bool(block.ops) and all(isinstance(op, Note) and op.kind == "dead" for op in block.ops)

    def follow(self, target: int, walk: _Walk, before: tuple[Op, ...] = ()) -> Block:
        node = self.flow.nodes[target]
        stays = isinstance(node, StepNode | LastNode) or (isinstance(node, BackNode) and node.steps)
        if stays or target in self.cuts:
            return self.leaf(target, walk)
        if target in walk.passed:
            self.break_cycle(walk.passed[walk.passed.index(target) :])
        if len(walk.passed) > MAX_PASSED:
            raise TooManyLeaves(self.flow.nodes[self.origin[0]].span if self.origin else self.span)
        match node:
            case FreeNode():
                overlap = _written(node.block) & {
                    name for claim in walk.claims for name in reads(claim.condition)
                }
                if not node.atomic and (walk.tests > MAX_FREE_TESTS or overlap):
                    self.cuts.add(target)
                    return self.leaf(target, walk)
                return self.block(node.block, replace(walk, passed=(*walk.passed, target)))
            case MarkNode():
                labels = tuple(dict.fromkeys((*walk.labels, node.label) if node.label else walk.labels))
                claims = walk.claims + tuple(claim for claim in node.claim if claim not in walk.claims)
                rest = self.follow(
                    node.next, replace(walk, labels=labels, claims=claims, passed=(*walk.passed, target))
                )
                return rest if node.reach is None else Block((Reach(node.reach), *rest.ops), rest.end)
            case BackNode():
                return self.follow(node.next, replace(walk, passed=(*walk.passed, target)))
            case _:
                return self.leaf(target, walk)

    def leaf(self, target: int, walk: _Walk) -> Block:
        self.leaves += 1
        if self.leaves > MAX_LEAVES:
            raise TooManyLeaves(self.flow.nodes[self.origin[0]].span if self.origin else self.span)
        key = (target, walk.labels, walk.claims)
        node = self.flow.nodes[target]
        if isinstance(node, StepNode) and node.continues:
            assert self.origin is not None and not walk.labels and not walk.claims
            key = (target, *self.origin[1:])
        if key == self.origin:
            self.break_cycle(walk.passed)
        return goto(self.point(key))

    def break_cycle(self, passed: tuple[int, ...]) -> None:
        """A loop that does not change its control point gets a step at its back edge."""
        for number in reversed(passed):
            node = self.flow.nodes[number]
            if isinstance(node, BackNode) and not node.steps:
                node.steps = True
                raise _Restart
        raise AssertionError("a loop without a back edge")

    def close(self) -> tuple[tuple[Point, ...], str]:
        first = self.follow(self.start, _Walk())
        if first.ops or not isinstance(first.end, Goto):
            # Something happens before the first step: it happens in a step of its own.
            entry = self.flow.add(StepNode("start", self.span, TRUE, goto(self.start), None, ()))
            self.names.clear()
            self.taken.clear()
            self.counts.clear()
            self.todo.clear()
            first = self.follow(entry, _Walk())
        assert isinstance(first.end, Goto)
        start = str(first.end.point)
        points: list[Point] = []
        while self.todo:
            points.append(self.make(self.todo.pop(0)))
        return tuple(points), start

    def make(self, key: _Key) -> Point:
        return replace(self.outside(key), regions=self.flow.inside[key[0]])

    def outside(self, key: _Key) -> Point:
        """The point without the regions that it stands in."""
        number, labels, claims = key
        node = self.flow.nodes[number]
        name = self.names[key]
        self.origin = key
        self.leaves = 0
        if isinstance(node, LastNode):
            return Point(
                name,
                self.flow.process,
                node.span,
                None,
                labels,
                (*claims, *node.claims),
                node.halted,
                node.calls,
            )
        if isinstance(node, StepNode):
            block = self.block(node.block, _Walk())
            step = Step(node.kind, node.span, node.guard, block, node.lock, node.calls, node.awaited)
            return Point(
                name,
                self.flow.process,
                node.span,
                step,
                labels,
                (*claims, *node.claims),
                False,
                node.calls,
                node.idle,
            )
        assert isinstance(node, FreeNode | BackNode)
        inner = node.block if isinstance(node, FreeNode) else goto(node.next)
        block = self.block(inner, _Walk(passed=(number,) if isinstance(node, BackNode) else ()))
        step = Step("silent", node.span, TRUE, block, None, node.calls)
        return Point(name, self.flow.process, node.span, step, labels, claims, False, node.calls)


def _written(block: Block) -> set[str]:
    found = {op.variable for op in block.ops if isinstance(op, Assign | Fill)}
    match block.end:
        case Test(yes=yes, no=no):
            return found | _written(yes) | _written(no)
        case Pick(then=then):
            return found | _written(then)
        case Fork(options=options):
            return found.union(*(_written(option) for option in options))
        case _:
            return found


def close(flow: Flow, start: int, span: Span) -> tuple[tuple[Point, ...], str]:
    """The control points of a process, in the order in which they are met, and the first one's name.

    Raises TooManyLeaves when an `atomic` block has more than MAX_LEAVES outcomes.
    """
    while True:
        try:
            return _Closer(flow, start, span).close()
        except _Restart:
            continue
