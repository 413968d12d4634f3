"""Models and tables for the tests of times, and what is asked of them."""

from __future__ import annotations

from pathlib import Path

from pfnspec.check.load import load
from pfnspec.dsl.diagnostics import Diagnostics
from pfnspec.dsl.source import Source
from pfnspec.timing.run.episode import Cell, Start, Timing
from pfnspec.timing.run.machine import Machine
from pfnspec.timing.table.costs import Costs
from pfnspec.timing.table.read import costs

ROOT = Path(__file__).resolve().parents[2]

FREE = """
[step]
load = 0
store = 0
compare = 0
take = 0
bump = 0
acquire = 0
release = 0
atomic = 0
queue = 0
schedule = 0
await = 0
cond_resched = 0
might_sleep = 0
cpu_relax = 45
[switch]
out = 0
into = 0
wake = 0
handover = 0
idle = []
"""
"""A host that charges nothing but polling."""


def table(*texts: str) -> Costs:
    """The costs of tables that have nothing wrong in them."""
    diagnostics = Diagnostics()
    made = costs([Source(f"{n}.toml", text) for n, text in enumerate(texts)], diagnostics)
    assert made is not None, [fault.message for fault in diagnostics]
    return made


def faults(*texts: str) -> list[str]:
    """What is wrong with tables."""
    diagnostics = Diagnostics()
    costs([Source(f"{n}.toml", text) for n, text in enumerate(texts)], diagnostics)
    return [
        f"{fault.span}: {fault.message}" + (f" ({fault.help})" if fault.help else "") for fault in diagnostics
    ]


def cells(text: str, path: str = "-") -> dict[tuple[str | None, str | None], Cell]:
    """A model's cells, by scenario and by policy without its parameters."""
    loaded = load(path, text=text)
    assert loaded.cells, [fault.message for fault in loaded.diagnostics]
    return {
        (cell.scenario, cell.policy and cell.policy.partition("(")[0]): Cell(
            cell.model, cell.policy, cell.program
        )
        for cell in loaded.cells
    }


def ready(cell: Cell, made: Costs) -> Timing:
    diagnostics = Diagnostics()
    timing = Timing(cell, made, diagnostics)
    assert not diagnostics.errors, [fault.message for fault in diagnostics]
    return timing


HALFWAY = Start(0.5, 0.0, 0)


def ran(cell: Cell, made: Costs, start: Start = HALFWAY, *, skipping: bool = True) -> Machine:
    """An episode that has been run, with its trail."""
    machine = ready(cell, made).machine(start, 1, skipping=skipping)
    machine.trail = []
    machine.run()
    return machine
