"""One thing taken away: what is needed is noticed, what is not is said to be so; both are checked by hand."""

from __future__ import annotations

import json
import threading
from collections.abc import Callable, Mapping
from dataclasses import replace
from pathlib import Path
from subprocess import CompletedProcess

import jsonschema
import pytest
from pfnspec.ablation.ablate import ablate
from pfnspec.ablation.result import LOAD_BEARING, NOT_NEEDED, Ablation, Tried
from pfnspec.check.options import Options
from pfnspec.check.run import check_file
from pfnspec.report.ablation.text import ablation_text

Run = Callable[..., "CompletedProcess[str]"]
ROOT = Path(__file__).resolve().parents[2]

MAILBOX = """model mailbox

shared box: spinlock
shared log: spinlock
shared letters: range(3)
shared noted: bool
shared wq: waitqueue
shared idle: waitqueue

process sender[2]:
    with box:
        letters += 1
    with log:
        noted = True
    wake_up(wq)
    wake_up(idle)

process reader:
    while True:
        prepare_to_wait(wq)
        if letters == 2 and noted:
            break
        schedule()
    finish_wait(wq)
    assert letters == 2, "both letters are there"
"""

MESSAGE = """model message

shared data: bool
shared flag: bool
shared seen: bool

process writer:
    WRITE_ONCE(data, True)
    smp_wmb()
    WRITE_ONCE(flag, True)
    smp_mb()
    WRITE_ONCE(seen, True)

process reader:
    found: bool = False
    if READ_ONCE(flag):
        smp_rmb()
        found = READ_ONCE(data)
        assert found, "data is there"
"""
QUICKLY = Options(engine="interpreter", jobs=1)


def outcomes(found: Ablation) -> dict[str, str]:
    """By the code of each change, and what is done to it: what came of it, with the property that falls."""
    assert not found.refused and found.base.status == 0
    return {words(one, found): told(one) for one in found.tried}


def words(one: Tried, found: Ablation) -> str:
    change = one.change
    code = found.sources[change.place.path].excerpt(change.place)
    return f"{code} {change.how} {change.instead}".strip()


def told(one: Tried) -> str:
    return f"{one.outcome}: {one.fell.property}" if one.fell else one.outcome


@pytest.fixture(scope="module")
def mailbox() -> Ablation:
    return ablate("mailbox.pfn", QUICKLY, text=MAILBOX)


@pytest.fixture(scope="module")
def message() -> Ablation:
    return ablate("message.pfn", QUICKLY, ("barrier",), about_barriers=True, text=MESSAGE)


def test_locks_wake_ups_and_conditions(mailbox: Ablation) -> None:
    assert outcomes(mailbox) == {
        "with box: gone": "load-bearing: deadlock",
        "letters += 1 gone": "load-bearing: deadlock",
        "with log: gone": NOT_NEEDED,
        "noted = True gone": "load-bearing: deadlock",
        "wake_up(wq) gone": "load-bearing: deadlock",
        "wake_up(wq) weaker wake_up_one": NOT_NEEDED,
        "wake_up(idle) gone": NOT_NEEDED,
        "wake_up(idle) weaker wake_up_one": NOT_NEEDED,
        "while True: once": "load-bearing: both letters are there",
        "prepare_to_wait(wq) gone": NOT_NEEDED,
        "if letters == 2 and noted: never": "load-bearing: deadlock",
        "if letters == 2 and noted: always": "load-bearing: both letters are there",
        "letters == 2 gone": "load-bearing: both letters are there",
        "noted gone": NOT_NEEDED,
        "schedule() gone": NOT_NEEDED,
        "finish_wait(wq) gone": NOT_NEEDED,
    }
    assert mailbox.score == 8 / 16


def test_barriers(message: Ablation) -> None:
    assert message.implied and {cell.memory for cell in message.cells} == {"weak"}
    assert outcomes(message) == {
        "smp_wmb() gone": "load-bearing: data is there",
        "smp_mb() gone": NOT_NEEDED,
        "smp_mb() weaker smp_wmb": NOT_NEEDED,
        "smp_mb() weaker smp_rmb": NOT_NEEDED,
        "smp_rmb() gone": "load-bearing: data is there",
    }


