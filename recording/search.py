"""The set of states in which a model may be after an event, from the set before it.

A *node* is a state of the program with its records, and who plays each task.  From a node, an event is
explained by the steps of tasks that record nothing, and then one step that records it.  Of the tasks, only
those step that can matter: the task of the event, all whose steps up to their next record meet what it reads
or writes, all that meet those, and so on.  Steps of the others can be taken later, with the same outcome.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from ..translator.program.program import (
    PC,
    SELF,
    Assign,
    Fill,
    Program,
    Read,
    StandsAt,
    Task,
    Value,
    reads,
    walk,
)
from ..translator.program.ways import leaves
from ..translator.recorded import RECORDED
from ..translator.reduce.symmetry import symmetry
from ..translator.run.interpreter import Interpreter, State, Transition

NOBODY = ""
"""The player of a task that no thread plays."""
UNKNOWN = "?"
"""The player of a task of which that is not known, after a gap."""

Node = tuple[State, tuple[str, ...]]
Nodes = frozenset[Node]


@dataclass(frozen=True, slots=True)
class Claim:
    """What an event says, if it is read by one rule: that `thread` recorded one of `labels`, by their number,
    with these values in these variables.  `takes` and `gives` are whether its part begins and ends with it.
    """

    process: str
    thread: str
    labels: tuple[tuple[int, tuple[tuple[str, object], ...]], ...]
    takes: bool
    gives: bool


class TooMany(Exception):
    """There are more nodes than asked for."""


class Search:
    """A program with its records, and what is remembered of it.

    `most` is how many nodes there may be at a time; `every` lets all tasks step, needed or not; with `free`,
    tasks that no thread plays may record what they like, for their events were left out.
    """

    def __init__(self, program: Program, *, most: int, every: bool = False, free: bool = False) -> None:
        self.interpreter = Interpreter(program)
        self.program = program
        self.tasks = program.tasks
        self.most = most
        self.every = every
        self.free = free
        self.ordinals = {task: index for index, task in enumerate(self.tasks)}
        self._at = self.interpreter.slots[RECORDED]
        self._pc = self.interpreter.slots[PC]
        self._regions = _Regions(program)
        self._needed: dict[tuple[object, Task], tuple[Task, ...]] = {}
        self._after: dict[tuple[Node, Claim], tuple[Nodes, frozenset[int]]] = {}
        self._sets: dict[tuple[Nodes, Claim], tuple[Nodes, frozenset[int]]] = {}
        self._kept = 0
        self._initial = self.interpreter.initial()
        self._own = frozenset(self.interpreter.slots[name] for name in _told(program))
        self.reached: frozenset[int] = frozenset()
        self.visited = 0

    def start(self) -> Nodes:
        players = (NOBODY,) * len(self.tasks)
        return frozenset((state, players) for state in self.interpreter.initials())

    def anything(self) -> Nodes:
        """Every state that can be reached, whatever was recorded.  Raises TooMany."""
        todo = [state for state, _ in self.start()]
        found = set(todo)
        while todo:
            state = todo.pop()
            for task in self.tasks:
                for after, _ in self.interpreter.steps(state, task):
                    plain = self._quiet(after)
                    if plain not in found:
                        found.add(plain)
                        todo.append(plain)
                        if len(found) > self.most:
                            raise TooMany
        players = (UNKNOWN,) * len(self.tasks)
        return frozenset((state, players) for state in found)

    def after(self, nodes: Nodes, claim: Claim) -> Nodes:
        """The nodes after an event.  Raises TooMany."""
        key = (nodes, claim)
        known = self._sets.get(key)
        if known is None:
            found: set[Node] = set()
            reached: frozenset[int] = frozenset()
            for node in nodes:
                further, passed = self._from(node, claim)
                found |= further
                reached |= passed
            if len(found) > self.most:
                raise TooMany
            known = frozenset(found), reached
            self._remember(len(found) + len(nodes))
            self._sets[key] = known
        self.reached |= known[1]
        return known[0]

    def _remember(self, more: int) -> None:
        self._kept += more
        if self._kept > self.most:
            self._sets.clear()
            self._after.clear()
            self._kept = more

    def _from(self, node: Node, claim: Claim) -> tuple[Nodes, frozenset[int]]:
        known = self._after.get((node, claim))
        if known is None:
            found: set[Node] = set()
            reached: set[int] = set()
            for task in self.candidates(node, claim):
                players = self._playing(node[1], task, claim)
                states, passed = self._records(node, task, claim)
                found.update((state, players) for state in states)
                reached |= passed
            known = frozenset(found), frozenset(reached)
            self._remember(len(found) + 1)
            self._after[node, claim] = known
        return known

    def _playing(self, players: tuple[str, ...], task: Task, claim: Claim) -> tuple[str, ...]:
        own = self.ordinals[task]
        now = NOBODY if claim.gives else claim.thread
        return players if players[own] == now else (*players[:own], now, *players[own + 1 :])

    def candidates(self, node: Node, claim: Claim) -> list[Task]:
        """The tasks that may have recorded an event."""
        state, players = node
        own = [task for task in self.tasks if task.process == claim.process]
        playing = [task for task in own if players[self.ordinals[task]] == claim.thread]
        if playing:
            return playing
        free = (NOBODY, UNKNOWN) if claim.takes else (UNKNOWN,)
        found: list[Task] = []
        for task in own:
            if players[self.ordinals[task]] in free and not any(
                players[self.ordinals[task]] == players[self.ordinals[other]]
                and self._alike(state, task, other)
                for other in found
            ):
                found.append(task)
        return found

    def _alike(self, state: State, one: Task, other: Task) -> bool:
        """Whether nothing changes if two tasks change places."""
        if one.process not in self._regions.interchangeable:
            return False
        names = tuple(self.interpreter.slots)
        return _exchanged(state, self.interpreter.ordinals, names, one, other) == state

    def _records(self, node: Node, task: Task, claim: Claim) -> tuple[set[State], set[int]]:
        """Every state right after `task` has recorded the event, and what was reached on the way to them."""
        wanted = dict(claim.labels)
        slots, steps, at = self.interpreter.slots, self.interpreter.steps, self._at
        start, players = node
        free = self._unplayed(players, task)
        before: dict[State, list[tuple[State, frozenset[int]]]] = {start: []}
        found: set[State] = set()
        reached: set[int] = set()
        last: list[State] = []
        todo = [start]
        while todo:
            state = todo.pop()
            self.visited += 1
            for other in self.needed(state, task, free):
                for after, passed in steps(state, other):
                    number = after[at]
                    if not number or other in free:
                        if number:
                            after = self._quiet(after)
                        if after not in before:
                            before[after] = []
                            todo.append(after)
                            if len(before) > self.most:
                                raise TooMany
                        before[after].append((state, passed))
                    elif (
                        other == task
                        and number in wanted
                        and all(after[slots[name]] == value for name, value in wanted[number])
                    ):
                        found.add(self._quiet(after))
                        reached |= passed
                        last.append(state)
        met = set(last)
        while last:
            for state, passed in before[last.pop()]:
                reached |= passed
                if state not in met:
                    met.add(state)
                    last.append(state)
        return found, reached

    def way(self, start: Node, claim: Claim, end: Node) -> list[tuple[State, Transition]] | None:
        """The steps, each with the state before it, by which an event leads from one node to another; None if
        it does not."""
        if end not in self._from(start, claim)[0]:
            return None
        for task in self.candidates(start, claim):
            before: dict[State, tuple[State, Transition] | None] = {start[0]: None}
            free = self._unplayed(start[1], task)
            for state in _growing(before):
                for other in self.needed(state, task, free):
                    for step in self.interpreter.transitions(state, other):
                        if not self.number(step.state) or other in free:
                            before.setdefault(self._quiet(step.state), (state, step))
                        elif self._is(step.state, other, task, claim) and end == (
                            self._quiet(step.state), self._playing(start[1], task, claim)
                        ):  # fmt: skip
                            return [*_back(before, state), (state, step)]
        return None

    def _is(self, state: State, who: Task, task: Task, claim: Claim) -> bool:
        """Whether what was recorded in a state is the event."""
        wanted = next((values for number, values in claim.labels if number == self.number(state)), None)
        slots = self.interpreter.slots
        return who == task and wanted is not None and all(state[slots[n]] == value for n, value in wanted)

    def number(self, state: State) -> int:
        """The number of the label that was recorded in the last step, 0 if none was."""
        return state[self._at]  # type: ignore[return-value]

    def _quiet(self, state: State) -> State:
        """The state with nothing recorded."""
        if not state[self._at]:
            return state
        return tuple([self._initial[i] if i in self._own else value for i, value in enumerate(state)])

    def forget(self) -> None:
        """Begins with a new recording."""
        self.reached = frozenset()
        self.visited = 0

    def _unplayed(self, players: tuple[str, ...], task: Task) -> frozenset[Task]:
        """The tasks whose records need no event."""
        if not self.free:
            return frozenset()
        pairs = zip(self.tasks, players, strict=True)
        return frozenset(t for t, player in pairs if player in (NOBODY, UNKNOWN) and t != task)

    def needed(self, state: State, task: Task, free: frozenset[Task] = frozenset()) -> tuple[Task, ...]:
        """The tasks of which steps may matter before `task` records something."""
        if self.every or free:
            return self.tasks
        points = state[self._pc]
        known = self._needed.get((points, task))
        if known is None:
            regions = {
                other: self._regions.of(str(name))
                for other, name in zip(self.tasks, points, strict=True)  # type: ignore[arg-type]
            }
            chosen = [task]
            for one in chosen:
                chosen += [
                    other
                    for other in self.tasks
                    if other not in chosen and regions[other].meets(regions[one])
                ]
            known = self._needed[points, task] = tuple(chosen)
        return known


def _growing(states: dict[State, tuple[State, Transition] | None]) -> Iterator[State]:
    """The keys, also those that are added meanwhile."""
    done = 0
    while done < len(states):
        todo = list(states)[done:]
        done += len(todo)
        yield from todo


def _back(
    before: Mapping[State, tuple[State, Transition] | None], state: State
) -> list[tuple[State, Transition]]:
    steps: list[tuple[State, Transition]] = []
    while (last := before[state]) is not None:
        steps.append(last)
        state = last[0]
    return list(reversed(steps))


@dataclass(frozen=True, slots=True)
class _Region:
    """The variables that a task may read and write until it has recorded something; but its own."""

    read: frozenset[str]
    written: frozenset[str]

    def meets(self, other: _Region) -> bool:
        return bool(self.written & other.written or self.written & other.read or self.read & other.written)


class _Regions:
    """Regions by control point."""

    def __init__(self, program: Program) -> None:
        self.program = program
        owned = {v.name for v in program.variables if v.process is not None}
        nodes = list(walk(program.points))
        foreign = {
            part.variable
            for part in nodes
            if (isinstance(part, Read | Assign) and part.variable in owned and part.indices[:1] != (SELF,))
            or (isinstance(part, Fill) and part.variable in owned)
        }
        self.ignored = (owned - foreign) | {PC}
        self.told = _told(program)
        # Where a step asks where others stand, each step may matter to it.
        self.looking = any(isinstance(part, StandsAt) for part in walk((program.points, program.definitions)))
        self.known: dict[str, _Region] = {}
        self.interchangeable = frozenset(symmetry(program).processes)

    def of(self, name: str) -> _Region:
        known = self.known.get(name)
        if known is None:
            known = self.known[name] = self._region(name)
        return known

    def _region(self, name: str) -> _Region:
        read: set[str] = set()
        written: set[str] = set()
        todo, seen = [name], {name}
        while todo:
            point = self.program.point(todo.pop())
            step = point.step
            if step is None:
                continue
            if self.looking:
                written.add(PC)
            own = (step.guard, step.block)
            read |= reads(own)
            written |= {part.variable for part in walk(own) if isinstance(part, Assign | Fill)}
            for leaf in leaves(step.block):
                recorded = any(isinstance(op, Assign) and op.variable == RECORDED for op in leaf.ops)
                if not recorded and leaf.target not in seen:
                    seen.add(leaf.target)
                    todo.append(leaf.target)
        ignored = self.ignored - {PC} if self.looking else self.ignored
        ignored |= self.told
        return _Region(frozenset(read - ignored), frozenset(written - ignored))


def _told(program: Program) -> frozenset[str]:
    """The variables that hold what the last step recorded."""
    return frozenset(variable.name for variable in program.variables if variable.kind == "recorded")


def _exchanged(
    state: State, ordinals: Mapping[str, Mapping[Task, int]], names: tuple[str, ...], one: Task, other: Task
) -> State:
    """The state with two tasks in each other's places."""
    swap = {one: other, other: one}

    def renamed(value: Value) -> Value:
        match value:
            case Task():
                return swap.get(value, value)
            case frozenset():
                return frozenset(renamed(item) for item in value)
            case tuple():
                return tuple(renamed(item) for item in value)
        return value

    made: list[Value] = []
    for name, value in zip(names, state, strict=True):
        value = renamed(value)
        own = ordinals.get(name)
        if own is not None and one in own:
            assert isinstance(value, tuple)
            items = list(value)
            items[own[one]], items[own[other]] = items[own[other]], items[own[one]]
            value = tuple(items)
        made.append(value)
    return tuple(made)
