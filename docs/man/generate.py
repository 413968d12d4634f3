"""Writes `pfnspec.1` from the command line's own parser: `python docs/man/generate.py`.

A test says when it has to be run.  The layout is the same for all versions of Python;
argparse's own is not.
"""

from __future__ import annotations

import argparse
import re
from collections.abc import Iterable, Iterator
from pathlib import Path

from pfnspec.cli.main import EPILOG, command_line

PAGE = Path(__file__).with_name("pfnspec.1")

DESCRIPTION = """
A model describes a concurrent kernel protocol in a language that looks like Python and has the words of the
kernel.  pfnspec searches all its interleavings with TLC and tells what it finds in lines of the model.
Where FILE is `-`, the model comes from standard input.
"""
ENVIRONMENT = {
    "PFNSPEC_JAVA": "the Java to use, as `--java`",
    "PFNSPEC_TLA2TOOLS": "the tla2tools.jar to use, as `--tla2tools`",
    "PFNSPEC_SPIN": "the Spin of `--engine spin` (default: spin on the path)",
    "CC": "the C compiler of `--engine spin` (default: gcc, clang or cc on the path)",
    "PFNSPEC_CACHE": "where tables and verdicts are kept (default: XDG_CACHE_HOME, then ~/.cache)",
    "PFNSPEC_TRACEBACK": "when set, a mistake in pfnspec itself shows where it happens",
    "NO_COLOR": "when set, text is plain on a terminal too",
    "GITHUB_ACTIONS": "when `true`, `check` also prints annotations, and GITHUB_STEP_SUMMARY gets a summary",
}
EXAMPLES = {
    "pfnspec check model.pfn": "Checks all that the model says, and all that is always checked.",
    'pfnspec check model.pfn --property "stale PFN used" --const VCPUS=3': "One property, one more vCPU.",
    "pfnspec check *.pfn --format lines": "One line per place, for an editor.",
    "pfnspec check model.pfn --report html=report.html": "A page to step through the counterexamples.",
    "pfnspec simulate model.pfn --seed 7": "One behaviour, the same every time.",
}


def page() -> str:
    """The manual page, in the macros of man(7)."""
    parser = command_line()
    commands = list(_commands(parser))
    lines = [
        '.TH PFNSPEC 1 "" "pfnspec" "User Commands"',
        ".SH NAME",
        "pfnspec \\- check specifications of concurrent kernel protocols",
        ".SH SYNOPSIS",
    ]
    for name, _, command in commands:
        lines += [f".B pfnspec {name}", *filter(None, [_usage(command)]), ".br"]
    lines += [".B pfnspec", "[\\fB\\-\\-version\\fR] [\\fB\\-\\-help\\fR]", ".SH DESCRIPTION"]
    lines += [
        _text(DESCRIPTION),
        ".SH COMMANDS",
    ]
    for name, help, command in commands:
        lines += [f".SS pfnspec {name}", _text(_sentence(command.description or help))]
        for action in command._actions:
            if action.dest != "help":
                lines += [".TP", _head(action), _text(action.help or "")]
    lines += [".SH EXIT STATUS", *_terms(_statuses()), ".SH ENVIRONMENT", *_terms(ENVIRONMENT.items())]
    lines += [".SH EXAMPLES", *_terms(EXAMPLES.items())]
    return "\n".join(lines) + "\n"


def _commands(parser: argparse.ArgumentParser) -> Iterator[tuple[str, str, argparse.ArgumentParser]]:
    """Each command's name, what is said of it, and its parser."""
    for action in parser._actions:
        if isinstance(action, argparse._SubParsersAction):
            told = {choice.dest: choice.help or "" for choice in action._choices_actions}
            for name, command in action.choices.items():
                yield name, told.get(name, ""), command


def _usage(command: argparse.ArgumentParser) -> str:
    """The positional arguments, after all options."""
    parts = (
        ["[\\fIOPTION\\fR]..."]
        if any(a.option_strings and a.dest != "help" for a in command._actions)
        else []
    )
    for action in command._actions:
        if not action.option_strings:
            name = f"\\fI{_plain(_value(action))}\\fR"
            parts.append(
                {"+": f"{name}...", "?": f"[{name}]", "*": f"[{name}...]"}.get(str(action.nargs), name)
            )
    return " ".join(parts)


def _head(action: argparse.Action) -> str:
    """An option with its value, or the name of an argument."""
    value = f" \\fI{_plain(_value(action))}\\fR" if action.nargs != 0 else ""
    if not action.option_strings:
        return value.strip()
    return ", ".join(f"\\fB{_plain(name)}\\fR" for name in action.option_strings) + value


def _value(action: argparse.Action) -> str:
    if action.choices:
        return "|".join(map(str, action.choices))
    return str(action.metavar or action.dest.upper())


def _statuses() -> Iterable[tuple[str, str]]:
    return re.findall(r"^  (\d)  (.*)$", EPILOG, re.MULTILINE)


def _terms(items: Iterable[tuple[str, str]]) -> Iterator[str]:
    for name, text in items:
        yield from (".TP", f"\\fB{_plain(name)}\\fR", _text(text))


def _sentence(text: str) -> str:
    return f"{text[0].upper()}{text[1:].removesuffix('.')}."


def _text(text: str) -> str:
    """A paragraph's words; what stands in backquotes is bold."""
    made = re.sub(r"`([^`]*)`", r"\\fB\1\\fR", _plain(" ".join(text.split())))
    return f"\\&{made}" if made[:1] in (".", "'") else made


def _plain(text: str) -> str:
    """Text that troff takes for nothing else."""
    return text.replace("\\", "\\e").replace("-", "\\-").replace("%%", "%")


if __name__ == "__main__":
    PAGE.write_text(page(), encoding="utf-8")
