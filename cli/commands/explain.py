"""`pfnspec explain`."""

from __future__ import annotations

import argparse

from ...dsl.checker.prelude import policy_lines
from ...dsl.diagnostics import did_you_mean
from ...dsl.explain import Explanation, codes, concepts, explanation
from ...dsl.vocabulary.lookup import word_of
from ..write import complain, put_line


def run(options: argparse.Namespace) -> int:
    """Prints what a code or a word means, or all of them."""
    if not options.code:
        for names in (codes(), concepts()):
            for name in names:
                entry = explanation(name)
                put_line(f"{name:24} {entry.title if entry else ''}".rstrip())
            put_line("")
        put_line("and every word of the language")
        return 0
    asked = " ".join(options.code).strip().removeprefix("error[").removesuffix("]")
    name = asked.removeprefix("policy ").strip()
    entry = explanation(asked) or explanation(name) or _word(name)
    if entry is None:
        help = did_you_mean(asked, [*codes(), *concepts()])
        complain(f"there is no code or word `{asked}`{f': {help}' if help else ''}")
        return 2
    put_line(f"{entry.code}: {entry.title}")
    if entry.text:
        put_line(f"\n{entry.text}")
    for title, text in (("", entry.example), ("instead:", entry.corrected)):
        if text:
            put_line(f"\n{title}" if title else "")
            put_line("\n".join(f"    {line}".rstrip() for line in text.rstrip().split("\n")))
    if lines := policy_lines(entry.code):
        put_line("\nwhat it does, line by line:\n")
        put_line("\n".join(f"  {number:>3}  {line}".rstrip() for number, line in lines))
    return 0


def _word(name: str) -> Explanation | None:
    """What an editor says of a word of the language."""
    word = word_of(name.removesuffix("()"))
    return None if word is None else Explanation(word.written, word.doc, "", "", None)
