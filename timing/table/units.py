"""Times in whole nanoseconds, as people write them."""

from __future__ import annotations

import re

US = 1_000
UNITS = {"ns": 1, "us": US, "ms": 1_000_000, "s": 1_000_000_000}
LONGEST = 1_000 * UNITS["s"]
"""No time is longer: beyond it sums of times would say nothing."""

_WRITTEN = re.compile(r"\s*([0-9][0-9_]*(?:\.[0-9]+)?|\.[0-9]+)\s*(ns|us|ms|s)?\s*")


class NoTime(ValueError):
    """This is no time; says why."""


def nanoseconds(value: object) -> int:
    """A time as a table has it, in ns: a number of ns, or a text with a unit (`"2.8 ms"`).

    Raises NoTime for anything else, for less than zero and for more than 1,000 s.
    """
    match value:
        case bool():
            raise NoTime('a time is a number of ns, or a text such as "2 us"')
        case int() | float():
            found = float(value)
        case str():
            written = _WRITTEN.fullmatch(value)
            if written is None:
                hint = "a time cannot be negative" if value.strip().startswith("-") else 'write "2 us"'
                raise NoTime(f"`{value}` is not a time; {hint}" if value.strip() else "a time is missing")
            found = float(written[1].replace("_", "")) * UNITS[written[2] or "ns"]
        case _:
            raise NoTime('a time is a number of ns, or a text such as "2 us"')
    if not 0 <= found <= LONGEST:  # Also refuses what is no number.
        raise NoTime("a time cannot be negative" if found < 0 else "no time here is longer than 1000 s")
    return round(found)


def written(time: float) -> str:
    """A time with the unit that suits it: `45 ns`, `2.8 ms`."""
    for unit, size in reversed(UNITS.items()):
        if time >= size:
            return f"{time / size:.4g} {unit}"
    return f"{time:.4g} ns" if time else "0"
