"""Results as Markdown, for a comment or the summary of a CI job."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator

from ...check.result import Result, Verdict
from ...translator.program.values import value_text
from ..text.ink import Ink
from ..text.matrix import Table, mood, summary, tables, word
from ..text.result import (
    cell_text,
    counterexample_text,
    counterexamples,
    diagnostics_of,
    engine_text,
    evidence_text,
    failure_text,
    notes_of,
)
from ..visible import shown

WIDTH = 100
MOST_BYTES = 60_000
"""What a comment may hold: GitHub takes 65 536 characters."""


def markdown_text(results: Iterable[Result], most_bytes: int = MOST_BYTES) -> str:
    """A section per result: the matrix, then the counterexamples, folded unless they are unexpected.

    Counterexamples that would make it longer than `most_bytes` are left out, and counted.
    """
    told = tuple(map(shown, results))
    heads = [_head(result) for result in told]
    room = most_bytes - sum(len(head.encode()) + 200 for head in heads)
    sections: list[str] = []
    for result, head in zip(told, heads, strict=True):
        parts, left_out = [head], 0
        for group in sorted(counterexamples(result.verdicts), key=lambda group: mood(group[0]) != "bad"):
            text = _trace(group, result)
            if len(text.encode()) <= room:
                room -= len(text.encode())
                parts.append(text)
            else:
                left_out += 1
        if left_out:
            more = "more " if len(parts) > 1 else ""
            parts.append(f"*{left_out} {more}counterexample{'s' * (left_out > 1)} left out: no room.*\n")
        sections.append("\n".join(parts))
    return "\n".join(sections)


def code(text: str) -> str:
    """`text` as a code span, on one line; nothing in it is markup, nobody in it is notified."""
    line = " ".join(text.split())
    ticks = "`" * (1 + max((len(run) for run in re.findall("`+", line)), default=0))
    edge = " " if line.startswith("`") or line.endswith("`") else ""
    return f"{ticks}{edge}{line}{edge}{ticks}"


def block(text: str) -> str:
    """`text` as a code block, whatever is in it."""
    fence = "`" * max(3, 1 + max((len(run) for run in re.findall("`+", text)), default=0))
    return f"{fence}text\n{text.rstrip()}\n{fence}\n"


def _head(result: Result) -> str:
    lines = [f"### {code(result.name or result.path)}", "", f"{code(result.path)}: {_sentence(result)}"]
    constants = " ".join(f"{name}={value_text(value)}" for name, value in result.constants)
    if constants:
        lines[-1] += f"; {code(constants)}"
    for table in tables(result):
        lines += ["", *_table(table)]
    if result.evidence is not None and result.verdicts:
        told = [evidence_text(result, result.evidence), engine_text(result)]
        lines += ["", f"{', '.join(text for text in told if text)}."]
    for text in (diagnostics_of(result, Ink()), failure_text(result), "\n".join(notes_of(result))):
        if text:
            lines += ["", block(text).rstrip()]
    return "\n".join(lines) + "\n"


def _sentence(result: Result) -> str:
    return code(result.failure.message) if result.failure is not None else summary(result)


def _table(table: Table) -> Iterator[str]:
    if table.title:
        yield f"Scenario {code(table.title)}: {table.detail}"
        yield ""
    heads = [code(policy) if policy else "verdict" for policy in table.policies]
    yield _row(["property", *heads])
    yield _row(["---"] * (1 + len(heads)))
    for name, verdicts in table.rows:
        yield _row([code(name), *(_cell(verdict) for verdict in verdicts)])


def _row(cells: list[str]) -> str:
    # In a table a bar ends the cell, in a code span too.
    return "| " + " | ".join(cell.replace("|", "\\|") for cell in cells) + " |"


def _cell(verdict: Verdict | None) -> str:
    if verdict is None:
        return ""
    return f"**{word(verdict)}**" if mood(verdict) == "bad" else word(verdict)


def _trace(group: tuple[Verdict, ...], result: Result) -> str:
    open_ = " open" if mood(group[0]) == "bad" else ""
    first = group[0]
    name = " ".join(part for part in (first.property, cell_text(first)) if part)
    title = f"{_html(name)}, {_html(word(first))}"
    body = block(counterexample_text(group, result, WIDTH, Ink()))
    return f"<details{open_}><summary>{title}</summary>\n\n{body}\n</details>\n"


def _html(text: str) -> str:
    """`text` within HTML, where Markdown's signs would be read too: all that could be one as a reference."""
    return re.sub(r"[^\w ,.]", lambda found: f"&#{ord(found.group())};", " ".join(text.split()))
