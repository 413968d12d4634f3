"""A change under review: every model that it has to do with, before and after."""

from __future__ import annotations

import os
import threading
import unicodedata
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import replace

from ..check.load import Loaded, files, load
from ..check.options import Options
from ..check.project.files import Contents, content
from ..check.result import UNDECIDED, VIOLATED, Result, Verdict
from ..check.run import check_file
from ..dsl.syntax import tree
from ..translator.program.findings import Reachable
from .beside import Side, beside_changes, files_beside
from .comparison.compare import compare, same
from .comparison.difference import DIFFERENT, STRONGER, WEAKER, Difference
from .git import SUFFIX, Checkout, GitTrouble, followed, untracked
from .passed import PassedOver, passed_over
from .review import (
    CHANGED,
    DELETED,
    NEW,
    SAME,
    UNKNOWN,
    Acceptance,
    Judged,
    Model,
    Review,
    Settings,
    Unneeded,
)
from .settings import Configurations, compare_settings, selected, unlimited

_WITH_A_BASE = b"varies"
"""The word that no variant is without; most models are none and need not be parsed."""

Check = Callable[[str, Contents | None], Result]
"""Checks a model, whose files come from the disk or from elsewhere."""


def gate(
    ref: str, tree_: Checkout, paths: Sequence[str], options: Options, accepted: Sequence[str] = (), *,
    both: Configurations, checked: bool = True, on_model: Callable[[str], None] | None = None,
    cancel: threading.Event | None = None,
) -> Review:  # fmt: skip
    """Compares the models of a checkout with those where it left `ref`.

    `paths` (files or folders) choose models; without any the `paths` of `both` configurations do, and where
    one of these has none it is all of the checkout.  Limits that `options` leave open are the wider ones of
    both.  `accepted` names what may be weaker; `checked`: verdicts are compared too.  `on_model` hears of
    each model before it is looked at.  Raises GitTrouble.
    """
    cancel = cancel or threading.Event()
    options = unlimited(options, both)
    selections = selected(both.before, tree_, then=True), selected(both.now, tree_, then=False)
    chosen = lambda path: any(one.names(path) for one in selections)  # noqa: E731
    wanted = _named(paths, tree_) if paths else _all(chosen, tree_)
    passed = passed_over(tree_, *selections)
    found: list[_Seen] = []
    accepted = tuple(accepted)

    def check(path: str, contents: Contents | None) -> Result:
        return check_file(path, options, cancel=cancel, contents=contents)

    for path in _concerned(wanted, tree_, passed.models):
        if cancel.is_set():
            break
        if on_model:
            on_model(tree_.shown(path))
        seen = _look(path, tree_, options, check if checked else None, accepted)
        _add_beside(seen, path, tree_, options, cancel.is_set, checked=checked)
        if path in passed.models:
            message = f"`pfnspec check` passes over it now: {passed.models[path]}"
            about = tree_.shown(path)
            seen.found = (Difference("passed-over", WEAKER, about, message), *seen.found)
        found.append(seen)
    models = judge(found, accepted)
    settings = _settings(both, passed, tree_, accepted)
    judged = [one for model in models for one in model.judged]
    judged += () if settings is None else settings.judged
    unneeded = () if cancel.is_set() else tuple(_unneeded(found, judged, accepted, tree_))
    notes = () if paths else tuple(_notes(tree_, chosen))
    return Review(ref, tree_.commit, models, unneeded, notes, cancel.is_set(), settings)


def _settings(
    both: Configurations, passed: PassedOver, tree_: Checkout, accepted: Sequence[str]
) -> Settings | None:
    """The configuration with what is accepted of its differences; None where there are none."""
    lost = [tree_.shown(path) for path in passed.configured]
    found = tuple(compare_settings(both, lost, gained=passed.gained))
    if not found:
        return None
    judged = tuple(Judged(one, _by_option(one, accepted)) for one in found)
    old, new = ({} if of.source is None else {of.source.path: of.source} for of in (both.before, both.now))
    return Settings(next(iter(new or old)), judged, old, new)


def compare_files(
    old: str, new: str, options: Options, *, checked: bool = False, cancel: threading.Event | None = None
) -> Review:
    """Compares two files; `checked`: their verdicts too."""
    check: Check | None = None
    if checked:
        check = lambda path, contents: check_file(path, options, cancel=cancel)  # noqa: E731
    constants = dict(options.constants)
    before, after = (
        load(path, constants, outside=options.outside, memory=options.memory) for path in (old, new)
    )
    seen = _compared(new, old, before, after, check, (None, None), "")
    sides = [
        Side(path, loaded, options, cancel.is_set if cancel else lambda: False)
        for path, loaded in ((old, before), (new, after))
    ]
    if before.cells and after.cells:
        seen.add_beside(*sides, judged=checked)
    (model,) = judge([seen], ())
    stopped = any(r is not None and r.stopped == "interrupted" for r in (model.before, model.after))
    return Review(old, None, (model,), interrupted=stopped)


