"""The words for what happens in a trace; facts come in, a kernel engineer's sentence goes out."""

from __future__ import annotations

import re
import textwrap
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import PurePath
from typing import assert_never, get_args

from ...dsl.checker.prelude import policy_at
from ...dsl.source import Source, Span
from ...translator.program.findings import Cure, Event, Finding, Put, Standing, TraceStep
from ...translator.program.kinds import NoteKind
from ...translator.program.values import Record, Task, Value, value_text

NARROWEST = 60
"""Columns that a trace takes at least, whatever is asked for: below, words would be cut to letters."""

_KNOWN = frozenset(get_args(NoteKind))

_NOT_XML = re.compile("[^\t\n\r -\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")


def xml_safe(text: str) -> str:
    """`text` with what XML 1.0 and HTML cannot hold, not even as a reference, written as Python would."""
    return _NOT_XML.sub(lambda found: found.group().encode("unicode_escape").decode("ascii"), text)


def event_text(event: Event) -> str:
    """One thing that happened, as part of a step."""
    value = value_text(event.value)
    mode = {"read": " for reading", "write": " for writing"}.get(event.text, "")
    if event.kind not in _KNOWN:
        return event.kind  # of a result that a later version has saved
    match event.kind:
        case "read" if event.text:
            return f"{event.text}() finds {event.where} = {value}"
        case "read":
            return f"reads {event.where} = {value}"
        case "write" if isinstance(event.value, Record) and event.value != event.old:
            where = f"{event.text}({event.where})" if event.text else event.where
            return f"{where}: {_changed(event.value, event.old)}"
        case "write" if event.text:
            old = value_text(event.old)
            change = f"{old} -> {value}" if old != value else f"{value}, as before"
            return f"{event.text}({event.where}): {change}"
        case "write":
            old = value_text(event.old)
            return (
                f"{event.where}: {old} -> {value}" if old != value else f"{event.where} = {value}, as before"
            )
        case "stale":
            return f"reads {event.where} = {value}{_before(event, 'store')} (newest: {value_text(event.old)})"
        case "stale_snapshot":
            return f"snapshot of {event.where}{_before(event, 'bump')}"
        case "stale_compare":
            same = "unchanged" if event.value is True else "moved"
            return f"reads {event.where}{_before(event, 'bump')}: {same}"
        case "overtaken":
            by = "" if event.newest is None else f" by {_whose(event, 'store')}, which it has not seen"
            return f"stores {event.where} = {value}; overtaken{by}"
        case "barrier":
            return _barrier(event)
        case "begin":
            return f"{event.where} starts as {value}"
        case "local":
            return f"{event.where} = {value}"
        case "cpu":
            return f"takes the CPU of {value}, which {event.text}"
        case "end":
            return "returns"
        case "take":
            return f"takes {event.where}{mode}"
        case "release":
            return f"releases {event.where}"
        case "queue":
            return f"queues for {event.where}{mode}"
        case "refused":
            return f"does not get {event.where}{mode}{_held_by(event.value)}"
        case "call" | "asked":
            return event.text
        case "compare":
            return f"{event.where} is unchanged" if event.value is True else f"{event.where} has moved"
        case "take_snapshot":
            return f"snapshot of {event.where}"
        case "bump":
            return f"{event.where} += 1"
        case "choose":
            return f"chooses {value}"
        case "need_resched":
            return f"need_resched() is {value}"
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
        case "alloc":
            return f"allocates {value}"
        case "no_alloc":
            return f"allocates no {event.text}: None"
        case "free":
            return f"frees {value}"
        case "leaving":
            readers = event.old if isinstance(event.old, frozenset) else frozenset()
            names = ", ".join(sorted(str(task) for task in readers))
            return f"frees {value} after a grace period, which waits for {names or 'nobody'}"
        case "twice":
            return f"frees {value}, which is not allocated"
        case "locked":
            return f"frees {value}, in which a lock is held"
        case "dead":
            return f"uses {event.where}, which is not allocated"
        case "record":
            return event.text
        case "ipi":
            return f"sends an IPI: {value}"
        case "arrive":
            return f"interrupts {value}"
        case "return":
            return f"returns to {value}"
        case "enter":
            return f"begins a read section of {event.where}"
        case "leave":
            return f"ends a read section of {event.where}"
        case "grace":
            readers = event.value if isinstance(event.value, frozenset) else frozenset()
            names = ", ".join(sorted(str(task) for task in readers))
            return f"grace period of {event.where}: waits for {names or 'nobody'}"
        case "graced":
            return f"grace period of {event.where} is over"
        case "round":
            return event.kind
        case _:
            assert_never(event.kind)


def _changed(new: Record, old: Value) -> str:
    """What becomes of the fields of a word that change."""
    assert isinstance(old, Record)
    pairs = zip(old.fields, new.fields, strict=True)
    return ", ".join(f"{n} {value_text(a)} -> {value_text(b)}" for (n, a), (_, b) in pairs if a != b)


