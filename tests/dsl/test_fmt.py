"""The formatter: golden pairs, files that are canonical already, and disturbed white space."""

from __future__ import annotations

import dataclasses
import re
from collections.abc import Iterator
from pathlib import Path
from random import Random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pfnspec.dsl.source import Source
from pfnspec.dsl.syntax import fmt
from pfnspec.dsl.syntax.fmt import format_source
from pfnspec.dsl.syntax.parse import parse

HERE = Path(__file__).parent
ROOT = HERE.parents[1]
PAIRS = sorted((HERE / "fmt" / "before").glob("*.pfn"))
PRELUDE = ROOT / "dsl" / "checker" / "prelude.pfn"
CANONICAL = [
    *sorted((HERE / "fmt" / "after").glob("*.pfn")),
    *sorted((ROOT / "examples").rglob("*.pfn")),
    *([PRELUDE] if PRELUDE.exists() else []),
]
TOKEN = re.compile(
    r'(?P<docstring>"""(?:.|\n)*?""")|(?P<string>"(?:[^"\\\n]|\\.)*"|\'(?:[^\'\\\n]|\\.)*\')|(?P<comment>#.*)'
    r"|(?P<newline>\n[ \n]*)|(?P<space>[ \t]+)|(?P<word>\w+)|(?P<other>->|[-+*/%|&=!<>]+=|//|.)"
)


def read(path: Path) -> str:
    return path.read_bytes().decode()


def formatted(text: str) -> str:
    result, diagnostics = format_source(Source("x.pfn", text))
    assert result is not None, [(str(fault.span), fault.message) for fault in diagnostics.sorted()]
    return result


def bare(node: object) -> object:
    """A tree without its spans."""
    if dataclasses.is_dataclass(node):
        fields = [field.name for field in dataclasses.fields(node) if field.name != "span"]
        return type(node).__name__, [bare(getattr(node, name)) for name in fields]
    if isinstance(node, tuple):
        return [bare(part) for part in node]
    return node


def parsed(text: str) -> object:
    tree, diagnostics = parse(Source("x.pfn", text))
    assert tree is not None, [(str(fault.span), fault.message) for fault in diagnostics.sorted()]
    return bare(tree)


def comments(text: str) -> list[str]:
    found = (match.group() for match in TOKEN.finditer(text) if match.lastgroup == "comment")
    return ["".join(comment.split()) for comment in found]


def names(paths: list[Path]) -> pytest.MarkDecorator:
    return pytest.mark.parametrize("path", paths, ids=lambda path: f"{path.parent.name}/{path.stem}")


def test_there_is_something_to_test() -> None:
    assert PAIRS
    assert [path.name for path in PAIRS] == [path.name for path in CANONICAL[: len(PAIRS)]]


@names(PAIRS)
def test_golden(path: Path) -> None:
    before = read(path)
    after = read(HERE / "fmt" / "after" / path.name)
    assert formatted(before) == after
    assert parsed(before) == parsed(after)
    assert comments(before) == comments(after)


@names(CANONICAL)
def test_a_canonical_file_is_unchanged(path: Path) -> None:
    assert formatted(read(path)) == read(path)


def test_line_ends() -> None:
    tidy = "model m\n\nprocess p:\n    pass  # why\n"
    assert formatted(tidy.replace("\n", "\r\n")) == tidy
    assert formatted(tidy.replace("\n", "  \n")) == tidy
    assert formatted(tidy.rstrip()) == tidy
    assert formatted("\n \n" + tidy + "\n\t\n") == tidy


def test_a_docstring_keeps_its_bytes() -> None:
    doc = '"""One.  \n\n\n\t two # not a comment\n \'\n"""'
    assert formatted(f"model m\ndef f():\n  {doc}\n  pass") == f"model m\n\ndef f():\n    {doc}\n    pass\n"


def test_syntax_errors_are_returned() -> None:
    result, diagnostics = format_source(Source("x.pfn", "model m\ndef f(a b):\n    pass\nconst = 1\n"))
    assert result is None
    assert [fault.span.line for fault in diagnostics.sorted()] == [2, 4]


