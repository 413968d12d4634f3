"""A line that is half typed costs that line.

The files in `cut/` have for an example what is said when a line is cut in its middle, where that is more than
one thing in that line: below the cut line stand `line: code` of all that is said.
"""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from pfnspec.dsl.syntax.memory import Memory
from pfnspec.lsp.text.analysis import analyse

ROOT = Path(__file__).parents[2]
TABLES = Path(__file__).with_name("cut")
EXAMPLES = (
    "memslots/fair_rwsem.pfn", "pfncache/upstream.pfn", "pfncache/s3_ranges.pfn", "waiting/policies.pfn",
)  # fmt: skip


def said(path: Path, text: str, memories: dict[str, Memory] | None = None) -> list[str]:
    """`line: code` of all diagnostics; of other files with their names."""
    found = analyse("", 1, str(path), text, {}, {} if memories is None else memories).diagnostics
    return [
        f"{'' if d.span.path == str(path) else Path(d.span.path).name + ':'}{d.span.line}: {d.code}"
        for d in found
    ]


@pytest.mark.parametrize("example", EXAMPLES)
def test_a_cut_line_costs_that_line(example: str, golden: Callable[[Path, str], None]) -> None:
    path = ROOT / "examples" / example
    lines = path.read_text(encoding="utf-8").split("\n")
    pieces: list[str] = []
    memories: dict[str, Memory] = {}
    cuts = others = 0
    for number, line in enumerate(lines, 1):
        indent = len(line) - len(line.lstrip())
        cut = line[: indent + (len(line) - indent) // 2]
        if cut == line or not cut.strip():
            continue
        cuts += 1
        found = said(path, "\n".join([*lines[: number - 1], cut, *lines[number:]]), memories)
        if len(found) > 1 or any(not place.startswith(f"{number}:") for place in found):
            others += 1
            pieces += [f"{number}|{cut}", *(f"    {place}" for place in found)]
    golden(TABLES / path.with_suffix(".txt").name, "\n".join(pieces) + "\n")
    # Most entries of the table are texts that mean something else, such as a shorter name of a label.
    assert others < cuts / 6


BASE = """model m

shared x: range(3)
shared l: spinlock

process p[2]:
    mine: range(3) = 0
    with l:
        mine = x
        label inside
    helper(mine)

def helper(y: range(3)):
    x = y

invariant i: not (p[0] at inside and p[1] at inside)
"""

EDITS = {
    "an unclosed bracket": ("with l:", "with l.read(:", {"8: unopened-bracket", "8: unclosed-bracket"}),
    "an unclosed docstring": ("    x = y", '    """text\n    x = y', {"14: unclosed-string"}),
    "a statement begun": ("    x = y", "    x = y\n    l.", {"15: syntax"}),
    "a second fault": ("    x = y", "    x =\n    z = y", {"14: syntax", "15: unknown-name"}),
    "a fault in another body": ("    x = y", "    x = unknown\n    l.", {"14: unknown-name", "15: syntax"}),
    "a head": ("def helper(y: range(3)):", "def helper(y: ran", {"13: unclosed-bracket"}),
    "a head without parameters": ("def helper(y: range(3)):", "def help", {"13: syntax"}),
    "a declaration": ("shared x: range(3)", "shared x: ", {"3: syntax"}),
    "a declaration without a name": ("shared x: range(3)", "sha", {"3: no-declaration"}),
    "a name begun": ("shared x: range(3)", "shared", {"3: syntax"}),
    "a label's word": ("label inside", "lab", {"10: unknown-name"}),
    "a call begun": ("helper(mine)", "hel", {"11: unknown-name"}),
    "an indentation": ("        label inside", "      label inside", {"10: bad-indent"}),
    "the model line": ("model m", "mod", {"1: no-declaration"}),
}


@pytest.mark.parametrize("name", EDITS)
def test_other_lines_are_read_as_what_they_are(name: str) -> None:
    before, after, expected = EDITS[name]
    assert before in BASE
    found = said(Path("/model.pfn"), BASE.replace(before, after, 1))
    assert set(found) <= expected and found, found


def test_what_was_right_is_right() -> None:
    assert said(Path("/model.pfn"), BASE) == []
