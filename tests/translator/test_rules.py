"""The rules of `docs/semantics.md`, each by models small enough to be judged by hand.

A case is a model and the properties that are violated in it, in every cell or per cell (scenario and
policy, as words).  The interpreter decides; that TLC agrees with it is tested elsewhere.
"""

from __future__ import annotations

from collections.abc import Mapping

import pytest
from pfnspec.check.load import load
from pfnspec.translator.interpreter import Interpreter
from pfnspec.translator.schedule import scheduled
from pfnspec.translator.temporal import focused

CASES: dict[str, tuple[str, str | Mapping[str, str]]] = {
    # ---- 1: steps
    "an update is a load and a store": (
        """
shared n: range(3)
process t[2]:
    n += 1
invariant both: t[0] at end and t[1] at end implies n == 2
""",
        "both",
    ),
    "in atomic an update is one step": (
        """
shared n: range(3)
process t[2]:
    atomic:
        n += 1
invariant both: t[0] at end and t[1] at end implies n == 2
""",
        "",
    ),
    "a condition reads its places one after the other": (
        """
shared x: bool
shared y: bool
process reader:
    if not x and y:
        assert False, "saw y without x"
        cpu_relax()
process writer:
    x = True
    y = True
""",
        "saw_y_without_x",
    ),
    "await tests its whole condition in one step": (
        """
shared x: bool
shared y: bool
daemon process reader:
    await not x and y
    assert False, "saw y without x"
    cpu_relax()
process writer:
    x = True
    y = True
""",
        "",
    ),
    # ---- 2: order
    "operands are read from left to right": (
        """
shared x: range(2)
shared y: range(2)
process reader:
    a: range(-1, 2) = 0
    a = y - x
    assert a != 1, "x first"
process writer:
    x = 1
    y = 1
""",
        "",
    ),
    "and from left to right, not from right to left": (
        """
shared x: range(2)
shared y: range(2)
process reader:
    a: range(-1, 2) = 0
    a = x - y
    assert a != -1, "y first"
process writer:
    x = 1
    y = 1
""",
        "y_first",
    ),
    "short circuit does not read the right side": (
        """
shared o: range(2) | None
process reader:
    if o != None and o == 0:
        pass
    if o == None or o < 1:
        cpu_relax()
""",
        "",
    ),
    "the right side comes before the index of the target": (
        """
shared i: range(2)
shared k: range(2)
shared a: range(2)[2]
process one:
    a[i] = k
process other:
    k = 1
    i = 1
invariant zero: a[0] == 0
invariant one_: a[1] == 0
""",
        "zero one_",
    ),
    "an argument is read once at the call": (
        """
shared x: bool
process one:
    f(x)
def f(c: bool):
    if c:
        cpu_relax()
        assert c, "still"
    cpu_relax()
process other:
    x = True
    x = False
""",
        "",
    ),
    "the index of a reference is fixed at the call": (
        """
shared i: range(2)
shared l: spinlock[2]
process one:
    f(l[i])
def f(given: spinlock):
    with given:
        i = 1
""",
        "",
    ),
    # ---- 3: with
    "with releases on every way out": (
        """
shared l: spinlock
shared m: mutex
process t[2]:
    f()
    for n in range(2):
        with l:
            if maybe():
                continue
            break
def f():
    with m:
        if maybe():
            return
        with l:
            return
""",
        "",
    ),
    "unlocking and relocking within with is checked as it runs": (
        """
shared l: spinlock
shared x: bool
process one:
    with l:
        l.unlock()
        if not x:
            l.lock()
process other:
    with l:
        x = True
""",
        "bad_unlock",
    ),
    "the value is returned before the lock is released": (
        """
shared l: spinlock
shared x: range(2)
process one:
    got: range(2) = 0
    got = f()
    assert got == 1, "read under the lock"
def f() -> range(2):
    with l:
        x = 1
        return x
process other:
    with l:
        x = 0
""",
        "",
    ),
    # ---- 4: atomic
    "only the first operation of an atomic block blocks": (
        """
shared n: range(2)
process t[2]:
    atomic:
        await n == 0
        n = 1
    cpu_relax()
    n = 0
invariant alone: n < 2
""",
        "",
    ),
    "a with that encloses an atomic block is released later": (
        """
shared l: spinlock
process t:
    with l:
        atomic:
            cpu: range(2) = 1
            return
sometimes held: l.locked
""",
        "",
    ),
    # ---- 5: choices
    "a choice is committed before the lock": (
        """
shared a: mutex
shared b: mutex
process one:
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
        "deadlock",
    ),
    "the alternative that is open is not waited for": (
        """
shared x: bool
process one:
    either:
        await x
    or:
        await not x
""",
        "deadlock",
    ),
    "choosing from nothing is no waiting": (
        """
shared s: set[range(2)]
process one:
    i: range(2) = choose(s)
    assert i < 2, "chosen"
process other:
    s = {1}
""",
        "empty_choice",
    ),
    # ---- 6: labels and assertions
    "an assertion is tested until the next step": (
        """
shared x: bool
process one:
    x = False
    assert not x, "still false"
    cpu_relax()
process other:
    x = True
""",
        "still_false",
    ),
    "a path without the label does not pass it": (
        """
shared x: bool
process one:
    cpu_relax()
    if maybe():
        label through
    else:
        x = True
    cpu_relax()
invariant apart: one at through implies not x
""",
        "",
    ),
    "a label holds from the step before until the next": (
        """
shared x: bool
process one:
    x = True
    label done
    x = False
invariant here: one at done implies x
invariant there: x implies one at done
""",
        "",
    ),
    "a ghost changes with the step before it": (
        """
shared x: bool
ghost g: bool
process one:
    x = True
    g = True
    x = False
    g = False
    cpu_relax()
invariant same: x == g
""",
        "",
    ),
    "a label of another inlined copy counts as well": (
        """
shared x: bool
process one:
    f()
    x = True
    f()
def f():
    cpu_relax()
    label inside
    cpu_relax()
sometimes first: one at f.inside and not x
sometimes second: one at inside and x
""",
        "",
    ),
    "an assertion asks where its own process stands": (
        """
process one[2]:
    label first
    assert not one[1 - self] at first, "alone at first"
    cpu_relax()
    assert one[self] at second, "at second"
    label second
    cpu_relax()
""",
        "alone_at_first",
    ),
    "a label of an assertion's own process is not where it stood before": (
        """
process one:
    label first
    cpu_relax()
    assert one at first, "still there"
    cpu_relax()
""",
        "still_there",
    ),
    "an assertion asks where a later process stands": (
        """
shared x: bool
process one:
    await x
    assert not later at f.set, "before it is set"
    assert not later at end or later.n == 1, "its local"
    cpu_relax()
process later:
    n: range(2) = 0
    f()
    n = 1
    cpu_relax()
def f():
    x = True
    label set
    cpu_relax()
    assert not later at set, "left"
    cpu_relax()
""",
        "before_it_is_set",
    ),
    # ---- 7 and 8: None, generations
    "None is used where a value is needed": (
        """
shared o: range(2) | None
process one:
    i: range(2) = 0
    i = o
    assert False, "went on"
""",
        "none_used",
    ),
    "an invariant in which None is used has no value": (
        """
shared o: range(3) | None
process one:
    o = 1
    o = 2
invariant small: o < 2
""",
        "none_used small",
    ),
    "behind a test in the same expression it has one": (
        """
shared o: range(3) | None
shared i: range(3) | None
shared a: bool[2]
process one:
    atomic:
        o = 2
        i = 1
    i = None
    o = None
invariant and_: not (o != None and o > 2)
invariant or_: o == None or o > 1
invariant implies_: o != None and i != None implies o > i and not a[i]
invariant all_: all(o > n for n in range(2) if o != None)
""",
        "",
    ),
    "but not behind a test that comes later": (
        """
shared o: range(3) | None
process one:
    o = 1
invariant late: not (o > 2 and o != None)
""",
        "none_used",
    ),
    "an assertion in which None is used, while the task stands there": (
        """
shared o: range(3) | None = 1
process one:
    assert o == 1 or o < 3, "a value"
    cpu_relax()
process other:
    o = None
""",
        "none_used",
    ),
    "a sometimes in which None is used": (
        """
shared o: range(3) | None
process one:
    o = 1
    o = 2
sometimes two: o > 1
sometimes three: o != None and o > 2
""",
        "none_used three",
    ),
    "a property with a snapshot that was not taken": (
        """
shared seq: generation
shared seen: snapshot
process one:
    seen = seq
property current: eventually seen == seq
""",
        "none_used",
    ),
    "a property that asks first whether it was taken": (
        """
shared seq: generation
shared seen: snapshot
ghost taken: bool
process one:
    seen = seq
    taken = True
property current: eventually (taken and seen == seq)
""",
        "",
    ),
    "a bump is seen by every snapshot": (
        """
shared seq: generation
shared kept: snapshot
process one:
    mine: snapshot
    mine = seq
    kept = mine
    seq += 1
    if mine == seq:
        assert False, "mine is current"
    if kept == seq:
        assert False, "the copy is current"
    mine = seq
    if mine != seq:
        assert False, "taken again"
""",
        "",
    ),
    "a copy on its way is outdated too": (
        """
shared seq: generation
shared here: snapshot
shared there: snapshot
process one:
    here = seq
    there = here
    if here != seq:
        if there == seq:
            assert False, "the copy is newer than the original"
            cpu_relax()
process other:
    seq += 1
""",
        "",
    ),
    "comparing before taking": (
        """
shared seq: generation
process one:
    mine: snapshot
    if mine == seq:
        pass
""",
        "none_used",
    ),
    "comparing with another element": (
        """
shared seqs: generation[2]
process one:
    mine: snapshot
    mine = seqs[0]
    if mine == seqs[1]:
        pass
""",
        "none_used",
    ),
    # ---- 9 and 10: locks
    "no lock is recursive": (
        """
shared l: spinlock
process one:
    with l:
        l.lock()
daemon process other:
    while True:
        cpu_relax()
""",
        "deadlock",
    ),
    "reading again waits for itself": (
        """
shared l: rwlock
process one:
    with l.read():
        l.read_lock()
daemon process other:
    while True:
        cpu_relax()
""",
        "deadlock",
    ),
    "upgrading waits for itself": (
        """
shared l: rwsem(unfair)
process one:
    with l.read():
        l.down_write()
daemon process other:
    while True:
        cpu_relax()
""",
        "deadlock",
    ),
    "a reader waits behind a waiting writer": (
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
        "deadlock",
    ),
    "but not with an unfair rwsem": (
        """
shared s: rwsem(unfair)
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
        "",
    ),
    "adjacent readers enter together, a try-operation not past the queue": (
        """
shared s: rwsem
shared x: bool
process writer:
    with s.write():
        cond_resched()
        x = True
process reader[2]:
    with s.read():
        cond_resched()
        assert x or not x, "in"
sometimes together: s.held_by(reader[0]) and s.held_by(reader[1])
""",
        "",
    ),
    "releasing what another holds": (
        """
shared l: mutex
process one:
    l.lock()
    cpu_relax()
    l.unlock()
process other:
    l.unlock()
""",
        "bad_unlock",
    ),
    "releasing in the wrong mode": (
        """
shared l: rwlock
process one:
    l.read_lock()
    l.write_unlock()
""",
        "bad_unlock",
    ),
    "a task that ends with a lock": (
        """
shared l: mutex
process one:
    l.lock()
""",
        "ends_holding",
    ),
    "a lock that is tried twice is refused": (
        """
shared l: spinlock
process one:
    if l.trylock():
        if l.trylock():
            assert False, "twice"
            cpu_relax()
        l.unlock()
""",
        "",
    ),
    # ---- 11: sleeping
    "sleeping under a spinning lock": (
        """
shared l: spinlock
shared r: rwlock
shared m: mutex
process a:
    with l:
        might_sleep()
""",
        "sleep_in_atomic",
    ),
    "a mutex that is free is enough": (
        """
shared r: rwlock
shared m: mutex
process a:
    with r.read():
        with m:
            pass
""",
        "sleep_in_atomic",
    ),
    "relaxing and spinning are no sleep, and neither is a mutex outside": (
        """
shared l: spinlock
shared m: mutex
process a[2]:
    with m:
        might_sleep()
        with l:
            cpu_relax()
""",
        "",
    ),
    "a task goes on after sleeping in atomic": (
        """
shared l: spinlock
process a:
    with l:
        cond_resched()
    assert False, "went on"
""",
        "sleep_in_atomic went_on",
    ),
    "the wait policies under a spinlock that is not dropped": (
        """
shared l: spinlock
shared wq: waitqueue
shared x: bool
process a:
    with l:
        wait until x on wq
daemon process b:
    while True:
        x = True
        wake_up(wq)
""",
        {
            "None spin": "",
            "None resched": "sleep_in_atomic",
            "None block": "sleep_in_atomic",
            "None halt_poll": "sleep_in_atomic",
        },
    ),
    # ---- 12 and 13: waitqueues
    "arming after the test loses the wake-up": (
        """
shared wq: waitqueue
shared x: bool
process a:
    if not x:
        prepare_to_wait(wq)
        schedule()
        finish_wait(wq)
process b:
    x = True
    wake_up(wq)
""",
        "deadlock",
    ),
    "the block policy does not": (
        """
shared wq: waitqueue
shared x: bool
policies block, halt_poll
process a[2]:
    wait until x on wq
process b:
    x = True
    wake_up(wq)
""",
        "",
    ),
    "waking one of two": (
        """
shared wq: waitqueue
shared x: bool
policies block
process a[2]:
    wait until x on wq
process b:
    x = True
    wake_up_one(wq)
""",
        "deadlock",
    ),
    "schedule yields where nobody is armed, and waking an empty queue does nothing": (
        """
shared wq: waitqueue
process a:
    schedule()
    wake_up(wq)
    wake_up_one(wq)
    finish_wait(wq)
    prepare_to_wait(wq)
    prepare_to_wait(wq)
    finish_wait(wq)
    schedule()
""",
        "",
    ),
    "an armed task that may sleep elsewhere": (
        """
shared wq: waitqueue
shared m: mutex
process a:
    prepare_to_wait(wq)
    with m:
        pass
    finish_wait(wq)
""",
        "sleep_in_atomic",
    ),
    "holding, the lock is dropped": (
        """
shared l: spinlock
shared wq: waitqueue
shared x: bool
process a:
    with l:
        wait until x on wq holding l
        assert x, "under the lock"
process b:
    with l:
        x = True
    wake_up(wq)
""",
        "",
    ),
    "with holding, test and arm are in one section": (
        """
shared l: spinlock
shared wq: waitqueue
shared x: bool
policies late
policy late:
    if not cond:
        prepare_to_wait(wq)
        schedule()
        finish_wait(wq)
process a:
    with l:
        wait until x on wq holding l
process b:
    with l:
        x = True
    wake_up(wq)
""",
        "",
    ),
    # ---- 14: CPUs
    "a spinner keeps its CPU": (
        """
shared x: bool
process a:
    while not x:
        cpu_relax()
process b:
    x = True
    assert False, "b runs"
    cpu_relax()
scenario one:
    cpus = 1
process c:
    assert False, "c stands"
""",
        "b_runs c_stands",
    ),
    "one that holds a spinlock is not preempted": (
        """
shared l: spinlock
shared x: range(3)
process a[2]:
    with l:
        x = 1
        x = 0
    cpu_relax()
process b:
    if x == 1:
        assert False, "in between"
        cpu_relax()
scenario none_:
    cpus = 1
scenario full_:
    cpus = 1
    preempt = full
scenario two:
    cpus = 2
""",
        {"none_ None": "", "full_ None": "", "two None": "in_between"},
    ),
    "without preemption only scheduling points give way": (
        """
shared x: bool
process a:
    x = True
    x = False
    might_sleep()
    x = True
    cond_resched()
process b:
    if x:
        assert False, "true"
        cpu_relax()
    assert not x, "end"
    cpu_relax()
scenario none_:
    cpus = 1
scenario full_:
    cpus = 1
    preempt = full
""",
        {"none_ None": "true end", "full_ None": "true end"},
    ),
    "a spinlock held by a sleeper on one CPU": (
        """
shared l: spinlock
shared wq: waitqueue
process a:
    with l:
        cond_resched()
process b:
    cpu_relax()
    with l:
        pass
scenario one:
    cpus = 1
""",
        "deadlock sleep_in_atomic",
    ),
    "await passes without a CPU, what follows does not": (
        """
shared go: bool
shared t: bool
daemon process a:
    might_sleep()
    await go
    label passed
    t = True
    assert False, "ran"
daemon process b:
    go = True
    while True:
        cpu_relax()
scenario one:
    cpus = 1
sometimes passes: a at passed
""",
        "",
    ),
    "tasks pinned to one CPU do not run on another": (
        """
shared x: bool
process a on cpu(0):
    x = True
    x = False
process b on cpu(0):
    if x:
        assert False, "both"
        cpu_relax()
scenario two:
    cpus = 2
""",
        "",
    ),
    # ---- 17: verdicts, who goes on and who is halted
    "after a failed assertion the task goes on": (
        """
shared x: bool
process a:
    x = True
    assert not x, "first"
    x = False
    assert x, "second"
""",
        "first second",
    ),
    "after a value out of range it is halted": (
        """
shared n: range(2)
process a:
    n += 1
    n += 1
    assert False, "went on"
""",
        "out_of_range",
    ),
    "an index out of bounds halts": (
        """
shared n: range(3) = 2
shared a: bool[2]
process t:
    a[n] = True
    assert False, "went on"
""",
        "out_of_range",
    ),
    # ---- 18: deadlock
    "two of three in a circle": (
        """
shared a: spinlock
shared b: mutex
process one:
    with b:
        with a:
            pass
process two:
    with b:
        cpu_relax()
    b.lock()
    cpu_relax()
    b.unlock()
process three:
    while True:
        cpu_relax()
""",
        "",
    ),
    "a circle while others go on": (
        """
shared a: spinlock
shared b: spinlock
process one:
    with a:
        with b:
            pass
process two:
    with b:
        with a:
            pass
process three:
    while True:
        cpu_relax()
""",
        "deadlock",
    ),
    "spinning without progress is no deadlock": (
        """
shared x: bool
process one:
    while not x:
        pass
""",
        "",
    ),
    "a daemon may be left waiting": (
        """
shared x: bool
daemon process one:
    await x
process two:
    cpu_relax()
""",
        "",
    ),
    "nobody else may": (
        """
shared x: bool
process one:
    await x
daemon process two:
    cpu_relax()
""",
        "deadlock",
    ),
    "a state with a halted task is no deadlock of all": (
        """
shared x: bool
shared n: range(2) = 1
process one:
    await x
process two:
    n += 1
    x = True
""",
        "out_of_range",
    ),
    "but a circle is one all the same": (
        """
shared a: spinlock
shared b: spinlock
shared n: range(2) = 1
process one:
    with a:
        with b:
            pass
process two:
    with b:
        with a:
            pass
process three:
    n += 1
""",
        "deadlock out_of_range",
    ),
}


def verdicts(text: str) -> dict[str, list[str]]:
    """Per cell the properties that are violated, and `sometimes` that are not met."""
    loaded = load("model.pfn", {}, text=f"model m\n{text}".encode())
    assert loaded.cells, [diagnostic.message for diagnostic in loaded.diagnostics]
    found: dict[str, list[str]] = {}
    for cell in loaded.cells:
        interpreter = Interpreter(scheduled(focused(cell.program, ())))
        states, complete = interpreter.search(50_000)
        assert complete
        names = {violation.property for state in states for violation in interpreter.violations(state)}
        for formula in interpreter.program.sometimes:
            if not any(interpreter.value(formula.condition, state) is True for state in states):
                names.add(formula.property)
        found[f"{cell.scenario} {cell.policy}"] = sorted(name.replace(" ", "_") for name in names)
    return found


@pytest.mark.parametrize("name", CASES)
def test_rule(name: str) -> None:
    text, expected = CASES[name]
    found = verdicts(text)
    if isinstance(expected, str):
        expected = dict.fromkeys(found, expected)
    assert found == {cell: sorted(words.split()) for cell, words in expected.items()}
