"""`action.yml`: GitHub knows its keys, and its steps do what they say."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Any
from xml.etree import ElementTree

import pytest
import yaml

from .conftest import commit

ROOT = Path(__file__).resolve().parents[2]
ACTION: dict[str, Any] = yaml.safe_load((ROOT / "action.yml").read_text(encoding="utf-8"))
EXPRESSION = re.compile(r"\$\{\{ *([\w.-]+) *\}\}")


class Runner:
    """Runs an action's steps in a checkout, as GitHub's runner would, but those that use other actions."""

    def __init__(self, checkout: Path, temporary: Path, environment: Mapping[str, str]) -> None:
        self.checkout, self.temporary = checkout, temporary
        self.environment = dict(environment)
        self.known = {
            "steps.python.outputs.python-path": sys.executable,
            "runner.temp": os.fspath(temporary),
        }
        self.said = ""

    def start(self, **inputs: str) -> None:
        """The inputs are these, and the defaults of others; what earlier steps have said is forgotten."""
        for name, about in ACTION["inputs"].items():
            default = about["default"] if "github." not in about["default"] else ""
            self.known[f"inputs.{name}"] = inputs.get(name.replace("-", "_"), default)

    def value(self, text: str) -> str:
        return EXPRESSION.sub(lambda match: self.known[match[1]], text)

    def wanted(self, condition: str) -> bool:
        """An `if` with the few words that are used in this action."""
        words = re.sub(r"^\$\{\{|\}\}$", "", condition).replace("!cancelled()", "True").replace("&&", " and ")
        words = re.sub(r"\b(?:inputs|steps)\.[\w.-]+", lambda match: repr(self.known[match[0]]), words)
        return bool(eval(words, {"__builtins__": {}}))

    def run(self, step: Mapping[str, Any]) -> int:
        script, output = self.temporary / "script.sh", self.temporary / "output"
        script.write_text(step["run"], encoding="utf-8")
        output.write_text("", encoding="utf-8")
        runner = {"GITHUB_ACTIONS": "true", "GITHUB_OUTPUT": os.fspath(output)}
        own = {name: self.value(text) for name, text in step["env"].items()}
        ran = subprocess.run(
            ["bash", "--noprofile", "--norc", "-eo", "pipefail", script],
            cwd=self.checkout / self.value(step.get("working-directory", ".")),
            env=self.environment | runner | own,
            capture_output=True, text=True, check=False, timeout=240,
        )  # fmt: skip
        self.said = ran.stdout + ran.stderr
        if "id" in step:
            self.known[f"steps.{step['id']}.outcome"] = "failure" if ran.returncode else "success"
            for line in output.read_text(encoding="utf-8").splitlines():
                name, _, value = line.partition("=")
                self.known[f"steps.{step['id']}.outputs.{name}"] = value
        return ran.returncode

    def output(self, name: str) -> str:
        return self.value(ACTION["outputs"][name]["value"])


PYTHON, INSTALL, CACHE, CHECK, GATE = ACTION["runs"]["steps"]


@pytest.fixture(scope="module")
def runner(repository: Path, offline: Mapping[str, str], tmp_path_factory: pytest.TempPathFactory) -> Runner:
    """A runner that has installed pfnspec from the action's own folder."""
    temporary, checkout = tmp_path_factory.mktemp("runner"), tmp_path_factory.mktemp("checkout")
    places = {"RUNNER_TEMP": os.fspath(temporary), "GITHUB_ACTION_PATH": os.fspath(repository)}
    made = Runner(checkout, temporary, {**offline, **places, "GITHUB_WORKSPACE": os.fspath(checkout)})
    assert made.run(INSTALL) == 0, made.said
    assert (temporary / "pfnspec/bin/pfnspec").is_file()
    return made


GOOD = "model good\n\nshared x: bool\n\nprocess p:\n    x = True\n"
BAD = GOOD.replace("good", "bad") + "\ninvariant never: x == False\n"


@pytest.fixture
def checkout(runner: Runner) -> Path:
    """A fresh checkout, with models/good.pfn."""
    shutil.rmtree(runner.checkout)
    (runner.checkout / "models").mkdir(parents=True)
    (runner.checkout / "models/good.pfn").write_text(GOOD, encoding="utf-8")
    return runner.checkout


def test_the_installed_one_is_run(runner: Runner) -> None:
    words = [runner.temporary / "pfnspec/bin/python", "-c", "import pfnspec; print(pfnspec.__file__)"]
    ran = subprocess.run(words, env=runner.environment, cwd="/", capture_output=True, text=True, check=True)
    assert Path(ran.stdout.strip()).is_relative_to(runner.temporary)


