"""The wait policies that every model has."""

from __future__ import annotations

from functools import lru_cache
from pathlib import Path

from ..source import PRELUDE, Source
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
