"""What a recording consists of: events in the order in which they were recorded, and gaps."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

Value = int | bool | str | None


@dataclass(frozen=True, slots=True)
class Event:
    """One event.

    `time` is in seconds, `thread` the number of the thread as text, `command` its name; `cpu` is None where
    the recording does not say.  `line` counts from 1; `text` is the line as it was read.
    """

    name: str
    time: float
    thread: str
    command: str
    cpu: int | None
    fields: Mapping[str, Value]
    line: int
    text: str

    def field(self, name: str) -> Value:
        """A field; of those that every event has, `cpu`, `comm`, `pid` too.  None where there is none."""
        if name in self.fields:
            return self.fields[name]
        match name:
            case "cpu":
                return self.cpu
            case "comm":
                return self.command
            case "pid":
                return int(self.thread) if self.thread.isdecimal() else self.thread
        return None


@dataclass(frozen=True, slots=True)
class Gap:
    """Events that are not there: lost on a CPU (None: on any), or overwritten before the recording begins.
    `count` is None where nobody counted."""

    cpu: int | None
    count: int | None
    line: int


Item = Event | Gap
