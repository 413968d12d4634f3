"""Tasks that can never step again, whatever others do: `deadlock` (c), judged in one state.

`docs/semantics.md` has the meaning, and why it is never a false alarm.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence, Set
from dataclasses import dataclass

from ..program.program import PC, Program, Task, Value
from ..program.waits import on_queue
from .evaluate import Env, Eval, Evaluator


@dataclass(frozen=True, slots=True)
class Hopeless:
    """Why a task can never step again.  It waits for a `lock` because of `on`, of whom `keepers` come to no
    step that gives it back; or for something else, which only `on` could bring about.  The others of
    `on` are as hopeless."""

    lock: bool
    on: tuple[Task, ...]
    keepers: tuple[Task, ...] = ()


@dataclass(frozen=True, slots=True)
class _Wait:
    until: Eval
    blockers: Eval | None
    helps: tuple[tuple[Eval | None, frozenset[str]], ...]


@dataclass(frozen=True, slots=True)
class _Waiting:
    """A task that waits in a state: who is in its way, if it waits for a lock, and from where it may be
    helped."""

    blockers: frozenset[Value] | None
    points: tuple[frozenset[str], ...]

    def helped_from(self, point: Value) -> bool:
        return any(point in points for points in self.points)


class Stuck:
    """The waits of one program."""

    def __init__(self, program: Program, evaluator: Evaluator) -> None:
        self.tasks = program.tasks
        self.pc = evaluator.slots[PC]
        self.daemons = frozenset(t for t in self.tasks if program.process(t.process).daemon)
        self.idle = frozenset(point.name for point in program.points if point.idle)
        evaluate = evaluator.eval
        self.waits: dict[Value, _Wait] = {}
        for point in program.points:
            wait = None if point.step is None else point.step.wait
            if wait is not None:
                helps = tuple(
                    (None if help.queue is None else evaluate(on_queue(help.queue, program)), help.points)
                    for help in wait.helps
                )
                blockers = None if wait.blockers is None else evaluate(wait.blockers)
                self.waits[point.name] = _Wait(evaluate(wait.until), blockers, helps)

    def violated(self, state: Sequence[Value]) -> bool:
        """Whether a task that is no daemon, and not idle, can never step again."""
        at = self._standing(state)
        return bool(self._hopeless(state, but=self.daemons | {t for t in self.tasks if at[t] in self.idle}))

    def hopeless(self, state: Sequence[Value]) -> Mapping[Task, Hopeless]:
        """Every task that can never step again, daemons included, and why."""
        left = self._hopeless(state, but=frozenset())
        at = self._standing(state)
        found: dict[Task, Hopeless] = {}
        for task, waiting in left.items():
            if waiting.blockers is None:
                others = (other for other in left if other != task)
                found[task] = Hopeless(False, tuple(t for t in others if waiting.helped_from(at[t])))
                continue
            on = tuple(t for t in self.tasks if t in waiting.blockers)
            keepers = tuple(t for t in on if t not in left and not waiting.helped_from(at[t]))
            found[task] = Hopeless(True, on, keepers)
        return found

    def _standing(self, state: Sequence[Value]) -> dict[Task, Value]:
        names = state[self.pc]
        assert isinstance(names, tuple)
        return dict(zip(self.tasks, names, strict=True))

    def _hopeless(self, state: Sequence[Value], *, but: Set[Task]) -> dict[Task, _Waiting]:
        """The largest set of tasks that wait and that nobody outside it can help; none if `but` are all
        that is left."""
        names: tuple[Value, ...] = state[self.pc]  # type: ignore[assignment]
        left: dict[Task, _Waiting] = {}
        for task, name in zip(self.tasks, names, strict=True):
            wait = self.waits.get(name)
            if wait is not None:
                env = Env(state, task, {})
                if wait.until(env) is not True:
                    left[task] = self._waiting(wait, env)
        at = dict(zip(self.tasks, names, strict=True)) if left else {}
        while not left.keys() <= but:
            staying = {task: one for task, one in left.items() if self._stays(one, at, left)}
            if len(staying) == len(left):
                return left
            left = staying
        return {}

    def _waiting(self, wait: _Wait, env: Env) -> _Waiting:
        points = tuple(where for on, where in wait.helps if on is None or on(env) is True)
        if wait.blockers is None:
            return _Waiting(None, points)
        blockers = wait.blockers(env)
        assert isinstance(blockers, frozenset)
        return _Waiting(blockers, points)

    def _stays(self, one: _Waiting, at: Mapping[Task, Value], left: Mapping[Task, _Waiting]) -> bool:
        if one.blockers is not None:
            return any(
                other in left or not one.helped_from(at[other])
                for other in one.blockers
                if isinstance(other, Task)
            )
        return not any(task not in left and one.helped_from(name) for task, name in at.items())
