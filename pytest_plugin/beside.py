"""What stands beside a model, as tests: what its table of costs requires, and its recordings."""

from __future__ import annotations

import os
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import pytest

from ..beside.compared import compare
from ..beside.declared import Declared, recordings
from ..beside.required import Judged, Own, answer_text, judge, own
from ..beside.timed import Asked
from ..check.load import Loaded
from ..check.project.configuration import shown
from ..recording.result import UNDECIDED
from ..report.recording.text import validation_text
from ..report.text.behaviour import Page
from ..report.text.diagnostics import diagnostics_text
from ..report.text.ink import PLAIN
from ..report.text.result import folded
from ..report.visible import harmless, visible
from .items import ModelItem, Refused

_WIDTH = 100


def beside(parent: pytest.File, loaded: Loaded) -> Iterator[pytest.Item]:
    """The tests of what stands beside a model that has no errors; nothing is timed or compared yet."""
    path = shown(parent.path)
    costs = own(path)
    if costs is not None and costs.diagnostics:
        text = diagnostics_text(costs.diagnostics, costs.sources)
        yield Refused.from_parent(parent, name="costs", text=text)
    elif costs is not None and costs.required:
        figures = Figures(costs, loaded, Asked(path))
        for number, (wanted, place) in enumerate(costs.required):
            yield Required.from_parent(
                parent, name=visible(f"require {wanted.text}"), figures=figures, number=number,
                at=(place.path, place.line),
            )  # fmt: skip
    named = recordings(path)
    if named is None:
        return
    if named.diagnostics:
        text = diagnostics_text(named.diagnostics, named.sources)
        yield Refused.from_parent(parent, name="recordings", text=text)
    for declared in named.declared:
        for number, name in enumerate(declared.names):
            yield Recorded.from_parent(
                parent, name=visible(f"recording {name}"), loaded=loaded, declared=declared.only(number),
                sources={**loaded.sources, **named.sources}, at=(declared.place.path, declared.place.line),
            )  # fmt: skip


class Beside(ModelItem):
    """A test that a line of a file beside the model stands for."""

    def __init__(self, *, at: tuple[str, int], **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.at = at

    def reportinfo(self) -> tuple[Path, int, str]:
        path, line = self.at
        return Path(os.path.abspath(path)), line - 1, f"{self.path.name}: {self.name}"


class Figures:
    """The figures of a model: timed when the first of its requirements is asked for."""

    def __init__(self, own: Own, loaded: Loaded, asked: Asked) -> None:
        self.own, self.loaded, self.asked = own, loaded, asked
        self._judged: Judged | None = None

    def judged(self) -> Judged:
        if self._judged is None:
            self._judged = judge(self.own, self.loaded, self.asked)
        return self._judged


class Required(Beside):
    """One requirement, in all cells that it is about."""

    def __init__(self, *, figures: Figures, number: int, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.figures, self.number = figures, number

    def runtest(self) -> None:
        judged = self.figures.judged()
        if judged.diagnostics:
            sources = {**self.figures.loaded.sources, **self.figures.own.sources}
            pytest.fail(harmless(diagnostics_text(judged.diagnostics, sources)), pytrace=False)
        if judged.trouble is not None:
            pytest.fail(harmless(judged.trouble), pytrace=False)
        answers = judged.answers[self.number]
        failing = [answer_text(answer) for answer in answers if answer.fails]
        if failing:
            pytest.fail(harmless("\n".join(failing)), pytrace=False)
        unknown = [answer_text(answer) for answer in answers if answer.value is None]
        if unknown:
            pytest.skip(harmless(unknown[0]))


class Recorded(Beside):
    """One recording, of which the outcome has to be the expected one."""

    def __init__(
        self, *, loaded: Loaded, declared: Declared, sources: Mapping[str, Any], **kwargs: Any
    ) -> None:
        super().__init__(**kwargs)
        self.loaded, self.declared, self.sources = loaded, declared, sources

    def runtest(self) -> None:
        compared = compare(self.loaded, self.declared)
        if compared.diagnostics:
            pytest.fail(harmless(diagnostics_text(compared.diagnostics, self.sources)), pytrace=False)
        for one in compared.validations:
            if one.as_expected:
                continue
            if one.outcome == UNDECIDED:
                pytest.skip(harmless(one.fault))
            page = Page(self.sources, self.loaded.path, _WIDTH, PLAIN)
            text = folded(validation_text(self.loaded.cells[0].model.name, one, page), _WIDTH, PLAIN)
            pytest.fail(harmless(text), pytrace=False)
