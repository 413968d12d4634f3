"""A hostile text in every field of a result, a review and a diagnostic: reports show it, none obeys it."""

from __future__ import annotations

import json
import re
import typing
from collections.abc import Iterator, Mapping
from dataclasses import fields, is_dataclass, replace
from pathlib import Path
from typing import Any
from unicodedata import category
from xml.etree import ElementTree

import pytest
from pfnspec.check.result import Asked, Failure, Result, Scene
from pfnspec.check.saved.reader import result_of
from pfnspec.dsl.advice import Edit, Insert, Respell, Rewrite
from pfnspec.dsl.diagnostics import Diagnostic
from pfnspec.dsl.source import Source, Span
from pfnspec.gate.comparison.difference import WEAKER, Difference
from pfnspec.gate.review import CHANGED, UNKNOWN, Acceptance, Judged, Model, Review, Settings, Unneeded
from pfnspec.report.files import report_text
from pfnspec.report.formats.github import annotations_text
from pfnspec.report.formats.lines import lines_text
from pfnspec.report.review.data import review_json
from pfnspec.report.review.markdown import review_annotations, review_markdown
from pfnspec.report.review.text import review_text, troubles_text
from pfnspec.report.text.ink import Ink
from pfnspec.report.text.result import diagnostics_of, failure_text, result_text
from pfnspec.report.visible import harmless, meant, shown, visible
from pfnspec.translator.program.findings import Cure, Finding, Moved, Position, Put, Reachable, Standing
from pfnspec.translator.program.values import Atom, Record
from pfnspec.translator.reduce.unlocked import Unlocked

HOSTILE = "x\n::error::z\r\x1b]0;y\x07\x85\u2028\u202e\u2066\udcff ::stop-commands::t ##[error]z"
ROOT = Path("/nowhere")
Fields = tuple[type, str]


def parts(hint: Any) -> Iterator[Any]:
    """The classes that a type speaks of."""
    yield hint
    for inner in typing.get_args(hint):
        yield from parts(inner)


def text_fields(*roots: type) -> Iterator[Fields]:
    """Every field of the dataclasses below `roots` that holds texts."""
    todo, seen = list(roots), set(roots)
    while todo:
        sort = todo.pop()
        hints = typing.get_type_hints(sort)
        for field in fields(sort):
            found = list(parts(hints[field.name]))
            if field.init and str in found and not field.name.startswith("_"):
                yield sort, field.name
            for other in found:
                if is_dataclass(other) and isinstance(other, type) and other not in seen:
                    seen.add(other)
                    todo.append(other)


def planted(fact: Any, where: set[Fields], hit: bool = False) -> Any:
    """The fact with a hostile text in the fields `where`."""
    match fact:
        case str():
            return HOSTILE if hit else fact
        case tuple() | frozenset():
            return type(fact)(planted(one, where, hit) for one in fact)
        case Mapping():
            return {planted(k, where, hit): planted(v, where, hit) for k, v in fact.items()}
        case Source():
            path = HOSTILE if (Source, "path") in where else fact.path
            return Source(path, f"{fact.text}# {HOSTILE}\n" if (Source, "text") in where else fact.text)
        case _ if is_dataclass(fact) and not isinstance(fact, type):
            return replace(
                fact,
                **{
                    field.name: planted(getattr(fact, field.name), where, (type(fact), field.name) in where)
                    for field in fields(fact)
                    if field.init
                },
            )
    return fact


PATHS = {(Span, "path"), (Source, "path"), (Result, "path"), (Result, "sources"), (Model, "path")}
RESULT_FIELDS = sorted(set(text_fields(Result)), key=str)
REVIEW_FIELDS = sorted(set(text_fields(Review)) - set(text_fields(Result)), key=str)


def named(where: Fields) -> str:
    return f"{where[0].__name__}.{where[1]}"


