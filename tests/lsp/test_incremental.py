"""What is kept of the reading before makes no difference to what is found."""

from __future__ import annotations

from dataclasses import astuple
from pathlib import Path
from random import Random

import pytest
from pfnspec.dsl.model.walk import walk
from pfnspec.dsl.source import Source
from pfnspec.dsl.syntax.memory import Memory
from pfnspec.dsl.syntax.parse import parse, read

ROOT = Path(__file__).parents[2]
TEXT = (ROOT / "examples" / "pfncache" / "upstream.pfn").read_text(encoding="utf-8")
PIECES = [
    *"()[]{}:=.\n\n#\"' x",
    '"""',
    "\n\n",
    "    ",
    "x = 1\n",
    "process q:\n    pass\n",
    "\u00fc",
    "\U0001f512",
]


def edit(text: str, random: Random) -> str:
    """A small change, as typing, pasting, deleting or moving lines makes it."""
    lines = text.split("\n")
    match random.randrange(5):
        case 0:
            at = random.randrange(len(text) + 1)
            return text[:at] + random.choice(PIECES) + text[at:]
        case 1:
            at = random.randrange(len(text) + 1)
            return text[:at] + text[at + random.choice((1, 1, 2, 30)) :]
        case 2:
            at, to = random.randrange(len(lines)), random.randrange(len(lines))
            lines.insert(to, lines.pop(at))
        case 3:
            at = random.randrange(len(lines))
            lines[at:at] = lines[at : at + random.randrange(8)]
        case _:
            del lines[random.randrange(len(lines))]
    return "\n".join(lines)


@pytest.mark.parametrize("seed", range(4))
def test_a_file_read_again_is_as_if_read_afresh(seed: int) -> None:
    random = Random(seed)
    memory = Memory()
    text = TEXT
    for number in range(60):
        text = TEXT if number % 20 == 0 else edit(text, random)
        source = Source("m.pfn", text)
        again, fresh = read(source, memory=memory), read(source)
        assert again.diagnostics.sorted() == fresh.diagnostics.sorted(), text
        assert again.tree == fresh.tree, text
        assert again.lost == fresh.lost, text


def test_what_is_kept_is_used() -> None:
    """A declaration that has only moved is not read again, and is where it stands now."""
    memory = Memory()
    read(Source("m.pfn", TEXT), memory=memory)
    before = read(Source("m.pfn", TEXT), memory=memory).tree
    moved = read(Source("m.pfn", "\n\n" + TEXT), memory=memory).tree
    assert before is not None and moved is not None
    again = read(Source("m.pfn", "\n\n" + TEXT), memory=memory).tree
    assert again is not None and all(
        a is b for a, b in zip(moved.declarations, again.declarations, strict=True)
    )
    for old, new in zip(before.declarations, moved.declarations, strict=True):
        assert old.span.line + 2 == new.span.line
        assert len(list(walk(old))) == len(list(walk(new)))
        assert astuple(old) != astuple(new)


def test_nothing_is_kept_for_ever() -> None:
    memory = Memory()
    for number in range(50):
        read(Source("m.pfn", TEXT.replace("PAGES", f"PAGES{number}")), memory=memory)
    reading = read(Source("m.pfn", TEXT), memory=memory)
    assert reading.tree is not None
    assert memory.size == len(reading.tree.declarations) + 2  # the docstring and the `model` line


def test_reading_on_and_parsing_agree() -> None:
    """`parse` gives a tree just where nothing is wrong."""
    random = Random(7)
    for _ in range(40):
        source = Source("m.pfn", edit(TEXT, random))
        tree, diagnostics = parse(source)
        reading = read(source)
        assert diagnostics.sorted() == reading.diagnostics.sorted()
        assert (tree is None) == diagnostics.errors
        assert (reading.lost is not None) == diagnostics.errors
        assert tree is None or tree == reading.tree
