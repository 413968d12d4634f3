"""Results from plain data: what was printed as JSON, or kept in a cache.

What was read is the same data again when `data` writes it.
"""

from __future__ import annotations

import builtins
import collections.abc
import re
import types
import typing
from collections.abc import Callable, Iterable, Mapping
from dataclasses import is_dataclass
from functools import lru_cache
from typing import Any, TypeVar, get_args, get_origin, get_type_hints

from ...dsl.advice import Edit
from ...dsl.diagnostics import Diagnostic
from ...dsl.source import Source, Span
from ...translator.program.findings import (
    Change,
    Cure,
    Event,
    Finding,
    Moved,
    Position,
    Put,
    Reachable,
    Standing,
    Stored,
    TraceStep,
)
from ...translator.program.values import Record, Task, Value
from ...translator.reduce.unlocked import Unlocked
from ..result import (
    BOTH,
    SC,
    WEAK,
    Asked,
    Evidence,
    Failure,
    Result,
    Scene,
    Verdict,
)
from .data import SCHEMA, Data

T = TypeVar("T")


class Unreadable(Exception):
    """Data that is no result; the text says in a few words why."""


def result_of(data: object, *, ours: bool = False) -> Result:
    """The result that was written as `data`.  Raises Unreadable.

    Where it is certain that nobody but this pfnspec wrote it (`ours`), types are not looked at.
    """
    if not isinstance(data, dict) or "schema" not in data or "verdicts" not in data:
        raise Unreadable("it is no result of `pfnspec check`")
    if data["schema"] != SCHEMA:
        raise Unreadable(f"its schema is {data['schema']}, and this pfnspec reads {SCHEMA}")
    if data.get("memory", SC) not in (SC, WEAK, BOTH):
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
        case typing.Literal:
            return isinstance(value, str)  # later versions may have more of them
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
                Scene(
                    scene["name"],
                    self.values(scene["constants"]),
                    scene["cpus"],
                    scene["preempt"],
                    scene.get("memory", SC),
                    tuple(scene.get("weak", ())),
                )
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
            data["tool"], data.get("memory"),
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
            data["code"], self.span(data), data["message"], data["help"], related, data["severity"],
            changes=tuple(Edit(self.span(one), one["text"]) for one in data.get("edits", ())),
        )  # fmt: skip

    def verdict(self, data: Data) -> Verdict:
        finding = data["finding"]
        return Verdict(
            data["property"], data["kind"], data["outcome"], data["expected"], data["scenario"],
            data["policy"], None if finding is None else self.finding(data["property"], finding),
            self.optional(self.evidence, data["evidence"]), data["vacuous"],
            self.optional(self.span, data["place"]), self.optional(self.span, data["expectation"]),
            tuple(data.get("assumed", ())),
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
                Position(
                    self.task(one["task"]), one["label"], one["there"], self.span(one),
                    one.get("within", False),
                )
                for one in data["positions"]
            ),
            self.optional(self.span, data.get("formula")),
            tuple(Cure(tuple(self.put(put) for put in one)) for one in data.get("cures", ())),
        )  # fmt: skip

    def moved(self, data: Iterable[Data]) -> tuple[Moved, ...]:
        return tuple(Moved(one["where"], one["then"], one["now"], one["step"]) for one in data)

    def put(self, data: Data) -> Put:
        after, before = self.span(data["after"]), self.span(data["before"])
        return Put(data["barrier"], self.task(data["task"]), after, before)

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
                    self.optional(self.stored, event.get("newest")),
                )
                for event in data["events"]
            ),
            tuple(Change(one["name"], one["old"], one["new"]) for one in data["changes"]),
            data["round"],
        )  # fmt: skip

    def stored(self, data: Data) -> Stored:
        return Stored(self.task(data["task"]), self.span(data))

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
        if text[:1] == "(":
            parts = (part.partition("=") for part in _parts(text[1:-1]))
            return Record(tuple((name, self.value(part)) for name, _, part in parts))  # type: ignore[misc]
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
        depth += (letter in "[{(") - (letter in "]})")
        if letter == "," and depth == 0:
            yield text[start:i].strip()
            start = i + 1
    if text:
        yield text[start:].strip()
