"""TLC as the tests ask it: what it has answered before is not asked again (see `answers.py`).

A command cannot tell: an answer looks like that of a run, also where no cache may be used.  Runs that are to
be stopped, that leave their files, or that have another Java or jar are TLC's own, as are all commands in
a process of their own, and all of `tests/tla`.
"""

from __future__ import annotations

import importlib
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from functools import cache
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest
from pfnspec import tla
from pfnspec.check.saved.store import Store

ASKING = ("pfnspec.check.runs", "pfnspec.recording.second", "comparisons")
"""The modules that ask TLC, each by the name `tla`."""

NO_LIMITS = tla.Limits()


class Knowing(ModuleType):
    """The package `tla`, whose `run` knows the answers in a folder, and keeps others there."""

    def __init__(self, folder: Path) -> None:
        super().__init__("tla")
        self.store = Store(folder)

    def __getattr__(self, name: str) -> Any:
        return getattr(tla, name)

    def run(
        self, job: tla.Job, tools: tla.Tools, limits: tla.Limits = NO_LIMITS, **others: Any
    ) -> tla.Outcome:
        """As `tla.run`."""
        own = limits.distinct_states is not None or others.get("keep") is not None or job.jvm_flags
        if own or others.get("memory") is not None or not _usual(tools):
            return tla.run(job, tools, limits, **others)
        outcome = tla.run(job, tools, limits, **{**others, "memory": self.store})
        return replace(outcome, remembered=False)


@contextmanager
def knowing(folder: Path) -> Iterator[None]:
    """All that asks TLC in this process is `Knowing` meanwhile."""
    known = Knowing(folder)
    with pytest.MonkeyPatch.context() as patch:
        for name in ASKING:
            patch.setattr(importlib.import_module(name), "tla", known)
        yield


def _usual(tools: tla.Tools) -> bool:
    return (tools.java, tools.jar) == _tools()


@cache
def _tools() -> tuple[Path, Path]:
    with pytest.MonkeyPatch.context() as patch:
        for name in ("PFNSPEC_JAVA", "PFNSPEC_TLA2TOOLS"):
            patch.delenv(name, raising=False)
        found = tla.find_tools()
    return found.java, found.jar
