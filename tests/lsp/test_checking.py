"""Checks from an editor: lenses, progress, counterexamples as diagnostics, nothing of old text."""

from __future__ import annotations

import os
import re
import signal
import sys
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from .fuzz import fuzz
from .session import Message, Opened, Start, line_of

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="POSIX signals")

Javas = Callable[[Path], list[int]]
Eventually = Callable[..., bool]

BAD = """model bad

shared count: range(3)
shared done: range(3)

process taker[2]:
    count += 1
    atomic:
        done += 1

process judge:
    await done == 2
    assert count == 2, "lost update"

invariant small: count < 3

property ends: eventually judge at end
"""
LOOP = """model loop

policies spin, block

shared ready: bool
shared wq: waitqueue

process waiter:
    wait until ready on wq

property ends: eventually waiter at end

expect ends violated
expect deadlock violated under block
"""
ENDLESS = """model endless

const TOP: int = 4000

shared a: range(TOP)
shared b: range(TOP)

process left:
    while True:
        atomic:
            a = (a + 1) % TOP

process right:
    while True:
        atomic:
            b = (b + 1) % TOP

invariant here: a >= 0

invariant there: b >= 0
"""
LOCKED = """model locked

shared count: range(3)
shared lock: spinlock

process taker[2]:
    with lock:
        count += 1
"""


def _by_code(diagnostics: list[Message], code: str) -> list[Message]:
    return [found for found in diagnostics if found.get("code") == code]


def test_a_lens_checks_and_the_line_that_fails_tells_how(opened: Opened) -> None:
    session, uri = opened(BAD)
    line = line_of(BAD, "assert")
    lenses = session.request("textDocument/codeLens", {"textDocument": {"uri": uri}})
    lens = next(one for one in lenses if one["range"]["start"]["line"] == line)
    assert lens["command"]["title"] == "check"
    assert session.lenses(uri)[:2] == [(1, "check"), (1, "simulate")]
    session.request("workspace/executeCommand", lens["command"])
    token, begun = session.progress("begin")
    assert (begun["title"], begun["cancellable"]) == ("checking model.pfn, lost update", True)
    ended, end = session.progress("end")
    assert ended == token
    assert end["message"].startswith("1 of 1 verdicts not as expected, ")
    diagnostics = session.published(uri, lambda found: _by_code(found, "violated"))
    (found,) = _by_code(diagnostics, "violated")
    assert found["severity"] == 1
    assert found["range"]["start"]["line"] == line
    assert found["message"].startswith("`lost update` is violated, after ")
    assert "count = 1" in found["message"]
    steps = [one["message"] for one in found["relatedInformation"]]
    assert steps[-1] == 'judge: fails: assert count == 2, "lost update"'
    numbers = [int(step.split("  ")[0]) for step in steps[:-1]]
    assert numbers == sorted(numbers)
    assert set(numbers) == set(range(1, numbers[-1] + 1))
    reads = [step.split("  ")[1] for step in steps if "reads count = 0" in step]
    assert sorted(reads) == ["taker[0]: reads count = 0", "taker[1]: reads count = 0"]
    assert all(one["location"]["uri"] == uri for one in found["relatedInformation"])
    titles = session.lenses(uri)
    assert (line + 1, "check (not as expected)") in titles
    assert (line + 1, "trace") in titles
    assert session.leave() == 0
    assert session.errors == b""


def test_a_loop_is_marked_and_what_is_expected_is_no_error(opened: Opened) -> None:
    session, uri = opened(LOOP)
    session.command("pfnspec.check", uri=uri, policy="spin", property="ends")
    session.command("pfnspec.check", uri=uri, policy="block", property="deadlock")
    assert session.progress("end")[1]["message"].startswith("all as expected, ")
    found = session.published(uri, lambda found: len(_by_code(found, "violated")) == 2)
    assert {one["severity"] for one in found} == {3}
    spins = next(one for one in found if "`ends` is violated under spin" in one["message"])
    assert spins["range"]["start"]["line"] == line_of(LOOP, "property ends")
    walk = [one["message"] for one in spins["relatedInformation"]]
    assert walk[-2].startswith("for ever: ")
    assert re.fullmatch(r"then from step \d+ again, for ever", walk[-1])
    sleeps = next(one for one in found if "`deadlock` is violated under block" in one["message"])
    assert sleeps["range"]["start"]["line"] == line_of(LOOP, "wait until")
    titles = session.lenses(uri)
    assert (1, "trace of deadlock under block") in titles
    assert (3, "check under spin (as expected)") in titles
    assert (11, "check (violated as expected)") in titles
    assert (11, "trace under spin") in titles


def test_what_is_not_found_any_more_is_an_error(opened: Opened) -> None:
    text = LOCKED + "\nsometimes three: count == 3\n\nexpect deadlock violated\n"
    session, uri = opened(text.replace("range(3)", "range(4)"))
    session.command("pfnspec.check", uri=uri)
    found = session.published(uri, lambda found: len(found) == 2)
    told = {one["message"]: (one["severity"], one["range"]["start"]["line"]) for one in found}
    assert told == {
        "no behaviour reaches `three`": (1, line_of(text, "sometimes")),
        "`deadlock` holds, but is expected to be violated": (1, line_of(text, "expect")),
    }


