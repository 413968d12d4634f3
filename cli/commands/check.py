"""`pfnspec check`."""

from __future__ import annotations

import argparse
import sys
import threading
from collections.abc import Mapping
from dataclasses import replace

from ...check.options import Options
from ...check.project.files import read
from ...check.result import Result, overall
from ...check.run import check_file
from ...dsl.source import Span
from ...report.text.diagnostics import diagnostics_text
from ...report.text.ink import ink_for
from ..checking import chosen_of, progress_of
from ..configured import configure
from ..output import finish, tell, writable
from ..write import complain, put


def run(options: argparse.Namespace) -> int:
    """Checks each file and shows what came of it; the exit status of all together."""
    places = configure(options)
    if places is None:
        return 2
    if options.engine == "interpreter" and options.keep is not None:
        complain("--keep keeps the files of TLC, which --engine interpreter does not run")
        return 2
    if (options.outcomes or options.numbers) and (options.format != "text" or options.watch):
        complain("--outcomes and --numbers are told as text, below the verdicts, and not with --watch")
        return 2
    if (options.outcomes or options.numbers) and "-" in options.files:
        complain("--outcomes and --numbers read a model again, which standard input cannot be")
        return 2
    if options.reports and not writable(options, options.files):
        return 2
    asked = _asked(options, places)
    if options.watch:
        from ..watch import watch

        return watch(options, asked)
    cancel: threading.Event = options.cancel
    results: list[Result] = []
    wrong = 0
    for path in options.files:
        result = check_file(path, asked, progress_of(sys.stderr), cancel)
        tell(result, options, first=not results)
        results.append(result)
        if cancel.is_set():
            break
        if options.outcomes or options.numbers:
            wrong = max(wrong, _tell_space(path, options))
    return overall((finish(tuple(results), options), wrong))


def _asked(options: argparse.Namespace, places: Mapping[str, Span]) -> Options:
    """What the command line asks of each check."""
    return replace(
        chosen_of(options), fail_fast=options.fail_fast, keep=options.keep, places=places, shard=options.shard
    )


def _tell_space(path: str, options: argparse.Namespace) -> int:
    """Shows outcomes and numbers of each cell of a model that `--scenario` and `--policy` leave; 0, or 2 for
    an expression that is none.  Nothing where the model has faults: its check has told them."""
    from ...check.states.asked import ask, split
    from ...check.states.space import STATES, counts_of, outcomes_of
    from ...report.text.behaviour import where_text
    from ...report.text.space import counts_text, outcomes_text
    from ...translator import pipeline

    source, _, _ = read(path)
    if source is None:
        return 0
    wanted, constants = split(options.outcomes or ""), dict(options.constants)
    asked = ask(path, source.text, wanted, constants, outside=options.allow_outside)
    if asked.fault is not None:
        put(diagnostics_text((asked.fault,), {}, ink_for(sys.stderr)), sys.stderr)
        return 2
    limit = options.max_states or STATES
    for cell, questions in asked.cells:
        if options.scenarios and cell.scenario not in options.scenarios:
            continue
        if options.policies and cell.policy not in options.policies:
            continue
        where = where_text(cell.scenario, cell.policy)
        plain = pipeline.about(cell.program)
        if options.outcomes:
            program = pipeline.prepared(plain, reduction=not options.no_reduction)
            put("\n" + outcomes_text(outcomes_of(program, questions, limit), where))
        if options.numbers:
            found = counts_of(pipeline.whole(plain), limit)
            put("\n" + counts_text(found, where, asked.loaded.path, asked.loaded.sources))
    return 0
