"""What is wrong with a specification: facts, as values, beside the result of a stage."""

from __future__ import annotations

import difflib
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Literal

from .advice import Advice, Change, Edit, Respell, edits
from .source import Source, Span

Severity = Literal["error", "warning"]


@dataclass(frozen=True, slots=True)
class Diagnostic:
    """One fault: where it is, what is wrong, and a way out.

    `code` names an entry of `explanations.txt`; `help` is a complete clause, or None;
    `related` holds further places with a few words each.  `everywhere`: it is true of a model only where it
    is true in each of its scenarios, as that control comes nowhere.  `changes` are what `help` means, where
    it can only mean one change of the text.
    """

    code: str
    span: Span
    message: str
    help: str | None = None
    related: tuple[tuple[Span, str], ...] = ()
    severity: Severity = "error"
    everywhere: bool = False
    changes: tuple[Change, ...] = ()

    def edits(self, source: Source | None) -> tuple[Edit, ...]:
        """The changes as texts for places in `source`, the file of the diagnostic; see `advice.edits`."""
        return () if source is None else edits(self.changes, self.span, source)


class Diagnostics:
    """Collects the faults that a stage finds, in the order in which it finds them."""

    def __init__(self) -> None:
        self._found: dict[tuple[str, Span, str], Diagnostic] = {}

    def add(
        self,
        code: str,
        span: Span,
        message: str,
        help: Advice | str | None = None,
        related: Iterable[tuple[Span, str]] = (),
        severity: Severity = "error",
        *,
        everywhere: bool = False,
    ) -> None:
        text, changes = (help.text, help.changes) if isinstance(help, Advice) else (help, ())
        fault = Diagnostic(code, span, message, text, tuple(related), severity, everywhere, changes)
        self._found.setdefault((code, span, message), fault)

    def extend(self, others: Iterable[Diagnostic]) -> None:
        for other in others:
            self._found.setdefault((other.code, other.span, other.message), other)

    def extend_by_scenarios(self, scenarios: Sequence[Diagnostics]) -> None:
        """Adds what was found in each scenario of one model; of what is true `everywhere` or not at all only
        what was found in all of them."""
        for found in scenarios:
            self.extend(
                fault for fault in found if not fault.everywhere or all(fault in other for other in scenarios)
            )

    def __contains__(self, fault: Diagnostic) -> bool:
        return (fault.code, fault.span, fault.message) in self._found

    def __iter__(self) -> Iterator[Diagnostic]:
        return iter(self.sorted())

    def __len__(self) -> int:
        return len(self._found)

    def sorted(self) -> tuple[Diagnostic, ...]:
        """Each fault once, in the order of the source."""
        return tuple(sorted(self._found.values(), key=lambda d: (d.span, d.code)))

    @property
    def errors(self) -> bool:
        return any(found.severity == "error" for found in self._found.values())


def did_you_mean(word: str, candidates: Iterable[str]) -> Advice | None:
    """The candidate that a misspelt `word` most probably stands for, as advice."""
    known = sorted(set(candidates) - {word})
    close = difflib.get_close_matches(word, known, n=1, cutoff=0.7 if len(word) > 4 else 0.6)
    return Advice(f"did you mean `{close[0]}`?", (Respell(word, close[0]),)) if close else None
