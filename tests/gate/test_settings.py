"""A change of the project's configuration: it decides neither what the gate looks at nor how far."""

from __future__ import annotations

import json
import os
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from checkout import ALONE, LOWERED, Checkout, Ran, differences
from pfnspec.check.project.configuration import SETTINGS, Configuration
from pfnspec.check.project.paths import configured_paths
from pfnspec.gate.selection import selection
from pfnspec.gate.settings import LIMITS, ONLY, UNFELT

INTERPRETER = ("--engine", "interpreter")
VIOLATED = ("    x = 2\n", '    x = 2\n    assert x == 1, "one"\n')


def settings(out: str) -> list[tuple[str, str, str]]:
    """Effect, name and message of each difference in the configuration of a JSON review."""
    found: dict[str, Any] | None = json.loads(out)["settings"]
    return [(d["effect"], d["about"], d["message"]) for d in (found or {"differences": []})["differences"]]


@pytest.fixture
def base(checkout: Checkout) -> str:
    checkout.write("pfnspec.toml", 'paths = ["models", "alone.pfn"]\nmax-states = 1000\n')
    return checkout.commit()


def test_every_setting_has_its_kind() -> None:
    assert sorted(SETTINGS) == sorted(["paths", *LIMITS, *ONLY, *UNFELT])


@pytest.mark.parametrize("file", ["pfnspec.toml", "pyproject.toml"])
def test_paths_that_leave_out_a_model(checkout: Checkout, gate: Callable[..., Ran], file: str) -> None:
    """Both are looked at: what the base names, and what is named now."""
    table = "[tool.pfnspec]\n" if file == "pyproject.toml" else ""
    checkout.write(file, f'{table}paths = ["models"]\n')
    checkout.write("other/more.pfn", ALONE)
    base = checkout.commit()
    checkout.write(file, f'{table}paths = ["other"]\n')
    checkout.edit("models/ticket.pfn", LOWERED)
    checkout.edit("other/more.pfn", ("    x = 2\n", ""))
    status, out, _ = gate("--format", "json", base=base)
    assert status == 1
    told = {path for path, *_ in differences(out)}
    assert told == {"models/ticket.pfn", "models/fast.pfn", "other/more.pfn"}
    message = "`pfnspec check` no longer comes to models/fast.pfn and 1 more"
    assert settings(out) == [("weaker", "configuration.paths", message)]


