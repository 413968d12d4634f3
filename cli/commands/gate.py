"""`pfnspec gate`, and `pfnspec diff`, which compares two files without a checkout."""

from __future__ import annotations

import argparse
import sys
import threading
from pathlib import Path

from ...check.project.configuration import Configuration
from ...gate.change import compare_files, gate
from ...gate.git import Checkout, GitTrouble, checkout
from ...gate.settings import Configurations, former
from ...report.kinds import KINDS
from ..checking import options_of
from ..configured import configure_checks, configure_gate
from ..output import writable
from ..review import show
from ..write import complain, redraw


def run(options: argparse.Namespace) -> int:
    """Compares the models of a checkout with its base; 1 when one of them got weaker."""
    configuration = configure_gate(options)
    if configuration is None or not writable(options, options.paths):
        return 2
    cancel: threading.Event = options.cancel
    watched = sys.stderr.isatty()
    try:
        tree = checkout(options.base)
        both = Configurations(_before(options, configuration, tree), configuration)
        review = gate(
            options.base, tree, options.paths, options_of(options), options.accepted, both=both,
            checked=not options.no_check, on_model=_progress if watched else None, cancel=cancel,
        )  # fmt: skip
    except GitTrouble as fault:
        complain(f"{fault}")
        return fault.status
    finally:
        if watched:
            redraw()
    return show(review, options)


def diff(options: argparse.Namespace) -> int:
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


def _before(options: argparse.Namespace, now: Configuration, tree: Checkout) -> Configuration:
    """The configuration of the base; none where the present one is not to be read either, and where it was
    wrong: then all is looked at."""
    if options.no_config:
        return now
    found = former(tree, Path.cwd(), KINDS, options.config)
    return Configuration(folder=now.folder) if found is None else found


def _progress(path: str) -> None:
    redraw(path)
