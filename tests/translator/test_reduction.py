"""The reduction attacked by hand: models in which a step that must not be merged decides a verdict.

Each says what is violated; the whole and the reduced program have to agree on it.
"""

from __future__ import annotations

from pathlib import Path

import differential
import pytest
from pfnspec import tla
from pfnspec.check.load import load
from pfnspec.translator.reduce import safety_reduced
from pfnspec.translator.temporal import focused

ROOT = Path(__file__).resolve().parents[2]


SAFETY = {
    "a reader without the lock sees each write under it": (
        """
shared l: spinlock
shared n: range(3) = 0
process adder[2]:
    with l:
        n += 1
process looker:
    assert n != 1, "one of two"
""",
        {"one of two"},
    ),
    "a load under the lock that the writers hold, beside one that a writer does not": (
        """
shared l: spinlock
shared n: range(3) = 0
process adder:
    with l:
        n += 1
process careless:
    n = 2
process careful:
    before: range(3) = 0
    with l:
        before = n
        assert before == n, "changed under the lock"
""",
        {"changed under the lock", "out_of_range"},
    ),
    "a snapshot is outdated while it is handed on": (
        """
shared seq: generation
shared moved: bool
def same(given: snapshot) -> bool:
    cpu_relax()
    return seq == given
process bumper:
    seq += 1
    moved = True
process user:
    seen: snapshot
    other: snapshot
    seen = seq
    other = seen
    if same(other):
        assert not moved, "bumped afterwards, or before"
    else:
        assert moved, "bumped, and not moved yet"
""",
        {"bumped afterwards, or before", "bumped, and not moved yet"},
    ),
    "a task that has not entered its first label yet": (
        """
shared x: bool
process t[1]:
    cpu_relax()
    label inside
    x = True
sometimes before: not t[0] at inside and not x
invariant entered: x or t[0] at inside
""",
        {"met: before", "entered"},
    ),
    "a task that starts with steps without effect, and then waits for ever": (
        """
shared x: bool
process waiter[2]:
    cpu_relax()
    cpu_relax()
    await x
    x = False
process setter:
    cpu_relax()
    x = True
""",
        {"deadlock"},
    ),
    "an assertion reads the state of a lock": (
        """
shared l: spinlock
shared x: bool
process a:
    cpu_relax()
    assert not l.locked, "free"
    cpu_relax()
process b:
    with l:
        x = True
""",
        {"free"},
    ),
    "an assertion asks who else holds a lock": (
        """
shared l: rwlock
shared x: bool
process a[1]:
    cpu_relax()
    assert not l.held_by(b[0]), "not b's"
    cpu_relax()
process b[1]:
    with l.read():
        x = True
""",
        {"not b's"},
    ),
    "an assertion asks where another task stands": (
        """
shared l: spinlock
shared x: bool
process b[1]:
    with l:
        x = True
        label there
        x = False
process a[1]:
    cpu_relax()
    assert not b[0] at there, "nobody there"
    cpu_relax()
""",
        {"nobody there"},
    ),
    "an assertion reads another task's local": (
        """
shared l: spinlock
shared x: bool
process b[1]:
    y: range(3) = 0
    with l:
        y = 1
        x = True
        y = 2
        x = False
process a[1]:
    cpu_relax()
    assert b[0].y != 1, "never one"
    cpu_relax()
""",
        {"never one"},
    ),
    "an assertion reads another task's local that is dead there": (
        """
shared x: bool
process b[1]:
    y: range(3) = 0
    cpu_relax()
    y = 1
    x = True
    x = False
process a[1]:
    cpu_relax()
    assert b[0].y != 1 or not x, "not then"
    cpu_relax()
""",
        {"not then"},
    ),
    "an invariant reads a local that is dead": (
        """
shared x: bool
process b[1]:
    y: range(3) = 0
    cpu_relax()
    y = 1
    x = True
    x = False
invariant zero: b[0].y == 0 or not x
""",
        {"zero"},
    ),
    "an invariant between two stores under a lock": (
        """
shared l: spinlock
shared valid: bool
shared page: range(2) | None
process a:
    with l:
        valid = True
        page = 1
invariant filled: not valid or page != None
""",
        {"filled"},
    ),
    "a ghost that an invariant reads": (
        """
shared l: spinlock
shared x: bool
ghost g: range(3)
process a:
    with l:
        x = True
        g = 1
        x = False
        g = 2
        x = True
invariant never: g != 1
""",
        {"never"},
    ),
    "an assertion under the lock may trust it, one outside may not": (
        """
shared l: mutex
shared x: range(3)
process a[2]:
    with l:
        x = 1
        x = 0
        assert x == 0, "inside"
    cpu_relax()
    assert x == 0, "outside"
    cpu_relax()
""",
        {"outside"},
    ),
    "a reader's assertion excludes writers": (
        """
shared l: rwlock
shared x: range(3)
process writer:
    with l.write():
        x = 1
        x = 0
process reader:
    with l.read():
        assert x == 0, "inside"
        cpu_relax()
""",
        set(),
    ),
    "a write under a lock held for reading": (
        """
shared l: rwlock
shared x: range(3)
process a[2]:
    y: range(3) = 0
    with l.read():
        x = 1
        y = x
        x = 2
        assert y == 1, "mine"
        cpu_relax()
""",
        {"mine"},
    ),
    "different elements of an array of locks": (
        """
shared l: spinlock[2]
shared x: range(3)
process a[2]:
    y: range(3) = 0
    with l[self]:
        x = 1
        y = x
        x = 2
    assert y == 1, "mine"
    cpu_relax()
""",
        {"mine"},
    ),
    "different locks through a reference": (
        """
shared one: spinlock
shared two: spinlock
shared x: range(3)
process a:
    f(one)
process b:
    f(two)
def f(given: spinlock):
    y: range(3) = 0
    with given:
        x = 1
        y = x
        x = 2
    assert y == 1, "mine"
    cpu_relax()
""",
        {"mine"},
    ),
    "unlocked and relocked within with": (
        """
shared l: spinlock
shared x: range(3)
process a[2]:
    y: range(3) = 0
    with l:
        x = 1
        l.unlock()
        l.lock()
        y = x
        x = 2
    assert y == 1, "mine"
    cpu_relax()
""",
        {"mine"},
    ),
    "a section that a try-operation sees": (
        """
shared l: spinlock
shared x: bool
process a:
    with l:
        x = True
process b:
    if not l.trylock():
        assert False, "refused"
        cpu_relax()
    else:
        l.unlock()
""",
        {"refused"},
    ),
    "a lock that is held only on one branch": (
        """
shared l: spinlock
shared x: range(3)
process a[2]:
    y: range(3) = 0
    got: bool = False
    if maybe():
        l.lock()
        got = True
    x = 1
    y = x
    x = 2
    if got:
        l.unlock()
    assert y == 1, "mine"
    cpu_relax()
""",
        {"mine"},
    ),
    "the second of two acquisitions": (
        """
shared a: spinlock
shared b: spinlock
process one:
    with a:
        with b:
            pass
process other:
    with b:
        with a:
            pass
""",
        {"deadlock"},
    ),
    "a deadlock of two while a third is halted": (
        """
shared a: spinlock
shared b: spinlock
shared n: range(2) = 1
process one:
    with a:
        with b:
            pass
process other:
    with b:
        with a:
            pass
process third:
    with a:
        n += 1
""",
        {"deadlock", "out_of_range"},
    ),
    "a halted task that holds a lock masks a deadlock": (
        """
shared a: spinlock
shared n: range(2) = 1
process one:
    with a:
        n += 1
process other:
    with a:
        pass
""",
        {"out_of_range"},
    ),
    "a choice before an acquisition": (
        """
shared a: mutex
shared b: mutex
process one:
    cpu_relax()
    if maybe():
        with a:
            with b:
                pass
    else:
        with b:
            pass
process other:
    with b:
        with a:
            pass
""",
        {"deadlock"},
    ),
    "await under a lock that hides its condition": (
        """
shared l: mutex
shared x: bool
process one:
    with l:
        await x
process other:
    with l:
        x = True
""",
        {"deadlock"},
    ),
    "await between two stores": (
        """
shared l: spinlock
shared x: bool
daemon process one:
    await x
    assert False, "passed"
    cpu_relax()
process other:
    with l:
        x = True
        x = False
""",
        {"passed"},
    ),
    "await, and then a CPU": (
        """
shared go: bool
shared t: bool
daemon process a:
    might_sleep()
    await go
    t = True
    assert False, "ran"
    t = False
daemon process b:
    go = True
    while True:
        cpu_relax()
scenario up:
    cpus = 1
""",
        set(),
    ),
    "a scheduling point in a section": (
        """
shared l: mutex
shared x: bool
shared seen: bool
process a:
    with l:
        x = True
        might_sleep()
        x = False
process b:
    if x:
        seen = True
scenario up:
    cpus = 1
sometimes noticed: seen
""",
        {"met: noticed"},
    ),
    "preempted outside spinning locks": (
        """
shared m: mutex
shared x: bool
process a:
    with m:
        x = True
        x = False
process b:
    if x:
        assert False, "in between"
        cpu_relax()
scenario up:
    cpus = 1
    preempt = full
""",
        {"in between"},
    ),
    "but not within one": (
        """
shared l: spinlock
shared x: bool
process a:
    with l:
        x = True
        x = False
process b:
    if x:
        assert False, "in between"
        cpu_relax()
scenario up:
    cpus = 1
    preempt = full
""",
        set(),
    ),
    "a snapshot that somebody else's bump outdates": (
        """
shared seq: generation
shared l: spinlock
process a:
    s: snapshot
    with l:
        s = seq
        if s != seq:
            assert False, "outdated"
            cpu_relax()
process b:
    seq += 1
""",
        {"outdated"},
    ),
    "a snapshot under the lock of the bump": (
        """
shared seq: generation
shared l: spinlock
process a:
    s: snapshot
    with l:
        s = seq
        if s != seq:
            assert False, "outdated"
            cpu_relax()
process b:
    with l:
        seq += 1
""",
        set(),
    ),
    "a wake-up between the test and the sleep": (
        """
shared wq: waitqueue
shared l: spinlock
shared x: bool
process a:
    with l:
        if x:
            return
    prepare_to_wait(wq)
    schedule()
    finish_wait(wq)
process b:
    with l:
        x = True
    wake_up(wq)
""",
        {"deadlock"},
    ),
    "a queue that shows a waiting writer": (
        """
shared s: rwsem
shared m: mutex
process notifier:
    with s.read():
        with m:
            pass
process updater:
    with s.write():
        pass
process second:
    with m:
        with s.read():
            pass
""",
        {"deadlock"},
    ),
    "sometimes between two stores": (
        """
shared l: spinlock
shared x: range(3)
process a:
    with l:
        x = 1
        x = 2
sometimes one: x == 1
""",
        {"met: one"},
    ),
    "sometimes at a label in a section": (
        """
shared l: spinlock
shared x: range(3)
process a[2]:
    with l:
        x = 1
        label inside
        x = 2
sometimes there: a[0] at inside and l.held_by(a[0])
sometimes both: a[0] at inside and a[1] at inside
""",
        {"met: there"},
    ),
    "a loop of steps that commute": (
        """
shared l: spinlock
shared x: range(3)
process a:
    i: range(2) = 0
    with l:
        while True:
            i = 1 - i
            cpu_relax()
process b:
    x = 1
    assert x == 0, "reached"
    with l:
        pass
""",
        {"reached"},
    ),
    "releasing what another task holds": (
        """
shared l: spinlock
shared x: range(3)
process a:
    with l:
        x = 1
        x = 0
process b:
    if x == 1:
        l.unlock()
""",
        {"bad_unlock"},
    ),
    "ending within a section": (
        """
shared l: spinlock
shared x: bool
process a:
    l.lock()
    x = True
    return
process b:
    x = False
""",
        {"ends_holding"},
    ),
    "sleeping in one of two ways to the same place": (
        """
shared l: spinlock
shared x: bool
process a:
    if x:
        l.lock()
    might_sleep()
    if l.trylock():
        pass
    l.unlock()
process b:
    x = True
""",
        {"sleep_in_atomic"},
    ),
}

