"""What a change did to what stands beside a model: requirements of its costs, recordings that it has to
explain."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, replace
from functools import cached_property

from ..beside.compared import compare
from ..beside.declared import Declared, Recordings, own_recordings, recordings
from ..beside.required import Judged, Own, answer_text, judge, own
from ..beside.tables import files_of, own_table
from ..beside.timed import Asked
from ..check.load import Loaded
from ..check.options import Options
from ..check.project.files import Contents
from ..dsl.diagnostics import Diagnostic
from ..dsl.source import Source, Span
from ..recording.result import EXPLAINED, Validation
from ..recording.validate import Options as Comparing
from ..timing.table.costs import Costs
from ..timing.table.requirement import Requirement
from .comparison.difference import DIFFERENT, STRONGER, WEAKER, Difference

Key = tuple[str, str | None, int]
"""A recording: its name, its binding, and how many before it have both."""


class Side:
    """A model at one end of a change, with what stands beside it; `contents` is where files come from, the
    disk where it is None.  It is timed and compared when that is asked for, and once."""

    def __init__(
        self, path: str, loaded: Loaded, options: Options, stop: Callable[[], bool],
        contents: Contents | None = None,
    ) -> None:  # fmt: skip
        self.path, self.loaded, self.options, self.stop = path, loaded, options, stop
        self.contents = contents
        self._compared: dict[Key, Validation | Diagnostic] = {}

    @cached_property
    def own(self) -> Own | None:
        return own(self.path, self.contents)

    @cached_property
    def recordings(self) -> Recordings | None:
        return recordings(self.path, self.contents)

    @cached_property
    def required(self) -> Mapping[str, tuple[Requirement, Span]]:
        """By their texts."""
        return {} if self.own is None else {wanted.text: (wanted, at) for wanted, at in self.own.required}

    @cached_property
    def declared(self) -> Mapping[Key, Declared]:
        """Each recording alone, by its name and its binding; of several that have both in common, the second
        is another one."""
        found: dict[Key, Declared] = {}
        for one in () if self.recordings is None else self.recordings.declared:
            for number, name in enumerate(one.names):
                again = sum(key[:2] == (name, one.binding) for key in found)
                found[name, one.binding, again] = one.only(number)
        return found

    @property
    def sources(self) -> Mapping[str, Source]:
        """The files beside the model."""
        own = {} if self.own is None else self.own.sources
        return {**own, **({} if self.recordings is None else self.recordings.sources)}

    @cached_property
    def judged(self) -> Judged:
        assert self.own is not None
        options = self.options
        constants = {name: str(value) for name, value in options.constants.items()}
        return judge(self.own, self.loaded, Asked(self.path, constants, options.outside, self.contents))

    def failing(self, text: str) -> str | None:
        """The first answer that fails, in words; None where there is none, or no such requirement."""
        if text not in self.required or self.judged.diagnostics or self.judged.trouble is not None:
            return None
        number = list(self.own.required if self.own else ()).index(self.required[text])
        return next((answer_text(one) for one in self.judged.answers[number] if one.fails), None)

    def compared(self, key: Key) -> Validation | Diagnostic:
        """What came of a recording, or why nothing can."""
        if key not in self._compared:
            done = compare(self.loaded, self.declared[key], Comparing(stop=self.stop))
            self._compared[key] = done.diagnostics[0] if done.diagnostics else done.validations[0]
        return self._compared[key]


def files_beside(path: str) -> Iterator[str]:
    """The files that stand beside a model now or may have stood there, and what they name."""
    yield own_table(path)
    yield own_recordings(path)
    costs, named = own(path), recordings(path)
    if costs is not None:
        for table in costs.tables.texts:
            yield from files_of(table).values()
    if named is not None:
        yield from (file for one in named.declared for file in one.paths)


def beside_changes(
    before: Side | None, after: Side, *, judged: bool, same: Callable[[str], bool] = lambda _: True
) -> Iterator[Difference]:
    """All differences, those of verdicts if they are `judged`; `before` is None for a new model, and `same`
    says whether a file's content is."""
    faults = () if after.own is None else after.own.diagnostics
    faults += () if after.recordings is None else after.recordings.diagnostics
    for fault in faults:
        message = f"what stands beside the model cannot be judged: {fault.message}"
        yield Difference(f"{fault.code}-wrong", WEAKER, fault.span.path, message, None, fault.span)
    yield from _requirements(before, after)
    if judged and after.required:
        yield from _figures(before, after)
    yield from _recordings(before, after, same)
    if judged:
        for key in after.declared:
            yield from _outcome(before, after, key, same)


# ---- costs


