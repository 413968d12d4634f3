"""Recordings against a model as one HTML page that needs nothing else."""

from __future__ import annotations

from typing import Any

from ...recording.numbers import QUANTILES
from ...recording.result import UNDECIDED, Interval, Validated, Validation
from ..formats.template import template
from ..text.behaviour import Page
from ..text.ink import PLAIN
from ..text.words import xml_safe
from ..visible import shown
from .text import failure_lines, headline, numbers, seconds

_WIDTH = 110


def recordings_page(whole: Validated, version: str) -> str:
    """The page; `version` is pfnspec's.  The same bytes for the same recordings."""
    page = Page(whole.sources, whole.path, _WIDTH, PLAIN)
    good = sum(one.as_expected for one in whole.recordings)
    return xml_safe(
        template("recording.html.j2").render(
            model=whole.model, path=whole.path, binding=whole.binding, status=whole.status, version=version,
            summary=f"{len(whole.recordings)} recording{'s' * (len(whole.recordings) != 1)},"
            f" {good} as expected",
            recordings=[_recording(shown(one), whole.model, shown(page)) for one in whole.recordings],
            percents=[_percent(percent) for percent in QUANTILES],
        )
    )  # fmt: skip


def _recording(one: Validation, model: str, page: Page) -> dict[str, Any]:
    mood = "good" if one.as_expected else "open" if one.outcome == UNDECIDED else "bad"
    where = f"line {one.line}: " if one.line else ""
    faults = [f"{where}{one.fault}", one.text.strip(), one.advice] if one.fault else []
    failure = one.failure
    return {
        "path": one.path,
        "head": headline(model, one, page).removeprefix(one.path).strip(),
        "mood": mood,
        "faults": [line for line in faults if line],
        "numbers": "\n".join(numbers(one, page)) if one.bound else "",
        "failure": "" if failure is None else "\n".join(failure_lines(failure, page)),
        "last": [] if failure is None else [*failure.last, failure.event],
        "intervals": [_interval(interval) for interval in one.intervals],
    }


def _interval(one: Interval) -> dict[str, Any]:
    most = max(count for _, count in one.histogram)
    within = [f"{name} {middle} times in it, at most {top}" for name, middle, top in one.within]
    met = [f"{count} of them met {first} to {last}" for first, last, count in one.met]
    return {
        "first": one.first,
        "last": one.last,
        "count": one.count,
        "quantiles": [seconds(time) for _, time in one.quantiles],
        "said": [*within, *met],
        "bars": [
            {"edge": seconds(edge / 1e9), "count": count, "part": f"{100 * count / most:.1f}"}
            for edge, count in one.histogram
        ],
    }


def _percent(percent: int) -> str:
    return {0: "least", 100: "most"}.get(percent, f"p{percent}")
