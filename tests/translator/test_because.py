"""Why a property is violated, as it is told: lost wake-ups, conditions that failed, calls that lead there."""

from __future__ import annotations

import pytest
from pfnspec.report.text.words import because
from pfnspec.translator.program.findings import Moved
from violated import finding

LOST: dict[str, tuple[str, list[Moved] | None]] = {
    "seen before it armed": (
        """
process waiter:
    if not ready:
        prepare_to_wait(wq)
        schedule()
        finish_wait(wq)
process setter:
    ready = True
    wake_up(wq)
""",
        [Moved("ready", "False", "True", 1)],
    ),
    "looked at under a lock that it has given back": (
        """
process waiter:
    while True:
        l.lock()
        if ready:
            break
        l.unlock()
        prepare_to_wait(wq)
        schedule()
    finish_wait(wq)
    l.unlock()
process setter:
    ready = True
    wake_up(wq)
""",
        [Moved("ready", "False", "True", 2)],
    ),
    "another part of its condition is still false": (
        """
process waiter:
    while not (ready and other):
        prepare_to_wait(wq)
        schedule()
    finish_wait(wq)
process setter:
    ready = True
""",
        None,
    ),
    "what has moved is not what it waits for": (
        """
process waiter:
    if other:
        cpu_relax()
    while not ready:
        prepare_to_wait(wq)
        schedule()
    finish_wait(wq)
process setter:
    other = True
""",
        None,
    ),
    "a condition that is looked at in one step": (
        """
process waiter:
    atomic:
        if ready:
            return
    prepare_to_wait(wq)
    schedule()
    finish_wait(wq)
process setter:
    ready = True
    wake_up(wq)
""",
        [Moved("ready", "False", "True", 1)],
    ),
}


@pytest.mark.parametrize("name", LOST)
def test_a_lost_wake_up_has_its_name_in_a_loop_that_is_written_out(name: str) -> None:
    body, expected = LOST[name]
    shared = "shared ready: bool\nshared other: bool\nshared l: mutex\nshared wq: waitqueue\n"
    found = finding(shared + body, "deadlock")
    (sleeper,) = [one for one in found.standing if str(one.task) == "waiter"]
    assert (None if sleeper.lost is None else list(sleeper.lost)) == expected


SHOWN: dict[str, tuple[str, str]] = {
    "everybody stands there": (
        """
shared taken: bool
process p[2]:
    while taken:
        cpu_relax()
    taken = True
    label critical
    taken = False
invariant told: not all(p[i] at critical for i in range(2))
""",
        "p[0] at critical (line 9), p[1] at critical (line 9)",
    ),
    "nobody stands there": (
        """
shared x: bool
process p[2]:
    label first
    x = True
    label second
    cpu_relax()
invariant told: not x or any(p[i] at first for i in range(2)) or p[0] at p.second or p[1] at second
""",
        "x = True, p[0] not at first (line 4), p[1] not at first (line 4), "
        "p[0] not at p.second (line 4), p[1] not at second (line 4)",
    ),
    "the element of `all` that fails": (
        """
shared a: range(3)[3] = 1
process p:
    a[1] = 0
    a[2] = 0
invariant told: all(a[i] == 1 for i in range(3))
""",
        "i = 1, a[1] = 0",
    ),
    "none of `any`": (
        """
shared a: range(3)[2] = 1
process p:
    a[1] = 0
    a[0] = 0
invariant told: any(a[i] == 1 for i in range(2))
""",
        "a[0] = 0, a[1] = 0",
    ),
    "the one that `any` should not have found": (
        """
shared s: set[range(3)]
process p:
    s.add(2)
invariant told: not any(v in s and v > 0 for v in range(3))
""",
        "v = 2, s = {2}",
    ),
    "elements of what is left, and its place": (
        """
shared x: bool[2]
process p[2]:
    x[self] = True
    label after
    cpu_relax()
invariant told: all(not x[i] or p[1 - i] at after for i in range(2))
""",
        "i = 0, x[0] = True, p[1] not at after (line 5)",
    ),
    "an end, within an assertion": (
        """
shared x: bool
process one:
    x = True
process other:
    if x:
        assert not one at end, "told"
        cpu_relax()
""",
        "one at end (line 4)",
    ),
}


@pytest.mark.parametrize("name", SHOWN)
def test_what_is_shown_of_a_condition_that_failed(name: str) -> None:
    text, expected = SHOWN[name]
    assert because(finding(text, "told"), "model.pfn") == expected


CALLS: dict[str, tuple[str, list[str]]] = {
    "before a call that makes the next step": (
        """
shared n: bool
def spins():
    cpu_relax()
process p:
    n = True
    assert not n, "here"
    spins()
""",
        [],
    ),
    "in a function that calls on": (
        """
shared n: bool
def spins():
    cpu_relax()
def looks():
    assert not n, "here"
    spins()
process p:
    n = True
    looks()
""",
        ["looks()"],
    ),
    "last in a function": (
        """
shared n: bool
def looks():
    assert not n, "here"
process p:
    n = True
    looks()
    cpu_relax()
""",
        ["looks()"],
    ),
    "in one of two calls that lead to one step": (
        """
shared n: bool
def looks(b: bool):
    assert not n or not b, "here"
process p:
    n = True
    if maybe():
        looks(False)
    else:
        looks(True)
    cpu_relax()
""",
        ["looks(True)"],
    ),
    "in an atomic block": (
        """
shared n: bool
def looks():
    assert not n, "here"
process p:
    atomic:
        n = True
        looks()
    cpu_relax()
""",
        ["looks()"],
    ),
    "behind the wait of a policy that waits on": (
        """
shared n: bool
shared wq: waitqueue
policies looks
policy looks:
    assert not n, "here"
    wait spin
process p:
    n = True
    wait until n on wq
""",
        ["wait until n on wq"],
    ),
}


@pytest.mark.parametrize("name", CALLS)
def test_a_violated_assertion_names_the_calls_that_lead_to_its_own_line(name: str) -> None:
    text, expected = CALLS[name]
    lines = f"model m\n{text}".splitlines()
    assert [lines[call.line - 1].strip() for call in finding(text, "here").calls] == expected
