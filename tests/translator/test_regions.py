"""What regions and assumptions do to a program, beyond the verdicts in `rules`."""

from __future__ import annotations

from pfnspec.check.load import Cell, load
from pfnspec.translator import pipeline
from pfnspec.translator.emit.emit import emit
from pfnspec.translator.run.interpreter import Exploration, Interpreter

WORKS = """
model m
shared l: spinlock
shared a: range(3)
shared b: range(3)
process p:
    with l:
        label r{colon}
            a = 1
            b = 1
            a = 2
            b = 2
process q:
    with l:
        a = 0
        b = 0
invariant alone: {claim}
"""


def cell(text: str) -> Cell:
    (found,) = load("-", text=text.lstrip()).cells
    return found


def states(text: str) -> int:
    program = pipeline.prepared(pipeline.about(cell(text).program))
    return len(list(Exploration(Interpreter(program))))


def test_only_the_borders_of_a_region_are_looked_at() -> None:
    """Asking who is in a block costs a state where it begins and one where it ends, whatever it holds."""
    asked = states(WORKS.format(colon=":", claim="not (p in r and q at end and not l.locked)"))
    longer = WORKS.replace("            b = 2\n", "            b = 2\n            a = 1\n            b = 1\n")
    assert states(longer.format(colon=":", claim="not (p in r and q at end and not l.locked)")) == asked


def test_a_hook_is_no_branch_that_nothing_reaches() -> None:
    text = """
model m
shared x: bool
process p:
    if stays():
        x = True
    if x:
        cpu_relax()
def stays() -> bool:
    return False
"""
    assert [one.text for one in cell(text).program.reachable] == ["then"]


def test_no_behaviour_begins_where_nothing_is_assumed_to_be() -> None:
    text = """
model m
shared x: range(3)
process p:
    x = 1
assume x > 0
"""
    found = load("-", text=text.lstrip())
    assert [one.code for one in found.diagnostics] == ["bad-assume"] and not found.cells


def test_nobody_waits_for_a_start_that_is_hardly_ever_there() -> None:
    starts = "".join(f"shared x{n}: range(16) = choose(range(16))\n" for n in range(8))
    (fault,) = load("-", text=f"model m\n{starts}process p:\n    x0 = 1\nassume x0 == 15\n").diagnostics
    assert fault.code == "bad-assume" and fault.message.startswith("none of the first 50000 states")


def test_the_other_engine_cuts_the_same_states() -> None:
    """What TLC is given: a constraint, claims that hold beyond it, and marks that are reached within it."""
    text = """
model m
shared x: range(4)
process p:
    x = 1
    if x == 1:
        x = 2
        x = 3
    label behind
    cpu_relax()
assume x < 2
invariant small: x < 3
"""
    program = pipeline.prepared(pipeline.about(cell(text).program))
    emitted = emit(program, registers=True)
    assert "CONSTRAINT Assumed" in emitted.cfg_text
    assert "Assumed =>" in emitted.module_text and "(Assumed' => Reached(" in emitted.module_text
    assert emitted.assumes
