"""The pages under `docs/`: their grammar boxes, and every example in them.

The words behind a fence's `python` say what its block is:

    (nothing)      a whole model when it has a `model` line, otherwise declarations, checked behind the
                   page's standard model
    standard       the standard model of the page
    body           statements of a process of the standard model
    refused CODE   something that the language refuses, with this diagnostic

A whole model is searched by the interpreter, in each scenario and under each wait policy: of safety, it
violates what it says with `expect`, and nothing else.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path

import pytest
from pfnspec.dsl.checker.declarations import check
from pfnspec.dsl.checker.scenarios import scenario_names
from pfnspec.dsl.checker.variants import vary
from pfnspec.dsl.diagnostics import Diagnostic
from pfnspec.dsl.source import Source
from pfnspec.dsl.syntax import tree
from pfnspec.dsl.syntax.parse import parse
from pfnspec.dsl.vocabulary.lookup import BUILT_INS
from pfnspec.translator import pipeline
from pfnspec.translator.lower.lower import lower
from pfnspec.translator.program.program import Program
from pfnspec.translator.run.interpreter import Interpreter

ROOT = Path(__file__).parents[2]
LANGUAGE = ROOT / "docs" / "language.md"
NAMES = ("language", "semantics", "cookbook", "cheat-sheet")
PAGES = tuple(ROOT / "docs" / f"{name}.md" for name in NAMES)
MOST_STATES = 20_000

_FENCE = re.compile(r"^```(\w+)([^\n]*)\n(.*?)^```$", re.MULTILINE | re.DOTALL)
_RULE = re.compile(r"^(?:[?!]?\w+(?:\.\d+)?:|%)")
_HEADER = re.compile(r'^model (\w+)(?: varies "(\w+)\.pfn")?$', re.MULTILINE)


@dataclass(frozen=True, slots=True)
class Block:
    """A fenced block: where it stands, what it is marked as, and its text."""

    page: str
    line: int
    language: str
    marks: tuple[str, ...]
    text: str

    def __str__(self) -> str:
        return f"{self.page}:{self.line}"

    @property
    def is_model(self) -> bool:
        return _HEADER.search(self.text) is not None


@cache
def blocks(page: Path) -> tuple[Block, ...]:
    text = page.read_text(encoding="utf-8")
    return tuple(
        Block(page.name, text.count("\n", 0, found.start()) + 1, found[1], tuple(found[2].split()), found[3])
        for found in _FENCE.finditer(text)
    )


def rules(text: str) -> Iterator[str]:
    """The rules and directives of a grammar's text, each with its further lines."""
    rule: list[str] = []
    for line in (*text.splitlines(), "%"):
        if _RULE.match(line):
            if rule:
                yield "\n".join(rule).rstrip()
            rule = [line]
        elif line.startswith("//"):
            continue
        elif rule:
            rule.append(line)


@cache
def standard() -> str:
    (block,) = (block for block in blocks(LANGUAGE) if block.marks == ("standard",))
    return block.text


def whole(block: Block) -> str:
    """The text of the model that a block stands for."""
    if block.is_model:
        return block.text
    if "body" not in block.marks:
        return f"{standard()}\n{block.text}"
    body = "".join(f"    {line}\n" if line else "\n" for line in block.text.splitlines())
    return f"{standard()}\nprocess reader[N]:\n{body}"


def read(text: str, name: str) -> tuple[tree.Tree | None, tuple[Diagnostic, ...]]:
    parsed, diagnostics = parse(Source(name, text))
    return parsed, diagnostics.sorted()


def specification(block: Block) -> tree.Tree:
    """The tree of a block, laid over its base if it is a variant of a model on the same page."""
    parsed, found = read(whole(block), str(block))
    assert parsed is not None, found
    header = _HEADER.search(block.text)
    if header is None or header[2] is None:
        return parsed
    page = next(page for page in PAGES if page.name == block.page)
    base = next(b for b in blocks(page) if (h := _HEADER.search(b.text)) and h[1] == header[2])
    merged, faults = vary(parsed, specification(base))
    assert not faults.sorted()
    return merged


