"""What may change places while a temporal formula is looked at: tasks and values.

TLC is given no symmetry for temporal properties, because it would be unsound there.  The search for fair
cycles keeps account of who is who, so that it is not; `docs/semantics.md` has the argument.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from math import factorial, prod

from ..lower.temporal import is_temporal
from ..program.program import Apply, Const, Expr, Program, Property, Task, TaskAt, rewritten, walk
from ..reduce.symmetry import Values, about_tasks_of, ranges, told_apart_in
from .formulas import until_of


@dataclass(frozen=True, slots=True)
class Alike:
    """What may change places while one temporal formula is looked at: tasks, by classes, and values."""

    tasks: tuple[tuple[Task, ...], ...]
    values: tuple[Values, ...]

    @property
    def names(self) -> tuple[str, ...]:
        return tuple(
            dict.fromkeys([group[0].process for group in self.tasks] + [v.name for v in self.values])
        )

    @property
    def permutations(self) -> int:
        """How many states one may stand for."""
        sizes = [*map(len, self.tasks), *(len(group.atoms) for group in self.values)]
        return prod(factorial(size) for size in sizes)


def alike(program: Program, formula: Expr) -> Alike:
    """What a temporal formula, and the program as far as it is about steps, does not tell apart.

    Tasks that the formula or a monitor names stay where they are; those of the same process that are not
    named may still change places.
    """
    bare = _steps_only(program)
    apart = told_apart_in(replace(bare, monitors=()))
    looked_at = rewritten((formula, program.monitors), about_tasks_of(program))
    named, chosen = named_tasks(looked_at, program)
    groups = (
        tuple(task for task in process.tasks if task not in named)
        for process in program.processes
        if process.name not in apart and process.name not in chosen
    )
    property = Property("", formula, (), program.points[0].span)
    values = ranges(replace(bare, temporal=(property,)))
    return Alike(tuple(group for group in groups if len(group) > 1), values)


def representatives(program: Program, formula: Expr) -> tuple[Expr, ...]:
    """Formulas that hold together if and only if this one does: what it is a conjunction of, without those
    that are others with interchangeable tasks exchanged."""
    apart = told_apart_in(replace(_steps_only(program), monitors=()))
    about_tasks = about_tasks_of(program)
    kept: list[Expr] = []
    known: list[Expr] = []
    for part in _conjuncts(formula, program):
        said = rewritten(part, about_tasks)
        if program.monitors or not any(_exchanges(one, said, program, apart) for one in known):
            kept.append(part)
            known.append(said)
    return tuple(kept)


def _steps_only(program: Program) -> Program:
    """A program without what is only looked at."""
    points = tuple(replace(point, claims=()) for point in program.points)
    return replace(program, points=points, invariants=(), sometimes=(), temporal=())


def _conjuncts(e: Expr, program: Program) -> tuple[Expr, ...]:
    match e:
        case Apply(operator="and", arguments=arguments) if is_temporal(e) and until_of(e, program) is None:
            return tuple(part for argument in arguments for part in _conjuncts(argument, program))
        case Apply(operator="always", arguments=(inner,)) if is_temporal(inner):
            return tuple(Apply("always", (part,)) for part in _conjuncts(inner, program))
        case Apply(operator="implies", arguments=(left, right)) if is_temporal(right):
            return tuple(Apply("implies", (left, part)) for part in _conjuncts(right, program))
        case _:
            return (e,)


def _exchanges(one: Expr, other: Expr, program: Program, apart: Mapping[str, str]) -> bool:
    """Whether one formula is the other with tasks exchanged that a program does not tell apart."""
    (first, chosen), (second, _) = named_tasks(one, program), named_tasks(other, program)
    pairs = dict(zip(first, second, strict=False))
    if chosen or len(first) != len(second) or any(a.process != b.process for a, b in pairs.items()):
        return False
    if any(a != b and a.process in apart for a, b in pairs.items()):
        return False

    def change(node: object) -> object:
        match node:
            case Const(value=Task() as task):
                return Const(pairs[task])
            case Const(value=frozenset() as members):
                return Const(frozenset(pairs.get(x, x) if isinstance(x, Task) else x for x in members))
            case TaskAt(process=process, index=Const(value=int(index))):
                return TaskAt(process, Const(pairs[program.process(process).tasks[index]].index))
            case _:
                return node

    return rewritten(one, change) == other


def named_tasks(node: object, program: Program) -> tuple[tuple[Task, ...], frozenset[str]]:
    """The tasks that a formula names, in the order of their first places, and the processes of which it
    chooses a task otherwise."""
    found: dict[Task, None] = {}
    chosen: set[str] = set()
    for part in walk(node):
        match part:
            case Const(value=Task() as task):
                found[task] = None
            case Const(value=frozenset() as members):
                for process in program.processes:
                    some = [task for task in process.tasks if task in members]
                    if len(some) < process.count:
                        found.update(dict.fromkeys(some))
            case TaskAt(process=process, index=Const(value=int(index))):
                found[program.process(process).tasks[index]] = None
            case TaskAt(process=process):
                chosen.add(process)
            case Apply(operator="index"):
                chosen.update(process.name for process in program.processes)
            case _:
                pass
    return tuple(found), frozenset(chosen)
