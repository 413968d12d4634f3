"""Which steps commute with everything that other tasks can do: static locksets, then movers.

Lipton's argument: an acquisition moves right, a release left, and an access both ways when each
conflicting access of another task is kept out by a lock that both hold.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, fields, is_dataclass

from ..dsl.sorts import Snapshot
from ..dsl.source import Span
from .program import (
    NONE,
    PC,
    SELF,
    SLEEPY,
    Apply,
    Assign,
    Block,
    Const,
    Fill,
    Fork,
    Goto,
    LockUse,
    Note,
    Op,
    Pick,
    Point,
    Program,
    Read,
    Self,
    Step,
    Task,
    Test,
    reads,
)

RIGHT, LEFT, BOTH, NEITHER = "right", "left", "both", "neither"

# A lock and the mode in which it is held.
Held = tuple[str, str]


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


def _lock_effect(op: Op, locks: frozenset[str]) -> tuple[Held, bool] | None:
    """What an assignment to a lock's variable means: which lock in which mode, taken or given back."""
    if not isinstance(op, Assign):
        return None
    path, _, part = op.variable.rpartition(".")
    if path not in locks or part not in ("holder", "writer", "readers"):
        return None
    if part == "readers":
        return (path, "read"), getattr(op.value, "operator", "") == "|"
    return (path, "write"), op.value == SELF if op.value != NONE else False


@dataclass(frozen=True, slots=True)
class Beyond:
    """What is read of other tasks: variables (their locals, states of locks) and control points."""

    variables: frozenset[str]
    points: frozenset[str]


def observed_beyond(program: Program) -> Beyond:
    """What claims, guards and ghost assignments read that no lock protects by its nature: another
    task's local or control point, and the state of a lock other than by an operation on it.

    A claim that the task itself holds no lock reads only what that task alone can change.
    """
    owned = {v.name for v in program.variables if v.process is not None}
    locks = {v.name for v in program.variables if v.kind == "lock"}
    variables: set[str] = set()
    points: set[str] = set()

    def visit(node: object, own_locks: frozenset[str]) -> None:
        match node:
            case Note():
                return
            case Apply(
                operator="in", arguments=(Read(variable=variable), Const(value=frozenset() as group))
            ) if variable == PC:
                points.update(str(name) for name in group)
            case Read(variable=variable, indices=indices):
                if variable in owned and variable not in (PC, SLEEPY) and indices[:1] != (SELF,):
                    variables.add(variable)
                if variable in locks and variable.rpartition(".")[0] not in own_locks:
                    variables.add(variable)
            case _:
                pass
        if isinstance(node, tuple):
            for item in node:
                visit(item, own_locks)
        elif is_dataclass(node) and not isinstance(node, Span | Task | Const | Fill | LockUse):
            for item in fields(node):
                visit(getattr(node, item.name), own_locks)

    for point in program.points:
        for claim in point.claims:
            if claim.property not in ("sleep_in_atomic", "ends_holding"):
                visit(claim.condition, frozenset())
        step = point.step
        if step is not None:
            # A lock operation reads the state of its own lock; a release within `atomic` too.
            given = {
                op.variable.rpartition(".")[0]
                for leaf in leaves(step.block)
                for op in leaf.ops
                if isinstance(op, Assign) and op.variable in locks
            }
            visit((step.guard, step.block), frozenset(given | ({step.lock.lock} if step.lock else set())))
    return Beyond(frozenset(variables), frozenset(points))


@dataclass(frozen=True, slots=True)
class Access:
    """One access to a variable: whether it writes, the locks held then, and by a task of which process."""

    written: bool
    held: frozenset[Held]
    process: str


