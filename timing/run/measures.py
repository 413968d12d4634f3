"""What is measured: where measures begin and end in a program, and the samples of one behaviour."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from ...dsl.model import model as m
from ...translator.program.program import Point, Program
from .cpus import Cpus, Runner

Points = Mapping[int, tuple[int, ...]]
"""By control point, measures."""


@dataclass(frozen=True, slots=True)
class Marks:
    """The measures that `begin` at each control point, those that `end` there, and those that do `both`
    there, in that order: the task comes from one label to the other without a step."""

    begin: Points
    end: Points
    both: Points

    @property
    def points(self) -> frozenset[int]:
        """Where anything begins or ends."""
        return frozenset((*self.begin, *self.end))


@dataclass(frozen=True, slots=True)
class Sample:
    """One measured stretch of one task: times in ns, and counts.

    `began` is when it began; `beyond` is the time beyond what was left of the call in which the task arrived,
    None if it did not.
    """

    measure: int
    task: int
    time: int
    cpu: int
    given: int
    polls: int
    out: int
    woken: int
    spun: int
    beyond: int | None
    began: int


def marks(model: m.Model, program: Program) -> Marks:
    """Where the measures of a model begin and end, by their numbers in it."""
    begin: dict[int, tuple[int, ...]] = {}
    end: dict[int, tuple[int, ...]] = {}
    both: dict[int, tuple[int, ...]] = {}
    for number, measure in enumerate(model.measures):
        for place, point in enumerate(program.points):
            if point.process != measure.process:
                continue
            first, last = _place(point, measure.start), _end(point, measure)
            if first is not None:
                begin[place] = (*begin.get(place, ()), number)
            if last is not None:
                end[place] = (*end.get(place, ()), number)
            if first is not None and last is not None and first < last:
                both[place] = (*both.get(place, ()), number)
    return Marks(begin, end, both)


def _place(point: Point, label: tuple[str, ...]) -> int | None:
    """Which of a point's labels it is, in the order in which a task passes them; None without it."""
    if label == ("end",):
        return len(point.labels) if point.step is None and not point.halted else None
    fits = (n for n, (owner, own) in enumerate(point.labels)
            if own == label[-1] and label[:-1] in ((), (owner,)))  # fmt: skip
    return next(fits, None)


def _end(point: Point, measure: m.Measure) -> int | None:
    """The same of where a measure ends: at a label, or anywhere outside of the region where it began."""
    if measure.end is not None:
        return _place(point, measure.end)
    return None if point.standing(measure.start, within=True) else len(point.labels)


class Measuring:
    """What is measured of one behaviour so far.

    `wanted` are the measures and tasks of which a sample is wanted, and when the last one is there it is
    `finished`.  What a task has `missed` is not waited for: it has ended without it.  In a `steady` behaviour
    every stretch is a sample, and always wanted.  `open` are the stretches that have begun, each with the
    task's figures at that time; `left` says when the call that a task arrived in was to end.
    """

    def __init__(self, marks: Marks, wanted: Iterable[tuple[int, int]], *, steady: bool = False) -> None:
        self.marks = marks
        self.wanted = set(wanted)
        self.steady = steady
        self.samples: list[Sample] = []
        self.missed: list[tuple[int, int]] = []
        self.open: dict[tuple[int, int], tuple[int, ...]] = {}
        self.left: dict[int, int] = {}
        self.finished = False

    def come(self, cpus: Cpus, runner: Runner, point: int) -> None:
        """A task has come to a control point."""
        for measure in self.marks.end.get(point, ()):
            self._ended(cpus, runner, measure)
        for measure in self.marks.begin.get(point, ()):
            which = measure, runner.index
            if which in self.wanted and which not in self.open:
                cpus.given.setdefault(runner, 0)
                self.open[which] = _figures(cpus, runner)
        for measure in self.marks.both.get(point, ()):
            self._ended(cpus, runner, measure)

    def over(self, task: int) -> None:
        """A task has ended; what it has not measured it never will."""
        missed = sorted(one for one in self.wanted if one[1] == task)
        if missed:
            self.missed += missed
            self.wanted.difference_update(missed)
            self.finished = not self.wanted

    def _ended(self, cpus: Cpus, runner: Runner, measure: int) -> None:
        index = runner.index
        base = self.open.pop((measure, index), None)
        if base is None or (measure, index) not in self.wanted:
            return
        time, cpu, given, polls, out, woken, spun = (
            after - before for before, after in zip(base, _figures(cpus, runner), strict=True)
        )
        left = self.left.get(index)
        beyond = None if left is None or self.steady else time - max(0, left - base[0])
        self.samples.append(
            Sample(measure, index, time, cpu, given, polls, out, woken, spun, beyond, base[0])
        )
        if not self.steady:
            self.wanted.discard((measure, index))
            self.finished = not self.wanted


def _figures(cpus: Cpus, runner: Runner) -> tuple[int, ...]:
    return (
        cpus.clock.now, runner.used, cpus.given.get(runner, 0), runner.polls, runner.out, runner.woken,
        runner.spun,
    )  # fmt: skip
