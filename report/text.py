"""A result as plain text, for a terminal or a mail."""

from __future__ import annotations

import shlex

from ..check.result import HOLDS, UNDECIDED, Evidence, Result, Verdict
from ..translator.program import Task
from ..translator.retrace import Finding
from .diagnostics import diagnostics_text
from .ink import Ink
from .words import because, columns, place, source_line, waiting

_STOPPED = {
    "time": "the time limit was reached",
    "states": "the limit of states was reached",
    "interrupted": "it was interrupted",
}


def result_text(result: Result, width: int, ink: Ink) -> str:
    """Verdicts, then a trace per violated property, then what a reader should also know.

    Diagnostics are not part of it; they go to another stream.
    """
    if not result.verdicts:
        return ""
    blocks = [_summary(result, ink)]
    blocks += [_finding(verdict, result, width, ink) for verdict in result.verdicts if verdict.finding]
    notes = _notes(result)
    if notes:
        blocks.append("\n".join(notes) + "\n")
    return "\n".join(blocks)


def failure_text(result: Result) -> str:
    """The one line for a tool that failed, and where its files are."""
    failure = result.failure
    if failure is None:
        return ""
    lines = [f"pfnspec: {failure.message}"]
    if failure.directory:
        if failure.why in ("parse", "internal", "evaluation", "config", "disagreement"):
            lines.append(f"pfnspec: please report this, with the files in {failure.directory}")
        else:
            lines.append(f"pfnspec: files are in {failure.directory}")
    return "\n".join(lines) + "\n"


def diagnostics_of(result: Result, ink: Ink) -> str:
    """The result's diagnostics, for standard error."""
    return diagnostics_text(result.diagnostics, result.sources, ink)


def _summary(result: Result, ink: Ink) -> str:
    consts = " ".join(f"{name}={value}" for name, value in result.constants)
    lines = ["   ".join(part for part in (ink("strong", result.name), consts, "sequential consistency") if part), ""]
    names = [verdict.property for verdict in result.verdicts]
    width = max(len(name) for name in names)
    for verdict in result.verdicts:
        lines.append(f"  {verdict.property.ljust(width)}  {_outcome(verdict, ink)}".rstrip())
    if result.evidence is not None:
        lines += ["", "  " + _evidence(result, result.evidence)]
    return "\n".join(lines) + "\n"


def _outcome(verdict: Verdict, ink: Ink) -> str:
    if verdict.outcome == UNDECIDED:
        return ink("note", UNDECIDED)
    if verdict.kind == "sometimes":
        word = "reached" if verdict.outcome == HOLDS else "NEVER"
    else:
        word = HOLDS if verdict.outcome == HOLDS else "VIOLATED"
    good = verdict.as_expected
    text = ink("good" if verdict.outcome == HOLDS else "bad", word.ljust(8))
    if good:
        return text if verdict.outcome == HOLDS else f"{text}  as expected"
    expected = "violated" if verdict.expected != HOLDS else "reached" if verdict.kind == "sometimes" else HOLDS
    return f"{text}  {ink('bad', f'but expected: {expected}')}"


def _evidence(result: Result, evidence: Evidence) -> str:
    parts: list[str] = []
    if evidence.states is not None:
        parts.append(f"{grouped(evidence.states)} states")
    if evidence.depth is not None:
        parts.append(f"depth {evidence.depth}")
    if evidence.runs > 1:
        parts.append(f"{evidence.runs} runs")
    parts.append(f"{evidence.seconds:.1f} s in all")
    if result.stopped:
        parts.append(f"stopped: {_STOPPED.get(result.stopped, result.stopped)}")
    return ", ".join(parts)


def grouped(number: int) -> str:
    """`1204` as `1 204`."""
    return f"{number:,}".replace(",", " ")


def _finding(verdict: Verdict, result: Result, width: int, ink: Ink) -> str:
    finding = verdict.finding
    assert finding is not None
    lines = [_headline(finding, result, ink), ""]
    tasks = _columns_for(finding)
    lines += [f" {row}" for row in columns(finding.steps, tasks, result.path, width - 1)]
    lines += _ending(finding, result, ink)
    lines += ["", f"  reproduce: {reproduce(result, finding.property)}"]
    return "\n".join(lines) + "\n"


def _columns_for(finding: Finding) -> tuple[Task, ...]:
    moving = {step.task for step in finding.steps}
    if finding.task is not None:
        moving.add(finding.task)
    return tuple(sorted(moving))


def _headline(finding: Finding, result: Result, ink: Ink) -> str:
    head = ink("bad", finding.property)
    if finding.span is None:
        return head
    text = source_line(finding.span, result.sources)
    line = f"line {place(finding.span, result.path)}"
    return f"{head}, {line}: {text}"


def _ending(finding: Finding, result: Result, ink: Ink) -> list[str]:
    """What is wrong in the last state."""
    lines: list[str] = []
    if finding.span is not None:
        who = f"{finding.task} at " if finding.task is not None else ""
        line = f" > {who}line {place(finding.span, result.path)}: {source_line(finding.span, result.sources)}"
        lines.append(ink("bad", line))
        for call in reversed(finding.calls):
            lines.append(f"     called from line {place(call, result.path)}: {source_line(call, result.sources)}")
    if finding.message:
        lines.append(f"     {finding.message}")
    values = because(finding)
    if values:
        lines.append(f"     {values}")
    if finding.property == "deadlock":
        if finding.cycle:
            chain = " -> ".join(str(task) for task in (*finding.cycle, finding.cycle[0]))
            lines.append(ink("bad", f" > in a circle: {chain}"))
        lines += [f"     {waiting(standing, result.path)}" for standing in finding.standing]
    return lines


def _notes(result: Result) -> list[str]:
    notes: list[str] = []
    for mark in result.unreached:
        what = f"label {mark.text}" if mark.kind == "label" else f"{mark.text} of"
        line = source_line(mark.span, result.sources)
        text = "" if mark.kind == "label" else f" `{line}`"
        notes.append(f"warning: no behaviour reaches {what}{text}, line {place(mark.span, result.path)}")
    if result.barriers:
        count = len(result.barriers)
        what = f"{count} barriers have" if count > 1 else "1 barrier has"
        notes.append(f"note: {what} no effect, memory is sequentially consistent")
    return notes


def reproduce(result: Result, property: str) -> str:
    """The command that shows one finding again."""
    words = ["pfnspec", "check", result.path]
    for name, value in result.overrides:
        words += ["--const", f"{name}={value}"]
    words += ["--property", property]
    return " ".join(_quoted(word) for word in words)


def _quoted(word: str) -> str:
    return f'"{word}"' if " " in word and not set(word) & set('"$`\\!') else shlex.quote(word)
