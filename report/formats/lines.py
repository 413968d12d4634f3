"""A result as lines that editors follow: `file:line:column: kind[NAME]: text`.

Every step of a counterexample is a line of its own, a note: an editor walks through it, place by place.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from ...check.result import UNDECIDED, Result, Verdict
from ...dsl.source import BUILT_IN, Span
from ...translator.program.findings import Finding, TraceStep
from ..text.problems import RULES, Problem, place_of, problems, rule_of
from ..text.result import STOPPED, cell_text, counterexamples
from ..text.words import because, in_words, source_line, waiting
from ..visible import shown


def lines_text(result: Result) -> str:
    """What is wrong, then what is violated as expected, then what is not decided; empty when all holds.

    Diagnostics are not part of it; they go to another stream, in the same form.
    """
    result = shown(result)
    lines: list[str] = []
    for problem in problems(result):
        if problem.verdicts and problem.verdicts[0].finding is not None:
            lines += _counterexample("violated", problem.verdicts, result)
        elif problem.rule in RULES and problem.level != "note":
            lines.append(_line(problem.span, _kind(problem), problem.message, result))
    for group in counterexamples(verdict for verdict in result.verdicts if verdict.as_expected):
        lines += _counterexample("expected", group, result)
    lines += _undecided(result)
    return "".join(f"{line}\n" for line in lines)


def _kind(problem: Problem) -> str:
    """`violated[NAME]` for what never happens and should, else the level with the rule."""
    if problem.rule == "sometimes":
        return f"violated[{problem.subject}]"
    return f"{problem.level}[{problem.rule}]"


def _line(span: Span | None, kind: str, text: str, result: Result) -> str:
    """One line.  What has no place is told at the beginning of the model."""
    where = f"{result.path}:1:1" if span is None else str(span)
    return f"{where}: {' '.join(f'{kind}: {text}'.split())}"


def _counterexample(kind: str, group: tuple[Verdict, ...], result: Result) -> Iterator[str]:
    """What is violated where, each step, and how it ends."""
    first = group[0]
    finding = first.finding
    assert finding is not None
    place = place_of(finding)
    waits = next((str(standing.task) for standing in finding.standing if standing.span == place), None)
    place = _of_user(place, _last_place(finding, waits))
    if finding.loop is not None:
        text = finding.diagnosis
    elif finding.span is None:
        rule = rule_of(first)
        text = RULES[rule][0] if rule in RULES else rule
    else:
        text = source_line(finding.span, result.sources, finding.formula)
    cells = ", and the same ".join(cell_text(verdict) for verdict in group)
    yield _line(place, f"{kind}[{first.property}]", f"{cells}: {text}" if cells else text, result)
    for number, step in enumerate(finding.steps):
        again = " (for ever)" if finding.loop is not None and number >= finding.loop else ""
        yield from _step(step, again, result)
    if finding.loop == len(finding.steps):
        yield _line(place, "note", "nothing steps any more", result)
    yield from _end(finding, place, result)


def _step(step: TraceStep, again: str, result: Result) -> Iterator[str]:
    for span, text in in_words(step):
        place = _of_user(span, (*step.calls[::-1], step.span))
        yield _line(place, "note", f"step {step.number}{again} {step.task} {text}", result)


def _end(finding: Finding, place: Span | None, result: Result) -> Iterator[str]:
    """How things are in the last state."""
    if finding.loop is not None:
        for reason in finding.reasons:
            yield _line(place, "note", reason, result)
        return
    for call in reversed(finding.calls):
        yield _line(_of_user(call, ()), "note", "called from here", result)
    if finding.span is not None:
        parts = (finding.message, because(finding, result.path))
        values = ", ".join(part for part in parts if part)
        who = f"{finding.task} is here" if finding.task is not None else "in the last state"
        yield _line(place, "note", f"{who}: {values}" if values else who, result)
    if finding.property == "deadlock":
        for standing in finding.standing:
            last = _last_place(finding, str(standing.task))
            yield _line(_of_user(standing.span, last), "note", waiting(standing, result.path), result)


def _last_place(finding: Finding, task: str | None = None) -> tuple[Span, ...]:
    """Places of the last steps (of one task), the latest first: what to show for a line of nobody's file."""
    steps = [step for step in reversed(finding.steps) if task in (None, str(step.task))]
    return tuple(span for step in steps for span in (*step.calls[::-1], step.span))


def _of_user(span: Span | None, others: Iterable[Span]) -> Span | None:
    """`span`, or the first of `others` if it lies in the standard policies, which are no file of the user."""
    if span is not None and span.path not in BUILT_IN:
        return span
    return next((other for other in others if other.path not in BUILT_IN), None)


def _undecided(result: Result) -> Iterator[str]:
    why = f": {STOPPED.get(result.stopped, result.stopped)}" if result.stopped else ""
    open_: dict[str, list[Verdict]] = {}
    for verdict in result.verdicts:
        if verdict.outcome == UNDECIDED:
            open_.setdefault(verdict.property, []).append(verdict)
    for name, verdicts in open_.items():
        cells = ", ".join(filter(None, map(cell_text, verdicts)))
        where = f" {cells}" if cells else ""
        yield _line(verdicts[0].place, f"undecided[{name}]", f"not decided{where}{why}", result)