def _whose(event: Event, what: str) -> str:
    newest = event.newest
    return "" if newest is None else f"{newest.task}'s {what} at line {newest.span.line}"


def _before(event: Event, what: str) -> str:
    """That an older value is read, and from before which store."""
    return f", from before {_whose(event, what)}" if event.newest else ", an older value"


_ORDERS = {
    "smp_rmb()": "no older value of {} is read from here on",
    "smp_wmb()": "what it has stored to {} comes before its stores from here on",
    "smp_mb__after_unlock_lock()": "what the sections before it did to {} comes before all from here on",
}
_ORDERS_ALL = "what it has seen or stored of {} comes before all from here on"


def _barrier(event: Event) -> str:
    """A barrier, and what it makes a difference to, if it does."""
    names = event.value if isinstance(event.value, frozenset) else frozenset()
    told = ", ".join(sorted(map(str, names)))
    return f"{event.text}: {_ORDERS.get(event.text, _ORDERS_ALL).format(told)}" if told else event.text


def _held_by(holders: Value) -> str:
    names = ", ".join(sorted(str(task) for task in holders)) if isinstance(holders, frozenset) else ""
    return f", held by {names}" if names else ""


def told(step: TraceStep, *, verbose: bool = False) -> tuple[tuple[Span, str], ...]:
    """A step as it is read: what happened, line by line of the source.

    Unless it is to be `verbose`, locals that keep their value are left out, and what nothing follows from.
    """
    groups: list[tuple[Span, list[str]]] = []
    for event in step.events:
        if not verbose and _tells_nothing(event):
            continue
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


def _tells_nothing(event: Event) -> bool:
    return event.kind == "end" or (event.kind == "local" and event.value == event.old)


def tells(step: TraceStep) -> bool:
    """Whether anything happened that a reader has to know: not a start, nor a step for its own sake."""
    return step.kind not in ("start", "silent") or any(not _tells_nothing(event) for event in step.events)


def step_text(step: TraceStep) -> str:
    """A whole step in one line."""
    return "; ".join(text for _, text in told(step))


def place(span: Span, main: str) -> str:
    """A line number, with its file's name unless that is the main one; of a wait policy with its name."""
    policy = policy_at(span)
    if policy is not None:
        return f"policy {policy}:{span.line}"
    return str(span.line) if span.path == main else f"{PurePath(span.path).stem}:{span.line}"


def line_words(span: Span, main: str) -> str:
    """A line within a sentence."""
    policy = policy_at(span)
    return f"line {place(span, main)}" if policy is None else f"line {span.line} of policy {policy}"


def source_line(span: Span, sources: Mapping[str, Source], formula: Span | None = None) -> str:
    """The text of the line, or the part of it, that a span stands for; with the `formula` that belongs to it,
    where that stands on further lines, all in one line."""
    source = sources.get(span.path)
    if source is None:
        return ""
    line = source.line(span.line).split("  #")[0].strip()
    if formula is None or formula.end_line == span.line:
        return line
    text = source.formula(formula)
    head = line if formula.line > span.line else source.line(span.line)[: formula.column - 1].strip()
    return f"{head} {text}"


def in_words(step: TraceStep, *, verbose: bool = False) -> tuple[tuple[Span, str], ...]:
    """A step as `told`, with what happens within a wait policy at the line of the site that waits."""
    site = next((call for call in reversed(step.calls) if policy_at(call) is None), None)
    found: list[tuple[Span, str]] = []
    for span, text in told(step, verbose=verbose):
        policy = policy_at(span)
        found.append((span, text) if policy is None or site is None else (site, f"{policy}: {text}"))
    return tuple(found)


def waiting(standing: Standing, main: str) -> str:
    """Where a task stands at the end, and whom it waits for."""
    text = _waiting(standing, main)
    if standing.lost is None:
        return text
    moved = [f"{one.where} was {one.then} in step {one.step}, and is {one.now}" for one in standing.lost]
    return f"{text}: the wake-up is lost{''.join(f'; {one}' for one in moved)}"


def _waiting(standing: Standing, main: str) -> str:
    if standing.waits_for is None:
        return f"{standing.task} {standing.what}"
    if standing.only is not None:
        by = f", which {_whoever(standing.only)}"
    else:
        on = ", ".join("itself" if other == standing.task else str(other) for other in standing.on)
        by = f", because of {on}" if on else ""
        by += f", {_of_whom(standing)} never comes to give it back" if standing.keepers else ""
    return f"{standing.task} waits for {standing.waits_for}{by} ({line_words(standing.span, main)})"


def _whoever(only: tuple[Task, ...]) -> str:
    if not only:
        return "nobody can bring about any more"
    return f"only {', '.join(map(str, only))} could bring about"


