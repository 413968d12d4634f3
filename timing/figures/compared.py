"""Policies against each other, and which cost an answer depends on."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

from ...dsl.diagnostics import Diagnostics
from ..run.episode import Cell, Timing
from ..table.costs import Costs, Idle
from .estimates import Estimate, estimate, weighted_mean
from .sampling import BATCHES, starts
from .study import FIGURES, How, Measured, Seen, combined

POINTS = 10


@dataclass(frozen=True, slots=True)
class Difference:
    """One policy against another in a scenario, on the same episodes: how much `later` it is, how much CPU
    time it saves, and how much more of it others ran; ns."""

    measure: str
    scenario: str | None
    policy: str
    against: str
    later: Estimate
    saved: Estimate
    given: Estimate


@dataclass(frozen=True, slots=True)
class Moved:
    """What becomes of a difference when one cost is another: `cost` is `switch.into x2`, `later` in ns."""

    measure: str
    scenario: str | None
    policy: str
    against: str
    cost: str
    before: float
    later: float

    @property
    def flips(self) -> bool:
        """Whether the other of the two is the later one then."""
        return self.before * self.later < 0


def differences(cells: Sequence[Measured]) -> tuple[Difference, ...]:
    """Each policy against each one before it, in its scenario, where all episodes of both ended."""
    found: list[Difference] = []
    for one, other in _pairs(cells):
        later, cpu, given = (_apart(one, other, name) for name in ("time", "cpu", "given"))
        saved = Estimate(-cpu.mean, cpu.half)
        found.append(
            Difference(one.measure, one.scenario, one.policy or "", other.policy or "", later, saved, given)
        )
    return tuple(found)


@dataclass(frozen=True, slots=True)
class Ratio:
    """What a policy costs, against the cheaper of `spin` and `block` in the same episode.

    That is what somebody would pay who knows when the wait ends, and spins or sleeps accordingly.
    What is paid is CPU time, and latency beyond that of spinning, ns for ns.  `worst` is the greatest ratio
    in an episode, `mean` that of the means.
    """

    measure: str
    scenario: str | None
    policy: str
    worst: float
    mean: float


def ratios(cells: Sequence[Measured]) -> tuple[Ratio, ...]:
    """Of each policy in a scenario that has `spin` and `block` too, where all episodes of the three ended and
    nobody else ran on the CPU: otherwise more is paid than this counts."""
    found: list[Ratio] = []
    for row in cells:
        beside = {
            (cell.policy or "").partition("(")[0]: cell
            for cell in cells
            if (cell.measure, cell.scenario) == (row.measure, row.scenario)
        }
        spin, block = beside.get("spin"), beside.get("block")
        if spin is None or block is None or row in (spin, block) or row.how is How.STEADY:
            continue
        three = (row, spin, block)
        if any(cell.shares or cell.never or cell.figures["given"].mean > 0 for cell in three):
            continue
        worst = paid = least = 0.0
        for own, one, other in zip(
            *(sorted(cell.seen, key=_which) for cell in (row, spin, block)), strict=True
        ):
            price, *both = (
                seen.sample.cpu + max(0, seen.sample.time - one.sample.time) for seen in (own, one, other)
            )
            worst = max(worst, price / max(1, min(both)))
            paid += price * own.weight
            least += min(both) * own.weight
        found.append(Ratio(row.measure, row.scenario, row.policy or "", worst, paid / max(1.0, least)))
    return tuple(found)


def _which(seen: Seen) -> tuple[int, int, int]:
    return seen.batch, seen.number, seen.sample.task


def _pairs(cells: Sequence[Measured]) -> Iterator[tuple[Measured, Measured]]:
    for n, one in enumerate(cells):
        for other in cells[:n]:
            alike = (one.measure, one.scenario) == (other.measure, other.scenario)
            if alike and not one.stuck and not other.stuck and one.seen and other.seen:
                yield one, other


def _apart(one: Measured, other: Measured, name: str) -> Estimate:
    """By how much a figure is more in one than in another: on the same episodes, or in the same stretches of
    time."""
    of = FIGURES[name]
    if one.how is How.STEADY:
        means = [_by_batch(row, name) for row in (one, other)]
        pairs = [a - b for a, b in zip(*means, strict=True) if a is not None and b is not None]
        half = estimate(pairs).half if pairs else float("inf")
        return Estimate(one.figures[name].mean - other.figures[name].mean, half)
    known = {(seen.batch, seen.number, seen.sample.task): seen for seen in other.seen}
    batches: list[list[tuple[float, float]]] = [[] for _ in range(BATCHES)]
    for seen in one.seen:
        match = known.get((seen.batch, seen.number, seen.sample.task))
        if match is not None:
            apart = (of(seen.sample) or 0.0) - (of(match.sample) or 0.0)
            batches[seen.batch].append((apart, seen.weight))
    return combined(batches, one.how) or Estimate(0.0, float("inf"))


def _by_batch(row: Measured, name: str) -> list[float | None]:
    of = FIGURES[name]
    return [
        weighted_mean((of(seen.sample) or 0.0, seen.weight) for seen in row.seen if seen.batch == batch)
        for batch in range(BATCHES)
    ]


def variants(costs: Costs, used: Iterable[str]) -> Iterator[tuple[str, Costs]]:
    """The same costs with one halved, one doubled, or the other rule for wake-ups.  `used` are the classes of
    steps that a program has."""
    for factor, word in ((0.5, "x1/2"), (2.0, "x2")):
        for name in used:
            if costs.step.get(name, 0):
                step = {**costs.step, name: max(1, round(costs.step[name] * factor))}
                yield f"step.{name} {word}", replace(costs, step=step)
        for name, value in (("out", costs.out), ("into", costs.into), ("wake", costs.wake),
                            ("handover", costs.handover)):  # fmt: skip
            if value:
                change: Mapping[str, int] = {name: round(value * factor)}
                yield f"switch.{name} {word}", replace(costs, **change)  # type: ignore[arg-type]
        if any(state.exit for state in costs.idle):
            idle = tuple(Idle(state.after, round(state.exit * factor)) for state in costs.idle)
            yield f"switch.idle {word}", replace(costs, idle=idle)
        yield f"scheduler.slice {word}", replace(costs, slice=max(1, round(costs.slice * factor)))
    other = "slice" if costs.preempts else "preempts"
    yield f'scheduler.wakeup = "{other}"', replace(costs, preempts=not costs.preempts)


def moved(
    cells: Sequence[Cell], costs: Costs, found: Sequence[Difference], seed: int,
    late: Mapping[str | None, float | None], stop: Callable[[], bool],
) -> tuple[Moved, ...]:  # fmt: skip
    """What each cost, halved and doubled, does to each difference; on the same episodes before and after.

    `late` is as in `starts`, by scenario.  Ends early, with what is known, when `stop` says so.
    """
    used = sorted({name for cell in cells for name in _classes(cell)})
    before = _later(cells, costs, found, seed, late)
    moves: list[Moved] = []
    for name, changed in variants(costs, used):
        if stop():
            break
        after = _later(cells, changed, found, seed, late)
        for n, one in enumerate(found):
            if n in before and n in after:
                # What it moves is known from a few episodes; from where, from all.
                by = after[n] - before[n]
                sides = one.measure, one.scenario, one.policy, one.against
                moves.append(Moved(*sides, name, one.later.mean, one.later.mean + by))
    return tuple(moves)


def _classes(cell: Cell) -> set[str]:
    steps = [point.step for point in cell.program.points if point.step is not None]
    kinds = {step.kind for step in steps if step.lock is None}
    locks = {
        "release" if step.lock.action == "release" else "acquire" for step in steps if step.lock is not None
    }
    return kinds | locks


def _later(
    cells: Sequence[Cell], costs: Costs, found: Sequence[Difference], seed: int,
    late: Mapping[str | None, float | None],
) -> dict[int, float]:  # fmt: skip
    """The mean of each difference, by its number; none where an episode never ends."""
    needed = {(one.scenario, name) for one in found for name in (one.policy, one.against)}
    means: dict[tuple[str | None, str, str], float | None] = {}
    for cell in cells:
        scenario, policy = cell.model.scenario, cell.policy or ""
        if (scenario, policy) not in needed:
            continue
        timing = Timing(cell, costs, Diagnostics())
        sums = [0.0] * len(cell.model.measures)
        weights = [0.0] * len(cell.model.measures)
        for start, weight in starts(seed, 0, POINTS, late.get(scenario)):
            for sample in timing.episode(start, seed).samples:
                sums[sample.measure] += sample.time * weight
                weights[sample.measure] += weight
        for number, measure in enumerate(cell.model.measures):
            whole = weights[number] > 0
            means[scenario, policy, measure.name] = sums[number] / weights[number] if whole else None
    made: dict[int, float] = {}
    for n, one in enumerate(found):
        own = means.get((one.scenario, one.policy, one.measure))
        other = means.get((one.scenario, one.against, one.measure))
        if own is not None and other is not None:
            made[n] = own - other
    return made
