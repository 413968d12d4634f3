"""Bounds without costs, as a table."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from ...dsl.model import model as m
from ...dsl.source import Span
from ...timing.figures.bounds import Bounds
from ..text.ink import PLAIN
from ..text.result import folded
from .text import head, short_names

HEADS = ("schedule()", "polls", "might_sleep()")


def bounds_text(found: Sequence[Bounds], model: m.Model, rounds: int, width: int = 72) -> str:
    """The most of each that one measured stretch can need."""
    lines = [head(model.name, model.constants)]
    lines.append("over all interleavings, without any cost: the most in one stretch,")
    more = "no more round" if rounds == 0 else f"at most {rounds} more round{'s' * (rounds > 1)}"
    lines.append(f"while other processes begin {more}")
    for measure in model.measures:
        scenarios = dict.fromkeys(one.scenario for one in found if one.measure == measure.name)
        for scenario in scenarios:
            rows = [one for one in found if (one.measure, one.scenario) == (measure.name, scenario)]
            lines += ["", f"{measure.name}{f' in {scenario}' if scenario else ''}", *_table(rows)]
            lines += _loops(rows, model.path)
    return folded("\n".join(lines) + "\n", width, PLAIN)


def _loops(rows: Sequence[Bounds], path: str) -> Iterator[str]:
    """Why there is no bound: for each policy the loop that can be gone round any number of times."""
    names = short_names([one.policy for one in rows])
    for name, one in zip(names, rows, strict=True):
        for what, loop in zip(HEADS, one.loops, strict=True):
            if loop:
                steps: list[str] = []
                task = ""
                for step in loop:
                    who = f"{step.task} " if str(step.task) != task else ""
                    task = str(step.task)
                    steps.append(f"{who}{_place(step.span, path)} {step.kind}")
                yield f"  {name + ', ' if name else ''}any number of {what}: {', '.join(steps)}, and again"


def _place(span: Span, path: str) -> str:
    """A line, with its file where that is not the model's."""
    stem = span.path.rpartition("/")[2].removesuffix(".pfn")
    return str(span.line) if span.path == path else f"{stem}:{span.line}"


def _table(rows: Sequence[Bounds]) -> Iterator[str]:
    names = short_names([one.policy for one in rows])
    left = max(len(name) for name in names)
    yield f"  {'':{left}}" + "".join(f"  {name:>13}" for name in (*HEADS, "states"))
    for name, one in zip(names, rows, strict=True):
        cells = ["any number" if most is None else str(most) for most in one.most]
        yield f"  {name:{left}}" + "".join(f"  {cell:>13}" for cell in (*cells, str(one.states)))
