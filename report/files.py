"""Reports in files that are there whole or not at all."""

from __future__ import annotations

import contextlib
import json
import os
import secrets
from collections.abc import Iterable
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path

from ..check.result import Result
from ..check.states.graph import StateGraph
from .formats.data import described
from .formats.dot import dot_text
from .formats.html import html_text
from .formats.junit import junit_text
from .formats.markdown import markdown_text
from .formats.sarif import sarif_text
from .kinds import Target
from .recognise import is_report
from .visible import in_json


class CannotWrite(Exception):
    """A file that a report cannot be written to; the text is one line for the user."""


def report_text(
    kind: str, results: Iterable[Result], root: Path | None = None, graphs: Iterable[StateGraph] = (),
    made: str = "",
) -> str:  # fmt: skip
    """The report of a kind: junit, sarif, markdown, html, json or dot.

    Where that matters, files are named by their path from `root` (None: the working directory).  `graphs` are
    the states that html offers for stepping, and that dot draws; `made` is the date that html shows.  Raises
    ValueError for another kind.
    """
    results = tuple(results)
    match kind:
        case "junit":
            return junit_text(results)
        case "sarif":
            return sarif_text(results, own_version(), root or Path.cwd())
        case "markdown":
            return markdown_text(results)
        case "html":
            return html_text(results, own_version(), root or Path.cwd(), graphs, made)
        case "json":
            return json_text(results)
        case "dot":
            return dot_text(graphs)
        case _:
            raise ValueError(f"there is no report of kind {kind!r}")


def json_text(results: tuple[Result, ...]) -> str:
    """One result as an object, several as a list."""
    data = [described(result) for result in results]
    return in_json(json.dumps(data[0] if len(data) == 1 else data, indent=2, ensure_ascii=False)) + "\n"


def own_version() -> str:
    """The version of pfnspec."""
    try:
        return version("pfnspec")
    except PackageNotFoundError:
        return "(not installed)"


def check_targets(targets: Iterable[Target], models: Iterable[str]) -> None:
    """Raises CannotWrite for a file that certainly cannot be written, or must not be: one of `models`, and,
    where the user has not named it himself, one that is there already and is no report."""
    sources = {os.path.realpath(path) for path in models if path != "-"}
    seen: set[str] = set()
    for target in targets:
        path = target.path
        real = os.path.realpath(path)
        folder = os.path.dirname(real)
        if real in sources:
            raise CannotWrite(f"{path}: a report would overwrite the model")
        if real in seen:
            raise CannotWrite(f"{path}: two reports cannot go to one file")
        seen.add(real)
        if os.path.isdir(real):
            raise CannotWrite(f"{path}: is a directory")
        if os.path.exists(real) and not os.path.isfile(real):
            raise CannotWrite(f"{path}: is not a regular file")
        if not target.named and os.path.exists(real):
            _spare(path, real)
        if not os.path.isdir(folder):
            raise CannotWrite(f"{path}: there is no directory {os.path.dirname(path) or folder}")
        if not os.access(folder, os.W_OK | os.X_OK):
            raise CannotWrite(f"{path}: its directory cannot be written")


def _spare(path: Path, real: str) -> None:
    """Raises CannotWrite for a file that is no report."""
    try:
        ours = is_report(real)
    except OSError as fault:
        raise CannotWrite(f"{path}: {fault.strerror or fault}") from fault
    if not ours:
        raise CannotWrite(
            f"{path}: is there already and is no report of pfnspec; a configuration overwrites nothing else"
        )


def write(path: Path, text: str) -> None:
    """Puts `text` into a file that is never seen half written.  Raises CannotWrite."""
    real = os.path.realpath(path)
    folder, name = os.path.split(real)
    beside = os.path.join(folder, f".{name[:50]}.{secrets.token_hex(4)}")
    try:
        with open(beside, "x", encoding="utf-8", errors="backslashreplace", newline="\n") as file:
            file.write(text)
        os.replace(beside, real)
    except OSError as fault:
        raise CannotWrite(f"{path}: {fault.strerror or fault}") from fault
    finally:
        with contextlib.suppress(FileNotFoundError):
            os.unlink(beside)
