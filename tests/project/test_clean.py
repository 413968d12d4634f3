"""mypy and ruff find nothing, and no file says where it was written."""

from __future__ import annotations

import gzip
import lzma
import os
import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
SKIPPED = {"build", "dist", "node_modules", "__pycache__"}


def project_files() -> Iterator[Path]:
    """All files of the project: not what tools leave behind."""
    for folder, folders, names in os.walk(ROOT):
        folders[:] = sorted(
            name
            for name in folders
            if name not in SKIPPED
            and not name.endswith(".egg-info")
            and (not name.startswith(".") or name == ".ci")
        )
        for name in sorted(names):
            # In a second work tree of git, `.git` is a file that says where the first one is.
            if not name.endswith(".pyc") and name != ".git":
                yield Path(folder) / name


def test_mypy(request: pytest.FixtureRequest, tmp_path: Path) -> None:
    """Under the package's own name, which need not be that of the folder."""
    (tmp_path / "pfnspec").symlink_to(ROOT, target_is_directory=True)
    cache = getattr(request.config, "cache", None)
    kept = cache.mkdir("mypy") if cache else tmp_path / "cache"
    words = ["--config-file", os.fspath(ROOT / "pyproject.toml"), "--cache-dir", os.fspath(kept)]
    ran = subprocess.run(
        [sys.executable, "-m", "mypy", *words, "-p", "pfnspec"],
        cwd=tmp_path,
        env={**os.environ, "MYPYPATH": "", "PYTHONPATH": ""},
        capture_output=True,
        text=True,
        check=False,
    )
    assert ran.returncode == 0, ran.stdout + ran.stderr


@pytest.mark.parametrize("command", [("check",), ("format", "--check")], ids=["check", "format"])
def test_ruff(command: tuple[str, ...]) -> None:
    ran = subprocess.run(
        [sys.executable, "-m", "ruff", *command, "--no-cache", "."],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
    )
    assert ran.returncode == 0, ran.stdout[-4000:] + ran.stderr


FOREIGN = {
    "a path of somebody's machine": re.compile(r"(?<![\w.])/(?:wor[k]|roo[t]|hom[e]|op[t]|User[s])/\w"),
    "a package registry": re.compile(r"\bp[y]pi\b|pythonhoste[d]|npmj[s]", re.IGNORECASE),
    "a conflict": re.compile(r"^(?:<{7}|>{7}) ", re.MULTILINE),
    "something unfinished": re.compile(r"\b(?:TOD[O]|FIXM[E]|XX[X])\b"),
}


@pytest.mark.parametrize("what", FOREIGN)
def test_no_file_mentions(what: str) -> None:
    found: list[str] = []
    for path in project_files():
        if path.suffix == ".png":
            continue
        unpacked = {".xz": lzma.decompress, ".gz": gzip.decompress}.get(path.suffix, bytes)
        content = unpacked(path.read_bytes())
        text = content.decode("utf-8", "replace")
        for match in FOREIGN[what].finditer(text):
            line = text.count("\n", 0, match.start()) + 1
            found.append(f"{path.relative_to(ROOT)}:{line}: {match.group()!r}")
    assert found == []


def test_text_files_are_plain() -> None:
    """UTF-8, no carriage return, a line end at the end; pictures and what is packed are left out."""
    odd: list[str] = []
    for path in project_files():
        if path.suffix in (".png", ".xz", ".gz"):
            continue
        content = path.read_bytes()
        try:
            content.decode("utf-8")
        except UnicodeDecodeError:
            odd.append(f"{path.relative_to(ROOT)}: not UTF-8")
        if b"\r" in content:
            odd.append(f"{path.relative_to(ROOT)}: carriage return")
        if content and not content.endswith(b"\n"):
            odd.append(f"{path.relative_to(ROOT)}: no line end at the end")
    assert odd == []


def test_pictures_are_small_and_shown() -> None:
    pages = "".join(path.read_text(encoding="utf-8") for path in ROOT.glob("docs/*.md"))
    pictures = [path for path in project_files() if path.suffix == ".png"]
    assert pictures
    for picture in pictures:
        assert picture.stat().st_size < 150_000
        assert f"]({picture.relative_to(ROOT / 'docs').as_posix()})" in pages
