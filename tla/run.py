"""One run of TLC: a job is planned as text, written to a directory of its own, run, and told as an `Outcome`.

What goes wrong outside the specification (no memory, a full disk, a Java that is none) is an outcome too:
the only exception is `ToolMissing`, and what the caller's own `on_progress` raises.

Progress comes every second from a recent TLC. In 2.15 the interval is a constant of its classes: it
reports after 3 s and then once a minute, and nothing but a change of the specification makes it faster.
"""

from __future__ import annotations

import os
import queue
import re
import sys
import threading
import time
from collections.abc import Callable, Mapping
from contextlib import suppress
from dataclasses import dataclass, field, replace
from pathlib import Path

from . import process, workdir
from .listener import Listener
from .memory import Memory, Recording, asked, recalled, remember
from .messages import Item, Reader
from .outcome import Failed, FailReason, Outcome, Progress, StopReason
from .tools import Tools
from .verdict import judge, one_line

PROGRESS_SECONDS = 1
"""How often a recent TLC is asked to report."""

_LONGEST_RAW = 32 * 1024 * 1024
_POLL_SECONDS = 0.1
_EXIT_SECONDS = 10.0
_KEPT_FOR = frozenset({"parse", "config", "evaluation", "internal"})
_JVM_VARIABLES = frozenset({"JAVA_TOOL_OPTIONS", "_JAVA_OPTIONS", "JDK_JAVA_OPTIONS", "CLASSPATH"})


@dataclass(frozen=True, kw_only=True)
class Job:
    """What TLC is to check. The texts are written as they are, in UTF-8."""

    module: str
    """The name of the module, which is also that of the two files."""
    module_text: str
    cfg_text: str
    others: Mapping[str, str] = field(default_factory=dict)
    """The texts of further modules that `module` refers to, by their names."""
    workers: int = 1
    """Threads of the search. A liveness run gets one: with more, TLC before August 2024 misses violations."""
    check_deadlock: bool = True
    liveness: bool = False
    """Whether the configuration has temporal properties. They are then checked once, on the whole graph."""
    quick: bool = False
    """Whether a short run is expected, below some hundred thousand states: a JVM that starts working sooner
    and is slower later. `jvm_flags` has the numbers; a wrong guess costs a fifth to a half of the time."""
    max_heap: int | None = None
    """Largest heap of the JVM in MiB; None is `heap_share` for four runs at a time."""
    jvm_flags: tuple[str, ...] = ()
    """Added to the JVM's flags, and so able to override them."""
    tlc_flags: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        if not re.fullmatch(r"[A-Za-z0-9_]*[A-Za-z][A-Za-z0-9_]*", self.module):
            raise ValueError(f"not the name of a module: {self.module!r}")
        for name in self.others:
            if not re.fullmatch(r"[A-Za-z0-9_]*[A-Za-z][A-Za-z0-9_]*", name):
                raise ValueError(f"not the name of a module: {name!r}")
        if self.workers < 1:
            raise ValueError(f"workers must be at least 1, not {self.workers}")


@dataclass(frozen=True, kw_only=True)
class Limits:
    """When to end a run that has no verdict yet; None is never."""

    seconds: float | None = None
    distinct_states: int | None = None
    """Looked at whenever TLC reports progress, so it is passed by what TLC finds in between. An exact limit
    is for the specification: an invariant ``TLCGet("distinct") < 1000 \\/ TLCSet("exit", TRUE)``."""


def run(
    job: Job,
    tools: Tools,
    limits: Limits = Limits(),
    *,
    keep: Path | None = None,
    on_progress: Callable[[Progress], None] | None = None,
    cancel: threading.Event | None = None,
    memory: Memory | None = None,
) -> Outcome:
    """Runs TLC once and waits for it; safe to call from several threads at a time.

    `keep` names a directory, made if need be, in which module, configuration and ``output.txt`` stay.
    Otherwise nothing stays, except after a failure that is the job's own fault, where `Outcome.directory`
    names it. `on_progress` is called in this thread. Setting `cancel` ends the run as interrupted. On any
    exception, Ctrl-C included, the JVM is ended and the directory removed before it goes on.

    What `memory` has the answer to is not run again, whatever the limits; other answers are put there
    (`memory` says which).  It is passed over with `keep`, which asks for the files of a run.
    """
    began = time.monotonic()
    key = _key(job, tools) if memory is not None and keep is None else None
    if memory is not None and key is not None:
        known = recalled(memory, key)
        if known is not None:
            return known
    try:
        directory = workdir.make(keep)
    except OSError as error:
        return _failed("disk", f"cannot make the run's directory: {_os_error(error)}", began)
    try:
        try:
            directory.fill(job.module, {job.module: job.module_text, **job.others}, job.cfg_text)
        except OSError as error:
            return _failed("disk", f"cannot write the run's files: {_os_error(error)}", began)
        try:
            jar = directory.place_jar(tools)
        except OSError as error:
            return _failed("java", f"cannot read {tools.jar}: {_os_error(error)}", began)
        words = command(job, tools, jar)
        ran = _Run(words, limits, directory.path, began, on_progress, cancel)
        outcome = ran.outcome()
        if memory is not None and key is not None:
            remember(memory, key, ran.recording(), outcome)
        if keep is not None or (isinstance(outcome, Failed) and outcome.why in _KEPT_FOR):
            directory.save(outcome.raw)
            outcome = replace(outcome, directory=directory.path)
        return outcome
    finally:
        directory.close()


