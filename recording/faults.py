"""What makes a recording unreadable, in words."""

from __future__ import annotations


class Fault(Exception):
    """A recording cannot be read, or not with this binding.

    `line` counts from 1, 0 where no line is meant; `text` is that line, `advice` a way out.
    """

    def __init__(self, message: str, line: int = 0, text: str = "", advice: str = "") -> None:
        super().__init__(message)
        self.message = message
        self.line = line
        self.text = text
        self.advice = advice
