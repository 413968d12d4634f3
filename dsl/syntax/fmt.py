"""The canonical layout of a file.

Works on the text's tokens, not on the tree, so that comments, docstrings and line breaks inside a
statement cannot be lost:

- four spaces a level; one more level for a continuation line: inside brackets relative to the
  line that opens them (a closing bracket stands where that line does), else to the expression;
- the spacing of Python's common style; texts in `"` unless they contain one; two spaces before a
  trailing comment, and `# ` before its words;
- at most one empty line, none where a block begins, exactly one before and after a declaration
  with a block (before the comment right above it);
- a comment on a line of its own stands with the statement below it; at the end of a block it
  stays in the block that it was indented with.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import pairwise

from ..diagnostics import Diagnostics
from ..source import Source
from ..vocabulary.lookup import BEFORE_CODE, BEFORE_NAME, BEFORE_OPERAND, PREFIXES
from .layout import Chunk, chunks, logical_lines
from .lexer import tokens
from .parse import parse


def format_source(source: Source, cache: str | None = None) -> tuple[str | None, Diagnostics]:
    """The file in its canonical layout, or None with its syntax errors.

    The result parses to the same tree, and formatting it again changes nothing.  `cache` is that
    of `parse`.
    """
    source = Source(source.path, re.sub(r"\r+(?=\n|\Z)", "", source.text))
    tree, diagnostics = parse(source, cache)
    if tree is None:
        return None, diagnostics
    pieces = _read(source)
    result = _print(pieces)
    assert _meaning(pieces) == _meaning(_read(Source(source.path, result))), "formatting changed the tokens"
    return result, diagnostics


def meaning(source: Source) -> str:
    """What a file that parses says, however it is laid out and commented: equal for two files that say the
    same in the same words.  Docstrings are part of it."""
    told = _meaning(tuple(piece for piece in _read(source) if not piece.comment))
    return repr([(level, [value for value in values if value[:1] != "#"]) for level, values in told])


@dataclass(frozen=True, slots=True)
class _Token:
    kind: str
    text: str


@dataclass(frozen=True, slots=True)
class _Statement:
    """Where a statement stands: its first and last line, and how wide its block and those around
    it are indented.  A block's header is a statement by itself."""

    first: int
    last: int
    widths: tuple[int, ...]

    @property
    def level(self) -> int:
        return len(self.widths) - 1


@dataclass(frozen=True, slots=True)
class _Piece:
    """A statement, or a comment on a line of its own.

    `blank`: an empty line stands above it; `opens`: a block follows.
    """

    level: int
    blank: bool
    opens: bool
    tokens: tuple[_Token, ...]

    @property
    def comment(self) -> bool:
        return self.tokens[0].kind == "comment"


# ---- reading


def _read(source: Source) -> tuple[_Piece, ...]:
    """The pieces of a file that parses, in order."""
    diagnostics = Diagnostics()
    cut = chunks(logical_lines(source, diagnostics), source.path, diagnostics)
    end = len(source.lines) + 1
    statements = [statement for chunk in cut for statement in _statements(chunk, source)]
    statements.append(_Statement(end, end, (0,)))
    pieces: list[_Piece] = []
    start = 1
    above: tuple[int, ...] = (0,)
    for statement, after in pairwise([*statements, statements[-1]]):
        level = max(len(above) - 1, statement.level)
        blank = False
        for line in source.lines[start - 1 : statement.first - 1]:
            if line.strip():
                own = sum(width <= _width(line) for width in above) - 1
                level = min(level, max(own, statement.level))
                pieces.append(_Piece(level, blank, False, tuple(_tokens(line))))
            blank = not line.strip()
        if statement.first < end:
            text = "\n".join(source.lines[statement.first - 1 : statement.last])
            opens = after.level > statement.level
            pieces.append(_Piece(statement.level, blank, opens, tuple(_tokens(text))))
        start, above = statement.last + 1, statement.widths
    return tuple(pieces)


def _statements(chunk: Chunk, source: Source) -> Iterator[_Statement]:
    """The statements of a declaration; nesting as `layout.Indenter` has it."""
    formula = re.match(r"(invariant|property|sometimes)\b", chunk.lines[0].text) is not None
    widths = [0]
    held: _Statement | None = None
    for line in chunk.lines:
        last = line.line + line.text.count("\n")
        if held and formula and len(widths) == 2 and line.indent > widths[-1]:
            held = _Statement(held.first, last, held.widths)
            continue
        if held:
            yield held
        while line.indent < widths[-1]:
            widths.pop()
        if line.indent > widths[-1]:
            widths.append(line.indent)
        held = _Statement(line.line, last, tuple(widths))
    assert held is not None
    if formula and held.level == 1:
        held = _Statement(held.first, _with_comments(held, source), held.widths)
    yield held


def _with_comments(formula: _Statement, source: Source) -> int:
    """The last line of a formula, with the comments below it that continue it."""
    last = formula.last
    for number in range(formula.last + 1, len(source.lines) + 1):
        line = source.line(number)
        if not line.strip():
            continue
        if not line.lstrip().startswith("#") or _width(line) <= formula.widths[-1]:
            break
        last = number
    return last


def _width(line: str) -> int:
    lead = line[: len(line) - len(line.lstrip(" \t"))]
    return len(lead.expandtabs(8))


