"""One cell of the matrix: a program, and what its safety runs and its liveness runs say of it."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from functools import cached_property

from .. import tla
from ..dsl.model import model as m
from ..translator import pipeline
from ..translator.lower.temporal import (
    antecedents,
    is_temporal,
    simplified,
    supposed_states,
)
from ..translator.program.findings import Finding
from ..translator.program.program import FALSE, TRUE, Invariant, Program, Property, negation
from ..translator.retrace.expand import Expansion
from ..translator.retrace.lasso import retrace_lasso
from ..translator.retrace.retrace import retrace
from ..translator.retrace.witness import has_witness
from ..translator.run.interpreter import Interpreter, State
from .engines.liveness import Claim, Liveness
from .engines.safety import Safety, Tell, told_all
from .engines.search import SECOND_OPINION, STATES, searched
from .load import Cell
from .options import Hunts
from .result import HOLDS, SC, UNDECIDED, VIOLATED, Evidence, Failure, Judgement, VerdictKind
from .runs import Runs
from .saved.kept import Behaviour, Outcome, keep, recalled
from .saved.store import Store, fingerprint
from .stop import RunFailed, RunStopped


@dataclass(frozen=True, slots=True)
class CellVerdict:
    """A property in a cell, as `Verdict` without what is expected."""

    cell: Cell
    property: str
    kind: VerdictKind
    outcome: Judgement
    finding: Finding | None = None
    evidence: Evidence | None = None
    vacuous: bool = False


class CellCheck:
    """What the properties of one cell come to.  Where its `runs` have no TLC, the interpreter decides alone,
    or Spin what is no temporal property.  What complete runs come to is kept in `store`, under keys made from
    `key`, and found there again."""

    def __init__(
        self, cell: Cell, wanted: tuple[str, ...], runs: Runs, store: Store | None, key: str, *,
        reduction: bool, hunts: Hunts | None = None,
    ) -> None:  # fmt: skip
        self.cell = cell
        self.program = cell.program
        self.wanted = wanted
        self.runs = runs
        self.store = store
        self.key = key
        self.reduction = reduction
        self.hunts = hunts
        self.lively = Liveness(cell, runs, reduction=reduction, hunts=hunts)
        # States that properties suppose are watched for in the safety run, like `sometimes`.
        supposed = {
            p.name: tuple(
                Invariant(f"{p.name} supposes {i}", e, p.span)
                for i, e in enumerate(supposed_states(self.program, p))
            )
            for p in self.program.temporal
            if self.asked(p.name)
        }
        plain = pipeline.about(self.program)
        watched = (*plain.sometimes, *(state for states in supposed.values() for state in states))
        self.watched = replace(plain, sometimes=watched)
        first = len(self.program.reachable)
        self.registers = {f.property: first + i for i, f in enumerate(watched)}
        self.supposed = {
            name: frozenset(self.registers[state.property] for state in states)
            for name, states in supposed.items()
        }
        self._properties: dict[str, Outcome | None] = {}
        self.searched_all = False
        self.symmetry: tuple[str, ...] = ()
        self.stopped: str | None = None
        self.failure: Failure | None = None

    def jobs(self) -> Iterator[Callable[[], tuple[CellVerdict, ...]]]:
        """Independent pieces of work: one for all safety properties, one per temporal property; and one for
        the states that these suppose, where no safety run looks for them."""
        if any(self.asked(name) for name in self.safety_names()):
            yield self.safety
        elif any(self.supposed.values()):
            yield self.suppositions
        for property in self.cell.live.temporal:
            if self.asked(property.name):
                yield lambda property=property: self.liveness(property)  # type: ignore[misc]

    def asked(self, name: str) -> bool:
        return not self.wanted or name in self.wanted

    def safety_names(self) -> tuple[str, ...]:
        return (*self.program.properties, *(formula.property for formula in self.program.sometimes))

    # -- safety

    @cached_property
    def asks(self) -> Safety | None:
        """What TLC is to be asked about safety; None where it was asked before."""
        return None if self._known else self._asks

    @cached_property
    def _asks(self) -> Safety:
        program = pipeline.prepared(self.watched, reduction=self.reduction)
        names = [name for name in self.program.properties if self.asked(name)]
        return Safety(program, names, self.registers, self.runs, reduction=self.reduction, hunts=self.hunts)

    @cached_property
    def _whole(self) -> Interpreter:
        return Interpreter(pipeline.whole(self.watched))

    @property
    def _key(self) -> str:
        names = [name for name in self.safety_names() if self.asked(name)]
        return fingerprint(self.key, "safety", names, list(self.registers))

    @cached_property
    def _known(self) -> Outcome | None:
        """What runs for safety came to before."""
        if self.store is None:
            return None
        whole = self._whole
        return recalled(self.store, self._key, whole, lambda name, states, _: retrace(name, states, whole))

    def safety(self) -> tuple[CellVerdict, ...]:
        """A run, or several, for all safety properties; or what such runs came to before."""
        names = [name for name in self.safety_names() if self.asked(name)]
        whole, kept = self._whole, self._known
        if kept:
            self.runs.recall(kept)
            known = kept.evidence
            self.runs.searched(tla.Totals(known.generated, known.states, None, known.depth))
            self.symmetry = kept.evidence.symmetry
            self.searched_all = True
            return self.safety_verdicts(names, kept.findings, kept.evidence)
        started = time.monotonic()
        complete = False
        asks = self._asks
        program, remaining = asks.program, asks.names
        expansion = Expansion(program, whole) if self.reduction else None
        behaviours: dict[str, Behaviour] = {}
        findings: dict[str, Finding] = {}

        def tell(name: str, states: tuple[State, ...]) -> None:
            if expansion:
                first = expansion.path(states)
                shown = any(found.property == name for found in whole.violations(first[-1]))
                # That nobody can step needs all first steps, which the reduced program starts behind.
                states = first if shown else expansion.path(states, everyone=True)
            findings[name] = retrace(name, states, whole)
            behaviours[name] = Behaviour(states)

        try:
            if self.runs.compiled is not None:
                from .engines.compiled import safety_by_spin

                safety_by_spin(program, remaining, self.runs, self.registers, tell)
            elif self.runs.tools is None:
                self.safety_by_search(program, remaining, tell)
            else:
                asks.decide(tell)
                self.symmetry = asks.symmetry
            complete = self.searched_all = True
        except RunStopped as stop:
            self.stopped = stop.why
        except RunFailed as fault:
            self.failure = fault.failure
            return ()
        evidence = Evidence(
            self.runs.states or None, self.runs.generated or None, self.runs.depth or None, self.runs.safety,
            time.monotonic() - started, complete, self.symmetry, self.runs.safety_cached,
        )  # fmt: skip
        if self.store and complete:
            reached = frozenset(self.runs.reached)
            outcome = Outcome(behaviours, findings, evidence, reached, self.runs.version)
            keep(self.store, self._key, outcome, whole)
        return self.safety_verdicts(names, findings, evidence)

    def suppositions(self) -> tuple[CellVerdict, ...]:
        """A search for the states that temporal properties suppose: by the interpreter, and by a safety run
        if not all of them are near the first state."""
        program = pipeline.prepared(self.watched, reduction=self.reduction)
        found = searched(program, (), SECOND_OPINION, self.runs.stop.reason, lambda progress: None)
        self.runs.reached |= {self.registers[name] for name in found.met}
        if found.stopped is None:
            self.searched_all = True
        elif any(not numbers <= self.runs.reached for numbers in self.supposed.values()):
            return self.safety()
        return ()

    def safety_verdicts(
        self, names: Iterable[str], findings: Mapping[str, Finding], evidence: Evidence
    ) -> tuple[CellVerdict, ...]:
        """What follows from the findings, and from what was reached, of runs that end as `evidence` says."""
        verdicts: list[CellVerdict] = []
        for name in names:
            if name in self.program.properties:
                verdicts.append(self.verdict(name, findings.get(name), evidence))
            else:
                seen = self.registers[name] in self.runs.reached
                outcome: Judgement = HOLDS if seen else VIOLATED if evidence.complete else UNDECIDED
                verdicts.append(CellVerdict(self.cell, name, "sometimes", outcome, None, evidence))
        return tuple(verdicts)

    def safety_by_search(self, program: Program, names: list[str], tell: Tell) -> None:
        """One search by the interpreter.  Every counterexample is replayed like TLC's."""
        runs = self.runs
        runs.number += 1
        runs.safety += 1
        ends = None if runs.seconds is None else time.monotonic() + runs.seconds

        def stop() -> str | None:
            return runs.stop.reason() or ("time" if ends is not None and time.monotonic() > ends else None)

        why = stop()
        if why is not None:
            raise RunStopped(why)
        found = searched(
            program, names, runs.max_states or STATES, stop, runs.on_progress, first=self.hunts is not None
        )
        runs.searched(found.totals)
        runs.reached |= found.reached | {self.registers[name] for name in found.met}
        told_all(found, tell)
        if found.stopped is not None:
            raise RunStopped(found.stopped)

    def verdict(self, name: str, finding: Finding | None, evidence: Evidence) -> CellVerdict:
        if name in m.BUILT_IN_CHECKS:
            kind: VerdictKind = "built-in"
        else:
            kind = "assertion" if name in self.cell.model.assertions else "invariant"
        outcome: Judgement = VIOLATED if finding else HOLDS if evidence.complete else UNDECIDED
        return CellVerdict(self.cell, name, kind, outcome, finding, evidence)

    # -- liveness

    def liveness(self, property: Property) -> tuple[CellVerdict, ...]:
        """A run for one temporal property; when it holds, another for what it supposes."""
        started = time.monotonic()
        if self.cell.model.memory != SC:
            # What makes a store visible at last, to everybody, is not modelled.
            return (self.temporal(property, None),)
        if property.formula == TRUE:
            return (CellVerdict(self.cell, property.name, "property", HOLDS, vacuous=True),)
        if self.runs.compiled is not None:
            # Spin is asked about safety only.
            return (self.temporal(property, None),)
        kept = self._kept(property)
        if kept:
            self.runs.recall(kept)
            return (self.temporal(property, kept),)
        known, probes = False, list[Evidence]()
        try:
            outcome = self.lively.outcome(property)
            if not outcome.findings:
                known = self.vacuous(property, probes)
        except RunStopped as stop:
            self.stopped = stop.why
            return (self.temporal(property, None),)
        except RunFailed as fault:
            self.failure = fault.failure
            return ()
        rests_on = (outcome.evidence, *probes)
        both = tuple(e for e in outcome.evidence.engines if all(e in one.engines for one in rests_on))
        evidence = replace(
            outcome.evidence,
            runs=len(rests_on),
            seconds=time.monotonic() - started,
            cached=sum(one.cached for one in rests_on),
            engines=both or outcome.evidence.engines,
        )
        outcome = replace(outcome, evidence=evidence, vacuous=known)
        # What TLC has not confirmed is asked again: it may have more time then.
        if self.store and not (self.runs.tools and evidence.engines == ("interpreter",)):
            keep(self.store, self._key_of(property), outcome, self._walker(property))
        return (self.temporal(property, outcome),)

    def claims(self) -> Iterator[Claim]:
        """The temporal properties that TLC is to be asked about."""
        for property in self.cell.live.temporal:
            if self.asked(property.name) and self._decidable(property) and not self._kept(property):
                yield self.lively.claim(property)

    def _decidable(self, property: Property) -> bool:
        """Whether there is something to be found out.  What makes a store visible at last, to everybody, is
        not modelled; and Spin is asked about safety only."""
        return self.cell.model.memory == SC and property.formula != TRUE and self.runs.compiled is None

    def _walker(self, property: Property) -> Interpreter:
        return Interpreter(pipeline.whole(pipeline.about(self.cell.live, property)))

    def _key_of(self, property: Property) -> str:
        return fingerprint(self.key, "property", property.name)

    def _kept(self, property: Property) -> Outcome | None:
        """What was found of a property before."""
        if self.store is None:
            return None
        if property.name not in self._properties:
            whole = self._walker(property)
            self._properties[property.name] = recalled(
                self.store, self._key_of(property), whole,
                lambda _, states, loop: retrace_lasso(property, states, loop, whole),
            )  # fmt: skip
        return self._properties[property.name]

    def temporal(self, property: Property, found: Outcome | None) -> CellVerdict:
        if found is None:
            return CellVerdict(self.cell, property.name, "property", UNDECIDED)
        finding = found.findings.get(property.name)
        outcome: Judgement = VIOLATED if finding else HOLDS
        return CellVerdict(
            self.cell, property.name, "property", outcome, finding, found.evidence, found.vacuous
        )

    def vacuous(self, property: Property, probes: list[Evidence]) -> bool:
        """Whether a temporal formula that the property supposes holds on no fair behaviour; what that rests
        on is added to `probes`.  Raises RunStopped or RunFailed where it is not known: the property is not
        decided then."""
        walker = Interpreter(pipeline.whole(pipeline.about(self.cell.live, property)))
        for number, supposed in enumerate(antecedents(property.formula)):
            if not is_temporal(supposed):
                continue
            never = simplified(negation(supposed))
            if never == TRUE:
                return True
            if has_witness(supposed, walker) or never == FALSE:
                continue
            probe = Property(f"{property.name} supposes {number}", never, property.labels, property.span)
            outcome = self.lively.outcome(probe)
            probes.append(outcome.evidence)
            if not outcome.findings:
                return True
        return False

    def supposing(self, verdict: CellVerdict) -> CellVerdict:
        """A verdict with what is known of the states that its property supposes: it says nothing if one of
        them does not exist, and is not decided as long as one of them is still looked for."""
        wanted = self.supposed.get(verdict.property, frozenset())
        if verdict.kind != "property" or verdict.outcome != HOLDS or wanted <= self.runs.reached:
            return verdict
        if self.searched_all:
            return replace(verdict, vacuous=True)
        return verdict if verdict.vacuous else replace(verdict, outcome=UNDECIDED, evidence=None)
