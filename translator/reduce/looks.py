"""What a part of a program looks at: variables, control points, states of locks, wherever they stand in it.

All passes that ask whether somebody can tell something apart ask this module, which walks over every part of
every node.  What it leaves out, it leaves out by an argument, in `Observer.own`.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, fields, replace

from ..program.program import (
    NONE,
    PC,
    SELF,
    Apply,
    Assign,
    BoundName,
    Expr,
    Fill,
    Program,
    Read,
    Self,
    StandsAt,
    Step,
    parts,
    rewritten,
    walk_once,
)


@dataclass(frozen=True, slots=True)
class Looks:
    """The variables that are read, `others` those of them with a copy for each task of which not only that of
    the task itself is; the control points that are asked about; the regions that are, each as the points in
    it; the locks whose state is read."""

    variables: frozenset[str]
    others: frozenset[str]
    points: frozenset[str]
    regions: frozenset[frozenset[str]]
    locks: frozenset[str]


class Observer:
    """Says what parts of one program look at."""

    def __init__(self, program: Program) -> None:
        self.owned = frozenset(v.name for v in program.variables if v.process is not None)
        self.locks = {v.name: v.lock.lock for v in program.variables if v.lock is not None}
        self.parts = {v.name: v.lock.part for v in program.variables if v.lock is not None}
        self.points = frozenset(point.name for point in program.points)

    def looks(self, node: object) -> Looks:
        """What stands in `node`, at whatever place."""
        variables: set[str] = set()
        others: set[str] = set()
        points: set[str] = set()
        regions: set[frozenset[str]] = set()
        for part in walk_once(node):
            match part:
                case StandsAt(points=names, within=True):
                    regions.add(names)
                case StandsAt(points=names):
                    points |= names
                case Read(variable=variable) if variable == PC:
                    points |= self.points
                case Read(variable=variable, indices=indices):
                    variables.add(variable)
                    if variable in self.owned and indices[:1] != (SELF,):
                        others.add(variable)
                case _:
                    pass
        locks = {self.locks[name] for name in variables if name in self.locks}
        return Looks(
            frozenset(variables), frozenset(others), frozenset(points), frozenset(regions), frozenset(locks)
        )

    def beyond(self, node: object) -> Looks:
        """The same without what belongs to the operations in `node` themselves (see `own`)."""
        return self.looks(rewritten(node, self.own))

    def own(self, node: object) -> object:
        """`node` without what only an operation itself reads, or only the task that it is about can change:

        - the condition that a waiting site awaits, which is told and decides no step;
        - what `deadlock` (c) asks of a wait: that a task can never step again stays so, whatever is merged;
        - the guard of an acquisition as far as it is that of its lock, and whom it waits for;
        - the old value of what taking or giving back a lock changes;
        - each element of a variable that is mapped as a whole;
        - whether the task itself holds a lock: nobody else can change that.
        """
        match node:
            case Step():
                return tuple(rewritten(part, self.own) for part in parts(self._operation(node)))
            case Assign(effect=effect, indices=indices) if effect is not None and _is_operation(node):
                return rewritten(indices, self.own)
            case Fill(variable=variable, names=names, value=value):
                element = Read(variable, tuple(BoundName(name) for name in names))
                return rewritten(value, lambda part: () if part == element else self.own(part))
            case Apply(operator="==", arguments=(Read(variable=name, indices=indices), Self())):
                return rewritten(indices, self.own) if self.parts.get(name) in ("holder", "writer") else node
            case Apply(operator="in", arguments=(Self(), Read(variable=name, indices=indices))):
                return rewritten(indices, self.own) if self.parts.get(name) == "readers" else node
            case _:
                return node

    def _operation(self, step: Step) -> Step:
        """A step without what its lock operation reads of its lock."""
        step = replace(step, awaited=None, wait=None)
        use = step.lock
        if use is None:
            return step

        def bare(part: object) -> object:
            is_own = isinstance(part, Read) and self.locks.get(part.variable) == use.lock
            return part.indices if is_own and isinstance(part, Read) else part

        guard, free, blockers = step.guard, use.free, rewritten(use.blockers, bare)
        if free is not None and guard == free:
            guard, free = rewritten(guard, bare), None
        return replace(step, guard=guard, lock=replace(use, blockers=blockers, free=free))


def _is_operation(op: Assign) -> bool:
    """Whether an assignment to a lock's variable depends on nothing but who takes or gives it back."""
    old, task = Read(op.variable, op.indices), Apply("set", (SELF,))
    return op.value in (SELF, NONE, Apply("|", (old, task)), Apply("minus", (old, task)))


def looked_at(program: Program, formulas: Iterable[Expr], *, liveness: bool) -> tuple[object, ...]:
    """All that a run looks at without being at a place: the `formulas`, and every part of the program but

    - its points, of which more is known;
    - the properties of the other kind of run, which this run does not check;
    - `no_spinning`, which only says of a task itself whether it gives its CPU away (see `reduce`).
    """
    other = ("invariants", "sometimes") if liveness else ("temporal",)
    names = (f.name for f in fields(program) if f.name not in ("points", "no_spinning", "_points", *other))
    return (tuple(formulas), *(getattr(program, name) for name in names))