@pytest.mark.parametrize("damage", [("x", "y"), (" = 1", ""), ("    ", ""), ("# c", "#"), ('"a"', '"b"')])
def test_a_changed_token_is_an_internal_error(
    monkeypatch: pytest.MonkeyPatch, damage: tuple[str, str]
) -> None:
    text = 'model m\n\ndef f():\n    x = 1  # c\n    assert x, "a"\n'
    assert damage[0] in text
    monkeypatch.setattr(fmt, "_print", lambda pieces: text.replace(*damage))
    with pytest.raises(AssertionError):
        format_source(Source("x.pfn", text))


class Disturbed:
    """A canonical text with other white space; a `wild` one also has empty lines and comments
    where there were none, and comments indented at random, so that its canonical text is another."""

    def __init__(self, text: str, random: Random, wild: bool) -> None:
        self.random = random
        self.wild = wild
        self.brackets = 0
        self.formula = False
        self.widths = [0]
        for _ in range(20):
            self.widths.append(self.widths[-1] + random.randint(1, 6))
        self.text = "".join(self.pieces(text))

    def pieces(self, text: str) -> Iterator[str]:
        tokens = [(match.lastgroup or "", match.group()) for match in TOKEN.finditer(text)]
        before = ""
        for (kind, token), (next_kind, follows) in zip(tokens, [*tokens[1:], ("newline", "")], strict=True):
            if kind == "newline":
                yield from self.line_break(token, follows)
            elif kind == "space":
                yield self.gap(before, follows)
            else:
                if kind == "word" and not before:
                    self.formula = token in ("invariant", "property", "sometimes")
                self.brackets += (token in "([{") - (token in ")]}")
                yield self.token(kind, token)
                if next_kind not in ("space", "newline") and self.random.random() < 0.3:
                    yield self.random.choice((" ", "\t", "  "))
            before = "" if kind == "newline" and token.endswith("\n") else token

    def token(self, kind: str, token: str) -> str:
        if kind == "string" and not re.search(r"['\\]", token[1:-1]) and '"' not in token[1:-1]:
            return self.random.choice((token, f"'{token[1:-1]}'"))
        if kind == "comment" and re.match(r"# [^ !:#]", token):
            return self.random.choice((token, "#" + token[2:])) + self.random.choice(("", " "))
        return token

    def gap(self, before: str, follows: str) -> str:
        joined = re.match(r"\w\w$", before[-1] + follows[0])
        return self.random.choice((" ", "  ", "\t") if joined else ("", " ", "  ", "\t"))

    def line_break(self, token: str, follows: str) -> Iterator[str]:
        yield self.random.choice(("", "", " ", "\t"))
        yield self.random.choice(("\n", "\n", "\r\n"))
        if token.count("\n") > 1 or (self.wild and self.random.random() < 0.1):
            for _ in range(self.random.randint(1, 3)):
                yield self.random.choice(("", "", "  ", "\t")) + "\n"
        if self.wild and self.random.random() < 0.1:
            yield " " * self.random.randint(0, 12) + "# inserted\n"
        if not follows:
            return
        level = len(token.rsplit("\n", 1)[1]) // 4
        if self.brackets:
            yield " " * self.random.randint(follows not in ")]}", 12)
        elif self.wild and follows.startswith("#"):
            yield " " * self.random.randint(0, 12)
        elif self.formula and level > 1:
            yield " " * (self.widths[1] + self.random.randint(1, 8))
        else:
            yield " " * self.widths[level]


@pytest.mark.parametrize("wild", [False, True])
@settings(deadline=None, max_examples=60)
@given(path=st.sampled_from(CANONICAL), seed=st.integers(0, 2**32))
def test_disturbed_white_space(wild: bool, path: Path, seed: int) -> None:
    canonical = read(path)
    disturbed = Disturbed(canonical, Random(seed), wild).text
    result = formatted(disturbed)
    if not wild:
        assert result == canonical
    assert formatted(result) == result
    assert parsed(result) == parsed(canonical)
    assert comments(result) == comments(disturbed)
    assert not re.search(r"[ \t]$|\n\n\n", re.sub(r'"""(?:.|\n)*?"""', "doc", result), re.MULTILINE)
    assert result.endswith("\n") and not result.endswith("\n\n")
