"""How the times of one scenario are spread, as an SVG: for each policy the part of the episodes that have
ended after so long.  The time is logarithmic."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from math import ceil, floor, log10

from ...timing.figures.study import Measured
from ...timing.table.units import written
from .picture import COLOURS, text_at
from .text import short_names

WIDTH, HEIGHT = 520, 200
LEFT, TOP, BELOW = 52, 34, 30
MOST_POINTS = 250


def spread(rows: Sequence[Measured]) -> str | None:
    """The SVG, to stand in a page that has the style of `picture`; None where no episode ended."""
    known = [(n, row) for n, row in enumerate(rows) if not row.never]
    if not known:
        return None
    low = floor(log10(max(1.0, min(row.least or 1.0 for _, row in known))))
    high = max(low + 1, ceil(log10(max(row.worst or 1.0 for _, row in known))))

    def x(time: float) -> float:
        return LEFT + WIDTH * (log10(max(time, 1.0)) - low) / (high - low)

    def y(part: float) -> float:
        return TOP + HEIGHT * (1 - part)

    width, height = LEFT + WIDTH + 36, TOP + HEIGHT + BELOW
    lines = [
        f'<svg viewBox="0 0 {width} {height}" width="{width}" role="img">',
        "<title>the part of the episodes that have ended after so long</title>",
    ]
    for part in (0.0, 0.5, 0.9, 1.0):
        lines.append(f'<path class="grid" d="M{LEFT} {y(part):.1f}h{WIDTH}"/>')
        lines.append(text_at(LEFT - 40, y(part) + 4, f"{part:.0%}"))
    for power in range(low, high + 1):
        lines.append(f'<path class="grid" d="M{x(10.0**power):.1f} {TOP}v{HEIGHT}"/>')
        lines.append(text_at(x(10.0**power) - 14, TOP + HEIGHT + 16, written(10.0**power)))
    lines.append(f'<rect class="frame" x="{LEFT}" y="{TOP}" width="{WIDTH}" height="{HEIGHT}"/>')
    at = float(LEFT)
    for n, name in enumerate(short_names([row.policy for row in rows])):
        if not rows[n].never:
            steps = "".join(f"H{x(time):.1f}V{y(part):.1f}" for time, part in _ended(rows[n]))
            lines.append(f'<path class="c{n % COLOURS}" d="M{LEFT} {y(0):.1f}{steps}"/>')
        lines.append(f'<path class="c{n % COLOURS}" d="M{at:.1f} 14h22"/>')
        told = name if not rows[n].never else f"{name}: never ends"
        lines.append(text_at(at + 27, 18, told))
        at += 45 + 6.5 * len(told)
    return "\n".join([*lines, "</svg>"])


def _ended(row: Measured) -> Iterator[tuple[float, float]]:
    """Times, rising, with the part of all episodes that have ended by then."""
    samples = sorted((float(one.sample.time), one.weight) for one in row.seen if one.weight)
    total = sum(weight for _, weight in samples)
    whole = 1 - sum(row.shares.values())
    done, told = 0.0, -1.0
    for n, (time, weight) in enumerate(samples):
        done += weight
        last = n == len(samples) - 1
        if last or (samples[n + 1][0] > time and done / total - told >= 1 / MOST_POINTS):
            told = done / total
            yield time, whole * told
