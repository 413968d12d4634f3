"""One file checked: the matrix of scenarios, policies and properties, and the runs that fill it."""

from __future__ import annotations

import os
import threading
import time
import zlib
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from concurrent.futures import Future, ThreadPoolExecutor, as_completed
from pathlib import Path
from typing import TYPE_CHECKING

from .. import tla
from ..dsl.diagnostics import Diagnostic, did_you_mean
from ..dsl.model import model as m
from ..dsl.source import Span
from ..dsl.syntax.fmt import meaning
from ..translator.pipeline import about
from ..translator.program.fairness import fairness
from ..translator.program.findings import Reachable
from ..translator.program.program import Invariant
from ..translator.reduce.unlocked import Unlocked, unlocked
from .cell import CellCheck, CellVerdict
from .engines.together import confirm_claims_together, confirm_together
from .expectations import base_policy, expectation, expected, place_of, properties_of
from .load import Cell, Loaded
from .options import Hunts, Options, Progress, asked_of, store_of
from .project.files import cache
from .result import SC, UNDECIDED, Evidence, Failure, Result, Scene, Verdict
from .runs import Runs
from .saved.store import Store, fingerprint
from .stop import Stop

if TYPE_CHECKING:
    from .. import spin


def check_loaded(
    loaded: Loaded,
    options: Options,
    on_progress: Callable[[Progress], None] | None = None,
    cancel: threading.Event | None = None,
    started: float | None = None,
    *,
    hunts: Hunts | None = None,
) -> Result:
    """As `check_file`, for what was read already; the time counts from `started`, on the monotonic clock.
    With `hunts`, it ends at the first verdict that is not as expected."""
    started = time.monotonic() if started is None else started
    if not loaded.cells:
        return _result(loaded, (), options)
    cells, unknown = chosen(loaded, options)
    if unknown:
        return _result(loaded, (), options, extra=unknown)
    try:
        tools = tla.find_tools(options.java, options.jar) if options.engine == "tlc" else None
        compiled = _spin() if options.engine in ("spin", "spin-bitstate") else None
    except tla.ToolMissing as fault:
        return _result(loaded, cells, options, failure=Failure("missing", str(fault), "", None))
    cancel = cancel or threading.Event()
    if tools is not None and (options.seconds is None or options.seconds > ARCHIVE_SECONDS):
        tools = tla.with_archive(tools, cache(), cancel)
    store, mark = store_of(options)
    key = ""
    if store is not None:
        said = [meaning(source) for source in loaded.sources.values()]
        key = fingerprint("cell", mark, said, options.deciding(of_a_cell=True), loaded.changed)
    return _Check(
        loaded, cells, options, tools, compiled, on_progress, cancel, started, store, key, hunts=hunts
    ).run()


def _spin() -> spin.Tools:
    """Spin and a compiler, which most checks do without.  Raises ToolMissing."""
    from ..spin.tools import find_tools

    return find_tools()


def chosen(loaded: Loaded, options: Options) -> tuple[tuple[Cell, ...], tuple[Diagnostic, ...]]:
    """The cells that are asked for; and an error for each name that is asked for and not in the model."""
    cells = tuple(cell for cell in loaded.cells if _wanted(cell, options))
    return cells, (*_unknown(options, loaded), *_elsewhere(options, loaded.cells, cells))


def _elsewhere(
    options: Options, every: tuple[Cell, ...], cells: tuple[Cell, ...]
) -> tuple[Diagnostic, ...]:  # fmt: skip
    """An error for each property that is asked for, and is a property of none of the `cells` asked for."""
    here = {name for cell in cells for name in properties_of(cell)}
    found: list[Diagnostic] = []
    for name in options.properties:
        others = [cell for cell in every if name in properties_of(cell)]
        if cells and others and name not in here and name not in m.BUILT_IN_CHECKS:
            message = f"`{name}` is not claimed in what is to be checked"
            places = dict.fromkeys(part for cell in others for part in (cell.scenario, cell.policy) if part)
            help = f"it is in {', '.join(f'`{part}`' for part in places)}"
            place = options.places.get("property", Span("command line", 0, 0, 0, 0))
            found.append(Diagnostic("unknown-property", place, message, help))
    return tuple(found)


def _wanted(cell: Cell, options: Options) -> bool:
    if options.scenarios and cell.scenario not in options.scenarios:
        return False
    return not options.policies or cell.policy in options.policies or base_policy(cell) in options.policies


