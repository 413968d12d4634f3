"""Spin and a C compiler, where the system has them."""

from __future__ import annotations

import pytest
from pfnspec import spin, tla


@pytest.fixture(scope="session")
def tools() -> spin.Tools:
    try:
        return spin.find_tools()
    except tla.ToolMissing as fault:
        pytest.skip(f"{fault}")
