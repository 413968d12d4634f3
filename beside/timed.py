"""A model as it is timed: its policies with the parameters that a table gives them, or with windows of a
time."""

from __future__ import annotations

import os
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

from ..check.load import Loaded, load
from ..check.project.files import Contents
from ..dsl.checker.prelude import prelude
from ..dsl.diagnostics import Diagnostics
from ..dsl.syntax import tree
from ..timing.figures.costing import FAULTS
from ..timing.run.episode import Cell, Start, Timing
from ..timing.table.costs import Costs
from ..timing.table.units import written

POLLS = "polls"
"""The parameter of a policy that says how often it looks before it sleeps."""

_TRIED = 64


class NotTimed(Exception):
    """It cannot be timed as it is asked for: one line for the user."""


@dataclass(frozen=True, slots=True)
class Asked:
    """A model: its file, other values of constants, whether bases may lie outside of the project, where files
    come from (the disk where it is None); and `windows`, in ns, for policies that poll before they sleep."""

    path: str
    constants: Mapping[str, str] = field(default_factory=dict)
    outside: bool = False
    contents: Contents | None = None
    windows: tuple[int, ...] = ()

    def load(self, path: str | None = None, text: str | None = None) -> Loaded:
        return load(
            path or self.path, self.constants, outside=self.outside, text=text, contents=self.contents,
            temporal=False,
        )  # fmt: skip


@dataclass(frozen=True, slots=True)
class Timed:
    """`changed` are the policies that have other parameters than the model's own; `notes` are lines about the
    windows."""

    loaded: Loaded
    changed: tuple[str, ...] = ()
    notes: tuple[str, ...] = ()

    def cells(self) -> list[Cell]:
        """All cells, ready to be timed."""
        return [Cell(one.model, one.policy, one.program) for one in self.loaded.cells]


def nothing_to_time(loaded: Loaded, path: str) -> str:
    """What is said of a model that measures nothing; "" of any other."""
    if loaded.cells[0].model.measures:
        return ""
    return f"{path} has nothing to time; add a line `measure NAME: P at LABEL until P at LABEL`"


def timed(loaded: Loaded, asked: Asked, costs: Costs, diagnostics: Diagnostics) -> Timed | None:
    """A model that was loaded, as it is timed under these costs; None with what is wrong in `diagnostics`.

    Raises NotTimed."""
    notes: list[str] = []
    made = _timed(loaded, asked, costs, diagnostics, notes)
    if made is None:
        return None
    before = {cell.policy for cell in loaded.cells}
    after = dict.fromkeys(cell.policy for cell in made.cells if cell.policy is not None)
    return Timed(made, tuple(name for name in after if name not in before), tuple(notes))


def _timed(
    loaded: Loaded, asked: Asked, costs: Costs, diagnostics: Diagnostics, notes: list[str]
) -> Loaded | None:
    """The model with the policies that are asked for."""
    bases = dict.fromkeys((cell.policy or "").partition("(")[0] for cell in loaded.cells)
    polling = _polling(loaded) & bases.keys()
    if asked.windows and not polling:
        raise NotTimed(f"--window is for a policy with a parameter `{POLLS}`, and there is none here")
    if not (costs.policies.keys() & bases.keys()) and not asked.windows:
        return loaded
    if asked.path == "-":
        raise NotTimed("policies get other parameters where the model is in a file")
    uses = {cell.policy: _use(cell.policy, costs) for cell in loaded.cells if cell.policy is not None}
    if not asked.windows:
        return _varied(loaded, asked, tuple(uses.values()), costs, diagnostics)
    tried = {name: f"{_base(name)}({POLLS}={_TRIED})" if _base(name) in polling else use
             for name, use in uses.items()}  # fmt: skip
    trial = _varied(loaded, asked, tuple(tried.values()), costs, diagnostics)
    if trial is None:
        return None
    wanted: dict[str, None] = {}
    for name, use in uses.items():
        if _base(name) not in polling:
            wanted[use] = None
            continue
        period = _period(trial, _base(name), costs, diagnostics)
        if period is None:
            return None
        for window in asked.windows:
            use = f"{_base(name)}({POLLS}={max(1, round(window / period))})"
            notes.append(
                f"{use} is a window of {written(window)}; a look takes {period} ns (costs: {costs.name})"
            )
            wanted[use] = None
    return _varied(loaded, asked, tuple(wanted), costs, diagnostics)


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
    loaded: Loaded, asked: Asked, uses: tuple[str, ...], costs: Costs, diagnostics: Diagnostics
) -> Loaded | None:
    """The model with these policies, as a variant of it."""
    path = Path(asked.path)
    text = f'model {loaded.cells[0].model.name} varies "{path.name}"\n'
    text += f"policies {', '.join(dict.fromkeys(uses))}\n"
    again = asked.load(os.fspath(path.with_name(f"{path.name} with policies of the costs")), text)
    if again.cells:
        return again
    for fault in again.diagnostics:
        place = next((costs.places["policy", name] for name in costs.policies), fault.span)
        diagnostics.add("costs", place, fault.message, fault.help)
    return None


def _period(loaded: Loaded, policy: str, costs: Costs, diagnostics: Diagnostics) -> int | None:
    """How long the policy takes from one look to the next, in ns: the least that is seen in an episode."""
    periods: list[int] = []
    for one in loaded.cells:
        if _base(one.policy or "") != policy:
            continue
        cell = Cell(one.model, one.policy, one.program)
        timing = Timing(cell, costs, diagnostics)
        if diagnostics.errors:
            return None
        try:
            machine = timing.machine(Start(0.0, 0.0, 0), 1, skipping=False)
            machine.trail = []
            machine.run()
        except FAULTS:
            break  # Told when the episodes are run.
        last: dict[tuple[int, int], int] = {}
        for time, index, before, _ in machine.trail:
            point = cell.automaton.rows[before][index].point
            if timing.plain.polls[point]:
                if (index, point) in last:
                    periods.append(time - last[index, point])
                last[index, point] = time
    if not periods or not min(periods):
        raise NotTimed(f"no look of `{policy}` follows another one here: give it its {POLLS} in [policy]")
    return min(periods)
