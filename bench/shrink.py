"""Texts made small: lines go for as long as what is left still fails."""

from __future__ import annotations

from collections.abc import Callable, Iterator


def smaller(text: str, fails: Callable[[str], bool]) -> str:
    """The text with as many lines and blocks taken out as `fails` allows."""
    lines = text.split("\n")
    changed = True
    while changed:
        changed = False
        position = len(lines) - 1
        while position > 0:
            for candidate in _without(lines, position):
                if fails("\n".join(candidate)):
                    lines, changed = candidate, True
                    break
            position = min(position, len(lines)) - 1
    return "\n".join(lines)


def _without(lines: list[str], position: int) -> Iterator[list[str]]:
    """Without the block that begins at a line, without the line alone, or with its block moved out."""
    line = lines[position]
    indent = len(line) - len(line.lstrip())
    end = position + 1
    while end < len(lines) and lines[end].strip() and len(lines[end]) - len(lines[end].lstrip()) > indent:
        end += 1
    before, block, after = lines[:position], lines[position + 1 : end], lines[end:]
    yield [*before, *after]
    if block:
        yield [*before, *(inner.removeprefix("    ") for inner in block), *after]
    if line.strip() not in ("", "pass"):
        yield [*before, " " * indent + "pass", *after]
