"""Broken, deep and long files: whatever is given, a stage answers with its result or with diagnostics."""

from __future__ import annotations

import re
import time
from collections.abc import Iterator
from pathlib import Path
from random import Random

import pytest
from pfnspec.dsl.checker.declarations import check
from pfnspec.dsl.diagnostics import Diagnostics
from pfnspec.dsl.explain import codes
from pfnspec.dsl.source import Source
from pfnspec.dsl.syntax.parse import parse
from pfnspec.translator.lower.lower import lower

ROOT = Path(__file__).parents[2]
EXAMPLES = sorted((ROOT / "examples").rglob("*.pfn"))
TOKEN = re.compile(r'"""[\s\S]*?"""|"[^"\n]*"|#[^\n]*|\w+|[ \t]+|\n|[-=<>!+]?=|//|->|.')
ODD = [
    "\t",
    "\r",
    "\0",
    "\f",
    "\v",
    "\u00a0",
    "\u2028",
    "\ufeff",
    "é",
    "λ",
    "\U0001f512",
    '"',
    "'",
    '"""',
    "\\",
    "#",
    "`",
]
WORDS = sorted(
    {word for path in EXAMPLES for word in TOKEN.findall(path.read_text()) if word.strip()} | set(ODD)
)


def stages(text: str) -> Diagnostics:
    """All stages as far as they go; a result or an error, never both and never neither."""
    source = Source("fuzz.pfn", text)
    tree, diagnostics = parse(source)
    assert (tree is None) == diagnostics.errors
    if tree is None:
        return diagnostics
    model, diagnostics = check(tree)
    assert (model is None) == diagnostics.errors
    if model is None:
        return diagnostics
    for policy in model.choices or (None,):
        program, more = lower(model, policy)
        assert (program is None) == more.errors
        diagnostics.extend(more.sorted())
    return diagnostics


def run(text: str, seconds: float = 2.0) -> Diagnostics:
    """Runs the stages, which must not take long, and examines what they report."""
    begun = time.process_time()
    diagnostics = stages(text)
    assert time.process_time() - begun < seconds
    lines = text.split("\n")
    for fault in diagnostics.sorted():
        assert not codes() or fault.code in codes()
        for span in (fault.span, *(span for span, _ in fault.related)):
            if span.path != "fuzz.pfn":
                continue  # the prelude
            assert 1 <= span.line <= span.end_line <= len(lines), fault
            assert 1 <= span.column <= len(lines[span.line - 1]) + 1, fault
            assert 1 <= span.end_column <= len(lines[span.end_line - 1]) + 2, fault
            assert (span.line, span.column) <= (span.end_line, span.end_column), fault
        assert fault.message.strip() == fault.message != ""
        assert "\n" not in fault.message
    return diagnostics


# ---- mutated examples


def damaged(text: str, random: Random) -> str:
    for _ in range(random.choice((1, 1, 1, 2, 4, 12))):
        text = random.choice((_lines, _characters, _tokens, _indentation))(text, random)
    return text


def _lines(text: str, random: Random) -> str:
    lines = text.split("\n")
    at, other = random.randrange(len(lines)), random.randrange(len(lines))
    match random.randrange(5):
        case 0:
            del lines[at]
        case 1:
            lines.insert(other, lines[at])
        case 2:
            lines[at], lines[other] = lines[other], lines[at]
        case 3:
            lines[at : at + 2] = [" ".join(lines[at : at + 2])]
        case _:
            del lines[min(at, other) : max(at, other)]
    return "\n".join(lines)


def _characters(text: str, random: Random) -> str:
    at = random.randrange(len(text) + 1)
    match random.randrange(4):
        case 0:
            return text[:at] + text[at + random.randint(1, 6) :]
        case 1:
            return text[:at] + random.choice([*ODD, *"()[]{}:=.,+-*/%|&<>!;@?$~^ \n01aA_"]) + text[at:]
        case 2:
            return text[:at] + text[at : at + 1] * 2 + text[at + 1 :]
        case _:
            return text[:at]


def _tokens(text: str, random: Random) -> str:
    tokens = TOKEN.findall(text)
    if not tokens:
        return text
    solid = [i for i, token in enumerate(tokens) if token.strip()] or [0]
    at, other = random.choice(solid), random.choice(solid)
    match random.randrange(4):
        case 0:
            del tokens[at]
        case 1:
            tokens[at], tokens[other] = tokens[other], tokens[at]
        case 2:
            tokens[at] = random.choice(WORDS)
        case _:
            tokens.insert(at, random.choice(WORDS) + " ")
    return "".join(tokens)


def _indentation(text: str, random: Random) -> str:
    lines = text.split("\n")
    at = random.randrange(len(lines))
    by = random.choice((-8, -4, -2, -1, 1, 3, 4, 8))
    for number in range(at, min(len(lines), at + random.choice((1, 1, 3, 10)))):
        bare = lines[number].lstrip(" ")
        lines[number] = " " * max(0, len(lines[number]) - len(bare) + by) + bare
    return "\n".join(lines)


