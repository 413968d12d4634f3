"""The verdicts of a result as tables: one for each scenario, properties down, policies across."""

from __future__ import annotations

from dataclasses import dataclass

from ...check.result import UNDECIDED, Result, Scene, Verdict
from .result import assuming, scene_text, word_for


@dataclass(frozen=True, slots=True)
class Table:
    """One scenario.  `title` is empty where there is only the one that has no name; `policies` are the
    columns, a single None where there is no choice; each of `rows` has a verdict or None per column."""

    title: str
    detail: str
    policies: tuple[str | None, ...]
    rows: tuple[tuple[str, tuple[Verdict | None, ...]], ...]


def tables(result: Result) -> tuple[Table, ...]:
    """The matrix of a result; nothing where there are no verdicts."""
    return tuple(_table(scene, result) for scene in result.scenes if result.verdicts)


def _table(scene: Scene, result: Result) -> Table:
    found = {(v.property, v.policy): v for v in result.verdicts if v.scenario == scene.name}
    names = dict.fromkeys(name for name, _ in found)
    rows = tuple((name, tuple(found.get((name, policy)) for policy in result.policies)) for name in names)
    return Table(scene.name or "", scene_text(scene) if scene.name else "", result.policies, rows)


def mood(verdict: Verdict) -> str:
    """How a verdict is to be looked at: `good`, `known` (a violation that is expected), `open` (not decided)
    or `bad` (not as expected)."""
    if verdict.outcome == UNDECIDED:
        return "open"
    if not verdict.as_expected:
        return "bad"
    return "good" if word_for(verdict)[1] == "good" else "known"


def word(verdict: Verdict) -> str:
    """The verdict in a cell, with what was expected unless that goes without saying, and what it assumes."""
    text = word_for(verdict)[0]
    told = {"bad": f"{text}, not as expected", "known": f"{text}, as expected"}.get(mood(verdict), text)
    return ", ".join(part for part in (told, assuming(verdict.assumed)) if part)


def summary(result: Result) -> str:
    """One sentence: how many verdicts, and how many of them are not as expected or not decided."""
    if result.failure is not None:
        return result.failure.message
    errors = sum(found.severity == "error" for found in result.diagnostics)
    if errors:
        return f"{errors} error{'s' * (errors > 1)} in the model: nothing was checked"
    if result.shard is not None and not result.verdicts:
        return "nothing of it in this shard"
    moods = [mood(verdict) for verdict in result.verdicts]
    parts = [f"{len(moods)} verdict{'s' * (len(moods) != 1)}"]
    for kind, text in (
        ("bad", "not as expected"),
        ("open", "not decided"),
        ("known", "violated as expected"),
    ):
        if moods.count(kind):
            parts.append(f"{moods.count(kind)} {text}")
    return ", ".join(parts) if len(parts) > 1 else f"{parts[0]}, all of them hold"
