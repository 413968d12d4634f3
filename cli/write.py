"""What is written to the terminal: lines in which nothing is obeyed, wherever they come from."""

from __future__ import annotations

import os
import sys
from typing import TextIO

from ..report.text.ink import ink_for
from ..report.visible import harmless, visible


def put(text: str, stream: TextIO | None = None) -> None:
    """Writes lines of a report, to standard output unless a stream is given.  Raises OSError, but for
    standard error: where nobody hears what is wrong, the exit status still tells it."""
    to = stream or sys.stdout
    _write(harmless(text, colours=ink_for(to).on), to)


def put_line(line: str) -> None:
    """Writes a line, or several, to standard output."""
    put(f"{line}\n")


def complain(message: str) -> None:
    """One line for the user on standard error, whatever the message has in it."""
    put(f"pfnspec: {visible(message)}\n", sys.stderr)


def redraw(line: str = "") -> None:
    """Writes a line of standard error over; it stays until the next one."""
    _write(f"\r\x1b[K{visible(line)}", sys.stderr)


def data(text: str, stream: TextIO | None = None) -> None:
    """Writes what a program reads, as it is: JSON, a model, the code of a shell, commands of a terminal or of
    GitHub's runner."""
    _write(text, stream or sys.stdout)


def _write(text: str, stream: TextIO) -> None:
    try:
        stream.write(text)
        stream.flush()
    except OSError:
        if stream is not sys.stderr:
            raise
        discard(stream)


def discard(stream: TextIO) -> None:
    """What is still to be written goes nowhere, or Python would complain of it at its end."""
    try:
        stream.flush()
    except OSError:
        os.dup2(os.open(os.devnull, os.O_WRONLY), stream.fileno())
