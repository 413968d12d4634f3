"""A folder of what earlier checks found, by what it depends on.

Each entry is a file of its own, named by its key, that appears whole: checks side by side, and one that dies
while it writes, do no harm.  What cannot be read or written is not there.  Entries are data, no code, but
they are believed: who can write to the folder decides what a check says.
"""

from __future__ import annotations

import hashlib
import json
import os
import secrets
import sys
import time
from contextlib import suppress
from functools import lru_cache
from importlib.util import find_spec
from pathlib import Path
from typing import Any

ROOMS = ("check", "dsl", "spin", "tla", "translator")
"""The packages whose code decides about a verdict, with all folders in them."""

KEPT_DAYS = 60
"""How long an entry is kept that nobody asks for."""


class Store:
    """Entries in `folder`, which is made when something is put there."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def room(self, name: str) -> Store:
        """A store of its own in a folder below this one's."""
        return Store(self.folder / name)

    def get(self, key: str) -> Any | None:
        """The data that was put under `key`; None when there is none, or no whole one."""
        path = self._path(key)
        try:
            digest, _, text = path.read_bytes().partition(b"\n")
            if hashlib.sha256(text).hexdigest().encode() != digest:
                return None
            found = json.loads(text)
            if time.time() - path.stat().st_mtime > 24 * 3600:
                os.utime(path)
        except (OSError, ValueError, RecursionError):
            return None
        return found

    def put(self, key: str, data: object) -> None:
        """Keeps `data`, which JSON can hold."""
        text = json.dumps(data, ensure_ascii=False, separators=(",", ":")).encode("utf-8", "surrogatepass")
        path = self._path(key)
        beside = path.with_name(f".{key[:16]}.{secrets.token_hex(4)}")
        try:
            path.parent.mkdir(parents=True, exist_ok=True)
            beside.write_bytes(hashlib.sha256(text).hexdigest().encode() + b"\n" + text)
            os.replace(beside, path)
            self._forget_old()
        except OSError:
            with suppress(OSError):
                beside.unlink(missing_ok=True)

    def _path(self, key: str) -> Path:
        return self.folder / key[:2] / f"{key}.json"

    def _forget_old(self) -> None:
        """Once a day, what was not asked for in a long time goes, and what dead checks left behind."""
        mark = self.folder / "cleaned"
        now = time.time()
        with suppress(FileNotFoundError):
            if now - mark.stat().st_mtime < 24 * 3600:
                return
        mark.touch()
        for path in self.folder.glob("??/*"):
            with suppress(OSError):
                if now - path.stat().st_mtime > KEPT_DAYS * 24 * 3600:
                    path.unlink()


def fingerprint(*parts: object) -> str:
    """A key made of everything that an entry depends on: what JSON can hold, or a tuple."""
    return hashlib.sha256(json.dumps(parts, ensure_ascii=True).encode()).hexdigest()


def tool_mark(jar: Path | None) -> str:
    """What tells this pfnspec, with this TLC (None: without one), from any other: their content, and the
    Python and the parser library that they run on.  Raises OSError."""
    return fingerprint(_own_mark(), None if jar is None else _jar_mark(jar, jar.stat().st_mtime_ns))


@lru_cache(maxsize=1)
def _own_mark() -> str:
    found = find_spec("lark")
    library = b"" if found is None or found.origin is None else Path(found.origin).read_bytes()
    root = Path(__file__).parents[2]
    rooms = {room: content_mark(root / room) for room in ROOMS}
    return fingerprint(rooms, sys.version_info[:2], hashlib.sha256(library).hexdigest())


@lru_cache(maxsize=8)
def _jar_mark(jar: Path, _changed: int) -> str:
    return hashlib.sha256(jar.read_bytes()).hexdigest()


def content_mark(folder: Path) -> str:
    """What tells the files below a folder from any others, by place and content; but for what Python
    compiles of them."""
    files = (path for path in folder.rglob("*") if "__pycache__" not in path.parts and path.is_file())
    named = sorted((path.relative_to(folder).as_posix(), path) for path in files)
    return fingerprint([(name, hashlib.sha256(path.read_bytes()).hexdigest()) for name, path in named])
