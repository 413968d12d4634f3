"""Text to tree: `parse` is the stage, everything else serves it."""

from __future__ import annotations

import threading
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from lark import Lark, Token
from lark import Tree as Parsed
from lark.exceptions import UnexpectedCharacters, UnexpectedInput, UnexpectedToken
from lark.tree import Meta

from ..diagnostics import Diagnostics
from ..source import Source, Span
from . import misfits, recover, tables, tree
from .build import Build
from .layout import BadIndent, Chunk, Indenter, LogicalLine, chunks, logical_lines
from .memory import Memory, Part, Torn

MAX_SYNTAX_ERRORS = 25
MAX_REREAD_LINES = 20_000
MAX_DEPTH = 60
MAX_ELIFS = 40

_GRAMMAR = Path(__file__).with_name("grammar.lark")
# The tables keep, while they are in use, how far a text is indented: one thread at a time.
_READING = threading.Lock()


@dataclass(frozen=True, slots=True)
class Reading:
    """What a file holds as far as it could be read.

    `tree` is None where that says nothing of the rest: without a readable `model` line of a variant, or
    with too many faults.  `lost` is what the text that could not be read may have declared, None when all
    was read.
    """

    tree: tree.Tree | None
    lost: recover.Lost | None
    diagnostics: Diagnostics


def parse(source: Source, cache: str | None = None) -> tuple[tree.Tree | None, Diagnostics]:
    """The tree of a file, or None with what is wrong with it (several faults per call).

    `cache` names a file that may hold the grammar's tables between runs; without it they are
    computed (once per process).
    """
    reading = read(source, cache)
    return None if reading.diagnostics.errors else reading.tree, reading.diagnostics


def read(source: Source, cache: str | None = None, memory: Memory | None = None) -> Reading:
    """What a file holds, also when there are faults in it; the arguments are those of `parse`.

    `memory` is what was read of the same file before: only declarations that have changed are read again.
    """
    diagnostics = Diagnostics()
    doc: str | None = None
    header: tree.Header | None = None
    declarations: list[tree.Declaration] = []
    lost: recover.Lost | None = None
    scanned = Diagnostics()
    lines = logical_lines(source, scanned)
    _refuse_tabs(source, lines, scanned)
    cut = chunks(lines, source.path, scanned)
    diagnostics.extend(scanned.sorted())
    part = None
    memory = Memory() if memory is None else memory
    memory.begin(source.path)
    for position, (chunk, torn) in enumerate(zip(cut, _torn(cut, scanned), strict=True)):
        if position and part is not None and part.node is None and chunk.text[0] in "{}":
            continue  # the body of a function of C, whose head was refused
        part = memory.part(chunk, torn) or memory.keep(chunk, torn, _parse_chunk(chunk, torn, source, cache))
        diagnostics.extend(part.found)
        if part.lost is not None:
            lost = part.lost if lost is None else lost | part.lost
        if len(diagnostics) >= MAX_SYNTAX_ERRORS:
            return Reading(None, lost or recover.Lost(), diagnostics)
        match part.node:
            case None:
                if part.lost is not None and chunk.text.startswith("model") and "varies" in chunk.text:
                    return Reading(None, part.lost, diagnostics)
            case tree.Docstring(text=text) if position == 0:
                doc = text
            case tree.Docstring(span=span):
                help = "move it above the `model` line, or write comments with `#`"
                diagnostics.add("misplaced-docstring", span, "the docstring of a file comes first", help)
            case tree.Header() as node:
                if header or declarations:
                    diagnostics.add(
                        "misplaced-model",
                        node.span,
                        "the `model` line comes first, and once",
                        "move it to the top" if header is None else "remove one of them",
                        [(header.span, "it stands here")] if header else (),
                    )
                header = header or node
            case node:
                declarations.append(node)
    start = lines[0].line if lines else 1
    place = Span(source.path, start, 1, start, 1)
    if header is None and not diagnostics:
        message = "the file has no `model` line" if lines else "the file is empty"
        diagnostics.add("no-model", place, message, "begin with `model NAME`")
    if lost is None and diagnostics.errors:
        lost = recover.Lost()
    header = header or tree.Header(place, "", None)
    return Reading(tree.Tree(source.path, doc, header, tuple(declarations)), lost, diagnostics)


