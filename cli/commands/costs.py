"""`pfnspec costs`: the default costs, and what measures those of a host."""

from __future__ import annotations

import argparse
from importlib.resources import files

from ...dsl.diagnostics import Diagnostics
from ...report.cost.sources import sources_text
from ...timing.table import read as table
from ..write import data, put


def run(options: argparse.Namespace) -> int:
    """Prints one of them; 0."""
    if options.program or options.bpftrace:
        name = "measure.c" if options.program else "lengths.bt"
        data((files(table.__package__ or "") / "host" / name).read_text(encoding="utf-8"))
    elif options.toml:
        data(table.default().text)
    else:
        costs = table.costs((), Diagnostics())
        assert costs is not None, "the default table is sound"
        put(sources_text(costs))
    return 0
