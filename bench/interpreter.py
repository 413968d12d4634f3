"""How many states a second the interpreter searches, whole and reduced, verdicts included.

python bench/interpreter.py [FILE] [--states 12000] [--const NAME=VALUE ...]
"""

from __future__ import annotations

import argparse
import sys
import time
from pathlib import Path

from pfnspec.check.load import load
from pfnspec.translator.lower.temporal import focused
from pfnspec.translator.pipeline import whole
from pfnspec.translator.program.program import Program
from pfnspec.translator.reduce.reduce import safety_reduced
from pfnspec.translator.run.interpreter import Exploration, Interpreter

UPSTREAM = Path(__file__).resolve().parents[1] / "examples" / "pfncache" / "upstream.pfn"


def searched(program: Program, most: int) -> tuple[int, float]:
    """How many states were searched, up to `most`, and in how many seconds."""
    interpreter = Interpreter(program)
    began = time.perf_counter()
    number = 0
    for number, state in enumerate(Exploration(interpreter), start=1):
        for _ in interpreter.violations(state):
            pass
        if number >= most:
            break
    return number, time.perf_counter() - began


def main() -> int:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("file", nargs="?", default=str(UPSTREAM))
    parser.add_argument("--states", type=int, default=12_000)
    parser.add_argument("--const", action="append", default=[], metavar="NAME=VALUE")
    asked = parser.parse_args()
    loaded = load(asked.file, dict(constant.split("=", 1) for constant in asked.const))
    for found in loaded.diagnostics:
        print(found.message, file=sys.stderr)
    if not loaded.cells:
        return 2
    plain = focused(loaded.cells[0].program, ())
    formulas = [formula.condition for formula in (*plain.invariants, *plain.sometimes)]
    for name, program in (("whole", plain), ("reduced", safety_reduced(plain, formulas))):
        states, seconds = searched(whole(program), asked.states)
        print(f"{name:8} {states:>7} states  {seconds:6.2f} s  {states / seconds:8.0f} a second")
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
