"""Checks that are interrupted: a clean end with what is known, no Java left, no folder left."""

from __future__ import annotations

import json
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
    child.send_signal(number)
    out, err = child.communicate(timeout=30)
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


# -- in the middle of a matrix


def test_a_signal_in_a_matrix(
    start: Start, javas: Javas, eventually: Eventually, models: Path, temporary: Path
) -> None:
    """What was decided stays so; the rest is not decided, never held."""
    child = start("check", models / "matrix.pfn", "--jobs", "2")
    seen: set[int] = set()

    def the_large_one_is_searched() -> bool:
        # The small scenario has two runs under each of two policies.
        seen.update(javas(temporary))
        return len(seen) > 4

    assert eventually(the_large_one_is_searched, 120)
    child.send_signal(signal.SIGINT)
    out, err = child.communicate(timeout=30)
    assert (child.returncode, err) == (3, "")
    assert "not decided" in out
    assert "holds" in out
    assert "stopped: it was interrupted" in out
    assert javas(temporary) == []
    assert list(temporary.iterdir()) == []


@pytest.mark.parametrize("limit", [("--timeout", "11"), ("--run-timeout", "3")])
def test_a_limit_in_a_matrix(
    start: Start, javas: Javas, models: Path, temporary: Path, limit: tuple[str, str]
) -> None:
    child = start("check", models / "matrix.pfn", "--format", "json", *limit)
    out, err = child.communicate(timeout=120)
    assert (child.returncode, err) == (3, "")
    outcomes: dict[str, set[str]] = {}
    for verdict in json.loads(out)["verdicts"]:
        outcomes.setdefault(verdict["scenario"], set()).add(verdict["outcome"])
    assert "holds" in outcomes["small"]
    assert outcomes["large"] == {"not decided"}
    assert javas(temporary) == []
    assert list(temporary.iterdir()) == []


def test_java_killed_in_a_matrix(
    start: Start, javas: Javas, eventually: Eventually, models: Path, temporary: Path
) -> None:
    """One JVM dies: the check fails as a whole, and takes the others with it."""
    child = start("check", models / "matrix.pfn", "--scenario", "large", "--jobs", "2")
    assert eventually(lambda: len(javas(temporary)) == 2)
    os.kill(javas(temporary)[0], signal.SIGKILL)
    out, err = child.communicate(timeout=60)
    assert (child.returncode, out) == (4, "")
    assert len(err.splitlines()) == 1
    assert javas(temporary) == []
    assert list(temporary.iterdir()) == []
