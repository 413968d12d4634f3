"""One model checked: which runs of TLC it takes, and what they mean together."""

from __future__ import annotations

import tempfile
import threading
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path

from .. import tla
from ..dsl import model as m
from ..dsl.diagnostics import Diagnostic, did_you_mean
from ..dsl.source import Span
from ..translator.emit import Emission, emit
from ..translator.interpreter import Interpreter
from ..translator.program import Program
from ..translator.retrace import Finding, Mismatch, retrace, states_of
from .load import Loaded, load
from .result import HOLDS, UNDECIDED, VIOLATED, Evidence, Failure, Result, Verdict


@dataclass(frozen=True, slots=True, kw_only=True)
class Options:
    """What a check is asked for.

    `properties`: only these (empty: all); `constants`: other values; `workers`: of TLC; `seconds` and
    `states`: limits for the whole check; `keep`: a folder for TLC's files and output; `java`, `jar`:
    tools to be used instead of those that are found; `outside`: bases may lie outside the project.
    """

    properties: tuple[str, ...] = ()
    constants: tuple[tuple[str, str], ...] = ()
    workers: int = 1
    seconds: float | None = None
    states: int | None = None
    keep: Path | None = None
    java: str | None = None
    jar: str | None = None
    outside: bool = False


@dataclass(frozen=True, slots=True)
class Progress:
    """Where a check is: distinct states found, states still to be examined, seconds so far."""

    states: int | None
    queue: int | None
    seconds: float


def check_file(
    path: str,
    options: Options,
    on_progress: Callable[[Progress], None] | None = None,
    cancel: threading.Event | None = None,
    text: bytes | None = None,
) -> Result:
    """Checks one file (`-`: standard input).  Whatever goes wrong is in the result; only
    KeyboardInterrupt passes through, when no `cancel` is given."""
    loaded = load(path, dict(options.constants), outside=options.outside, text=text)
    if loaded.model is None or loaded.program is None:
        return _result(loaded, options)
    unknown = _unknown_properties(options.properties, loaded.model, loaded.program)
    if unknown:
        return _result(loaded, options, extra=unknown)
    try:
        tools = tla.find_tools(options.java, options.jar)
    except tla.ToolMissing as fault:
        return _result(loaded, options, failure=Failure("missing", str(fault), "", None))
    return _Check(loaded, loaded.model, loaded.program, options, tools, on_progress, cancel).run()


def _unknown_properties(wanted: tuple[str, ...], model: m.Model, program: Program) -> tuple[Diagnostic, ...]:
    known = [*program.properties, *(formula.name for formula in model.formulas), *m.BUILT_IN_CHECKS]
    place = Span(model.path, 1, 1, 1, 1)
    return tuple(
        Diagnostic(
            "unknown-property", place, f"there is no property `{name}`",
            did_you_mean(name, known) or "there are: " + ", ".join(dict.fromkeys(known)),
        )
        for name in wanted
        if name not in known
    )  # fmt: skip


def _result(
    loaded: Loaded, options: Options, *, extra: tuple[Diagnostic, ...] = (), failure: Failure | None = None
) -> Result:
    model = loaded.model
    return Result(
        path=loaded.path,
        name=model.name if model else "",
        doc=model.doc if model else None,
        constants=model.constants if model else (),
        processes=tuple((p.name, p.count) for p in model.processes) if model else (),
        sources=loaded.sources,
        diagnostics=(*loaded.diagnostics, *extra),
        verdicts=(),
        evidence=None,
        unreached=(),
        barriers=(),
        overrides=options.constants,
        failure=failure,
    )


