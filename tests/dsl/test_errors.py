"""Diagnostics as texts: `errors/*.txt` hold small models whose faulty lines carry what is said of them.

A file is cut into cases by lines `--- title`; a title may end in `--const NAME=VALUE` options and a
`--scenario NAME`.
Below a line stand its expectations, which are no part of the model:

    ### error[code] 8-10: message        columns of the first and last character, or one for both
    ### help: what to write              if the diagnostic has one
    ### mended: x = 1                    the line with the changes that the help means, if it means any
    ### see 3:8: it stands here          line and column in the case of each related place

`pytest --rewrite` writes what is found instead of comparing.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest
from pfnspec.dsl.advice import mended
from pfnspec.dsl.checker.declarations import check
from pfnspec.dsl.diagnostics import Diagnostic, did_you_mean
from pfnspec.dsl.explain import codes, explanation
from pfnspec.dsl.source import Source, Span
from pfnspec.dsl.syntax.parse import parse
from pfnspec.translator.lower.lower import lower

HERE = Path(__file__).parent
ROOT = HERE.parents[1]
FILES = sorted((HERE / "errors").glob("*.txt"))
CODE = re.compile(r"^### \w+\[([a-z-]+)\]", re.MULTILINE)


@dataclass(frozen=True, slots=True)
class Case:
    """One model with its expectations, as it stands in a file."""

    file: str
    title: str
    annotated: str

    @property
    def name(self) -> str:
        return self.title.split(" --")[0]

    @property
    def constants(self) -> dict[str, str]:
        return dict(re.findall(r"--const (\w+)=(\S*)", self.title))

    @property
    def scenario(self) -> str | None:
        match = re.search(r"--scenario (\w+)", self.title)
        return match and match[1]

    @property
    def text(self) -> str:
        lines = self.annotated.splitlines(keepends=True)
        return "".join(line for line in lines if not line.startswith("### "))


def cases(path: Path) -> Iterator[Case]:
    title: str | None = None
    lines: list[str] = []
    for line in path.read_text(encoding="utf-8").split("\n"):
        if line.startswith("--- "):
            if title is not None:
                yield Case(path.stem, title, _joined(lines))
            title, lines = line[4:], []
        else:
            lines.append(line)
    assert title is not None, f"{path} has no case"
    yield Case(path.stem, title, _joined(lines[:-1]))


def _joined(lines: list[str]) -> str:
    return "".join(line + "\n" for line in lines)


CASES = [case for path in FILES for case in cases(path)]


def diagnose(
    text: str, constants: dict[str, str] | None = None, scenario: str | None = None
) -> tuple[Diagnostic, ...]:
    """All that the front end and the lowering say of a model."""
    tree, diagnostics = parse(Source("case.pfn", text))
    if tree is None:
        return diagnostics.sorted()
    model, diagnostics = check(tree, constants, scenario)
    if model is not None:
        _, more = lower(model, model.choices[0] if model.choices else None)
        diagnostics.extend(more.sorted())
    return diagnostics.sorted()


def found_in(case: Case) -> tuple[Diagnostic, ...]:
    return diagnose(case.text, case.constants, case.scenario)


def annotated(text: str, diagnostics: tuple[Diagnostic, ...]) -> str:
    """The text with every diagnostic below its line."""
    source = Source("case.pfn", text)
    lines = text.splitlines()
    said: dict[int, list[str]] = {}
    for diagnostic in diagnostics:
        span = diagnostic.span
        below = said.setdefault(min(span.line, len(lines)), [])
        below.append(f"### {diagnostic.severity}[{diagnostic.code}] {_columns(span)}: {diagnostic.message}")
        if diagnostic.help is not None:
            below.append(f"### help: {diagnostic.help}")
        if found := diagnostic.edits(source):
            line = mended(source, found).split("\n")[found[0].span.line - 1]
            below.append(f"### mended: {line.strip()}")
        below.extend(f"### see {at.line}:{at.column}: {words}" for at, words in diagnostic.related)
    pieces = list(said.get(0, ()))
    for number, line in enumerate(lines, 1):
        pieces += [line, *said.get(number, ())]
    return _joined(pieces)


def _columns(span: Span) -> str:
    if span.end_line > span.line:
        return f"{span.column}-{span.end_line}:{span.end_column - 1}"
    return str(span.column) if span.end_column <= span.column + 1 else f"{span.column}-{span.end_column - 1}"


@pytest.fixture(scope="session", autouse=True)
def rewritten(rewrite: bool) -> None:
    if rewrite:
        for path in FILES:
            pieces = [f"--- {case.title}\n{annotated(case.text, found_in(case))}" for case in cases(path)]
            path.write_text("".join(pieces), encoding="utf-8", newline="\n")


@pytest.mark.parametrize("case", CASES, ids=lambda case: f"{case.file}: {case.name}")
def test_diagnostics(case: Case, rewrite: bool) -> None:
    found = found_in(case)
    if not rewrite:
        assert annotated(case.text, found) == case.annotated
    assert found or case.name.startswith("right: "), "nothing is wrong with this case"
    for diagnostic in found:
        assert_well_worded(diagnostic, case.text)


@pytest.mark.parametrize("case", CASES, ids=lambda case: f"{case.file}: {case.name}")
def test_mended(case: Case) -> None:
    """What a diagnostic advises to change makes an end of it, and no line that cannot be read."""
    source = Source("case.pfn", case.text)
    before = found_in(case)
    for diagnostic in before:
        found = diagnostic.edits(source)
        if not found:
            continue
        after = diagnose(mended(source, found), case.constants, case.scenario)
        said = [(one.span.line, one.code, one.message) for one in after]
        assert said.count(_said(diagnostic)) < [_said(one) for one in before].count(_said(diagnostic))
        line = diagnostic.span.line
        unread = {one.code for one in after if one.span.line == line} & UNREADABLE
        assert unread <= {one.code for one in before if one.span.line == line}


def _said(diagnostic: Diagnostic) -> tuple[int, str, str]:
    return diagnostic.span.line, diagnostic.code, diagnostic.message


# Codes of lines that the parser cannot read.
UNREADABLE = {"syntax", "unclosed-string", "unclosed-bracket", "unopened-bracket", "no-effect"}


def assert_well_worded(diagnostic: Diagnostic, text: str) -> None:
    """A message is one clause, begins in lower case and does not end like a sentence; help too."""
    for words in (diagnostic.message, diagnostic.help, *(words for _, words in diagnostic.related)):
        if words is not None:
            assert not re.match(r"[A-Z](?![A-Z_]*\b)", words) or words.startswith("TLC"), words
            assert not re.search(r"[.!\s]$", words), words
            assert words.count("`") % 2 == 0, words
    lines = text.split("\n")
    span = diagnostic.span
    assert 1 <= span.line <= span.end_line <= len(lines)
    assert 1 <= span.column <= len(lines[span.line - 1]) + 1
    assert 1 <= span.end_column <= len(lines[span.end_line - 1]) + 2


def test_titles_are_unique() -> None:
    titles = [(case.file, case.name) for case in CASES]
    assert len(set(titles)) == len(titles)


# ---- the explanations

# What is found when files are loaded has its cases where that is tested.
FILES_NEEDED = {
    "base-outside",
    "cannot-read",
    "configuration",
    "costs",
    "recordings",
    "replaces-nothing",
    "replaces-other-kind",
    "timeless-loop",
    "undecided-choice",
    "variant-cycle",
}


def raised() -> set[str]:
    """The codes that the sources can report."""
    found: set[str] = set()
    for room in ("dsl", "translator", "check", "timing", "beside"):
        for path in (ROOT / room).rglob("*.py"):
            text = path.read_text(encoding="utf-8")
            found.update(re.findall(r"\b(?:add|Diagnostic|Unsupported)\(\s*\"([a-z]+(?:-[a-z]+)*)\"", text))
            if path.name in ("habits.py", "misfits.py"):
                found.update(re.findall(r"\"([a-z]+(?:-[a-z]+)+|syntax)\",\s", text))
            if 'f"unknown-{' in text:
                found.update(("unknown-policy", "unknown-scenario", "unknown-property"))
    return found


def test_every_code_is_explained() -> None:
    assert sorted(raised() - set(codes())) == []
    assert sorted(set(codes()) - raised()) == []


def test_every_code_has_a_case() -> None:
    covered = FILES_NEEDED | {code for case in CASES for code in CODE.findall(case.annotated)}
    assert sorted(set(codes()) - covered) == []


@pytest.mark.parametrize("code", sorted(set(codes()) - FILES_NEEDED))
def test_examples_trigger_their_code(code: str) -> None:
    entry = explanation(code)
    assert entry is not None
    assert entry.title and entry.text and entry.example
    constants = {"unknown-constant": {"M": "3"}, "bad-override": {"N": "many"}}.get(code)
    scenario = re.search(r"^scenario (\w+)", entry.example, re.MULTILINE)
    found = diagnose(entry.example, constants, scenario and scenario[1])
    assert {diagnostic.code for diagnostic in found} == {code}


def test_unknown_codes_have_no_explanation() -> None:
    assert explanation("no-lamda") is None
    assert str(did_you_mean("no-lamda", codes())) == "did you mean `no-lambda`?"