class Analysis:
    """The locksets and movers of a program that has no scheduler state yet."""

    def __init__(self, program: Program, observed: frozenset[str], labels: frozenset[str]) -> None:
        """`observed` are variables that a formula without a place (an invariant, a property) reads;
        `labels` are points whose labels such a formula names."""
        self.program = program
        beyond = observed_beyond(program)
        self.observed = observed | beyond.variables
        self.labels = labels | beyond.points
        self.locks = frozenset(v.name.rpartition(".")[0] for v in program.variables if v.kind == "lock")
        self.scalar = frozenset(
            v.name.rpartition(".")[0] for v in program.variables if v.kind == "lock" and not v.sizes
        )
        steps = [point.step for point in program.points if point.step]
        self.tried = frozenset(step.lock.lock for step in steps if step.lock and step.lock.action == "try")
        self.unfair = frozenset(step.lock.lock for step in steps if step.lock and not step.lock.fair)
        self.must: dict[str, frozenset[Held]] = {}
        self.may: dict[str, frozenset[Held]] = {}
        for process in program.processes:
            if process.count:
                self._flow(process.entry)
        self.task_local, self.snapshots = self._task_local()
        self.shared = self._shared()

    # -- which locks are held where

    def _flow(self, entry: str) -> None:
        self.must[entry] = self.may[entry] = frozenset()
        todo = [entry]
        while todo:
            name = todo.pop()
            step = self.program.point(name).step
            if step is None:
                continue
            for leaf in leaves(step.block):
                must, may = self.must[name], self.may[name]
                for op in leaf.ops:
                    effect = _lock_effect(op, self.locks)
                    if effect is None:
                        continue
                    held, taken = effect
                    if taken:
                        may |= {held}
                        must |= {held} if held[0] in self.scalar else set()
                    else:
                        must -= {held}
                        may -= {held} if held[0] in self.scalar else set()
                target = leaf.target
                known = target in self.must
                new_must = must & self.must[target] if known else must
                new_may = may | self.may[target] if known else may
                if not known or new_must != self.must[target] or new_may != self.may[target]:
                    self.must[target], self.may[target] = new_must, new_may
                    todo.append(target)

    # -- which variables are protected

    def _task_local(self) -> tuple[frozenset[str], frozenset[str]]:
        """Per-task variables that only their own task touches and no formula observes; and those that hold
        snapshots, which are outdated from elsewhere."""
        own = {v.name for v in self.program.variables if v.process not in (None, "*")}
        snapshots = {v.name for v in self.program.variables if isinstance(v.sort, Snapshot)} & own
        for point in self.program.points:
            if point.step is None:
                continue
            for part in _parts(point.step.block):
                if isinstance(part, Fill) or (
                    isinstance(part, Assign) and part.indices and not isinstance(part.indices[0], Self)
                ):
                    own.discard(part.variable)
                    if not isinstance(part, Fill):
                        snapshots.discard(part.variable)
        return frozenset(own) - self.observed, frozenset(snapshots) - self.observed

    def accesses(self, step: Step) -> tuple[frozenset[str], frozenset[str]]:
        """The shared variables that a step reads and writes, locks left out.

        Handing a snapshot from one local of the task to another, or forgetting it, is no access: a bump
        outdates both alike, before or after.
        """
        block = self._without_handing_on(step.block)
        written = {part.variable for part in _parts(block) if isinstance(part, Assign | Fill)}
        read = reads(step.guard) | reads(block)
        ignored = self.task_local | {PC} | {v.name for v in self.program.variables if v.kind == "lock"}
        return frozenset(read) - ignored, frozenset(written) - ignored

    def _without_handing_on(self, block: Block) -> Block:
        def handed_on(op: Op) -> bool:
            if not isinstance(op, Assign) or op.variable not in self.snapshots:
                return False
            match op.value:
                case Const(value=None):
                    return True
                case Read(variable=variable, indices=indices):
                    return variable in self.snapshots and indices == (SELF,)
                case _:
                    return False

        ops = tuple(op for op in block.ops if not handed_on(op))
        match block.end:
            case Test(condition=condition, yes=yes, no=no):
                yes, no = self._without_handing_on(yes), self._without_handing_on(no)
                return Block(ops, Test(condition, yes, no))
            case Pick(name=name, domain=domain, then=then):
                return Block(ops, Pick(name, domain, self._without_handing_on(then)))
            case Fork(options=options):
                return Block(ops, Fork(tuple(self._without_handing_on(option) for option in options)))
            case end:
                return Block(ops, end)

    def _shared(self) -> Mapping[str, tuple[Access, ...]]:
        """Every access to a variable, assertions included; those of formulas without a place are left out."""
        found: dict[str, list[Access]] = {}
        for point in self.program.points:
            if point.name not in self.must:
                continue
            if point.step is not None:
                read, written = self.accesses(point.step)
                held = self._held(point, point.step)
                for name in read | written:
                    found.setdefault(name, []).append(Access(name in written, held, point.process))
            for claim in point.claims:
                # An assertion reads what it names, under the locks held there.
                for name in reads(claim.condition):
                    found.setdefault(name, []).append(Access(False, self.must[point.name], point.process))
        return {name: tuple(accesses) for name, accesses in found.items()}

    def _held(self, point: Point, step: Step) -> frozenset[Held]:
        return self.must[point.name] | self._taken_first(step)

    def conflict(self, name: str, access: Access) -> bool:
        """Whether another task can access a variable right before or after, so that the order matters."""
        if access.written and name in self.observed:
            return True
        single = {process.name for process in self.program.processes if process.count == 1}
        return any(
            (access.written or other.written)
            and not (other.process == access.process and other.process in single)
            and not _exclude(access.held, other.held)
            for other in self.shared.get(name, ())
        )

    def _taken_first(self, step: Step) -> frozenset[Held]:
        """The lock that a step begins by taking and keeps to its end, whichever way it goes."""
        if step.lock is None or step.lock.action not in ("acquire", "enter"):
            return frozenset()
        own = (step.lock.lock, step.lock.mode)
        if own[0] not in self.scalar:
            return frozenset()
        given = any(
            _lock_effect(op, self.locks) == (own, False) for leaf in leaves(step.block) for op in leaf.ops
        )
        return frozenset() if given else frozenset({own})

    # -- movers

    def mover(self, point: Point, *, liveness: bool) -> str:
        """How the step of a point moves."""
        step = point.step
        assert step is not None
        read, written = self.accesses(step)
        lock_names = reads(step.guard) | reads(step.block)
        if self._labelled(point, step):
            return NEITHER
        held = self._held(point, step)
        if any(self.conflict(name, Access(name in written, held, point.process)) for name in read | written):
            return NEITHER
        effects = {e for leaf in leaves(step.block) for op in leaf.ops if (e := _lock_effect(op, self.locks))}
        use = step.lock
        if use is None and not effects:
            touched = any(name.rpartition(".")[0] in self.locks for name in lock_names)
            return NEITHER if touched else BOTH
        locks = {held[0] for held, _ in effects} | ({use.lock} if use else set())
        observed = {name.rpartition(".")[0] for name in self.observed}
        if locks & (self.tried | observed | set(self.program.queued_locks)):
            return NEITHER
        if liveness and locks & self.unfair:
            return NEITHER
        if len(effects) != 1 or use is None:
            return NEITHER
        if use.action == "acquire":
            return RIGHT
        return LEFT if use.action == "release" else NEITHER

    def _labelled(self, point: Point, step: Step) -> bool:
        """Whether the step enters or leaves a label that a formula names."""
        targets = {leaf.target for leaf in leaves(step.block)}
        return point.name in self.labels or bool(targets & self.labels)


def _exclude(one: frozenset[Held], other: frozenset[Held]) -> bool:
    """Whether two tasks that hold these locks exclude each other: one in common, for writing by either."""
    return any(
        (lock, "write") in other or (mode == "write" and (lock, "read") in other) for lock, mode in one
    )


def _parts(block: Block) -> Iterator[Op]:
    for leaf in leaves(block):
        yield from leaf.ops
