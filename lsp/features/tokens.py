"""Semantic tokens: what each word and sign of a file is."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from lsprotocol import types

from ...dsl.syntax import lexer
from ...dsl.vocabulary.grammar_words import GRAMMAR
from ...dsl.vocabulary.lookup import word_of
from ..text.analysis import Analysis
from ..text.positions import units

if TYPE_CHECKING:
    from ..server import Server

KINDS = (
    "namespace", "type", "class", "enum", "enumMember", "parameter", "variable", "property", "function",
    "method", "keyword", "comment", "string", "number", "operator", "label",
)  # fmt: skip
MODIFIERS = ("declaration", "readonly", "modification", "defaultLibrary", "documentation")

_KEYWORDS = frozenset(word.word for word in GRAMMAR)
# The tokens that are shown, and as what.
_SHOWN: dict[lexer.Kind, str] = {
    "docstring": "string", "string": "string", "torn": "string", "unclosed": "string", "comment": "comment",
    "word": "word", "number": "number", "operator": "operator",
}  # fmt: skip
_OF_SYMBOL = {
    "const": ("variable", ("readonly",)), "type": ("type", ()), "enum": ("enum", ()), "class": ("class", ()),
    "shared": ("variable", ()), "ghost": ("variable", ()), "process": ("class", ()), "def": ("function", ()),
    "policy": ("function", ()), "invariant": ("property", ()), "property": ("property", ()),
    "sometimes": ("property", ()), "measure": ("property", ()), "scenario": ("namespace", ()),
    "member": ("enumMember", ()),
    "field": ("property", ()), "parameter": ("parameter", ()), "local": ("variable", ()),
    "bound": ("parameter", ()), "label": ("label", ()),
}  # fmt: skip


def register(server: Server) -> None:
    """Answers what the words of a file are."""
    legend = types.SemanticTokensLegend(list(KINDS), list(MODIFIERS))

    @server.feature(types.TEXT_DOCUMENT_SEMANTIC_TOKENS_FULL, legend)
    def full(params: types.SemanticTokensParams) -> types.SemanticTokens:
        analysis = server.known(params.text_document.uri)
        return types.SemanticTokens(encoded(analysis, server.encoding) if analysis else [])


def encoded(analysis: Analysis, encoding: str) -> list[int]:
    """The tokens as the protocol wants them: five numbers each, places relative to the token before."""
    data: list[int] = []
    line = column = 0
    for at, start, length, kind, modifiers in tokens(analysis, encoding):
        bits = sum(1 << MODIFIERS.index(modifier) for modifier in modifiers)
        data += [at - line, start - column if at == line else start, length, KINDS.index(kind), bits]
        line, column = at, start
    return data


def tokens(analysis: Analysis, encoding: str) -> Iterator[tuple[int, int, int, str, tuple[str, ...]]]:
    """Line, column, length in code units, kind and modifiers of each token; lines and columns from 0."""
    names = {(o.span.line, o.span.column): o for o in analysis.names.get(analysis.path, ())}
    text, lines = analysis.source.text, analysis.source.lines
    number, line_start, at = 0, 0, 0
    for token in lexer.tokens(text):
        if token.kind not in _SHOWN:
            continue
        number += text.count("\n", at, token.start)
        line_start = text.rfind("\n", 0, token.start) + 1
        at = token.start
        word, column = token.text, token.start - line_start
        kind: str = _SHOWN[token.kind]
        modifiers: tuple[str, ...] = ()
        if kind == "word":
            found = names.get((number + 1, column + 1))
            symbol = found.symbol if found else None
            if found is not None and symbol is not None and symbol.kind in _OF_SYMBOL:
                kind, modifiers = _OF_SYMBOL[symbol.kind]
                modifiers += ("declaration",) * found.declares + ("modification",) * found.writes
            elif symbol is not None and symbol.kind == "built-in":
                behind = text[token.end : token.end + 1]
                kind, modifiers = ("function" if behind == "(" else "type"), ("defaultLibrary",)
                told = word_of(word)
                kind = "variable" if told is not None and told.group == "variable" else kind
            elif word in _KEYWORDS:
                kind = "keyword"
            else:
                continue
        for offset, piece in enumerate(word.split("\n")):
            start = column if offset == 0 else 0
            if piece:
                before = lines[number + offset][:start]
                yield number + offset, units(before, encoding), units(piece, encoding), kind, modifiers
