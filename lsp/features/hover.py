"""What a name is, and what a call takes."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from lsprotocol import types

from ...dsl.checker.prelude import prelude
from ...dsl.checker.prelude import source as prelude_source
from ...dsl.model import model as m
from ...dsl.model import sorts as s
from ...dsl.syntax import tree
from ...dsl.vocabulary.lookup import word_of
from ..text.analysis import Analysis
from ..text.positions import from_position, to_position, to_range
from ..text.symbols import KINDS, Occurrence, Symbol
from .navigation import declarations
from .protection import Protection

if TYPE_CHECKING:
    from ..server import Server


def register(server: Server) -> None:
    """Answers what a name is, what a call takes, and the values of constants."""
    protection = Protection(server)

    @server.feature(types.TEXT_DOCUMENT_HOVER)
    def hover(params: types.HoverParams) -> types.Hover | None:
        uri = params.text_document.uri
        analysis, found = server.named(uri, params.position)
        if analysis is None or found is None:
            return None
        parts = [described(analysis, found), *protection.words(uri, found, analysis)]
        text = "\n\n".join(part for part in parts if part)
        if not text:
            return None
        place = to_range(analysis.source.lines, found.span, server.encoding)
        return types.Hover(types.MarkupContent(types.MarkupKind.Markdown, text), place)

    @server.feature(
        types.TEXT_DOCUMENT_SIGNATURE_HELP, types.SignatureHelpOptions(trigger_characters=["(", ","])
    )
    def signature(params: types.SignatureHelpParams) -> types.SignatureHelp | None:
        analysis = server.known(params.text_document.uri)
        if analysis is None:
            return None
        lines = analysis.source.lines
        line, column = from_position(lines, params.position, server.encoding)
        return called(analysis, lines[line - 1][: column - 1])

    def constants(uri: str, within: types.Range) -> list[types.InlayHint]:
        analysis = server.known(uri)
        return const_hints(analysis, within, server.encoding) if analysis else []

    server.hints.append(constants)


def described(analysis: Analysis, found: Occurrence) -> str:
    """The declaration of a name in Markdown, with its docstring and, of a constant, its value."""
    symbol = found.symbol
    if symbol.kind == "built-in":
        word = word_of(symbol.name)
        return f"{_code(word.written)}\n\n{word.doc}" if word else ""
    node = _node(analysis, symbol)
    sort = _sort(analysis, symbol)
    match symbol.kind:
        case "const":
            value = analysis.checked.names.constants.get(symbol.name) if analysis.checked else None
            line = _line(node, analysis)
            told = "" if value is None or line.endswith(f"= {value}") else f"= {value}"
            return "\n\n".join(filter(None, (_code(line), told)))
        case "shared" | "ghost" | "type" | "class" | "enum" | "process" | "def" | "policy" | "scenario":
            return "\n\n".join(filter(None, (_code(_line(node, analysis)), _values(sort), _doc(node))))
        case "measure":
            return _code(_line(node, analysis))
        case "invariant" | "property" | "sometimes":
            return "\n\n".join(filter(None, (_code(f"{symbol.kind} {symbol.name}"), _doc(node))))
        case "field" | "local" | "parameter":
            of = f"{symbol.kind} of `{symbol.owner}`"
            return _code(f"{symbol.name}: {sort}" if sort else symbol.name) + "\n\n" + of
        case "bound":
            return _code(symbol.name) + "\n\nvariable of a comprehension"
        case "member":
            enum = analysis.checked.names.members.get(symbol.name) if analysis.checked else None
            return _code(symbol.name) + (f"\n\nmember of `{enum.name}`" if enum else "")
        case "label":
            return _code(f"label {symbol.name}") + f"\n\nin `{symbol.owner}`"
        case "assertion":
            return _code(f'assert ..., "{symbol.name}"')
    return ""


def called(analysis: Analysis, before: str) -> types.SignatureHelp | None:
    """What the call takes whose bracket is open at the end of a line's text."""
    depth = commas = 0
    for at in range(len(before) - 1, -1, -1):
        letter = before[at]
        if letter in ")]}":
            depth += 1
        elif letter in "[{" or (letter == "(" and depth):
            if not depth:
                return None
            depth -= 1
        elif letter == "," and not depth:
            commas += 1
        elif letter == "(":
            name = re.search(r"(\w+)\s*$", before[:at])
            return _signature(analysis, name[1], commas) if name else None
    return None


