"""The manual page says what the command line knows."""

from __future__ import annotations

import importlib.util
import re
import shutil
import subprocess
from pathlib import Path
from types import ModuleType

import pytest

ROOT = Path(__file__).resolve().parents[2]
PAGE = ROOT / "docs" / "man" / "pfnspec.1"
ROOMS = tuple(path.parent for path in ROOT.glob("*/__init__.py"))


@pytest.fixture(scope="module")
def generator() -> ModuleType:
    spec = importlib.util.spec_from_file_location("man_page", ROOT / "docs" / "man" / "generate.py")
    assert spec is not None and spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def test_it_is_not_stale(generator: ModuleType) -> None:
    assert generator.page() == PAGE.read_text(encoding="utf-8"), "run: python docs/man/generate.py"


def test_it_has_the_environment(generator: ModuleType) -> None:
    """Each variable of pfnspec's own that the code reads."""
    texts = [path.read_text(encoding="utf-8") for room in ROOMS for path in room.rglob("*.py")]
    used = {name for text in texts for name in re.findall(r"\bPFNSPEC_[A-Z0-9_]+", text)}
    assert used
    assert used == {name for name in generator.ENVIRONMENT if name.startswith("PFNSPEC_")}


@pytest.mark.skipif(shutil.which("groff") is None, reason="groff is missing: the page was not typeset")
def test_it_can_be_typeset() -> None:
    ran = subprocess.run(
        ["groff", "-man", "-Tutf8", "-ww", "-P-c", PAGE], capture_output=True, encoding="utf-8", check=False
    )
    assert (ran.returncode, ran.stderr) == (0, "")
    text = re.sub(r".\x08", "", ran.stdout)
    assert "pfnspec check [OPTION]... [FILE...]" in text
    assert "--property NAME" in text
    assert "\\" not in text
