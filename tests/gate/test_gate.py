"""`pfnspec gate` in checkouts: which models it looks at, what it says of them, and what it accepts."""

from __future__ import annotations

import json
import os
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from checkout import ACCEPT, ALONE, LOWERED, TICKET, UNLOCKED, Checkout, Ran, differences
from pfnspec.cli.main import main

# ---- what is looked at


def test_nothing_has_changed(checkout: Checkout, gate: Callable[..., Ran]) -> None:
    status, out, err = gate()
    assert (status, err) == (0, "")
    assert "no model has changed" in out
    assert "the gate is open" in out


def test_a_weaker_model_closes_it(checkout: Checkout, gate: Callable[..., Ran]) -> None:
    checkout.edit("models/ticket.pfn", LOWERED)
    status, out, err = gate("--width", "72")
    assert (status, err) == (1, "")
    short = checkout.git("rev-parse", "HEAD")[:10]
    assert out == (
        f"since main ({short}): 2 models to compare\n"
        "\n"
        "models/fast.pfn   fast\n"
        "\n"
        "  WEAKER     TASKS: 2 -> 1: it is lowered, less is examined\n"
        "      - ticket:3  const TASKS: int = 2\n"
        "      + ticket:3  const TASKS: int = 1\n"
        "\n"
        "models/ticket.pfn   ticket\n"
        "\n"
        "  the same as in models/fast.pfn\n"
        "\n"
        "2 differences close the gate\n"
        "if that is meant, the model says why:\n"
        '  accept weaker TASKS "..."\n'
    )


def test_only_what_the_branch_did_counts(checkout: Checkout, gate: Callable[..., Ran]) -> None:
    """Main has gone on since: that is no change of this branch."""
    checkout.git("checkout", "-q", "-b", "mine")
    checkout.edit("alone.pfn", ("    x = 1\n", "    x = 1\n    cpu_relax()\n"))
    checkout.commit()
    checkout.git("checkout", "-q", "main")
    checkout.edit("models/ticket.pfn", ("TASKS: int = 2", "TASKS: int = 3"))
    checkout.commit()
    checkout.git("checkout", "-q", "mine")
    status, out, _ = gate("--format", "json")
    assert status == 0
    assert differences(out) == [("alone.pfn", "different", "task")]


def test_paths_choose(checkout: Checkout, gate: Callable[..., Ran]) -> None:
    checkout.edit("models/ticket.pfn", LOWERED)
    assert gate("alone.pfn")[0] == 0
    assert gate("models/fast.pfn")[0] == 1
    assert gate("models")[0] == 1
    assert gate(".", "alone.pfn")[0] == 1


@pytest.mark.parametrize(
    ("paths", "looked_at"),
    [
        ('["models"]', {"models/fast.pfn", "models/ticket.pfn"}),
        ('["models/fast.pfn"]', {"models/fast.pfn"}),
        ('["[a-b]*.pfn", "models/[!t]*"]', {"alone.pfn", "models/fast.pfn"}),
        ('["**/t*.pfn", "alone.pfn"]', {"models/ticket.pfn", "alone.pfn"}),
        ('["*.pfn"]', {"alone.pfn"}),
        ('["."]', {"models/fast.pfn", "models/ticket.pfn", "alone.pfn"}),
    ],
)
def test_the_configuration_chooses(
    checkout: Checkout, gate: Callable[..., Ran], monkeypatch: pytest.MonkeyPatch, paths: str,
    looked_at: set[str],
) -> None:  # fmt: skip
    """Also among what is deleted."""
    checkout.write("pfnspec.toml", f"paths = {paths}\n")
    base = checkout.commit()
    checkout.edit("models/ticket.pfn", LOWERED)
    (checkout.folder / "alone.pfn").unlink()
    _, out, _ = gate("--format", "json", base=base)
    assert {path for path, *_ in differences(out)} == looked_at
    monkeypatch.chdir(checkout.folder / "models")
    _, out, _ = gate("--format", "json", base=base)
    assert len({path for path, *_ in differences(out)}) == len(looked_at)
    _, out, _ = gate("ticket.pfn", "--format", "json", base=base)
    assert {path for path, *_ in differences(out)} == {"ticket.pfn"}


