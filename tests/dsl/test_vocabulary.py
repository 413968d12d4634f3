"""Every word of the grammar and of the checker is in the vocabulary, and the other way round."""

from __future__ import annotations

import importlib.util
import re
from collections import Counter
from pathlib import Path

import pytest
from pfnspec.dsl.advice import Respell
from pfnspec.dsl.checker.declarations import check
from pfnspec.dsl.checker.values import settle
from pfnspec.dsl.source import Source
from pfnspec.dsl.syntax.parse import parse
from pfnspec.dsl.vocabulary.built_in_words import BUILT_IN, FUNCTIONS, METHODS, SETTINGS
from pfnspec.dsl.vocabulary.foreign import habit
from pfnspec.dsl.vocabulary.grammar_words import GRAMMAR
from pfnspec.dsl.vocabulary.lookup import KEYWORDS, SETTING_VALUES, TYPE_WORDS, WORDS, word_of
from pfnspec.dsl.vocabulary.verb_words import VERBS
from pfnspec.dsl.vocabulary.word import GRAMMAR_GROUPS, Word

ROOT = Path(__file__).resolve().parents[2]

SURROUNDINGS = """model m

class Cell:
    value: range(4)

class Object[2]:
    value: range(4)

shared object: Object | None
shared x: range(4)
shared s: set[range(4)]
shared wq: waitqueue
shared seq: generation
shared seen: snapshot
shared spin: spinlock
shared sleeping: mutex
shared rw: rwlock
shared sem: rwsem
shared domain: srcu

ipi kick on p:
    cpu_relax()

process p:
    flags: bool = False
"""
LOCKS = {"spinlock": "spin", "mutex": "sleeping", "rwlock": "rw", "rwsem": "sem", "set": "s"}
ARGUMENTS = {"x": "x", "v": "1", "wq": "wq", "S": "s", "a": "x", "b": "1", "low": "0", "high": "4",
             "C for x in D": "y == x for y in range(4)", "P[i]": "p[0]", "C": "x == 1",
             "F": "kick", "wait": "True",
             "STATE": "TASK_INTERRUPTIBLE", "CLASS": "Object",
             "s": "domain", "flags": "flags"}  # fmt: skip


def codes(body: str, below: str = "") -> list[str]:
    parsed, diagnostics = parse(Source("m.pfn", f"{SURROUNDINGS}{body}{below}"))
    if parsed is not None:
        diagnostics = check(parsed)[1]
    return [fault.code for fault in diagnostics if fault.severity == "error"]


def test_a_word_stands_once() -> None:
    assert [word for word, times in Counter(word.word for word in WORDS).items() if times > 1] == []
    assert all(word.doc.endswith(".") and "\n" not in word.doc for word in WORDS)


def test_the_grammar_has_these_words_and_no_others() -> None:
    grammar = (ROOT / "dsl" / "syntax" / "grammar.lark").read_text(encoding="utf-8")
    quoted = re.findall(r'"([A-Za-z_]+)"', re.sub(r"^\s*//.*$", "", grammar, flags=re.MULTILINE))
    assert set(quoted) == {word.word for word in GRAMMAR}
    assert {word.group for word in GRAMMAR} == set(GRAMMAR_GROUPS)


@pytest.mark.parametrize("word", [word for word in BUILT_IN if word.reserved], ids=lambda word: word.word)
def test_a_reserved_word_is_no_name(word: Word) -> None:
    assert "reserved-name" in codes("    pass\n", f"\nshared {word.word}: bool\n")


@pytest.mark.parametrize("word", sorted(KEYWORDS))
def test_a_keyword_is_no_name(word: str) -> None:
    assert codes("    pass\n", f"\nshared {word}: bool\n") != []


def _call(word: Word) -> str:
    return f"{word.word}({', '.join(ARGUMENTS[name] for name in word.parameters or ())})"


@pytest.mark.parametrize("word", VERBS, ids=lambda word: word.word)
def test_a_verb_is_called_as_the_vocabulary_says(word: Word) -> None:
    call = f"x = {_call(word)}" if word.role == "load" else _call(word)
    call = f"{word.word}(object)" if word.role in ("free", "free_later") else call
    assert codes(f"    {call}\n") == []
    assert "bad-argument" in codes(f"    {call[:-1]}{', ' * bool(word.parameters)}1)\n")


@pytest.mark.parametrize("word", FUNCTIONS, ids=lambda word: word.word)
def test_a_function_is_called_as_the_vocabulary_says(word: Word) -> None:
    body = {
        "maybe": "if maybe(): pass",
        "need_resched": "if need_resched(): pass",
        "range": "for i in range(0, 4): pass",
        "set": "s = set()",
        "all": f"if {_call(word)}: pass",
        "any": f"if {_call(word)}: pass",
        "alloc": "object = alloc(Object)",
        "kzalloc": "object = kzalloc(Object)",
        "allocated": "assert len(allocated(Object)) < 3, 'two'",
        "waitqueue_active": f"if {_call(word)}: pass",
        "wait_event_timeout": f"if {_call(word)}: pass",
        "kthread_should_stop": f"if {_call(word)}: pass",
    }.get(word.word, f"x = {_call(word)}")
    assert codes(f"    {body}\n") in ([], ["lossy-value"])


@pytest.mark.parametrize("word", METHODS, ids=lambda word: word.word)
def test_a_method_is_one_of_what_the_vocabulary_says(word: Word) -> None:
    for kind, name in LOCKS.items():
        if word.role == "mode":
            text = f"    with {name}.{word.word}():\n        pass\n"
            below = ""
        elif word.role == "state":
            text, behind = "    pass\n", "" if word.parameters is None else "(p[0])"
            below = f"\ninvariant i: not {name}.{word.word}{behind}\n"
        else:
            text, below = f"    {name}.{word.word}({'1' if word.parameters else ''})\n", ""
        assert (codes(text, below) == []) == (kind in word.of), name


def test_types_are_those_of_the_checker() -> None:
    assert {*settle._PLAIN_TYPES, "int"} == TYPE_WORDS


@pytest.mark.parametrize(
    ("setting", "value"),
    [(setting, value) for setting, values in SETTING_VALUES.items() for value in values],
)
def test_a_setting_has_its_values(setting: str, value: str) -> None:
    assert codes("    pass\n", f"\nscenario one:\n    {setting} = {value}\n") == []
    assert {word.word for word in SETTINGS} >= {setting, value}


def test_the_page_is_not_stale() -> None:
    spec = importlib.util.spec_from_file_location("words_page", ROOT / "docs" / "words.py")
    assert spec is not None and spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    assert module.PAGE.read_text(encoding="utf-8") == module.page(), "run: python docs/words.py"
    told = module.page()
    assert [word.word for word in WORDS if f"`{word.written}`" not in told] == []


def test_a_word_in_place_of_a_foreign_one_is_one_of_the_language() -> None:
    """Also where groups of the name are filled in: of the sentence, and of the change that it means."""
    for name in ("atomic64_inc", "NULL", "rwlock_t", "kvfree", "swake_up_all", "data_race"):
        advice = habit(name)
        assert advice is not None
        (change,) = advice.changes
        assert isinstance(change, Respell) and change.wrong == name
        assert f"`{change.right}" in advice.text
        assert word_of(change.right) is not None
    for name in ("kmem_cache_free", "signal_pending", "io_schedule_timeout", "test_tsk_need_resched"):
        advice = habit(name)
        assert advice is not None and advice.changes == (), f"{name} takes other arguments"
