"""The directory of one run: made, filled, and surely removed.

    M.tla  M.cfg        what TLC is to check
    output.txt          what TLC and the JVM wrote, in a directory that is kept
    scratch/            TLC's states, the JVM's temporary files and home; never kept

The directory is the working directory of the JVM, and all paths given to it are relative, so the temporary
directory may have any name. What a process that was killed left behind is removed by the next one: every
scratch has a locked file in it, and a lock that can be had belongs to nobody.
"""

from __future__ import annotations

import os
import shutil
import tempfile
import time
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import BinaryIO

from .tools import Tools

try:
    import fcntl
except ImportError:  # not on Windows, where nothing is swept
    fcntl = None  # type: ignore[assignment]

PREFIX = "pfnspec-tlc-"
TEMPORARY, STATES, HOME, JAR = "scratch/tmp", "scratch/states", "scratch/home", "scratch/tla2tools.jar"
_YOUNG_SECONDS = 60.0


@dataclass(slots=True)
class WorkDirectory:
    """One directory on disk. `close` ends it, and has to be called."""

    path: Path
    keep: bool
    """Whether the files in it stay; the scratch never does."""
    _lock: BinaryIO | None = field(default=None, repr=False)

    def claim(self) -> Path:
        """An empty scratch with its locked file. Raises `OSError`."""
        scratch = self.path / "scratch"
        remove(scratch)
        scratch.mkdir(parents=True)
        self._lock = (scratch / "lock").open("wb")
        if fcntl is not None:
            with suppress(OSError):
                fcntl.flock(self._lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        return scratch

    def fill(self, module: str, texts: Mapping[str, str], cfg_text: str) -> None:
        """Writes the modules `texts`, of which `module` has the cfg, and the scratch. Raises `OSError`."""
        self.claim()
        for part in (TEMPORARY, STATES, f"{HOME}/.tlaplus"):
            (self.path / part).mkdir(parents=True)
        # Newer versions of TLC ask the network where to send statistics unless this says no.
        (self.path / HOME / ".tlaplus/esc.txt").write_text("NO_STATISTICS\n", "ascii")
        for name, text in texts.items():
            (self.path / f"{name}.tla").write_text(text, "utf-8")
        (self.path / f"{module}.cfg").write_text(cfg_text, "utf-8")

    def place_jar(self, tools: Tools) -> str:
        """The path of the jar as the JVM in this directory should be told it.

        A copy in the scratch, where another jar stands beside the original or where its path has letters
        beyond ASCII, which a JVM in a plain locale cannot read. Raises `OSError`.
        """
        jar = os.fspath(tools.jar.absolute())
        if runs_in_place(tools):
            with open(jar, "rb"):
                return jar
        shutil.copyfile(jar, self.path / JAR)
        return JAR

    def save(self, output: str) -> None:
        """Keeps the files, and the output with them."""
        self.keep = True
        with suppress(OSError):
            (self.path / "output.txt").write_text(output, "utf-8", "replace")

    def close(self) -> None:
        if self._lock is not None:
            self._lock.close()
        remove(self.path / "scratch" if self.keep else self.path)


def runs_in_place(tools: Tools) -> bool:
    """Whether the JVM is given the jar itself, and no copy."""
    return tools.jar_stands_alone and os.fspath(tools.jar.absolute()).isascii()


def make(keep: Path | None) -> WorkDirectory:
    """A fresh directory below the temporary one, or `keep`, made if need be. Raises `OSError`."""
    if keep is not None:
        keep.mkdir(parents=True, exist_ok=True)
        return WorkDirectory(keep.absolute(), True)
    _sweep(Path(tempfile.gettempdir()))
    return WorkDirectory(Path(tempfile.mkdtemp(prefix=PREFIX)), False)


def remove(directory: Path) -> None:
    """Removes a directory with all that is in it, as far as it can be."""
    for _ in range(3):
        if not directory.exists():
            return
        shutil.rmtree(directory, ignore_errors=True)
        if directory.exists():
            time.sleep(0.05)


_swept: set[Path] = set()


def _sweep(temporary: Path) -> None:
    """Removes, once per process, the directories of processes that are gone."""
    if fcntl is None or temporary in _swept:
        return
    _swept.add(temporary)
    for lock in temporary.glob(f"{PREFIX}*/scratch/lock"):
        with suppress(OSError), open(lock, "r+b") as file:
            if time.time() - os.fstat(file.fileno()).st_mtime > _YOUNG_SECONDS:
                fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
                remove(lock.parent.parent)
