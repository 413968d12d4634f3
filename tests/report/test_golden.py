"""Reports, word for word: text for a terminal and for a mail, and data.

`golden/NAME/` holds what is shown for one check; `--rewrite` writes it anew.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Mapping
from dataclasses import replace
from pathlib import Path
from subprocess import CompletedProcess
from typing import Any

import pytest

GOLDEN = Path(__file__).with_name("golden")
Run = Callable[..., "CompletedProcess[str]"]

CHECKS: Mapping[str, tuple[str, ...]] = {
    "error_page": ("pfncache/v5_17_speculative_valid.pfn", "--property", "error PFN used"),
    "stale_page": ("pfncache/v3_4_valid_between.pfn", "--const", "VCPUS=1", "--property", "stale PFN used"),
    "deadlock": ("memslots/fair_rwsem.pfn",),
    "sleeping": ("pfncache/v3_2_as_posted.pfn", "--const", "VCPUS=1"),
    "holds": ("memslots/unfair_rwsem.pfn",),
    "not_as_expected": ("memslots/fair_rwsem.pfn", "--const", "NOTIFIERS=1"),
}
MANY = """model several
const N: int = 3
shared x: range(4) = 0
shared flag: bool = False

invariant small:
    x < 3

sometimes filled:
    x == 3

sometimes never:
    x == 3 and flag

process worker[N]:
    smp_mb()
    label begin
    x += 1
    if flag:
        label odd
        x = 0

expect small violated
"""


def normal(text: str) -> str:
    """Without times and versions."""
    text = re.sub(r"\d+\.\d s in all", "0.0 s in all", text)
    text = re.sub(r'"seconds": [0-9.]+', '"seconds": 0', text)
    text = re.sub(r'"tool": "[0-9a-f]+"', '"tool": ""', text)
    return re.sub(r'"tlc": "[^"]*"', '"tlc": ""', text)


def in_text(data: dict[str, Any]) -> str:
    return normal(json.dumps(data, indent=1, ensure_ascii=False)) + "\n"


@pytest.fixture(scope="module")
def shown(root: Path, tmp_path_factory: pytest.TempPathFactory) -> Callable[[str], dict[str, str]]:
    """One check, and what is shown of it: file name to text.  TLC runs once for all of them."""
    import os

    from pfnspec.check.options import Options
    from pfnspec.check.run import check_file
    from pfnspec.report.formats.data import described
    from pfnspec.report.text.ink import Ink
    from pfnspec.report.text.result import result_text

    folder = tmp_path_factory.mktemp("several")
    (folder / "several.pfn").write_text(MANY, encoding="utf-8")

    def show(name: str) -> dict[str, str]:
        before = Path.cwd()
        path, *words = CHECKS.get(name, ("several.pfn",))
        given = list(zip(words[::2], words[1::2], strict=True))
        options = Options(
            constants={v.partition("=")[0]: v.partition("=")[2] for o, v in given if o == "--const"},
            properties=tuple(value for option, value in given if option == "--property"),
        )
        os.chdir(root / "examples" if name in CHECKS else folder)
        try:
            result = check_file(path, options)
        finally:
            os.chdir(before)
        # Where a line is broken depends on how many digits the time has.
        if result.evidence is not None:
            result = replace(result, evidence=replace(result.evidence, seconds=0.0))
        return {
            "72.txt": normal(result_text(result, 72, Ink())),
            "100.txt": normal(result_text(result, 100, Ink())),
            "result.json": in_text(described(result)),
        }

    return show


@pytest.mark.parametrize("name", [*CHECKS, "several"])
def test_reports(
    shown: Callable[[str], dict[str, str]], golden: Callable[[Path, str], None], name: str
) -> None:
    for file, text in shown(name).items():
        golden(GOLDEN / name / file, text)


def test_there_are_no_others() -> None:
    assert {path.name for path in GOLDEN.iterdir()} == {*CHECKS, "several"}


@pytest.mark.parametrize("name", [*CHECKS, "several"])
def test_text_keeps_to_its_width(name: str) -> None:
    for width in (72, 100):
        for line in (GOLDEN / name / f"{width}.txt").read_text(encoding="utf-8").splitlines():
            assert len(line) <= width or line.startswith("  reproduce: "), line
            assert line.isprintable()
            assert line == line.rstrip()


@pytest.mark.parametrize("name", [*CHECKS, "several"])
def test_no_word_of_tla_reaches_the_reader(name: str) -> None:
    """Neither control points nor variables of the module, nor TLA+ itself."""
    for file in ("72.txt", "100.txt"):
        text = (GOLDEN / name / file).read_text(encoding="utf-8")
        assert not re.search(r"/\\|\\/|\\in\b|\bpc\b|\|->|UNCHANGED|_halt|TLA|Spec\b", text)


def test_the_command_prints_what_the_golden_file_has(pfnspec: Run, root: Path) -> None:
    path, *words = CHECKS["holds"]
    ran = pfnspec("check", path, *words, "--width", "72", cwd=root / "examples")
    assert normal(ran.stdout) == (GOLDEN / "holds" / "72.txt").read_text(encoding="utf-8")
