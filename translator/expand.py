"""From states of the reduced program back to states of the whole one, step by step."""

from __future__ import annotations

from .interpreter import Interpreter, State
from .program import PC, Program, Task, Value
from .reduce import dead_locals
from .retrace import Mismatch

MAX_STATES = 20_000
MAX_ROUNDS = 8


class Expansion:
    """A reduced program beside the whole one; both have the same variables."""

    def __init__(self, reduced: Program, whole: Interpreter) -> None:
        self.whole = whole
        dead = dead_locals(reduced)
        slots = whole.slots
        initial = {v.name: v.initial for v in reduced.variables}
        self.dead: dict[str, tuple[tuple[int, Value], ...]] = {
            point: tuple((slots[name], initial[name]) for name in sorted(names)) for point, names in dead.items()
        }

    def canonical(self, state: State) -> State:
        """The state with the locals reset that are dead where their task stands."""
        values = list(state)
        program = self.whole.program
        for task in program.tasks:
            for slot, value in self.dead.get(self.whole.pc(state, task).name, ()):
                copies = values[slot]
                assert isinstance(copies, tuple)
                own = self.whole.ordinals[program.variables[slot].name][task]
                if copies[own] != value:
                    values[slot] = (*copies[:own], value, *copies[own + 1 :])
        return tuple(values)

    def path(self, states: tuple[State, ...]) -> tuple[State, ...]:
        """The states of the whole program that the reduced one's `states` stand for, in between ones
        included.  Raises Mismatch when there are none."""
        first = self.whole.initial()
        if not states or self.canonical(first) != states[0]:
            raise Mismatch("the trace does not start in the initial state")
        return (first, *self.onwards(first, states[1:]))

    def lasso(self, states: tuple[State, ...], loop: int | None) -> tuple[tuple[State, ...], int | None]:
        """The same for a lasso: the loop is followed until the whole state comes back."""
        found = list(self.path(states))
        if loop is None:
            return tuple(found), None
        stem = self.path(states[: loop + 1])
        start, around = len(stem) - 1, (*states[loop + 1 :], states[loop])
        found = list(stem)
        for _ in range(MAX_ROUNDS):
            once = self.onwards(found[-1], around)
            found.extend(once)
            if found[-1] == found[start]:
                return tuple(found[:-1]), start
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
        moved = [t for t, a, b in zip(whole.program.tasks, _tuple(now[pc]), _tuple(target[pc]), strict=True) if a != b]
        if len(moved) != 1:
            raise Mismatch(f"{len(moved)} tasks moved in one step")
        return self._search(state, target, moved[0])

    def _search(self, state: State, target: State, task: Task) -> tuple[State, ...]:
        came: dict[State, State | None] = {state: None}
        frontier = [state]
        while frontier and len(came) < MAX_STATES:
            following: list[State] = []
            for here in frontier:
                for transition in self.whole.transitions(here, task):
                    there = transition.state
                    if there in came:
                        continue
                    came[there] = here
                    if self.canonical(there) == target:
                        return _way(came, there)
                    following.append(there)
            frontier = following
        raise Mismatch(f"{task} cannot take a step that TLC lets it take")


def _way(came: dict[State, State | None], last: State) -> tuple[State, ...]:
    way: list[State] = []
    at: State | None = last
    while at is not None and came[at] is not None:
        way.append(at)
        at = came[at]
    return tuple(reversed(way))


def _tuple(value: Value) -> tuple[Value, ...]:
    assert isinstance(value, tuple)
    return value
