"""What a result has against a model: the one list behind SARIF and annotations."""

from __future__ import annotations

from dataclasses import dataclass

from ...check.result import UNDECIDED, VIOLATED, Result, Verdict
from ...dsl.diagnostics import Diagnostic
from ...dsl.source import Span
from ...translator.program.findings import Finding
from .result import assuming, cell_text, counterexamples, memory_notes, reasons_of
from .words import source_line

RULES = {
    "assertion": (
        "An assertion fails",
        "A task comes to an `assert` whose condition does not hold. The trace is a behaviour of the model "
        "that leads there; every step of it was replayed.",
    ),
    "invariant": (
        "An invariant does not hold",
        "A state is reached in which the `invariant` is false. The trace is a behaviour of the model that "
        "leads there; every step of it was replayed.",
    ),
    "property": (
        "A temporal property does not hold",
        "A fair behaviour violates the `property`: a number of steps, and then a loop that is repeated for "
        "ever, or a state in which nothing steps any more.",
    ),
    "sometimes": (
        "What should be possible never happens",
        "No behaviour of the model comes to a state that satisfies the `sometimes`. Nothing that supposes "
        "such a state has been checked.",
    ),
    "deadlock": (
        "Tasks wait for each other",
        "Nothing can step although somebody has not ended, or some tasks wait for each other in a circle, or "
        "for what nobody can bring about who is not stuck, too, while others go on. A task that waits for a "
        "lock that it holds itself is such a circle.",
    ),
    "out_of_range": (
        "A value is out of range",
        "A value that is written does not fit the type of the variable, or an index is beyond the array.",
    ),
    "none_used": ("`None` is used", "A value that may be `None` is used where it is `None`."),
    "empty_choice": (
        "A choice from nothing",
        "`choose` has nothing to choose from: its set is empty in some state.",
    ),
    "bad_unlock": (
        "A lock that is not held is released",
        "The task that releases the lock does not hold it in this mode.",
    ),
    "sleep_in_atomic": (
        "Sleeping in atomic context",
        "Something that may sleep is reached while the task holds a lock whose waiters spin, or after it has "
        "prepared to wait.",
    ),
    "bad_refcount": (
        "A count of references is wrong",
        "A count of references is raised from zero, taken below zero, or taken to zero without a test.",
    ),
    "use_after_free": (
        "An object that is not allocated is used",
        "An object is used that was freed or never allocated, or it is freed while a lock in it is held.",
    ),
    "double_free": ("An object is freed twice", "An object is freed that was freed before."),
    "ends_holding": ("A task ends with a lock held", "A process comes to its end without releasing a lock."),
    "not_as_expected": (
        "A known violation is no longer found",
        "The model expects a property to be violated, and it holds. Either the defect has gone, and the "
        "expectation with it, or the model no longer shows it.",
    ),
    "vacuous": (
        "A property says nothing",
        "The property holds only because what it supposes never happens.",
    ),
    "sequential_consistency": (
        "Verdicts rest on sequential consistency",
        "Tasks meet at a shared location without a lock that keeps them apart, or the model has barriers, "
        "which have no effect. Each access takes effect at once and in program order here; on a machine it "
        "may not, so a protocol that fails on weaker memory passes.",
    ),
    "unreached": (
        "Nothing reaches this",
        "No behaviour of the model reaches the label or the branch: nothing there has been checked.",
    ),
}
"""For each rule that is no diagnostic's code: its title, and what it means."""


LEVELS = ("error", "warning", "note")
"""How much a problem matters, most first."""


@dataclass(frozen=True, slots=True)
class Problem:
    """Something that a reader should do something about.

    `rule` is one of `RULES` or the code of a diagnostic; `level` error, warning or note; `span` where it is,
    None where it is nowhere in the source; `subject` the property; `verdicts` those that it stands
    for, the first with the trace; `diagnostic` where it is one.
    """

    rule: str
    level: str
    message: str
    span: Span | None
    subject: str = ""
    verdicts: tuple[Verdict, ...] = ()
    diagnostic: Diagnostic | None = None


def problems(result: Result) -> tuple[Problem, ...]:
    """Everything that is wrong, or looks wrong, in a model: errors before warnings before notes."""
    found = [
        Problem(
            one.code,
            one.severity,
            f"{one.message}\n{one.help}" if one.help else one.message,
            one.span if one.span.line else None,
            diagnostic=one,
        )
        for one in result.diagnostics
    ]
    wrong = [v for v in result.verdicts if v.outcome != UNDECIDED and not v.as_expected]
    found += [_counterexample(group, result) for group in counterexamples(wrong)]
    found += [_without_trace(verdict) for verdict in wrong if verdict.finding is None]
    for verdict in result.verdicts:
        if verdict.vacuous:
            text = f"`{verdict.property}`{_in_cell(verdict)} says nothing: what it supposes never happens"
            found.append(Problem("vacuous", "warning", text, verdict.place, verdict.property, (verdict,)))
    for mark in result.unreachable:
        what = f"label {mark.text}" if mark.kind == "label" else f"{mark.text} of this"
        found.append(Problem("unreached", "warning", f"no behaviour reaches {what}", mark.span, mark.text))
    resting = memory_notes(result)
    if resting:
        first = result.unlocked[0].written if result.unlocked else result.barriers[0]
        found.append(Problem("sequential_consistency", "note", "\n".join(resting), first))
    return tuple(sorted(found, key=lambda problem: LEVELS.index(problem.level)))


def _counterexample(group: tuple[Verdict, ...], result: Result) -> Problem:
    first = group[0]
    finding = first.finding
    assert finding is not None
    end = " is violated" if finding.loop is None else f": {finding.diagnosis}"
    lines = [f"{first.property}{_in_cell(first)}{end}"]
    if group[1:]:
        lines.append(f"the same {', '.join(cell_text(other) for other in group[1:])}")
    lines += reasons_of(finding, result)
    return Problem(rule_of(first), "error", "\n".join(lines), place_of(finding), first.property, group)


def place_of(finding: Finding) -> Span | None:
    """Where a violation is: at what failed, else where somebody waits, for ever if there is such a task, else
    at the last step."""
    if finding.span is not None:
        return finding.span
    stands = [one for one in finding.standing if one.waits_for is not None]
    waiting = [one.span for one in sorted(stands, key=lambda one: one.task not in finding.stuck)]
    return waiting[0] if waiting else finding.steps[-1].span if finding.steps else None


def _without_trace(verdict: Verdict) -> Problem:
    where = _in_cell(verdict)
    if verdict.outcome == VIOLATED:
        text = f"`{verdict.property}`{where}: no behaviour comes to such a state"
        return Problem(rule_of(verdict), "error", text, verdict.place, verdict.property, (verdict,))
    text = f"`{verdict.property}`{where} holds, but is expected to be violated"
    span = verdict.expectation or verdict.place
    return Problem("not_as_expected", "error", text, span, verdict.property, (verdict,))


def _in_cell(verdict: Verdict) -> str:
    """Under which policy, in which scenario, and assuming what."""
    told = assuming(verdict.assumed)
    return "".join(f" {part}" for part in (cell_text(verdict), f"({told})" if told else "") if part)


def rule_of(verdict: Verdict) -> str:
    """The rule that a violated property breaks: a built-in check is its own."""
    return verdict.property if verdict.kind == "built-in" else verdict.kind


def line_of(problem: Problem, result: Result) -> str:
    """The text of the line that a problem is at; empty where it is nowhere."""
    return "" if problem.span is None else source_line(problem.span, result.sources)
