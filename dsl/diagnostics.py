"""What is wrong with a specification: facts, as values, beside the result of a stage."""

from __future__ import annotations

import difflib
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from .source import Span


@dataclass(frozen=True, slots=True)
class Diagnostic:
    """One fault: where it is, what is wrong, and a way out.

    `code` names an entry of `explanations.txt`; `help` is a complete clause, or None;
    `related` holds further places with a few words each.  `everywhere`: it is true of a model only where it
    is true in each of its scenarios, as that control comes nowhere.
    """

    code: str
    span: Span
    message: str
    help: str | None = None
    related: tuple[tuple[Span, str], ...] = ()
    severity: str = "error"
    everywhere: bool = False


class Diagnostics:
    """Collects the faults that a stage finds, in the order in which it finds them."""

    def __init__(self) -> None:
        self._found: dict[tuple[str, Span, str], Diagnostic] = {}

    def add(
        self,
        code: str,
        span: Span,
        message: str,
        help: str | None = None,
        related: Iterable[tuple[Span, str]] = (),
        severity: str = "error",
        *,
        everywhere: bool = False,
    ) -> None:
        fault = Diagnostic(code, span, message, help, tuple(related), severity, everywhere)
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


def did_you_mean(word: str, candidates: Iterable[str]) -> str | None:
    """The candidate that a misspelt `word` most probably stands for, as a help text."""
    known = sorted(set(candidates) - {word})
    close = difflib.get_close_matches(word, known, n=1, cutoff=0.7 if len(word) > 4 else 0.6)
    return f"did you mean `{close[0]}`?" if close else None