def seeds(count: int) -> Iterator[tuple[Path, int]]:
    random = Random(20240131)
    # Most of them of the examples that are whole models: they get as far as the lowering.
    whole = [path for path in EXAMPLES if " varies " not in path.read_text()]
    for _ in range(count):
        yield random.choice(whole if random.random() < 0.8 else EXAMPLES), random.randrange(2**32)


def test_damaged_examples() -> None:
    reached = 0
    for path, seed in seeds(600):
        text = damaged(path.read_text(), Random(seed))
        try:
            reached += not run(text).errors
        except BaseException:
            print(f"--- {path.name}, seed {seed}\n{text}")
            raise
    assert reached > 60


def test_cut_examples() -> None:
    """Every example as it is while it is being typed."""
    for path in EXAMPLES:
        text = path.read_text()
        for end in range(1, len(text), max(1, len(text) // 12)):
            run(text[:end])


# ---- depth and length

BEGIN = "model m\n\nconst N: int = 2\n\nshared x: bool\nshared n: range(9)\n\n"


def nested(head: str, depth: int, last: str = "x = True") -> str:
    lines = [f"{' ' * (level + 1)}{head}" for level in range(depth)]
    return BEGIN + "process p:\n" + "\n".join(lines) + f"\n{' ' * (depth + 1)}{last}\n"


def calls(depth: int, times: int) -> str:
    functions = [f"def f{i}():\n" + f"    f{i + 1}()\n" * times for i in range(depth)]
    return BEGIN + "process p:\n    f0()\n\n" + "\n".join(functions) + f"\ndef f{depth}():\n    x = True\n"


DEEP = {
    "parentheses": lambda n: BEGIN + f"process p:\n    x = {'(' * n}x{')' * n}\n",
    "brackets": lambda n: BEGIN + f"process p:\n    x = {'x[' * n}0{']' * n}\n",
    "sets": lambda n: BEGIN + f"process p:\n    x = {'{' * n}0{'}' * n}\n",
    "calls": lambda n: BEGIN + f"process p:\n    x = {'min(' * n}0{')' * n}\n",
    "quantifiers": lambda n: (
        BEGIN + f"process p:\n    x = {'all(' * n}x{''.join(f' for a{i} in range(2))' for i in range(n))}\n"
    ),
    "types": lambda n: BEGIN + f"shared y: {'set[' * n}bool{']' * n}\nprocess p:\n    x = True\n",
    "arrays": lambda n: BEGIN + f"shared y: bool{'[1]' * n}\nprocess p:\n    x = True\n",
    "fields": lambda n: BEGIN + f"process p:\n    x = x{'.y' * n}\n",
    "nots": lambda n: BEGIN + f"process p:\n    x = {'not ' * n}x\n",
    "signs": lambda n: BEGIN + f"process p:\n    n = {'-' * n}n\n",
    "sums": lambda n: BEGIN + f"process p:\n    n = {' + '.join(['n'] * n)}\n",
    "sums of constants": lambda n: BEGIN + f"const M: int = {' + '.join(['0'] * n)}\nprocess p:\n    n = M\n",
    "unions": lambda n: BEGIN + f"shared t: set[bool]\nprocess p:\n    t = {' | '.join(['t'] * n)}\n",
    "ands": lambda n: BEGIN + f"process p:\n    x = {' and '.join(['x'] * n)}\n",
    "ors": lambda n: BEGIN + f"invariant i: {' or '.join(['x'] * n)}\nprocess p:\n    x = True\n",
    "implications": lambda n: (
        BEGIN + f"invariant i: {' implies '.join(['x'] * n)}\nprocess p:\n    x = True\n"
    ),
    "comparisons": lambda n: BEGIN + f"process p:\n    x = {' == '.join(['n'] * n)}\n",
    "ifs": lambda n: nested("if x:", n),
    "whiles": lambda n: nested("while x:", n),
    "loops": lambda n: (
        BEGIN
        + "process p:\n"
        + "".join(f"{' ' * (i + 1)}for i{i} in range(2):\n" for i in range(n))
        + f"{' ' * (n + 1)}x = True\n"
    ),
    "elifs": lambda n: (
        BEGIN + "process p:\n    if x:\n        x = True\n" + "    elif x:\n        x = True\n" * n
    ),
    "alternatives": lambda n: (
        BEGIN + "process p:\n    either:\n        x = True\n" + "    or:\n        x = True\n" * n
    ),
    "calls of calls": lambda n: calls(n, 1),
    "calls that double": lambda n: calls(n, 2),
    "statements": lambda n: BEGIN + "process p:\n" + "    x = True\n" * n,
    "asserts": lambda n: (
        BEGIN + "process p:\n" + "".join(f'    assert x, "{i}"\n' for i in range(n)) + "    x = True\n"
    ),
    "locals": lambda n: (
        BEGIN + "process p:\n" + "".join(f"    a{i}: bool = False\n" for i in range(n)) + "    x = True\n"
    ),
    "tests": lambda n: (
        BEGIN + "process p:\n    y: bool = x\n" + "    if y:\n        y = False\n" * n + "    x = y\n"
    ),
    "atomic tests": lambda n: BEGIN + "process p:\n    atomic:\n" + "        if x:\n            n = 0\n" * n,
    "alternatives in turn": lambda n: (
        BEGIN
        + "process p:\n    y: bool = False\n"
        + "    either:\n        y = True\n    or:\n        pass\n" * n
        + "    x = y\n"
    ),
    "enum members": lambda n: (
        BEGIN + f"enum E: {', '.join(f'e{i}' for i in range(n))}\nprocess p:\n    x = True\n"
    ),
    "faults": lambda n: BEGIN + "process p:\n" + "    x = = 1\n" * n,
    "unknown names": lambda n: BEGIN + "process p:\n" + "".join(f"    unknown{i} = y{i}\n" for i in range(n)),
    "open brackets": lambda n: BEGIN + "process p:\n    x = " + "(" * n + "\n",
    "quotes": lambda n: BEGIN + "process p:\n    x = " + '"' * n + "\n",
    "quantified products": lambda n: (
        BEGIN
        + f"process p:\n    x = all(True {' '.join(f'for a{i} in range(4000)' for i in range(min(n, 5)))})\n"
    ),
    "policies": lambda n: (
        BEGIN
        + "shared q: waitqueue\nprocess p:\n    wait (w0) until x on q\n"
        + "".join(f"policy w{i}:\n    wait w{i + 1}\n" for i in range(n))
        + f"policy w{n}:\n    while not cond:\n        cpu_relax()\n"
    ),
}


# Every one of them that has many outcomes in a row costs the lowering a step.
SLOW = ("tests", "alternatives in turn", "statements")


@pytest.mark.parametrize("size", [10, 300, 2000])
@pytest.mark.parametrize("kind", DEEP)
def test_depth(kind: str, size: int) -> None:
    run(DEEP[kind](min(size, 150) if kind in SLOW else size), 6.0)


@pytest.mark.parametrize("kind", DEEP)
def test_what_is_accepted_leaves_room_on_the_stack(kind: str) -> None:
    """About the deepest text of each kind that is accepted goes through with a third of the stack used."""
    taken = next((size for size in (118, 57, 38, 27, 24, 10) if not run(DEEP[kind](size), 6.0).errors), 1)

    def under(frames: int) -> None:
        if frames:
            under(frames - 1)
        else:
            run(DEEP[kind](taken), 6.0)

    under(300)


def long_model(functions: int) -> str:
    """About eleven lines for each function."""
    text = [BEGIN, "shared a: range(9)[8]\nshared l: mutex\n"]
    for i in range(functions):
        text.append(
            f"shared v{i}: range(9)\n\ndef f{i}(y: bool) -> bool:\n    k{i}: range(9) = v{i}\n    with l:\n"
            f"        v{i} = k{i}\n        if y and a[k{i} % 8] == v{i // 2}:\n            label in_{i}\n"
            f"            return v{i} > 3\n    return not y\n"
        )
    for i in range(0, functions, 40):
        text.append(f"\nprocess p{i}:\n    r: bool = False\n")
        text.extend(f"    r = f{k}(r)\n" for k in range(i, min(i + 40, functions)))
    return "\n".join(text)


def test_a_long_model() -> None:
    text = long_model(450)
    assert 5000 < text.count("\n") < 6500
    begun = time.process_time()
    tree, diagnostics = parse(Source("long.pfn", text))
    parsed = time.process_time()
    assert tree is not None, diagnostics.sorted()
    model, diagnostics = check(tree)
    checked = time.process_time()
    assert model is not None, diagnostics.sorted()
    print(
        f"{text.count(chr(10))} lines: parsed in {parsed - begun:.2f} s, checked in {checked - parsed:.2f} s"
    )
    assert checked - begun < 6


def test_time_grows_like_the_text() -> None:
    """Twice the text takes about twice the time, and certainly not four times."""
    times: list[float] = []
    for size in (60, 240):
        text = long_model(size)
        best = 9.0
        for _ in range(2):
            begun = time.process_time()
            tree, _ = parse(Source("long.pfn", text))
            assert tree is not None
            check(tree)
            best = min(best, time.process_time() - begun)
        times.append(best)
    assert times[1] < 4 * times[0] * 2


# ---- characters


@pytest.mark.parametrize("odd", ODD, ids=ascii)
def test_odd_characters(odd: str) -> None:
    text = BEGIN + 'process p:\n    """Doc."""\n    x = True  # why\n    assert x, "why"\n'
    for at in range(len(text) + 1):
        run(text[:at] + odd + text[at:])


@pytest.mark.parametrize(
    "odd", ["\r", "\0", "\f", "\v", "\u00a0", "\u2028", "\ufeff", "é", "\U0001f512"], ids=ascii
)
def test_odd_characters_are_named(odd: str) -> None:
    faults = run(BEGIN + f"process p:\n    x = {odd}True\n").sorted()
    assert [(fault.code, fault.span.line, fault.span.column) for fault in faults] == [("bad-character", 9, 9)]


@pytest.mark.parametrize(
    "text", ["", "\n", " ", "\n\n  \n", "#", "\f", "\0", "\ufeff", '"""doc"""', "model", "model m"]
)
def test_next_to_nothing(text: str) -> None:
    assert run(text).errors