def test_the_project_says_what_is_checked(opened: Opened, tmp_path: Path) -> None:
    (tmp_path / "pfnspec.toml").write_text('policies = ["block"]\n', encoding="utf-8")
    session, uri = opened(LOOP)
    session.command("pfnspec.check", uri=uri, property="deadlock")
    session.published(uri, lambda found: _by_code(found, "violated"))
    titles = session.lenses(uri)
    assert (3, "check under block (as expected)") in titles
    assert (3, "check under spin") in titles


@pytest.mark.parametrize("way", ["progress", "command"])
def test_cancelled(opened: Opened, javas: Javas, eventually: Eventually, tmp_path: Path, way: str) -> None:
    session, uri = opened(ENDLESS)
    session.command("pfnspec.check", uri=uri)
    token, _ = session.progress("begin")
    assert eventually(lambda: javas(tmp_path))
    if way == "progress":
        session.notify("window/workDoneProgress/cancel", {"token": token})
    else:
        session.command("pfnspec.cancel", uri=uri)
    assert session.progress("end")[1]["message"].startswith("cancelled: 3 not decided, ")
    assert javas(tmp_path) == []
    assert session.lenses(uri)[0] == (1, "check")
    assert session.leave() == 0


@pytest.mark.parametrize("way", ["edit", "close"])
def test_a_check_of_old_text_is_ended_and_not_shown(
    opened: Opened, javas: Javas, eventually: Eventually, tmp_path: Path, way: str
) -> None:
    session, uri = opened(ENDLESS.replace("b >= 0", "b < 2"))
    session.command("pfnspec.check", uri=uri)
    assert eventually(lambda: javas(tmp_path))
    if way == "edit":
        session.change(uri, "\n\n" + ENDLESS)
    else:
        session.close(uri)
    assert session.progress("end")[1]["message"].endswith("so the result is not shown")
    assert javas(tmp_path) == []
    assert session.leave() == 0
    published = [
        m["params"] for m in session.messages if m.get("method") == "textDocument/publishDiagnostics"
    ]
    assert all(params["diagnostics"] == [] for params in published)


def test_an_edit_hides_a_result_and_taking_it_back_shows_it(opened: Opened) -> None:
    session, uri = opened(BAD)
    session.command("pfnspec.check", uri=uri, property="lost update")
    session.published(uri, lambda found: _by_code(found, "violated"))
    since = len(session.messages)
    session.change(uri, "\n" + BAD)
    session.published(uri, lambda found: not found, since)
    assert (2, "check") in session.lenses(uri)
    session.change(uri, BAD)
    session.published(uri, lambda found: _by_code(found, "violated"), since)


def test_one_java_at_a_time_for_a_model(opened: Opened, javas: Javas, tmp_path: Path) -> None:
    # No other test has checked this text, so nothing is known of it.
    session, uri = opened(BAD.replace("done: range(3)", "done: range(7)"))
    for property in ("lost update", "small", "lost update"):
        session.command("pfnspec.check", uri=uri, property=property)
    most = 0
    ends: list[Message] = []
    limit = time.monotonic() + 60
    while len(ends) < 2 and time.monotonic() < limit:
        most = max(most, len(javas(tmp_path)))
        with session.news:
            values = [m["params"]["value"] for m in session.messages if m.get("method") == "$/progress"]
        ends = [value for value in values if value["kind"] == "end"]
    assert most == 1
    assert session.leave() == 0
    values = [m["params"]["value"] for m in session.messages if m.get("method") == "$/progress"]
    titles = sorted(value["title"] for value in values if value["kind"] == "begin")
    assert titles == [f"checking model.pfn, {name}" for name in ("lost update", "small")]


@pytest.mark.parametrize("way", ["killed", "terminated", "interrupted", "editor gone", "shutdown"])
def test_no_java_outlives_the_server(
    opened: Opened, javas: Javas, eventually: Eventually, tmp_path: Path, way: str
) -> None:
    if way == "killed" and not sys.platform.startswith("linux"):
        pytest.skip("only Linux can end the children of a process that is killed")
    session, uri = opened(ENDLESS)
    session.command("pfnspec.check", uri=uri)
    assert eventually(lambda: javas(tmp_path))
    match way:
        case "killed":
            session.child.kill()
        case "terminated":
            session.child.send_signal(signal.SIGTERM)
        case "interrupted":
            session.child.send_signal(signal.SIGINT)
        case "editor gone":
            assert session.child.stdin is not None
            session.child.stdin.close()
        case _:
            session.leave()
    session.child.wait(20)
    assert eventually(lambda: not javas(tmp_path))
    if way != "killed":
        assert list((tmp_path / "temporary").iterdir()) == []
        assert session.errors == b""


