"""A sweep as a picture: an SVG of its own, for light and dark pages, without a script.

Columns are scenarios. Rows are the measured time, its part beyond the end of what is waited for, CPU time,
and the part of the wait that others ran. Axes are logarithmic, but for the last row.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from html import escape
from math import ceil, floor, log10

from ...timing.figures.costing import Costing
from ...timing.figures.study import Measured
from ...timing.table.units import NoTime, nanoseconds, written
from .text import basis, scene, short_names

WIDTH, HEIGHT = 250, 170
LEFT, TOP, GAP, ASIDE = 70, 122, 46, 84
STYLE = """
:root { color-scheme: light dark; --ink: #222; --grid: #ddd; --page: #fff; }
@media (prefers-color-scheme: dark) { :root { --ink: #ddd; --grid: #444; --page: #1a1a1a; } }
.page { fill: var(--page); } text { font: 11px sans-serif; fill: var(--ink); }
.title { font-weight: bold; font-size: 12px; } .frame { fill: none; stroke: var(--ink); }
.grid { stroke: var(--grid); } path { fill: none; stroke-width: 1.6; }
.c0 { stroke: #0072b2; } .c1 { stroke: #e69f00; } .c2 { stroke: #d55e00; } .c3 { stroke: #009e73; }
.c4 { stroke: #cc79a7; } .c5 { stroke: #56b4e9; } .c6 { stroke: #999999; }
.c1 { stroke-dasharray: 7 4; } .c3 { stroke-dasharray: 3 3; } .c5 { stroke-dasharray: 10 3 2 3; }
.m { fill: var(--page); stroke-dasharray: none; }
@media (prefers-color-scheme: dark) {
.c0 { stroke: #4aa8e8; } .c2 { stroke: #f27d3c; } .c3 { stroke: #2fc79a; } .c5 { stroke: #8fd0f5; } }
"""
# Where curves lie on each other, the ones below show between the dashes.
COLOURS = 7


@dataclass(frozen=True, slots=True)
class _Row:
    """A figure as a row of panels: what is shown of a cell (None: nothing), as a part of one or in ns."""

    title: str
    of: Callable[[Measured], float | None]
    part: bool = False


class NoPicture(ValueError):
    """There is nothing to draw; says why."""


def picture(found: Sequence[Costing]) -> str:
    """The SVG; the same bytes for the same figures.  Raises NoPicture unless the sweep is over times."""
    try:
        values = [nanoseconds(one.at.partition("=")[2]) for one in found]
    except NoTime:
        raise NoPicture("a picture is drawn over times: --sweep duration.PLACE=1us,10us,100us") from None
    if len(values) < 2 or min(values) <= 0 or sorted(set(values)) != values:
        raise NoPicture(
            "a picture needs two times or more, from low to high: --sweep duration.PLACE=1us,10us"
        )
    first = found[0]
    measure = first.model.measures[0].name
    names = short_names(list(dict.fromkeys(cell.policy for cell in first.cells)))
    rows = [
        _Row(f"{measure}, mean", lambda cell: _mean(cell, "time")),
        _Row("beyond the end of what it waits for", lambda cell: _mean(cell, "beyond")),
        _Row("CPU time of the wait", lambda cell: _mean(cell, "cpu")),
        _Row("part of the wait that others ran", _given, part=True),
    ]
    cells = {(n, cell.scenario, cell.policy): cell
             for n, one in enumerate(found) for cell in one.cells if cell.measure == measure}  # fmt: skip
    rows = [row for row in rows if any(row.of(cell) for cell in cells.values())]
    scenes = list(first.scenes.items())
    width = LEFT + len(scenes) * (WIDTH + ASIDE)
    height = TOP + len(rows) * (HEIGHT + GAP) + 6
    policies = list(dict.fromkeys(cell.policy for cell in first.cells))
    lines = [
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width} {height}" width="{width}">',
        f"<title>{escape(first.model.name)}: {escape(measure)}</title><style>{STYLE}</style>",
        f'<rect class="page" width="{width}" height="{height}"/>',
        text_at(10, 18, f"{first.model.name}: {measure}", "title"),
        text_at(10, 34, f"costs: {first.costs.name}; {first.at.partition('=')[0]} varied"),
        text_at(10, 49, basis(first.costs)),
        *_legend(names),
    ]
    for column, (scenario, model) in enumerate(scenes):
        stuck = {policy for (_, own, policy), cell in cells.items() if own == scenario and cell.stuck}
        without = ["never ends" if policy in stuck else "not measured" for policy in policies]
        left = LEFT + column * (WIDTH + ASIDE)
        lines.append(text_at(left, TOP - 34, scenario or "", "title"))
        lines.append(text_at(left, TOP - 20, scene(model, first.costs)))
        for number, row in enumerate(rows):
            top = TOP + number * (HEIGHT + GAP)
            lines.append(text_at(left, top - 2, row.title))
            series = [[row.of(cells[n, scenario, policy]) for n in range(len(values))] for policy in policies]
            lines += _panel(left, top + 4, values, series, without, row.part)
        lines.append(text_at(left, height - 8, first.at.partition("=")[0]))
    return "\n".join([*lines, "</svg>"]) + "\n"


def _mean(cell: Measured, name: str) -> float | None:
    figure = cell.figures.get(name)
    return None if figure is None or cell.stuck else max(figure.mean, 1.0)


def _given(cell: Measured) -> float | None:
    time, given = _mean(cell, "time"), cell.figures.get("given")
    return None if time is None or given is None else min(1.0, given.mean / time)


def text_at(x: float, y: float, text: str, kind: str = "") -> str:
    """A text that begins at a point; `kind` is its class in `STYLE`."""
    name = f' class="{kind}"' if kind else ""
    return f'<text x="{x:.1f}" y="{y:.1f}"{name}>{escape(text)}</text>'


def _legend(names: Sequence[str]) -> Iterator[str]:
    x = 10.0
    for n, name in enumerate(names):
        yield f'<path class="c{n % COLOURS}" d="M{x:.1f} 64h22"/>'
        yield text_at(x + 27, 68, name)
        x += 45 + 6.5 * len(name)


def _panel(
    left: int, top: int, values: Sequence[int], series: Sequence[Sequence[float | None]],
    without: Sequence[str], part: bool,
) -> Iterator[str]:  # fmt: skip
    """`without` is what is said of each line that has no points."""
    known = [value for line in series for value in line if value is not None]
    low, high = (0.0, 1.0) if part or not known else (floor(log10(min(known))), ceil(log10(max(known))))
    high = high if high > low else low + 1
    ends = log10(values[0]), log10(values[-1])

    def x(value: float) -> float:
        return left + WIDTH * (log10(value) - ends[0]) / (ends[1] - ends[0])

    def y(value: float) -> float:
        at = value if part else log10(value)
        return top + HEIGHT * (1 - (at - low) / (high - low))

    marks = [0.0, 0.5, 1.0] if part else [10.0**n for n in range(int(low), int(high) + 1)]
    for mark in marks:
        yield f'<path class="grid" d="M{left} {y(mark):.1f}h{WIDTH}"/>'
        yield text_at(left - 52, y(mark) + 4, f"{mark:.0%}" if part else written(mark))
    shown = -1000.0
    for value in values:
        yield f'<path class="grid" d="M{x(value):.1f} {top}v{HEIGHT}"/>'
        if x(value) - shown >= 44:
            yield text_at(x(value) - 12, top + HEIGHT + 14, written(value))
            shown = x(value)
    yield f'<rect class="frame" x="{left}" y="{top}" width="{WIDTH}" height="{HEIGHT}"/>'
    never = 0
    for n, line in enumerate(series):
        points = [(x(v), y(one)) for v, one in zip(values, line, strict=True) if one is not None]
        if not points:
            yield f'<path class="c{n % COLOURS}" d="M{left + 6} {top + 12 + 14 * never}h22"/>'
            yield text_at(left + 34, top + 16 + 14 * never, without[n])
            never += 1
            continue
        yield f'<path class="c{n % COLOURS}" d="M{" L".join(f"{a:.1f} {b:.1f}" for a, b in points)}"/>'
        for a, b in points:
            yield f'<circle class="m c{n % COLOURS}" cx="{a:.1f}" cy="{b:.1f}" r="2.4"/>'
