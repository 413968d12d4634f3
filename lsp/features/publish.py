"""Diagnostics, published as documents change."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

from lsprotocol import types

from ...dsl.diagnostics import Diagnostic
from ..text.analysis import Analysis, loaded
from ..text.positions import to_range

if TYPE_CHECKING:
    from ..server import Server


PAUSE = 0.5
"""Seconds without a change before all scenarios are looked at, and lowered."""


def register(server: Server) -> None:
    """Has diagnostics published for each document, in its base files too."""
    publisher = _Publisher(server)
    server.changed.append(publisher.publish)


class _Publisher:
    def __init__(self, server: Server) -> None:
        self.server = server
        # For each open document, what it has to say about which file.
        self.said: dict[str, dict[str, tuple[types.Diagnostic, ...]]] = {}
        self.shown: dict[str, tuple[int | None, tuple[types.Diagnostic, ...]]] = {}
        # What only lowering and the other scenarios find, by document, with the analysis that it belongs to.
        self.more: dict[str, tuple[Analysis, tuple[Diagnostic, ...]]] = {}
        self.pause: asyncio.TimerHandle | None = None
        self.looking: asyncio.Task[None] | None = None

    def publish(self, uri: str) -> None:
        """Looks at a document and publishes what has changed; with one that is closed, what it said goes."""
        before = self.said.pop(uri, {})
        document = self.server.documents.get(uri)
        if document is not None:
            analysis = self.server.analysed(uri)
            known, closer = self.more.get(uri, (None, ()))
            found = analysis.diagnostics if known is not analysis else (*analysis.diagnostics, *closer)
            self.said[uri] = _by_file(tuple(dict.fromkeys(found)), analysis, self.server)
            more = tuple(found for findings in self.server.findings for found in findings(uri))
            if more:
                self.said[uri][uri] = (*self.said[uri].get(uri, ()), *more)
            if known is not analysis:
                self._look_closely_soon()
        else:
            self.more.pop(uri, None)
        for file in {uri: None, **before, **self.said.get(uri, {})}:
            self._show(file)

    def _look_closely_soon(self) -> None:
        if self.pause is not None:
            self.pause.cancel()
        self.pause = asyncio.get_running_loop().call_later(PAUSE, self._start)

    def _start(self) -> None:
        if self.looking is not None and not self.looking.done():
            self._look_closely_soon()
        else:
            self.looking = asyncio.get_running_loop().create_task(self._look_closely())

    async def _look_closely(self) -> None:
        """Finds, beside the work for the client, what is not looked for while something is typed."""
        for uri, document in list(self.server.documents.items()):
            analysis = self.server.analysed(uri)
            if analysis.model is None or self.more.get(uri, (None,))[0] is analysis:
                continue
            asked = (document.path, document.text, self.server.unsaved())
            try:
                found = await asyncio.get_running_loop().run_in_executor(None, loaded, *asked)
            except Exception as fault:
                self.server.report_server_error(fault, type(fault))
                continue
            if self.server.known(uri) is analysis:
                self.more[uri] = (analysis, found.diagnostics)
                self.publish(uri)

    def _show(self, uri: str) -> None:
        """The document's own diagnostics, or what open variants say about it when it is not open itself."""
        document = self.server.documents.get(uri)
        if document is not None:
            told = self.said.get(uri, {}).get(uri, ())
        else:
            told = tuple({repr(d): d for said in self.said.values() for d in said.get(uri, ())}.values())
        version = None if document is None else document.version
        if self.shown.get(uri) == (version, told) or (
            document is None and not told and uri not in self.shown
        ):
            return
        if document is None and not told:
            del self.shown[uri]
        else:
            self.shown[uri] = (version, told)
        self.server.text_document_publish_diagnostics(
            types.PublishDiagnosticsParams(uri, list(told), version=version)
        )


def _by_file(
    faults: tuple[Diagnostic, ...], analysis: Analysis, server: Server
) -> dict[str, tuple[types.Diagnostic, ...]]:
    found: dict[str, list[types.Diagnostic]] = {}
    for fault in faults:
        uri = server.uri_of(fault.span.path)
        found.setdefault(uri, []).append(_diagnostic(fault, analysis, server))
    return {uri: tuple(said) for uri, said in found.items()}


def _diagnostic(fault: Diagnostic, analysis: Analysis, server: Server) -> types.Diagnostic:
    def place(path: str) -> tuple[str, ...]:
        source = analysis.sources.get(path)
        return ("",) if source is None else source.lines

    message = fault.message if fault.help is None else f"{fault.message}\n{fault.help}"
    return types.Diagnostic(
        range=to_range(place(fault.span.path), fault.span, server.encoding),
        severity=types.DiagnosticSeverity.Error
        if fault.severity == "error"
        else types.DiagnosticSeverity.Warning,
        code=fault.code,
        source="pfnspec",
        message=message,
        related_information=[
            types.DiagnosticRelatedInformation(
                types.Location(server.uri_of(span.path), to_range(place(span.path), span, server.encoding)),
                words,
            )
            for span, words in fault.related
        ]
        or None,
    )
