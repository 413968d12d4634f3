"""Recordings against a model as data, for `--format json`; `docs/recordings.md` describes it."""

from __future__ import annotations

import json
from typing import Any

from ...dsl.source import Span
from ...recording.events import Event
from ...recording.result import Failure, Validated, Validation
from ..text.words import step_text, waiting

SCHEMA = 1
Data = dict[str, Any]


def validated_text(whole: Validated) -> str:
    """JSON, with a line at its end."""
    return json.dumps(validated_data(whole), indent=2) + "\n"


def validated_data(whole: Validated) -> Data:
    """All that came of it, as objects, lists, texts, numbers, booleans and None."""
    return {
        "schema": SCHEMA,
        "path": whole.path,
        "model": whole.model,
        "binding": whole.binding,
        "status": whole.status,
        "diagnostics": [
            {
                "code": d.code,
                "severity": d.severity,
                "message": d.message,
                "help": d.help,
                "at": _span(d.span),
            }
            for d in whole.diagnostics
        ],
        "recordings": [_recording(one, whole) for one in whole.recordings],
    }


def _recording(one: Validation, whole: Validated) -> Data:
    return {
        "path": one.path,
        "outcome": one.outcome,
        "expected": one.expected,
        "status": one.status,
        "events": one.events,
        "bound": one.bound,
        "counts": dict(one.counts),
        "threads": list(one.threads),
        "first": one.first,
        "last": one.last,
        "gaps": one.gaps,
        "open": one.open,
        "states": one.states,
        "most": one.most,
        "tlc": one.tlc or None,
        "intervals": [
            {
                "from": i.first, "to": i.last, "count": i.count, "least": i.quantile(0),
                "median": i.quantile(50), "p99": i.quantile(99), "most": i.quantile(100),
                "quantiles": {f"p{percent}": time for percent, time in i.quantiles},
                "histogram": [{"from_ns": edge, "count": count} for edge, count in i.histogram],
                "met": [{"from": first, "to": last, "count": met} for first, last, met in i.met],
                "within": {name: {"median": middle, "most": most} for name, middle, most in i.within},
            }
            for i in one.intervals
        ],
        "unreached": [{"kind": r.kind, "text": r.text, "at": _span(r.span)} for r in one.unreached],
        "failure": None if one.failure is None else _failure(one.failure, whole.path),
        "fault": None
        if not one.fault
        else {"message": one.fault, "line": one.line, "text": one.text, "help": one.advice},
    }  # fmt: skip


def _failure(failure: Failure, main: str) -> Data:
    return {
        "event": _event(failure.event),
        "process": failure.process,
        "free": failure.free,
        "before": [_event(event) for event in failure.last],
        "steps": [
            {"number": s.number, "task": str(s.task), "at": _span(s.span), "text": step_text(s)}
            for s in failure.steps
        ],
        "standing": [
            {"task": str(s.task), "at": _span(s.span), "text": waiting(s, main)} for s in failure.standing
        ],
        "instead": [
            {
                "task": way.task, "label": way.label, "at": _span(way.span), "values": dict(way.values),
                "others": way.others,
            }
            for way in failure.instead
        ],
    }  # fmt: skip


def _event(event: Event) -> Data:
    return {
        "line": event.line, "event": event.name, "time": event.time, "thread": event.thread,
        "comm": event.command, "cpu": event.cpu, "fields": dict(event.fields),
    }  # fmt: skip


def _span(span: Span) -> Data:
    return {
        "path": span.path, "line": span.line, "column": span.column,
        "end_line": span.end_line, "end_column": span.end_column,
    }  # fmt: skip
