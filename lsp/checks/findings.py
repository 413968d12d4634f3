"""Verdicts as diagnostics: the line that fails, and the counterexample as a walk through the source."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from pathlib import PurePath

from lsprotocol import types

from ...check.result import HOLDS, VIOLATED, Result, Verdict
from ...dsl.source import BUILT_IN, Span
from ...report.text.result import cell_text, counterexamples, reasons_of
from ...report.text.words import in_words, source_line
from ...translator.program.findings import Finding

MOST_STEPS = 150
"""Steps of a counterexample that are walked through; of a longer one, so many from its end."""

Place = Callable[[Span], types.Location]


def findings(
    result: Result, model: Span, place: Place, *, preliminary: bool = False
) -> Iterator[types.Diagnostic]:
    """What a result has to say, as diagnostics in the file that was checked.

    `model` is the place of its `model` line, which stands for places in other files: a base is no worse for
    what its variant does.  `place` turns a span into the protocol's.  What is `preliminary` says so, and is a
    warning at most.
    """
    teller = _Teller(result, model, place, preliminary)
    for verdicts in counterexamples(result.verdicts):
        yield teller.counterexample(verdicts)
    for verdict in result.verdicts:
        if verdict.finding is None:
            yield from teller.without_trace(verdict)
    for mark in result.unreached if not preliminary else ():
        what = f"label {mark.text}" if mark.kind == "label" else f"{mark.text} of line {mark.span.line}"
        where = "" if mark.span.path == model.path else f" of {PurePath(mark.span.path).name}"
        severity = types.DiagnosticSeverity.Warning
        yield teller.found(mark.span, f"no behaviour reaches {what}{where}", severity, "not-reached")


class _Teller:
    def __init__(self, result: Result, model: Span, place: Place, preliminary: bool) -> None:
        self.result = result
        self.model = model
        self.place = place
        self.preliminary = preliminary

    def counterexample(self, verdicts: tuple[Verdict, ...]) -> types.Diagnostic:
        """One property violated in one way, in one cell or in several."""
        first = verdicts[0]
        finding = first.finding
        assert finding is not None
        cells = ", ".join(filter(None, map(cell_text, verdicts)))
        steps = f"{len(finding.steps)} step{'s' * (len(finding.steps) != 1)}"
        head = f"`{first.property}` is violated{f' {cells}' * bool(cells)}"
        head += f": {finding.diagnosis}" if finding.diagnosis else f", after {steps}"
        head += "" if self.unexpected(verdicts) else ", as expected"
        lines = [head, *reasons_of(finding, self.result)]
        span = finding.span or first.place or self.stands(finding)
        return self.found(
            span, "\n".join(lines), self.severity(verdicts), "violated", tuple(self.walk(finding)),
            {"property": first.property, "policy": first.policy, "scenario": first.scenario},
        )  # fmt: skip

    def without_trace(self, verdict: Verdict) -> Iterator[types.Diagnostic]:
        """What has no counterexample to show: a `sometimes` that is never met, what holds unexpectedly,
        what says nothing."""
        where = f" {cell_text(verdict)}" if cell_text(verdict) else ""
        if verdict.kind == "sometimes" and verdict.outcome == VIOLATED:
            expected = "" if self.unexpected((verdict,)) else ", as expected"
            text = f"no behaviour{where} reaches `{verdict.property}`{expected}"
            span = verdict.place or self.model
            yield self.found(span, text, self.severity((verdict,)), "never-reached")
        elif verdict.outcome == HOLDS and not verdict.as_expected:
            met = verdict.kind == "sometimes"
            words = ("is reached", "never to be") if met else ("holds", "to be violated")
            text = f"`{verdict.property}` {words[0]}{where}, but is expected {words[1]}"
            span = verdict.expectation or verdict.place or self.model
            yield self.found(span, text, self.severity((verdict,)), "not-violated")
        if verdict.vacuous:
            text = f"`{verdict.property}`{where} says nothing: what it supposes never happens"
            yield self.found(
                verdict.place or self.model, text, types.DiagnosticSeverity.Warning, "says-nothing"
            )

    def unexpected(self, verdicts: Iterable[Verdict]) -> bool:
        return any(not verdict.as_expected for verdict in verdicts)

    def severity(self, verdicts: Iterable[Verdict]) -> types.DiagnosticSeverity:
        if not self.unexpected(verdicts):
            return types.DiagnosticSeverity.Information
        return types.DiagnosticSeverity.Warning if self.preliminary else types.DiagnosticSeverity.Error

    def found(
        self, span: Span, text: str, severity: types.DiagnosticSeverity, code: str,
        related: tuple[types.DiagnosticRelatedInformation, ...] = (), data: object = None,
    ) -> types.Diagnostic:  # fmt: skip
        shown = span if span.path == self.model.path else self.model
        message = f"preliminary, not decided by TLC yet: {text}" if self.preliminary else text
        return types.Diagnostic(
            self.place(shown).range, message, severity, code, source="pfnspec",
            related_information=list(related) or None, data=data,
        )  # fmt: skip

    def stands(self, finding: Finding) -> Span:
        """Where somebody waits in the end, for what is violated at no line: a deadlock."""
        for standing in sorted(finding.standing, key=lambda one: one.task not in finding.stuck):
            if standing.waits_for is not None and standing.span.path not in BUILT_IN:
                return standing.span
        for step in reversed(finding.steps):
            if (span := _in_model(step.span, step.calls)) is not None:
                return span
        return self.model

    def walk(self, finding: Finding) -> Iterator[types.DiagnosticRelatedInformation]:
        """The steps in their order, each line of the source that one goes through; then the failing line."""
        left_out = max(0, len(finding.steps) - MOST_STEPS)
        for index, step in enumerate(finding.steps[left_out:], start=left_out):
            repeated = finding.loop is not None and index >= finding.loop
            lead = "for ever: " if repeated else ""
            for span, text in in_words(step):
                shown = _in_model(span, step.calls) or self.model
                if index == left_out and left_out:
                    lead = f"({left_out} steps before are left out) {lead}"
                yield types.DiagnosticRelatedInformation(
                    self.place(shown), f"{lead}{step.number}  {step.task}: {text}"
                )
        if finding.loop is not None:
            last = finding.steps[-1] if finding.steps else None
            shown = self.model if last is None else _in_model(last.span, last.calls) or self.model
            loop = finding.steps[finding.loop :]
            text = (
                f"then from step {loop[0].number} again, for ever" if loop else "then nothing steps any more"
            )
            yield types.DiagnosticRelatedInformation(self.place(shown), text)
        elif finding.span is not None and finding.span.path not in BUILT_IN:
            who = f"{finding.task}: " if finding.task is not None else ""
            line = source_line(finding.span, self.result.sources, finding.formula)
            yield types.DiagnosticRelatedInformation(self.place(finding.span), f"{who}fails: {line}")


def _in_model(span: Span, calls: tuple[Span, ...]) -> Span | None:
    """A place in a file of the user's: where a wait policy is at work, the line that waits."""
    if span.path not in BUILT_IN:
        return span
    return next((call for call in reversed(calls) if call.path not in BUILT_IN), None)
