"""One run of Spin: a model is written to a directory of its own, made a verifier, run, told as an `Outcome`.

What goes wrong outside the model (no memory, a full disk, a compiler that is none) is an outcome too; the
only exception is what the caller's own `on_progress` raises. Spin searches breadth first, so that what it
finds is reached in as few steps as possible, without its partial-order reduction: the caller's model has its
own, and every state is looked at. With bitstate hashing it searches depth first, for the memory.
"""

from __future__ import annotations

import math
import os
import queue
import threading
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import suppress
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TypedDict

from ..tla import process, workdir
from ..tla.outcome import Progress, Totals
from ..tla.verdict import one_line, signal_name
from .outcome import Failed, FailReason, Found, Outcome, Searched, Stopped, StopReason
from .report import Heard
from .tools import Tools

MODEL = "model.pml"
DEEPEST = 10_000
"""Steps of a behaviour in a search with bitstate hashing."""

NO_DEPTH = 1_000_000_000
"""More steps than any state is away, in a search breadth first, which takes no memory for them."""

_POLL_SECONDS = 0.1
_LONGEST_RAW = 4 * 1024 * 1024
_NO_DISK = ("No space left on device", "Disk quota exceeded", "Read-only file system")
_FULL_STATES = ("-DBFS",)


@dataclass(frozen=True, kw_only=True)
class Job:
    """What Spin is to check."""

    files: Mapping[str, str]
    """Texts by name: `model.pml`, and what it includes."""
    state_bytes: int = 0
    """At most what a state takes."""
    bitstate: bool = False
    """Whether states are kept as some bits of an array, which leaves some out."""
    memory: int = 1024
    """MiB that the search may use."""
    optimise: int = 1
    """How much the compiler is to do, 0 to 3."""


@dataclass(frozen=True, kw_only=True)
class Limits:
    """When to end a run; None is never."""

    seconds: float | None = None
    distinct_states: int | None = None
    """Looked at whenever the verifier tells how far it is, so it is passed by what is found in between."""


def run(
    job: Job,
    tools: Tools,
    limits: Limits = Limits(),
    *,
    keep: Path | None = None,
    on_progress: Callable[[Progress], None] | None = None,
    cancel: threading.Event | None = None,
) -> Outcome:
    """Runs Spin once and waits for it; safe to call from several threads at a time.

    `keep` names a directory in which the model and ``output.txt`` stay. Setting `cancel` ends the run as
    interrupted. On any exception, Ctrl-C included, the child is ended and the directory removed."""
    began = time.monotonic()
    try:
        directory = workdir.make(keep)
    except OSError as error:
        return Failed(why="disk", message=f"cannot make the run's directory: {_os_error(error)}")
    try:
        try:
            scratch = directory.claim()
            for name, text in job.files.items():
                (scratch / name).write_text(text, "utf-8")
        except OSError as error:
            return Failed(why="disk", message=f"cannot write the run's files: {_os_error(error)}")
        outcome = _Run(job, tools, limits, scratch, began, on_progress, cancel).outcome()
        outcome = replace(outcome, seconds=time.monotonic() - began)
        if keep is not None or (
            isinstance(outcome, Failed) and outcome.why in ("spin", "compiler", "internal")
        ):
            directory.save(outcome.raw)
            for name, text in job.files.items():
                with suppress(OSError):
                    (directory.path / name).write_text(text, "utf-8")
            if isinstance(outcome, Failed):
                outcome = replace(outcome, directory=directory.path)
        return outcome
    finally:
        directory.close()


class _Ended(Exception):
    """There is a reason to end the run."""

    def __init__(self, why: StopReason) -> None:
        super().__init__(why)
        self.why = why


