"""A result as plain text, for a terminal or a mail."""

from __future__ import annotations

import shlex
import textwrap

from ..check.result import HOLDS, UNDECIDED, VIOLATED, Evidence, Result, Scene, Verdict
from ..translator.program import Task
from ..translator.retrace import Finding
from ..translator.show import value_text
from .diagnostics import diagnostics_text
from .ink import Ink
from .words import NARROWEST, because, columns, place, source_line, step_text, waiting

_STOPPED = {
    "time": "the time limit was reached",
    "states": "the limit of states was reached",
    "interrupted": "it was interrupted",
    "fail-fast": "a verdict was not as expected",
}


def result_text(result: Result, width: int, ink: Ink) -> str:
    """Verdicts, then a trace per violated property, then what a reader should also know.

    Diagnostics are not part of it; they go to another stream.
    """
    if not result.verdicts:
        return ""
    blocks = [_summary(result, ink)]
    told: dict[tuple[object, ...], list[Verdict]] = {}
    for verdict in result.verdicts:
        if verdict.finding is not None:
            steps = tuple((step.task, step.span, step_text(step)) for step in verdict.finding.steps)
            told.setdefault((verdict.property, verdict.finding.loop, steps), []).append(verdict)
    blocks += [_finding(first, result, others, width, ink) for first, *others in told.values()]
    notes = _notes(result)
    if notes:
        blocks.append("\n".join(notes) + "\n")
    text = "\n".join(blocks)
    # A terminal folds lines itself, and would not count the codes of colour.
    return text if ink.on else _folded(text, max(width, NARROWEST))


def _folded(text: str, width: int) -> str:
    """`text` with its long lines wrapped, except commands, which are to be copied."""
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
    failure = result.failure
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
    consts = " ".join(f"{name}={value_text(value)}" for name, value in result.constants)
    lines = [
        "   ".join(part for part in (ink("strong", result.name), consts, "sequential consistency") if part)
    ]
    for scene in result.scenes:
        verdicts = [verdict for verdict in result.verdicts if verdict.scenario == scene.name]
        lines.append("")
        only = result.policies[0] if len(result.policies) == 1 else None
        under = f"under {ink('strong', only)}" if only else ""
        if scene.name is not None:
            lines += [f"scenario {ink('strong', scene.name)}: {_scene(scene)}{', ' * bool(under)}{under}", ""]
        elif under:
            lines += [under, ""]
        lines += _table(verdicts, result.policies, ink) if len(result.policies) > 1 else _list(verdicts, ink)
    if result.evidence is not None:
        lines += ["", "  " + _evidence(result, result.evidence)]
    if result.engine == "interpreter":
        lines.append("  decided by the interpreter, not by TLC, which is the reference")
    temporal = [verdict for verdict in result.verdicts if verdict.kind == "property"]
    if temporal and not (result.engine == "interpreter" and all(v.outcome == UNDECIDED for v in temporal)):
        lines.append(f"  fairness: {_fairness(result)}")
    return "\n".join(lines) + "\n"


def _scene(scene: Scene) -> str:
    parts = [f"{name}={value_text(value)}" for name, value in scene.constants]
    if scene.cpus is None:
        parts.append("a CPU for each task")
    else:
        parts.append(f"{scene.cpus} CPU{'s' * (scene.cpus > 1)}")
        parts.append("full preemption" if scene.preempt == "full" else "no preemption")
    return ", ".join(parts)


def _list(verdicts: list[Verdict], ink: Ink) -> list[str]:
    """One verdict a line; the policy, if there is one, is the same for all."""
    width = max((len(verdict.property) for verdict in verdicts), default=0)
    return [f"  {verdict.property.ljust(width)}  {_outcome(verdict, ink)}".rstrip() for verdict in verdicts]


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
            word, kind = _word(verdict)
            mark = "" if verdict.as_expected or verdict.outcome == UNDECIDED else " !"
            cells += ink(kind, (word + mark).ljust(width))
        wrong = [v for v in row.values() if not v.as_expected and v.outcome != UNDECIDED]
        violated = [v for v in row.values() if v.outcome == VIOLATED]
        note = "! not as expected" if wrong else "as expected" if violated else ""
        lines.append(f"  {name.ljust(left)}  {cells}{note}".rstrip())
    return lines


def _word(verdict: Verdict) -> tuple[str, str]:
    """The word for a verdict, and its ink."""
    if verdict.outcome == UNDECIDED:
        return UNDECIDED, "note"
    if verdict.kind == "sometimes":
        return ("reached", "good") if verdict.outcome == HOLDS else ("NEVER", "bad")
    return (HOLDS, "good") if verdict.outcome == HOLDS else ("VIOLATED", "bad")


def _outcome(verdict: Verdict, ink: Ink) -> str:
    word, kind = _word(verdict)
    if verdict.outcome == UNDECIDED:
        return ink(kind, word)
    text = ink(kind, word.ljust(8))
    if verdict.as_expected:
        return text if verdict.outcome == HOLDS else f"{text}  as expected"
    expected = (
        "violated" if verdict.expected != HOLDS else "reached" if verdict.kind == "sometimes" else HOLDS
    )
    return f"{text}  {ink('bad', f'but expected: {expected}')}"


