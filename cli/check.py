"""`pfnspec check`."""

from __future__ import annotations

import argparse
import signal
import sys
import threading
from types import FrameType

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
            if statuses and result.verdicts:
                print()
            sys.stdout.write(result_text(result, width, ink_for(sys.stdout)))
            sys.stdout.flush()
        results.append(result)
        statuses.append(result.status)
        if cancel.is_set():
            break
    if options.format == "json":
        _print_data(tuple(results))
    return overall(tuple(statuses))


def _print_data(results: tuple[Result, ...]) -> None:
    import json

    from ..report.data import result_data

    data = [result_data(result) for result in results]
    print(json.dumps(data[0] if len(data) == 1 else data, indent=2, ensure_ascii=False))


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
