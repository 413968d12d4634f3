"""Verdicts that were found before: when they are used, when they are not, and what can happen to them."""

from __future__ import annotations

import os
import re
import sys
import tempfile
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import fields, replace
from pathlib import Path
from subprocess import CompletedProcess

import pytest
from pfnspec.check.options import Options
from pfnspec.check.run import check_file
from pfnspec.check.saved import store as kept
from pfnspec.check.saved.store import ROOMS, Store, content_mark, tool_mark
from pfnspec.dsl.source import Span
from pfnspec.tla import find_jar

Ran = CompletedProcess[str]
Run = Callable[..., Ran]

MODEL = '''"""A flag that is set too early."""
model early

const TOP: int = 2

shared ready: bool = False
shared count: range(TOP + 1) = 0

process writer:
    ready = True
    count = TOP

process reader:
    await ready
    assert count == TOP, "all of it"
    label done

invariant small: count <= TOP
sometimes seen: reader at done
expect "all of it" violated
'''
VARIANT = 'model late varies "early.pfn"\n\nprocess writer:\n    count = TOP\n    ready = True\n\n' + (
    'expect "all of it" holds\n'
)
LIVELY = """model lively

shared on: bool = False

process switch:
    while True:
        on = not on

property stays: eventually always on
property comes: always eventually on
expect stays violated
"""
SECONDS = re.compile(r"\d+\.\d s in all")


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "early.pfn").write_text(MODEL, encoding="utf-8")
    (tmp_path / "lively.pfn").write_text(LIVELY, encoding="utf-8")
    return tmp_path


@pytest.fixture
def check(pfnspec: Run, folder: Path) -> Run:
    """Checks a model of the folder by the interpreter, with a cache beside it."""

    def run(
        name: str, *options: str, engine: str = "interpreter", **settings: object
    ) -> CompletedProcess[str]:
        return pfnspec("check", name, "--cache", "kept", "--engine", engine, *options, cwd=folder, **settings)

    return run


def cached(ran: Ran) -> bool:
    return "from the cache" in ran.stdout


def same(one: Ran, other: Ran) -> bool:
    texts = [SECONDS.sub("", ran.stdout).replace("from the cache, ", "") for ran in (one, other)]
    return texts[0] == texts[1] and one.returncode == other.returncode


def test_the_same_file_is_not_checked_again(check: Run) -> None:
    first = check("early.pfn")
    again = check("early.pfn")
    assert not cached(first) and cached(again)
    assert same(first, again), again.stdout
    assert "all of it" in first.stdout and first.returncode == 0


def test_java_is_not_needed_for_what_is_known(check: Run) -> None:
    first = check("lively.pfn", engine="tlc")
    again = check("lively.pfn", engine="tlc", env={"PFNSPEC_JAVA": "/no/such/java"})
    assert cached(again) and same(first, again), again.stderr


def test_layout_and_comments_make_no_difference_but_places_do(check: Run, folder: Path) -> None:
    first = check("lively.pfn", engine="tlc")
    text = LIVELY.replace("model lively\n", "# Why.\n\nmodel   lively  # this\n\n").replace(
        "not on", "(not on)"
    )
    (folder / "lively.pfn").write_text(text.replace("(not on)", "not  on"), encoding="utf-8")
    again = check("lively.pfn", engine="tlc")
    assert cached(again)
    lines = [line for line in first.stdout.splitlines() if "->" in line]
    moved = [re.sub(r"\b7 ", "10 ", line, count=1) for line in lines]
    assert lines and [re.sub(r" +", " ", line) for line in moved] == [
        re.sub(r" +", " ", line) for line in again.stdout.splitlines() if "->" in line
    ]


@pytest.mark.parametrize(
    ("change", "options"),
    [
        (("count <= TOP", "count < TOP"), ()),
        (("TOP: int = 2", "TOP: int = 1"), ()),
        (("    count = TOP\n", "    count = TOP\n    count = TOP\n"), ()),
        (('"all of it"', '"all of them"'), ()),
        (("", ""), ("--const", "TOP=1")),
        (("", ""), ("--property", "small")),
        (("", ""), ("--no-reduction",)),
    ],
    ids=["invariant", "const", "code", "name", "--const", "--property", "--no-reduction"],
)
def test_what_says_something_else_is_checked(
    check: Run, folder: Path, change: tuple[str, str], options: tuple[str, ...]
) -> None:
    check("early.pfn")
    (folder / "early.pfn").write_text(MODEL.replace(*change) if change[0] else MODEL, encoding="utf-8")
    first = check("early.pfn", *options)
    assert not cached(first), first.stdout
    assert cached(check("early.pfn", *options))


