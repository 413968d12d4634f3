"""`pfnspec.toml` and `[tool.pfnspec]`, folders instead of files, and what wins over what."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from subprocess import CompletedProcess

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pfnspec.check.project.configuration import configured
from pfnspec.check.project.paths import below
from pfnspec.report.kinds import KINDS

Run = Callable[..., "CompletedProcess[str]"]
MODEL = "model m\n\nshared x: bool\n\nprocess p:\n    x = True\n"
NO_PATHS = "pfnspec: name a model or a folder, or set `paths` in pfnspec.toml\n"


@pytest.fixture
def project(tmp_path: Path) -> Path:
    """A folder with `models/a.pfn` and `models/deep/b.pfn`, beside models that nobody means."""
    for name in (
        "models/a.pfn",
        "models/deep/b.pfn",
        "models/.hidden/c.pfn",
        "models/.#d.pfn",
        "models/environment/lib/e.pfn",
        ".venv/f.pfn",
    ):
        path = tmp_path / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(MODEL, encoding="utf-8")
    (tmp_path / "models/environment/pyvenv.cfg").touch()
    (tmp_path / "models/notes.txt").touch()
    (tmp_path / "empty").mkdir()
    return tmp_path


ALL_KEYS = """\
paths = ["models", "x/**/*.pfn"]
timeout = 600
run-timeout = 1.5
max-states = 5_000_000
jobs = 2
workers = 3
width = 72
policies = ["spin"]
scenarios = ["up", "smp"]

