"""A result as data with the words that a reader wants, for `--format json`; `docs/json.md` describes it."""

from __future__ import annotations

from ...check.result import Result, Verdict
from ...check.saved.data import Data, result_data
from ..text.command import reproduce
from ..text.words import event_text, source_line, step_text, waiting


def described(result: Result) -> Data:
    """Everything that the text shows, and the states behind it.  `check.data.result_of` reads it again."""
    data = result_data(result)
    for verdict, one in zip(result.verdicts, data["verdicts"], strict=True):
        if one["finding"] is not None:
            _describe(verdict, one["finding"], result)
    return data


def _describe(verdict: Verdict, data: Data, result: Result) -> None:
    """Adds words to the data of a verdict's finding."""
    finding = verdict.finding
    assert finding is not None
    data["line"] = "" if finding.span is None else source_line(finding.span, result.sources, finding.formula)
    data["reproduce"] = reproduce(result, verdict)
    for standing, one in zip(finding.standing, data["standing"], strict=True):
        one["text"] = waiting(standing, result.path)
    for step, one in zip(finding.steps, data["steps"], strict=True):
        one["text"] = step_text(step)
        one["source"] = source_line(step.span, result.sources)
        for event, told in zip(step.events, one["events"], strict=True):
            told["text"] = event_text(event)
