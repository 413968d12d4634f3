"""Runs that end before their time: limits, cancelling, killed processes, and what is left behind."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import textwrap
import threading
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from pfnspec.tla import Failed, Holds, Job, Limits, Outcome, Stopped, Tools, Violated, run
from pfnspec.tla.outcome import Progress

linux = pytest.mark.skipif(not Path("/proc/self/cmdline").exists(), reason="looks into /proc")


def javas(directory: Path) -> list[int]:
    """The processes whose working directory is below `directory`."""
    found = []
    for entry in Path("/proc").iterdir():
        if entry.name.isdigit():
            try:
                cwd = os.readlink(entry / "cwd")
            except OSError:
                continue
            if cwd.startswith(f"{directory}/"):
                found.append(int(entry.name))
    return found


def eventually(true: Callable[[], object], seconds: float = 20.0) -> bool:
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        if true():
            return True
        time.sleep(0.05)
    return False


def test_time_limit(tools: Tools, temporary: Path, endless: str, job: Callable[..., Job]) -> None:
    outcome = run(job(endless), tools, Limits(seconds=2))
    assert isinstance(outcome, Stopped)
    assert outcome.why == "time"
    assert outcome.seconds >= 2
    assert list(temporary.iterdir()) == []


def test_no_time_at_all(tools: Tools, endless: str, job: Callable[..., Job]) -> None:
    outcome = run(job(endless), tools, Limits(seconds=0))
    assert isinstance(outcome, Stopped)


def test_state_limit(tools: Tools, temporary: Path, endless: str, job: Callable[..., Job]) -> None:
    outcome = run(job(endless), tools, Limits(seconds=60, distinct_states=100))
    assert isinstance(outcome, Stopped)
    assert outcome.why == "states"
    assert outcome.totals.distinct is not None
    assert outcome.totals.distinct > 100
    assert list(temporary.iterdir()) == []


def test_a_specification_that_ends_its_run(check: Callable[..., Outcome], endless: str) -> None:
    limit = 'Limit == TLCGet("distinct") < 50 \\/ TLCSet("exit", TRUE)'
    outcome = check(limit, "SPECIFICATION Spec\nINVARIANT Limit", body=endless)
    assert isinstance(outcome, Stopped)
    assert outcome.why == "states"
    assert outcome.totals.distinct is not None
    assert 50 <= outcome.totals.distinct < 60


def test_a_state_limit_does_not_end_a_run_that_has_its_verdict(
    tools: Tools, counter: str, job: Callable[..., Job]
) -> None:
    assert isinstance(run(job(counter), tools, Limits(distinct_states=1)), Holds)
    violated = job(counter + "Inv == x < 2", "SPECIFICATION Spec\nINVARIANT Inv")
    assert isinstance(run(violated, tools, Limits(distinct_states=1)), Violated)


def test_cancel(tools: Tools, temporary: Path, endless: str, job: Callable[..., Job]) -> None:
    cancel = threading.Event()
    threading.Timer(1.5, cancel.set).start()
    outcome = run(job(endless), tools, Limits(seconds=100), cancel=cancel)
    assert isinstance(outcome, Stopped)
    assert outcome.why == "interrupted"
    assert list(temporary.iterdir()) == []


@linux
def test_an_exception_in_the_caller_ends_the_jvm(
    tools: Tools, temporary: Path, counter: str, job: Callable[..., Job]
) -> None:
    def interrupt(_: Progress) -> None:
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        run(job(counter), tools, on_progress=interrupt)
    assert javas(temporary) == []
    assert list(temporary.iterdir()) == []


@linux
@pytest.mark.parametrize("number", [signal.SIGKILL, signal.SIGTERM])
def test_a_jvm_killed_by_somebody_else(
    tools: Tools, temporary: Path, number: signal.Signals, endless: str, job: Callable[..., Job]
) -> None:
    with ThreadPoolExecutor(1) as pool:
        running = pool.submit(run, job(endless), tools)
        assert eventually(lambda: javas(temporary))
        time.sleep(0.7)
        for pid in javas(temporary):
            os.kill(pid, number)
        outcome = running.result(30)
    assert isinstance(outcome, Failed)
    assert outcome.why == "killed"
    assert number.name in outcome.message
    assert list(temporary.iterdir()) == []


CALLER = """
import os, signal, sys, tempfile, threading
# Who runs the tests behind nohup has it ignored.
signal.signal(signal.SIGHUP, signal.SIG_DFL)
sys.path[:0] = {path!r}
tempfile.tempdir = {directory!r}
from pfnspec.tla import Job, find_tools, run
job = Job(module="M", module_text={text!r}, cfg_text="SPECIFICATION Spec\\n", max_heap=256)
threading.Thread(target=run, args=(job, find_tools())).start()
print("started", flush=True)
"""


@linux
@pytest.mark.parametrize("number", [signal.SIGKILL, signal.SIGTERM, signal.SIGHUP])
def test_the_jvm_dies_with_its_caller(
    temporary: Path, number: signal.Signals, endless: str, job: Callable[..., Job]
) -> None:
    script = CALLER.format(path=sys.path, directory=os.fspath(temporary), text=job(endless).module_text)
    caller = subprocess.Popen([sys.executable, "-c", textwrap.dedent(script)], stdout=subprocess.PIPE)
    try:
        assert caller.stdout is not None
        assert caller.stdout.readline() == b"started\n"
        assert eventually(lambda: javas(temporary))
        time.sleep(0.5)
        caller.send_signal(number)
        caller.wait(20)
        assert eventually(lambda: not javas(temporary))
    finally:
        caller.kill()
        caller.communicate()


def test_the_end_of_the_starting_thread_is_no_reason_to_die(
    tools: Tools, endless: str, job: Callable[..., Job]
) -> None:
    cancel = threading.Event()
    found: list[object] = []

    def inner() -> None:
        found.append(run(job(endless), tools, Limits(seconds=20), cancel=cancel))

    def outer() -> None:
        threading.Thread(target=inner).start()

    starter = threading.Thread(target=outer)
    starter.start()
    starter.join()
    time.sleep(1.5)
    assert found == []
    cancel.set()
    assert eventually(lambda: found)
    assert isinstance(found[0], Stopped)


def test_four_at_once(tools: Tools, temporary: Path, counter: str, job: Callable[..., Job]) -> None:
    def one(number: int) -> object:
        body = counter + f"Inv == x < {number}"
        return run(job(body, "SPECIFICATION Spec\nINVARIANT Inv"), tools, Limits(seconds=60))

    with ThreadPoolExecutor(4) as pool:
        outcomes = list(pool.map(one, [1, 2, 3, 4]))
    for number, outcome in enumerate(outcomes[:3], 1):
        assert isinstance(outcome, Violated)
        assert len(outcome.trace.states) == number + 1
    assert isinstance(outcomes[3], Holds)
    assert list(temporary.iterdir()) == []


def test_what_a_killed_process_left_is_removed(
    tools: Tools, temporary: Path, monkeypatch: pytest.MonkeyPatch, counter: str, job: Callable[..., Job]
) -> None:
    fcntl = pytest.importorskip("fcntl")
    monkeypatch.setattr("pfnspec.tla.workdir._swept", set())
    places = [temporary / f"pfnspec-tlc-{name}" for name in ("orphan", "young", "running", "kept")]
    for place in places:
        (place / "scratch").mkdir(parents=True)
        lock = place / "scratch" / "lock"
        lock.touch()
        os.utime(lock, (1, 1))
    (places[1] / "scratch" / "lock").touch()
    (places[3] / "scratch" / "lock").unlink()
    with (places[2] / "scratch" / "lock").open("wb") as held:
        fcntl.flock(held, fcntl.LOCK_EX)
        os.utime(held.fileno(), (1, 1))
        assert isinstance(run(job(counter), tools), Holds)
    assert sorted(temporary.iterdir()) == sorted(places[1:])


@linux
def test_ctrl_c_in_the_waiting_thread(temporary: Path, endless: str, job: Callable[..., Job]) -> None:
    script = CALLER.replace("threading.Thread(target=run, args=(job, find_tools())).start()", "")
    script = script.replace('print("started", flush=True)', "run(job, find_tools())")
    code = script.format(path=sys.path, directory=os.fspath(temporary), text=job(endless).module_text)
    caller = subprocess.Popen([sys.executable, "-c", code], stderr=subprocess.PIPE)
    try:
        assert eventually(lambda: javas(temporary))
        time.sleep(0.7)
        caller.send_signal(signal.SIGINT)
        _, words = caller.communicate(timeout=20)
        assert b"KeyboardInterrupt" in words
        assert javas(temporary) == []
        assert list(temporary.iterdir()) == []
    finally:
        caller.kill()
        caller.wait()
