"""A review as Markdown, for a comment on a pull request, and as annotations on its lines."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from ...gate.comparison.difference import NEUTRAL
from ...gate.review import UNKNOWN, Judged, Model, Part, Review, Settings
from ..formats.github import workflow_command
from ..formats.markdown import MOST_BYTES, block, code
from ..text.ink import Ink
from ..text.places import repository_path
from ..text.result import counterexample_text
from ..visible import shown
from .text import (
    CONFIGURATION,
    acceptance,
    alike,
    conclusion,
    new_counterexamples,
    ordered,
    sides,
    state_of,
    targets,
    title,
    word_of,
)

WIDTH = 100


def review_markdown(review: Review, most_bytes: int = MOST_BYTES) -> str:
    """A section per model; models that would make it longer than `most_bytes` are left out, and counted."""
    review = shown(review)
    mark = "gate is open" if review.status == 0 else "gate is closed"
    lines = [f"### pfnspec: the {mark}" if review.commit else "### pfnspec: comparison", ""]
    lines += [f"{code(title(review))}; {conclusion(review)}.", ""]
    for one in review.unneeded:
        where = f"{code(str(one.acceptance.place))}: " if one.acceptance.place else ""
        why = "from before this change" if one.spent else "not needed"
        lines.append(f"- {where}the acceptance of {code(one.acceptance.about)} is {why}: remove it")
    if review.stopping and review.commit:
        wanted = "\n".join(acceptance(target, review) for target in targets(review))
        lines += ["", "If that is meant, the model says why:", "", block(wanted)]
    text = "\n".join(lines) + "\n"
    left_out = 0
    like = alike(review)
    for part in review.parts:
        section = "\n".join(_section(part, like.get(part.path))) + "\n"
        if len((text + section).encode()) > most_bytes:
            left_out += 1
        else:
            text += section
    if left_out:
        text += f"*{left_out} model{'s' * (left_out > 1)} left out: no room.*\n"
    return text


def _section(part: Part, like: str | None) -> Iterator[str]:
    yield f"#### {code(part.path)}"
    yield ""
    match part:
        case Settings():
            yield f"{CONFIGURATION[0].upper()}{CONFIGURATION[1:]}."
            yield ""
            yield from _differences(part)
        case Model():
            yield from _of_model(part, like)


def _of_model(model: Model, like: str | None) -> Iterator[str]:
    if model.state == UNKNOWN:
        yield f"**{code(model.trouble or '')}**"
        return
    if state_of(model):
        yield f"{state_of(model)}."
        yield ""
    if like is not None:
        yield f"The same as in {code(like)}."
        yield ""
        return
    yield from _differences(model)
    for group, result in new_counterexamples(model):
        yield f"<details open><summary>{_plain(group[0].property)}</summary>"
        yield ""
        yield block(counterexample_text(group, result, WIDTH, Ink()))
        yield "</details>"


def _differences(part: Part) -> Iterator[str]:
    plain = [one for one in ordered(part.judged) if one.difference.effect != NEUTRAL]
    if plain:
        yield "| | about | what |"
        yield "| --- | --- | --- |"
        for one in plain:
            yield _row(one, part)
        yield ""
    count = len(part.judged) - len(plain)
    if count:
        yield f"{count} neutral difference{'s' * (count > 1)}."
        yield ""


def _row(one: Judged, model: Part) -> str:
    word = f"**{word_of(one)}**" if one.stops else word_of(one)
    what = [_plain(one.difference.message)]
    what += [f"{sign} {code(where)} {code(text)}" for sign, where, text in sides(one, model)]
    if one.accepted is not None:
        what.append(f"because: {code(one.accepted.reason)}" if one.accepted.reason else "by `--accept`")
    cells = (word, code(one.difference.about), "<br>".join(what))
    return "| " + " | ".join(cell.replace("|", "\\|") for cell in cells) + " |"


def _plain(text: str) -> str:
    """Text of which nothing is markup but the code spans that it has itself."""
    return text.replace("&", "&amp;").replace("<", "&lt;").replace("@", "&#64;").replace("*", "&#42;")


def review_annotations(review: Review, root: Path) -> str:
    """Workflow commands of GitHub Actions: errors for what stops the gate, notices for what is accepted."""
    review = shown(review)
    lines: list[str] = []
    for part in review.parts:
        if isinstance(part, Model) and part.trouble:
            lines.append(workflow_command("error", _fields(part.path, None, root), part.trouble))
        for one in part.judged:
            if one.stops or one.accepted is not None:
                span = one.difference.new
                path = span.path if span is not None else part.path
                fields = _fields(path, span.line if span else None, root)
                fields["title"] = f"{one.difference.about} ({word_of(one)})"
                level = "error" if one.stops else "notice"
                lines.append(workflow_command(level, fields, one.difference.message))
    for unneeded in review.unneeded:
        place = unneeded.acceptance.place
        fields = _fields(place.path, place.line, root) if place else {}
        fields["title"] = f"{unneeded.acceptance.about} (acceptance)"
        lines.append(workflow_command("error", fields, "this acceptance lets nothing pass; remove it"))
    return "".join(f"{line}\n" for line in lines)


def _fields(path: str, line: int | None, root: Path) -> dict[str, str]:
    seen = repository_path(path, root)
    if seen is None:
        return {}
    return {"file": seen, **({"line": str(line)} if line else {})}
