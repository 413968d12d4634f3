"""The way out of a fault: a sentence for people, and the same as a change of the text where it can only mean
one."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from typing import assert_never

from .source import Source, Span


@dataclass(frozen=True, slots=True)
class Respell:
    """Another word for one that stands in the span of the diagnostic.  Where it stands there several times,
    it is not certain which one is meant, and nothing is changed."""

    wrong: str
    right: str


@dataclass(frozen=True, slots=True)
class Rewrite:
    """Another text for the whole span of the diagnostic; no text: it is removed."""

    text: str


@dataclass(frozen=True, slots=True)
class Insert:
    """A text behind the span of the diagnostic, or before it."""

    text: str
    before: bool = False


@dataclass(frozen=True, slots=True)
class Edit:
    """Another text for a span of its own, of the same file as the diagnostic's."""

    span: Span
    text: str


Change = Respell | Rewrite | Insert | Edit
"""One change of the text.  Stages that do not see the text say it by the span of the diagnostic."""


@dataclass(frozen=True, slots=True)
class Advice:
    """A complete clause, and the changes that it means, which are made together.  There are none where it can
    mean several things, or where the change would need to know more than the advice."""

    text: str
    changes: tuple[Change, ...] = ()

    def __str__(self) -> str:
        return self.text


def write(word: str) -> Advice:
    """To have `word` instead of what the diagnostic is about."""
    return Advice(f"write `{word}`", (Rewrite(word),))


def cut(begin: Span, end: Span) -> Edit:
    """Removes what stands behind `begin` up to the end of `end`."""
    return Edit(Span(begin.path, begin.end_line, begin.end_column, end.end_line, end.end_column), "")


def edits(changes: Iterable[Change], span: Span, source: Source) -> tuple[Edit, ...]:
    """The changes that a diagnostic at `span` advises, as texts for spans of `source`; none where one of them
    is not certain there, or goes over several lines."""
    found: list[Edit] = []
    for change in changes:
        edit = _edit(change, span, source)
        if edit is None or edit.span.line != edit.span.end_line or edit.span.path != source.path:
            return ()
        found.append(edit)
    return tuple(found)


def _edit(change: Change, span: Span, source: Source) -> Edit | None:
    match change:
        case Edit():
            return change
        case Respell(wrong, right):
            return _respelled(wrong, right, span, source)
        case Rewrite(text):
            return _rewritten(text, span, source)
        case Insert(text, before):
            line, column = (span.line, span.column) if before else (span.end_line, span.end_column)
            return Edit(Span(span.path, line, column, line, column), text)
        case _:
            assert_never(change)


def _respelled(wrong: str, right: str, span: Span, source: Source) -> Edit | None:
    """Only the first line of a span is looked at: the head of a declaration, whose name is in question."""
    excerpt = source.excerpt(span)
    found = list(re.finditer(rf"(?<!\w){re.escape(wrong)}(?!\w)", excerpt))
    if len(found) != 1:
        return None
    start = span.column + found[0].start()
    return Edit(Span(span.path, span.line, start, span.line, start + len(wrong)), right)


def _rewritten(text: str, span: Span, source: Source) -> Edit:
    """With blanks where the text would run into a word beside it, as `and` for the sign in `a&&b`, and with
    one blank where there would be two."""
    before = source.line(span.line)[: span.column - 1][-1:]
    behind = source.line(span.end_line)[span.end_column - 1 :][:1]
    if not text and before in ("", " ") and behind == " ":
        return Edit(Span(span.path, span.line, span.column, span.end_line, span.end_column + 1), "")
    if re.match(r"\w\w", before + text[:1]):
        text = " " + text
    if re.match(r"\w\w", text[-1:] + behind):
        text += " "
    return Edit(span, text)


def mended(source: Source, found: Iterable[Edit]) -> str:
    """The text of `source` with edits made, none of which overlap."""
    lines = list(source.lines)
    for edit in sorted(found, key=lambda edit: edit.span, reverse=True):
        span, line = edit.span, lines[edit.span.line - 1]
        lines[span.line - 1] = line[: span.column - 1] + edit.text + line[span.end_column - 1 :]
    return "\n".join(lines)


def title(changes: Iterable[Change]) -> str:
    """What the changes do, in a few words, as an editor offers them."""
    return " and ".join(_title(change) for change in changes)


def _title(change: Change) -> str:
    match change:
        case Respell(_, right):
            return f"change to `{right}`"
        case Rewrite("") | Edit(_, ""):
            return "remove it"
        case Rewrite(text):
            return f"write `{text}`"
        case Insert(text, _):
            return f"add `{text.strip()}`"
        case Edit(span, text):
            at_a_point = (span.line, span.column) == (span.end_line, span.end_column)
            return f"{'add' if at_a_point else 'write'} `{text.strip()}`"
        case _:
            assert_never(change)
