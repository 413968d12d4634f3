"""One episode: a behaviour from its beginning until what is measured in it is measured."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from hashlib import blake2b

from ...dsl.diagnostics import Diagnostics
from ...dsl.model import model as m
from ...dsl.source import Span
from ...translator import pipeline
from ...translator.program.program import Program
from ..table.costs import Costs, Episode
from ..table.units import UNITS
from .automaton import Automaton
from .choices import Choices, Undecided, refuse_unknown
from .machine import Coming, Machine, Plain, Timeless
from .measures import Measuring, Sample, marks
from .places import Names, prices
from .rounds import Known

HORIZON = 100 * UNITS["s"]
"""An episode that has not ended then is told as unfinished."""

DONE, LIVELOCK, DEADLOCK, UNFINISHED, HALTED = "done", "livelock", "deadlock", "unfinished", "halted"
LEFT = "left"
"""What is assumed would not hold any more: such a behaviour is not followed."""

MISSED = "missed"
"""Of one measure and task: the task has ended without it."""


@dataclass(frozen=True, slots=True)
class Start:
    """What is random at the start of an episode: where in what it arrives in, and how much of its slice, both
    from 0 to 1; and the number from which everything else is drawn."""

    at: float
    used: float
    number: int


@dataclass(frozen=True, slots=True)
class Outcome:
    """How an episode went: `ended` is done, or why it never will be; `place` is where a check halted it.
    `missing` are the measures and tasks of which there is no sample, and why: as `ended`, or MISSED."""

    ended: str
    samples: tuple[Sample, ...]
    time: int
    steps: int
    place: Span | None = None
    missing: tuple[tuple[int, int, str], ...] = ()


class Cell:
    """A model in one scenario under one policy, ready to be timed under any costs.

    What was computed of its program is kept between episodes.
    """

    def __init__(self, model: m.Model, policy: str | None, program: Program) -> None:
        self.model = model
        self.policy = policy
        self.program = pipeline.about(program)
        self.automaton = Automaton(self.program)
        self.names = Names(model, self.program)
        self.known: Known = {}
        self.marks = marks(model, self.program)


class Timing:
    """A cell under costs.  `diagnostics` has what is wrong with the table; then no episode may be run."""

    def __init__(
        self, cell: Cell, costs: Costs, diagnostics: Diagnostics, *, last_first: bool = False
    ) -> None:
        self.cell, self.costs, self.last_first = cell, costs, last_first
        tasks = cell.automaton.tasks
        program = cell.program
        self.prices = prices(costs, cell.names, diagnostics)
        self.plain = Plain(cell.automaton, self.prices, cell.marks.points)
        handler = next((one for one in program.processes if one.interrupts is not None), None)
        if handler is not None:
            help = "leave it out of what is timed: a model without it, or with none of its instances"
            diagnostics.add(
                "costs", handler.span, f"`{handler.name}` is a handler, and interrupts have no times", help
            )
        refuse_unknown(costs.choices, costs, cell.names, diagnostics)
        self.pins = dict(program.pins)
        self.coming: dict[int, Episode] = {}
        absent: set[int] = set()
        for index, task in enumerate(tasks):
            episode = costs.episodes.get(task.process)
            if episode is not None and task.index < episode.tasks:
                self.coming[index] = episode
            elif episode is not None:
                absent.add(index)
        self.absent = frozenset(absent)
        there = [task for index, task in enumerate(tasks) if index not in absent]
        self.count = len(there) if program.cpus is None else program.cpus
        beyond = [cpu for cpu in costs.load if cpu >= self.count]
        if beyond and program.cpus is not None:
            message = f"`scheduler.load`: there is no CPU {beyond[0]} with cpus = {self.count}"
            diagnostics.add("costs", costs.places["scheduler", "load"], message, "CPUs count from 0")
        self.wanted = frozenset(
            (measure, index)
            for measure, one in enumerate(cell.model.measures)
            for index, task in enumerate(tasks)
            if task.process == one.process and index not in absent
        )

    @property
    def crowded(self) -> bool:
        """Whether there are more tasks than CPUs."""
        return len(self.cell.automaton.tasks) - len(self.absent) > self.count

    @property
    def contended(self) -> bool:
        """Whether anybody may have to share a CPU, so that it matters how much of a slice is used."""
        return bool(self.costs.load) or self.crowded

    def machine(
        self, start: Start, seed: int, *, skipping: bool = True, horizon: int = HORIZON, steady: bool = False
    ) -> Machine:
        """A behaviour from its beginning; a `steady` one goes on until the horizon."""
        coming: dict[int, Coming] = {}
        chance = _chances(seed, start.number)
        for index, episode in self.coming.items():
            after = round(episode.after.at(chance("after", index, 0)))
            used = round(episode.slice_used.at(start.used) * self.costs.slice)
            coming[index] = Coming(episode, episode.at.at(start.at), after, used)
        cell = self.cell
        return Machine(
            cell.automaton, self.costs, self.prices, self.plain, Choices(self.costs, cell.names),
            pins=self.pins, count=self.count, coming=coming, absent=self.absent,
            measuring=Measuring(cell.marks, self.wanted, steady=steady), chance=chance, horizon=horizon,
            known=cell.known if skipping else None, last_first=self.last_first, crowded=self.crowded,
        )  # fmt: skip

    def episode(self, start: Start, seed: int, *, skipping: bool = True) -> Outcome:
        """Runs one.  Raises Undecided and Timeless."""
        machine = self.machine(start, seed, skipping=skipping)
        machine.run()
        return outcome(machine)


def outcome(machine: Machine) -> Outcome:
    """What a machine that has stopped has come to."""
    measuring = machine.measuring
    if machine.halted is not None:
        ended = LEFT if machine.abandoned else HALTED
    elif measuring.finished:
        ended = DONE
    elif machine.clock.now > machine.horizon:
        ended = UNFINISHED
    elif machine.livelock or machine.spinners:
        ended = LIVELOCK
    else:
        ended = DEADLOCK
    missing = [(*one, MISSED) for one in measuring.missed]
    missing += [(*one, ended) for one in sorted(measuring.wanted)]
    return Outcome(
        ended, tuple(measuring.samples), machine.clock.now, machine.steps, machine.halted, tuple(missing)
    )


def _chances(seed: int, number: int) -> Callable[[str, int, int], float]:
    """Random numbers from 0 to 1 by name, task and visit: the same for all policies, scenarios and costs, so
    that these are compared on the same arrivals and lengths."""

    def chance(name: str, task: int, visit: int) -> float:
        words = f"{seed}/{number}/{name}/{task}/{visit}".encode()
        return int.from_bytes(blake2b(words, digest_size=7).digest()) / (1 << 56)

    return chance


__all__ = ["Cell", "Outcome", "Start", "Timeless", "Timing", "Undecided", "outcome"]
