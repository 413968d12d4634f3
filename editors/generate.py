"""Writes the language's words into the editors' files, from the language itself.

`python editors/generate.py` does so; a test says when it has to be run.  A word of the grammar that no group
has, or a group's word that the language does not have, ends it with a message.
"""

from __future__ import annotations

import json
import re
import sys
from collections.abc import Callable, Iterable, Mapping
from pathlib import Path

from pfnspec.dsl.checker.prelude import prelude
from pfnspec.dsl.checker.values.scope import BUILT_INS, LOCK_METHODS, SET_METHODS, TYPE_WORDS
from pfnspec.dsl.model.model import BUILT_IN_CHECKS
from pfnspec.dsl.syntax.tree import Policy

HERE = Path(__file__).resolve().parent
GRAMMAR = HERE.parent / "dsl" / "syntax" / "grammar.lark"

KEYWORDS: Mapping[str, str] = {
    "declaration": "model varies const type enum class shared ghost daemon unfair process cpu def policy "
    "policies invariant property sometimes measure scenario expect under accept weaker unlocked",
    "statement": "if elif else while for with either atomic assert await label wait on holding return break "
    "continue pass",
    "operator": "and or not in at implies until leads_to always eventually",
    "constant": "True False None",
    "verdict": "violated holds",
}
"""The grammar's words, as they are coloured."""

BUILT_IN: Mapping[str, str] = {
    "function": "maybe need_resched choose range set min max len all any",
    "variable": "self end",
    "setting": "unlimited none full sc",
}
"""The built-in names that are neither types nor the kernel's verbs."""

SETTINGS = "cpus preempt memory"
WAITING = "cond wq"
METHODS = "read write held_by"
"""What `scenarios.py`, a policy's scope and `expressions.py` know by name."""

NAMELESS = {"accept", "expect", "policies", "under", "unlocked", "varies", "weaker"}
"""The declaring words that no new name follows."""


class Stale(Exception):
    """The groups above and the language differ; the text says where."""


def words() -> dict[str, tuple[str, ...]]:
    """All words by group, sorted.  Raises Stale."""
    grammar = grammar_words(GRAMMAR.read_text(encoding="utf-8"))
    groups = {group: set(text.split()) for group, text in KEYWORDS.items()}
    _same("the grammar", grammar, set().union(*groups.values()))
    others = {group: set(text.split()) for group, text in BUILT_IN.items()}
    _same("dsl/checker/values/scope.py", set(BUILT_INS), set().union(*others.values()) | BUILT_INS)
    groups |= others
    groups["type"] = set(TYPE_WORDS)
    groups["verb"] = BUILT_INS.difference(TYPE_WORDS, *others.values())
    groups["setting"] |= set(SETTINGS.split())
    groups["variable"] |= set(WAITING.split())
    groups["check"] = set(BUILT_IN_CHECKS)
    groups["policy"] = {node.name for node in prelude().declarations if isinstance(node, Policy)}
    groups["method"] = {name for methods in LOCK_METHODS.values() for name in methods}
    groups["method"] |= {*SET_METHODS, *METHODS.split()}
    return {group: tuple(sorted(names)) for group, names in groups.items()}


def without_cpu(groups: Mapping[str, tuple[str, ...]]) -> dict[str, tuple[str, ...]]:
    """The groups without `cpu`, a likely name except behind `on`: the files have their own pattern for it."""
    return {group: tuple(name for name in names if name != "cpu") for group, names in groups.items()}


def grammar_words(text: str) -> set[str]:
    """The words that a grammar has in quotes."""
    return set(re.findall(r'"([A-Za-z_]+)"', re.sub(r"^\s*//.*$", "", text, flags=re.MULTILINE)))


def _same(where: str, there: set[str], here: set[str]) -> None:
    if there != here:
        more, less = " ".join(sorted(there - here)), " ".join(sorted(here - there))
        raise Stale(f"{where} has {more or 'no more'}; editors/generate.py has {less or 'no more'}")


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
    """Rewrites the files; 1 with a message when the groups do not fit the language."""
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
