"""One cell of the matrix: a program, its safety runs and its liveness runs."""

from __future__ import annotations

import re
import shutil
import tempfile
import threading
import time
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path

from .. import tla
from ..dsl import model as m
from ..translator.emit import Emission, emit
from ..translator.expand import Expansion
from ..translator.interpreter import Interpreter, State
from ..translator.lasso import retrace_lasso
from ..translator.program import FALSE, TRUE, Invariant, Program, Property, negation
from ..translator.reduce import liveness_reduced, safety_reduced
from ..translator.retrace import Finding, Mismatch, retrace, states_of
from ..translator.schedule import scheduled
from ..translator.symmetry import Symmetry, symmetry
from ..translator.temporal import antecedents, focused, is_temporal, simplified, supposed_states
from ..translator.witness import has_witness
from .load import Cell
from .result import HOLDS, UNDECIDED, VIOLATED, Evidence, Failure
from .search import STATES, searched


@dataclass(slots=True)
class Stop:
    """Why and when everything has to stop: a signal, a deadline, the first failure."""

    cancel: threading.Event
    deadline: float | None
    why: str | None = None
    event: threading.Event = field(default_factory=threading.Event)

    def now(self, why: str) -> None:
        self.why = self.why or why
        self.event.set()

    def watch(self, every: float = 0.05) -> None:
        """Passes the user's signal on, until everything has stopped; runs beside the checks."""
        while not self.event.is_set():
            if self.cancel.wait(every):
                self.now("interrupted")

    @property
    def left(self) -> float | None:
        return None if self.deadline is None else self.deadline - time.monotonic()

    def reason(self) -> str | None:
        """Why no run should begin any more, if so."""
        if self.cancel.is_set():
            return "interrupted"
        if self.event.is_set():
            return self.why
        return "time" if self.left is not None and self.left <= 0 else None


@dataclass(frozen=True, slots=True)
class CellVerdict:
    """A property in a cell, as `Verdict` without what is expected."""

    cell: Cell
    property: str
    kind: str
    outcome: str
    finding: Finding | None = None
    evidence: Evidence | None = None
    vacuous: bool = False


# TLC 2.15 now and then misreads its own files when it prints a liveness counterexample, and breaks off.
RETRIES = 2


# Takes a violated property and the states of a behaviour that shows it; raises Mismatch if it does not.
Tell = Callable[[str, tuple[State, ...]], None]


class _Failed(Exception):
    def __init__(self, failure: Failure) -> None:
        super().__init__(failure.message)
        self.failure = failure


class _Stopped(Exception):
    def __init__(self, why: str) -> None:
        super().__init__(why)
        self.why = why


