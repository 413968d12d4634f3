"""Each command in a process of its own: it starts, and says there what it says among the tests.

Most other tests run commands in the process of the tests, where everything is imported already.
"""

from __future__ import annotations

import os
import re
import signal
import threading
from collections.abc import Callable
from pathlib import Path
from subprocess import CompletedProcess, TimeoutExpired

import pytest

Run = Callable[..., "CompletedProcess[str]"]

COMMANDS = (
    "--help",
    "--version",
    "check bad.pfn --engine interpreter",
    "check bad.pfn --engine interpreter --format json",
    "check good.pfn",
    "check no_such.pfn",
    "check --no-such-option",
    "translate good.pfn",
    "translate good.pfn --program",
    "simulate bad.pfn --seed 1",
    "fmt --check good.pfn",
    "fmt -",
    "explain deadlock",
    "explain no_such_word",
    "completion bash",
    "trace -",
    "merge -",
    "gate --base no_such_base",
    "diff good.pfn bad.pfn --no-check",
    "lsp",
)


def normal(ran: CompletedProcess[str]) -> tuple[int, str, str]:
    """Without what differs from run to run."""
    out = re.sub(r"\d+\.\d s in all", "", ran.stdout)
    return ran.returncode, re.sub(r'"seconds": ?[\d.e-]+', "", out), ran.stderr


@pytest.mark.parametrize("command", COMMANDS)
def test_by_itself(pfnspec: Run, models: Path, command: str) -> None:
    words = command.split()
    given = (models / "good.pfn").read_text(encoding="utf-8") if words == ["fmt", "-"] else ""
    alone = pfnspec(*words, cwd=models, input=given, process=True)
    if words != ["lsp"]:
        # A server owns its process: it reads the streams below Python's, and ends with them.
        assert normal(pfnspec(*words, cwd=models, input=given)) == normal(alone)
    assert alone.stdout or alone.stderr or words in (["lsp"], ["fmt", "--check", "good.pfn"])


def test_ctrl_c_among_the_tests_is_for_them(pfnspec: Run, models: Path) -> None:
    """A command that is interrupted ends in good order; whoever runs the tests wants all of them to end."""
    timer = threading.Timer(0.5, lambda: os.kill(os.getpid(), signal.SIGINT))
    timer.start()
    try:
        with pytest.raises(KeyboardInterrupt):
            pfnspec("check", models / "endless.pfn", "--engine", "interpreter")
    finally:
        timer.join()


def test_a_command_among_the_tests_that_does_not_end(pfnspec: Run, models: Path) -> None:
    with pytest.raises(TimeoutExpired):
        pfnspec("check", models / "endless.pfn", "--engine", "interpreter", timeout=1)
    assert signal.getsignal(signal.SIGINT) is signal.default_int_handler
