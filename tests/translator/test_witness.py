"""A walk that finds what a property supposes, and never what cannot be."""

from __future__ import annotations

import pytest
from pfnspec.check.load import load
from pfnspec.translator.lower.temporal import antecedents, focused
from pfnspec.translator.retrace.witness import has_witness
from pfnspec.translator.run.interpreter import Interpreter

MODEL = """model m

shared x: bool = False

{sort} notifier:
    while True:
        {choice}
            label starts
            x = True
            label ends
            x = False

process waiter:
    label waits
    await not x
    label through

property quiet:
    (eventually always not notifier at starts) implies (waiter at waits leads_to waiter at through)
property busy:
    (always eventually notifier at starts) implies (waiter at waits leads_to waiter at through)
property torn:
    (eventually always (x and not x)) implies (waiter at waits leads_to waiter at through)
"""


@pytest.mark.parametrize(
    ("sort", "choice", "found"),
    [
        ("daemon process", "if maybe():", {"quiet", "busy"}),
        ("daemon process", "if True:", {"busy"}),
        ("daemon unfair process", "if True:", {"quiet", "busy"}),
    ],
)
def test_what_is_found(sort: str, choice: str, found: set[str]) -> None:
    loaded = load("m.pfn", {}, text=MODEL.format(sort=sort, choice=choice).encode())
    (cell,) = loaded.cells
    seen = set()
    for property in cell.live.temporal:
        supposed = antecedents(property.formula)[0]
        if has_witness(supposed, Interpreter(focused(cell.live, (property,)))):
            seen.add(property.name)
    assert seen == found
