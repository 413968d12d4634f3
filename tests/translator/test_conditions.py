"""Calls, trylocks and choices in conditions: the interpreter, TLC, the whole and the reduced program agree,
wherever the condition stands and whichever policy evaluates it."""

from __future__ import annotations

import differential
import pytest
from pfnspec import tla
from random_conditions import with_calls
from random_models import model

CONDITIONS = {
    "calls that look": "ready(1) and not ready(0)",
    "a call that does something": "x or takes(l) and not x",
    "a trylock": "not (x or other.trylock())",
    "choices": "ready(1) or not (maybe() or x)",
}

STATEMENTS = {
    "if": "    if {}:\n        x = not x\n    else:\n        n = 1",
    "while": "    while not ({}):\n        n = 1 - n",
    "assignment": "    b: bool = {}\n    x = b",
    "shared": "    x = {}",
    "return": "    x = returned()",
    "wait": "    wait until {} on wq\n    x = False",
    "wait with a lock": "    with l:\n        wait until {} on wq holding l",
}

SURROUNDINGS = """model m
shared x: bool
shared n: range(2)
shared l: spinlock
shared other: spinlock
shared wq: waitqueue
def ready(least: range(2)) -> bool:
    if n < least:
        return False
    return n >= least or x
def takes(lock: spinlock) -> bool:
    if lock.trylock():
        n = 1 - n
        lock.unlock()
        return True
    return False
def returned() -> bool:
    return {}
process one:
{}
process another:
    n = 1
    x = True
    wake_up(wq)
policy looks_twice:
    if not cond and (not cond or maybe()):
        prepare_to_wait(wq)
        schedule()
        finish_wait(wq)
"""

POLICIES = "policies spin, resched, block, halt_poll(polls=1), looks_twice\n"


def text(statement: str, condition: str) -> str:
    test = CONDITIONS[condition]
    whole = SURROUNDINGS.format(test, STATEMENTS[statement].format(test))
    return whole + POLICIES if "wait" in statement else whole


@pytest.mark.parametrize("condition", CONDITIONS)
@pytest.mark.parametrize("statement", STATEMENTS)
def test_whole_and_reduced_agree(statement: str, condition: str) -> None:
    made = text(statement, condition)
    assert differential.cells(made), "the model is refused"
    assert differential.fault(made, limit=20_000) is None, made


@pytest.mark.parametrize("condition", CONDITIONS)
def test_tlc_agrees(condition: str) -> None:
    tools = tla.find_tools()
    for statement in ("return", "wait"):
        made = text(statement, condition).replace(POLICIES, "policies block\n")
        assert differential.fault(made, tools=tools, limit=20_000) is None, made


@pytest.mark.parametrize("start", range(0, 30, 10))
def test_random_conditions(start: int) -> None:
    for seed in range(start, start + 10):
        made = with_calls(model(4 * seed), seed)
        assert differential.fault(made, limit=1500) is None, f"seed {seed}\n{made}"


def test_a_policy_that_does_not_look_reaches_nothing_in_the_condition() -> None:
    """Nor are there branches of it that could be missing."""
    (cell,) = differential.cells("""model m
shared x: bool
shared wq: waitqueue
policies blind
def ready() -> bool:
    if x:
        return True
    return False
process waiter:
    wait until ready() on wq
policy blind:
    schedule()
""")
    assert cell.program.reachable == ()
    assert any(point.step is not None and point.step.awaited is not None for point in cell.program.points)
