"""A program that tells which bound labels it visits: what recordings of a kernel are compared with.

Where a label stands that a recording binds, a step is put in, before the one that stands there: it *records*
the visit, as an event of the recording does, in variables of its own.  So an event is recorded while its task
stands at the label, every visit has exactly one, and all steps in between are as they were.

All records go to the same variables, which a formula reads.  So the reduction keeps them in their order, one
in a step at most, each with the values that it tells, as it keeps what any invariant looks at.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace

from ..dsl.model import model as m
from ..dsl.source import Span
from . import pipeline
from .lower.finish import Resolver
from .lower.values.direct import Direct
from .program.program import (
    CPU,
    TRUE,
    Any,
    Apply,
    Assign,
    Const,
    Expr,
    Invariant,
    Note,
    Op,
    Point,
    Program,
    Read,
    StandsAt,
    Step,
    Variable,
    conjunction,
    goto,
    rewritten,
)

RECORDED = "(recorded)"
"""The number of the label that the last step recorded, 0 where it recorded none."""

NO_VALUE = "(no value)"
"""What is recorded of an expression that has no value, as None in a sum."""

Label = tuple[str, str, str]
"""Process, owner and name."""


@dataclass(frozen=True, slots=True)
class Recorded:
    """The whole `program` with its records.

    `numbers` are those of the bound labels; `slots` has for each value that a rule of the recording asks for
    at a label, by the rule's place, the label and the value's place in the rule, the variable that tells it.
    `spans` are where the labels are written.
    """

    program: Program
    numbers: Mapping[Label, int]
    slots: Mapping[tuple[int, Label, int], str]
    spans: Mapping[Label, Span]


def recorded(program: Program, model: m.Model, recording: m.Recording) -> Recorded:
    """The program, lowered from `model`, with what `recording` binds as records.  Claims are left out.

    A record needs no CPU: its task stands at the label, whoever runs.  So where CPUs are counted, they are
    made state first, and the program that comes out counts none.
    """
    if program.cpus is not None:
        program = replace(pipeline.whole(program), cpus=None)
    numbers: dict[Label, int] = {}
    values: dict[Label, list[Expr]] = {}
    slots: dict[tuple[int, Label, int], str] = {}
    scope = {p.name: Direct(model, p, frozenset(program.queued_locks)) for p in model.processes}
    for place, rule in enumerate(recording.rules):
        for owner, name in rule.labels if rule.process is not None else ():
            label = (rule.process or "", owner, name)
            numbers.setdefault(label, len(numbers) + 1)
            told = values.setdefault(label, [])
            for index, value in enumerate(rule.values):
                slots[place, label, index] = _slot(len(told))
                told.append(_value(scope[label[0]], value.value))
    known = {variable.name for variable in program.variables}
    used = [v for direct in scope.values() for v in direct.locals.values() if v.name not in known]
    most = max((len(told) for told in values.values()), default=0)
    own = [Variable(RECORDED, "recorded", Any(), 0)]
    own += [Variable(_slot(index), "recorded", Any(), None) for index in range(most)]
    looks = Apply(
        "or", tuple(Apply("==", (Read(v.name), Const(0 if v.name == RECORDED else None))) for v in own)
    )
    resolve = Resolver(program.points, list(program.processes), ())
    written = {(node.owner, node.name): node.span for node in _labels(model)}
    processes = {process.name: process.span for process in program.processes}
    spans = {label: written.get(label[1:], processes[label[0]]) for label in numbers}
    split = _Split(numbers, {k: [resolve(value) for value in told] for k, told in values.items()}, spans)
    points = tuple(made for point in program.points for made in split.point(point))
    ends = {name: names[-1] for name, names in split.further.items()}
    program = replace(
        program,
        processes=tuple(replace(p, end=ends.get(p.end, p.end)) for p in program.processes),
        points=rewritten(points, split.standing),
        definitions=rewritten(program.definitions, split.standing),
        variables=(*program.variables, *used, *own),
        invariants=(Invariant(RECORDED, looks, program.processes[0].span),),
        sometimes=(), temporal=(), monitors=(), properties=(), assumed=(),
    )  # fmt: skip
    return Recorded(program, numbers, slots, spans)


def _labels(model: m.Model) -> Iterator[m.Label]:
    bodies = (part.body for group in (model.processes, model.functions) for part in group)
    return (node for body in bodies for node in m.walk(body) if isinstance(node, m.Label))


def _slot(index: int) -> str:
    return f"(recorded {index})"


def _value(scope: Direct, e: m.Expr) -> Expr:
    needed = conjunction(*(obligation.condition for obligation in scope.obligations(e)))
    value = scope.ir(e)
    return value if needed == TRUE else Apply("if", (needed, value, Const(NO_VALUE)))


class _Split:
    """Puts records in; afterwards `standing` makes `at` mean every control point that a label then has."""

    def __init__(
        self, numbers: Mapping[Label, int], values: Mapping[Label, list[Expr]], spans: Mapping[Label, Span]
    ) -> None:
        self.spans = spans
        self.numbers = numbers
        self.values = values
        self.further: dict[str, tuple[str, ...]] = {}

    def point(self, point: Point) -> tuple[Point, ...]:
        """The control points that take the place of one: the records, and then its own step."""
        point = replace(point, claims=())
        ends = point.step is None and not point.halted
        written = (*point.labels, ("", "end")) if ends else point.labels
        labels = [label for owner, name in written if (label := (point.process, owner, name)) in self.numbers]
        if not labels:
            return (point,)
        names = [point.name, *(f"{point.name} recorded {index}" for index in range(1, len(labels) + 1))]
        self.further[point.name] = tuple(names)
        made: list[Point] = []
        for index, label in enumerate(labels):
            told: list[Op] = [Assign(RECORDED, (), Const(self.numbers[label]))]
            told += [Assign(_slot(i), (), value) for i, value in enumerate(self.values[label])]
            told.append(Note("record", self.spans[label], text=label[2]))
            step = Step("record", self.spans[label], TRUE, replace(goto(names[index + 1]), ops=tuple(told)))
            made.append(replace(point, name=names[index], step=step))
        return (*made, replace(point, name=names[-1]))

    def standing(self, node: object) -> object:
        if not isinstance(node, StandsAt):
            return node
        points = {name for point in node.points for name in self.further.get(point, (point,))}
        return replace(node, points=frozenset(points))


def searchable(made: Recorded, *, reduction: bool) -> Program:
    """The program as it is searched for recordings.  With CPUs as state there is nothing to reduce."""
    counted = any(variable.name == CPU for variable in made.program.variables)
    return pipeline.prepared(made.program, reduction=reduction and not counted)
