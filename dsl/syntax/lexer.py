"""The tokens of a text, as those see them who look at it without parsing: layout, formatting, what is said
of a fault, highlighting.

The parser's own terminals stand in `grammar.lark`. Here every text has tokens, also one that is no model:
what is not closed, or has no meaning, is a token of its own kind.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Literal, cast

Kind = Literal[
    "docstring", "string", "torn", "unclosed", "comment", "newline", "word", "number", "open", "close",
    "mark", "operator", "space", "unknown",
]  # fmt: skip

# A docstring that is not closed ends with the text, another text with its line.
_TEXTS = (
    r'(?P<docstring>"""[\s\S]*?""")|(?P<torn>"""[\s\S]*)'
    r'|(?P<string>"(?:[^"\\\n]|\\.)*"|\'(?:[^\'\\\n]|\\.)*\')|(?P<unclosed>["\'][^\n]*)|(?P<comment>#[^\n]*)'
)
_BRACKETS = r"(?P<open>[(\[{])|(?P<close>[)\]}])|(?P<newline>\n)"
_TOKEN = re.compile(
    rf"{_TEXTS}|{_BRACKETS}|(?P<word>[A-Za-z_][A-Za-z0-9_]*)|(?P<number>[0-9][0-9_]*)|(?P<mark>[.,:])"
    r"|(?P<operator>->|//=?|[-+*%|&=!<>]=?)|(?P<space>[ \t\f]+)|(?P<unknown>.)"
)
_PIECE = re.compile(f"{_TEXTS}|{_BRACKETS}")


@dataclass(frozen=True, slots=True)
class Piece:
    """A token: its text, and where that starts. A `torn` docstring and an `unclosed` text have no end."""

    kind: Kind
    text: str
    start: int

    @property
    def end(self) -> int:
        return self.start + len(self.text)


def tokens(text: str) -> Iterator[Piece]:
    """All tokens, with white space; together they are the text."""
    for match in _TOKEN.finditer(text):
        yield Piece(cast(Kind, match.lastgroup), match.group(), match.start())


def piece(text: str, at: int) -> Piece | None:
    """The first token from `at` on that decides where lines end: a text, comment, bracket or line break."""
    match = _PIECE.search(text, at)
    return Piece(cast(Kind, match.lastgroup), match.group(), match.start()) if match else None


def without_texts(text: str) -> str:
    """The text with a blank for each comment and text in `"`, closed or not, up to the end of its line.

    What a docstring holds in the lines below may be code that a stray quote has swallowed.
    """
    kept: list[str] = []
    at = 0
    while match := _TOKEN.match(text, at):
        if match.lastgroup in ("docstring", "torn", "comment") or match[0][0] == '"':
            end_of_line = text.find("\n", at, match.end())
            kept.append(" ")
            at = match.end() if end_of_line < 0 else end_of_line
        else:
            kept.append(match[0])
            at = match.end()
    return "".join(kept)


def masked(text: str) -> str:
    """The text without the insides of closed texts and comments, of the same length."""

    def blank(match: re.Match[str]) -> str:
        whole = match[0]
        if match.lastgroup == "comment":
            return " " * len(whole)
        if match.lastgroup in ("docstring", "string"):
            return whole[0] + "_" * (len(whole) - 2) + whole[0]
        return whole

    return _PIECE.sub(blank, text)
