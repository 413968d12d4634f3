"""The arguments of `pfnspec cost` and `pfnspec costs`."""

from __future__ import annotations

import argparse
from collections.abc import Callable, Iterator
from pathlib import Path

EPILOG = """exit status:
  0  every requirement is met
  1  a requirement fails, by more than its interval
  2  the model, the costs or the command line is wrong
  3  the precision was not reached
"""


def both(
    commands: argparse._SubParsersAction[argparse.ArgumentParser],
    add_model: Callable[[argparse.ArgumentParser], None],
) -> Iterator[tuple[str, argparse.ArgumentParser]]:
    """The two commands and their parsers; `add_model` adds what is said of a model."""
    made = cost(commands)
    add_model(made)
    yield "cost", made
    yield "costs", costs(commands)


def cost(commands: argparse._SubParsersAction[argparse.ArgumentParser]) -> argparse.ArgumentParser:
    """`pfnspec cost`, without what it shares with other commands."""
    parser = commands.add_parser(
        "cost", help="what each way of waiting costs, under assumed or measured costs", epilog=EPILOG,
        formatter_class=argparse.RawDescriptionHelpFormatter,
        description="Times what a model's `measure` lines name, under every scenario and wait policy:\n"
        "latency, CPU time, what others got of it.  MODEL.costs.toml beside MODEL.pfn says how long\n"
        "its places take.",
    )  # fmt: skip
    parser.add_argument("file", metavar="FILE", help="a model; - is standard input")
    parser.add_argument(
        "--costs", action="append", default=[], type=Path, metavar="FILE",
        help="a table of costs over the default one; of several, the later wins (may be repeated)",
    )  # fmt: skip
    parser.add_argument(
        "--set", action="append", default=[], metavar="SECTION.KEY=VALUE",
        help="one cost, as switch.out=2us or scheduler.load=[0] (may be repeated)",
    )  # fmt: skip
    parser.add_argument("--no-own", action="store_true", help="without the table beside the model")
    for axis, name in (("policy", "policies"), ("scenario", "scenarios")):
        parser.add_argument(
            f"--{axis}", action="append", default=[], metavar="NAME", dest=name,
            help=f"only this {axis} (may be repeated)",
        )  # fmt: skip
    parser.add_argument(
        "--window", type=_windows, default=(), metavar="TIME,...", dest="windows",
        help="policies that poll before they sleep, with windows of these times, as 2us,10us",
    )  # fmt: skip
    parser.add_argument("--sweep", metavar="SECTION.KEY=VALUE,...", help="a table for each of these values")
    parser.add_argument(
        "--seed", type=_seed, default=1, metavar="N", help="of the random numbers (default 1)"
    )
    parser.add_argument(
        "--bounds", type=_bound, metavar="N",
        help="no costs: the most of sleeps and polls in what is measured, while others begin N more rounds",
    )  # fmt: skip
    parser.add_argument("--plot", type=Path, metavar="FILE.svg", help="draw a sweep over times, too")
    parser.add_argument(
        "--points", type=_points, default=20, metavar="N",
        help="episodes in each of the 20 batches of a row (default 20)",
    )  # fmt: skip
    parser.add_argument(
        "--precision", type=_precision, metavar="P",
        help="as many episodes as it takes until means of time are known to this part, as 1%%",
    )  # fmt: skip
    parser.add_argument("--time", type=_seconds, metavar="S", help="stop after about so many seconds")
    parser.add_argument(
        "--require", action="append", default=[], metavar="TEXT",
        help="exit 1 unless it is so: \"refresh_time.p99 < 200us under block in two_cpus\" (may be repeated)",
    )  # fmt: skip
    parser.add_argument(
        "--exact", action="store_true", help="every moment of arrival there is, where nothing else is random"
    )
    parser.add_argument("--quick", action="store_true", help="without what the answer depends on")
    parser.add_argument(
        "--ties", choices=("first", "last"), default="first",
        help="what is due at the same time happens in this order (default first)",
    )  # fmt: skip
    parser.add_argument(
        "--trace", type=_seed, metavar="N", help="show episode N of the first cell, step by step"
    )
    parser.add_argument(
        "--format",
        choices=("text", "json", "csv", "html", "svg"),
        default="text",
        help="of the result (default text); svg is the picture of a sweep",
    )
    parser.add_argument("--width", type=_columns, metavar="N", help="columns of the text (default 72)")
    return parser


def costs(commands: argparse._SubParsersAction[argparse.ArgumentParser]) -> argparse.ArgumentParser:
    """`pfnspec costs`."""
    parser = commands.add_parser(
        "costs", help="the default costs with their sources, and what measures those of a host",
        description="Prints the default table of costs with the source of each figure.",
    )  # fmt: skip
    what = parser.add_mutually_exclusive_group()
    what.add_argument(
        "--program", action="store_true", help="a C program that measures the four that matter on this host"
    )
    what.add_argument(
        "--bpftrace", action="store_true", help="a script that records lengths and rates of invalidations"
    )
    what.add_argument("--toml", action="store_true", help="the table itself, to begin one's own with")
    return parser


def _seed(text: str) -> int:
    if not text.isascii() or not text.isdecimal() or len(text) > 18:
        raise argparse.ArgumentTypeError(f"`{text}` is not a number from 0 on, of at most 18 digits")
    return int(text)


def _points(text: str) -> int:
    if not text.isascii() or not text.isdecimal() or len(text) > 6 or not 1 <= int(text) <= 5000:
        raise argparse.ArgumentTypeError(f"`{text}` is not a number from 1 to 5000")
    return int(text)


def _windows(text: str) -> tuple[int, ...]:
    from ...timing.table.units import NoTime, nanoseconds

    try:
        found = tuple(nanoseconds(part) for part in text.split(","))
    except NoTime as fault:
        raise argparse.ArgumentTypeError(str(fault)) from None
    if not all(found):
        raise argparse.ArgumentTypeError("a window is longer than nothing")
    return found


def _bound(text: str) -> int:
    if not text.isascii() or not text.isdecimal() or len(text) > 2:
        raise argparse.ArgumentTypeError(f"`{text}` is not a number from 0 to 99")
    return int(text)


def _columns(text: str) -> int:
    if not text.isascii() or not text.isdecimal() or not 0 < int(text) < 10**6:
        raise argparse.ArgumentTypeError(f"`{text}` is not a number above zero")
    return int(text)


def _precision(text: str) -> float:
    word = text.removesuffix("%")
    try:
        value = float(word) / (100 if word != text else 1)
    except ValueError:
        value = 0.0
    if not 0.0001 <= value < 1:
        raise argparse.ArgumentTypeError(f"`{text}` is not a part such as 1%, from 0.01% to 100%")
    return value


def _seconds(text: str) -> float:
    try:
        value = float(text)
    except ValueError:
        value = 0.0
    if not 0 < value < 10**6:
        raise argparse.ArgumentTypeError(f"`{text}` is not a number of seconds above zero")
    return value