# ---- which models


def _all(chosen: Callable[[str], bool], tree_: Checkout) -> tuple[str, ...]:
    """The models at either end, by their path in the checkout."""
    found = sorted(path for path in tree_.before | tree_.now if chosen(path))
    if not found:
        raise GitTrouble(f"there is no model (*{SUFFIX}) in this checkout, at either end")
    return tuple(found)


def _named(paths: Sequence[str], tree_: Checkout) -> tuple[str, ...]:
    """The files and the models in folders that are asked for."""
    models = sorted(path for path in tree_.before | tree_.now if path.endswith(SUFFIX))
    found: dict[str, None] = {}
    for path in paths:
        inside = tree_.inside(path)
        if inside is None:
            raise GitTrouble(f"{path}: lies outside of the checkout in {tree_.root}")
        module = tree_.submodule(inside)
        if module is not None:
            raise GitTrouble(f"{path}: lies in the submodule `{module}`; run `pfnspec gate` in there")
        if inside in tree_.before | tree_.now:
            found[inside] = None
            continue
        below = [model for model in models if inside == "." or model.startswith(f"{inside}/")]
        if not below:
            raise GitTrouble(f"{path}: {_nothing_at(path)}")
        found.update(dict.fromkeys(below))
    return tuple(found)


def _nothing_at(path: str) -> str:
    if os.path.islink(path):
        return "is a symbolic link; name the file that it leads to"
    if os.path.isdir(path):
        return "there is no model in this folder that git knows of"
    if os.path.exists(path):
        return "is not tracked; `git add` it first"
    return "no such file, here or at the base"


def _concerned(wanted: Iterable[str], tree_: Checkout, passed: Mapping[str, str]) -> Iterator[str]:
    """The models that have changed, or whose base has, or that are `passed` over now; a renamed one by its
    new path."""
    left = {was for now, was in tree_.renamed.items() if now.endswith(SUFFIX)}
    for path in dict.fromkeys(followed(path, tree_) for path in wanted):
        changed = path in tree_.changed or path in passed or _beside_changed(path, tree_)
        if path not in left and (changed or not tree_.changed.isdisjoint(_rests_on(path, tree_))):
            yield path


def _rests_on(path: str, tree_: Checkout) -> Iterator[str]:
    """The bases of a model that itself has not changed, and the links that lead to them."""
    if not tree_.changed or _WITH_A_BASE not in (content(os.path.join(tree_.root, path)) or b""):
        return
    for file in files(tree_.shown(path), outside=True):
        inside = tree_.named(file)
        if inside is not None:
            yield from tree_.ways(inside)


def _beside_changed(path: str, tree_: Checkout) -> bool:
    """Whether something beside a model has changed."""
    files = (tree_.named(file) for file in files_beside(tree_.shown(path)))
    return any(not tree_.changed.isdisjoint((file, *tree_.ways(file))) for file in files if file is not None)


def _add_beside(
    seen: _Seen, path: str, tree_: Checkout, options: Options, stop: Callable[[], bool], *, checked: bool
) -> None:
    """Adds the differences of what stands beside a model that is there and correct."""
    if seen.model.state in (DELETED, UNKNOWN) or seen.new is None:
        return
    if seen.model.state == SAME and not _beside_changed(path, tree_):
        return
    before = None
    if seen.old is not None and seen.old.cells:
        was = tree_.shown(tree_.renamed.get(path, path))
        before = Side(was, seen.old, options, stop, tree_.content)

    def same(file: str) -> bool:
        inside = tree_.named(file)
        return inside is None or inside not in tree_.changed

    seen.add_beside(before, Side(tree_.shown(path), seen.new, options, stop), judged=checked, same=same)


def _notes(tree_: Checkout, chosen: Callable[[str], bool]) -> Iterator[str]:
    for path in filter(chosen, untracked(tree_.root)):
        yield f"{tree_.shown(path)} is not tracked and was not looked at"
    for path in sorted(tree_.submodules):
        yield f"the submodule {tree_.shown(path)} was not looked into"


# ---- one model