def _torn(cut: tuple[Chunk, ...], diagnostics: Diagnostics) -> Iterator[tuple[tuple[int, str], ...]]:
    """For each declaration the positions of its lines in which a bracket or text is not closed, or a tab
    stands, and what is wrong there."""
    faults = [(fault.span.line, fault.code) for fault in diagnostics.sorted()]
    for chunk in cut:
        own = [fault for fault in faults if chunk.line <= fault[0] <= chunk.end_line]
        yield tuple(
            (max(i for i, line in enumerate(chunk.lines) if line.line <= number), code)
            for number, code in own
        )


def _refuse_tabs(source: Source, lines: tuple[LogicalLine, ...], diagnostics: Diagnostics) -> None:
    tabbed = [line for line in lines if "\t" in line.text[: line.indent]]
    if tabbed:
        line, more = tabbed[0], len(tabbed) - 1
        column = line.text.index("\t") + 1
        place = Span(source.path, line.line, column, line.line, line.indent + 1)
        help = "indent with four spaces" + (
            f", here and in {more} more line{'s' * (more > 1)}" if more else ""
        )
        diagnostics.add("tab", place, "a tab in the indentation", help)


def _parse_chunk(chunk: Chunk, torn: Torn, source: Source, cache: str | None) -> Part:
    """A declaration.  A line with a fault is replaced by a harmless one and the rest read again, so that
    the next fault is found too; so are the lines `torn`, whose faults are known."""
    diagnostics = Diagnostics()
    lines = list(chunk.lines)
    missing: dict[int, LogicalLine] = {}

    def give_up() -> Part:
        return Part(None, diagnostics.sorted(), recover.lost(list(chunk.lines)))

    def replace(at: int, code: str) -> bool:
        """Makes a line harmless, if that helps."""
        nonlocal lines
        if lines[at].line in seen:
            return False
        seen.add(lines[at].line)
        repaired = recover.repaired(lines, at, code)
        if repaired is None:
            return False
        kept = set(repaired)
        missing.update((line.line, line) for line in lines if line not in kept and line.line not in missing)
        lines = repaired
        return True

    seen: set[int] = set()
    for number, code in [(chunk.lines[at].line, code) for at, code in torn]:
        at = next((i for i, line in enumerate(lines) if line.line == number), None)
        if at is not None and number not in seen and not (code != "tab" and replace(at, code)):
            return give_up()
    patience = MAX_REREAD_LINES
    while True:
        build = Build(source, chunk.line - 1, missing.keys())
        try:
            with _READING:
                parsed = _lark(cache).parse(Chunk(tuple(lines)).text)
            deep = _too_deep(parsed)
            if deep is not None:
                _refuse_depth(deep, chunk.line - 1, source, diagnostics)
                return give_up()
            node = build.transform(parsed)
            diagnostics.extend(
                fault for fault in build.diagnostics.sorted() if fault.span.line not in missing
            )
            if not missing:
                return Part(node, diagnostics.sorted(), recover.Lost() if diagnostics else None)
            return Part(node, diagnostics.sorted(), _lost(chunk, missing))
        except BadIndent as fault:
            line = fault.line + chunk.line - 1
            place = Span(source.path, line, 1, line, max(fault.width, 1) + 1)
            help = "align it with the line above, or with the one that begins its block"
            diagnostics.add("bad-indent", place, "this line is indented like no block above it", help)
            at, code = max(i for i, piece in enumerate(lines) if piece.line <= line), "no-block"
        except UnexpectedInput as fault:
            at, code = _report(fault, lines, source, chunk.line - 1, diagnostics)
        patience -= len(lines)
        if patience < 0 or len(diagnostics) >= MAX_SYNTAX_ERRORS or not replace(at, code):
            return give_up()


