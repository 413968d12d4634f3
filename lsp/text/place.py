"""A place in a text that is being written: what stands before it, and what a chain of names there is."""

from __future__ import annotations

import re

from ...dsl.model import sorts as s
from ...dsl.syntax.lexer import tokens
from ...dsl.vocabulary.grammar_words import DECLARATIONS
from .analysis import Analysis

_WHAT = "|".join(word.word for word in DECLARATIONS if word.begins and not word.modifies)
_HEAD = re.compile(rf"(?:(?:daemon|unfair)\s+)*({_WHAT})\b\s*(\w*)")


class Place:
    """Where something is to be completed: the text before it on its line, and the declaration around it."""

    def __init__(self, analysis: Analysis, line: int, column: int) -> None:
        self.analysis = analysis
        lines = analysis.source.lines
        self.before = lines[line - 1][: column - 1]
        self.code = "".join(
            "_" * len(token.text) if token.kind == "string" else token.text for token in tokens(self.before)
        )
        self.indent = len(self.before) - len(self.before.lstrip())
        head = line - 1
        while head > 0 and not (lines[head][:1].strip() and lines[head][0] != "#"):
            head -= 1
        match = _HEAD.match(lines[head])
        self.kind, self.name = (match[1], match[2]) if match else ("", "")
        self.in_head = head == line - 1
        self.statement = re.fullmatch(r"\s*\w*", self.code) is not None
        self.first = (re.match(r"\s*(\w*)", self.code) or [""])[1]
        self.after_word = (
            re.search(
                r"\b(at|expect|under|in|on|holding|with|wait|policies|violated|holds|until)\s$|[=:>,]\s$",
                self.code,
            )
            is not None
        )
        self.formula = self.kind in ("invariant", "property", "sometimes") or self.first == "assert"

    @property
    def in_code(self) -> bool:
        return self.kind in ("process", "def", "policy") and not self.in_head

    def scope(self) -> dict[str, s.Sort]:
        """The locals and parameters of the body around the place."""
        checked = self.analysis.checked
        if checked is None:
            return {}
        body = checked.bodies.of(self.name)
        return {name: local.sort for name, local in body.scope.locals.items()} if body else {}


def sort_of(place: Place, chain: str) -> s.Sort | None:
    """The sort of a name with fields and indices behind it."""
    checked = place.analysis.checked
    if checked is None:
        return None
    sort: s.Sort | None = None
    process = ""
    for number, part in enumerate(re.findall(r"\w+|\[(?:[^\[\]]|\[[^\[\]]*\])*\]", chain)):
        if number == 0:
            variable = checked.names.variables.get(part)
            sort = place.scope().get(part) or (variable.sort if variable else None)
            process = part if sort is None and part in checked.names.processes else ""
            if process:
                sort = s.Task(process)
        elif part.startswith("["):
            sort = sort.of if isinstance(sort, s.Array) else sort if process else None
        else:
            sort = sort.field(part) if isinstance(sort, s.Struct | s.Word) else None
    return sort
