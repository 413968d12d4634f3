"""The pytest plugin: models are collected and checked like tests, where that is asked for.

pytest reads this module in every session of everybody who has pfnspec installed.  So nothing is imported
here that only a session with models needs.
"""

from __future__ import annotations

import pytest


def pytest_addoption(parser: pytest.Parser) -> None:
    group = parser.getgroup("pfnspec", "models of concurrent protocols")
    group.addoption(
        "--pfnspec",
        action="store_true",
        help="check models (*.pfn): a test for each property in each scenario under each wait policy",
    )
    parser.addini("pfnspec", "check models, as with --pfnspec", type="bool", default=False)


def pytest_configure(config: pytest.Config) -> None:
    if config.getoption("pfnspec") or config.getini("pfnspec"):
        from .models import Models

        config.pluginmanager.register(Models(config), "pfnspec models")
