"""Places: the protocol counts lines and code units from 0, pfnspec lines and letters from 1."""

from __future__ import annotations

import re
from collections.abc import Sequence

from lsprotocol import types

from ...dsl.source import Span

_ENDS = re.compile(r"\r\n|\r|\n")


def plain(text: str) -> str:
    """A document's text with `\\n` line ends and without a byte order mark."""
    return _ENDS.sub("\n", text.removeprefix("\ufeff")) if "\r" in text or text[:1] == "\ufeff" else text


def units(text: str, encoding: str) -> int:
    """How many code units of `encoding` (utf-8, utf-16 or utf-32) the text has."""
    if text.isascii() or encoding == "utf-32":
        return len(text)
    if encoding == "utf-8":
        return len(text.encode("utf-8", "surrogatepass"))
    return len(text) + sum(letter > "\uffff" for letter in text)


def letters(text: str, count: int, encoding: str) -> int:
    """How many letters of `text` its first `count` code units are; one in the middle of a letter counts as
    before it, one behind the end as the end."""
    if text.isascii() or encoding == "utf-32":
        return max(0, min(count, len(text)))
    done = 0
    for number, letter in enumerate(text):
        done += units(letter, encoding)
        if done > count:
            return number
    return len(text)


def to_position(lines: Sequence[str], line: int, column: int, encoding: str) -> types.Position:
    """The protocol's position of a line and column counted from 1."""
    text = lines[line - 1] if 0 < line <= len(lines) else ""
    return types.Position(max(line - 1, 0), units(text[: max(column - 1, 0)], encoding))


def from_position(lines: Sequence[str], place: types.Position, encoding: str) -> tuple[int, int]:
    """The line and column, counted from 1, of a position; one outside the text is its nearest place."""
    if place.line >= len(lines):
        return len(lines), len(lines[-1]) + 1
    line = max(place.line, 0)
    return line + 1, letters(lines[line], place.character, encoding) + 1


def to_range(lines: Sequence[str], span: Span, encoding: str) -> types.Range:
    """The protocol's range of a span; line 0, which is no text, is the first line."""
    line, end = max(span.line, 1), max(span.end_line, 1)
    return types.Range(
        to_position(lines, line, span.column if span.line else 1, encoding),
        to_position(lines, end, span.end_column if span.line else 1, encoding),
    )


def edited(text: str, change: types.TextDocumentContentChangeEvent, encoding: str) -> str:
    """A text with `\\n` line ends after a change that the client sends."""
    if isinstance(change, types.TextDocumentContentChangeWholeDocument):
        return plain(change.text)
    lines = text.split("\n")
    line, column = from_position(lines, change.range.start, encoding)
    end_line, end_column = from_position(lines, change.range.end, encoding)
    if (end_line, end_column) < (line, column):
        line, column, end_line, end_column = end_line, end_column, line, column
    before = "\n".join([*lines[: line - 1], lines[line - 1][: column - 1]])
    after = "\n".join([lines[end_line - 1][end_column - 1 :], *lines[end_line:]])
    return before + _ENDS.sub("\n", change.text) + after
