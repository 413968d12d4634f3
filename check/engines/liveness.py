"""One temporal property in one cell: both engines look at it at once, and have to agree.

TLC and the interpreter's search for fair cycles begin together.  Who is done first waits for the other, but
not for ever: how long is said by `patience`.  What only one has decided is told so (`Evidence.engines`).
"""

from __future__ import annotations

import time
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from functools import cached_property

from ... import tla
from ...translator import pipeline
from ...translator.emit.emit import Emission
from ...translator.program.findings import Finding
from ...translator.program.program import Program, Property
from ...translator.retrace.expand import Expansion
from ...translator.retrace.lasso import retrace_lasso
from ...translator.retrace.retrace import Mismatch, states_of
from ...translator.run.decide import Decided
from ...translator.run.interpreter import Interpreter, State
from ..load import Cell
from ..options import Hunts
from ..result import Evidence, Failure
from ..runs import Runs
from ..saved.kept import Behaviour, Outcome
from ..stop import RunFailed, RunStopped
from .search import STATES, fairly_decided

EXPECTED = 60.0
"""Seconds that TLC has after the interpreter has decided, where it can be expected to be done in them."""

HOPELESS = 2.0
"""The same where it cannot."""

LARGEST = 50_000
"""States times two to the number of strong fairness conditions up to which TLC is expected to be done: its
work on fairness grows like that."""

FEW = 2_000
"""States of a property that the interpreter looks at before TLC is started."""

SECOND = 30.0
"""Seconds that the interpreter has after TLC, at least; as many as TLC needed, if that was more."""


def patience(found: Decided) -> float:
    """Seconds that TLC has to confirm what the interpreter has decided."""
    return EXPECTED if work(found) <= LARGEST else HOPELESS


def work(found: Decided) -> int:
    """How much TLC has to do, as `LARGEST` counts it."""
    return found.states * found.permutations << found.strong


class Claim:
    """A temporal property of a cell that TLC and the interpreter are to be asked about."""

    def __init__(self, cell: Cell, property: Property, runs: Runs, *, reduction: bool) -> None:
        self.property = property
        self.runs = runs
        self.reduction = reduction
        self.focus = pipeline.about(cell.live, property)
        self.program = pipeline.prepared(self.focus, reduction=reduction)
        self.outcome: Outcome | None = None

    @cached_property
    def found(self) -> Decided | None:
        """What the interpreter finds in a short search; None where that does not decide it."""
        states = min(self.runs.max_states or FEW, FEW)
        late = self.runs.stop.reason
        return fairly_decided(self.program, self.property.formula, states, lambda: late() is not None)

    def part(self, name: str, before: int) -> Emission:
        """The module of this property in one for several."""
        return self.runs.emitted(
            self.program, (), (self.property.name,), registers=False, part=(name, before)
        )

    def confirm(self, outcome: tla.Holds, states: int, depth: int) -> None:
        """A run for several has found that all of them hold, as the interpreter has of this one; so many
        states were of this one."""
        self.runs.version = str(outcome.version or self.runs.version)
        evidence = Evidence(
            states, None, depth, 1, outcome.seconds, True, cached=int(outcome.remembered),
            engines=("tlc", "interpreter"),
        )  # fmt: skip
        self.outcome = Outcome({}, {}, evidence, frozenset(), self.runs.version)

    def teller(self) -> _Teller:
        whole = Interpreter(pipeline.whole(self.focus))
        return _Teller(self.property, self.program, whole, self.reduction)


