"""TLC's value syntax, as it stands in traces, to Python values and back.

==============================  ==================================================
TLC prints                      Python
==============================  ==================================================
``7``, ``-7``                   ``int``
``TRUE``, ``FALSE``             ``bool``
``"text"``                      ``str``
``p1`` (a model value)          ``ModelValue("p1")``
``{1, 2}``, ``1..3``            ``frozenset``
``<<1, 2>>``                    ``tuple``
``[a |-> 1, b |-> 2]``          ``Function``, with ``str`` for the field names
``(p1 :> 1 @@ p2 :> 2)``        ``Function``
==============================  ==================================================

A function whose domain is 1..n *is* a sequence in TLA+, so it is always a ``tuple`` here, however it
was printed; the empty function is ``()``. All values are immutable and hashable.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import lru_cache
from typing import TypeAlias

Value: TypeAlias = "int | bool | str | ModelValue | frozenset[Value] | tuple[Value, ...] | Function"

_LARGEST_INTERVAL = 1_000_000


class ValueSyntaxError(ValueError):
    """The text is not a value in TLC's syntax; the message quotes the place."""


@dataclass(frozen=True, slots=True)
class ModelValue:
    """``p1``: a constant that equals itself and nothing else."""

    name: str

    def __str__(self) -> str:
        return self.name


class Function(Mapping["Value", "Value"]):
    """``[a |-> 1]`` or ``(p :> 1 @@ q :> 2)``: an immutable, hashable mapping, in the order of its keys.

    Build one with `function`, which knows that domain 1..n means a tuple.
    """

    __slots__ = ("_hash", "_pairs")

    def __init__(self, pairs: Iterable[tuple[Value, Value]]) -> None:
        self._pairs: dict[Value, Value] = dict(sorted(pairs, key=lambda pair: _sort_key(pair[0])))
        self._hash: int | None = None

    def __getitem__(self, key: Value) -> Value:
        return self._pairs[key]

    def __iter__(self) -> Iterator[Value]:
        return iter(self._pairs)

    def __len__(self) -> int:
        return len(self._pairs)

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Function) and self._pairs == other._pairs

    def __hash__(self) -> int:
        if self._hash is None:
            self._hash = hash(frozenset(self._pairs.items()))
        return self._hash

    def __reduce__(self) -> tuple[type[Function], tuple[list[tuple[Value, Value]]]]:
        return Function, (list(self._pairs.items()),)

    def __repr__(self) -> str:
        return f"Function({list(self._pairs.items())!r})"


def function(pairs: Iterable[tuple[Value, Value]]) -> Function | tuple[Value, ...]:
    """The function with these pairs: a tuple when its domain is 1..n, otherwise a `Function`."""
    made = Function(pairs)
    keys = list(made)
    if all(type(key) is int and key == place for place, key in enumerate(keys, 1)):
        return tuple(made.values())
    return made


def parse_value(text: str) -> Value:
    """The value that TLC printed as `text`. Raises `ValueSyntaxError`."""
    return _parse(text)


def parse_state(text: str) -> dict[str, Value]:
    """The variables of a state, in TLC's order; raises `ValueSyntaxError`.

    ``/\\ x = 1`` lines, where a value may go on over several lines, or a single ``x = 1`` without the
    ``/\\``, which is how TLC prints a specification with one variable.
    """
    starts = list(_VARIABLE.finditer(text))
    if not starts:
        if text.strip():
            raise ValueSyntaxError(f"not a state: {_quote(text)}")
        return {}
    if text[: starts[0].start()].strip():
        raise ValueSyntaxError(f"not a state: {_quote(text)}")
    if not starts[0].group(1):
        starts = starts[:1]
    ends = [start.start() for start in starts[1:]] + [len(text)]
    return {
        start.group(2): _parse(text[start.end() : end].strip())
        for start, end in zip(starts, ends, strict=True)
    }


def format_value(value: Value) -> str:
    """`value` in TLA+ syntax, on one line, so that `parse_value` gives it back."""
    match value:
        case bool():
            return "TRUE" if value else "FALSE"
        case int():
            return str(value)
        case str():
            return '"' + "".join(_ESCAPED.get(c, c) for c in value) + '"'
        case ModelValue(name):
            return name
        case frozenset():
            return "{" + ", ".join(map(format_value, sorted(value, key=_sort_key))) + "}"
        case tuple():
            return "<<" + ", ".join(map(format_value, value)) + ">>"
        case Function():
            if all(isinstance(key, str) and _NAME.fullmatch(key) for key in value):
                return "[" + ", ".join(f"{k} |-> {format_value(v)}" for k, v in value.items()) + "]"
            pairs = (f"{format_value(k)} :> {format_value(v)}" for k, v in value.items())
            return "(" + " @@ ".join(pairs) + ")"
    raise TypeError(f"no value of TLA+: {value!r}")


