"""What is fair, in TLA+."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from ...tla.module.precedence import AND
from ..program.fairness import Fairness, fairness
from ..program.program import TRUE, Expr, Point, Program
from ..program.ways import leaves
from .formula import Formula, Vocabulary


@dataclass(frozen=True, slots=True)
class Steps:
    """WF or SF (`sign`) of an action, with a `subscript`: vars or pc."""

    sign: str
    subscript: str

    @property
    def whole(self) -> bool:
        """Whether it is of a whole step, and not of a change of `pc`."""
        return self.subscript == "vars"

    def text(self, action: str) -> list[str]:
        """The formula, for an action."""
        return [f"{self.sign}_{self.subscript}({action})"]


@dataclass(frozen=True, slots=True)
class InTurn:
    """What comes to who waits for a lock in turn."""

    @property
    def whole(self) -> bool:
        """As of `Steps`: no ENABLED is asked of it."""
        return False

    def text(self, able: str, passed: str, moves: str) -> list[str]:
        """The formula, in two lines: for that the task is able to step, is passed over, and steps."""
        return [
            f"\\/ <>[](~{able}) /\\ <>[][~{passed}]_vars",
            f"\\/ []<><<{moves}>>_vars",
        ]


@dataclass(frozen=True, slots=True)
class Promise:
    """A condition for each task of a process: its form, and the definitions that it speaks of, each of which
    has the task as its parameter."""

    process: str
    form: Steps | InTurn
    about: tuple[str, ...]

    def text(self, everyone: str) -> str:
        """The conjunct, for tasks of a set."""
        match self.form, self.about:
            case Steps() as form, (action,):
                (line,) = form.text(f"{action}(self)")
                return f"\\A self \\in {everyone} : {line}"
            case InTurn() as form, (able, passed, moves):
                lines = form.text(f"{able}(self)", f"{passed}(self)", f"{moves}(self)")
                return f"\\A self \\in {everyone} :\n        " + "\n        ".join(lines)
        raise AssertionError(self)


def fairness_text(
    program: Program, words: Vocabulary, runners: Mapping[str, str], actions: Mapping[str, str]
) -> tuple[list[str], list[Promise]]:
    """Fairness, and the definitions that it speaks of: the steps of a process, or some of them.

    The textbook's `WF_vars(steps of the task)` has TLC try every action of the task in each state, to see
    whether one is enabled, and again on each transition, to see whether it was taken.  That took four times
    as long as the rest of a run.  The program knows better: a task can step where the guard of its point
    holds, and has stepped when its `pc` has changed, unless a step leads back to where it began.
    """
    definitions: list[str] = []
    promises: list[Promise] = []
    for condition in fairness(program):
        points = [p for p in program.points if p.name in condition.points]
        runner, part = runners[condition.process], condition.kind
        sign = "WF" if condition.kind == "weak" else "SF"
        if condition.turns:
            spoken_of, promise = _in_turn(condition, points, runner, words, actions)
            definitions += spoken_of
            promises.append(promise)
            continue
        if any(leaf.target == p.name for p in points if p.step for leaf in leaves(p.step.block)):
            name = words.names.new(f"{runner}_{part}")
            steps = "".join(f"\n    \\/ {actions[point.name]}(self)" for point in points)
            definitions.append(f"{name}(self) =={steps}")
            promises.append(Promise(condition.process, Steps(sign, "vars"), (name,)))
            continue
        able, moves = words.names.new(f"{runner}_can_{part}"), words.names.new(f"{runner}_moves_{part}")
        definitions.append(f"{able}(self) =={_able(points, Formula(words))}")
        definitions.append(
            "\\* ENABLED takes the first alternative, which no step of Next is: nothing is ever elsewhere.\n"
            f"{moves}(self) ==\n    /\\ {able}(self)\n"
            "    /\\ \\/ pc' = [pc EXCEPT ![self] = \"elsewhere\"]\n       \\/ pc'[self] # pc[self]"
        )
        promises.append(Promise(condition.process, Steps(sign, "pc"), (moves,)))
    body = "".join(f"\n    /\\ {one.text(words.sets[one.process])}" for one in promises) or " TRUE"
    return [*definitions, f"Fairness =={body}"], promises


def _in_turn(
    condition: Fairness, points: list[Point], runner: str, words: Vocabulary, actions: Mapping[str, str]
) -> tuple[list[str], Promise]:
    """Strong fairness to a task that waits for a lock in turn: what it speaks of, and what is promised.

    That the task is passed over again and again has the same cure as that its step is possible again and
    again: it steps.  So both are one condition, and cost TLC no more than one.
    """
    able, passed = words.names.new(f"{runner}_can"), words.names.new(f"{runner}_is_passed_over")
    moves, other = words.names.new(f"{runner}_moves"), words.names.new("other")
    first: dict[frozenset[str], list[Point]] = {}
    for point in points:
        others = (turns.first[point.name] for turns in condition.turns if point.name in turns.waiting)
        first.setdefault(next(others, frozenset()), []).append(point)
    possible = ""
    for before, some in first.items():
        text = _able(some, Formula(words))
        if before:
            nobody = f"\\A {other} \\in Tasks \\ {{self}} : ~(pc[{other}] {points_text(sorted(before))})"
            text = text.replace("\n    ", "\n          ")
            text = f"\n    \\/ /\\ {nobody}\n       /\\{text.lstrip(chr(10)).removeprefix('         ')}"
        possible += text
    over = "".join(
        f"\n    \\/ /\\ pc[self] {points_text(sorted(one.waiting))}"
        f"\n       /\\ \\E {other} \\in Tasks \\ {{self}} : "
        f"pc[{other}] {points_text(sorted(one.getting))} /\\ pc'[{other}] # pc[{other}]"
        for one in condition.turns
    )
    taken = f" pc[self] {points_text(sorted(condition.points))} /\\ pc'[self] # pc[self]"
    if any(leaf.target == p.name for p in points if p.step for leaf in leaves(p.step.block)):
        taken = "".join(f"\n    \\/ {actions[point.name]}(self)" for point in points)
    definitions = [
        f"{able}(self) =={possible}",
        f"{passed}(self) =={over}",
        f"{moves}(self) =={taken}",
    ]
    return definitions, Promise(condition.process, InTurn(), (able, passed, moves))


def _able(points: Iterable[Point], formula: Formula) -> str:
    """That a task stands at one of `points` and its step is enabled there."""
    guards: dict[Expr, list[str]] = {}
    for point in points:
        assert point.step is not None
        guards.setdefault(point.step.guard, []).append(point.name)
    text = ""
    for guard, names in guards.items():
        test = "" if guard == TRUE else f" /\\ {formula.inside(guard, AND)}"
        text += f"\n    \\/ pc[self] {points_text(names)}{test}"
    return text


def points_text(names: Iterable[str]) -> str:
    """That a control point is one of these."""
    listed = [f'"{name}"' for name in names]
    return f"= {listed[0]}" if len(listed) == 1 else f"\\in {{{', '.join(listed)}}}"
