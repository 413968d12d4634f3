"""From names to what they stand for and back: definition, references, highlights, rename."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import TYPE_CHECKING

from lsprotocol import types
from pygls.exceptions import JsonRpcInvalidParams

from ...dsl.model.model import BUILT_IN_CHECKS
from ...dsl.source import Span
from ...dsl.vocabulary.lookup import BUILT_INS, KEYWORDS
from ..text.analysis import Analysis
from ..text.positions import to_range
from ..text.symbols import Occurrence, Symbol
from .files import models

if TYPE_CHECKING:
    from ..server import Server

_FIXED = ("built-in", "unknown", "assertion")


def register(server: Server) -> None:
    """Answers where a name is declared and used, and renames it."""

    @server.feature(types.TEXT_DOCUMENT_DEFINITION)
    def definition(params: types.DefinitionParams) -> list[types.Location]:
        analysis, found = server.named(params.text_document.uri, params.position)
        if analysis is None or found is None:
            return []
        return [_location(analysis, o.span, server) for o in declarations(analysis, found.symbol)]

    @server.feature(types.TEXT_DOCUMENT_REFERENCES)
    def references(params: types.ReferenceParams) -> list[types.Location]:
        analysis, found = server.named(params.text_document.uri, params.position)
        if analysis is None or found is None:
            return []
        return [
            _location(of, o.span, server)
            for of, o in everywhere(server, analysis, found.symbol)
            if params.context.include_declaration or not o.declares
        ]

    @server.feature(types.TEXT_DOCUMENT_DOCUMENT_HIGHLIGHT)
    def highlights(params: types.DocumentHighlightParams) -> list[types.DocumentHighlight]:
        analysis, found = server.named(params.text_document.uri, params.position)
        if analysis is None or found is None:
            return []
        kinds = types.DocumentHighlightKind
        return [
            types.DocumentHighlight(
                to_range(analysis.source.lines, o.span, server.encoding),
                kinds.Write if o.declares or o.writes else kinds.Read,
            )
            for o in analysis.names.get(analysis.path, ())
            if o.symbol.key == found.symbol.key
        ]

    @server.feature(types.TEXT_DOCUMENT_PREPARE_RENAME)
    def prepare(params: types.PrepareRenameParams) -> types.Range | None:
        analysis, found = server.named(params.text_document.uri, params.position)
        if analysis is None or found is None or found.symbol.kind in _FIXED:
            return None
        if not declarations(analysis, found.symbol):
            return None
        return to_range(analysis.source.lines, found.span, server.encoding)

    @server.feature(types.TEXT_DOCUMENT_RENAME, types.RenameOptions(prepare_provider=True))
    def rename(params: types.RenameParams) -> types.WorkspaceEdit | None:
        analysis, found = server.named(params.text_document.uri, params.position)
        if analysis is None or found is None:
            return None
        places = list(everywhere(server, analysis, found.symbol))
        refusal = refused(params.new_name, found.symbol, {of.path: of for of, _ in places}, analysis)
        if refusal:
            raise JsonRpcInvalidParams(refusal)
        edits: dict[str, list[types.TextEdit]] = {}
        for of, o in places:
            place = to_range(of.sources[o.span.path].lines, o.span, server.encoding)
            edit = types.TextEdit(place, params.new_name)
            own = edits.setdefault(server.uri_of(o.span.path), [])
            if edit not in own:
                own.append(edit)
        return types.WorkspaceEdit(changes=edits)


def declarations(analysis: Analysis, symbol: Symbol) -> list[Occurrence]:
    """Where a symbol is declared: in the document itself if it is there, otherwise in the nearest base."""
    for names in analysis.names.values():
        found = [o for o in names if o.declares and o.symbol.key == symbol.key]
        if found:
            return found
    return []


def everywhere(server: Server, analysis: Analysis, symbol: Symbol) -> Iterator[tuple[Analysis, Occurrence]]:
    """All places of a symbol: in the document, its bases, and the variants of the files that have it."""
    shared = [
        path for path, names in analysis.names.items() if any(o.symbol.key == symbol.key for o in names)
    ]
    seen: set[str] = set()
    local = symbol.kind == "bound"
    for of in (analysis,) if local else (analysis, *models(server, analysis, shared)):
        for path, names in of.names.items():
            if path not in seen:
                seen.add(path)
                yield from ((of, o) for o in names if o.symbol.key == symbol.key)


def refused(new: str, symbol: Symbol, files: dict[str, Analysis], own: Analysis) -> str | None:
    """Why a symbol cannot get a new name, if so."""
    if symbol.kind in _FIXED:
        return f"`{symbol.name}` cannot be renamed"
    if not declarations(own, symbol):
        return f"`{symbol.name}` is not declared here"
    if not re.fullmatch(r"[A-Za-z_][A-Za-z0-9_]*", new):
        return f"`{new}` is not a name"
    if new in KEYWORDS or new in BUILT_INS or new in BUILT_IN_CHECKS:
        return f"`{new}` is a word of the language"
    if new == symbol.name:
        return None
    top = symbol.owner == "" and symbol.kind != "bound"
    for analysis in files.values():
        for names in analysis.names.values():
            for o in names:
                other = o.symbol
                if other.name != new or not o.declares or other.kind == "assertion":
                    continue
                apart = other.kind in ("field", "label")
                if symbol.kind in ("field", "label"):
                    if other.kind == symbol.kind and other.owner == symbol.owner:
                        return f"`{new}` is a {other.kind} of `{symbol.owner}` already"
                elif not apart and (top or other.owner in ("", symbol.owner)):
                    return f"`{new}` is declared already, as a {other.kind} in line {o.span.line}"
    return None


def _location(analysis: Analysis, span: Span, server: Server) -> types.Location:
    lines = analysis.sources[span.path].lines
    return types.Location(server.uri_of(span.path), to_range(lines, span, server.encoding))
