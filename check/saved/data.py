"""Results as plain data: what is printed as JSON, and kept in a cache.  `reader` reads it again.

`docs/json.md` describes the data.
"""

from __future__ import annotations

from typing import Any

from ...dsl.diagnostics import Diagnostic
from ...dsl.source import Source, Span
from ...translator.program.findings import (
    Finding,
    Moved,
    TraceStep,
)
from ...translator.program.values import value_text
from ..result import (
    NOT_COVERED,
    WEAK,
    Asked,
    Evidence,
    Result,
    Verdict,
)

SCHEMA = 1

Data = dict[str, Any]
"""Objects, lists, texts, numbers, booleans and None: what JSON can hold."""


def result_data(result: Result) -> Data:
    """A result as data."""
    return {
        "schema": SCHEMA,
        "path": result.path,
        "model": result.name,
        "doc": result.doc,
        "constants": {name: value_text(value) for name, value in result.constants},
        "overrides": dict(result.overrides),
        "processes": dict(result.processes),
        "memory": result.memory,
        "policies": list(result.policies),
        "scenarios": [
            {
                "name": scene.name,
                "constants": {name: value_text(value) for name, value in scene.constants},
                "cpus": scene.cpus,
                "preempt": scene.preempt,
                "memory": scene.memory,
                "weak": list(scene.weak),
                "not_covered": list(NOT_COVERED) if scene.memory == WEAK else [],
            }
            for scene in result.scenes
        ],
        "status": result.status,
        "stopped": result.stopped,
        "shard": None if result.shard is None else list(result.shard),
        "asked": None if result.asked is None else _asked_data(result.asked),
        "failure": None
        if result.failure is None
        else {
            "why": result.failure.why,
            "message": result.failure.message,
            "detail": result.failure.detail,
            "directory": result.failure.directory,
        },
        "diagnostics": [
            diagnostic_data(found, result.sources.get(found.span.path)) for found in result.diagnostics
        ],
        "verdicts": [
            {**_verdict_data(verdict), "memory": result.memory_in(verdict.scenario)}
            for verdict in result.verdicts
        ],
        "fairness": dict(result.fairness),
        "engine": result.engine,
        "tlc": result.tlc,
        "evidence": _evidence_data(result.evidence),
        "unreached": [
            {"kind": mark.kind, "text": mark.text, **_place(mark.span)} for mark in result.unreached
        ],
        "barriers": [_place(span) for span in result.barriers],
        "unlocked": [
            {"location": one.location, "written": _place(one.written), "other": _place(one.other)}
            for one in result.unlocked
        ],
        "sources": {path: source.text for path, source in result.sources.items()},
    }


def _asked_data(asked: Asked) -> Data:
    return {
        "properties": list(asked.properties),
        "policies": list(asked.policies),
        "scenarios": list(asked.scenarios),
        "seconds": asked.seconds,
        "run_seconds": asked.run_seconds,
        "states": asked.states,
        "fail_fast": asked.fail_fast,
        "reduction": asked.reduction,
        "outside": asked.outside,
        "tool": asked.tool,
        "memory": asked.memory,
    }


def diagnostic_data(found: Diagnostic, source: Source | None) -> Data:
    return {
        "severity": found.severity,
        "code": found.code,
        "message": found.message,
        "help": found.help,
        **_place(found.span),
        "related": [{"message": text, **_place(span)} for span, text in found.related],
        "edits": [{"text": edit.text, **_place(edit.span)} for edit in found.edits(source)],
    }


def _evidence_data(evidence: Evidence | None) -> Data | None:
    if evidence is None:
        return None
    return {
        "states": evidence.states,
        "generated": evidence.generated,
        "depth": evidence.depth,
        "runs": evidence.runs,
        "cached": evidence.cached,
        "seconds": round(evidence.seconds, 3),
        "complete": evidence.complete,
        "symmetry": list(evidence.symmetry),
        "engines": list(evidence.engines),
    }


def _place(span: Span) -> Data:
    return {
        "path": span.path,
        "line": span.line,
        "column": span.column,
        "end_line": span.end_line,
        "end_column": span.end_column,
    }


def _verdict_data(verdict: Verdict) -> Data:
    return {
        "property": verdict.property,
        "kind": verdict.kind,
        "scenario": verdict.scenario,
        "policy": verdict.policy,
        "outcome": verdict.outcome,
        "expected": verdict.expected,
        "as_expected": verdict.as_expected,
        "vacuous": verdict.vacuous,
        "assumed": list(verdict.assumed),
        "place": None if verdict.place is None else _place(verdict.place),
        "expectation": None if verdict.expectation is None else _place(verdict.expectation),
        "evidence": _evidence_data(verdict.evidence),
        "finding": None if verdict.finding is None else _finding_data(verdict.finding),
    }


def _finding_data(finding: Finding) -> Data:
    return {
        "task": None if finding.task is None else str(finding.task),
        "place": None if finding.span is None else _place(finding.span),
        "formula": None if finding.formula is None else _place(finding.formula),
        "message": finding.message,
        "calls": [_place(call) for call in finding.calls],
        "values": dict(finding.values),
        "positions": [
            {
                "task": str(one.task),
                "label": one.label,
                "there": one.there,
                "within": one.within,
                **_place(one.span),
            }
            for one in finding.positions
        ],
        "initial": dict(finding.initial),
        "steps": [_step_data(step) for step in finding.steps],
        "final": dict(finding.final),
        "cycle": [str(task) for task in finding.cycle],
        "stuck": [str(task) for task in finding.stuck],
        "standing": [
            {
                "task": str(standing.task),
                "what": standing.what,
                "waits_for": standing.waits_for,
                "on": [str(task) for task in standing.on],
                "only": None if standing.only is None else [str(task) for task in standing.only],
                "keepers": [str(task) for task in standing.keepers],
                "lost": None if standing.lost is None else [_moved_data(moved) for moved in standing.lost],
                **_place(standing.span),
            }
            for standing in finding.standing
        ],
        "loop": finding.loop,
        "diagnosis": finding.diagnosis,
        "reasons": list(finding.reasons),
        "cures": [
            [
                {
                    "barrier": put.word,
                    "task": str(put.task),
                    "after": _place(put.after),
                    "before": _place(put.before),
                }
                for put in cure.puts
            ]
            for cure in finding.cures
        ],
    }


def _moved_data(moved: Moved) -> Data:
    return {"where": moved.where, "then": moved.then, "now": moved.now, "step": moved.step}


def _step_data(step: TraceStep) -> Data:
    return {
        "number": step.number,
        "task": str(step.task),
        "kind": step.kind,
        **_place(step.span),
        "calls": [_place(call) for call in step.calls],
        "round": step.round,
        "events": [
            {
                "kind": event.kind,
                "where": event.where,
                "value": value_text(event.value),
                "old": value_text(event.old),
                "detail": event.text,
                "newest": None
                if event.newest is None
                else {"task": str(event.newest.task), **_place(event.newest.span)},
                **_place(event.span),
            }
            for event in step.events
        ],
        "changes": [{"name": change.name, "old": change.old, "new": change.new} for change in step.changes],
    }
