"""From states of the reduced program back to states of the whole one, step by step."""

from __future__ import annotations

from ..program.program import PC, AnyOf, Elements, Program, Task, Value
from ..reduce.dead import dead_locals
from ..run.interpreter import Interpreter, State
from .retrace import Mismatch

MAX_STATES = 20_000
MAX_ROUNDS = 8


class Expansion:
    """A reduced program beside the whole one; both have the same variables."""

    def __init__(self, reduced: Program, whole: Interpreter) -> None:
        self.whole = whole
        self.entries = {process.name: process.entry for process in reduced.processes}
        self.ways = {point.name: point.step.ways for point in reduced.points if point.step is not None}
        dead = dead_locals(reduced)
        slots = whole.slots
        initial = {
            v.name: v.initial for v in reduced.variables if not isinstance(v.initial, AnyOf | Elements)
        }
        self.dead: dict[str, tuple[tuple[int, Value], ...]] = {
            point: tuple((slots[name], initial[name]) for name in sorted(names))
            for point, names in dead.items()
        }
        self.forgotten = tuple((one, slots[one.flag], slots[one.variable]) for one in reduced.forgotten)

    def canonical(self, state: State) -> State:
        """The state with the values reset that are dead in it."""
        values = list(state)
        program = self.whole.program
        points = [self.whole.pc(state, task).name for task in program.tasks] if self.forgotten else []
        for one, flag, slot in self.forgotten:
            if one.is_dead(state[flag], points):
                values[slot] = one.value
        for task in program.tasks:
            for slot, value in self.dead.get(self.whole.pc(state, task).name, ()):
                copies = values[slot]
                assert isinstance(copies, tuple)
                own = self.whole.ordinals[program.variables[slot].name][task]
                if copies[own] != value:
                    values[slot] = (*copies[:own], value, *copies[own + 1 :])
        return tuple(values)

    def path(self, states: tuple[State, ...], *, everyone: bool = False) -> tuple[State, ...]:
        """The states of the whole program that the reduced one's `states` stand for, in between ones
        included.  Raises Mismatch when there are none.

        The reduced program's tasks start behind steps without effect.  Each takes them right before its first
        other step, and not at all if there is none; with `everyone`, all take them at the end at the latest.
        """
        started, firsts = self.start(states[0] if states else None)
        if not states or self.canonical(started) != self.canonical(states[0]):
            raise Mismatch("the trace does not start in the initial state")
        pc = self.whole.slots[PC]
        late = {i: names for i, names in enumerate(firsts) if names}

        def held_back(state: State, names: dict[int, str]) -> State:
            own = [names.get(i, name) for i, name in enumerate(_tuple(state[pc]))]
            return (*state[:pc], tuple(own), *state[pc + 1 :])

        waiting = {i: names[0] for i, names in late.items()}
        found = [held_back(started, waiting)]

        def take_first_steps(i: int, state: State) -> None:
            for name in late[i][1:]:
                waiting[i] = name
                found.append(held_back(state, waiting))
            del waiting[i]
            found.append(held_back(state, waiting))

        here = started
        for there in self.onwards(started, states[1:]):
            for i in tuple(waiting):
                if _tuple(here[pc])[i] != _tuple(there[pc])[i]:
                    take_first_steps(i, here)
            found.append(held_back(there, waiting))
            here = there
        for i in tuple(waiting) if everyone else ():
            take_first_steps(i, here)
        return tuple(found)

    def start(self, first: State | None = None) -> tuple[State, tuple[tuple[str, ...], ...]]:
        """The whole state in which all tasks have taken the steps that the reduced program starts behind, and
        the control points that each task passed for that; with the values that were chosen in `first`."""
        state = self.whole.initial() if first is None else self.whole.initial(self.whole.chosen(first))
        passed: list[tuple[str, ...]] = []
        for task in self.whole.program.tasks:
            names: list[str] = []
            while (name := self.whole.pc(state, task).name) != self.entries[task.process]:
                names.append(name)
                (transition,) = self.whole.transitions(state, task)
                state = transition.state
            passed.append(tuple(names))
        return state, tuple(passed)

    def lasso(self, states: tuple[State, ...], loop: int | None) -> tuple[tuple[State, ...], int | None]:
        """The same for a lasso: the loop is followed until the whole state comes back."""
        if loop is None:
            return self.path(states), None
        stem = self.path(states[: loop + 1])
        start, around = len(stem) - 1, (*states[loop + 1 :], states[loop])
        found = list(stem)
        for _ in range(MAX_ROUNDS):
            once = self.onwards(found[-1], around)
            found.extend(once)
            if found[-1] == found[start]:
                return tuple(found[: start + _period(found[start:-1])]), start
            start = len(found) - 1
        raise Mismatch("the loop does not close")

    def onwards(self, state: State, states: tuple[State, ...]) -> tuple[State, ...]:
        """From a whole state through the reduced `states`."""
        found: list[State] = []
        for target in states:
            found.extend(self.between(state, target))
            state = found[-1]
        return tuple(found)

    def between(self, state: State, target: State) -> tuple[State, ...]:
        """The shortest way of the one task that moved."""
        whole = self.whole
        now = self.canonical(state)
        pc = whole.slots[PC]
        moved = [
            t
            for t, a, b in zip(whole.program.tasks, _tuple(now[pc]), _tuple(target[pc]), strict=True)
            if a != b
        ]
        if len(moved) != 1:
            raise Mismatch(f"{len(moved)} tasks moved in one step")
        return self._search(state, target, moved[0])

    def _search(self, state: State, target: State, task: Task) -> tuple[State, ...]:
        """The steps that the reduction merged, and no others: what a detour passes might be visible."""
        ways = self.ways[self.whole.pc(state, task).name]
        # The reduced program resets what is shared only where its lock is given back.
        target = self.canonical(target)
        prefixes = {way[:length] for way in ways for length in range(len(way) + 1)}
        came: dict[_Place, _Place | None] = {(state, ()): None}
        frontier: list[_Place] = list(came)
        while frontier and len(came) < MAX_STATES:
            following: list[_Place] = []
            for here, passed in frontier:
                for there, _ in self.whole.successors(here, task):
                    if passed in ways and self.canonical(there) == target:
                        return (*_way(came, (here, passed)), there)
                    place = (there, (*passed, self.whole.pc(there, task).name))
                    if place[1] in prefixes and place not in came:
                        came[place] = (here, passed)
                        following.append(place)
            frontier = following
        raise Mismatch(f"{task} cannot take a step that TLC lets it take")


# A state on the way through a merged step, and the control points passed so far.
_Place = tuple[State, tuple[str, ...]]


def _way(came: dict[_Place, _Place | None], last: _Place) -> tuple[State, ...]:
    way: list[State] = []
    at: _Place | None = last
    while at is not None and came[at] is not None:
        way.append(at[0])
        at = came[at]
    return tuple(reversed(way))


def _period(cycle: list[State]) -> int:
    """After how many states a cycle repeats itself; steps are merged differently each time round."""
    sizes = (n for n in range(1, len(cycle)) if len(cycle) % n == 0)
    return next((n for n in sizes if cycle[n:] == cycle[:-n]), len(cycle))


def _tuple(value: Value) -> tuple[Value, ...]:
    assert isinstance(value, tuple)
    return value
