"""pfnspec as a library: what `import pfnspec` gives, to people and to mypy; that bad input never raises."""

from __future__ import annotations

import io
import os
import re
import signal
import subprocess
import sys
import threading
from collections.abc import Mapping
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pfnspec
import pytest
from pfnspec.report.visible import visible

ROOT = Path(__file__).resolve().parents[2]

COUNTER = """model counter

const TOP: int = 3

shared x: range(TOP)

process p[2]:
    x += 1
"""

ENDLESS = """model endless

const SIZE: int = 1000

shared a: range(SIZE)
shared b: range(SIZE)
shared c: range(SIZE)

process p:
    while True:
        a = (a + 1) % SIZE

process q:
    while True:
        b = (b + 1) % SIZE

process r:
    while True:
        c = (c + 1) % SIZE
"""

QUICK = pfnspec.Options(engine="interpreter")


def python(script: str, environment: Mapping[str, str] = os.environ) -> str:
    """What a script prints, in a process of its own."""
    words = [sys.executable, "-W", "error", "-c", script]
    ran = subprocess.run(
        words, env=dict(environment), capture_output=True, text=True, check=False, timeout=60
    )
    assert ran.returncode == 0, ran.stderr
    return ran.stdout


# -- names


def test_the_stub_has_the_same_names() -> None:
    stub = (ROOT / "__init__.pyi").read_text(encoding="utf-8")
    listed = re.findall(r'^    "(\w+)",$', stub, re.MULTILINE)
    imported = re.findall(r"\w+", " ".join(re.findall(r"import \(?([\w\s,]+)\)?", stub)))
    assert sorted(listed) == pfnspec.__all__
    assert set(pfnspec.__all__) <= set(imported)


@pytest.mark.parametrize("name", pfnspec.__all__)
def test_each_name_is_there(name: str) -> None:
    found = getattr(pfnspec, name)
    assert getattr(pfnspec, name) is found
    assert name.isupper() or found.__doc__
    assert name in dir(pfnspec)


def test_another_name_is_not() -> None:
    with pytest.raises(AttributeError, match="has no attribute 'chekc_file'"):
        pfnspec.chekc_file  # noqa: B018


def test_importing_it_imports_nothing_else() -> None:
    seen = "print(*[name for name in sys.modules if name.split('.')[0] in ('pfnspec', 'lark', 'jinja2')])"
    assert python(f"import sys, pfnspec; {seen}").split() == ["pfnspec"]


def test_a_star_imports_all() -> None:
    assert (
        python("from pfnspec import *; print(check_file.__name__, Result.__name__)") == "check_file Result\n"
    )


SCRIPT = """
import pfnspec
from pfnspec import Result, check_file

def first_line(result: Result) -> int:
    finding = result.verdicts[0].finding
    reveal_type(finding)
    assert finding is not None
    reveal_type([(step.number, step.task, step.changes[0].new) for step in finding.steps])
    return finding.steps[0].span.line

reveal_type(check_file("m.pfn", pfnspec.Options(constants={"N": 2}), text=b"").status)
reveal_type(pfnspec.load("m.pfn").cells)
check_file(1)
pfnspec.Options(engine="none")
pfnspec.nothing
"""


def test_mypy_sees_the_types(request: pytest.FixtureRequest, tmp_path: Path) -> None:
    (tmp_path / "pfnspec").symlink_to(ROOT, target_is_directory=True)
    (tmp_path / "script.py").write_text(SCRIPT, encoding="utf-8")
    cache = getattr(request.config, "cache", None)
    kept = cache.mkdir("mypy") if cache else tmp_path / "cache"
    words = ["--config-file", os.fspath(ROOT / "pyproject.toml"), "--cache-dir", os.fspath(kept), "script.py"]
    ran = subprocess.run(
        [sys.executable, "-m", "mypy", *words],
        cwd=tmp_path,
        env={**os.environ, "MYPYPATH": "", "PYTHONPATH": ""},
        capture_output=True,
        text=True,
        check=False,
    )
    told = re.findall(
        r"^script\.py:(\d+): (?:note: Revealed type is |error: )(.*?)$", ran.stdout, re.MULTILINE
    )
    lines = [(int(line), re.sub(r"builtins\.|pfnspec\.[\w.]*\.", "", text)) for line, text in told]
    assert lines == [
        (7, '"Finding | None"'),
        (9, '"list[tuple[int, Task, str]]"'),
        (12, '"int"'),
        (13, '"tuple[Cell, ...]"'),
        (
            14,
            'Argument 1 to "check_file" has incompatible type "int"; '
            'expected "str | PathLike[str]"  [arg-type]',
        ),
        (
            15,
            'Argument "engine" to "Options" has incompatible type "Literal[\'none\']"; '
            "expected \"Literal['tlc', 'interpreter', 'spin', 'spin-bitstate']\"  [arg-type]",
        ),
        (16, 'Module has no attribute "nothing"  [attr-defined]'),
    ], ran.stdout + ran.stderr


