"""`pfnspec explain`."""

from __future__ import annotations

import argparse

from ...dsl.diagnostics import did_you_mean
from ...dsl.explain import codes, explanation
from ..write import complain, put_line


def run(options: argparse.Namespace) -> int:
    """Prints what a code means, or all codes."""
    if options.code is None:
        for code in codes():
            entry = explanation(code)
            put_line(f"{code:24} {entry.title if entry else ''}".rstrip())
        return 0
    code = options.code.strip().removeprefix("error[").removesuffix("]")
    entry = explanation(code)
    if entry is None:
        help = did_you_mean(code, codes())
        complain(f"there is no code `{code}`{': ' + help if help else ''}")
        return 2
    put_line(f"{entry.code}: {entry.title}\n\n{entry.text}\n")
    if entry.example:
        put_line("\n".join(f"    {line}".rstrip() for line in entry.example.rstrip().split("\n")))
    return 0
