"""Models as tests: pytest in a process of its own, in a folder with some."""

from __future__ import annotations

import os
from collections.abc import Callable, Mapping
from pathlib import Path
from subprocess import CompletedProcess

# Stays imported, for the sessions in this process.
import pfnspec.pytest_plugin.models  # noqa: F401
import pytest
from timed_text import TIMED

Check = Callable[..., "CompletedProcess[str]"]

TWO = """model two

shared a: spinlock
shared b: spinlock

process first:
    with a:
        with b:
            pass

process second:
    with b:
        with a:
            pass
"""

MODELS = {
    "two": TWO,
    "known": TWO.replace("model two", "model known") + "\nexpect deadlock violated\n",
    "gone": "model gone\n\nshared x: bool\n\nprocess p:\n    x = True\n\nexpect deadlock violated\n",
    "bad": "model bad\n\nprocess p:\n    x = 1\n",
    "waits": """model waits

shared done: bool
shared wq: waitqueue

policies block, late

process waiter:
    wait until done on wq
    assert done, "it is done"

process waker:
    done = True
    wake_up(wq)

policy late:
    if not cond:
        prepare_to_wait(wq)
        schedule()
        finish_wait(wq)

expect deadlock violated under late
""",
}
OF_WAITS = ["it is done", "deadlock"]


@pytest.fixture
def models(
    pytester: pytest.Pytester, monkeypatch: pytest.MonkeyPatch, command_environment: Mapping[str, str]
) -> pytest.Pytester:
    """A folder with the models, and pytest with the environment of a command."""
    for name in set(os.environ) - set(command_environment):
        monkeypatch.delenv(name)
    monkeypatch.setenv("PFNSPEC_CACHE", command_environment["PFNSPEC_CACHE"])
    for name, text in MODELS.items():
        (pytester.path / f"{name}.pfn").write_text(text, encoding="utf-8")
    return pytester


def run(models: pytest.Pytester, *arguments: str) -> pytest.RunResult:
    """No session may show where in pfnspec something was raised."""
    # Hypothesis takes longer to be imported than all the rest.
    ran = models.runpytest_subprocess("-p", "no:hypothesispytest", *arguments, timeout=120)
    told = ran.stdout.str() + ran.stderr.str()
    assert "Traceback" not in told
    assert "pytest_plugin" not in told
    assert "INTERNALERROR" not in told
    return ran


def collected(models: pytest.Pytester, *arguments: str) -> list[str]:
    """The names that a session would run; nothing runs, so it can be a session in this process."""
    ran = models.runpytest_inprocess(
        "-p", "no:hypothesispytest", "--pfnspec", "--collect-only", "-q", *arguments
    )
    return [line for line in ran.outlines if "::" in line]


# -- off


def test_it_costs_nothing_where_nobody_asks(models: pytest.Pytester) -> None:
    models.makepyfile(
        test_own="""
        import sys

        def test_own():
            mine = {name for name in sys.modules if name.split(".")[0] in ("pfnspec", "lark", "jinja2")}
            assert mine == {"pfnspec", "pfnspec.pytest_plugin"}
        """
    )
    ran = run(models, "-W", "error", "--strict-config", "--strict-markers")
    ran.assert_outcomes(passed=1)


# -- collecting


def test_a_test_for_each_property_in_each_cell(
    models: pytest.Pytester, monkeypatch: pytest.MonkeyPatch
) -> None:
    """In the same order in every process, and without Java."""
    monkeypatch.setenv("PFNSPEC_JAVA", "/no/such/java")
    sessions = []
    for seed in ("1", "2"):
        monkeypatch.setenv("PYTHONHASHSEED", seed)
        ran = run(models, "--pfnspec", "--collect-only", "-q")
        sessions.append([line for line in ran.outlines if "::" in line])
    assert sessions[0] == sessions[1]
    names = sessions[0]
    assert names[0] == "bad.pfn::model"
    assert [name for name in names if name.startswith("known")] == [
        "known.pfn::deadlock",
        "known.pfn::bad_unlock",
        "known.pfn::ends_holding",
    ]
    waits = [f"waits.pfn::{name}[{policy}]" for policy in ("block", "late") for name in OF_WAITS]
    assert [name for name in names if name.startswith("waits")] == waits


def test_selecting(models: pytest.Pytester) -> None:
    late = ["waits.pfn::deadlock[late]"]
    assert collected(models, "-k", "deadlock and late") == late
    assert collected(models, "waits.pfn::deadlock[late]") == late
    assert collected(models, "waits.pfn::deadlock") == ["waits.pfn::deadlock[block]", *late]
    assert collected(models, "waits.pfn", "--deselect", "waits.pfn::it is done[block]",
                     "--deselect", "waits.pfn::it is done[late]") == [
        "waits.pfn::deadlock[block]", *late]  # fmt: skip
    assert collected(models, "-k", ".pfn and not waits and not known and not two") == [
        "bad.pfn::model",
        "gone.pfn::deadlock",
    ]


