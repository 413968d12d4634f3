"""`pfnspec check`."""

from __future__ import annotations

import argparse
import sys
import threading
from collections.abc import Mapping

from ...check.options import Options
from ...check.result import Result
from ...check.run import check_file
from ...dsl.source import Span
from ..checking import cache_of, progress_of
from ..configured import configure
from ..output import finish, tell, writable
from ..write import complain


def run(options: argparse.Namespace) -> int:
    """Checks each file and shows what came of it; the exit status of all together."""
    places = configure(options)
    if places is None:
        return 2
    if options.engine == "interpreter" and options.keep is not None:
        complain("--keep keeps the files of TLC, which --engine interpreter does not run")
        return 2
    if options.reports and not writable(options, options.files):
        return 2
    asked = _asked(options, places)
    if options.watch:
        from ..watch import watch

        return watch(options, asked)
    cancel: threading.Event = options.cancel
    results: list[Result] = []
    for path in options.files:
        result = check_file(path, asked, progress_of(sys.stderr), cancel)
        tell(result, options, first=not results)
        results.append(result)
        if cancel.is_set():
            break
    return finish(tuple(results), options)


def _asked(options: argparse.Namespace, places: Mapping[str, Span]) -> Options:
    """What the command line asks of each check."""
    return Options(
        properties=tuple(options.properties),
        constants=dict(options.constants),
        policies=tuple(options.policies),
        scenarios=tuple(options.scenarios),
        workers=options.workers or 1,
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
        places=places,
        engine=options.engine,
        cache=cache_of(options),
        shard=options.shard,
        memory=options.memory,
    )
