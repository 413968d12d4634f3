"""What falls without what as data: JSON, which docs/ablation.schema.json describes."""

from __future__ import annotations

import json
from dataclasses import replace

from ...ablation.change import Change
from ...ablation.result import LOAD_BEARING, NOT_NEEDED, OUTCOMES, Ablation, CellName, Tried
from ...check.result import Verdict
from ...check.saved.data import Data
from ...dsl.source import Span
from ...translator.program.values import value_text
from ..formats.data import described
from ..visible import in_json
from .text import change_code

SCHEMA = "pfnspec/ablation/1"


def ablation_json(found: Ablation, *, traces: bool = False) -> str:
    """One object; the behaviours are in it if `traces` asks for them."""
    return in_json(json.dumps(ablation_data(found, traces=traces), indent=2, ensure_ascii=False)) + "\n"


def ablation_data(found: Ablation, *, traces: bool = False) -> Data:
    """What `--format json` prints."""
    base = found.base
    return {
        "schema": SCHEMA,
        "path": base.path,
        "model": base.name,
        "constants": {name: value_text(value) for name, value in base.constants},
        "memory": found.memory,
        "implied": found.implied,
        "cells": [_cell(cell) for cell in found.cells],
        "left_out": [_cell(cell) for cell in found.left_out],
        "status": base.status,
        "refused": found.refused or None,
        "stopped": found.stopped or base.stopped,
        "engine": base.engine,
        "seconds": round(found.seconds, 3),
        "score": {
            "noticed": len(found.of(LOAD_BEARING)),
            "unnoticed": len(found.of(NOT_NEEDED)),
            "share": None if found.score is None else round(found.score, 4),
        },
        "outcomes": {outcome: len(found.of(outcome)) for outcome in OUTCOMES},
        "changes": [_tried(one, found, traces) for one in found.tried],
    }


def _cell(cell: CellName) -> Data:
    return {"scenario": cell.scenario, "policy": cell.policy, "memory": cell.memory, "why": cell.why}


def _tried(one: Tried, found: Ablation, traces: bool) -> Data:
    return {
        **_change(one.change, found),
        "outcome": one.outcome,
        "fell": None if one.fell is None else _fell(one.fell, found, traces),
        "fault": None
        if one.fault is None
        else {"code": one.fault.code, "message": one.fault.message, "place": _place(one.fault.span)},
        "why": one.why or None,
        "vacuous": list(one.vacuous),
        "engine": one.engine or None,
    }


def _change(change: Change, found: Ablation) -> Data:
    return {
        "kind": change.kind,
        "how": change.how,
        "partly": change.partly,
        "place": _place(change.place),
        "also": None if change.also is None else _place(change.also),
        "code": change_code(change, found.sources).removeprefix("... "),
        "instead": change.instead or None,
    }


def _fell(verdict: Verdict, found: Ablation, traces: bool) -> Data:
    finding = verdict.finding
    told = None
    if finding is not None and traces:
        told = described(replace(found.base, verdicts=(verdict,)))["verdicts"][0]["finding"]
        # It is no behaviour of the model as it is written.
        del told["reproduce"]
    return {
        "property": verdict.property,
        "kind": verdict.kind,
        "outcome": verdict.outcome,
        "scenario": verdict.scenario,
        "policy": verdict.policy,
        "place": None if finding is None or finding.span is None else _place(finding.span),
        "steps": None if finding is None else len(finding.steps),
        "loop": None if finding is None else finding.loop,
        "diagnosis": (finding.diagnosis or None) if finding else None,
        "finding": told,
    }


def _place(span: Span) -> Data:
    return {
        "path": span.path, "line": span.line, "column": span.column,
        "end_line": span.end_line, "end_column": span.end_column,
    }  # fmt: skip
