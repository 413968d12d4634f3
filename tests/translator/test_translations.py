"""Translations, byte for byte; and that TLC, by itself, makes of them what pfnspec says.

`golden/NAME/` holds the module, the cfg and the program of one model; `--rewrite` writes them anew.
"""

from __future__ import annotations

import json
import os
import re
import subprocess
from collections.abc import Callable, Mapping
from itertools import pairwise
from pathlib import Path
from subprocess import CompletedProcess
from typing import Any

import pytest
from pfnspec.tla import find_tools

GOLDEN = Path(__file__).with_name("golden")
Run = Callable[..., "CompletedProcess[str]"]

TRANSLATED: Mapping[str, tuple[str, ...]] = {
    "upstream": ("pfncache/upstream.pfn",),
    "upstream_unreduced": ("pfncache/upstream.pfn", "--no-reduction"),
    "error_page": ("pfncache/v5_17_speculative_valid.pfn", "--const", "VCPUS=2"),
    "fair_rwsem": ("memslots/fair_rwsem.pfn",),
    "lost_wakeup": ("waiting/lost_wakeup.pfn", "--policy", "arm_late"),
    "lost_wakeup_liveness": ("waiting/lost_wakeup.pfn", "--policy", "arm_late", "--property", "refresh_ends"),
}


@pytest.fixture(scope="module")
def translated(pfnspec: Run, root: Path, tmp_path_factory: pytest.TempPathFactory) -> Callable[[str], Path]:
    """The folder with module, cfg, map and program of one of them."""
    made: dict[str, Path] = {}

    def translate(name: str) -> Path:
        if name not in made:
            folder = tmp_path_factory.mktemp(name)
            arguments = TRANSLATED[name]
            ran = pfnspec("translate", *arguments, "-o", folder, cwd=root / "examples")
            assert (ran.returncode, ran.stderr) == (0, "")
            program = pfnspec("translate", *arguments, "--program", cwd=root / "examples")
            assert (program.returncode, program.stderr) == (0, "")
            (folder / "program.txt").write_text(program.stdout, encoding="utf-8")
            made[name] = folder
        return made[name]

    return translate


@pytest.mark.parametrize("name", TRANSLATED)
def test_translations(
    translated: Callable[[str], Path], golden: Callable[[Path, str], None], name: str
) -> None:
    for path in translated(name).iterdir():
        if path.suffix in (".tla", ".cfg", ".txt"):
            golden(GOLDEN / name / path.name, path.read_text(encoding="utf-8"))


def test_there_are_no_others() -> None:
    assert {path.name for path in GOLDEN.iterdir()} == set(TRANSLATED)


@pytest.mark.parametrize("name", ["upstream", "lost_wakeup_liveness"])
def test_the_same_bytes_whatever_the_hash_seed(pfnspec: Run, root: Path, name: str) -> None:
    texts = set()
    for seed in ("0", "1", "4711"):
        ran = pfnspec("translate", *TRANSLATED[name], cwd=root / "examples", env={"PYTHONHASHSEED": seed})
        texts.add(ran.stdout)
        program = pfnspec(
            "translate", *TRANSLATED[name], "--program", cwd=root / "examples", env={"PYTHONHASHSEED": seed}
        )
        assert program.stdout
        texts.add(program.stdout)
    assert len(texts) == 2


@pytest.mark.parametrize("name", TRANSLATED)
def test_plain_tlc_agrees(
    translated: Callable[[str], Path],
    example_results: Mapping[str, dict[str, Any]],
    tmp_path: Path,
    name: str,
) -> None:
    """As somebody runs it who has only the files: the same verdict, and not a word from the parser."""
    folder = translated(name)
    (module,) = folder.glob("*.tla")
    tools = find_tools()
    words = [
        os.fspath(tools.java),
        "-XX:+UseParallelGC",
        f"-Djava.io.tmpdir={tmp_path}",
        "-cp",
        os.fspath(tools.jar),
    ]
    ran = subprocess.run(
        [*words, "tlc2.TLC", "-metadir", os.fspath(tmp_path), "-config", f"{module.stem}.cfg", module.name],
        cwd=folder,
        capture_output=True,
        text=True,
        check=False,
        timeout=120,
    )
    assert not re.search(r"[Ww]arning|Multiply|Parse Error", ran.stdout + ran.stderr)
    arguments = TRANSLATED[name]
    policy = arguments[arguments.index("--policy") + 1] if "--policy" in arguments else None
    temporal = [value for option, value in pairwise(arguments) if option == "--property"]
    verdicts = example_results[f"examples/{arguments[0]}"]["verdicts"]
    violated = {
        verdict["property"]
        for verdict in verdicts
        if verdict["policy"] == policy
        and verdict["outcome"] == "violated"
        and (verdict["property"] in temporal if temporal else verdict["kind"] != "property")
    }
    assert ran.returncode == 0 if not violated else ran.returncode in (11, 12, 13), ran.stdout[-2000:]
    if named := re.search(r"^Error: Invariant (\S+) is violated", ran.stdout, re.MULTILINE):
        invariants = json.loads((folder / f"{module.stem}.map.json").read_text(encoding="utf-8"))[
            "invariants"
        ]
        assert invariants[named.group(1)] in violated