def test_the_configuration_of_the_project_counts(models: pytest.Pytester) -> None:
    models.makefile(".toml", pfnspec='policies = ["late"]\n')
    assert collected(models, "waits.pfn") == [f"waits.pfn::{name}[late]" for name in OF_WAITS]
    ran = run(models, "--pfnspec", "two.pfn")
    ran.assert_outcomes(failed=1)
    ran.stdout.fnmatch_lines(["pfnspec.toml:1:1: error*unknown-policy*there is no policy `late`"])
    models.makefile(".toml", pfnspec="timeuot = 3\n")
    ran = run(models, "--pfnspec")
    assert ran.ret == pytest.ExitCode.USAGE_ERROR
    ran.stderr.fnmatch_lines(["*pfnspec.toml:1:1: error*there is no setting `timeuot`"])


# -- verdicts


def test_verdicts_are_outcomes(models: pytest.Pytester, pfnspec: Check) -> None:
    models.makeini("[pytest]\npfnspec = true\nfilterwarnings = error\n")
    ran = run(models, "-ra", "--strict-config", "--strict-markers")
    ran.assert_outcomes(passed=7, failed=3, xfailed=2)
    ran.stdout.fnmatch_lines(
        [
            "*bad.pfn: model*",
            "bad.pfn:4:5: error?unknown-name?: `x` is not declared",
            "  4 |     x = 1",
            "*gone.pfn: deadlock*",
            "deadlock: holds but expected: violated",
            "*two.pfn: deadlock*",
            "XFAIL known.pfn::deadlock - violated, as expected in line 16",
            "XFAIL waits.pfn::deadlock[[]late[]] - violated, as expected in line 22",
            "FAILED two.pfn::deadlock - *deadlock: VIOLATED but expected: holds",
        ]
    )
    shown = pfnspec("check", "two.pfn", cwd=models.path).stdout
    trace = shown[shown.index("\n\ndeadlock\n") :].rstrip()
    assert trace.count("\n") > 8
    assert f"deadlock: VIOLATED but expected: holds{trace}\n" in ran.stdout.str()


def test_stopping_and_the_last_failures(models: pytest.Pytester) -> None:
    run(models, "--pfnspec", "-x", "known.pfn", "two.pfn", "gone.pfn").assert_outcomes(
        passed=2, failed=1, xfailed=1
    )
    assert collected(models, "--lf") == ["two.pfn::deadlock"]
    run(models, "--pfnspec", "--lf").assert_outcomes(failed=1)


SPY = """
import pfnspec.pytest_plugin.models as models

check_file = models.check_file

def spy(path, options):
    with open("checks.txt", "a") as file:
        print(path, *options.policies, "checks", *options.properties or ["all"], file=file)
    return check_file(path, options)

models.check_file = spy
"""


def test_side_by_side(models: pytest.Pytester) -> None:
    ran = run(models, "--pfnspec", "-n2", "-W", "error", "--strict-markers")
    ran.assert_outcomes(passed=7, failed=3, xfailed=2)
    ran.stdout.fnmatch_lines([" > in a circle: first -> second -> first"])


def test_side_by_side_file_by_file(models: pytest.Pytester) -> None:
    models.makeconftest(SPY)
    ran = run(models, "--pfnspec", "-n2", "--dist", "loadfile", "known.pfn", "waits.pfn")
    ran.assert_outcomes(passed=5, xfailed=2)
    checks = (models.path / "checks.txt").read_text().splitlines()
    assert sorted(checks) == [
        "known.pfn checks all",
        "waits.pfn block checks all",
        "waits.pfn late checks all",
    ]


def test_a_cell_is_checked_once_and_only_for_what_is_asked(models: pytest.Pytester) -> None:
    models.makeconftest(SPY)
    seen = models.path / "checks.txt"
    run(models, "--pfnspec", "waits.pfn", "known.pfn").assert_outcomes(passed=5, xfailed=2)
    assert seen.read_text().splitlines() == [
        "waits.pfn block checks all",
        "waits.pfn late checks all",
        "known.pfn checks all",
    ]
    seen.unlink()
    run(models, "--pfnspec", "-k", "known and not deadlock").assert_outcomes(passed=2)
    assert seen.read_text().splitlines() == ["known.pfn checks bad_unlock ends_holding"]


def test_what_is_not_decided_is_skipped_in_the_model(models: pytest.Pytester, tmp_path: Path) -> None:
    models.makefile(".toml", pfnspec="timeout = 0.001\n")
    text = TWO.replace("pass", "cpu_relax()") + "\nsometimes both: first at end and second at end\n"
    (models.path / "two.pfn").write_text(text, encoding="utf-8")
    ran = run(models, "--pfnspec", "two.pfn", "-rs")
    ran.assert_outcomes(skipped=4)
    ran.stdout.fnmatch_lines(
        [
            "SKIPPED [[]1[]] two.pfn:16: not decided: the time limit was reached",
            "SKIPPED [[]3[]] two.pfn:1: not decided: the time limit was reached",
        ]
    )


