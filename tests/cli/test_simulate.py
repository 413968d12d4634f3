"""`pfnspec simulate`: by chance and step by step, on terminals, pipes and closed streams."""

from __future__ import annotations

import re
import shlex
import signal
import subprocess
import sys
from collections.abc import Callable, Mapping
from pathlib import Path
from subprocess import CompletedProcess

import pytest

Run = Callable[..., "CompletedProcess[str]"]
UPSTREAM = "examples/pfncache/upstream.pfn"
posix = pytest.mark.skipif(sys.platform == "win32", reason="POSIX only")

LOST = """model lost
shared wq: waitqueue
process sleeper:
    prepare_to_wait(wq)
    schedule()
"""
SPINS = """model spins
shared x: bool
process p:
    while not x:
        cpu_relax()
    label there
    x = True
"""
ENDS = """model ends
shared x: range(9) = 0
process one:
    x = 1
process two:
    x = 2
"""


def talked(pfnspec: Run, path: object, commands: str, *options: object) -> CompletedProcess[str]:
    ran = pfnspec("simulate", "-i", path, "--seed", "1", *options, input=commands)
    assert (ran.returncode, ran.stderr) == (0, "")
    return ran


# -- by chance


def test_a_violation_is_told_as_a_check_would_tell_it(pfnspec: Run, models: Path) -> None:
    told = {}
    for seed in range(30):
        ran = pfnspec("simulate", models / "bad.pfn", "--seed", str(seed))
        told[ran.returncode] = ran
        if len(told) == 2:
            break
    assert set(told) == {0, 1}
    assert 'lost update, line 16: assert count == TASKS, "lost update"' in told[1].stdout
    assert " > judge at line 16: assert count == TASKS" in told[1].stdout
    assert "     count = 1" in told[1].stdout
    assert "and nothing is violated" in told[0].stdout


def test_an_expected_violation_is_one(pfnspec: Run, models: Path) -> None:
    statuses = [
        pfnspec("simulate", models / "expected.pfn", "--seed", str(seed)).returncode for seed in range(8)
    ]
    assert 1 in statuses


def test_the_same_seed_is_the_same_behaviour(pfnspec: Run) -> None:
    texts = {
        pfnspec("simulate", UPSTREAM, "--seed", "7", env={"PYTHONHASHSEED": seed}).stdout
        for seed in ("0", "1", "4711")
    }
    assert len(texts) == 1
    other = pfnspec("simulate", UPSTREAM, "--seed", "8").stdout
    assert other != texts.pop()


def test_the_command_under_reproduce_reproduces(pfnspec: Run, tmp_path: Path) -> None:
    path = tmp_path / "it's a $HOME model.pfn"
    path.write_bytes(Path(__file__).parents[2].joinpath("examples/waiting/lost_wakeup.pfn").read_bytes())
    ran = pfnspec("simulate", path, "--policy", "arm_late", "--steps", "40")
    line = next(line for line in ran.stdout.splitlines() if "reproduce:" in line)
    words = shlex.split(line.partition("reproduce: ")[2])
    assert words[:2] == ["pfnspec", "simulate"]
    assert "--policy" in words
    assert pfnspec(*words[1:]).stdout == ran.stdout
    assert re.search(r"^under arm_late, seed \d+$", ran.stdout, re.MULTILINE)


def test_steps_are_limited(pfnspec: Run) -> None:
    ran = pfnspec("simulate", UPSTREAM, "--steps", "12", "--seed", "3")
    assert ran.returncode == 0
    assert " > 12 steps, and nothing is violated" in ran.stdout
    assert len(re.findall(r"^ +\d+  ", ran.stdout, re.MULTILINE)) == 12


def test_the_end_of_all_tasks(pfnspec: Run) -> None:
    ran = pfnspec("simulate", "-", "--seed", "0", input=ENDS)
    assert ran.returncode == 0
    assert " > nobody can step after 2 steps, and nothing is violated" in ran.stdout
    assert ran.stdout.count(" ended\n") == 2