def _tokens(text: str) -> Iterator[_Token]:
    """The tokens of a statement but for white space, and `&` before an argument; line breaks are tokens."""
    before = ""
    for piece in tokens(text):
        assert piece.kind not in ("unknown", "torn", "unclosed"), piece.text
        # An argument's `&`, as C has it, says nothing here.
        dropped = piece.text == "&" and before in ("(", ",")
        if piece.kind not in ("space", "newline", "comment"):
            before = piece.text
        if piece.kind != "space" and not dropped:
            yield _Token(piece.kind, piece.text)


def _meaning(pieces: tuple[_Piece, ...]) -> list[tuple[int, list[str]]]:
    """What formatting must keep: the nesting, and each token's value."""
    return [(piece.level, [_value(t) for t in piece.tokens if t.kind != "newline"]) for piece in pieces]


def _value(token: _Token) -> str:
    if token.kind == "comment":
        return "#" + "".join(token.text[1:].split())
    if token.kind == "string":
        return '"' + re.sub(r"\\(['\"])|\\.", lambda m: m[1] or m[0], token.text[1:-1])
    return token.text


# ---- printing


def _print(pieces: tuple[_Piece, ...]) -> str:
    lines: list[str] = []
    for piece, blank in zip(pieces, _blanks(pieces), strict=True):
        if blank:
            lines.append("")
        lines.extend(_statement_lines(piece))
    return "\n".join(lines) + "\n"


def _blanks(pieces: tuple[_Piece, ...]) -> list[bool]:
    """Whether an empty line stands above each piece."""
    blanks = [piece.blank for piece in pieces]
    blanks[0] = False
    for at, (above, piece) in enumerate(pairwise(pieces), 1):
        if above.opens:
            blanks[at] = False
        elif above.level > 0 and piece.level == 0:
            blanks[at] = True
    for at, piece in enumerate(pieces):
        if piece.opens and piece.level == 0:
            while at > 0 and not blanks[at] and pieces[at - 1].comment:
                at -= 1
            blanks[at] = at > 0
    return blanks


def _statement_lines(piece: _Piece) -> Iterator[str]:
    """The lines of a statement, indented; empty ones among them only where they separate."""
    spaces = _spaces(piece.tokens)
    opened: list[int] = []  # for each open bracket, how deep its line is indented
    at = 0
    blank = after_bracket = False
    for number, line in enumerate(_physical(piece.tokens)):
        start, at = at, at + len(line) + 1
        if not line:
            blank = True
            continue
        depth = piece.level
        if number:
            depth = opened[-1] + (line[0].kind != "close") if opened else piece.level + 1
        if blank and not after_bracket and line[0].kind != "close":
            yield ""
        text = "    " * depth
        for position, token in enumerate(line):
            if position:
                text += "  " if token.kind == "comment" else " " * spaces[start + position]
            text += _canonical(token)
            if token.kind == "open":
                opened.append(depth)
            elif token.kind == "close":
                opened.pop()
            if token.kind != "comment" or not position:
                after_bracket = token.kind == "open"
        blank = False
        yield text


def _physical(tokens: tuple[_Token, ...]) -> Iterator[list[_Token]]:
    line: list[_Token] = []
    for token in tokens:
        if token.kind == "newline":
            yield line
            line = []
        else:
            line.append(token)
    yield line


def _canonical(token: _Token) -> str:
    if token.kind == "comment":
        body = token.text[1:].rstrip()
        return "#" + body if body[:1] in ("", " ", "!", ":", "#") else "# " + body.lstrip()
    if token.kind == "string" and '"' not in token.text:
        return '"' + re.sub(r"\\(')|\\.", lambda m: m[1] or m[0], token.text[1:-1]) + '"'
    return token.text


def _spaces(tokens: tuple[_Token, ...]) -> list[bool]:
    """Whether a space stands before each token, where its line does not begin with it.

    The words of the language are names where it expects one, so whether `-` has a left side and
    `(` is a call depends on what may come next: an operand, or an operator.
    """
    spaces: list[bool] = []
    code = [token for token in tokens if token.kind not in ("newline", "comment")]
    follows = dict(zip(map(id, code), code[1:], strict=False))
    annotated = [True]  # for each open bracket: `=` has a type on its left
    previous = _Token("", "")
    operand = first = True
    tight = True  # no space behind `previous`
    for token in tokens:
        if token.kind in ("newline", "comment"):
            spaces.append(False)
            continue
        kind, text = token.kind, token.text
        keyword = text == "=" and not annotated[-1]
        called = text in ("(", "[") and not operand
        spaces.append(not (tight or keyword or called or kind == "close" or kind == "mark"))
        tight = keyword or kind == "open" or text == "." or (text in ("+", "-") and operand)
        begins = False
        if kind == "word":
            after = follows.get(id(token), previous)
            if operand:
                operand = _takes_operand(text, previous.text, first, after.kind in ("word", "string"))
                begins = first and operand and text in ("daemon", "unfair")
            else:
                operand = True
        elif kind == "open":
            annotated.append(False)
            operand = True
        elif kind == "close":
            annotated.pop()
            operand = False
        elif kind in ("number", "string"):
            operand = False
        else:
            operand = True
            if len(annotated) > 1 and text in (",", ":"):
                annotated[-1] = text == ":"
            begins = text == ":" and len(annotated) == 1 and code[0].text in BEFORE_CODE
        previous, first = token, begins
    return spaces


def _takes_operand(word: str, before: str, first: bool, named: bool) -> bool:
    """Whether an operand must follow a word that stands where an operand may: a keyword.

    `first` in its statement; `named`: a name or text follows.
    """
    if before in (".", "at"):
        return False
    if first and (word in BEFORE_OPERAND or (word in BEFORE_NAME and named)):
        return True
    return word in PREFIXES or (before, word) in (("not", "in"), ("wait", "until"))
