"""Bounds over all interleavings, without any cost."""

from __future__ import annotations

import pytest
from pfnspec.timing.figures.bounds import TooLarge, bounds
from timing_models import ROOT, cells

LOOPS = """model loops
shared n: range(3)
process p:
    i: range(4) = 0
    label begun
    might_sleep()
    while i < 3:
        i += 1
        cpu_relax()
    if maybe():
        schedule()
    label done
    cpu_relax()
measure time: p at begun until p at done
"""
WAITS = """model waits
shared x: bool
process p:
    while True:
        cpu_relax()
        label begun
        while not x:
            cpu_relax()
        label done
        might_sleep()
process q:
    might_sleep()
    x = True
measure time: p at begun until p at done
"""


def test_a_loop_that_counts_is_counted() -> None:
    """Nothing outside of the stretch is."""
    assert bounds(cells(LOOPS)[None, None], 0, 0, 1000).most == (1, 3, 1)


def test_a_loop_that_somebody_else_ends_has_no_bound() -> None:
    found = bounds(cells(WAITS)[None, None], 0, 0, 1000)
    assert found.most == (0, None, 0)
    sleeps, polls, rest = found.loops
    assert not sleeps and not rest
    # The loop that shows it: the look and the poll, by the task alone.
    assert sorted((step.kind, step.span.line) for step in polls) == [("cpu_relax", 8), ("load", 7)]


def test_no_more_states_than_are_allowed() -> None:
    with pytest.raises(TooLarge):
        bounds(cells(WAITS)[None, None], 0, 0, 3)


@pytest.mark.parametrize("more", [0, 1])
def test_the_pfncache(more: int) -> None:
    """With k invalidations that can be met, the one in flight included: k sleeps under `block` and
    `halt_poll`, none otherwise; k + 1 lookups on two CPUs; 3 k + 1 polls under halt_poll(2), k + 1 under
    `block`."""
    path = ROOT / "examples" / "pfncache" / "s5_policies.pfn"
    own = cells(
        'model bounded varies "s5_policies.pfn"\nconst VCPUS: int = 1\n', str(path.with_name("bounded.pfn"))
    )
    k = more + 1
    found = {
        name: bounds(own["two_cpus", name], 0, more, 50_000).most for name in ("spin", "block", "halt_poll")
    }
    assert found == {"spin": (0, None, k + 1), "block": (k, k + 1, k + 1), "halt_poll": (k, 3 * k + 1, k + 1)}
    assert bounds(own["one_cpu", "block"], 0, more, 50_000).most[0] == k
