"""The kinds of report: a module of its own, because reading a command line must not cost more."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

KINDS = ("junit", "sarif", "markdown", "html", "json", "dot")
"""What `--report` takes."""

WITH_STATES = ("html", "dot")
"""Kinds that show states of the model besides results."""


@dataclass(frozen=True, slots=True)
class Target:
    """A report that is asked for: its kind, its file, and whether that is `named` by the user himself.

    A configuration may be a stranger's: what it names is written only where nothing else is lost.
    """

    kind: str
    path: Path
    named: bool
