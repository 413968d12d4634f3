"""`pfnspec probes`."""

from __future__ import annotations

import argparse

from ...recording.probes import NoProbe, script
from ..cell import one_binding
from ..write import complain, data


def run(options: argparse.Namespace) -> int:
    """Prints the script; 2 when there is no probe to print."""
    chosen = one_binding(options)
    if chosen is None:
        return 2
    _, cell, binding = chosen
    try:
        data(script(binding, cell.model.name, options.tool, dict(options.symbols)))
    except NoProbe as fault:
        complain(f"{options.file}: {fault}")
        return 2
    return 0
