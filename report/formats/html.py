"""Results as one HTML page that needs nothing else: the matrix, drawings to step through, the sources."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING

from ...check.result import Result, Verdict
from ...check.saved.data import Data
from ...dsl.source import Span
from ...translator.program.findings import Finding
from ...translator.program.values import value_text
from ..text.command import reproduce
from ..text.ink import Ink
from ..text.matrix import Table, mood, summary, tables, word
from ..text.result import (
    cell_text,
    counterexample_text,
    counterexamples,
    diagnostics_of,
    engine_text,
    evidence_text,
    failure_text,
    fairness_text,
    headline_of,
    notes_of,
    reasons_of,
)
from ..text.trace import stands
from ..text.words import step_text, told, xml_safe
from ..visible import shown
from .swimlane import Drawing, drawing

if TYPE_CHECKING:
    from jinja2 import Template

WIDTH = 100


@dataclass(frozen=True, slots=True)
class Trace:
    """A counterexample: what is said of it, its drawing, and what stepping needs."""

    number: int
    title: str
    mood: str
    word: str
    also: str
    why: tuple[str, ...]
    drawing: Drawing
    text: str
    reproduce: str
    steps: Data


@dataclass(frozen=True, slots=True)
class File:
    """A source file: its number on the page, its name, its lines."""

    number: int
    path: str
    lines: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Model:
    """A result as the page shows it; `links` are the numbers of the traces, by the verdict's identity."""

    title: str
    path: str
    about: tuple[str, ...]
    constants: str
    summary: str
    status: int
    tables: tuple[Table, ...]
    links: dict[int, int]
    evidence: str
    fairness: str
    diagnostics: str
    notes: tuple[str, ...]
    traces: tuple[Trace, ...]
    files: tuple[File, ...]

    def trace_of(self, verdict: Verdict) -> int:
        """The number of a verdict's trace."""
        return self.links[id(verdict)]


def html_text(results: Iterable[Result], version: str) -> str:
    """The page; `version` is pfnspec's."""
    models: list[Model] = []
    for result in map(shown, results):
        models.append(_model(result, sum(len(m.traces) for m in models), sum(len(m.files) for m in models)))
    steps = [trace.steps for model in models for trace in model.traces]
    page = _template().render(models=models, steps=steps, version=version, word=word, mood=mood)
    return xml_safe(page)


@lru_cache
def _template() -> Template:
    # Imported here: it takes longer than a short check.
    from jinja2 import Environment, FileSystemLoader, StrictUndefined

    return Environment(
        loader=FileSystemLoader(Path(__file__).parent),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=True,
    ).get_template("page.html.j2")


def _model(result: Result, traces: int, files: int) -> Model:
    groups = counterexamples(result.verdicts)
    shown = {path for group in groups for path in _paths(group[0])}
    sources = [source for path, source in result.sources.items() if path in shown or path == result.path]
    numbered = tuple(
        File(number, source.path, tuple(source.text.rstrip("\n").split("\n")))
        for number, source in enumerate(sources, start=files + 1)
    )
    where = {file.path: file.number for file in numbered}
    numbers = {id(v): traces + i for i, group in enumerate(groups, start=1) for v in group}
    return Model(
        title=result.name or result.path,
        path=result.path,
        about=tuple((result.doc or "").strip().split("\n\n")) if result.doc else (),
        constants=" ".join(f"{name}={value_text(value)}" for name, value in result.constants),
        summary=summary(result),
        status=result.status,
        tables=tables(result),
        links=numbers,
        evidence=_evidence(result),
        fairness=fairness_text(result) if any(v.kind == "property" for v in result.verdicts) else "",
        diagnostics=diagnostics_of(result, Ink()) + failure_text(result),
        notes=tuple(notes_of(result)),
        traces=tuple(_trace(traces + i, group, result, where) for i, group in enumerate(groups, start=1)),
        files=numbered,
    )


def _evidence(result: Result) -> str:
    """What the verdicts rest on, in a line; empty where there is nothing."""
    told = ["" if result.evidence is None else evidence_text(result, result.evidence), engine_text(result)]
    return ", ".join(text for text in told if text)


def _paths(verdict: Verdict) -> set[str]:
    """The files that a trace goes through."""
    finding = verdict.finding
    assert finding is not None
    spans = [span for at in stands(finding) for span in at.values() if span is not None]
    spans += [event.span for step in finding.steps for event in step.events]
    spans += [finding.span] if finding.span is not None else []
    return {span.path for span in spans}


def _trace(number: int, group: tuple[Verdict, ...], result: Result, files: dict[str, int]) -> Trace:
    first = group[0]
    finding = first.finding
    assert finding is not None
    return Trace(
        number=number,
        title=headline_of(first, result, Ink()),
        mood=mood(first),
        word=word(first),
        also=", ".join(cell_text(other) for other in group[1:]),
        why=reasons_of(finding, result),
        drawing=drawing(finding, result),
        text=counterexample_text(group, result, WIDTH, Ink()),
        reproduce=reproduce(result, first),
        steps=_steps(number, finding, files),
    )


def _steps(number: int, finding: Finding, files: dict[str, int]) -> Data:
    """What the page's script knows of a trace: who is where after each step, and what changes."""
    at = stands(finding)
    tasks = sorted(at[0])

    def line(span: Span | None) -> list[int] | None:
        return None if span is None or span.path not in files else [files[span.path], span.line]

    return {
        "trace": number,
        "tasks": [str(task) for task in tasks],
        "initial": [list(item) for item in finding.initial],
        "at": [[line(spans[task]) for task in tasks] for spans in at],
        "steps": [
            {
                "task": tasks.index(step.task),
                "text": step_text(step),
                "lines": [line(span) for span, _ in told(step)],
                "changes": [[change.name, change.old, change.new] for change in step.changes],
            }
            for step in finding.steps
        ],
        "wrong": line(finding.span) if finding.loop is None else None,
        "loop": finding.loop,
    }
