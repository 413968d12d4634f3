"""Recordings against a model as JUnit XML: a recording is a test case."""

from __future__ import annotations

from xml.etree import ElementTree as xml

from ...recording.result import DISAGREEMENT, EXPLAINED, UNDECIDED, UNEXPLAINED, UNREADABLE, Validated
from ..text.behaviour import Page
from ..text.ink import PLAIN
from ..text.words import xml_safe
from .text import validation_text

_KINDS = {
    EXPLAINED: "failure",
    UNEXPLAINED: "failure",
    UNREADABLE: "error",
    DISAGREEMENT: "error",
    UNDECIDED: "skipped",
}


def junit_text(whole: Validated) -> str:
    """A document with one test suite: the model.  What is not as expected is a failure, what cannot be read
    an error, what was not decided is skipped."""
    page = Page(whole.sources, whole.path, 100, PLAIN)
    suite = xml.Element("testsuite", name=xml_safe(whole.path), tests=str(len(whole.recordings)))
    counts = {"failure": 0, "error": 0, "skipped": 0}
    for one in whole.recordings:
        case = xml.SubElement(suite, "testcase", name=xml_safe(one.path), classname=xml_safe(whole.model))
        kind = None if one.as_expected else _KINDS[one.outcome]
        if kind is not None:
            counts[kind] += 1
            message = xml_safe(one.fault or f"{one.outcome}, expected: {one.expected}")
            text = xml_safe(validation_text(whole.model, one, page))
            xml.SubElement(case, kind, message=message).text = text
    for kind, name in (("failure", "failures"), ("error", "errors"), ("skipped", "skipped")):
        suite.set(name, str(counts[kind]))
    suites = xml.Element("testsuites", name="pfnspec", tests=suite.get("tests", "0"))
    suites.set("failures", suite.get("failures", "0"))
    suites.set("errors", suite.get("errors", "0"))
    suites.append(suite)
    xml.indent(suites)
    return f'<?xml version="1.0" encoding="UTF-8"?>\n{xml.tostring(suites, encoding="unicode")}\n'
