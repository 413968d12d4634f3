"""The words of the language in colour: a line of source as pieces, each of a kind."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator

from ...dsl.vocabulary.lookup import TYPE_WORDS, word_of
from ...dsl.vocabulary.word import GRAMMAR_GROUPS

_TOKEN = re.compile(
    r'(?P<text>""".*?(?:"""|$)|"(?:[^"\\]|\\.)*"|\'(?:[^\'\\]|\\.)*\')|(?P<comment>#.*)|(?P<number>\b\d[\d_]*\b)'
    r"|(?P<word>[A-Za-z_]\w*)"
)

Piece = tuple[str, str]
"""A kind (word, type, call, number, text, comment, or empty) and the text of it."""


def coloured(lines: Iterable[str]) -> tuple[tuple[Piece, ...], ...]:
    """Each line as pieces, whose texts together are the line; a docstring may go over several."""
    found: list[tuple[Piece, ...]] = []
    inside = False
    for line in lines:
        if inside:
            head, end, rest = line.partition('"""')
            inside = not end
            found.append((("text", head + end), *_pieces(rest)))
            continue
        found.append(tuple(_pieces(line)))
        # A docstring that is open at the end of its line goes on below.
        opened = [
            match for match in _TOKEN.finditer(line) if match["text"] and match["text"].startswith('"""')
        ]
        inside = bool(opened) and not (len(opened[-1][0]) >= 6 and opened[-1][0].endswith('"""'))
    return tuple(found)


def _pieces(line: str) -> Iterator[Piece]:
    done = 0
    for match in _TOKEN.finditer(line):
        kind = match.lastgroup or ""
        if kind == "word":
            word = word_of(match[0])
            if word is not None and word.group in GRAMMAR_GROUPS:
                kind = "word"
            elif match[0] in TYPE_WORDS:
                kind = "type"
            elif line[match.end() : match.end() + 1] == "(":
                kind = "call"
            else:
                continue
        if match.start() > done:
            yield "", line[done : match.start()]
        yield kind, match[0]
        done = match.end()
    if done < len(line):
        yield "", line[done:]