def programs(block: Block) -> Iterator[tuple[str | None, str | None, Program]]:
    """The programs of a block, with the scenario and the wait policy of each."""
    whole = specification(block)
    for scenario in scenario_names(whole):
        model, diagnostics = check(whole, None, scenario)
        assert model is not None, diagnostics.sorted()
        for policy in model.choices or (None,):
            lowered, diagnostics = lower(model, policy)
            assert lowered is not None, diagnostics.sorted()
            yield scenario, policy, lowered


def examples() -> tuple[Block, ...]:
    return tuple(block for page in PAGES for block in blocks(page) if block.language == "python")


def marked(refused: bool) -> list[object]:
    return [pytest.param(b, id=str(b)) for b in examples() if ("refused" in b.marks) is refused]


def test_boxes_quote_the_grammar() -> None:
    grammar = (ROOT / "dsl" / "syntax" / "grammar.lark").read_text(encoding="utf-8")
    known = list(rules(grammar))
    shown = [rule for block in blocks(LANGUAGE) if block.language == "lark" for rule in rules(block.text)]
    assert [rule for rule in shown if rule not in known] == []
    assert [rule for rule in known if rule not in shown] == []


def test_blocks_have_known_marks() -> None:
    for block in examples():
        words = list(block.marks)
        if "refused" in words:
            at = words.index("refused")
            assert len(words) > at + 1, f"{block}: refused with which diagnostic?"
            del words[at : at + 2]
        assert set(words) <= {"standard", "body"}, block


@pytest.mark.parametrize("block", marked(False))
def test_example_is_accepted(block: Block) -> None:
    assert all(program.points for _, _, program in programs(block))


def models() -> list[object]:
    return [pytest.param(b, id=str(b)) for b in examples() if b.is_model and "standard" not in b.marks]


@pytest.mark.parametrize("block", models())
def test_model_violates_what_it_says(block: Block) -> None:
    stated = [node for node in specification(block).declarations if isinstance(node, tree.Expect)]
    for scenario, policy, program in programs(block):
        temporal = {formula.name for formula in program.temporal}
        expected = {
            node.target
            for node in stated
            if node.verdict == "violated"
            and node.target not in temporal
            and (not node.under or policy in node.under)
            and (not node.scenarios or scenario in node.scenarios)
        }
        interpreter = Interpreter(pipeline.whole(program))
        states, complete = interpreter.search(MOST_STATES)
        assert complete
        violated = {violation.property for state in states for violation in interpreter.violations(state)}
        assert violated == expected, (scenario, policy)
        for formula in program.sometimes:
            assert any(interpreter.value(formula.condition, state) is True for state in states)


@pytest.mark.parametrize("block", marked(True))
def test_refused_example(block: Block) -> None:
    code = block.marks[block.marks.index("refused") + 1]
    parsed, found = read(whole(block), str(block))
    if parsed is not None:
        found = check(parsed)[1].sorted()
    assert [fault.code for fault in found if fault.severity == "error"] == [code]


def test_every_built_in_word_is_on_the_page() -> None:
    page = LANGUAGE.read_text(encoding="utf-8")
    assert [word for word in sorted(BUILT_INS) if not re.search(rf"\b{word}\b", page)] == []


def habits() -> list[str]:
    """What one would write in Python: the first column of the table of habits."""
    section = LANGUAGE.read_text(encoding="utf-8").partition("## What Python does otherwise")[2]
    table = section.partition("\n## ")[0]
    return re.findall(r"^\| `([^`]+)` \|", table, re.MULTILINE)


@pytest.mark.parametrize("written", habits())
def test_habit_is_refused(written: str) -> None:
    text = written.replace("\\|", "|")
    block = Block("habit", 0, "python", ("body",), text)
    parsed, found = read(whole(block), "habit")
    if parsed is not None:
        found = check(parsed)[1].sorted()
    assert any(fault.severity == "error" for fault in found)


def test_examples_exist() -> None:
    assert len(examples()) >= 30
    assert habits()
