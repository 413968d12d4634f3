"""What a trace implies and does not say: where every task stands, who holds what, who wrote what is read."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from ...dsl.source import Span
from ...translator.program.findings import Event, Finding, Standing, TraceStep
from ...translator.program.values import Task, Value


@dataclass(frozen=True, slots=True)
class Hold:
    """A task has a lock, or is queued for it (`waits`), from the end of step `first` to that of `last`
    (None: to the end of the trace).  `mode` is read, write, or empty for a lock that has none."""

    task: Task
    lock: str
    mode: str
    first: int
    last: int | None
    waits: bool = False


@dataclass(frozen=True, slots=True)
class Link:
    """Step `reader` read `where`, whose value step `writer` had written."""

    writer: int
    reader: int
    where: str


def stands(finding: Finding) -> tuple[Mapping[Task, Span | None], ...]:
    """Where each task stands: before the first step, and after each.  None: it has ended.

    A task stands at its next step, and when it has none where the finding says that it ends up: at the
    assertion that failed, or, when a loop begins again, at its first step of the loop.
    """
    at: dict[Task, Span | None] = {
        standing.task: None if standing.what == "ended" else standing.span for standing in finding.standing
    }
    if finding.task is not None and finding.span is not None:
        at[finding.task] = finding.span
    if finding.loop is not None:
        for step in reversed(finding.steps[finding.loop :]):
            at[step.task] = step.span
    found = [dict(at)]
    for step in reversed(finding.steps):
        at[step.task] = step.span
        found.append(dict(at))
    return tuple(reversed(found))


def holds(finding: Finding) -> tuple[Hold, ...]:
    """Every stretch in which a task has a lock, or is queued for one, by where it begins."""
    found: list[Hold] = []
    pending: dict[tuple[Task, str, str, bool], int] = {}

    def close(key: tuple[Task, str, str, bool], last: int | None) -> None:
        first = pending.pop(key, None)
        if first is not None:
            task, lock, mode, waits = key
            found.append(Hold(task, lock, mode, first, last, waits))

    for step in finding.steps:
        for event in step.events:
            key = (step.task, event.where, event.text)
            if event.kind == "queue":
                pending[*key, True] = step.number
            elif event.kind == "take":
                close((*key, True), step.number)
                pending[*key, False] = step.number
            elif event.kind == "release":
                close((*key, False), step.number)
    for key_ in list(pending):
        close(key_, None)
    return tuple(sorted(found, key=lambda hold: (hold.first, hold.task)))


def links(finding: Finding) -> tuple[Link, ...]:
    """The reads of what an earlier step wrote.

    A read is linked only when the last write to that very place wrote the value that was read; what
    was there from the start, or was changed in another way in between, has no link.
    """
    found: dict[Link, None] = {}
    last: dict[str, tuple[int, Value]] = {}
    for step in finding.steps:
        for event in step.events:
            known = last.get(event.where)
            moved = event.kind == "compare" and event.value is not True
            if known and (moved or (event.kind == "read" and known[1] == event.value)):
                if known[0] != step.number:
                    found[Link(known[0], step.number, event.where)] = None
            if event.kind in ("write", "bump"):
                _forget(last, event.where)
                last[event.where] = (step.number, event.value)
        _distrust(last, step)
    return tuple(found)


def _forget(last: dict[str, tuple[int, Value]], where: str) -> None:
    """A write to `where` also writes what it is part of, and its parts."""
    for other in list(last):
        if _inside(other, where) or _inside(where, other):
            del last[other]


def _inside(part: str, whole: str) -> bool:
    return part.startswith((f"{whole}[", f"{whole}."))


def stuck(finding: Finding) -> tuple[Standing, ...]:
    """Those who wait in the end: in a loop, all the way round it."""
    around = set() if finding.loop is None else {step.task for step in finding.steps[finding.loop :]}
    return tuple(one for one in finding.standing if one.waits_for is not None and one.task not in around)


def _distrust(last: dict[str, tuple[int, Value]], step: TraceStep) -> None:
    """Places that changed without a write that the step tells of."""
    written = {event.where for event in step.events if _writes(event)}
    for change in step.changes:
        if change.name not in written:
            last.pop(change.name, None)


def _writes(event: Event) -> bool:
    return event.kind in ("write", "bump")