@pytest.fixture(scope="module")
def results(fixed_results: tuple[Result, ...]) -> tuple[Result, ...]:
    """The fixed results, one with a failure and diagnostics besides, so that every class is there."""
    first = next(one for one in fixed_results if any(verdict.finding for verdict in one.verdicts))
    span = Span(first.path, 1, 1, 1, 2)
    changes = (Respell("wrong", "right"), Rewrite("text"), Insert("text"), Edit(span, "text"))
    fault = Diagnostic("unknown-name", span, "message", "help", ((span, "related"),), changes=changes)
    assert first.evidence is not None
    verdicts = tuple(replace(one, finding=one.finding and with_values(one.finding)) for one in first.verdicts)
    extra = replace(
        first,
        diagnostics=(fault,),
        verdicts=(
            *verdicts,
            replace(
                first.verdicts[0], kind="property", outcome="not decided", finding=None, assumed=("n < 2",)
            ),
        ),
        failure=Failure("internal", "message", "detail", "/tmp/x"),
        evidence=replace(first.evidence, symmetry=("task", "Pfn"), engines=("tlc",)),
        constants=(("N", "member"),),
        scenes=(*first.scenes, Scene("up", (("N", "member"),), 1, "full", "sc", ("x",))),
        unreached=(Reachable(1, "label", span, "here"), Reachable(2, "branch", span, "if x:")),
        fairness=(("task", "weak"),),
        overrides=(("N", "2"),),
        unlocked=(Unlocked("x.y", span, span),),
        asked=Asked(("claim",), ("spin",), ("up",), tool="tool", memory="sc"),
    )
    return (*fixed_results, extra)


def with_values(finding: Finding) -> Finding:
    """The finding with values of every sort in its first step."""
    first, *others = finding.steps
    event = replace(
        first.events[0],
        kind="write",
        value=("member", Atom("Pfn", 1), Record((("field", 1),))),
        old="member",
        text="text",
    )
    assert finding.steps
    position = Position(first.task, "label", True, first.span)
    asleep = Standing(first.task, first.span, "waits", "a wake-up", (), lost=(Moved("x", "0", "1", 1),))
    return replace(
        finding, steps=(replace(first, events=(event,)), *others), positions=(position,),
        standing=(*finding.standing, asleep),
        cures=(Cure((Put("smp_mb", first.task, first.span, first.span),)),),
    )  # fmt: skip


def review_of(result: Result) -> Review:
    span = Span(result.path, 1, 1, 1, 2)
    property = next(verdict.property for verdict in result.verdicts if verdict.finding)
    difference = Difference("newly-violated", WEAKER, property, "message", span, span)
    acceptance = Acceptance("about", "reason", span)
    models = (
        Model(
            result.path, result.name, CHANGED, (Judged(difference), Judged(difference, acceptance)),
            former="former.pfn", before=result, after=result, old=result.sources, new=result.sources,
        ),
        Model("other.pfn", "other", UNKNOWN, trouble="trouble"),
    )  # fmt: skip
    text = {"pfnspec.toml": Source("pfnspec.toml", "paths = []\n")}
    settings = Settings("pfnspec.toml", (Judged(difference),), old=text, new=text)
    review = Review("main", "0123456789ab", models, (Unneeded(acceptance, True),), ("note",))
    return replace(review, settings=settings)


def odd(letter: str) -> bool:
    return letter != "\n" and category(letter) in ("Cc", "Cf", "Cs", "Zl", "Zp")


def safe(text: str) -> None:
    """What is written to a terminal or a log."""
    # Nothing but a line end of the hostile text itself can bring this to the beginning of a line.
    assert not re.search(r"^\s*::error::z", text, re.MULTILINE), text
    written = harmless(text)
    assert not re.search(r"^\s*::|##\[", written, re.MULTILINE), written
    assert not [letter for letter in written if odd(letter)], written


def commands(text: str, count: int) -> None:
    """What GitHub's runner is to obey: so many commands, each on a line of its own."""
    lines = text.splitlines()
    assert len(lines) == count
    for line in lines:
        assert re.match(r"::(error|warning|notice) ", line), line
        assert "##[" not in line and not [letter for letter in line if odd(letter)], line


