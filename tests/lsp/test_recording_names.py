"""Names in a `recording`: they are renamed with what they stand for."""

from __future__ import annotations

from pfnspec.dsl.checker.declarations import examine
from pfnspec.dsl.source import Source
from pfnspec.dsl.syntax.parse import parse
from pfnspec.lsp.text.names import occurrences

MODEL = """model names

shared x: bool

process one[2]:
    y: bool = False
    label here
    deep()

def deep():
    z: bool = x
    label below
    label end_of_it

recording r:
    part one threads "one" from here to gone
    event here: one at here where here == y
    event low: one at deep.below, end_of_it where z == z
    event gone: one at end where gone == x
"""


def test_they_are_found() -> None:
    source = Source("m.pfn", MODEL)
    tree, faults = parse(source)
    assert tree is not None and not faults
    checked = examine(tree)
    assert checked.model is not None, list(checked.found)
    found = [
        (source.excerpt(one.span), one.symbol.kind, one.symbol.owner, one.span.line)
        for one in occurrences(tree, tree, checked, source)
        if one.span.line > 15
    ]
    assert found == [
        ("one", "process", "", 16),
        ("one", "process", "", 17),
        ("here", "label", "one", 17),
        ("y", "local", "one", 17),
        ("one", "process", "", 18),
        ("below", "label", "deep", 18),
        ("end_of_it", "label", "deep", 18),
        ("z", "local", "deep", 18),
        ("one", "process", "", 19),
        ("end", "built-in", "", 19),
        ("x", "shared", "", 19),
    ]