def _evidence(result: Result, evidence: Evidence) -> str:
    parts: list[str] = []
    if evidence.states is not None:
        parts.append(f"{grouped(evidence.states)} states")
    if evidence.depth is not None:
        parts.append(f"depth {evidence.depth}")
    if evidence.runs > 1:
        parts.append(f"{evidence.runs} runs")
    parts.append(f"{evidence.seconds:.1f} s in all")
    if result.stopped:
        parts.append(f"stopped: {_STOPPED.get(result.stopped, result.stopped)}")
    return ", ".join(parts)


def _fairness(result: Result) -> str:
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


def _finding(verdict: Verdict, result: Result, also: list[Verdict], width: int, ink: Ink) -> str:
    finding = verdict.finding
    assert finding is not None
    lines = [_headline(verdict, finding, result, ink)]
    if also:
        lines.append(f"  the same {', '.join(_cell(other) for other in also)}")
    lines.append("")
    tasks = _columns_for(finding)
    if finding.loop is None:
        lines += [f" {row}" for row in columns(finding.steps, tasks, result.path, width - 1)]
    else:
        stem, loop = finding.steps[: finding.loop], finding.steps[finding.loop :]
        lines += [f" {row}" for row in columns(stem, tasks, result.path, width - 1)]
        lines.append(
            f" {'-- for ever: ' if loop else '-- nothing steps any more '}".ljust(min(width, 72), "-")
        )
        lines += [f" {row}" for row in columns(loop, tasks, result.path, width - 1, head=not stem)]
    lines += _ending(finding, result, ink)
    lines += ["", f"  reproduce: {reproduce(result, verdict)}"]
    return "\n".join(lines) + "\n"


def _cell(verdict: Verdict) -> str:
    under = f"under {verdict.policy}" if verdict.policy else ""
    where = f"in {verdict.scenario}" if verdict.scenario else ""
    return " ".join(part for part in (under, where) if part)


def _columns_for(finding: Finding) -> tuple[Task, ...]:
    moving = {step.task for step in finding.steps}
    if finding.task is not None:
        moving.add(finding.task)
    return tuple(sorted(moving))


def _headline(verdict: Verdict, finding: Finding, result: Result, ink: Ink) -> str:
    where = _cell(verdict)
    head = ink("bad", finding.property) + (f" {where}" if where else "")
    if finding.loop is not None:
        return f"{head}: {ink('bad', finding.diagnosis)}"
    if finding.span is None:
        return head
    text = source_line(finding.span, result.sources)
    line = f"line {place(finding.span, result.path)}"
    return f"{head}, {line}: {text}"


def _ending(finding: Finding, result: Result, ink: Ink) -> list[str]:
    """What is wrong in the last state."""
    lines: list[str] = []
    if finding.loop is not None:
        return [ink("bad", f" > {finding.reasons[0]}"), *(f"   {reason}" for reason in finding.reasons[1:])]
    if finding.span is not None:
        who = f"{finding.task} at " if finding.task is not None else ""
        line = f" > {who}line {place(finding.span, result.path)}: {source_line(finding.span, result.sources)}"
        lines.append(ink("bad", line))
        for call in reversed(finding.calls):
            lines.append(
                f"     called from line {place(call, result.path)}: {source_line(call, result.sources)}"
            )
    if finding.message:
        lines.append(f"     {finding.message}")
    values = because(finding)
    if values:
        lines.append(f"     {values}")
    if finding.property == "deadlock":
        if finding.cycle:
            chain = " -> ".join(str(task) for task in (*finding.cycle, finding.cycle[0]))
            lines.append(ink("bad", f" > in a circle: {chain}"))
        lines += [f"     {waiting(standing, result.path)}" for standing in finding.standing]
    return lines


def _notes(result: Result) -> list[str]:
    notes: list[str] = []
    if result.engine == "interpreter":
        names = dict.fromkeys(f"`{v.property}`" for v in result.verdicts if _left_to_tlc(v))
        if names:
            is_ = "is a temporal property" if len(names) == 1 else "are temporal properties"
            notes.append(f"note: {', '.join(names)} {is_}, which only TLC decides")
    for verdict in result.verdicts:
        if verdict.vacuous:
            where = f" {_cell(verdict)}" if _cell(verdict) else ""
            notes.append(f"warning: `{verdict.property}`{where} says nothing: what it supposes never happens")
    for mark in result.unreached:
        what = f"label {mark.text}" if mark.kind == "label" else f"{mark.text} of"
        line = source_line(mark.span, result.sources)
        text = "" if mark.kind == "label" else f" `{line}`"
        notes.append(f"warning: no behaviour reaches {what}{text}, line {place(mark.span, result.path)}")
    if result.barriers:
        count = len(result.barriers)
        what = f"{count} barriers have" if count > 1 else "1 barrier has"
        notes.append(f"note: {what} no effect, memory is sequentially consistent")
    return notes


def _left_to_tlc(verdict: Verdict) -> bool:
    return verdict.kind == "property" and verdict.outcome == UNDECIDED


def reproduce(result: Result, verdict: Verdict) -> str:
    """The command that shows one finding again."""
    words = ["pfnspec", "check", result.path]
    if result.engine != "tlc":
        words += ["--engine", result.engine]
    for name, value in result.overrides:
        words += ["--const", f"{name}={value}"]
    if verdict.scenario is not None:
        words += ["--scenario", verdict.scenario]
    if verdict.policy is not None:
        words += ["--policy", verdict.policy]
    words += ["--property", verdict.property]
    return " ".join(_quoted(word) for word in words)


def _quoted(word: str) -> str:
    return f'"{word}"' if " " in word and not set(word) & set('"$`\\!') else shlex.quote(word)
