"""Results as data: every one conforms to the schema, and the page about it is made from the schema."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from subprocess import CompletedProcess
from typing import Any, get_args

import jsonschema
import pytest
from pfnspec.check.result import Engine, FailureKind, Judgement, Result, VerdictKind
from pfnspec.check.saved.reader import result_of
from pfnspec.dsl.diagnostics import Severity
from pfnspec.report.formats.data import described
from pfnspec.report.text.ink import Ink
from pfnspec.report.text.result import result_text
from pfnspec.translator.program.kinds import MarkKind, NoteKind, StepKind

ROOT = Path(__file__).resolve().parents[2]
SCHEMA = json.loads((ROOT / "docs" / "result.schema.json").read_text(encoding="utf-8"))
PAGE = ROOT / "docs" / "json.md"
EXAMPLES = [path.relative_to(ROOT).as_posix() for path in sorted((ROOT / "examples").glob("*/*.pfn"))]
Run = Callable[..., "CompletedProcess[str]"]

VALIDATOR = jsonschema.Draft202012Validator(SCHEMA)


def faults(result: object) -> list[str]:
    return [f"{error.json_path}: {error.message}"[:300] for error in VALIDATOR.iter_errors(result)]


def test_the_schema_is_one() -> None:
    jsonschema.Draft202012Validator.check_schema(SCHEMA)


CLOSED = {
    ("step", "kind"): StepKind, ("event", "kind"): NoteKind, ("unreached", "kind"): MarkKind,
    ("verdict", "kind"): VerdictKind, ("verdict", "outcome"): Judgement, ("", "engine"): Engine,
    ("failure", "why"): FailureKind, ("diagnostic", "severity"): Severity,
}  # fmt: skip


def test_the_words_of_closed_kinds_are_those_of_the_types(golden: Callable[[Path, str], None]) -> None:
    path = ROOT / "docs" / "result.schema.json"
    text = path.read_text(encoding="utf-8")
    for (part, field), words in CLOSED.items():
        at = text.index(f'    "{part}": {{', text.index('"$defs"')) if part else 0
        begin = text.index('"enum": [', text.index(f'"{field}": {{', at)) + len('"enum": [')
        end = text.index("]", begin)
        known = list(get_args(words))
        if json.loads(f"[{text[begin:end]}]") != known:
            text = text[:begin] + json.dumps(known)[1:-1] + text[end:]
    golden(path, text)


@pytest.mark.parametrize("name", EXAMPLES)
def test_examples(name: str, example_results: Mapping[str, dict[str, Any]]) -> None:
    assert faults(example_results[name]) == []


@pytest.mark.parametrize(
    ("text", "arguments", "status"),
    [
        ("", (), 2),
        ("model m\nprocess p:\n    x = 1\n", (), 2),
        ("model m\n\xff", (), 2),
        ("model m\nshared x: bool = False\n\nprocess p:\n    x = True\n", ("--property", "y"), 2),
        ("model m\nshared x: bool = False\n\nprocess p:\n    x = True\n", ("--java", "/no/such"), 4),
        ("model m\nshared x: bool = False\n\nprocess p:\n    x = True\n", ("--timeout", "0.001"), 3),
        (
            'model m\nshared x: bool = False\n\nprocess p:\n    smp_mb()\n    assert x, "why"\n'
            "    if x:\n        x = True\n",
            (),
            1,
        ),
        (
            "model m\nshared a: spinlock\nshared b: spinlock\n\nprocess p:\n    with a:\n        with b:\n"
            "            pass\n\nprocess q:\n    with b:\n        with a:\n            pass\n",
            (),
            1,
        ),
    ],
    ids=["empty", "error", "not UTF-8", "unknown property", "no Java", "no time", "violated", "deadlock"],
)
def test_other_results(
    pfnspec: Run, tmp_path: Path, text: str, arguments: tuple[str, ...], status: int
) -> None:
    (tmp_path / "m.pfn").write_text(text, encoding="latin-1")
    ran = pfnspec("check", "m.pfn", "--format", "json", *arguments, cwd=tmp_path)
    result = json.loads(ran.stdout)
    assert ran.returncode == result["status"] == status, ran.stderr
    assert faults(result) == []
    assert bool(result["failure"]) == (status == 4)
    if status == 2:
        first = result["diagnostics"][0]
        place = f"{first['path']}:{first['line']}:{first['column']}" if first["line"] else first["path"]
        assert ran.stderr.startswith(f"{place}: {first['severity']}[{first['code']}]: {first['message']}")


@pytest.mark.parametrize("name", EXAMPLES)
def test_reading_and_writing_again(name: str, example_results: Mapping[str, dict[str, Any]]) -> None:
    """Nothing is lost: words, places and values of the second writing are those of the first."""
    assert described(result_of(example_results[name])) == example_results[name]


def test_reading_and_writing_made_results(fixed_results: tuple[Result, ...]) -> None:
    for made in fixed_results:
        read = result_of(json.loads(json.dumps(described(made))))
        assert described(read) == described(made)
        assert [verdict.finding for verdict in read.verdicts] == [one.finding for one in made.verdicts]
        assert result_text(read, 80, Ink()) == result_text(made, 80, Ink())


def test_the_schema_refuses_what_is_not_so(example_results: Mapping[str, dict[str, Any]]) -> None:
    """A schema that lets everything pass would make the tests above worthless."""
    result = example_results["examples/memslots/fair_rwsem.pfn"]
    assert faults({**result, "new": 1})
    assert faults({name: value for name, value in result.items() if name != "verdicts"})
    assert faults({**result, "status": 7})


def test_a_trace_is_consistent(example_results: Mapping[str, dict[str, Any]]) -> None:
    """The changes of the steps lead from the first state to the last."""
    seen = 0
    for result in example_results.values():
        for verdict in result["verdicts"]:
            finding = verdict["finding"]
            if not finding:
                continue
            state = dict(finding["initial"])
            for number, step in enumerate(finding["steps"], start=1):
                assert step["number"] == number
                for change in step["changes"]:
                    assert state[change["name"]] == change["old"]
                    state[change["name"]] = change["new"]
            assert state == finding["final"]
            seen += 1
    assert seen > 10


def test_traces_say_what_the_source_says(example_results: Mapping[str, dict[str, Any]]) -> None:
    lines: dict[str, list[str]] = {}
    for result in example_results.values():
        for verdict in result["verdicts"]:
            for step in (verdict["finding"] or {"steps": []})["steps"]:
                path = step["path"]
                if path not in lines:
                    place = ROOT / "dsl" / "checker" / path if path == "prelude.pfn" else ROOT / path
                    lines[path] = place.read_text(encoding="utf-8").splitlines()
                assert step["source"]
                assert step["source"] in lines[path][step["line"] - 1]


# -- the page


def _type(schema: Mapping[str, Any]) -> str:
    if "$ref" in schema:
        name = schema["$ref"].rsplit("/", 1)[1]
        target = _resolved(schema)
        return f"[{name}](#{name})" if "title" in target else _type(target)
    if "anyOf" in schema:
        return " or ".join(_type(option) for option in schema["anyOf"])
    if "const" in schema:
        return f"`{json.dumps(schema['const'])}`"
    if "enum" in schema:
        return ", ".join(f"`{json.dumps(value)}`" for value in schema["enum"])
    kind = schema["type"]
    if isinstance(kind, list):
        return " or ".join(kind)
    if kind == "array":
        return f"list of {_type(schema['items'])}"
    if kind == "object" and isinstance(schema.get("additionalProperties"), dict):
        return f"object: name to {_type(schema['additionalProperties'])}"
    return str(kind)


def _resolved(schema: Mapping[str, Any]) -> Mapping[str, Any]:
    if "$ref" not in schema:
        return schema
    found: Any = SCHEMA
    for part in schema["$ref"].removeprefix("#/").split("/"):
        found = found[part]
    return _resolved(found)


PLACE = ("path", "line", "column", "end_line", "end_column")


def _table(name: str, schema: Mapping[str, Any]) -> Iterator[str]:
    yield f"## {name}"
    yield ""
    yield schema["description"]
    yield ""
    yield "| field | type | meaning |"
    yield "|---|---|---|"
    properties = schema["properties"]
    has_place = name != "place" and all(field in properties for field in PLACE)
    for field, value in properties.items():
        if has_place and field in PLACE:
            continue
        described = value.get("description") or _resolved(value).get("description", "")
        assert described, f"{name}.{field} has no description"
        kind = _type(value).replace("|", "\\|")
        yield f"| `{field}` | {kind} | {described} |"
    if has_place:
        yield "| `path`, `line`, `column`, `end_line`, `end_column` | | its [place](#place) |"
    yield ""


def test_the_page_is_made_from_the_schema(golden: Callable[[Path, str], None]) -> None:
    lines: list[str] = []
    for name, schema in [("result", SCHEMA), *SCHEMA["$defs"].items()]:
        lines += _table(name, schema)
    text = PAGE.read_text(encoding="utf-8")
    before, _, rest = text.partition("<!-- tables -->\n")
    after = rest.partition("<!-- end -->\n")[2]
    golden(PAGE, f"{before}<!-- tables -->\n" + "\n".join(lines) + f"<!-- end -->\n{after}")


def test_the_version_on_the_page_is_that_of_the_results(
    example_results: Mapping[str, dict[str, Any]],
) -> None:
    assert {result["schema"] for result in example_results.values()} == {
        SCHEMA["properties"]["schema"]["const"]
    }
    assert re.search(r"`schema` is a number", PAGE.read_text(encoding="utf-8"))
