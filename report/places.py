"""Files as other programs name them: by their path in the repository."""

from __future__ import annotations

from pathlib import Path, PurePath
from urllib.parse import quote

from ..dsl.source import PRELUDE


def repository_path(path: str, root: Path) -> str | None:
    """`path`, as the user gave it, as seen from `root`, with slashes; None when it is elsewhere, or no file
    of the user's (standard input, the prelude)."""
    if path in ("-", PRELUDE):
        return None
    try:
        return Path(path).absolute().resolve().relative_to(root.resolve()).as_posix()
    except (OSError, ValueError):
        return None


def uri(path: str, root: Path) -> str:
    """A URI for `path`: relative to `root` if it lies there, otherwise of the file itself."""
    inside = repository_path(path, root)
    if inside is not None:
        return quote(inside)
    if path in ("-", PRELUDE):
        return quote(f"pfnspec:{'stdin' if path == '-' else path}", safe=":/")
    return PurePath(Path(path).absolute()).as_uri()
