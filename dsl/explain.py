"""The long form of a diagnostic: what its code means, why, and an example."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

_FILE = Path(__file__).with_name("explanations.txt")


@dataclass(frozen=True, slots=True)
class Explanation:
    """One entry of `explanations.txt`.

    `text` is one or more paragraphs; `example` is a model that the code is reported for, and
    `corrected`, where there is one, the part of it that changes, put right.
    """

    code: str
    title: str
    text: str
    example: str
    corrected: str | None


def codes() -> tuple[str, ...]:
    """All codes that have an explanation, in alphabetical order."""
    return tuple(sorted(_entries()))


def explanation(code: str) -> Explanation | None:
    """The entry of a code; None when there is none (`did_you_mean(code, codes())` may know a close one)."""
    return _entries().get(code)


@lru_cache(maxsize=1)
def _entries() -> dict[str, Explanation]:
    return {entry.code: entry for entry in _read(_FILE.read_text(encoding="utf-8"))}


def _read(text: str) -> Iterator[Explanation]:
    """An entry is `=== code: title`, the text, `--- example` and, if any, `--- instead`."""
    for chunk in text.split("\n=== ")[1:]:
        head, _, rest = chunk.partition("\n")
        code, _, title = head.partition(": ")
        words, _, examples = rest.partition("--- example\n")
        example, _, corrected = examples.partition("--- instead\n")
        yield Explanation(
            code, title, words.strip(), _lines(example), _lines(corrected) if corrected else None
        )


def _lines(text: str) -> str:
    return text.rstrip() + "\n"