# -- input


def test_text_path_and_constants(tmp_path: Path) -> None:
    path = tmp_path / "counter.pfn"
    path.write_text(COUNTER, encoding="utf-8")
    fine = [
        pfnspec.check_file(path, QUICK),
        pfnspec.check_file(os.fspath(path), QUICK),
        pfnspec.check_file("anything.pfn", QUICK, text=COUNTER),
        pfnspec.check_file("anything.pfn", QUICK, text=COUNTER.encode()),
    ]
    assert [result.status for result in fine] == [0] * 4
    for value in (2, "2"):
        options = pfnspec.Options(engine="interpreter", constants={"TOP": value})
        result = pfnspec.check_file(path, options)
        (wrong,) = [verdict for verdict in result.verdicts if not verdict.as_expected]
        assert (result.status, wrong.property, result.overrides) == (1, "out_of_range", (("TOP", "2"),))
        assert wrong.finding is not None
        assert [str(step.task) for step in wrong.finding.steps]


@pytest.mark.parametrize(
    ("path", "text", "code"),
    [
        ("no such file.pfn", None, "cannot-read"),
        ("", None, "cannot-read"),
        ("a\0b.pfn", None, "cannot-read"),
        ("loop/m.pfn", None, "cannot-read"),
        ("x" * 5000, None, "cannot-read"),
        (".", None, "cannot-read"),
        ("a\0b.pfn", 'model m varies "base.pfn"\n', "cannot-read"),
        ("m.pfn", 'model m varies "loop/base.pfn"\n', "cannot-read"),
        ("m.pfn", 'model m varies "\\0"\n', "cannot-read"),
        ("m.pfn", "model m\n\udc80\n", "not-utf8"),
        ("m.pfn", b"\xff", "not-utf8"),
        ("m.pfn", "\0", "bad-character"),
        ("m.pfn", "", "no-model"),
        ("m.pfn", "process", "syntax"),
    ],
)
def test_bad_input_is_in_the_result(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, path: str, text: str | bytes | None, code: str
) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "loop").symlink_to("loop")
    result = pfnspec.check_file(path, text=text)
    assert result.status == 2
    assert code in [found.code for found in result.diagnostics]
    assert pfnspec.load(path, text=text).diagnostics == result.diagnostics
    assert pfnspec.result_text(result) == ""
    assert visible(path) in pfnspec.diagnostics_text(result.diagnostics, result.sources)


def test_names_that_the_model_does_not_have(tmp_path: Path) -> None:
    for name, value in {"properties": ("deadlok",), "policies": ("block",), "constants": {"TOPP": 1}}.items():
        asked: dict[str, Any] = {name: value}
        assert pfnspec.check_file("m.pfn", pfnspec.Options(**asked), text=COUNTER).status == 2


def test_missing_tools_are_in_the_result() -> None:
    result = pfnspec.check_file("m.pfn", pfnspec.Options(java="/no/such/java"), text=COUNTER)
    assert result.status == 4
    assert result.failure is not None and result.failure.why == "missing"


@pytest.mark.parametrize(
    "asked", [{"engine": "none"}, {"jobs": 0}, {"workers": 0}, {"seconds": -1.0}, {"states": 0}], ids=str
)
def test_options_that_make_no_sense_raise(asked: dict[str, Any]) -> None:
    with pytest.raises(ValueError, match=next(iter(asked))):
        pfnspec.Options(**asked)


