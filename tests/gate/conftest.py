"""Checkouts, and the gate to run in them."""

from __future__ import annotations

import signal
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from checkout import Checkout, Ran
from pfnspec.cli.main import main


@pytest.fixture
def checkout(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Checkout]:
    """A checkout that is the current folder, outside of any job of GitHub Actions."""
    for name in ("GITHUB_ACTIONS", "GITHUB_STEP_SUMMARY", "GITHUB_WORKSPACE"):
        monkeypatch.delenv(name, raising=False)
    made = Checkout(tmp_path / "project")
    monkeypatch.chdir(made.folder)
    before = signal.getsignal(signal.SIGINT), signal.getsignal(signal.SIGTERM)
    yield made
    signal.signal(signal.SIGINT, before[0])
    signal.signal(signal.SIGTERM, before[1])


@pytest.fixture
def gate(capsys: pytest.CaptureFixture[str]) -> Callable[..., Ran]:
    """Runs `pfnspec gate --base main` with more words; the status and what was printed."""

    def run(*words: object, base: str = "main", check: bool = False) -> Ran:
        try:
            more = [] if check else ["--no-check"]
            status = main(["gate", "--base", base, "--width", "300", *more, *map(str, words)])
        except SystemExit as left:
            status = int(left.code or 0)
        out, err = capsys.readouterr()
        assert "Traceback" not in err
        assert "mistake in pfnspec" not in err
        return status, out, err

    return run
