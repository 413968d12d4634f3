"""TLC's answers that the tests know already, by what it was asked (see `tla/memory.py`).

`tests/answers.xz` has those to the examples, so that a fresh clone is tested in minutes.  What is not in it,
because a translation, an option or the jar is another one, is asked of TLC and kept with what pytest keeps
between its runs.  `--no-memory` asks everything of TLC; `--record` writes the file anew.
"""

from __future__ import annotations

import json
import lzma
import os
import re
import time
from pathlib import Path
from typing import Any

from pfnspec.check.saved.store import Store

RECORDED = Path(__file__).parents[1] / "answers.xz"
_DAY = 24 * 3600
_MACHINE = re.compile(r" on \d+ cores with [^\n]*(?=\.\n)|/[^\s\"]*pfnspec-tlc-\w+/")
"""What TLC says of the machine it ran on, which nobody reads: cores, memory, system, folders."""


def recorded(path: Path = RECORDED) -> dict[str, Any]:
    """The answers in the file, by their keys; none when there is no file."""
    if not path.is_file():
        return {}
    answers: dict[str, Any] = json.loads(lzma.decompress(path.read_bytes()))
    return answers


def unpack(folder: Path, path: Path = RECORDED) -> None:
    """Puts what `folder` does not have of the answers in the file there."""
    store, digest = Store(folder), folder / "unpacked"
    facts = path.stat() if path.is_file() else None
    mark = "" if facts is None else f"{facts.st_size} {facts.st_mtime_ns}"
    if digest.is_file() and digest.read_text(encoding="ascii") == mark:
        return
    for key, answer in recorded(path).items():
        if store.get(key) != answer:
            store.put(key, answer)
    folder.mkdir(parents=True, exist_ok=True)
    digest.write_text(mark, encoding="ascii")


def forget_use(folder: Path) -> None:
    """Makes the answers in `folder` look as if nobody had asked for them lately."""
    before = time.time() - 2 * _DAY
    for entry in folder.glob("??/*.json"):
        os.utime(entry, (before, before))


def record(folder: Path, *, all_asked: bool, path: Path = RECORDED) -> int:
    """Writes the answers that were asked for since `forget_use` into the file; the number of all in it.

    Those that it has already and that were not asked for stay, unless `all_asked` says that all tests have
    been run.
    """
    store = Store(folder)
    answers = {} if all_asked else recorded(path)
    for entry in folder.glob("??/*.json"):
        if entry.stat().st_mtime > time.time() - _DAY:
            answer = store.get(entry.stem)
            if answer is not None:
                output = _MACHINE.sub("", answer["output"])
                answers[entry.stem] = {**answer, "output": output}
    text = json.dumps(answers, sort_keys=True, separators=(",", ":"))
    path.write_bytes(lzma.compress(text.encode(), preset=9))
    return len(answers)
