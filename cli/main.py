"""`pfnspec`: reads the arguments and hands over to a command."""

from __future__ import annotations

import argparse
import io
import os
import sys
from collections.abc import Sequence
from pathlib import Path

from .arguments import ablation, recording, review, shown
from .arguments.shown import positive
from .costs import arguments as cost_arguments

TYPE_CHECKING = False  # What it is good for would take longer to import than all of this.
if TYPE_CHECKING:
    from typing import NoReturn

EPILOG = """exit status:
  0  every verdict is as expected
  1  a verdict differs from what is expected
  2  the specification or the command line is wrong
  3  stopped at a limit, interrupted, or left to TLC, before a verdict
  4  the tool failed (no Java, out of memory, TLC died)
"""


def main(arguments: Sequence[str] | None = None) -> int:
    """Runs one command; returns the exit status.  No input makes it raise, `SystemExit` for `--help` and
    wrong usage apart."""
    _make_streams_safe()
    try:
        try:
            parser = command_line()
            if "_ARGCOMPLETE" in os.environ:
                from .commands.completion import complete

                complete(parser)
            options = parser.parse_args(arguments)
            return int(options.command(options))
        finally:
            sys.stdout.flush()
    except BrokenPipeError:
        # Whoever read our output has gone; nothing more can be said.
        from .write import discard

        discard(sys.stdout)
        return 4
    except KeyboardInterrupt:
        from .write import complain

        # An interrupt that has gone through code made at run time (that of a dataclass) leaves a mark with
        # which `python -m` ends as if nobody had caught it; such code that ends well takes it away.
        exec("")
        complain("interrupted")
        return 3
    except OSError as fault:
        from .write import complain, discard

        place = f"{fault.filename}: " if fault.filename else ""
        complain(f"{place}{fault.strerror or fault}")
        discard(sys.stdout)
        return 4
    except Exception as fault:
        if os.environ.get("PFNSPEC_TRACEBACK"):
            raise
        what = " ".join(f"{type(fault).__name__}: {fault}".split())
        from .write import complain

        complain(f"this is a mistake in pfnspec, please report it: {what}")
        complain("PFNSPEC_TRACEBACK=1 in the environment shows where it happens")
        return 4
    finally:
        # Python would make a status of its own of what cannot be written at its end.
        try:
            sys.stderr.flush()
        except OSError:
            from .write import discard

            discard(sys.stderr)


def _make_streams_safe() -> None:
    """Output goes nowhere when it is closed, and letters that it cannot hold are escaped."""
    for name in ("stdout", "stderr"):
        stream = getattr(sys, name)
        if stream is None:
            setattr(sys, name, open(os.devnull, "w", encoding="utf-8"))  # noqa: SIM115
        elif isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(errors="backslashreplace")


def command_line() -> argparse.ArgumentParser:
    """All commands and their options."""
    parser: argparse.ArgumentParser = _Parser(
        prog="pfnspec", description="Checks specifications of concurrent kernel protocols.",
        epilog=EPILOG, formatter_class=argparse.RawDescriptionHelpFormatter,
    )  # fmt: skip
    parser.add_argument(
        "--version", action=_Version, nargs=0, dest=argparse.SUPPRESS, help="show the version and end"
    )
    commands = parser.add_subparsers(title="commands", metavar="COMMAND", required=True)
    _check(commands)
    _saved(commands)
    _translate(commands)
    _simulate(commands)
    for name, made in recording.both(commands, positive):
        for add in (_cell, _model, *([_tools] if name == "validate" else [])):
            add(made)
        started = ("validate", "run" if name == "validate" else name)
        made.set_defaults(command=_run(*started, stoppable=name == "validate"))
    for made in ablation.both(commands):
        for add in (_model, _checking, _tools):
            add(made)
        made.set_defaults(command=_run("ablate", stoppable=True))
    for name, made in (("gate", review.gate(commands)), ("diff", review.diff(commands))):
        made.add_argument("--width", type=positive, metavar="N", help="columns of the text; 72 suits a mail")
        for add in (_configuration, _model, _checking, _tools):
            add(made)
        made.set_defaults(command=_run("gate", "run" if name == "gate" else name, stoppable=True))
    for name, made in cost_arguments.both(commands, _model):
        made.set_defaults(command=_run("cost", "run" if name == "cost" else "table"))
    _fmt(commands)
    _init(commands)
    explain = commands.add_parser("explain", help="what a diagnostic or a word of a result means, by example")
    explain.add_argument(
        "code", nargs="*", metavar="CODE",
        help="as in error[CODE], or a word: deadlock, lost wake-up, policy spin; without one, all are listed",
    )  # fmt: skip
    explain.set_defaults(command=_run("explain"))
    lsp = commands.add_parser(
        "lsp", help="a language server, for editors",
        description="Speaks the language server protocol on standard input and output; editors start it.",
    )  # fmt: skip
    lsp.set_defaults(command=_run("lsp"))
    completion = commands.add_parser(
        "completion", help="completion of commands, options and names, for a shell",
        description="Prints what a shell needs to complete pfnspec's commands, options, and names of the"
        " model on the line.  For bash: eval \"$(pfnspec completion bash)\"",
    )  # fmt: skip
    completion.add_argument("shell", choices=("bash", "zsh", "fish"), help="which shell")
    completion.set_defaults(command=_run("completion"))
    doctor = commands.add_parser("doctor", help="which Java, which TLC, what works")
    _tools(doctor)
    doctor.set_defaults(command=_run("doctor"))
    return parser


