"""States that are the same up to the names of interchangeable tasks and values: one stands for all.

`docs/semantics.md` has the argument, and what it needs of fairness: for tasks it has to be known who is who
on the other side of a step, so each step is kept with the new number of each task.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

from ...dsl.model import sorts as s
from ..program.program import PointName, Program, Task, Value, Variable
from ..reduce.symmetry import Values
from .interpreter import State

Permutation = tuple[int, ...]
"""The new number of each task; empty where none has another."""

IDENTITY: Permutation = ()


def composed(first: Permutation, then: Permutation) -> Permutation:
    """One after the other."""
    if not first or not then:
        return first or then
    made = tuple([then[number] for number in first])
    return IDENTITY if all(i == n for i, n in enumerate(made)) else made


def inverse(permutation: Permutation) -> Permutation:
    """The way back."""
    back = [0] * len(permutation)
    for old, new in enumerate(permutation):
        back[new] = old
    return tuple(back)


@dataclass(frozen=True, slots=True)
class Renaming:
    """New names for tasks, and for the values of each interchangeable range by its place in the list of
    them."""

    tasks: Permutation = IDENTITY
    values: tuple[Mapping[int, int], ...] = ()


class Interchange:
    """Finds the representative of a state.

    `tasks` are classes of tasks, by their numbers, that may change places within the class; `values` are
    ranges whose values may.
    """

    def __init__(
        self, program: Program, tasks: Sequence[tuple[int, ...]] = (), values: Sequence[Values] = ()
    ) -> None:
        self.program = program
        self.tasks = program.tasks
        self.classes = [sorted(group) for group in tasks if len(group) > 1]
        self.values = [group for group in values if len(group.atoms) > 1]
        self.trivial = not self.classes and not self.values
        self._slots = {v.name: i for i, v in enumerate(program.variables)}
        self._ranks: dict[object, int] = {}
        # Per variable, the interchangeable range whose values it has.
        self._range: dict[int, int] = {
            self._slots[name]: n for n, group in enumerate(self.values) for name in group.variables
        }
        self._of_task: dict[int, list[tuple[int, int]]] = {}
        self._tasks_in = [_may_have_tasks(v) for v in program.variables]
        self._abstract: list[Callable[[Value], object]] = [
            _without_names if slot in self._range else _without_tasks if self._tasks_in[slot] else _as_it_is
            for slot in range(len(program.variables))
        ]
        self._looking = [slot for slot, tasks in enumerate(self._tasks_in) if tasks]
        for number, task in enumerate(self.tasks):
            self._of_task[number] = [
                (slot, program.tasks_of(v).index(task))
                for slot, v in enumerate(program.variables)
                if v.process and task in program.tasks_of(v)
            ]

    # -- the representative

    def canonical(self, state: State) -> tuple[State, Permutation]:
        """A state that stands for this one, and the new number of each task in it."""
        renamed = self._ordered(state) if self.classes else IDENTITY
        if renamed:
            state = self.renamed(state, Renaming(renamed))
        if self.values:
            named = self._named_anew(state)
            if named:
                state = self.renamed(state, Renaming(IDENTITY, named))
        return state, renamed

    def _ordered(self, state: State) -> Permutation:
        """The tasks of each class in the order of what can be said of them."""
        made: list[int] | None = None
        ranks = self._ranks
        for group in self.classes:
            known = [ranks.setdefault(self._said_of(number, state), len(ranks)) for number in group]
            order = sorted(known)
            if known == order:
                continue
            made = made or list(range(len(self.tasks)))
            by_rank = sorted(range(len(group)), key=known.__getitem__)
            for place, which in enumerate(by_rank):
                made[group[which]] = group[place]
        return IDENTITY if made is None else tuple(made)

    def _said_of(self, number: int, state: State) -> object:
        task = self.tasks[number]
        said: list[object] = [
            self._abstract[slot](state[slot][at])  # type: ignore[index]
            for slot, at in self._of_task[number]
        ]
        said.extend([_standing_of(task, state[slot]) for slot in self._looking])
        return tuple(said)

    def _named_anew(self, state: State) -> tuple[Mapping[int, int], ...]:
        """The values of each range in the order of where they are; empty where they are in it."""
        found: list[Mapping[int, int]] = []
        changed = False
        for group in self.values:
            low = group.atoms[0].index
            where = [0] * len(group.atoms)
            bit = 1
            for name in group.variables:
                bit = _noted(state[self._slots[name]], low, where, bit)
            order = sorted(range(len(where)), key=where.__getitem__, reverse=True)
            changed |= any(i != n for i, n in enumerate(order))
            found.append({low + old: low + new for new, old in enumerate(order)})
        return tuple(found) if changed else ()

    # -- other names

    def renamed(self, state: State, names: Renaming) -> State:
        """The same state with these names."""
        tasks = {task: self.tasks[new] for task, new in zip(self.tasks, names.tasks, strict=False)}
        made: list[Value] = list(state)
        for slot, variable in enumerate(self.program.variables):
            value = made[slot]
            ranged = self._range.get(slot)
            own = names.values[ranged] if ranged is not None and names.values else {}
            if own or (tasks and self._tasks_in[slot]):
                value = _renamed(value, tasks, own)
            if tasks and variable.process:
                owners = self.program.tasks_of(variable)
                assert isinstance(value, tuple)
                moved: list[Value] = list(value)
                for at, owner in enumerate(owners):
                    moved[owners.index(tasks[owner])] = value[at]
                value = tuple(moved)
            made[slot] = value
        return tuple(made)

    def then(self, first: Renaming, then: Renaming) -> Renaming:
        """One after the other."""
        if not first.values or not then.values:
            values = first.values or then.values
        else:
            values = tuple(
                {old: b[new] for old, new in a.items()}
                for a, b in zip(first.values, then.values, strict=True)
            )
        return Renaming(composed(first.tasks, then.tasks), values)

    def representative(self, state: State) -> tuple[State, Renaming]:
        """As `canonical`, with all that was renamed."""
        renamed = self._ordered(state) if self.classes else IDENTITY
        ordered = self.renamed(state, Renaming(renamed)) if renamed else state
        named = self._named_anew(ordered) if self.values else ()
        there = self.renamed(ordered, Renaming(IDENTITY, named)) if named else ordered
        return there, Renaming(renamed, named)


def back(names: Renaming) -> Renaming:
    """The renaming that undoes another."""
    return Renaming(
        inverse(names.tasks), tuple({new: old for old, new in one.items()} for one in names.values)
    )


def _may_have_tasks(variable: Variable) -> bool:
    match variable.sort:
        case PointName() | s.Snapshot():
            return False
        case s.Bool() | s.Range() | s.Enum() | s.Optional() | s.SetOf() | s.Word():
            return not s.is_plain(variable.sort)
        case _:
            return True


def _as_it_is(value: Value) -> object:
    return value


def _without_tasks(value: Value) -> object:
    """A value as far as it can be told without the names of tasks."""
    match value:
        case Task():
            return Task
        case frozenset() | tuple():
            return (type(value), len(value))
        case _:
            return value


def _without_names(value: Value) -> object:
    """A value as far as it can be told without any names."""
    return int if type(value) is int else _without_tasks(value)


def _standing_of(task: Task, value: Value) -> object:
    """Where in a value a task stands."""
    match value:
        case Task():
            return value == task
        case frozenset():
            return task in value
        case tuple():
            return tuple([_standing_of(task, one) for one in value])
        case _:
            return None


def _noted(value: Value, low: int, where: list[int], bit: int) -> int:
    """Sets a bit for each value that stands in `value`; the next bit."""
    match value:
        case tuple():
            for one in value:
                bit = _noted(one, low, where, bit)
            return bit
        case frozenset():
            for one in value:
                if type(one) is int:
                    where[one - low] |= bit
        case int() if type(value) is int:
            where[value - low] |= bit
        case _:
            pass
    return bit << 1


def _renamed(value: Value, tasks: Mapping[Task, Task], values: Mapping[int, int]) -> Value:
    match value:
        case Task():
            return tasks.get(value, value)
        case frozenset():
            return frozenset([_renamed(one, tasks, values) for one in value])
        case tuple():
            return tuple([_renamed(one, tasks, values) for one in value])
        case _:
            return values.get(value, value) if values and type(value) is int else value
