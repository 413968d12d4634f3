"""`pfnspec gate`."""

from __future__ import annotations

import argparse
import os
import sys
import threading

from ..check.gate import gate
from ..check.git import GitTrouble
from .configured import configure_checks
from .output import writable
from .review import options_of, show
from .write import complain, redraw


def run(options: argparse.Namespace) -> int:
    """Compares the models of a checkout with its base; 1 when one of them got weaker."""
    configuration = configure_checks(options)
    if configuration is None or not writable(options, options.paths):
        return 2
    cancel: threading.Event = options.cancel
    watched = sys.stderr.isatty()
    try:
        review = gate(
            options.base, options.paths, options_of(options), options.accepted,
            patterns=[os.path.join(configuration.folder, path) for path in configuration.paths],
            checked=not options.no_check, on_model=_progress if watched else None, cancel=cancel,
        )  # fmt: skip
    except GitTrouble as fault:
        complain(f"{fault}")
        return fault.status
    finally:
        if watched:
            redraw()
    return show(review, options)


def _progress(path: str) -> None:
    redraw(path)
