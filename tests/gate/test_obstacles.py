"""`pfnspec gate` and what can be in its way: one clear line, and the right exit status."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from collections.abc import Callable, Mapping
from pathlib import Path

import pytest
from checkout import ALONE, Checkout, Ran


def one_line(err: str) -> str:
    (line,) = err.splitlines()
    return line


def test_no_git_program(
    checkout: Checkout, gate: Callable[..., Ran], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PATH", os.fspath(tmp_path))
    status, _, err = gate()
    assert (status, one_line(err)) == (4, "pfnspec: `git` is needed for this, and it is not installed")


def test_no_checkout(gate: Callable[..., Ran], tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("GIT_CEILING_DIRECTORIES", os.fspath(tmp_path.parent))
    status, _, err = gate()
    assert (status, one_line(err)) == (2, "pfnspec: this folder is not in the work tree of a git checkout")


@pytest.mark.parametrize("ref", ["nowhere", "-x", "main:alone.pfn", "", "a b", "0" * 40])
def test_unknown_ref(checkout: Checkout, gate: Callable[..., Ran], ref: str) -> None:
    status, _, err = gate(f"--base={ref}")
    assert (status, one_line(err)) == (2, f"pfnspec: there is no commit `{ref}` in this checkout")


def test_shallow_clone(
    checkout: Checkout, gate: Callable[..., Ran], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    base = checkout.git("rev-parse", "HEAD")
    checkout.edit("alone.pfn", ("    x = 2\n", ""))
    checkout.commit()
    checkout.git("branch", "old", base)
    checkout.git("clone", "-q", "--depth", "1", checkout.folder.as_uri(), os.fspath(tmp_path / "clone"))
    monkeypatch.chdir(tmp_path / "clone")
    status, _, err = gate(base=base)
    assert status == 2
    assert one_line(err).endswith("it is a shallow clone; fetch the history (`git fetch --unshallow`)")
    subprocess.run(["git", "fetch", "-q", "--depth", "1", "origin", "old"], check=True)
    status, _, err = gate(base="FETCH_HEAD")
    assert status == 2
    assert one_line(err).startswith("pfnspec: `FETCH_HEAD` and HEAD have no common commit: it is a shallow")
    subprocess.run(["git", "fetch", "-q", "--unshallow"], check=True)
    assert gate(base=base)[0] == 1


def test_no_common_history(checkout: Checkout, gate: Callable[..., Ran]) -> None:
    checkout.git("checkout", "-q", "--orphan", "other")
    checkout.write("file.txt", "another history")
    checkout.commit()
    status, _, err = gate()
    assert (status, one_line(err)) == (2, "pfnspec: `main` and HEAD have no common commit")


def test_paths_that_are_no_models(checkout: Checkout, gate: Callable[..., Ran], tmp_path: Path) -> None:
    (tmp_path / "elsewhere.pfn").write_text(ALONE, encoding="utf-8")
    checkout.write("new.pfn", ALONE)
    checkout.write("empty/file.txt", "x")
    (checkout.folder / "link.pfn").symlink_to("alone.pfn")
    for path, why in {
        "../elsewhere.pfn": f"lies outside of the checkout in {checkout.folder.resolve()}",
        "new.pfn": "is not tracked; `git add` it first",
        "empty": "there is no model in this folder that git knows of",
        "nothing.pfn": "no such file, here or at the base",
        "link.pfn": "is a symbolic link; name the file that it leads to",
    }.items():
        status, _, err = gate(path)
        assert (status, one_line(err)) == (2, f"pfnspec: {path}: {why}")


def test_a_checkout_without_models(checkout: Checkout, gate: Callable[..., Ran]) -> None:
    checkout.git("rm", "-q", "-r", "models", "alone.pfn")
    base = checkout.commit()
    status, _, err = gate(base=base)
    assert (status, one_line(err)) == (
        2,
        "pfnspec: there is no model (*.pfn) in this checkout, at either end",
    )


def test_a_submodule(checkout: Checkout, gate: Callable[..., Ran]) -> None:
    commit = checkout.git("rev-parse", "HEAD")
    checkout.git("update-index", "--add", "--cacheinfo", f"160000,{commit},vendor")
    checkout.git("commit", "-q", "-m", "a submodule")
    checkout.write("vendor/base.pfn", ALONE)
    status, out, _ = gate()
    assert status == 0
    assert "note: the submodule vendor was not looked into" in out
    status, _, err = gate("vendor/base.pfn")
    assert status == 2
    assert one_line(err).endswith("lies in the submodule `vendor`; run `pfnspec gate` in there")
    checkout.write("own.pfn", 'model own varies "vendor/base.pfn"\n\nprocess two:\n    cpu_relax()\n')
    checkout.git("add", "own.pfn")
    checkout.git("commit", "-q", "-m", "a variant")
    checkout.edit("own.pfn", ("cpu_relax()", "cond_resched()"))
    status, _, err = gate()
    assert status == 2
    assert "own.pfn: cannot be compared at the base" in err
    assert "it lies in the submodule `vendor`" in one_line(err)


@pytest.mark.parametrize(
    "garbage", [b"\xff\xfe\x00model", b"model m\n\0\n", os.urandom(300), b"", b"model m\n"]
)
def test_garbage(checkout: Checkout, gate: Callable[..., Ran], garbage: bytes) -> None:
    checkout.write("alone.pfn", garbage)
    status, out, err = gate()
    assert status == 2
    assert one_line(err).startswith("pfnspec: alone.pfn: cannot be compared: alone.pfn:")
    assert "1 model cannot be compared" in out
    base = checkout.commit()
    checkout.write("alone.pfn", ALONE)
    status, out, err = gate(base=base)
    assert status == 2
    assert one_line(err).startswith("pfnspec: alone.pfn: cannot be compared at the base: alone.pfn:")
    status, out, _ = gate("--accept", "alone.pfn", base=base)
    assert status == 0
    assert "accepted   alone.pfn: it is not compared" in out


def test_a_base_that_is_gone(checkout: Checkout, gate: Callable[..., Ran]) -> None:
    (checkout.folder / "models/ticket.pfn").unlink()
    status, out, err = gate()
    assert status == 2
    assert "cannot read `models/ticket.pfn`" in one_line(err)
    assert "models/ticket.pfn: the model is deleted" in out


def test_reports_that_cannot_be_written(checkout: Checkout, gate: Callable[..., Ran]) -> None:
    status, _, err = gate("alone.pfn", "--report", "json=alone.pfn")
    assert (status, one_line(err)) == (2, "pfnspec: alone.pfn: a report would overwrite the model")
    checkout.edit("alone.pfn", ("    x = 2\n", ""))
    status, _, err = gate("--report", "json=alone.pfn")
    assert (status, one_line(err)) == (4, "pfnspec: alone.pfn: a report would overwrite the model")
    assert gate("--report", "html=x")[0] == 2


@pytest.mark.skipif(sys.platform == "win32", reason="POSIX signals")
def test_interrupted(
    checkout: Checkout,
    command_environment: Mapping[str, str],
    searches: Callable[[int], bool],
    eventually: Callable[..., bool],
) -> None:
    endless = "model alone\n\nconst TOP: int = 2\n\nshared a: range(TOP) = 0\nshared b: range(TOP) = 0\n"
    for name in "ab":
        step = f"            {name} = ({name} + 1) % TOP\n"
        endless += f"\nprocess p{name}:\n    while True:\n        atomic:\n{step}"
    checkout.write("alone.pfn", endless)
    checkout.commit()
    checkout.edit("alone.pfn", ("TOP: int = 2", "TOP: int = 4000"))
    words = [sys.executable, "-m", "pfnspec", "gate", "--base", "main", "--engine", "interpreter"]
    child = subprocess.Popen(
        words, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, env=dict(command_environment)
    )
    assert eventually(lambda: searches(child.pid))
    child.send_signal(signal.SIGINT)
    out, err = child.communicate(timeout=30)
    assert (child.returncode, err) == (3, "")
    assert "interrupted before the end" in out
    assert "WEAKER" not in out