LIVENESS = {
    "spinning is steps": (
        """
shared x: bool
process a:
    while not x:
        cpu_relax()
process b:
    while maybe():
        cpu_relax()
    x = True
property done: eventually a at end
""",
        False,
    ),
    "a lock is had in the end": (
        """
shared l: mutex
shared x: bool
process a:
    while True:
        with l:
            x = not x
process b:
    with l:
        label got
        x = True
property done: eventually b at end
""",
        True,
    ),
    "trying for a lock promises nothing": (
        """
shared l: mutex
shared x: bool
process a:
    while True:
        with l:
            x = not x
process b:
    while not l.trylock():
        cpu_relax()
    l.unlock()
property done: eventually b at end
""",
        False,
    ),
    "an unfair task stops with a lock": (
        """
shared l: mutex
shared x: bool
unfair process a:
    with l:
        x = True
process b:
    with l:
        x = False
property done: eventually b at end
""",
        False,
    ),
    "readers of an unfair rwsem starve a writer": (
        """
shared s: rwsem(unfair)
shared x: bool
shared y: bool
process reader[2]:
    while True:
        with s.read():
            y = x
process writer:
    with s.write():
        x = True
property done: eventually writer at end
""",
        False,
    ),
    "await is weakly fair": (
        """
shared l: spinlock
shared x: bool
process a:
    while True:
        with l:
            x = True
            x = False
process b:
    await x
property done: eventually b at end
""",
        False,
    ),
    "a label within a section": (
        """
shared l: spinlock
shared x: bool
process a:
    while True:
        with l:
            x = True
            label inside
            x = False
property passes: always eventually a at inside
property leaves: always eventually not a at inside
""",
        True,
    ),
    "a value within a section": (
        """
shared l: spinlock
shared x: bool
process a:
    while True:
        with l:
            x = True
            x = False
property up: always eventually x
property down: always eventually not x
""",
        True,
    ),
    "until, broken within a section": (
        """
shared l: spinlock
shared x: bool
shared y: bool
process a:
    with l:
        y = True
        x = True
        x = False
        y = False
property kept: always (x implies (x until not y))
""",
        False,
    ),
    "a spinner on the only CPU": (
        """
shared x: bool
process a:
    while not x:
        cpu_relax()
process b:
    x = True
scenario up:
    cpus = 1
property done: eventually a at end
""",
        False,
    ),
    "one that yields": (
        """
shared x: bool
process a:
    while not x:
        cond_resched()
process b:
    x = True
scenario up:
    cpus = 1
property done: eventually a at end
""",
        True,
    ),
    "one that is preempted": (
        """
shared x: bool
process a:
    while not x:
        cpu_relax()
process b:
    x = True
scenario up:
    cpus = 1
    preempt = full
property done: eventually a at end
""",
        True,
    ),
    "nothing is promised about choices": (
        """
shared x: bool
process a:
    while maybe():
        x = not x
property done: eventually a at end
""",
        False,
    ),
    "a way that is not taken is not told": (
        """
shared x: bool
process a:
    while True:
        cpu_relax()
        if maybe():
            x = True
            x = False
        else:
            cpu_relax()
            cpu_relax()
            cpu_relax()
            cpu_relax()
        cpu_relax()
property p: always eventually x
""",
        False,
    ),
    "always, and the first state alone": (
        """
shared x: bool
process a:
    x = True
property never: always not x
property first: x
property both: x and eventually x
""",
        False,
    ),
    "a task that is halted": (
        """
shared n: range(2) = 1
process a:
    n += 1
property done: eventually a at end
""",
        False,
    ),
}

