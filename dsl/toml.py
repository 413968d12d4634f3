"""Tables in TOML beside specifications: what a text says, or where it is none."""

from __future__ import annotations

import re
from typing import Any

from .source import Source, Span


class NotToml(ValueError):
    """A text is no TOML: why, in a line, and the `place` where that shows."""

    def __init__(self, why: str, place: Span) -> None:
        super().__init__(why)
        self.place = place


def toml(source: Source) -> dict[str, Any]:
    """What a text says.  Raises NotToml."""
    # Imported here: most commands read no table.
    import tomllib

    try:
        return tomllib.loads(source.text)
    except RecursionError:
        raise NotToml("this is nested too deeply", Span(source.path, 1, 1, 1, 1)) from None
    except ValueError as fault:
        words = re.sub(r" \(at [^()]*\)$", "", str(fault))
        match = re.search(r"\(at line (\d+), column (\d+)\)$", str(fault))
        last = (len(source.lines), len(source.lines[-1]) + 1)
        line, column = (int(match[1]), int(match[2])) if match else last
        why = f"this is not TOML: {words[:1].lower()}{words[1:]}"
        raise NotToml(why, Span(source.path, line, column, line, column + 1)) from None


def on_a_line(text: str) -> str:
    """A text that quotes a table, with `?` for what a terminal would not show as it is."""
    return "".join(letter if letter.isprintable() else "?" for letter in text)
