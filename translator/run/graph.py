"""All states of a program as a graph in arrays: what a search for fair cycles goes through."""

from __future__ import annotations

from array import array
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field

from ..program.program import PC, Expr, Program
from .evaluate import Env
from .interchange import IDENTITY, Interchange, Permutation
from .interpreter import Interpreter, State
from .promises import Promise, promises

Look = Callable[[], None]
"""Called every now and then; what it raises ends the work."""

_LOOK_EVERY = 64


class TooLarge(Exception):
    """The program has more states than the limit."""


@dataclass(frozen=True, slots=True)
class Label:
    """What an edge is: the task that steps, by its number, the point from which, and the new number of each
    task in the state that it leads to."""

    task: int
    point: str
    renamed: Permutation


@dataclass(slots=True)
class Graph:
    """The states of a program, of each class of the same up to names one, and the steps between them.

    The steps from state `n` are those numbered from `first[n]` to before `first[n + 1]`; `target` is where
    each leads, `label` its number in `labels`.  Of the `promises`, by the bits of their numbers, `able[n]`
    has those of which a step is possible in a state, unless others may go first; `taken[l]` those of which a
    step with this label is one, and `passing[e]` (empty where there are none) those whose task is passed over
    by a step: it waits where another gets the lock.
    """

    interpreter: Interpreter
    interchange: Interchange
    promises: list[Promise]
    states: list[State] = field(default_factory=list)
    # How many of them, the first ones, a behaviour may begin in.
    starts: int = 1
    first: array[int] = field(default_factory=lambda: array("q", [0]))
    target: array[int] = field(default_factory=lambda: array("i"))
    label: array[int] = field(default_factory=lambda: array("i"))
    labels: list[Label] = field(default_factory=list)
    able: list[int] = field(default_factory=list)
    taken: list[int] = field(default_factory=list)
    passing: dict[int, int] = field(default_factory=dict)

    @classmethod
    def of(
        cls, program: Program, limit: int, look: Look = lambda: None, interchange: Interchange | None = None
    ) -> Graph:
        """All states of a program; raises TooLarge where there are more than `limit`."""
        interpreter = Interpreter(program)
        # What is exchanged in a state that was chosen to begin with is exchanged in no other.
        exchanged = None if program.choices else interchange
        made = cls(interpreter, exchanged or Interchange(program), promises(program))
        made._explore(limit, look)
        return made

    def _explore(self, limit: int, look: Look) -> None:
        mask = self._masks()
        canonical = self.interchange.canonical
        trivial = self.interchange.trivial
        moves = self.interpreter.moves
        found: dict[State, int] = {}
        for initial in self.interpreter.initials():
            found[initial] = len(found)
        self.starts = len(found)
        numbers: dict[tuple[int, str, Permutation], int] = {}
        states, target, label, able = self.states, self.target, self.label, self.able
        states.extend(found)
        waiting = self._waiting()
        behind = {point: at for promise in self.promises for point, at in promise.behind.items()}
        for number, state in enumerate(states):
            if number % _LOOK_EVERY == 0:
                look()
            possible = 0
            for task, point, after in moves(state):
                renamed = IDENTITY
                if not trivial and after not in found:
                    after, renamed = canonical(after)
                there = found.get(after)
                if there is None:
                    if len(states) >= limit:
                        raise TooLarge
                    there = found[after] = len(states)
                    states.append(after)
                key = (task, point, renamed)
                known = numbers.get(key)
                if known is None:
                    known = numbers[key] = len(self.labels)
                    self.labels.append(Label(*key))
                    self.taken.append(mask.get((task, point), 0))
                if not (point in behind and self._somebody_at(behind[point], state, task)):
                    possible |= self.taken[known]
                if waiting and (over := self._passed_over(state, task, waiting.get(point, ()))):
                    self.passing[len(target)] = over
                target.append(there)
                label.append(known)
            able.append(possible)
            self.first.append(len(target))

    def _masks(self) -> dict[tuple[int, str], int]:
        """For each task and point, the promises that its step belongs to."""
        found: dict[tuple[int, str], int] = {}
        for number, promise in enumerate(self.promises):
            for point in promise.points:
                key = (promise.task, point)
                found[key] = found.get(key, 0) | 1 << number
        return found

    def _waiting(self) -> dict[str, list[tuple[int, str, int]]]:
        """For each point where a lock is had that is had in turn without a queue: the tasks that may wait for
        it, at which point, and the promise that they have."""
        found: dict[str, list[tuple[int, str, int]]] = {}
        for number, promise in enumerate(self.promises):
            for waits, getting in promise.queues.items():
                for point in getting:
                    found.setdefault(point, []).append((promise.task, waits, 1 << number))
        return found

    def _somebody_at(self, points: frozenset[str], state: State, task: int) -> bool:
        """Whether another task than this stands at one of some points."""
        standing = state[self.interpreter.slots[PC]]
        assert isinstance(standing, tuple)
        return any(other != task and name in points for other, name in enumerate(standing))

    def _passed_over(self, state: State, task: int, waiting: Iterable[tuple[int, str, int]]) -> int:
        """The promises of those who stand waiting in a state while another task gets the lock."""
        standing = state[self.interpreter.slots[PC]]
        over = 0
        for other, point, promise in waiting:
            if other != task and standing[other] == point:  # type: ignore[index]
                over |= promise
        return over

    def truth(self, e: Expr) -> bytearray:
        """Whether an expression is true, state by state."""
        evaluate = self.interpreter.evaluated(e)
        return bytearray(evaluate(Env(state, None, {})) is True for state in self.states)