# the queue is left out, which only safety verdicts allow.
OVERLAPPING = """
shared s: rwsem
shared x: bool
shared y: bool
process reader[2]:
    while True:
        cpu_relax()
        with s.read():
            y = x
process writer:
    with s.write():
        x = True
property done: eventually writer at end
"""


def test_readers_of_a_fair_lock_do_not_starve_a_writer() -> None:
    for cell in _cells(OVERLAPPING):
        assert all(known.holds for known in differential.liveness(cell))


# Without its queue, a lock that is held by readers only refuses no reader.
REFUSED = """
shared l: rwsem
shared inside: bool
process first:
    with l.read():
        inside = True
        inside = False
process writer:
    with l.write():
        pass
process second:
    before: bool = False
    before = inside
    if l.down_read_trylock():
        l.up_read()
    elif before and inside:
        assert False, "refused by the queue"
"""


def test_a_try_operation_sees_the_queue() -> None:
    for cell in _cells(REFUSED):
        assert differential.safety(cell).violated == {"refused by the queue"}


@pytest.mark.parametrize("name", SAFETY)
def test_safety(name: str) -> None:
    text, expected = SAFETY[name]
    for cell in _cells(text):
        assert differential.safety(cell).violated == expected


@pytest.mark.parametrize("name", ["a task that starts with steps without effect, and then waits for ever"])
def test_traces_of_tlc(name: str) -> None:
    """They are of the whole program, from its initial state on."""
    for cell in _cells(SAFETY[name][0]):
        known = differential.safety(cell)
        assert differential.safety_by_tlc(cell, known, tla.find_tools()) >= 2


