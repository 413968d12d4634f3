"""A result as plain text, for a terminal or a mail."""

from __future__ import annotations

import textwrap
from collections.abc import Iterable

from ...check.result import (
    BOTH,
    HOLDS,
    NOT_COVERED,
    SC,
    UNDECIDED,
    VIOLATED,
    WEAK,
    Evidence,
    Result,
    Scene,
    Verdict,
)
from ...translator.program.findings import Finding
from ...translator.program.values import Value, value_text
from ..visible import shown
from .behaviour import Page, ending, finding_text, headline, where_text
from .command import reproduce
from .diagnostics import diagnostics_text
from .ink import PLAIN, WIDTH, Ink
from .words import NARROWEST, line_words, source_line, step_text

STOPPED = {
    "time": "the time limit was reached",
    "states": "the limit of states was reached",
    "interrupted": "it was interrupted",
    "fail-fast": "a verdict was not as expected",
    "bitstate": "bitstate hashing may have left states out",
}
"""What ended a check early, in words."""

DECIDED_BY = {
    "interpreter": "the interpreter",
    "spin": "Spin",
    "spin-bitstate": "Spin, which kept a few bits of each state",
}
"""Engines other than TLC, in words."""

NAMED = 5
"""So many locations are named before the others are counted."""


def result_text(result: Result, width: int = WIDTH, ink: Ink = PLAIN, *, verbose: bool = False) -> str:
    """Verdicts, then a trace per violated property, then what a reader should also know.
    `verbose` traces have the steps that tell nothing, too.

    Diagnostics are not part of it; they go to another stream.
    """
    result = shown(result)
    if not result.verdicts:
        empty = result.shard is not None and result.status == 0
        return (
            f"{head_text(result.name, result.constants, ink, result.memory)}   nothing of it in this shard\n"
            * empty
        )
    blocks = [_summary(result, ink)]
    for verdicts in counterexamples(result.verdicts):
        blocks.append(counterexample_text(verdicts, result, width, ink, verbose=verbose))
    notes = notes_of(result)
    if notes:
        blocks.append("\n".join(notes) + "\n")
    return folded("\n".join(blocks), width, ink)


def counterexamples(verdicts: Iterable[Verdict]) -> tuple[tuple[Verdict, ...], ...]:
    """The verdicts that have a finding; those of one property with the same trace are together."""
    told: dict[tuple[object, ...], list[Verdict]] = {}
    for verdict in verdicts:
        if verdict.finding is not None:
            steps = tuple((step.task, step.span, step_text(step)) for step in verdict.finding.steps)
            told.setdefault((verdict.property, verdict.finding.loop, steps), []).append(verdict)
    return tuple(tuple(group) for group in told.values())


def folded(text: str, width: int = WIDTH, ink: Ink = PLAIN) -> str:
    """`text` with its long lines wrapped, except commands, which are to be copied."""
    if ink.on:
        # A terminal folds lines itself, and would not count the codes of colour.
        return text
    width = max(width, NARROWEST)
    lines: list[str] = []
    for line in text.split("\n"):
        if len(line) <= width or line.startswith("  reproduce: "):
            lines.append(line)
            continue
        indent = " " * (len(line) - len(line.lstrip()) + 4)
        lines += textwrap.wrap(
            line, width, subsequent_indent=indent, break_long_words=False, break_on_hyphens=False
        )
    return "\n".join(lines)


def failure_text(result: Result) -> str:
    """The one line for a tool that failed, and where its files are."""
    failure = shown(result.failure)
    if failure is None:
        return ""
    lines = [f"pfnspec: {failure.message}"]
    if failure.directory:
        if failure.why in ("parse", "internal", "evaluation", "config", "disagreement"):
            lines.append(f"pfnspec: please report this, with the files in {failure.directory}")
        else:
            lines.append(f"pfnspec: files are in {failure.directory}")
    return "\n".join(lines) + "\n"


def diagnostics_of(result: Result, ink: Ink) -> str:
    """The result's diagnostics, for standard error."""
    return diagnostics_text(result.diagnostics, result.sources, ink)


