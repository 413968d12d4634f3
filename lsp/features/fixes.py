"""Quick fixes: the changes of the text that a diagnostic advises."""

from __future__ import annotations

from typing import TYPE_CHECKING

from lsprotocol import types

from ...dsl.advice import title
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
            changes = [
                types.TextEdit(to_range(lines, edit.span, server.encoding), edit.text)
                for edit in fault.edits(analysis.source)
            ]
            if not changes:
                continue
            reported = [d for d in params.context.diagnostics if d.code == fault.code and d.range == place]
            found.append(
                types.CodeAction(
                    title(fault.changes),
                    kind=types.CodeActionKind.QuickFix,
                    diagnostics=reported,
                    is_preferred=True,
                    edit=types.WorkspaceEdit(changes={uri: changes}),
                )
            )
        return found


def _touch(one: types.Range, other: types.Range) -> bool:
    return one.start.line <= other.end.line and other.start.line <= one.end.line
