"""A recording against a model, as text."""

from __future__ import annotations

from collections.abc import Iterable

from ...recording.events import Event
from ...recording.result import (
    EXPLAINED,
    UNDECIDED,
    UNEXPLAINED,
    Failure,
    Instead,
    Interval,
    Validation,
)
from ..text.behaviour import Page
from ..text.words import layout, place, source_line, waiting
from ..visible import shown

_INK = {UNDECIDED: "note"}
"""How an outcome is marked that is not the expected one, if not as bad."""

MOST_LETTERS = 160
"""Letters of a line that cannot be read."""
MOST_THREADS = 8
"""Threads that are named."""
_BAR = 40
"""Letters of the longest bar of a histogram."""
MOST_INSTEAD = 8
"""Ways to go on that are told, of the event's own tasks and of others."""


def validation_text(model: str, one: Validation, page: Page) -> str:
    """One recording against the model of that name: its verdict, what it rests on, and why an event is not
    explained."""
    one, page = shown(one), shown(page)
    lines = [headline(model, one, page)]
    if one.fault:
        where = f"line {one.line}: " if one.line else ""
        lines += ["", f"  {where}{one.fault}"]
        lines += [f"    {one.text.strip()[:MOST_LETTERS]}"] if one.text.strip() else []
        lines += [f"  help: {one.advice}"] if one.advice else []
    if one.bound:
        lines += ["", *numbers(one, page)]
    if one.failure is not None:
        lines += ["", *failure_lines(one.failure, page)]
    return "\n".join(lines) + "\n"


def headline(model: str, one: Validation, page: Page) -> str:
    """What became of a recording, in a line."""
    by = f" by {model}" if one.outcome in (EXPLAINED, UNEXPLAINED) else ""
    colour = "good" if one.as_expected else _INK.get(one.outcome, "bad")
    head = f"{page.ink('strong', one.path)}   {page.ink(colour, one.outcome)}{by}"
    if one.expected != EXPLAINED:
        head += ", as expected" if one.as_expected else f", but expected: {one.expected}"
    if one.outcome == UNEXPLAINED and one.failure is not None:
        head += f": {_event(one.failure.event)}, line {one.failure.event.line}"
    return head


def seconds(time: float) -> str:
    """A length of time, as a person writes it."""
    for unit, size in (("s", 1.0), ("ms", 1e-3), ("us", 1e-6)):
        if time >= size:
            return f"{time / size:.3g} {unit}"
    return f"{time * 1e9:.3g} ns"


def numbers(one: Validation, page: Page) -> Iterable[str]:
    """What a recording had in it, and what of the model was not seen."""
    threads = ", ".join(one.threads[:MOST_THREADS])
    if len(one.threads) > MOST_THREADS:
        threads += f" and {len(one.threads) - MOST_THREADS} more"
    done = f"{one.bound} of {one.events} events say something of the model, by {threads}"
    if one.first is not None and one.last is not None:
        done += f", within {seconds(one.last - one.first)}"
    yield f"  {done}"
    yield "  " + ", ".join(f"{name} {count}" for name, count in one.counts)
    if one.gaps:
        more = f"; {one.open} events before a gap were left open" if one.open else ""
        places = f"{one.gaps} place{'s' * (one.gaps > 1)}"
        yield f"  events are missing in {places}, after which any state counts{more}"
    for interval in one.intervals:
        yield f"  {_interval(interval)}"
    if one.unreached:
        yield "  not seen in it:"
        for mark in sorted(one.unreached, key=lambda mark: mark.span):
            line = source_line(mark.span, page.sources)
            what = f"label {mark.text}" if mark.kind == "label" else f"{mark.text} of `{line}`"
            yield f"    {what}, line {place(mark.span, page.main)}"
    yield f"  {one.states} states looked at, at most {one.most} after an event"
    if one.tlc:
        yield f"  TLC: {one.tlc}"


def _interval(one: Interval) -> str:
    text = (
        f"{one.first} to {one.last}: {one.count} times, {seconds(one.quantile(0))} to "
        f"{seconds(one.quantile(100))}, median {seconds(one.quantile(50))}, 99 % within "
        f"{seconds(one.quantile(99))}"
    )
    within = ", ".join(f"{name} {middle} times, at most {most}" for name, middle, most in one.within)
    text += f"; in it {within}" if within else ""
    return text + "".join(f"; {met} of them met {first} to {last}" for first, last, met in one.met)


def histogram_text(one: Interval) -> str:
    """How long the stretches took, a line for each power of two."""
    most = max(count for _, count in one.histogram)
    lines = [f"  {one.first} to {one.last}"]
    for edge, count in one.histogram:
        bar = "#" * -(-count * _BAR // most)
        lines.append(f"    from {seconds(edge / 1e9):>8}  {count:>7}  {bar}".rstrip())
    return "\n".join(lines) + "\n"


def _event(event: Event) -> str:
    return f"{event.name} of {_who(event)} at {event.time:.6f}"


def _who(event: Event) -> str:
    return f"{event.command}-{event.thread}" if event.command else f"thread {event.thread}"


def failure_lines(failure: Failure, page: Page) -> Iterable[str]:
    """Why an event is not explained: a behaviour up to it, and how that could go on."""
    if failure.steps:
        tasks = tuple(sorted({step.task for step in failure.steps}))
        laid = layout(failure.steps, tasks, page.main, page.width - 1)
        yield "  one behaviour of the model up to there, with the last events in their places:"
        yield ""
        yield from (f" {row}" for row in laid.head)
        yield from (f" {row}" for step in laid.steps for row in step)
    elif failure.last:
        yield "  the last events:"
        yield from (f"    line {event.line}: {event.text.strip()}" for event in failure.last)
    event = failure.event
    yield page.ink("bad", f" > line {event.line} of the recording: {event.text.strip()}")
    if not failure.free:
        yield f"     no task of {failure.process} is free to play {_who(event)}: more of them are at it than"
        yield "     the model has, or the thread's part has not begun"
    own = _ways([way for way in failure.instead if not way.others], page)
    others = _ways([way for way in failure.instead if way.others], page)
    for one in failure.standing:
        yield f"     {waiting(one, page.main)}"
    if own:
        yield "     instead, it could go on with:"
        yield from (f"       {way}" for way in own[:MOST_INSTEAD])
    if others:
        yield "     others could go on with:"
        yield from (f"       {way}" for way in others[:MOST_INSTEAD])
    if not own and not others:
        yield "     the model can record nothing more"


def _ways(ways: list[Instead], page: Page) -> list[str]:
    """What can be recorded, each once, with the tasks that can."""
    tasks: dict[str, list[str]] = {}
    for way in ways:
        values = "".join(f", {field} = {value}" for field, value in way.values)
        what = f"at {way.label}{values} (line {place(way.span, page.main)})"
        tasks.setdefault(what, []).append(way.task)
    return [f"{', '.join(names)} {what}" for what, names in tasks.items()]