def test_a_configuration_that_is_wrong(checkout: Checkout, gate: Callable[..., Ran]) -> None:
    checkout.write("pfnspec.toml", "paths = 3\n")
    status, out, err = gate()
    assert (status, out) == (2, "")
    assert "pfnspec.toml:1" in err
    assert gate("--no-config")[0] == 0


def test_from_a_folder_below(
    checkout: Checkout, gate: Callable[..., Ran], monkeypatch: pytest.MonkeyPatch
) -> None:
    checkout.edit("models/ticket.pfn", LOWERED)
    monkeypatch.chdir(checkout.folder / "models")
    status, out, _ = gate("--format", "json")
    assert status == 1
    assert {path for path, *_ in differences(out)} == {"fast.pfn", "ticket.pfn"}
    assert gate("../alone.pfn")[0] == 0


def test_names_that_are_not_plain(checkout: Checkout, gate: Callable[..., Ran]) -> None:
    name = "models/zwei Stücke, 'a'.pfn"
    checkout.write(name, ALONE)
    checkout.commit()
    checkout.edit(name, ("    x = 2\n", ""))
    status, out, _ = gate("--format", "json")
    assert status == 1
    assert differences(out) == [(name, "weaker", "task")]


def test_a_renamed_model_is_followed(checkout: Checkout, gate: Callable[..., Ran]) -> None:
    checkout.git("mv", "models/ticket.pfn", "models/number.pfn")
    checkout.edit("models/fast.pfn", ("ticket.pfn", "number.pfn"))
    checkout.edit("models/number.pfn", LOWERED)
    status, out, _ = gate()
    assert status == 1
    assert "was models/ticket.pfn" in out
    assert "the same as in models/fast.pfn" in out
    assert gate("models/ticket.pfn")[0] == 1


def test_a_deleted_model_is_weaker(checkout: Checkout, gate: Callable[..., Ran]) -> None:
    (checkout.folder / "alone.pfn").unlink()
    status, out, _ = gate()
    assert status == 1
    assert "alone.pfn: the model is deleted" in out
    assert "--accept alone.pfn" in out
    assert gate("--accept", "alone.pfn")[0] == 0


def test_a_model_that_is_a_model_no_more_is_weaker(checkout: Checkout, gate: Callable[..., Ran]) -> None:
    """Under a name that no check would find."""
    checkout.git("mv", "alone.pfn", "alone.txt")
    assert gate()[0] == 1
    checkout.git("mv", "alone.txt", "there.pfn")
    assert gate()[0] == 0
    (checkout.folder / "alone.pfn").symlink_to("there.pfn")
    checkout.git("add", "-A")
    assert "alone.pfn: the model is deleted" in gate()[1]


def test_a_new_model_is_reported(checkout: Checkout, gate: Callable[..., Ran]) -> None:
    checkout.write("more.pfn", ALONE)
    status, out, _ = gate()
    assert status == 0
    assert "note: more.pfn is not tracked and was not looked at" in out
    checkout.git("add", "more.pfn")
    status, out, _ = gate()
    assert status == 0
    assert "a new model" in out


def test_comments_are_neutral(checkout: Checkout, gate: Callable[..., Ran]) -> None:
    checkout.edit("models/ticket.pfn", ("    taken.add(mine)", "    # theirs\n    taken.add( mine )  # yes"))
    status, out, _ = gate()
    assert status == 0
    assert out.count("only comments, layout or acceptances have changed") == 2


# ---- verdicts


def test_a_new_violation_has_its_counterexample(checkout: Checkout, gate: Callable[..., Ran]) -> None:
    checkout.edit("models/ticket.pfn", UNLOCKED)
    status, out, _ = gate("models/ticket.pfn", "--engine", "interpreter", check=True)
    assert status == 1
    assert "WEAKER     number given twice: violated, not as expected; before: holds" in out
    assert "> task[1] at line 14" in out
    status, out, _ = gate(
        "models/ticket.pfn", "--engine", "interpreter", "--accept", "number given twice", check=True
    )
    assert status == 0
    assert "accepted   number given twice: violated" in out


def test_a_new_model_that_fails(checkout: Checkout, gate: Callable[..., Ran]) -> None:
    checkout.write("more.pfn", TICKET.replace(*UNLOCKED))
    checkout.git("add", "more.pfn")
    status, out, _ = gate("--engine", "interpreter", check=True)
    assert status == 1
    assert "number given twice: violated, not as expected\n" in out