def test_a_violation(runner: Runner, checkout: Path) -> None:
    """Annotations, reports and the status of the check are there although the step fails."""
    (checkout / "models/bad.pfn").write_text(BAD, encoding="utf-8")
    runner.start(paths="models\n  models/good.pfn", args="--engine interpreter\n--timeout 100")
    assert runner.run(CHECK) == 1, runner.said
    assert "::error file=models/bad.pfn,line=8" in runner.said
    assert runner.output("status") == "1"
    for kind, begin in (("junit", "<?xml"), ("sarif", "{"), ("html", "<!DOCTYPE html>")):
        path = Path(runner.output(kind))
        assert path.parent == checkout / "pfnspec-reports"
        assert path.read_text(encoding="utf-8").lstrip().startswith(begin)
    assert len(ElementTree.parse(runner.output("junit")).getroot()) == 2


def test_what_the_project_configures(runner: Runner, checkout: Path) -> None:
    """No input: the paths are the project's; TLC and Java are those that come with pfnspec."""
    (checkout / "deep").mkdir()
    (checkout / "models").rename(checkout / "deep/models")
    (checkout / "deep/pfnspec.toml").write_text('paths = ["models"]\n', encoding="utf-8")
    runner.start(working_directory="deep", reports="out/reports")
    assert runner.run(CHECK) == 0, runner.said
    assert Path(runner.output("html")) == checkout / "deep/out/reports/pfnspec.html"


@pytest.mark.parametrize("paths", ["", "no*.pfn", "--help"])
def test_nothing_to_check(runner: Runner, checkout: Path, paths: str) -> None:
    """What is not there is an error, no pattern of the shell and no option."""
    runner.start(paths=paths)
    assert runner.run(CHECK) == 2, runner.said
    assert runner.output("status") == "2"
    assert ("name a model" if not paths else f"cannot read `{paths}`") in runner.said


def test_a_pull_request(runner: Runner, tmp_path: Path, offline: Mapping[str, str]) -> None:
    """From a checkout of one commit; the base has gone on since the branch left it."""
    origin = tmp_path / "origin"
    (origin / "models").mkdir(parents=True)
    model = origin / "models/good.pfn"

    def git(*words: str) -> str:
        ran = subprocess.run(
            ["git", *words], cwd=origin, env=offline, capture_output=True, text=True, check=True
        )
        return ran.stdout.strip()

    def checked_out() -> None:
        shutil.rmtree(runner.checkout)
        words = ["git", "clone", "-q", "--depth=1", "--branch=topic", origin.as_uri(), runner.checkout]
        subprocess.run(words, env=offline, check=True)

    model.write_text(GOOD + "\ninvariant small: x == False or x == True\n", encoding="utf-8")
    commit(origin, offline)
    git("branch", "-M", "main")
    git("checkout", "-q", "-b", "topic")
    model.write_text(GOOD, encoding="utf-8")
    commit(origin, offline)
    git("checkout", "-q", "main")
    (origin / "other.txt").touch()
    commit(origin, offline)
    runner.start(base=git("rev-parse", "main"), paths="models")
    runner.known["steps.check.outcome"] = "success"
    assert runner.wanted(GATE["if"])
    checked_out()
    assert runner.run(GATE) == 1, runner.said
    assert "small" in runner.said
    git("checkout", "-q", "topic")
    git("checkout", "-q", "main", "--", "models")
    commit(origin, offline)
    checked_out()
    assert runner.run(GATE) == 0, runner.said


def test_when_there_is_a_gate(runner: Runner) -> None:
    """Only for a pull request, and also when the check has failed; not when pfnspec is not there."""
    runner.start()
    runner.known["steps.check.outcome"] = "success"
    assert not runner.wanted(GATE["if"])
    runner.start(base="main")
    runner.known["steps.check.outcome"] = "failure"
    assert runner.wanted(GATE["if"])
    runner.known["steps.check.outcome"] = "skipped"
    assert not runner.wanted(GATE["if"])


def test_expressions_name_what_there_is() -> None:
    """Inputs, steps and their outputs that the action's expressions use."""
    text = (ROOT / "action.yml").read_text(encoding="utf-8")
    assert set(re.findall(r"\binputs\.([\w-]+)", text)) == set(ACTION["inputs"])
    written = set(re.findall(r"(\w+)=pfnspec\.", CHECK["run"])) | {"status"}
    assert set(re.findall(r"steps\.check\.outputs\.(\w+)", text)) == written
    assert CHECK["env"]["PFNSPEC_CACHE"] == GATE["env"]["PFNSPEC_CACHE"]
    assert CACHE["with"]["path"] == f"{CHECK['env']['PFNSPEC_CACHE']}/pfnspec/verdicts"
    assert set(re.findall(r"steps\.(\w+)\.", text)) == {PYTHON["id"], CHECK["id"]}
