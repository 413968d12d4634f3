"""What is different between two results of one model, in one line."""

from __future__ import annotations

from ...check.result import Result, Verdict
from ..visible import shown
from .result import cell_text, grouped, word_for

MOST = 4
"""So many changes are named before the others are counted."""

Key = tuple[str, str | None, str | None]


def changed_text(before: Result, after: Result) -> str:
    """A line that says what became of the verdicts since `before`; without a line end."""
    before, after = shown(before), shown(after)
    if not after.verdicts or not before.verdicts:
        return _unchecked(before, after)
    old, new = _by_key(before), _by_key(after)
    told = [f"{_name(new[key])} {_word(new[key])} (was: {_word(old[key])})" for key in new
            if key in old and _word(new[key]) != _word(old[key])]  # fmt: skip
    told += [f"{_name(new[key])} {_word(new[key])} (new)" for key in new if key not in old]
    told += [f"{_name(old[key])} is gone" for key in old if key not in new]
    if len(told) > MOST:
        told = [*told[:MOST], f"and {len(told) - MOST} more"]
    parts = told or ["all verdicts as before"]
    if before.evidence is not None and after.evidence is not None:
        counts = before.evidence.states, after.evidence.states
        if None not in counts and counts[0] != counts[1]:
            parts.append(f"{grouped(counts[0] or 0)} -> {grouped(counts[1] or 0)} states")
        if after.evidence.cached and after.evidence.cached == after.evidence.runs:
            parts.append("kept from an earlier check of the same model")
    return f"since the last check: {'; '.join(parts)}"


def _unchecked(before: Result, after: Result) -> str:
    faults = sum(found.severity == "error" for found in after.diagnostics)
    if faults:
        return f"since the last check: {faults} error{'s' * (faults != 1)}, so there is no verdict"
    if after.failure is not None:
        return "since the last check: the tool failed, so there is no verdict"
    what = "it can be checked again" if after.verdicts else "there are no verdicts"
    return f"since the last check: {what}"


def _by_key(result: Result) -> dict[Key, Verdict]:
    return {(v.property, v.scenario, v.policy): v for v in result.verdicts}


def _word(verdict: Verdict) -> str:
    return word_for(verdict)[0]


def _name(verdict: Verdict) -> str:
    return " ".join(part for part in (verdict.property, cell_text(verdict)) if part)
