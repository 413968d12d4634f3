"""The `recording` of a model that a command is about."""

from __future__ import annotations

import argparse

from ..check.load import Cell, Loaded
from ..dsl.model import model as m
from ..recording.validate import binding_of
from .cell import one_cell
from .write import complain


def one_binding(options: argparse.Namespace) -> tuple[Loaded, Cell, m.Recording] | None:
    """The file's model, and the `recording` that `--recording` names, or its only one.

    None, with the reason on standard error, where there is none.
    """
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
