"""Results as plain data, and back: what is printed as JSON, kept in a cache, and read again.

What was read is the same data again when it is written.  `docs/json.md` describes the data.
"""

from __future__ import annotations

import builtins
import collections.abc
import re
import types
from collections.abc import Callable, Iterable, Mapping
from dataclasses import is_dataclass
from functools import lru_cache
from typing import Any, TypeVar, get_args, get_origin, get_type_hints

from ...dsl.diagnostics import Diagnostic
from ...dsl.source import Source, Span
from ...translator.program.findings import (
    Change,
    Event,
    Finding,
    Moved,
    Position,
    Reachable,
    Standing,
    TraceStep,
)
from ...translator.program.values import Task, Value, value_text
from ...translator.reduce.unlocked import Unlocked
from ..result import Asked, Evidence, Failure, Result, Scene, Verdict

SCHEMA = 1
MEMORY = "sc"
T = TypeVar("T")

Data = dict[str, Any]
"""Objects, lists, texts, numbers, booleans and None: what JSON can hold."""


class Unreadable(Exception):
    """Data that is no result; the text says in a few words why."""


# ---- writing


def result_data(result: Result) -> Data:
    """A result as data."""
    return {
        "schema": SCHEMA,
        "path": result.path,
        "model": result.name,
        "doc": result.doc,
        "constants": {name: value_text(value) for name, value in result.constants},
        "overrides": dict(result.overrides),
        "processes": dict(result.processes),
        "memory": MEMORY,
        "policies": list(result.policies),
        "scenarios": [
            {
                "name": scene.name,
                "constants": {name: value_text(value) for name, value in scene.constants},
                "cpus": scene.cpus,
                "preempt": scene.preempt,
            }
            for scene in result.scenes
        ],
        "status": result.status,
        "stopped": result.stopped,
        "shard": None if result.shard is None else list(result.shard),
        "asked": None if result.asked is None else _asked_data(result.asked),
        "failure": None
        if result.failure is None
        else {
            "why": result.failure.why,
            "message": result.failure.message,
            "detail": result.failure.detail,
            "directory": result.failure.directory,
        },
        "diagnostics": [diagnostic_data(found) for found in result.diagnostics],
        "verdicts": [_verdict_data(verdict) for verdict in result.verdicts],
        "fairness": dict(result.fairness),
        "engine": result.engine,
        "tlc": result.tlc,
        "evidence": _evidence_data(result.evidence),
        "unreached": [
            {"kind": mark.kind, "text": mark.text, **_place(mark.span)} for mark in result.unreached
        ],
        "barriers": [_place(span) for span in result.barriers],
        "unlocked": [
            {"location": one.location, "written": _place(one.written), "other": _place(one.other)}
            for one in result.unlocked
        ],
        "sources": {path: source.text for path, source in result.sources.items()},
    }


def _asked_data(asked: Asked) -> Data:
    return {
        "properties": list(asked.properties),
        "policies": list(asked.policies),
        "scenarios": list(asked.scenarios),
        "seconds": asked.seconds,
        "run_seconds": asked.run_seconds,
        "states": asked.states,
        "fail_fast": asked.fail_fast,
        "reduction": asked.reduction,
        "outside": asked.outside,
        "tool": asked.tool,
    }


def diagnostic_data(found: Diagnostic) -> Data:
    return {
        "severity": found.severity,
        "code": found.code,
        "message": found.message,
        "help": found.help,
        **_place(found.span),
        "related": [{"message": text, **_place(span)} for span, text in found.related],
    }


def _evidence_data(evidence: Evidence | None) -> Data | None:
    if evidence is None:
        return None
    return {
        "states": evidence.states,
        "generated": evidence.generated,
        "depth": evidence.depth,
        "runs": evidence.runs,
        "cached": evidence.cached,
        "seconds": round(evidence.seconds, 3),
        "complete": evidence.complete,
        "symmetry": list(evidence.symmetry),
        "engines": list(evidence.engines),
    }


def _place(span: Span) -> Data:
    return {
        "path": span.path,
        "line": span.line,
        "column": span.column,
        "end_line": span.end_line,
        "end_column": span.end_column,
    }


