"""`pfnspec init` writes what passes as it is, and overwrites nothing."""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path
from subprocess import CompletedProcess

import pytest
from pfnspec.cli.commands.init import GITHUB, GITLAB, MODEL, SETTINGS, from_where, requirement

Run = Callable[..., "CompletedProcess[str]"]
STARTER = Path(__file__).resolve().parents[2] / "cli" / "commands" / "starter" / "completion.pfn"


def files(folder: Path) -> list[str]:
    return sorted(path.relative_to(folder).as_posix() for path in folder.rglob("*") if path.is_file())


def test_what_it_writes_passes(pfnspec: Run, tmp_path: Path) -> None:
    ran = pfnspec("init", cwd=tmp_path)
    assert (ran.returncode, ran.stderr) == (0, "")
    assert files(tmp_path) == sorted([GITHUB, MODEL, SETTINGS])
    assert ran.stdout == (
        f"wrote {MODEL}\nwrote {SETTINGS}\nwrote {GITHUB}\n\n"
        "What to do next:\n"
        "  pfnspec check\n"
        f"  read {MODEL}, whose first lines say what to try\n"
        f"  see that `{requirement()}` in {GITHUB} is what pip is to install there\n"
    )
    formatted = pfnspec("fmt", "--check", cwd=tmp_path)
    assert (formatted.returncode, formatted.stderr) == (0, "")
    checked = pfnspec("check", cwd=tmp_path)
    assert (checked.returncode, checked.stderr) == (0, "")
    assert checked.stdout.count("as expected") == 2


def test_into_another_folder(pfnspec: Run, tmp_path: Path) -> None:
    (tmp_path / ".git").mkdir()
    ran = pfnspec("init", "a/b", "--gitlab", cwd=tmp_path)
    assert (ran.returncode, ran.stderr) == (0, "")
    assert files(tmp_path / "a" / "b") == sorted([GITLAB, MODEL, SETTINGS])
    assert ran.stdout.startswith(f"wrote a/b/{MODEL}\n")
    assert "\n  cd a/b\n  pfnspec check\n" in ran.stdout
    assert ran.stdout.endswith(f"  move {GITLAB} to the root of the repository, .: it is looked for there\n")


@pytest.mark.parametrize("there", [[MODEL], [SETTINGS, GITHUB], ["pyproject.toml with [tool.pfnspec]"]])
def test_it_overwrites_nothing(pfnspec: Run, tmp_path: Path, there: list[str]) -> None:
    for name in there:
        path = tmp_path / name.split()[0]
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text("[tool.pfnspec]\n", encoding="utf-8")
    before = files(tmp_path)
    ran = pfnspec("init", cwd=tmp_path)
    assert (ran.returncode, ran.stdout) == (2, "")
    assert ran.stderr == f"pfnspec: nothing is written, there is already: {', '.join(there)}\n"
    assert files(tmp_path) == before


def test_a_file_is_no_folder(pfnspec: Run, tmp_path: Path) -> None:
    (tmp_path / "x").touch()
    ran = pfnspec("init", "x", cwd=tmp_path)
    assert (ran.returncode, ran.stdout, ran.stderr) == (2, "", "pfnspec: x is no folder\n")


@pytest.mark.parametrize(
    ("origin", "wanted"),
    [
        ({}, "pfnspec==1.2"),
        ({"url": "file:///somewhere", "dir_info": {"editable": True}}, "pfnspec==1.2"),
        ({"url": "file:///somewhere", "vcs_info": {"vcs": "git", "commit_id": "abc"}}, "pfnspec==1.2"),
        ({"url": "https://e.org/p", "vcs_info": {"vcs": "git", "commit_id": "abc"}},
         "pfnspec @ git+https://e.org/p@abc"),
        ({"url": "https://e.org/p.whl", "archive_info": {}}, "pfnspec @ https://e.org/p.whl"),
    ],
)  # fmt: skip
def test_where_a_runner_gets_it_from(origin: dict[str, object], wanted: str) -> None:
    assert from_where("1.2", origin) == wanted


CHANGES = {
    "exchanged": (
        "    answer = 1\n    done = True\n",
        "    done = True\n    answer = 1\n",
        "the answer is there",
    ),
    "no wake-up": ("    wake_up(done_wq)\n", "", "deadlock"),
    "not expected": (r"(?s)expect deadlock.*", "", "deadlock"),
}


@pytest.mark.parametrize("change", CHANGES)
def test_what_the_model_says_to_try(pfnspec: Run, tmp_path: Path, change: str) -> None:
    """Each of the changes makes the check fail, by the property that it is about."""
    old, new, name = CHANGES[change]
    text, count = re.subn(old.replace("(done_wq)", r"\(done_wq\)"), new, STARTER.read_text(encoding="utf-8"))
    assert count == 1
    (tmp_path / "m.pfn").write_text(text, encoding="utf-8")
    ran = pfnspec("check", "m.pfn", "--property", name, cwd=tmp_path)
    assert ran.returncode == 1
    assert re.search(rf"(?m)^  {name} .*VIOLATED !", ran.stdout), ran.stdout
