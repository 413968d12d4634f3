"""The arguments of `pfnspec validate` and `pfnspec probes`, but for those that other commands have too."""

from __future__ import annotations

import argparse
import re
from collections.abc import Callable

from ...recording.times import seconds_of

_Commands = argparse._SubParsersAction


def both(
    commands: _Commands[argparse.ArgumentParser], number: Callable[[str], int]
) -> tuple[tuple[str, argparse.ArgumentParser], ...]:
    """Adds both to the commands, with their names; `number` reads one above zero."""
    return ("validate", _validate(commands, number)), ("probes", _probes(commands))


def _validate(
    commands: _Commands[argparse.ArgumentParser], number: Callable[[str], int]
) -> argparse.ArgumentParser:
    made = commands.add_parser(
        "validate", help="whether a model can do what a recorded kernel did",
        description="Compares recordings of a running kernel with a model, by the `recording` that it"
        " declares.  Exits with 0 when a behaviour of the model explains each recording, with 1 when one has"
        " an event that none explains.  No Java is needed.",
    )  # fmt: skip
    made.add_argument("file", metavar="MODEL", help="a model with a `recording`")
    made.add_argument(
        "recordings", nargs="*", metavar="RECORDING",
        help="text of ftrace, `trace-cmd report`, `perf script` or bpftrace, or NDJSON; also .gz and .xz;"
        " - is standard input; without any, those that MODEL.recordings.toml beside the model names",
    )  # fmt: skip
    _binding(made)
    made.add_argument(
        "--skew", type=_length, metavar="TIME",
        help="how far the clocks of two CPUs may differ, as in 2us: events closer than that may have happened"
        " either way (default: 0)",
    )  # fmt: skip
    made.add_argument("--from", type=_length, metavar="TIME", dest="begin", help="leave out what is earlier")
    made.add_argument("--to", type=_length, metavar="TIME", dest="end", help="leave out what is later")
    made.add_argument(
        "--thread", action="append", default=[], metavar="NAME", dest="threads",
        help="events of threads of this name or number only (may be repeated); what others do is left free",
    )  # fmt: skip
    made.add_argument(
        "--interval", action="append", default=[], type=_interval, metavar="[PLACE=]A:B", dest="intervals",
        help="also how long it takes from event A of a thread to its next event B (may be repeated); PLACE is"
        " the model's name for it, for --format costs; PROCESS=A:A is how often its loop comes round",
    )  # fmt: skip
    made.add_argument("--histogram", action="store_true", help="also how the lengths are spread")
    made.add_argument(
        "--tlc", action="store_true",
        help="ask TLC as well (of up to 5000 events without gaps); where it disagrees, there is no verdict",
    )  # fmt: skip
    made.add_argument("--no-reduction", action="store_true", help="one access a step throughout")
    made.add_argument("--max-states", type=number, metavar="N", help="give up at so many states (500000)")
    made.add_argument(
        "--format", choices=("text", "json", "junit", "html", "costs"), default="text",
        help="of what came of it; costs is a table for `pfnspec cost`, of the lengths of each PLACE",
    )  # fmt: skip
    made.add_argument("--width", type=number, metavar="N", help="columns of the text; 72 suits a mail")
    return made


def _probes(commands: _Commands[argparse.ArgumentParser]) -> argparse.ArgumentParser:
    made = commands.add_parser(
        "probes", help="how a kernel is asked for the events that a model's `recording` binds",
        description="Prints a script that records the events of a model's `recording` on a running kernel.",
    )  # fmt: skip
    made.add_argument("file", metavar="MODEL", help="a model with a `recording`; - is standard input")
    made.add_argument(
        "--for", choices=("ftrace", "trace-cmd", "bpftrace", "perf"), default="ftrace", dest="tool",
        help="the tool that records (default: ftrace, a script for /sys/kernel/tracing)",
    )  # fmt: skip
    made.add_argument(
        "--symbol", action="append", default=[], type=_renamed, metavar="OLD=NEW", dest="symbols",
        help="another name for a function (may be repeated): of another kernel, or with MODULE: in front",
    )  # fmt: skip
    _binding(made)
    return made


def _binding(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--recording", metavar="NAME", help="which `recording`, if the model has several")


def _length(text: str) -> float:
    try:
        return seconds_of(text)
    except ValueError as fault:
        raise argparse.ArgumentTypeError(str(fault)) from None


def _interval(text: str) -> tuple[str | None, str, str]:
    found = re.fullmatch(r"(?:(\w+(?:[.:]\w+)*)=)?([\w-]+):([\w-]+)", text)
    if found is None:
        raise argparse.ArgumentTypeError(f"`{text}` is not of the form A:B or PLACE=A:B")
    return found[1], found[2], found[3]


def _renamed(text: str) -> tuple[str, str]:
    old, equals, new = text.partition("=")
    if not equals or not re.fullmatch(r"[\w.]+", old) or not re.fullmatch(r"(?:[\w-]+:)?[\w.]+", new):
        raise argparse.ArgumentTypeError(f"`{text}` is not of the form OLD=NEW")
    return old, new
