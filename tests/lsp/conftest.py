"""Sessions with a server, for all tests of what an editor shows."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path

import pytest

from .session import Session, Start


@pytest.fixture
def start(command_environment: Mapping[str, str], tmp_path: Path) -> Iterator[Start]:
    """Starts sessions, whose temporary files go to `tmp_path / "temporary"`; ended with the test."""
    temporary = tmp_path / "temporary"
    temporary.mkdir()
    running: list[Session] = []

    def started(**settings: int) -> Session:
        running.append(Session({**command_environment, "TMPDIR": os.fspath(temporary)}, **settings))
        return running[-1]

    yield started
    for session in running:
        session.kill()


@pytest.fixture
def opened(start: Start, tmp_path: Path) -> Callable[..., tuple[Session, str]]:
    """Starts a session with a model open; the session and the document's uri."""

    def open_(text: str, **settings: int) -> tuple[Session, str]:
        path = tmp_path / "model.pfn"
        path.write_text(text, encoding="utf-8")
        session = start(**settings)
        return session, session.open(path)

    return open_
