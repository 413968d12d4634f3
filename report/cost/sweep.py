"""The tables of a sweep as one: a column for each value, and between which of them two policies change
places."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence

from ...dsl.model import model as m
from ...timing.figures.costing import Costing
from ...timing.figures.study import How, Measured
from ...timing.table.units import US
from ..text.ink import PLAIN, Ink
from ..text.result import folded
from .text import NOT_MODELLED, basis, figure_text, head, scene, short_names


def sweep_text(found: Sequence[Costing], width: int = 72, ink: Ink = PLAIN) -> str:
    """Means of time and CPU time over the values of one setting, in us."""
    first = found[0]
    setting = first.at.partition("=")[0]
    lines = [
        head(first.model.name, first.model.constants, ink),
        f"costs: {first.costs.name}",
        basis(first.costs),
    ]
    lines.append(f"over {setting}; {_each(first)}; means, us")
    for measure in first.model.measures:
        for scenario, model in first.scenes.items():
            title = scene(model, first.costs)
            lines += ["", ink("strong", f"{scenario}: {title}" if scenario else title)]
            lines += _tables(found, measure, scenario)
    rows = [cell for one in found for cell in one.cells]
    if any(cell.stuck and not cell.never for cell in rows):
        lines += ["", "* of those that end; others never do"]
    if any(cell.never and not cell.stuck for cell in rows):
        lines += ["", "- not measured: it is not met"]
    lines += ["", NOT_MODELLED, f"seed {first.seed}"]
    return folded("\n".join(lines) + "\n", width, ink)


def _each(found: Costing) -> str:
    """What each figure comes from."""
    if found.costs.steady:
        return "a steady state each"
    if found.cells[0].how is How.EXACT:
        return "all episodes there are"
    return f"{found.cells[0].episodes} episodes each"


def _tables(found: Sequence[Costing], measure: m.Measure, scenario: str | None) -> Iterator[str]:
    rows = [
        [cell for cell in one.cells if (cell.measure, cell.scenario) == (measure.name, scenario)]
        for one in found
    ]
    names = short_names([cell.policy for cell in rows[0]])
    values = [one.at.partition("=")[2] for one in found]
    for title, figure in ((measure.name, "time"), ("CPU", "cpu"), ("given", "given")):
        means = [[_mean(cell, figure) for cell in row] for row in rows]
        if figure != "given" or any(mean not in ("0", "never") for row in means for mean in row):
            yield from _table(title, values, names, means)
    for title, figure in (("earlier", "time"), ("cheaper", "cpu")):
        yield from _crossings(title, values, names, rows, figure)


def _table(
    title: str, values: Sequence[str], names: Sequence[str], rows: Sequence[Sequence[str]]
) -> Iterator[str]:
    left = max(len(title), *(len(name) for name in names))
    widths = [max(len(value), *(len(cell) for cell in row)) for value, row in zip(values, rows, strict=True)]
    yield f"  {title:{left}}" + "".join(f"  {value:>{n}}" for value, n in zip(values, widths, strict=True))
    for n, name in enumerate(names):
        yield f"  {name:{left}}" + "".join(
            f"  {row[n]:>{size}}" for row, size in zip(rows, widths, strict=True)
        )


def _mean(cell: Measured, figure: str) -> str:
    known = cell.figures.get(figure)
    if known is None:
        return "never" if cell.stuck else "-"
    told = figure_text(known, US)
    return f"{told}*" if cell.stuck else told


def _crossings(
    title: str, values: Sequence[str], names: Sequence[str], rows: Sequence[Sequence[Measured]], figure: str
) -> Iterator[str]:
    """Between which values one policy begins to be the lesser of two."""
    mean: Callable[[Measured], float | None] = lambda cell: (  # noqa: E731
        cell.figures[figure].mean if figure in cell.figures and not cell.stuck else None
    )
    for n, name in enumerate(names):
        for other in range(n):
            for left in range(len(values) - 1):
                ends = [(mean(rows[at][n]), mean(rows[at][other])) for at in (left, left + 1)]
                if any(one is None or two is None for one, two in ends):
                    continue
                apart = [(one or 0) - (two or 0) for one, two in ends]
                if apart[0] * apart[1] < 0 and min(abs(one) for one in apart) > 20:
                    lesser = (name, names[other]) if apart[1] < 0 else (names[other], name)
                    between = f"between {values[left]} and {values[left + 1]}"
                    yield f"  {lesser[0]} {title} than {lesser[1]} from somewhere {between} on"
