"""The text of a small model with a wait that is timed, for all tests that time something."""

from __future__ import annotations

TIMED = """model timed
shared done: bool
shared wq: waitqueue
policies spin, block
process waiter:
    label waits
    wait until done on wq
    label through
    cpu_relax()
process worker:
    work()
    done = True
    wake_up(wq)
def work():
    might_sleep()
measure wait_time: waiter at waits until waiter at through
"""
"""One task waits for what another does in `work()`, which takes as long as a table says."""


def with_waiters(head: str) -> str:
    """The same with two waiters; `head` stands before the processes."""
    text = TIMED.replace("waiter:", "waiter[2]:").replace("wake_up(", "wake_up_all(")
    return text.replace("process", f"{head}process", 1)
