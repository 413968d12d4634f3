"""Writes the language's words into the editors' files, from the language itself.

`python editors/generate.py` does so; a test says when it has to be run.
"""

from __future__ import annotations

import json
import sys
from collections.abc import Callable, Iterable, Mapping
from pathlib import Path

from pfnspec.dsl.checker.prelude import prelude
from pfnspec.dsl.syntax.tree import Policy
from pfnspec.dsl.vocabulary.grammar_words import GRAMMAR
from pfnspec.dsl.vocabulary.lookup import WORDS

HERE = Path(__file__).resolve().parent
ORDER = (
    "declaration", "statement", "operator", "constant", "verdict", "function", "variable", "setting", "type",
    "verb", "check", "policy", "method",
)  # fmt: skip
"""The groups, in the order of the files."""

NAMELESS = {word.word for word in GRAMMAR if word.group == "declaration" and not word.names}
"""The declaring words that no new name follows."""


class Stale(Exception):
    """A file has lost the marks between which the words stand; the text says which."""


def words() -> dict[str, tuple[str, ...]]:
    """All words by group, sorted: those of the vocabulary, and the wait policies that every model has."""
    groups: dict[str, set[str]] = {}
    for word in WORDS:
        # Methods are coloured where a bracket follows.
        if word.group != "method" or word.parameters is not None:
            groups.setdefault(word.group, set()).add(word.word)
    groups["policy"] = {node.name for node in prelude().declarations if isinstance(node, Policy)}
    return {group: tuple(sorted(groups[group])) for group in ORDER}


def without_cpu(groups: Mapping[str, tuple[str, ...]]) -> dict[str, tuple[str, ...]]:
    """The groups without `cpu`, a likely name except behind `on`: the files have their own pattern for it."""
    return {group: tuple(name for name in names if name != "cpu") for group, names in groups.items()}


def vim(text: str, groups: Mapping[str, tuple[str, ...]]) -> str:
    """The syntax file with its `syn keyword` lines."""
    options = {
        "declaration": "nextgroup=pfnName skipwhite ",
        "check": "contained ",
        "policy": "contained ",
        "setting": "contained ",
        "method": "contained ",
    }
    groups = without_cpu(groups)
    naming = tuple(name for name in groups["declaration"] if name not in NAMELESS)
    lines = [f"syn keyword pfnDeclaration {' '.join(sorted(NAMELESS))}"]
    lines += [
        f"syn keyword pfn{group.title()} {options.get(group, '')}{' '.join(names)}"
        for group, names in {**groups, "declaration": naming}.items()
    ]
    return _between(text, '"', lines)


def emacs(text: str, groups: Mapping[str, tuple[str, ...]]) -> str:
    """The mode with its constants of words."""
    lines: list[str] = []
    for group, names in without_cpu(groups).items():
        quoted = " ".join(f'"{name}"' for name in names)
        lines.append(f"(defconst pfn--{group}-words\n  '({quoted}))")
    return _between(text, ";;", lines)


def _between(text: str, comment: str, lines: Iterable[str]) -> str:
    """`text` with `lines` between its two marks."""
    begin, end = f"{comment} words: made by generate.py\n", f"{comment} words: end\n"
    head, _, rest = text.partition(begin)
    _, found, tail = rest.partition(end)
    if not found:
        raise Stale(f"the marks are missing: {begin!r}, {end!r}")
    return head + begin + "".join(f"{line}\n" for line in lines) + end + tail


def vscode(text: str, groups: Mapping[str, tuple[str, ...]]) -> str:
    """The TextMate grammar with its patterns of words."""
    grammar = json.loads(text)
    for group, names in without_cpu(groups).items():
        pattern = grammar["repository"][f"{group}-words"]
        before, after = {
            "method": (r"(?<=\.)", r"(?=\s*\()"),
            "verb": (r"(?<!\.)", r"(?=\s*\()"),
            "function": (r"(?<!\.)", r"(?=\s*[\[(])"),
        }.get(group, (r"(?<!\.)", ""))
        pattern["match"] = rf"{before}\b(?:{'|'.join(names)})\b{after}"
    return json.dumps(grammar, indent=2, ensure_ascii=False) + "\n"


FILES: Mapping[str, Callable[[str, Mapping[str, tuple[str, ...]]], str]] = {
    "vim/syntax/pfn.vim": vim,
    "emacs/pfn-mode.el": emacs,
    "vscode/syntaxes/pfn.tmLanguage.json": vscode,
}
"""What each file is made by, from what it was."""


def main() -> int:
    """Rewrites the files; 1 with a message when a file has no place for them."""
    try:
        groups = words()
        for name, make in FILES.items():
            path = HERE / name
            path.write_text(make(path.read_text(encoding="utf-8"), groups), encoding="utf-8")
    except Stale as fault:
        print(f"generate.py: {fault}", file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
