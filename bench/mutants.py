"""The examples with something wrong in them: a statement dropped, doubled, swapped with the next one or taken
out of its block, a condition negated.  That gives models of shapes that people write.

`mutant(seed)` is one; it may be refused, as what a slip of the hand gives may be.
"""

from __future__ import annotations

import random
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

from pfnspec.check.load import load

ROOT = Path(__file__).resolve().parents[1] / "examples"
EXAMPLES = tuple(sorted(ROOT.glob("*/*.pfn")))
# How many there are of what makes models large, where a model has it.
SMALL: Mapping[str, tuple[int, ...]] = {
    "VCPUS": (1, 1, 1, 2), "NOTIFIERS": (1, 1, 1, 2), "UPDATERS": (1,), "PAGES": (1, 2),
}  # fmt: skip
_CONDITION = re.compile(
    r"(\s*)(if|elif|while|await|assert|invariant \w+:|sometimes \w+:) (.+?)(:|, \".*\")?$"
)
_CALL = re.compile(r"[\w.]+\([^()]*\)")


@dataclass(frozen=True, slots=True)
class Mutant:
    """A changed example: its file, its constants, and the words for what was done to it."""

    path: str
    text: str
    constants: Mapping[str, int]
    changes: tuple[str, ...]


@lru_cache
def _constants(path: Path) -> frozenset[str]:
    (first, *_) = load(str(path), {}).cells
    return frozenset(name for name, _ in first.program.constants)


@lru_cache
def _changeable() -> tuple[Path, ...]:
    """The examples that have statements; some variants have none."""
    texts = {path: path.read_text(encoding="utf-8").split("\n") for path in EXAMPLES}
    return tuple(path for path, lines in texts.items() if len(list(_changes(lines))) > 3)


def mutant(seed: int) -> Mutant:
    chance = random.Random(seed)
    path = chance.choice(_changeable())
    constants = {name: chance.choice(SMALL[name]) for name in sorted(_constants(path) & SMALL.keys())}
    lines = path.read_text(encoding="utf-8").split("\n")
    changes: list[str] = []
    for _ in range(chance.choice((1, 1, 2))):
        tried: dict[str, list[list[str]]] = {}
        for word, changed in _changes(lines):
            tried.setdefault(word, []).append(changed)
        word = chance.choice(sorted(tried))
        lines = chance.choice(tried[word])
        changes.append(word)
    return Mutant(str(path), "\n".join(lines), constants, tuple(changes))


def _changes(lines: list[str]) -> Iterator[tuple[str, list[str]]]:
    """Every change of one statement or condition: the word for it, and the lines after it."""
    for position, line in enumerate(lines):
        if not _is_code(lines, position):
            continue
        end = _end(lines, position)
        before, block, after = lines[:position], lines[position:end], lines[end:]
        found = _CONDITION.fullmatch(line)
        if found and (found.group(4) is not None) == (found.group(2) in ("if", "elif", "while", "assert")):
            indent, word, condition, rest = found.groups()
            opposite = f"not {condition}" if _CALL.fullmatch(condition) else f"not ({condition})"
            yield "negated", [*before, f"{indent}{word} {opposite}{rest or ''}", *block[1:], *after]
        if not line.startswith(" ") or line.lstrip().startswith(("else", "elif", "or:")):
            continue
        alone = _indent(before[-1]) < _indent(line) and not (after and _indent(after[0]) == _indent(line))
        filled = [" " * _indent(line) + "pass"] if alone else []
        yield "dropped", [*before, *filled, *after]
        yield "doubled", [*before, *block, *block, *after]
        if len(block) > 1:
            yield "taken out", [*before, *(inner.removeprefix("    ") for inner in block[1:]), *after]
        if after and _is_code(lines, end) and _indent(lines[end]) == _indent(line):
            last = _end(lines, end)
            yield "swapped", [*before, *lines[end:last], *block, *lines[last:]]


def _indent(line: str) -> int:
    return len(line) - len(line.lstrip())


def _end(lines: list[str], position: int) -> int:
    """Behind the block that begins at a line."""
    end = position + 1
    while end < len(lines) and lines[end].strip() and _indent(lines[end]) > _indent(lines[position]):
        end += 1
    return end


def _is_code(lines: list[str], position: int) -> bool:
    """Whether a statement or declaration may begin at a line: not in a docstring, a list or a comment."""
    line = lines[position].strip()
    quotes = sum(other.count('"""') for other in lines[:position])
    depth = sum(other.count(a) - other.count(b) for other in lines[:position] for a, b in ("()", "[]", "{}"))
    other = line.startswith(("#", '"""', "const", "model"))
    return bool(line) and quotes % 2 == 0 and depth == 0 and not other
