"""Finds Spin and a C compiler: what ``PFNSPEC_SPIN`` and ``CC`` say, otherwise what is on the path."""

from __future__ import annotations

import hashlib
import os
import shutil
from collections.abc import Iterable
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

from ..tla.tools import ToolMissing

SPIN_VARIABLE = "PFNSPEC_SPIN"
COMPILER_VARIABLE = "CC"
COMPILERS = ("gcc", "clang", "cc")


@dataclass(frozen=True, slots=True)
class Tools:
    """The programs behind a run."""

    spin: Path
    compiler: Path


def find_tools() -> Tools:
    """Spin and the compiler. Only looks at files, starts nothing. Raises `ToolMissing`: one line."""
    spin = _found(SPIN_VARIABLE, ("spin",))
    if spin is None:
        raise ToolMissing(f"no Spin found: install it (Debian: apt install spin) or set {SPIN_VARIABLE}")
    compiler = _found(COMPILER_VARIABLE, COMPILERS)
    if compiler is None:
        raise ToolMissing(f"no C compiler found, which Spin needs: install gcc or set {COMPILER_VARIABLE}")
    return Tools(spin, compiler)


def tools_mark(tools: Tools) -> str:
    """What tells these tools from others: their content. Raises OSError."""
    return " ".join(_mark(path, path.stat().st_mtime_ns) for path in (tools.spin, tools.compiler))


@lru_cache(maxsize=8)
def _mark(path: Path, _changed: int) -> str:
    return hashlib.sha256(path.read_bytes()).hexdigest()


def _found(variable: str, names: Iterable[str]) -> Path | None:
    setting = os.environ.get(variable, "")
    if setting:
        found = shutil.which(setting)
        if found is None:
            raise ToolMissing(f"{variable} is {setting!r}, which is no program")
        return Path(found).absolute()
    places = (shutil.which(name) for name in names)
    return next((Path(place).absolute() for place in places if place), None)
