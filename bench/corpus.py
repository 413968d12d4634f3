"""Every example with and without reduction: the same verdicts, and how many states each needs.

    python bench/corpus.py [--seconds 600] [EXAMPLE...]

A table is printed; the exit status is 1 when a verdict differs.  A run without reduction is stopped after
`--seconds` and its open verdicts are not compared; how many these are is told.
"""

from __future__ import annotations

import argparse
import os
import sys
from dataclasses import dataclass
from pathlib import Path

from pfnspec.check.options import Options
from pfnspec.check.result import UNDECIDED, Result
from pfnspec.check.run import check_file

ROOT = Path(__file__).resolve().parents[1]


@dataclass(frozen=True, slots=True)
class Compared:
    """Two checks of one example: how many verdicts are the same, which differ, how many were left open."""

    same: int
    different: tuple[str, ...]
    left_open: int
    reduced: Result
    whole: Result


def compared(path: str, seconds: float) -> Compared:
    """Checks an example both ways; raises RuntimeError where a tool failed."""
    reduced = check_file(path, Options())
    whole = check_file(path, Options(reduction=False, run_seconds=seconds))
    for result in (reduced, whole):
        if result.failure is not None:
            raise RuntimeError(f"{path}: {result.failure.message}")
    known = {(v.property, v.scenario, v.policy): v.outcome for v in reduced.verdicts}
    other = {(v.property, v.scenario, v.policy): v.outcome for v in whole.verdicts}
    assert known.keys() == other.keys(), path
    left_open = [key for key, outcome in other.items() if outcome == UNDECIDED]
    different = [key for key, outcome in other.items() if outcome not in (UNDECIDED, known[key])]
    named = tuple(f"{' '.join(filter(None, key))}: {known[key]}, whole {other[key]}" for key in different)
    return Compared(len(known) - len(left_open) - len(different), named, len(left_open), reduced, whole)


def states(result: Result) -> int:
    return (result.evidence.states if result.evidence else None) or 0


def main() -> int:
    form = argparse.RawDescriptionHelpFormatter
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=form)
    parser.add_argument("examples", nargs="*", metavar="EXAMPLE")
    parser.add_argument("--seconds", type=float, default=600.0)
    asked = parser.parse_args()
    os.chdir(ROOT)
    paths = asked.examples or sorted(str(p.relative_to(ROOT)) for p in ROOT.glob("examples/*/*.pfn"))
    print("| example | verdicts | different | left open | states | reduced | ratio |")
    print("|---|---|---|---|---|---|---|")
    wrong = 0
    for path in paths:
        found = compared(path, asked.seconds)
        wrong += len(found.different)
        large, small = states(found.whole), states(found.reduced)
        counts = f"{found.same} | {len(found.different)} | {found.left_open} | {large:,} | {small:,}"
        print(f"| {path.removeprefix('examples/')} | {counts} | {large / max(1, small):.0f} |", flush=True)
        for text in found.different:
            print(f"    {path}: {text}", file=sys.stderr)
    return 1 if wrong else 0


if __name__ == "__main__":
    raise SystemExit(main())
