"""Java's archive of classes: made once, used when it is there, done without when it cannot be."""

from __future__ import annotations

import os
import shutil
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from pathlib import Path

import pytest
from pfnspec.tla import Holds, Job, Limits, Tools, find_tools, run, with_archive
from pfnspec.tla.archive import KEPT_DAYS

TINY = Job(
    module="tiny",
    module_text="---- MODULE tiny ----\nEXTENDS Naturals\nVARIABLE x\nInit == x = 0\nNext == x' = 1 - x\n"
    "Spec == Init /\\ [][Next]_x\n====\n",
    cfg_text="SPECIFICATION Spec\n",
    quick=True,
)


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A cache with an archive in it."""
    made = tmp_path_factory.mktemp("cache")
    assert with_archive(find_tools(), made).archive is not None
    return made


@pytest.fixture
def empty(tmp_path: Path) -> Path:
    """A cache with nothing in it."""
    made = tmp_path / "cache"
    made.mkdir(mode=0o700)
    return made


def test_it_is_made_once_and_nothing_else_stays(folder: Path) -> None:
    (archive,) = folder.iterdir()
    before = archive.stat().st_mtime_ns
    assert with_archive(find_tools(), folder) == replace(find_tools(), archive=archive)
    assert archive.stat().st_mtime_ns == before


def test_tlc_takes_its_classes_from_it(folder: Path, tmp_path: Path) -> None:
    log = tmp_path / "classes.log"
    job = replace(TINY, jvm_flags=(f"-Xlog:class+load:file={log}",))
    assert isinstance(run(job, with_archive(find_tools(), folder)), Holds)
    lines = [line for line in log.read_text("utf-8").splitlines() if " tlc2." in line or " tla2sany." in line]
    shared = [line for line in lines if "shared objects file" in line]
    assert len(shared) > 0.9 * len(lines) > 100


def test_only_one_of_several_makes_it(empty: Path) -> None:
    with ThreadPoolExecutor(4) as pool:
        found = list(pool.map(lambda _: with_archive(find_tools(), empty).archive, range(4)))
    assert len([archive for archive in found if archive]) == 1
    assert [path.suffix for path in empty.iterdir()] == [".jsa"]


def test_the_claim_of_one_who_died_lapses(empty: Path, folder: Path) -> None:
    (archive,) = folder.iterdir()
    claim = empty / (archive.name.split(".")[0] + ".making")
    claim.touch()
    assert with_archive(find_tools(), empty).archive is None
    os.utime(claim, (0, 0))
    assert with_archive(find_tools(), empty).archive is not None


def test_an_archive_that_is_none_is_no_trouble(tmp_path: Path) -> None:
    for number, content in enumerate((b"", b"no archive")):
        broken = tmp_path / f"{number}.jsa"
        broken.write_bytes(content)
        outcome = run(TINY, replace(find_tools(), archive=broken))
        assert isinstance(outcome, Holds), outcome
        assert outcome.totals.distinct == 2


def test_one_that_was_cut_off_is_made_again(empty: Path, folder: Path) -> None:
    (archive,) = folder.iterdir()
    cut = empty / archive.name
    cut.write_bytes(archive.read_bytes()[:100_000])
    again = with_archive(find_tools(), empty)
    assert again.archive is not None
    assert again.archive.stat().st_size > 1_000_000
    assert isinstance(run(TINY, again), Holds)


def test_without_a_folder_to_write(tmp_path: Path) -> None:
    assert with_archive(find_tools(), None) == find_tools()
    assert with_archive(find_tools(), tmp_path / "no" / "such") == find_tools()


def test_a_java_that_makes_none_is_asked_once(empty: Path) -> None:
    java = empty / "java"
    java.write_text(f'#!/bin/sh\necho >> "{empty}/asked"\nexit 1\n')
    java.chmod(0o755)
    tools = Tools(java, find_tools().jar)
    for _ in range(2):
        assert with_archive(tools, empty) == tools
    assert (empty / "asked").read_text() == "\n"
    assert len(list(empty.glob("tlc-*.none"))) == 1


def test_those_of_no_use_are_swept(empty: Path) -> None:
    """A Java that cannot make any will do: it says so in the same way."""
    java = empty / "java"
    java.write_text("#!/bin/sh\nexit 1\n")
    java.chmod(0o755)
    with_archive(Tools(java, find_tools().jar), empty)
    (mine,) = empty.glob("tlc-*.none")
    others = {name: empty / f"tlc-{name}" for name in ("0-0.9.jsa", "1-1.none", "0123456789abcdef.9.jsa")}
    for path in others.values():
        path.touch()
    old = time.time() - (KEPT_DAYS + 1) * 24 * 3600
    os.utime(others["0-0.9.jsa"], (old, old))
    os.utime(others["0123456789abcdef.9.jsa"], (old, old))
    java.write_text("#!/bin/sh\n# another state\nexit 1\n")
    with_archive(Tools(java, find_tools().jar), empty)
    left = {path.name for path in empty.glob("tlc-*")}
    assert mine.name not in left and len(left) == 2 and others["1-1.none"].name in left


@pytest.mark.skipif(os.name != "posix", reason="owners and modes are those of POSIX")
@pytest.mark.parametrize("mode", [0o770, 0o707])
def test_a_folder_that_others_can_write_to_is_not_used(folder: Path, empty: Path, mode: int) -> None:
    (archive,) = folder.iterdir()
    shutil.copy(archive, empty)
    assert with_archive(find_tools(), empty).archive is not None
    empty.chmod(mode)
    assert with_archive(find_tools(), empty) == find_tools()


def test_making_it_can_be_cancelled(empty: Path) -> None:
    cancel = threading.Event()
    cancel.set()
    assert with_archive(find_tools(), empty, cancel).archive is None
    assert list(empty.iterdir()) == []


def test_limits_hold_with_it(folder: Path, endless: str) -> None:
    job = replace(TINY, module_text=f"---- MODULE tiny ----\nEXTENDS Naturals\n{endless}====\n")
    outcome = run(job, with_archive(find_tools(), folder), Limits(seconds=2))
    assert type(outcome).__name__ == "Stopped"