class CellCheck:
    """The runs of one cell, and what they add up to.  Without `tools` there is no TLC: the interpreter
    decides what is no temporal property."""

    def __init__(
        self, cell: Cell, wanted: tuple[str, ...], lines: Mapping[str, tuple[str, ...]], file: str,
        tools: tla.Tools | None, workers: int, heap: int, run_seconds: float | None, max_states: int | None,
        keep: Path | None, reduction: bool, stop: Stop, on_progress: Callable[[tla.Progress], None],
    ) -> None:  # fmt: skip
        self.cell = cell
        self.program = cell.program
        self.wanted = wanted
        self.lines = lines
        self.file = file
        self.tools = tools
        self.workers = workers
        self.heap = heap
        self.run_seconds = run_seconds
        self.max_states = max_states
        self.keep = keep
        self.stop = stop
        self.on_progress = on_progress
        self.reduction = reduction
        self.reached: set[int] = set()
        # States that properties suppose are watched for in the safety run, like `sometimes`.
        supposed = tuple(
            Invariant(f"{p.name} supposes {i}", e, p.span)
            for p in self.program.temporal
            if self.asked(p.name)
            for i, e in enumerate(supposed_states(self.program, p))
        )
        plain = focused(self.program, ())
        self.watched = replace(plain, sometimes=(*plain.sometimes, *supposed), _points={})
        first = len(self.program.reachable)
        self.registers = {f.property: first + i for i, f in enumerate(self.watched.sometimes)}
        self.runs = 0
        self.states = 0
        self.generated = 0
        self.depth = 0
        self.version = ""
        self.searched_all = False
        self.symmetry: tuple[str, ...] = ()
        self.stopped: str | None = None
        self.failure: Failure | None = None
        self.lock = threading.Lock()

    def jobs(self) -> Iterator[Callable[[], tuple[CellVerdict, ...]]]:
        """Independent pieces of work: one for all safety properties, one per temporal property."""
        if any(self.asked(name) for name in self.safety_names()):
            yield self.safety
        for property in self.cell.live.temporal:
            if self.asked(property.name):
                yield lambda property=property: self.liveness(property)  # type: ignore[misc]

    def asked(self, name: str) -> bool:
        return not self.wanted or name in self.wanted

    def safety_names(self) -> tuple[str, ...]:
        return (*self.program.properties, *(formula.property for formula in self.program.sometimes))

    # -- safety

    def safety(self) -> tuple[CellVerdict, ...]:
        """A run, or several, for all safety properties."""
        remaining = [name for name in self.program.properties if self.asked(name)]
        findings: dict[str, Finding] = {}
        started = time.monotonic()
        first_run = self.runs
        complete = False
        whole = Interpreter(scheduled(self.watched))
        formulas = [i.condition for i in (*self.watched.invariants, *self.watched.sometimes)]
        program = scheduled(safety_reduced(self.watched, formulas) if self.reduction else self.watched)
        expansion = Expansion(program, whole) if self.reduction else None

        def tell(name: str, states: tuple[State, ...]) -> None:
            if expansion:
                states = expansion.path(states, everyone=name == "deadlock")
            findings[name] = retrace(name, states, whole)

        try:
            (self.safety_by_tlc if self.tools else self.safety_by_search)(program, remaining, tell)
            complete = self.searched_all = True
        except _Stopped as stop:
            self.stopped = stop.why
        except _Failed as fault:
            self.failure = fault.failure
            return ()
        evidence = Evidence(
            self.states or None, self.generated or None, self.depth or None, self.runs - first_run,
            time.monotonic() - started, complete, self.symmetry,
        )  # fmt: skip
        verdicts = [
            self.verdict(name, findings.get(name), complete, evidence)
            for name in self.program.properties
            if self.asked(name)
        ]
        for formula in self.program.sometimes:
            if self.asked(formula.property):
                seen = self.registers[formula.property] in self.reached
                outcome_ = HOLDS if seen else VIOLATED if complete else UNDECIDED
                verdicts.append(
                    CellVerdict(self.cell, formula.property, "sometimes", outcome_, None, evidence)
                )
        return tuple(verdicts)

    def safety_by_tlc(self, program: Program, names: list[str], tell: Tell) -> None:
        """Runs of TLC, each without the properties that are violated in those before, until one is clean."""
        remaining = list(names)
        same = symmetry(program) if self.reduction else None
        self.symmetry = same.names if same else ()
        mixed_up: set[str] = set()
        while True:
            emission = self.emitted(program, remaining, (), registers=True, same=same)
            outcome = self.tlc(emission, liveness=False)
            if isinstance(outcome, tla.Holds):
                if mixed_up:
                    message = f"{', '.join(mixed_up)} is violated only with symmetry"
                    raise _Failed(self.disagreement(message, emission, outcome))
                return
            assert isinstance(outcome, tla.Violated)
            invariant = emission.invariants.get(outcome.name or "", "")
            name = "deadlock" if outcome.kind == "deadlock" else invariant
            try:
                if name not in remaining:
                    raise Mismatch(f"TLC names `{outcome.name}`, which is not checked")
                tell(name, states_of(tuple(s.values for s in outcome.trace.states), program, emission))
            except Mismatch as fault:
                if emission.symmetric:
                    # TLC may have mixed up the names from one state of the trace to the next.
                    same, self.symmetry = None, ()
                    mixed_up.add(name)
                    continue
                raise _Failed(self.disagreement(str(fault), emission, outcome)) from fault
            remaining.remove(name)
            mixed_up.discard(name)

    def safety_by_search(self, program: Program, names: list[str], tell: Tell) -> None:
        """One search by the interpreter.  Every counterexample is replayed like TLC's."""
        self.runs += 1
        ends = None if self.run_seconds is None else time.monotonic() + self.run_seconds

        def stop() -> str | None:
            return self.stop.reason() or ("time" if ends is not None and time.monotonic() > ends else None)

        why = stop()
        if why is not None:
            raise _Stopped(why)
        found = searched(program, names, self.max_states or STATES, stop, self.on_progress)
        self.states = found.totals.distinct or 0
        self.generated = found.totals.generated or 0
        self.depth = found.totals.depth or 0
        self.reached |= found.reached | {self.registers[name] for name in found.met}
        for name, states in found.violated.items():
            try:
                tell(name, states)
            except Mismatch as fault:
                text = "the reduced and the whole program disagree, so no verdict is given"
                raise _Failed(Failure("disagreement", f"{text} ({fault})", str(fault), None)) from fault
        if found.stopped is not None:
            raise _Stopped(found.stopped)

    def verdict(self, name: str, finding: Finding | None, complete: bool, evidence: Evidence) -> CellVerdict:
        if name in m.BUILT_IN_CHECKS:
            kind = "built-in"
        else:
            kind = "assertion" if name in self.cell.model.assertions else "invariant"
        outcome = VIOLATED if finding else HOLDS if complete else UNDECIDED
        return CellVerdict(self.cell, name, kind, outcome, finding, evidence)

    # -- liveness

    def liveness(self, property: Property) -> tuple[CellVerdict, ...]:
        """A run for one temporal property; when it holds, another for what it supposes."""
        started = time.monotonic()
        if property.formula == TRUE:
            return (self.temporal(property, HOLDS, None, None, True),)
        if self.tools is None:
            return (self.temporal(property, UNDECIDED, None, None),)
        try:
            finding, evidence = self.searched(property)
        except _Stopped as stop:
            self.stopped = stop.why
            return (self.temporal(property, UNDECIDED, None, None),)
        except _Failed as fault:
            self.failure = fault.failure
            return ()
        evidence = replace(evidence, seconds=time.monotonic() - started)
        vacuous = False
        if finding is None:
            vacuous = self.vacuous(property)
        return (self.temporal(property, VIOLATED if finding else HOLDS, finding, evidence, vacuous),)

    def temporal(
        self, property: Property, outcome: str, finding: Finding | None, evidence: Evidence | None,
        vacuous: bool = False,
    ) -> CellVerdict:  # fmt: skip
        return CellVerdict(self.cell, property.name, "property", outcome, finding, evidence, vacuous)

    def searched(self, property: Property) -> tuple[Finding | None, Evidence]:
        focus = focused(self.cell.live, (property,))
        whole = Interpreter(scheduled(focus))
        program = scheduled(liveness_reduced(focus, (property.formula,)) if self.reduction else focus)
        emission = self.emitted(program, (), (property.name,), registers=False)
        outcome = self.tlc(emission, liveness=True)
        totals = outcome.totals
        evidence = Evidence(totals.distinct, totals.generated, totals.depth, 1, outcome.seconds, True)
        if isinstance(outcome, tla.Holds):
            return None, evidence
        assert isinstance(outcome, tla.Violated)
        try:
            if outcome.kind != "property":
                raise Mismatch(f"TLC reports a violated {outcome.kind} where only a property is checked")
            states = states_of(tuple(s.values for s in outcome.trace.states), program, emission)
            loop = None if outcome.trace.back_to is None else outcome.trace.back_to - 1
            if self.reduction:
                states, loop = Expansion(program, whole).lasso(states, loop)
            finding = retrace_lasso(property, states, loop, whole)
        except Mismatch as fault:
            raise _Failed(self.disagreement(str(fault), emission, outcome)) from fault
        return finding, evidence

    def vacuous(self, property: Property) -> bool:
        """Whether a temporal formula that the property supposes holds on no fair behaviour."""
        walker = Interpreter(scheduled(focused(self.cell.live, (property,))))
        for number, supposed in enumerate(antecedents(property.formula)):
            if not is_temporal(supposed):
                continue
            never = simplified(negation(supposed))
            if never == TRUE:
                return True
            if has_witness(supposed, walker):
                continue
            probe = Property(f"{property.name} supposes {number}", never, property.labels, property.span)
            try:
                if never != FALSE and self.searched(probe)[0] is None:
                    return True
            except _Stopped:
                return False
            except _Failed as fault:
                self.failure = fault.failure
                return False
        return False

    def never_supposed(self, property: str) -> bool:
        """Whether a state that the property supposes was not met by the safety run."""
        numbers = [n for name, n in self.registers.items() if name.startswith(f"{property} supposes ")]
        return any(number not in self.reached for number in numbers)

    # -- one run

    def emitted(
        self, program: Program, safety: Iterable[str], temporal: Iterable[str], *, registers: bool,
        same: Symmetry | None = None,
    ) -> Emission:  # fmt: skip
        return emit(
            program, safety, temporal=temporal, registers=registers, source=self.lines,
            header=(f"made by pfnspec from {self.file}",), symmetry=same,
        )  # fmt: skip

    def tlc(self, emission: Emission, *, liveness: bool) -> tla.Holds | tla.Violated:
        """Runs TLC; raises _Stopped or _Failed where there is no verdict."""
        assert self.tools is not None
        why = self.stop.reason()
        if why is not None:
            raise _Stopped(why)
        seconds = [limit for limit in (self.stop.left, self.run_seconds) if limit is not None]
        with self.lock:
            self.runs += 1
            number = self.runs
        keep = None if self.keep is None else self.keep / self.name(emission, number)
        job = tla.Job(
            module=emission.module,
            module_text=emission.module_text,
            cfg_text=emission.cfg_text,
            workers=self.workers,
            check_deadlock=emission.check_deadlock and not liveness,
            liveness=liveness,
            quick=self.reduction,
            max_heap=self.heap,
        )
        limits = tla.Limits(seconds=min(seconds) if seconds else None, distinct_states=self.max_states)
        outcome = tla.run(
            job, self.tools, limits, keep=keep, on_progress=self.on_progress, cancel=self.stop.event
        )
        for _ in range(RETRIES if liveness else 0):
            if not (isinstance(outcome, tla.Failed) and outcome.why == "internal"):
                break
            if outcome.directory is not None and keep is None:
                shutil.rmtree(outcome.directory, ignore_errors=True)
            outcome = tla.run(
                job, self.tools, limits, keep=keep, on_progress=self.on_progress, cancel=self.stop.event
            )
        self.note(outcome, liveness)
        if isinstance(outcome, tla.Stopped):
            raise _Stopped(self.stop.reason() or outcome.why)
        if isinstance(outcome, tla.Failed):
            directory = None if outcome.directory is None else str(outcome.directory)
            raise _Failed(Failure(outcome.why, outcome.message, outcome.detail, directory))
        return outcome

    def name(self, emission: Emission, number: int) -> str:
        parts = (emission.module, self.cell.scenario or "", self.cell.policy or "", str(number))
        return "-".join(re.sub(r"\W+", "_", part).strip("_") for part in parts if part)

    def note(self, outcome: tla.Outcome, liveness: bool) -> None:
        with self.lock:
            self.version = str(outcome.version or self.version)
            if not liveness:
                self.states = outcome.totals.distinct or 0
                self.generated = outcome.totals.generated or 0
                self.depth = outcome.totals.depth or 0
            for line in outcome.printed:
                try:
                    value = tla.parse_value(line)
                except tla.ValueSyntaxError:
                    continue
                if isinstance(value, tuple) and len(value) == 2 and value[0] == "reached":
                    assert isinstance(value[1], int)
                    self.reached.add(value[1] - 1)

    def disagreement(self, message: str, emission: Emission, outcome: tla.Outcome) -> Failure:
        folder = Path(tempfile.mkdtemp(prefix="pfnspec-report-"))
        (folder / f"{emission.module}.tla").write_text(emission.module_text, encoding="utf-8")
        (folder / f"{emission.module}.cfg").write_text(emission.cfg_text, encoding="utf-8")
        (folder / "output.txt").write_text(outcome.raw, encoding="utf-8")
        text = "TLC and the interpreter disagree, so no verdict is given"
        return Failure("disagreement", f"{text} ({message})", message, str(folder))
