"""What GitHub Actions shows by itself: annotations on lines, and the summary of a job."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from pathlib import Path

from ...check.result import UNDECIDED, Result
from ..text.places import repository_path
from ..text.problems import Problem, problems
from ..visible import meant, shown, visible

_LEVELS = ("error", "warning", "notice")
MOST_SUMMARY = 1_000_000
"""Of the 1 MiB that a step's summary may have."""


def annotations_text(results: Iterable[Result], root: Path) -> str:
    """Workflow commands, a line each: errors for what is wrong, warnings for what says nothing, notices for
    what is not decided.  Paths are seen from `root`."""
    told = tuple(map(shown, results))
    lines = [
        _of_problem(problem, result, root)
        for result in told
        for problem in problems(result)
        if problem.level != "note"
    ]
    lines += [line for result in told for line in _of_tool(result, root)]
    return "".join(f"{line}\n" for line in lines)


def _of_problem(problem: Problem, result: Result, root: Path) -> str:
    fields: dict[str, str] = {}
    span = problem.span
    path = repository_path(span.path if span else result.path, root)
    if path is not None:
        fields["file"] = path
        if span is not None:
            fields |= {"line": str(span.line), "endLine": str(span.end_line)}
            # Columns are for a single line only.
            if span.line == span.end_line:
                fields |= {"col": str(span.column), "endColumn": str(span.end_column)}
    fields["title"] = f"{problem.subject} ({problem.rule})" if problem.subject else problem.rule
    return workflow_command(problem.level, fields, problem.message)


def _of_tool(result: Result, root: Path) -> Iterator[str]:
    path = repository_path(result.path, root)
    fields = {"file": path} if path is not None else {}
    if result.failure is not None:
        yield workflow_command("error", fields | {"title": "pfnspec"}, result.failure.message)
    count = sum(verdict.outcome == UNDECIDED for verdict in result.verdicts)
    if count:
        plural = "verdicts are" if count > 1 else "verdict is"
        yield workflow_command("notice", fields | {"title": "pfnspec"}, f"{count} {plural} not decided")


def workflow_command(name: str, fields: dict[str, str], message: str) -> str:
    """One line for the runner of GitHub Actions."""
    name = name if name in _LEVELS else "error"
    given = ",".join(f"{key}={_property(value)}" for key, value in fields.items())
    return f"::{name} {given}::{_data(message)}"


def _data(text: str) -> str:
    # Line ends have a form of their own here.
    text = meant(text).replace("%", "%25").replace("\r", "%0D").replace("\n", "%0A")
    return visible(text).replace("##[", "#%5B")


def _property(text: str) -> str:
    return _data(text).replace(":", "%3A").replace(",", "%2C")
