"""Times of a recording as people write them."""

from __future__ import annotations

import re

_UNITS = {"": 1.0, "s": 1.0, "ms": 1e-3, "us": 1e-6, "ns": 1e-9}
_WRITTEN = re.compile(r"(\d+(?:\.\d+)?(?:e-?\d+)?)\s*(s|ms|us|ns|)")


def seconds_of(text: str) -> float:
    """`5.72`, `20ms`, `2 us` in seconds.  Raises ValueError, with a line for the user."""
    found = _WRITTEN.fullmatch(text.strip())
    if found is None:
        raise ValueError(f"`{text}` is no time: write 1.5, 20ms, 2us or 500ns")
    return float(found[1]) * _UNITS[found[2]]
