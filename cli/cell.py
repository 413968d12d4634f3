"""One cell of a model, for the commands that look at a single program."""

from __future__ import annotations

import argparse
import sys

from ..check.load import Cell, Loaded, load
from ..report.text.diagnostics import diagnostics_text
from ..report.text.ink import ink_for
from .write import complain, put


def one_cell(options: argparse.Namespace) -> tuple[Loaded, Cell] | None:
    """The first cell of the file that fits `--scenario` and `--policy`.

    None, with the reason on standard error, when the file has errors or there is no such cell.
    """
    loaded = load(options.file, dict(options.constants), outside=options.allow_outside, memory=options.memory)
    put(diagnostics_text(loaded.diagnostics, loaded.sources, ink_for(sys.stderr)), sys.stderr)
    if not loaded.cells:
        return None
    for cell in loaded.cells:
        if options.scenario in (None, cell.scenario) and options.policy in (None, cell.policy):
            return loaded, cell
    cells = sorted({" ".join(filter(None, (c.scenario, c.policy))) for c in loaded.cells} - {""})
    there = f"there are: {', '.join(cells)}" if cells else "there are none"
    complain(f"there is no such scenario and policy; {there}")
    return None
