"""`pfnspec completion`: what a shell needs to complete commands, options and names of a model."""

from __future__ import annotations

import argparse
from collections.abc import Iterable, Mapping

import argcomplete
from argcomplete.completers import DirectoriesCompleter, FilesCompleter
from argcomplete.shell_integration import shellcode

from ...check.load import Cell, load
from ...dsl.explain import codes
from ...report.kinds import KINDS
from ..write import data


def run(options: argparse.Namespace) -> int:
    """Prints the code for a shell."""
    data(shellcode(["pfnspec"], shell=options.shell).strip() + "\n")
    return 0


def complete(parser: argparse.ArgumentParser) -> None:
    """Answers a shell that asks how a line goes on, and ends."""
    for part in (parser, *_commands(parser)):
        for action in part._actions:
            completer = _completer(action)
            if completer is not None:
                action.completer = completer  # type: ignore[attr-defined]
    argcomplete.autocomplete(parser, always_complete_options="long")


def _commands(parser: argparse.ArgumentParser) -> Iterable[argparse.ArgumentParser]:
    for action in parser._actions:
        if isinstance(action, argparse._SubParsersAction):
            yield from dict.fromkeys(action.choices.values())


def _completer(action: argparse.Action) -> object:
    """What knows the values of an argument; None where argparse itself does."""
    if action.nargs == 0 or action.choices is not None:
        return None
    match action.metavar:
        case "FILE" if action.dest == "config":
            return FilesCompleter(("toml",))
        case "FILE" if action.option_strings:
            return FilesCompleter()
        case "FILE" | "PATH" | "OLD" | "NEW":
            return FilesCompleter(("pfn",))
        case "RESULT.json":
            return FilesCompleter(("json",))
        case "DIR":
            return DirectoriesCompleter()
        case "KIND=FILE":
            return lambda **_: [f"{kind}=" for kind in KINDS]
        case "CODE":
            return lambda **_: codes()
        case "NAME" | "NAME=VALUE":
            return lambda parsed_args, **_: _names(action.dest, parsed_args)
    return lambda **_: []


def _names(what: str, options: argparse.Namespace) -> list[str]:
    """The names that the models on the line have of a kind; none while they have errors."""
    paths = getattr(options, "files", None) or [getattr(options, "file", None)]
    found: dict[str, None] = {}
    for path in paths:
        if path and path != "-":
            for cell in load(path, outside=True).cells:
                found |= dict.fromkeys(_of_cell(what, cell))
    return list(found)


def _of_cell(what: str, cell: Cell) -> Iterable[str]:
    kinds: Mapping[str, Iterable[str | None]] = {
        "properties": (*cell.program.properties, *(p.name for p in cell.program.temporal)),
        "polic": (cell.policy,),
        "scenario": (cell.scenario,),
        "constants": (f"{name}=" for name, _ in cell.model.constants),
    }
    names = next(names for kind, names in kinds.items() if what.startswith(kind))
    # What cannot be shown cannot be typed.
    return (name for name in names if name is not None and name.isprintable())
