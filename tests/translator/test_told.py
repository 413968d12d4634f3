"""What a trace tells of each step."""

from __future__ import annotations

import pytest
from pfnspec.report.text.behaviour import columns_for, folded_steps
from pfnspec.report.text.words import in_words, layout, step_text
from violated import finding

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
