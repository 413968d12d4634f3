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
    parsed, diagnostics = parse(source())
    assert parsed is not None, [str(fault) for fault in diagnostics.sorted()]
    return parsed


def policy_at(span: Span) -> str | None:
    """The policy in whose body a place of the prelude is; None for a place elsewhere."""
    if span.path != PRELUDE:
        return None
    return next((name for name, first, last in _policies() if first <= span.line <= last), None)


def policy_lines(name: str) -> tuple[tuple[int, str], ...]:
    """The lines of a policy of the prelude, each with its number; none where there is no such policy."""
    lines = source().lines
    for known, first, last in _policies():
        if known == name:
            return tuple((number, lines[number - 1]) for number in range(first, last + 1))
    return ()


def _policies() -> tuple[tuple[str, int, int], ...]:
    """Each policy, and its first and last line.

    No parser is started for this: every declaration of the prelude is a policy, and begins a line.
    """
    lines = source().text.rstrip("\n").split("\n")
    starts = [number for number, line in enumerate(lines, start=1) if line.startswith("policy ")]
    ends = [*(start - 1 for start in starts[1:]), len(lines)]
    found: list[tuple[str, int, int]] = []
    for start, end in zip(starts, ends, strict=True):
        name = lines[start - 1].removeprefix("policy ").split("(")[0].rstrip(":")
        last = max(number for number in range(start, end + 1) if lines[number - 1].strip())
        found.append((name, start, last))
    return tuple(found)
