"""What all tests share: the option that rewrites expectations, the command line, the examples' results."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
from collections import deque
from collections.abc import Callable, Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pytest
from pfnspec.tla import find_tools, with_archive

# Runs pytest in a process of its own, for the tests of our plugin.
pytest_plugins = ["pytester"]

ROOT = Path(__file__).resolve().parents[1]
EXAMPLES = tuple(sorted((ROOT / "examples").glob("*/*.pfn")))
EXAMPLE_SECONDS = 300

Ran = subprocess.CompletedProcess[str]


if signal.getsignal(signal.SIGINT) is signal.SIG_IGN:
    # A shell has what it runs in the background ignore Ctrl-C, and so would all commands that are tested.
    signal.signal(signal.SIGINT, signal.default_int_handler)


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption(
        "--rewrite",
        action="store_true",
        help="write what the tests find into their golden files instead of comparing; review with `git diff`",
    )


@pytest.fixture(scope="session")
def rewrite(request: pytest.FixtureRequest) -> bool:
    """Whether golden files are to be rewritten."""
    return bool(request.config.getoption("--rewrite"))


@pytest.fixture(scope="session")
def golden(rewrite: bool) -> Callable[[Path, str], None]:
    """Compares a text with a file that holds it, or writes the file."""

    def compare(path: Path, text: str) -> None:
        if rewrite:
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(text, encoding="utf-8", newline="\n")
            return
        assert path.is_file(), f"{path} is missing; make it with --rewrite"
        assert text == path.read_text(encoding="utf-8"), f"{path.name} differs; if that is right, --rewrite"

    return compare


@pytest.fixture(scope="session")
def root() -> Path:
    """The root of the repository."""
    return ROOT


@pytest.fixture(scope="session")
def command_environment(tmp_path_factory: pytest.TempPathFactory) -> dict[str, str]:
    """The environment of a command: this one, without what would change its answer.

    Java's archive of classes is there already, so that no command's time has it in it.
    """
    mine = {
        "NO_COLOR",
        "FORCE_COLOR",
        "COLUMNS",
        "PYTHONUNBUFFERED",
        "PFNSPEC_JAVA",
        "PFNSPEC_TLA2TOOLS",
        "XDG_CACHE_HOME",
        "GITHUB_ACTIONS",
        "GITHUB_STEP_SUMMARY",
        "GITHUB_WORKSPACE",
    }
    kept = {name: value for name, value in os.environ.items() if name not in mine}
    cache = tmp_path_factory.mktemp("cache")
    (cache / "pfnspec").mkdir(mode=0o700)
    with_archive(find_tools(), cache / "pfnspec")
    return kept | {"PFNSPEC_CACHE": os.fspath(cache), "PYTHONUTF8": "0", "LC_ALL": "C.UTF-8"}


@pytest.fixture(scope="session")
def pfnspec(command_environment: Mapping[str, str]) -> Callable[..., Ran]:
    """Runs `pfnspec` with these arguments, in the root of the repository and with nothing to read.

    `env` is added to the environment (None takes a variable away); the rest goes to `subprocess.run`.
    Nothing is taken from the cache of verdicts unless `--cache` says so.
    No run may end with a traceback, or with the sentence that stands for one.
    """

    def run(*arguments: object, env: Mapping[str, str | None] = {}, **settings: Any) -> Ran:
        environment = {k: v for k, v in {**command_environment, **env}.items() if v is not None}
        defaults: dict[str, Any] = {"cwd": ROOT, "timeout": 120}
        if "input" not in settings:
            defaults["stdin"] = subprocess.DEVNULL
        words = [sys.executable, "-m", "pfnspec", *map(os.fspath, arguments)]  # type: ignore[arg-type]
        if "check" in words[3:4] and "--cache" not in words:
            words.append("--no-cache")
        ran = subprocess.run(
            words,
            capture_output=True,
            encoding="utf-8",
            env=environment,
            check=False,
            **{**defaults, **settings},
        )
        assert "Traceback" not in ran.stderr + ran.stdout, ran.stderr
        assert "mistake in pfnspec" not in ran.stderr, ran.stderr
        return ran

    return run


@pytest.fixture(scope="session")
def by_name(
    command_environment: Mapping[str, str], tmp_path_factory: pytest.TempPathFactory
) -> dict[str, str]:
    """The environment of a program that starts `pfnspec` by its name: a shell, an editor."""
    folder = tmp_path_factory.mktemp("bin")
    (folder / "pfnspec").write_text(f'#!/bin/sh\nexec "{sys.executable}" -m pfnspec "$@"\n', encoding="utf-8")
    (folder / "pfnspec").chmod(0o755)
    home = tmp_path_factory.mktemp("home")
    path = f"{folder}{os.pathsep}{os.environ['PATH']}"
    return {
        **command_environment,
        "PATH": path,
        "HOME": os.fspath(home),
        "ZDOTDIR": os.fspath(home),
        "TERM": "dumb",
    }


@pytest.fixture(scope="session")
def once(pfnspec: Callable[..., Ran]) -> Callable[..., Ran]:
    """As `pfnspec`, but the same arguments are run once in a session: for tests that look at one run."""
    known: dict[tuple[str, ...], Ran] = {}

    def run(*arguments: object) -> Ran:
        words = tuple(map(str, arguments))
        if words not in known:
            known[words] = pfnspec(*words)
        return known[words]

    return run


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Tests that look at all examples come last: these are checked while the others run."""
    items.sort(key=_looks_at_examples)


