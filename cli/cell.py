"""One cell of a model, for the commands that look at a single program, and what events mean in it."""

from __future__ import annotations

import argparse
import sys

from ..check.load import Cell, Loaded, load
from ..check.matrix import unknown_names
from ..dsl.model import model as m
from ..report.text.diagnostics import diagnostics_text
from ..report.text.ink import ink_for
from .write import complain, put


def one_cell(options: argparse.Namespace) -> tuple[Loaded, Cell] | None:
    """The first cell of the file that fits `--scenario` and `--policy`.

    None, with the reason on standard error, when the file has errors or there is no such cell.
    """
    loaded = load(options.file, dict(options.constants), outside=options.allow_outside)
    put(diagnostics_text(loaded.diagnostics, loaded.sources, ink_for(sys.stderr)), sys.stderr)
    if not loaded.cells:
        return None
    for cell in loaded.cells:
        if options.scenario in (None, cell.scenario) and options.policy in (None, cell.policy):
            return loaded, cell
    asked = {"policy": options.policy, "scenario": options.scenario}
    given = {what: (name,) for what, name in asked.items() if name is not None}
    put(diagnostics_text(unknown_names(given, loaded.cells, {}), {}, ink_for(sys.stderr)), sys.stderr)
    if not unknown_names(given, loaded.cells, {}):
        complain(f"scenario `{options.scenario}` is not checked under policy `{options.policy}`")
    return None


def one_binding(options: argparse.Namespace) -> tuple[Loaded, Cell, m.Recording] | None:
    """The file's model, and the `recording` that `--recording` names, or its only one.

    None, with the reason on standard error, where there is none.
    """
    from ..recording.validate import binding_of

    chosen = one_cell(options)
    if chosen is None:
        return None
    loaded, cell = chosen
    binding = binding_of(cell.model, options.recording)
    if binding is None:
        names = ", ".join(one.name for one in cell.model.recordings)
        if not names:
            complain(f"{options.file} has no `recording`, which says what events mean (docs/recordings.md)")
        elif options.recording is None:
            complain(f"{options.file} has several recordings, choose one with `--recording`: {names}")
        else:
            complain(f"there is no recording `{options.recording}`; there are: {names}")
        return None
    return loaded, cell, binding
