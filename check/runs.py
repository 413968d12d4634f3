"""The runs of one cell: each begun, stopped and told in the same way, and what they add up to."""

from __future__ import annotations

import re
import shutil
import tempfile
import threading
from collections.abc import Callable, Iterable, Mapping
from pathlib import Path
from typing import TYPE_CHECKING

from .. import tla
from ..translator.emit.emit import Emission, emit
from ..translator.emit.joined import Joined
from ..translator.program.program import Program
from ..translator.reduce.symmetry import Symmetry
from .load import Cell
from .result import Failure
from .saved.kept import Outcome
from .stop import RunFailed, RunStopped, Stop

if TYPE_CHECKING:
    from .. import spin

# TLC 2.15 now and then misreads its own files when it prints a liveness counterexample, and breaks off.
RETRIES = 2


class _Either(threading.Event):
    """Is set when the event is, or when `ended` says so."""

    def __init__(self, event: threading.Event, ended: Callable[[], bool] | None) -> None:
        super().__init__()
        self.event = event
        self.ended = ended

    def is_set(self) -> bool:
        return self.event.is_set() or (self.ended is not None and self.ended())


class Runs:
    """Without `tools` there is no TLC, with `compiled` there is Spin, which searches with bitstate hashing if
    `bitstate` says so.  `quick` says that runs are expected to be small.  TLC's answers are
    kept in `memory`, and found there again (None: they are not).  `on_searched` is told what the
    interpreter finds before another engine decides: the violated properties, and whether it saw all states.

    `number` counts runs, `safety` those for safety properties; `cached` and `safety_cached` are how many of
    them were made before.  `states`, `generated` and `depth` are the last safety run's; `reached` has the
    labels, branches and `sometimes` that runs passed, `noted` the violated properties that did not end one;
    `version` is TLC's.
    """

    def __init__(
        self, cell: Cell, lines: Mapping[str, tuple[str, ...]], file: str, tools: tla.Tools | None,
        workers: int, heap: int, seconds: float | None, max_states: int | None, keep: Path | None,
        stop: Stop, on_progress: Callable[[tla.Progress], None],
        on_searched: Callable[[Iterable[str], bool], None], *,
        quick: bool, memory: tla.Memory | None,
        compiled: spin.Tools | None = None, bitstate: bool = False,
    ) -> None:  # fmt: skip
        self.cell = cell
        self.lines = lines
        self.file = file
        self.tools = tools
        self.compiled = compiled
        self.bitstate = bitstate
        self.workers = workers
        self.heap = heap
        self.seconds = seconds
        self.max_states = max_states
        self.keep = keep
        self.stop = stop
        self.on_progress = on_progress
        self.on_searched = on_searched
        self.quick = quick
        self.memory = memory
        self.number = 0
        self.safety = 0
        self.cached = 0
        self.safety_cached = 0
        self.states = 0
        self.generated = 0
        self.depth = 0
        self.version = ""
        self.reached: set[int] = set()
        self.noted: set[str] = set()
        self.lock = threading.Lock()

    def recall(self, kept: Outcome) -> None:
        """Runs that were made before count, too."""
        with self.lock:
            self.number += kept.evidence.runs
            self.cached += kept.evidence.runs
            self.version = kept.version or self.version
            self.reached |= kept.reached

    def searched(self, totals: tla.Totals) -> None:
        """How much a safety run searched."""
        self.states = totals.distinct or 0
        self.generated = totals.generated or 0
        self.depth = totals.depth or 0

    def emitted(
        self, program: Program, safety: Iterable[str], temporal: Iterable[str], *, registers: bool,
        same: Symmetry | None = None, noted: Iterable[str] = (), part: tuple[str, int] | None = None,
    ) -> Emission:  # fmt: skip
        return emit(
            program, safety, temporal=temporal, registers=registers, source=self.lines,
            header=(f"made by pfnspec from {self.file}",), symmetry=same, noted=noted, part=part,
        )  # fmt: skip

    def count(self) -> None:
        """A run of the interpreter for a temporal property counts, too."""
        with self.lock:
            self.number += 1

    def tlc(
        self, emission: Emission, *, liveness: bool, ended: Callable[[], bool] | None = None
    ) -> tla.Holds | tla.Violated:
        """Runs TLC; raises RunStopped or RunFailed where there is no verdict.  `ended` is asked every now and
        then whether nobody waits for it any more."""
        outcome = self.run(emission, liveness=liveness, ended=ended)
        if not liveness:
            self.searched(outcome.totals)
        self.heard(registers_in(outcome), emission)
        if isinstance(outcome, tla.Stopped):
            raise RunStopped(self.stop.reason() or outcome.why)
        if isinstance(outcome, tla.Failed):
            directory = None if outcome.directory is None else str(outcome.directory)
            raise RunFailed(Failure(outcome.why, outcome.message, outcome.detail, directory))
        return outcome

    def run(
        self, page: Emission | Joined, *, liveness: bool, ended: Callable[[], bool] | None = None
    ) -> tla.Outcome:
        """One run of TLC, whatever comes of it; raises RunStopped where it is too late for one."""
        assert self.tools is not None
        why = self.stop.reason()
        if why is not None:
            raise RunStopped(why)
        seconds = [limit for limit in (self.stop.left, self.seconds) if limit is not None]
        with self.lock:
            self.number += 1
            self.safety += not liveness
            number = self.number
        together = isinstance(page, Joined)
        name = self.name(page.module, number) + ("-together" if together else "")
        keep = None if self.keep is None else self.keep / name
        job = tla.Job(
            module=page.module,
            module_text=page.module_text,
            cfg_text=page.cfg_text,
            others=page.others if isinstance(page, Joined) else {},
            # Its parts are counted by the only worker.
            workers=1 if together else self.workers,
            check_deadlock=page.check_deadlock and not liveness,
            liveness=liveness,
            quick=self.quick,
            max_heap=self.heap,
        )
        limits = tla.Limits(seconds=min(seconds) if seconds else None, distinct_states=self.max_states)
        for attempt in range(RETRIES + 1):
            outcome = tla.run(
                job, self.tools, limits, keep=keep, on_progress=self.on_progress,
                cancel=_Either(self.stop.event, ended), memory=self.memory,
            )  # fmt: skip
            broken_off = isinstance(outcome, tla.Failed) and outcome.why == "internal"
            if not (liveness and broken_off) or attempt == RETRIES:
                break
            if outcome.directory is not None and keep is None:
                shutil.rmtree(outcome.directory, ignore_errors=True)
        with self.lock:
            self.version = str(outcome.version or self.version)
            self.cached += outcome.remembered
            self.safety_cached += outcome.remembered and not liveness
        return outcome

    def name(self, module: str, number: int) -> str:
        parts = (module, self.cell.scenario or "", self.cell.policy or "", str(number))
        return "-".join(re.sub(r"\W+", "_", part).strip("_") for part in parts if part)

    def rests_on(self, outcome: tla.Outcome) -> None:
        """What is told of this cell rests on a run that another cell's `Runs` may have made."""
        with self.lock:
            self.version = str(outcome.version or self.version)
            self.safety = 1
            self.safety_cached = int(outcome.remembered)

    def heard(self, registers: frozenset[int], emission: Emission) -> None:
        """TLC has said that these registers are set."""
        with self.lock:
            self.reached |= emission.reached(registers)
            self.noted |= {emission.noted[number] for number in registers & emission.noted.keys()}

    def disagreement(self, message: str, emission: Emission, outcome: tla.Outcome) -> Failure:
        folder = Path(tempfile.mkdtemp(prefix="pfnspec-report-"))
        (folder / f"{emission.module}.tla").write_text(emission.module_text, encoding="utf-8")
        (folder / f"{emission.module}.cfg").write_text(emission.cfg_text, encoding="utf-8")
        (folder / "output.txt").write_text(outcome.raw, encoding="utf-8")
        text = "TLC and the interpreter disagree, so no verdict is given"
        return Failure("disagreement", f"{text} ({message})", message, str(folder))


def registers_in(outcome: tla.Outcome) -> frozenset[int]:
    """The registers that a run has said to be set."""
    return frozenset(number for number in said(outcome, "reached") if isinstance(number, int))


def said(outcome: tla.Outcome, word: str) -> list[tla.Value]:
    """What a run printed behind a word, in pairs of both."""
    found: list[tla.Value] = []
    for line in outcome.printed:
        try:
            value = tla.parse_value(line)
        except tla.ValueSyntaxError:
            continue
        if isinstance(value, tuple) and len(value) == 2 and value[0] == word:
            found.append(value[1])
    return found
