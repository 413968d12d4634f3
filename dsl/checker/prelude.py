"""The wait policies that every model has."""

from __future__ import annotations

from functools import lru_cache
from pathlib import Path

from ..source import PRELUDE, Source, Span
from ..syntax import tree
from ..syntax.parse import parse


@lru_cache
def source() -> Source:
    """The prelude's text."""
    return Source(PRELUDE, Path(__file__).with_name("prelude.pfn").read_text(encoding="utf-8"))


@lru_cache
def prelude() -> tree.Tree:
    """The prelude's declarations."""
    parsed, found = parse(source())
    assert parsed is not None, [str(fault) for fault in found.sorted()]
    return parsed


def policy_at(span: Span) -> str | None:
    """The policy in whose body a place of the prelude is; None for a place elsewhere.

    No parser is started for this: every declaration of the prelude is a policy, and begins a line.
    """
    if span.path != PRELUDE:
        return None
    found = None
    for line in source().lines[: span.line]:
        if line.startswith("policy "):
            found = line.removeprefix("policy ").split("(")[0].rstrip(":")
    return found
