"""A behaviour and what is wrong at its end, as text."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from ...dsl.source import Source
from ...translator.program.findings import Finding, TraceStep
from ...translator.program.values import Task
from .ink import Ink
from .words import because, cure_text, layout, line_words, source_line, tells, waiting


@dataclass(frozen=True, slots=True)
class Page:
    """What a trace is written on: the files, the main one, the width, the colours; whether it is `verbose`,
    with what tells nothing."""

    sources: Mapping[str, Source]
    main: str
    width: int
    ink: Ink
    verbose: bool = False


MOST_LEFT = 8
"""So many steps that are left out are named."""


def finding_text(finding: Finding, page: Page, cell: str, also: Sequence[str], again: str) -> str:
    """A violated property: its behaviour, step by step, and what is wrong at the end.

    `cell` says under which policy and in which scenario, `also` where else it is the same, `again` is
    the command that shows it again (empty where there is none).
    """
    lines = [headline(finding, cell, page)]
    if also:
        lines.append(f"  the same {', '.join(also)}")
    lines.append("")
    around = () if finding.loop is None else finding.steps[finding.loop :]
    # What goes round for ever is shown, whatever it is.
    verbose = page.verbose or (bool(around) and not any(map(tells, around)))
    laid = layout(finding.steps, columns_for(finding), page.main, page.width - 1, verbose=verbose)
    rows = [*laid.head, *(row for step in laid.steps[: finding.loop] for row in step)]
    if finding.loop is not None:
        loop = laid.steps[finding.loop :]
        border = "-- for ever: " if loop else "-- nothing steps any more "
        rows.append(border.ljust(min(page.width, 72) - 1, "-"))
        rows += [row for step in loop for row in step]
    lines += [f" {row}" for row in rows]
    lines += ending(finding, page)
    after = [*folded_steps(finding.steps, verbose=verbose), *([f"  reproduce: {again}"] if again else [])]
    return "\n".join([*lines, *([""] if after else []), *after]) + "\n"


def folded_steps(steps: Sequence[TraceStep], *, verbose: bool) -> list[str]:
    """That steps which tell nothing are not shown, if there are any."""
    left = [] if verbose else [str(step.number) for step in steps if not tells(step)]
    if not left:
        return []
    if len(left) == 1:
        return [f"  step {left[0]} tells nothing and is left out; --verbose shows it"]
    some = left if len(left) <= MOST_LEFT else [*left[:MOST_LEFT], "..."]
    return [f"  steps {', '.join(some)} tell nothing and are left out; --verbose shows them"]


def where_text(scenario: str | None, policy: str | None) -> str:
    """Where something was found, `under spin in up`; empty where there is nothing to choose."""
    under = f"under {policy}" if policy else ""
    where = f"in {scenario}" if scenario else ""
    return " ".join(part for part in (under, where) if part)


def columns_for(finding: Finding) -> tuple[Task, ...]:
    """The tasks that a trace is about, in their order."""
    moving = {step.task for step in finding.steps}
    if finding.task is not None:
        moving.add(finding.task)
    return tuple(sorted(moving))


def headline(finding: Finding, cell: str, page: Page) -> str:
    """Which property is violated in which cell, and the line or the diagnosis."""
    head = page.ink("bad", finding.property) + (f" {cell}" if cell else "")
    if finding.loop is not None:
        return f"{head}: {page.ink('bad', finding.diagnosis)}"
    if finding.span is None:
        return head
    text = source_line(finding.span, page.sources, finding.formula)
    return f"{head}, {line_words(finding.span, page.main)}: {text}"


def ending(finding: Finding, page: Page) -> list[str]:
    """What is wrong in the last state, as indented lines."""
    ink = page.ink
    lines: list[str] = []
    if finding.loop is not None:
        return [ink("bad", f" > {finding.reasons[0]}"), *(f"   {reason}" for reason in finding.reasons[1:])]
    if finding.span is not None:
        who = f"{finding.task} at " if finding.task is not None else ""
        line = f" > {who}{line_words(finding.span, page.main)}: "
        line += source_line(finding.span, page.sources, finding.formula)
        lines.append(ink("bad", line))
        for call in reversed(finding.calls):
            lines.append(f"     called from {line_words(call, page.main)}: {source_line(call, page.sources)}")
    if finding.message:
        lines.append(f"     {finding.message}")
    values = because(finding, page.main)
    if values:
        lines.append(f"     {values}")
    if finding.cures:
        lines.append(f"     {cure_text(finding.cures, page.main)}")
    if finding.property == "deadlock":
        if finding.cycle:
            chain = " -> ".join(str(task) for task in (*finding.cycle, finding.cycle[0]))
            lines.append(ink("bad", f" > in a circle: {chain}"))
        elif finding.stuck and any(standing.what == "can go on" for standing in finding.standing):
            who = ", ".join(map(str, finding.stuck))
            lines.append(ink("bad", f" > can never step again: {who}"))
        lines += [f"     {waiting(standing, page.main)}" for standing in finding.standing]
    return lines
