"""Files as they are read, where a project begins, and where things are kept between runs."""

from __future__ import annotations

import os
import sys
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path

from ...dsl.diagnostics import Diagnostics
from ...dsl.source import Source, Span

MAX_BYTES = 4 * 1024 * 1024
_ROOT_MARKS = (".git", "pyproject.toml", "pfnspec.toml")

Contents = Callable[[str], bytes]
"""The content of a file by its path; raises OSError."""


def read(
    path: str, text: bytes | None = None, asked: Span | None = None, contents: Contents | None = None
) -> tuple[Source | None, Diagnostics, bytes]:
    """The source of a file with `\\n` line ends, what is wrong with it, and its bytes.

    `asked` is the place that asks for the file; `contents` is as for `load`.  A source with faults is good
    for showing them only.
    """
    diagnostics = Diagnostics()
    place = asked or Span(path, 1, 1, 1, 1)
    try:
        data = text if text is not None else (contents or from_disk)(path)
    except (OSError, ValueError) as fault:
        reason = fault.strerror if isinstance(fault, OSError) and fault.strerror else str(fault)
        diagnostics.add(
            "cannot-read", place, f"cannot read `{path}`: {reason}", "give the name of a file, or `-`"
        )
        return None, diagnostics, b""
    if len(data) > MAX_BYTES:
        diagnostics.add("cannot-read", place, f"`{path}` has more than {MAX_BYTES // 2**20} MiB")
        return None, diagnostics, data
    try:
        content = data.decode("utf-8-sig")
    except UnicodeDecodeError as fault:
        before = data[: fault.start].decode("utf-8-sig", "replace")
        diagnostics.add(
            "not-utf8", _position(path, before), "this byte is not UTF-8", "save the file as UTF-8"
        )
        return Source(path, data.decode("utf-8", "replace").replace("\r\n", "\n")), diagnostics, data
    content = content.replace("\r\n", "\n")
    source = Source(path, content)
    if "\0" in content:
        where = _position(path, content[: content.index("\0")])
        diagnostics.add("bad-character", where, "a NUL character", "save the file as plain text")
    return source, diagnostics, data


def content(path: str) -> bytes | None:
    """The bytes of a file, or of standard input, as `load` takes them; None when it cannot be read."""
    try:
        return from_disk(path)
    except (OSError, ValueError):
        return None


def is_there(path: str, contents: Contents | None = None) -> bool:
    """Whether there is a file to be read; a link that leads nowhere counts, and reading it tells that.
    `contents` is as for `load`."""
    if contents is None:
        return os.path.isfile(path) or (os.path.islink(path) and not os.path.exists(path))
    try:
        contents(path)
    except (OSError, ValueError):
        return False
    return True


def encoded(text: str | bytes | None) -> bytes | None:
    """A text as a file would hold it."""
    # What UTF-8 cannot hold is told when it is read.
    return text.encode("utf-8", "surrogatepass") if isinstance(text, str) else text


def _position(path: str, before: str) -> Span:
    """The character behind the text `before`."""
    line, column = before.count("\n") + 1, len(before) - (before.rfind("\n") + 1) + 1
    return Span(path, line, column, line, column + 1)


def from_disk(path: str) -> bytes:
    """The bytes of a file, or of standard input; too many of them are cut.  Raises OSError or ValueError."""
    if path == "-":
        # A notebook's has text only.
        stream = getattr(sys.stdin, "buffer", None)
        if stream is None:
            raise ValueError("there is no standard input")
        return bytes(stream.read(MAX_BYTES + 1))
    with open(path, "rb") as file:
        return file.read(MAX_BYTES + 1)


@dataclass(frozen=True, slots=True)
class Files:
    """Where files are looked for: whether there is something at a path, whether that is a file, and what is
    in it (raises OSError)."""

    exists: Callable[[str], bool]
    is_file: Callable[[str], bool]
    contents: Contents


def project(path: str | Path, exists: Callable[[str], bool] = os.path.exists) -> Path:
    """The root of the project that a file belongs to: the nearest folder above it with one of the marks,
    otherwise its own."""
    own = real_path(path).parent
    for folder in (own, *own.parents):
        if any(exists(os.fspath(folder / mark)) for mark in _ROOT_MARKS):
            return folder
    return own


def real_path(path: str | Path) -> Path:
    """Without links, as far as can be; nothing is raised for a name that no file has."""
    try:
        return Path(os.path.realpath(path))
    except ValueError:
        return Path(os.path.abspath(path))


DISK = Files(os.path.exists, os.path.isfile, from_disk)


def overlaid(texts: Mapping[str, str]) -> Contents:
    """Files as they are on the disk, but for those whose texts are given by their real paths."""

    def contents(path: str) -> bytes:
        text = texts.get(os.path.realpath(path))
        return from_disk(path) if text is None else text.encode("utf-8", "surrogatepass")

    return contents


def cache() -> Path | None:
    """The folder of what is kept between runs; None when there is none that can be written."""
    base = os.environ.get("PFNSPEC_CACHE") or os.environ.get("XDG_CACHE_HOME")
    try:
        folder = Path(base) / "pfnspec" if base else Path.home() / ".cache" / "pfnspec"
        folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    except (OSError, RuntimeError):
        return None
    return folder if os.access(folder, os.W_OK) else None


def verdict_cache() -> Path | None:
    """Where verdicts are kept between runs; None when there is no such place."""
    folder = cache()
    return None if folder is None else folder / "verdicts"


def grammar_cache() -> str | None:
    """Where the grammar's tables are kept between runs; None when there is no such place."""
    folder = cache()
    return None if folder is None else str(folder / "grammar.tables")
