"""A result as data, for `--format json`; `docs/json.md` describes the schema."""

from __future__ import annotations

from ..check.result import Evidence, Result, Verdict
from ..dsl.diagnostics import Diagnostic
from ..dsl.source import Span
from ..translator.retrace import Finding, TraceStep
from ..translator.show import value_text
from .text import reproduce
from .words import event_text, source_line, step_text, waiting

SCHEMA = 1

Data = dict[str, object]


def result_data(result: Result) -> Data:
    """Everything that the text shows, and the states behind it."""
    return {
        "schema": SCHEMA,
        "path": result.path,
        "model": result.name,
        "constants": {name: value_text(value) for name, value in result.constants},
        "overrides": dict(result.overrides),
        "processes": dict(result.processes),
        "memory": "sc",
        "policies": list(result.policies),
        "scenarios": [
            {
                "name": scene.name,
                "constants": {name: value_text(value) for name, value in scene.constants},
                "cpus": scene.cpus,
                "preempt": scene.preempt,
            }
            for scene in result.scenes
        ],
        "status": result.status,
        "stopped": result.stopped,
        "failure": None
        if result.failure is None
        else {
            "why": result.failure.why,
            "message": result.failure.message,
            "detail": result.failure.detail,
            "directory": result.failure.directory,
        },
        "diagnostics": [diagnostic_data(found) for found in result.diagnostics],
        "verdicts": [_verdict(verdict, result) for verdict in result.verdicts],
        "fairness": dict(result.fairness),
        "engine": result.engine,
        "tlc": result.tlc,
        "evidence": _evidence(result.evidence),
        "unreached": [
            {"kind": mark.kind, "text": mark.text, **_span(mark.span)} for mark in result.unreached
        ],
        "barriers": [_span(span) for span in result.barriers],
    }


def _evidence(evidence: Evidence | None) -> Data | None:
    if evidence is None:
        return None
    return {
        "states": evidence.states,
        "generated": evidence.generated,
        "depth": evidence.depth,
        "runs": evidence.runs,
        "seconds": round(evidence.seconds, 3),
        "complete": evidence.complete,
        "symmetry": list(evidence.symmetry),
    }


def diagnostic_data(found: Diagnostic) -> Data:
    return {
        "severity": found.severity,
        "code": found.code,
        "message": found.message,
        "help": found.help,
        **_span(found.span),
        "related": [{"message": text, **_span(span)} for span, text in found.related],
    }


def _span(span: Span) -> Data:
    return {
        "path": span.path,
        "line": span.line,
        "column": span.column,
        "end_line": span.end_line,
        "end_column": span.end_column,
    }


def _verdict(verdict: Verdict, result: Result) -> Data:
    return {
        "property": verdict.property,
        "kind": verdict.kind,
        "scenario": verdict.scenario,
        "policy": verdict.policy,
        "outcome": verdict.outcome,
        "expected": verdict.expected,
        "as_expected": verdict.as_expected,
        "vacuous": verdict.vacuous,
        "place": None if verdict.place is None else _span(verdict.place),
        "expectation": None if verdict.expectation is None else _span(verdict.expectation),
        "evidence": _evidence(verdict.evidence),
        "finding": None if verdict.finding is None else _finding(verdict, verdict.finding, result),
    }


def _finding(verdict: Verdict, finding: Finding, result: Result) -> Data:
    return {
        "task": None if finding.task is None else str(finding.task),
        "place": None if finding.span is None else _span(finding.span),
        "line": "" if finding.span is None else source_line(finding.span, result.sources),
        "message": finding.message,
        "calls": [_span(call) for call in finding.calls],
        "values": dict(finding.values),
        "initial": dict(finding.initial),
        "steps": [_step(step, result) for step in finding.steps],
        "final": dict(finding.final),
        "cycle": [str(task) for task in finding.cycle],
        "standing": [
            {
                "task": str(standing.task),
                "what": standing.what,
                "waits_for": standing.waits_for,
                "on": [str(task) for task in standing.on],
                "text": waiting(standing, result.path),
                **_span(standing.span),
            }
            for standing in finding.standing
        ],
        "loop": finding.loop,
        "diagnosis": finding.diagnosis,
        "reasons": list(finding.reasons),
        "reproduce": reproduce(result, verdict),
    }


def _step(step: TraceStep, result: Result) -> Data:
    return {
        "number": step.number,
        "task": str(step.task),
        "kind": step.kind,
        "text": step_text(step),
        "source": source_line(step.span, result.sources),
        **_span(step.span),
        "calls": [_span(call) for call in step.calls],
        "events": [
            {
                "kind": event.kind,
                "where": event.where,
                "value": value_text(event.value),
                "old": value_text(event.old),
                "text": event_text(event),
                **_span(event.span),
            }
            for event in step.events
        ],
        "changes": [{"name": change.name, "old": change.old, "new": change.new} for change in step.changes],
    }
