"""One cell of the matrix: a program, and what its safety runs and its liveness runs say of it."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, replace

from .. import tla
from ..dsl.model import model as m
from ..translator import pipeline
from ..translator.emit.emit import Emission
from ..translator.lower.temporal import (
    antecedents,
    is_temporal,
    simplified,
    supposed_states,
)
from ..translator.program.findings import Finding
from ..translator.program.program import FALSE, TRUE, Invariant, Program, Property, negation
from ..translator.reduce.symmetry import symmetry
from ..translator.retrace.expand import Expansion
from ..translator.retrace.lasso import retrace_lasso
from ..translator.retrace.retrace import Mismatch, retrace, states_of
from ..translator.retrace.witness import has_witness
from ..translator.run.interpreter import Interpreter, State
from .liveness import Liveness
from .load import Cell
from .options import Hunts
from .result import HOLDS, SC, UNDECIDED, VIOLATED, Evidence, Failure, Judgement, VerdictKind
from .runs import Runs
from .saved.kept import Behaviour, Outcome, keep, recalled
from .saved.store import Store, fingerprint
from .search import SECOND_OPINION, STATES, Searched, searched
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


# Takes a violated property and the states of a behaviour that shows it; raises Mismatch if it does not.
Tell = Callable[[str, tuple[State, ...]], None]


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

    def safety(self) -> tuple[CellVerdict, ...]:
        """A run, or several, for all safety properties; or what such runs came to before."""
        names = [name for name in self.safety_names() if self.asked(name)]
        whole = Interpreter(pipeline.whole(self.watched))
        key = fingerprint(self.key, "safety", names, list(self.registers))
        kept = self.store and recalled(
            self.store, key, whole, lambda name, states, _: retrace(name, states, whole)
        )
        if kept:
            self.runs.recall(kept)
            known = kept.evidence
            self.runs.searched(tla.Totals(known.generated, known.states, None, known.depth))
            self.symmetry = kept.evidence.symmetry
            self.searched_all = True
            return self.safety_verdicts(names, kept.findings, kept.evidence)
        started = time.monotonic()
        complete = False
        program = pipeline.prepared(self.watched, reduction=self.reduction)
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

        remaining = [name for name in self.program.properties if name in names]
        try:
            if self.runs.compiled is not None:
                from .compiled import safety_by_spin

                safety_by_spin(program, remaining, self.runs, self.registers, tell)
            else:
                (self.safety_by_tlc if self.runs.tools else self.safety_by_search)(program, remaining, tell)
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
            keep(self.store, key, outcome, whole)
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

    def safety_by_tlc(self, program: Program, names: list[str], tell: Tell) -> None:
        """A search by the interpreter, of all states if they are few, otherwise of those near the first; and
        runs of TLC, which have to find at least the same.

        What the interpreter finds violated is told by its behaviour, as soon as TLC has found it violated,
        too.  TLC goes on where it sees that, so that a run is repeated only for what TLC alone finds."""
        found = searched(
            program, names, self.hunts.states if self.hunts else SECOND_OPINION,
            self.runs.stop.reason, lambda progress: None, first=self.hunts is not None,
        )  # fmt: skip
        if self.hunts:
            self.found_first(found, tell)
        try:
            holding, emission, outcome = self.runs_until_clean(program, names, found, tell)
        finally:
            for name in [name for name in found.violated if name in self.runs.noted]:
                self.told(name, found.violated[name], tell)
        message = self.difference(found, holding, outcome.totals.distinct, emission)
        if message is not None:
            raise RunFailed(self.runs.disagreement(message, emission, outcome))

    def difference(
        self, found: Searched, holding: Iterable[str], states: int | None, emission: Emission
    ) -> str | None:
        """What the interpreter knows better than TLC, which found that `holding` hold; None if nothing."""
        reached = found.reached | {self.registers[name] for name in found.met}
        wrong = next((name for name in found.violated if name in {*holding} - self.runs.noted), None)
        if wrong is not None:
            return f"the interpreter finds {wrong} violated"
        if not reached <= self.runs.reached:
            return "the interpreter reaches a branch, a label or a `sometimes` that TLC does not"
        if found.stopped is None and not emission.symmetric and states != found.totals.distinct:
            return f"TLC finds {states} states, the interpreter {found.totals.distinct}"
        return None

    def found_first(self, found: Searched, tell: Tell) -> None:
        """Ends a hunt with what the interpreter has found, if it has; raises RunStopped then."""
        self.told_all(found, tell)
        if found.violated:
            self.runs.searched(found.totals)
            raise RunStopped("fail-fast")

    def runs_until_clean(
        self, program: Program, names: list[str], found: Searched, tell: Tell
    ) -> tuple[list[str], Emission, tla.Outcome]:
        """Runs of TLC, each without the properties that ended one before, until one goes to the end: what it
        was asked, its module and the run."""
        remaining = list(names)
        same = symmetry(program) if self.reduction else None
        self.symmetry = same.names if same else ()
        mixed_up: set[str] = set()
        while True:
            emission = self.runs.emitted(
                program, remaining, (), registers=True, same=same, noted=found.violated
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
                if name not in remaining or name in found.violated:
                    raise Mismatch(f"TLC names `{outcome.name}`, which is not checked")
                tell(name, states_of(tuple(s.values for s in outcome.trace.states), program, emission))
            except Mismatch as fault:
                if emission.symmetric:
                    # TLC may have mixed up the names from one state of the trace to the next.
                    same, self.symmetry = None, ()
                    mixed_up.add(name)
                    continue
                raise RunFailed(self.runs.disagreement(str(fault), emission, outcome)) from fault
            remaining.remove(name)
            mixed_up.discard(name)
            if self.hunts:
                raise RunStopped("fail-fast")

    def told_all(self, found: Searched, tell: Tell) -> None:
        """Tells all that a search has found violated."""
        for name, states in found.violated.items():
            self.told(name, states, tell)

    def told(self, name: str, states: tuple[State, ...], tell: Tell) -> None:
        """Tells a behaviour that the interpreter has found."""
        try:
            tell(name, states)
        except Mismatch as fault:
            text = "the reduced and the whole program disagree, so no verdict is given"
            raise RunFailed(Failure("disagreement", f"{text} ({fault})", str(fault), None)) from fault

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
        self.told_all(found, tell)
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
        whole = Interpreter(pipeline.whole(pipeline.about(self.cell.live, property)))
        key = fingerprint(self.key, "property", property.name)
        kept = self.store and recalled(
            self.store, key, whole, lambda _, states, loop: retrace_lasso(property, states, loop, whole)
        )
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
            keep(self.store, key, outcome, whole)
        return (self.temporal(property, outcome),)

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
