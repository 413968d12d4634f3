"""Costs as a table for a terminal or a mail."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from math import isfinite

from ...dsl.model import model as m
from ...timing.figures.compared import Difference, Moved
from ...timing.figures.costing import Costing
from ...timing.figures.estimates import Estimate, Quantile, number
from ...timing.figures.study import How, Measured
from ...timing.run.episode import MISSED
from ...timing.table.costs import Costs
from ...timing.table.units import US, written
from ..text.ink import PLAIN, Ink
from ..text.result import folded

MOST_MOVED = 3
_NEVER = {
    "livelock": "never ends: a livelock",
    "deadlock": "never ends: nobody can step",
    "halted": "a check fails: see pfnspec check",
    "unfinished": "not ended after 100 s",
    "missed": "not measured: the task ends without it",
    "open": "begins and does not end",
    "left": "leaves what is assumed",
}
NOT_MODELLED = (
    "not modelled: SMT, turbo, NUMA, refill of caches after a switch, interrupts, guest time; "
    "idle states are guessed right, and a queue stands for the fair scheduler"
)


def cost_text(found: Costing, width: int = 72, ink: Ink = PLAIN) -> str:
    """The figures of every scenario and policy, in us, and what they rest on."""
    lines = [head(found.model.name, found.model.constants, ink), f"costs: {found.costs.name}"]
    if found.at:
        lines.append(f"with {found.at}")
    lines.append(basis(found.costs))
    for measure in found.model.measures:
        lines += ["", *_measure(found, measure, width, ink)]
    lines += ["", *ends(found)]
    return folded("\n".join(lines) + "\n", width, ink)


def head(name: str, constants: Sequence[tuple[str, object]], ink: Ink = PLAIN) -> str:
    """The model and its constants."""
    return "   ".join(filter(None, (ink("strong", name), " ".join(f"{n}={value}" for n, value in constants))))


def basis(costs: Costs) -> str:
    """Which of the costs of a host were measured, and which were assumed."""
    figures = {f"step.{name}" for name in costs.step} | {
        "switch.out", "switch.into", "switch.wake", "switch.handover", "switch.idle", "scheduler.slice",
        "scheduler.wakeup",
    }  # fmt: skip
    known = sorted(costs.measured & figures)
    if not known:
        return "assumed, not measured: every cost (pfnspec costs lists them)"
    return f"measured: {', '.join(known)}; assumed: every other cost"


def stretch(measure: m.Measure) -> str:
    """What a measure times, as its author writes it."""
    start = f"{measure.process} {'in' if measure.end is None else 'at'} {'.'.join(measure.start)}"
    return start if measure.end is None else f"{start} until {measure.process} at {'.'.join(measure.end)}"


def _measure(found: Costing, measure: m.Measure, width: int, ink: Ink) -> Iterator[str]:
    cells = [cell for cell in found.cells if cell.measure == measure.name]
    yield f"{measure.name}: {stretch(measure)}"
    tasks = found.tasks.get(measure.process)
    who = "" if tasks is None else f" of {tasks} task{'s' * (tasks > 1)}"
    yield taken(cells, who)
    for scenario, model in found.scenes.items():
        rows = [cell for cell in cells if cell.scenario == scenario]
        yield ""
        if scenario is not None:
            yield ink("strong", f"{scenario}: {scene(model, found.costs)}")
        elif found.costs.load:
            yield ink("strong", scene(model, found.costs))
        yield from _table(rows, width)
        yield from (f"  {line}" for line in said(found, measure.name, scenario))


def taken(cells: Sequence[Measured], who: str = "") -> str:
    """What the rows of a table come from; where a precision was asked for, not all of them of as much."""
    cell = min(cells, key=lambda row: (row.watched, row.episodes))
    most = max(cells, key=lambda row: (row.watched, row.episodes))
    match cell.how:
        case How.LATTICE:
            more = f" to {most.episodes}" if most.episodes > cell.episodes else ""
            return f"{cell.episodes}{more} episodes{who} in each row; us, and +- is 95 %"
        case How.EXACT:
            all_ = f"all {cell.episodes:,} episodes" if cell.episodes > 1 else "one episode"
            return f"{all_}{who}, as there are no others: worst is the worst there is; us"
        case How.STEADY:
            more = f" to {written(most.watched)}" if most.watched > cell.watched else ""
            time = f"{written(cell.watched)}{more}"
            return f"{time} of each row, the first tenth left out; us, and +- is 95 %"


def scene(model: m.Model, costs: Costs) -> str:
    """How many CPUs there are, and who else wants them."""
    cpus = "a CPU for each task" if model.cpus is None else f"{model.cpus} CPU{'s' * (model.cpus > 1)}"
    preempt = "" if model.cpus is None else ", preemptible" if model.preempt == "full" else ", no preemption"
    load = f", a load on CPU {', '.join(map(str, costs.load))}" if costs.load else ""
    return f"{cpus}{preempt}{load}"


HEADS = ("mean", "+-", "p50", "p99", "worst", "CPU", "given", "polls", "out")
_DROPPED = ("p50", "worst", "out")
"""What a narrow page does without, first to last."""


def _table(rows: Sequence[Measured], width: int) -> Iterator[str]:
    names = short_names([cell.policy for cell in rows])
    made = [(name, cell, told(cell)) for name, cell in zip(names, rows, strict=True)]
    left = max([len(name) for name in names])
    heads = list(HEADS)
    while True:
        widths = {
            head: max(len(head), *(len(cells[head]) for _, cell, cells in made if not cell.never), 0)
            if any(not cell.never for _, cell, _ in made) else len(head)
            for head in heads
        }  # fmt: skip
        drop = next((head for head in _DROPPED if head in heads), None)
        if 2 + left + sum(2 + size for size in widths.values()) <= width or drop is None:
            break
        heads.remove(drop)
    yield "  " + " " * left + "".join(f"  {head:>{widths[head]}}" for head in heads)
    for name, cell, cells in made:
        line = f"  {name:{left}}"
        if not cell.never:
            line += "".join(f"  {cells[head]:>{widths[head]}}" for head in heads)
        yield line + "".join(f"  {text}" for text in otherwise(cell))


def otherwise(cell: Measured) -> Iterator[str]:
    """What became of what was not measured."""
    of = "episodes" if cell.tasks == 1 else "tasks"
    of = "time" if cell.how is How.STEADY else of
    for ended, share in cell.shares.items():
        part = "" if cell.never and share > 0.9999 else f" ({_percent(share)} of the {of})"
        why = _NEVER[ended]
        if ended == MISSED and cell.how is How.STEADY:
            why = "not measured: it is not met in this time"
        yield f"{why}{part}"


def told(cell: Measured) -> dict[str, str]:
    """The figures of a row by their heads, in us or counts; none where it never ends."""
    if cell.never:
        return {}
    figures, quantiles = cell.figures, cell.quantiles
    time = figures["time"]
    return {
        "mean": number(time.mean / US, time.half / US),
        "+-": _half(time.half / US),
        "p50": _quantile(quantiles.get("p50")),
        "p99": _quantile(quantiles.get("p99")),
        "worst": number((cell.worst or 0) / US, 0.5 if (cell.worst or 0) >= 10 * US else 0.05),
        "CPU": figure_text(figures["cpu"], US),
        "given": figure_text(figures["given"], US),
        "polls": figure_text(figures["polls"], 1.0),
        "out": figure_text(figures["out"], 1.0),
    }


def figure_text(found: Estimate, unit: float) -> str:
    """A mean in units of so many ns, with no more digits than its interval carries, and two at most."""
    value, half = found.mean / unit, found.half / unit
    exact = half < 0.0005
    if exact and abs(value - round(value)) < 0.005:
        return str(round(value))
    return number(value, 0.05 if exact else max(half, 0.05))


def _half(half: float) -> str:
    if not isfinite(half):
        return "?"
    return number(half, half) if half >= 0.0005 else "0"


def _quantile(found: Quantile | None) -> str:
    if found is None:
        return "-"
    return number(found.value / US, max((found.high - found.low) / 2 / US, 0.05))


def _percent(share: float) -> str:
    return f"{100 * share:.3g} %"


def short_names(policies: Sequence[str | None]) -> list[str]:
    """The policies' names, without what they are given where that tells none apart."""
    bases = [(policy or "").partition("(")[0] for policy in policies]
    return [
        base if bases.count(base) == 1 else policy or "" for base, policy in zip(bases, policies, strict=True)
    ]