def heap_share(runs: int) -> int:
    """The heap in MiB that each of `runs` parallel runs may have: together 60 % of this machine's memory,
    or of its container's. At least 256."""
    return max(256, int(_memory() * 0.6 / max(1, runs)) // (1024 * 1024))


def command(job: Job, tools: Tools, jar: str) -> list[str]:
    """The words of the command line, for a JVM that works in a directory of `workdir`."""
    heap = job.max_heap or heap_share(4)
    return [
        os.fspath(tools.java),
        *([] if tools.archive is None else [f"-XX:SharedArchiveFile={tools.archive}", "-Xlog:disable"]),
        *jvm_flags(job),
        f"-Xmx{heap}m",
        f"-Djava.io.tmpdir={workdir.TEMPORARY}",
        f"-Duser.home={workdir.HOME}",
        "-Dfile.encoding=UTF-8",
        "-Dstdout.encoding=UTF-8",
        "-Dsun.stdout.encoding=UTF-8",
        "-Duser.language=en",
        "-Duser.country=US",
        f"-Dtlc2.TLC.progressInterval={PROGRESS_SECONDS}",
        *job.jvm_flags,
        "-cp",
        jar,
        "tlc2.TLC",
        *tlc_flags(job),
        "-config",
        f"{job.module}.cfg",
        job.module,
    ]


def tlc_flags(job: Job) -> list[str]:
    """What TLC is told of how to check `job`, in words of its command line."""
    return [
        "-tool",
        "-workers",
        str(_workers(job)),
        "-fp",
        "0",
        "-checkpoint",
        "0",
        "-metadir",
        workdir.STATES,
        *(["-lncheck", "final"] if job.liveness else []),
        *([] if job.check_deadlock else ["-deadlock"]),
        *job.tlc_flags,
    ]


def _key(job: Job, tools: Tools) -> str | None:
    """What an answer to `job` is kept by; None where it is not to be kept."""
    if _workers(job) > 1:
        return None
    try:
        flags = [*tlc_flags(job), *job.jvm_flags]
        texts = [job.module_text, *(text for _, text in sorted(job.others.items()))]
        return asked(job.module, texts, job.cfg_text, flags, tools.jar)
    except OSError:
        return None


def jvm_flags(job: Job) -> tuple[str, ...]:
    """Collector and compiler of the JVM for `job`.

    The serial collector up to two workers: as fast as the parallel one on tiny models, faster on large ones,
    and without threads that parallel runs would fight over. `quick` leaves the last tier of the compiler
    out. Seconds (and seconds of processor) on two cores, one worker, Java 25, TLC 2.15:

    ====================  ============  ============  ============  ==============
    distinct states       8             17 576        262 144       2 097 152
    ====================  ============  ============  ============  ==============
    all tiers             1.13 (1.35)   1.50 (1.86)   3.41 (3.60)   11.1 (13.6)
    `quick`               0.95 (0.91)   1.16 (1.01)   2.71 (2.60)   15.8 (16.7)
    ====================  ============  ============  ============  ==============
    """
    workers = _workers(job)
    collector = (
        ("-XX:+UseSerialGC",) if workers <= 2 else ("-XX:+UseParallelGC", f"-XX:ParallelGCThreads={workers}")
    )
    return (*collector, *(["-XX:TieredStopAtLevel=1"] if job.quick else []), "-XX:+ExitOnOutOfMemoryError")


def _workers(job: Job) -> int:
    return 1 if job.liveness else job.workers


class _Run:
    """One JVM from start to end. Two threads read its pipes; this one listens and watches the limits."""

    def __init__(
        self,
        command: list[str],
        limits: Limits,
        directory: Path,
        began: float,
        on_progress: Callable[[Progress], None] | None,
        cancel: threading.Event | None,
    ) -> None:
        self.command, self.limits, self.directory, self.began = command, limits, directory, began
        self.on_progress, self.cancel = on_progress, cancel
        self.listener = Listener()
        self.raw: list[str] = []
        self.words: list[str] = []
        self.exit_code = 0
        self.seconds = 0.0

    def recording(self) -> Recording:
        """What the run left, once there is an outcome."""
        return Recording("".join(self.raw), "".join(self.words), self.exit_code, self.seconds)

    def outcome(self) -> Outcome:
        try:
            child = process.start(self.command, self.directory, _environment())
        except OSError as error:
            return _failed("java", f"cannot start {self.command[0]}: {_os_error(error)}", self.began)
        items: queue.SimpleQueue[list[Item] | None] = queue.SimpleQueue()
        readers = (
            threading.Thread(target=self._read_output, args=(child, items), daemon=True),
            threading.Thread(target=self._read_words, args=(child,), daemon=True),
        )
        try:
            for reader in readers:
                reader.start()
            stopped = self._listen(child, items)
        finally:
            process.end(child)
            for reader in readers:
                if reader.ident is not None:
                    reader.join(_EXIT_SECONDS)
        while (late := _next(items)) is not None:
            self._hear(late)
        words = "".join(self.words).strip()
        self.exit_code, self.seconds = child.returncode, time.monotonic() - self.began
        outcome = judge(self.listener, self.exit_code, words, stopped)
        return replace(outcome, seconds=self.seconds, raw="".join(self.raw) + "".join(self.words))

    def _listen(self, child: process.Child, items: queue.SimpleQueue[list[Item] | None]) -> StopReason | None:
        """Until the output ends and the JVM with it, or until there is a reason to end it."""
        ended: float | None = None
        while True:
            if reason := self._reason():
                return reason
            if ended is not None:
                if process.wait(child, _POLL_SECONDS) is not None or time.monotonic() - ended > _EXIT_SECONDS:
                    return None
                continue
            try:
                found = items.get(timeout=self._patience())
            except queue.Empty:
                continue
            if found is None:
                ended = time.monotonic()
            elif self._hear(found):
                return "states"

    def _hear(self, items: list[Item]) -> bool:
        """Takes items in; True when the state limit is passed."""
        passed = False
        for item in items:
            if self.listener.hear(item):
                totals = self.listener.totals
                if self.on_progress:
                    self.on_progress(Progress(totals, time.monotonic() - self.began))
                limit = self.limits.distinct_states
                if limit is not None and (totals.distinct or 0) > limit and not self.listener.decided:
                    passed = True
        return passed

    def _reason(self) -> StopReason | None:
        if self.cancel is not None and self.cancel.is_set():
            return "interrupted"
        if self.limits.seconds is not None and time.monotonic() - self.began >= self.limits.seconds:
            return "time"
        return None

    def _patience(self) -> float:
        if self.limits.seconds is None:
            return _POLL_SECONDS
        return max(0.0, min(_POLL_SECONDS, self.began + self.limits.seconds - time.monotonic()))

    def _read_output(self, child: process.Child, items: queue.SimpleQueue[list[Item] | None]) -> None:
        reader, size = Reader(), 0
        assert child.stdout is not None
        with suppress(OSError, ValueError), child.stdout as stream:
            for line in stream:
                text = line.decode("utf-8", "replace")
                size += len(text)
                if size <= _LONGEST_RAW:
                    self.raw.append(text)
                if found := list(reader.line(text)):
                    items.put(found)
        items.put(list(reader.finish()))
        items.put(None)

    def _read_words(self, child: process.Child) -> None:
        size = 0
        assert child.stderr is not None
        with suppress(OSError, ValueError), child.stderr as stream:
            for line in stream:
                size += len(line)
                if size <= _LONGEST_RAW // 32:
                    self.words.append(line.decode("utf-8", "replace"))


def _next(items: queue.SimpleQueue[list[Item] | None]) -> list[Item] | None:
    try:
        return items.get_nowait()
    except queue.Empty:
        return None


def _environment() -> dict[str, str]:
    """The caller's, without what would add flags to the JVM, and with a locale that knows all letters."""
    kept = {name: value for name, value in os.environ.items() if name not in _JVM_VARIABLES}
    return kept | {"LC_ALL": "C.UTF-8"} if sys.platform.startswith("linux") else kept


def _memory() -> int:
    """Bytes of memory of this machine or of its container, whichever is less."""
    sizes = [4 << 30]
    with suppress(OSError, ValueError, AttributeError):
        sizes = [os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES")]
    for limit in ("/sys/fs/cgroup/memory.max", "/sys/fs/cgroup/memory/memory.limit_in_bytes"):
        with suppress(OSError, ValueError):
            sizes.append(int(Path(limit).read_text("ascii")))
    return min(sizes)


def _failed(why: FailReason, message: str, began: float) -> Failed:
    return Failed(why=why, message=one_line(message), seconds=time.monotonic() - began)


def _os_error(error: OSError) -> str:
    return f"{error.strerror or error}" + (f": {error.filename}" if error.filename else "")
