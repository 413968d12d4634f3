"""Sections of locks in a random model that constants decide about, or that give their lock back in between.

`with_sections(text, seed)` is a model's text in which some `with` have a condition, and some blocks of them
offer the CPU.
"""

from __future__ import annotations

import random
import re

_WITH = re.compile(r"( +)with (\w+)(\.read\(\)|\.write\(\))?:$")
_SHARED = re.compile(r"shared (\w+): (spinlock|rwlock)$", re.MULTILINE)
_MODES = {
    None: "cond_resched_lock",
    ".read()": "cond_resched_rwlock_read",
    ".write()": "cond_resched_rwlock_write",
}


def with_sections(text: str, seed: int) -> str:
    """The same model with other sections; it may be refused, as any random model."""
    chance = random.Random(seed + 29)
    spinning = dict(_SHARED.findall(text))
    lines: list[str] = []
    atomic: int | None = None
    first = False
    for line in text.split("\n"):
        depth = len(line) - len(line.lstrip())
        if atomic is not None and line.strip() and depth <= atomic:
            atomic = None
        match = _WITH.fullmatch(line)
        if match is not None and not first and chance.random() < 0.4:
            line = f"{line[:-1]} if {chance.choice(('True', '1 < 2', 'True', '1 == 2'))}:"
        lines.append(line)
        if match is not None and atomic is None and not first and chance.random() < 0.5:
            indent, lock, mode = match.groups()
            if spinning.get(lock) == ("spinlock" if mode is None else "rwlock"):
                call = f"{_MODES[mode]}({lock})"
                if chance.random() < 0.4:
                    lines += [f"{indent}    if {call}:", f"{indent}        pass"]
                else:
                    lines.append(f"{indent}    {call}")
        first = line.strip() == "atomic:"
        if first:
            atomic = depth
    return "\n".join(lines)
