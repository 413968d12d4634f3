"""Tests that lines of models stand for."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from ..report.visible import harmless


class ModelItem(pytest.Item):
    """A test that a line of a model stands for, and that fails in words, without a traceback."""

    line = 1

    def reportinfo(self) -> tuple[Path, int, str]:
        return self.path, self.line - 1, f"{self.path.name}: {self.name}"


class Refused(ModelItem):
    """A model with errors: one test, which fails with them."""

    def __init__(self, *, text: str, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.text = text

    def runtest(self) -> None:
        pytest.fail(harmless(self.text), pytrace=False)