def _requirements(before: Side | None, after: Side) -> Iterator[Difference]:
    old = {} if before is None else before.required
    new = after.required
    for text, (wanted, place) in old.items():
        if any(other.implies(wanted) for other, _ in new.values()):
            continue
        near = next((t for t, (other, _) in new.items() if wanted.implies(other)), None)
        message = f"this is not required any more{f', only `{near}`' if near else ''}"
        yield Difference("requirement-weaker", WEAKER, text, message, place, new[near][1] if near else None)
    for text, (wanted, place) in new.items():
        if before is not None and not any(wanted_.implies(wanted) for wanted_, _ in old.values()):
            yield Difference("requirement-added", STRONGER, text, "this is required now", None, place)
    was = None if before is None or before.own is None else before.own.costs
    now = None if after.own is None else after.own.costs
    if was is not None and now is not None and _figures_of(was) != _figures_of(now):
        message = "the costs beside the model are others: what is required is judged under them"
        yield Difference("costs-changed", DIFFERENT, own_table(after.path), message)


def _figures_of(costs: Costs) -> Costs:
    """Without what no figure depends on."""
    return replace(costs, name="", required=(), places={}, sources={}, measured=frozenset())


def _figures(before: Side | None, after: Side) -> Iterator[Difference]:
    judged = after.judged
    table = own_table(after.path)
    for fault in judged.diagnostics:
        message = f"what is required cannot be judged: {fault.message}"
        yield Difference("requirement-not-judged", WEAKER, table, message, None, fault.span)
    if judged.trouble is not None:
        message = f"what is required cannot be judged: {judged.trouble}"
        yield Difference("requirement-not-judged", WEAKER, table, message)
    for text, (_, place) in after.required.items():
        failing = after.failing(text)
        if failing is None:
            continue
        told = failing.removeprefix(text).lstrip(": ")
        if before is not None and before.failing(text) is not None:
            yield Difference("requirement-fails", DIFFERENT, text, f"{told}, and failed before", place, place)
        else:
            yield Difference("requirement-fails", WEAKER, text, told, None, place)


# ---- recordings


@dataclass(frozen=True, slots=True)
class _Change:
    kind: str
    effect: str
    message: str


def _recordings(before: Side | None, after: Side, same: Callable[[str], bool]) -> Iterator[Difference]:
    old = {} if before is None else before.declared
    for key, was in old.items():
        now = after.declared.get(key)
        if now is None:
            message = "this recording is not compared with the model any more"
            yield Difference("recording-removed", WEAKER, key[0], message, was.place)
            continue
        for change in _changes(was, now):
            yield Difference(change.kind, change.effect, key[0], change.message, was.place, now.place)
        if not same(now.paths[0]):
            message = "the recording is another one"
            yield Difference("recording-changed", DIFFERENT, key[0], message, was.place, now.place)
    if before is not None:
        for key, now in after.declared.items():
            if key not in old:
                message = "this recording is compared with the model now"
                yield Difference("recording-added", STRONGER, key[0], message, None, now.place)


def _changes(was: Declared, now: Declared) -> Iterator[_Change]:
    if was.expected != now.expected:
        weaker = was.expected == EXPLAINED
        message = f"expected: {was.expected} -> {now.expected}"
        yield _Change("recording-expected", WEAKER if weaker else STRONGER, message)
    if was.skew != now.skew:
        weaker = now.skew > was.skew
        message = f"skew: {was.skew:g} s -> {now.skew:g} s"
        yield _Change("recording-skew", WEAKER if weaker else STRONGER, message)
    options = [replace(one, paths=(), expected="", skew=0.0, place=was.place) for one in (was, now)]
    if options[0] != options[1]:
        yield _Change("recording-options", DIFFERENT, "another part of it is compared, or otherwise")


def _outcome(before: Side | None, after: Side, key: Key, same: Callable[[str], bool]) -> Iterator[Difference]:
    """A recording of which the outcome is not the expected one."""
    declared = after.declared[key]
    told = _told(after.compared(key))
    if told is None:
        return
    known = before is not None and key in before.declared and same(declared.paths[0])
    if before is not None and known and _told(before.compared(key)) is not None:
        message = f"{told}, and so it was before"
        yield Difference("recording-fails", DIFFERENT, key[0], message, declared.place, declared.place)
    else:
        yield Difference("recording-fails", WEAKER, key[0], told, None, declared.place)


def _told(done: Validation | Diagnostic) -> str | None:
    """What is wrong, in words; None where the outcome is the expected one."""
    if isinstance(done, Diagnostic):
        return f"it cannot be compared: {done.message}"
    if done.as_expected:
        return None
    text = f"{done.outcome}, expected: {done.expected}"
    if done.fault:
        text += f" ({done.fault})"
    if done.failure is not None:
        event = done.failure.event
        text += f": {event.name} of thread {event.thread} in line {event.line}"
    return text
