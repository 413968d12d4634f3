"""Which locks keep their queue: where leaving it out could decide a verdict, and no others."""

from __future__ import annotations

from random import Random

import differential
import pytest
from pfnspec.translator.pipeline import whole
from pfnspec.translator.retrace.simulate import Simulation

READER = """process reader:
    with r.read():
        x = x
"""
WRITER = """process writer:
    with r.write():
        x = True
"""
ONE_CPU = "scenario few:\n    cpus = 1\n"
PREEMPTED = f"{ONE_CPU}    preempt = full\n"

# The kind of the lock, the model, and whether the queue is kept.
CASES: dict[str, tuple[str, str, bool]] = {
    "never waited with": ("rwlock", READER + WRITER, False),
    "never waited with, on one CPU": ("rwlock", READER + WRITER + ONE_CPU, False),
    "never waited with, and preempted": ("rwlock", READER + WRITER + PREEMPTED, False),
    "an rwsem": ("rwsem", READER + WRITER, False),
    "an rwsem on one CPU": ("rwsem", READER + WRITER + ONE_CPU, True),
    "an unfair rwsem has none": ("rwsem(unfair)", READER + WRITER + ONE_CPU, False),
    "might_sleep is no wait": ("rwlock", WRITER + READER + "        might_sleep()\n", False),
    "might_sleep on one CPU": ("rwlock", WRITER + READER + "        might_sleep()\n" + ONE_CPU, True),
    "held for writing": ("rwlock", READER + WRITER + "        cpu_relax()\n", False),
    "held for writing on one CPU": ("rwlock", READER + WRITER + "        cpu_relax()\n" + ONE_CPU, True),
    "a loop in a section": ("rwlock", WRITER + READER + "        while x:\n            pass\n", True),
    "a loop that gives it back": (
        "rwlock",
        WRITER
        + """process reader:
    r.read_lock()
    while x:
        r.read_unlock()
        cpu_relax()
        r.read_lock()
    r.read_unlock()
""",
        False,
    ),
    "ended with": ("rwlock", WRITER + "process reader:\n    r.read_lock()\n", True),
    "halted with": (
        "rwlock",
        WRITER + "process reader:\n    with r.read():\n        n = n + 1\n",
        False,
    ),
    "an await on one CPU": ("rwlock", READER + WRITER + "process a:\n    await x\n" + ONE_CPU, True),
    "some pinned": ("rwlock", READER.replace(":", " on cpu(0):", 1) + WRITER + ONE_CPU, True),
    "all pinned": (
        "rwlock",
        READER.replace(":", " on cpu(0):", 1) + WRITER.replace(":", " on cpu(0):", 1) + ONE_CPU,
        False,
    ),
    "a spinning lock is waited with": (
        "rwlock",
        READER + WRITER + "process a:\n    with l:\n        with k:\n            pass\n" + ONE_CPU,
        False,
    ),
    "a spinning lock is waited with, and preempted": (
        "rwlock",
        READER + WRITER + "process a:\n    with l:\n        with k:\n            pass\n" + PREEMPTED,
        True,
    ),
}


@pytest.mark.parametrize("name", CASES)
def test_queue(name: str) -> None:
    sort, text, kept = CASES[name]
    shared = "shared x: bool\nshared n: range(2)\nshared l: spinlock\nshared k: spinlock\n"
    cells = differential.cells(f"model m\nshared r: {sort}\n{shared}{text}")
    assert cells
    for cell in cells:
        assert cell.program.queued_locks == (("r",) if kept else ())
        differential.safety(cell)


def test_who_joins_a_queue_has_been_at_the_label_before() -> None:
    """A walk to a label ends where somebody comes to it, not where he queues for the lock behind it."""
    writer = WRITER.replace("    with", "    x = x\n    label before\n    with", 1)
    reader = READER + "        while maybe():\n            cpu_relax()\n"
    (cell,) = differential.cells(f"model m\nshared r: rwsem\nshared x: bool\n{writer}{reader}")
    walk = Simulation(whole(cell.program))

    def go(task: str) -> None:
        walk.take(next(choice for choice in walk.choices if str(choice.task) == task))

    def standing() -> tuple[tuple[str, str], ...]:
        point = walk.interpreter.pc(walk.states[-1], walk.steps[-1].task)
        return point.labels

    go("reader")
    go("writer")
    go("writer")
    assert standing() == (("writer", "before"),)
    ends: set[tuple[str, str]] = set()
    for seed in range(20):
        end = walk.run(Random(seed), 1, "before")
        ends.add((str(walk.steps[-1].task), end))
        if walk.steps[-1].task.process == "writer":
            assert standing() == (("writer", "before"),)
        walk.undo()
    assert ends == {("reader", "steps"), ("writer", "steps")}
