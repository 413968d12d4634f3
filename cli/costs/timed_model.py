"""A model as it is timed: its policies with the parameters that a table gives them, or with windows of a
time."""

from __future__ import annotations

import argparse
import os
import sys
from pathlib import Path

from ...check.load import Loaded, load
from ...dsl.checker.prelude import prelude
from ...dsl.diagnostics import Diagnostics
from ...dsl.syntax import tree
from ...report.text.diagnostics import diagnostics_text
from ...report.text.ink import ink_for
from ...timing.run.choices import Undecided
from ...timing.run.episode import Cell, Start, Timeless, Timing
from ...timing.table.costs import Costs
from ...timing.table.units import written
from ..write import complain, put

POLLS = "polls"
"""The parameter of a policy that says how often it looks before it sleeps."""

_TRIED = 64


def loaded_for(
    options: argparse.Namespace, costs: Costs, found: Diagnostics
) -> tuple[Loaded, tuple[str, ...]] | None:
    """The model, and its policies that have other parameters now; None with what is wrong in `found`, or told
    already."""
    loaded = load(options.file, dict(options.constants), outside=options.allow_outside)
    put(diagnostics_text(loaded.diagnostics, loaded.sources, ink_for(sys.stderr)), sys.stderr)
    timed = _timed(options, loaded, costs, found) if loaded.cells else None
    if timed is None:
        return None
    before = {cell.policy for cell in loaded.cells}
    after = dict.fromkeys(cell.policy for cell in timed.cells if cell.policy is not None)
    return timed, tuple(name for name in after if name not in before)


def _timed(options: argparse.Namespace, loaded: Loaded, costs: Costs, found: Diagnostics) -> Loaded | None:
    """The model with the policies that are asked for."""
    bases = dict.fromkeys((cell.policy or "").partition("(")[0] for cell in loaded.cells)
    polling = _polling(loaded) & bases.keys()
    if options.windows and not polling:
        complain(f"--window is for a policy with a parameter `{POLLS}`, and there is none here")
        return None
    if not (costs.policies.keys() & bases.keys()) and not options.windows:
        return loaded
    if options.file == "-":
        complain("policies get other parameters where the model is in a file")
        return None
    uses = {cell.policy: _use(cell.policy, costs) for cell in loaded.cells if cell.policy is not None}
    if not options.windows:
        return _varied(options, loaded, tuple(uses.values()), costs, found)
    tried = {name: f"{_base(name)}({POLLS}={_TRIED})" if _base(name) in polling else use
             for name, use in uses.items()}  # fmt: skip
    trial = _varied(options, loaded, tuple(tried.values()), costs, found)
    if trial is None:
        return None
    wanted: dict[str, None] = {}
    for name, use in uses.items():
        if _base(name) not in polling:
            wanted[use] = None
            continue
        period = _period(trial, _base(name), costs, found)
        if period is None:
            return None
        for window in options.windows:
            use = f"{_base(name)}({POLLS}={max(1, round(window / period))})"
            complain(f"{use} is a window of {written(window)}; a look takes {period} ns")
            wanted[use] = None
    return _varied(options, loaded, tuple(wanted), costs, found)


def _base(policy: str) -> str:
    return policy.partition("(")[0]


def _use(policy: str, costs: Costs) -> str:
    given = costs.policies.get(_base(policy))
    return f"{_base(policy)}({', '.join(f'{k}={v}' for k, v in given.items())})" if given else policy


def _polling(loaded: Loaded) -> set[str]:
    """The policies that take a number of polls."""
    own = loaded.specification.declarations if loaded.specification is not None else ()
    declared = [node for node in (*prelude().declarations, *own) if isinstance(node, tree.Policy)]
    return {node.name for node in declared if any(one.name == POLLS for one in node.parameters)}


def _varied(
    options: argparse.Namespace, loaded: Loaded, uses: tuple[str, ...], costs: Costs, found: Diagnostics
) -> Loaded | None:
    """The model with these policies, as a variant of it."""
    path = Path(options.file)
    text = f'model {loaded.cells[0].model.name} varies "{path.name}"\n'
    text += f"policies {', '.join(dict.fromkeys(uses))}\n"
    again = load(
        os.fspath(path.with_name(f"{path.name} with policies of the costs")),
        dict(options.constants),
        outside=options.allow_outside,
        text=text,
    )
    if again.cells:
        return again
    for fault in again.diagnostics:
        place = next((costs.places["policy", name] for name in costs.policies), fault.span)
        found.add("costs", place, fault.message, fault.help)
    return None


def _period(loaded: Loaded, policy: str, costs: Costs, found: Diagnostics) -> int | None:
    """How long the policy takes from one look to the next, in ns: the least that is seen in an episode."""
    periods: list[int] = []
    for one in loaded.cells:
        if _base(one.policy or "") != policy:
            continue
        cell = Cell(one.model, one.policy, one.program)
        timing = Timing(cell, costs, found)
        if found.errors:
            return None
        try:
            machine = timing.machine(Start(0.0, 0.0, 0), 1, skipping=False)
            machine.trail = []
            machine.run()
        except (Undecided, Timeless):
            break  # Told when the episodes are run.
        last: dict[tuple[int, int], int] = {}
        for time, index, before, _ in machine.trail:
            point = cell.automaton.rows[before][index].point
            if timing.plain.polls[point]:
                if (index, point) in last:
                    periods.append(time - last[index, point])
                last[index, point] = time
    if not periods or not min(periods):
        complain(f"no look of `{policy}` follows another one here: give it its {POLLS} in [policy]")
        return None
    return min(periods)
