"""What the commands that check share: what they ask of a check, where verdicts are kept, how its progress is
shown."""

from __future__ import annotations

import argparse
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import TextIO

from ..check.options import Options, Progress
from ..check.project.files import verdict_cache
from ..report.text.ink import can_overwrite
from ..report.text.result import grouped
from .write import redraw


def options_of(options: argparse.Namespace) -> Options:
    """What the command line asks of each check, wherever commands that check have the same arguments."""
    return Options(
        constants=dict(options.constants),
        workers=options.workers or 1,
        jobs=options.jobs,
        run_seconds=options.run_timeout,
        reduction=not options.no_reduction,
        seconds=options.timeout,
        states=options.max_states,
        java=options.java,
        jar=options.tla2tools,
        outside=options.allow_outside,
        engine=options.engine,
        memory=options.memory,
        cache=cache_of(options),
    )


def chosen_of(options: argparse.Namespace) -> Options:
    """The same, of the part of a model that `--property`, `--policy` and `--scenario` choose."""
    return replace(
        options_of(options), properties=tuple(options.properties), policies=tuple(options.policies),
        scenarios=tuple(options.scenarios),
    )  # fmt: skip


def cache_of(options: argparse.Namespace) -> Path | None:
    """Where verdicts are kept; the folder of `--cache` has to be one that can be written."""
    if options.no_cache:
        return None
    if options.cache is not None:
        options.cache.mkdir(parents=True, exist_ok=True)
        return Path(options.cache)
    return verdict_cache()


def progress_of(stream: TextIO) -> Callable[[Progress], None] | None:
    """What tells of the progress of a check; None where nobody watches it."""
    return _progress if can_overwrite(stream) else None


def _progress(now: Progress) -> None:
    states = "starting" if now.states is None else f"{grouped(now.states)} states"
    queue = "" if now.queue is None else f", {grouped(now.queue)} to examine"
    runs = f"{now.done} of {now.runs} done, " if now.runs > 1 else ""
    redraw(f"{_preliminary(now)}{runs}{states}{queue}, {now.seconds:.0f} s")


def _preliminary(now: Progress) -> str:
    """What the interpreter has found while another engine is still at it; "" for nothing."""
    if now.violated:
        first, *others = now.violated
        more = f" and {len(others)} more" if others else ""
        return f"preliminary: {first}{more} violated; "
    return "preliminary: no safety property violated; " if now.searched else ""
