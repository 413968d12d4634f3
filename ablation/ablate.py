"""A model, with one thing at a time taken away: what falls without it.

The model itself is checked first.  Each changed tree then goes through the checker and the lowering like any
other, and through `check` in the cells that count: those in which everything that is asked for is expected to
hold, and does.
"""

from __future__ import annotations

import os
import threading
import time
from collections.abc import Callable, Collection, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace
from typing import Literal

from ..check.expectations import expected, properties_of
from ..check.load import Cell, Loaded, cells_of, load
from ..check.matrix import check_loaded, chosen
from ..check.options import Hunts, Options
from ..check.result import HOLDS, SC, WEAK, Evidence, Result, Verdict
from ..check.result import UNDECIDED as OPEN
from ..check.saved.store import fingerprint
from ..dsl.diagnostics import Diagnostics
from ..dsl.syntax import tree
from .change import Change
from .changes import changes
from .kinds import KINDS, Kind
from .result import LOAD_BEARING, NO_MODEL, NOT_NEEDED, SAME, UNDECIDED, Ablation, CellName, Tried
from .same import same

HUNTED = 1_000
"""States that the interpreter looks at before another engine is started."""

LEAST = 20_000
TIMES = 50
"""A run of a changed model may have so many times the states of the model, and this many at least: beyond
them it is given up, unless a limit was asked for."""


NOTHING_COUNTS = (
    "in no scenario and under no policy everything is expected to hold, so nothing could fall; "
    "--property NAME asks for what does"
)


@dataclass(frozen=True, slots=True)
class Progress:
    """`done` of `all` changes are tried; `noticed` of them made a property fall."""

    done: int
    all: int
    noticed: int
    seconds: float


def ablate(
    path: str | os.PathLike[str],
    options: Options | None = None,
    kinds: Collection[Kind] = KINDS,
    *,
    about_barriers: bool = False,
    on_progress: Callable[[Progress | None], None] | None = None,
    cancel: threading.Event | None = None,
    text: str | bytes | None = None,
) -> Ablation:
    """Takes away from a model, one at a time, everything of these `kinds`.

    `about_barriers`: only scenarios under weak memory count, and if there are none it is weak in all, unless
    `options` say which it is.  `options` are those of a check; its `states` are for each run.  `on_progress`
    hears None while the model itself is checked.  Whatever goes wrong is in the result."""
    return _Ablation(
        os.fspath(path), options or Options(), tuple(kinds), about_barriers, on_progress, cancel
    ).run(text)


