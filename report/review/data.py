"""A review as data, for `--format json`; `docs/gate.md` describes it."""

from __future__ import annotations

import json

from ...check.saved.data import Data
from ...dsl.source import Span
from ...gate.review import Acceptance, Judged, Model, Part, Review
from ..formats.data import described
from ..visible import in_json
from .text import sides

SCHEMA = 1


def review_json(review: Review) -> str:
    """The review as the text of a JSON object."""
    return in_json(json.dumps(review_data(review), indent=2, ensure_ascii=False)) + "\n"


def review_data(review: Review) -> Data:
    """Everything that the text shows, and the results of both checks."""
    return {
        "schema": SCHEMA,
        "base": review.base,
        "commit": review.commit,
        "status": review.status,
        "interrupted": review.interrupted,
        "settings": None
        if review.settings is None
        else {
            "path": review.settings.path,
            "differences": [_difference(one, review.settings) for one in review.settings.judged],
        },
        "models": [_model(model) for model in review.models],
        "unneeded": [{**_acceptance(one.acceptance), "spent": one.spent} for one in review.unneeded],
        "notes": list(review.notes),
    }


def _model(model: Model) -> Data:
    return {
        "path": model.path,
        "former": model.former,
        "model": model.name,
        "state": model.state,
        "trouble": model.trouble,
        "differences": [_difference(one, model) for one in model.judged],
        "before": None if model.before is None else described(model.before),
        "after": None if model.after is None else described(model.after),
    }


def _difference(one: Judged, model: Part) -> Data:
    told = one.difference
    texts = {sign: text for sign, _, text in sides(one, model)}
    return {
        "kind": told.kind,
        "effect": told.effect,
        "about": told.about,
        "message": told.message,
        "old": _side(told.old, texts.get("-", "")),
        "new": _side(told.new, texts.get("+", "")),
        "accepted": None if one.accepted is None else _acceptance(one.accepted),
    }


def _side(span: Span | None, text: str) -> Data | None:
    return None if span is None else {"path": span.path, "line": span.line, "text": text}


def _acceptance(one: Acceptance) -> Data:
    place = None if one.place is None else {"path": one.place.path, "line": one.place.line}
    return {"about": one.about, "reason": one.reason, "place": place}
