"""Lines: a file cut into logical lines and declarations, and indentation made into tokens."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from lark import Token

from .diagnostics import Diagnostics
from .source import Source, Span

# Texts that are not closed come last: one in `"` ends with its line, a docstring with the file.
_PIECE = re.compile(
    r'"""[\s\S]*?"""|"""[\s\S]*|"(?:[^"\\\n]|\\.)*"|\'(?:[^\'\\\n]|\\.)*\'|#[^\n]*|[()\[\]{}]|\n|["\'][^\n]*'
)
_CLOSES = {"(": ")", "[": "]", "{": "}"}
_OPENS = {")": "(", "]": "[", "}": "{"}
_DECLARING = re.compile(
    r"(model|const|type|enum|class|shared|ghost|daemon|unfair|process|def|policy|policies|"
    r"invariant|property|sometimes|scenario|expect|accept)\b"
)
# Lines that cannot stand within brackets.
_STATEMENT = re.compile(
    r"[ \t]*(?:(?:while|with|assert|await|label|wait|return|break|continue|pass|either|atomic)\b(?!\s*[=,)])"
    r"|[\w.]+ = |(?:if|elif|else|for)\b[^\n#\"]*:[ \t]*(?:#|\n|$))"
)


@dataclass(frozen=True, slots=True)
class LogicalLine:
    """One statement's worth of text: `text` starts at column 1 of `line` and may span lines."""

    line: int
    text: str

    @property
    def indent(self) -> int:
        return len(self.text) - len(self.text.lstrip(" \t"))

    @property
    def code(self) -> str:
        """The text without the comment and the white space at its end."""
        end = 0
        for match in _PIECE.finditer(self.text):
            if match[0].startswith("#"):
                end = max(end, len(self.text[: match.start()].rstrip()))
                if not self.text[match.end() :].strip():
                    return self.text[:end]
        return self.text.rstrip()

    def offset(self, line: int, column: int) -> int:
        """Where in `text` a line and column of the file are."""
        before = self.text.split("\n")[: line - self.line]
        return sum(len(part) + 1 for part in before) + column - 1

    def position(self, offset: int) -> tuple[int, int]:
        """The line and column of the file at an offset of `text`."""
        before = self.text[:offset]
        return self.line + before.count("\n"), offset - (before.rfind("\n") + 1) + 1


@dataclass(frozen=True, slots=True)
class Chunk:
    """One top-level declaration: its logical lines, the first of which is not indented."""

    lines: tuple[LogicalLine, ...]

    @property
    def line(self) -> int:
        return self.lines[0].line

    @property
    def end_line(self) -> int:
        last = self.lines[-1]
        return last.line + last.text.count("\n")

    @property
    def text(self) -> str:
        """The lines again, each on its own line number counted from the chunk's first."""
        pieces: list[str] = []
        at = self.line
        for piece in self.lines:
            pieces.append("\n" * (piece.line - at))
            at = piece.line
            pieces.append(piece.text)
            at += piece.text.count("\n")
        return "".join(pieces) + "\n"


def logical_lines(source: Source, found: Diagnostics) -> tuple[LogicalLine, ...]:
    """The lines that hold anything but comments; brackets and docstrings join lines.

    A bracket that is still open where a declaration or statement starts is a fault, and closed there.
    """
    text = source.text
    lines: list[LogicalLine] = []
    start, number, begun = 0, 1, 1
    open_at: list[tuple[str, Span]] = []

    def finish(end: int) -> None:
        piece = text[start:end]
        if _has_code(piece):
            lines.append(LogicalLine(begun, piece))

    def unclosed() -> None:
        if open_at:
            bracket, place = open_at[-1]
            found.add(
                "unclosed-bracket",
                place,
                f"`{bracket}` is never closed",
                f"close it with `{_CLOSES[bracket]}`",
            )
            open_at.clear()

    for match in _PIECE.finditer(text):
        piece = match.group()
        if piece == "\n":
            # Blocks in braces, as in C, are left for the parser to see.
            inside = open_at and open_at[0][0] != "{" and _STATEMENT.match(text, match.end())
            if inside or (open_at and _DECLARING.match(text, match.end())):
                unclosed()
            if not open_at:
                finish(match.start())
                start, begun = match.end(), number + 1
            number += 1
        elif piece in _CLOSES:
            open_at.append((piece, _place(source, match.start(), number)))
        elif piece in _OPENS:
            place = _place(source, match.start(), number)
            if not open_at:
                found.add("unopened-bracket", place, f"`{piece}` closes nothing")
            elif open_at[-1][0] != _OPENS[piece]:
                bracket, opened = open_at[-1]
                help = f"close it with `{_CLOSES[bracket]}` first"
                found.add(
                    "unopened-bracket",
                    place,
                    f"`{piece}` cannot close `{bracket}`",
                    help,
                    [(opened, "it is opened here")],
                )
            if open_at:
                open_at.pop()
        elif piece[0] in "\"'" and not _is_closed(piece):
            docstring = piece.startswith('"""')
            place = _place(source, match.start(), number, 3 if docstring else 1)
            if docstring:
                found.add("unclosed-string", place, "this docstring is never closed", 'close it with `"""`')
                return (*lines, LogicalLine(begun, text[start:]))
            found.add(
                "unclosed-string", place, "this text is not closed on its line", f"close it with `{piece[0]}`"
            )
        else:
            number += piece.count("\n")
    finish(len(text))
    unclosed()
    return tuple(lines)


