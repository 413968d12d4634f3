"""What all tests share: the option that rewrites expectations, the command line, the examples' results."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import Any

import answers
import pytest
from in_process import AT_START, called
from knowing import knowing
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
    parser.addoption(
        "--no-memory", action="store_true", help="ask everything of TLC, also what it has answered before"
    )
    parser.addoption(
        "--record", action="store_true", help="write TLC's answers to the examples into tests/answers.xz"
    )


@pytest.hookimpl(optionalhook=True)
def pytest_xdist_auto_num_workers(config: pytest.Config) -> int:
    """All tests are shared among a few processes; for some of them, to start these would take too long."""
    whole = config.args_source is pytest.Config.ArgsSource.TESTPATHS and not config.option.keyword
    return min(4, os.cpu_count() or 1) if whole else 0


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
    """The environment of a command: this one, without what would change its answer."""
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
    return kept | {"PFNSPEC_CACHE": os.fspath(cache), "PYTHONUTF8": "0", "LC_ALL": "C.UTF-8"}


@pytest.fixture(scope="session")
def archive(request: pytest.FixtureRequest, command_environment: Mapping[str, str]) -> None:
    """Java's archive of classes is in the cache of commands, so that no command's time has it in it.

    It is kept with what pytest keeps between sessions, for all of them.
    """
    cache = getattr(request.config, "cache", None)
    ours = Path(command_environment["PFNSPEC_CACHE"], "pfnspec")
    kept = cache.mkdir("java") if cache else ours
    made = with_archive(find_tools(), kept).archive
    if made is not None and kept != ours:
        (ours / made.name).unlink(missing_ok=True)
        (ours / made.name).symlink_to(made)


@pytest.fixture(scope="session")
def pfnspec(request: pytest.FixtureRequest, command_environment: Mapping[str, str]) -> Callable[..., Ran]:
    """Runs `pfnspec` with these arguments, in the root of the repository and with nothing to read.

    `env` is added to the environment (None takes a variable away); `cwd`, `input` and `timeout` are those of
    `subprocess.run`.  What only a process that starts looks at, or any other setting of `subprocess.run`,
    gives the command a process of its own, as do `process` and a thread that is not the first; otherwise it
    runs in this one.
    Nothing is taken from the cache of verdicts unless `--cache` says so.
    No run may end with a traceback, or with the sentence that stands for one.
    """

    def run(
        *arguments: object,
        env: Mapping[str, str | None] = {},
        cwd: Path = ROOT,
        input: str | None = None,
        timeout: float = 120,
        process: bool = False,
        **settings: Any,
    ) -> Ran:
        environment = {k: v for k, v in {**command_environment, **env}.items() if v is not None}
        words = list(map(os.fspath, arguments))  # type: ignore[arg-type]
        if words[:1] in (["check"], ["ablate"], ["barriers"]) and "--cache" not in words:
            words.append("--no-cache")
        if words[:1] in (["check"], ["gate"], ["doctor"]) and "interpreter" not in words:
            request.getfixturevalue("archive")
        own = process or settings or any(name.startswith(AT_START) for name in env)
        if own or threading.current_thread() is not threading.main_thread():
            if input is None:
                settings.setdefault("stdin", subprocess.DEVNULL)
            else:
                settings["input"] = input
            ran = subprocess.run(
                [sys.executable, "-m", "pfnspec", *words],
                capture_output=True,
                encoding="utf-8",
                env=environment,
                cwd=cwd,
                timeout=timeout,
                check=False,
                **settings,
            )
        else:
            ran = called(words, environment, cwd, input, timeout)
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
    """Tests that look at examples come last; of several processes, one runs them."""
    for item in items:
        if _looks_at_examples(item):
            item.add_marker(pytest.mark.xdist_group("examples"))
    items.sort(key=_looks_at_examples)


def _looks_at_examples(item: pytest.Item) -> bool:
    return "example_results" in getattr(item, "fixturenames", ())


def _answers(config: pytest.Config) -> Path | None:
    """The folder of TLC's answers; None where they are not to be remembered."""
    cache = getattr(config, "cache", None)
    if config.getoption("--no-memory") or cache is None:
        return None
    return Path(cache.mkdir("tlc"))


def pytest_sessionstart(session: pytest.Session) -> None:
    """The first process puts the answers where all of them look for them."""
    folder = _answers(session.config)
    if folder is not None and not hasattr(session.config, "workerinput"):
        answers.unpack(folder)
        if session.config.getoption("--record"):
            answers.forget_use(folder)


def pytest_sessionfinish(session: pytest.Session) -> None:
    config = session.config
    folder = _answers(config)
    if folder is not None and config.getoption("--record") and not hasattr(config, "workerinput"):
        whole = config.args_source is pytest.Config.ArgsSource.TESTPATHS
        answers.record(folder, all_asked=whole and session.testsfailed == 0)


@pytest.fixture(scope="session", autouse=True)
def answers_known(request: pytest.FixtureRequest) -> Iterator[None]:
    """TLC is asked once, in this process, and not again in later sessions."""
    folder = _answers(request.config)
    if folder is None:
        yield
        return
    with knowing(folder):
        yield


class Examples(Mapping[str, dict[str, Any]]):
    """The results of examples as data, each checked when somebody first asks for it."""

    def __init__(self, check: Callable[[str], dict[str, Any]]) -> None:
        self._check = check
        self._names = tuple(path.relative_to(ROOT).as_posix() for path in EXAMPLES)
        self._found: dict[str, dict[str, Any]] = {}

    def __getitem__(self, name: str) -> dict[str, Any]:
        if name not in self._names:
            raise KeyError(name)
        if name not in self._found:
            self._found[name] = self._check(name)
        return self._found[name]

    def __iter__(self) -> Iterator[str]:
        return iter(self._names)

    def __len__(self) -> int:
        return len(self._names)


@pytest.fixture(scope="session")
def example_results(
    request: pytest.FixtureRequest,
    pfnspec: Callable[..., Ran],
    tmp_path_factory: pytest.TempPathFactory,
) -> Mapping[str, dict[str, Any]]:
    """Every example, checked once: by its path below the root, the result as data.

    TLC's answers may be remembered ones; verdicts, traces and all else are made anew.
    """
    options = ["--format", "json"]
    folder = _answers(request.config)
    if folder is not None:
        cache = tmp_path_factory.mktemp("remembered")
        (cache / "tlc").symlink_to(folder)
        options += ["--cache", os.fspath(cache)]

    def check(name: str) -> dict[str, Any]:
        ran = pfnspec("check", name, *options, timeout=EXAMPLE_SECONDS)
        assert ran.stdout, f"{name}: {ran.stderr}"
        found: dict[str, Any] = json.loads(ran.stdout)
        assert ran.returncode == found["status"], name
        return found

    return Examples(check)


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


def _searches(pid: int) -> bool:
    try:
        status = Path(f"/proc/{pid}/status").read_text("ascii")
        used = Path(f"/proc/{pid}/stat").read_text("ascii").rpartition(")")[2].split()[11:13]
    except OSError:
        return False
    caught = int(status.partition("SigCgt:")[2].split()[0], 16)
    return bool(caught >> (signal.SIGTERM - 1) & 1) and sum(map(int, used)) > 1.5 * os.sysconf("SC_CLK_TCK")


@pytest.fixture(scope="session")
def searches() -> Callable[[int], bool]:
    """Whether a process that searches an endless model is in the middle of it: it has its handlers of
    signals, and has worked for longer than it takes to start, whatever the clock says."""
    if not Path("/proc/self/status").exists():
        pytest.skip("looks into /proc")
    return _searches


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
