"""What falls without what, as a table beside the lines of the model."""

from __future__ import annotations

import textwrap
from collections.abc import Iterable, Iterator, Mapping

from ...ablation.change import Change
from ...ablation.result import LOAD_BEARING, NO_MODEL, NOT_NEEDED, SAME, UNDECIDED, Ablation, CellName, Tried
from ...check.result import NOT_COVERED, SC, WEAK, Verdict
from ...dsl.source import Source
from ..text.behaviour import Page, finding_text, where_text
from ..text.ink import PLAIN, WIDTH, Ink
from ..text.result import DECIDED_BY, STOPPED, assuming, folded, head_text
from ..visible import shown

LEAST_TOLD = 26
"""Columns that what falls has at least."""
LEAST_CODE = 16
MOST_CODE = 44


def ablation_text(found: Ablation, width: int = WIDTH, ink: Ink = PLAIN, *, traces: bool = False) -> str:
    """The table, what it comes to, and, if asked for, the behaviour of everything that is load-bearing."""
    found = shown(found)
    base = found.base
    parts = [head_text(base.name, base.constants, ink, base.memory) + "\n"]
    parts += ["\n".join(_table(found, width, ink)) + "\n"] if found.tried else []
    parts.append("\n".join(summary(found, ink)) + "\n")
    text = folded("\n".join(parts), width, ink)
    return "\n".join([text, *(_traces(found, width, ink) if traces else ())])


# -- the table


def _table(found: Ablation, width: int, ink: Ink) -> Iterator[str]:
    """A line, or more, for each change, below the names of the files."""
    words = [how_words(one.change) for one in found.tried]
    how = max(map(len, words))
    code = max((len(change_code(one.change, found.sources)) for one in found.tried), default=0)
    code = max(LEAST_CODE, min(code, MOST_CODE, width - 6 - 2 - how - 2 - LEAST_TOLD))
    told = max(LEAST_TOLD, width - 6 - code - 2 - how - 2)
    file, at = "", None
    several = len({one.change.place.path for one in found.tried}) > 1
    for one, change in zip(found.tried, words, strict=True):
        place = one.change.place
        if several and place.path != file:
            yield from ([""] if file else [])
            yield ink("strong", place.path)
        elif not file:
            yield ink("dim", f"{'line':>4}  {'code'.ljust(code)}  {'change'.ljust(how)}  what falls").rstrip()
        file = place.path
        first = place != at
        at = place
        left = (
            f"{place.line:>4}  {_cut(change_code(one.change, found.sources), code)}"
            if first
            else " " * (6 + code)
        )
        rows = textwrap.wrap(outcome_words(one, found), told, break_on_hyphens=False) or [""]
        for number, row in enumerate(rows):
            lead = f"{left}  {change.ljust(how)}" if number == 0 else " " * (6 + code + 2 + how)
            yield f"{lead}  {ink(_INK[one.outcome], row)}".rstrip()


_INK = {LOAD_BEARING: "good", NOT_NEEDED: "bad", UNDECIDED: "note", SAME: "dim", NO_MODEL: "dim"}


def _cut(text: str, width: int) -> str:
    return text.ljust(width) if len(text) <= width else text[: width - 3] + "..."


def change_code(change: Change, sources: Mapping[str, Source]) -> str:
    """What is changed, as it is written."""
    source = sources.get(change.place.path)
    if source is None:
        return ""
    text = source.excerpt(change.place).split("  #")[0].strip()
    return f"... {text}" if change.kind == "condition" else text


def how_words(change: Change) -> str:
    """What is done to it."""
    match change.how:
        case "weaker":
            return f"as {change.instead}"
        case "later":
            return "begins later"
        case "earlier":
            return "ends earlier"
        case "never" | "always":
            return f"{change.how} true"
        case "once":
            return "runs once"
        case "swapped":
            return f"behind line {change.also.line}" if change.also else "swapped"
        case "gone":
            return "gone"


def change_words(change: Change, sources: Mapping[str, Source]) -> str:
    """A change in a line of its own."""
    return f"`{change_code(shown(change), shown(dict(sources)))}` {how_words(change)}"


def outcome_words(one: Tried, found: Ablation) -> str:
    """What came of a change."""
    match one.outcome:
        case "load-bearing" if one.fell is not None:
            return fell_words(one.fell, found)
        case "not needed" if one.vacuous:
            return f"{NOT_NEEDED}, but {', '.join(one.vacuous)} says nothing any more"
        case "not decided":
            return f"{UNDECIDED}: {STOPPED.get(one.why, one.why)}" if one.why else UNDECIDED
        case "no model" if one.fault is not None:
            return f"{NO_MODEL}: {one.fault.message}"
        case outcome:
            return outcome


