"""Whether figures are as they are required to be."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from ..table.requirement import TIMES, Requirement
from .costing import Costing
from .study import Measured


@dataclass(frozen=True, slots=True)
class Answer:
    """Of one cell.  `value` with its interval is in ns, or a count; None where nothing is known: no episode
    ended, or there are too few.  It `fails` only beyond the interval; `table` is the name of the costs."""

    wanted: Requirement
    cell: Measured
    value: tuple[float, float, float] | None
    fails: bool
    table: str


def answers(wanted: Requirement, found: Costing) -> Sequence[Answer]:
    """Whether a requirement is met in each cell that it is about; none where it is about no cell."""
    return [
        _answer(wanted, cell, found.costs.name)
        for cell in found.cells
        if cell.measure == wanted.measure and wanted.about(cell.policy, cell.scenario)
    ]


def _answer(wanted: Requirement, cell: Measured, table: str) -> Answer:
    known = _interval(wanted.figure, cell)
    if known is None:
        return Answer(wanted, cell, None, cell.never, table)
    _, low, high = known
    edge = low if wanted.upper else high
    beyond = edge > wanted.bound if wanted.upper else edge < wanted.bound
    fails = (
        beyond
        or (wanted.strict and edge == wanted.bound)
        or (wanted.upper and wanted.figure in TIMES and cell.stuck > 0)
    )
    return Answer(wanted, cell, known, fails, table)


def _interval(figure: str, cell: Measured) -> tuple[float, float, float] | None:
    if figure == "never":
        share = cell.stuck
        return share, share, share
    if figure in ("p50", "p90", "p99"):
        quantile = cell.quantiles.get(figure)
        return None if quantile is None else (quantile.value, quantile.low, quantile.high)
    if figure in ("least", "worst"):
        value = cell.least if figure == "least" else cell.worst
        return None if value is None else (value, value, value)
    found = cell.figures.get("time" if figure == "mean" else figure)
    return None if found is None else (found.mean, found.mean - found.half, found.mean + found.half)
