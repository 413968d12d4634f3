"""Reads what a verifier prints: our own lines, which begin with `pfnspec`, and the numbers of Spin."""

from __future__ import annotations

import re
from dataclasses import dataclass, field

_PREFIX = "pfnspec "
_STORED = re.compile(r"\s*([0-9.e+]+) states, stored")
_TRANSITIONS = re.compile(r"\s*([0-9.e+]+) transitions \(= stored\+matched\)")
_DEPTH = re.compile(r"State-vector \d+ byte, depth reached (\d+)")
_VERSION = re.compile(r"\((Spin Version .*)\)")
_CUT_SHORT = ("Search not completed", "max search depth too small", "reached -DMEMLIM", "out of memory")


@dataclass(slots=True)
class Heard:
    """What was heard so far. `looked` counts states that were looked at, `stored` those that Spin says it has
    stored, with one for the time before the first step."""

    violated: list[tuple[int, ...]] = field(default_factory=list)
    reached: set[int] = field(default_factory=set)
    met: set[int] = field(default_factory=set)
    rows: list[tuple[int, ...]] = field(default_factory=list)
    looked: int = 0
    ended: bool = False
    stored: float | None = None
    transitions: float | None = None
    depth: int | None = None
    version: str | None = None
    beyond: str | None = None
    cut_short: str | None = None

    def hear(self, line: str) -> bool:
        """Takes a line in; True when it tells how far the search is."""
        if line.startswith(_PREFIX):
            word, *rest = line[len(_PREFIX) :].split()
            match word:
                case "violated":
                    self.violated.append(tuple(map(int, rest)))
                case "reached":
                    self.reached.add(int(rest[0]))
                case "met":
                    self.met.add(int(rest[0]))
                case "state":
                    self.rows.append(tuple(map(int, rest)))
                case "beyond":
                    self.beyond = " ".join(rest)
                case "seen" | "ended":
                    self.looked = int(rest[0])
                    self.ended = word == "ended"
                    return True
            return False
        if found := _STORED.match(line):
            self.stored = float(found.group(1))
        elif found := _TRANSITIONS.match(line):
            self.transitions = float(found.group(1))
        elif found := _DEPTH.match(line):
            self.depth = int(found.group(1))
        elif found := _VERSION.match(line):
            self.version = found.group(1)
        for sign in _CUT_SHORT:
            if sign in line:
                self.cut_short = self.cut_short or sign
        return False
