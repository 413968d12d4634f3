"""Loops that come back: rounds that are all the same until something else happens are not run one by one."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol

from .automaton import Automaton
from .clock import Clock
from .cpus import Mode, Runner
from .measures import Sample

LONGEST = 1 << 16
"""So many rounds of a loop that counts are followed at most."""


class Timed(Protocol):
    """What is known here of a behaviour."""

    clock: Clock
    automaton: Automaton
    tasks: list[Runner]
    state: int
    steps: int
    draws: int
    livelock: bool

    @property
    def samples(self) -> Sequence[Sample]: ...

    def asked(self, runner: Runner) -> bool: ...


@dataclass(slots=True)
class _Anchor:
    """A point to come back to, and how things were there."""

    point: int
    state: int
    time: int
    steps: int
    own: int
    used: int
    polls: int
    draws: int
    samples: int
    asked: bool
    limit: int


@dataclass(frozen=True, slots=True)
class Chain:
    """The states at the ends of rounds that pass the same points; `endless` when the last is the first."""

    states: Sequence[int]
    endless: bool
    freed: frozenset[int]


Known = dict[tuple[int, int, int, bool], tuple[Chain, int]]
"""By task, state, steps of a round and `need_resched()`: the chain that the state is on, and where."""


class Rounds:
    """Notices that a task has come round a loop, and how often it will come round in the same way.

    A round may be skipped when nobody else has stepped in it, nothing random was drawn in it and nothing
    measured, the task had its CPU all the time, and the following rounds pass the same control points.  Then
    they take the same time.  `known` are the chains of the program that were found before, for all its
    behaviours.
    """

    def __init__(self, known: Known) -> None:
        self.anchors: dict[int, _Anchor] = {}
        self.chains = known

    def skip(self, machine: Timed, runner: Runner) -> None:
        """Called when a step has taken effect: goes on, in time and state, to the last round that surely ends
        before anything else happens; where that is never, the behaviour is a `livelock`."""
        index = runner.index
        point = machine.automaton.rows[machine.state][index].point
        anchor = self.anchors.get(index)
        if anchor is None or point != anchor.point:
            if anchor is None or runner.steps - anchor.own >= anchor.limit:
                limit = 4 if anchor is None else min(2 * anchor.limit, 1 << 12)
                self.anchors[index] = self._anchored(machine, runner, point, limit)
            return
        self.anchors[index] = self._anchored(machine, runner, point, anchor.limit)
        period, own = machine.clock.now - anchor.time, runner.steps - anchor.own
        if (
            own != machine.steps - anchor.steps
            or runner.used - anchor.used != period
            or machine.draws != anchor.draws
            or len(machine.samples) != anchor.samples
            or machine.asked(runner) != anchor.asked
            or period <= 0
        ):
            return
        chain, position = self._chain(
            machine.automaton, index, anchor.state, machine.state, own, anchor.asked
        )
        if any(self._waits(machine.tasks[n]) for n in chain.freed):
            return
        due = machine.clock.due()
        most = len(chain.states) - 1 - position
        if due is None and chain.endless:
            machine.livelock = True
            return
        if due is not None:
            rounds = (due - machine.clock.now - 1) // period
            most = rounds if chain.endless else min(rounds, most)
        if most <= 0:
            return
        machine.clock.now += most * period
        runner.used += most * period
        runner.since = machine.clock.now
        runner.polls += most * (runner.polls - anchor.polls)
        runner.steps += most * own
        machine.steps += most * own
        if not chain.endless:
            machine.state = chain.states[position + most]
        self.anchors[index] = self._anchored(machine, runner, point, anchor.limit)

    @staticmethod
    def _waits(runner: Runner) -> bool:
        return runner.spinning or (runner.mode is Mode.SLEEPING and not runner.dozing)

    @staticmethod
    def _anchored(machine: Timed, runner: Runner, point: int, limit: int) -> _Anchor:
        return _Anchor(
            point, machine.state, machine.clock.now, machine.steps, runner.steps, runner.used, runner.polls,
            machine.draws, len(machine.samples), machine.asked(runner), limit,
        )  # fmt: skip

    def _chain(
        self, automaton: Automaton, index: int, before: int, after: int, own: int, asked: bool
    ) -> tuple[Chain, int]:
        """The rounds that follow the one from state `before` to state `after`, of `own` steps."""
        key = (index, after, own, asked)
        known = self.chains.get(key)
        if known is not None:
            return known
        passed, end, freed = _round(automaton, index, before, own, asked)
        states = [after]
        if end == after and before != after:
            while len(states) < LONGEST:
                more, end, others = _round(automaton, index, states[-1], own, asked)
                if more != passed or end < 0 or end == states[-1]:
                    break
                states.append(end)
                freed |= others
        chain = Chain(states, end == after and before == after, freed)
        for position, state in enumerate(states):
            self.chains.setdefault((index, state, own, asked), (chain, position))
        return chain, 0


def _round(
    automaton: Automaton, index: int, state: int, steps: int, asked: bool
) -> tuple[tuple[int, ...], int, frozenset[int]]:
    """So many steps of one task alone: the points, the state behind them (-1 if it is not certain), and whom
    they let go on."""
    passed: list[int] = []
    freed: set[int] = set()
    for _ in range(steps):
        row = automaton.rows[state][index]
        if not row.enabled:
            return tuple(passed), -1, frozenset(freed)
        after = automaton.alone(state, index, asked)
        if after < 0:
            return tuple(passed), -1, frozenset(freed)
        freed |= set(automaton.freed(state, after))
        passed.append(row.point)
        state = after
    passed.append(automaton.rows[state][index].point)
    return tuple(passed), state, frozenset(freed)
