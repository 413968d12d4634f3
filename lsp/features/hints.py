"""Inlay hints, from all who have some."""

from __future__ import annotations

from typing import TYPE_CHECKING

from lsprotocol import types

if TYPE_CHECKING:
    from ..server import Server


def register(server: Server) -> None:
    """Has the client's question for hints answered by all `server.hints`."""

    @server.feature(types.TEXT_DOCUMENT_INLAY_HINT)
    def inlay_hint(params: types.InlayHintParams) -> list[types.InlayHint]:
        uri = params.text_document.uri
        if uri not in server.documents:
            return []
        return [hint for hints in server.hints for hint in hints(uri, params.range)]
