"""The extension for Visual Studio Code: its files, its grammar, its snippets, its problem matcher."""

from __future__ import annotations

import json
import re
import shutil
import subprocess
from pathlib import Path
from typing import Any

import pytest
from pfnspec.dsl.source import Source
from pfnspec.dsl.syntax.parse import parse

ROOT = Path(__file__).resolve().parents[2]
FOLDER = ROOT / "editors" / "vscode"


def data(name: str) -> Any:
    return json.loads((FOLDER / name).read_text(encoding="utf-8"))


PACKAGE = data("package.json")
SNIPPETS = data("snippets/pfn.json")
BODY = {"with", "atomic", "either", "maybe", "assert", "wait"}
"""What stands in the body of a process."""


def test_the_files_that_it_names_exist() -> None:
    offered = PACKAGE["contributes"]
    for part in (*offered["languages"], *offered["grammars"], *offered["snippets"]):
        path = part.get("configuration") or part["path"]
        assert (FOLDER / path).is_file(), path
    assert PACKAGE["main"] == "./dist/extension.js"
    assert PACKAGE["scripts"]["build"].endswith("--outfile=dist/extension.js")


def test_it_has_the_project_s_version() -> None:
    text = (ROOT / "pyproject.toml").read_text(encoding="utf-8")
    assert f'version = "{PACKAGE["version"]}"' in text


def test_its_lock_names_no_server() -> None:
    assert "resolved" not in (FOLDER / "package-lock.json").read_text(encoding="utf-8")


def test_settings_and_commands_are_those_of_the_code() -> None:
    code = (FOLDER / "src" / "extension.js").read_text(encoding="utf-8")
    offered = PACKAGE["contributes"]
    settings = {name.removeprefix("pfnspec.") for name in offered["configuration"]["properties"]}
    # The library itself reads the setting of the trace.
    used = set(re.findall(r'\.get\("(\w+)"\)', code)) | {"trace.server"}
    assert settings == used
    assert {one["command"] for one in offered["commands"]} == set(
        re.findall(r'registerCommand\("(.*?)"', code)
    )
    matchers = {f"${one['name']}" for one in offered["problemMatchers"]}
    assert matchers == set(re.findall(r'"(\$[\w-]+)"', code))


@pytest.mark.parametrize("name", SNIPPETS)
def test_a_snippet_is_a_piece_of_a_model(name: str) -> None:
    snippet = SNIPPETS[name]
    text = "\n".join(snippet["body"])
    text = re.sub(r"\$\{TM_FILENAME_BASE[^}]*\}", "snippet", text)
    text = re.sub(r"\$\{\d\|(\w+)[^}]*\|\}", r"\1", text)
    text = re.sub(r"\$\{(\d):([^}]*)\}", r"\2", text)
    text = text.replace("$2]", "TASKS]").replace("($2)", "()")
    if snippet["prefix"] == "class":
        text = text.replace("    $0", "")
    text = text.replace("$0", "pass")
    if snippet["prefix"] in ("varies", "scenario"):
        text = text.replace("pass", "")
    if snippet["prefix"].removesuffix("read").removesuffix("write") in BODY:
        text = "process p:\n" + "\n".join(f"    {line}" for line in text.split("\n"))
    if not re.search(r"^model\b", text, re.MULTILINE):
        text = f"model snippet\n{text}"
    parsed, diagnostics = parse(Source("snippet.pfn", text + "\n"))
    assert parsed is not None, (text, [fault.message for fault in diagnostics])


def test_a_snippet_s_places_are_numbered() -> None:
    for name, snippet in SNIPPETS.items():
        places = {int(n) for n in re.findall(r"\$\{?(\d)", "\n".join(snippet["body"]))}
        assert places - {0} == set(range(1, len(places - {0}) + 1)), name


LINES = {
    'a b.pfn:12:5: violated[no [x] here]: under spin: assert x, "y: z"': ("error", "a b.pfn", "12", "5"),
    "a.pfn:8:1: note: step 1 waiter tries = 0": ("note", "a.pfn", "8", "1"),
    "a.pfn:8:1: warning[unreached]: no behaviour reaches label odd": ("warning", "a.pfn", "8", "1"),
    "a.pfn:4:1: error[declared-twice]: `x` is declared already": ("error", "a.pfn", "4", "1"),
    "a.pfn:4:1: expected[deadlock]: Tasks wait for each other": ("info", "a.pfn", "4", "1"),
    "a.pfn:4:1: undecided[deadlock]: not decided": ("info", "a.pfn", "4", "1"),
    "  4 | shared x: bool": None,
}


@pytest.mark.parametrize("line", LINES)
def test_problem_matchers(line: str) -> None:
    found = []
    for matcher in PACKAGE["contributes"]["problemMatchers"]:
        pattern = matcher["pattern"]
        match = re.match(pattern["regexp"], line)
        if match:
            severity = match[pattern["severity"]]
            known = severity if severity in ("error", "warning", "info", "note") else matcher["severity"]
            found.append((known, *(match[pattern[part]] for part in ("file", "line", "column"))))
    assert found == ([] if LINES[line] is None else [LINES[line]])


def test_grammar() -> None:
    """The words' scopes, by the extension's own test."""
    if shutil.which("npm") is None or not (FOLDER / "node_modules").is_dir():
        pytest.skip("the extension's packages are not installed: its grammar was not tried")
    ran = subprocess.run(
        ["npm", "test"], cwd=FOLDER, capture_output=True, encoding="utf-8", timeout=120, check=False
    )
    assert ran.returncode == 0, ran.stdout + ran.stderr
