"""Source text and places in it."""

from __future__ import annotations

from dataclasses import dataclass, field

PRELUDE = "prelude.pfn"
"""The path of the wait policies that come with the language, as places in them are shown."""
LIBRARY = "<library>"
"""The path of the classes and `def`s that come with the language.  What they do is told at the line that
calls them."""
BUILT_IN = frozenset({PRELUDE, LIBRARY})
"""The paths of texts that are no file of the user's."""


@dataclass(frozen=True, slots=True, order=True)
class Span:
    """A piece of a source: lines and columns count from 1, the end is exclusive.

    Line 0 stands for something that is no text, such as the command line.
    """

    path: str
    line: int
    column: int
    end_line: int
    end_column: int

    def to(self, other: Span) -> Span:
        """From the start of this span to the end of `other` (of the same file)."""
        return Span(self.path, self.line, self.column, other.end_line, other.end_column)

    def __str__(self) -> str:
        if self.line == 0:
            return self.path
        return f"{self.path}:{self.line}:{self.column}"


@dataclass(frozen=True, slots=True)
class Source:
    """One file's name, as the user wrote it, and its text with `\\n` line ends."""

    path: str
    text: str
    _lines: tuple[str, ...] = field(default=(), compare=False, repr=False)

    @property
    def lines(self) -> tuple[str, ...]:
        if not self._lines:
            object.__setattr__(self, "_lines", tuple(self.text.split("\n")))
        return self._lines

    def line(self, number: int) -> str:
        """Line `number`, counted from 1; empty beyond the end."""
        return self.lines[number - 1] if 1 <= number <= len(self.lines) else ""

    def excerpt(self, span: Span) -> str:
        """The text of `span`; only its first line when it has several."""
        line = self.line(span.line)
        if span.end_line > span.line:
            return line[span.column - 1 :].rstrip()
        return line[span.column - 1 : span.end_column - 1]

    def formula(self, span: Span) -> str:
        """The text of a formula in one line, without the comments in it."""
        lines = [self.line(number) for number in range(span.line, span.end_line + 1)]
        lines[-1] = lines[-1][: span.end_column - 1]
        lines[0] = lines[0][span.column - 1 :]
        # A formula has no text in it, so that whatever follows this sign is a comment.
        return " ".join(" ".join(line.split("#")[0] for line in lines).split())
