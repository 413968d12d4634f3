"""Messages as they come over the pipe: those that can be read, whatever lies between them."""

from __future__ import annotations

import re
from typing import BinaryIO

LARGEST = 256 * 1024 * 1024
"""Bytes of the largest message that is read."""

_LONGEST_LINE = 64 * 1024
# At the end of a line: what a message with a wrong header left behind may stand before it.
_LENGTH = re.compile(rb"content-length:[ \t]*([0-9]+)[ \t]*\r?\n\Z", re.IGNORECASE)


class Frames:
    """A stream of messages, each behind its headers, as the library reads it: line by line, then the body.

    Headers without a length, and a length that no message has, are passed over with what follows them, up to
    the next header that has one.
    """

    def __init__(self, stream: BinaryIO) -> None:
        self.stream = stream
        self.lines: list[bytes] = []

    def readline(self) -> bytes:
        """The next line of a header: the length of the next message, then an empty line; b"" at the end."""
        if not self.lines:
            length = self._next()
            if length is None:
                return b""
            self.lines = [b"Content-Length: %d\r\n" % length, b"\r\n"]
        return self.lines.pop(0)

    def read(self, count: int) -> bytes:
        """So many bytes of a body, or all up to the end."""
        return self.stream.read(count)

    def _next(self) -> int | None:
        """Reads the headers of the next message; its length, None when there is none any more."""
        length = 0
        while line := self.stream.readline(_LONGEST_LINE):
            match = _LENGTH.search(line)
            if match:
                length = int(match[1]) if len(match[1]) < 20 else 0
                length = length if length <= LARGEST else 0
            elif length and not line.strip():
                return length
        return None
