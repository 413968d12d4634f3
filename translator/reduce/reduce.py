"""Reduction: steps that no other task can tell apart become one, dead locals are forgotten.

`docs/semantics.md` has the argument for each.  A merged step is right movers, at most one step that
does not move, and left movers; only its first operation may block; it never crosses a control point
that a claim or a named label stands at, nor a scheduling point where CPUs are counted; and it never
leads back to where it started.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from typing import Literal

from ..program.program import (
    SELF,
    TRUE,
    Apply,
    Block,
    Expr,
    Goto,
    Note,
    Point,
    Process,
    Program,
    Quantified,
    Read,
    goto,
    reads,
)
from ..program.ways import Leaf, extended, leaves
from .chances import Chances
from .cpus import Cpus
from .dead import forgetful, forgetting
from .interrupts import Interruptions
from .looks import Observer, looked_at
from .movers import BOTH, LEFT, NEITHER, RIGHT, Analysis, Mover

MAX_LEAVES = 64


def safety_reduced(program: Program, formulas: Iterable[Expr]) -> Program:
    """A program with the same safety verdicts, deadlock included.  `formulas` are what the run
    looks at besides claims: invariants, `sometimes`."""
    return _Reduction(program, tuple(formulas), liveness=False).run()


def liveness_reduced(program: Program, formulas: Iterable[Expr]) -> Program:
    """A program with the same verdict on a temporal property, given as `formulas`."""
    return _Reduction(program, tuple(formulas), liveness=True).run()


BoundaryKind = Literal[
    "end", "guard", "back", "label", "claim", "queued", "cpu", "preempted", "moves", "taken", "interrupted",
    "origin", "outcomes", "assumed", "unfair", "await", "alone",
]  # fmt: skip
"""See `Boundary`."""


@dataclass(frozen=True, slots=True)
class Boundary:
    """Why a merged step goes no further than through the points `passed` (its own first) to `target`.

    `why` is: end (the task ends there), guard (the target's step may have to wait), back (it was
    passed before), label (a property names one there), claim (an assertion or check is tested there),
    queued (it waits for a lock that keeps its queue), cpu or preempted (others may get the CPU there),
    moves (its step, by `mover`, may not follow that of the point `by`), taken (the same, because that
    takes a CPU), interrupted (a handler that may have to wait may arrive there), origin (a way leads back to
    where the merged step began), outcomes (there would be too many), assumed (what is assumed may not hold
    behind the target's step, and what comes before is reached all the same), or of the step itself: unfair
    (its process may stop anywhere), await (it passes without a CPU), alone (as queued).
    """

    passed: tuple[str, ...]
    target: str
    why: BoundaryKind
    mover: Mover | None = None
    by: str = ""


@dataclass(frozen=True, slots=True)
class Explanation:
    """What a reduction did: how each step of `whole`, resets of shared variables included, moves, and of
    each merged step, by its first point, where its ways end and why."""

    whole: Program
    liveness: bool
    movers: dict[str, Mover]
    boundaries: dict[str, tuple[Boundary, ...]]
    labels: frozenset[str]
    regions: frozenset[frozenset[str]]


def explained(program: Program, formulas: Iterable[Expr], *, liveness: bool) -> Explanation:
    """How `safety_reduced`, or `liveness_reduced`, comes to what it does."""
    reduction = _Reduction(program, tuple(formulas), liveness=liveness)
    reduction.run()
    program, analysis = reduction.program, reduction.analysis
    reached = [p for p in program.points if p.step is not None and p.name in analysis.must]
    movers = {point.name: reduction.mover(point) for point in reached}
    return Explanation(program, liveness, movers, reduction.boundaries, reduction.labels, analysis.regions)


@dataclass(frozen=True, slots=True)
class _Phase:
    """How far a merged step has come, `passed` from its own point on; `by` is the first point in it
    that does not move right, if there is one yet."""

    by: str
    passed: tuple[str, ...]


class _Reduction:
    def __init__(self, program: Program, formulas: tuple[Expr, ...], *, liveness: bool) -> None:
        self.liveness = liveness
        seen = Observer(program).looks(looked_at(program, formulas, liveness=liveness))
        self.program = forgetting(program, Analysis(program, seen.variables, seen.points, seen.regions))
        self.analysis = Analysis(self.program, seen.variables, seen.points, seen.regions)
        self.cpus = Cpus(self.analysis)
        self.chances = Chances(self.analysis, self.cpus)
        self.interruptions = Interruptions(self.program)
        self.labels = self.analysis.labels
        self.unfair = {process.name for process in program.processes if process.unfair}
        self.leaves = 0
        self.ways: set[tuple[str, ...]] = set()
        self.ends: dict[tuple[tuple[str, ...], str], Boundary] = {}
        self.boundaries: dict[str, tuple[Boundary, ...]] = {}

    def run(self) -> Program:
        processes = tuple(
            replace(process, entry=self.first(process)) if process.count else process
            for process in self.program.processes
        )
        todo = [process.entry for process in processes if process.count]
        made: dict[str, Point] = {}
        while todo:
            name = todo.pop()
            if name in made:
                continue
            point = self.program.point(name)
            made[name] = self.merged(point)
            step = made[name].step
            if step is not None:
                todo.extend(leaf.target for leaf in leaves(step.block))
        points = tuple(made[p.name] for p in self.program.points if p.name in made)
        return forgetful(replace(self.program, processes=processes, points=points))

    def first(self, process: Process) -> str:
        """Where the tasks of a process start: behind the steps that only pass on."""
        name = process.entry
        if self.program.cpus is not None or self.liveness:
            return name
        passed = {name}
        while (further := self.passed_on(self.program.point(name))) is not None and further not in passed:
            passed.add(name := further)
        return name

    def passed_on(self, point: Point) -> str | None:
        """Where a step without any effect leads."""
        step = point.step
        if step is None or step.guard != TRUE or self.kept(point) is not None:
            return None
        if self.mover(point).kind != BOTH:
            return None
        match step.block:
            case Block(ops=ops, end=Goto(point=target)) if all(isinstance(op, Note) for op in ops):
                return str(target)
            case _:
                return None

    def mover(self, point: Point) -> Mover:
        """How the step of a point moves in this run."""
        mover = self.analysis.mover(point, liveness=self.liveness)
        if mover.kind == NEITHER or not self.liveness:
            return mover
        reasons = self.chances.reasons(point)
        return Mover(NEITHER, reasons) if reasons else mover

    def merged(self, point: Point) -> Point:
        step = point.step
        if step is None:
            return point
        alone = self.alone(point)
        if alone is not None:
            targets = dict.fromkeys(leaf.target for leaf in leaves(step.block))
            self.boundaries[point.name] = tuple(Boundary((point.name,), t, alone) for t in targets)
            return point
        kind = self.mover(point).kind
        self.leaves = len(tuple(leaves(step.block)))
        self.ways, self.ends = set(), {}
        moves_right = kind in (RIGHT, BOTH) and not self.cpus.taken_visibly(point)
        phase = _Phase("" if moves_right else point.name, (point.name,))
        block = self.absorbed(step.block, phase, point.name)
        self.boundaries[point.name] = tuple(self.ends.values())
        return replace(point, step=replace(step, block=block, ways=frozenset(self.ways)))

    def alone(self, point: Point) -> BoundaryKind | None:
        """Why a step is left as it is, if so."""
        step = point.step
        assert step is not None
        if self.liveness and point.process in self.unfair:
            return "unfair"
        if step.kind == "await" and self.program.cpus is not None:
            # It passes without a CPU; what comes next needs one.
            return "await"
        return "alone" if step.lock is not None and step.lock.lock in self.program.queued_locks else None

    def absorbed(self, block: Block, phase: _Phase, origin: str) -> Block:
        """The block with steps taken in where it ends."""

        def further(way: Leaf) -> Block:
            rest = self.take(way.target, phase, origin)
            if isinstance(rest, Boundary):
                self.ways.add(phase.passed[1:])
                self.ends[phase.passed, way.target] = rest
                return goto(way.target)
            return rest

        return extended(block, further)

    def take(self, name: str, phase: _Phase, origin: str) -> Block | Boundary:
        """The rest of a merged step from point `name` on, or why it has to end there."""

        def end(why: BoundaryKind) -> Boundary:
            return Boundary(phase.passed, name, why)

        point = self.program.point(name)
        step = point.step
        if step is None:
            return end("end")
        if step.guard != TRUE:
            return end("guard")
        if name in phase.passed:
            return end("back")
        why = self.kept(point)
        if why is not None:
            return end(why)
        mover = self.mover(point)
        if self.program.assumed and mover.kind == NEITHER:
            return end("assumed")
        if self.interruptions.arrives(point) and (mover.kind != BOTH or mover.reasons):
            return end("interrupted")
        if phase.by and mover.kind not in (LEFT, BOTH):
            first = self.program.point(phase.by)
            moved = self.mover(first).kind in (RIGHT, BOTH)
            taken = moved and self.cpus.taken_visibly(first)
            return Boundary(phase.passed, name, "taken" if taken else "moves", mover, phase.by)
        ways = tuple(leaves(step.block))
        if any(way.target == origin for way in ways):
            return end("origin")
        if self.leaves + len(ways) - 1 > MAX_LEAVES:
            return end("outcomes")
        self.leaves += len(ways) - 1
        by = phase.by or (name if mover.kind in (LEFT, NEITHER) else "")
        return self.absorbed(step.block, _Phase(by, (*phase.passed, name)), origin)

    def kept(self, point: Point) -> BoundaryKind | None:
        """Why a control point has to stay, if so."""
        step = point.step
        assert step is not None
        if point.name in self.labels:
            return "label"
        if any(not self.proved(point, claim.condition) for claim in point.claims):
            return "claim"
        if step.lock is not None and step.lock.lock in self.program.queued_locks:
            return "queued"
        return self.cpus.offers(point)

    def proved(self, point: Point, condition: Expr) -> bool:
        """Whether a claim that the task itself holds no lock follows from what it may hold there."""
        lock_of = self.analysis.observer.locks
        names = reads(condition)
        if not names <= lock_of.keys() or not _about_self(condition):
            return False
        return not {lock_of[name] for name in names} & {lock for lock, _ in self.analysis.may[point.name]}


def _about_self(condition: Expr) -> bool:
    """Whether it only says that `Self` holds none of some locks."""
    match condition:
        case Apply(operator="and", arguments=arguments):
            return all(_about_self(argument) for argument in arguments)
        case Apply(operator="not", arguments=(inner,)):
            return _holding(inner)
        case Quantified(kind="all", condition=None, body=body):
            return _about_self(body)
        case _:
            return False


def _holding(e: Expr) -> bool:
    match e:
        case Apply(operator="or", arguments=arguments):
            return all(_holding(argument) for argument in arguments)
        case Apply(operator="==", arguments=(Read(), other)):
            return other == SELF
        case Apply(operator="in", arguments=(item, Read())):
            return item == SELF
        case _:
            return False
