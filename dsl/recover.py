"""Going on after a syntax error: the faulty line is replaced by one that surely parses, so that
the lines after it are read as what they are."""

from __future__ import annotations

import re

from .layout import LogicalLine
from .misfits import opens_block

_CODE = re.compile(r"((daemon|unfair)\s+)*process\b|(async\s+)?def\b|policy\b")


def repaired(lines: list[LogicalLine], at: int, code: str) -> list[LogicalLine] | None:
    """The lines of a declaration with line `at` made harmless, or None when the rest of it could
    not be understood any better; `code` says what is wrong there."""
    head = lines[0].text
    in_code = _CODE.match(head) is not None
    if at == 0:
        if not in_code or len(lines) == 1:
            return None
        return [_as(lines[0], "def x():"), *lines[1:]]
    if code == "bad-indent":
        # The line above becomes the beginning of the block that is missing.
        return [*lines[: at - 1], _as(lines[at - 1], "while x:"), *lines[at:]] if in_code and at > 1 else None
    if code == "stray-or" and _first_word(lines[at]) != "or":
        begin = max((i for i in range(at + 1) if _first_word(lines[i]) == "either"), default=0)
        return [*lines[:begin], _as(lines[begin], "while x:"), *lines[begin + 1 :]] if begin else None
    body = _deeper(lines, at)
    if head.startswith("class"):
        return [*lines[:at], _as(lines[at], "x: bool"), *lines[at + len(body) + 1 :]]
    if not in_code:
        return None
    if body and not opens_block(lines[at].text):
        body = []
        lines = [*lines[: at + 1], *lines[at + 1 + len(_deeper(lines, at)) :]]
    after = lines[at + 1 + len(body) :]
    if code in ("no-exceptions", "no-match"):
        body, after = _without_parts(body), _without_parts(after)
    return [*lines[:at], _as(lines[at], _harmless(lines[at], bool(body), after, code)), *body, *after]


def _deeper(lines: list[LogicalLine], at: int) -> list[LogicalLine]:
    end = at + 1
    while end < len(lines) and lines[end].indent > lines[at].indent:
        end += 1
    return lines[at + 1 : end]


def _harmless(line: LogicalLine, opens: bool, after: list[LogicalLine], code: str) -> str:
    first = _first_word(line)
    follows = _first_word(after[0]) if after and after[0].indent == line.indent else ""
    if first in ("elif", "else", "or") and not code.startswith("stray"):
        begin = {
            "elif": "elif x:",
            "else": "elif x:" if follows in ("elif", "else") else "else:",
            "or": "or:",
        }[first]
    elif follows in ("elif", "else"):
        begin = "if x:"
    elif follows == "or":
        begin = "either:"
    else:
        return "while x:" if opens else "pass"
    return begin if opens else begin + " pass"


def _without_parts(lines: list[LogicalLine]) -> list[LogicalLine]:
    """The `except`, `finally` and `case` lines are part of the fault that was reported."""
    return [
        _as(line, "while x:" if _deeper(lines, i) else "pass")
        if _first_word(line) in ("except", "finally", "case", "default")
        else line
        for i, line in enumerate(lines)
    ]


def _first_word(line: LogicalLine) -> str:
    match = re.match(r"\s*(\w*)", line.text)
    return match[1] if match else ""


def _as(line: LogicalLine, text: str) -> LogicalLine:
    return LogicalLine(line.line, " " * line.indent + text)
