"""`pfnspec check`: its verdicts, its options, its exit status."""

from __future__ import annotations

import json
import shlex
import shutil
from collections.abc import Callable, Mapping
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from subprocess import CompletedProcess
from typing import Any

import pytest

Run = Callable[..., "CompletedProcess[str]"]
ROOT = Path(__file__).resolve().parents[2]
EXAMPLES = [path.relative_to(ROOT).as_posix() for path in sorted((ROOT / "examples").glob("*/*.pfn"))]


def test_there_are_examples() -> None:
    assert len(EXAMPLES) >= 20


@pytest.mark.parametrize("name", EXAMPLES)
def test_every_example_is_as_it_expects(name: str, example_results: Mapping[str, dict[str, Any]]) -> None:
    result = example_results[name]
    assert result["status"] == 0
    assert result["diagnostics"] == []
    assert result["verdicts"]
    assert result["evidence"]["complete"] is True
    # What weak memory does not decide is said to be undecided, and is no answer to what was expected.
    decided = [v for v in result["verdicts"] if not (v["memory"] == "weak" and v["outcome"] == "not decided")]
    assert decided and all(verdict["as_expected"] for verdict in decided)


QUICKEST = 8


@pytest.fixture(scope="session")
def without_expectations(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The examples, with every `expect` taken out."""
    copy = tmp_path_factory.mktemp("without") / "examples"
    shutil.copytree(ROOT / "examples", copy)
    for path in copy.glob("*/*.pfn"):
        lines = path.read_text(encoding="utf-8").splitlines(keepends=True)
        path.write_text("".join(line for line in lines if not line.startswith("expect ")), encoding="utf-8")
    return copy


@pytest.fixture(scope="session")
def unexpected(
    pfnspec: Run, example_results: Mapping[str, dict[str, Any]], without_expectations: Path
) -> Mapping[str, CompletedProcess[str]]:
    """The quickest examples that have a violation, checked in one cell for one without its `expect`."""
    bad: dict[str, tuple[str, ...]] = {}
    for name, result in example_results.items():
        for verdict in result["verdicts"]:
            if verdict["outcome"] == "violated":
                cell = {f"--{part}": verdict[part] for part in ("property", "scenario", "policy")}
                bad.setdefault(name, tuple(word for pair in cell.items() if pair[1] for word in pair))
    quickest = sorted(bad, key=lambda name: float(example_results[name]["evidence"]["seconds"]))[:QUICKEST]

    def checked(name: str) -> tuple[str, CompletedProcess[str]]:
        path = without_expectations / name.removeprefix("examples/")
        return name, pfnspec("check", path, *bad[name], timeout=300)

    with ThreadPoolExecutor(2) as pool:
        return dict(pool.map(checked, quickest))


def test_a_violation_that_nobody_expects_is_status_1(
    unexpected: Mapping[str, CompletedProcess[str]],
) -> None:
    assert len(unexpected) == QUICKEST
    for name, ran in unexpected.items():
        assert ran.returncode == 1, name + ran.stdout + ran.stderr
        # In a list, or marked in the table of a model with a choice of policies.
        assert "VIOLATED  but expected: holds" in ran.stdout or "VIOLATED !" in ran.stdout
        assert ran.stderr == ""


def test_as_expected(once: Run, models: Path) -> None:
    ran = once("check", models / "good.pfn")
    assert (ran.returncode, ran.stderr) == (0, "")
    assert "VIOLATED" not in ran.stdout
    assert "deadlock" in ran.stdout


def test_a_violation_shows_its_trace_and_how_to_get_it_again(once: Run, models: Path) -> None:
    path = models / "bad.pfn"
    ran = once("check", path)
    assert (ran.returncode, ran.stderr) == (1, "")
    assert "lost update   VIOLATED  but expected: holds" in ran.stdout
    assert "taker[0]" in ran.stdout
    assert "count = 1" in ran.stdout
    assert f'reproduce: pfnspec check {path} --property "lost update"' in ran.stdout


def test_the_command_under_reproduce_reproduces(pfnspec: Run, models: Path, tmp_path: Path) -> None:
    path = tmp_path / "it's a $HOME model é.pfn"
    path.write_bytes((models / "bad.pfn").read_bytes())
    ran = pfnspec("check", path, "--const", "TASKS=3", "--property", "lost update")
    line = next(line for line in ran.stdout.splitlines() if "reproduce:" in line)
    words = shlex.split(line.partition("reproduce: ")[2])
    assert words[:2] == ["pfnspec", "check"]
    again = pfnspec(*words[1:])
    assert again.returncode == 1
    assert _without_times(again.stdout) == _without_times(ran.stdout)


def _without_times(text: str) -> list[str]:
    return [line for line in text.splitlines() if " s in all" not in line]


def test_an_expected_violation(once: Run, models: Path) -> None:
    ran = once("check", models / "expected.pfn", "--width", "72")
    assert ran.returncode == 0
    assert "lost update   VIOLATED  as expected" in ran.stdout


def test_an_expected_violation_that_is_not_found(pfnspec: Run, models: Path) -> None:
    ran = pfnspec("check", models / "expected.pfn", "--const", "TASKS=1")
    assert ran.returncode == 1
    assert "lost update   holds     but expected: violated" in ran.stdout


def test_several_files_have_the_worst_status(pfnspec: Run, models: Path) -> None:
    bad, missing = models / "bad.pfn", models / "missing.pfn"
    ran = pfnspec("check", missing, bad, models / "good.pfn")
    assert ran.returncode == 2
    assert ran.stdout.index("bad ") < ran.stdout.index("good ")
    assert "missing.pfn:1:1: error[cannot-read]" in ran.stderr


def test_standard_input(pfnspec: Run, models: Path) -> None:
    ran = pfnspec("check", "-", input=(models / "good.pfn").read_text(encoding="utf-8"))
    assert ran.returncode == 0, ran.stderr
    assert ran.stdout.startswith("good ")


def test_standard_input_with_an_error(pfnspec: Run) -> None:
    ran = pfnspec("check", "-", input="model m\nprocess p:\n    x = 1\n")
    assert ran.returncode == 2
    assert ran.stdout == ""
    assert ran.stderr.startswith("-:3:5: error[")


def test_only_some_properties(pfnspec: Run, models: Path) -> None:
    ran = pfnspec("check", models / "bad.pfn", "--property", "deadlock", "--property", "bad_unlock")
    assert "lost update" not in ran.stdout
    assert "out_of_range" not in ran.stdout
    assert ran.returncode == 0
    both = pfnspec("check", models / "bad.pfn", "--property", "deadlock", "--property", "lost update")
    assert both.returncode == 1
    assert "out_of_range" not in both.stdout


def test_an_unknown_property(pfnspec: Run, models: Path) -> None:
    ran = pfnspec("check", models / "bad.pfn", "--property", "lost updat")
    assert (ran.returncode, ran.stdout) == (2, "")
    assert "error[unknown-property]: there is no property `lost updat`" in ran.stderr
    assert "lost update" in ran.stderr.partition("help:")[2]


@pytest.mark.parametrize(
    ("given", "says"),
    [
        ("TASK=3", "TASK"),
        ("TASKS=many", "many"),
        ("TASKS=1.5", "1.5"),
        ("TASKS=1+", "1+"),
        ("TASKS=-2", "range"),
        ("TASKS=99999999999999999999", ""),
        ("TASKS", "NAME=VALUE"),
        ("=3", "NAME=VALUE"),
        ("TASKS=", "NAME=VALUE"),
    ],
)
def test_constants_that_are_wrong(pfnspec: Run, models: Path, given: str, says: str) -> None:
    ran = pfnspec("check", models / "good.pfn", "--const", given)
    assert (ran.returncode, ran.stdout) == (2, "")
    assert says in ran.stderr


def test_json(pfnspec: Run, models: Path) -> None:
    ran = pfnspec("check", models / "bad.pfn", models / "missing.pfn", "--format", "json")
    assert ran.returncode == 2
    assert [result["status"] for result in json.loads(ran.stdout)] == [1, 2]


def test_a_single_file_is_no_list(pfnspec: Run, models: Path) -> None:
    ran = pfnspec("check", models / "missing.pfn", "--format", "json")
    assert json.loads(ran.stdout)["status"] == ran.returncode == 2


def test_width(once: Run, models: Path) -> None:
    ran = once("check", models / "expected.pfn", "--width", "72")
    lines = ran.stdout.splitlines()
    assert [line for line in lines if len(line) > 72 and "reproduce:" not in line] == []
    assert all(line == line.rstrip() for line in lines)


def test_a_width_that_holds_nothing_still_shows_everything(pfnspec: Run, models: Path) -> None:
    ran = pfnspec("check", models / "expected.pfn", "--width", "1")
    assert ran.returncode == 0
    assert "taker[0]" in ran.stdout


def test_time_limit(pfnspec: Run, models: Path) -> None:
    ran = pfnspec("check", models / "endless.pfn", "--timeout", "3")
    assert ran.returncode == 3
    assert "not decided" in ran.stdout
    assert "stopped: the time limit was reached" in ran.stdout
    assert "holds" not in ran.stdout


def test_state_limit(pfnspec: Run, models: Path) -> None:
    ran = pfnspec("check", models / "endless.pfn", "--max-states", "1000")
    assert ran.returncode == 3
    assert "not decided" in ran.stdout
    assert "stopped: the limit of states was reached" in ran.stdout


def test_a_limit_does_not_hide_a_violation(pfnspec: Run, models: Path, tmp_path: Path) -> None:
    path = tmp_path / "late.pfn"
    text = (models / "endless.pfn").read_text(encoding="utf-8")
    path.write_text(text.replace("    while", '    assert b == 0, "moved"\n    while', 1), encoding="utf-8")
    ran = pfnspec("check", path, "--timeout", "5")
    assert ran.returncode == 1, ran.stdout + ran.stderr
    assert "moved" in ran.stdout
    assert "VIOLATED  but expected: holds" in ran.stdout
    assert "not decided" in ran.stdout


def test_workers_constants_and_kept_files(pfnspec: Run, models: Path, tmp_path: Path) -> None:
    kept = tmp_path / "some where" / "kept é"
    options = ("--workers", "2", "--const", "TASKS=3", "--keep", kept)
    ran = pfnspec("check", models / "good.pfn", *options)
    assert ran.returncode == 0, ran.stderr
    assert "TASKS=3" in ran.stdout
    names = {path.name for path in kept.rglob("*") if path.is_file()}
    assert names == {"good.tla", "good.cfg", "output.txt"}


def test_nothing_is_left_behind(pfnspec: Run, models: Path, temporary: Path) -> None:
    ran = pfnspec("check", models / "bad.pfn", env={"TMPDIR": str(temporary)})
    assert ran.returncode == 1
    assert list(temporary.iterdir()) == []


@pytest.mark.parametrize(
    "arguments",
    [
        (),
        ("chekc", "x.pfn"),
        ("check", "x.pfn", "--format", "yaml"),
        ("check", "x.pfn", "--timeout", "0"),
        ("check", "x.pfn", "--timeout", "soon"),
        ("check", "x.pfn", "--timeout", "nan"),
        ("check", "x.pfn", "--timeout", "inf"),
        ("check", "x.pfn", "--max-states", "-1"),
        ("check", "x.pfn", "--max-states", "1e3"),
        ("check", "x.pfn", "--workers", "0"),
        ("check", "x.pfn", "--workers", "two"),
        ("check", "x.pfn", "--width", "0"),
        ("check", "x.pfn", "--no-such-option"),
        ("translate",),
        ("translate", "a.pfn", "b.pfn"),
        ("trace",),
        ("merge",),
        ("check", "x.pfn", "--shard", "2"),
        ("doctor", "now"),
    ],
)
def test_usage_errors(pfnspec: Run, arguments: tuple[str, ...]) -> None:
    ran = pfnspec(*arguments)
    assert (ran.returncode, ran.stdout) == (2, "")
    assert ran.stderr.startswith("usage: pfnspec")
    assert "error: " in ran.stderr


@pytest.mark.parametrize("command", [(), ("check",), ("translate",), ("fmt",), ("explain",), ("doctor",)])
def test_help(pfnspec: Run, command: tuple[str, ...]) -> None:
    ran = pfnspec(*command, "--help")
    assert (ran.returncode, ran.stderr) == (0, "")
    assert ran.stdout.startswith(" ".join(("usage: pfnspec", *command)))
    if command in ((), ("check",)):
        assert "3  stopped at a limit" in ran.stdout


def test_version(pfnspec: Run) -> None:
    ran = pfnspec("--version")
    assert ran.returncode == 0
    assert ran.stdout.startswith("pfnspec ")
