"""From what a user names to files: folders stand for the models below them."""

from __future__ import annotations

import glob
import os
from collections.abc import Iterable, Iterator

from .configuration import Configuration, shown

SUFFIX = ".pfn"


def below(folder: str) -> tuple[str, ...]:
    """All models below a folder, sorted; what is hidden and Python's virtual environments are left out."""
    return tuple(sorted(_below(folder)))


def _below(folder: str) -> Iterator[str]:
    for at, folders, names in os.walk(folder, onerror=_give_up):
        folders[:] = [name for name in folders if not name.startswith(".") and not _is_environment(at, name)]
        for name in names:
            if name.endswith(SUFFIX) and not name.startswith("."):
                yield os.path.normpath(os.path.join(at, name))


def _is_environment(at: str, name: str) -> bool:
    return os.path.exists(os.path.join(at, name, "pyvenv.cfg"))


def _give_up(fault: OSError) -> None:
    """A folder that cannot be read may hold models, which must not be passed over in silence."""
    raise fault


def expanded(names: Iterable[str]) -> tuple[tuple[str, ...], str | None]:
    """The files that these names stand for, each once, and a name that stands for none.

    A folder stands for the models below it.  Anything else is a file, whether it exists or not.
    """
    files: dict[str, None] = {}
    for name in names:
        found = below(name) if os.path.isdir(name) else (name,)
        if not found:
            return (), name
        files.update(dict.fromkeys(found))
    return tuple(files), None


def configured_paths(configuration: Configuration) -> tuple[tuple[str, ...], str | None]:
    """The same for a configuration's `paths`, of which each may be a pattern, as seen from this folder."""
    files: dict[str, None] = {}
    for pattern in configuration.paths:
        matches = sorted(glob.glob(pattern, root_dir=configuration.folder, recursive=True))
        if not matches and (configuration.folder / pattern).exists():
            matches = [pattern]
        found: list[str] = []
        for match in matches:
            path = os.path.join(configuration.folder, match)
            found += below(path) if os.path.isdir(path) else [path]
        if not found:
            return (), pattern
        files.update(dict.fromkeys(map(shown, found)))
    return tuple(files), None
