"""Lines: a file cut into logical lines and declarations, and indentation made into tokens."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from lark import Token

from ..advice import Advice, Edit
from ..diagnostics import Diagnostics
from ..source import Source, Span
from ..vocabulary.lookup import (
    BEGIN_DECLARATION,
    BEGIN_STATEMENT_ONLY,
    BEGIN_STATEMENT_OR_WITHIN,
    DECLARE_A_NAME,
    JOINING,
    PREFIXES,
)
from . import lexer

_CLOSES = {"(": ")", "[": "]", "{": "}"}
_OPENS = {")": "(", "]": "[", "}": "{"}
_DECLARING = re.compile(rf"({'|'.join(BEGIN_DECLARATION)})\b")
# Lines that cannot stand within brackets.
_STATEMENT = re.compile(
    rf"[ \t]*(?:(?:{'|'.join(BEGIN_STATEMENT_ONLY)})\b(?!\s*[=,)])"
    rf"|[\w.\[\]]+ (?:[-+*%|&]|//)?= |(?:{'|'.join(BEGIN_STATEMENT_OR_WITHIN)})\b[^\n#\"]*:[ \t]*(?:#|\n|$))"
)
# A line whose first operand follows the last one of the line above it: no operator joins them.
_OPERAND = re.compile(rf"[ \t]*(?!(?:{'|'.join(JOINING)})\b)[A-Za-z_0-9\"']")
_AWAITS_OPERAND = re.compile(rf"\b(?:{'|'.join((*JOINING, *PREFIXES))})$")
# A declaration that no docstring is likely to hold at the left margin.
_CERTAIN = re.compile(
    r"^(?:model \w+[ \t]*(?:varies [^\n]*)?"
    rf"|(?:daemon |unfair )*(?:{'|'.join(DECLARE_A_NAME)}) +\w+[^\n]*[:=][^\n]*"
    r"|expect [^\n]* (?:violated|holds)[^\n]*)$",
    re.MULTILINE,
)


@dataclass(frozen=True, slots=True)
class LogicalLine:
    """One statement's worth of text: `text` starts at column 1 of `line` and may span lines."""

    line: int
    text: str

    @property
    def indent(self) -> int:
        return _indent(self.text)

    @property
    def code(self) -> str:
        """The text without the comment and the white space at its end."""
        end = 0
        at = 0
        while found := lexer.piece(self.text, at):
            at = found.end
            if found.kind == "comment":
                end = max(end, len(self.text[: found.start].rstrip()))
                if not self.text[at:].strip():
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


def logical_lines(source: Source, diagnostics: Diagnostics) -> tuple[LogicalLine, ...]:
    """The lines that hold anything but comments; brackets and docstrings join lines.

    A bracket that is still open where a declaration or statement starts is a fault, and closed there.  Once
    there is a fault, indentation says more about where a bracket should have been closed, and what looks like
    a declaration more about where a docstring should have been.
    """
    faults = Diagnostics()
    lines = _Scan(source, faults, strict=False).lines()
    if faults:
        faults = Diagnostics()
        lines = _Scan(source, faults, strict=True).lines()
    diagnostics.extend(faults.sorted())
    return lines