def said(found: Costing, measure: str, scenario: str | None) -> Iterator[str]:
    """Sentences about the policies of a scenario against each other, and what they depend on."""
    rows = [cell for cell in found.cells if (cell.measure, cell.scenario) == (measure, scenario)]
    short = dict(
        zip([cell.policy or "" for cell in rows], short_names([c.policy for c in rows]), strict=True)
    )
    beyond = [
        f"{short[cell.policy or '']} {number(b.mean / US, b.half / US)}"
        for cell in rows
        if (b := cell.figures.get("beyond")) is not None
    ]
    if beyond:
        yield f"beyond the end of what it waits for: {', '.join(beyond)}"
    rates = [f"{short[cell.policy or '']} {_rate(cell)}".strip() for cell in rows if "rate" in cell.figures]
    if rates:
        yield f"a second has: {', '.join(rates)}"
    apart = later(found, measure, scenario)
    for one in apart:
        yield f"{_apart(one, short)}"
    for ratio in found.ratios:
        if (ratio.measure, ratio.scenario) == (measure, scenario) and "polls=" in ratio.policy:
            mean, worst = f"{ratio.mean:.2f} times", f"{ratio.worst:.2f} times at most in one episode"
            paid = "what the cheaper of spin and block does, in CPU time and latency"
            yield f"{short[ratio.policy]} pays {mean} {paid}; {worst}"
    moves = [move for move in found.moved if (move.measure, move.scenario) == (measure, scenario)]
    shown = {(one.policy, one.against) for one in apart}
    most: dict[str, Moved] = {}
    for move in sorted(moves, key=lambda move: -abs(move.later - move.before)):
        named = (move.policy, move.against) in shown or (move.against, move.policy) in shown
        if named and abs(move.later - move.before) > 0.02 * abs(move.before):
            most.setdefault(move.cost, move)
    if most:
        parts = [_moved(move, short) for move in list(most.values())[:MOST_MOVED]]
        yield f"moved most by {'; '.join(parts)}"
    flips: dict[tuple[str, str], list[str]] = {}
    for move in moves:
        if certain(move, found):
            flips.setdefault((move.policy, move.against), []).append(move.cost)
    pairs: dict[tuple[str, ...], list[str]] = {}
    for (policy, against), costs in flips.items():
        pairs.setdefault(tuple(costs), []).append(f"{short[policy]} or {short[against]}")
    for names, who in pairs.items():
        yield f"depends on {', '.join(names)}: which is later, {'; '.join(who)}"


