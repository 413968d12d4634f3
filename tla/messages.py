"""Reads what TLC writes under ``-tool``: messages told apart by number, never by their English.

    @!@!@STARTMSG 2193:0 @!@!@
    Model checking completed. No error has been found.
    @!@!@ENDMSG 2193 @!@!@

Everything else (SANY's lines, what the specification prints, words of the JVM) is a `Bare` line.
The reader never fails: it passes unknown numbers on, yields a message inside another one first and the
outer one when that ends, and marks a message that is cut off, as when the JVM is killed.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import TypeAlias


@dataclass(frozen=True, slots=True)
class Message:
    """One message. `text` is its body without the two marker lines and without a final newline."""

    number: int
    severity: int
    """0 plain, 1 error, 2 bug of TLC, 3 warning, 4 state of a trace."""
    text: str
    complete: bool = True
    """False when the output ended inside the message."""
    inside: int | None = None
    """The number of the message in whose body this one stands, the cause of an error for instance."""


@dataclass(frozen=True, slots=True)
class Bare:
    """One line outside every message, without its line end."""

    text: str


Item: TypeAlias = Message | Bare

ERROR, TLC_BUG, WARNING, STATE = 1, 2, 3, 4

_START = re.compile(r"(.*?)@!@!@STARTMSG (-?\d+)(?::(\d+))? @!@!@\s*")
_END = re.compile(r"(.*?)@!@!@ENDMSG (-?\d+) @!@!@\s*")


@dataclass(slots=True)
class _Open:
    number: int
    severity: int
    lines: list[str]

    def close(self, *, complete: bool, around: list[_Open]) -> Message:
        inside = around[-1].number if around else None
        return Message(self.number, self.severity, "\n".join(self.lines), complete, inside)


class Reader:
    """Takes lines one at a time and says what each completes; `finish` gives what was cut off."""

    def __init__(self) -> None:
        self._open: list[_Open] = []

    def line(self, line: str) -> Iterator[Item]:
        """The items completed by this line (its line end does not matter): mostly none or one."""
        line = line.rstrip("\r\n")
        if "@!@!@" in line:
            if start := _START.fullmatch(line):
                yield from self._plain(start.group(1))
                self._open.append(_Open(int(start.group(2)), int(start.group(3) or 0), []))
                return
            if (end := _END.fullmatch(line)) and self._is_open(int(end.group(2))):
                yield from self._plain(end.group(1))
                yield from self._close(int(end.group(2)))
                return
        if line or self._open:
            yield from self._plain(line, empty=True)

    def finish(self) -> Iterator[Item]:
        """The messages which the end of the output cut off, innermost first."""
        while self._open:
            yield self._open.pop().close(complete=False, around=self._open)

    def _is_open(self, number: int) -> bool:
        return any(message.number == number for message in self._open)

    def _plain(self, text: str, *, empty: bool = False) -> Iterator[Item]:
        if not text and not empty:
            return
        if self._open:
            self._open[-1].lines.append(text)
        else:
            yield Bare(text)

    def _close(self, number: int) -> Iterator[Item]:
        while True:
            message = self._open.pop()
            yield message.close(complete=message.number == number, around=self._open)
            if message.number == number:
                return


def read_messages(lines: Iterable[str]) -> Iterator[Item]:
    """All items of an output, in order of completion."""
    reader = Reader()
    for line in lines:
        yield from reader.line(line)
    yield from reader.finish()
