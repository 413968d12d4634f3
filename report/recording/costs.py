"""Lengths and rates that were recorded, as a table of costs for `pfnspec cost`."""

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
    """TOML: for each place of a model how long it took, and where that comes from.  From an event to the next
    one of its kind is how often a loop comes round.

    `places` has their names by the first and the last event; `command` made the table.  Times are those of
    one recording.  Raises NoLengths.
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
    for ends, place in places.items():
        if ends not in known:
            raise NoLengths(f"`{place}`: no {ends[0]} is followed by {ends[1]} of the same thread")
    name = os.path.basename(one.path)
    kinds = {"rates" if first == last else "lengths" for first, last in places}
    what = " and ".join(sorted(kinds))
    lines = [f"# {command}", f"name = {json.dumps(f'{what} of {name}')}"]
    for ends, place in places.items():
        lines += ["", f"[{_key(ends, json.dumps(place))}]", *_seen(known[ends])]
    lines += ["", "[source]"]
    for ends, place in places.items():
        count = known[ends].count
        told = f"{name}: {ends[0]} to {ends[1]}, {count} time{'s' * (count > 1)}"
        lines.append(f"{json.dumps(_key(ends, place).removesuffix('.every'))} = {json.dumps(told)}")
    return "\n".join(lines) + "\n"


def _key(ends: tuple[str, str], place: str) -> str:
    """The key of a table for what begins and ends with these events."""
    return f"choice.{place}.every" if ends[0] == ends[1] else f"duration.{place}"


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