def test_the_end_of_what_is_assumed(pfnspec: Run) -> None:
    """Somebody can step, and no behaviour is followed to where he comes."""
    assumed = ENDS + "assume x == 0\n"
    ran = pfnspec("simulate", "-", "--seed", "0", input=assumed)
    assert (ran.returncode, ran.stderr) == (0, "")
    assert " > every step would leave what is assumed after 0 steps, and nothing is violated" in ran.stdout
    assert "nobody can step" not in ran.stdout


def test_a_deadlock(pfnspec: Run) -> None:
    ran = pfnspec("simulate", "-", "--seed", "0", input=LOST)
    assert ran.returncode == 1
    assert "deadlock\n" in ran.stdout
    assert "sleeper waits for a wake-up, which nobody can bring about any more (line 5)" in ran.stdout


def test_constants_and_scenarios(pfnspec: Run, models: Path) -> None:
    ran = pfnspec("simulate", models / "good.pfn", "--const", "TASKS=1", "--seed", "1")
    assert ran.stdout.startswith("good   TASKS=1")
    assert "taker[1]" not in ran.stdout
    ran = pfnspec("simulate", "examples/pfncache/s2_one_cpu.pfn", "--scenario", "nowhere")
    assert (ran.returncode, ran.stdout) == (2, "")
    assert ran.stderr.startswith("command line: error[unknown-scenario]: there is no scenario `nowhere`\n")


@pytest.mark.parametrize(
    "options", [("--steps", "0"), ("--steps", "x"), ("--steps", "100001"), ("--seed", "-1"), ("--seed", "y")]
)
def test_wrong_numbers(pfnspec: Run, models: Path, options: tuple[str, str]) -> None:
    ran = pfnspec("simulate", models / "good.pfn", *options)
    assert (ran.returncode, ran.stdout) == (2, "")
    assert options[1] in ran.stderr


def test_a_model_with_an_error(pfnspec: Run) -> None:
    ran = pfnspec("simulate", "-", input="model m\nprocess p:\n    x = 1\n")
    assert (ran.returncode, ran.stdout) == (2, "")
    assert ran.stderr.startswith("-:3:5: error[")


def test_width(pfnspec: Run) -> None:
    ran = pfnspec("simulate", UPSTREAM, "--seed", "1", "--width", "72")
    assert all(len(line) <= 72 for line in ran.stdout.splitlines() if "reproduce:" not in line)


# -- step by step


def test_a_session(pfnspec: Run) -> None:
    ran = talked(pfnspec, UPSTREAM, "1\nu\nu\ns\n3\nq\n4\n")
    lines = ran.stdout.splitlines()
    assert "    1)  vcpu[0]      34 cond_resched()" in lines
    assert "    1  vcpu[0]      34 cond_resched()" in lines
    assert "this is the initial state" in lines
    assert "     gpc.valid = False" in lines
    assert "     vcpu[1] at line 34: cond_resched()" in lines
    assert "    1  notifier[0]  45 maybe() is True" in lines
    assert not any("maybe() is False" in line for line in lines if re.match(r" +\d+  ", line))


def test_no_prompt_in_a_pipe_and_no_line_at_its_end(pfnspec: Run) -> None:
    ran = talked(pfnspec, UPSTREAM, "")
    assert ">" not in ran.stdout
    assert ran.stdout.endswith("45 maybe() is False   | while maybe():\n")


@pytest.mark.parametrize(
    "command", ["x", "r", "r 0", "r 1001", "r many", "c", "1 2", "-1", "\x1b[31m", "\xff"]
)
def test_what_is_no_command_is_one_line(pfnspec: Run, command: str) -> None:
    before = talked(pfnspec, UPSTREAM, "").stdout
    after = talked(pfnspec, UPSTREAM, f"{command}\n\n  \n1\n").stdout.removeprefix(before)
    first, second, *_ = after.splitlines()
    assert first.endswith("is no command; h lists them")
    assert "\x1b" not in first
    assert second == "    1  vcpu[0]      34 cond_resched()"


def test_a_number_that_is_not_there(pfnspec: Run) -> None:
    ran = talked(pfnspec, UPSTREAM, "0\n99\n")
    assert ran.stdout.count("there are 4 steps to choose from") == 2


