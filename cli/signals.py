"""Ctrl-C and SIGTERM: while a command's modules are imported, and while it checks."""

from __future__ import annotations

import signal
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from types import FrameType

TOGETHER = 0.5
"""Seconds within which a second signal is the same wish: `timeout` and others send one to the process and one
to its group."""


@contextmanager
def held_back() -> Iterator[None]:
    """Lets no Ctrl-C come between: it is raised at the end.

    One that breaks off an import leaves modules half made, and Python with the mark of an interrupt that
    nobody has dealt with, which becomes the exit status.
    """
    usual = signal.default_int_handler
    if (
        signal.getsignal(signal.SIGINT) is not usual
        or threading.current_thread() is not threading.main_thread()
    ):
        yield
        return
    came: list[int] = []
    signal.signal(signal.SIGINT, lambda number, frame: came.append(number))
    try:
        yield
    finally:
        signal.signal(signal.SIGINT, usual)
    if came:
        raise KeyboardInterrupt


def stop_on_signals(cancel: threading.Event, clock: Callable[[], float] = time.monotonic) -> None:
    """The first Ctrl-C, or SIGTERM, ends the check with what is known; a later Ctrl-C ends it at once.

    A second SIGTERM is no more than the first: what is known is still told, and reports are written.
    """
    first: list[float] = []

    def stop(number: int, frame: FrameType | None) -> None:
        if not first:
            first.append(clock())
            cancel.set()
        elif number == signal.SIGINT and clock() - first[0] > TOGETHER:
            raise KeyboardInterrupt

    signal.signal(signal.SIGINT, stop)
    signal.signal(signal.SIGTERM, stop)
