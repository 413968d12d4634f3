"""`translate`, `fmt`, `explain` and `doctor`."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from subprocess import CompletedProcess

import pytest

Run = Callable[..., "CompletedProcess[str]"]
UNTIDY = "model m\nshared x:bool=False\n\n\n\nprocess p:\n  x   =  True\n"


def test_translate_prints_the_module(pfnspec: Run, models: Path) -> None:
    ran = pfnspec("translate", models / "good.pfn")
    assert (ran.returncode, ran.stderr) == (0, "")
    assert ran.stdout.startswith("---- MODULE good ----\n")
    assert "count += 1" in ran.stdout


def test_translate_writes_files(pfnspec: Run, models: Path, tmp_path: Path) -> None:
    folder = tmp_path / "a new" / "folder"
    printed = pfnspec("translate", models / "good.pfn", "--no-reduction").stdout
    ran = pfnspec("translate", models / "good.pfn", "--no-reduction", "-o", folder)
    assert (ran.returncode, ran.stderr) == (0, "")
    names = ["good.tla", "good.cfg", "good.map.json"]
    assert ran.stdout.splitlines() == [str(folder / name) for name in names]
    assert (folder / "good.tla").read_text(encoding="utf-8") == printed
    found = json.loads((folder / "good.map.json").read_text(encoding="utf-8"))
    lines = {action["line"] for action in found["actions"].values()}
    text = (models / "good.pfn").read_text(encoding="utf-8").splitlines()
    assert {text[line - 1].strip() for line in lines} >= {"with lock:", "count += 1"}
    assert set(found["tasks"].values()) == {"taker[0]", "taker[1]"}


def test_translate_to_a_place_that_is_a_file(pfnspec: Run, models: Path, tmp_path: Path) -> None:
    (tmp_path / "taken").touch()
    ran = pfnspec("translate", models / "good.pfn", "-o", tmp_path / "taken")
    assert (ran.returncode, ran.stdout) == (4, "")
    assert ran.stderr == f"pfnspec: {tmp_path / 'taken'}: File exists\n"


def test_translate_with_constants_and_as_a_program(pfnspec: Run, models: Path) -> None:
    ran = pfnspec("translate", models / "good.pfn", "--const", "TASKS=3")
    assert "taker_2" in ran.stdout
    program = pfnspec("translate", models / "good.pfn", "--program")
    assert program.returncode == 0
    assert "MODULE" not in program.stdout
    assert "taker" in program.stdout


def test_translate_with_an_error(pfnspec: Run) -> None:
    ran = pfnspec("translate", "-", input="model m\nprocess p:\n    x = 1\n")
    assert (ran.returncode, ran.stdout) == (2, "")
    assert ran.stderr.startswith("-:3:5: error[")


def test_fmt_in_place(pfnspec: Run, tmp_path: Path) -> None:
    path = tmp_path / "m.pfn"
    path.write_text(UNTIDY, encoding="utf-8")
    path.chmod(0o640)
    ran = pfnspec("fmt", path)
    assert (ran.returncode, ran.stdout, ran.stderr) == (0, "", f"{path} reformatted\n")
    text = path.read_text(encoding="utf-8")
    assert "    x = True\n" in text
    assert path.stat().st_mode & 0o777 == 0o640
    assert [entry.name for entry in tmp_path.iterdir()] == ["m.pfn"]
    again = pfnspec("fmt", path)
    assert (again.returncode, again.stdout, again.stderr) == (0, "", "")
    assert path.read_text(encoding="utf-8") == text


def test_fmt_follows_a_link(pfnspec: Run, tmp_path: Path) -> None:
    path, link = tmp_path / "m.pfn", tmp_path / "link.pfn"
    path.write_text(UNTIDY, encoding="utf-8")
    link.symlink_to(path)
    assert pfnspec("fmt", link).returncode == 0
    assert link.is_symlink()
    assert path.read_text(encoding="utf-8") != UNTIDY


def test_fmt_check_and_diff(pfnspec: Run, tmp_path: Path) -> None:
    path = tmp_path / "m.pfn"
    path.write_text(UNTIDY, encoding="utf-8")
    ran = pfnspec("fmt", "--check", path)
    assert (ran.returncode, ran.stdout, ran.stderr) == (1, "", f"{path} is not in canonical layout\n")
    ran = pfnspec("fmt", "--diff", path)
    assert (ran.returncode, ran.stderr) == (0, "")
    assert ran.stdout.startswith(f"--- {path}\n+++ {path} (formatted)\n")
    both = pfnspec("fmt", "--diff", "--check", path)
    assert (both.returncode, both.stdout) == (1, ran.stdout)
    assert path.read_text(encoding="utf-8") == UNTIDY


def test_fmt_of_standard_input(pfnspec: Run) -> None:
    ran = pfnspec("fmt", "-", input=UNTIDY)
    assert ran.returncode == 0
    assert "    x = True\n" in ran.stdout


def test_fmt_of_several_files_goes_on_after_an_error(pfnspec: Run, tmp_path: Path) -> None:
    bad, good = tmp_path / "bad.pfn", tmp_path / "good.pfn"
    bad.write_text("model (\n", encoding="utf-8")
    good.write_text(UNTIDY, encoding="utf-8")
    ran = pfnspec("fmt", bad, good)
    assert ran.returncode == 2
    assert "error[" in ran.stderr
    assert bad.read_text(encoding="utf-8") == "model (\n"
    assert good.read_text(encoding="utf-8") != UNTIDY


def test_examples_are_in_canonical_layout(pfnspec: Run, root: Path) -> None:
    paths = sorted((root / "examples").glob("*/*.pfn"))
    ran = pfnspec("fmt", "--check", *paths)
    assert (ran.returncode, ran.stderr) == (0, "")


def test_explain_lists_and_explains(pfnspec: Run) -> None:
    listed = pfnspec("explain")
    assert (listed.returncode, listed.stderr) == (0, "")
    diagnostics, words, _ = listed.stdout.split("\n\n")
    codes = [line.split()[0] for line in diagnostics.splitlines()]
    assert len(codes) > 20
    assert codes == sorted(codes)
    assert "unknown-name" in codes
    assert "lost wake-up             A task sleeps although it need not" in words.splitlines()
    one = pfnspec("explain", "unknown-name")
    assert one.returncode == 0
    assert one.stdout.startswith("unknown-name: ")
    assert pfnspec("explain", "error[unknown-name]").stdout == one.stdout


@pytest.mark.parametrize(
    ("words", "begins", "holds"),
    [
        (("deadlock",), "deadlock: Tasks wait", "expect deadlock violated"),
        (("lost", "wake-up"), "lost wake-up: ", "prepare_to_wait(wq)"),
        (("policy", "spin"), "spin: Waits by spinning", " 11          cpu_relax()"),
        (("cpu_relax()",), "cpu_relax: ", "keeps the CPU"),
        (("wake_up",), "schedule: Sleeping and waking", "disarms"),
        (("spinlock",), "spinlock: ", "spinning"),
        (("min",), "min(a, b): ", "least"),
    ],
)
def test_explain_takes_every_word_of_a_result(
    pfnspec: Run, words: tuple[str, ...], begins: str, holds: str
) -> None:
    ran = pfnspec("explain", *words)
    assert (ran.returncode, ran.stderr) == (0, "")
    assert ran.stdout.startswith(begins)
    assert holds in ran.stdout


@pytest.mark.parametrize("code", ["unknown-nam", "", "\x1b[31m"])
def test_explain_something_unknown(pfnspec: Run, code: str) -> None:
    ran = pfnspec("explain", code)
    assert (ran.returncode, ran.stdout) == (2, "")
    assert ran.stderr.startswith("pfnspec: there is no code or word `")
    if code == "unknown-nam":
        assert "unknown-name" in ran.stderr


def test_doctor(pfnspec: Run, models: Path) -> None:
    ran = pfnspec("doctor")
    assert (ran.returncode, ran.stderr) == (0, "")
    words = [line.split()[0] for line in ran.stdout.splitlines()]
    assert words[:5] == ["Python", "grammar", "temporary", "Java", "TLC"]
    assert "a small check works" in ran.stdout


def test_the_package_runs_as_a_module_and_as_a_function(
    pfnspec: Run, capsys: pytest.CaptureFixture[str]
) -> None:
    from pfnspec.cli.main import main

    with pytest.raises(SystemExit) as ended:
        main(["--version"])
    assert ended.value.code == 0
    assert capsys.readouterr().out == pfnspec("--version").stdout
