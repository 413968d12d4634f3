"""Places in the client's units and back; changes applied."""

from __future__ import annotations

import pytest
from lsprotocol import types
from pfnspec.lsp.text.positions import edited, from_position, letters, plain, to_position, units

TEXTS = ["", "plain", "größe", "a\u2192b", "\U0001f512 lock", "x\U0001f512\U0001f513y", "e\u0301"]
ENCODINGS = {"utf-8": "utf-8", "utf-16": "utf-16-le", "utf-32": "utf-32-le"}
SIZES = {"utf-8": 1, "utf-16": 2, "utf-32": 4}


@pytest.mark.parametrize("encoding", ENCODINGS)
@pytest.mark.parametrize("text", TEXTS)
def test_units_are_those_of_the_encoding(text: str, encoding: str) -> None:
    for end in range(len(text) + 1):
        length = len(text[:end].encode(ENCODINGS[encoding])) // SIZES[encoding]
        assert units(text[:end], encoding) == length
        assert letters(text, length, encoding) == end


@pytest.mark.parametrize("encoding", ENCODINGS)
@pytest.mark.parametrize("text", TEXTS)
def test_there_and_back(text: str, encoding: str) -> None:
    lines = ["first", text, "last"]
    for column in range(1, len(text) + 2):
        place = to_position(lines, 2, column, encoding)
        assert place.line == 1
        assert from_position(lines, place, encoding) == (2, column)


@pytest.mark.parametrize(
    ("line", "character", "expected"),
    [(0, 99, (1, 3)), (7, 0, (2, 3)), (1, 1, (2, 1)), (1, 2, (2, 2)), (1, 3, (2, 3))],
    ids=["behind a line", "behind the text", "within a letter", "behind the letter", "at the end"],
)
def test_places_outside_are_the_nearest(line: int, character: int, expected: tuple[int, int]) -> None:
    assert from_position(["ab", "\U0001f512b"], types.Position(line, character), "utf-16") == expected


def change(start: tuple[int, int], end: tuple[int, int], text: str) -> types.TextDocumentContentChangePartial:
    return types.TextDocumentContentChangePartial(
        types.Range(types.Position(*start), types.Position(*end)), text
    )


@pytest.mark.parametrize(
    ("before", "made", "after"),
    [
        ("a\nb\n", change((0, 1), (0, 1), "x"), "ax\nb\n"),
        ("a\nb\n", change((0, 0), (2, 0), ""), ""),
        ("a\nb", change((1, 1), (9, 9), "\r\nc\rd"), "a\nb\nc\nd"),
        ("\U0001f512\u00fc = 1", change((0, 3), (0, 6), ""), "\U0001f512\u00fc1"),
        ("ab\ncd", change((1, 1), (0, 1), "-"), "a-d"),
        ("ab", types.TextDocumentContentChangeWholeDocument("\ufeffx\r\ny"), "x\ny"),
    ],
    ids=["insert", "delete all", "behind the end", "beyond the plane", "backwards", "whole"],
)
def test_changes(before: str, made: types.TextDocumentContentChangeEvent, after: str) -> None:
    assert edited(before, made, "utf-16") == after


def test_plain_text_has_one_kind_of_line_end() -> None:
    assert plain("\ufeffa\r\nb\rc\n") == "a\nb\nc\n"