def in_file(text: str, *, lines: bool = False) -> None:
    """What is written to a file; `lines`: the text was planted where several lines may be."""
    assert not [letter for letter in text if odd(letter)], text
    assert lines or not re.search(r"^\s*::error::z", text, re.MULTILINE), text


@pytest.mark.parametrize("where", [[one] for one in RESULT_FIELDS] + [sorted(PATHS, key=str)],
                         ids=lambda where: named(where[0]) if len(where) == 1 else "all paths")  # fmt: skip
def test_results(results: tuple[Result, ...], where: list[Fields]) -> None:
    if where == [(Diagnostic, "severity")]:
        pytest.skip("one of two words, of which no other comes in")
    hostile = tuple(planted(result, set(where)) for result in results)
    assert any(one != other for one, other in zip(hostile, results, strict=True)), "nothing was planted"
    for result in hostile:
        for text in (result_text(result, 80), failure_text(result), diagnostics_of(result, Ink())):
            safe(text)
        safe(lines_text(result))
    before = len(annotations_text(results, ROOT).splitlines())
    # What decides how many there are may be what was planted.
    count = len(annotations_text(map(shown, hostile), ROOT).splitlines())
    assert len(where) > 1 or where[0][1] in ("outcome", "expected", "severity", "kind") or count == before
    commands(annotations_text(hostile, ROOT), count)
    for kind in ("markdown", "junit", "sarif", "html", "json"):
        text = report_text(kind, hostile, ROOT)
        text.encode("utf-8")
        in_file(text, lines=where[0][1] in ("doc", "detail"))
        if kind == "junit":
            ElementTree.fromstring(text)
        if kind in ("sarif", "json"):
            json.loads(text)


def test_paths_can_be_read_again(results: tuple[Result, ...]) -> None:
    hostile = planted(results, PATHS)
    read = [result_of(one) for one in json.loads(report_text("json", hostile))]
    assert [one.path for one in read] == [one.path for one in hostile] == [HOSTILE] * len(results)


@pytest.mark.parametrize("where", REVIEW_FIELDS, ids=named)
def test_reviews(results: tuple[Result, ...], where: Fields) -> None:
    if where == (Difference, "effect"):
        pytest.skip("one of four words, of which no other comes in")
    review = review_of(results[-1])
    hostile = planted(review, {where})
    assert hostile != review, "nothing was planted"
    safe(review_text(hostile, 80, Ink()))
    safe(troubles_text(hostile))
    in_file(review_markdown(hostile))
    in_file(review_json(hostile))
    commands(review_annotations(hostile, ROOT), len(review_annotations(shown(hostile), ROOT).splitlines()))


def test_harmless_facts_stay_as_they_are(fixed_results: tuple[Result, ...]) -> None:
    for result in fixed_results:
        # The failed one has what a program printed.
        assert (shown(result) is result) == (result.failure is None)


@pytest.mark.parametrize(
    ("text", "seen"),
    [
        ("lost update", "lost update"),
        ("C:\\new\\table", "C:\\new\\table"),
        (
            "\u00fcn\u00efcode \u00a0 \U0001f469\u200d\U0001f4bb",
            "\u00fcn\u00efcode \u00a0 \U0001f469\u200d\U0001f4bb",
        ),
        ("a\nb", "a\\x0ab"),
        ("a\\x0ab", "a\\\\x0ab"),
        ("\x1b[31m\u202e\udcff", "\\x1b[31m\\u202e\\udcff"),
    ],
)
def test_texts_as_they_are_seen(text: str, seen: str) -> None:
    """Different texts are never seen as the same."""
    assert visible(text) == seen
    assert meant(visible(text)) == text
    assert visible(visible(text)) == seen


def test_lines_with_colours() -> None:
    line = "\x1b[31mbad\x1b[0m \x1b]0;evil\x07"
    assert harmless(line, colours=True) == "\x1b[31mbad\x1b[0m \\x1b]0;evil\\x07"
    assert harmless(line) == "\\x1b[31mbad\\x1b[0m \\x1b]0;evil\\x07"
    assert harmless("a\n \x1b[31m::stop::x\n", colours=True) == "a\n \x1b[31m\\x3a:stop::x\n"