[reports]
junit = "out/pfnspec.xml"
"""


@pytest.mark.parametrize("form", ["pfnspec.toml", "pyproject.toml"])
def test_all_keys(tmp_path: Path, form: str) -> None:
    text = ALL_KEYS
    if form == "pyproject.toml":
        text = '[project]\nname = "p"\n[tool.pfnspec]\n' + text.replace("[reports]", "[tool.pfnspec.reports]")
    (tmp_path / form).write_text(text, encoding="utf-8")
    (tmp_path / "deep" / "er").mkdir(parents=True)
    found = configured(tmp_path / "deep" / "er", KINDS).configuration
    assert found is not None
    assert (found.folder, found.file) == (tmp_path.resolve(), tmp_path.resolve() / form)
    assert found.paths == ("models", "x/**/*.pfn")
    assert (found.timeout, found.run_timeout, found.max_states) == (600, 1.5, 5_000_000)
    assert (found.jobs, found.workers, found.width) == (2, 3, 72)
    assert (found.policies, found.scenarios) == (("spin",), ("up", "smp"))
    assert dict(found.reports) == {"junit": "out/pfnspec.xml"}
    line = text.splitlines()[found.place("reports", "junit").line - 1]
    assert line.startswith("junit")


@pytest.mark.parametrize("mark", [".git", "pyproject.toml", "pfnspec.toml"])
def test_the_search_ends_at_the_root_of_the_project(tmp_path: Path, mark: str) -> None:
    (tmp_path / "pfnspec.toml").write_text("jobs = 7\n", encoding="utf-8")
    inner = tmp_path / "inner"
    inner.mkdir()
    outer = configured(inner, KINDS).configuration
    assert outer is not None
    assert outer.jobs == 7
    (inner / mark).touch()
    found = configured(inner, KINDS).configuration
    assert found is not None
    assert found.jobs is None


FAULTS = [
    ('path = ["m"]\n', "1:1: there is no setting `path`", "did you mean `paths`?"),
    (
        "\njobs = 1\nmax_states = 5\n",
        "3:1: there is no setting `max_states`",
        "did you mean `max-states`?",
    ),
    (
        "[checks]\njobs = 1\n",
        "1:2: there is no setting `checks`",
        "there are: jobs, max-states, paths, policies, reports, run-timeout, scenarios, timeout, width,"
        " workers",
    ),
    ('"\\u001b" = 1\n', "1:1: there is no setting `?`", None),
    ('# paths\npaths = "m"\n', "2:1: `paths` takes a list of files, folders and patterns, not a text", None),
    ("paths = []\n", "1:1: `paths` takes a list of files, folders and patterns, not an empty list", None),
    ('policies = ["spin", 3]\n', "1:1: `policies` takes a list of wait policies, not a list with `3`", None),
    ('scenarios = [""]\n', "1:1: `scenarios` takes a list of scenarios, not a list with an empty text", None),
    ('timeout = "10"\n', "1:1: `timeout` takes a number of seconds above zero, not a text", None),
    ("timeout = nan\n", "1:1: `timeout` takes a number of seconds above zero, not `nan`", None),
    ("run-timeout = 0\n", "1:1: `run-timeout` takes a number of seconds above zero, not `0`", None),
    ("jobs = true\n", "1:1: `jobs` takes a whole number above zero, not `true`", None),
    ("workers = 1.5\n", "1:1: `workers` takes a whole number above zero, not `1.5`", None),
    ("max-states = -1\n", "1:1: `max-states` takes a whole number above zero, not `-1`", None),
    ("width = 2020-01-01\n", "1:1: `width` takes a whole number above zero, not a date or time", None),
    ('reports = ["a"]\n', "1:1: `reports` takes a table of kinds and files, not a list", None),
    (
        'reports = {sarif = "a", junt = "b"}\n',
        "1:25: there is no kind of report `junt`",
        "did you mean `junit`?",
    ),
    ("[reports]\njunit = 3\n", "2:1: `junit` takes the name of a file, not `3`", None),
    ('[reports]\njunit = "../x"\n', "2:1: `../x` lies outside the project", "name it on the command line"),
    ('[reports]\nhtml = ".git/x"\n', "2:1: `.git/x` lies in `.git`", "no report is written there"),
    ('[reports]\nhtml = "a/../.GIT"\n', "2:1: `a/../.GIT` lies in `.GIT`", "no report is written there"),
    ('[reports]\nhtml = "sub/.git/hooks/x"\n', "2:1: `sub/.git/hooks/x` lies in `.git`", None),
    ('paths = ["/etc"]\n', "1:1: `/etc` lies outside the project", "name it on the command line"),
    ("jobs = 1\njobs\n", "2:5: this is not TOML: expected '=' after a key in a key/value pair", None),
    ("jobs = 1\njobs = 2\n", "2:9: this is not TOML: cannot overwrite a value", None),
    ("paths = [", "1:10: this is not TOML: invalid value", None),
    ("jobs = " + "[" * 5000, "1:1: this is nested too deeply", None),
    ("jobs = " + "9" * 5000, None, None),
]


@pytest.mark.parametrize(("text", "wanted", "help"), FAULTS, ids=[str(row[1]) for row in FAULTS])
def test_faults(tmp_path: Path, text: str, wanted: str | None, help: str | None) -> None:
    (tmp_path / "pfnspec.toml").write_text(text, encoding="utf-8")
    found = configured(tmp_path, KINDS)
    assert found.configuration is None
    (fault,) = found.diagnostics
    assert fault.code == "configuration"
    if wanted is not None:
        assert f"{fault.span.line}:{fault.span.column}: {fault.message}" == wanted
    if help is not None:
        assert fault.help == help


@given(st.text(st.sampled_from(list("ab =[]{}\"'#\n.\\1-,pfnspec\0\u00e9")), max_size=40))
def test_any_text_has_an_answer(tmp_path_factory: pytest.TempPathFactory, text: str) -> None:
    """Whatever stands in the file: a configuration or diagnostics within it, and no exception."""
    file = tmp_path_factory.getbasetemp() / "any.toml"
    file.write_text(text, encoding="utf-8")
    found = configured(file.parent, KINDS, file)
    assert (found.configuration is None) == bool(found.diagnostics)
    for fault in found.diagnostics:
        assert 1 <= fault.span.line <= text.count("\n") + 1


def test_all_faults_are_told(pfnspec: Run, project: Path) -> None:
    (project / "pfnspec.toml").write_text("job = 1\nwidth = 0\n", encoding="utf-8")
    ran = pfnspec("check", cwd=project)
    assert (ran.returncode, ran.stdout) == (2, "")
    assert ran.stderr == (
        "pfnspec.toml:1:1: error[configuration]: there is no setting `job`\n"
        "  1 | job = 1\n    | ^^^\n  help: did you mean `jobs`?\n"
        "pfnspec.toml:2:1: error[configuration]: `width` takes a whole number above zero, not `0`\n"
        "  2 | width = 0\n    | ^^^^^\n"
    )


@pytest.mark.parametrize("content", [b"\xff", b"\0", None], ids=["not UTF-8", "NUL", "a folder"])
def test_what_cannot_be_read(tmp_path: Path, content: bytes | None) -> None:
    file = tmp_path / "other.toml"
    if content is None:
        file.mkdir()
    else:
        file.write_bytes(content)
    found = configured(tmp_path, KINDS, file)
    assert found.configuration is None
    assert len(found.diagnostics) == 1


def test_two_files_are_refused(tmp_path: Path) -> None:
    (tmp_path / "pfnspec.toml").write_text("jobs = 1\n", encoding="utf-8")
    (tmp_path / "pyproject.toml").write_text("[tool.pfnspec]\njobs = 2\n", encoding="utf-8")
    found = configured(tmp_path, KINDS)
    (fault,) = found.diagnostics
    assert fault.message == "this table and `pfnspec.toml` both configure pfnspec"
    assert (fault.span.path, fault.span.line) == (os.path.relpath(tmp_path.resolve() / "pyproject.toml"), 1)


@pytest.mark.parametrize(
    "text", ['name = "pfnspec"\n[tool.other]\n', "pfnspec is broken here", '[tool]\nother = "pfnspec"\n']
)
def test_another_pyproject_does_not_matter(tmp_path: Path, text: str) -> None:
    (tmp_path / "pyproject.toml").write_text(text, encoding="utf-8")
    (tmp_path / "pfnspec.toml").write_text("jobs = 1\n", encoding="utf-8")
    found = configured(tmp_path, KINDS).configuration
    assert found is not None
    assert found.jobs == 1


def test_folders(project: Path) -> None:
    names = [Path(name).relative_to(project).as_posix() for name in below(os.fspath(project))]
    assert names == ["models/a.pfn", "models/deep/b.pfn"]


@pytest.mark.skipif(sys.platform == "win32" or os.geteuid() == 0, reason="root may read everything")
def test_a_folder_that_cannot_be_read(pfnspec: Run, project: Path) -> None:
    (project / "models/deep").chmod(0)
    try:
        ran = pfnspec("fmt", "--check", "models", cwd=project)
    finally:
        (project / "models/deep").chmod(0o700)
    assert (ran.returncode, ran.stderr) == (4, "pfnspec: models/deep: Permission denied\n")


def formatted(ran: CompletedProcess[str]) -> list[str]:
    """The files that `fmt --check` of untidy models names."""
    assert ran.returncode == 1
    return [line.removesuffix(" is not in canonical layout") for line in ran.stderr.splitlines()]


@pytest.fixture
def untidy(project: Path) -> Path:
    for path in project.rglob("*.pfn"):
        path.write_text("model m\nshared   x: bool\n", encoding="utf-8")
    return project


@pytest.mark.parametrize(
    ("paths", "wanted"),
    [
        ('["models"]', ["models/a.pfn", "models/deep/b.pfn"]),
        ('["models/deep", "models/a.pfn", "models"]', ["models/deep/b.pfn", "models/a.pfn"]),
        ('["models/*.pfn"]', ["models/a.pfn"]),
        ('["mod*"]', ["models/a.pfn", "models/deep/b.pfn"]),
        ('["**/*.pfn"]', ["models/a.pfn", "models/deep/b.pfn", "models/environment/lib/e.pfn"]),
        ('["models/.hidden"]', ["models/.hidden/c.pfn"]),
    ],
)
def test_paths(pfnspec: Run, untidy: Path, paths: str, wanted: list[str]) -> None:
    (untidy / "pfnspec.toml").write_text(f"paths = {paths}\n", encoding="utf-8")
    assert formatted(pfnspec("fmt", "--check", cwd=untidy)) == wanted


def test_paths_are_seen_from_the_file(pfnspec: Run, untidy: Path) -> None:
    (untidy / "pfnspec.toml").write_text('paths = ["models"]\n', encoding="utf-8")
    ran = pfnspec("fmt", "--check", cwd=untidy / "models" / "deep")
    assert formatted(ran) == ["../a.pfn", "b.pfn"]


def test_files_win_over_paths(pfnspec: Run, untidy: Path) -> None:
    (untidy / "pfnspec.toml").write_text('paths = ["models"]\n', encoding="utf-8")
    assert formatted(pfnspec("fmt", "--check", "models/deep", cwd=untidy)) == ["models/deep/b.pfn"]


def test_a_named_configuration(pfnspec: Run, untidy: Path) -> None:
    """Its paths are seen from the working directory, whatever it is called."""
    (untidy / "pfnspec.toml").write_text("broken", encoding="utf-8")
    (untidy / "empty/ci.toml").write_text('paths = ["models/a.pfn"]\n', encoding="utf-8")
    (untidy / "empty/pyproject.toml").write_text(
        "[tool.pfnspec]\npaths = ['models/a.pfn']\n", encoding="utf-8"
    )
    for name in ("empty/ci.toml", "empty/pyproject.toml"):
        assert formatted(pfnspec("fmt", "--check", "--config", name, cwd=untidy)) == ["models/a.pfn"]
    ran = pfnspec("fmt", "--check", "--no-config", "models/a.pfn", cwd=untidy)
    assert formatted(ran) == ["models/a.pfn"]
    (untidy / "empty/pyproject.toml").write_text("[tool.other]\n", encoding="utf-8")
    ran = pfnspec("fmt", "--config", "empty/pyproject.toml", cwd=untidy)
    assert ran.returncode == 2
    assert "empty/pyproject.toml:1:1: error[configuration]: this file has no table" in ran.stderr


@pytest.mark.parametrize(
    ("arguments", "text", "wanted"),
    [
        (("check",), None, NO_PATHS),
        (("fmt",), None, NO_PATHS),
        (("check",), "jobs = 1\n", NO_PATHS),
        (("check", "--no-config"), 'paths = ["models"]\n', NO_PATHS),
        (("check", "empty"), None, "pfnspec: there is no model (*.pfn) in empty\n"),
        (("check", "models", "empty"), None, "pfnspec: there is no model (*.pfn) in empty\n"),
        (("check",), 'paths = ["models", "empty"]\n', ":1:1: error[configuration]: `empty` stands for"),
        (("check",), 'paths = ["none.pfn"]\n', ":1:1: error[configuration]: `none.pfn` stands for"),
        (("check", "--config", "none.toml"), None, "none.toml:1:1: error[cannot-read]: "),
        (("check",), 'paths = ["models"]\npolicies = ["spin"]\n', "toml:2:1: error[unknown-policy]: "),
        (("check",), 'scenarios = ["up"]\npaths = ["models"]\n', "toml:1:1: error[unknown-scenario]: "),
        (("check",), 'paths = ["models"]\nreports.junit = "no/x.xml"\n', "pfnspec: no/x.xml: "),
        (("check",), 'paths = ["models"]\nreports.junit = "models/a.pfn"\n', "pfnspec: models/a.pfn: "),
    ],
)  # fmt: skip
def test_nothing_to_work_on(
    pfnspec: Run, project: Path, arguments: tuple[str, ...], text: str | None, wanted: str
) -> None:
    if text is not None:
        (project / "pfnspec.toml").write_text(text, encoding="utf-8")
    ran = pfnspec(*arguments, cwd=project)
    assert (ran.returncode, ran.stdout) == (2, "")
    assert wanted in ran.stderr
    assert ran.stderr.startswith(("pfnspec: ", "pfnspec.toml:", "none.toml:"))


def test_the_configuration_is_used(pfnspec: Run, models: Path, tmp_path: Path) -> None:
    """Limits, reports and the rest are those of the file where the command line says nothing."""
    (tmp_path / "m.pfn").write_bytes((models / "bad.pfn").read_bytes())
    (tmp_path / "pfnspec.toml").write_text(
        'paths = ["*.pfn"]\ntimeout = 0.01\n[reports]\njunit = "all.xml"\njson = "all.json"\n',
        encoding="utf-8",
    )
    ran = pfnspec("check", cwd=tmp_path)
    assert ran.returncode == 3, ran.stdout
    assert sorted(path.name for path in tmp_path.iterdir()) == [
        "all.json",
        "all.xml",
        "m.pfn",
        "pfnspec.toml",
    ]
    (tmp_path / "all.json").unlink()
    (tmp_path / "all.xml").unlink()
    ran = pfnspec("check", "--timeout", "60", "--report", "json=my.json", cwd=tmp_path)
    assert ran.returncode == 1, ran.stdout
    assert sorted(path.name for path in tmp_path.iterdir()) == ["all.xml", "m.pfn", "my.json", "pfnspec.toml"]
    assert json.loads((tmp_path / "my.json").read_bytes())["path"] == "m.pfn"


def test_no_configuration_costs_nothing(tmp_path: Path) -> None:
    """No parser of TOML is loaded where nothing is configured."""
    (tmp_path / "pyproject.toml").write_text('[project]\nname = "p"\n', encoding="utf-8")
    (tmp_path / "m.pfn").write_text(MODEL, encoding="utf-8")
    ran = subprocess.run(
        [sys.executable, "-X", "importtime", "-m", "pfnspec", "fmt", "m.pfn"],
        cwd=tmp_path, capture_output=True, text=True, check=True,
    )  # fmt: skip
    assert "pfnspec.check.project.configuration" in ran.stderr
    assert "tomllib" not in ran.stderr


def test_a_configured_report_overwrites_reports_only(pfnspec: Run, project: Path) -> None:
    """Whoever runs a check in a stranger's checkout loses no file by it, whatever its configuration says."""
    (project / "pfnspec.toml").write_text(
        'paths = ["models/a.pfn"]\n[reports]\njunit = "out.xml"\nhtml = "important.c"\n', encoding="utf-8"
    )
    (project / "important.c").write_text("int x;\n", encoding="utf-8")
    words = ("check", "--engine", "interpreter")
    ran = pfnspec(*words, cwd=project)
    assert (ran.returncode, ran.stdout) == (2, "")
    assert ran.stderr.startswith("pfnspec: important.c: is there already and is no report of pfnspec; ")
    assert (project / "important.c").read_text(encoding="utf-8") == "int x;\n"
    assert not (project / "out.xml").exists()
    (project / "important.c").unlink()
    for _ in range(2):
        assert pfnspec(*words, cwd=project).returncode == 0
    first = (project / "important.c").stat().st_mtime_ns
    (project / "important.c").write_text("int x;\n", encoding="utf-8")
    assert pfnspec(*words, "--report", "html=important.c", cwd=project).returncode == 0
    assert (project / "important.c").stat().st_mtime_ns >= first
    assert "<html" in (project / "important.c").read_text(encoding="utf-8")