def test_all_reports_say_it(
    checkout: Checkout, gate: Callable[..., Ran], base: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    checkout.write("pfnspec.toml", 'paths = ["models"]\nmax-states = 10\n')
    status, out, _ = gate(base=base)
    assert status == 1
    assert "pfnspec.toml   the project's configuration\n" in out
    assert "  WEAKER     configuration.max-states: 1000 -> 10: checks end earlier, undecided\n" in out
    assert "      - 2  max-states = 1000\n      + 2  max-states = 10\n" in out
    assert "  --accept configuration.paths\n" in out
    monkeypatch.setenv("GITHUB_ACTIONS", "true")
    page = tmp_path / "page.md"
    _, out, _ = gate("--report", f"markdown={page}", base=base)
    title = "configuration.max-states (weaker)"
    assert f"::error file=pfnspec.toml,line=2,title={title}::1000 -> 10: checks end earlier" in out
    markdown = page.read_text(encoding="utf-8")
    assert "#### `pfnspec.toml`" in markdown
    assert (
        "| **weaker** | `configuration.max-states` | 1000 -> 10: checks end earlier, undecided<br>"
        in markdown
    )
    accepted = ("--accept", "configuration.paths", "--accept", "configuration.max-states", "--format", "json")
    assert gate(*accepted, base=base)[0] == 0
    assert gate(*accepted, "--accept", "configuration.width", base=base)[0] == 1


def test_a_limit_of_the_change_hides_no_violation(
    checkout: Checkout, gate: Callable[..., Ran], base: str
) -> None:
    checkout.write("pfnspec.toml", 'paths = ["models", "alone.pfn"]\nmax-states = 1\n')
    checkout.edit("alone.pfn", VIOLATED)
    words = ("alone.pfn", *INTERPRETER, "--format", "json")
    status, out, _ = gate(*words, "--accept", "configuration.max-states", base=base, check=True)
    assert status == 1
    assert ("alone.pfn", "weaker", "one") in differences(out)
    # What the command line says counts for both sides, and what is open on both is said.
    status, out, _ = gate(*words, "--max-states", "1", "--no-cache", base=base, check=True)
    assert ("alone.pfn", "different", "deadlock") in differences(out)


def test_a_limit_of_the_base_may_be_raised(checkout: Checkout, gate: Callable[..., Ran]) -> None:
    checkout.write("pfnspec.toml", "max-states = 1\n")
    base = checkout.commit()
    checkout.write("pfnspec.toml", "max-states = 1000\n")
    checkout.edit("alone.pfn", VIOLATED)
    status, out, _ = gate(*INTERPRETER, "--format", "json", base=base, check=True)
    assert status == 1
    assert ("alone.pfn", "weaker", "one") in differences(out)
    assert settings(out) == [("stronger", "configuration.max-states", "1 -> 1000: checks go further")]


@pytest.mark.parametrize(
    ("before", "after", "effect"),
    [
        ("", 'policies = ["spin"]', "weaker"),
        ('policies = ["spin", "block"]', 'policies = ["spin"]', "weaker"),
        ('policies = ["spin"]', 'policies = ["block"]', "weaker"),
        ('policies = ["spin"]', "", "stronger"),
        ('policies = ["spin"]', 'policies = ["block", "spin"]', "stronger"),
        ('policies = ["spin", "block"]', 'policies = ["block", "spin"]', "neutral"),
        ('scenarios = ["a", "b"]', 'scenarios = ["a"]', "weaker"),
        ("", "timeout = 9", "weaker"),
        ("timeout = 9", "", "stronger"),
        ("run-timeout = 9", "run-timeout = 8.5", "weaker"),
        ("jobs = 1", "jobs = 2", "neutral"),
        ("", 'reports = { junit = "a.xml" }', "neutral"),
        ('paths = ["models"]', 'paths = ["models", "alone.pfn"]', "stronger"),
        ('paths = ["models"]', 'paths = ["models/*.pfn"]', "neutral"),
        ('paths = ["models"]', 'paths = ["models/t*"]', "weaker"),
        ("", 'paths = ["models"]', "weaker"),
        ('paths = ["."]', "", "weaker"),
    ],
)
def test_what_a_setting_does(
    checkout: Checkout, gate: Callable[..., Ran], before: str, after: str, effect: str
) -> None:
    checkout.write("pfnspec.toml", f"{before}\n")
    base = checkout.commit()
    checkout.write("pfnspec.toml", f"{after}\n")
    status, out, _ = gate("--format", "json", base=base)
    assert [one[0] for one in settings(out)] == [effect]
    assert status == (effect == "weaker")


def test_a_configuration_that_is_gone_or_shadowed(
    checkout: Checkout, gate: Callable[..., Ran], base: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    weaker = ("weaker", "configuration.paths")
    (checkout.folder / "pfnspec.toml").unlink()
    status, out, _ = gate("--format", "json", base=base)
    assert status == 1
    assert [one[:2] for one in settings(out)] == [
        ("neutral", "configuration"), weaker, ("stronger", "configuration.max-states")
    ]  # fmt: skip
    checkout.git("checkout", "-q", ".")
    monkeypatch.chdir(checkout.folder / "models")
    assert settings(gate("--format", "json", base=base)[1]) == []
    for name in ("pyproject.toml", "pfnspec.toml"):
        path = checkout.folder / "models" / name
        path.write_text("", encoding="utf-8")
        status, out, _ = gate("--format", "json", base=base)
        assert status == 1
        assert weaker in [one[:2] for one in settings(out)]
        path.unlink()
    # From one file into another one, with all that it says.
    text = (checkout.folder / "pfnspec.toml").read_text(encoding="utf-8")
    (checkout.folder / "pfnspec.toml").unlink()
    checkout.write("pyproject.toml", f"[tool.pfnspec]\n{text}")
    status, out, _ = gate("--format", "json", base=base)
    assert (status, [one[:2] for one in settings(out)]) == (0, [("neutral", "configuration")])


def test_a_configuration_that_is_named(checkout: Checkout, gate: Callable[..., Ran], base: str) -> None:
    """One that was not there before is compared with the one that counted then."""
    checkout.write("ci.toml", 'paths = ["alone.pfn"]\nmax-states = 1000\n')
    status, out, _ = gate("--config", "ci.toml", "--format", "json", base=base)
    assert status == 1
    assert [one[:2] for one in settings(out)] == [
        ("neutral", "configuration"), ("weaker", "configuration.paths")
    ]  # fmt: skip
    now = checkout.commit()
    assert settings(gate("--config", "ci.toml", "--format", "json", base=now)[1]) == []
    checkout.edit("ci.toml", ("1000", "10"))
    status, out, _ = gate("--config", "ci.toml", "--format", "json", base=now)
    assert (status, [one[:2] for one in settings(out)]) == (1, [("weaker", "configuration.max-states")])
    assert gate("--no-config", base=base)[0] == 0


def test_a_configuration_behind_a_link(checkout: Checkout, gate: Callable[..., Ran], base: str) -> None:
    """Where it was one at the base already, and where it becomes one."""
    checkout.git("mv", "pfnspec.toml", "real.toml")
    (checkout.folder / "pfnspec.toml").symlink_to("real.toml")
    assert settings(gate("--format", "json", base=base)[1]) == []
    linked = checkout.commit()
    assert settings(gate("--format", "json", base=linked)[1]) == []
    checkout.edit("real.toml", ("1000", "10"))
    status, out, _ = gate("--format", "json", base=linked)
    assert (status, [one[:2] for one in settings(out)]) == (1, [("weaker", "configuration.max-states")])


def test_a_configuration_that_was_wrong(checkout: Checkout, gate: Callable[..., Ran]) -> None:
    """Everything is looked at then."""
    checkout.write("pfnspec.toml", "paths = 3\n")
    base = checkout.commit()
    checkout.write("pfnspec.toml", 'paths = ["alone.pfn"]\n')
    checkout.edit("models/ticket.pfn", LOWERED)
    status, out, _ = gate("--format", "json", base=base)
    assert status == 1
    assert {path for path, *_ in differences(out)} == {"models/ticket.pfn", "models/fast.pfn"}


# ---- models that no check comes to any more


@pytest.mark.parametrize(
    ("change", "path", "why"),
    [
        (lambda c: c.git("mv", "alone.pfn", ".alone.pfn"), ".alone.pfn", "it is hidden"),
        (lambda c: c.git("mv", "models", ".models"), ".models/ticket.pfn", "it is hidden"),
        (
            lambda c: c.write("models/pyvenv.cfg", ""),
            "models/ticket.pfn",
            "`models` is a virtual environment",
        ),
    ],
    ids=["a hidden file", "a hidden folder", "a virtual environment"],
)
def test_a_model_that_is_passed_over(
    checkout: Checkout, gate: Callable[..., Ran], change: Callable[[Checkout], object], path: str, why: str
) -> None:
    change(checkout)
    status, out, _ = gate()
    assert status == 1
    message = f"  WEAKER     {path}: `pfnspec check` passes over it now: {why}"
    assert message in out or f"the same as in {path}" in out
    assert f"  --accept {path}\n" in out
    base = checkout.commit()
    assert gate(base=base)[0] == 0


def test_a_model_that_moves_out_of_the_paths(checkout: Checkout, gate: Callable[..., Ran], base: str) -> None:
    checkout.git("mv", "alone.pfn", "elsewhere.pfn")
    status, out, _ = gate("--format", "json", base=base)
    assert status == 1
    assert differences(out) == [("elsewhere.pfn", "weaker", "elsewhere.pfn")]
    assert gate("--accept", "elsewhere.pfn", base=base)[0] == 0


def test_paths_through_a_link(checkout: Checkout, gate: Callable[..., Ran]) -> None:
    """As it was, and as it is."""
    (checkout.folder / "current").symlink_to("models")
    checkout.write("others/more.pfn", ALONE)
    checkout.write("pfnspec.toml", 'paths = ["current"]\n')
    base = checkout.commit()
    checkout.edit("models/ticket.pfn", LOWERED)
    checkout.edit("alone.pfn", ("    x = 2\n", ""))
    looked_at = {"models/ticket.pfn", "models/fast.pfn"}
    _, out, _ = gate("--format", "json", base=base)
    assert {path for path, *_ in differences(out)} == looked_at
    (checkout.folder / "current").unlink()
    (checkout.folder / "current").symlink_to("others")
    status, out, _ = gate("--format", "json", base=base)
    assert status == 1
    assert {path for path, *_ in differences(out)} == looked_at
    assert [one[:2] for one in settings(out)] == [("weaker", "configuration.paths")]


PATTERNS = [
    ".", "models", "models/", "*.pfn", "*", "**", "**/*.pfn", "mod*", "*/t*.pfn", "models/**/x*.pfn", ".h*",
    ".hidden", "[am]*", "[!m]*", "m?dels", "a[1].pfn", "models/deep/**", "**/deep", "**/**/x.pfn",
    "notes.txt", "models/.h.pfn", "env", "env/lib", "*/lib",
]  # fmt: skip
FILES = [
    "a.pfn", "a[1].pfn", ".h.pfn", "notes.txt", "models/t.pfn", "models/.h.pfn", "models/deep/x.pfn",
    "models/deep/er/xx.pfn", "models/.git2/x.pfn", ".hidden/x.pfn", "env/pyvenv.cfg", "env/e.pfn",
    "env/lib/e.pfn",
]  # fmt: skip


@pytest.mark.parametrize("pattern", PATTERNS)
def test_patterns_are_those_of_a_check(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, pattern: str) -> None:
    """A list of files is chosen from as the disk is."""
    monkeypatch.chdir(tmp_path)
    for file in FILES:
        (tmp_path / file).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / file).write_text("", encoding="utf-8")
    there = configured_paths(Configuration(folder=tmp_path, paths=(pattern,))).files
    environment = lambda folder: os.path.exists(tmp_path / folder / "pyvenv.cfg")  # noqa: E731
    chosen = selection([pattern])
    assert [file for file in sorted(FILES) if chosen.checks(file, environment)] == sorted(there)
    assert all(chosen.names(file) for file in there)


def test_patterns_take_no_time() -> None:
    chosen = selection(["**/" * 400 + "*.pfm"])
    assert not chosen.names("/".join("abcdefgh" * 20) + ".pfn")
