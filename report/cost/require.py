"""`--require "refresh_time.p99 < 200us under block in one_cpu"`: whether a figure is as it has to be."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from ...timing.figures.costing import Costing
from ...timing.figures.study import Measured
from ...timing.table.units import NoTime, nanoseconds
from .text import number

TIMES = ("mean", "p50", "p90", "p99", "least", "worst", "beyond", "cpu", "given", "spun")
COUNTS = ("polls", "out", "woken", "never")
_WRITTEN = re.compile(
    r"\s*(\w+)\.(\w+)\s*(<=|>=|<|>)\s*(\S+?)\s*(\w*)\s*?(?:\s+under\s+(\S+))?(?:\s+in\s+(\w+))?\s*"
)


@dataclass(frozen=True, slots=True)
class Requirement:
    """`bound` is in ns, or a count (a part of the episodes, of `never`)."""

    text: str
    measure: str
    figure: str
    operator: str
    bound: float
    policy: str | None
    scenario: str | None


class NoRequirement(ValueError):
    """This is none; says why."""


def requirement(text: str) -> Requirement:
    """What `--require` says.  Raises NoRequirement."""
    match = _WRITTEN.fullmatch(text)
    if match is None:
        raise NoRequirement(
            f'`{text}` is not of the form "MEASURE.FIGURE < BOUND [under POLICY] [in SCENARIO]"'
        )
    measure, figure, operator, bound, unit, policy, scenario = match.groups()
    if figure not in TIMES + COUNTS:
        raise NoRequirement(f"there is no figure `{figure}`; there are: {', '.join(TIMES + COUNTS)}")
    try:
        value = float(nanoseconds(bound + unit)) if figure in TIMES else float(bound + unit)
    except NoTime as fault:
        raise NoRequirement(str(fault)) from None
    except ValueError:
        raise NoRequirement(f"`{bound}` is not a number") from None
    return Requirement(text.strip(), measure, figure, operator, value, policy, scenario)


@dataclass(frozen=True, slots=True)
class Answer:
    """Of one cell.  It `fails` only beyond the interval of the figure."""

    fails: bool
    text: str


def answers(wanted: Requirement, found: Costing) -> Sequence[Answer]:
    """Whether a requirement is met in each cell that it is about; none where it is about no cell."""
    made: list[Answer] = []
    for cell in found.cells:
        about = cell.measure == wanted.measure and wanted.scenario in (None, cell.scenario)
        names = (cell.policy or "", (cell.policy or "").partition("(")[0])
        if about and (wanted.policy is None or wanted.policy in names):
            made.append(_answer(wanted, cell, found.costs.name))
    return made


def _answer(wanted: Requirement, cell: Measured, table: str) -> Answer:
    where = " ".join(
        filter(
            None,
            (f"under {cell.policy}" if cell.policy else "", f"in {cell.scenario}" if cell.scenario else ""),
        )
    )
    known = _interval(wanted.figure, cell)
    if known is None:
        told = "never ends" if cell.never else "too few episodes"
        return Answer(cell.never, f"{wanted.text} {where}: {told} (costs: {table})")
    value, low, high = known
    upper = wanted.operator[0] == "<"
    strict = len(wanted.operator) == 1
    edge = low if upper else high
    beyond = edge > wanted.bound if upper else edge < wanted.bound
    fails = (
        beyond
        or (strict and edge == wanted.bound)
        or (upper and wanted.figure in TIMES and bool(cell.shares))
    )
    unit, word = (1000.0, " us") if wanted.figure in TIMES else (1.0, "")
    half = max((high - low) / 2 / unit, 0.0005)
    text = f"{number(value / unit, half)}{word} ({number(low / unit, half)} to {number(high / unit, half)})"
    if cell.shares and wanted.figure != "never":
        text += f", and {100 * sum(cell.shares.values()):.3g} % never end"
    return Answer(fails, f"{wanted.text} {where}: {'FAILS' if fails else 'met'}, {text} (costs: {table})")


def _interval(figure: str, cell: Measured) -> tuple[float, float, float] | None:
    if figure == "never":
        share = sum(cell.shares.values())
        return share, share, share
    if figure in ("p50", "p90", "p99"):
        quantile = cell.quantiles.get(figure)
        return None if quantile is None else (quantile.value, quantile.low, quantile.high)
    if figure in ("least", "worst"):
        value = cell.least if figure == "least" else cell.worst
        return None if value is None else (value, value, value)
    found = cell.figures.get("time" if figure == "mean" else figure)
    return None if found is None else (found.mean, found.mean - found.half, found.mean + found.half)
