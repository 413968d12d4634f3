"""Lengths that were recorded, as a table of costs for `pfnspec cost`."""

from __future__ import annotations

import json
import os
from collections.abc import Iterator, Mapping, Sequence

from ...recording.result import Interval, Validation
from ...timing.table.units import US

_WIDTH = 100


class NoLengths(Exception):
    """There are none to make a table of: one line for the user."""


def costs_text(recordings: Sequence[Validation], places: Mapping[tuple[str, str], str], command: str) -> str:
    """TOML: for each place of a model how long it took, and where that comes from.

    `places` has their names by the first and the last event; `command` made the table.  Times are those of
    one recording.  Raises NoLengths.
    """
    if len(recordings) != 1:
        raise NoLengths("a table of costs is made of one recording")
    (one,) = recordings
    if not places:
        raise NoLengths("say which lengths: `--interval PLACE=A:B`, where PLACE is a function or a label")
    known = {(interval.first, interval.last): interval for interval in one.intervals}
    for ends, place in places.items():
        if ends not in known:
            raise NoLengths(f"`{place}`: no {ends[0]} is followed by {ends[1]} of the same thread")
    name = os.path.basename(one.path)
    lines = [f"# {command}", f"name = {json.dumps(f'lengths of {name}')}"]
    for ends, place in places.items():
        lines += ["", f"[duration.{json.dumps(place)}]", *_seen(known[ends])]
    lines += ["", "[source]"]
    for ends, place in places.items():
        count = known[ends].count
        told = f"{name}: {ends[0]} to {ends[1]}, {count} time{'s' * (count > 1)}"
        lines.append(f"{json.dumps(f'duration.{place}')} = {json.dumps(told)}")
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