class _Ablation:
    def __init__(
        self, path: str, options: Options, kinds: tuple[Kind, ...], about_barriers: bool,
        on_progress: Callable[[Progress | None], None] | None, cancel: threading.Event | None,
    ) -> None:  # fmt: skip
        self.path = path
        self.options = options
        self.kinds = kinds
        self.about_barriers = about_barriers
        self.on_progress = on_progress
        self.cancel = cancel or threading.Event()
        self.started = time.monotonic()
        self.jobs = options.jobs or max(1, (os.cpu_count() or 1) // options.workers)
        self.lock = threading.Lock()
        self.only_weak = False
        self.done = self.noticed = 0
        self.all = 0

    def load(self, text: str | bytes | None) -> tuple[Loaded, bool]:
        """The model, and whether weak memory is implied."""
        options = self.options
        loaded = self.read(text, options.memory)
        if not self.about_barriers or options.memory is not None or not loaded.cells:
            return loaded, False
        weak = any(cell.model.memory == WEAK for cell in loaded.cells)
        if weak or loaded.specification is None or not self.changes(loaded.specification):
            return loaded, False
        # Standard input is read once.
        again = next((one.text for one in loaded.sources.values() if one.path == loaded.path), text)
        return self.read(again, WEAK), True

    def read(self, text: str | bytes | None, memory: str | None) -> Loaded:
        options = self.options
        return load(self.path, options.constants, outside=options.outside, text=text, memory=memory)

    def run(self, text: str | bytes | None) -> Ablation:
        loaded, implied = self.load(text)
        options = replace(self.options, memory="weak") if implied else self.options
        self.only_weak = self.about_barriers and any(c.model.memory == WEAK for c in loaded.cells)
        cells, unknown = chosen(loaded, options)
        if not cells or unknown:
            return self.ended(check_loaded(loaded, options), loaded, (), ())
        counting = tuple(cell for cell in cells if self.left_out(cell) is None)
        left_out = tuple(cell for cell in cells if self.left_out(cell) is not None)
        only = replace(loaded, cells=counting)
        if not counting:
            base = check_loaded(replace(loaded, cells=()), options)
            return self.ended(base, loaded, (), left_out, refused=NOTHING_COUNTS, implied=implied)
        if self.on_progress:
            self.on_progress(None)
        base = check_loaded(only, options, None, self.cancel, self.started, hunts=Hunts(HUNTED))
        if base.status:
            return self.ended(base, loaded, counting, left_out, refused=_unfit(base), implied=implied)
        tried = self.tried(_smallest_first(only, base), options, _limit(base))
        stopped = "interrupted" if self.cancel.is_set() else self.late()
        whole = self.ended(base, loaded, counting, left_out, tried, implied=implied)
        return replace(whole, stopped=stopped if len(tried) < self.all else None)

    def left_out(self, cell: Cell) -> Literal["violated", "sc"] | None:
        """Why a cell does not count: not everything asked for is expected to hold, or barriers order nothing
        there.  That a `sometimes` is never met may be expected, too."""
        if self.only_weak and cell.model.memory == SC:
            return "sc"
        sometimes = {formula.property for formula in cell.program.sometimes}
        asked = [
            n for n in properties_of(cell) if not self.options.properties or n in self.options.properties
        ]
        holds = all(name in sometimes or expected(cell, name) == HOLDS for name in asked)
        return None if holds else "violated"

    def ended(
        self, base: Result, loaded: Loaded, counting: Sequence[Cell], left_out: Sequence[Cell],
        tried: tuple[Tried, ...] = (), *, refused: str = "", implied: bool = False,
    ) -> Ablation:  # fmt: skip
        names = [
            tuple(CellName(c.scenario, c.policy, c.model.memory, self.left_out(c)) for c in cells)
            for cells in (counting, left_out)
        ]
        memory = "weak" if implied else self.options.memory
        seconds = time.monotonic() - self.started
        return Ablation(
            base, names[0], names[1], tried, loaded.sources, memory, implied, refused, seconds,
            "interrupted" if self.cancel.is_set() else None,
        )  # fmt: skip

    # -- the changes

    def changes(self, specification: tree.Tree) -> list[Change]:
        """Those that are asked for."""
        return [one for one in changes(specification) if one.kind in self.kinds]

    def tried(self, loaded: Loaded, options: Options, limit: int) -> tuple[Tried, ...]:
        """Each change tried, as far as there is time, in their order."""
        assert loaded.specification is not None
        todo = self.changes(loaded.specification)
        self.all = len(todo)
        options = replace(
            options, jobs=1, states=options.states or limit, scenarios=(), policies=(), shard=None, keep=None
        )
        one_try = _OneTry(loaded, options, Hunts(HUNTED, self.jobs), self.cancel)
        found: list[Tried] = []
        with ThreadPoolExecutor(self.jobs) as pool:
            try:
                pending = [pool.submit(self.one, one_try, change) for change in todo]
                found = [tried for future in pending if (tried := future.result()) is not None]
            except BaseException:
                # Nobody waits for the others: neither after Ctrl-C nor after a fault.
                self.cancel.set()
                raise
        return tuple(found)

    def late(self) -> str | None:
        seconds = self.options.seconds
        return "time" if seconds is not None and time.monotonic() - self.started > seconds else None

    def one(self, one_try: _OneTry, change: Change) -> Tried | None:
        """One change tried; None where there is no time for it any more."""
        if self.cancel.is_set() or self.late():
            return None
        left = (
            None if self.options.seconds is None else self.started + self.options.seconds - time.monotonic()
        )
        tried = one_try.of(change, left)
        if tried.outcome == UNDECIDED and (self.cancel.is_set() or self.late()):
            return None
        with self.lock:
            self.done += 1
            self.noticed += tried.outcome == LOAD_BEARING
            if self.on_progress:
                now = Progress(self.done, self.all, self.noticed, time.monotonic() - self.started)
                self.on_progress(now)
        return replace(tried, change=replace(tried.change, old=None, new=None))


@dataclass(frozen=True, slots=True)
class _OneTry:
    """How a change of a model is tried; `loaded` has the cells that count, in the order in which they are
    looked at."""

    loaded: Loaded
    options: Options
    hunts: Hunts
    cancel: threading.Event

    def of(self, change: Change, left: float | None) -> Tried:
        """What comes of a change; it has `left` seconds (None: as many as it needs)."""
        assert self.loaded.specification is not None
        made = self.changed(change.applied(self.loaded.specification))
        if isinstance(made, Diagnostics):
            fault = next(one for one in made if one.severity == "error")
            return Tried(change, NO_MODEL, fault=fault)
        if not made.cells:
            return Tried(change, SAME)
        result = check_loaded(made, replace(self.options, seconds=left), None, self.cancel, hunts=self.hunts)
        if result.failure is not None:
            return Tried(change, UNDECIDED, why=result.failure.message, failed=True)
        decided = [verdict for verdict in result.verdicts if verdict.outcome != OPEN]
        fell = next((verdict for verdict in decided if not verdict.as_expected), None)
        if fell is not None:
            return Tried(change, LOAD_BEARING, fell)
        if any(v.outcome == OPEN and not result.left_out(v) for v in result.verdicts):
            return Tried(change, UNDECIDED, why=result.stopped or "")
        vacuous = dict.fromkeys(v.property for v in result.verdicts if v.vacuous)
        return Tried(change, NOT_NEEDED, vacuous=tuple(vacuous), engine=_engine(result))

    def changed(self, specification: tree.Tree) -> Loaded | Diagnostics:
        """The changed model in those cells in which it is another; or what keeps it from being a model."""
        options, diagnostics = self.options, Diagnostics()
        names = frozenset((cell.scenario, cell.policy) for cell in self.loaded.cells)
        made = cells_of(
            specification, dict(options.overrides), diagnostics, memory=options.memory, only=names
        )
        if diagnostics.errors:
            others = [one for one in diagnostics if one.severity == "error" and one.code != "no-wait"]
            if others or _unruled(specification) == specification:
                return diagnostics
            # Policies that have nothing to decide any more are no fault of the change.
            return self.changed(_unruled(specification))
        new = {(cell.scenario, cell.policy): cell for cell in made}
        cells: dict[tuple[str | None, str | None], Cell] = {}
        for cell in self.loaded.cells:
            # Where nothing waits any more, there is one cell for all policies.
            other = new.get((cell.scenario, cell.policy)) or new[cell.scenario, None]
            if not same(cell, other):
                cells[other.scenario, other.policy] = other
        return replace(
            self.loaded,
            cells=tuple(cells.values()),
            diagnostics=(),
            specification=specification,
            changed=fingerprint(repr(specification)),
        )


def _unruled(specification: tree.Tree) -> tree.Tree:
    """A specification without its `policies` lines."""
    kept = [
        replace(one, policies=()) if isinstance(one, tree.Scenario) else one
        for one in specification.declarations
        if not isinstance(one, tree.Policies)
    ]
    return replace(specification, declarations=tuple(kept))


def _engine(result: Result) -> str:
    """The engine that a result without a violation rests on; of two that had to agree, one may have been too
    slow."""
    alone = [v for v in result.verdicts if v.evidence and v.evidence.engines == ("interpreter",)]
    return "interpreter" if alone and result.engine == "tlc" else result.engine


def _smallest_first(loaded: Loaded, base: Result) -> Loaded:
    """The cells with the fewest states first: what falls in several is found soonest there."""
    states = {(v.scenario, v.policy): v.evidence.states or 0 for v in base.verdicts if v.evidence is not None}
    order = sorted(loaded.cells, key=lambda cell: states.get((cell.scenario, cell.policy), 0))
    return replace(loaded, cells=tuple(order))


def _limit(base: Result) -> int:
    """States that a run of a changed model may have."""
    evidence: Evidence | None = base.evidence
    return max(LEAST, TIMES * (evidence.states or 0 if evidence else 0))


def _unfit(base: Result) -> str:
    """Why a model is not taken apart."""
    wrong: list[Verdict] = [v for v in base.verdicts if not v.as_expected and v.outcome != OPEN]
    if wrong:
        first = wrong[0]
        return (
            f"`{first.property}` is {first.outcome}, and expected: {first.expected}; nothing is taken away "
            "from a model that does not do what it expects (`pfnspec check` shows how)"
        )
    known = base.failure is not None or base.stopped is not None or not base.verdicts
    return "" if known else "not all of the model is decided, so nothing is taken away from it"
