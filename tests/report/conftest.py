"""Fixed results, and a browser to look at pages with."""

from __future__ import annotations

import importlib.util
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest
from pfnspec.check.result import Result
from pfnspec.check.states.graph import StateGraph


def _module(name: str) -> ModuleType:
    """A module that lies beside this file: no test folder is a package."""
    spec = importlib.util.spec_from_file_location(name, Path(__file__).with_name(f"{name}.py"))
    assert spec is not None and spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    sys.modules[name] = module
    spec.loader.exec_module(module)
    return module


@pytest.fixture(scope="session")
def fixed() -> Callable[[str], Result]:
    """A result of `fixed.py`, by its name."""
    return _module("fixed").result  # type: ignore[no-any-return]


@pytest.fixture(scope="session")
def fixed_results(fixed: Callable[[str], Result]) -> tuple[Result, ...]:
    """All of them."""
    return tuple(fixed(name) for name in sys.modules["fixed"].NAMES)


@pytest.fixture(scope="session")
def fixed_graphs() -> tuple[StateGraph, ...]:
    """The state graphs of those of the fixed results that have traces."""
    return _module("fixed").graphs()  # type: ignore[no-any-return]


@pytest.fixture(scope="session")
def chromium(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Any]:
    """A browser without a window."""
    module = _module("chromium")
    program = module.executable()
    if program is None:
        pytest.skip("no Chromium is installed: the page of a report was not looked at in a browser")
    with module.Chromium(program, tmp_path_factory.mktemp("profile")) as browser:
        yield browser


@pytest.fixture
def here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The root of a repository, and the working directory."""
    monkeypatch.chdir(tmp_path)
    return tmp_path
