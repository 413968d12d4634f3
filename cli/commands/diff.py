"""`pfnspec diff`."""

from __future__ import annotations

import argparse
import threading

from ...gate.change import compare_files
from ..configured import configure_checks
from ..output import writable
from ..review import options_of, show
from ..write import complain


def run(options: argparse.Namespace) -> int:
    """Compares two models; 1 when the second is weaker."""
    old, new = options.old, options.new
    files = [old, new]
    if files == ["-", "-"]:
        complain("only one of the two can be standard input")
        return 2
    if "-" in files and options.check:
        complain("standard input can be read once, so --check needs two files")
        return 2
    if configure_checks(options) is None or not writable(options, files):
        return 2
    cancel: threading.Event = options.cancel
    review = compare_files(old, new, options_of(options), checked=options.check, cancel=cancel)
    return show(review, options)
