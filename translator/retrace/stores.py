"""Whose store it is that a task has not seen, when it reads an older value or stores below it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from itertools import chain

from ..program.findings import Event, Stored, TraceStep

UNSEEN = ("stale", "stale_snapshot", "stale_compare", "overtaken")
STORES = ("write", "bump")


def with_stores(step: TraceStep, before: Sequence[TraceStep]) -> TraceStep:
    """A step, with the newest store where the task has not seen it; `before` are the steps that led to it."""
    if not any(event.kind in UNSEEN for event in step.events):
        return step
    events = tuple(
        replace(event, newest=_newest(event.where, step, step.events[:number], before))
        if event.kind in UNSEEN
        else event
        for number, event in enumerate(step.events)
    )
    return replace(step, events=events)


def _newest(
    where: str, step: TraceStep, passed: Sequence[Event], before: Sequence[TraceStep]
) -> Stored | None:
    """The last store to a place: in the step itself, or else in the latest step that has one."""
    earlier = ((one, one.events) for one in reversed(before))
    for other, events in chain([(step, passed)], earlier):
        for event in reversed(events):
            if event.kind in STORES and event.where == where:
                return Stored(other.task, event.span)
    return None
