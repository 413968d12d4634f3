"""Diagnostics as text: `file:line:column: error[code]: message`, the line and a caret, then help."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from ...dsl.diagnostics import Diagnostic
from ...dsl.source import Source, Span
from ..visible import shown
from .ink import PLAIN, Ink


def diagnostics_text(found: Iterable[Diagnostic], sources: Mapping[str, Source], ink: Ink = PLAIN) -> str:
    """All of them, one after the other; empty when there are none."""
    told, texts = tuple(shown(one) for one in found), shown(sources)
    return "".join(_one(diagnostic, texts, ink) for diagnostic in told)


def _one(found: Diagnostic, sources: Mapping[str, Source], ink: Ink) -> str:
    kind = ink("bad" if found.severity == "error" else "note", f"{found.severity}[{found.code}]")
    lines = [f"{found.span}: {kind}: {ink('strong', found.message)}"]
    lines += _excerpt(found.span, sources, ink)
    for span, text in found.related:
        lines.append(f"  {span}: {text}")
        lines += _excerpt(span, sources, ink)
    if found.help:
        lines.append(f"  {ink('note', 'help:')} {found.help}")
    return "\n".join(lines) + "\n"


def _excerpt(span: Span, sources: Mapping[str, Source], ink: Ink) -> list[str]:
    source = sources.get(span.path)
    if source is None:
        return []
    line = source.line(span.line)
    shown = "".join(c if c.isprintable() else " " for c in line)
    if not shown.strip():
        return []
    end = span.end_column if span.end_line == span.line else len(shown) + 1
    width = max(1, min(end, len(shown) + 1) - span.column)
    number = str(span.line)
    # A long line is cut round the place.
    start = max(0, span.column - 80) if len(shown) > 160 else 0
    shown = shown[start : start + 160]
    caret = " " * (span.column - 1 - start) + "^" * min(width, 160)
    return [f"  {number} | {shown}", f"  {' ' * len(number)} | {ink('bad', caret)}"]
