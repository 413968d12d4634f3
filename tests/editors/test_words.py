"""The editors know the words of the language: all of them, and no others."""

from __future__ import annotations

import importlib.util
import re
from pathlib import Path
from types import ModuleType

import pytest
from pfnspec.dsl.checker.declarations import check
from pfnspec.dsl.source import Source
from pfnspec.dsl.syntax.parse import parse
from pfnspec.dsl.vocabulary.lookup import BUILT_INS, KEYWORDS, SET_METHODS, word_of

ROOT = Path(__file__).resolve().parents[2]


@pytest.fixture(scope="module")
def generator() -> ModuleType:
    spec = importlib.util.spec_from_file_location("editors_generate", ROOT / "editors" / "generate.py")
    assert spec is not None and spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def test_no_file_is_stale(generator: ModuleType) -> None:
    groups = generator.words()
    for name, make in generator.FILES.items():
        text = (ROOT / "editors" / name).read_text(encoding="utf-8")
        assert make(text, groups) == text, f"{name}: run python editors/generate.py"


def test_every_word_is_in_every_file(generator: ModuleType) -> None:
    """Whatever the generator does: a word that is not there as such would not be coloured."""
    groups = generator.words()
    assert {word for names in groups.values() for word in names} >= KEYWORDS | BUILT_INS
    for name in generator.FILES:
        text = (ROOT / "editors" / name).read_text(encoding="utf-8")
        missing = [word for names in groups.values() for word in names if not re.search(rf"\b{word}\b", text)]
        assert missing == [], name


def test_methods_of_sets_work_and_are_told_of() -> None:
    """What the editors colour as a method of sets is one, and hover knows it."""
    calls = "".join(f"    s.{name}(1)\n" for name in SET_METHODS)
    text = f"model m\nshared s: set[range(2)]\nprocess p:\n{calls}"
    parsed, _ = parse(Source("m.pfn", text))
    assert parsed is not None
    assert list(check(parsed)[1]) == []
    assert all(word_of(name) for name in SET_METHODS)


def test_a_file_without_its_marks_is_noticed(generator: ModuleType) -> None:
    with pytest.raises(generator.Stale, match="the marks are missing"):
        generator.vim("no words", generator.words())
