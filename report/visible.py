"""What comes from elsewhere, made fit to be shown: seen as what it is, and obeyed by nobody.

Names, texts, paths and messages are whatever somebody wrote: they may hold line ends, the escape of a
terminal, signs that turn the direction of a line, or bytes that are no UTF-8.  `shown` goes through facts of
any kind, so that no report has to think of it; `harmless` goes over lines before they are written, for what
only a whole line can do.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import fields, is_dataclass, replace
from functools import lru_cache
from typing import Any, TypeVar

from ..dsl.source import Source

T = TypeVar("T")

_LINES = frozenset({"doc", "detail"})
"""Fields that are texts of several lines; all others stand within a line."""

_KEPT = frozenset({"Zs", "Co", "Cn"})
"""Categories of letters that Python calls not printable, and that do no harm: blanks, and letters that it may
only not know yet.  What joins letters, within a word or an emoji, is kept too."""
_JOINING = frozenset("\u200c\u200d")

_ESCAPE = re.compile(r"\\(?:x[0-9a-f]{2}|u[0-9a-f]{4}|U[0-9a-f]{8})")
_COLOUR = re.compile(r"(\x1b\[[0-9;]*m)")
_COMMAND = re.compile(r"^((?:\s|\x1b\[[0-9;]*m)*):(?=:)")


class Visible(str):
    """A text as it is shown, which knows the text that is `meant`: for a command, or to find a file."""

    __slots__ = ("meant",)
    meant: str


def meant(text: str) -> str:
    """The text that a shown one stands for."""
    return text.meant if isinstance(text, Visible) else text


def visible(text: str) -> str:
    r"""`text` within one line: what is no letter is written as Python would, `\x1b`.

    Different texts stay different: one that has an escape already is escaped as well.
    """
    if text.isprintable() and not ("\\" in text and _ESCAPE.search(text)):
        return text
    if isinstance(text, Visible) or (not any(_harms(letter) for letter in text) and not _ESCAPE.search(text)):
        return text
    made = Visible("".join(_written(letter) for letter in text))
    made.meant = text
    return made


def harmless(text: str, *, colours: bool = False) -> str:
    """Lines as they may be written: no control characters but colours, if these are wanted, and nothing that
    the runner of GitHub Actions takes for a command (`::word::` at the beginning, `##[word]` anywhere)."""
    if text.isascii() and text.replace("\n", "").isprintable() and "::" not in text and "##[" not in text:
        return text
    return "\n".join(_harmless(line, colours) for line in text.split("\n"))


def _harmless(line: str, colours: bool) -> str:
    if not line.isprintable():
        parts = _COLOUR.split(line) if colours else [line]
        line = "".join(
            part if number % 2 else "".join(_sign(letter) for letter in part)
            for number, part in enumerate(parts)
        )
    return _COMMAND.sub(r"\1\\x3a", line).replace("##[", "#\\x23[")


def in_json(text: str) -> str:
    """JSON that is the same data, with such letters written as JSON escapes them."""
    if text.isascii() and "##[" not in text and "\x7f" not in text:
        return text
    return "".join(
        letter if letter == "\n" or not _harms(letter) else _json_escape(letter)
        for letter in text.replace("##[", "#\\u0023[")
    )


def shown(fact: T) -> T:
    """A fact with all texts in it `visible`, at any depth: dataclasses, containers, texts.

    It is `fact` itself where nothing has to change.  Lines of a source keep their columns.
    """
    return _Walk().of(fact)  # type: ignore[no-any-return]


class _Walk:
    def __init__(self) -> None:
        # Places and tasks stand in a trace many times; what is remembered is part of the fact, and stays.
        self.known: dict[int, Any] = {}

    def of(self, fact: Any) -> Any:
        match fact:
            case str():
                return visible(fact)
            case None | bool() | int() | float():
                return fact
            case tuple() | list() | frozenset():
                made = [self.of(one) for one in fact]
                return fact if all(map(_same, made, fact)) else type(fact)(made)
            case Mapping():
                made = [(self.of(key), self.of(value)) for key, value in fact.items()]
                same = all(
                    _same(k, key) and _same(v, fact[key]) for (k, v), key in zip(made, fact, strict=True)
                )
                return fact if same else dict(made)
            case _ if is_dataclass(fact):
                known = self.known.get(id(fact))
                if known is None:
                    known = self.known[id(fact)] = self.whole(fact)
                return known
            case _:
                return fact

    def whole(self, fact: Any) -> Any:
        if isinstance(fact, Source):
            path, text = visible(fact.path), _in_columns(fact.text)
            return fact if _same(path, fact.path) and _same(text, fact.text) else Source(path, text)
        changed = {}
        sort: object = type(fact)
        for name in _names(sort):
            value = getattr(fact, name)
            made = _several(value) if name in _LINES and isinstance(value, str) else self.of(value)
            if not _same(made, value):
                changed[name] = made
        return replace(fact, **changed) if changed else fact


def _same(one: object, other: object) -> bool:
    return one is other


@lru_cache(maxsize=64)
def _names(sort: Any) -> tuple[str, ...]:
    return tuple(field.name for field in fields(sort) if field.init)


def _several(text: str) -> str:
    if text.replace("\n", "").isprintable():
        return text
    return "\n".join(visible(line) for line in text.replace("\t", "    ").split("\n"))


def _in_columns(text: str) -> str:
    """A source, each letter of which takes its one column."""
    if text.replace("\n", "").replace("\t", "").isprintable():
        return text
    return "".join(letter if letter in "\n\t" or not _harms(letter) else "\ufffd" for letter in text)


def _harms(letter: str) -> bool:
    if letter.isprintable() or letter in _JOINING:
        return False
    # Only odd texts come here, and reading the table takes a while.
    from unicodedata import category

    return category(letter) not in _KEPT


def _sign(letter: str) -> str:
    return _escape(letter) if letter != "\t" and _harms(letter) else letter


def _written(letter: str) -> str:
    return "\\\\" if letter == "\\" else _escape(letter) if _harms(letter) else letter


def _escape(letter: str) -> str:
    number = ord(letter)
    return (
        f"\\x{number:02x}"
        if number < 0x100
        else f"\\u{number:04x}"
        if number < 0x10000
        else f"\\U{number:08x}"
    )


def _json_escape(letter: str) -> str:
    number = ord(letter)
    if number < 0x10000:
        return f"\\u{number:04x}"
    number -= 0x10000
    return f"\\u{0xD800 + (number >> 10):04x}\\u{0xDC00 + (number & 0x3FF):04x}"
