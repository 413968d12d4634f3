"""A program whose records are those of a given recording: the form in which TLC is asked about one.

A record may be taken where the next event of the recording is it: its label, its values, a thread that plays
the task or may take it.  The recording is explained if the position behind its last event can be reached, so
that is what the invariant of the program denies.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

from ..dsl.model.sorts import Range
from .program.program import (
    FALSE,
    SELF,
    TRUE,
    Apply,
    Assign,
    Block,
    BoundName,
    Const,
    Expr,
    Goto,
    Invariant,
    Note,
    Op,
    Point,
    Program,
    Quantified,
    Read,
    Test,
    Variable,
    conjunction,
)
from .recorded import NO_VALUE, RECORDED, Recorded

POSITION = "(position)"
"""How many events of the recording are behind."""
PLAYER = "(player)"
"""The number of the thread that plays a task, 0 where none does."""
EXPLAINED = "explained"
"""The invariant that is violated if the recording is explained."""


@dataclass(frozen=True, slots=True)
class Due:
    """An event: `thread` is a number from 1 on; `labels` are numbers of labels, each with the values that its
    record has to have, by the variables of `Recorded`."""

    process: str
    thread: int
    labels: tuple[tuple[int, tuple[tuple[str, object], ...]], ...]
    takes: bool
    gives: bool


def driven(made: Recorded, events: Sequence[Due]) -> Program:
    """The program with these events as its records, in their order."""
    program = made.program
    threads = max((event.thread for event in events), default=0)
    variables = [v for v in program.variables if v.kind != "recorded"]
    variables.append(Variable(POSITION, "control", Range(0, len(events)), 0))
    variables.append(Variable(PLAYER, "control", Range(0, threads), 0, (), "*"))
    reached = Apply("!=", (Read(POSITION), Const(len(events))))
    return replace(
        program,
        points=tuple(_driven(point, program, events) for point in program.points),
        variables=tuple(variables),
        invariants=(Invariant(EXPLAINED, reached, program.processes[0].span),),
        properties=(EXPLAINED,),
    )


def _driven(point: Point, program: Program, events: Sequence[Due]) -> Point:
    step = point.step
    if step is None or step.kind != "record":
        return point
    told = {op.variable: op.value for op in step.block.ops if isinstance(op, Assign)}
    number = told[RECORDED]
    assert isinstance(number, Const) and isinstance(step.block.end, Goto)
    # Events that say the same differ in their positions only.
    alike: dict[tuple[Due, tuple[tuple[str, object], ...]], set[int]] = {}
    for position, event in enumerate(events):
        values = dict(event.labels).get(number.value) if event.process == point.process else None  # type: ignore[arg-type]
        if values is not None:
            alike.setdefault((replace(event, labels=()), values), set()).add(position)
    notes = tuple(op for op in step.block.ops if isinstance(op, Note))
    guard: Expr = FALSE
    block = Block((), step.block.end)
    for (event, values), positions in reversed(alike.items()):
        due = conjunction(
            Apply("in", (Read(POSITION), Const(frozenset(positions)))),
            _may_play(event, program),
            *(_equals(told[name], value) for name, value in values),
        )
        ops: tuple[Op, ...] = (
            *notes,
            Assign(PLAYER, (SELF,), Const(0 if event.gives else event.thread)),
            Assign(POSITION, (), Apply("+", (Read(POSITION), Const(1)))),
        )
        taken = Block(ops, step.block.end)
        block = taken if guard == FALSE else Block((), Test(due, taken, block))
        guard = due if guard == FALSE else Apply("or", (due, guard))
    return replace(point, step=replace(step, guard=guard, block=block))


def _may_play(event: Due, program: Program) -> Expr:
    """Whether the thread of an event plays `Self`, or may take it."""
    player, thread = Read(PLAYER, (SELF,)), Const(event.thread)
    plays = Apply("==", (player, thread))
    if not event.takes:
        return plays
    own = Const(frozenset(program.process(event.process).tasks))
    other = Apply("!=", (Read(PLAYER, (BoundName("u"),)), thread))
    free = conjunction(Apply("==", (player, Const(0))), Quantified("all", "u", own, None, other))
    return Apply("or", (plays, free))


def _equals(told: Expr, value: object) -> Expr:
    """That an expression has a value, and that it is this one."""
    needed: Expr = TRUE
    match told:
        case Apply(operator="if", arguments=(condition, inner, Const(value=word))) if word == NO_VALUE:
            needed, told = condition, inner
        case _:
            pass
    return conjunction(needed, Apply("==", (told, Const(value))))  # type: ignore[arg-type]