def _of_whom(standing: Standing) -> str:
    if standing.keepers == standing.on and len(standing.on) == 1:
        return "which"
    return f"of whom {', '.join(map(str, standing.keepers))}"


def cure_text(cures: tuple[Cure, ...], main: str) -> str:
    """The barriers that exclude a behaviour: found by trying, and no promise about others."""

    def where(put: Put) -> str:
        after, before = place(put.after, main), place(put.before, main)
        return f"of {put.task} between lines {after} and {before}"

    if len(cures[0].puts) == 1:
        places = ", or ".join(where(cure.puts[0]) for cure in cures)
        return f"{cures[0].puts[0].word} {places} excludes this trace"
    told = " and ".join(f"{put.word} {where(put)}" for put in cures[0].puts)
    return f"{told} together exclude this trace"


def because(finding: Finding, main: str) -> str:
    """The values that made a condition fail, and where tasks stand."""
    values = [f"{name} = {value}" for name, value in finding.values]
    for one in finding.positions:
        where = f"{'' if one.there else 'not '}{'in' if one.within else 'at'} {one.label}"
        values.append(f"{one.task} {where} ({line_words(one.span, main)})")
    return ", ".join(values)


@dataclass(frozen=True, slots=True)
class Layout:
    """A trace as rows: `head` with the names of the columns, if there are any, and each step's rows."""

    head: tuple[str, ...]
    steps: tuple[tuple[str, ...], ...]


# The lines of one step, each with what happened there.  A line has its file's name in front where the
# reader does not know it from the line above.
_Told = list[tuple[str, str]]


def layout(
    steps: tuple[TraceStep, ...], tasks: tuple[Task, ...], main: str, width: int, *, verbose: bool = False
) -> Layout:
    """The steps, a column per task; one column with the task's name where they do not fit.  A step that tells
    nothing has no rows, unless it is to be `verbose`."""
    if not steps:
        return Layout((), ())
    width = max(width, NARROWEST)
    numbers = max(3, len(str(len(steps))))
    lines = max(len(str(span.line)) for step in steps for span, _ in in_words(step, verbose=verbose))
    room = (width - numbers - 2) // max(1, len(tasks))
    spoken = _with_files(steps, main, by_task=True, verbose=verbose)
    # Where a line, or a word behind it, would be cut, a column is too narrow.
    heads = max((len(line) for step in spoken for line, _ in step), default=0)
    words = max((len(word) for step in spoken for _, text in step for word in text.split()), default=0)
    if room < max(lines + 22, heads + 3, lines + words + 3):
        return _listed(steps, main, width, numbers, lines, verbose=verbose)
    head = " " * (numbers + 2) + "".join(str(task).ljust(room) for task in tasks).rstrip()
    laid: list[tuple[str, ...]] = []
    for step, happened in zip(steps, spoken, strict=True):
        lead = f"{str(step.number).rjust(numbers)}  {' ' * (room * tasks.index(step.task))}"
        laid.append(_rows(lead, happened, room - 2, lines))
    return Layout((head,), tuple(laid))


def _listed(
    steps: tuple[TraceStep, ...], main: str, width: int, numbers: int, lines: int, *, verbose: bool
) -> Layout:
    names = max(len(str(step.task)) for step in steps)
    laid: list[tuple[str, ...]] = []
    for step, happened in zip(steps, _with_files(steps, main, by_task=False, verbose=verbose), strict=True):
        lead = f"{str(step.number).rjust(numbers)}  {str(step.task).ljust(names)}  "
        laid.append(_rows(lead, happened, width - len(lead), lines))
    return Layout((), tuple(laid))


def _with_files(steps: tuple[TraceStep, ...], main: str, *, by_task: bool, verbose: bool) -> list[_Told]:
    """What is told of each step, nothing of one that tells nothing.  A file is named where it changes, going
    down a column: the main one is where a column begins.  Where there is one file only, it is named once."""
    spoken = [in_words(step, verbose=verbose) if verbose or tells(step) else () for step in steps]
    by_task &= len({span.path for one in spoken for span, _ in one}) > 1
    files: dict[Task | None, str] = {}
    found: list[_Told] = []
    for step, said in zip(steps, spoken, strict=True):
        column = step.task if by_task else None
        happened: _Told = []
        for span, text in said:
            known = span.path == files.get(column, main)
            files[column] = span.path
            happened.append((str(span.line) if known else f"{PurePath(span.path).stem}:{span.line}", text))
        found.append(happened)
    return found


def _rows(lead: str, happened: _Told, width: int, lines: int) -> tuple[str, ...]:
    """The rows of a step: line numbers on the left, long texts wrapped."""
    rows: list[str] = []
    for line, text in happened:
        words = f"{line.rjust(lines)} {text}"
        for piece in textwrap.wrap(words, width, subsequent_indent=" " * (lines + 1), break_on_hyphens=False):
            rows.append(f"{lead}{piece}".rstrip())
            lead = " " * len(lead)
    return tuple(rows)