class _Parser(argparse.ArgumentParser):
    """Tells a wrong command line in one line, whatever is in it."""

    def error(self, message: str) -> NoReturn:
        from ..report.visible import visible

        super().error(visible(message))


class _Version(argparse.Action):
    """Prints the version, which takes longer to find out than all the rest of this module."""

    def __call__(self, parser: argparse.ArgumentParser, *_: object, **__: object) -> None:
        from importlib.metadata import PackageNotFoundError, version

        try:
            found = version("pfnspec")
        except PackageNotFoundError:
            found = "(not installed)"
        print(f"pfnspec {found}")
        parser.exit()


def _run(module: str, function: str = "run", *, stoppable: bool = False):  # type: ignore[no-untyped-def]
    """The command's function, imported only when it is run: start-up time is the user's.

    A `stoppable` one ends with what is known: it finds an event `cancel` among its options, which a signal
    sets, from now on.
    """

    def run(options: argparse.Namespace) -> int:
        from importlib import import_module

        from .signals import held_back, stop_on_signals

        if stoppable:
            from threading import Event

            options.cancel = Event()
            stop_on_signals(options.cancel)
            command = getattr(import_module(f".commands.{module}", __package__), function)
        else:
            with held_back():
                command = getattr(import_module(f".commands.{module}", __package__), function)
        return int(command(options))

    return run


def _constants(text: str) -> tuple[str, str]:
    name, equals, value = text.partition("=")
    if not equals or not name.strip() or not value.strip():
        raise argparse.ArgumentTypeError(f"`{text}` is not of the form NAME=VALUE")
    return name.strip(), value.strip()


def _seconds(text: str) -> float:
    try:
        value = float(text)
    except ValueError:
        value = 0.0
    if not 0 < value < 10**9:
        raise argparse.ArgumentTypeError(f"`{text}` is not a number of seconds above zero")
    return value


def _part(text: str) -> tuple[int, int]:
    part, _, parts = text.partition("/")
    if not (part.isdecimal() and parts.isdecimal() and len(parts) < 5 and 0 < int(part) <= int(parts)):
        raise argparse.ArgumentTypeError(f"`{text}` is not of the form I/N with I from 1 to N")
    return int(part), int(parts)


