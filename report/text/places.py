"""Files as other programs name them: by their path in the repository."""

from __future__ import annotations

import os
from pathlib import Path, PurePath
from urllib.parse import quote

from ...dsl.source import BUILT_IN
from ..visible import meant


def repository_path(path: str, root: Path) -> str | None:
    """`path`, as the user gave it, as seen from `root`, with slashes; None when it is elsewhere, or no file
    of the user's (standard input, the prelude)."""
    if path == "-" or path in BUILT_IN:
        return None
    try:
        return Path(meant(path)).absolute().resolve().relative_to(root.resolve()).as_posix()
    except (OSError, ValueError):
        return None


def uri(path: str, root: Path) -> str:
    """A URI for `path`: relative to `root` if it lies there, otherwise of the file itself."""
    inside = repository_path(path, root)
    if inside is not None:
        return quote(_bytes(inside))
    if path == "-" or path in BUILT_IN:
        return quote(f"pfnspec:{'stdin' if path == '-' else path}", safe=":/")
    whole = PurePath(os.path.abspath(meant(path)))
    try:
        return whole.as_uri()
    except ValueError:
        # No file has such a name; a result that was read from somewhere may.
        return f"file://{quote(_bytes(whole.as_posix()))}"


def _bytes(path: str) -> bytes:
    """A path as the file system has it, which need not be UTF-8."""
    try:
        return path.encode("utf-8", "surrogateescape")
    except UnicodeEncodeError:
        return path.encode("utf-8", "surrogatepass")
