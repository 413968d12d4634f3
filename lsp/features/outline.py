"""The shape of a file: symbols, folding, selections, and its layout."""

from __future__ import annotations

import difflib
import re
from collections.abc import Iterator
from typing import TYPE_CHECKING

from lsprotocol import types

from ...check.project.files import grammar_cache
from ...dsl.model.walk import walk
from ...dsl.source import Source, Span
from ...dsl.syntax import tree
from ...dsl.syntax.fmt import format_source
from ..text import analysis as analyses
from ..text.analysis import Analysis
from ..text.positions import from_position, to_range, units
from ..text.symbols import KINDS
from .files import paths

if TYPE_CHECKING:
    from ..server import Server

_SYMBOLS = {
    "const": types.SymbolKind.Constant, "type": types.SymbolKind.Interface, "enum": types.SymbolKind.Enum,
    "class": types.SymbolKind.Struct, "shared": types.SymbolKind.Variable, "ghost": types.SymbolKind.Variable,
    "process": types.SymbolKind.Class, "def": types.SymbolKind.Function, "policy": types.SymbolKind.Function,
    "invariant": types.SymbolKind.Property, "property": types.SymbolKind.Property,
    "sometimes": types.SymbolKind.Property,
    "measure": types.SymbolKind.Property, "scenario": types.SymbolKind.Namespace,
    "recording": types.SymbolKind.Namespace,
    "member": types.SymbolKind.EnumMember, "field": types.SymbolKind.Field, "label": types.SymbolKind.Key,
}  # fmt: skip


def register(server: Server) -> None:
    """Answers what a file consists of, and lays it out."""

    @server.feature(types.TEXT_DOCUMENT_DOCUMENT_SYMBOL)
    def symbols(params: types.DocumentSymbolParams) -> list[types.DocumentSymbol]:
        analysis = server.known(params.text_document.uri)
        return list(document_symbols(analysis, server.encoding)) if analysis else []

    @server.feature(types.WORKSPACE_SYMBOL)
    def everywhere(params: types.WorkspaceSymbolParams) -> list[types.WorkspaceSymbol]:
        found: list[types.WorkspaceSymbol] = []
        for path in paths(server):
            uri = server.uri_of(path)
            analysis = server.known(uri) or analyses.of_file(uri, path)
            for o in analysis.names.get(path, ()) if analysis else ():
                kind = _SYMBOLS.get(o.symbol.kind)
                if o.declares and kind is not None and params.query.lower() in o.symbol.name.lower():
                    place = to_range(analysis.sources[path].lines, o.span, server.encoding)  # type: ignore[union-attr]
                    where = types.Location(uri, place)
                    found.append(
                        types.WorkspaceSymbol(where, o.symbol.name, kind, container_name=o.symbol.owner)
                    )
        return found

    @server.feature(types.TEXT_DOCUMENT_FOLDING_RANGE)
    def folding(params: types.FoldingRangeParams) -> list[types.FoldingRange]:
        document = server.documents.get(params.text_document.uri)
        return list(foldings(document.text)) if document else []

    @server.feature(types.TEXT_DOCUMENT_SELECTION_RANGE)
    def selections(params: types.SelectionRangeParams) -> list[types.SelectionRange]:
        analysis = server.known(params.text_document.uri)
        return [selection(analysis, place, server.encoding) for place in params.positions] if analysis else []

    @server.feature(types.TEXT_DOCUMENT_FORMATTING)
    def formatting(params: types.DocumentFormattingParams) -> list[types.TextEdit]:
        document = server.documents.get(params.text_document.uri)
        return layout(Source(document.path, document.text), server.encoding) if document else []

    @server.feature(types.TEXT_DOCUMENT_RANGE_FORMATTING)
    def range_formatting(params: types.DocumentRangeFormattingParams) -> list[types.TextEdit]:
        document = server.documents.get(params.text_document.uri)
        if document is None:
            return []
        last = params.range.end.line - (params.range.end.character == 0 < params.range.end.line)
        edits = layout(Source(document.path, document.text), server.encoding)
        return [
            e for e in edits if e.range.start.line <= last and params.range.start.line <= e.range.end.line
        ]


