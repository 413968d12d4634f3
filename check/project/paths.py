"""From what a user names to files: folders stand for the models below them."""

from __future__ import annotations

import glob
import os
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

from .configuration import NAME, Configuration, shown
from .files import project, real_path

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


@dataclass(frozen=True, slots=True)
class Expanded:
    """What names stand for: `files`, each once, and those `refused` that lie in a folder or fit a pattern
    and lead out of the project, or to what is no file; `empty` is a name that stands for nothing."""

    files: tuple[str, ...] = ()
    refused: tuple[str, ...] = ()
    empty: str | None = None


def expanded(names: Iterable[str]) -> Expanded:
    """The files that these names stand for.

    A folder stands for the models below it, as far as they lie in its project.  Anything else is a file that
    the user has named himself, whether it exists or not, wherever it leads.
    """
    files: dict[str, bool] = {}
    for name in names:
        if not os.path.isdir(name):
            files[name] = True
            continue
        root = project(os.path.join(name, NAME))
        found = {path: lies_in(path, root) for path in below(name)}
        if not found:
            return Expanded(empty=name)
        files |= found | {path: True for path in found if files.get(path)}
    return _sorted_out(files)


def configured_paths(configuration: Configuration) -> Expanded:
    """The same for a configuration's `paths`, of which each may be a pattern, as seen from this folder."""
    root = project(configuration.folder / NAME)
    files: dict[str, bool] = {}
    for pattern in configuration.paths:
        matches = sorted(glob.glob(pattern, root_dir=configuration.folder, recursive=True))
        if not matches and (configuration.folder / pattern).exists():
            matches = [pattern]
        found: list[str] = []
        for match in matches:
            path = os.path.join(configuration.folder, match)
            inside = real_path(path).is_relative_to(root)
            found += below(path) if inside and os.path.isdir(path) else [path]
        if not found:
            return Expanded(empty=pattern)
        files |= {shown(path): lies_in(path, root) for path in found}
    return _sorted_out(files)


def _sorted_out(files: Mapping[str, bool]) -> Expanded:
    return Expanded(
        tuple(path for path, fine in files.items() if fine),
        tuple(path for path, fine in files.items() if not fine),
    )


def lies_in(path: str, root: Path) -> bool:
    """Whether a path leads to a file of the project, or to nothing, which is told when it is read: no link
    leads out of it, and it is no device, pipe or the like."""
    real = real_path(path)
    return real.is_relative_to(root) and (os.path.isfile(real) or not os.path.exists(real))