def _summary(result: Result, ink: Ink) -> str:
    lines = [head_text(result.name, result.constants, ink, result.memory)]
    for scene in result.scenes:
        verdicts = [verdict for verdict in result.verdicts if verdict.scenario == scene.name]
        lines.append("")
        only = result.policies[0] if len(result.policies) == 1 else None
        under = f"under {ink('strong', only)}" if only else ""
        if scene.name is not None:
            lines += [
                f"scenario {ink('strong', scene.name)}: {scene_text(scene)}{', ' * bool(under)}{under}",
                "",
            ]
        elif under:
            lines += [under, ""]
        lines += _table(verdicts, result.policies, ink) if len(result.policies) > 1 else _list(verdicts, ink)
        if scene.memory == WEAK:
            lines += ["", *weak_text(scene)]
    if result.evidence is not None:
        lines += ["", "  " + evidence_text(result, result.evidence)]
    if engine_text(result):
        lines.append(f"  {engine_text(result)}")
    temporal = [verdict for verdict in result.verdicts if verdict.kind == "property"]
    if temporal and not (result.engine != "tlc" and all(v.outcome == UNDECIDED for v in temporal)):
        lines.append(f"  fairness: {fairness_text(result)}")
    return "\n".join(lines) + "\n"


MEMORIES = {
    SC: "sequential consistency", WEAK: "weak memory", BOTH: "sequential consistency and weak memory",
}  # fmt: skip
"""Memory models in words."""


def head_text(name: str, constants: tuple[tuple[str, Value], ...], ink: Ink, memory: str = SC) -> str:
    """The first line of every report: the model, its constants, its memory."""
    consts = " ".join(f"{constant}={value_text(value)}" for constant, value in constants)
    return "   ".join(part for part in (ink("strong", name), consts, MEMORIES.get(memory, memory)) if part)


def weak_text(scene: Scene) -> list[str]:
    """What verdicts under weak memory are about, and what they are not: lines that stand below them."""
    if not scene.weak:
        lines = ["  weak memory makes no difference: a lock keeps all accesses that conflict apart"]
    else:
        lines = [f"  weak locations: {', '.join(scene.weak)}"]
    return [*lines, f"  `holds` says nothing about: {'; '.join(NOT_COVERED)}"]


def scene_text(scene: Scene) -> str:
    """A scenario's constants, CPUs and preemption."""
    parts = [f"{name}={value_text(value)}" for name, value in scene.constants]
    if scene.cpus is None:
        parts.append("a CPU for each task")
    else:
        parts.append(f"{scene.cpus} CPU{'s' * (scene.cpus > 1)}")
        parts.append("full preemption" if scene.preempt == "full" else "no preemption")
    if scene.memory == WEAK:
        parts.append("weak memory")
    return ", ".join(parts)


def _list(verdicts: list[Verdict], ink: Ink) -> list[str]:
    """One verdict a line; the policy, if there is one, is the same for all."""
    width = max((len(verdict.property) for verdict in verdicts), default=0)
    return [
        f"  {verdict.property.ljust(width)}  {outcome_text(verdict, ink)}".rstrip() for verdict in verdicts
    ]


def _table(verdicts: list[Verdict], policies: tuple[str | None, ...], ink: Ink) -> list[str]:
    """Properties down, policies across."""
    names = list(dict.fromkeys(verdict.property for verdict in verdicts))
    left = max((len(name) for name in names), default=0)
    widths = [max(len(str(policy)), 11) + 2 for policy in policies]
    head = "".join(str(policy).ljust(width) for policy, width in zip(policies, widths, strict=True))
    lines = [f"  {' ' * left}  {head}".rstrip()]
    for name in names:
        row = {verdict.policy: verdict for verdict in verdicts if verdict.property == name}
        cells = ""
        for policy, width in zip(policies, widths, strict=True):
            verdict = row.get(policy)
            if verdict is None:
                cells += "-".ljust(width)
                continue
            word, kind = word_for(verdict)
            mark = "" if verdict.as_expected or verdict.outcome == UNDECIDED else " !"
            cells += ink(kind, (word + mark).ljust(width))
        wrong = [v for v in row.values() if not v.as_expected and v.outcome != UNDECIDED]
        violated = [v for v in row.values() if v.outcome == VIOLATED]
        note = "! not as expected" if wrong else "as expected" if violated else ""
        told = assuming(dict.fromkeys(text for verdict in row.values() for text in verdict.assumed))
        note = "  ".join(part for part in (note, told) if part)
        lines.append(f"  {name.ljust(left)}  {cells}{note}".rstrip())
    return lines