def document_symbols(analysis: Analysis, encoding: str) -> Iterator[types.DocumentSymbol]:
    """The declarations of a file, with members, fields and labels below them."""
    own = analysis.trees.get(analysis.path)
    lines = analysis.source.lines
    names = [o for o in analysis.names.get(analysis.path, ()) if o.declares]
    for node in own.declarations if own else ():
        kind = KINDS.get(type(node))
        here = next((o for o in names if o.span.line >= node.span.line and o.symbol.kind == kind), None)
        if (
            kind is None
            or here is None
            or isinstance(node, tree.Policies | tree.Expect | tree.Accept | tree.AcceptUnlocked | tree.Assume)
        ):
            continue
        whole = _whole(node)
        below = [
            types.DocumentSymbol(
                o.symbol.name, _SYMBOLS[o.symbol.kind], to_range(lines, o.span, encoding),
                to_range(lines, o.span, encoding), detail=o.symbol.kind,
            )
            for o in names
            if o.symbol.kind in ("member", "field", "label")
            and whole.line <= o.span.line <= whole.end_line
        ]  # fmt: skip
        yield types.DocumentSymbol(
            node.name, _SYMBOLS[kind], to_range(lines, whole, encoding),
            to_range(lines, here.span, encoding), detail=kind, children=below,
        )  # fmt: skip


def _whole(node: tree.Node) -> Span:
    """The span of a node with all that is below it; that of a statement with a block ends at its colon."""
    span = node.span
    for part in walk(node):
        own = getattr(part, "span", None)
        if own is not None and (own.end_line, own.end_column) > (span.end_line, span.end_column):
            span = span.to(own)
    return span


def foldings(text: str) -> Iterator[types.FoldingRange]:
    """Blocks by indentation, runs of comments, and docstrings."""
    lines = text.split("\n")
    opened: list[tuple[int, int]] = []
    last = -1
    for number, line in enumerate([*lines, "end"]):
        if not line.strip() or (line.lstrip().startswith("#") and number < len(lines)):
            continue
        indent = len(line) - len(line.lstrip())
        while opened and opened[-1][0] >= indent:
            begin = opened.pop()[1]
            if last > begin:
                yield types.FoldingRange(begin, last)
        opened.append((indent, number))
        last = number
    comment = types.FoldingRangeKind.Comment
    for match in re.finditer(r'(?m)^(?:[ \t]*#[^\n]*\n){2,}|"""[\s\S]*?"""', text):
        begin = text.count("\n", 0, match.start())
        end = begin + match[0].rstrip("\n").count("\n")
        if end > begin:
            yield types.FoldingRange(begin, end, kind=comment)


def selection(analysis: Analysis, place: types.Position, encoding: str) -> types.SelectionRange:
    """The nodes around a place, from the innermost out."""
    lines = analysis.source.lines
    line, column = from_position(lines, place, encoding)
    own = analysis.trees.get(analysis.path)
    spans = {Span(analysis.path, 1, 1, len(lines), len(lines[-1]) + 1)}
    for part in walk(own.declarations if own else ()):
        if isinstance(part, tree.Node):
            for span in (part.span, _whole(part)):
                if (span.line, span.column) <= (line, column) <= (span.end_line, span.end_column):
                    spans.add(span)
    found: types.SelectionRange | None = None
    for span in sorted(spans, key=lambda s: (s.line, s.column, -s.end_line, -s.end_column)):
        found = types.SelectionRange(to_range(lines, span, encoding), found)
    assert found is not None
    return found


def layout(source: Source, encoding: str) -> list[types.TextEdit]:
    """What has to change for the canonical layout; nothing while there are syntax errors."""
    text, _ = format_source(source, grammar_cache())
    if text is None:
        return []
    before, after = source.text.split("\n"), text.split("\n")
    edits: list[types.TextEdit] = []
    for tag, start, end, new_start, new_end in difflib.SequenceMatcher(
        None, before, after, False
    ).get_opcodes():
        if tag != "equal":
            edits.append(_lines_edit(before, start, end, after[new_start:new_end], encoding))
    return edits


def _lines_edit(before: list[str], start: int, end: int, new: list[str], encoding: str) -> types.TextEdit:
    """Lines `start` to `end` replaced; the last line has no line end behind it."""
    text = "".join(line + "\n" for line in new)
    if end < len(before):
        return types.TextEdit(types.Range(types.Position(start, 0), types.Position(end, 0)), text)
    last = types.Position(len(before) - 1, units(before[-1], encoding))
    if start == 0:
        return types.TextEdit(types.Range(types.Position(0, 0), last), text[:-1])
    above = types.Position(start - 1, units(before[start - 1], encoding))
    return types.TextEdit(types.Range(above, last), "".join("\n" + line for line in new))