class _Run:
    def __init__(
        self, job: Job, tools: Tools, limits: Limits, scratch: Path, began: float,
        on_progress: Callable[[Progress], None] | None, cancel: threading.Event | None,
    ) -> None:  # fmt: skip
        self.job, self.tools, self.limits, self.scratch, self.began = job, tools, limits, scratch, began
        self.on_progress, self.cancel = on_progress, cancel
        self.raw: list[str] = []
        self.size = 0

    def outcome(self) -> Outcome:
        heard = Heard()
        stopped: StopReason | None = None
        code = 0
        try:
            for words, why, what in self.making():
                code, errors = self.child(words, None)
                if code != 0:
                    return self.failed(why, f"{what} (exit code {code}): {errors}", code, errors)
            words = [os.fspath(self.scratch / "pan"), "-e", "-c0", "-n", *self.search_flags()]
            try:
                code, errors = self.child(words, heard)
            except _Ended as end:
                stopped, errors = end.why, ""
            if stopped == "interrupted":
                return self.stopped(stopped, heard, ())
            if stopped is None:
                if heard.beyond is not None:
                    text = f"{heard.beyond} has a value that does not fit into Spin's integers"
                    return self.failed("unsupported", text, code, text)
                if code != 0:
                    return self.failed(
                        "internal", f"the verifier ended with exit code {code}: {errors}", code, errors
                    )
            found = tuple(self.trails(heard, stopped=stopped is not None))
        except _Ended as end:
            return self.stopped(end.why, heard, ())
        except OSError as error:
            return self.failed("internal", f"cannot start a tool: {_os_error(error)}", 0, "")
        except _NoTrail as fault:
            return self.failed("internal", str(fault), 0, "")
        if stopped is not None:
            return self.stopped(stopped, heard, found)
        return self.judged(heard, found)

    def making(self) -> tuple[tuple[list[str], FailReason, str], ...]:
        """The two steps that make a verifier."""
        compiler = os.fspath(self.tools.compiler)
        # Spin runs gcc as its preprocessor unless it is told another.
        other = [] if self.tools.compiler.name == "gcc" else [f"-P{compiler} -E -x c"]
        store = ["-DBITSTATE"] if self.job.bitstate else list(_FULL_STATES)
        vector = max(1024, 2 * self.job.state_bytes + 256)
        compile_words = [
            compiler, "-w", f"-O{self.job.optimise}", "-DSAFETY", "-DNOREDUCE", *store,
            f"-DMEMLIM={self.job.memory}", f"-DVECTORSZ={vector}", "-o", "pan", "pan.c",
        ]  # fmt: skip
        spin_words = [os.fspath(self.tools.spin), *other, "-a", MODEL]
        return (
            (spin_words, "spin", "Spin makes no verifier of the model"),
            (compile_words, "compiler", "the C compiler does not translate the verifier"),
        )

    def search_flags(self) -> list[str]:
        if not self.job.bitstate:
            return [f"-m{NO_DEPTH}"]
        # Half of the memory for the array of bits, in a power of two of them.
        return [f"-w{max(20, int(math.log2(self.job.memory)) + 22)}", f"-m{DEEPEST}"]

    def child(self, words: list[str], heard: Heard | None, **more: str) -> tuple[int, str]:
        """Runs a command to its end: its exit code, and in one line what it has to say of a failure. Raises
        OSError, or _Ended where there is a reason to end it before."""
        if reason := self.reason():
            raise _Ended(reason)
        child = process.start(words, self.scratch, {**_environment(self.scratch), **more})
        lines: queue.SimpleQueue[str | None] = queue.SimpleQueue()
        errors: list[str] = []
        readers = (
            threading.Thread(target=_read, args=(child.stdout, lines.put), daemon=True),
            threading.Thread(target=_read, args=(child.stderr, errors.append), daemon=True),
        )
        said: list[str] = []
        try:
            for reader in readers:
                reader.start()
            while (line := self.next(lines)) is not None:
                if self.size < _LONGEST_RAW:
                    self.raw.append(line)
                    self.size += len(line)
                if heard is None:
                    said.append(line)
                elif heard.hear(line):
                    self.tell(heard)
            child.wait()
        finally:
            process.end(child)
            for reader in readers:
                if reader.ident is not None:
                    reader.join(10)
        told = [line for line in errors if line]
        self.raw += told
        return child.returncode, "".join(told or said)

    def next(self, lines: queue.SimpleQueue[str | None]) -> str | None:
        while True:
            if reason := self.reason():
                raise _Ended(reason)
            with suppress(queue.Empty):
                return lines.get(timeout=_POLL_SECONDS)

    def reason(self) -> StopReason | None:
        if self.cancel is not None and self.cancel.is_set():
            return "interrupted"
        if self.limits.seconds is not None and time.monotonic() - self.began >= self.limits.seconds:
            return "time"
        return None

    def tell(self, heard: Heard) -> None:
        if self.on_progress:
            self.on_progress(Progress(Totals(distinct=heard.looked), time.monotonic() - self.began))
        limit = self.limits.distinct_states
        if limit is not None and heard.looked > limit and not heard.ended:
            raise _Ended("states")

    def trails(self, heard: Heard, *, stopped: bool) -> Iterator[Found]:
        """What was found, with the trails; of a search that was `stopped` the last may be missing."""
        for number, numbers in enumerate(heard.violated, start=1):
            try:
                yield Found(numbers, self.trail(number))
            except _NoTrail:
                if not stopped:
                    raise

    def trail(self, number: int) -> tuple[tuple[int, ...], ...]:
        """The states of a trail that the verifier has written, which it runs again and prints."""
        if not (self.scratch / f"{MODEL}{number}.trail").is_file():
            raise _NoTrail(f"the verifier wrote no trail number {number}")
        heard = Heard()
        limits, self.limits = self.limits, Limits()
        try:
            code, errors = self.child(
                [os.fspath(self.scratch / "pan"), "-S", "-n", f"-r{number}"], heard, VERIFIER_TELLS="1"
            )
        finally:
            self.limits = limits
        if not heard.rows:
            raise _NoTrail(
                f"the verifier does not run its trail number {number} (exit code {code}): {errors}"
            )
        return tuple(heard.rows)

    # -- outcomes

    def judged(self, heard: Heard, found: tuple[Found, ...]) -> Outcome:
        """What a verifier came to that has ended by itself."""
        if heard.cut_short is not None and not self.job.bitstate:
            if "MEMLIM" in heard.cut_short or "memory" in heard.cut_short:
                text = f"Spin's states do not fit into {self.job.memory} MiB"
                return self.failed("memory", text, 0, "", heard)
            return self.failed("internal", f"Spin says: {heard.cut_short}", 0, "", heard)
        if not heard.ended or heard.stored is None:
            return self.failed("internal", "the verifier ended without a report", 0, "", heard)
        stored = int(heard.stored) - 1
        # Spin writes large numbers with six digits.
        exact = heard.stored < 1e6
        missed = heard.looked != stored if exact else abs(heard.looked - stored) > heard.stored * 1e-5
        if missed and not self.job.bitstate:
            text = f"Spin stores {stored} states, and {heard.looked} were looked at"
            return self.failed("internal", text, 0, "", heard)
        return Searched(complete=not self.job.bitstate, **self.facts(heard, found))

    def stopped(self, why: StopReason, heard: Heard, found: tuple[Found, ...]) -> Stopped:
        return Stopped(why=why, **self.facts(heard, found))

    def facts(self, heard: Heard, found: tuple[Found, ...]) -> _Facts:
        generated = None if heard.transitions is None else int(heard.transitions) - 1 - len(heard.violated)
        depth = None if heard.depth is None or self.job.bitstate else heard.depth
        return {
            "found": found,
            "reached": frozenset(heard.reached),
            "met": frozenset(heard.met),
            "totals": Totals(generated, heard.looked, None, depth),
            "version": heard.version,
            "raw": "".join(self.raw),
        }

    def failed(
        self, why: FailReason, message: str, code: int, errors: str, heard: Heard | None = None
    ) -> Failed:
        for sign in _NO_DISK:
            if sign in errors:
                why, message = "disk", f"{sign}, while the verifier was made or run"
        if code < 0:
            why, message = "killed", f"it was ended by {signal_name(-code)}"
        version = None if heard is None else heard.version
        return Failed(
            why=why, message=one_line(message), detail=errors, version=version, raw="".join(self.raw),
        )  # fmt: skip


class _Facts(TypedDict):
    found: tuple[Found, ...]
    reached: frozenset[int]
    met: frozenset[int]
    totals: Totals
    version: str | None
    raw: str


class _NoTrail(Exception):
    """A violation that the verifier reports and does not show; one line."""


def _read(stream: object, take: Callable[[str | None], object]) -> None:
    with suppress(OSError, ValueError), stream:  # type: ignore[attr-defined]
        for line in stream:  # type: ignore[attr-defined]
            take(line.decode("utf-8", "replace"))
    take(None)


def _environment(scratch: Path) -> dict[str, str]:
    kept = {name: os.environ[name] for name in ("PATH", "LD_LIBRARY_PATH", "HOME") if name in os.environ}
    return {**kept, "LC_ALL": "C", "TMPDIR": os.fspath(scratch)}


def _os_error(error: OSError) -> str:
    return error.strerror or str(error)