def word_for(verdict: Verdict) -> tuple[str, str]:
    """The word for a verdict, and its ink."""
    if verdict.outcome == UNDECIDED:
        return UNDECIDED, "note"
    if verdict.kind == "sometimes":
        return ("reached", "good") if verdict.outcome == HOLDS else ("NEVER", "bad")
    return (HOLDS, "good") if verdict.outcome == HOLDS else ("VIOLATED", "bad")


def assuming(assumed: Iterable[str]) -> str:
    """What verdicts are limited to by an `assume`, in words; empty where nothing is assumed."""
    told = [f"`{text}`" for text in assumed]
    return f"assuming {' and '.join(told)}" if told else ""


def outcome_text(verdict: Verdict, ink: Ink) -> str:
    """The word for a verdict, what was expected where that needs saying, and what it assumes."""
    told = assuming(verdict.assumed)
    return f"{_outcome(verdict, ink)}{'  ' * bool(told)}{told}"


def _outcome(verdict: Verdict, ink: Ink) -> str:
    word, kind = word_for(verdict)
    if verdict.outcome == UNDECIDED:
        return ink(kind, word)
    text = ink(kind, word.ljust(8))
    if verdict.as_expected:
        return text if verdict.outcome == HOLDS else f"{text}  as expected"
    expected = (
        "violated" if verdict.expected != HOLDS else "reached" if verdict.kind == "sometimes" else HOLDS
    )
    return f"{text}  {ink('bad', f'but expected: {expected}')}"


def evidence_text(result: Result, evidence: Evidence) -> str:
    """States, depth, runs and seconds, and what stopped the check."""
    parts: list[str] = []
    if evidence.states is not None:
        same = f" up to symmetry of {' and '.join(evidence.symmetry)}" if evidence.symmetry else ""
        parts.append(f"{grouped(evidence.states)} states{same}")
    if evidence.depth is not None:
        parts.append(f"depth {evidence.depth}")
    if evidence.runs > 1:
        parts.append(f"{evidence.runs} runs")
    if evidence.cached:
        some = "" if evidence.cached == evidence.runs else f"{evidence.cached} "
        parts.append(f"{some}from the cache")
    parts.append(f"{evidence.seconds:.1f} s in all")
    if result.stopped:
        parts.append(f"stopped: {STOPPED.get(result.stopped, result.stopped)}")
    return ", ".join(parts)


def engine_text(result: Result) -> str:
    """Which engine decided, if it was not TLC."""
    if result.engine == "tlc":
        return ""
    return f"decided by {DECIDED_BY.get(result.engine, result.engine)}, not by TLC, which is the reference"


def fairness_text(result: Result) -> str:
    """What the temporal verdicts assume, in one line."""
    why = {
        "strong": "strong for {} (locks and CPUs come to who waits)",
        "weak": "weak for {}",
        "none": "none for {}",
    }
    parts: list[str] = []
    for kind, text in why.items():
        names = [process for process, own in result.fairness if own == kind]
        if names:
            parts.append(text.format(", ".join(names)))
    return "; ".join((*parts, "none for choices"))


def grouped(number: int) -> str:
    """`1204` as `1 204`."""
    return f"{number:,}".replace(",", " ")


def counterexample_text(
    verdicts: tuple[Verdict, ...], result: Result, width: int, ink: Ink, *, verbose: bool = False
) -> str:
    """The trace of the first of `verdicts`, with a headline; the others have the same one."""
    verdict, *also = verdicts
    assert verdict.finding is not None
    others = [cell_text(other) for other in also]
    page = _page(result, width, ink, verbose=verbose)
    return finding_text(verdict.finding, page, cell_text(verdict), others, reproduce(result, verdict))


def trace_text(verdict: Verdict, result: Result) -> str:
    """The trace of one verdict, for no terminal; empty where it has none."""
    if verdict.finding is None:
        return ""
    verdict, result = shown(verdict), shown(result)
    groups = counterexamples((verdict,))
    return "".join(counterexample_text(group, result, WIDTH, PLAIN) for group in groups)


def verdict_text(verdict: Verdict) -> str:
    """One verdict by itself: the property, where that is, and what came of it."""
    verdict = shown(verdict)
    where = cell_text(verdict)
    told = " ".join(outcome_text(verdict, PLAIN).split())
    return f"{verdict.property}{' ' * bool(where)}{where}: {told}"


def undecided_text(result: Result) -> str:
    """That there is no verdict, and why."""
    stopped = shown(result.stopped)
    why = f": {STOPPED.get(stopped, stopped)}" if stopped else ""
    return f"{UNDECIDED}{why}"


