"""Results as JUnit XML: a verdict is a test case, for the CI servers that count those."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import PurePath
from xml.etree import ElementTree as xml

from ...check.result import UNDECIDED, VIOLATED, Result, Verdict
from ..text.ink import Ink
from ..text.result import (
    assuming,
    diagnostics_of,
    engine_text,
    failure_text,
    trace_text,
    undecided_text,
    verdict_text,
)
from ..text.words import xml_safe
from ..visible import shown


def junit_text(results: Iterable[Result]) -> str:
    """A document with a test suite for each result.

    A property that is violated against expectation, or not violated although that is expected, is a
    failure; one that was not decided is skipped.  A model with errors, and a tool that failed, are a
    test case with an error.
    """
    suites = xml.Element("testsuites", name="pfnspec")
    for result in map(shown, results):
        suites.append(_suite(result))
    for name in ("tests", "failures", "errors"):
        suites.set(name, str(sum(int(suite.get(name, "0")) for suite in suites)))
    xml.indent(suites)
    text = xml.tostring(suites, encoding="unicode")
    return f'<?xml version="1.0" encoding="UTF-8"?>\n{text}\n'


def _suite(result: Result) -> xml.Element:
    cases = [_case(verdict, result) for verdict in result.verdicts]
    shown = diagnostics_of(result, Ink())
    errors = [found for found in result.diagnostics if found.severity == "error"]
    if errors:
        cases.append(_trouble("model", result, errors[0].code, errors[0].message, shown))
    if result.failure is not None:
        text = f"{failure_text(result)}{result.failure.detail}"
        cases.append(_trouble("check", result, result.failure.why, result.failure.message, text))
    suite = xml.Element(
        "testsuite",
        name=xml_safe(result.path),
        tests=str(len(cases)),
        failures=str(sum(case.find("failure") is not None for case in cases)),
        errors=str(sum(case.find("error") is not None for case in cases)),
        skipped=str(sum(case.find("skipped") is not None for case in cases)),
    )
    if result.evidence is not None:
        suite.set("time", f"{result.evidence.seconds:.3f}")
    suite.extend(cases)
    said = ("" if errors else shown) + (engine_text(result) if result.verdicts else "")
    if said:
        xml.SubElement(suite, "system-err").text = xml_safe(said)
    return suite


def _named(name: str, result: Result, *cell: str | None) -> xml.Element:
    """A test case; its class is the file, then scenario and policy: dots make a tree of it."""
    path = PurePath(result.path).with_suffix("") if result.path != "-" else PurePath("stdin")
    parts = [part for part in path.parts if part not in (path.anchor, "..")]
    parts += [part for part in cell if part is not None]
    return xml.Element("testcase", classname=xml_safe(".".join(parts)), name=xml_safe(name))


def _trouble(name: str, result: Result, kind: str, message: str, text: str) -> xml.Element:
    case = _named(name, result)
    xml.SubElement(case, "error", type=kind, message=xml_safe(message)).text = xml_safe(text)
    return case


def _case(verdict: Verdict, result: Result) -> xml.Element:
    case = _named(verdict.property, result, verdict.scenario, verdict.policy)
    trace = trace_text(verdict, result)
    if verdict.outcome == UNDECIDED:
        xml.SubElement(case, "skipped", message=undecided_text(result))
    elif not verdict.as_expected:
        message = xml_safe(verdict_text(verdict))
        xml.SubElement(case, "failure", type=verdict.kind, message=message).text = xml_safe(trace or message)
    elif verdict.outcome == VIOLATED:
        told = ", ".join(part for part in ("violated, as expected", assuming(verdict.assumed)) if part)
        xml.SubElement(case, "system-out").text = xml_safe(f"{told}\n\n{trace}")
    elif verdict.assumed:
        xml.SubElement(case, "system-out").text = xml_safe(f"{verdict.outcome}, {assuming(verdict.assumed)}")
    return case
