"""`pfnspec check`."""

from __future__ import annotations

import argparse
import os
import signal
import sys
import threading
from pathlib import Path
from types import FrameType
from typing import TextIO

from ..check.result import Result, overall
from ..check.run import Options, Progress, check_file
from ..report.ink import ink_for, width_for
from ..report.text import diagnostics_of, failure_text, grouped, result_text


def run(options: argparse.Namespace) -> int:
    """Checks each file and shows what came of it; the exit status of all together."""
    if options.engine == "interpreter" and options.keep is not None:
        print(
            "pfnspec: --keep keeps the files of TLC, which --engine interpreter does not run", file=sys.stderr
        )
        return 2
    github = os.environ.get("GITHUB_ACTIONS") == "true" and not options.no_github
    if options.reports and not _writable(options):
        return 2
    asked = Options(
        properties=tuple(options.properties),
        constants=tuple(options.constants),
        policies=tuple(options.policies),
        scenarios=tuple(options.scenarios),
        workers=options.workers,
        jobs=options.jobs,
        run_seconds=options.run_timeout,
        fail_fast=options.fail_fast,
        reduction=not options.no_reduction,
        seconds=options.timeout,
        states=options.max_states,
        keep=options.keep,
        java=options.java,
        jar=options.tla2tools,
        outside=options.allow_outside,
        engine=options.engine,
    )
    cancel = threading.Event()
    _stop_on_signals(cancel)
    width = options.width or width_for(sys.stdout)
    statuses: list[int] = []
    results: list[Result] = []
    for path in options.files:
        progress = _progress if sys.stderr.isatty() else None
        result = check_file(path, asked, progress, cancel)
        if progress:
            sys.stderr.write("\r\x1b[K")
        sys.stderr.write(diagnostics_of(result, ink_for(sys.stderr)))
        sys.stderr.write(failure_text(result))
        if options.format == "text":
            gap = "\n" if statuses and result.verdicts else ""
            _say(gap + result_text(result, width, ink_for(sys.stdout)), options)
        elif options.format == "lines":
            from ..report.lines import lines_text

            _say(lines_text(result), options)
        results.append(result)
        statuses.append(result.status)
        if cancel.is_set():
            break
    if options.format == "json":
        from ..report.files import json_text

        _say(json_text(tuple(results)), options)
    if options.reports and not _write_reports(options, tuple(results)):
        statuses.append(4)
    if github:
        # Data on standard output has to stay data; the runner reads both streams.
        _tell_github(tuple(results), sys.stderr if options.format == "json" else sys.stdout)
    return overall(tuple(statuses))


def _say(text: str, options: argparse.Namespace) -> None:
    """Prints; where nobody reads it any more, reports that were asked for are written all the same."""
    try:
        sys.stdout.write(text)
        sys.stdout.flush()
    except BrokenPipeError:
        if not options.reports:
            raise
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())


def _writable(options: argparse.Namespace) -> bool:
    """Whether all reports can be written, as far as that can be known beforehand."""
    from ..report.files import CannotWrite, check_targets

    try:
        check_targets([path for _, path in options.reports], options.files)
    except CannotWrite as fault:
        print(f"pfnspec: {fault}", file=sys.stderr)
        return False
    return True


def _write_reports(options: argparse.Namespace, results: tuple[Result, ...]) -> bool:
    """Writes each report; one that cannot be written does not keep the others from it."""
    from ..report.files import CannotWrite, check_targets, report_text, write

    # The bases of variants are known only now.
    sources = [path for result in results for path in result.sources]
    done = True
    for kind, path in options.reports:
        try:
            check_targets([path], sources)
            write(path, report_text(kind, results, _root()))
        except CannotWrite as fault:
            print(f"pfnspec: {fault}", file=sys.stderr)
            done = False
    return done


def _root() -> Path:
    """The root of the repository, from which its files are named."""
    return Path(os.environ.get("GITHUB_WORKSPACE") or Path.cwd())


def _tell_github(results: tuple[Result, ...], stream: TextIO) -> None:
    """Annotations, and a section in the summary of the job."""
    from ..report.github import MOST_SUMMARY, annotations_text
    from ..report.markdown import markdown_text

    stream.flush()
    stream.write(annotations_text(results, _root()))
    stream.flush()
    path = os.environ.get("GITHUB_STEP_SUMMARY")
    if not path:
        return
    try:
        with open(path, "a", encoding="utf-8", errors="backslashreplace", newline="\n") as file:
            file.write(markdown_text(results, MOST_SUMMARY - file.tell()) + "\n")
    except OSError as fault:
        print(f"pfnspec: {path}: {fault.strerror or fault}", file=sys.stderr)


def _stop_on_signals(cancel: threading.Event) -> None:
    """The first Ctrl-C, or SIGTERM, ends the check with what is known; the second ends it at once."""

    def stop(number: int, frame: FrameType | None) -> None:
        if cancel.is_set():
            raise KeyboardInterrupt
        cancel.set()

    signal.signal(signal.SIGINT, stop)
    signal.signal(signal.SIGTERM, stop)


def _progress(now: Progress) -> None:
    states = "starting" if now.states is None else f"{grouped(now.states)} states"
    queue = "" if now.queue is None else f", {grouped(now.queue)} to examine"
    runs = f"{now.done} of {now.runs} done, " if now.runs > 1 else ""
    sys.stderr.write(f"\r\x1b[K{runs}{states}{queue}, {now.seconds:.0f} s")
    sys.stderr.flush()