def test_what_is_no_longer_decided(checkout: Checkout, gate: Callable[..., Ran]) -> None:
    checkout.edit("alone.pfn", ("process task:", "process task[2]:"))
    words = ("--engine", "interpreter", "--max-states", "6")
    status, out, _ = gate(*words, check=True)
    assert status == 1
    assert "WEAKER     deadlock: not decided; before: holds" in out
    assert gate(*words, "--accept", "deadlock", check=True)[0] == 0


# ---- acceptances


def test_accepted_in_the_model(checkout: Checkout, gate: Callable[..., Ran]) -> None:
    checkout.edit("models/ticket.pfn", LOWERED)
    checkout.add("models/ticket.pfn", ACCEPT)
    status, out, _ = gate()
    assert status == 0
    assert "accepted   TASKS: 2 -> 1" in out
    assert "because: one shows it too" in out
    assert out.endswith("the gate is open\n")


def test_an_acceptance_is_good_for_one_change(checkout: Checkout, gate: Callable[..., Ran]) -> None:
    """Once it is part of the base, it lets nothing pass, and goes with the next change of its file."""
    checkout.edit("models/ticket.pfn", ("TASKS: int = 2", "TASKS: int = 3"))
    checkout.commit()
    checkout.edit("models/ticket.pfn", ("TASKS: int = 3", "TASKS: int = 2"))
    checkout.add("models/ticket.pfn", ACCEPT)
    base = checkout.commit()
    assert gate(base=base)[0] == 0
    checkout.edit("alone.pfn", ("    x = 1\n", "    cpu_relax()\n    x = 1\n"))
    assert gate(base=base)[0] == 0
    checkout.edit("models/ticket.pfn", LOWERED)
    status, out, _ = gate(base=base)
    assert status == 1
    assert "WEAKER     TASKS: 2 -> 1" in out
    assert "error: the acceptance of `TASKS` is from before this change; remove it" in out
    checkout.edit("models/ticket.pfn", ("one shows it too", "now one is enough"))
    assert gate(base=base)[0] == 0


@pytest.mark.parametrize("reason", ["one shows it too ", "one  shows it\ttoo", "one shows it\u200btoo\u00a0"])
def test_a_reason_is_the_same_with_other_blanks(
    checkout: Checkout, gate: Callable[..., Ran], reason: str
) -> None:
    """Nobody sees them, so what is spent stays so."""
    checkout.edit("models/ticket.pfn", ("TASKS: int = 2", "TASKS: int = 3"))
    checkout.add("models/ticket.pfn", ACCEPT)
    base = checkout.commit()
    checkout.edit("models/ticket.pfn", ("TASKS: int = 3", "TASKS: int = 2"), ("one shows it too", reason))
    status, out, _ = gate(base=base)
    assert status == 1
    assert "WEAKER     TASKS: 3 -> 2" in out
    assert "error: the acceptance of `TASKS` is from before this change; remove it" in out


def test_an_acceptance_that_is_not_needed(checkout: Checkout, gate: Callable[..., Ran]) -> None:
    checkout.add("models/ticket.pfn", ACCEPT)
    status, out, _ = gate()
    assert status == 1
    assert "models/ticket.pfn:17:1: error: the acceptance of `TASKS` lets nothing pass" in out
    checkout.git("checkout", "-q", ".")
    status, out, _ = gate("--accept", "TASKS")
    assert status == 1
    assert "--accept: error: the acceptance of `TASKS` lets nothing pass" in out


def test_a_base_accepts_for_its_variants(checkout: Checkout, gate: Callable[..., Ran]) -> None:
    """And need not use the acceptance itself."""
    checkout.edit("models/ticket.pfn", ("    taken.add(mine)\n", "    taken.add(mine)\n    later()\n"))
    checkout.add("models/ticket.pfn", '\ndef later():\n    assert next > 0, "counted"\n    cpu_relax()\n')
    checkout.edit("models/fast.pfn", ("process other:\n", "process other:\n    later()\n"))
    base = checkout.commit()
    checkout.edit("models/fast.pfn", ("    later()\n", ""))
    accepted = '\naccept weaker "counted" "the others do not count"\naccept weaker other "as said"\n'
    checkout.add("models/ticket.pfn", accepted)
    status, out, _ = gate(base=base)
    assert status == 0, out
    assert "accepted   counted: `other` no longer asserts it" in out


