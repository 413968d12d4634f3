"""`pfnspec cost` and `pfnspec costs`: what they say of good input and of bad, and how they end."""

from __future__ import annotations

import csv
import io
import json
import shutil
import subprocess
import tomllib
from collections.abc import Callable
from html.parser import HTMLParser
from pathlib import Path
from subprocess import CompletedProcess

import jsonschema
import pytest
from timed_text import TIMED

Run = Callable[..., "CompletedProcess[str]"]
ROOT = Path(__file__).resolve().parents[2]
S5 = "examples/pfncache/s5_policies.pfn"
QUICK = ("--quick", "--points", "2")


ONE_CPU = """scenario one:
    cpus = 1
    preempt = none
"""


@pytest.fixture
def small(tmp_path: Path) -> Path:
    path = tmp_path / "small.pfn"
    path.write_text(TIMED, encoding="utf-8")
    return path


def test_every_line_fits_a_mail_and_names_its_costs(pfnspec: Run) -> None:
    ran = pfnspec("cost", S5, "--points", "2", "--set", "scheduler.load=[0]")
    assert ran.returncode == 0 and not ran.stderr
    lines = ran.stdout.splitlines()
    assert max(map(len, lines)) <= 72
    assert lines[1] == "costs: assumed, Skylake-SP, loaded + invalidation of 100 us"
    assert lines[2] == "assumed, not measured: every cost (pfnspec costs lists them)"
    assert "  spin       never ends: a livelock" in lines


def test_same_seed_same_bytes(pfnspec: Run) -> None:
    one, other, third = (
        pfnspec("cost", S5, *QUICK, "--scenario", "two_cpus", "--seed", seed, "--format", "json").stdout
        for seed in ("3", "3", "4")
    )
    assert one == other != third


def test_data(pfnspec: Run) -> None:
    ran = pfnspec("cost", S5, "--points", "2", "--format", "json", "--sweep", "duration.zap=1us,100us")
    found = json.loads(ran.stdout)
    schema = json.loads((ROOT / "docs" / "cost.schema.json").read_text(encoding="utf-8"))
    jsonschema.validate(found, schema)
    assert [table["at"] for table in found] == ["duration.zap=1us", "duration.zap=100us"]
    assert found[0]["costs"]["digest"] != found[1]["costs"]["digest"]
    cells = {(cell["scenario"], cell["policy"]): cell for cell in found[1]["cells"]}
    assert cells["one_cpu", "spin"]["ended_otherwise"] == {"livelock": 1.0}
    assert cells["one_cpu", "spin"]["figures"] == {}
    assert 45_000 < cells["two_cpus", "spin"]["figures"]["time"]["mean"] < 57_000


def test_csv(pfnspec: Run) -> None:
    ran = pfnspec("cost", S5, *QUICK, "--scenario", "two_cpus", "--format", "csv")
    rows = list(csv.DictReader(io.StringIO(ran.stdout)))
    assert [row["policy"] for row in rows] == ["spin", "resched", "block", "halt_poll(polls=130)"]
    assert all(row["costs"].startswith("assumed, Skylake-SP") for row in rows)


@pytest.mark.parametrize(
    ("requirement", "status", "said"),
    [
        ("refresh_time.mean < 1ms", 0, "met"),
        ("refresh_time.mean < 10us", 1, "FAILS"),
        ("refresh_time.mean > 10us", 0, "met"),
        ("refresh_time.out <= 1 under block", 0, "met"),
        ("refresh_time.out < 1 under block in two_cpus", 1, "FAILS"),
        ("refresh_time.never < 0.5", 0, "met"),
        ("refresh_time.p99 < 1us", 0, "too few episodes"),
        ("refresh_time.rate < 1", 0, "not known, a steady state has one"),
    ],
)
def test_requirements(pfnspec: Run, requirement: str, status: int, said: str) -> None:
    ran = pfnspec("cost", S5, *QUICK, "--scenario", "two_cpus", "--policy", "block", "--require", requirement)
    assert ran.returncode == status
    assert said in ran.stdout and "(costs: assumed, Skylake-SP" in ran.stdout.replace("\n", " ")


def test_a_livelock_meets_no_bound(pfnspec: Run) -> None:
    words = ("--scenario", "one_cpu", "--policy", "spin", "--require", "refresh_time.mean < 1s")
    ran = pfnspec("cost", S5, *QUICK, *words)
    assert ran.returncode == 1 and "never ends" in ran.stdout.splitlines()[-1]


