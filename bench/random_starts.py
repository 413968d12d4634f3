"""What the variables of a random model start with.

`with_starts(text, seed)` is a model's text in which some start with any of several values, and the elements
of some arrays with values of their own.
"""

from __future__ import annotations

import random
import re

_SHARED = re.compile(
    r"(shared \w+: )(bool|range\(3\)|range\(2\)|range\(2\) \| None|Phase|set\[range\(2\)\])(\[2\])?"
    r"(?: = .*)?$"
)
_VALUES = {
    "bool": ("True", "False"),
    "Phase": ("idle", "busy", "done"),
    "range(2)": ("0", "1"),
    "range(3)": ("0", "1", "2"),
    "range(2) | None": ("None", "1"),
    "set[range(2)]": ("set()", "{1}", "{0, 1}"),
}
_DOMAINS = {
    "bool": ("bool",),
    "Phase": ("Phase", "{idle, done}"),
    "range(2)": ("range(2)",),
    "range(3)": ("range(3)", "range(2)", "{0, 2}"),
    "range(2) | None": ("range(2)", "{None, 1}"),
}


def with_starts(text: str, seed: int) -> str:
    """The same model with other starts."""
    chance = random.Random(seed + 11)
    lines: list[str] = []
    chosen = 0
    for line in text.split("\n"):
        match = _SHARED.fullmatch(line)
        if match is None or chance.random() < 0.4:
            lines.append(line)
            continue
        head, sort, array = match[1], match[2], match[3] or ""
        if chosen < 2 and sort in _DOMAINS and chance.random() < 0.6:
            chosen += 1
            lines.append(f"{head}{sort}{array} = choose({chance.choice(_DOMAINS[sort])})")
        elif array:
            values = ", ".join(chance.choice(_VALUES[sort]) for _ in range(2))
            lines.append(f"{head}{sort}{array} = [{values}]")
        else:
            lines.append(f"{head}{sort} = {chance.choice(_VALUES[sort])}")
    return "\n".join(lines)