BY_HAND = [
    ("    with box:\n        letters += 1", "    letters += 1"),
    ("        letters += 1", "        pass"),
    ("    with log:\n        noted = True", "    noted = True"),
    ("        noted = True", "        pass"),
    ("    wake_up(wq)\n", ""),
    ("    wake_up(wq)\n", "    wake_up_one(wq)\n"),
    ("    wake_up(idle)\n", ""),
    ("    wake_up(idle)\n", "    wake_up_one(idle)\n"),
    ("    while True:", "    for i in range(1):"),
    ("        prepare_to_wait(wq)\n", ""),
    ("        if letters == 2 and noted:\n            break\n", ""),
    ("        if letters == 2 and noted:\n            break\n        schedule()\n", "        break\n"),
    ("letters == 2 and noted", "noted"),
    ("letters == 2 and noted", "letters == 2"),
    ("        schedule()\n", ""),
    ("    finish_wait(wq)\n", ""),
]
BARRIERS_BY_HAND = [
    ("    smp_wmb()\n", ""),
    ("    smp_mb()\n", ""),
    ("    smp_mb()\n", "    smp_wmb()\n"),
    ("    smp_mb()\n", "    smp_rmb()\n"),
    ("        smp_rmb()\n", ""),
]


def test_what_is_written_by_hand_comes_to_the_same(mailbox: Ablation, message: Ablation) -> None:
    """The same changes, made in the text: each is violated, or holds, just as it was said to."""
    for found, text, hands, memory in (
        (mailbox, MAILBOX, BY_HAND, None), (message, MESSAGE, BARRIERS_BY_HAND, "weak"),
    ):  # fmt: skip
        assert len(hands) == len(found.tried)
        for one, (old, new) in zip(found.tried, hands, strict=True):
            assert old in text
            changed = text.replace(old, new, 1)
            result = check_file("hand.pfn", Options(engine="interpreter", memory=memory), text=changed)
            fell = {verdict.property for verdict in result.verdicts if verdict.outcome == "violated"}
            assert result.verdicts and bool(fell) == (one.outcome == LOAD_BEARING), (words(one, found), fell)
            if one.fell is not None:
                assert one.fell.property in fell
                assert one.fell.finding is not None and one.fell.finding.steps


def test_a_model_that_is_wrong_is_left_alone() -> None:
    wrong = MAILBOX.replace("letters == 2,", "letters == 1,")
    found = ablate("wrong.pfn", QUICKLY, text=wrong)
    assert not found.tried and found.base.status == 1
    assert found.refused.startswith("`both letters are there` is violated, and expected: holds")


SCENARIOS = """
scenario good:
    memory = weak

scenario bad:
    memory = weak
    ORDERED = False

scenario plain:
    ORDERED = False

expect "data is there" violated in bad
"""


def test_what_is_expected_to_be_violated_does_not_count() -> None:
    text = MESSAGE.replace("    smp_wmb()", "    if ORDERED:\n        smp_wmb()") + SCENARIOS
    text = text.replace("shared", "const ORDERED: bool = True\nshared", 1)
    found = ablate("known.pfn", QUICKLY, ("barrier",), about_barriers=True, text=text)
    assert [(cell.scenario, cell.why) for cell in (*found.cells, *found.left_out)] == [
        ("good", None), ("bad", "violated"), ("plain", "sc"),
    ]  # fmt: skip
    assert not found.implied and len(found.of(LOAD_BEARING)) == 2
    only = Options(engine="interpreter", scenarios=("bad",))
    found = ablate("known.pfn", only, about_barriers=True, text=text)
    assert found.refused.startswith("in no scenario") and not found.tried


WAITS = """model waits
shared done: bool
shared wq: waitqueue
policies spin, block
process waiter:
    wait until done on wq
    assert done, "it is done"
process worker:
    done = True
    wake_up(wq)
"""


def test_without_its_only_wait_a_model_has_no_policies() -> None:
    found = ablate("waits.pfn", QUICKLY, text=WAITS)
    assert [cell.policy for cell in found.cells] == ["spin", "block"]
    assert outcomes(found) == {
        "wait until done on wq gone": "load-bearing: it is done",
        "done = True gone": "load-bearing: deadlock",
        "wake_up(wq) gone": "load-bearing: deadlock",
        "wake_up(wq) weaker wake_up_one": NOT_NEEDED,
    }