DECIDING: dict[str, object] = {
    "properties": ("a",), "policies": ("a",), "scenarios": ("a",), "constants": {"A": 1}, "reduction": False,
    "outside": True, "engine": "interpreter", "shard": (1, 2), "memory": "weak",
}  # fmt: skip
NOT_DECIDING: dict[str, object] = {
    "workers": 2, "jobs": 2, "seconds": 1.0, "run_seconds": 1.0, "states": 1, "fail_fast": True,
    "keep": Path("a"), "java": "a", "jar": "a", "cache": Path("a"),
    "places": {"policy": Span("a", 1, 1, 1, 2)},
}  # fmt: skip


def test_every_option_is_known_to_decide_or_not() -> None:
    """What decides is in the key of a whole result; how a check is made is not."""
    assert {*DECIDING, *NOT_DECIDING} == {field.name for field in fields(Options)}
    plain = Options()
    for name, value in {**DECIDING, **NOT_DECIDING}.items():
        other = replace(plain, **{name: value})  # type: ignore[arg-type]
        assert (other.deciding() != plain.deciding()) == (name in DECIDING), name
        of_a_cell = other.deciding(of_a_cell=True) != plain.deciding(of_a_cell=True)
        assert of_a_cell == (name in ("constants", "engine", "reduction", "memory")), name


def test_names_that_run_together(check: Run, folder: Path) -> None:
    """A text may be what a run calls something else: what was asked for is a list, not a row of words."""
    (folder / "early.pfn").write_text(
        "model early\n\nshared on: bool = False\n\nprocess p:\n    on = True\n    cpu_relax()\n"
        '    assert on, "z"\n    assert not on, "b supposes 0"\n\nproperty b: on leads_to not on\n'
    )
    assert check("early.pfn", "--property", "z", "--property", "b").returncode == 1
    ran = check("early.pfn", "--property", "z", "--property", "b supposes 0")
    assert ran.returncode == 1 and "VIOLATED" in ran.stdout


def test_a_base_counts(check: Run, folder: Path) -> None:
    (folder / "late.pfn").write_text(VARIANT, encoding="utf-8")
    assert not cached(check("late.pfn")) and cached(check("late.pfn"))
    (folder / "early.pfn").write_text(f"# A remark.\n{MODEL}", encoding="utf-8")
    remarked = check("late.pfn")
    assert cached(remarked) and remarked.returncode == 0
    (folder / "early.pfn").write_text(MODEL.replace("count == TOP", "count == 0"), encoding="utf-8")
    changed = check("late.pfn")
    assert not cached(changed) and changed.returncode == 1


@pytest.mark.parametrize("nearer", ["pfnspec.toml", "pyproject.toml", ".git"])
def test_the_project_is_part_of_the_question(check: Run, folder: Path, nearer: str) -> None:
    """A base that is inside of one project is outside of another one, whatever is known of the file."""
    (folder / "pfnspec.toml").write_text("", encoding="utf-8")
    (folder / "below").mkdir()
    text = VARIANT.replace("early.pfn", "../early.pfn")
    (folder / "below" / "late.pfn").write_text(text, encoding="utf-8")
    assert check("below/late.pfn").returncode == 0
    assert cached(check("below/late.pfn"))
    mark = folder / "below" / nearer
    mark.write_text("", encoding="utf-8")
    refused = check("below/late.pfn")
    assert refused.returncode == 2 and "error[base-outside]" in refused.stderr
    assert check("below/late.pfn", "--allow-outside").returncode == 0
    assert check("below/late.pfn").returncode == 2
    mark.unlink()
    assert cached(check("below/late.pfn"))


def test_a_base_that_moves_out_of_the_project(check: Run, folder: Path, tmp_path: Path) -> None:
    """Its text is the same, and it lies elsewhere."""
    project = folder / "project"
    project.mkdir()
    (project / "pfnspec.toml").write_text("", encoding="utf-8")
    (project / "late.pfn").write_text(VARIANT, encoding="utf-8")
    (project / "early.pfn").write_text(MODEL, encoding="utf-8")
    assert check("project/late.pfn").returncode == 0
    assert cached(check("project/late.pfn"))
    (project / "early.pfn").unlink()
    (project / "early.pfn").symlink_to(tmp_path / "early.pfn")
    refused = check("project/late.pfn")
    assert refused.returncode == 2 and "error[base-outside]" in refused.stderr


