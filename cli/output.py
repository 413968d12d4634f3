"""Where results go: standard output and error, the files of reports, GitHub."""

from __future__ import annotations

import argparse
import os
import sys
from collections.abc import Iterable
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, TextIO

from ..check.result import Result, overall
from ..report.kinds import WITH_STATES
from ..report.text.ink import can_overwrite, ink_for, width_for
from ..report.text.result import diagnostics_of, failure_text, result_text
from .write import complain, data, put, redraw

if TYPE_CHECKING:
    from ..check.states.graph import StateGraph


def tell(result: Result, options: argparse.Namespace, *, first: bool) -> None:
    """Shows one result, as soon as it is there, unless the format has all of them in one."""
    tell_faults(result)
    if options.format == "text":
        gap = "" if first or not result.verdicts else "\n"
        width = options.width or width_for(sys.stdout)
        say(gap + result_text(result, width, ink_for(sys.stdout), verbose=options.verbose), options)
    elif options.format == "lines":
        from ..report.formats.lines import lines_text

        say(lines_text(result), options)


def finish(results: tuple[Result, ...], options: argparse.Namespace) -> int:
    """Shows what is said of all results together, and writes the reports; the exit status."""
    statuses = [result.status for result in results]
    if getattr(options, "refused", ()):
        # What was left out has not been checked.
        statuses.append(2)
    if options.format == "json":
        from ..report.files import json_text

        say(json_text(results), options)
    if options.reports and not write_reports(options, results):
        statuses.append(4)
    if os.environ.get("GITHUB_ACTIONS") == "true" and not options.no_github:
        # Data on standard output has to stay data; the runner reads both streams.
        tell_github(results, sys.stderr if options.format == "json" else sys.stdout)
    return overall(tuple(statuses))


def tell_faults(result: Result) -> None:
    """Writes what is wrong, with the model or with the tool, to standard error."""
    if can_overwrite(sys.stderr):
        redraw()
    put(diagnostics_of(result, ink_for(sys.stderr)), sys.stderr)
    put(failure_text(result), sys.stderr)


def say(text: str, options: argparse.Namespace) -> None:
    """Prints; where nobody reads it any more, reports that were asked for are written all the same."""
    try:
        (data if options.format == "json" else put)(text)
    except BrokenPipeError:
        if not options.reports:
            raise
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())


def writable(options: argparse.Namespace, inputs: Iterable[str]) -> bool:
    """Whether all reports can be written, as far as that can be known beforehand; none goes into an input."""
    from ..report.files import CannotWrite, check_targets

    if any(target.kind == "dot" for target in options.reports) and not hasattr(options, "allow_outside"):
        complain("a saved result has no states to draw: ask `pfnspec check` for --report dot=FILE")
        return False
    try:
        check_targets(options.reports, inputs)
    except CannotWrite as fault:
        complain(f"{fault}")
        return False
    return True


def write_reports(options: argparse.Namespace, results: tuple[Result, ...]) -> bool:
    """Writes each report; one that cannot be written does not keep the others from it."""
    from ..report.files import CannotWrite, check_targets, report_text, write

    # The bases of variants are known only now.
    sources = [path for result in results for path in result.sources]
    done = True
    graphs: tuple[StateGraph, ...] = ()
    if any(target.kind in WITH_STATES for target in options.reports):
        graphs = _graphs(results, options)
    for target in options.reports:
        try:
            check_targets([target], sources)
            made = f"{datetime.now():%Y-%m-%d %H:%M}"
            write(target.path, report_text(target.kind, results, root(), graphs, made))
        except CannotWrite as fault:
            complain(f"{fault}")
            done = False
    return done


def _graphs(results: tuple[Result, ...], options: argparse.Namespace) -> tuple[StateGraph, ...]:
    """The states to walk through; none of saved results, whose models may be gone."""
    from ..check.states.graph import graphs_of

    if not hasattr(options, "allow_outside"):
        return ()
    return tuple(graph for one in results for graph in graphs_of(one, outside=options.allow_outside))


def root() -> Path:
    """The root of the repository, from which its files are named."""
    return Path(os.environ.get("GITHUB_WORKSPACE") or Path.cwd())


def tell_github(results: tuple[Result, ...], stream: TextIO) -> None:
    """Annotations, and a section in the summary of the job."""
    from ..report.formats.github import MOST_SUMMARY, annotations_text
    from ..report.formats.markdown import markdown_text

    data(annotations_text(results, root()), stream)
    path = os.environ.get("GITHUB_STEP_SUMMARY")
    if not path:
        return
    try:
        with open(path, "a", encoding="utf-8", errors="backslashreplace", newline="\n") as file:
            file.write(markdown_text(results, MOST_SUMMARY - file.tell()) + "\n")
    except OSError as fault:
        complain(f"{path}: {fault.strerror or fault}")
