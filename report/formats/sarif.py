"""Results as SARIF 2.1.0: what is wrong as alerts, a counterexample as a code flow with a thread per task."""

from __future__ import annotations

import gzip
import hashlib
import json
from collections.abc import Iterable, Iterator
from pathlib import Path

from ...check.result import UNDECIDED, Result
from ...check.saved.data import Data
from ...dsl.diagnostics import Diagnostic
from ...dsl.explain import explanation
from ...dsl.source import Span
from ...translator.program.findings import Finding, TraceStep
from ...translator.program.values import Task
from ..text.places import repository_path, uri
from ..text.problems import LEVELS, RULES, Problem, line_of, problems
from ..text.result import cell_text, reasons_of, verdict_text
from ..text.trace import stuck
from ..text.words import step_text, waiting
from ..visible import shown

SCHEMA = "https://docs.oasis-open.org/sarif/sarif/v2.1.0/errata01/os/schemas/sarif-schema-2.1.0.json"

# What GitHub's code scanning accepts; more makes it refuse the whole file.
MOST_RESULTS = 25_000
MOST_LOCATIONS = 10_000
MOST_BYTES = 10_000_000


def sarif_text(results: Iterable[Result], version: str, root: Path, most_bytes: int = MOST_BYTES) -> str:
    """One run with everything that is wrong in the models; `version` is pfnspec's, paths are seen from
    `root`.

    Expected violations are no results.  Traces are left out, with a notification, where with them the
    compressed file is larger than `most_bytes`.
    """
    told = tuple(map(shown, results))
    text = _document(told, version, root, traces=True)
    if len(gzip.compress(text.encode())) > most_bytes:
        text = _document(told, version, root, traces=False)
    return text


def _document(results: tuple[Result, ...], version: str, root: Path, *, traces: bool) -> str:
    found = [(problem, result) for result in results for problem in problems(result)]
    found.sort(key=lambda pair: LEVELS.index(pair[0].level))
    left_out = len(found) - MOST_RESULTS
    found = found[:MOST_RESULTS]
    codes = sorted({problem.rule for problem, _ in found})
    notes = [note for result in results for note in _notifications(result)]
    if left_out > 0:
        notes.append(_notification("warning", f"{left_out} more results were left out"))
    if not traces:
        notes.append(_notification("warning", "traces were left out: the file would be too large"))
    seen: dict[str, int] = {}
    run: Data = {
        "tool": {
            "driver": {
                "name": "pfnspec",
                "version": version,
                "rules": [_rule(code, found) for code in codes],
            }
        },
        "invocations": [
            {
                "executionSuccessful": all(result.failure is None for result in results),
                "toolExecutionNotifications": notes,
            }
        ],
        "columnKind": "unicodeCodePoints",
        "originalUriBaseIds": {"SRCROOT": {"description": {"text": "the root of the repository"}}},
        "results": [_result(problem, result, codes, root, seen, traces=traces) for problem, result in found],
    }
    return json.dumps({"$schema": SCHEMA, "version": "2.1.0", "runs": [run]}, indent=1) + "\n"


def _rule(code: str, found: list[tuple[Problem, Result]]) -> Data:
    known = explanation(code)
    title, text = RULES.get(code) or ((known.title, known.text) if known else (code, code))
    help = f"{text}\n\npfnspec explain {code}" if known else text
    marked = f"{text}\n\n`pfnspec explain {code}` says more." if known else text
    levels = {p.level for p, _ in found if p.rule == code}
    level = next(level for level in LEVELS if level in levels)
    return {
        "id": code,
        "name": "".join(part.capitalize() for part in code.replace("-", "_").split("_")),
        "shortDescription": {"text": title},
        "fullDescription": {"text": " ".join(text.split())},
        "help": {"text": help, "markdown": marked},
        "defaultConfiguration": {"level": level},
        "properties": {
            "tags": ["concurrency"] if code in RULES else ["specification"],
            "problem.severity": "recommendation" if level == "note" else level,
        },
    }


def _notification(level: str, text: str) -> Data:
    return {"level": level, "message": {"text": text}}


def _notifications(result: Result) -> Iterator[Data]:
    """What the tool could not do."""
    if result.failure is not None:
        yield _notification("error", f"{result.path}: {result.failure.message}")
    for verdict in result.verdicts:
        if verdict.assumed and verdict.outcome != UNDECIDED:
            yield _notification("note", f"{result.path}: {verdict_text(verdict)}")
        if verdict.outcome == UNDECIDED:
            cell = f" {cell_text(verdict)}" if cell_text(verdict) else ""
            yield _notification("warning", f"{result.path}: `{verdict.property}`{cell} is not decided")


