"""Several small cells by one run of TLC: their safety properties, or temporal properties that hold.

It has to find what the interpreter found, and that is the whole use of such a run: whatever it does not
confirm is left to runs of the cell's own, which say what there is to be said.  So a fault here can cost time,
and no verdict.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable, Iterator, Sequence
from typing import TypeVar

from ... import tla
from ...translator.emit.emit import Emission
from ...translator.emit.joined import joined, part_names
from ..runs import Runs, registers_in, said
from ..stop import RunStopped
from .liveness import EXPECTED, LARGEST, Claim, work
from .safety import Safety

LARGEST_SEARCH = 20_000
"""States that the interpreter has found, of all cells of one run for safety.  Runs that are much longer than
their start may as well be separate, and go side by side."""

T = TypeVar("T", Safety, Claim)


def confirm_together(cells: Iterable[Safety]) -> None:
    """Has TLC confirm cells of one model that the interpreter has searched whole, several in a run."""
    groups: dict[tuple[object, ...], list[Safety]] = {}
    for cell in cells:
        if cell.found.stopped is None:
            # What is interchangeable in one cell is so in all of a run.
            key = (cell.same.processes, cell.same.values) if cell.same else ()
            groups.setdefault(key, []).append(cell)
    for group in groups.values():
        for some in _shares(group, lambda cell: cell.found.totals.distinct or 0, LARGEST_SEARCH):
            _confirm_safety(some)


def confirm_claims_together(claims: Iterable[Claim]) -> None:
    """The same for temporal properties that the interpreter has found to hold."""
    holding = [claim for claim in claims if claim.found is not None and claim.found.holds]
    for some in _shares(holding, lambda claim: work(claim.found) if claim.found else 0, LARGEST):
        _confirm_claims(some)


def _shares(all_of: Sequence[T], size: Callable[[T], int], largest: int) -> Iterator[list[T]]:
    """Runs for several, each of no more than the `largest` size."""
    share: list[T] = []
    for one in all_of:
        if share and sum(map(size, share)) + size(one) > largest:
            yield share
            share = []
        share.append(one)
    if share:
        yield share


def _confirm_safety(cells: list[Safety]) -> None:
    ran = _run(cells, liveness=False)
    if ran is None:
        return
    outcome, parts, counts = ran
    registers = registers_in(outcome)
    for cell, part, (states, depth) in zip(cells, parts, counts, strict=True):
        if depth == cell.found.totals.depth and cell.agrees(part, registers, states):
            cell.confirm(part, registers, outcome, states)


def _confirm_claims(claims: list[Claim]) -> None:
    ran = _run(claims, liveness=True)
    if ran is not None:
        outcome, _, counts = ran
        for claim, (states, depth) in zip(claims, counts, strict=True):
            claim.confirm(outcome, states, depth)


def _run(
    several: Sequence[T], *, liveness: bool
) -> tuple[tla.Holds, list[Emission], list[tuple[int, int]]] | None:
    """A run that found no fault, with the module, the states and the depth of each part; None where there is
    none, or it is not to be believed."""
    if len(several) < 2:
        return None
    name = several[0].program.name
    parts: list[Emission] = []
    for one, module in zip(several, part_names(name, len(several)), strict=True):
        parts.append(one.part(module, parts[-1].last if parts else 0))
    if len({part.exchanged for part in parts}) > 1:
        return None
    page = joined(name, parts)
    if page is None:
        return None
    runs: Runs = several[0].runs
    ends = time.monotonic() + EXPECTED
    try:
        outcome = runs.run(page, liveness=liveness, ended=lambda: time.monotonic() > ends)
    except RunStopped:
        return None
    counts = _counts(outcome)
    if not isinstance(outcome, tla.Holds) or len(counts) != len(parts):
        return None
    if sum(states for states, _ in counts) != outcome.totals.distinct:
        return None
    if max(depth for _, depth in counts) != outcome.totals.depth:
        return None
    return outcome, parts, counts


def _counts(outcome: tla.Outcome) -> list[tuple[int, int]]:
    """The states and the depth of each part, as they were told last."""
    told = said(outcome, "counted")
    found: list[tuple[int, int]] = []
    for one in told[-1] if told and isinstance(told[-1], tuple) else ():
        match one:
            case (int() as states, int() as depth):
                found.append((states, depth))
    return found