def _lost(chunk: Chunk, missing: Mapping[int, LogicalLine]) -> recover.Lost:
    """What the missing lines of a declaration that was read may have declared."""
    lost = recover.lost(list(missing.values()))
    head = recover.name_in_head(chunk.lines[0])
    if chunk.line in missing and head:
        lost |= recover.Lost(heads=frozenset((head,)))
    return lost


def _too_deep(parsed: Parsed[Token]) -> Meta | None:
    """Where a tree exceeds MAX_DEPTH, if it does: what walks it later may do so recursively.

    Every `elif` counts as one level, since it stands for an `if` within an `else`."""
    level = [parsed]
    for _ in range(MAX_DEPTH):
        below: list[Parsed[Token]] = []
        for node in level:
            children = [child for child in node.children if isinstance(child, Parsed)]
            if sum(child.data == "elif_" for child in children) > MAX_ELIFS:
                return node.meta
            below += children
        if not below:
            return None
        level = below
    return next((node.meta for node in level if not node.meta.empty), parsed.meta)


def _refuse_depth(meta: Meta, offset: int, source: Source, diagnostics: Diagnostics) -> None:
    place = Span(source.path, meta.line + offset, meta.column, meta.line + offset, meta.column + 1)
    help = "split it: move a block to a `def`, or assign a part of the expression to a local"
    diagnostics.add("too-deep", place, "this is nested too deep", help)


def _report(
    fault: UnexpectedInput, lines: list[LogicalLine], source: Source, offset: int, diagnostics: Diagnostics
) -> tuple[int, str]:
    """Adds the diagnostic for a syntax error; returns the position of its line, and its code."""
    number = max(fault.line or 1, 1) + offset
    column = max(fault.column or 1, 1)
    at = max((i for i, piece in enumerate(lines) if piece.line <= number), default=0)
    expected: frozenset[str] = frozenset()
    word = source.line(number)[column - 1 : column]
    if isinstance(fault, UnexpectedToken):
        expected = frozenset(fault.accepts or fault.expected)
        kind = fault.token.type
        word = {"_NEWLINE": "end", "$END": "end", "_INDENT": "indent", "_DEDENT": "dedent"}.get(
            kind, str(fault.token)
        )
        if kind == "_INDENT" and at + 1 < len(lines):
            at += 1  # the newline token before the indentation stands on the line above
        elif "_INDENT" in expected and kind != "_NEWLINE":
            word = "dedent"
            at -= at > 0 and number == lines[at].line and kind != "_DEDENT" and kind != "$END"
    elif isinstance(fault, UnexpectedCharacters):
        expected = frozenset(fault.allowed or ())
    line = lines[at]
    if word in ("end", "dedent"):
        stop = len(line.code)
    elif word == "indent":
        stop = line.indent
    else:
        stop = line.offset(number, column)
    said = misfits.explain(misfits.Stop(line.text, stop, word, expected, lines[0].text if at else ""))
    start, end = line.position(said.start), line.position(max(said.end, said.start + 1))
    diagnostics.add(said.code, Span(source.path, *start, *end), said.message, said.help)
    return at, said.code


def _lark(cache: str | None) -> Lark:
    """The parser.  One that was made before from kept tables is as good as one that computes them."""
    if cache is None and _parsers:
        return next(iter(_parsers.values()))
    known = _parsers.get(cache)
    if known is None:
        known = _parsers[cache] = _made(cache)
    return known


_parsers: dict[str | None, Lark] = {}


def _made(cache: str | None) -> Lark:
    options: dict[str, Any] = {
        "parser": "lalr",
        "start": "declaration",
        "propagate_positions": True,
        "maybe_placeholders": True,
        "postlex": Indenter(),
    }
    return tables.lark(_GRAMMAR.read_text(encoding="utf-8"), options, cache)
