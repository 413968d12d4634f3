"""Going on after a syntax error: the faulty line is replaced by one that surely parses, so that
the lines after it are read as what they are; and what the faulty line may have declared is known."""

from __future__ import annotations

import re
from dataclasses import dataclass

from ..vocabulary.lookup import DECLARE_A_NAME, KEYWORDS
from .layout import LogicalLine
from .lexer import without_texts
from .misfits import opens_block

_CODE = re.compile(r"((daemon|unfair)\s+)*process\b|(work|timer)\s+\w+\s*[\[:]|(async\s+)?def\b|policy\b")
_HEAD = re.compile(rf"(?:(?:daemon|unfair)\s+)*(?:{'|'.join(DECLARE_A_NAME)})\b\s*(\w*)")
HOLE = "__lost__"
"""Stands for a name or condition in a line that replaces a faulty one."""

_DECLARES = re.compile(rf"\s*(?:{_HEAD.pattern}|(?:label|for)\b\s*(\w*)|(\w*))")


@dataclass(frozen=True, slots=True)
class Lost:
    """What text that could not be read may have declared or said.

    `names` are all names in it, `begun` those that end where it does and so may be longer; "" is the
    beginning of every name.  `texts` are beginnings of assertions' texts.  `heads` are the processes and
    `def`s of which only the body was read.
    """

    names: frozenset[str] = frozenset()
    begun: frozenset[str] = frozenset()
    texts: frozenset[str] = frozenset()
    heads: frozenset[str] = frozenset()

    def __or__(self, other: Lost) -> Lost:
        return Lost(
            self.names | other.names,
            self.begun | other.begun,
            self.texts | other.texts,
            self.heads | other.heads,
        )

    def may_declare(self, name: str) -> bool:
        return name in self.names or any(name.startswith(begun) for begun in self.begun)

    def may_head(self, name: str) -> bool:
        return name in self.heads or any(begun and name.startswith(begun) for begun in self.begun)

    def may_assert(self, text: str) -> bool:
        return any(text.startswith(begun) for begun in self.texts)


def lost(lines: list[LogicalLine]) -> Lost:
    """What the lines may have declared or said."""
    names: set[str] = set()
    begun: set[str] = set()
    texts: set[str] = set()
    for line in lines:
        code = without_texts(line.text).rstrip()
        names.update(re.findall(r"[A-Za-z_]\w*", code))
        declares = _DECLARES.match(code)
        if declares and declares.end() == len(code):
            begun.add(next((group for group in declares.groups() if group is not None), ""))
        if not line.indent and not _HEAD.match(code):
            begun.add("")
        if code.lstrip().startswith("assert"):
            said = re.search(r"[\"'](.*?)[\"']?$", line.code)
            texts.add(said[1] if said else "")
    return Lost(frozenset(names - KEYWORDS), frozenset(begun), frozenset(texts))


def name_in_head(line: LogicalLine) -> str:
    """The name that the first line of a declaration declares, "" where it does not get so far."""
    declares = _HEAD.match(line.text)
    return declares[1] if declares else ""


def repaired(lines: list[LogicalLine], at: int, code: str) -> list[LogicalLine] | None:
    """The lines of a declaration with line `at` made harmless, or None when the rest of it could
    not be understood any better; `code` says what is wrong there."""
    head = lines[0].text
    in_code = _CODE.match(head) is not None
    if at == 0:
        if not in_code or len(lines) == 1:
            return None
        word = next(
            word for word in ("process", "work", "timer", "policy", "def") if re.search(rf"\b{word}\b", head)
        )
        name = name_in_head(lines[0]) or HOLE
        return [_as(lines[0], f"def {name}():" if word == "def" else f"{word} {name}:"), *lines[1:]]
    if code == "no-block":
        return _aligned(lines, at) if in_code else None
    if code == "bad-indent":
        # The line above becomes the beginning of the block that is missing.
        return (
            [*lines[: at - 1], _as(lines[at - 1], f"if {HOLE}:"), *lines[at:]] if in_code and at > 1 else None
        )
    if code == "stray-or" and first_word(lines[at]) != "or":
        begin = max((i for i in range(at + 1) if first_word(lines[i]) == "either"), default=0)
        return [*lines[:begin], _as(lines[begin], f"if {HOLE}:"), *lines[begin + 1 :]] if begin else None
    body = _deeper(lines, at)
    if head.startswith(("class", "word")):
        field = _as(lines[at], f"{first_word(lines[at]) or HOLE}: {HOLE}")
        return [*lines[:at], field, *lines[at + len(body) + 1 :]]
    if not in_code:
        return None
    if body and not opens_block(lines[at].text):
        body = []
        lines = [*lines[: at + 1], *lines[at + 1 + len(_deeper(lines, at)) :]]
    after = lines[at + 1 + len(body) :]
    if code in ("no-exceptions", "no-match"):
        body, after = _without_parts(body), _without_parts(after)
    return [*lines[:at], _as(lines[at], _harmless(lines[at], bool(body), after, code)), *body, *after]


def _aligned(lines: list[LogicalLine], at: int) -> list[LogicalLine] | None:
    """The line and those that belong to it give way to one in a block that is open above them."""
    width = lines[at].indent
    levels = [lines[0].indent]
    for line in lines[1:at]:
        levels = [level for level in levels if level < line.indent] + [line.indent]
    inner = [level for level in levels[1:] if level < width] or [level for level in levels if level > width]
    if not inner:
        return None
    end = at + 1
    while end < len(lines) and lines[end].indent >= width and lines[end].indent not in levels:
        end += 1
    return [*lines[:at], LogicalLine(lines[at].line, " " * inner[-1] + "pass"), *lines[end:]]


def _deeper(lines: list[LogicalLine], at: int) -> list[LogicalLine]:
    end = at + 1
    while end < len(lines) and lines[end].indent > lines[at].indent:
        end += 1
    return lines[at + 1 : end]


def _harmless(line: LogicalLine, opens: bool, after: list[LogicalLine], code: str) -> str:
    first = first_word(line)
    follows = first_word(after[0]) if after and after[0].indent == line.indent else ""
    if first in ("elif", "else", "or") and not code.startswith("stray"):
        begin = {
            "elif": f"elif {HOLE}:",
            "else": f"elif {HOLE}:" if follows in ("elif", "else") else "else:",
            "or": "or:",
        }[first]
    elif follows in ("elif", "else"):
        begin = f"if {HOLE}:"
    elif follows == "or":
        begin = "either:"
    elif opens:
        return f"while {HOLE}:" if first in ("while", "for") else f"if {HOLE}:"
    else:
        return "pass"
    return begin if opens else begin + " pass"


def _without_parts(lines: list[LogicalLine]) -> list[LogicalLine]:
    """The `except`, `finally` and `case` lines are part of the fault that was reported."""
    return [
        _as(line, f"if {HOLE}:" if _deeper(lines, i) else "pass")
        if first_word(line) in ("except", "finally", "case", "default")
        else line
        for i, line in enumerate(lines)
    ]


def first_word(line: LogicalLine) -> str:
    """The word that a line begins with, "" if it begins with none."""
    match = re.match(r"\s*(\w*)", line.text)
    return match[1] if match else ""


def _as(line: LogicalLine, text: str) -> LogicalLine:
    return LogicalLine(line.line, " " * line.indent + text)
