"""Quick fixes: what a diagnostic's help says, where it can only mean one change of the text."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from lsprotocol import types

from ...dsl.diagnostics import Diagnostic
from ...dsl.source import Source, Span
from ..text.positions import to_range

if TYPE_CHECKING:
    from ..server import Server


def register(server: Server) -> None:
    """Answers how a diagnostic can be put right."""
    options = types.CodeActionOptions(code_action_kinds=[types.CodeActionKind.QuickFix])

    @server.feature(types.TEXT_DOCUMENT_CODE_ACTION, options)
    def actions(params: types.CodeActionParams) -> list[types.CodeAction]:
        uri = params.text_document.uri
        analysis = server.known(uri)
        if analysis is None:
            return []
        found: list[types.CodeAction] = []
        lines = analysis.source.lines
        for fault in analysis.diagnostics:
            place = to_range(lines, fault.span, server.encoding)
            if fault.span.path != analysis.path or not _touch(place, params.range):
                continue
            change = fix(fault, analysis.source)
            if change is None:
                continue
            span, text, title = change
            edit = types.TextEdit(to_range(lines, span, server.encoding), text)
            reported = [d for d in params.context.diagnostics if d.code == fault.code and d.range == place]
            found.append(
                types.CodeAction(
                    title,
                    kind=types.CodeActionKind.QuickFix,
                    diagnostics=reported,
                    is_preferred=True,
                    edit=types.WorkspaceEdit(changes={uri: [edit]}),
                )
            )
        return found


def fix(fault: Diagnostic, source: Source) -> tuple[Span, str, str] | None:
    """What to replace, by which text, and how that is called; None where it is not certain."""
    span, help = fault.span, fault.help or ""
    line = source.line(span.line)
    if fault.code == "missing-colon":
        end = Span(span.path, span.line, span.column, span.line, span.column)
        return end, ":", "add `:`"
    if meant := re.fullmatch(r"did you mean `([^`]+)`\?", help):
        wrong = re.search(r"`([^`]+)`(?! `)", _blamed(fault))
        return _renamed(span, line, wrong[1], meant[1]) if wrong else None
    if closed := re.fullmatch(r"close it with `([^`]+)`", help):
        end_column = len(re.sub(r"\s*#[^\"']*$", "", line).rstrip()) + 1
        if fault.code == "unclosed-string" and closed[1] != '"""':
            end = Span(span.path, span.line, end_column, span.line, end_column)
            return end, closed[1], f"add `{closed[1]}`"
        return None
    if fault.code == "assign-in-condition" and help == "compare with `==`":
        return Span(span.path, span.line, span.column, span.line, span.column + 1), "==", "write `==`"
    if written := re.fullmatch(r"write `(True|False|None|==|<=|>=|!=|not|and|or|in|implies)`", help):
        if span.end_line == span.line:
            return span, written[1], f"write `{written[1]}`"
    if fault.code == "no-effect" and help.startswith("call it") and span.end_line == span.line:
        end = Span(span.path, span.line, span.end_column, span.line, span.end_column)
        return end, "()", "add `()`"
    if fault.code == "lock-mode" and "write `.read()` or" in help:
        return None
    return None


def _blamed(fault: Diagnostic) -> str:
    """The message from its last name on, which is the one that is wrong."""
    return fault.message[fault.message.rfind("`", 0, fault.message.rfind("`")) :]


def _renamed(span: Span, line: str, wrong: str, right: str) -> tuple[Span, str, str] | None:
    """The wrong name, if it stands just once in the text of the diagnostic."""
    end = span.end_column - 1 if span.end_line == span.line else len(line)
    found = list(re.finditer(rf"(?<!\w){re.escape(wrong)}(?!\w)", line[span.column - 1 : end]))
    if len(found) != 1:
        return None
    start = span.column + found[0].start()
    place = Span(span.path, span.line, start, span.line, start + len(wrong))
    return place, right, f"change to `{right}`"


def _touch(one: types.Range, other: types.Range) -> bool:
    return one.start.line <= other.end.line and other.start.line <= one.end.line