def test_what_was_judged_is_what_is_read(check: Run, folder: Path) -> None:
    """Behind a link, `..` is another folder for the system than for a reader."""
    project = folder / "project"
    (project / "inner" / "deep").mkdir(parents=True)
    (project / "pfnspec.toml").write_text("", encoding="utf-8")
    (project / "link").symlink_to("inner/deep")
    (project / "early.pfn").symlink_to(folder / "early.pfn")
    (project / "inner" / "early.pfn").write_text(MODEL, encoding="utf-8")
    (project / "late.pfn").write_text(VARIANT.replace("early.pfn", "link/../early.pfn"), encoding="utf-8")
    refused = check("project/late.pfn")
    assert refused.returncode == 2 and "error[base-outside]" in refused.stderr


def test_a_warning_is_told_again(check: Run, folder: Path) -> None:
    text = MODEL.replace("    label done\n", "    label done\n    if count > TOP:\n        pass\n")
    (folder / "early.pfn").write_text(text, encoding="utf-8")
    first, again = check("early.pfn"), check("early.pfn")
    assert "no behaviour reaches" in first.stdout
    assert cached(again) and same(first, again)


@pytest.mark.parametrize(
    "spoil", [lambda text: text[: len(text) // 2], lambda text: b"", lambda text: b"\xff" * 99]
)
def test_broken_entries_are_not_there(check: Run, folder: Path, spoil: Callable[[bytes], bytes]) -> None:
    first = check("early.pfn")
    entries = list((folder / "kept").rglob("*.json"))
    assert len(entries) == 2
    for path in entries:
        path.write_bytes(spoil(path.read_bytes()))
    again = check("early.pfn")
    assert not cached(again) and same(first, again)
    assert cached(check("early.pfn"))


def test_an_entry_that_is_no_behaviour_is_not_believed(check: Run, folder: Path) -> None:
    """What is kept of a cell is taken step by step: a violation that is none is looked for again."""
    first = check("early.pfn")
    (folder / "early.pfn").write_text(f"# A remark.\n{MODEL}", encoding="utf-8")
    store = Store(folder / "kept")
    for path in (folder / "kept").rglob("*.json"):
        data = store.get(path.stem)
        assert data is not None
        if "behaviours" in data:
            data["behaviours"]["all of it"]["choices"].pop()
            store.put(path.stem, data)
    again = check("early.pfn")
    assert not cached(again) and again.returncode == first.returncode == 0


def test_an_unfinished_check_is_not_kept(check: Run) -> None:
    assert check("early.pfn", "--max-states", "2").returncode == 3
    assert not cached(check("early.pfn"))
    # A limit is none for what is known.
    limited = check("early.pfn", "--max-states", "2")
    assert cached(limited) and limited.returncode == 0


def test_side_by_side(check: Run, folder: Path) -> None:
    with ThreadPoolExecutor(4) as pool:
        ran = list(pool.map(lambda _: check("early.pfn"), range(6)))
    assert all(same(one, ran[0]) for one in ran)
    assert cached(check("early.pfn"))
    assert not [path.name for path in (folder / "kept").rglob(".*")]


def test_off(check: Run, pfnspec: Run, folder: Path) -> None:
    check("early.pfn")
    for options in (("--no-cache",), ("--keep", "files")):
        engine = "tlc" if "--keep" in options else "interpreter"
        ran = pfnspec("check", "early.pfn", "--engine", engine, *options, cwd=folder)
        assert not cached(ran) and ran.returncode == 0


def test_a_folder_that_cannot_be_one(check: Run, folder: Path, pfnspec: Run) -> None:
    ran = pfnspec("check", "early.pfn", "--cache", "early.pfn/kept", cwd=folder)
    assert ran.returncode == 4
    assert ran.stderr == "pfnspec: early.pfn/kept: Not a directory\n"


def test_what_nobody_asks_for_is_forgotten(tmp_path: Path) -> None:
    store = Store(tmp_path)
    store.put("ab" * 32, {"old": True})
    store.put("cd" * 32, {"used": True})
    long_ago = time.time() - 100 * 24 * 3600
    for path in tmp_path.rglob("*.json"):
        os.utime(path, (long_ago, long_ago))
    assert store.get("cd" * 32) == {"used": True}
    os.utime(tmp_path / "cleaned", (long_ago, long_ago))
    store.put("ef" * 32, [1])
    assert store.get("ab" * 32) is None
    assert store.get("cd" * 32) == {"used": True}
    assert store.get("ef" * 32) == [1]


def test_the_tool_is_part_of_the_key(tmp_path: Path) -> None:
    jar = tmp_path / "other.jar"
    jar.write_bytes(find_jar().read_bytes() + b" ")
    marks = {tool_mark(None), tool_mark(find_jar()), tool_mark(jar)}
    assert len(marks) == 3


# -- what TLC answered


TWO = """model two

shared on: bool = False

process switch:
    while True:
        on = not on

sometimes lit: on
property comes: always eventually on
property goes: always eventually not on
"""


@pytest.fixture
def updated(monkeypatch: pytest.MonkeyPatch) -> Callable[[], None]:
    """As if pfnspec were another one from now on."""

    def update() -> None:
        monkeypatch.setattr(sys.modules["pfnspec.check.options"], "_mark", lambda *_: "another")

    return update


@pytest.fixture
def no_java(tmp_path: Path) -> Path:
    """A Java that is none."""
    script = tmp_path / "java"
    script.write_text("#!/bin/sh\nexit 7\n", encoding="utf-8")
    script.chmod(0o755)
    return script


@pytest.mark.parametrize("model", [MODEL, LIVELY, TWO], ids=["early", "lively", "two"])
def test_an_update_that_translates_alike(
    archive: None, updated: Callable[[], None], no_java: Path, tmp_path: Path, model: str
) -> None:
    """Its verdicts are found anew, and TLC, which was asked the same before, is not run."""
    options = Options(cache=tmp_path / "kept")
    first = check_file("m.pfn", options, text=model)
    assert first.evidence is not None and first.evidence.cached == 0 and first.failure is None
    updated()
    again = check_file("m.pfn", replace(options, java=str(no_java)), text=model)
    assert again.failure is None and again.evidence is not None
    assert again.evidence.cached == again.evidence.runs == first.evidence.runs
    for one, other in zip(first.verdicts, again.verdicts, strict=True):
        assert one.evidence is not None and other.evidence is not None
        assert other.evidence.cached == other.evidence.runs
        searched = replace(other.evidence, cached=0, seconds=one.evidence.seconds)
        assert replace(other, evidence=searched) == one
    assert again.tlc == first.tlc and again.unreached == first.unreached


def test_only_what_is_new_is_asked_of_tlc(check: Run, folder: Path) -> None:
    (folder / "two.pfn").write_text(TWO, encoding="utf-8")
    first = check("two.pfn", engine="tlc")
    assert first.returncode == 0 and "2 runs" in first.stdout and not cached(first)
    (folder / "two.pfn").write_text(TWO.replace("eventually not on", "eventually on"), encoding="utf-8")
    changed = check("two.pfn", engine="tlc")
    assert "2 runs, 1 from the cache" in changed.stdout


def test_an_answer_that_is_not_true_is_found_out(
    archive: None, updated: Callable[[], None], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The interpreter gives its second opinion on remembered answers, too."""
    monkeypatch.setattr(tempfile, "tempdir", os.fspath(tmp_path))
    options = Options(cache=tmp_path / "kept")
    safe = MODEL.replace("ready = True\n    count = TOP", "count = TOP\n    ready = True")
    safe = safe.replace('expect "all of it" violated\n', "")
    assert check_file("m.pfn", options, text=safe).status == 0
    (good,) = (tmp_path / "kept" / "tlc").rglob("*.json")
    assert check_file("m.pfn", options, text=MODEL).status == 0
    store = Store(tmp_path / "kept" / "tlc")
    for path in (tmp_path / "kept" / "tlc").rglob("*.json"):
        store.put(path.stem, store.get(good.stem))
    updated()
    found = check_file("m.pfn", options, text=MODEL)
    assert found.failure is not None and found.failure.why == "disagreement"
    assert "the interpreter finds all of it violated" in found.failure.message


def test_answers_of_tlc_are_passed_over(pfnspec: Run, check: Run, folder: Path, no_java: Path) -> None:
    check("lively.pfn", engine="tlc")
    for options in (("--no-cache",), ("--cache", "kept", "--keep", "files")):
        ran = pfnspec("check", "lively.pfn", *options, "--java", no_java, cwd=folder)
        assert ran.returncode == 4 and "Java" in ran.stderr


def test_the_whole_tool_is_part_of_its_mark(tmp_path: Path) -> None:
    """Folders in folders too, and every kind of file; but not what Python makes of them."""
    deep = tmp_path / "a" / "b"
    deep.mkdir(parents=True)
    (deep / "code.py").write_text("x = 1\n")
    marks = [content_mark(tmp_path)]
    (deep / "code.py").write_text("x = 2\n")
    marks.append(content_mark(tmp_path))
    (deep / "words.txt").write_text("x\n")
    marks.append(content_mark(tmp_path))
    (deep / "words.txt").rename(tmp_path / "words.txt")
    marks.append(content_mark(tmp_path))
    assert len(set(marks)) == 4
    (deep / "__pycache__").mkdir()
    (deep / "__pycache__" / "code.cpython-311.pyc").write_bytes(b"x")
    assert content_mark(tmp_path) == marks[-1]
    root = Path(kept.__file__).parents[2]
    assert all(any((root / room).rglob("*.py")) for room in ROOMS)
