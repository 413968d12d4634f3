"""Lengths and rates that were recorded, as a table of costs for `pfnspec cost`."""

from __future__ import annotations

import json
import os
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from ...recording.result import Interval, Validation
from ...timing.table.units import US

_WIDTH = 100


class NoLengths(Exception):
    """There are none to make a table of: one line for the user."""


@dataclass(frozen=True, slots=True)
class Place:
    """What a model calls the time from one event of a thread to its next other one: a function or a label.
    From an event to the next one of its kind it is a process, and how often its loop comes round."""

    name: str
    first: str
    last: str

    @property
    def rate(self) -> bool:
        return self.first == self.last

    @property
    def section(self) -> str:
        """Of a table of costs."""
        return "choice" if self.rate else "duration"


def costs_text(recordings: Sequence[Validation], places: Sequence[Place], command: str) -> str:
    """TOML: for each place of a model how long it took, or how often it comes round, and where that comes
    from.

    `command` made the table.  Times are those of one recording.  Raises NoLengths.
    """
    if len(recordings) != 1:
        raise NoLengths("a table of costs is made of one recording")
    (one,) = recordings
    if not places:
        raise NoLengths(
            "say which: `--interval PLACE=A:B`, where PLACE is a function or a label; or `PROCESS=A:A`,"
            " for how often it comes"
        )
    known = {(interval.first, interval.last): interval for interval in one.intervals}
    keys: set[tuple[str, str]] = set()
    for place in places:
        if (place.first, place.last) not in known:
            raise NoLengths(
                f"`{place.name}`: no {place.first} is followed by {place.last} of the same thread"
            )
        if (place.section, place.name) in keys:
            raise NoLengths(f"`{place.name}` is given twice: a table has one time of it")
        keys.add((place.section, place.name))
    name = os.path.basename(one.path)
    what = " and ".join(sorted({"rates" if place.rate else "lengths" for place in places}))
    lines = [f"# {command}", f"name = {json.dumps(f'{what} of {name}')}"]
    for place in places:
        head = f"{place.section}.{json.dumps(place.name)}{'.every' * place.rate}"
        lines += ["", f"[{head}]", *_seen(known[place.first, place.last])]
    lines += ["", "[source]"]
    for place in places:
        count = known[place.first, place.last].count
        told = f"{name}: {place.first} to {place.last}, {count} time{'s' * (count > 1)}"
        lines.append(f"{json.dumps(f'{place.section}.{place.name}')} = {json.dumps(told)}")
    return "\n".join(lines) + "\n"


def _seen(one: Interval) -> Iterator[str]:
    yield "seen = ["
    line = "   "
    for time in one.lengths:
        word = f' "{round(time * 1e9) / US:.10g} us",'
        if len(line) + len(word) > _WIDTH:
            yield line
            line = "   "
        line += word
    yield line
    yield "]"