class _Seen:
    """A model on its way to the report: its specifications are needed until acceptances are judged."""

    def __init__(
        self, model: Model, found: Iterable[Difference], old: Loaded | None, new: Loaded | None
    ) -> None:  # fmt: skip
        self.model = model
        self.found = tuple(found)
        self.old, self.new = old, new
        before = old.specification if old else None
        after = new.specification if new else None
        known = {_said(node) for node in _acceptances(before)}
        self.own = [(node, _said(node) in known) for node in _acceptances(after)]

    def add_beside(
        self, before: Side | None, after: Side, *, judged: bool, same: Callable[[str], bool] = lambda _: True
    ) -> None:
        """Adds what is different beside the model, which itself is `judged` or not."""
        self.found += tuple(beside_changes(before, after, judged=judged, same=same))
        old = {} if before is None else before.sources
        self.model = replace(
            self.model, old={**self.model.old, **old}, new={**self.model.new, **after.sources}
        )


def _said(node: tree.Accept) -> tuple[str, str]:
    """What an acceptance says to a reader: letters that are not seen make no other reason."""
    return node.target, "".join(c for c in node.reason if unicodedata.category(c)[0] not in "CZ")


def _acceptances(of: tree.Tree | None) -> list[tree.Accept]:
    return [] if of is None else [node for node in of.declarations if isinstance(node, tree.Accept)]


def _look(
    path: str, tree_: Checkout, options: Options, check: Check | None, accepted: tuple[str, ...]
) -> _Seen:
    shown = tree_.shown(path)
    former = tree_.renamed.get(path, path)
    constants = dict(options.constants)
    if path not in tree_.now:
        message = "the model is deleted, with all that it claims"
        gone = Difference("model-deleted", WEAKER, shown, message)
        return _Seen(Model(shown, shown, DELETED), (gone,), None, None)
    after = load(shown, constants, outside=options.outside, memory=options.memory)
    if former not in tree_.before:
        return _new(shown, after, check)
    was = tree_.shown(former)
    before = load(was, constants, outside=options.outside, contents=tree_.content, memory=options.memory)
    if not before.cells and shown in accepted:
        # It was no correct model, and somebody says that this is known: there is nothing to compare with.
        seen = _new(shown, after, check)
        message = "it is not compared: at the base it is not a correct model"
        seen.found = (Difference("not-compared", WEAKER, shown, message), *seen.found)
        return seen
    seen = _compared(shown, was, before, after, check, (tree_.content, None), " at the base")
    if former != path:
        seen.model = replace(seen.model, former=was)
    return seen


def _new(path: str, after: Loaded, check: Check | None) -> _Seen:
    if not after.cells:
        return _Seen(_unknown(path, after, "is not a correct model"), (), None, after)
    result = check(path, None) if check else None
    model = Model(path, after.cells[0].model.name, NEW, after=result, new=after.sources)
    return _Seen(model, () if result is None else verdict_changes(None, result), None, after)


def _unknown(path: str, after: Loaded, why: str) -> Model:
    return Model(path, path, UNKNOWN, trouble=f"{path}: {why}", new=after.sources)


def _compared(
    path: str, was: str, before: Loaded, after: Loaded, check: Check | None,
    contents: tuple[Contents | None, Contents | None], where: str,
) -> _Seen:  # fmt: skip
    for loaded, at in ((after, ""), (before, where)):
        if not loaded.cells:
            fault = next(one for one in loaded.diagnostics if one.severity == "error")
            why = f"cannot be compared{at}: {fault.span}: {fault.message}"
            return _Seen(_unknown(path, after, why), (), None, after)
    assert before.specification is not None
    assert after.specification is not None
    name = after.cells[0].model.name
    if same(before.specification, after.specification):
        model = Model(path, name, SAME, old=before.sources, new=after.sources)
        return _Seen(model, (), before, after)
    found = list(compare(before.specification, after.specification))
    one = check(was, contents[0]) if check else None
    other = check(path, contents[1]) if check else None
    if one is not None and other is not None:
        found += verdict_changes(one, other)
    model = Model(
        path, name, CHANGED, before=one, after=other, old=before.sources, new=after.sources
    )  # fmt: skip
    return _Seen(model, found, before, after)