@pytest.mark.parametrize("name", LIVENESS)
def test_liveness(name: str) -> None:
    text, expected = LIVENESS[name]
    for cell in _cells(text):
        found = differential.liveness(cell)
        assert found and all(known.holds == expected for known in found)


@pytest.mark.parametrize(
    "name",
    [
        "a way that is not taken is not told",
        "always, and the first state alone",
        "until, broken within a section",
    ],
)
def test_counterexamples_of_tlc(name: str) -> None:
    """TLC looks for a loop, and the loop is told as it is."""
    for cell in _cells(LIVENESS[name][0]):
        for known in differential.liveness(cell):
            assert differential.liveness_by_tlc(known, tla.find_tools()) == 2


def test_it_does_reduce() -> None:
    loaded = load(str(ROOT / "examples" / "pfncache" / "upstream.pfn"))
    program = focused(loaded.cells[0].program, ())
    reduced = safety_reduced(program, [formula.condition for formula in program.invariants])
    assert 3 * len(reduced.points) < 2 * len(program.points)


def _cells(text: str) -> tuple[object, ...]:
    cells: tuple[object, ...] = differential.cells(f"model m\n{text}")
    assert cells, [d.message for d in load("model.pfn", {}, text=f"model m\n{text}".encode()).diagnostics]
    return cells
