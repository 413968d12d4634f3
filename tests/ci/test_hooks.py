"""`.pre-commit-hooks.yaml`, by pre-commit itself."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path

import yaml

from .conftest import commit

ROOT = Path(__file__).resolve().parents[2]
UNTIDY = "model m\n\nshared   x: bool\n\nprocess p:\n    x = True\n\ninvariant never: x == False\n"


def test_hooks(repository: Path, offline: Mapping[str, str], tmp_path: Path) -> None:
    """Both are installed from a clone, and look at models only."""
    project = tmp_path / "project"
    project.mkdir()
    (project / "m.pfn").write_text(UNTIDY, encoding="utf-8")
    (project / "other.txt").write_text("no model\n", encoding="utf-8")
    commit(project, offline)
    environment = {**offline, "PRE_COMMIT_HOME": os.fspath(tmp_path / "home")}

    def run(*arguments: str | Path) -> subprocess.CompletedProcess[str]:
        words = [sys.executable, "-m", "pre_commit", *map(os.fspath, arguments)]
        return subprocess.run(
            words, cwd=project, env=environment, capture_output=True, text=True, check=False, timeout=240
        )

    hooks = yaml.safe_load((ROOT / ".pre-commit-hooks.yaml").read_text(encoding="utf-8"))
    assert [hook["id"] for hook in hooks] == ["pfnspec-fmt", "pfnspec-check"]
    head = subprocess.run(
        ["git", "rev-parse", "HEAD"], cwd=repository, env=offline, capture_output=True, text=True, check=True
    )
    wanted = [{"id": "pfnspec-fmt"}, {"id": "pfnspec-check", "args": ["--engine", "interpreter"]}]
    repo = {"repo": os.fspath(repository), "rev": head.stdout.strip(), "hooks": wanted}
    (project / ".pre-commit-config.yaml").write_text(yaml.safe_dump({"repos": [repo]}), encoding="utf-8")
    ran = run("run", "--all-files", "--color", "never")
    assert ran.returncode == 1, ran.stderr
    assert "m.pfn reformatted" in ran.stdout
    assert re.search(r"never +VIOLATED +but expected: holds", ran.stdout), ran.stdout
    assert "other.txt" not in ran.stdout
    (project / "m.pfn").write_text(
        (project / "m.pfn").read_text().replace("x == False", "x in {False, True}")
    )
    again = run("run", "--all-files", "--color", "never")
    assert (again.returncode, again.stdout.count("Passed")) == (0, 2), again.stdout


def test_manifest() -> None:
    words = [sys.executable, "-m", "pre_commit", "validate-manifest", ".pre-commit-hooks.yaml"]
    ran = subprocess.run(words, cwd=ROOT, capture_output=True, text=True, check=False)
    assert ran.returncode == 0, ran.stdout
