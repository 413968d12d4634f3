"""Random models with random times over them: is every timed step one that the checked program can take, and
does skipping rounds change nothing?

    python bench/random_times.py [--models N] [--seed S]

Costs, loads, wake-up rules, CPUs and choices are by chance.  Prints each model that something is wrong with.
"""

from __future__ import annotations

import argparse
import random
import sys
from collections.abc import Sequence

from pfnspec.check.load import load
from pfnspec.dsl.diagnostics import Diagnostics
from pfnspec.dsl.source import Source
from pfnspec.timing.run.automaton import Said
from pfnspec.timing.run.choices import Choices
from pfnspec.timing.run.cpus import Runner
from pfnspec.timing.run.episode import Cell, Start, Timeless, Timing
from pfnspec.timing.run.machine import Machine, Occupied
from pfnspec.timing.table.read import costs
from pfnspec.translator import pipeline
from pfnspec.translator.run.interpreter import Interpreter
from random_models import model

HORIZON = 3_000
MOST_STEPS = 400
MOST_STATES = 200


class _Tossed(Choices):
    """Every choice by chance, each way as likely; where loops are `slow`, a round begins some time later."""

    slow = False

    def chosen(self, machine: Machine, runner: Runner, options: Sequence[Said]) -> Said:  # type: ignore[override]
        if options[0].kind == "need_resched":
            return super().chosen(machine, runner, options)
        chance = machine.draw(str(options[0].span), runner.index)
        chosen = options[int(chance * len(options))]
        if self.slow and chosen.kind == "maybe" and chosen.value is True:
            machine.hold(runner, -1, int(200 * machine.draw("slow", runner.index)))
        return chosen


def table(chance: random.Random) -> str:
    """Costs by chance; no step is free, so that time passes."""
    kinds = ("load", "store", "compare", "take", "bump", "acquire", "release", "atomic", "queue", "schedule")
    kinds += ("await", "cond_resched", "might_sleep", "cpu_relax")
    lines = ["[step]", *(f"{kind} = {chance.choice((1, 2, 3, 7, 20))}" for kind in kinds), "[switch]"]
    lines += [f"{name} = {chance.choice((0, 5, 30))}" for name in ("out", "into", "wake", "handover")]
    lines += [f"idle = [{{ after = 0, exit = {chance.choice((0, 20))} }}, {{ after = 50, exit = 60 }}]"]
    lines += ["[scheduler]", f"slice = {chance.choice((40, 150, 1000))}"]
    lines += [f'wakeup = "{chance.choice(("preempts", "slice"))}"']
    lines += [f"load = {chance.choice(('[]', '[]', '[0]'))}"]
    return "\n".join(lines)


def run(timing: Timing, start: Start, *, skipping: bool, slow: bool) -> Machine:
    machine = timing.machine(start, 7, skipping=skipping, horizon=HORIZON)
    tossed = machine.choices = _Tossed(timing.costs, timing.cell.names)
    tossed.slow = slow
    machine.measuring.wanted = {(-1, -1)}  # Nothing is measured: it goes on to the horizon.
    machine.trail = []
    machine.run()
    return machine


def fault(seed: int) -> str | None:
    """What is wrong with the times of the cells of one random model; None if nothing is."""
    text = model(seed)
    loaded = load("random.pfn", text=text)
    chance = random.Random(seed)
    diagnostics = Diagnostics()
    made = costs([Source("random.toml", table(chance))], diagnostics)
    assert made is not None, list(diagnostics)
    for one in loaded.cells[:3]:
        cell = Cell(one.model, one.policy, one.program)
        refused = Diagnostics()
        timing = Timing(cell, made, refused)
        if refused.errors:
            continue  # A model with handlers: interrupts have no times.
        start = Start(chance.random(), chance.random(), seed)
        try:
            later = seed % 2 == 0
            slow, fast = (run(timing, start, skipping=skips, slow=later) for skips in (False, True))
        except (Timeless, Occupied):
            continue
        why = not_taken(cell, slow) or not_the_same(slow, fast)
        if why is not None:
            return f"seed {seed}, {one.scenario} {one.policy}: {why}\n{text}"
    return None


def not_taken(cell: Cell, machine: Machine) -> str | None:
    """The first step that the checked program, with its CPUs as state, cannot take."""
    whole = Interpreter(pipeline.whole(cell.program))
    states = {whole.initial()}
    assert machine.trail is not None
    for number, (time, index, _, after) in enumerate(machine.trail[:MOST_STEPS]):
        plain = cell.automaton.states[after]
        states = {
            state
            for before in states
            for state, _ in whole.successors(before, cell.automaton.tasks[index])
            if state[: len(plain)] == plain
        }
        if not states:
            return f"step {number} of {cell.automaton.tasks[index]} at {time} ns cannot be taken"
        if len(states) > MOST_STATES:
            return None
    return None


def not_the_same(slow: Machine, fast: Machine) -> str | None:
    """Where skipping differs: its steps are some of those without, at the same times."""
    assert slow.trail is not None and fast.trail is not None
    rest = iter(slow.trail)
    for step in fast.trail:
        if step[0] <= HORIZON and step not in rest:
            return f"with rounds skipped there is another step at {step[0]} ns"
    ended = slow.clock.due() is None and slow.clock.now <= HORIZON
    if fast.livelock and ended:
        return "a livelock is told where everybody waits or has ended"
    return None


def main() -> int:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--models", type=int, default=300)
    parser.add_argument("--seed", type=int, default=1)
    options = parser.parse_args()
    wrong = 0
    for seed in range(options.seed, options.seed + options.models):
        why = fault(seed)
        if why is not None:
            wrong += 1
            print(why)
    print(f"{options.models} models, {wrong} with something wrong")
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main())
