"""The word for a lasso: who makes progress on it, and who is owed something."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from subprocess import CompletedProcess

import pytest
from pfnspec.dsl.checker.declarations import check
from pfnspec.dsl.source import Source
from pfnspec.dsl.syntax.parse import parse
from pfnspec.translator.lower.lower import lower
from pfnspec.translator.program.show import program_text

Run = Callable[..., "CompletedProcess[str]"]

# Models each of whose lassos gets the same word.
CASES: dict[str, tuple[str, str, str]] = {
    "a storm of rounds keeps a retry from its end": (
        """
shared version: range(3)
process refresher:
    seen: range(3) = 0
    while True:
        seen = version
        cpu_relax()
        if seen == version:
            break
process notifier:
    while maybe():
        version = (version + 1) % 3
property ends: eventually refresher at end
""",
        "starvation",
        "notifier makes progress, round by round of its loop",
    ),
    "a waiter that never steps while another comes round": (
        """
shared s: rwsem(unfair)
process updater:
    with s.write():
        label updated
process reader:
    while True:
        with s.read():
            pass
property ends: eventually updater at updated
""",
        "starvation",
        "reader makes progress, round by round of its loop",
    ),
    "two tasks that make each other retry": (
        """
shared want: bool[2]
process polite[2]:
    while True:
        want[self] = True
        if not want[1 - self]:
            break
        want[self] = False
property ends: eventually polite[0] at end
""",
        "livelock",
        "polite[0]",
    ),
    "a spinner on the only CPU": (
        """
shared ready: bool
scenario up:
    cpus = 1
process spinner:
    while not ready:
        cpu_relax()
process setter:
    ready = True
property ends: eventually spinner at end
""",
        "livelock",
        "spinner steps for ever",
    ),
    "rounds of the task that is owed are no progress": (
        """
shared l: spinlock
shared never: bool
process tries:
    while True:
        if l.trylock():
            label got
            l.unlock()
process holder:
    l.lock()
    await never
property gets_it: always eventually tries at got
""",
        "livelock",
        "tries steps for ever",
    ),
    "a label of the property is progress, in a loop of any kind": (
        """
shared s: rwsem(unfair)
shared stop: bool
process taker[2]:
    while not stop:
        with s.write():
            label got
            cpu_relax()
property gets_it: always eventually taker[0] at got
""",
        "starvation",
        "taker[1] makes progress",
    ),
    "asleep although what its condition calls would say that it holds": (
        """
shared x: bool
shared wq: waitqueue
policies block
def ready(twice: bool) -> bool:
    if twice and not x:
        return False
    return x
process sleeper:
    wait until not (not ready(True) or False) on wq
process setter:
    x = True
property wakes: eventually sleeper at end
""",
        "lost wake-up",
        "sleeper sleeps for ever although its condition holds",
    ),
    "asleep for a condition that does something, which no state makes true": (
        """
shared x: bool
shared looked: bool
shared wq: waitqueue
policies block
def ready() -> bool:
    looked = True
    return x
process sleeper:
    wait until ready() on wq
process setter:
    x = True
property wakes: eventually sleeper at end
""",
        "lost wake-up",
        "sleeper sleeps for ever although it would go on if it looked again: the wake-up is lost",
    ),
    "a waiting loop that is written out": (
        """
shared ready: bool
shared wq: waitqueue
process waiter:
    while not ready:
        prepare_to_wait(wq)
        schedule()
    finish_wait(wq)
process setter:
    ready = True
    wake_up(wq)
property ends: eventually waiter at end
""",
        "lost wake-up",
        "waiter read ready = False in step 1; it is True",
    ),
    "a sleeper that would sleep again": (
        """
shared ready: bool
shared done: bool
shared wq: waitqueue
process waiter:
    while not ready:
        prepare_to_wait(wq)
        if ready:
            break
        schedule()
    finish_wait(wq)
process setter:
    done = True
property ends: eventually waiter at end
""",
        "standstill",
        "no fairness assumption can help: waiter is never able to step",
    ),
    "what a retry finds each time": (
        """
shared ready: bool
shared wq: waitqueue
policies spin
process waiter:
    wait until ready on wq
process setter:
    ready = True
scenario up:
    cpus = 1
property ends: eventually waiter at end
""",
        "livelock",
        "whenever waiter looks, ready is False (line 7)",
    ),
    "only the violated part of a property says who is owed": (
        """
shared s: rwsem(unfair)
process taker[2]:
    while True:
        with s.write():
            label got
            cpu_relax()
property get_it: (always eventually taker[0] at got) and eventually (taker[1] at got or True)
""",
        "starvation",
        "taker[1] makes progress",
    ),
}


@pytest.mark.parametrize("name", CASES)
def test_diagnosis(pfnspec: Run, tmp_path: Path, name: str) -> None:
    text, word, reason = CASES[name]
    (tmp_path / "model.pfn").write_text(f"model m\n{text}", encoding="utf-8")
    ran = pfnspec("check", tmp_path / "model.pfn", "--format", "json")
    (finding,) = (
        v["finding"]
        for v in json.loads(ran.stdout)["verdicts"]
        if v["kind"] == "property" and v["finding"] is not None
    )
    assert finding["diagnosis"] == word
    assert any(reason in said for said in finding["reasons"]), finding["reasons"]
    kinds = {event["kind"] for step in finding["steps"] for event in step["events"]}
    assert "round" not in kinds


def test_a_process_without_a_count_has_no_index(pfnspec: Run, tmp_path: Path) -> None:
    """Not in the program, not in pins, not in a report, whichever way its task is named."""
    text = """model m
scenario one:
    cpus = 1
shared l: mutex
process updater on cpu(0):
    with l:
        label here
        cpu_relax()
process other[2] on cpu(0):
    with l:
        await False
invariant free: not (l.held_by(updater) and updater at here)
property ends: eventually updater at end
"""
    tree, _ = parse(Source("model.pfn", text))
    assert tree is not None
    model, _ = check(tree, None, "one")
    assert model is not None
    program, _ = lower(model)
    assert program is not None
    assert sorted(str(task) for task, _ in program.pins) == ["other[0]", "other[1]", "updater"]
    shown = program_text(program)
    assert "process updater from" in shown and "(pc)[updater]" in shown
    assert "updater[" not in shown and "updater(" not in shown
    (tmp_path / "model.pfn").write_text(text, encoding="utf-8")
    for form in ("json", "text"):
        ran = pfnspec("check", tmp_path / "model.pfn", "--format", form)
        assert ran.returncode == 1, ran.stderr
        assert "updater" in ran.stdout and "updater[" not in ran.stdout
