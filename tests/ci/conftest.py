"""A copy of this repository with a commit of its own, and an environment to install it in."""

from __future__ import annotations

import os
import shutil
import subprocess
import sysconfig
from collections.abc import Mapping
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
LEFT_OUT = shutil.ignore_patterns(
    ".git",
    ".venv",
    "build",
    "dist",
    "*.egg-info",
    "__pycache__",
    "tests",
    "bench",
    "node_modules",
    ".*_cache",
)


@pytest.fixture(scope="session")
def offline(
    command_environment: Mapping[str, str], tmp_path_factory: pytest.TempPathFactory
) -> dict[str, str]:
    """The environment of a command that installs pfnspec: its dependencies are those of the tests, so that
    nothing is fetched; git and GitHub know nothing of this machine."""
    empty = tmp_path_factory.mktemp("home")
    kept = {
        k: v for k, v in command_environment.items() if not k.startswith(("GIT_", "GITHUB_", "PIP_", "CI"))
    }
    return kept | {
        "HOME": os.fspath(empty),
        "GIT_CONFIG_GLOBAL": os.devnull,
        "GIT_CONFIG_NOSYSTEM": "1",
        "PIP_CONFIG_FILE": os.devnull,
        "PIP_NO_DEPS": "1",
        "PIP_NO_INDEX": "1",
        "PIP_NO_BUILD_ISOLATION": "0",
        "PYTHONPATH": sysconfig.get_path("purelib"),
    }


def commit(folder: Path, environment: Mapping[str, str]) -> None:
    """Makes a repository of the folder, or another commit in it."""
    who = ["-c", "user.name=somebody", "-c", "user.email=somebody@example.org"]
    for words in (["init", "-q"], ["add", "-A"], [*who, "commit", "-qm", "a commit"]):
        subprocess.run(["git", *words], cwd=folder, env=environment, check=True)


@pytest.fixture(scope="session")
def repository(offline: Mapping[str, str], tmp_path_factory: pytest.TempPathFactory) -> Path:
    """This repository as others see it, with one commit."""
    folder = tmp_path_factory.mktemp("clone") / "pfnspec"
    shutil.copytree(ROOT, folder, ignore=LEFT_OUT)
    commit(folder, offline)
    return folder
