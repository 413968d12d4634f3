"""`pfnspec fmt`."""

from __future__ import annotations

import argparse
import difflib
import os
import sys
import tempfile
from pathlib import Path

from ...check.project.files import grammar_cache, read
from ...dsl.syntax.fmt import format_source
from ...report.text.diagnostics import diagnostics_text
from ...report.text.ink import ink_for
from ...report.visible import visible
from ..configured import configure
from ..write import data, put


def run(options: argparse.Namespace) -> int:
    """Formats each file in place; with errors in one, that one is left as it is."""
    if configure(options) is None:
        return 2
    status = 2 if options.refused else 0
    for path in options.files:
        status = max(status, _one(path, options.check, options.diff))
    return status


def _one(path: str, check: bool, diff: bool) -> int:
    source, diagnostics, raw = read(path)
    text = None
    if source is not None and not diagnostics.errors:
        text, faults = format_source(source, grammar_cache())
        diagnostics.extend(faults.sorted())
    if source is None or text is None:
        sources = {} if source is None else {path: source}
        put(diagnostics_text(diagnostics.sorted(), sources, ink_for(sys.stderr)), sys.stderr)
        return 2
    if path == "-" and not (check or diff):
        data(text)
        return 0
    changed = text.encode() != raw
    if diff and changed:
        lines = difflib.unified_diff(
            source.text.splitlines(keepends=True), text.splitlines(keepends=True), path, f"{path} (formatted)"
        )
        put("".join(lines))
    if check or diff:
        if changed and check:
            put(f"{visible(path)} is not in canonical layout\n", sys.stderr)
        return 1 if changed and check else 0
    if changed:
        _replace(Path(path), text)
        put(f"{visible(path)} reformatted\n", sys.stderr)
    return 0


def _replace(path: Path, text: str) -> None:
    """Writes beside the file and renames, so that nothing is lost on a full disk."""
    real = path.resolve()
    handle, name = tempfile.mkstemp(dir=real.parent, prefix=f".{real.name}.")
    try:
        with os.fdopen(handle, "w", encoding="utf-8", newline="\n") as file:
            file.write(text)
        os.chmod(name, real.stat().st_mode & 0o7777)
        os.replace(name, real)
    except BaseException:
        os.unlink(name)
        raise
