"""The safety properties of one cell, by TLC, with the interpreter before it.

The interpreter searches the first states, all of them if they are few.  A property that it finds violated is
noted by TLC in passing, so that the run goes to the end; it is repeated only for what TLC alone finds.
Cells that the interpreter has searched whole need not have runs of their own (`together.py`).
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping

from ... import tla
from ...translator.emit.emit import Emission
from ...translator.program.program import Program
from ...translator.reduce.symmetry import symmetry
from ...translator.retrace.retrace import Mismatch, states_of
from ...translator.run.interpreter import State
from ..options import Hunts
from ..result import Failure
from ..runs import Runs
from ..stop import RunFailed, RunStopped
from .search import SECOND_OPINION, Searched, searched

# Takes a violated property and the states of a behaviour that shows it; raises Mismatch if it does not.
Tell = Callable[[str, tuple[State, ...]], None]


class Safety:
    """`names` are the properties of `program` that are looked at; `registers` the numbers of its `sometimes`
    among what `runs` reach.  `confirmed` says that a run for several cells has searched all states of the
    program, and that TLC has found what the interpreter found."""

    def __init__(
        self, program: Program, names: list[str], registers: Mapping[str, int], runs: Runs, *,
        reduction: bool, hunts: Hunts | None = None,
    ) -> None:  # fmt: skip
        self.program = program
        self.names = names
        self.registers = registers
        self.runs = runs
        self.same = symmetry(program) if reduction else None
        self.hunts = hunts
        self.confirmed = False
        self._found: Searched | None = None

    @property
    def symmetry(self) -> tuple[str, ...]:
        """What is interchangeable in the last run."""
        return self.same.names if self.same else ()

    @property
    def found(self) -> Searched:
        """What the interpreter finds in the first states."""
        if self._found is None:
            states = self.hunts.states if self.hunts else SECOND_OPINION
            self._found = searched(
                self.program, self.names, states, self.runs.stop.reason, lambda progress: None,
                first=self.hunts is not None,
            )  # fmt: skip
            self.runs.on_searched(self._found.violated, self._found.stopped is None)
        return self._found

    def decide(self, tell: Tell) -> None:
        """Tells what is violated; all else holds.  Raises RunStopped after what is known was told, RunFailed
        where there are to be no verdicts."""
        found = self.found
        if self.hunts and found.violated:
            told_all(found, tell)
            self.runs.searched(found.totals)
            raise RunStopped("fail-fast")
        try:
            if not self.confirmed:
                self._run(tell)
        finally:
            for name in [name for name in found.violated if name in self.runs.noted]:
                told(name, found.violated[name], tell)

    def part(self, name: str, before: int) -> Emission:
        """The module of this cell in one for several."""
        return self.runs.emitted(
            self.program, self.names, (), registers=True, same=self.same, noted=self.found.violated,
            part=(name, before),
        )  # fmt: skip

    def agrees(self, emission: Emission, registers: frozenset[int], states: int) -> bool:
        """Whether that is what the interpreter finds too: a complete search of so many states that has set
        these registers, and has found nothing else violated than what is noted."""
        noted = {emission.noted[number] for number in registers & emission.noted.keys()}
        return self._difference(self.names, noted, emission.reached(registers), states, emission) is None

    def confirm(self, emission: Emission, registers: frozenset[int], outcome: tla.Holds, states: int) -> None:
        """A run for several cells `agrees`."""
        self.runs.heard(registers, emission)
        self.runs.rests_on(outcome)
        # How many were generated is not known up to symmetry.
        generated = None if emission.symmetric else self.found.totals.generated
        self.runs.searched(tla.Totals(generated, states, 0, self.found.totals.depth))
        self.confirmed = True

    def _run(self, tell: Tell) -> None:
        holding, emission, outcome = self._runs_until_clean(tell)
        runs = self.runs
        message = self._difference(
            holding, runs.noted, frozenset(runs.reached), outcome.totals.distinct, emission
        )
        if message is not None:
            raise RunFailed(runs.disagreement(message, emission, outcome))

    def _difference(
        self, asked: Iterable[str], noted: Iterable[str], reached: frozenset[int], states: int | None,
        emission: Emission,
    ) -> str | None:  # fmt: skip
        """What the interpreter knows better than a complete run that was `asked` for properties; None if
        nothing."""
        found = self.found
        wrong = next((name for name in found.violated if name in {*asked} - {*noted}), None)
        if wrong is not None:
            return f"the interpreter finds {wrong} violated"
        if not found.reached | {self.registers[name] for name in found.met} <= reached:
            return "the interpreter reaches a branch, a label or a `sometimes` that TLC does not"
        if found.stopped is None and not emission.symmetric and states != found.totals.distinct:
            return f"TLC finds {states} states, the interpreter {found.totals.distinct}"
        return None

    def _runs_until_clean(self, tell: Tell) -> tuple[list[str], Emission, tla.Outcome]:
        """Runs of TLC, each without the properties that ended one before, until one goes to the end: what it
        was asked, its module and the run."""
        remaining = list(self.names)
        mixed_up: set[str] = set()
        noted = self.found.violated
        while True:
            emission = self.runs.emitted(
                self.program, remaining, (), registers=True, same=self.same, noted=noted
            )
            outcome = self.runs.tlc(emission, liveness=False)
            if isinstance(outcome, tla.Holds):
                if mixed_up:
                    message = f"{', '.join(mixed_up)} is violated only with symmetry"
                    raise RunFailed(self.runs.disagreement(message, emission, outcome))
                return remaining, emission, outcome
            assert isinstance(outcome, tla.Violated)
            invariant = emission.invariants.get(outcome.name or "", "")
            name = "deadlock" if outcome.kind == "deadlock" else invariant
            try:
                if name not in remaining or name in noted:
                    raise Mismatch(f"TLC names `{outcome.name}`, which is not checked")
                states = tuple(s.values for s in outcome.trace.states)
                tell(name, states_of(states, self.program, emission))
            except Mismatch as fault:
                if emission.symmetric:
                    # TLC may have mixed up the names from one state of the trace to the next.
                    self.same = None
                    mixed_up.add(name)
                    continue
                raise RunFailed(self.runs.disagreement(str(fault), emission, outcome)) from fault
            remaining.remove(name)
            mixed_up.discard(name)
            if self.hunts:
                raise RunStopped("fail-fast")


def told_all(found: Searched, tell: Tell) -> None:
    """Tells all that a search has found violated."""
    for name, states in found.violated.items():
        told(name, states, tell)


def told(name: str, states: tuple[State, ...], tell: Tell) -> None:
    """Tells a behaviour that the interpreter has found."""
    try:
        tell(name, states)
    except Mismatch as fault:
        text = "the reduced and the whole program disagree, so no verdict is given"
        raise RunFailed(Failure("disagreement", f"{text} ({fault})", str(fault), None)) from fault
