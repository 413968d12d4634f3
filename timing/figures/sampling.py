"""Where episodes begin: few points, spread evenly, with intervals that say how far that can be trusted."""

from __future__ import annotations

from collections.abc import Iterator
from hashlib import blake2b

from ..run.episode import Start

BATCHES = 20
"""Independent shifts of the same lattice: intervals come from them, never from the points as if
independent."""

_GOLDEN = 0.6180339887498949


def starts(seed: int, batch: int, points: int, late: float | None) -> Iterator[tuple[Start, float]]:
    """The starts of one batch, each with its weight; the weights of a batch add up to one.

    They are a lattice, (i + u) / n and the fraction of i 0.618... + v, with u and v by chance.  Where the
    end of a slice matters, `late` is the last part of the slice in which it can come in what is measured:
    half of the points, a lattice of their own, lie there, and count for less.  None: how much of a slice is
    used does not matter.
    """
    if late is None or not 0.0 < late < 1.0 or points < 2:
        parts = [(points, 0.0, 1.0)]
    else:
        parts = [(points - points // 2, 0.0, 1.0 - late), (points // 2, 1.0 - late, late)]
    number = 0
    for part, (count, low, share) in enumerate(parts):
        first, second = (_chance(seed, batch, points, f"{word}{part}") for word in ("at", "used"))
        for i in range(count):
            used = low + share * ((i * _GOLDEN + second) % 1.0)
            yield Start((i + first) / count, used, batch * 1_000_000 + number), share / count
            number += 1


def _chance(seed: int, batch: int, points: int, word: str) -> float:
    words = f"{seed}/{word}/{batch}/{points}".encode()
    return int.from_bytes(blake2b(words, digest_size=7).digest()) / (1 << 56)
