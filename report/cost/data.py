"""Costs as data: JSON (docs/cost.schema.json) and CSV.  All times are ns."""

from __future__ import annotations

import csv
import hashlib
import io
import json
from collections.abc import Mapping, Sequence
from typing import Any

from ...timing.figures.costing import Costing
from ...timing.figures.estimates import Estimate
from ...timing.figures.study import Measured
from ...timing.table.costs import Choice, Costs, Every, Rounds, Shares
from .text import NOT_MODELLED, certain

SCHEMA = "pfnspec/cost/1"
BINS = 24


def cost_json(found: Sequence[Costing]) -> str:
    """All tables of a run, one for each point of a sweep."""
    return json.dumps([_costing(one) for one in found], indent=2, allow_nan=False) + "\n"


def costs_data(costs: Costs) -> dict[str, Any]:
    """A table of costs: its figures, where they come from, which were measured, and a digest of the
    figures."""
    values: dict[str, Any] = {
        "step": dict(costs.step),
        "switch": {
            "out": costs.out, "into": costs.into, "wake": costs.wake, "handover": costs.handover,
            "idle": [{"after": state.after, "exit": state.exit} for state in costs.idle],
        },
        "scheduler": {
            "slice": costs.slice, "wakeup": "preempts" if costs.preempts else "slice",
            "load": list(costs.load),
        },
        "duration": {name: {"time": repr(one.time), "on": "asleep" if one.asleep else "cpu"}
                     for name, one in costs.durations.items()},
        "choice": {name: _choice(one) for name, one in costs.choices.items()},
        "episode": {name: {"arrives_in": one.arrives_in, "at": repr(one.at), "after": repr(one.after),
                           "slice_used": repr(one.slice_used), "tasks": one.tasks}
                    for name, one in costs.episodes.items()},
        "steady": {"time": costs.steady} if costs.steady else {},
        "policy": {name: dict(one) for name, one in costs.policies.items()},
    }  # fmt: skip
    words = json.dumps(values, sort_keys=True).encode()
    return {
        "name": costs.name,
        "digest": hashlib.sha256(words).hexdigest()[:16],
        "values": values,
        "sources": dict(costs.sources),
        "measured": sorted(costs.measured),
    }


def _choice(choice: Choice) -> dict[str, Any]:
    match choice:
        case Rounds(count=count):
            return {"rounds": count}
        case Shares(shares=shares):
            return {"shares": list(shares)}
        case Every(time=time):
            return {"every": repr(time)}


def _costing(found: Costing) -> dict[str, Any]:
    return {
        "schema": SCHEMA,
        "model": found.model.name,
        "path": found.model.path,
        "constants": {name: str(value) for name, value in found.model.constants},
        "at": found.at,
        "seed": found.seed,
        "costs": costs_data(found.costs),
        "cells": [_cell(cell, why) for cell, why in zip(found.cells, found.stopped, strict=True)],
        "differences": [
            {
                "measure": one.measure, "scenario": one.scenario, "policy": one.policy,
                "against": one.against,
                "later": _estimate(one.later), "saved": _estimate(one.saved), "given": _estimate(one.given),
            }
            for one in found.differences
        ],
        "ratios": [
            {
                "measure": one.measure, "scenario": one.scenario, "policy": one.policy,
                "worst": round(one.worst, 4), "mean": round(one.mean, 4),
            }
            for one in found.ratios
        ],
        "sensitivity": [
            {
                "measure": one.measure, "scenario": one.scenario, "policy": one.policy,
                "against": one.against,
                "cost": one.cost, "before": round(one.before, 1), "later": round(one.later, 1),
                "flips": certain(one, found),
            }
            for one in found.moved
        ],
        "assumptions": NOT_MODELLED,
    }  # fmt: skip


def _cell(cell: Measured, why: str) -> dict[str, Any]:
    return {
        "measure": cell.measure,
        "scenario": cell.scenario,
        "policy": cell.policy,
        "episodes": cell.episodes,
        "stopped_by": why,
        "how": cell.how.value,
        "ended_otherwise": {name: round(share, 6) for name, share in cell.shares.items()},
        "figures": {name: _estimate(figure) for name, figure in cell.figures.items()},
        "quantiles": {name: [one.value, one.low, one.high] for name, one in cell.quantiles.items()},
        "least": cell.least,
        "worst": cell.worst,
        "histogram": histogram(cell),
    }


def _estimate(found: Estimate) -> dict[str, Any]:
    half = found.half if found.half < float("inf") else None
    return {"mean": round(found.mean, 3), "half": None if half is None else round(half, 3)}


def histogram(cell: Measured) -> dict[str, Any] | None:
    """The samples' times in bins of equal width, each with its share."""
    if cell.least is None or cell.worst is None:
        return None
    width = max(1.0, (cell.worst - cell.least) / BINS)
    shares = [0.0] * BINS
    total = sum(one.weight for one in cell.seen)
    for one in cell.seen:
        shares[min(BINS - 1, int((one.sample.time - cell.least) / width))] += one.weight / total
    edges = [round(cell.least + n * width) for n in range(BINS + 1)]
    return {"edges": edges, "shares": [round(share, 6) for share in shares]}


_COLUMNS = ("measure", "at", "scenario", "policy", "episodes", "ended_otherwise", "costs")
_FIGURES = ("time", "beyond", "cpu", "given", "polls", "out", "woken", "spun", "waited", "rate")


def cost_csv(found: Sequence[Costing]) -> str:
    """A row for each measure, scenario and policy; times in ns, means with half of their interval."""
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\n")
    heads = [head for name in _FIGURES for head in (name, f"{name}_half")]
    writer.writerow([*_COLUMNS, *heads, "p50", "p90", "p99", "least", "worst"])
    for one in found:
        digest = f"{one.costs.name} ({costs_data(one.costs)['digest']})"
        for cell in one.cells:
            quantiles = [
                cell.quantiles[name].value if name in cell.quantiles else "" for name in ("p50", "p90", "p99")
            ]
            writer.writerow(
                [
                    cell.measure, one.at, cell.scenario or "", cell.policy or "", cell.episodes,
                    " ".join(f"{name} {share:.6g}" for name, share in cell.shares.items()), digest,
                    *(value for name in _FIGURES for value in _pair(cell.figures, name)),
                    *quantiles,
                    "" if cell.least is None else cell.least, "" if cell.worst is None else cell.worst,
                ]
            )  # fmt: skip
    return text.getvalue()


def _pair(figures: Mapping[str, Estimate], name: str) -> tuple[object, object]:
    if name not in figures:
        return "", ""
    return round(figures[name].mean, 3), round(figures[name].half, 3)
