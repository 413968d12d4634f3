"""The arguments of `pfnspec ablate` and `pfnspec barriers`, but for those that a check has too."""

from __future__ import annotations

import argparse
from pathlib import Path
from typing import TYPE_CHECKING

from ...ablation.kinds import KINDS
from .shown import positive

if TYPE_CHECKING:
    from ...report.kinds import Target

_Commands = argparse._SubParsersAction

EPILOG = """exit status:
  0  everything was tried, and what is required is load-bearing
  1  what is required is not needed; or the model itself does not do what it expects
  2  the specification or the command line is wrong
  3  stopped at a limit or interrupted before all was tried, or what is required is not decided
  4  the tool failed (no Java, out of memory, TLC died)
"""


def both(commands: _Commands[argparse.ArgumentParser]) -> tuple[argparse.ArgumentParser, ...]:
    """Adds both to the commands."""
    ablate = commands.add_parser(
        "ablate", help="what a model needs: one thing at a time taken away, and what falls without it",
        epilog=EPILOG, formatter_class=argparse.RawDescriptionHelpFormatter,
        description="Takes away, one at a time, every barrier, lock section, wake-up, wait, condition,\n"
        "test, loop, assignment, order of stores and call, and says which property falls without it.",
    )  # fmt: skip
    ablate.add_argument("file", metavar="FILE", help="a model; - is standard input")
    ablate.add_argument(
        "--only", action="append", default=[], choices=KINDS, metavar="KIND", dest="kinds",
        help=f"only what is of this kind (may be repeated): {', '.join(KINDS)}",
    )  # fmt: skip
    ablate.add_argument(
        "--require", action="append", default=[], choices=("all", *KINDS), metavar="KIND", dest="required",
        help="exit 1 if something of this kind, or of all, can be gone unnoticed (may be repeated)",
    )  # fmt: skip
    barriers = commands.add_parser(
        "barriers", help="which barriers a model needs, under weak memory",
        epilog=EPILOG, formatter_class=argparse.RawDescriptionHelpFormatter,
        description="As `pfnspec ablate --only barrier`, in the scenarios under weak memory; in all of them\n"
        "under weak memory if none says so.",
    )  # fmt: skip
    barriers.add_argument("file", metavar="FILE", help="a model; - is standard input")
    barriers.add_argument(
        "--require", action="store_const", const=["barrier"], default=[], dest="required",
        help="exit 1 if a barrier can be gone unnoticed",
    )  # fmt: skip
    barriers.set_defaults(kinds=["barrier"])
    for made, about in ((ablate, False), (barriers, True)):
        made.set_defaults(about_barriers=about)
        for axis, name in (("property", "properties"), ("policy", "policies"), ("scenario", "scenarios")):
            made.add_argument(
                f"--{axis}", action="append", default=[], metavar="NAME", dest=name,
                help=f"only this {axis} (may be repeated)",
            )  # fmt: skip
        made.add_argument("--traces", action="store_true", help="what happens without it, step by step")
        made.add_argument(
            "--report", action="append", default=[], type=_page, metavar="html=FILE", dest="pages",
            help="write a page too, with what falls in a margin beside the lines",
        )  # fmt: skip
        made.add_argument("--format", choices=("text", "json"), default="text", help="of the result")
        made.add_argument(
            "--width", type=positive, metavar="N", help="columns of the text; 72 suits a mail"
        )  # fmt: skip
    return ablate, barriers


def _page(text: str) -> Target:
    from ...report.kinds import Target

    kind, _, path = text.partition("=")
    if kind != "html" or path in ("", "-"):
        raise argparse.ArgumentTypeError(f"`{text}` is not of the form html=FILE")
    return Target(kind, Path(path), named=True)
