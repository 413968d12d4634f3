"""Checks that are interrupted: a clean end with what is known, no Java left, no folder left."""

from __future__ import annotations

import json
import os
import shutil
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from subprocess import Popen

import pytest
from pfnspec.cli.signals import held_back, stop_on_signals

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


def test_two_at_once_are_one(
    start: Start, javas: Javas, eventually: Eventually, models: Path, temporary: Path, tmp_path: Path
) -> None:
    """`timeout` sends SIGTERM to the process and to its group: what is known is told and written."""
    child = start("check", models / "endless.pfn", "--report", f"json={tmp_path / 'r.json'}")
    assert eventually(lambda: javas(temporary))
    child.send_signal(signal.SIGTERM)
    child.send_signal(signal.SIGTERM)
    out, err = child.communicate(timeout=30)
    assert (child.returncode, err) == (3, "")
    assert "stopped: it was interrupted" in out
    assert json.loads((tmp_path / "r.json").read_text(encoding="utf-8"))["stopped"] == "interrupted"


@pytest.fixture
def handlers() -> Iterator[None]:
    """Puts back what was there."""
    before = {number: signal.getsignal(number) for number in (signal.SIGINT, signal.SIGTERM)}
    yield
    for number, handler in before.items():
        signal.signal(number, handler)


@pytest.mark.usefixtures("handlers")
def test_which_signal_ends_it_at_once() -> None:
    now, cancel = [0.0], threading.Event()
    stop_on_signals(cancel, lambda: now[0])
    signal.raise_signal(signal.SIGTERM)
    assert cancel.is_set()
    signal.raise_signal(signal.SIGTERM)
    signal.raise_signal(signal.SIGINT)
    now[0] = 60.0
    signal.raise_signal(signal.SIGTERM)
    with pytest.raises(KeyboardInterrupt):
        signal.raise_signal(signal.SIGINT)


@pytest.mark.usefixtures("handlers")
def test_an_interrupt_waits_for_the_end_of_an_import() -> None:
    signal.signal(signal.SIGINT, signal.default_int_handler)
    done: list[bool] = []

    def imported() -> None:
        with held_back():
            signal.raise_signal(signal.SIGINT)
            done.append(True)

    with pytest.raises(KeyboardInterrupt):
        imported()
    assert done
    assert signal.getsignal(signal.SIGINT) is signal.default_int_handler


INTERRUPTED = """
import os, signal, sys
from importlib.abc import MetaPathFinder
from pfnspec.cli.main import main

class Interrupting(MetaPathFinder):
    def find_spec(self, name, path, target=None):
        if name == sys.argv[1]:
            sys.meta_path.remove(self)
            # What a dataclass does when it is made: code that is made at run time.
            exec("os.kill(os.getpid(), signal.SIGINT)")

sys.meta_path.insert(0, Interrupting())
sys.exit(main(sys.argv[2:]))
"""


@pytest.mark.parametrize(
    ("module", "words"),
    [
        ("pfnspec.check.load", ["check", "good.pfn"]),
        ("pfnspec.gate.change", ["gate", "--base", "HEAD"]),
        ("pfnspec.gate.change", ["diff", "good.pfn", "bad.pfn", "--check"]),
        ("pfnspec.translator.emit.emit", ["translate", "good.pfn"]),
        ("pfnspec.translator.retrace.simulate", ["simulate", "good.pfn"]),
        ("pfnspec.dsl.syntax.fmt", ["fmt", "--check", "good.pfn"]),
    ],
    ids=lambda value: value[0] if isinstance(value, list) else None,
)
def test_an_interrupt_while_modules_are_imported(
    command_environment: Mapping[str, str], models: Path, tmp_path: Path, module: str, words: list[str]
) -> None:
    """As `python -m` runs it, which has an exit status of its own for an interrupt that nobody caught."""
    (tmp_path / "interrupted.py").write_text(INTERRUPTED, encoding="utf-8")
    if words[0] == "gate":
        for arguments in (["init", "-q"], ["add", "."], ["commit", "-q", "-m", "x"]):
            own = ["git", "-c", "user.name=x", "-c", "user.email=x@y", *arguments]
            shutil.copy(models / "good.pfn", tmp_path)
            subprocess.run(own, cwd=tmp_path, check=True)
    ran = subprocess.run(
        [sys.executable, "-m", "interrupted", module, *words],
        env={**command_environment, "PYTHONPATH": os.fspath(tmp_path)},
        cwd=tmp_path if words[0] == "gate" else models, capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert ran.returncode == 3, ran.stderr
    assert "Traceback" not in ran.stderr


def test_an_interrupt_in_code_that_is_made_at_run_time(
    command_environment: Mapping[str, str], tmp_path: Path
) -> None:
    text = "import sys\nimport pfnspec.cli.commands.explain as explain\nfrom pfnspec.cli.main import main\n"
    text += "def run(options):\n    exec('raise KeyboardInterrupt')\nexplain.run = run\n"
    (tmp_path / "late.py").write_text(text + "sys.exit(main(['explain']))\n", encoding="utf-8")
    environment = {**command_environment, "PYTHONPATH": os.fspath(tmp_path)}
    ran = subprocess.run(
        [sys.executable, "-m", "late"], env=environment, capture_output=True, text=True, check=False
    )
    assert (ran.returncode, ran.stderr) == (3, "pfnspec: interrupted\n")


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
        # The small scenario has two runs, each for both policies.
        seen.update(javas(temporary))
        return len(seen) > 2

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