def _signature(analysis: Analysis, name: str, position: int) -> types.SignatureHelp | None:
    node = next((n for n in _declared(analysis) if getattr(n, "name", "") == name), None)
    doc = _doc(node)
    if isinstance(node, tree.Function | tree.Policy):
        line = _line(node, analysis).rstrip(":")
        inner = line[line.find("(") + 1 : line.rfind(")")] if "(" in line else ""
        parameters = [part.strip() for part in inner.split(",") if part.strip()]
        label = line.removeprefix("def ").removeprefix("policy ")
    else:
        word = word_of(name)
        if word is None or word.parameters is None:
            return None
        label, doc, parameters = word.written, word.doc, list(word.parameters)
    told = [types.ParameterInformation(part) for part in parameters]
    active = min(position, max(len(told) - 1, 0))
    help = types.SignatureInformation(label, types.MarkupContent(types.MarkupKind.Markdown, doc), told)
    return types.SignatureHelp([help], 0, active)


def const_hints(analysis: Analysis, within: types.Range, encoding: str) -> list[types.InlayHint]:
    """The values of constants that are not plainly written where they are declared."""
    hints: list[types.InlayHint] = []
    own = analysis.trees.get(analysis.path)
    values = analysis.checked.names.constants if analysis.checked else {}
    for node in own.declarations if own else ():
        if isinstance(node, tree.Const) and node.name in values:
            plain = isinstance(node.value, tree.Number | tree.Truth | tree.Name | tree.Unary)
            inside = within.start.line < node.span.line <= within.end.line + 1
            if inside and not plain:
                lines = analysis.source.lines
                place = to_position(lines, node.span.end_line, node.span.end_column, encoding)
                hints.append(types.InlayHint(place, f" = {values[node.name]}"))
    return hints


def _declared(analysis: Analysis) -> tuple[tree.Declaration, ...]:
    return (*(analysis.tree.declarations if analysis.tree else ()), *prelude().declarations)


def _node(analysis: Analysis, symbol: Symbol) -> tree.Node | None:
    return next(
        (
            n
            for n in _declared(analysis)
            if KINDS.get(type(n)) == symbol.kind and getattr(n, "name", None) == symbol.name
        ),
        None,
    )


def _line(node: tree.Node | None, analysis: Analysis) -> str:
    """The text of a declaration up to the end of its head, on one line."""
    if node is None:
        return ""
    source = analysis.sources.get(node.span.path) or prelude_source()
    lines = [source.line(number) for number in range(node.span.line, node.span.end_line + 1)]
    lines[-1] = lines[-1][: node.span.end_column - 1]
    return re.sub(r"\s+", " ", " ".join(lines)).strip()


def _doc(node: tree.Node | None) -> str:
    text = getattr(node, "doc", None)
    body = getattr(node, "body", None)
    if text is None and isinstance(body, tree.Block) and body.statements:
        first = body.statements[0]
        text = first.text if isinstance(first, tree.Docstring) else None
    return re.sub(r"\n[ \t]+", "\n", text or "").strip()


def _sort(analysis: Analysis, symbol: Symbol) -> s.Sort | None:
    checked = analysis.checked
    if checked is None:
        return None
    names = checked.names
    match symbol.kind:
        case "shared" | "ghost":
            variable: m.SharedVariable | None = names.variables.get(symbol.name)
            return variable.sort if variable else None
        case "type" | "enum" | "class":
            return names.types.get(symbol.name)
        case "field":
            of = names.types.get(symbol.owner)
            return of.field(symbol.name) if isinstance(of, s.Struct | s.Word) else None
        case "local" | "parameter":
            body = checked.bodies.of(symbol.owner)
            local = body.scope.locals.get(symbol.name) if body else None
            return local.sort if local else None
    return None


def _values(sort: s.Sort | None) -> str:
    match sort:
        case s.Range(low=low, high=high):
            return f"{low} to {high}"
        case s.Optional(of=s.Range(low=low, high=high)):
            return f"`None`, or {low} to {high}"
        case s.Enum(members=members):
            return ", ".join(f"`{member}`" for member in members)
        case s.Struct(fields=fields) | s.Word(fields=fields):
            return "\n".join(f"- `{name}: {sort}`" for name, sort, _ in fields)
        case s.Lock(kind=kind):
            word = word_of(kind)
            return word.doc if word else ""
    return ""


def _code(text: str) -> str:
    return f"```pfnspec\n{text}\n```"


__all__ = ["called", "const_hints", "declarations", "described", "register"]