def test_a_report_of_no_kind_raises() -> None:
    assert "<testsuites" in pfnspec.report_text("junit", [])
    with pytest.raises(ValueError, match="'junits'"):
        pfnspec.report_text("junits", [])


def test_a_notebook_has_no_standard_input(monkeypatch: pytest.MonkeyPatch) -> None:
    for stream in (io.StringIO(COUNTER), None):
        monkeypatch.setattr(sys, "stdin", stream)
        (found,) = pfnspec.check_file("-").diagnostics
        assert found.message == "cannot read `-`: there is no standard input"


# -- threads, signals, stopping


def test_many_threads_at_once() -> None:
    def check(top: int) -> tuple[int, str]:
        options = pfnspec.Options(engine="interpreter", constants={"TOP": top})
        result = pfnspec.check_file("m.pfn", options, text=COUNTER)
        return result.status, pfnspec.result_text(result).partition("\n")[0]

    with ThreadPoolExecutor(8) as pool:
        found = list(pool.map(check, [2, 3, 4, 5] * 4))
    assert found == [
        (int(top < 3), f"counter   TOP={top}   sequential consistency") for top in [2, 3, 4, 5] * 4
    ]


def test_tlc_from_a_thread_of_an_event_loop() -> None:
    """As in a notebook: signal handlers and the working directory stay, and nothing is printed."""
    text = COUNTER.replace("\n", "\\n")
    script = f"""
import asyncio, os, signal, pfnspec
numbers = sorted(signal.valid_signals())
before = [signal.getsignal(number) for number in numbers], os.getcwd()
async def main():
    return await asyncio.to_thread(pfnspec.check_file, "m.pfn", text="{text}")
result = asyncio.run(main())
assert before == ([signal.getsignal(number) for number in numbers], os.getcwd())
print(result.status, bool(result.tlc))
"""
    assert python(script) == "0 True\n"


def test_cancelling(tmp_path: Path) -> None:
    cancel = threading.Event()
    seen: list[pfnspec.Progress] = []

    def enough(now: pfnspec.Progress) -> None:
        seen.append(now)
        cancel.set()

    # The limit is there for a check that cannot be cancelled, and would be what it tells.
    options = pfnspec.Options(seconds=100)
    result = pfnspec.check_file("m.pfn", options, text=ENDLESS, on_progress=enough, cancel=cancel)
    assert (result.status, result.stopped) == (3, "interrupted")
    assert seen[0].runs == 1
    assert {verdict.outcome for verdict in result.verdicts} == {pfnspec.UNDECIDED}


@pytest.mark.parametrize(("limit", "violated"), [(2, ("low",)), (3, ())])
def test_what_the_interpreter_finds_is_told_before_tlc_decides(limit: int, violated: tuple[str, ...]) -> None:
    text = (
        f"model m\nshared n: range(4)\ninvariant low: n <= {limit}\nprocess p:\n    n = 3\n    cpu_relax()\n"
    )
    seen: list[pfnspec.Progress] = []
    pfnspec.check_file("m.pfn", text=text, on_progress=seen.append)
    assert (seen[0].violated, seen[0].searched, seen[0].states) == (violated, True, None)


INTERRUPTED = """
import sys, pfnspec
def tell(now):
    print("running", flush=True)
try:
    pfnspec.check_file("m.pfn", text=sys.argv[1], on_progress=tell)
except KeyboardInterrupt:
    print("interrupted")
"""


def test_ctrl_c_ends_tlc(tmp_path: Path) -> None:
    """It comes out as in any other function, and no TLC goes on for the minutes that it would take."""
    with subprocess.Popen(
        [sys.executable, "-c", INTERRUPTED, ENDLESS], stdout=subprocess.PIPE, text=True
    ) as child:
        assert child.stdout is not None
        assert child.stdout.readline() == "running\n"
        child.send_signal(signal.SIGINT)
        rest, _ = child.communicate(timeout=60)
    assert rest.split()[-1] == "interrupted"
    assert child.returncode == 0
