"""Models as test files, and their verdicts as tests."""

from __future__ import annotations

import os
from collections.abc import Generator, Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from ..check.expectations import place_of, properties_of
from ..check.load import load
from ..check.matrix import chosen
from ..check.options import Options
from ..check.project.configuration import NAME, configured, shown
from ..check.project.files import project, verdict_cache
from ..check.project.paths import lies_in
from ..check.result import HOLDS, UNDECIDED, VIOLATED, Result, Verdict
from ..check.run import check_file
from ..report.kinds import KINDS
from ..report.text.diagnostics import diagnostics_text
from ..report.text.result import failure_text, folded, trace_text, undecided_text, verdict_text
from ..report.text.words import line_words
from ..report.visible import harmless, visible
from .beside import beside
from .items import ModelItem, Refused

Key = tuple[Path, str | None, str | None]
"""A cell: file, scenario, policy."""


class ModelWarning(pytest.PytestWarning):
    """Something about a model that is no verdict."""


class Models:
    """Collects models, and checks each cell once in this process, when the first of its tests runs."""

    def __init__(self, config: pytest.Config) -> None:
        found = configured(config.rootpath, KINDS)
        settings = found.configuration
        if settings is None:
            raise pytest.UsageError(diagnostics_text(found.diagnostics, found.sources))
        self.options = Options(
            policies=settings.policies,
            scenarios=settings.scenarios,
            places={"policy": settings.place("policies"), "scenario": settings.place("scenarios")},
            seconds=settings.timeout,
            run_seconds=settings.run_timeout,
            states=settings.max_states,
            # Beside a worker there are the others already.
            jobs=1 if hasattr(config, "workerinput") else settings.jobs,
            workers=settings.workers or 1,
            cache=verdict_cache(),
        )
        self.root = project(config.rootpath / NAME)
        self.sources = {} if settings.source is None else {settings.source.path: settings.source}
        self.properties: dict[Key, tuple[str, ...]] = {}
        self.results: dict[Key, Result] = {}

    def pytest_collect_file(self, file_path: Path, parent: pytest.Collector) -> pytest.File | None:
        if file_path.suffix != ".pfn":
            return None
        if not parent.session.isinitpath(file_path) and not lies_in(os.fspath(file_path), self.root):
            return LeftOut.from_parent(parent, path=file_path)
        return ModelFile.from_parent(parent, path=file_path, models=self)

    @pytest.hookimpl(wrapper=True)
    def pytest_runtest_makereport(
        self, item: pytest.Item
    ) -> Generator[None, pytest.TestReport, pytest.TestReport]:
        """What is skipped is skipped in the model, not in this module."""
        report = yield
        if isinstance(item, Case) and isinstance(report.longrepr, tuple):
            report.longrepr = (os.fspath(item.path), item.line, report.longrepr[2])
        return report

    def result(self, key: Key, session: pytest.Session) -> Result:
        """The result for a cell, with those properties that the session asks for."""
        if key not in self.results:
            path, scenario, policy = key
            asked = {item.property for item in session.items if isinstance(item, Case) and item.key == key}
            every = self.properties[key]
            options = replace(
                self.options,
                properties=() if asked >= set(every) else tuple(name for name in every if name in asked),
                scenarios=() if scenario is None else (scenario,),
                policies=() if policy is None else (policy,),
            )
            self.results[key] = check_file(shown(path), options)
        return self.results[key]


class ModelFile(pytest.File):
    """A model.  Collecting reads and translates it; TLC does not run."""

    def __init__(self, *, models: Models, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.models = models

    def collect(self) -> Iterator[pytest.Item]:
        loaded = load(shown(self.path))
        cells, unknown = chosen(loaded, self.models.options)
        if not loaded.cells or unknown:
            sources = {**loaded.sources, **self.models.sources}
            text = diagnostics_text((*loaded.diagnostics, *unknown), sources)
            yield Refused.from_parent(self, name="model", text=text)
            return
        for found in loaded.diagnostics:
            try:
                self.warn(ModelWarning(visible(f"{found.span}: {found.message}")))
            except ModelWarning as fault:
                raise self.CollectError(str(fault)) from fault
        for cell in cells:
            key = (self.path, cell.scenario, cell.policy)
            self.models.properties[key] = properties_of(cell)
            for property in properties_of(cell):
                span = place_of(cell, property)
                line = span.line if span is not None and span.path == loaded.path else 1
                yield Case.from_parent(
                    self,
                    name=_name(property, *key[1:]),
                    models=self.models,
                    key=key,
                    property=property,
                    line=line,
                )
        yield from beside(self, loaded)


class LeftOut(pytest.File):
    """A model that nobody named and that a link has lead out of the project: it is not read."""

    def collect(self) -> Iterator[pytest.Item]:
        text = f"{visible(shown(self.path))} leads out of the project; name it to have it read"
        yield Refused.from_parent(self, name="model", text=text)


class Case(ModelItem):
    """One property in one cell."""

    def __init__(self, *, models: Models, key: Key, property: str, line: int, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.models = models
        self.key = key
        self.property = property
        self.line = line
        self.trace = ""

    def checked(self) -> tuple[Result, Verdict | None]:
        result = self.models.result(self.key, self.session)
        cell = (self.property, *self.key[1:])
        own = [
            verdict
            for verdict in result.verdicts
            if (verdict.property, verdict.scenario, verdict.policy) == cell
        ]
        return result, own[0] if own else None

    def setup(self) -> None:
        """Has the cell checked.  That there is no verdict at all is an error, no failure of the property."""
        result, verdict = self.checked()
        if result.failure is not None:
            pytest.fail(harmless(failure_text(result)), pytrace=False)
        if verdict is None:
            found = diagnostics_text(result.diagnostics, result.sources)
            pytest.fail(harmless(found) or "the model has changed since it was collected", pytrace=False)

    def runtest(self) -> None:
        result, verdict = self.checked()
        assert verdict is not None
        if verdict.outcome == UNDECIDED:
            pytest.skip(undecided_text(result))
        if verdict.vacuous:
            text = f"`{self.name}` says nothing: what it supposes never happens"
            try:
                self.warn(ModelWarning(text))
            except ModelWarning:
                pytest.fail(text, pytrace=False)
        # With --runxfail nothing is expected to fail.
        expected = HOLDS if self.config.getoption("runxfail") else verdict.expected
        self.trace = harmless(folded(trace_text(verdict, result)))
        if verdict.outcome != expected:
            pytest.fail(f"{harmless(verdict_text(verdict))}\n\n{self.trace}", pytrace=False)
        if verdict.outcome == VIOLATED:
            line = (
                "" if verdict.expectation is None else f" in {line_words(verdict.expectation, result.path)}"
            )
            pytest.xfail(f"violated, as expected{line}")

    def repr_failure(self, excinfo: pytest.ExceptionInfo[BaseException], style: Any = None) -> Any:
        """For --xfail-tb: the trace."""
        if isinstance(excinfo.value, pytest.xfail.Exception):
            return self.trace
        return super().repr_failure(excinfo, style)


def _name(property: str, *cell: str | None) -> str:
    """`PROPERTY[SCENARIO-POLICY]`, like a parametrised test; on one line whatever the property is called."""
    plain = visible(property)
    parts = [part for part in cell if part is not None]
    return f"{plain}[{'-'.join(parts)}]" if parts else plain
