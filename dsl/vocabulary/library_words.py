"""The classes and `def`s that come with the language; `library.pfn` has what they are, in the language."""

from __future__ import annotations

import re
from pathlib import Path

from .word import Word

LIBRARY_TEXT = Path(__file__).with_name("library.pfn").read_text(encoding="utf-8")

_HEAD = re.compile(r'^(class|def) (\w+)(?:\((.*?)\))?[^\n]*:\n    """(.*?)"""', re.MULTILINE | re.DOTALL)


def _word(kind: str, name: str, parameters: str, doc: str) -> Word:
    line = " ".join(doc.split())
    if kind == "class":
        return Word(name, "type", line, reserved=False)
    names = tuple(part.split(":")[0].strip() for part in parameters.split(",") if part)
    return Word(name, "verb", line, names, reserved=False)


LIBRARY: tuple[Word, ...] = tuple(_word(*found) for found in _HEAD.findall(LIBRARY_TEXT))
"""Their words, in the order of the text.  A model may have names of its own instead."""

LIBRARY_NAMES = frozenset(word.word for word in LIBRARY)
