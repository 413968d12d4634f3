"""`pfnspec explain`."""

from __future__ import annotations

import argparse
import sys

from ..dsl.diagnostics import did_you_mean
from ..dsl.explain import codes, explanation


def run(options: argparse.Namespace) -> int:
    """Prints what a code means, or all codes."""
    if options.code is None:
        for code in codes():
            entry = explanation(code)
            print(f"{code:24} {entry.title if entry else ''}".rstrip())
        return 0
    code = options.code.strip().removeprefix("error[").removesuffix("]")
    entry = explanation(code)
    if entry is None:
        help = did_you_mean(code, codes())
        print(f"pfnspec: there is no code `{code}`{': ' + help if help else ''}", file=sys.stderr)
        return 2
    print(f"{entry.code}: {entry.title}\n\n{entry.text}\n")
    if entry.example:
        print("\n".join(f"    {line}".rstrip() for line in entry.example.rstrip().split("\n")))
    return 0
