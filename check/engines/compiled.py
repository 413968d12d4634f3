"""Spin as an engine for safety: one run for all properties of a cell, with the interpreter beside it."""

from __future__ import annotations

import tempfile
import threading
from collections.abc import Callable, Mapping
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from ... import spin
from ...translator.emit.codes import Unsupported
from ...translator.emit.promela import Promela, promela
from ...translator.program.program import Program
from ...translator.retrace.retrace import Mismatch
from ...translator.retrace.trail import states_of_trail
from ...translator.run.interpreter import Interpreter, State
from ..result import Failure
from ..runs import Runs
from ..stop import RunFailed, RunStopped
from .search import SECOND_OPINION, Searched, searched

BITSTATE = "bitstate"
"""Why a search with bitstate hashing decides no more than what it finds."""


def safety_by_spin(
    program: Program, names: list[str], runs: Runs, registers: Mapping[str, int],
    tell: Callable[[str, tuple[State, ...]], None],
) -> None:  # fmt: skip
    """Has Spin search a program for violations of the properties `names`; the trail of each is followed by
    the interpreter, and told.  `registers` are the numbers of the program's `sometimes` among what `runs`
    reach.

    Raises RunStopped where the search was not complete, after what was found is told; RunFailed where it
    could not be made, or where Spin and the interpreter differ."""
    try:
        made = promela(program, names, header=f"made by pfnspec from {runs.file}")
    except Unsupported as fault:
        text = f"the program cannot be given to Spin: {fault}; --engine tlc has no such limit"
        raise RunFailed(Failure("unsupported", text, str(fault), None)) from fault
    ended = threading.Event()
    with ThreadPoolExecutor(1) as pool:
        second = pool.submit(
            searched, program, names, SECOND_OPINION,
            lambda: "ended" if ended.is_set() else runs.stop.reason(), lambda progress: None,
        )  # fmt: skip
        try:
            outcome = _run(made, runs)
        finally:
            ended.set()
        other = second.result()
    runs.reached |= outcome.reached | {
        registers[program.sometimes[number].property] for number in outcome.met
    }
    interpreter = Interpreter(program)
    violated: set[str] = set()
    for found in outcome.found:
        properties = [made.properties[number] for number in found.properties]
        violated.update(properties)
        try:
            states = states_of_trail(found.rows, made.codes, interpreter)
            for name in properties:
                tell(name, states)
        except Mismatch as fault:
            raise RunFailed(disagreement(str(fault), made, outcome)) from fault
    if isinstance(outcome, spin.Stopped):
        raise RunStopped(runs.stop.reason() or outcome.why)
    if not outcome.complete:
        raise RunStopped(BITSTATE)
    message = _difference(other, violated, outcome, runs, registers)
    if message is not None:
        raise RunFailed(disagreement(message, made, outcome))


def _run(made: Promela, runs: Runs) -> spin.Searched | spin.Stopped:
    """Runs Spin; raises RunStopped where it was not begun or interrupted, RunFailed where it failed."""
    assert runs.compiled is not None
    early = runs.stop.reason()
    if early is not None:
        raise RunStopped(early)
    seconds = [limit for limit in (runs.stop.left, runs.seconds) if limit is not None]
    with runs.lock:
        runs.number += 1
        runs.safety += 1
        number = runs.number
    keep = None if runs.keep is None else runs.keep / runs.name(runs.cell.model.name, number)
    job = spin.Job(files=made.files, state_bytes=made.bytes, bitstate=runs.bitstate, memory=runs.heap)
    limits = spin.Limits(seconds=min(seconds) if seconds else None, distinct_states=runs.max_states)
    outcome = spin.run(
        job, runs.compiled, limits, keep=keep, on_progress=runs.on_progress, cancel=runs.stop.event
    )
    runs.searched(outcome.totals)
    if isinstance(outcome, spin.Failed):
        directory = None if outcome.directory is None else str(outcome.directory)
        raise RunFailed(Failure(outcome.why, outcome.message, outcome.detail, directory))
    if isinstance(outcome, spin.Stopped) and outcome.why == "interrupted":
        raise RunStopped(runs.stop.reason() or outcome.why)
    return outcome


def _difference(
    other: Searched, violated: set[str], outcome: spin.Searched, runs: Runs, registers: Mapping[str, int]
) -> str | None:
    """What the interpreter knows better than a complete search by Spin; None if nothing."""
    wrong = next((name for name in other.violated if name not in violated), None)
    if wrong is not None:
        return f"the interpreter finds {wrong} violated"
    if not other.reached | {registers[name] for name in other.met} <= runs.reached:
        return "the interpreter reaches a branch, a label or a `sometimes` that Spin does not"
    if other.stopped is None and other.totals.distinct != outcome.totals.distinct:
        return f"Spin finds {outcome.totals.distinct} states, the interpreter {other.totals.distinct}"
    return None


def disagreement(message: str, made: Promela, outcome: spin.Searched | spin.Stopped) -> Failure:
    folder = Path(tempfile.mkdtemp(prefix="pfnspec-report-"))
    for name, text in {**made.files, "output.txt": outcome.raw}.items():
        (folder / name).write_text(text, encoding="utf-8")
    text = "Spin and the interpreter disagree, so no verdict is given"
    return Failure("disagreement", f"{text} ({message})", message, str(folder))