def test_a_java_that_dies_is_told_and_the_server_goes_on(
    opened: Opened, javas: Javas, eventually: Eventually, tmp_path: Path
) -> None:
    session, uri = opened(ENDLESS)
    session.command("pfnspec.check", uri=uri)
    assert eventually(lambda: javas(tmp_path))
    time.sleep(0.7)
    os.kill(javas(tmp_path)[0], signal.SIGKILL)
    told = session.wait(lambda m: m.get("method") == "window/showMessage")
    assert told["params"]["type"] == 1
    session.progress("end")
    assert session.lenses(uri)[0] == (1, "check")


def test_a_quick_look_is_preliminary_until_tlc_has_decided(opened: Opened) -> None:
    session, uri = opened(BAD, quick=30_000)
    session.save(uri)
    (early,) = session.published(uri, lambda found: found)
    assert early["message"].startswith("preliminary, not decided by TLC yet: `lost update` is violated")
    assert early["severity"] == 2
    assert early["range"]["start"]["line"] == line_of(BAD, "assert")
    assert early["relatedInformation"]
    since = len(session.messages)
    session.command("pfnspec.check", uri=uri, property="lost update")
    (found,) = session.published(uri, lambda found: _by_code(found, "violated"), since)
    while "preliminary" in found["message"]:
        since += 1
        (found,) = session.published(uri, lambda found: _by_code(found, "violated"), since)
    assert found["severity"] == 1
    session.save(uri)
    session.request("textDocument/codeLens", {"textDocument": {"uri": uri}})
    time.sleep(1)
    last = [m["params"] for m in session.messages if m.get("method") == "textDocument/publishDiagnostics"][-1]
    assert ["preliminary" in one["message"] for one in last["diagnostics"]] == [False]


def test_a_budget_that_does_not_suffice_says_nothing(opened: Opened) -> None:
    session, uri = opened(BAD, quick=1)
    session.save(uri)
    time.sleep(1.5)
    session.lenses(uri)
    published = [
        m["params"] for m in session.messages if m.get("method") == "textDocument/publishDiagnostics"
    ]
    assert all(params["diagnostics"] == [] for params in published)


def test_a_trace_is_text_and_a_page(opened: Opened, tmp_path: Path) -> None:
    session, uri = opened(BAD)
    found = session.request("pfnspec/trace", {"uri": uri, "property": "lost update"})
    assert "> judge at line 13: assert count == 2" in found["text"]
    page = Path(found["uri"].removeprefix("file://"))
    assert page.read_text(encoding="utf-8").lstrip().startswith("<!")
    assert session.request("pfnspec/trace", {"uri": uri, "property": "small"}) is None
    assert session.command("pfnspec.trace", uri=uri, property="lost update") == found
    shown = session.wait(lambda m: m.get("method") == "window/showDocument")
    assert shown["params"] == {"uri": found["uri"], "external": True}
    assert session.leave() == 0
    assert not page.exists()


def test_a_simulation(opened: Opened) -> None:
    session, uri = opened(LOOP)
    found = session.command("pfnspec.simulate", uri=uri, policy="block", seed=7)
    assert "under block, seed 7" in found["text"]
    assert found == session.command("pfnspec.simulate", uri=uri, policy="block", seed=7)
    assert session.command("pfnspec.simulate", uri=uri, policy="nap") is None


def test_hints_of_merged_steps(opened: Opened) -> None:
    session, uri = opened(LOCKED)
    session.wait(lambda m: m.get("method") == "workspace/inlayHint/refresh")
    everything = {"start": {"line": 0, "character": 0}, "end": {"line": 99, "character": 0}}
    hints = session.request("textDocument/inlayHint", {"textDocument": {"uri": uri}, "range": everything})
    merged = [hint for hint in hints if hint["label"].startswith("one step")]
    assert [(hint["position"], hint["label"]) for hint in merged] == [
        ({"line": line_of(LOCKED, "with lock"), "character": 14}, "one step with line 8, under lock")
    ]
    session.change(uri, "\n" + LOCKED)
    hints = session.request("textDocument/inlayHint", {"textDocument": {"uri": uri}, "range": everything})
    assert not any(hint["label"].startswith("one step") for hint in hints)


def test_arguments_that_are_none(opened: Opened) -> None:
    session, uri = opened(LOCKED)
    wrong: list[list[object]] = [
        [], [{}], [1], [None], [uri, uri], [{"uri": "file:///nowhere.pfn"}], [{"uri": uri, "property": 3}],
    ]  # fmt: skip
    for name in ("pfnspec.check", "pfnspec.trace", "pfnspec.simulate"):
        for arguments in wrong:
            number = session.ask("workspace/executeCommand", {"command": name, "arguments": arguments})
            assert session.answer(number)["error"]["code"] == -32602, arguments
    session.command("pfnspec.check", uri=uri, property="nothing")
    message = session.progress("end")[1]["message"]
    assert message == "the model has errors: there is no property `nothing`"


def test_a_restless_user(start: Start, javas: Javas, eventually: Eventually, tmp_path: Path) -> None:
    session = start(quick=200)
    fuzz(session, tmp_path, seconds=6, seed=20)
    assert session.leave() == 0
    assert javas(tmp_path) == []
    assert list((tmp_path / "temporary").iterdir()) == []
    assert session.errors == b""