class _Check:
    """Safety: a run for all properties, repeated without those already violated until it is clean."""

    def __init__(
        self, loaded: Loaded, model: m.Model, program: Program, options: Options, tools: tla.Tools,
        on_progress: Callable[[Progress], None] | None, cancel: threading.Event | None,
    ) -> None:  # fmt: skip
        self.loaded = loaded
        self.model = model
        self.program = program
        self.options = options
        self.tools = tools
        self.on_progress = on_progress
        self.cancel = cancel
        self.interpreter = Interpreter(program)
        self.started = time.monotonic()
        self.findings: dict[str, Finding] = {}
        self.reached: set[int] = set()
        self.runs = 0
        self.totals = tla.Totals()
        self.version = ""

    def run(self) -> Result:
        wanted = self.options.properties
        remaining = [name for name in self.program.properties if not wanted or name in wanted]
        stopped: str | None = None
        while True:
            emission = emit(
                self.program, remaining, registers=not wanted or bool(self._sometimes()),
                source={path: source.lines for path, source in self.loaded.sources.items()},
                header=(f"made by pfnspec from {Path(self.loaded.path).name}",),
            )  # fmt: skip
            outcome = self.tlc(emission)
            self.note(outcome)
            if isinstance(outcome, tla.Failed):
                directory = None if outcome.directory is None else str(outcome.directory)
                return self.result(failure=Failure(outcome.why, outcome.message, outcome.detail, directory))
            if isinstance(outcome, tla.Stopped):
                stopped = outcome.why
                break
            if isinstance(outcome, tla.Holds):
                break
            property = "deadlock" if outcome.kind == "deadlock" else emission.invariants.get(outcome.name or "", "")
            try:
                if property not in remaining:
                    raise Mismatch(f"TLC names `{outcome.name}`, which is not checked")
                states = states_of(tuple(s.values for s in outcome.trace.states), self.program, emission)
                self.findings[property] = retrace(property, states, self.interpreter)
            except Mismatch as fault:
                return self.result(failure=self.disagreement(str(fault), emission, outcome))
            remaining.remove(property)
        return self.result(stopped=stopped)

    def tlc(self, emission: Emission) -> tla.Outcome:
        left = None
        if self.options.seconds is not None:
            left = max(0.0, self.options.seconds - (time.monotonic() - self.started))
        self.runs += 1
        keep = None
        if self.options.keep is not None:
            keep = self.options.keep / f"{emission.module}_{self.runs}"
        job = tla.Job(
            module=emission.module,
            module_text=emission.module_text,
            cfg_text=emission.cfg_text,
            workers=self.options.workers,
            check_deadlock=emission.check_deadlock,
            quick=True,
        )
        limits = tla.Limits(seconds=left, distinct_states=self.options.states)
        return tla.run(job, self.tools, limits, keep=keep, on_progress=self.progress, cancel=self.cancel)

    def progress(self, now: tla.Progress) -> None:
        if self.on_progress:
            elapsed = time.monotonic() - self.started
            self.on_progress(Progress(now.totals.distinct, now.totals.left, elapsed))

    def note(self, outcome: tla.Outcome) -> None:
        self.totals = outcome.totals
        self.version = str(outcome.version or self.version)
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
        text = "TLC and the interpreter disagree, so no verdict is given; please report this"
        return Failure("disagreement", text, message, str(folder))

    def result(self, stopped: str | None = None, failure: Failure | None = None) -> Result:
        complete = stopped is None and failure is None
        names = self.options.properties or (*self.program.properties, *(f.property for f in self.program.sometimes))
        verdicts = tuple(self.verdict(name, complete) for name in names) if failure is None else ()
        evidence = Evidence(
            self.totals.distinct, self.totals.generated, self.totals.depth, self.runs,
            time.monotonic() - self.started, self.version, complete,
        )  # fmt: skip
        unreached = ()
        if complete and not self.options.properties:
            unreached = tuple(mark for mark in self.program.reachable if mark.number not in self.reached)
        model = self.model
        return Result(
            path=self.loaded.path,
            name=model.name,
            doc=model.doc,
            constants=model.constants,
            processes=tuple((process.name, process.count) for process in model.processes),
            sources=self.loaded.sources,
            diagnostics=self.loaded.diagnostics,
            verdicts=verdicts,
            evidence=evidence,
            unreached=unreached,
            barriers=self.program.barriers,
            overrides=self.options.constants,
            stopped=stopped,
            failure=failure,
        )

    def _sometimes(self) -> Mapping[str, int]:
        """The register of each `sometimes` that is asked for."""
        wanted = self.options.properties
        first = len(self.program.reachable)
        return {
            formula.property: first + i
            for i, formula in enumerate(self.program.sometimes)
            if not wanted or formula.property in wanted
        }

    def verdict(self, name: str, complete: bool) -> Verdict:
        expected = HOLDS
        for stated in self.model.expectations:
            if stated.target == name:
                expected = stated.verdict
        sometimes = self._sometimes()
        if name in sometimes:
            seen = sometimes[name] in self.reached
            outcome = HOLDS if seen else VIOLATED if complete else UNDECIDED
            return Verdict(name, "sometimes", outcome, expected)
        if name in m.BUILT_IN_CHECKS:
            kind = "built-in"
        else:
            kind = "assertion" if name in self.model.assertions else "invariant"
        if name in self.findings:
            return Verdict(name, kind, VIOLATED, expected, self.findings[name])
        return Verdict(name, kind, HOLDS if complete else UNDECIDED, expected)
