"""What a behaviour that violates a property is told by, from its first step to its last."""

from __future__ import annotations

from dataclasses import dataclass

from ...dsl.source import Span
from .kinds import MarkKind, NoteKind, StepKind
from .values import Task, Value


@dataclass(frozen=True, slots=True)
class Reachable:
    """A label or branch of the source; `text` names it."""

    number: int
    kind: MarkKind
    span: Span
    text: str


@dataclass(frozen=True, slots=True)
class Stored:
    """Who made a store, or bumped a counter, and where."""

    task: Task
    span: Span


@dataclass(frozen=True, slots=True)
class Event:
    """One thing that happened within a step, with the values that it happened with.

    `kind` as in `Note`; `where` is the place in the author's words, indices filled in; `value` what
    was read, written, chosen or found, `old` what a write replaced.  `newest` is set where weak memory shows:
    the store that the task has not seen.
    """

    kind: NoteKind
    span: Span
    where: str
    value: Value
    old: Value
    text: str
    newest: Stored | None = None


@dataclass(frozen=True, slots=True)
class Change:
    """A variable, or an element of one, that a step changed."""

    name: str
    old: str
    new: str


@dataclass(frozen=True, slots=True)
class TraceStep:
    """One step: who took it, where it stands in the source, what happened, what is different.

    `calls` are the call sites through which it was reached, outermost first; `round`: an endless loop
    that is no part of another came round with it.
    """

    number: int
    task: Task
    kind: StepKind
    span: Span
    calls: tuple[Span, ...]
    events: tuple[Event, ...]
    changes: tuple[Change, ...]
    round: bool = False


@dataclass(frozen=True, slots=True)
class Moved:
    """A place that a sleeper looked at before it slept: what was there in `step`, and what is there now."""

    where: str
    then: str
    now: str
    step: int


@dataclass(frozen=True, slots=True)
class Standing:
    """Where a task stands at the end of a trace; `waits_for` says for what, in words, when it
    cannot go on, and `on` for whom.

    Where that is for ever, `only` are the tasks that alone could end the wait, if it is not for a lock, and
    `keepers` those of `on` who come to no step that gives the lock back.  `lost` is set for a sleeper
    that would not sleep if it looked again: what has moved since it looked, of what it read step by step.
    """

    task: Task
    span: Span
    what: str
    waits_for: str | None
    on: tuple[Task, ...]
    only: tuple[Task, ...] | None = None
    keepers: tuple[Task, ...] = ()
    lost: tuple[Moved, ...] | None = None


@dataclass(frozen=True, slots=True)
class Position:
    """Whether a task is `there`, at the label that a failed condition asks about, or `within` the region;
    `span` is where it is."""

    task: Task
    label: str
    there: bool
    span: Span
    within: bool = False


@dataclass(frozen=True, slots=True)
class Put:
    """A barrier, by its word, of a task, somewhere behind what it does at `after` and before what it does at
    `before`."""

    word: str
    task: Task
    after: Span
    before: Span


@dataclass(frozen=True, slots=True)
class Cure:
    """Barriers that together exclude a behaviour."""

    puts: tuple[Put, ...]


@dataclass(frozen=True, slots=True)
class Finding:
    """A violated property: the behaviour that violates it, and why its last state does.

    `task`, `span` and `message` belong to the claim that failed; `formula` is where the condition of an
    `invariant` or `property` is written, behind its head; `values` are the places that the
    failed condition reads, with their values, and `positions` the tasks that it asks about; `cycle`
    are tasks that wait for each other, `stuck` those that can never step again, whatever others do.

    For a temporal property `loop` is the number of steps before the part that repeats for ever (all
    of them when nothing steps any more), `diagnosis` the word for what the loop is, and `reasons`
    tell who steps in it, who waits in it and why fairness does not forbid it.

    `cures` are barriers each of which excludes this behaviour, where an older value was read in it.
    """

    property: str
    steps: tuple[TraceStep, ...]
    task: Task | None
    span: Span | None
    message: str
    calls: tuple[Span, ...]
    values: tuple[tuple[str, str], ...]
    standing: tuple[Standing, ...]
    cycle: tuple[Task, ...]
    initial: tuple[tuple[str, str], ...]
    final: tuple[tuple[str, str], ...]
    loop: int | None = None
    diagnosis: str = ""
    reasons: tuple[str, ...] = ()
    stuck: tuple[Task, ...] = ()
    positions: tuple[Position, ...] = ()
    formula: Span | None = None
    cures: tuple[Cure, ...] = ()
