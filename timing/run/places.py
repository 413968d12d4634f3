"""Which control points a table's names stand for: functions, labels, lines and choices of a model."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from ...dsl.diagnostics import Diagnostics, did_you_mean
from ...dsl.model import model as m
from ...dsl.source import Span
from ...translator.program.program import Point, Program
from ..table.costs import CLASSES, FREE, Costs, Duration, Episode


@dataclass(frozen=True, slots=True)
class Stretch:
    """A timed function, or one in which somebody arrives: its control points by number.

    `shares` says of each point at which its time is spent the part of it, as (part, of how many); where a
    call has no such point, all is spent at the point at which the call begins.
    """

    name: str
    duration: Duration | None
    points: frozenset[int]
    shares: Mapping[int, tuple[int, int]]


@dataclass(frozen=True, slots=True)
class Prices:
    """What each control point of a program costs, by its number.

    `fixed` is the CPU time of its class; `special` what stands instead of it where the table names the
    place: the name under which a time is drawn, or the part of a function's time as a whole.  `touched` are
    the functions with a time of their own that a point is in.
    """

    fixed: tuple[int, ...]
    special: Mapping[int, tuple[str, Duration] | tuple[Stretch, int, int]]
    touched: Mapping[int, tuple[Stretch, ...]]


class Names:
    """The places of a model as tables name them: a function or process, a label, `FILE:LINE` or `LINE`."""

    def __init__(self, model: m.Model, program: Program) -> None:
        self.program = program
        self.bodies: dict[str, tuple[str, int, int]] = {}
        owners: list[m.Function | m.Process | m.Policy] = [
            *model.functions,
            *model.processes,
            *model.policies,
        ]
        for owner in owners:
            spans = [getattr(node, "span", None) for node in m.walk(owner.body)]
            lines = [one for one in spans if isinstance(one, Span) and one.path == owner.span.path]
            name = owner.base if isinstance(owner, m.Policy) else owner.name
            if lines:
                first = min(owner.span.line, *(span.line for span in lines))
                self.bodies[name] = (owner.span.path, first, max(span.end_line for span in lines))
        self.functions = {function.name for function in model.functions}
        self.processes = {process.name for process in model.processes}

    def within(self, span: Span, owner: str) -> bool:
        """Whether a place stands in the body of a function, process or policy."""
        path, first, last = self.bodies.get(owner, ("", 1, 0))
        return span.path == path and first <= span.line <= last

    def owner(self, span: Span) -> str | None:
        """The function, process or policy in whose body a place stands."""
        return next((name for name in self.bodies if self.within(span, name)), None)

    def inside(self, point: Point, function: str) -> bool:
        """Whether a point is in a call of the function, or of what that calls."""
        return any(self.within(span, function) for span in _spans(point))

    def of_line(self, word: str) -> tuple[str, int] | None:
        """A `FILE:LINE` or `LINE`."""
        path, _, line = word.rpartition(":")
        return (path, int(line)) if line.isascii() and line.isdecimal() and len(line) < 9 else None

    def points(self, word: str) -> frozenset[int]:
        """The control points that a label or a line stands for."""
        line = self.of_line(word)
        found = set()
        for number, point in enumerate(self.program.points):
            if line is not None:
                path, row = line
                spans = [point.step.span] if point.step is not None else []
                if any(
                    span.line == row and (not path or span.path == path or span.path.endswith(f"/{path}"))
                    for span in spans
                ):
                    found.add(number)
            elif any(word in (name, f"{owner}.{name}") for owner, name in point.labels):
                found.add(number)
        return frozenset(found)

    def known(self) -> list[str]:
        """All names of places but lines."""
        labels = {name for point in self.program.points for _, name in point.labels}
        return sorted(self.functions | labels)


def prices(costs: Costs, names: Names, diagnostics: Diagnostics) -> Prices:
    """What a program's points cost.  A name that nothing has is reported, and so is an arrival in a function
    whose time is not known."""
    program = names.program
    fixed = tuple(0 if point.step is None else costs.step.get(_class(point), 0) for point in program.points)
    known = {*CLASSES, *FREE}
    for point in program.points:
        odd = point.step is not None and _class(point) not in known
        if odd and program.process(point.process).interrupts is None:
            message = f"steps of the kind `{_class(point)}` have no times"
            diagnostics.add("costs", point.span, message, "leave them out of what is timed")
    placed: dict[int, tuple[str, Duration]] = {}
    stretches: dict[str, Stretch] = {}
    for word, duration in sorted(
        costs.durations.items(), key=lambda item: names.of_line(item[0]) is not None
    ):
        if word in names.functions:
            stretches[word] = _stretch(word, duration, names)
            continue
        points = names.points(word)
        if not points:
            help = did_you_mean(word, names.known()) or "name a function, a label, or FILE:LINE"
            place = costs.places["duration", word]
            diagnostics.add("costs", place, f"`duration.{word}`: there is no such place in the model", help)
        placed |= dict.fromkeys(points, (word, duration))
    for process, episode in costs.episodes.items():
        place = costs.places["episode", process]
        if process not in names.processes:
            help = did_you_mean(process, names.processes) or "name a process"
            diagnostics.add(
                "costs", place, f"`episode.{process}`: there is no such process in the model", help
            )
            continue
        _arrival(process, episode, names, stretches, place, diagnostics)
    special: dict[int, tuple[str, Duration] | tuple[Stretch, int, int]] = dict(placed)
    touched: dict[int, tuple[Stretch, ...]] = {}
    for stretch in stretches.values():
        special |= {n: (stretch, *share) for n, share in stretch.shares.items() if n not in special}
        for number in stretch.points:
            touched[number] = (*touched.get(number, ()), stretch)
    return Prices(fixed, special, touched)


def _arrival(
    process: str, episode: Episode, names: Names, stretches: Mapping[str, Stretch], place: Span,
    diagnostics: Diagnostics,
) -> None:  # fmt: skip
    word = episode.arrives_in
    if word is None or word in stretches:
        return
    if word in names.functions:
        message = f"`{process}` arrives in `{word}`, and nothing says how long that takes"
        diagnostics.add("costs", place, message, f"say `--set duration.{word}=100us`, or so in [duration]")
    else:
        help = did_you_mean(word, names.functions) or "name a function"
        diagnostics.add("costs", place, f"`episode.{process}`: there is no function `{word}`", help)


def _stretch(name: str, duration: Duration, names: Names) -> Stretch:
    points = {n for n, point in enumerate(names.program.points) if names.inside(point, name)}
    # Of a step in a loop there may be several points, which are one part together.
    calls: dict[tuple[Span, ...], dict[tuple[Span, tuple[Span, ...]], list[int]]] = {}
    for number in points:
        point = names.program.points[number]
        if point.step is not None and point.step.kind == "might_sleep":
            call = calls.setdefault((*_prefix(point, name, names), _process_place(point, names)), {})
            call.setdefault((point.step.span, point.step.calls), []).append(number)
    shares: dict[int, tuple[int, int]] = {}
    for call in calls.values():
        for part, written in enumerate(sorted(call)):
            shares |= dict.fromkeys(call[written], (part, len(call)))
    return Stretch(name, duration, frozenset(points), shares)


def _prefix(point: Point, name: str, names: Names) -> tuple[Span, ...]:
    """The call sites that lead to the call of `name` in which a point is."""
    outer: list[Span] = []
    for span in _calls(point):
        if names.within(span, name):
            break
        outer.append(span)
    return tuple(outer)


def _process_place(point: Point, names: Names) -> Span:
    return names.program.process(point.process).span


def _calls(point: Point) -> tuple[Span, ...]:
    return point.calls if point.step is None else point.step.calls


def _spans(point: Point) -> Iterator[Span]:
    yield from _calls(point)
    if point.step is not None:
        yield point.step.span


def _class(point: Point) -> str:
    """The class of a step in a table of costs."""
    step = point.step
    assert step is not None
    if step.lock is not None:
        return "release" if step.lock.action == "release" else "acquire"
    return step.kind