def test_what_changes_nothing_is_no_hole() -> None:
    """Barriers under sequential consistency, and a lock that is taken a label later."""
    found = ablate("message.pfn", QUICKLY, ("barrier",), text=MESSAGE)
    assert {one.outcome for one in found.tried} == {"does the same"} and found.score is None


def test_an_interruption_leaves_what_is_known() -> None:
    cancel = threading.Event()

    def stop(now: object) -> None:
        if now is not None:
            cancel.set()

    found = ablate("mailbox.pfn", QUICKLY, ("wake-up",), text=MAILBOX, cancel=cancel, on_progress=stop)
    assert found.stopped == "interrupted" and len(found.tried) == 1
    assert "not everything was tried: it was interrupted" in ablation_text(found)


def test_where_nothing_was_tried_yet_nobody_knows_that_there_is_nothing() -> None:
    found = replace(
        ablate("mailbox.pfn", QUICKLY, ("wake-up",), text=MAILBOX), tried=(), stopped="interrupted"
    )
    told = ablation_text(found)
    assert "nothing was tried: it was interrupted" in told and "of this kind" not in told


def test_what_is_assumed_is_told() -> None:
    found = ablate("mailbox.pfn", QUICKLY, ("wake-up",), text=MAILBOX + "\nassume letters < 2\n")
    assert "every verdict is one assuming `letters < 2`" in ablation_text(found)


def test_a_changed_model_is_not_taken_for_the_model(tmp_path: Path) -> None:
    """Verdicts are kept by what was checked, and not by the file that it was made from."""
    path = tmp_path / "mailbox.pfn"
    path.write_text(MAILBOX, encoding="utf-8")
    options = Options(engine="interpreter", jobs=1, cache=tmp_path / "kept")
    first, second = (outcomes(ablate(path, options, ("section", "condition"))) for _ in range(2))
    assert first == second and len(set(first.values())) == 3
    assert check_file(path, options).status == 0


# -- the command


@pytest.fixture
def files(tmp_path: Path) -> Mapping[str, Path]:
    found = {}
    for name, text in (("mailbox", MAILBOX), ("message", MESSAGE)):
        found[name] = tmp_path / f"{name}.pfn"
        found[name].write_text(text, encoding="utf-8")
    return found


def test_table_and_traces(pfnspec: Run, files: Mapping[str, Path]) -> None:
    ran = pfnspec(
        "ablate",
        files["mailbox"].name,
        "--engine",
        "interpreter",
        "--only",
        "wake-up",
        "--traces",
        "--width",
        "72",
        cwd=files["mailbox"].parent,
    )
    assert ran.returncode == 0 and not ran.stderr
    table, traces = ran.stdout.split("s in all\n")
    assert table.splitlines()[2:8] == [
        "line  code              change          what falls",
        "  15  wake_up(wq)       gone            deadlock: 2 steps",
        "                        as wake_up_one  not needed",
        "  16  wake_up(idle)     gone            not needed",
        "                        as wake_up_one  not needed",
        "",
    ]
    assert max(map(len, ran.stdout.splitlines())) <= 72
    assert "`wake_up(wq)` gone" in traces and "reader waits for a wake-up" in traces
    assert "reproduce" not in traces


def test_data(pfnspec: Run, files: Mapping[str, Path]) -> None:
    schema = json.loads((ROOT / "docs" / "ablation.schema.json").read_text(encoding="utf-8"))
    for words in (
        ("--only", "section"),
        ("--only", "wake-up", "--traces"),
        ("--property", "right"),
        ("--memory", "sc"),
    ):
        ran = pfnspec("ablate", files["mailbox"], "--engine", "interpreter", "--format", "json", *words)
        if not ran.stdout:
            continue
        jsonschema.validate(json.loads(ran.stdout), schema)
    found = json.loads(
        pfnspec("barriers", files["message"], "--engine", "interpreter", "--format", "json").stdout
    )
    jsonschema.validate(found, schema)
    assert found["memory"] == "weak" and found["implied"]
    assert found["score"] == {"noticed": 2, "unnoticed": 3, "share": 0.4}
    assert [one["fell"]["property"] for one in found["changes"] if one["fell"]] == ["data is there"] * 2