def _is_closed(piece: str) -> bool:
    if piece.startswith('"""'):
        return len(piece) >= 6 and piece.endswith('"""')
    return re.fullmatch(r'"(?:[^"\\\n]|\\.)*"|\'(?:[^\'\\\n]|\\.)*\'', piece) is not None


def _has_code(text: str) -> bool:
    return any(part.strip() and not part.lstrip().startswith("#") for part in text.split("\n"))


def _place(source: Source, offset: int, line: int, width: int = 1) -> Span:
    column = offset - (source.text.rfind("\n", 0, offset) + 1) + 1
    return Span(source.path, line, column, line, column + width)


def chunks(lines: tuple[LogicalLine, ...], path: str, found: Diagnostics) -> tuple[Chunk, ...]:
    """Declarations: a line that is not indented and the indented ones that follow it."""
    cut: list[list[LogicalLine]] = []
    for line in lines:
        if line.indent == 0:
            cut.append([line])
        elif cut:
            cut[-1].append(line)
        else:
            place = Span(path, line.line, 1, line.line, line.indent + 1)
            found.add(
                "bad-indent",
                place,
                "this line is indented, and nothing stands above it",
                "begin it at the left margin",
            )
    return tuple(Chunk(tuple(piece)) for piece in cut)


class Indenter:
    """Lark's post-lexer: turns the white space behind a newline into `_INDENT` and `_DEDENT`.

    In a formula's body (`property`, `invariant`, `sometimes`) a deeper line continues the
    expression above it, so its newline is dropped.  Raises `BadIndent` where a line's
    indentation fits no open block.
    """

    always_accept = ("_NEWLINE",)

    def process(self, stream: Iterator[Token]) -> Iterator[Token]:
        levels = [0]
        brackets = 0
        formula = False
        first = True
        token = None
        for token in stream:
            if first:
                formula = token.type in ("INVARIANT", "PROPERTY", "SOMETIMES")
                first = False
            if token.type == "_NEWLINE":
                if brackets:
                    continue
                width = len(token.rsplit("\n", 1)[1].expandtabs(8).split("#")[0])
                if formula and len(levels) == 2 and width > levels[-1]:
                    continue
                yield token
                if width > levels[-1]:
                    levels.append(width)
                    yield Token.new_borrow_pos("_INDENT", "", token)
                while width < levels[-1]:
                    levels.pop()
                    yield Token.new_borrow_pos("_DEDENT", "", token)
                if width != levels[-1]:
                    raise BadIndent((token.end_line or 1), width)
                continue
            if token.type in ("LPAR", "LSQB", "LBRACE"):
                brackets += 1
            elif token.type in ("RPAR", "RSQB", "RBRACE"):
                brackets = max(0, brackets - 1)
            yield token
        while len(levels) > 1:
            levels.pop()
            yield Token.new_borrow_pos("_DEDENT", "", token) if token else Token("_DEDENT", "")


class BadIndent(Exception):
    """A line, counted from 1 in its chunk, whose indentation fits no open block."""

    def __init__(self, line: int, width: int) -> None:
        super().__init__(line, width)
        self.line = line
        self.width = width
