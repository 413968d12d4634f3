"""The commands of the pipelines that are shown and written, run by a shell as a runner does."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from collections.abc import Callable, Iterable, Mapping
from pathlib import Path
from typing import Any
from xml.etree import ElementTree

import pytest
import yaml

ROOT = Path(__file__).resolve().parents[2]
PAGE = (ROOT / "docs" / "ci.md").read_text(encoding="utf-8")
GITLAB = [
    yaml.safe_load(text)
    for text in re.findall(r"^<!-- .gitlab-ci.yml -->\n```yaml\n(.*?)^```$", PAGE, re.MULTILINE | re.DOTALL)
]
GOOD = "model good\n\nshared x: bool\n\nprocess p:\n    x = True\n"
BAD = GOOD.replace("good", "bad") + "\ninvariant never: x == False\n"

Shell = Callable[..., "subprocess.CompletedProcess[str]"]


@pytest.fixture
def project(tmp_path: Path) -> Path:
    """Two models, of which one is wrong, and a configuration."""
    folder = tmp_path / "project"
    (folder / "models").mkdir(parents=True)
    (folder / "models/good.pfn").write_text(GOOD, encoding="utf-8")
    (folder / "models/bad.pfn").write_text(BAD, encoding="utf-8")
    (folder / "pfnspec.toml").write_text('paths = ["models"]\n', encoding="utf-8")
    return folder


@pytest.fixture
def shell(command_environment: Mapping[str, str], tmp_path: Path) -> Shell:
    """Runs commands in a folder, where `pfnspec` is this one; installing it is left out."""
    folder = tmp_path / "bin"
    folder.mkdir()
    (folder / "pfnspec").write_text(f'#!/bin/sh\nexec "{sys.executable}" -m pfnspec "$@"\n', encoding="utf-8")
    (folder / "pfnspec").chmod(0o755)

    def run(commands: Iterable[str], cwd: Path, **more: str) -> subprocess.CompletedProcess[str]:
        script = "\n".join(line for line in commands if not line.startswith("python -m pip install "))
        path = f"{folder}{os.pathsep}{command_environment['PATH']}"
        environment = {**command_environment, **more, "PATH": path}
        words = ["bash", "-eo", "pipefail", "-c", script]
        return subprocess.run(
            words, cwd=cwd, env=environment, capture_output=True, text=True, check=False, timeout=240
        )

    return run


def cases(path: Path) -> dict[str, bool]:
    """The test cases of a JUnit report, and whether each failed."""
    found = ElementTree.parse(path).getroot().iter("testcase")
    return {f"{one.get('classname')} {one.get('name')}": one.find("failure") is not None for one in found}


def artifacts(job: Mapping[str, Any]) -> list[str]:
    return [*job["artifacts"]["paths"], *job["artifacts"].get("reports", {}).values()]


def test_one_job(shell: Shell, project: Path) -> None:
    job = GITLAB[0]["pfnspec"]
    ran = shell(job["script"], project)
    assert ran.returncode == 1, ran.stderr
    assert [name for name, failed in cases(project / "pfnspec.xml").items() if failed] == ["models.bad never"]
    assert all((project / name).is_file() for name in artifacts(job))


def test_shards(shell: Shell, project: Path) -> None:
    """The parts together are what one job says."""
    jobs = GITLAB[1]
    shards, merge = jobs["pfnspec"], jobs["pfnspec-report"]
    assert merge["needs"] == ["pfnspec"]
    total = shards["parallel"]
    statuses = {
        shell(shards["script"], project, CI_NODE_INDEX=str(index), CI_NODE_TOTAL=str(total)).returncode
        for index in range(1, total + 1)
    }
    assert statuses <= {0, 1}
    (pattern,) = artifacts(shards)
    assert len(list(project.glob(pattern))) == total
    ran = shell(merge["script"], project)
    assert ran.returncode == 1, ran.stderr
    assert all((project / name).is_file() for name in artifacts(merge))
    merged = cases(project / "pfnspec.xml")
    assert shell(GITLAB[0]["pfnspec"]["script"], project).returncode == 1
    assert merged == cases(project / "pfnspec.xml")


@pytest.mark.parametrize("kind", ["--github", "--gitlab"])
def test_what_init_writes(shell: Shell, tmp_path: Path, kind: str) -> None:
    """Its commands pass, and leave what is to be kept."""
    (tmp_path / "new").mkdir()
    ran = shell([f"pfnspec init {'' if kind == '--github' else kind}"], tmp_path / "new")
    assert ran.returncode == 0, ran.stderr
    file = re.findall(r"^wrote (.*\.yml)$", ran.stdout, re.MULTILINE)[0]
    written = yaml.safe_load((tmp_path / "new" / file).read_text(encoding="utf-8"))
    if kind == "--github":
        steps = written["jobs"]["check"]["steps"]
        commands, kept = [step["run"] for step in steps if "run" in step], [steps[-1]["with"]["path"]]
    else:
        commands, kept = written["pfnspec"]["script"], artifacts(written["pfnspec"])
    ran = shell(commands, tmp_path / "new")
    assert (ran.returncode, ran.stderr) == (0, "")
    assert all((tmp_path / "new" / name).is_file() for name in kept)
