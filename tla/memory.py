"""What TLC said before, kept by what it was asked.

A run with one worker is a function of what it is given: TLC is told its fingerprint function (`-fp 0`),
and one thread visits states in one order.  So its output can be kept, and read again in place of a run:

    key     module, configuration, the flags that bear on the answer, and the content of the jar.  Not:
            limits, the heap, how soon the JVM compiles, how often it tells its progress, which Java it is
    entry   the output as TLC wrote it, which is read as that of a run is

Only an answer is kept (`Holds`, `Violated` with its trace): a limit, a failure or an interruption says
nothing of the specification.  With several workers nothing is kept or looked up: which counterexample is
found, and how deep the search is, then depends on how the threads took turns.
"""

from __future__ import annotations

import hashlib
import io
import json
from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import lru_cache
from pathlib import Path
from typing import Any, Protocol

from .listener import Listener
from .messages import read_messages
from .outcome import Holds, Outcome, Violated
from .verdict import judge

LONGEST = 4 * 1024 * 1024
"""Characters of the longest output that is kept."""

_FORMAT = 1


class Memory(Protocol):
    """Where entries are kept: data that JSON can hold, by keys that can be names of files."""

    def get(self, key: str) -> Any | None: ...

    def put(self, key: str, data: object) -> None: ...


@dataclass(frozen=True, slots=True)
class Recording:
    """What a run left: its standard output and error, its exit code, and how many seconds it took."""

    output: str
    words: str
    exit_code: int
    seconds: float


def asked(module: str, texts: Sequence[str], cfg_text: str, flags: Sequence[str], jar: Path) -> str:
    """The key of a run: `texts` are those of the module and its parts, `flags` all that bear on the answer.

    Raises `OSError` for a jar that cannot be read.
    """
    tlc = _content(jar, jar.stat().st_mtime_ns)
    parts = ("tlc", _FORMAT, module, *texts, cfg_text, list(flags), tlc)
    return hashlib.sha256(json.dumps(parts, ensure_ascii=True).encode()).hexdigest()


def remember(memory: Memory, key: str, recording: Recording, outcome: Outcome) -> None:
    """Keeps what a run left, if it was an answer and all of it is there."""
    if not isinstance(outcome, Holds | Violated) or len(recording.output) + len(recording.words) > LONGEST:
        return
    # Of an output that was too long to be held, the end is missing.
    if outcome_of(recording) != outcome:
        return
    data = {
        "output": recording.output,
        "words": recording.words,
        "exit_code": recording.exit_code,
        "seconds": recording.seconds,
    }
    memory.put(key, data)


def recalled(memory: Memory, key: str) -> Outcome | None:
    """The answer that was kept under `key`; None when there is none, or what is there is no answer."""
    match memory.get(key):
        case {
            "output": str(output),
            "words": str(words),
            "exit_code": int(exit_code),
            "seconds": int() | float() as seconds,
        }:
            outcome = outcome_of(Recording(output, words, exit_code, seconds))
            return replace(outcome, remembered=True) if isinstance(outcome, Holds | Violated) else None
        case _:
            return None


def outcome_of(recording: Recording) -> Outcome:
    """What a run came to, from what it left."""
    listener = Listener()
    for item in read_messages(io.StringIO(recording.output, newline="\n")):
        listener.hear(item)
    return replace(
        judge(listener, recording.exit_code, recording.words.strip(), None),
        seconds=recording.seconds,
        raw=recording.output + recording.words,
    )


@lru_cache(maxsize=8)
def _content(jar: Path, changed: int) -> str:
    """The digest of a jar's content; `changed` is when it was written, so that another one is read anew."""
    return hashlib.sha256(jar.read_bytes()).hexdigest()
