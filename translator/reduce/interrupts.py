"""Handlers on the CPUs of tasks: who goes on when, as guards; and where a merged step has to let them in.

`docs/semantics.md` has the argument for merging.
"""

from __future__ import annotations

from dataclasses import replace

from ..program.levels import above, cpu, handlers, masked, quiet, running
from ..program.program import (
    NONE,
    TRUE,
    Apply,
    Assign,
    Const,
    Expr,
    Help,
    Point,
    Process,
    Program,
    Read,
    Wait,
    conjunction,
)
from ..program.ways import leaves

EMPTY = Const(frozenset())


def interrupted(program: Program) -> Program:
    """The program in which no task, and no handler, goes on while a handler runs that has interrupted it."""
    there = handlers(program.processes)
    if not there:
        return program
    levels = {p.name: above(p.name, p.interrupts, there) for p in program.processes}
    points = tuple(
        _held_up(point, program, program.process(point.process), levels[point.process])
        for point in program.points
    )
    return replace(program, points=points)


def _held_up(point: Point, program: Program, process: Process, levels: tuple[str, ...]) -> Point:
    step = point.step
    # Whether a handler may arrive says itself what has to be quiet.
    if step is None or not levels or step.kind == "arrive":
        return point
    at = cpu(process.interrupts)
    free = quiet(levels, at)
    by: Expr = EMPTY
    for level in levels:
        one = Apply("minus", (Apply("set", (Read(running(level), (at,)),)), Apply("set", (NONE,))))
        by = one if by == EMPTY else Apply("|", (by, one))
    own = process.name if process.interrupts is None else process.interrupts.process
    there = {
        p.name
        for p in program.processes
        if p.interrupts and p.interrupts.process == own and p.interrupts.level in levels
    }
    helps = Help(None, frozenset(p.name for p in program.points if p.process in there))
    wait = step.wait
    if wait is None:
        wait = Wait(free, (helps,), by)
    else:
        blockers = None if wait.blockers is None else Apply("|", (wait.blockers, by))
        wait = Wait(conjunction(wait.until, free), (*wait.helps, helps), blockers)
    return replace(point, step=replace(step, guard=conjunction(step.guard, free), wait=wait))


class Interruptions:
    """Where the handlers of one program make a difference to what is merged."""

    def __init__(self, program: Program) -> None:
        self.program = program
        there = handlers(program.processes)
        waiting = {p.interrupts for p in program.processes if p.interrupts and self._may_stay(p)}
        # The levels of handlers that may wait, by what they interrupt.
        self.levels = {
            p.name: above(p.name, p.interrupts, (one for one in there if one in waiting))
            for p in program.processes
            if p.count
        }
        self.surely: dict[str, frozenset[str]] = {}
        if any(self.levels.values()):
            for process in program.processes:
                if self.levels.get(process.name):
                    self._flow(process.entry)

    def _may_stay(self, handler: Process) -> bool:
        """Whether a handler that has arrived may have to wait, or come to no return, be it because a check
        has halted it."""
        points = [p for p in self.program.points if p.process == handler.name]
        if any(p.step is None or (p.step.guard != TRUE and p.name != handler.entry) for p in points):
            return True
        returning = {handler.entry}
        while True:
            more = {
                p.name
                for p in points
                if p.step is not None and any(leaf.target in returning for leaf in leaves(p.step.block))
            }
            if more <= returning:
                return len(returning) < len(points)
            returning |= more

    def _flow(self, entry: str) -> None:
        """What is surely masked where: by forward data flow, over what all ways have in common."""
        self.surely[entry] = frozenset()
        todo = [entry]
        while todo:
            name = todo.pop()
            step = self.program.point(name).step
            if step is None:
                continue
            for leaf in leaves(step.block):
                here = self.surely[name]
                for op in leaf.ops:
                    match op:
                        case Assign(variable=variable, value=value) if variable == masked("interrupt"):
                            here = here | {variable} if value == TRUE else here - {variable}
                        case Assign(variable=variable, value=Apply(operator="+")):
                            here = here | {variable} if variable == masked("softirq") else here
                        case Assign(variable=variable) if variable == masked("softirq"):
                            here -= {variable}
                        case _:
                            pass
                known = self.surely.get(leaf.target)
                if known is None or not known <= here:
                    self.surely[leaf.target] = here if known is None else known & here
                    todo.append(leaf.target)

    def arrives(self, point: Point) -> bool:
        """Whether a handler that may have to wait may arrive while a task stands at a point."""
        off = self.surely.get(point.name, frozenset())
        for level in self.levels.get(point.process, ()):
            masks = {"softirq": {masked("softirq"), masked("interrupt")}, "interrupt": {masked("interrupt")}}
            if not off & masks.get(level, set()):
                return True
        return False
