"""The scheduler pass: CPUs as state, without a dispatch step.

A task that has no CPU takes one by stepping: a free one, or that of a task that has ended or stands
at a scheduling point.  Spinning keeps the CPU, sleeping gives it up, `preempt = full` offers it
everywhere outside spinning locks.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

from ..program.program import (
    CPU,
    NONE,
    SELF,
    TRUE,
    AnyTask,
    Apply,
    Assign,
    Block,
    BoundName,
    Const,
    Defined,
    Definition,
    Expr,
    Op,
    Pick,
    Program,
    Quantified,
    Read,
    StandsAt,
    Step,
    Task,
    TaskSet,
    Variable,
    conjunction,
    exchanged,
)

GIVES_WAY = "GivesWay"
PLACES = "Places"


def scheduled(program: Program) -> Program:
    """The program with its N CPUs as state; as it is when there is one for each task."""
    if program.cpus is None:
        return program
    pins = dict(program.pins)
    t = BoundName("t")
    ready = frozenset(p.name for p in program.points if p.step is None or p.step.offers_cpu)
    gives_way: Expr = StandsAt(t, ready)
    if program.preempt == "full":
        free = TRUE if program.no_spinning == TRUE else exchanged(program.no_spinning, SELF, t)
        gives_way = TRUE if free == TRUE else Apply("or", (gives_way, free))
    if pins:
        variable = Variable(CPU, "control", AnyTask(), None, (program.cpus,), None, "cpu[]")
        places = _pinned(program, pins, program.cpus)
    else:
        variable = Variable(CPU, "control", TaskSet(), frozenset(), (), None, "cpus")
        places = _unpinned(program.cpus)
    points = tuple(
        point
        if point.step is None or point.step.kind == "await"
        else replace(point, step=_taking(point.step, bool(pins)))
        for point in program.points
    )
    return replace(
        program,
        points=points,
        variables=(*program.variables, variable),
        definitions=(Definition(GIVES_WAY, gives_way), Definition(PLACES, places)),
    )


def _unpinned(cpus: int) -> Expr:
    """Whose place a task `t` may take: its own, nobody's (None), or that of one that gives way."""
    t, u = BoundName("t"), BoundName("u")
    running = Read(CPU)
    others = Quantified("build", "u", running, Defined(GIVES_WAY, u), u)
    some_free = Apply("<", (Apply("len", (running,)), Const(cpus)))
    taken = Apply("if", (some_free, Apply("set", (NONE,)), others))
    return Apply("if", (Apply("in", (t, running)), Apply("set", (t,)), taken))


def _pinned(program: Program, pins: Mapping[Task, int], cpus: int) -> Expr:
    """Which CPUs a task `t` may step on."""
    t, c = BoundName("t"), BoundName("c")
    every = Const(frozenset(range(cpus)))
    allowed: Expr = every
    for task, cpu in pins.items():
        own = Apply("set", (Const(cpu),))
        allowed = Apply("if", (Apply("==", (t, Const(task))), own, allowed))
    current = Read(CPU, (c,))
    mine = Quantified("build", "c", every, Apply("==", (current, t)), c)
    gives_way = Apply("or", (Apply("==", (current, NONE)), Defined(GIVES_WAY, current)))
    others = Quantified("build", "c", allowed, gives_way, c)
    running = Quantified("any", "c", every, None, Apply("==", (current, t)))
    return Apply("if", (running, mine, others))


def _taking(step: Step, pinned: bool) -> Step:
    """The step, taken only on a CPU, which it takes."""
    places = Defined(PLACES, SELF)
    place = BoundName("place")
    take: tuple[Op, ...]
    if pinned:
        take = (Assign(CPU, (place,), SELF),)
    else:
        left = Apply("minus", (Read(CPU), Apply("set", (place,))))
        take = (Assign(CPU, (), Apply("|", (left, Apply("set", (SELF,))))),)
    block = Block((), Pick("place", places, Block((*take, *step.block.ops), step.block.end)))
    guard = conjunction(step.guard, Apply("!=", (places, Const(frozenset()))))
    return replace(step, guard=guard, block=block)