# ---- reports


def test_reports(checkout: Checkout, gate: Callable[..., Ran], tmp_path: Path) -> None:
    checkout.edit("models/ticket.pfn", LOWERED, UNLOCKED)
    files = {kind: tmp_path / f"review.{kind}" for kind in ("json", "markdown")}
    wanted = [word for kind, path in files.items() for word in ("--report", f"{kind}={path}")]
    words = ("models/ticket.pfn", "--engine", "interpreter", "--format", "json", *wanted)
    status, out, _ = gate(*words, check=True)
    assert status == 1
    data = json.loads(out)
    assert json.loads(files["json"].read_text(encoding="utf-8")).keys() == data.keys()
    (model,) = data["models"]
    (lowered,) = [one for one in model["differences"] if one["about"] == "TASKS"]
    assert lowered == {
        "kind": "constant-changed",
        "effect": "weaker",
        "about": "TASKS",
        "message": "2 -> 1: it is lowered, less is examined",
        "old": {"path": "models/ticket.pfn", "line": 3, "text": "const TASKS: int = 2"},
        "new": {"path": "models/ticket.pfn", "line": 3, "text": "const TASKS: int = 1"},
        "accepted": None,
    }
    assert model["before"]["status"] == 0
    assert {verdict["property"] for verdict in model["after"]["verdicts"]} >= {"number given twice"}
    markdown = files["markdown"].read_text(encoding="utf-8")
    assert "### pfnspec: the gate is closed" in markdown
    assert "| **weaker** | `TASKS` | 2 -> 1: it is lowered, less is examined<br>- `3` `const" in markdown
    assert 'accept weaker TASKS "..."' in markdown


def test_github_actions(
    checkout: Checkout, gate: Callable[..., Ran], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    checkout.edit("models/ticket.pfn", LOWERED)
    summary = tmp_path / "summary.md"
    actions = {
        "GITHUB_ACTIONS": "true",
        "GITHUB_STEP_SUMMARY": os.fspath(summary),
        "GITHUB_WORKSPACE": os.fspath(checkout.folder),
    }
    for name, value in actions.items():
        monkeypatch.setenv(name, value)
    _, out, err = gate("models/ticket.pfn")
    message = "2 -> 1: it is lowered, less is examined"
    line = f"::error file=models/ticket.pfn,line=3,title=TASKS (weaker)::{message}"
    assert out.splitlines()[-1] == line
    assert err == ""
    assert "the gate is closed" in summary.read_text(encoding="utf-8")
    _, out, err = gate("models/ticket.pfn", "--format", "json", "--accept", "TASKS")
    json.loads(out)
    assert err.startswith("::notice file=models/ticket.pfn,line=3,title=TASKS (accepted)::")
    assert "::" not in gate("models/ticket.pfn", "--no-github")[1]


# ---- two files


def diff(capsys: pytest.CaptureFixture[str], *words: Any) -> Ran:
    status = main(["diff", *map(str, words)])
    out, err = capsys.readouterr()
    return status, out, err


def test_diff(checkout: Checkout, capsys: pytest.CaptureFixture[str]) -> None:
    checkout.write("other.pfn", TICKET.replace(*LOWERED))
    assert diff(capsys, "models/ticket.pfn", "models/ticket.pfn")[0] == 0
    status, out, _ = diff(capsys, "models/ticket.pfn", "other.pfn")
    assert status == 1
    assert out.startswith("models/ticket.pfn -> other.pfn\n")
    assert "accept" not in out
    status, _, err = diff(capsys, "models/ticket.pfn", "nothing.pfn")
    assert (status, len(err.splitlines())) == (2, 1)
    status, _, err = diff(capsys, "-", "-")
    assert (status, len(err.splitlines())) == (2, 1)
    checkout.write("wrong.pfn", "model m\nprocess p:\n    x = 1\n")
    status, _, err = diff(capsys, "wrong.pfn", "alone.pfn")
    assert (status, "wrong.pfn:3:" in err) == (2, True)
