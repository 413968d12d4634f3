"""Results as one HTML page that needs nothing else: the matrix, drawings to step through, the sources."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path, PurePath

from ...check.result import Result, Verdict
from ...check.saved.data import Data
from ...check.states.graph import StateGraph
from ...dsl.source import Span
from ...translator.program.findings import Finding
from ...translator.program.values import value_text
from ..text.command import reproduce
from ..text.ink import Ink
from ..text.matrix import Table, mood, summary, tables, word
from ..text.places import repository_path
from ..text.result import (
    MEMORIES,
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
from .colour import Piece, coloured
from .explorer import Explorer, explorer
from .swimlane import Drawing, drawing
from .template import template

WIDTH = 100


@dataclass(frozen=True, slots=True)
class Trace:
    """A counterexample: what is said of it, its drawing, and what stepping needs."""

    number: int
    title: str
    name: str
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
    lines: tuple[tuple[Piece, ...], ...]


@dataclass(frozen=True, slots=True)
class Model:
    """A result as the page shows it; `links` are the numbers of the traces, by the verdict's identity."""

    number: int

    title: str
    path: str
    about: tuple[str, ...]
    constants: str
    memory: str
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
    explorers: tuple[Explorer, ...]

    def trace_of(self, verdict: Verdict) -> int:
        """The number of a verdict's trace."""
        return self.links[id(verdict)]


def html_text(
    results: Iterable[Result], version: str, root: Path | None = None, graphs: Iterable[StateGraph] = (),
    made: str = "",
) -> str:  # fmt: skip
    """The page; `version` is pfnspec's, `made` a date.  Files are named by their path from `root` where they
    lie there, otherwise by their name alone: a page is sent to others.  `graphs` are what a reader can step
    through freely, each of the model at its path."""
    models: list[Model] = []
    walks = tuple(map(shown, graphs))
    for result in map(shown, results):
        before = (
            sum(len(model.traces) for model in models),
            sum(len(model.files) for model in models),
            sum(len(model.explorers) for model in models),
        )
        mine = tuple(graph for graph in walks if graph.path == result.path)
        models.append(_model(len(models) + 1, result, before, mine, root or Path.cwd()))
    steps = [trace.steps for model in models for trace in model.traces]
    walked = [explorer.data for model in models for explorer in model.explorers]
    good = sum(model.status == 0 for model in models)
    page = template("page.html.j2").render(
        models=models, steps=steps, walked=walked, version=version, made=made, word=word, mood=mood,
        good=good, index=sorted(models, key=lambda model: model.status == 0),
    )  # fmt: skip
    return xml_safe(page)


def _model(
    number: int, result: Result, before: tuple[int, int, int], graphs: tuple[StateGraph, ...], root: Path
) -> Model:
    """`before` is how many traces, files and explorers are on the page already."""
    traces, files, explorers = before
    groups = counterexamples(result.verdicts)
    used = {path for group in groups for path in _paths(group[0])}
    used |= {span.path for graph in graphs for node in graph.nodes for span in node.at if span is not None}
    sources = [source for path, source in result.sources.items() if path in used or path == result.path]
    numbered = tuple(
        File(number, _name(source.path, root), coloured(source.text.rstrip("\n").split("\n")))
        for number, source in enumerate(sources, start=files + 1)
    )
    where = {source.path: file.number for source, file in zip(sources, numbered, strict=True)}
    numbers = {id(v): traces + i for i, group in enumerate(groups, start=1) for v in group}
    walks = []
    for i, graph in enumerate(graphs, start=1):
        own = {
            v.property: numbers[id(v)]
            for v in result.verdicts
            if id(v) in numbers and (v.scenario, v.policy) == (graph.scenario, graph.policy)
        }
        walks.append(explorer(explorers + i, graph, own, where))
    return Model(
        number=number,
        title=result.name or _name(result.path, root),
        path=_name(result.path, root),
        about=tuple((result.doc or "").strip().split("\n\n")) if result.doc else (),
        constants=" ".join(f"{name}={value_text(value)}" for name, value in result.constants),
        memory=MEMORIES.get(result.memory, result.memory),
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
        explorers=tuple(walks),
    )


def _name(path: str, root: Path) -> str:
    """A file as a page that is sent to others names it."""
    if not PurePath(path).is_absolute() and ".." not in PurePath(path).parts:
        return path
    return repository_path(path, root) or PurePath(path).name


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
        name=" ".join(part for part in (first.property, cell_text(first)) if part),
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