def _result(
    problem: Problem, result: Result, codes: list[str], root: Path, seen: dict[str, int], *, traces: bool
) -> Data:
    place = problem.span or Span(result.path, 1, 1, 1, 1)
    message = problem.message
    data: Data = {
        "ruleId": problem.rule,
        "ruleIndex": codes.index(problem.rule),
        "level": problem.level,
        "message": {"text": message},
        "locations": [_location(place, root)],
        "partialFingerprints": _fingerprints(problem, result, root, seen),
    }
    limits = dict.fromkeys(text for verdict in problem.verdicts for text in verdict.assumed)
    if limits:
        data["properties"] = {"assumed": list(limits)}
    finding = problem.verdicts[0].finding if problem.verdicts else None
    if finding is not None and finding.steps and traces:
        data["codeFlows"] = [_flow(finding, result, root)]
    fixes = [] if problem.diagnostic is None else _fixes(problem.diagnostic, result, root)
    if fixes:
        data["fixes"] = fixes
    return data


def _fixes(diagnostic: Diagnostic, result: Result, root: Path) -> list[Data]:
    """The one way to put it right, where it is certain."""
    source = result.sources.get(diagnostic.span.path)
    replacements: list[Data] = [
        {"deletedRegion": _region(edit.span), "insertedContent": {"text": edit.text}}
        for edit in diagnostic.edits(source)
    ]
    if not replacements:
        return []
    change = {"artifactLocation": _artifact(diagnostic.span, root), "replacements": replacements}
    return [{"description": {"text": diagnostic.help or ""}, "artifactChanges": [change]}]


def _fingerprints(problem: Problem, result: Result, root: Path, seen: dict[str, int]) -> Data:
    """What stays when lines move: rule, property, process, where it applies, and the text of the line; the
    second of those that have all that in common is another."""
    first = problem.verdicts[0] if problem.verdicts else None
    finding = first.finding if first else None
    parts = (
        repository_path(result.path, root) or result.name,
        problem.rule,
        problem.subject,
        finding.task.process if finding and finding.task else "",
        (first.scenario if first else None) or "",
        (first.policy if first else None) or "",
        line_of(problem, result),
    )
    digest = hashlib.sha256("\0".join(parts).encode("utf-8", "surrogatepass")).hexdigest()[:32]
    seen[digest] = seen.get(digest, 0) + 1
    mark = f"{digest}:{seen[digest]}"
    # GitHub looks at the first of these only.
    return {"primaryLocationLineHash": mark, "pfnspec/v1": mark}


def _location(span: Span, root: Path) -> Data:
    return {"physicalLocation": {"artifactLocation": _artifact(span, root), "region": _region(span)}}


def _artifact(span: Span, root: Path) -> Data:
    artifact: Data = {"uri": uri(span.path, root)}
    if repository_path(span.path, root) is not None:
        artifact["uriBaseId"] = "SRCROOT"
    return artifact


def _region(span: Span) -> Data:
    return {
        "startLine": max(1, span.line),
        "startColumn": max(1, span.column),
        "endLine": max(1, span.end_line),
        "endColumn": max(1, span.end_column),
    }


def _flow(finding: Finding, result: Result, root: Path) -> Data:
    """The trace: each task's steps are a thread, numbered as they were taken."""
    last = _last(finding, result)
    cut = max(0, len(finding.steps) + len(last) - MOST_LOCATIONS)
    threads: dict[Task, list[Data]] = {}
    for step in finding.steps[cut:]:
        threads.setdefault(step.task, []).append(_step(step, root))
    for task, span, told in last:
        location = _location(span, root)
        location["message"] = {"text": told}
        order = len(finding.steps) + 1
        at: Data = {"location": location, "executionOrder": order, "importance": "essential"}
        threads.setdefault(task, []).append(at)
    text = f"{len(finding.steps)} steps" if finding.loop is None else _lasso(finding)
    if cut:
        text += f"; the first {cut} are left out"
    return {
        "message": {"text": text},
        "threadFlows": [
            {"id": str(task), "message": {"text": str(task)}, "locations": steps}
            for task, steps in sorted(threads.items())
        ],
    }


def _last(finding: Finding, result: Result) -> list[tuple[Task, Span, str]]:
    """Where tasks are in the end, and what is wrong with that."""
    if finding.loop is None and finding.task is not None and finding.span is not None:
        return [(finding.task, finding.span, "\n".join(reasons_of(finding, result)))]
    return [(one.task, one.span, waiting(one, result.path)) for one in stuck(finding)]


def _lasso(finding: Finding) -> str:
    assert finding.loop is not None
    if finding.loop == len(finding.steps):
        return f"{len(finding.steps)} steps; then nothing steps any more"
    return f"{len(finding.steps)} steps, of which {finding.loop + 1} and all after it are repeated for ever"


def _step(step: TraceStep, root: Path) -> Data:
    location = _location(step.span, root)
    location["message"] = {"text": f"{step.number}. {step.task}: {step_text(step)}"}
    data: Data = {
        "location": location,
        "executionOrder": step.number,
        "nestingLevel": len(step.calls),
        "importance": "important",
    }
    kinds = [
        word for event in step.events for kind, word in (("take", "acquire"), ("release", "release"))
        if event.kind == kind
    ]  # fmt: skip
    if kinds:
        data["kinds"] = [*dict.fromkeys(kinds), "lock"]
    if step.changes:
        data["state"] = {change.name: {"text": change.new} for change in step.changes}
    return data