def _verdict_data(verdict: Verdict) -> Data:
    return {
        "property": verdict.property,
        "kind": verdict.kind,
        "scenario": verdict.scenario,
        "policy": verdict.policy,
        "outcome": verdict.outcome,
        "expected": verdict.expected,
        "as_expected": verdict.as_expected,
        "vacuous": verdict.vacuous,
        "place": None if verdict.place is None else _place(verdict.place),
        "expectation": None if verdict.expectation is None else _place(verdict.expectation),
        "evidence": _evidence_data(verdict.evidence),
        "finding": None if verdict.finding is None else _finding_data(verdict.finding),
    }


def _finding_data(finding: Finding) -> Data:
    return {
        "task": None if finding.task is None else str(finding.task),
        "place": None if finding.span is None else _place(finding.span),
        "formula": None if finding.formula is None else _place(finding.formula),
        "message": finding.message,
        "calls": [_place(call) for call in finding.calls],
        "values": dict(finding.values),
        "positions": [
            {"task": str(one.task), "label": one.label, "there": one.there, **_place(one.span)}
            for one in finding.positions
        ],
        "initial": dict(finding.initial),
        "steps": [_step_data(step) for step in finding.steps],
        "final": dict(finding.final),
        "cycle": [str(task) for task in finding.cycle],
        "stuck": [str(task) for task in finding.stuck],
        "standing": [
            {
                "task": str(standing.task),
                "what": standing.what,
                "waits_for": standing.waits_for,
                "on": [str(task) for task in standing.on],
                "only": None if standing.only is None else [str(task) for task in standing.only],
                "keepers": [str(task) for task in standing.keepers],
                "lost": None if standing.lost is None else [_moved_data(moved) for moved in standing.lost],
                **_place(standing.span),
            }
            for standing in finding.standing
        ],
        "loop": finding.loop,
        "diagnosis": finding.diagnosis,
        "reasons": list(finding.reasons),
    }


def _moved_data(moved: Moved) -> Data:
    return {"where": moved.where, "then": moved.then, "now": moved.now, "step": moved.step}


def _step_data(step: TraceStep) -> Data:
    return {
        "number": step.number,
        "task": str(step.task),
        "kind": step.kind,
        **_place(step.span),
        "calls": [_place(call) for call in step.calls],
        "round": step.round,
        "events": [
            {
                "kind": event.kind,
                "where": event.where,
                "value": value_text(event.value),
                "old": value_text(event.old),
                "detail": event.text,
                **_place(event.span),
            }
            for event in step.events
        ],
        "changes": [{"name": change.name, "old": change.old, "new": change.new} for change in step.changes],
    }


# ---- reading


def result_of(data: object, *, ours: bool = False) -> Result:
    """The result that was written as `data`.  Raises Unreadable.

    Where it is certain that nobody but this pfnspec wrote it (`ours`), types are not looked at.
    """
    if not isinstance(data, dict) or "schema" not in data or "verdicts" not in data:
        raise Unreadable("it is no result of `pfnspec check`")
    if data["schema"] != SCHEMA:
        raise Unreadable(f"its schema is {data['schema']}, and this pfnspec reads {SCHEMA}")
    if data.get("memory", MEMORY) != MEMORY:
        raise Unreadable("it is about a memory model that this pfnspec does not know")
    try:
        result = _Reader(data).result()
    except KeyError as fault:
        raise Unreadable(f"it has no {fault}") from fault
    except (AttributeError, IndexError, TypeError, ValueError) as fault:
        raise Unreadable(f"it is no result of `pfnspec check` ({fault})") from fault
    wrong = None if ours else _misfit(result)
    if wrong is not None:
        raise Unreadable(f"it is no result of `pfnspec check` (`{wrong}` is of the wrong type)")
    return result


@lru_cache(maxsize=32)
def _hints(sort: Any) -> tuple[tuple[str, Any], ...]:
    """The fields of a dataclass with their types, but for those that are looked at when they are read."""
    return tuple((name, hint) for name, hint in get_type_hints(sort).items() if hint not in (Value, Span))


