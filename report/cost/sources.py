"""A table of costs with the source of each figure."""

from __future__ import annotations

import textwrap
from collections.abc import Iterator

from ...timing.table.costs import Costs
from ...timing.table.units import written

WIDTH = 72


def sources_text(costs: Costs) -> str:
    """Every cost of a host, and where it comes from."""
    lines = [f"costs: {costs.name}", ""]
    for name, value in figures(costs):
        kind = "measured" if name in costs.measured else "assumed"
        lines.append(f"{name} = {value}  ({kind})")
        source = costs.sources.get(name, "no source is given")
        lines += textwrap.wrap(source, WIDTH, initial_indent="    ", subsequent_indent="    ")
    lines += ["", "pfnspec costs --program prints a C program that measures cpu_relax, out,"]
    lines.append("into, wake and idle on a host")
    return "\n".join(lines) + "\n"


def figures(costs: Costs) -> Iterator[tuple[str, str]]:
    """Each cost of a host by its name, with its value for people."""
    for name, time in costs.step.items():
        yield f"step.{name}", written(time)
    switches = (("out", costs.out), ("into", costs.into), ("wake", costs.wake), ("handover", costs.handover))
    for name, time in switches:
        yield f"switch.{name}", written(time)
    states = [f"{written(state.exit)} after {written(state.after)}" for state in costs.idle]
    yield "switch.idle", ", ".join(states)
    yield "scheduler.slice", written(costs.slice)
    yield "scheduler.wakeup", "preempts" if costs.preempts else "slice"
    yield "scheduler.load", f"CPU {', '.join(map(str, costs.load))}" if costs.load else "none"
