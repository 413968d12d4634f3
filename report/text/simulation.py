"""A simulated behaviour as text, whole or step by step."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from ...translator.program.findings import Finding, Standing, TraceStep
from ...translator.program.values import Task
from ..visible import shown, visible
from .behaviour import Page, ending, finding_text, folded_steps
from .words import in_words, layout, line_words, place, source_line, waiting

MOST_CHOICES = 40
"""Choices that are listed at once."""

MOST_TOLD = 60
"""So wide is what is told of a choice at most before its line of the source."""


def behaviour_text(
    steps: tuple[TraceStep, ...], standing: tuple[Standing, ...], page: Page, again: str, *, ended: bool
) -> str:
    """A behaviour without a violation: its steps, and where it ends; `ended` says that no step leads on."""
    steps, standing, page = shown(steps), shown(standing), shown(page)
    tasks = tuple(sorted({step.task for step in steps}))
    laid = layout(steps, tasks, page.main, page.width - 1, verbose=page.verbose)
    lines = [f" {row}" for row in (*laid.head, *(row for step in laid.steps for row in step))]
    number = f"{len(steps)} step{'s' * (len(steps) != 1)}"
    until = f"{nobody_steps(standing)} after {number}" if ended else number
    lines.append(f" > {until}, and nothing is violated")
    lines += standing_lines(standing, page)
    folded = folded_steps(steps, verbose=page.verbose)
    return "\n".join([*lines, "", *folded, f"  reproduce: {again}"]) + "\n"


def nobody_steps(standing: Iterable[Standing]) -> str:
    """Why no step leads on: nobody can step, or it would leave what is assumed."""
    could = any(one.what == "can go on" for one in standing)
    return "every step would leave what is assumed" if could else "nobody can step"


def violation_text(findings: Sequence[Finding], page: Page, cell: str, again: str) -> str:
    """A behaviour that ends in a violation, as a check tells it; the further ones are named."""
    page = shown(page)
    first, *others = map(shown, findings)
    text = finding_text(first, page, cell, (), again)
    if not others:
        return text
    names = ", ".join(f"`{other.property}`" for other in others)
    return f"{text}\nnote: also violated in the last state: {names}\n"


def standing_lines(standing: Iterable[Standing], page: Page) -> list[str]:
    """Where each task is, and what it waits for."""
    lines: list[str] = []
    page = shown(page)
    for one in map(shown, standing):
        text = waiting(one, page.main)
        if one.what == "can go on":
            text = f"{one.task} at {line_words(one.span, page.main)}: {source_line(one.span, page.sources)}"
        lines.append(f"     {text}")
    return lines


def step_line(step: TraceStep, names: int, page: Page) -> str:
    """A step in one line: who, and what happens, with line numbers; `names` is the width of a task's name."""
    parts: list[str] = []
    step = shown(step)
    for span, text in in_words(step):
        parts.append(f"{place(span, page.main)} {text}")
    return f"{str(step.task).ljust(names)}  {'; '.join(parts)}"


def name_width(tasks: Iterable[Task]) -> int:
    return max((len(str(task)) for task in tasks), default=0)


def choice_lines(steps: Sequence[TraceStep], names: int, page: Page) -> list[str]:
    """The ways to go on, numbered from 1, each with the line of the source that it is."""
    told = [step_line(step, names, page) for step in steps]
    width = min(MOST_TOLD, max(map(len, told), default=0))
    shown: list[str] = []
    for number, (step, text) in enumerate(zip(steps, told, strict=True), start=1):
        source = _source(step, page)
        gap = " " * max(0, width - len(text))
        beside = "" if source in text else f"{gap}   {page.ink('dim', f'| {source}')}"
        shown.append(f"  {number:>3})  {text}{beside}")
    if len(shown) > MOST_CHOICES:
        more = len(shown) - MOST_CHOICES
        shown = [*shown[:MOST_CHOICES], f"        and {more} more, to {len(steps)}"]
    return shown


def _source(step: TraceStep, page: Page) -> str:
    span = in_words(step, verbose=True)[0][0]
    return visible(source_line(span, page.sources))


def violation_lines(finding: Finding, page: Page) -> list[str]:
    """That a property does not hold here, and why."""
    finding, page = shown(finding), shown(page)
    return [page.ink("bad", f"violated: {finding.property}"), *ending(finding, page)]
