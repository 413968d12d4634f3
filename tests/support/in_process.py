"""Runs `pfnspec` in the process of the tests: a command takes ten milliseconds instead of half a second.

What a command sees of its surroundings is what a process of its own would see: the environment, the current
folder, the three streams, the folder for temporary files.  All of them, and what it does to signals, are as
they were when it has ended.
"""

from __future__ import annotations

import _thread
import io
import os
import signal
import sys
import tempfile
import threading
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from pathlib import Path
from subprocess import CompletedProcess, TimeoutExpired
from typing import TYPE_CHECKING

from pfnspec.cli.main import main

if TYPE_CHECKING:
    from _typeshed import ReadableBuffer

AT_START = ("PYTHON", "LC_", "LANG", "LD_")
"""How the names of those variables begin that only a process which starts looks at."""


def called(
    words: Sequence[str], environment: Mapping[str, str], cwd: Path, given: str | None, seconds: float
) -> CompletedProcess[str]:
    """Status, output and error output of `pfnspec` with these words and with `given` to read.

    Raises TimeoutExpired, KeyboardInterrupt when somebody wants to end the tests, and what `main` raises: it
    should raise nothing.  To be called in the main thread, as signals are.
    """
    out, err = io.BytesIO(), io.BytesIO()
    late = threading.Event()

    def interrupt() -> None:
        late.set()
        _thread.interrupt_main()

    timer = threading.Timer(seconds, interrupt)
    timer.daemon = True
    with _signals() as came, _surroundings(environment, cwd, (given or "").encode(), out, err):
        timer.start()
        try:
            status = main(list(words))
        except SystemExit as left:
            status = left.code if isinstance(left.code, int) else 0 if left.code is None else 1
        finally:
            timer.cancel()
            sys.stdout.flush()
            sys.stderr.flush()
    if late.is_set():
        raise TimeoutExpired(["pfnspec", *words], seconds, _text(out), _text(err))
    if came:
        # The command took it for its own, and ended in good order.
        raise KeyboardInterrupt
    return CompletedProcess(["pfnspec", *words], status, _text(out), _text(err))


@contextmanager
def _signals() -> Iterator[bytearray]:
    """The numbers of the signals that came meanwhile, once it is over."""
    came = bytearray()
    reading, writing = os.pipe()
    os.set_blocking(reading, False)
    os.set_blocking(writing, False)
    before = signal.set_wakeup_fd(writing, warn_on_full_buffer=False)
    try:
        yield came
    finally:
        signal.set_wakeup_fd(before)
        with suppress(BlockingIOError):
            came += bytes(
                number for number in os.read(reading, 4096) if number in (signal.SIGINT, signal.SIGTERM)
            )
        os.close(reading)
        os.close(writing)


def _text(written: io.BytesIO) -> str:
    """As `subprocess` reads it."""
    return io.TextIOWrapper(io.BytesIO(written.getvalue()), encoding="utf-8").read()


@contextmanager
def _surroundings(
    environment: Mapping[str, str], cwd: Path, given: bytes, out: io.BytesIO, err: io.BytesIO
) -> Iterator[None]:
    streams, folder, temporary = (sys.stdin, sys.stdout, sys.stderr), os.getcwd(), tempfile.tempdir
    variables = dict(os.environ)
    handlers = {number: signal.getsignal(number) for number in (signal.SIGINT, signal.SIGTERM)}
    try:
        os.chdir(cwd)
        _set(environment)
        tempfile.tempdir = None
        sys.stdin = io.TextIOWrapper(io.BytesIO(given), encoding="utf-8")
        sys.stdout = io.TextIOWrapper(_Kept(out), encoding="utf-8", write_through=True)
        sys.stderr = io.TextIOWrapper(
            _Kept(err), encoding="utf-8", errors="backslashreplace", write_through=True
        )
        yield
    finally:
        for number, handler in handlers.items():
            signal.signal(number, handler)
        sys.stdin, sys.stdout, sys.stderr = streams
        tempfile.tempdir = temporary
        _set(variables)
        os.chdir(folder)


def _set(variables: Mapping[str, str]) -> None:
    for name in os.environ.keys() - variables.keys():
        del os.environ[name]
    os.environ.update(variables)


class _Kept(io.BytesIO):
    """Passes on what is written, and can be closed, as a wrapper does that nobody knows any more."""

    def __init__(self, to: io.BytesIO) -> None:
        super().__init__()
        self.to = to

    def write(self, data: ReadableBuffer) -> int:
        return self.to.write(data)
