"""The long form of a diagnostic, and of the words of a result: what it means, why, and an example."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

_CODES = Path(__file__).with_name("explanations.txt")
_CONCEPTS = Path(__file__).with_name("concepts.txt")


@dataclass(frozen=True, slots=True)
class Explanation:
    """One entry of `explanations.txt`, about a diagnostic, or of `concepts.txt`, about a word of a result.

    `text` is one or more paragraphs; `example` is a model that the code is reported for, or that shows the
    word (empty where there is none), and `corrected`, where there is one, the part of it that changes, put
    right.  `also` are further words for the same.
    """

    code: str
    title: str
    text: str
    example: str
    corrected: str | None
    also: tuple[str, ...] = ()


def codes() -> tuple[str, ...]:
    """All codes of diagnostics that have an explanation, in alphabetical order."""
    return tuple(sorted(_entries(_CODES)))


def concepts() -> tuple[str, ...]:
    """All words of results and of the language that have an explanation, in alphabetical order."""
    return tuple(sorted(_entries(_CONCEPTS)))


def explanation(code: str) -> Explanation | None:
    """The entry of a code or word; None when there is none (`did_you_mean(code, codes())` may know a close
    one)."""
    return _entries(_CODES).get(code) or _by_word().get(code.lower())


@lru_cache(maxsize=1)
def _by_word() -> dict[str, Explanation]:
    found: dict[str, Explanation] = {}
    for entry in _entries(_CONCEPTS).values():
        for word in (entry.code, *entry.also):
            found.setdefault(word, entry)
    return found


@lru_cache(maxsize=2)
def _entries(file: Path) -> dict[str, Explanation]:
    return {entry.code: entry for entry in _read(file.read_text(encoding="utf-8"))}


def _read(text: str) -> Iterator[Explanation]:
    """An entry is `=== code: title`, further words for it in brackets behind the code, the text,
    `--- example` and, if any, `--- instead`."""
    for chunk in text.split("\n=== ")[1:]:
        head, _, rest = chunk.partition("\n")
        known = re.fullmatch(r"([^:\[]*?)(?: \[(.*)\])?: (.*)", head)
        assert known is not None, head
        words, _, examples = rest.partition("--- example\n")
        example, _, corrected = examples.partition("--- instead\n")
        yield Explanation(
            known[1],
            known[3],
            words.strip(),
            _lines(example) if example else "",
            _lines(corrected) if corrected else None,
            tuple(known[2].split(", ")) if known[2] else (),
        )


def _lines(text: str) -> str:
    return text.rstrip() + "\n"
