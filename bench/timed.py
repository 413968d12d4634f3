"""Commands that are timed, stopped where they take too long, and shown side by side as rows of a table."""

from __future__ import annotations

import os
import re
import resource
import signal
import statistics
import subprocess
import time
from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

SHORT = 30.0
"""Seconds that a turn of all sides may take to be repeated."""

Sides = Sequence[tuple[str, Callable[[], "Ran"]]]
"""What each side is called, and how it is run."""


class Wrong(Exception):
    """A side did not say what it should; the text is one line."""


@dataclass(frozen=True)
class Ran:
    """One run: seconds of the whole command, those of processors, distinct states, and whether it was
    stopped before its end."""

    seconds: float
    busy: float
    states: int
    violated: bool
    stopped: bool = False


@dataclass(frozen=True)
class Command:
    """A command that ended or, with all that it started, was stopped; `busy` is processor time."""

    output: str
    seconds: float
    busy: float
    stopped: bool


def busy() -> float:
    """Processor time of the processes that this one started and that have ended."""
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    return used.ru_utime + used.ru_stime


def command(words: list[str], folder: Path, limit: float) -> Command:
    before = busy()
    began = time.monotonic()
    with (folder / "output").open("w+", encoding="utf-8", errors="replace") as output:
        ran = subprocess.Popen(
            words, cwd=folder, stdout=output, stderr=subprocess.STDOUT, start_new_session=True
        )
        stopped = False
        try:
            ran.wait(limit)
        except subprocess.TimeoutExpired:
            stopped = True
        finally:
            with suppress(ProcessLookupError):
                os.killpg(ran.pid, signal.SIGKILL)
            ran.wait()
        seconds = time.monotonic() - began
        output.seek(0)
        return Command(output.read(), seconds, busy() - before, stopped)


def last(pattern: str, text: str) -> int:
    """The number that the last match holds, 0 without any."""
    found = re.findall(pattern, text)
    return int(float(found[-1].replace(",", ""))) if found else 0


# ---- the table


def head(*titles: str) -> None:
    print(f"\n| {' | '.join(titles)} |\n|{'---|' * len(titles)}")


def row(*cells: object) -> None:
    print(f"| {' | '.join(str(cell) for cell in cells)} |", flush=True)


def shown(ran: Ran) -> tuple[str, str, str]:
    if ran.stopped:
        return f"> {ran.states:,}", f"> {ran.seconds:.0f}, stopped", "-"
    return f"{ran.states:,}", f"{ran.seconds:.2f}", f"{ran.busy:.2f}"


def ratio(other: float, ours: float, stopped: bool) -> str:
    return f"{'> ' if stopped else ''}{other / ours:.2g}"


def median(runs: list[Ran]) -> Ran:
    middle = statistics.median_low(run.seconds for run in runs)
    return next(run for run in runs if run.seconds == middle)


def compared(size: object, ours: Callable[[], Ran], others: Sides, runs: int) -> None:
    """A row for each of `others`: all in turn, as often as `runs` says while a turn is short."""
    found: dict[str, list[Ran]] = {}
    for _ in range(runs):
        turn = 0.0
        for title, run in (("pfnspec", ours), *others):
            ran = run()
            if ran.violated:
                raise Wrong(f"{title} at {size}: violated, but nothing is wrong with the protocol")
            found.setdefault(title, []).append(ran)
            turn += ran.seconds
        if turn > SHORT:
            break
    mine = median(found["pfnspec"])
    for title, _ in others:
        told(title, size, mine, median(found[title]))


def told(what: str, size: object, mine: Ran, its: Ran) -> None:
    ratios = ["-", "-", "-"]
    if not mine.stopped:
        ratios = [
            ratio(its.states, mine.states, its.stopped),
            ratio(its.seconds, mine.seconds, its.stopped),
            "-" if its.stopped else ratio(its.busy, mine.busy, False),
        ]
    row(what, size, *shown(mine), *shown(its), *ratios)
