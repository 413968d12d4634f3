"""An editor for tests and measurements: it starts `pfnspec lsp` and remembers what the server says."""

from __future__ import annotations

import asyncio
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

from lsprotocol import types
from pfnspec.lsp.text.positions import units
from pygls.lsp.client import LanguageClient


class Editor(LanguageClient):
    """`diagnostics` and `versions` are the last ones published of each document; `log` has the messages."""

    def __init__(self) -> None:
        super().__init__("tests", "1")
        self.diagnostics: dict[str, tuple[types.Diagnostic, ...]] = {}
        self.versions: dict[str, int] = {}
        self.texts: dict[str, str] = {}
        self.number: dict[str, int] = {}
        self.answer: types.InitializeResult
        self.log: list[str] = []
        self._told = asyncio.Event()

        @self.feature(types.TEXT_DOCUMENT_PUBLISH_DIAGNOSTICS)
        def published(params: types.PublishDiagnosticsParams) -> None:
            self.diagnostics[params.uri] = tuple(params.diagnostics)
            if params.version is not None:
                self.versions[params.uri] = params.version
            self._told.set()

        @self.feature(types.WINDOW_LOG_MESSAGE)
        def logged(params: types.LogMessageParams) -> None:
            self.log.append(params.message)

    def open(self, path: Path, text: str | None = None) -> str:
        """Opens a document with the text of its file, or another one; returns its uri."""
        uri = path.as_uri()
        self.texts[uri] = path.read_text(encoding="utf-8") if text is None else text
        item = types.TextDocumentItem(uri, "pfnspec", 1, self.texts[uri])
        self.text_document_did_open(types.DidOpenTextDocumentParams(item))
        self.number[uri] = 1
        self.versions.pop(uri, None)
        return uri

    def change(self, uri: str, *changes: types.TextDocumentContentChangeEvent) -> int:
        """Sends changes as they are; returns the new version."""
        self.number[uri] += 1
        document = types.VersionedTextDocumentIdentifier(version=self.number[uri], uri=uri)
        self.text_document_did_change(types.DidChangeTextDocumentParams(document, list(changes)))
        return self.number[uri]

    def replace(self, uri: str, text: str) -> int:
        """Replaces the whole text."""
        self.texts[uri] = text
        return self.change(uri, types.TextDocumentContentChangeWholeDocument(text))

    def edit(self, uri: str, start: int, end: int, text: str) -> int:
        """Replaces the letters from `start` to `end` of a document's text; returns the new version."""
        before = self.texts[uri]
        places = [self._place(before, offset) for offset in (start, end)]
        self.texts[uri] = before[:start] + text + before[end:]
        return self.change(uri, types.TextDocumentContentChangePartial(types.Range(*places), text))

    @staticmethod
    def _place(text: str, offset: int) -> types.Position:
        line_start = text.rfind("\n", 0, offset) + 1
        return types.Position(text.count("\n", 0, offset), units(text[line_start:offset], "utf-16"))

    @property
    def process(self) -> int:
        """The number of the server's process."""
        assert self._server is not None
        return self._server.pid

    def close(self, uri: str) -> None:
        identifier = types.TextDocumentIdentifier(uri)
        self.text_document_did_close(types.DidCloseTextDocumentParams(identifier))

    async def told(self, uri: str, version: int | None = None, seconds: float = 20) -> list[str]:
        """The diagnostics of the newest version, as `line: code`, lines from 1, once they are there."""
        version = self.number[uri] if version is None else version
        async with asyncio.timeout(seconds):
            while self.versions.get(uri, 0) < version:
                self._told.clear()
                await self._told.wait()
        return [f"{d.range.start.line + 1}: {d.code}" for d in self.diagnostics[uri]]

    def at(self, uri: str, line: int, behind: str) -> types.TextDocumentPositionParams:
        """The place behind a text in a line, counted from 1, of an ASCII document."""
        text = self.texts[uri].split("\n")[line - 1]
        column = text.index(behind) + len(behind)
        return types.TextDocumentPositionParams(
            types.TextDocumentIdentifier(uri), types.Position(line - 1, column)
        )


@asynccontextmanager
async def editor(
    folder: Path | None = None, encodings: list[types.PositionEncodingKind] | None = None
) -> AsyncIterator[Editor]:
    """An editor with a server of its own, which has ended with status 0 when the editor is closed."""
    client = Editor()
    await client.start_io(sys.executable, "-m", "pfnspec", "lsp")
    item = types.ClientCompletionItemOptions(snippet_support=True)
    capabilities = types.ClientCapabilities(
        general=types.GeneralClientCapabilities(position_encodings=encodings),
        text_document=types.TextDocumentClientCapabilities(
            completion=types.CompletionClientCapabilities(completion_item=item)
        ),
    )
    root = None if folder is None else folder.as_uri()
    client.answer = await client.initialize_async(
        types.InitializeParams(capabilities=capabilities, root_uri=root)
    )
    client.initialized(types.InitializedParams())
    try:
        yield client
    finally:
        await client.shutdown_async(None)
        client.exit(None)
        server = client._server
        assert server is not None
        status = await asyncio.wait_for(server.wait(), 20)
        await client.stop()
    assert status == 0
    assert client.log == []
