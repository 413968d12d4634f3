"""Colour on a terminal, plain text elsewhere."""

from __future__ import annotations

import os
import shutil
from dataclasses import dataclass
from typing import TextIO

_CODES = {"bad": "31;1", "good": "32", "dim": "2", "strong": "1", "note": "36"}


@dataclass(frozen=True, slots=True)
class Ink:
    """`on` is whether escape codes are wanted."""

    on: bool = False

    def __call__(self, kind: str, text: str) -> str:
        """`text` as something bad, good, dim, strong or a note."""
        return f"\x1b[{_CODES[kind]}m{text}\x1b[0m" if self.on and text else text


PLAIN = Ink()
WIDTH = 100
"""Columns of a text that is for no terminal."""


def ink_for(stream: TextIO) -> Ink:
    """The ink that suits a stream: none unless it is a terminal with colour and nobody says NO_COLOR."""
    return Ink(can_overwrite(stream) and not os.environ.get("NO_COLOR"))


def can_overwrite(stream: TextIO) -> bool:
    """Whether lines can be written over: on a terminal, unless it is dumb, as an editor's buffer is."""
    return stream.isatty() and os.environ.get("TERM") != "dumb"


def width_for(stream: TextIO) -> int:
    """How many columns to use: those of the terminal within reason, 100 elsewhere."""
    return max(72, min(160, shutil.get_terminal_size((WIDTH, 24)).columns)) if stream.isatty() else WIDTH
