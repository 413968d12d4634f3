"""What is written for CI servers is what they take, as far as their published schemas tell."""

from __future__ import annotations

import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
import yaml

ROOT = Path(__file__).resolve().parents[2]
PAGE = (ROOT / "docs" / "ci.md").read_text(encoding="utf-8")
SCHEMAS = {
    "action.yml": "vendor.github-actions",
    ".github/workflows/pfnspec.yml": "vendor.github-workflows",
    ".gitlab-ci.yml": "vendor.gitlab-ci",
}
SHOWN = re.findall(r"^<!-- (\S+) -->\n```yaml\n(.*?)^```$", PAGE, re.MULTILINE | re.DOTALL)
TEXTS = [
    *SHOWN,
    ("action.yml", (ROOT / "action.yml").read_text(encoding="utf-8")),
    (".github/workflows/pfnspec.yml", (ROOT / "cli/commands/starter/github.yml").read_text(encoding="utf-8")),
    (".gitlab-ci.yml", (ROOT / "cli/commands/starter/gitlab.yml").read_text(encoding="utf-8")),
]


@pytest.mark.parametrize(("name", "text"), TEXTS, ids=[f"{i}: {name}" for i, (name, _) in enumerate(TEXTS)])
def test_schema(tmp_path: Path, name: str, text: str) -> None:
    file = tmp_path / "file.yml"
    file.write_text(text, encoding="utf-8")
    if name == ".pre-commit-config.yaml":
        words = ["pre_commit", "validate-config"]
    else:
        words = ["check_jsonschema", "--builtin-schema", SCHEMAS[name]]
    ran = subprocess.run(
        [sys.executable, "-m", *words, file], cwd=tmp_path, capture_output=True, text=True, check=False
    )
    assert ran.returncode == 0, ran.stdout + ran.stderr


def test_a_schema_refuses_what_is_unknown(tmp_path: Path) -> None:
    file = tmp_path / "action.yml"
    text = (ROOT / "action.yml").read_text(encoding="utf-8")
    file.write_text(text.replace("using: composite", "using: compost"), encoding="utf-8")
    words = [sys.executable, "-m", "check_jsonschema", "--builtin-schema", SCHEMAS["action.yml"], file]
    ran = subprocess.run(words, capture_output=True, text=True, check=False)
    assert ran.returncode == 1
    assert "using" in ran.stdout


def test_the_page_shows_each_of_them() -> None:
    names = {name for name, _ in SHOWN}
    assert names == {".github/workflows/pfnspec.yml", ".gitlab-ci.yml", ".pre-commit-config.yaml"}


def test_the_page_lists_all_inputs_and_outputs() -> None:
    action = yaml.safe_load((ROOT / "action.yml").read_text(encoding="utf-8"))
    about = PAGE[PAGE.index("| input |") : PAGE.index("**The gate.**")]
    rows = re.findall(r"^\| `([\w-]+)` \| .* \| (.*) \|$", about, re.MULTILINE)
    assert [name for name, _ in rows] == list(action["inputs"])
    for name, default in rows:
        if default.startswith("`"):
            assert default == f"`{action['inputs'][name]['default']}`"
    outputs = about[about.index("The outputs") :]
    assert re.findall(r"`([\w-]+)`", outputs) == list(action["outputs"])
    hooks = yaml.safe_load((ROOT / ".pre-commit-hooks.yaml").read_text(encoding="utf-8"))
    assert all(f"- id: {hook['id']}\n" in PAGE for hook in hooks)


@pytest.mark.skipif(shutil.which("make") is None, reason="there is no make")
def test_the_make_file_on_the_page(tmp_path: Path) -> None:
    (text,) = re.findall(r"^```make\n(.*?)^```$", PAGE, re.MULTILINE | re.DOTALL)
    (tmp_path / "Makefile").write_text(text, encoding="utf-8")
    ran = subprocess.run(["make", "-n"], cwd=tmp_path, capture_output=True, text=True, check=False)
    assert (ran.returncode, ran.stderr) == (0, "")
    assert ran.stdout == "pfnspec fmt --check\npfnspec check --report junit=pfnspec.xml\n"
