"""Small models to check, and processes to watch."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path

import pytest

GOOD = '''"""Two tasks count under a lock."""
model good

const TASKS: int = 2

shared count: range(TASKS + 1) = 0
shared lock: spinlock

process taker[TASKS]:
    with lock:
        count += 1
'''
BAD = '''"""Two tasks count without a lock."""
model bad

const TASKS: int = 2

shared count: range(TASKS + 1) = 0
shared done: range(TASKS + 1) = 0

process taker[TASKS]:
    count += 1
    atomic:
        done += 1

process judge:
    await done == TASKS
    assert count == TASKS, "lost update"
'''
ENDLESS = '''"""More states than can be searched in the time of a test."""
model endless

const TOP: int = 4000

shared a: range(TOP) = 0
shared b: range(TOP) = 0

process left:
    while True:
        atomic:
            a = (a + 1) % TOP

process right:
    while True:
        atomic:
            b = (b + 1) % TOP
'''

MATRIX = '''"""Two policies in two scenarios, of which one has more states than can be searched."""
model matrix

const TOP: int = 2

policies block, resched

shared a: range(TOP) = 0
shared b: range(TOP) = 0
shared ready: bool = False
shared wq: waitqueue

process left:
    while True:
        atomic:
            a = (a + 1) % TOP

process right:
    while True:
        atomic:
            b = (b + 1) % TOP

process giver:
    ready = True
    wake_up(wq)

process waiter:
    wait until ready on wq

scenario small:
    TOP = 2

scenario large:
    TOP = 4000

property ends: eventually waiter at end
'''


@pytest.fixture(scope="session")
def models(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with good.pfn, bad.pfn (a lost update), expected.pfn (which expects it), endless.pfn, and
    matrix.pfn, some of whose cells are endless."""
    folder = tmp_path_factory.mktemp("models")
    texts = {
        "good": GOOD,
        "bad": BAD,
        "expected": BAD.replace("model bad", "model expected") + '\nexpect "lost update" violated\n',
        "endless": ENDLESS,
        "matrix": MATRIX,
    }
    for name, text in texts.items():
        (folder / f"{name}.pfn").write_text(text, encoding="utf-8")
    return folder


@pytest.fixture
def temporary(tmp_path: Path) -> Path:
    """A folder of temporary files for one command, which has to leave it empty."""
    folder = tmp_path / "temporary"
    folder.mkdir()
    return folder


Started = Callable[..., "subprocess.Popen[str]"]


@pytest.fixture
def start(command_environment: Mapping[str, str], archive: None, temporary: Path) -> Iterator[Started]:
    """Starts `pfnspec` with these arguments; its temporary files go to `temporary`.  Ended with the test."""
    running: list[subprocess.Popen[str]] = []

    def started(*arguments: object) -> subprocess.Popen[str]:
        child = subprocess.Popen(
            [sys.executable, "-m", "pfnspec", *map(str, arguments)],
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            encoding="utf-8",
            env={**command_environment, "TMPDIR": os.fspath(temporary)},
        )
        running.append(child)
        return child

    yield started
    for child in running:
        if child.poll() is None:
            child.kill()
        child.communicate()


@pytest.fixture(scope="session")
def on_terminal() -> Callable[..., tuple[int, str]]:
    """Runs `pfnspec` on a terminal on which `typed` is typed; exit status and output."""

    def run(
        words: list[str], environment: Mapping[str, str], cwd: Path, columns: int = 90, typed: bytes = b""
    ) -> tuple[int, str]:
        import fcntl
        import pty
        import struct
        import termios

        ours, theirs = pty.openpty()
        fcntl.ioctl(theirs, termios.TIOCSWINSZ, struct.pack("HHHH", 40, columns, 0, 0))
        child = subprocess.Popen(
            [sys.executable, "-m", "pfnspec", *words],
            stdin=theirs,
            stdout=theirs,
            stderr=theirs,
            env=dict(environment),
            cwd=cwd,
            start_new_session=True,
        )
        os.close(theirs)
        os.write(ours, typed)
        parts: list[bytes] = []
        while True:
            try:
                part = os.read(ours, 65536)
            except OSError:
                break
            if not part:
                break
            parts.append(part)
        os.close(ours)
        return child.wait(60), b"".join(parts).decode("utf-8").replace("\r\n", "\n")

    return run