def _misfit(thing: Any) -> str | None:
    """The name of a field, of a dataclass or of one in it, that holds what its type does not allow."""
    sort: object = type(thing)
    for name, hint in _hints(sort):
        value = getattr(thing, name)
        if not _fits(value, hint):
            return name
        for one in value if isinstance(value, tuple) else (value,):
            found = _misfit(one) if is_dataclass(one) and not isinstance(one, Span | Task | Source) else None
            if found is not None:
                return found
    return None


def _fits(value: object, hint: Any) -> bool:
    """Whether a value is of a type, containers with all that is in them and dataclasses as such."""
    inner = get_args(hint)
    match get_origin(hint):
        case types.UnionType:
            return any(_fits(value, one) for one in inner)
        case builtins.tuple if inner[-1] is ...:
            return isinstance(value, tuple) and all(_fits(one, inner[0]) for one in value)
        case builtins.tuple:
            return isinstance(value, tuple) and len(value) == len(inner) and all(map(_fits, value, inner))
        case collections.abc.Mapping:
            return isinstance(value, Mapping) and all(
                _fits(key, inner[0]) and _fits(one, inner[1]) for key, one in value.items()
            )
        case None if hint in (Value, Any):
            return True
        case None:
            return isinstance(value, int | float if hint is float else hint)
    return True