def test_tools_that_fail_are_errors(
    models: pytest.Pytester, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setenv("PFNSPEC_JAVA", "/no/such/java")
    monkeypatch.setenv("PFNSPEC_CACHE", os.fspath(tmp_path))
    ran = run(models, "--pfnspec", "known.pfn")
    ran.assert_outcomes(errors=3)
    ran.stdout.fnmatch_lines(["pfnspec: PFNSPEC_JAVA=/no/such/java: does not exist*"])


def test_options_about_expected_failures(models: pytest.Pytester) -> None:
    ran = run(models, "--pfnspec", "known.pfn", "--xfail-tb")
    ran.assert_outcomes(passed=2, xfailed=1)
    ran.stdout.fnmatch_lines([" > in a circle: first -> second -> first"])
    run(models, "--pfnspec", "known.pfn", "gone.pfn", "--runxfail").assert_outcomes(passed=3, failed=1)


ODD = """model odd

shared x: bool
shared y: bool

process p:
    y = True
    return
    y = False

property answered: x leads_to y
"""


def test_warnings(models: pytest.Pytester) -> None:
    (models.path / "odd.pfn").write_text(ODD, encoding="utf-8")
    ran = run(models, "--pfnspec", "odd.pfn")
    ran.assert_outcomes(passed=2, warnings=2)
    ran.stdout.fnmatch_lines(
        [
            "*odd.pfn:9:5: control never comes here",
            "*`answered` says nothing: what it supposes never happens",
        ]
    )
    ran = run(models, "--pfnspec", "odd.pfn", "-W", "error:`answered` says")
    ran.assert_outcomes(passed=1, failed=1, warnings=1)
    ran.stdout.fnmatch_lines(["`answered` says nothing: what it supposes never happens"])
    ran = models.runpytest_inprocess("-p", "no:hypothesispytest", "--pfnspec", "odd.pfn", "-W", "error")
    ran.assert_outcomes(errors=1)
    ran.stdout.fnmatch_lines(["*ERROR collecting odd.pfn*", "odd.pfn:9:5: control never comes here"])


# -- what stands beside a model

RECORDED = (
    TIMED.replace("policies spin, block", "policies block").replace(
        "    work()", "    label works\n    work()"
    )
    + """recording notes:
    part worker
    event work: worker at works
"""
)
COSTS = """name = "work of 20 us"
require = ["wait_time.mean < 50us", "wait_time.mean < 5us", "wait_time.out <= 1"]
[duration]
work = "20 us"
"""
NOTE = '{"event": "work", "time": 1.0, "thread": 1}\n'
LISTED = """[[recording]]
files = ["once.ndjson", "twice.ndjson"]

[[recording]]
files = ["twice.ndjson"]
expect = "not explained"
"""


@pytest.fixture
def beside(models: pytest.Pytester) -> pytest.Pytester:
    for name, text in {
        "timed.pfn": RECORDED, "timed.costs.toml": COSTS, "timed.recordings.toml": LISTED,
        "once.ndjson": NOTE, "twice.ndjson": NOTE + NOTE,
    }.items():  # fmt: skip
        (models.path / name).write_text(text, encoding="utf-8")
    return models


def test_requirements_and_recordings_are_tests(beside: pytest.Pytester) -> None:
    ran = run(beside, "--pfnspec", "timed.pfn", "-k", "require or recording", "-v")
    ran.assert_outcomes(passed=4, failed=2)
    ran.stdout.fnmatch_lines(
        [
            "timed.pfn::require wait_time.mean < 50us PASSED*",
            "wait_time.mean < 5us under block: FAILS, 32* us (costs: assumed, * + work of 20 us)",
            "twice.ndjson   not explained by timed: work of thread 1 at 1.000000, line 2",
            "FAILED timed.pfn::require wait_time.mean < 5us*",
            "FAILED timed.pfn::recording twice.ndjson*",
        ]
    )


def test_what_is_wrong_beside_a_model_is_one_test(beside: pytest.Pytester) -> None:
    beside.path.joinpath("timed.costs.toml").write_text(COSTS.replace("mean", "maen"), encoding="utf-8")
    beside.path.joinpath("timed.recordings.toml").write_text("[[recordings]]\n", encoding="utf-8")
    ran = run(beside, "--pfnspec", "timed.pfn", "-k", "costs or recordings")
    ran.assert_outcomes(failed=2)
    ran.stdout.fnmatch_lines(
        [
            "timed.costs.toml:2:13: error?costs?: there is no figure `maen`; *",
            "timed.recordings.toml:1:1: error?recordings?: *",
        ]
    )