def verdict_changes(before: Result | None, after: Result) -> list[Difference]:
    """What became of verdicts: the new ones that are not as they should be, and what no behaviour reaches."""
    if before is not None and (before.failure or before.stopped == "interrupted"):
        return []
    if after.failure or after.stopped == "interrupted":
        return []
    known = {} if before is None else {_cell(verdict): verdict for verdict in before.verdicts}
    found: list[Difference] = []
    for verdict in after.verdicts:
        old = known.get(_cell(verdict))
        change = _verdict_change(old, verdict, after.stopped)
        if change is not None:
            kind, effect, message = change
            found.append(Difference(kind, effect, verdict.property, message, None, verdict.place))
    reached = set() if before is None else {_mark(mark, before) for mark in before.unreached}
    for mark in after.unreached:
        if _mark(mark, after) not in reached:
            what = "label" if mark.kind == "label" else "branch"
            message = f"no behaviour reaches this {what}: what it holds is not checked"
            found.append(Difference("newly-unreached", WEAKER, _about(mark, after), message, None, mark.span))
    return found


def _mark(mark: Reachable, of: Result) -> tuple[str, str, str]:
    return mark.kind, mark.text, _about(mark, of)


def _about(mark: Reachable, of: Result) -> str:
    """A label's name; of a branch its line, as it is written."""
    if mark.kind == "label":
        return mark.text
    line = of.sources[mark.span.path].line(mark.span.line)
    return line.split("  #")[0].strip().removesuffix(":")


def _cell(verdict: Verdict) -> tuple[str, str | None, str | None]:
    return verdict.property, verdict.scenario, verdict.policy


def _verdict_change(old: Verdict | None, new: Verdict, stopped: str | None) -> tuple[str, str, str] | None:
    """The kind of change of a verdict, its effect, and the words for it; None where all is as before.
    `stopped` is what ended the check, if something did."""
    where = f" under {new.policy}" if new.policy else ""
    where += f" in {new.scenario}" if new.scenario else ""
    before = "" if old is None else f"; before: {old.outcome}"
    if new.outcome == UNDECIDED:
        if old is not None and old.outcome == UNDECIDED:
            if stopped in ("time", "states", "bitstate"):
                return "still-undecided", DIFFERENT, f"not decided{where}, neither before nor now"
            return None
        return "newly-undecided", WEAKER, f"not decided{where}{before}"
    says_nothing = f"it says nothing{where}: what it supposes never happens"
    if old is not None and old.outcome == new.outcome and old.as_expected == new.as_expected:
        return ("newly-vacuous", WEAKER, says_nothing) if new.vacuous and not old.vacuous else None
    if new.outcome == VIOLATED:
        if new.as_expected:
            return (
                None if old is None else ("newly-violated", WEAKER, f"violated{where}, as expected{before}")
            )
        return "newly-violated", WEAKER, f"violated{where}, not as expected{before}"
    if not new.as_expected:
        return "newly-unexpected", WEAKER, f"holds{where}, but is expected to be violated{before}"
    if new.vacuous:
        return "newly-vacuous", WEAKER, says_nothing
    return None if old is None else ("newly-holds", STRONGER, f"holds{where}{before}")


# ---- acceptances


def judge(found: Iterable[_Seen], accepted: Sequence[str]) -> tuple[Model, ...]:
    """The models with what is accepted of them."""
    return tuple(
        replace(seen.model, judged=tuple(Judged(d, _acceptance(d, seen, accepted)) for d in seen.found))
        for seen in found
    )


def _acceptance(difference: Difference, seen: _Seen, accepted: Sequence[str]) -> Acceptance | None:
    if difference.effect != WEAKER:
        return None
    for node, spent in seen.own:
        if node.target == difference.about and not spent:
            return Acceptance(node.target, node.reason, node.span)
    return _by_option(difference, accepted)


def _by_option(difference: Difference, accepted: Sequence[str]) -> Acceptance | None:
    lets = difference.effect == WEAKER and difference.about in accepted
    return Acceptance(difference.about) if lets else None


def _unneeded(
    found: Iterable[_Seen], judged: Iterable[Judged], accepted: Sequence[str], tree_: Checkout
) -> Iterator[Unneeded]:
    """The acceptances in changed files, and by options, that let nothing pass."""
    used = [one.accepted for one in judged if one.accepted is not None]
    looked = {seen.model.path for seen in found}
    told: set[Acceptance] = set(used)
    for seen in found:
        for node, spent in seen.own:
            one = Acceptance(node.target, node.reason, node.span)
            own = tree_.inside(node.span.path)
            if one not in told and node.span.path in looked and own in tree_.changed:
                told.add(one)
                yield Unneeded(one, spent)
    for name in dict.fromkeys(accepted):
        if Acceptance(name) not in told:
            yield Unneeded(Acceptance(name), spent=False)