class _Scan:
    def __init__(self, source: Source, diagnostics: Diagnostics, *, strict: bool) -> None:
        self.source = source
        self.text = source.text
        self.diagnostics = diagnostics
        self.strict = strict
        self.made: list[LogicalLine] = []
        self.open_at: list[tuple[str, Span]] = []
        # The logical line that is read: where it starts, and its number.
        self.start, self.begun = 0, 1

    def lines(self) -> tuple[LogicalLine, ...]:
        text = self.text
        at, number, comment = 0, 1, -1
        while token := lexer.piece(text, at):
            begin, at = token.start, token.end
            if token.kind == "newline":
                code_end = comment if comment >= 0 else begin
                if self.open_at and self._must_end(text[self.start : code_end].rstrip(), at):
                    self._unclosed()
                if not self.open_at:
                    self._finish(begin)
                    self.start, self.begun = at, number + 1
                number += 1
                comment = -1
            elif token.kind == "comment":
                comment = begin
            elif token.kind == "open":
                self.open_at.append((token.text, _place(self.source, begin, number)))
            elif token.kind == "close":
                self._close(token.text, _place(self.source, begin, number))
            elif token.kind in ("docstring", "torn"):
                stop = self._torn_at(begin, at, token.kind == "docstring")
                if stop is not None:
                    place = _place(self.source, begin, number, 3)
                    self.diagnostics.add(
                        "unclosed-string", place, "this docstring is never closed", 'close it with `"""`'
                    )
                    self.open_at.clear()
                    at = stop
                number += text.count("\n", begin, at)
            elif token.kind == "unclosed":
                place = _place(self.source, begin, number)
                # Within brackets it is not certain where it ends.
                changes = () if self.open_at else (_closing(place, token.text),)
                help = Advice(f"close it with `{token.text[0]}`", changes)
                self.diagnostics.add("unclosed-string", place, "this text is not closed on its line", help)
                if self.strict:
                    self.open_at.clear()
        self._finish(len(text))
        self._unclosed()
        return tuple(self.made)

    def _finish(self, end: int) -> None:
        piece = self.text[self.start : end]
        if _has_code(piece):
            self.made.append(LogicalLine(self.begun, piece))

    def _must_end(self, code: str, next_line: int) -> bool:
        """Whether the logical line `code`, in which a bracket is open, cannot go on in the next line."""
        if _DECLARING.match(self.text, next_line):
            return True
        if self.open_at[0][0] == "{":
            return False  # blocks in braces, as in C, are left for the parser to see
        if _STATEMENT.match(self.text, next_line):
            return True
        if not self.strict:
            return False
        after = self.text[next_line : self.text.find("\n", next_line) % (len(self.text) + 1)]
        if not after.strip() or after.lstrip()[0] in "#)]}":
            return False
        if _OPERAND.match(after) and re.search(r"[\w\"')\]}]$", code) and not _AWAITS_OPERAND.search(code):
            return True
        return _indent(after) <= _indent(code)

    def _unclosed(self) -> None:
        if self.open_at:
            bracket, place = self.open_at[-1]
            help = f"close it with `{_CLOSES[bracket]}`"
            self.diagnostics.add("unclosed-bracket", place, f"`{bracket}` is never closed", help)
            self.open_at.clear()

    def _close(self, bracket: str, place: Span) -> None:
        if not self.open_at:
            self.diagnostics.add("unopened-bracket", place, f"`{bracket}` closes nothing")
            return
        opened, where = self.open_at.pop()
        if opened != _OPENS[bracket]:
            message = f"`{bracket}` cannot close `{opened}`"
            help = f"close it with `{_CLOSES[opened]}` first"
            self.diagnostics.add("unopened-bracket", place, message, help, [(where, "it is opened here")])

    def _torn_at(self, begin: int, end: int, closed: bool) -> int | None:
        """Where a docstring has to end that was never closed; None for one that was."""
        if self.strict:
            line_end = self.text.find("\n", begin)
            declared = _CERTAIN.search(self.text, line_end) if line_end >= 0 else None
            if declared and declared.start() < end:
                return declared.start() - 1
        return None if closed else end


def _indent(text: str) -> int:
    return len(text) - len(text.lstrip(" \t"))


def _has_code(text: str) -> bool:
    return any(part.strip() and not part.lstrip().startswith("#") for part in text.split("\n"))


def _place(source: Source, offset: int, line: int, width: int = 1) -> Span:
    column = offset - (source.text.rfind("\n", 0, offset) + 1) + 1
    return Span(source.path, line, column, line, column + width)


def _closing(begin: Span, text: str) -> Edit:
    """The quote that closes a text at the end of its line, in front of a comment."""
    end = begin.column + len(re.sub(r"\s*#[^\"']*$", "", text).rstrip())
    return Edit(Span(begin.path, begin.line, end, begin.line, end), text[0])


def chunks(lines: tuple[LogicalLine, ...], path: str, diagnostics: Diagnostics) -> tuple[Chunk, ...]:
    """Declarations: a line that is not indented and the indented ones that follow it."""
    cut: list[list[LogicalLine]] = []
    for line in lines:
        if line.indent == 0:
            cut.append([line])
        elif cut:
            cut[-1].append(line)
        else:
            place = Span(path, line.line, 1, line.line, line.indent + 1)
            diagnostics.add(
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
