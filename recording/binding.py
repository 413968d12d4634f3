"""From events to what they say of the model: the rules of a `recording`, applied in the order of events."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from fnmatch import fnmatchcase

from ..dsl.model import model as m
from ..dsl.model import sorts as s
from ..translator.recorded import Recorded
from .events import Event, Value
from .faults import Fault
from .search import Claim

MISFIT = "(misfit)"
"""Stands for a value that an expression of its sort never has."""


@dataclass(frozen=True, slots=True)
class Said:
    """An event, and what it may say: usually one claim; None among them where it may say nothing."""

    event: Event
    claims: tuple[Claim | None, ...]


class Binding:
    """Reads the events of one recording, each once.  `gap` tells that some are missing."""

    def __init__(self, recording: m.Recording, recorded: Recorded) -> None:
        self.recording = recording
        self.recorded = recorded
        self.stretches = tuple(dict.fromkeys(r.stretch for r in recording.rules if r.stretch is not None))
        self._within: dict[tuple[str, m.Stretch], bool] = {}
        self._whole = True
        self._known: dict[tuple[str, str, str], tuple[tuple[int, m.Rule], ...]] = {}

    def gap(self) -> None:
        """From here on it is not known which threads are within which stretches."""
        self._within.clear()
        self._whole = False

    def read(self, event: Event) -> Said | None:
        """What an event says, None if nothing.  Raises Fault."""
        claims: list[Claim | None] = []
        for place, rule in self._rules(event):
            if not all(_passes(event, test) for test in rule.tests):
                continue
            within = self._inside(event, rule.stretch)
            if within is False:
                continue
            claims.append(None if rule.process is None else self._claim(event, place, rule))
            if within:
                break
        else:
            if not claims:
                raise self._unread(event)
        if not any(claims):
            return None
        for stretch in self.stretches:
            if event.name == stretch.first:
                self._within[event.thread, stretch] = True
            if event.name == stretch.last:
                self._within[event.thread, stretch] = False
        return Said(event, tuple(dict.fromkeys(claims)))

    def _rules(self, event: Event) -> tuple[tuple[int, m.Rule], ...]:
        """The rules that an event fits by its name and thread."""
        key = (event.name, event.thread, event.command)
        known = self._known.get(key)
        if known is None:
            known = self._known[key] = tuple(
                (place, rule)
                for place, rule in enumerate(self.recording.rules)
                if (rule.event == event.name if rule.process else fnmatchcase(event.name, rule.event))
                and (rule.process is None or self._plays(event, self.recording.part(rule.process)))
            )
        return known

    def _plays(self, event: Event, part: m.Part) -> bool:
        names = (event.thread, event.command)
        return not part.threads or any(fnmatchcase(n, pattern) for n in names for pattern in part.threads)

    def _inside(self, event: Event, stretch: m.Stretch | None) -> bool | None:
        """Whether an event is within a stretch; None where that is not known."""
        if stretch is None or event.name == stretch.first:
            return True
        return self._within.get((event.thread, stretch), False if self._whole else None)

    def _unread(self, event: Event) -> Fault:
        named = [r for r in self.recording.rules if r.process and r.event == event.name]
        name = self.recording.name
        if not named:
            advice = f"bind it in `recording {name}`, or write `ignore {event.name}` there"
            return Fault(f"the binding does not say what `{event.name}` is", event.line, event.text, advice)
        who = f"`{event.command}-{event.thread}`"
        advice = f"say in `recording {name}` of which threads and within which stretches it is ignored"
        return Fault(
            f"no rule for `{event.name}` fits this one, of the thread {who}", event.line, event.text, advice
        )

    def _claim(self, event: Event, place: int, rule: m.Rule) -> Claim:
        values = [self._value(event, wanted) for wanted in rule.values]
        labels = []
        for owner, name in rule.labels:
            label = (rule.process or "", owner, name)
            slots = self.recorded.slots
            told = tuple((slots[place, label, index], value) for index, value in enumerate(values))
            labels.append((self.recorded.numbers[label], told))
        part = self.recording.part(rule.process or "")
        takes = part.stretch is None or part.stretch.first == event.name
        gives = part.stretch is not None and part.stretch.last == event.name
        return Claim(rule.process or "", event.thread, tuple(labels), takes, gives)

    def _value(self, event: Event, wanted: m.FieldValue) -> object:
        value = event.field(wanted.field)
        if value is None and wanted.field not in event.fields:
            there = ", ".join(event.fields) or "none"
            advice = f"record it (`pfnspec probes` shows how); its fields are: {there}"
            raise Fault(f"`{event.name}` has no field `{wanted.field}`", event.line, event.text, advice)
        return fitted(value, wanted.value.sort)


def fitted(value: Value, sort: s.Sort) -> object:
    """A field's value as one of the model's; MISFIT where it is none."""
    match sort:
        case s.Optional(of=of):
            return None if value in (None, "None", "null", "NULL") else fitted(value, of)
        case s.Nothing():
            return None if value in (None, "None", "null", "NULL") else MISFIT
        case s.Bool():
            known: dict[object, bool] = {0: False, 1: True, "False": False, "True": True, "false": False}
            known["true"] = True
            return known.get(value, MISFIT)
        case s.Range():
            return int(value) if isinstance(value, int) else MISFIT
        case s.Enum(members=members):
            if isinstance(value, int) and not isinstance(value, bool):
                return members[value] if 0 <= value < len(members) else MISFIT
            return value if value in members else MISFIT
        case _:
            return MISFIT


def _passes(event: Event, test: m.FieldTest) -> bool:
    value = event.field(test.field)
    if isinstance(test.value, str):
        same = value is not None and fnmatchcase(str(value), test.value)
    else:
        same = value == test.value
    return same == (test.operator == "==")


def processes(claims: Iterable[Claim | None]) -> tuple[str, ...]:
    """The processes that claims are about, each once."""
    return tuple(dict.fromkeys(claim.process for claim in claims if claim is not None))
