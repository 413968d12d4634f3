"""Levels of interrupts: what runs before what on a CPU, and the variables that say so.

A handler runs on the CPU of the task of the same index of the process that it interrupts.
`docs/semantics.md` has the rules.
"""

from __future__ import annotations

from collections.abc import Iterable

from .program import NONE, SELF, Apply, Const, Expr, Interrupts, Process, Read, TaskAt, conjunction

LEVELS = ("softirq", "interrupt", "nmi")
"""From below: a handler interrupts tasks, and handlers of the levels below its own."""

MASKS = ("softirq", "interrupt")
"""The levels that code can mask."""

UNPREEMPTED = "preempt.masked"
"""The variable that says of each task, and of each handler, how often it has forbidden to be preempted."""

PREEMPTIBLE = Apply("==", (Read(UNPREEMPTED, (SELF,)), Const(0)))
"""That the task itself may be preempted, as far as it has not forbidden it."""


def called(handler: str) -> str:
    """The variable that says of each instance of a handler which tasks have called it, and it did not begin
    yet."""
    return f"{handler}.(called)"


def caller(handler: str) -> str:
    """The variable that says of each instance of a handler for which task it runs, or None."""
    return f"{handler}.(caller)"


def turn(handler: str) -> str:
    """The variable that says of each instance of a handler which of those who have called it go first."""
    return f"{handler}.(turn)"


def running(level: str) -> str:
    """The variable with the handler of a level that runs on each task's CPU, or None."""
    return f"{level}.handler"


def masked(level: str) -> str:
    """The variable that says of each task's CPU whether interrupts are masked there, or how often softirqs
    are."""
    return f"{level}.masked"


def cpu(interrupts: Interrupts | None) -> Expr:
    """The task on whose CPU `Self` runs: itself, or the one that it, a handler, interrupts."""
    return SELF if interrupts is None else TaskAt(interrupts.process, Apply("index", (SELF,)))


def above(name: str, interrupts: Interrupts | None, handlers: Iterable[Interrupts]) -> tuple[str, ...]:
    """The levels of those of the model's `handlers` that interrupt a process or handler, from below."""
    interrupted = name if interrupts is None else interrupts.process
    lowest = 0 if interrupts is None else LEVELS.index(interrupts.level) + 1
    there = {handler.level for handler in handlers if handler.process == interrupted}
    return tuple(level for level in LEVELS[lowest:] if level in there)


def handlers(processes: Iterable[Process]) -> tuple[Interrupts, ...]:
    """What the handlers among some processes interrupt."""
    return tuple(process.interrupts for process in processes if process.interrupts is not None)


def quiet(levels: Iterable[str], at: Expr) -> Expr:
    """That no handler of these levels runs on the CPU of a task."""
    return conjunction(*(Apply("==", (Read(running(level), (at,)), NONE)) for level in levels))