def headline_of(verdict: Verdict, result: Result, ink: Ink) -> str:
    """Which property is violated in which cell, and the line or the diagnosis."""
    assert verdict.finding is not None
    return headline(verdict.finding, cell_text(verdict), _page(result, 0, ink))


def cell_text(verdict: Verdict) -> str:
    """`under POLICY in SCENARIO`, as far as there are such; may be empty."""
    return where_text(verdict.scenario, verdict.policy)


def _page(result: Result, width: int, ink: Ink, *, verbose: bool = False) -> Page:
    return Page(result.sources, result.path, width, ink, verbose)


def reasons_of(finding: Finding, result: Result) -> tuple[str, ...]:
    """What is wrong in the last state, as plain lines."""
    return tuple(line.strip().removeprefix("> ") for line in ending(finding, _page(result, 0, Ink())))


def notes_of(result: Result) -> list[str]:
    """What a reader should also know, a line each."""
    notes: list[str] = []
    notes += _decided_by_one(result)
    if result.engine not in ("tlc", "interpreter"):
        plain = [v for v in result.verdicts if result.memory_in(v.scenario) == SC]
        names = dict.fromkeys(f"`{v.property}`" for v in plain if _left_to_tlc(v))
        if names:
            is_ = "is a temporal property" if len(names) == 1 else "are temporal properties"
            notes.append(f"note: {', '.join(names)} {is_}, which Spin leaves open")
    weak = dict.fromkeys(
        f"`{v.property}`" for v in result.verdicts
        if v.kind == "property" and result.memory_in(v.scenario) == WEAK
    )  # fmt: skip
    if weak:
        are = "is a temporal property, which is" if len(weak) == 1 else "are temporal properties, which are"
        notes.append(f"note: {', '.join(weak)} {are} not decided under weak memory")
    for verdict in result.verdicts:
        if verdict.vacuous:
            where = f" {cell_text(verdict)}" if cell_text(verdict) else ""
            notes.append(f"warning: `{verdict.property}`{where} says nothing: what it supposes never happens")
    if result.shard is not None:
        notes.append(f"note: shard {result.shard[0]} of {result.shard[1]}; `pfnspec merge` joins them")
    for mark in result.unreachable:
        what = f"label {mark.text}" if mark.kind == "label" else f"{mark.text} of"
        line = source_line(mark.span, result.sources)
        text = "" if mark.kind == "label" else f" `{line}`"
        notes.append(f"warning: no behaviour reaches {what}{text}, {line_words(mark.span, result.path)}")
    notes += [f"note: {text}" for text in memory_notes(result)]
    return notes


def memory_notes(result: Result) -> list[str]:
    """What the verdicts owe to memory being sequentially consistent, a line each."""
    notes: list[str] = []
    if result.unlocked:
        names = [one.location for one in result.unlocked]
        more = f" and {len(names) - NAMED} more" if len(names) > NAMED else ""
        are = "are" if len(names) > 1 else "is"
        told = ", ".join(names[:NAMED])
        notes.append(
            f"{told}{more} {are} accessed without a common lock: the verdicts rest on sequential consistency"
        )
    if result.barriers:
        count = len(result.barriers)
        what = f"{count} barriers have" if count > 1 else "1 barrier has"
        notes.append(f"{what} no effect, memory is sequentially consistent")
    return notes


def _left_to_tlc(verdict: Verdict) -> bool:
    return verdict.kind == "property" and verdict.outcome == UNDECIDED


def _decided_by_one(result: Result) -> list[str]:
    """Which temporal verdicts rest on one engine, though two were asked."""
    if result.engine != "tlc":
        return []
    why = {
        "interpreter": "by the interpreter alone: TLC was not done in the time that it had to confirm it",
        "tlc": "by TLC alone: it is too large for the interpreter to confirm it",
    }
    found: dict[tuple[str, str], list[str]] = {}
    for verdict in result.verdicts:
        engines = () if verdict.evidence is None else verdict.evidence.engines
        if len(engines) == 1 and engines[0] in why:
            found.setdefault((verdict.property, engines[0]), []).append(cell_text(verdict))
    return [
        f"note: `{name}`{' ' * any(cells)}{', '.join(filter(None, cells))} is decided {why[engine]}"
        for (name, engine), cells in found.items()
    ]
