"""Outcomes and numbers of a state space as text."""

from __future__ import annotations

from collections.abc import Mapping

from ...check.states.space import Counts, Outcomes
from ...dsl.source import Source
from ...translator.program.values import value_text
from ..visible import shown
from .result import grouped
from .words import place, source_line


def outcomes_text(found: Outcomes, cell: str) -> str:
    """How behaviours end, a line per outcome; `cell` says under which policy and in which scenario."""
    found, cell = shown(found), shown(cell)
    head = f"outcomes {cell}".rstrip()
    of = f"{grouped(found.final)} final state{'s' * (found.final != 1)} of {grouped(found.states)}"
    lines = [f"{head}: {len(found.outcomes)} in {of}{_limit(complete=found.complete)}", ""]
    texts = [
        ", ".join(
            f"{written} = {_value(value)}"
            for written, value in zip(found.expressions, one.values, strict=True)
        )
        for one in found.outcomes
    ]
    width = max(map(len, texts), default=0)
    digits = max((len(grouped(one.states)) for one in found.outcomes), default=0)
    for one, text in zip(found.outcomes, texts, strict=True):
        stuck = ""
        if one.deadlocks == one.states:
            stuck = ", deadlock"
        elif one.deadlocks:
            stuck = f", {one.deadlocks} of them " + ("a deadlock" if one.deadlocks == 1 else "deadlocks")
        states = f"{grouped(one.states).rjust(digits)} state{'s' * (one.states != 1)}"
        lines.append(f"  {text.ljust(width)}   {states}{stuck}")
    if not found.outcomes:
        lines.append("  none: in every state that was looked at, some task can go on")
    return "\n".join(lines) + "\n"


def counts_text(found: Counts, cell: str, main: str, sources: Mapping[str, Source]) -> str:
    """How often each line's steps are taken, and the states that they are the first to come to."""
    found, cell, main, sources = shown(found), shown(cell), shown(main), shown(sources)
    head = f"numbers {cell}".rstrip()
    lines = [
        f"{head}: {grouped(found.states)} states, {grouped(found.steps)} steps, one access a step"
        f"{_limit(complete=found.complete)}",
        "",
    ]
    places = [place(one.span, main) for one in found.lines]
    left = max((len(text) for text in places), default=0)
    steps = max((len(grouped(one.steps)) for one in found.lines), default=0)
    steps = max(steps, len("steps"))
    states = max(max((len(grouped(one.states)) for one in found.lines), default=0), len("new states"))
    lines.append(f"  {'line'.rjust(left)}  {'steps'.rjust(steps)}  {'new states'.rjust(states)}")
    for one, text in zip(found.lines, places, strict=True):
        ways = ", ".join(f"{way}: {grouped(count) if count else 'never'}" for way, count in one.outcomes)
        # A test of locals has no step of its own.
        taken, new = ("", "") if not one.steps and one.outcomes else (grouped(one.steps), grouped(one.states))
        row = f"  {text.rjust(left)}  {taken.rjust(steps)}  {new.rjust(states)}"
        lines.append(f"{row}  {source_line(one.span, sources)}{f'   ({ways})' if ways else ''}".rstrip())
    return "\n".join(lines) + "\n"


def _value(value: object) -> str:
    return value if isinstance(value, str) else value_text(value)  # type: ignore[arg-type]


def _limit(*, complete: bool) -> str:
    return "" if complete else "; there are more, --max-states looks at more"
