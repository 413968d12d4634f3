"""What `pfnspec gate` and `pfnspec diff` share: showing a review."""

from __future__ import annotations

import argparse
import os
import sys

from ..gate.review import Review
from ..report.review.text import review_text, troubles_text
from ..report.text.ink import ink_for, width_for
from .output import root, say, tell_faults
from .write import complain, data, put


def show(review: Review, options: argparse.Namespace) -> int:
    """Prints a review and writes its reports; returns the exit status."""
    put(troubles_text(review), sys.stderr)
    for model in review.models:
        after, before = model.after, model.before
        if after is not None:
            tell_faults(after)
        if before is not None and before.failure is not None and (after is None or after.failure is None):
            tell_faults(before)
    if options.format == "json":
        from ..report.review.data import review_json

        say(review_json(review), options)
    else:
        width = options.width or width_for(sys.stdout)
        say(review_text(review, width, ink_for(sys.stdout)), options)
    if options.reports and not _written(review, options):
        return 4
    if os.environ.get("GITHUB_ACTIONS") == "true" and not options.no_github:
        _tell_github(review, options)
    return review.status


def _written(review: Review, options: argparse.Namespace) -> bool:
    from ..report.files import CannotWrite, check_targets, write
    from ..report.review.data import review_json
    from ..report.review.markdown import review_markdown

    sources = [path for model in review.models for path in model.new]
    done = True
    for target in options.reports:
        text = review_markdown(review) if target.kind == "markdown" else review_json(review)
        try:
            check_targets([target], sources)
            write(target.path, text)
        except CannotWrite as fault:
            complain(f"{fault}")
            done = False
    return done


def _tell_github(review: Review, options: argparse.Namespace) -> None:
    """Annotations, and a section in the summary of the job."""
    from ..report.formats.github import MOST_SUMMARY
    from ..report.review.markdown import review_annotations, review_markdown

    stream = sys.stdout if options.format == "text" else sys.stderr
    data(review_annotations(review, root()), stream)
    path = os.environ.get("GITHUB_STEP_SUMMARY")
    if not path:
        return
    try:
        with open(path, "a", encoding="utf-8", errors="backslashreplace", newline="\n") as file:
            file.write(review_markdown(review, MOST_SUMMARY - file.tell()) + "\n")
    except OSError as fault:
        complain(f"{path}: {fault.strerror or fault}")
