"""What is told of an assertion that fails in the middle of a step: the values of that instant."""

from __future__ import annotations

from pfnspec.check.options import Options
from pfnspec.check.run import check_file

MODEL = """model m

shared a: range(4)[2]
shared ix: range(2) = 1
shared o: range(2) | None

process t:
    n: range(4) = 3
    atomic:
        a[1] = 2
        assert a[ix] == n and all(a[i] == 0 for i in range(2)), "in between"
        a[1] = 1
        assert o == None or a[o] == 3, "no value"
        assert a[0] > 0 or o == None and a[o] == 1, "guarded"
"""


def test_the_trace_shows_what_it_read() -> None:
    result = check_file("m.pfn", Options(engine="interpreter"), text=MODEL)
    told = {verdict.property: verdict.finding for verdict in result.verdicts if verdict.finding}
    assert set(told) == {"in between", "none_used"}
    *_, step = told["in between"].steps
    read = [(event.span.line, event.where, event.value) for event in step.events if event.kind == "read"]
    assert read[:2] == [(11, "ix", 1), (11, "n", 3)]  # that a[1] is 2 stands in the line above
