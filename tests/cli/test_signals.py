"""Checks that are interrupted: a clean end with what is known, no Java left, no folder left."""

from __future__ import annotations

import os
import signal
import sys
import time
from collections.abc import Callable
from pathlib import Path
from subprocess import Popen

import pytest

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="POSIX signals")

Start = Callable[..., "Popen[str]"]
Javas = Callable[[Path], list[int]]
Eventually = Callable[..., bool]


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_a_signal_ends_the_check_with_what_is_known(
    start: Start, javas: Javas, eventually: Eventually, models: Path, temporary: Path, number: signal.Signals
) -> None:
    child = start("check", models / "endless.pfn")
    assert eventually(lambda: javas(temporary))
    time.sleep(1)
    child.send_signal(number)
    told = time.monotonic()
    out, err = child.communicate(timeout=30)
    assert time.monotonic() - told < 10
    assert child.returncode == 3
    assert "not decided" in out
    assert "stopped: it was interrupted" in out
    assert err == ""
    assert javas(temporary) == []
    assert list(temporary.iterdir()) == []


def test_a_signal_ends_all_files(
    start: Start, javas: Javas, eventually: Eventually, models: Path, temporary: Path
) -> None:
    child = start("check", models / "endless.pfn", models / "good.pfn")
    assert eventually(lambda: javas(temporary))
    child.send_signal(signal.SIGINT)
    out, _ = child.communicate(timeout=30)
    assert child.returncode == 3
    assert "good" not in out


def test_java_killed(
    start: Start, javas: Javas, eventually: Eventually, models: Path, temporary: Path
) -> None:
    child = start("check", models / "endless.pfn")
    assert eventually(lambda: javas(temporary))
    time.sleep(0.7)
    for pid in javas(temporary):
        os.kill(pid, signal.SIGKILL)
    out, err = child.communicate(timeout=30)
    assert (child.returncode, out) == (4, "")
    assert err.startswith("pfnspec: ")
    assert len(err.splitlines()) == 1
    assert list(temporary.iterdir()) == []


def test_pfnspec_killed(
    start: Start, javas: Javas, eventually: Eventually, models: Path, temporary: Path
) -> None:
    if not sys.platform.startswith("linux"):
        pytest.skip("only Linux can end the children of a process that is killed")
    child = start("check", models / "endless.pfn")
    assert eventually(lambda: javas(temporary))
    time.sleep(0.5)
    child.kill()
    assert eventually(lambda: javas(temporary) == [])


def test_a_signal_before_anything_has_started(start: Start, models: Path, temporary: Path) -> None:
    for delay in (0.05, 0.15, 0.3, 0.5):
        child = start("check", models / "endless.pfn")
        time.sleep(delay)
        child.send_signal(signal.SIGTERM)
        child.communicate(timeout=30)
        assert child.returncode in (3, -signal.SIGTERM)
        assert list(temporary.iterdir()) == []