def _in_shard(cell: int, path: str, shard: tuple[int, int] | None) -> bool:
    """Whether the cell of a file with this number belongs to a shard."""
    if shard is None:
        return True
    # In turn; each file begins with another shard, or the first would have all files of one cell.
    first = zlib.crc32(path.encode("utf-8", "surrogateescape"))
    return (first + cell) % shard[1] + 1 == shard[0]


def _unknown(options: Options, loaded: Loaded) -> tuple[Diagnostic, ...]:
    """Diagnostics for names on the command line that the model does not have."""
    asked = {"property": options.properties, "policy": options.policies, "scenario": options.scenarios}
    return unknown_names(asked, loaded.cells, options.places)


def unknown_names(
    asked: Mapping[str, Iterable[str]], cells: Iterable[Cell], places: Mapping[str, Span]
) -> tuple[Diagnostic, ...]:
    """A diagnostic for each property, policy or scenario that is `asked` for by name and that no cell has; at
    its place among `places`, otherwise on the command line."""
    cells = tuple(cells)
    known = {
        "property": {*m.BUILT_IN_CHECKS, *(name for cell in cells for name in properties_of(cell))},
        "policy": {name for cell in cells for name in (cell.policy, base_policy(cell)) if name},
        "scenario": {cell.scenario for cell in cells if cell.scenario},
    }
    command_line = Span("command line", 0, 0, 0, 0)
    found: list[Diagnostic] = []
    for what, names in asked.items():
        for name in names:
            if name not in known[what]:
                options_ = ", ".join(sorted(str(one) for one in known[what])) or "none"
                help = did_you_mean(name, [str(one) for one in known[what]]) or f"there are: {options_}"
                place = places.get(what, command_line)
                found.append(Diagnostic(f"unknown-{what}", place, f"there is no {what} `{name}`", str(help)))
    return tuple(found)


def _result(
    loaded: Loaded, cells: tuple[Cell, ...], options: Options, *, extra: tuple[Diagnostic, ...] = (),
    verdicts: tuple[Verdict, ...] = (), evidence: Evidence | None = None, tlc: str = "",
    unreached: tuple[Reachable, ...] = (), stopped: str | None = None, failure: Failure | None = None,
) -> Result:  # fmt: skip
    first = loaded.cells[0] if loaded.cells else None
    scenes: dict[str | None, Scene] = {}
    own = dict(loaded.constants)
    for cell in cells:
        different = tuple((name, value) for name, value in cell.model.constants if own.get(name) != value)
        known = scenes.get(cell.scenario)
        weak = dict.fromkeys((*(known.weak if known else ()), *cell.program.weak))
        scenes[cell.scenario] = Scene(
            cell.scenario, different, cell.model.cpus, cell.model.preempt, cell.model.memory, tuple(weak)
        )
    plain = tuple(cell for cell in cells if cell.model.memory == SC)
    barriers = dict.fromkeys(span for cell in plain for span in cell.program.barriers)
    return Result(
        path=loaded.path,
        name=first.model.name if first else "",
        doc=first.model.doc if first else None,
        constants=loaded.constants if first else (),
        processes=tuple((p.name, p.count) for p in first.model.processes) if first else (),
        scenes=tuple(scenes.values()),
        policies=tuple(dict.fromkeys(cell.policy for cell in cells)),
        sources=loaded.sources,
        diagnostics=(*loaded.diagnostics, *extra),
        verdicts=verdicts,
        evidence=evidence,
        engine=options.engine,
        tlc=tlc,
        unreached=unreached,
        barriers=tuple(barriers),
        unlocked=_unlocked(plain),
        fairness=_assumed(cells),
        overrides=options.overrides,
        stopped=stopped,
        failure=failure,
        shard=options.shard,
        asked=asked_of(options),
    )


def _unlocked(cells: tuple[Cell, ...]) -> tuple[Unlocked, ...]:
    """The locations that no lock protects in some cell, but for those that the model accepts."""
    found: dict[str, Unlocked] = {}
    for cell in cells:
        accepted = cell.model.unlocked
        for one in unlocked(about(cell.program)):
            if not any(one.location == name or one.location.startswith(f"{name}.") for name in accepted):
                found.setdefault(one.location, one)
    return tuple(found.values())


def _assumed(cells: tuple[Cell, ...]) -> tuple[tuple[str, str], ...]:
    """The strongest fairness that some cell assumes of each process."""
    found: dict[str, str] = {}
    for cell in cells:
        if not cell.program.temporal:
            continue
        for process in cell.program.processes:
            if process.count:
                found.setdefault(process.name, "none")
        for condition in fairness(cell.program):
            if found[condition.process] != "strong":
                found[condition.process] = condition.kind
    return tuple(found.items())


