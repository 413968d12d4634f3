"""A review as plain text: what became weaker, what else has changed, and what lets it pass."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping

from ...check.result import Result, Verdict
from ...dsl.source import Source, Span
from ...gate.comparison.difference import DIFFERENT, EFFECTS, NEUTRAL, STRONGER, WEAKER
from ...gate.review import (
    CHANGED,
    DELETED,
    NEW,
    SAME,
    UNKNOWN,
    Judged,
    Model,
    Part,
    Review,
    Settings,
)
from ..text.ink import Ink
from ..text.result import counterexample_text, counterexamples, folded
from ..text.words import place, source_line
from ..visible import shown

_KINDS = {WEAKER: "bad", DIFFERENT: "note", STRONGER: "good", NEUTRAL: "dim"}
CONFIGURATION = "the project's configuration"
_STATES = {
    SAME: "only comments, layout or acceptances have changed",
    NEW: "a new model",
    DELETED: "deleted",
}


def review_text(review: Review, width: int, ink: Ink) -> str:
    """Each model with its differences, those that stop the gate first; then how to let them pass."""
    review = shown(review)
    blocks = [_head(review, ink)]
    like = alike(review)
    if review.settings is not None:
        blocks.append(_settings(review.settings, ink))
    for model in review.models:
        if model.state != UNKNOWN:
            blocks.append(_model(model, like.get(model.path), width, ink))
    blocks += [_unneeded(review, ink)] if review.unneeded else []
    blocks.append("\n".join((*_conclusion(review, ink), *(f"note: {note}" for note in review.notes))) + "\n")
    return folded("\n".join(blocks), width, ink)


def troubles_text(review: Review) -> str:
    """The models that could not be compared, a line each, for standard error."""
    return "".join(f"pfnspec: {model.trouble}\n" for model in shown(review).models if model.trouble)


def ordered(judged: Iterable[Judged]) -> list[Judged]:
    """What stops the gate first, then what is accepted, then the rest by effect."""
    return sorted(judged, key=lambda one: (EFFECTS.index(one.difference.effect), not one.stops))


def word_of(one: Judged) -> str:
    """The effect of a difference in a word, or that it is accepted."""
    if one.accepted is not None:
        return "accepted"
    return one.difference.effect


def sides(one: Judged, model: Part) -> Iterator[tuple[str, str, str]]:
    """The lines that a difference is about: a sign, the place, the text."""
    difference = one.difference
    both: tuple[tuple[str, Span | None, Mapping[str, Source], str], ...] = (
        ("-", difference.old, model.old, next(iter(model.old), model.path)),
        ("+", difference.new, model.new, model.path),
    )
    for sign, span, sources, main in both:
        text = "" if span is None else source_line(span, sources)
        if span is not None and text:
            yield sign, place(span, main), text


def new_counterexamples(model: Model) -> Iterator[tuple[tuple[Verdict, ...], Result]]:
    """The counterexamples of what is newly violated and not accepted."""
    told = {
        one.difference.about for one in model.judged if one.stops and one.difference.kind == "newly-violated"
    }
    if model.after is not None and told:
        for group in counterexamples(v for v in model.after.verdicts if v.property in told):
            yield group, model.after


def alike(review: Review) -> dict[str, str]:
    """The models of which all has been told with an earlier one: variants of a base that has changed."""
    first: dict[tuple[Judged, ...], str] = {}
    found: dict[str, str] = {}
    for model in review.models:
        if model.judged:
            told = first.setdefault(model.judged, model.path)
            if told != model.path and not any(new_counterexamples(model)):
                found[model.path] = told
    return found


def conclusion(review: Review) -> str:
    """One sentence: whether the gate is open."""
    parts: list[str] = []
    if review.stopping:
        many = review.stopping > 1
        closes = "is weaker" if review.commit is None else "closes the gate"
        if many:
            closes = "are weaker" if review.commit is None else "close the gate"
        parts.append(f"{review.stopping} difference{'s' * many} {closes}")
    count = len(review.unneeded)
    if count:
        parts.append(f"{count} acceptance{'s' * (count > 1)} let{'s' * (count == 1)} nothing pass")
    unknown = sum(model.state == UNKNOWN for model in review.models)
    if unknown:
        parts.append(f"{unknown} model{'s' * (unknown > 1)} cannot be compared")
    if review.interrupted:
        parts.append("interrupted before the end")
    if not parts:
        parts.append("nothing is weaker" if review.commit is None else "the gate is open")
    return "; ".join(parts)


def targets(review: Review) -> list[str]:
    """The names whose acceptance would open the gate, each once."""
    return list(
        dict.fromkeys(
            one.difference.about for part in review.parts for one in part.judged if one.stops
        )
    )  # fmt: skip


def title(review: Review) -> str:
    """What is compared with what."""
    if review.commit is None:
        return f"{review.base} -> {', '.join(model.path for model in review.models)}"
    count = len(review.models)
    changed = f"{count} model{'s' * (count != 1)} to compare" if count else "no model has changed"
    return f"since {review.base} ({review.commit[:10]}): {changed}"


def state_of(model: Model) -> str:
    """What happened to a model, in words; empty where its differences say it."""
    # A model that is as it was may still have a difference, in what comes to it.
    words = ["" if model.state == SAME and model.judged else _STATES.get(model.state, "")]
    if model.former is not None:
        words.append(f"was {model.former}")
    if model.state == CHANGED and not model.judged:
        words.append("says the same in other words")
    if model.before is not None and model.after is not None:
        words.append(f"{_verdicts(model.before)} before, {len(model.after.verdicts)} now")
    return ", ".join(word for word in words if word)


def _verdicts(result: Result) -> str:
    count = len(result.verdicts)
    return f"{count} verdict{'s' * (count != 1)}"


def _head(review: Review, ink: Ink) -> str:
    return ink("strong", title(review)) + "\n"


def _settings(settings: Settings, ink: Ink) -> str:
    lines = [f"{ink('strong', settings.path)}   {CONFIGURATION}", ""]
    for one in ordered(settings.judged):
        lines += _difference(one, settings, ink)
    return "\n".join(lines) + "\n"


def _model(model: Model, like: str | None, width: int, ink: Ink) -> str:
    name = model.name if model.name != model.path else ""
    lines = ["   ".join(part for part in (ink("strong", model.path), name, state_of(model)) if part)]
    if like is not None:
        return "\n".join((*lines, "", f"  the same as in {like}", ""))
    if model.judged:
        lines.append("")
    for one in ordered(model.judged):
        lines += _difference(one, model, ink)
    text = "\n".join(lines) + "\n"
    for group, result in new_counterexamples(model):
        text += "\n" + counterexample_text(group, result, width, ink)
    return text


def _difference(one: Judged, model: Part, ink: Ink) -> Iterator[str]:
    word = word_of(one)
    shown = ink("good" if one.accepted else _KINDS[word], (word.upper() if one.stops else word).ljust(9))
    yield f"  {shown}  {one.difference.about}: {one.difference.message}"
    lines = list(sides(one, model))
    widest = max((len(where) for _, where, _ in lines), default=0)
    for sign, where, text in lines:
        yield f"      {sign} {where.rjust(widest)}  {ink('dim', text)}"
    if one.accepted is not None:
        yield f"      because: {one.accepted.reason}" if one.accepted.reason else "      by --accept"


def _unneeded(review: Review, ink: Ink) -> str:
    lines: list[str] = []
    for one in review.unneeded:
        where = f"{one.acceptance.place}: " if one.acceptance.place else "--accept: "
        why = "is from before this change; remove it" if one.spent else "lets nothing pass; remove it"
        lines.append(f"{where}{ink('bad', 'error')}: the acceptance of `{one.acceptance.about}` {why}")
    return "\n".join(lines) + "\n"


def _conclusion(review: Review, ink: Ink) -> Iterator[str]:
    yield ink("good" if review.status == 0 else "bad", conclusion(review))
    if review.stopping and review.commit is not None:
        yield "if that is meant, the model says why:"
        for target in targets(review):
            yield f"  {acceptance(target, review)}"


def acceptance(target: str, review: Review) -> str:
    """What to write to let a difference pass."""
    settings = () if review.settings is None else review.settings.judged
    by_option = {model.path for model in review.models} | {one.difference.about for one in settings}
    if target in by_option:
        return f"--accept {target}"
    name = target if target.isidentifier() else '"' + target.replace("\\", "\\\\").replace('"', '\\"') + '"'
    return f'accept weaker {name} "..."'
