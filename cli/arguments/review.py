"""The arguments of `pfnspec gate` and `pfnspec diff`, but for those that a check has too."""

from __future__ import annotations

import argparse
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from ...report.kinds import Target

_Commands = argparse._SubParsersAction


def gate(commands: _Commands[argparse.ArgumentParser]) -> argparse.ArgumentParser:
    """Adds `gate` to the commands."""
    made = commands.add_parser(
        "gate", help="what a change did to the models of a git checkout",
        description="Compares each model of a git checkout with what it was where the branch left REF: what"
        " it claims and examines, and its verdicts.  Exits with 1 when something is weaker and not accepted.",
    )  # fmt: skip
    made.add_argument("paths", nargs="*", metavar="PATH", help="models or folders (default: all models)")
    made.add_argument("--base", required=True, metavar="REF", help="the branch or commit to compare with")
    made.add_argument(
        "--accept", action="append", default=[], metavar="NAME", dest="accepted",
        help="let this be weaker (may be repeated); a model says so with `accept weaker`",
    )  # fmt: skip
    made.add_argument("--no-check", action="store_true", help="compare what is written, without verdicts")
    _shown(made)
    return made


def diff(commands: _Commands[argparse.ArgumentParser]) -> argparse.ArgumentParser:
    """Adds `diff` to the commands."""
    made = commands.add_parser(
        "diff", help="what is different in two models",
        description="Compares what two models claim and examine.  Exits with 1 when the second is weaker.",
    )  # fmt: skip
    made.add_argument("old", metavar="OLD", help="a model; - is standard input")
    made.add_argument("new", metavar="NEW", help="a model; - is standard input")
    made.add_argument("--check", action="store_true", help="check both, and compare verdicts too")
    _shown(made)
    return made


def _shown(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--format", choices=("text", "json"), default="text", help="of the result")
    parser.add_argument(
        "--report", action="append", default=[], type=_report, metavar="KIND=FILE", dest="reports",
        help="write a report too: markdown or json (may be repeated)",
    )  # fmt: skip
    parser.add_argument(
        "--no-github", action="store_true", help="no annotations and no summary in GitHub Actions"
    )


def _report(text: str) -> Target:
    from ...report.kinds import Target

    kind, _, path = text.partition("=")
    if kind not in ("markdown", "json"):
        raise argparse.ArgumentTypeError(f"`{text}` is not of the form KIND=FILE with markdown or json")
    if path in ("", "-"):
        raise argparse.ArgumentTypeError(f"`{text}` does not name a file")
    return Target(kind, Path(path), named=True)