class Liveness:
    """Decides temporal properties of one cell."""

    def __init__(self, cell: Cell, runs: Runs, *, reduction: bool, hunts: Hunts | None = None) -> None:
        self.cell = cell
        self.runs = runs
        self.reduction = reduction
        self.hunts = hunts
        self.claims: dict[str, Claim] = {}

    def claim(self, property: Property) -> Claim:
        """The same each time that it is asked for."""
        if property.name not in self.claims:
            self.claims[property.name] = Claim(self.cell, property, self.runs, reduction=self.reduction)
        return self.claims[property.name]

    def outcome(self, property: Property) -> Outcome:
        """What becomes of one property; raises RunStopped or RunFailed where there is no verdict."""
        claim = self.claim(property)
        if claim.outcome is not None:
            return claim.outcome
        teller = claim.teller()
        if self.runs.tools is None:
            return self._by_search(teller)
        program = claim.program
        # Only what was looked at already is known.
        known: Decided | None = vars(claim).get("found")
        if self.hunts:
            known = known or fairly_decided(program, property.formula, self.hunts.states, self.stopped)
            if known is not None and not known.holds:
                self.runs.count()
                return self._by_interpreter(teller, known)
        emission = self.runs.emitted(program, (), (property.name,), registers=False)
        race = _Race(self.runs, known)
        with ThreadPoolExecutor(1) as pool:
            second = pool.submit(race.search, program, property, self.runs.max_states or STATES)
            first: tla.Holds | tla.Violated | None = None
            stopped: RunStopped | None = None
            try:
                first = self.runs.tlc(emission, liveness=True, ended=race.tlc_is_late)
            except RunStopped as stop:
                stopped = stop
            finally:
                race.tlc_is_done(first)
            found = second.result()
        if first is None:
            if found is None:
                assert stopped is not None
                raise stopped
            return self._by_interpreter(teller, found)
        return self._by_tlc(teller, emission, first, found)

    def stopped(self) -> bool:
        return self.runs.stop.reason() is not None

    def _by_search(self, teller: _Teller) -> Outcome:
        """Without TLC."""
        runs = self.runs
        runs.count()
        ends = None if runs.seconds is None else time.monotonic() + runs.seconds
        why: list[str] = []

        def stop() -> bool:
            late = "time" if ends is not None and time.monotonic() > ends else None
            if reason := runs.stop.reason() or late:
                why.append(reason)
            return bool(why)

        if stop():
            raise RunStopped(why[0])
        found = fairly_decided(teller.program, teller.property.formula, runs.max_states or STATES, stop)
        if found is None:
            raise RunStopped(why[0] if why else "states")
        return self._by_interpreter(teller, found)

    def _by_interpreter(self, teller: _Teller, found: Decided) -> Outcome:
        """What the interpreter alone has decided."""
        evidence = Evidence(
            found.states, found.steps, None, 1, 0.0, True, found.symmetry, 0, ("interpreter",)
        )  # fmt: skip
        if found.holds:
            return Outcome({}, {}, evidence, frozenset(), self.runs.version)
        try:
            told = teller.told(found.behaviour, found.loop)
        except Mismatch as fault:
            text = "the reduced and the whole program disagree, so no verdict is given"
            raise RunFailed(Failure("disagreement", f"{text} ({fault})", str(fault), None)) from fault
        return teller.outcome(told, evidence, self.runs.version)

    def _by_tlc(
        self, teller: _Teller, emission: Emission, outcome: tla.Holds | tla.Violated, found: Decided | None
    ) -> Outcome:
        """What TLC has decided, and the interpreter too unless it did not come to an end."""
        holds = isinstance(outcome, tla.Holds)
        if found is not None and found.holds != holds:
            finds = "TLC" if found.holds else "the interpreter"
            message = f"only {finds} finds {teller.property.name} violated"
            raise RunFailed(self.runs.disagreement(message, emission, outcome))
        engines = ("tlc",) if found is None else ("tlc", "interpreter")
        totals = outcome.totals
        evidence = Evidence(
            totals.distinct, totals.generated, totals.depth, 1, outcome.seconds, True,
            cached=int(outcome.remembered), engines=engines,
        )  # fmt: skip
        version = str(outcome.version or "")
        if isinstance(outcome, tla.Holds):
            return Outcome({}, {}, evidence, frozenset(), version)
        try:
            if outcome.kind != "property":
                raise Mismatch(f"TLC reports a violated {outcome.kind} where only a property is checked")
            states = states_of(tuple(s.values for s in outcome.trace.states), teller.program, emission)
            loop = None if outcome.trace.back_to is None else outcome.trace.back_to - 1
            told = teller.told(states, loop)
            if found is not None:
                told = min(told, teller.told(found.behaviour, found.loop), key=lambda one: len(one.steps))
        except Mismatch as fault:
            raise RunFailed(self.runs.disagreement(str(fault), emission, outcome)) from fault
        return teller.outcome(told, evidence, version)


@dataclass(frozen=True, slots=True)
class _Told:
    """A behaviour of the whole program, and what it shows."""

    behaviour: Behaviour
    finding: Finding

    @property
    def steps(self) -> tuple[object, ...]:
        return self.finding.steps


@dataclass(frozen=True, slots=True)
class _Teller:
    """Tells behaviours of the searched program as those of the whole one."""

    property: Property
    program: Program
    whole: Interpreter
    reduction: bool

    def told(self, states: tuple[State, ...], loop: int | None) -> _Told:
        """Raises Mismatch where they do not show that the property is violated."""
        if self.reduction:
            states, loop = Expansion(self.program, self.whole).lasso(states, loop)
        return _Told(Behaviour(states, loop), retrace_lasso(self.property, states, loop, self.whole))

    def outcome(self, told: _Told, evidence: Evidence, version: str) -> Outcome:
        name = self.property.name
        return Outcome({name: told.behaviour}, {name: told.finding}, evidence, frozenset(), version)


class _Race:
    """Two engines at work on one property, and when the one that is behind has to give up."""

    def __init__(self, runs: Runs, known: Decided | None) -> None:
        self.runs = runs
        self.known = known
        self.began = time.monotonic()
        self.tlc_ends: float | None = None
        self.interpreter_ends: float | None = None

    def search(self, program: Program, property: Property, limit: int) -> Decided | None:
        found = self.known or fairly_decided(program, property.formula, limit, self._interpreter_is_late)
        if found is not None:
            self.tlc_ends = time.monotonic() + patience(found)
        return found

    def tlc_is_late(self) -> bool:
        return self.tlc_ends is not None and time.monotonic() > self.tlc_ends

    def tlc_is_done(self, outcome: tla.Outcome | None) -> None:
        """The interpreter goes on for a while if there is an outcome that it could confirm."""
        now = time.monotonic()
        self.interpreter_ends = now if outcome is None else now + max(SECOND, now - self.began)

    def _interpreter_is_late(self) -> bool:
        ends = self.interpreter_ends
        return self.runs.stop.reason() is not None or (ends is not None and time.monotonic() > ends)
