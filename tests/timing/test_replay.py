"""Every timed behaviour is a behaviour of the program that was checked; skipping rounds changes nothing."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from pfnspec.timing.run.episode import Cell, Start
from pfnspec.timing.run.machine import Machine
from pfnspec.translator import pipeline
from pfnspec.translator.run.interpreter import Interpreter
from timing_models import ROOT, cells, ran, table

POLICIES = ("spin", "resched", "block", "halt_poll")
MODELS = ("s5_policies", "v3_4_policies")
HOST = """
[duration]
hva_to_pfn = "1 us"
zap = "5 us"
[choice]
notifier = { rounds = 1 }
[episode]
vcpu = { arrives_in = "zap" }
[scheduler]
slice = "20 us"
"""


def examples(name: str) -> dict[tuple[str | None, str | None], Cell]:
    path = ROOT / "examples" / "pfncache" / f"{name}.pfn"
    text = f'model timed varies "{name}.pfn"\npolicies spin, resched, block, halt_poll(polls=20)\n'
    return cells(text, str(path.with_name("timed.pfn")))


def places() -> Iterator[tuple[str, str]]:
    yield "one_cpu", ""
    yield "two_cpus", ""
    yield "two_cpus", "[scheduler]\nload = [0]"
    yield "one_cpu", "[scheduler]\nload = [0]"
    yield "two_cpus", '[scheduler]\nload = [0]\nwakeup = "slice"'


@pytest.fixture(scope="module", params=MODELS)
def model(request: pytest.FixtureRequest):
    return examples(request.param)


def accepted(cell: Cell, machine: Machine) -> int:
    """So many steps of a trail the checked program can take: each from some state that the ones before lead
    to, with its CPUs as state."""
    whole = Interpreter(pipeline.whole(cell.program))
    states = {whole.initial()}
    done = 0
    assert machine.trail is not None
    for _, index, _, after in machine.trail:
        plain = cell.automaton.states[after]
        states = {
            state
            for before in states
            for state, _ in whole.successors(before, cell.automaton.tasks[index])
            if state[: len(plain)] == plain
        }
        if not states:
            break
        done += 1
    return done


@pytest.mark.parametrize("where", list(places()), ids=str)
@pytest.mark.parametrize("policy", POLICIES)
def test_the_checked_program_takes_every_step(model, where: tuple[str, str], policy: str) -> None:
    scenario, more = where
    cell = model[scenario, policy]
    made = table(HOST, more)
    for at in (0.1, 0.7):
        machine = ran(cell, made, Start(at, 0.5, 3), skipping=policy == "spin")
        assert machine.trail is not None and len(machine.trail) > 10
        assert accepted(cell, machine) == len(machine.trail)


@pytest.mark.parametrize("where", list(places()), ids=str)
@pytest.mark.parametrize("policy", POLICIES)
def test_skipping_rounds_changes_nothing(model, where: tuple[str, str], policy: str) -> None:
    """To the nanosecond, and to the poll."""
    scenario, more = where
    cell = model[scenario, policy]
    made = table(HOST, more)
    if (scenario, policy) == ("one_cpu", "spin"):
        assert ran(cell, made).livelock
        return
    for at, used in ((0.0, 0.0), (0.31, 0.5), (0.6, 0.9), (0.99, 0.2)):
        fast = ran(cell, made, Start(at, used, 1))
        slow = ran(cell, made, Start(at, used, 1), skipping=False)
        assert fast.samples == slow.samples
        assert (fast.clock.now, fast.steps) == (slow.clock.now, slow.steps)
