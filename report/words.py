"""The words for what happens in a trace; facts come in, a kernel engineer's sentence goes out."""

from __future__ import annotations

import re
import textwrap
from collections.abc import Mapping
from pathlib import PurePath

from ..dsl.source import Source, Span
from ..translator.interpreter import Event
from ..translator.program import Task
from ..translator.retrace import Finding, Standing, TraceStep
from ..translator.show import value_text

NARROWEST = 60
"""Columns that a trace takes at least, whatever is asked for: below, words would be cut to letters."""

_NOT_XML = re.compile("[^\t\n\r -\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")


def xml_safe(text: str) -> str:
    """`text` with what XML 1.0 and HTML cannot hold, not even as a reference, written as Python would."""
    return _NOT_XML.sub(lambda found: found.group().encode("unicode_escape").decode("ascii"), text)


def event_text(event: Event) -> str:
    """One thing that happened, as part of a step."""
    value = value_text(event.value)
    mode = {"read": " for reading", "write": " for writing"}.get(event.text, "")
    match event.kind:
        case "read":
            return f"reads {event.where} = {value}"
        case "write":
            old = value_text(event.old)
            return (
                f"{event.where}: {old} -> {value}" if old != value else f"{event.where} = {value}, as before"
            )
        case "local":
            return f"{event.where} = {value}"
        case "take":
            return f"takes {event.where}{mode}"
        case "release":
            return f"releases {event.where}"
        case "queue":
            return f"queues for {event.where}{mode}"
        case "refused":
            return f"does not get {event.where}{mode}"
        case "call":
            return event.text
        case "compare":
            return f"{event.where} is unchanged" if event.value is True else f"{event.where} has moved"
        case "take_snapshot":
            return f"snapshot of {event.where}"
        case "bump":
            return f"{event.where} += 1"
        case "choose":
            return f"chooses {value}"
        case "maybe":
            return f"maybe() is {value}"
        case "arm":
            return f"prepares to wait on {event.where}"
        case "disarm":
            return f"finishes waiting on {event.where}"
        case "wake":
            woken = event.value if isinstance(event.value, frozenset) else frozenset()
            names = ", ".join(sorted(str(task) for task in woken))
            return f"wakes {names}" if names else f"wakes nobody on {event.where}"
        case _:
            return event.kind


def told(step: TraceStep) -> tuple[tuple[Span, str], ...]:
    """A step as it is read: what happened, line by line of the source."""
    groups: list[tuple[Span, list[str]]] = []
    for event in step.events:
        line = (event.span.path, event.span.line)
        if not groups or (groups[-1][0].path, groups[-1][0].line) != line:
            groups.append((event.span, []))
        text = event_text(event)
        if text not in groups[-1][1]:
            groups[-1][1].append(text)
    if not groups:
        word = {"start": "starts", "silent": "goes on"}.get(step.kind, step.kind)
        return ((step.span, word),)
    return tuple((span, "; ".join(texts)) for span, texts in groups)


def step_text(step: TraceStep) -> str:
    """A whole step in one line."""
    return "; ".join(text for _, text in told(step))


def place(span: Span, main: str) -> str:
    """A line number, with its file's name unless that is the main one."""
    return str(span.line) if span.path == main else f"{PurePath(span.path).stem}:{span.line}"


def source_line(span: Span, sources: Mapping[str, Source]) -> str:
    """The text of the line, or the part of it, that a span stands for."""
    source = sources.get(span.path)
    return "" if source is None else source.line(span.line).split("  #")[0].strip()


def waiting(standing: Standing, main: str) -> str:
    """Where a task stands at the end, and whom it waits for."""
    if standing.waits_for is None:
        return f"{standing.task} {standing.what}"
    on = ", ".join("itself" if other == standing.task else str(other) for other in standing.on)
    by = f", because of {on}" if on else ""
    return f"{standing.task} waits for {standing.waits_for}{by} (line {place(standing.span, main)})"


def because(finding: Finding) -> str:
    """The values that made a condition fail."""
    return ", ".join(f"{name} = {value}" for name, value in finding.values)


def columns(
    steps: tuple[TraceStep, ...], tasks: tuple[Task, ...], main: str, width: int, *, head: bool = True
) -> list[str]:
    """The steps, a column per task; one column with the task's name where they do not fit.  `head`: with
    the names of the columns on top."""
    width = max(width, NARROWEST)
    numbers = max(3, len(str(len(steps))))
    if not steps:
        return []
    lines = max(len(place(span, main)) for step in steps for span, _ in told(step))
    room = (width - numbers - 2) // max(1, len(tasks))
    if room < lines + 22:
        return _listed(steps, tasks, main, width, numbers, lines)
    names = " " * (numbers + 2) + "".join(str(task).ljust(room) for task in tasks).rstrip()
    rows = [names] if head else []
    for step in steps:
        at = " " * (room * tasks.index(step.task))
        number = str(step.number)
        for piece in _pieces(step, main, room - 2, lines):
            rows.append(f"{number.rjust(numbers)}  {at}{piece}".rstrip())
            number = ""
    return rows


def _pieces(step: TraceStep, main: str, width: int, lines: int) -> list[str]:
    """The rows of a step: line numbers on the left, long texts wrapped."""
    rows: list[str] = []
    for span, text in told(step):
        inner = " " * (lines + 1)
        rows += textwrap.wrap(f"{place(span, main).rjust(lines)} {text}", width, subsequent_indent=inner)
    return rows


def _listed(
    steps: tuple[TraceStep, ...], tasks: tuple[Task, ...], main: str, width: int, numbers: int, lines: int
) -> list[str]:
    names = max(len(str(task)) for task in tasks)
    rows: list[str] = []
    for step in steps:
        lead = f"{str(step.number).rjust(numbers)}  {str(step.task).ljust(names)}  "
        for piece in _pieces(step, main, width - len(lead), lines):
            rows.append(f"{lead}{piece}".rstrip())
            lead = " " * len(lead)
    return rows
