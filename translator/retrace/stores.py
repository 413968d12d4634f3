"""Whose store it is that a task has not seen, when it reads an older value or stores below it."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace

from ..program.findings import Event, Stored, TraceStep

UNSEEN = ("stale", "stale_snapshot", "stale_compare", "overtaken")


def with_stores(steps: Iterable[TraceStep]) -> tuple[TraceStep, ...]:
    """The steps of a behaviour, from its first on, with the newest store where the task has not seen it."""
    newest: dict[str, Stored] = {}
    told: list[TraceStep] = []
    for step in steps:
        events: list[Event] = []
        for event in step.events:
            if event.kind in UNSEEN:
                event = replace(event, newest=newest.get(event.where))
            elif event.kind in ("write", "bump"):
                newest[event.where] = Stored(step.task, event.span)
            events.append(event)
        told.append(replace(step, events=tuple(events)))
    return tuple(told)
