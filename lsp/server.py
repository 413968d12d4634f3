"""The language server: its documents, when they are looked at, and the protocol.

What it offers stands in modules of features.  Each has a function `register(server)` that puts its
handlers on the server with `server.feature` and `server.command`; `start` lists these.
"""

from __future__ import annotations

import asyncio
import os
import signal
from collections.abc import Callable, Generator, Iterable, Iterator
from importlib.metadata import PackageNotFoundError, version
from typing import Any

from lsprotocol import types
from pygls.exceptions import JsonRpcException, JsonRpcInvalidParams, JsonRpcInvalidRequest
from pygls.lsp.server import LanguageServer
from pygls.protocol import LanguageServerProtocol, lsp_method
from pygls.uris import from_fs_path, to_fs_path

from ..check.load import Loaded
from ..dsl.syntax.memory import Memory
from .text import analysis
from .text.analysis import Analysis
from .text.positions import edited, from_position, plain
from .text.symbols import Occurrence

DELAY = 0.005
"""Seconds from a change to its analysis: changes that come together are looked at together."""


WATCH = 2.0
"""Seconds between two looks whether the client is still there."""


class Document:
    """An open document: its text with `\\n` line ends, in the version that the client gave it."""

    def __init__(self, uri: str, text: str, version: int) -> None:
        self.uri = uri
        self.path = to_fs_path(uri) or uri
        self.text = text
        self.version = version


class Server(LanguageServer):
    """Keeps the open documents and what is known about them.

    `changed` are called with the uri of a document a moment after it was opened, changed, saved or closed, or
    one that it varies; `saved` at once when it was saved.  `findings` give, for the uri of an open document,
    diagnostics of its text as it is beside those of the analysis; `hints` give the inlay hints of a range of
    it.  `ending` are called when the server ends, however it does.
    """

    def __init__(self) -> None:
        super().__init__("pfnspec", _version(), protocol_cls=_Protocol)
        self.documents: dict[str, Document] = {}
        self.changed: list[Callable[[str], None]] = []
        self.saved: list[Callable[[str], None]] = []
        self.findings: list[Callable[[str], Iterable[types.Diagnostic]]] = []
        self.hints: list[Callable[[str, types.Range], Iterable[types.InlayHint]]] = []
        self.ending: list[Callable[[], None]] = []
        self._known: dict[str, tuple[dict[str, int], Analysis]] = {}
        self._memories: dict[str, dict[str, Memory]] = {}
        self._due: asyncio.TimerHandle | None = None
        self._touched: dict[str, None] = {}

    @property
    def encoding(self) -> str:
        """Of positions: utf-8, utf-16 or utf-32, as agreed with the client."""
        # One that the client offers comes as its plain text.
        return str(types.PositionEncodingKind(self.workspace.position_encoding or "utf-16").value)

    def analysed(self, uri: str) -> Analysis:
        """What is known about the current text of an open document, looked at now if need be."""
        document = self.documents[uri]
        versions = {other.uri: other.version for other in self.documents.values()}
        known = self._known.get(uri)
        if known is None or known[0] != versions:
            made = analysis.analyse(
                uri,
                document.version,
                document.path,
                document.text,
                self.unsaved(),
                self._memories.setdefault(uri, {}),
            )
            known = self._known[uri] = (versions, made)
        return known[1]

    def known(self, uri: str) -> Analysis | None:
        """`analysed`, or None for a document that is not open."""
        return self.analysed(uri) if uri in self.documents else None

    def named(self, uri: str, place: types.Position) -> tuple[Analysis | None, Occurrence | None]:
        """What is known of an open document, and the name at a place of it."""
        analysis = self.known(uri)
        if analysis is None:
            return None, None
        return analysis, analysis.named(*from_position(analysis.source.lines, place, self.encoding))

    def loaded(self, uri: str) -> Loaded:
        """All scenarios and policies of the current text of an open document, lowered."""
        document = self.documents[uri]
        return analysis.loaded(document.path, document.text, self.unsaved())

    def unsaved(self) -> dict[str, str]:
        """The texts of all open documents by their real paths."""
        return {os.path.realpath(document.path): document.text for document in self.documents.values()}

    def uri_of(self, path: str) -> str:
        """The uri of a path: the client's own one when the document is open."""
        for document in self.documents.values():
            if document.path == path:
                return document.uri
        return from_fs_path(path) or path

    def touch(self, uri: str) -> None:
        """Has the document, and open ones that may vary it, looked at soon."""
        self._touched[uri] = None
        if self._due is None:
            self._due = asyncio.get_running_loop().call_later(DELAY, self._look)

    def forget(self, uri: str) -> None:
        """Drops what is known about a document that was closed."""
        self._known.pop(uri, None)
        self._memories.pop(uri, None)

    def reread(self) -> None:
        """Looks at all documents again: files may have changed."""
        self._known.clear()
        for uri in self.documents:
            self.touch(uri)

    def _look(self) -> None:
        self._due = None
        touched = {**self._touched, **dict.fromkeys(self.documents)}
        self._touched = {}
        for uri in touched:
            for follow in self.changed:
                try:
                    follow(uri)
                except Exception as fault:
                    self.report_server_error(fault, type(fault))

    def report_server_error(self, error: Exception, source: object) -> None:
        """Tells the client's log of a handler that failed; the server goes on."""
        if isinstance(error, JsonRpcInvalidParams | JsonRpcInvalidRequest):
            return  # a request that was refused, with the reason in the answer
        what = " ".join(f"{type(error).__name__}: {error}".split())
        message = f"this is a mistake in pfnspec, please report it: {what}"
        self.window_log_message(types.LogMessageParams(types.MessageType.Error, message))