def _check(commands: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    check = commands.add_parser(
        "check", help="check models", epilog=EPILOG,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )  # fmt: skip
    check.add_argument("files", nargs="*", metavar="FILE", help=f"models, or folders of them; {_FILES}")
    _configuration(check)
    _model(check)
    check.add_argument(
        "--property", action="append", default=[], metavar="NAME", dest="properties",
        help="check only this property (may be repeated)",
    )  # fmt: skip
    check.add_argument(
        "--policy", action="append", default=[], metavar="NAME", dest="policies",
        help="check only under this wait policy (may be repeated)",
    )  # fmt: skip
    check.add_argument(
        "--scenario", action="append", default=[], metavar="NAME", dest="scenarios",
        help="check only in this scenario (may be repeated)",
    )  # fmt: skip
    check.add_argument("--fail-fast", action="store_true", help="stop at the first unexpected verdict")
    _checking(check)
    shown.shown(check)
    shown.space(check)
    check.add_argument(
        "--watch", action="store_true", help="check again whenever a file is saved, until Ctrl-C"
    )
    check.add_argument(
        "--shard", type=_part, metavar="I/N", help="only part I of N of the scenarios and policies; see merge"
    )
    check.add_argument("--keep", type=Path, metavar="DIR", help="keep what TLC, or Spin, is given and prints")
    _tools(check)
    check.set_defaults(command=_run("check", stoppable=True))


def _checking(parser: argparse.ArgumentParser) -> None:
    """How models are checked."""
    parser.add_argument(
        "--engine", choices=("tlc", "interpreter", "spin", "spin-bitstate"), default="tlc",
        help="interpreter: small models without Java; spin: safety of large ones, with Spin and a C "
        "compiler; spin-bitstate: what does not fit into memory (default tlc)",
    )  # fmt: skip
    parser.add_argument(
        "--jobs", type=positive, metavar="N", help="TLCs side by side (default: one a processor)"
    )
    parser.add_argument("--workers", type=positive, metavar="N", help="threads of each TLC (default 1)")
    parser.add_argument("--timeout", type=_seconds, metavar="S", help="stop after so many seconds")
    parser.add_argument(
        "--run-timeout", type=_seconds, metavar="S", help="stop each run of TLC after so many seconds"
    )
    parser.add_argument(
        "--max-states", type=positive, metavar="N", help="stop a run beyond so many distinct states"
    )
    parser.add_argument(
        "--no-reduction", action="store_true", help="one access a step throughout: the same verdicts, slower"
    )
    remembering = parser.add_mutually_exclusive_group()
    remembering.add_argument(
        "--cache", type=Path, metavar="DIR", help="keep verdicts there (default: in the user's cache)"
    )
    remembering.add_argument(
        "--no-cache", action="store_true", help="check everything anew, and keep nothing of it"
    )


def _saved(commands: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    trace = commands.add_parser(
        "trace", help="a saved result again, in any format, without checking",
        description="Shows what `check --format json` or `check --report json=FILE` saved; needs no model.",
    )  # fmt: skip
    trace.add_argument("file", metavar="RESULT.json", help="saved results; - is standard input")
    for axis, name in (("property", "properties"), ("policy", "policies"), ("scenario", "scenarios")):
        trace.add_argument(
            f"--{axis}", action="append", default=[], metavar="NAME", dest=name,
            help=f"show only this {axis} (may be repeated)",
        )  # fmt: skip
    shown.shown(trace)
    trace.set_defaults(command=_run("saved", "trace"))
    merge = commands.add_parser(
        "merge", help="one result from those of all shards", epilog=EPILOG,
        formatter_class=argparse.RawDescriptionHelpFormatter,
        description="Joins what `pfnspec check --shard I/N --report json=FILE` saved on several machines.",
    )  # fmt: skip
    merge.add_argument("files", nargs="+", metavar="RESULT.json", help="the results of all shards")
    shown.shown(merge)
    merge.set_defaults(command=_run("saved", "merge"))


_FILES = "- is standard input; without one, what the project's configuration names"


def _configuration(parser: argparse.ArgumentParser) -> None:
    which = parser.add_mutually_exclusive_group()
    which.add_argument(
        "--config", type=Path, metavar="FILE",
        help="configuration (default: pfnspec.toml or pyproject.toml in the project's root)",
    )  # fmt: skip
    which.add_argument("--no-config", action="store_true", help="no configuration")


def _model(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "--const", action="append", default=[], type=_constants, metavar="NAME=VALUE", dest="constants",
        help="another value for a constant (may be repeated)",
    )  # fmt: skip
    parser.add_argument(
        "--memory", choices=("sc", "weak"),
        help="the memory model of every scenario: sequentially consistent, or the kernel's",
    )  # fmt: skip
    parser.add_argument(
        "--allow-outside", action="store_true", help="a variant's base may lie outside the project"
    )


def _tools(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--java", metavar="FILE", help="the Java to use (also PFNSPEC_JAVA)")
    parser.add_argument(
        "--tla2tools", metavar="FILE", help="the tla2tools.jar to use (also PFNSPEC_TLA2TOOLS)"
    )


def _translate(commands: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    translate = commands.add_parser("translate", help="the TLA+ module and cfg of a model")
    translate.add_argument("file", metavar="FILE", help="a model; - is standard input")
    translate.add_argument(
        "-o", "--output", type=Path, metavar="DIR", help="write NAME.tla, NAME.cfg and NAME.map.json there"
    )
    translate.add_argument("--program", action="store_true", help="show the lowered program instead")
    translate.add_argument(
        "--explain-reduction", action="store_true",
        help="show instead which accesses are merged into one step, and what keeps the others apart",
    )  # fmt: skip
    translate.add_argument("--no-reduction", action="store_true", help="one access a step throughout")
    _cell(translate)
    translate.add_argument(
        "--property", action="append", default=[], metavar="NAME", dest="properties",
        help="for this temporal property, with fairness, instead of the safety properties",
    )  # fmt: skip
    _model(translate)
    translate.set_defaults(command=_run("translate"))


def _simulate(commands: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    simulate = commands.add_parser(
        "simulate", help="one behaviour of a model, by chance or as you choose",
        description="Shows one random behaviour of a model, one access a step; exits with 1 when it ends in a"
        " violation.  No Java is needed.",
    )  # fmt: skip
    simulate.add_argument("file", metavar="FILE", help="a model; - is standard input")
    simulate.add_argument(
        "--seed", type=_seed, metavar="N", help="of the random numbers (default: a new one, which is shown)"
    )
    simulate.add_argument(
        "--steps", type=_steps, default=100, metavar="N", help="stop after so many (default 100)"
    )
    simulate.add_argument(
        "-i", "--interactive", action="store_true", help="choose each step; commands are read, h lists them"
    )
    _cell(simulate)
    simulate.add_argument("--width", type=positive, metavar="N", help="columns of the text; 72 suits a mail")
    simulate.add_argument(
        "--from", metavar="RESULT.json", dest="loaded",
        help="with -i: begin with the counterexample of a saved result, to leave it at any step",
    )  # fmt: skip
    simulate.add_argument(
        "--property",
        metavar="NAME",
        help="with --from: the counterexample to this property (default: the first)",
    )
    simulate.add_argument(
        "--verbose", action="store_true", help="with the steps and values that tell nothing, too"
    )
    _model(simulate)
    simulate.set_defaults(command=_run("simulate"))


def _seed(text: str) -> int:
    if not text.isascii() or not text.isdecimal() or len(text) > 18:
        raise argparse.ArgumentTypeError(f"`{text}` is not a number from 0 on, of at most 18 digits")
    return int(text)


def _steps(text: str) -> int:
    if not text.isascii() or not text.isdecimal() or not 0 < int(text[:9]) <= 100_000 or len(text) > 9:
        raise argparse.ArgumentTypeError(f"`{text}` is not a number from 1 to 100000")
    return int(text)


def _cell(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--scenario", metavar="NAME", help="in this scenario (default: the first)")
    parser.add_argument("--policy", metavar="NAME", help="under this wait policy (default: the first)")


def _fmt(commands: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    fmt = commands.add_parser("fmt", help="canonical layout, in place")
    fmt.add_argument(
        "files", nargs="*", metavar="FILE",
        help=f"models, or folders of them; {_FILES.replace('input', 'input to standard output')}",
    )  # fmt: skip
    _configuration(fmt)
    fmt.add_argument("--check", action="store_true", help="change nothing; exit 1 if a file would change")
    fmt.add_argument("--diff", action="store_true", help="change nothing; show what would change")
    fmt.set_defaults(command=_run("fmt"))


def _init(commands: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    init = commands.add_parser("init", help="a first model, a configuration and a workflow to begin with")
    init.add_argument(
        "folder", nargs="?", type=Path, default=Path(), metavar="DIR", help="where to (default: here)"
    )
    init.add_argument(
        "--gitlab", action="store_true", help="a pipeline for GitLab instead of GitHub's workflow"
    )
    init.set_defaults(command=_run("init"))


if __name__ == "__main__":
    sys.exit(main())
