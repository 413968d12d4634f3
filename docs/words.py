"""Writes `words.md` from the vocabulary: `python docs/words.py`.  A test says when it has to be run."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from pfnspec.dsl.vocabulary.lookup import of_group
from pfnspec.dsl.vocabulary.word import Group, Word

PAGE = Path(__file__).with_suffix(".md")

HEAD = """\
# Words

Every word of the language and what it does, in a line each. [language.md](language.md) says how they are
used, [semantics.md](semantics.md) what they mean exactly. This page is made by `docs/words.py` from the
vocabulary.
"""
TITLES: dict[Group, str] = {
    "declaration": "Declarations",
    "statement": "Statements",
    "operator": "Operators",
    "constant": "Values",
    "verdict": "Verdicts",
    "type": "Types",
    "function": "Functions",
    "verb": "Verbs of the kernel",
    "method": "Methods",
    "variable": "Names with a value",
    "setting": "Settings of a scenario",
    "check": "Always checked",
}


def page() -> str:
    """The page, in Markdown."""
    parts = [HEAD]
    for group, title in TITLES.items():
        rows = "\n".join(_rows(of_group(group)))
        parts.append(f"## {title}\n\n| word | what it does |\n|---|---|\n{rows}\n")
    return "\n".join(parts)


def _rows(words: tuple[Word, ...]) -> Iterator[str]:
    for word in words:
        of = f" ({', '.join(f'`{kind}`' for kind in word.of)})" if word.of else ""
        doc = word.doc.replace("|", "\\|")
        yield f"| `{word.written}`{of} | {doc} |"


if __name__ == "__main__":
    PAGE.write_text(page(), encoding="utf-8")