class Tags(HTMLParser):
    """The tags of a page; fails unless each is closed."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.tags: list[str] = []
        self.open: list[str] = []
        self.feed(text)
        assert not self.open

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append(tag)
        if tag != "meta":
            self.open.append(tag)

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag, self.getpos()


def test_a_page(pfnspec: Run, small: Path) -> None:
    """It needs nothing else, carries the costs, and has a curve for each policy that ends."""
    small.write_text(
        TIMED.replace("policies spin, block", "policies spin, block\n" + ONE_CPU), encoding="utf-8"
    )
    table = 'name = "<b>&"\n[duration]\nwork = "20us"\n'
    small.with_suffix(".costs.toml").write_text(table, encoding="utf-8")
    words = ("--quick", "--format", "html", "--require", "wait_time.mean < 5us under block")
    ran = pfnspec("cost", small, *words)
    assert ran.returncode == 1 and "FAILS" in ran.stderr
    page = ran.stdout
    tags = Tags(page).tags
    assert not {"script", "link", "img", "b"} & set(tags) and "://" not in page and "url(" not in page
    assert "loaded + &lt;b&gt;&amp;" in page and "FAILS" in page
    assert tags.count("svg") == 1 and "never ends: a livelock" in page
    assert "spin: never ends</text>" in page and page.count('<path class="c1" d="M52 ') == 1
    assert '<path class="c0" d="M52 ' not in page
    assert pfnspec("cost", small, *words).stdout == page


@pytest.mark.parametrize(
    "words",
    [
        ("--quick",),
        ("--trace", "1"),
        ("--quick", "--sweep", "duration.work=20us,30us"),
        *(
            ("--quick", "--sweep", "duration.work=20us,30us", "--format", f)
            for f in ("json", "csv", "html", "svg")
        ),
    ],
    ids=" ".join,
)
def test_every_output_names_its_costs(pfnspec: Run, small: Path, words: tuple[str, ...]) -> None:
    small.with_suffix(".costs.toml").write_text('name = "tenfold"\n', encoding="utf-8")
    ran = pfnspec("cost", small, "--points", "1", *words)
    assert ran.returncode == 0 and "assumed, Skylake-SP, loaded + tenfold" in ran.stdout


def test_a_page_and_a_picture_of_a_sweep(pfnspec: Run, small: Path) -> None:
    words = ("--quick", "--points", "2", "--sweep", "duration.work=20us,30us")
    page = pfnspec("cost", small, *words, "--format", "html").stdout
    picture = pfnspec("cost", small, *words, "--format", "svg").stdout
    assert Tags(page).tags.count("svg") == 3
    assert picture.startswith("<svg ") and picture in page + "\n"
    ran = pfnspec("cost", small, "--quick", "--format", "svg")
    assert ran.returncode == 2 and "a picture is drawn over times" in ran.stderr


def test_a_table_requires_something(pfnspec: Run, small: Path) -> None:
    table = small.with_suffix(".costs.toml")
    text = (
        'require = ["wait_time.mean < 50us", "wait_time.mean < 5us under spin"]\n[duration]\nwork = "20us"\n'
    )
    table.write_text(text, encoding="utf-8")
    ran = pfnspec("cost", small, "--quick")
    assert ran.returncode == 1
    told = [line.split(", ")[0] for line in ran.stdout.splitlines() if line.startswith("require ")]
    assert told == [
        "require wait_time.mean < 50us under spin: met",
        "require wait_time.mean < 50us under block: met",
        "require wait_time.mean < 5us under spin: FAILS",
    ]
    assert pfnspec("cost", small, "--quick", "--policy", "block").returncode == 0
    assert pfnspec("cost", small, "--quick", "--no-own").returncode == 0
    assert pfnspec("cost", small, "--sweep", "duration.work=20us,30us").returncode == 0


@pytest.mark.parametrize(
    ("required", "said"),
    [
        ('"wait_time < 5us"', "small.costs.toml:1:13: error[costs]: `wait_time < 5us` is not of the form"),
        (
            '"wait_time.mean < 5us under late"',
            "1:13: error[costs]: `wait_time.mean < 5us under late`: there is no",
        ),
        ('"wait_time.mean < 5us in smp"', "there is no scenario `smp` here"),
        ('"time.mean < 5us"', "there is no measure `time` here"),
        ("3", "`require` takes a list of texts"),
    ],
)
def test_a_table_requires_what_is_none(pfnspec: Run, small: Path, required: str, said: str) -> None:
    small.with_suffix(".costs.toml").write_text(f"require = [{required}]\n", encoding="utf-8")
    ran = pfnspec("cost", small)
    assert ran.returncode == 2 and not ran.stdout and said in ran.stderr


WRONG = {
    ("--set", "switch.outt=2us"): "no cost `switch.outt`",
    ("--set", "switch.out=-2us"): "a time cannot be negative",
    ("--set", "switch"): "not of the form SECTION.KEY=VALUE",
    ("--set", "duration.zapp=2us"): "there is no such place in the model",
    ("--set", "choice.notifier=[1]"): "has 1 share",
    ("--set", "policy.halt_poll={pols=3}"): "pols",
    ("--no-own",): "`maybe()` goes",
    ("--costs", "no-such-file.toml"): "no-such-file.toml",
    ("--policy", "sleep"): "there is no such scenario and policy",
    ("--require", "refresh_time < 3"): "is not of the form",
    ("--require", "refresh_time.p98 < 3"): "there is no figure `p98`",
    ("--require", "time.p99 < 3us"): "there is no measure `time`",
    ("--require", "refresh_time.p99 < 3parsec"): "is not a time",
    ("--sweep", "duration.zap"): "is not of the form",
    ("--precision", "0"): "is not a part",
    ("--exact",): "not exact: how much of its slice `vcpu` has used is left to chance",
    ("--exact", "--precision", "1%"): "all episodes there are",
    ("--exact", "--set", "steady.time=1s"): "all episodes there are",
    ("--set", "steady.tim=1s"): "no cost `steady.tim`",
    ("--set", "choice.notifier={every='-1'}"): "a time cannot be negative",
    ("--set", "choice.notifier={every='1 ms'}", "--set", "steady.time=1ms"): "the CPU cannot be given away",
}


@pytest.mark.parametrize("words", WRONG, ids=" ".join)
def test_bad_input_is_one_clear_error(pfnspec: Run, words: tuple[str, ...]) -> None:
    ran = pfnspec("cost", S5, *QUICK, *words)
    assert ran.returncode == 2 and not ran.stdout
    assert WRONG[words] in ran.stderr
    assert "Traceback" not in ran.stderr and "mistake in pfnspec" not in ran.stderr


def test_a_model_without_a_measure(pfnspec: Run) -> None:
    ran = pfnspec("cost", "examples/pfncache/upstream.pfn")
    assert ran.returncode == 2 and "has nothing to time" in ran.stderr


def test_the_table_beside_the_model(pfnspec: Run, small: Path) -> None:
    assert pfnspec("cost", str(small), *QUICK).returncode == 0
    beside = small.with_suffix(".costs.toml")
    beside.write_text('name = "slow work"\n[duration]\nwork = "1 ms"\n', encoding="utf-8")
    ran = pfnspec("cost", str(small), *QUICK)
    assert "costs: assumed, Skylake-SP, loaded + slow work" in ran.stdout
    assert "slow work" not in pfnspec("cost", str(small), *QUICK, "--no-own").stdout
    beside.write_text("[duration\n", encoding="utf-8")
    ran = pfnspec("cost", str(small), *QUICK)
    assert ran.returncode == 2 and "this is not TOML" in ran.stderr


def test_a_requirement_of_cells_that_are_not_there(pfnspec: Run, small: Path) -> None:
    """Each of its names is known, and not together."""
    other = ONE_CPU + "    policies spin\nscenario two:\n    cpus = 2\n    policies block\n"
    small.write_text(TIMED.replace("policies spin, block\n", other), encoding="utf-8")
    wanted = "wait_time.mean < 1s under block in one"
    ran = pfnspec("cost", str(small), *QUICK, "--require", wanted)
    assert ran.returncode == 2 and not ran.stdout
    assert ran.stderr == f"pfnspec: `{wanted}` is about no scenario and policy that the model has\n"


def test_lengths_from_a_file_beside_the_table(pfnspec: Run, small: Path) -> None:
    table = small.with_name("host.toml")
    table.write_text('name = "host"\n[duration]\nwork = { file = "lengths.txt" }\n', encoding="utf-8")
    ran = pfnspec("cost", str(small), *QUICK, "--costs", str(table))
    assert ran.returncode == 2 and "the file `lengths.txt` cannot be read" in ran.stderr
    small.with_name("lengths.txt").write_text("1 us\n2 us\n", encoding="utf-8")
    ran = pfnspec("cost", str(small), *QUICK, "--costs", str(table), "--format", "json")
    (found,) = json.loads(ran.stdout)
    worst = {cell["worst"] for cell in found["cells"] if cell["policy"] == "spin"}
    assert worst and all(2000 <= time < 2200 for time in worst)


def test_a_measured_figure_is_called_so_until_it_is_set_anew(pfnspec: Run, small: Path) -> None:
    table = small.with_name("host.toml")
    table.write_text('name = "host"\nmeasured = ["switch.out"]\n[switch]\nout = 700\n', encoding="utf-8")
    words = ("cost", str(small), *QUICK, "--costs", str(table))
    assert "measured: switch.out; assumed: every other cost" in pfnspec(*words).stdout
    assert "not measured: every cost" in pfnspec(*words, "--set", "switch.out=1us").stdout.replace(
        "\n    ", " "
    )


def test_an_episode_as_steps(pfnspec: Run) -> None:
    ran = pfnspec("cost", S5, "--scenario", "two_cpus", "--policy", "block", "--trace", "3")
    assert ran.returncode == 0
    times = [float(line.split()[0]) for line in ran.stdout.splitlines() if line[:11].strip()[:1].isdigit()]
    assert len(times) > 30 and times == sorted(times)
    assert "refresh_time of vcpu[0]: " in ran.stdout


def test_a_standard_input(pfnspec: Run) -> None:
    ran = pfnspec("cost", "-", *QUICK, input=TIMED)
    assert ran.returncode == 0 and "wait_time: waiter at waits" in ran.stdout


def test_precision_and_time(pfnspec: Run, small: Path) -> None:
    words = ("cost", str(small), "--quick", "--points", "1", "--set", "duration.work={exponential='10us'}")
    assert pfnspec(*words, "--precision", "20%").returncode == 0
    ran = pfnspec(*words, "--precision", "0.01%", "--time", "0.001")
    assert ran.returncode == 3 and "as precise as asked" in ran.stdout.replace("\n    ", " ")


def test_the_default_costs(pfnspec: Run) -> None:
    ran = pfnspec("costs")
    assert ran.returncode == 0 and "switch.wake = 1 us  (assumed)" in ran.stdout
    assert max(map(len, ran.stdout.splitlines())) <= 72
    table = tomllib.loads(pfnspec("costs", "--toml").stdout)
    assert table["name"] == "assumed, Skylake-SP, loaded"
    assert pfnspec("costs", "--bpftrace").stdout.startswith("#!/usr/bin/env bpftrace")


@pytest.mark.skipif(shutil.which("cc") is None, reason="no C compiler")
def test_the_program_that_measures_compiles_without_a_warning(pfnspec: Run, tmp_path: Path) -> None:
    source = tmp_path / "measure.c"
    source.write_text(pfnspec("costs", "--program").stdout, encoding="utf-8")
    words = ["cc", "-O2", "-Wall", "-Wextra", "-Werror", "-pthread", "measure.c", "-o", "measure"]
    subprocess.run(words, cwd=tmp_path, check=True)


def test_windows_are_times(pfnspec: Run) -> None:
    words = ("--scenario", "two_cpus", "--policy", "halt_poll", "--window", "770ns,7.7us")
    ran = pfnspec("cost", S5, *QUICK, *words)
    assert ran.returncode == 0
    assert "halt_poll(polls=10) is a window of 770 ns; a look takes 77 ns" in ran.stderr
    assert "timed with halt_poll(polls=10), halt_poll(polls=100): check" in ran.stdout.replace("\n    ", " ")
    ran = pfnspec("cost", S5, *QUICK, "--window", "0")
    assert ran.returncode == 2


def test_a_picture_needs_a_sweep_over_times(pfnspec: Run, tmp_path: Path) -> None:
    words = ("cost", S5, *QUICK, "--scenario", "two_cpus", "--plot", tmp_path / "a.svg")
    for sweep in ((), ("--sweep", "scheduler.wakeup=slice,preempts"), ("--sweep", "duration.zap=2us,1us")):
        ran = pfnspec(*words, *sweep)
        assert ran.returncode == 2 and "picture" in ran.stderr and not (tmp_path / "a.svg").exists()
    assert pfnspec(*words, "--sweep", "duration.zap=1us,2us").returncode == 0
    assert (tmp_path / "a.svg").read_text(encoding="utf-8").startswith("<svg ")


def test_bounds(pfnspec: Run) -> None:
    words = ("--const", "VCPUS=1", "--scenario", "one_cpu", "--policy", "spin", "--policy", "block")
    ran = pfnspec("cost", S5, *words, "--bounds", "0")
    rows = [line.split() for line in ran.stdout.splitlines()]
    assert ["spin", "0", "any", "number", "1", "571"] in rows and ["block", "1", "1", "1", "742"] in rows
    assert pfnspec("cost", "examples/pfncache/upstream.pfn", "--bounds", "0").returncode == 2
    assert pfnspec("cost", S5, "--policy", "sleep", "--bounds", "0").returncode == 2