def _rate(cell: Measured) -> str:
    """How many stretches a second has, and in how many of them the task had to wait."""
    rate, waited = cell.figures["rate"], cell.figures.get("waited")
    told = number(rate.mean, max(rate.half, 0.05))
    if waited is None or waited.mean == 1:
        return told
    return f"{told} ({_percent(waited.mean)} of them polled, slept or spun)"


def later(found: Costing, measure: str, scenario: str | None) -> tuple[Difference, ...]:
    """Every policy that is later than the fastest one in a scenario, against that one."""
    rows = [cell for cell in found.cells if (cell.measure, cell.scenario) == (measure, scenario)]
    rows = [cell for cell in rows if not cell.stuck and not cell.never]
    if not rows:
        return ()
    fastest = min(rows, key=lambda cell: cell.figures["time"].mean).policy or ""
    made: list[Difference] = []
    for one in found.differences:
        if (one.measure, one.scenario) != (measure, scenario) or fastest not in (one.policy, one.against):
            continue
        turned = one if one.against == fastest else Difference(
            one.measure, one.scenario, one.against, one.policy,
            *(Estimate(-part.mean, part.half) for part in (one.later, one.saved, one.given)),
        )  # fmt: skip
        if turned.later.mean > turned.later.half:
            made.append(turned)
    return tuple(made)


def certain(move: Moved, found: Costing) -> bool:
    """Whether a conclusion flips: before, the two were apart by more than their interval, and they are so
    again, the other way round."""
    for one in found.differences:
        if (one.measure, one.scenario, one.policy, one.against) == (
            move.measure, move.scenario, move.policy, move.against,
        ):  # fmt: skip
            apart = max(one.later.half, 20.0)
            return abs(one.later.mean) > apart and move.flips and abs(move.later) > apart
    return False


def _apart(one: Difference, short: dict[str, str]) -> str:
    late, saved = one.later.mean / US, one.saved.mean / US
    text = f"{short[one.policy]} against {short[one.against]}: {number(late, one.later.half / US)} later"
    cpu = number(abs(saved), max(one.saved.half / US, 0.05))
    if abs(one.saved.mean) <= max(one.saved.half, 50):
        return f"{text}, the same CPU time"
    if saved < 0:
        return f"{text}, and {cpu} more of CPU"
    given = one.given.mean / US
    other = "less" if given < 0 else "more"
    others = f"{number(abs(given), max(one.given.half / US, 0.05))} {other} used by others"
    others = "none of it used by anybody" if abs(one.given.mean) <= max(one.given.half, 5) else others
    text += f", {cpu} of CPU saved, {others}"
    return f"{text}; a tie at {number(saved / late, saved / late / 10)} of CPU for 1 of latency"


def _moved(move: Moved, short: dict[str, str]) -> str:
    before, later = move.before / US, move.later / US
    digits = max(abs(before), abs(later)) / 9  # A few episodes say no more.
    pair = f"{short[move.policy]} - {short[move.against]}"
    return f"{move.cost} ({pair} {number(before, digits)} -> {number(later, digits)})"


def ends(found: Costing) -> Iterator[str]:
    """What every report says."""
    model = found.model
    stuck = [cell for cell in found.cells if "livelock" in cell.shares]
    if stuck:
        names = [one.name for one in model.formulas if one.kind == "property"]
        if names:
            yield f"a livelock is what pfnspec check --property {names[0]} decides"
    if found.changed:
        yield f"timed with {', '.join(found.changed)}: check takes the values of the model"
    late = sum(why == "time" for why in found.stopped)
    if late:
        yield f"the time was over before {late} of {len(found.stopped)} rows were as precise as asked"
    yield NOT_MODELLED
    yield f"seed {found.seed}"