class _Protocol(LanguageServerProtocol):
    """Texts are kept by the server itself: the library's own copy is not made."""

    _server: Server

    def structure_message(self, data: dict[str, Any]) -> Any:
        """A request that is none, or has other parameters than it should, is answered and refused."""
        request = "jsonrpc" in data and "method" in data
        wrong: JsonRpcException = JsonRpcInvalidParams()
        try:
            if request and not isinstance(data["method"], str):
                raise (wrong := JsonRpcInvalidRequest())
            return super().structure_message(data)
        except JsonRpcException as fault:
            number = data.get("id")
            if request and isinstance(number, int | str):
                self._send_response(number, None, wrong.to_response_error())
            raise wrong from fault

    def _execute_handler(self, msg_id: Any, *others: Any, **named: Any) -> None:
        """The library keeps what became of a notification for ever; it is dropped when it is done."""
        super()._execute_handler(msg_id, *others, **named)
        future = self._request_futures.get(msg_id)
        if future is not None and future.done():
            del self._request_futures[msg_id]

    @lsp_method(types.TEXT_DOCUMENT_DID_OPEN)
    def lsp_text_document__did_open(self, params: types.DidOpenTextDocumentParams) -> Iterator[Any]:
        item = params.text_document
        self._server.documents[item.uri] = Document(item.uri, plain(item.text), item.version)
        self._server.touch(item.uri)
        yield from self._user(types.TEXT_DOCUMENT_DID_OPEN, params)

    @lsp_method(types.TEXT_DOCUMENT_DID_CHANGE)
    def lsp_text_document__did_change(self, params: types.DidChangeTextDocumentParams) -> Iterator[Any]:
        document = self._server.documents.get(params.text_document.uri)
        if document is not None:
            for change in params.content_changes:
                document.text = edited(document.text, change, self._server.encoding)
            document.version = params.text_document.version
            self._server.touch(document.uri)
        yield from self._user(types.TEXT_DOCUMENT_DID_CHANGE, params)

    @lsp_method(types.TEXT_DOCUMENT_DID_CLOSE)
    def lsp_text_document__did_close(self, params: types.DidCloseTextDocumentParams) -> Iterator[Any]:
        self._server.documents.pop(params.text_document.uri, None)
        self._server.forget(params.text_document.uri)
        self._server.touch(params.text_document.uri)
        yield from self._user(types.TEXT_DOCUMENT_DID_CLOSE, params)

    @lsp_method(types.INITIALIZED)
    def lsp_initialized(self, params: types.InitializedParams) -> Iterator[Any]:
        self._watch()
        yield from self._user(types.INITIALIZED, params)

    def _watch(self) -> None:
        """Ends the server when the client's process is gone, also if somebody else keeps the pipe open."""
        process = self._server.process_id
        if process is None or os.name != "posix":
            return
        try:
            os.kill(process, 0)
        except ProcessLookupError:
            os.kill(os.getpid(), signal.SIGTERM)
        except PermissionError:
            return
        asyncio.get_running_loop().call_later(WATCH, self._watch)

    def _user(self, method: str, params: object) -> Generator[Any, Any, None]:
        handler = self.fm.features.get(method)
        if handler is not None:
            yield handler, (params,), None


def _version() -> str:
    try:
        return version("pfnspec")
    except PackageNotFoundError:
        return "unknown"
