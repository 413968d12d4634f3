"""What falls without what as one HTML page that needs nothing else: a margin beside the model's lines."""

from __future__ import annotations

from typing import Any

from ...ablation.result import LOAD_BEARING, NO_MODEL, NOT_NEEDED, SAME, UNDECIDED, Ablation, Tried
from ...translator.program.values import value_text
from ..formats.colour import coloured
from ..formats.template import template
from ..text.behaviour import Page, finding_text, where_text
from ..text.ink import PLAIN
from ..text.words import xml_safe
from ..visible import shown
from .text import change_code, how_words, outcome_words, summary

WIDTH = 90
_MOOD = {LOAD_BEARING: "good", NOT_NEEDED: "bad", UNDECIDED: "open", SAME: "open", NO_MODEL: "open"}


def ablation_page(found: Ablation, version: str) -> str:
    """The page; `version` is pfnspec's.  It is wide enough for a margin, or has it below each line."""
    found = shown(found)
    base = found.base
    return xml_safe(
        template("ablation.html.j2").render(
            title=base.name, path=base.path, version=version, files=_files(found),
            constants=" ".join(f"{name}={value_text(value)}" for name, value in base.constants),
            summary=summary(found, PLAIN),
        )
    )  # fmt: skip


def _files(found: Ablation) -> list[dict[str, Any]]:
    """The files in which something was taken away, in the order of the table."""
    paths = dict.fromkeys(one.change.place.path for one in found.tried)
    return [{"path": path, "lines": _lines(found, path)} for path in paths if path in found.sources]


def _lines(found: Ablation, path: str) -> list[dict[str, Any]]:
    """Its lines, with what stands in the margin of each."""
    notes: dict[int, list[dict[str, str]]] = {}
    for one in found.tried:
        if one.change.place.path == path:
            notes.setdefault(one.change.place.line, []).append(_note(one, found))
    text = found.sources[path].text.rstrip("\n").split("\n")
    return [
        {"number": number, "pieces": pieces, "notes": notes.get(number, [])}
        for number, pieces in enumerate(coloured(text), start=1)
    ]


def _note(one: Tried, found: Ablation) -> dict[str, str]:
    finding = None if one.fell is None else one.fell.finding
    trace = ""
    if one.fell is not None and finding is not None:
        cell = where_text(one.fell.scenario, one.fell.policy)
        trace = finding_text(finding, Page(found.sources, found.base.path, WIDTH, PLAIN), cell, (), "")
    return {
        "code": change_code(one.change, found.sources), "how": how_words(one.change),
        "outcome": outcome_words(one, found), "mood": _MOOD[one.outcome], "trace": trace,
    }  # fmt: skip