class _Reader:
    def __init__(self, data: Data) -> None:
        self.data = data
        self.single = frozenset(data["processes"])
        self.spans: dict[tuple[object, ...], Span] = {}

    def result(self) -> Result:
        data = self.data
        failure = data["failure"]
        return Result(
            path=data["path"],
            name=data["model"],
            doc=data["doc"],
            constants=self.values(data["constants"]),
            processes=tuple(data["processes"].items()),
            scenes=tuple(
                Scene(scene["name"], self.values(scene["constants"]), scene["cpus"], scene["preempt"])
                for scene in data["scenarios"]
            ),
            policies=tuple(data["policies"]),
            sources={path: Source(path, self.text(text)) for path, text in data["sources"].items()},
            diagnostics=tuple(self.diagnostic(one) for one in data["diagnostics"]),
            verdicts=tuple(self.verdict(one) for one in data["verdicts"]),
            evidence=self.optional(self.evidence, data["evidence"]),
            engine=data["engine"],
            tlc=data["tlc"],
            unreached=tuple(
                # The number told the marks of one program apart while it was checked.
                Reachable(0, mark["kind"], self.span(mark), mark["text"])
                for mark in data["unreached"]
            ),
            barriers=tuple(self.span(one) for one in data["barriers"]),
            unlocked=tuple(
                Unlocked(one["location"], self.span(one["written"]), self.span(one["other"]))
                for one in data.get("unlocked", ())
            ),
            fairness=tuple(data["fairness"].items()),
            overrides=tuple(data["overrides"].items()),
            stopped=data["stopped"],
            shard=None if data["shard"] is None else (int(data["shard"][0]), int(data["shard"][1])),
            asked=self.optional(self.asked, data.get("asked")),
            failure=failure
            and Failure(failure["why"], failure["message"], failure["detail"], failure["directory"]),
        )

    def asked(self, data: Data) -> Asked:
        return Asked(
            tuple(data["properties"]), tuple(data["policies"]), tuple(data["scenarios"]), data["seconds"],
            data["run_seconds"], data["states"], data["fail_fast"], data["reduction"], data["outside"],
            data["tool"],
        )  # fmt: skip

    def optional(self, read: Callable[[Data], T], data: Data | None) -> T | None:
        return None if data is None else read(data)

    def values(self, data: Mapping[str, str]) -> tuple[tuple[str, Value], ...]:
        return tuple((name, self.value(text)) for name, text in data.items())

    def text(self, data: object) -> str:
        if not isinstance(data, str):
            raise TypeError("a source is no text")
        return data

    def span(self, data: Data) -> Span:
        # Most places stand in the data many times.
        key = (data["path"], data["line"], data["column"], data["end_line"], data["end_column"])
        found = self.spans.get(key)
        if found is None:
            if not isinstance(key[0], str) or not all(isinstance(number, int) for number in key[1:]):
                raise TypeError("a place is not a path and four numbers")
            found = self.spans[key] = Span(*key)
        return found

    def diagnostic(self, data: Data) -> Diagnostic:
        related = tuple((self.span(one), one["message"]) for one in data["related"])
        return Diagnostic(
            data["code"], self.span(data), data["message"], data["help"], related, data["severity"]
        )

    def verdict(self, data: Data) -> Verdict:
        finding = data["finding"]
        return Verdict(
            data["property"], data["kind"], data["outcome"], data["expected"], data["scenario"],
            data["policy"], None if finding is None else self.finding(data["property"], finding),
            self.optional(self.evidence, data["evidence"]), data["vacuous"],
            self.optional(self.span, data["place"]), self.optional(self.span, data["expectation"]),
        )  # fmt: skip

    def evidence(self, data: Data) -> Evidence:
        return Evidence(
            data["states"], data["generated"], data["depth"], data["runs"], data["seconds"], data["complete"],
            tuple(data["symmetry"]), data["cached"], tuple(data.get("engines", ())),
        )  # fmt: skip

    def finding(self, property: str, data: Data) -> Finding:
        return Finding(
            property,
            tuple(self.step(step) for step in data["steps"]),
            None if data["task"] is None else self.task(data["task"]),
            self.optional(self.span, data["place"]),
            data["message"],
            self.spans_of(data["calls"]),
            tuple(data["values"].items()),
            tuple(
                Standing(
                    self.task(one["task"]), self.span(one), one["what"], one["waits_for"],
                    self.tasks(one["on"]), None if one["only"] is None else self.tasks(one["only"]),
                    self.tasks(one["keepers"]), None if one.get("lost") is None else self.moved(one["lost"]),
                )
                for one in data["standing"]
            ),
            self.tasks(data["cycle"]),
            tuple(data["initial"].items()),
            tuple(data["final"].items()),
            data["loop"],
            data["diagnosis"],
            tuple(data["reasons"]),
            self.tasks(data["stuck"]),
            tuple(
                Position(self.task(one["task"]), one["label"], one["there"], self.span(one))
                for one in data["positions"]
            ),
            self.optional(self.span, data.get("formula")),
        )  # fmt: skip

    def moved(self, data: Iterable[Data]) -> tuple[Moved, ...]:
        return tuple(Moved(one["where"], one["then"], one["now"], one["step"]) for one in data)

    def step(self, data: Data) -> TraceStep:
        return TraceStep(
            data["number"],
            self.task(data["task"]),
            data["kind"],
            self.span(data),
            self.spans_of(data["calls"]),
            tuple(
                Event(
                    event["kind"], self.span(event), event["where"], self.value(event["value"]),
                    self.value(event["old"]), event["detail"],
                )
                for event in data["events"]
            ),
            tuple(Change(one["name"], one["old"], one["new"]) for one in data["changes"]),
            data["round"],
        )  # fmt: skip

    def spans_of(self, data: Iterable[Data]) -> tuple[Span, ...]:
        return tuple(self.span(one) for one in data)

    def task(self, text: str) -> Task:
        value = self.value(text)
        if not isinstance(value, Task):
            raise TypeError(f"`{text}` is no task")
        return value

    def tasks(self, texts: Iterable[str]) -> tuple[Task, ...]:
        return tuple(self.task(text) for text in texts)

    def value(self, text: str) -> Value:
        """A value from its text, as the language writes it."""
        if text in _WORDS:
            return _WORDS[text]
        if _NUMBER.fullmatch(text):
            return int(text)
        if text[:1] == "{":
            return frozenset(self.value(part) for part in _parts(text[1:-1]))
        if text[:1] == "[":
            return tuple(self.value(part) for part in _parts(text[1:-1]))
        name, bracket, index = text.partition("[")
        if name in self.single:
            return Task(name, int(index.rstrip("]")) if bracket else 0, only=not bracket)
        return text


_WORDS: dict[str, Value] = {"None": None, "True": True, "False": False, "set()": frozenset()}
_NUMBER = re.compile(r"-?[0-9]+")


def _parts(text: str) -> Iterable[str]:
    """The elements of a list, which may be lists in turn."""
    depth = start = 0
    for i, letter in enumerate(text):
        depth += (letter in "[{") - (letter in "]}")
        if letter == "," and depth == 0:
            yield text[start:i].strip()
            start = i + 1
    if text:
        yield text[start:].strip()