Job = Callable[[], Iterable[CellVerdict]]

# With less time in all, no check spends any on the archive of Java's classes.
ARCHIVE_SECONDS = 10.0


class _Check:
    """Plans the runs of all cells, does them side by side, and puts the verdicts together."""

    def __init__(
        self, loaded: Loaded, cells: tuple[Cell, ...], options: Options, tools: tla.Tools | None,
        compiled: spin.Tools | None, on_progress: Callable[[Progress], None] | None, cancel: threading.Event,
        started: float, store: Store | None, key: str, *, hunts: Hunts | None = None,
    ) -> None:  # fmt: skip
        self.loaded = loaded
        self.cells = cells
        self.options = options
        self.hunts = hunts
        self.on_progress = on_progress
        self.cancel = cancel
        self.started = started
        self.stop = Stop(cancel, None if options.seconds is None else started + options.seconds)
        self.lock = threading.Lock()
        self.under_way: dict[int, tla.Progress] = {}
        self.told: int | None = None
        self.violated: dict[str, None] = {}
        self.searched = 0
        self.done = 0
        jobs = options.jobs or max(1, (os.cpu_count() or 1) // options.workers)
        if tools is None and compiled is None:
            # Python runs one thread at a time: side by side, searches would only share the memory.
            jobs = 1
        self.jobs = jobs
        self.share = max(jobs, hunts.beside if hunts else 1)
        self.fail_fast = options.fail_fast or hunts is not None
        self.compiled = compiled
        self.checks = [
            CellCheck(
                cell, options.properties, self.runs(cell, tools, store), store,
                fingerprint(key, cell.scenario, cell.policy), reduction=options.reduction, hunts=hunts,
            )
            for number, cell in enumerate(cells)
            if _in_shard(number, loaded.path, options.shard)
        ]  # fmt: skip

    def runs(self, cell: Cell, tools: tla.Tools | None, store: Store | None) -> Runs:
        options = self.options
        lines = {path: source.lines for path, source in self.loaded.sources.items()}
        return Runs(
            cell, lines, Path(self.loaded.path).name, tools, options.workers, tla.heap_share(self.share),
            options.run_seconds, options.states, options.keep, self.stop, self.progress,
            self.seen, quick=options.reduction,
            memory=None if store is None else store.room("tlc"),
            compiled=self.compiled, bitstate=options.engine == "spin-bitstate",
        )  # fmt: skip

    def run(self) -> Result:
        found: list[CellVerdict] = []
        watcher = threading.Thread(target=self.stop.watch, daemon=True)
        watcher.start()
        with ThreadPoolExecutor(max_workers=self.jobs) as pool:
            try:
                pending: list[Future[tuple[CellVerdict, ...]]] = []
                for jobs in self.work(pool):
                    pending += [pool.submit(self.one, job) for job in jobs]
                for future in pending:
                    found.extend(future.result())
            except BaseException:
                # Nobody waits for the other runs: neither after Ctrl-C nor after a fault.
                self.stop.now("interrupted")
                raise
        self.stop.event.set()
        return self.together(found)

    def work(self, pool: ThreadPoolExecutor) -> Iterator[Sequence[Job]]:
        """What there is to do, as soon as it can be done: small cells may share a run, so what they need of
        their own is known when that has ended."""
        jobs = [(check, job) for check in self.checks for job in check.jobs()]
        asking = [check for check, job in jobs if job == check.safety]
        after: dict[Future[None], Sequence[Job]] = {}
        alone = self.hunts is not None or self.options.states is not None
        if alone or not any(check.runs.tools for check in self.checks):
            # A hunt may end with any cell, and a limit on states is one for each.
            yield [job for _, job in jobs]
            return
        if len(asking) > 1:
            safety = pool.submit(lambda: confirm_together(one for check in asking if (one := check.asks)))
            after[safety] = [check.safety for check in asking]
        else:
            yield [check.safety for check in asking]
        others = [job for check, job in jobs if job != check.safety]
        if len(others) > 1:
            claims = pool.submit(
                lambda: confirm_claims_together(one for check in self.checks for one in check.claims())
            )
            after[claims] = others
        else:
            yield others
        for future in as_completed(after):
            future.result()
            yield after[future]

    def one(self, job: Job) -> tuple[CellVerdict, ...]:
        verdicts = tuple(job())
        with self.lock:
            self.done += 1
            self.under_way.pop(threading.get_ident(), None)
        if any(check.failure for check in self.checks):
            # There will be no verdicts, so nobody waits for the other runs.
            self.stop.now("failed")
        if self.fail_fast:
            for verdict in verdicts:
                if verdict.outcome not in (UNDECIDED, expected(verdict.cell, verdict.property)):
                    self.stop.now("fail-fast")
        return verdicts

    def progress(self, now: tla.Progress) -> None:
        with self.lock:
            self.under_way[threading.get_ident()] = now
            self._tell()

    def seen(self, violated: Iterable[str], whole: bool) -> None:
        """What the interpreter finds in a cell, of which it may have seen the `whole`, before another engine
        decides."""
        with self.lock:
            self.violated |= dict.fromkeys(violated)
            self.searched += whole
            self._tell()

    def _tell(self) -> None:
        totals = [progress.totals for progress in self.under_way.values()]
        states = sum(t.distinct or 0 for t in totals) or None
        self.told = states or self.told
        if not self.on_progress:
            return
        queue = sum(t.left or 0 for t in totals)
        runs = sum(len(tuple(check.jobs())) for check in self.checks)
        elapsed = time.monotonic() - self.started
        self.on_progress(
            Progress(
                self.done, runs, states, queue if states else None, elapsed, tuple(self.violated),
                self.searched == len(self.checks),
            )
        )  # fmt: skip

    def together(self, found: list[CellVerdict]) -> Result:
        failures = [check.failure for check in self.checks if check.failure]
        failure = failures[0] if failures else None
        order = {id(cell): i for i, cell in enumerate(self.cells)}
        names = list(dict.fromkeys(name for cell in self.cells for name in properties_of(cell)))
        checks = {id(check.cell): check for check in self.checks}
        found = [checks[id(verdict.cell)].supposing(verdict) for verdict in found]
        found.sort(key=lambda v: (order[id(v.cell)], names.index(v.property)))
        verdicts = tuple(
            Verdict(
                v.property, v.kind, v.outcome, expected(v.cell, v.property), v.cell.scenario, v.cell.policy,
                v.finding, v.evidence, v.vacuous, place_of(v.cell, v.property),
                None if (stated := expectation(v.cell, v.property)) is None else stated.span,
                tuple(self.words_of(one) for one in v.cell.program.assumed),
            )
            for v in found
        )  # fmt: skip
        # Temporal properties are left out under weak memory, however long one looks.
        due = [v for v in found if v.kind != "property" or v.cell.model.memory == SC]
        complete = failure is None and all(v.outcome != UNDECIDED for v in due)
        states = sum(check.runs.states for check in self.checks) or None
        stopped = None if failure else next((check.stopped for check in self.checks if check.stopped), None)
        if stopped and self.told:
            # What was told while it ran was not less in the end.
            states = max(states or 0, self.told)
        evidence = Evidence(
            states=states,
            generated=sum(check.runs.generated for check in self.checks) or None,
            depth=max((check.runs.depth for check in self.checks), default=0) or None,
            runs=sum(check.runs.number for check in self.checks),
            seconds=time.monotonic() - self.started,
            complete=complete,
            symmetry=tuple(dict.fromkeys(name for check in self.checks for name in check.symmetry)),
            cached=sum(check.runs.cached for check in self.checks),
        )
        tlc = next((check.runs.version for check in self.checks if check.runs.version), "")
        return _result(
            self.loaded, self.cells, self.options,
            verdicts=() if failure else verdicts, evidence=evidence, tlc=tlc,
            unreached=() if failure or not self.whole() else self.unreached(), stopped=stopped,
            failure=failure,
        )  # fmt: skip

    def words_of(self, assumed: Invariant) -> str:
        """What is assumed, as its author wrote it."""
        source = self.loaded.sources.get(assumed.span.path)
        return assumed.property if source is None else source.formula(assumed.written or assumed.span)

    def whole(self) -> bool:
        """Whether every state of all that the model has was searched."""
        asked = self.options
        restricted = asked.properties or asked.policies or asked.scenarios
        return not restricted and all(check.searched_all for check in self.checks)

    def unreached(self) -> tuple[Reachable, ...]:
        """Labels and branches that no cell reaches; those are told by place, as numbers differ."""
        marks: dict[tuple[Span, str], Reachable] = {}
        reached: set[tuple[Span, str]] = set()
        for check in self.checks:
            for mark in check.cell.program.reachable:
                marks.setdefault((mark.span, mark.text), mark)
                if mark.number in check.runs.reached:
                    reached.add((mark.span, mark.text))
        return tuple(mark for key, mark in marks.items() if key not in reached)
