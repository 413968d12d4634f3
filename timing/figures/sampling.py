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
    every other point lies there, and counts for less.  None: how much of a slice is used does not matter.
    """
    first, second = (_chance(seed, batch, points, word) for word in ("at", "used"))
    for i in range(points):
        at = (i + first) / points
        used = (i * _GOLDEN + second) % 1.0
        weight = 1.0 / points
        if late is not None and 0.0 < late < 1.0 and points > 1:
            odd = i % 2 == 1
            share = (points // 2) / points if odd else (points - points // 2) / points
            used = 1 - late * used if odd else (1 - late) * used
            weight *= (late if odd else 1 - late) / share
        yield Start(at, used, batch * 1_000_000 + i), weight


def _chance(seed: int, batch: int, points: int, word: str) -> float:
    words = f"{seed}/{word}/{batch}/{points}".encode()
    return int.from_bytes(blake2b(words, digest_size=7).digest()) / (1 << 56)
