"""What a trace tells of steps that read a condition as a whole, and what of a condition that failed."""

from __future__ import annotations

import differential
import pytest
from pfnspec.report.text.behaviour import columns_for, folded_steps
from pfnspec.report.text.words import because, in_words, layout, step_text
from pfnspec.translator.lower.temporal import focused
from pfnspec.translator.pipeline import whole
from pfnspec.translator.program.findings import Finding, Moved
from pfnspec.translator.retrace.retrace import retrace
from pfnspec.translator.run.interpreter import Interpreter, path


def finding(text: str, property: str) -> Finding:
    """The first violation of a property that the interpreter comes upon."""
    (cell,) = differential.cells(f"model m\n{text}")
    interpreter = Interpreter(whole(focused(cell.program, ())))
    states, _ = interpreter.search(5_000)
    for state in states:
        if any(violation.property == property for violation in interpreter.violations(state)):
            return retrace(property, path(state, states), interpreter)
    raise AssertionError(f"{property} holds")


STEPS: dict[str, tuple[str, str]] = {
    "atomic that only looks": (
        """
shared x: bool
shared y: bool
process p:
    atomic:
        if x:
            y = True
    assert False, "here"
    cpu_relax()
""",
        "reads x = False",
    ),
    "what stands behind a test is told where it is read": (
        """
shared o: range(2) | None
shared x: bool
shared y: bool
process p:
    atomic:
        if o != None and o == 1 and x or not x:
            y = x
    assert False, "here"
    cpu_relax()
""",
        "reads o = None; reads x = False; y = False, as before",
    ),
    "what a line changes is told once": (
        """
shared n: range(3)
shared m: range(3)
process p:
    atomic:
        n += 1
        m = n + m
    assert False, "here"
    cpu_relax()
""",
        "n: 0 -> 1; m: 0 -> 1",
    ),
    "the elements of all and any, and those of an index": (
        """
shared a: range(2)[2]
shared b: bool[2]
process p:
    atomic:
        if any(a[i] == 1 for i in range(2)) or b[a[0]]:
            b[0] = True
    assert False, "here"
    cpu_relax()
""",
        "reads a[0] = 0; reads a[1] = 0; reads b[0] = False",
    ),
    "a comparison with a counter": (
        """
shared seq: generation
process p:
    seen: snapshot
    seen = seq
    atomic:
        if seen != seq:
            seq += 1
    assert False, "here"
    cpu_relax()
""",
        "seq is unchanged",
    ),
    "await": (
        """
shared x: bool
shared y: bool = True
process p:
    await not x and y
    assert False, "here"
    cpu_relax()
""",
        "await; reads x = False; reads y = True",
    ),
    "await at the head of atomic": (
        """
shared x: bool
process p:
    atomic:
        await not x
        x = True
    assert False, "here"
    cpu_relax()
""",
        "await; reads x = False; x: False -> True",
    ),
    "a call within atomic": (
        """
shared x: bool
def both(on: bool) -> bool:
    return on and not x
process p:
    atomic:
        if not both(x):
            x = True
    assert False, "here"
    cpu_relax()
""",
        "reads x = False; x: False -> True",
    ),
    "a trylock that is refused": (
        """
shared l: mutex
process holder:
    l.lock()
    await False
process p:
    if not l.trylock():
        assert False, "here"
        cpu_relax()
""",
        "does not get l, held by holder",
    ),
    "a wait reads step by step": (
        """
shared x: bool = True
shared wq: waitqueue
policies spin
process p:
    wait until x on wq
    assert False, "here"
    cpu_relax()
""",
        "reads x = True",
    ),
}


@pytest.mark.parametrize("name", STEPS)
def test_the_last_step_tells_what_it_read(name: str) -> None:
    text, expected = STEPS[name]
    assert step_text(finding(text, "here").steps[-1]) == expected


def last_told(text: str, property: str, *, verbose: bool) -> list[str]:
    """The rows of a violation, as a check shows them."""
    found = finding(text, property)
    laid = layout(found.steps, columns_for(found), "model.pfn", 100, verbose=verbose)
    return [" ".join(row.split()) for step in laid.steps for row in step]


KEPT = """
shared x: range(3)
process p:
    a: range(3) = 0
    b: range(3) = 1
    a = 0
    x = 1
    assert False, "here"
    cpu_relax()
"""


def test_locals_that_keep_their_value_are_told_only_if_asked_for() -> None:
    assert last_told(KEPT, "here", verbose=False) == ["1 6 b = 1", "2 8 x: 0 -> 1"]
    assert last_told(KEPT, "here", verbose=True) == ["1 5 a = 0", "6 b = 1", "7 a = 0", "2 8 x: 0 -> 1"]


def test_steps_that_tell_nothing_are_left_out_and_named() -> None:
    text = KEPT.replace("    b: range(3) = 1\n", "")
    assert last_told(text, "here", verbose=False) == ["2 7 x: 0 -> 1"]
    assert last_told(text, "here", verbose=True)[0] == "1 5 a = 0"
    steps = finding(text, "here").steps
    assert folded_steps(steps, verbose=True) == []
    assert folded_steps(steps, verbose=False) == [
        "  step 1 tells nothing and is left out; --verbose shows it"
    ]


def test_a_cpu_that_changes_hands_is_told_with_the_place_where_it_is_given_up() -> None:
    found = finding(
        """
shared x: bool
process first:
    x = True
    cond_resched()
process second:
    await x
    cpu_relax()
    assert False, "here"
    cpu_relax()
scenario up:
    cpus = 1
""",
        "here",
    )
    told = [step_text(step) for step in found.steps]
    assert told == [
        "x: False -> True",
        "await; reads x = True",
        "takes the CPU of first, which is at cond_resched(), line 6; cpu_relax()",
    ]


def test_what_a_policy_does_is_told_at_the_line_that_waits() -> None:
    found = finding(
        """
shared x: bool
shared wq: waitqueue
policies block
process p:
    wait until x on wq
process other:
    wake_up(wq)
""",
        "deadlock",
    )
    rows = [text for step in found.steps for span, text in in_words(step) if str(step.task) == "p"]
    assert "block: prepares to wait on wq" in rows
    lines = {span.line for step in found.steps for span, _ in in_words(step) if str(step.task) == "p"}
    assert lines == {7}


def test_who_ends_holding_is_told_at_its_return() -> None:
    found = finding(
        """
shared l: spinlock
shared x: bool
process p:
    l.lock()
    if not x:
        return
    l.unlock()
""",
        "ends_holding",
    )
    assert found.span is not None and found.span.line == 8


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
