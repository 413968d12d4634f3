"""Arguments that say how results are shown, of `check` and of what shows saved ones."""

from __future__ import annotations

import argparse
from pathlib import Path

TYPE_CHECKING = False  # What it is good for would take longer to import than all of this.
if TYPE_CHECKING:
    from ...report.kinds import Target


def shown(parser: argparse.ArgumentParser) -> None:
    """Arguments that say how results are shown."""
    parser.add_argument(
        "--format",
        choices=("text", "lines", "json"),
        default="text",
        help="of the result; lines: FILE:LINE:COLUMN: and a text, which editors follow (default text)",
    )
    parser.add_argument(
        "--report", action="append", default=[], type=_report, metavar="KIND=FILE", dest="reports",
        help="write a report too: junit, sarif, markdown, html or json (may be repeated)",
    )  # fmt: skip
    parser.add_argument(
        "--no-github", action="store_true", help="no annotations and no summary in GitHub Actions"
    )
    parser.add_argument("--width", type=positive, metavar="N", help="columns of the text; 72 suits a mail")
    parser.add_argument(
        "--verbose", action="store_true",
        help="traces with the steps and values that tell nothing, too",
    )  # fmt: skip


def space(parser: argparse.ArgumentParser) -> None:
    """Arguments that ask what is in the state space."""
    parser.add_argument(
        "--outcomes", metavar="EXPRESSIONS",
        help="show too how behaviours end: the values of these, such as 'x, vcpu[0].page', in final states",
    )  # fmt: skip
    parser.add_argument(
        "--numbers", action="store_true",
        help="show too how often each line's steps are taken, and the states that they add",
    )  # fmt: skip


def _report(text: str) -> Target:
    from ...report.kinds import KINDS, Target

    kind, _, path = text.partition("=")
    if kind not in KINDS:
        raise argparse.ArgumentTypeError(f"`{text}` is not of the form KIND=FILE with {', '.join(KINDS)}")
    if path in ("", "-"):
        raise argparse.ArgumentTypeError(f"`{text}` does not name a file")
    return Target(kind, Path(path), named=True)


def positive(text: str) -> int:
    """A number above zero; raises `ArgumentTypeError` for anything else."""
    if not text.isascii() or not text.isdecimal() or not 0 < int(text) < 10**12:
        raise argparse.ArgumentTypeError(f"`{text}` is not a number above zero")
    return int(text)