def fell_words(verdict: Verdict, found: Ablation) -> str:
    """Which property falls, where that is not the same for all, and in how many steps."""
    where = where_text(verdict.scenario, verdict.policy) if len(found.cells) > 1 else ""
    name = " ".join(part for part in (verdict.property, where) if part)
    if verdict.kind == "sometimes":
        return f"{name}: {'reached' if verdict.outcome == 'holds' else 'never'}"
    if verdict.finding is None:
        return name
    steps = len(verdict.finding.steps)
    kind = f"{verdict.finding.diagnosis}, " if verdict.finding.diagnosis else ""
    return f"{name}: {kind}{steps} step{'s' * (steps != 1)}"


# -- what it comes to


def summary(found: Ablation, ink: Ink) -> list[str]:
    """The score, what does not count, what was looked at, and what that says nothing about: a line each."""
    noticed, unneeded = len(found.of(LOAD_BEARING)), len(found.of(NOT_NEEDED))
    lines: list[str] = []
    if not found.tried:
        if not found.stopped:
            lines.append("there is nothing of this kind that could be taken away")
    elif found.score is None:
        lines.append("no change makes a difference that could be noticed")
    else:
        share = f"{noticed} of {noticed + unneeded} changes are noticed ({found.score:.0%})"
        lines.append(ink("strong", share) + _unneeded(unneeded))
    for outcome, one, several in _UNCOUNTED:
        count = len(found.of(outcome))
        if count:
            lines.append(f"{count} {one if count == 1 else several}, and not counted")
    if found.stopped:
        much = "not everything" if found.tried else "nothing"
        lines.append(f"{much} was tried: {STOPPED.get(found.stopped, found.stopped)}")
    lines += _looked_at(found)
    if told := assuming(dict.fromkeys(text for verdict in found.base.verdicts for text in verdict.assumed)):
        lines.append(f"every verdict is one {told}")
    engines = sorted({one.engine for one in found.of(NOT_NEEDED) if one.engine})
    if engines and engines != ["tlc"]:
        by = " and ".join(DECIDED_BY.get(one, "TLC") for one in engines)
        lines.append(f"what is not needed is decided by {by}; the reference is TLC")
    lines += _memory(found)
    lines.append(f"{found.seconds:.1f} s in all")
    return lines


def _unneeded(number: int) -> str:
    if not number:
        return ""
    what = "one" if number == 1 else str(number)
    return f"; without {what} nothing falls: not needed for what is checked here, or a property is missing"


_UNCOUNTED = (
    (UNDECIDED, "is not decided", "are not decided"),
    (SAME, "does the same as before", "do the same as before"),
    (NO_MODEL, "is no model", "are no model"),
)
"""What says nothing about the specification, in words, of one and of several."""


def _looked_at(found: Ablation) -> list[str]:
    lines: list[str] = []
    if len(found.cells) > 1 or found.left_out:
        lines.append(f"looked at {_cells(found.cells)}")
    for why, words in (
        ("violated", "something is expected to be violated"),
        ("sc", "memory is sequentially consistent"),
    ):
        cells = [cell for cell in found.left_out if cell.why == why]
        if cells:
            lines.append(f"not at {_cells(cells)}, where {words}")
    return lines


def _cells(cells: Iterable[CellName]) -> str:
    words = [where_text(cell.scenario, cell.policy) or "the model" for cell in cells]
    return ", ".join(words)


def _memory(found: Ablation) -> list[str]:
    """What the memory model has to do with it."""
    lines: list[str] = []
    memories = {cell.memory for cell in found.cells}
    if found.implied:
        lines.append("memory is weak in all scenarios, as none says so and barriers order nothing otherwise")
    if WEAK in memories:
        lines.append(f"`{NOT_NEEDED}` says nothing about: {'; '.join(NOT_COVERED)}")
        if any(verdict.kind == "property" for verdict in found.base.verdicts):
            lines.append(
                "temporal properties are not decided under weak memory, and so do not notice anything there"
            )
    idle = [one for one in found.of(SAME) if one.change.kind == "barrier"]
    if idle and memories == {SC}:
        lines.append(
            "barriers order nothing where memory is sequentially consistent; --memory weak has it otherwise"
        )
    return lines


# -- traces


def _traces(found: Ablation, width: int, ink: Ink) -> Iterator[str]:
    page = Page(found.sources, found.base.path, width, ink)
    for one in found.of(LOAD_BEARING):
        if one.fell is None or one.fell.finding is None:
            continue
        place = one.change.place
        line = f"{place.path}:{place.line}: {change_words(one.change, found.sources)}"
        cell = where_text(one.fell.scenario, one.fell.policy)
        text = finding_text(one.fell.finding, page, cell, (), "")
        yield folded(f"{ink('strong', line)}\n{text}", width, ink)
