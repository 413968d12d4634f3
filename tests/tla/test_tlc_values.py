"""TLC's value syntax, both ways."""

import pickle
import time
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pfnspec.tla.module.values import (
    Function,
    ModelValue,
    ValueSyntaxError,
    format_value,
    function,
    parse_state,
    parse_value,
)

NAMES = st.from_regex(r"[a-zA-Z_][a-zA-Z0-9_]{0,6}", fullmatch=True).filter(
    lambda name: name not in ("TRUE", "FALSE") and name.strip("_0123456789")
)
ATOMS = st.booleans() | st.integers() | st.text(max_size=8) | NAMES.map(ModelValue)


def _nested(inner: st.SearchStrategy[Any]) -> st.SearchStrategy[Any]:
    few = st.lists(inner, max_size=4)
    return (
        few.map(frozenset)
        | few.map(tuple)
        | st.dictionaries(NAMES, inner, min_size=1, max_size=4).map(lambda d: function(d.items()))
        | st.dictionaries(st.integers(), inner, max_size=4).map(lambda d: function(d.items()))
        | st.dictionaries(NAMES.map(ModelValue), inner, max_size=4).map(lambda d: function(d.items()))
    )


VALUES = st.recursive(ATOMS, _nested, max_leaves=20)


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("7", 7),
        ("-7", -7),
        ("TRUE", True),
        ("FALSE", False),
        ('"a \\"b\\" \\\\ {"', 'a "b" \\ {'),
        ("p1", ModelValue("p1")),
        ("{}", frozenset()),
        ("{1, 2}", frozenset({1, 2})),
        ("1..3", frozenset({1, 2, 3})),
        ("-1..1", frozenset({-1, 0, 1})),
        ("3..1", frozenset()),
        ("{1..2, {}}", frozenset({frozenset({1, 2}), frozenset()})),
        ("<<>>", ()),
        ("<<1, <<2>>>>", (1, (2,))),
        ("<< 1,\n   2 >>", (1, 2)),
        ("[a |-> 1, b |-> {x}]", Function([("b", frozenset({ModelValue("x")})), ("a", 1)])),
        ("(p :> 1 @@ q :> <<>>)", Function([(ModelValue("p"), 1), (ModelValue("q"), ())])),
        ("(0 :> TRUE @@\n  1 :> FALSE)", Function([(0, True), (1, False)])),
        ("(1 :> 5 @@ 2 :> 6)", (5, 6)),
    ],
)
def test_what_tlc_prints(text: str, value: object) -> None:
    parsed = parse_value(text)
    assert parsed == value
    assert type(parsed) is type(value)


@pytest.mark.parametrize(
    "text",
    [
        *("", "{", "{1,", "{1 2}", "<<1", "[a |-> ]", "[a 1]", "(1 :> 2 @@)", "(1)", "1 2", "1,2"),
        *('"open', "SUBSET {1}", "1..", "#", "1..99999999999", "<<" * 5000),
    ],
)
def test_what_is_no_value_says_so(text: str) -> None:
    with pytest.raises(ValueSyntaxError) as raised:
        parse_value(text)
    assert "\n" not in str(raised.value)


@given(VALUES)
def test_printed_and_parsed_is_the_same(value: Any) -> None:
    text = format_value(value)
    parsed = parse_value(text)
    assert parsed == value
    assert hash(parsed) == hash(value)
    assert format_value(parsed) == text


@given(VALUES)
def test_a_state_with_any_values(value: Any) -> None:
    text = format_value(value)
    assert parse_state(f"/\\ x = {text}\n/\\ y_1 = {text}") == {"x": value, "y_1": value}
    assert parse_state(f"x = {text}\n") == {"x": value}


@given(VALUES)
def test_values_can_be_sent_to_another_process(value: Any) -> None:
    assert pickle.loads(pickle.dumps(value)) == value


def test_a_state_whose_values_span_lines() -> None:
    text = '/\\ x = <<1,\n       2>>\n/\\ s = "y = 1"\n/\\ f = [a |->\n  1]\n'
    assert parse_state(text) == {"x": (1, 2), "s": "y = 1", "f": Function([("a", 1)])}
    assert list(parse_state(text)) == ["x", "s", "f"]


def test_an_empty_state_and_no_state() -> None:
    assert parse_state("\n") == {}
    for text in ("hello", "hello\n/\\ x = 1", "/\\ x = SUBSET {1}"):
        with pytest.raises(ValueSyntaxError):
            parse_state(text)


def test_a_function_reads_like_a_mapping() -> None:
    made = parse_value("[b |-> 2, a |-> 1]")
    assert isinstance(made, Function)
    assert made["a"] == 1
    assert list(made.items()) == [("a", 1), ("b", 2)]
    assert made != {"a": 1, "b": 2}
    assert {made: "hashable"}[made] == "hashable"


def test_a_long_trace_is_read_quickly() -> None:
    def state(number: int) -> str:
        return "\n".join(
            f"/\\ v{i} = [a |-> {number + i}, b |-> {{<<{i}, TRUE>>, <<{i + number}, FALSE>>}}, c |-> p{i}]"
            for i in range(40)
        )

    texts = [state(number) for number in range(300)]
    began = time.process_time()
    for text in texts:
        assert len(parse_state(text)) == 40
    assert time.process_time() - began < 10