def _sort_key(value: Value) -> tuple[int, object, str]:
    if isinstance(value, bool):
        return (0, value, "")
    if isinstance(value, int):
        return (1, value, "")
    if isinstance(value, str):
        return (2, value, "")
    if isinstance(value, ModelValue):
        return (3, value.name, "")
    return (4, 0, format_value(value))


_ESCAPED = {'"': '\\"', "\\": "\\\\", "\t": "\\t", "\n": "\\n", "\f": "\\f", "\r": "\\r"}
_UNESCAPED = {text[1]: char for char, text in _ESCAPED.items()}
_NAME = re.compile(r"(?!(?:TRUE|FALSE)$)[A-Za-z0-9_]*[A-Za-z][A-Za-z0-9_]*")
_VARIABLE = re.compile(r"^[ \t]*(/\\[ \t]*)?([A-Za-z0-9_!]*[A-Za-z][A-Za-z0-9_!]*)[ \t]*=(?=\s)", re.M)
_TOKEN = re.compile(
    r"""\s*(?:(?P<string>"(?:[^"\\]|\\.)*")
      |(?P<name>[0-9_]*[A-Za-z][A-Za-z0-9_!]*)
      |(?P<number>-?[0-9]+)
      |(?P<mark><<|>>|\|->|:>|@@|\.\.|[{}\[\](),]))""",
    re.VERBOSE | re.DOTALL,
)


@lru_cache(maxsize=8192)
def _parse(text: str) -> Value:
    reader = _Reader(text)
    try:
        value = reader.value()
    except RecursionError:
        raise ValueSyntaxError(f"nested too deeply: {_quote(text)}") from None
    if reader.kind:
        reader.fail("the end")
    return value


def _quote(text: str) -> str:
    short = " ".join(text.split())
    return repr(short if len(short) <= 60 else short[:57] + "...")


class _Reader:
    """Recursive descent over one text; `kind` and `token` are the token ahead, kind "" at the end."""

    def __init__(self, text: str) -> None:
        self.text = text
        self.end = 0
        self.advance()

    def advance(self) -> str:
        taken = getattr(self, "token", "")
        self.start = self.end
        found = _TOKEN.match(self.text, self.end)
        if found is None:
            if self.text[self.end :].strip():
                self.token = self.text[self.end :].strip()[0]
                self.fail("a value")
            self.kind, self.token = "", ""
        else:
            self.kind = found.lastgroup or ""
            self.token = found.group(self.kind)
            self.end = found.end()
        return taken

    def fail(self, expected: str) -> None:
        place = self.text[max(0, self.start - 20) : self.start + 20]
        found = repr(self.token) if self.token else "the end"
        raise ValueSyntaxError(
            f"expected {expected}, found {found} at character {self.start} of a value, near {_quote(place)}"
        )

    def expect(self, mark: str) -> None:
        if self.token != mark:
            self.fail(repr(mark))
        self.advance()

    def value(self) -> Value:
        match self.kind, self.token:
            case "number", _:
                return self.number()
            case "name", "TRUE" | "FALSE":
                return self.advance() == "TRUE"
            case "name", _:
                return ModelValue(self.advance())
            case "string", _:
                return re.sub(r"\\(.)", _unescape, self.advance()[1:-1], flags=re.DOTALL)
            case "mark", "{":
                return frozenset(self.many("{", "}"))
            case "mark", "<<":
                return tuple(self.many("<<", ">>"))
            case "mark", "[":
                return self.record()
            case "mark", "(":
                return self.pairs()
        self.fail("a value")
        raise AssertionError

    def number(self) -> Value:
        low = int(self.advance())
        if self.token != "..":
            return low
        self.advance()
        if self.kind != "number":
            self.fail("a number")
        high = int(self.advance())
        if high - low > _LARGEST_INTERVAL:
            raise ValueSyntaxError(f"interval too large: {low}..{high}")
        return frozenset(range(low, high + 1))

    def many(self, opening: str, closing: str) -> list[Value]:
        self.expect(opening)
        items: list[Value] = []
        while self.token != closing:
            if items:
                self.expect(",")
            items.append(self.value())
        self.advance()
        return items

    def record(self) -> Value:
        self.expect("[")
        pairs: list[tuple[Value, Value]] = []
        while self.token != "]":
            if pairs:
                self.expect(",")
            if self.kind not in ("name", "number"):
                self.fail("a field name")
            name = self.advance()
            self.expect("|->")
            pairs.append((name, self.value()))
        self.advance()
        return function(pairs)

    def pairs(self) -> Value:
        self.expect("(")
        pairs: list[tuple[Value, Value]] = []
        while self.token != ")":
            if pairs:
                self.expect("@@")
            key = self.value()
            self.expect(":>")
            pairs.append((key, self.value()))
        self.advance()
        return function(pairs)


def _unescape(found: re.Match[str]) -> str:
    return _UNESCAPED.get(found.group(1), found.group(0))
