"""Regions in a random model.

`with_regions(text, seed)` is a model's text in which some lines of processes and `def`s stand in regions,
and some of what is claimed asks who is in one.
"""

from __future__ import annotations

import random
import re

_TASKS = re.compile(r"(?:daemon |unfair )*process (\w+)(?:\[(\d+)\])?")
_HEAD = re.compile(r"(?:daemon |unfair )*(?:process|def) (\w+)")
_CONTINUES = re.compile(r"\s*(else:|elif |or:)")
_AT = re.compile(r"\b(\w+)\[(\w+)\] at \w+")


class _Regions:
    def __init__(self, text: str, seed: int) -> None:
        self.random = random.Random(seed + 41)
        self.lines = text.split("\n")
        # The regions of each process, those of the `def`s that it calls included.
        self.regions: dict[str, list[str]] = {}

    def text(self) -> str:
        for number in range(self.random.choice((1, 2, 3))):
            self.insert(f"r{number}")
        text = _AT.sub(self.instead, "\n".join(self.lines))
        own = [(name, region) for name, regions in self.regions.items() for region in regions]
        if not own:
            return text
        claims = [f"{name}[0] {self.random.choice(('in', 'in', 'not in'))} {region}" for name, region in own]
        one, other = self.random.choice(claims), self.random.choice(claims)
        made = [
            f"invariant apart: not ({one} and {other})",
            f"sometimes inside: {self.random.choice(claims)}",
        ]
        if "\nproperty " in text:
            made.append(f"property leaves: ({one}) leads_to not ({one})")
        return text.rstrip("\n") + "\n" + "\n".join(made) + "\n"

    def instead(self, found: re.Match[str]) -> str:
        name, which = found[1], found[2]
        if not self.regions.get(name) or self.random.random() < 0.5:
            return found[0]
        return f"({name}[{which}] in {self.random.choice(self.regions[name])})"

    def insert(self, name: str) -> None:
        """Puts some lines of one block into a region."""
        starts = [i for i in range(len(self.lines)) if self.may_begin(i)]
        if not starts:
            return
        start = self.random.choice(starts)
        owner = self.owner(start)
        processes = [
            process for process in self.processes() if process == owner or self.calls(process, owner)
        ]
        if not processes:
            return
        level = self.indent(start)
        ends = [end for end in range(start + 1, len(self.lines) + 1) if self.ends(start, end)]
        if not ends:
            return
        end = self.random.choice(ends[:4])
        inside = [f"    {line}" if line.strip() else line for line in self.lines[start:end]]
        self.lines[start:end] = [f"{' ' * level}label {name}:", *inside]
        for process in processes:
            self.regions.setdefault(process, []).append(name)

    def ends(self, start: int, end: int) -> bool:
        """Whether lines from `start` to `end` are whole statements of one block."""
        level = self.indent(start)
        if any(self.lines[at].strip() and self.indent(at) < level for at in range(start, end)):
            return False
        if end == len(self.lines) or not self.lines[end].strip():
            return True
        return self.indent(end) <= level and not _CONTINUES.match(self.lines[end])

    def indent(self, at: int) -> int:
        return len(self.lines[at]) - len(self.lines[at].lstrip())

    def may_begin(self, at: int) -> bool:
        line = self.lines[at]
        if not line.strip() or self.indent(at) == 0 or _CONTINUES.match(line):
            return False
        level, above = self.indent(at), at
        while level and above:
            above -= 1
            if self.lines[above].strip() and self.indent(above) < level:
                level = self.indent(above)
                if self.lines[above].strip() == "atomic:":
                    return False
        return _HEAD.match(self.lines[above]) is not None

    def owner(self, at: int) -> str:
        found = next(m for line in reversed(self.lines[:at]) if (m := _HEAD.match(line)))
        return found[1]

    def processes(self) -> list[str]:
        return [found[1] for line in self.lines if (found := _TASKS.match(line)) and found[2] != "0"]

    def calls(self, process: str, function: str) -> bool:
        """Whether the body of a process calls a `def`, by its name in a line."""
        head = next(i for i, line in enumerate(self.lines) if (m := _HEAD.match(line)) and m[1] == process)
        for line in self.lines[head + 1 :]:
            if line[:1].strip():
                return False
            if re.search(rf"\b{function}\(", line):
                return True
        return False


def with_regions(text: str, seed: int) -> str:
    """A model that asks who is in which region; it may be refused, as any random model."""
    return _Regions(text, seed).text()
