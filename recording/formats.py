"""Recordings as they lie on disk: text of ftrace, trace-cmd, perf and bpftrace, NDJSON; also packed.

    trace, trace-cmd report   vm-95   [000] d..1.  5.646823: check_leave: (caller+0x71/0x80 <- function) ret=1
    perf script               vm   95 [000]  5.646823: gpc:check_leave: (caller <- function) ret=0x1
    NDJSON                    {"event": "check_leave", "time": 5.646823, "thread": 95, "comm": "vm", "ret": 1}

What `pfnspec probes --for bpftrace` prints looks like the first.  Lines are read one by one.
"""

from __future__ import annotations

import gzip
import json
import lzma
import os
import re
import sys
import zlib
from collections.abc import Callable, Iterator
from typing import IO

from .events import Event, Gap, Item, Value
from .faults import Fault

LONGEST = 65_536
"""Characters of a line; a longer one is no event."""

_FTRACE = re.compile(
    r"\s*(?P<comm>\S.*?)-(?P<pid>\d+)\s+(?:\([ \d-]+\)\s+)?\[(?P<cpu>\d+)\]\s+(?:[A-Za-z.\d#+-]{4,6}\s+)?"
    r"(?P<time>\d+(?:\.\d+)?): (?P<name>[\w-]+):(?P<rest>.*)"
)
_PERF = re.compile(
    r"\s*(?P<comm>\S.*?)\s+(?:\d+/)?(?P<pid>\d+)\s+\[(?P<cpu>\d+)\]\s+(?P<time>\d+\.\d+):\s+(?:\d+\s+)?"
    r"(?:[\w-]+:)?(?P<name>[\w-]+):(?P<rest>.*)"
)
_LOST = re.compile(
    r"CPU:(?P<cpu>\d+) \[(?:LOST )?(?P<count>\d+)? ?(?:EVENTS?)(?: DROPPED| LOST)?\]|Lost (?P<all>\d+) events"
    r"|.*\[(?P<on>\d+)\].*PERF_RECORD_LOST(?:_SAMPLES)? lost (?P<lost>\d+)"
)
_WRITTEN = re.compile(r"#\s*entries-in-buffer/entries-written: (\d+)/(\d+)")
_NOISE = re.compile(r"\s*(?:#|cpus=\d+$|version = |Attaching \d+ probes?|CPU \d+ is empty$|$)")
_FIELD = re.compile(r'(\w+)=("[^"]*"|[^\s,]+)')
_SITE = re.compile(r"\s*\((?:([\w.]+)(?:\+\S+)?(?: \[\w+\])?)(?: <- ([\w.]+)(?:\+\S+)?(?: \[\w+\])?)?\)")
_BINARIES = {
    b"\x17\x08\x44tracing": "trace.dat of trace-cmd; `trace-cmd report FILE` makes text of it",
    b"PERFILE2": "perf.data; `perf script --show-lost-events` makes text of it",
}


def items(path: str) -> Iterator[Item]:
    """The events and gaps of a recording, in order; `-` is standard input.  Raises Fault."""
    try:
        with _opened(path) as file:
            yield from _items(file)
    except (OSError, EOFError, zlib.error, lzma.LZMAError) as fault:
        reason = getattr(fault, "strerror", None)
        raise Fault(
            f"it cannot be read: {reason}" if reason else f"it is packed, and damaged: {fault}"
        ) from None


def _opened(path: str) -> IO[bytes] | gzip.GzipFile | lzma.LZMAFile:
    if path == "-":
        return sys.stdin.buffer
    if os.path.isdir(path):
        raise Fault("it is a folder")
    with open(path, "rb") as file:
        head = file.read(16)
    for magic, what in _BINARIES.items():
        if head.startswith(magic):
            raise Fault(f"it is a {what}")
    if head.startswith(b"\x1f\x8b"):
        return gzip.open(path, "rb")
    if head.startswith(b"\xfd7zXZ\0"):
        return lzma.open(path, "rb")
    return open(path, "rb")


def _items(file: IO[bytes] | gzip.GzipFile | lzma.LZMAFile) -> Iterator[Item]:
    number = 0
    read: Callable[[str, int], Item | None] | None = None
    while raw := file.readline(LONGEST):
        number += 1
        text = raw.decode("utf-8", "replace").rstrip("\r\n")
        if len(raw) == LONGEST or "\0" in text:
            raise Fault("this is no line of a recording", number, text[:80], _ADVICE)
        if _NOISE.match(text):
            written = _WRITTEN.match(text)
            if written and int(written[1]) < int(written[2]):
                yield Gap(None, int(written[2]) - int(written[1]), number)
            continue
        if lost := _LOST.match(text):
            cpu, count = lost["cpu"] or lost["on"], lost["count"] or lost["all"] or lost["lost"]
            yield Gap(None if cpu is None else int(cpu), None if count is None else int(count), number)
            continue
        event: Item | None = None
        for reader in (read,) if read else (_json, _ftrace, _perf):
            event = reader(text, number)
            if event is not None:
                read = reader
                break
        if event is None:
            raise Fault("this line is no event", number, text, _ADVICE)
        yield event


_ADVICE = (
    "a recording is text of ftrace, `trace-cmd report` or `perf script`, or NDJSON; where events are missing,"
    " a line `CPU:0 [LOST EVENTS]` says so"
)


def _ftrace(text: str, line: int) -> Event | None:
    found = _FTRACE.match(text)
    return None if found is None else _event(found, text, line)


def _perf(text: str, line: int) -> Event | None:
    found = _PERF.match(text)
    return None if found is None else _event(found, text, line)


def _event(found: re.Match[str], text: str, line: int) -> Event:
    rest = found["rest"]
    fields: dict[str, Value] = {}
    site = _SITE.match(rest)
    if site is not None:
        # Of a return, the caller comes first; of an entry, the function stands alone.
        place, function = site.groups()
        fields = {"caller": place, "function": function} if function else {"function": place}
        rest = rest[site.end() :]
    for name, value in _FIELD.findall(rest):
        fields[name] = _plain(value)
    name = found["name"].removesuffix("__return")
    return Event(
        name, float(found["time"]), found["pid"], found["comm"].strip(), int(found["cpu"]), fields, line, text
    )


def _plain(text: str) -> Value:
    if text.startswith('"'):
        return text[1:-1]
    try:
        return int(text, 0) if len(text) < 40 else text
    except ValueError:
        pass
    try:
        return int(text)
    except ValueError:
        return text


def _json(text: str, line: int) -> Item | None:
    if not text.lstrip().startswith("{"):
        return None
    try:
        data = json.loads(text)
    except (ValueError, RecursionError):
        raise Fault("this line is no JSON", line, text, "a line holds one object") from None
    cpu = data.pop("cpu", None)
    if "lost" in data:
        return Gap(cpu if isinstance(cpu, int) else None, _count(data["lost"]), line)
    try:
        name, time, thread = str(data.pop("event")), float(data.pop("time")), str(data.pop("thread"))
    except (KeyError, TypeError, ValueError) as fault:
        advice = "`event`, `time` (in seconds) and `thread` have to be there, `comm` and `cpu` may"
        raise Fault(f"this event has no good {fault}", line, text, advice) from None
    fields = {key: value for key, value in data.items() if isinstance(value, int | str | None)}
    command = str(fields.pop("comm", ""))
    return Event(name, time, thread, command, cpu if isinstance(cpu, int) else None, fields, line, text)


def _count(value: object) -> int | None:
    return value if isinstance(value, int) and not isinstance(value, bool) else None