def test_help_names_every_command(pfnspec: Run) -> None:
    ran = talked(pfnspec, UPSTREAM, "h\n")
    for command in ("NUMBER", "u ", "s ", "c LABEL", "r N", "h ", "q "):
        assert f"  {command}" in ran.stdout


@pytest.mark.parametrize(
    ("label", "line"),
    [("use", 35), ("vcpu.use", 35), ("refresh.refreshing", 84), ("started", 51)],
)
def test_on_to_a_label(pfnspec: Run, label: str, line: int) -> None:
    ran = talked(pfnspec, UPSTREAM, f"c {label}\ns\n")
    last = re.findall(r"^ +\d+  (\S+) ", ran.stdout, re.MULTILINE)[-1]
    assert re.search(rf"^     {re.escape(last)} at line {line}: |\(line {line}\)$", ran.stdout, re.MULTILINE)
    assert "nobody came" not in ran.stdout


def test_a_label_that_is_not_there(pfnspec: Run) -> None:
    ran = talked(pfnspec, UPSTREAM, "c nowhere\nc end\n")
    assert "there is no label `nowhere`; there are: end, invalidate_range_start.started, " in ran.stdout
    assert "notifier[0] ended" in ran.stdout


def test_a_label_that_nobody_comes_to(pfnspec: Run, tmp_path: Path) -> None:
    path = tmp_path / "m.pfn"
    path.write_text(SPINS)
    ran = talked(pfnspec, path, "c there\n")
    assert "nobody came to `there` in 1000 steps" in ran.stdout


def test_random_steps_stop_at_a_violation_and_go_on_after_it(pfnspec: Run, tmp_path: Path) -> None:
    path = tmp_path / "m.pfn"
    path.write_text(ENDS + '    assert x != 2, "never two"\n    x = 3\n')
    ran = talked(pfnspec, path, "r 9\nr 9\nr 9\nu\n")
    shown = ran.stdout.partition("violated: never two\n > two at line 7: ")[2]
    assert re.search(r"^ +\d  two +8 x: \d -> 3$", shown, re.MULTILINE)
    assert "nobody can step" in shown


def test_who_waits_is_told(pfnspec: Run, tmp_path: Path) -> None:
    path = tmp_path / "m.pfn"
    path.write_text(LOST)
    ran = talked(pfnspec, path, "1\n")
    waits = "sleeper waits for a wake-up, which nobody can bring about any more (line 5)"
    assert f"violated: deadlock\n     {waits}\n" in ran.stdout
    assert ran.stdout.endswith("     nobody can step\n")


def test_the_model_cannot_come_from_where_commands_come_from(pfnspec: Run) -> None:
    ran = pfnspec("simulate", "-i", "-", input=ENDS)
    assert (ran.returncode, ran.stdout) == (2, "")
    assert len(ran.stderr.splitlines()) == 1


@posix
def test_a_terminal_is_prompted(
    on_terminal: Callable[..., tuple[int, str]], command_environment: Mapping[str, str], root: Path
) -> None:
    words = ["simulate", "-i", UPSTREAM, "--seed", "1"]
    status, text = on_terminal(words, command_environment, root, typed=b"1\nq\n")
    assert status == 0
    assert text.count("> ") >= 2


@posix
@pytest.mark.parametrize("options", [("--steps", "20000"), ("-i",)])
def test_output_that_nobody_reads(
    command_environment: Mapping[str, str], root: Path, options: tuple[str, ...]
) -> None:
    words = [sys.executable, "-m", "pfnspec", "simulate", UPSTREAM, "--seed", "1", *options]
    child = subprocess.Popen(
        words, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.PIPE,
        env=dict(command_environment), cwd=root,
    )  # fmt: skip
    assert child.stdin is not None and child.stdout is not None
    child.stdout.close()
    _, err = child.communicate(b"r 100\n" * 500, timeout=60)
    assert child.returncode == 4
    assert err == b""


