"""Costs as one HTML page that needs nothing else: tables, how times are spread, a sweep's picture, and where
each cost comes from."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from ...dsl.model import model as m
from ...timing.figures.costing import Costing
from ...timing.figures.required import Answer
from ...timing.figures.study import Measured
from ..formats.template import template
from ..text.words import xml_safe
from .picture import STYLE, NoPicture, picture
from .sources import figures
from .spread import spread
from .text import HEADS, basis, ends, otherwise, said, scene, short_names, stretch, taken, told


def cost_page(found: Sequence[Costing], required: Sequence[tuple[Answer, str]], version: str) -> str:
    """The page; `required` are answers with their lines, `version` is pfnspec's.  The same bytes for the same
    figures."""
    first = found[0]
    try:
        drawn = picture(found) if len(found) > 1 else ""
    except NoPicture:
        drawn = ""
    costs = first.costs
    return xml_safe(
        template("cost.html.j2").render(
            title=first.model.name, constants=" ".join(f"{n}={value}" for n, value in first.model.constants),
            costs=costs.name, basis=basis(costs), style=STYLE, picture=drawn,
            required=[{"text": text, "fails": answer.fails} for answer, text in required],
            parts=[_part(one, measure) for one in found for measure in one.model.measures],
            figures=[
                {"name": name, "value": value, "kind": "measured" if name in costs.measured else "assumed",
                 "source": costs.sources.get(name, "no source is given")}
                for name, value in figures(costs)
            ],
            ends=list(ends(first)), version=version,
        )
    )  # fmt: skip


def _part(found: Costing, measure: m.Measure) -> dict[str, Any]:
    """One measure under one table."""
    cells = [cell for cell in found.cells if cell.measure == measure.name]
    return {
        "title": f"{measure.name}{f', with {found.at}' if found.at else ''}",
        "about": f"{stretch(measure)}; {taken(cells)}",
        "scenes": [
            _scene(found, measure.name, scenario, model, [c for c in cells if c.scenario == scenario])
            for scenario, model in found.scenes.items()
        ],
    }


def _scene(
    found: Costing, measure: str, scenario: str | None, model: m.Model, rows: Sequence[Measured]
) -> dict[str, Any]:
    names = short_names([row.policy for row in rows])
    title = scene(model, found.costs)
    return {
        "title": f"{scenario}: {title}" if scenario else title,
        "heads": HEADS,
        "rows": [
            {"name": name, "cells": [] if row.never else [told(row)[head] for head in HEADS],
             "otherwise": "; ".join(otherwise(row))}
            for name, row in zip(names, rows, strict=True)
        ],
        "spread": spread(rows),
        "said": list(said(found, measure, scenario)),
    }  # fmt: skip
