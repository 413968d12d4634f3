"""Which steps commute with everything that other tasks can do: static locksets, then movers.

Lipton's argument: an acquisition moves right, a release left, and an access both ways when each
conflicting access of another task is kept out by a lock that both hold.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Final, Literal

from ...dsl.model.sorts import Snapshot
from ...dsl.source import Span
from ..program.program import (
    PC,
    SELF,
    Assign,
    Block,
    Const,
    Fenced,
    Fill,
    Fork,
    Given,
    Op,
    Pick,
    Point,
    Program,
    Read,
    Self,
    Step,
    Taken,
    Test,
    reads,
    walk_once,
)
from ..program.ways import leaves
from .looks import Observer

RIGHT: Final = "right"
LEFT: Final = "left"
BOTH: Final = "both"
NEITHER: Final = "neither"
MoverKind = Literal["right", "left", "both", "neither"]
"""How a step moves: to the right of what others do next, or to the left of what they did before."""

ReasonKind = Literal[
    "constant", "alone", "locked", "conflict", "formula", "acquired", "released", "tried", "queued", "unfair",
    "state", "waited", "label", "region", "memory", "elsewhere", "several", "scheduled",
]  # fmt: skip
"""See `Reason`."""

# A lock and the mode in which it is held.
Held = tuple[str, str]


@dataclass(frozen=True, slots=True)
class Access:
    """A variable read or written at a point, by its step or by an assertion, and the locks held there.

    `uncounted` are locks in arrays that may be held as well.  `foreign`: of a variable with a copy for
    each task it writes those of other tasks, too.
    """

    written: bool
    held: frozenset[Held]
    point: Point
    span: Span
    uncounted: frozenset[str] = frozenset()
    asserted: bool = False
    foreign: bool = False

    def excludes(self, other: Access) -> frozenset[str]:
        """The locks that keep another access out: held at both, for writing at one of them."""
        return frozenset(
            lock
            for lock, mode in self.held
            if (lock, "write") in other.held or (mode == "write" and (lock, "read") in other.held)
        )


@dataclass(frozen=True, slots=True)
class Reason:
    """Why a step moves as it does; `name` is the variable, lock or label that it is about.

    `why` is, for a variable: constant (never written), alone (one task uses it), locked (`locks` keep all
    others out), conflict (no lock does: `here` and `other` are accesses that meet), or formula (a property
    reads what the step writes).  For a lock: acquired, released, tried, queued (it keeps its queue), formula,
    unfair (no queue, in a liveness run), state (the step looks at it), or, in a liveness run, waited (those
    who wait for it may need a CPU as well).  Else label (a property names it), region (a property names it,
    and the step enters or leaves it), memory (the step orders what
    others see of weak memory), elsewhere (it asks where a task stands), several (operations on locks in one
    step) or, in a liveness run, scheduled (those who wait for `locks` may need a CPU, and the step takes or
    offers one)."""

    why: ReasonKind
    name: str
    locks: tuple[str, ...] = ()
    here: Access | None = None
    other: Access | None = None


@dataclass(frozen=True, slots=True)
class Mover:
    """How a step moves (right, left, both, neither), and why; no reasons when it touches nothing shared."""

    kind: MoverKind
    reasons: tuple[Reason, ...] = ()


def lock_effect(op: Op) -> tuple[Held, bool] | None:
    """What an operation does to a lock: which lock in which mode, taken or given back."""
    match op:
        case Assign(effect=Taken(lock=lock, mode=mode)):
            return (lock, mode), True
        case Assign(effect=Given(lock=lock, mode=mode)):
            return (lock, mode), False
        case _:
            return None


class Analysis:
    """The locksets and movers of a program that has no scheduler state yet."""

    def __init__(
        self, program: Program, observed: frozenset[str], labels: frozenset[str],
        regions: frozenset[frozenset[str]] = frozenset(),
    ) -> None:  # fmt: skip
        """`observed` are variables that a formula without a place (an invariant, a property) reads;
        `labels` are points whose labels such a formula names, `regions` the points in each region that it
        does."""
        self.program = program
        self.observer = Observer(program)
        beyond = self.observer.beyond(program.points)
        lock_of = self.observer.locks
        self.observed = observed | beyond.others | (beyond.variables & lock_of.keys())
        self.labels = labels | beyond.points
        self.regions = regions | beyond.regions
        self.locks = frozenset(lock_of.values())
        # What was seen of weak memory: steps that order it for others say so (`Fenced`), and nobody can tell
        # apart in which order any two others change it.
        self.memory = frozenset(v.name for v in program.variables if v.kind == "memory")
        self.scalar = frozenset(v.lock.lock for v in program.variables if v.lock and not v.sizes)
        # The locks whose state is read, or written other than by an operation on them.
        self.seen = frozenset(lock_of[name] for name in self.observed if name in lock_of) | {
            lock_of[op.variable]
            for op in walk_once(program.points)
            if isinstance(op, Assign | Fill) and op.variable in lock_of and lock_effect(op) is None
        }
        steps = [point.step for point in program.points if point.step]
        self.tried = frozenset(step.lock.lock for step in steps if step.lock and step.lock.action == "try")
        # Those that some step gives back and still has, in another mode.
        self.downgraded = frozenset(
            held[0]
            for step in steps
            for leaf in leaves(step.block)
            for held, taken in filter(None, map(lock_effect, leaf.ops))
            if taken and ((held[0], "write"), False) in map(lock_effect, leaf.ops)
        )
        self.unfair = frozenset(step.lock.lock for step in steps if step.lock and not step.lock.fair)
        self.must: dict[str, frozenset[Held]] = {}
        self.may: dict[str, frozenset[Held]] = {}
        for process in program.processes:
            if process.count:
                self._flow(process.entry)
        self.task_local, self.snapshots = self._task_local()
        self._movers: dict[tuple[str, bool], Mover] = {}
        self.found = self._accesses()

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
                    effect = lock_effect(op)
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
        snapshots, which bumps outdate from elsewhere."""
        own = {v.name for v in self.program.variables if v.process not in (None, "*")}
        snapshots = {v.name for v in self.program.variables if isinstance(v.sort, Snapshot)} & own
        for point in self.program.points:
            if point.step is not None:
                own -= _foreign(point.step.block)
                snapshots -= _foreign(point.step.block, fills=False)
        return frozenset(own) - self.observed, frozenset(snapshots) - self.observed

    def accesses(self, step: Step) -> tuple[frozenset[str], frozenset[str]]:
        """The shared variables that a step reads and writes, locks left out.

        Handing a snapshot from one local of the task to another, or forgetting it, is no access: a bump
        outdates both alike, before or after.
        """
        block = self._without_handing_on(step.block)
        written = {part.variable for part in walk_once(block) if isinstance(part, Assign | Fill)}
        # What a waiting site awaits is told, and decides no step.
        read = reads(replace(step, block=block, awaited=None))
        ignored = self.task_local | {PC} | self.observer.locks.keys() | self.memory
        return read - ignored, frozenset(written) - ignored

    def _without_handing_on(self, block: Block) -> Block:
        def handed_on(op: Op) -> bool:
            if not isinstance(op, Assign) or op.variable not in self.snapshots or op.indices != (SELF,):
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

    def _accesses(self) -> dict[str, list[Access]]:
        """Where each variable is read and written."""
        found: dict[str, list[Access]] = {}
        for point in self.program.points:
            if point.name not in self.must:
                continue
            held = self.must[point.name]
            arrays = frozenset(lock for lock, _ in self.may[point.name]) - self.scalar
            if point.step is not None:
                read, written = self.accesses(point.step)
                under = self.during(point)
                foreign = _foreign(point.step.block)
                for name in read | written:
                    access = Access(
                        name in written, under, point, point.step.span, arrays, foreign=name in foreign
                    )
                    found.setdefault(name, []).append(access)
            # An assertion reads what it names, under the locks held there; so does who waits for whom.
            standing: list[tuple[object, Span]] = [(claim, claim.span) for claim in point.claims]
            if point.step is not None and point.step.lock is not None:
                standing.append((point.step.lock, point.step.span))
            for node, span in standing:
                for name in reads(node):
                    access = Access(False, held, point, span, arrays, asserted=True)
                    found.setdefault(name, []).append(access)
        return found

    def _access(self, point: Point, name: str, written: bool) -> tuple[bool, Reason]:
        """Whether a step's access to a variable moves both ways, and why."""
        if written and name in self.observed:
            return False, Reason("formula", name)
        group = self.found.get(name, [])
        locks: set[str] = set()
        for here in group:
            if here.point is not point or here.asserted:
                continue
            for other in group:
                if self._meet(name, here, other):
                    if not (kept_out := here.excludes(other)):
                        return False, Reason("conflict", name, (), here, other)
                    locks |= kept_out
        if locks:
            return True, Reason("locked", name, tuple(sorted(locks)))
        return True, Reason("alone" if any(access.written for access in group) else "constant", name)

    def _meet(self, name: str, one: Access, other: Access) -> bool:
        """Whether different tasks make these accesses to the same place, and the order matters."""
        if one.point.process == other.point.process and self.program.process(one.point.process).count == 1:
            return False
        if not (one.written or other.written):
            return False
        # Each task has its copy, unless others look into it.
        shared = self.program.variable(name).process is None or name in self.observed
        return shared or one.foreign or other.foreign

    def during(self, point: Point) -> frozenset[Held]:
        """The locks that are held whenever the step of a reachable point takes effect."""
        assert point.step is not None
        return self.must[point.name] | self._taken_first(point.step)

    def _taken_first(self, step: Step) -> frozenset[Held]:
        """The lock that a step begins by taking and keeps to its end, whichever way it goes."""
        if step.lock is None or step.lock.action not in ("acquire", "enter"):
            return frozenset()
        own = (step.lock.lock, step.lock.mode)
        if own[0] not in self.scalar:
            return frozenset()
        given = any(lock_effect(op) == (own, False) for leaf in leaves(step.block) for op in leaf.ops)
        return frozenset() if given else frozenset({own})

    # -- movers

    def mover(self, point: Point, *, liveness: bool) -> Mover:
        """How the step of a point moves."""
        known = self._movers.get((point.name, liveness))
        if known is None:
            known = self._movers[point.name, liveness] = self._mover(point, liveness)
        return known

    def _mover(self, point: Point, liveness: bool) -> Mover:
        step = point.step
        assert step is not None
        read, written = self.accesses(step)
        beyond = self.observer.beyond(step)
        labels = self._labelled(point, step)
        if labels:
            return Mover(NEITHER, (Reason("label", labels[0]),))
        if self._crosses(point, step):
            return Mover(NEITHER, (Reason("region", point.name),))
        if any(isinstance(op, Assign) and isinstance(op.effect, Fenced) for op in walk_once(step.block)):
            return Mover(NEITHER, (Reason("memory", ""),))
        asked = beyond.points.union(*beyond.regions)
        if asked:
            return Mover(NEITHER, (Reason("elsewhere", min(asked)),))
        found = [self._access(point, name, name in written) for name in sorted(read | written)]
        if held_up := tuple(reason for moves, reason in found if not moves):
            return Mover(NEITHER, held_up)
        safe = tuple(reason for _, reason in found)
        effects = {e for op in walk_once(step.block) if isinstance(op, Assign) and (e := lock_effect(op))}
        use = step.lock
        if use is None and not effects:
            touched = self.observer.looks(replace(step, awaited=None)).locks
            if touched:
                return Mover(NEITHER, tuple(Reason("state", lock) for lock in sorted(touched)))
            return Mover(BOTH, safe)
        locks = {held[0] for held, _ in effects} | ({use.lock} if use else set())
        apart: tuple[tuple[ReasonKind, frozenset[str] | set[str], frozenset[str]], ...] = (
            ("tried", locks, self.tried), ("queued", locks, frozenset(self.program.queued_locks)),
            ("formula", locks, self.seen), ("unfair", locks, self.unfair if liveness else frozenset()),
            ("state", beyond.locks, self.locks),
        )  # fmt: skip
        for why, own, group in apart:
            if own & group:
                return Mover(NEITHER, tuple(Reason(why, lock) for lock in sorted(own & group)))
        if len(effects) != 1 or use is None or use.action not in ("acquire", "release"):
            return Mover(NEITHER, tuple(Reason("several", lock) for lock in sorted(locks)))
        if use.action == "acquire":
            return Mover(RIGHT, (Reason("acquired", use.lock), *safe))
        return Mover(LEFT, (Reason("released", use.lock),))

    def _labelled(self, point: Point, step: Step) -> tuple[str, ...]:
        """The labels named by a formula that the step enters or leaves, as control points."""
        targets = {leaf.target for leaf in leaves(step.block)}
        return tuple(sorted(({point.name} | targets) & self.labels))

    def _crosses(self, point: Point, step: Step) -> bool:
        """Whether the step enters or leaves a region that a formula names.  All others stay on one side of
        each border, so that nobody can tell them from no step at all."""
        targets = {leaf.target for leaf in leaves(step.block)}
        return any((point.name in one) != (target in one) for one in self.regions for target in targets)


def _foreign(block: Block, *, fills: bool = True) -> set[str]:
    """The variables of which a block writes other elements than that of the task that steps; with `fills`, or
    all of them at once."""
    return {
        part.variable
        for part in walk_once(block)
        if (fills and isinstance(part, Fill))
        or (isinstance(part, Assign) and part.indices and not isinstance(part.indices[0], Self))
    }
