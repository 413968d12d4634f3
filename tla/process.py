"""The life of one JVM: started in a session of its own, ended with certainty.

On Linux the kernel kills it when this process dies, however that happens (`tether`). The kernel ties that
to the *thread* that started the child, so all children are started by one thread that lives as long as
the process. On other systems a JVM is ended by `end` on every way out of `run`, but outlives a process
that is itself killed with SIGKILL.
"""

from __future__ import annotations

import atexit
import os
import queue
import signal
import subprocess
import sys
import threading
from collections.abc import Mapping, Sequence
from concurrent.futures import Future
from contextlib import suppress
from pathlib import Path

TERM_SECONDS = 1.0
"""How long a JVM gets to end by itself before it is killed."""

Child = subprocess.Popen[bytes]

_TETHER = Path(__file__).with_name("tether.py")


def start(command: Sequence[str], directory: Path, environment: Mapping[str, str]) -> Child:
    """Starts `command` in `directory` with pipes for its output and nothing to read. Raises `OSError`."""
    order: Future[Child] = Future()
    _starter().put((order, list(command), directory, dict(environment)))
    try:
        return order.result()
    except BaseException:
        order.add_done_callback(_end_unwanted)
        raise


def _end_unwanted(order: Future[Child]) -> None:
    """A child whose starting was interrupted, by Ctrl-C say, has nobody else to end it."""
    if not order.cancelled() and order.exception() is None:
        end(order.result())


def end(child: Child) -> None:
    """Ends the whole process group, kindly and then not, and waits for it. May be called more than once."""
    try:
        if child.poll() is None:
            _signal(child, signal.SIGTERM)
            with suppress(subprocess.TimeoutExpired):
                child.wait(TERM_SECONDS)
    finally:
        if child.poll() is None:
            _signal(child, signal.SIGKILL)
    child.wait()


def wait(child: Child, seconds: float) -> int | None:
    """The exit code (negative for a signal), or None when the child still runs after `seconds`."""
    try:
        return child.wait(max(0.0, seconds))
    except subprocess.TimeoutExpired:
        return None


def _signal(child: Child, number: int) -> None:
    """To the process group, which is the child's own; its number cannot be reused before we wait for it."""
    with suppress(ProcessLookupError, PermissionError):
        if os.name == "nt":
            child.kill()
        else:
            os.killpg(child.pid, number)


_Order = tuple["Future[Child]", list[str], Path, dict[str, str]]
_lock = threading.Lock()
_queue: queue.SimpleQueue[_Order] | None = None


def _starter() -> queue.SimpleQueue[_Order]:
    global _queue
    with _lock:
        if _queue is None:
            _queue = queue.SimpleQueue()
            threading.Thread(target=_start_forever, args=(_queue,), name="tlc starter", daemon=True).start()
        return _queue


def _start_forever(orders: queue.SimpleQueue[_Order]) -> None:
    while True:
        order, command, directory, environment = orders.get()
        try:
            order.set_result(_start(command, directory, environment))
        except BaseException as error:
            order.set_exception(error)
        del order


def _start(command: list[str], directory: Path, environment: dict[str, str]) -> Child:
    tether = _tether()
    if tether:
        _must_be_program(command[0])
    child = subprocess.Popen(
        [*tether, *command],
        cwd=directory,
        env=environment,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        start_new_session=True,
    )
    if not tether:
        _children.append(child)
        _children[:] = [known for known in _children if known.returncode is None]
    return child


def _tether() -> list[str]:
    """The words to put before a command, none where there is no such thing or no Python to do it."""
    if not sys.platform.startswith("linux") or getattr(sys, "frozen", False) or not sys.executable:
        return []
    if not _TETHER.is_file():
        return []
    return [sys.executable, "-I", "-S", os.fspath(_TETHER), str(os.getpid())]


def _must_be_program(path: str) -> None:
    if not os.path.exists(path):
        raise FileNotFoundError(2, "No such file or directory", path)
    if not os.access(path, os.X_OK):
        raise PermissionError(13, "Permission denied", path)


_children: list[Child] = []


def _after_fork() -> None:
    global _queue, _lock
    _queue, _lock = None, threading.Lock()
    _children.clear()


@atexit.register
def _end_untethered() -> None:
    for child in _children:
        if child.poll() is None:
            end(child)


if hasattr(os, "register_at_fork"):
    os.register_at_fork(after_in_child=_after_fork)