def _looks_at_examples(item: pytest.Item) -> bool:
    return "example_results" in getattr(item, "fixturenames", ())


Results = Mapping[str, dict[str, Any]]


@pytest.fixture(scope="session", autouse=True)
def examples(request: pytest.FixtureRequest, pfnspec: Callable[..., Ran]) -> Iterator[Callable[[], Results]]:
    """The results of all examples, on demand; one after the other they are checked from the start, and two at
    a time when somebody waits for them.  A run of TLC is nearly one thread."""
    wanted = any(_looks_at_examples(item) for item in request.session.items)
    todo = deque(EXAMPLES if wanted else ())
    found: dict[str, dict[str, Any]] = {}

    def check_them() -> None:
        while True:
            try:
                name = todo.popleft().relative_to(ROOT).as_posix()
            except IndexError:
                return
            ran = pfnspec("check", name, "--format", "json", "--jobs", "1", timeout=EXAMPLE_SECONDS)
            assert ran.stdout, f"{name}: {ran.stderr}"
            found[name] = json.loads(ran.stdout)
            assert ran.returncode == found[name]["status"], name

    with ThreadPoolExecutor(2) as pool:
        working = [pool.submit(check_them)]

        def results() -> Results:
            working.append(pool.submit(check_them))
            for work in working:
                work.result()
            return dict(sorted(found.items()))

        yield results
        todo.clear()


@pytest.fixture(scope="session")
def example_results(examples: Callable[[], Results]) -> Results:
    """Every example, checked once: its path below the root, and the result as data."""
    return examples()


def _javas(directory: Path) -> list[int]:
    found: list[int] = []
    for entry in Path("/proc").iterdir():
        if entry.name.isdigit():
            try:
                words = (entry / "cmdline").read_bytes().split(b"\0")
                cwd = os.readlink(entry / "cwd")
            except OSError:
                continue
            if cwd.startswith(f"{directory}/") and words[0].endswith(b"java"):
                found.append(int(entry.name))
    return found


@pytest.fixture(scope="session")
def javas() -> Callable[[Path], list[int]]:
    """The Java processes whose working directory is below a folder."""
    if not Path("/proc/self/cmdline").exists():
        pytest.skip("looks into /proc")
    return _javas


@pytest.fixture(scope="session")
def eventually() -> Callable[..., bool]:
    """Whether something becomes true within some seconds."""

    def wait(true: Callable[[], object], seconds: float = 30.0) -> bool:
        end = time.monotonic() + seconds
        while time.monotonic() < end:
            if true():
                return True
            time.sleep(0.05)
        return False

    return wait