def test_what_is_required(pfnspec: Run, files: Mapping[str, Path]) -> None:
    ran = pfnspec("barriers", files["message"], "--engine", "interpreter", "--require")
    assert ran.returncode == 1
    assert ran.stderr.splitlines() == [
        f"pfnspec: {files['message']}:11: `smp_mb()` gone: required, and not needed"
    ]
    ran = pfnspec(
        "ablate", files["mailbox"], "--engine", "interpreter", "--only", "store", "--require", "store"
    )
    assert (ran.returncode, ran.stderr) == (0, "")


def test_what_is_required_and_left_out(pfnspec: Run, files: Mapping[str, Path]) -> None:
    """What is never tried is not met."""
    ran = pfnspec("ablate", files["mailbox"], "--only", "barrier", "--require", "store")
    assert (ran.returncode, ran.stdout) == (2, "")
    assert ran.stderr == "pfnspec: --require store asks for what --only leaves out\n"


def test_other_ends(pfnspec: Run, files: Mapping[str, Path], tmp_path: Path) -> None:
    broken = tmp_path / "broken.pfn"
    broken.write_text("model broken\nprocess p:\n    x = 1\n", encoding="utf-8")
    ran = pfnspec("ablate", broken)
    assert ran.returncode == 2 and "error[" in ran.stderr and not ran.stdout
    ran = pfnspec("ablate", files["mailbox"], "--property", "nothing")
    assert ran.returncode == 2 and "there is no property `nothing`" in ran.stderr
    ran = pfnspec("ablate", files["mailbox"], "--engine", "interpreter", "--max-states", "5")
    assert (
        ran.returncode == 3
        and "the model itself is not decided: the limit of states was reached" in ran.stderr
    )
    ran = pfnspec("ablate", files["mailbox"], "--engine", "spin")
    assert ran.returncode == 2 and ran.stderr.count("\n") == 1
    ran = pfnspec("ablate", files["mailbox"], "--java", "/nowhere/java")
    assert ran.returncode == 4 and ran.stderr.count("\n") == 1 and "/nowhere/java" in ran.stderr
    wrong = tmp_path / "wrong.pfn"
    wrong.write_text(MAILBOX.replace("letters == 2,", "letters == 1,"), encoding="utf-8")
    ran = pfnspec("ablate", wrong, "--engine", "interpreter")
    assert ran.returncode == 1 and ran.stderr.count("\n") == 1 and not ran.stdout


HANDED_OVER = """model handed_over

shared data: bool
shared owner: range(3)

process giver:
    data = True
    xchg_release(&owner, 1)

process taker:
    mine: bool = True
    if cmpxchg(&owner, 1, 2) == 1:
        mine = data
        assert mine, "what was done before is seen"

scenario as_in_the_kernel:
    memory = weak
"""


def test_orders_of_atomic_operations(tmp_path: Path) -> None:
    path = tmp_path / "handed_over.pfn"
    path.write_text(HANDED_OVER)
    found = ablate(str(path), Options(engine="interpreter"), ("barrier",))
    assert {one.change.instead: one.outcome for one in found.tried} == {
        "xchg_relaxed": LOAD_BEARING,
        "cmpxchg_acquire": NOT_NEEDED,
        "cmpxchg_release": LOAD_BEARING,
        "cmpxchg_relaxed": LOAD_BEARING,
    }


def test_the_page_has_what_falls_beside_the_lines(
    pfnspec: Run, files: Mapping[str, Path], tmp_path: Path
) -> None:
    page = tmp_path / "page.html"
    ran = pfnspec("barriers", files["message"], "--engine", "interpreter", "--report", f"html={page}")
    assert ran.returncode == 0
    text = page.read_text()
    told = [part for part in text.split('<div class="row')[1:] if "margin" in part and "how" in part]
    lines = {int(part.split('class="no">')[1].split("<")[0]): part for part in told}
    assert sorted(lines) == [9, 11, 17]
    assert 'class="good">data is there: 6 steps' in lines[9]
    assert lines[9].count("<pre>") == 1, "with the behaviour"
    assert lines[11].count('class="bad">not needed') == 3
    for wrong in ("html=", "pdf=x.pdf"):
        assert pfnspec("barriers", files["message"], "--report", wrong).returncode == 2
    over = pfnspec("barriers", files["message"], "--report", f"html={files['message']}")
    assert over.returncode == 2
    assert "would overwrite the model" in over.stderr