@posix
def test_a_signal(command_environment: Mapping[str, str], root: Path) -> None:
    words = [sys.executable, "-m", "pfnspec", "simulate", "-i", UPSTREAM, "--seed", "1"]
    child = subprocess.Popen(
        words, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.PIPE, encoding="utf-8",
        env=dict(command_environment), cwd=root,
    )  # fmt: skip
    assert child.stdout is not None
    assert child.stdout.readline().startswith("pfncache_upstream ")
    child.send_signal(signal.SIGINT)
    _, err = child.communicate(timeout=30)
    assert (child.returncode, err) == (3, "pfnspec: interrupted\n")


# -- a counterexample to begin with, and expressions

WAKES = """model wakes
shared ready: bool
shared wq: waitqueue
process waiter:
    if not ready:
        prepare_to_wait(wq)
        schedule()
process setter:
    ready = True
    wake_up(wq)
"""


def saved(pfnspec: Run, folder: Path) -> Path:
    (folder / "wakes.pfn").write_text(WAKES, encoding="utf-8")
    ran = pfnspec("check", folder / "wakes.pfn", "--engine", "interpreter", "--format", "json")
    (folder / "result.json").write_text(ran.stdout, encoding="utf-8")
    return folder / "wakes.pfn"


def test_a_counterexample_is_loaded_and_left(pfnspec: Run, tmp_path: Path) -> None:
    model = saved(pfnspec, tmp_path)
    ran = talked(pfnspec, model, "g 2\n1\nu\ng 9\nq\n", "--from", tmp_path / "result.json")
    begun, _, left = ran.stdout.partition("nobody can step\n")
    assert "violated: deadlock" in begun
    assert "  4  waiter  6 prepares to wait on wq" in begun
    assert "  1)  waiter  6 prepares to wait on wq   | prepare_to_wait(wq)" in left
    assert "the counterexample has 4 steps, and no step 9" in left


def test_a_counterexample_of_another_model_is_refused(pfnspec: Run, tmp_path: Path) -> None:
    model = saved(pfnspec, tmp_path)
    model.write_text(WAKES.replace("if not ready:", "while not ready:"), encoding="utf-8")
    other = WAKES.replace("    ready = True\n    wake_up(wq)\n", "    wake_up(wq)\n    ready = True\n")
    model.write_text(other, encoding="utf-8")
    ran = pfnspec("simulate", "-i", model, "--from", tmp_path / "result.json", input="q\n")
    assert ran.returncode == 2
    assert ran.stderr.startswith("pfnspec: this is no behaviour of the model as it is now")


@pytest.mark.parametrize(
    ("options", "told"),
    [
        (("--from", "{result}"), "it goes with --interactive"),
        (("-i", "--from", "{result}", "--property", "x"), "has no such counterexample"),
        (("-i", "--from", "nothing.json"), "nothing.json: No such file"),
        (("-i", "--from", "{model}"), "this is no JSON"),
    ],
)
def test_what_cannot_be_loaded(pfnspec: Run, tmp_path: Path, options: tuple[str, ...], told: str) -> None:
    model = saved(pfnspec, tmp_path)
    words = [word.format(result=tmp_path / "result.json", model=model) for word in options]
    ran = pfnspec("simulate", model, *words, input="q\n")
    assert (ran.returncode, ran.stdout) == (2, "")
    assert told in ran.stderr


def test_expressions_are_shown_and_watched(pfnspec: Run, tmp_path: Path) -> None:
    (tmp_path / "ends.pfn").write_text(ENDS, encoding="utf-8")
    told = talked(pfnspec, tmp_path / "ends.pfn", "w x\ne x + 1 == 1\n1\nw\n1\ne y\n").stdout
    assert told.count("     x = 0\n") == 1
    assert "     x + 1 == 1 = True\n" in told
    assert told.count("     x = 1\n") == 1
    assert "     x = 2\n" not in told
    assert "     `y`: `y` is not known" in told


def test_a_deadlock_is_told_once_and_numbers_are_words(pfnspec: Run, tmp_path: Path) -> None:
    (tmp_path / "lost.pfn").write_text(LOST, encoding="utf-8")
    told = talked(pfnspec, tmp_path / "lost.pfn", "7\n1\n?\n").stdout
    assert "there is 1 step to choose from" in told
    assert told.count("sleeper waits for a wake-up") == 1
    assert "take this step" in told
