"""What a gate found out: facts, from which its reports are made."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from ..check.result import Result, overall
from ..dsl.source import Source, Span
from .comparison.difference import WEAKER, Difference

CHANGED = "changed"
SAME = "same"
NEW = "new"
DELETED = "deleted"
UNKNOWN = "not comparable"


@dataclass(frozen=True, slots=True)
class Acceptance:
    """Leave to become weaker: in the model, at `place` and with a reason, or by an option (both None)."""

    about: str
    reason: str | None = None
    place: Span | None = None


@dataclass(frozen=True, slots=True)
class Judged:
    """A difference, and what lets it pass if something does."""

    difference: Difference
    accepted: Acceptance | None = None

    @property
    def stops(self) -> bool:
        """Whether the gate stays closed because of it."""
        return self.difference.effect == WEAKER and self.accepted is None


@dataclass(frozen=True, slots=True)
class Model:
    """One model before and after.

    `state` is changed, same (in comments and layout at most), new, deleted, or not comparable, and then
    `trouble` says why in a line.  `former` is its path before, where it was renamed.  `before` and `after`
    are the checks, where there were any; `old` and `new` the sources.
    """

    path: str
    name: str
    state: str
    judged: tuple[Judged, ...] = ()
    former: str | None = None
    trouble: str | None = None
    before: Result | None = None
    after: Result | None = None
    old: Mapping[str, Source] = field(default_factory=dict)
    new: Mapping[str, Source] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Settings:
    """The project's configuration before and after: `path` is where it stands, or stood; `old` and `new` are
    the sources."""

    path: str
    judged: tuple[Judged, ...]
    old: Mapping[str, Source] = field(default_factory=dict)
    new: Mapping[str, Source] = field(default_factory=dict)


Part = Settings | Model
"""What a review speaks of."""


@dataclass(frozen=True, slots=True)
class Unneeded:
    """An acceptance that lets nothing pass; `spent`: it is there before the change already."""

    acceptance: Acceptance
    spent: bool


@dataclass(frozen=True, slots=True)
class Review:
    """All models that a change has to do with.

    `base` is what it is compared with, in the user's words, `commit` what that came to (None: two
    files); `settings` is the configuration where that has changed; `notes` are lines about what was not
    looked at; `interrupted`: not all of it was.
    """

    base: str
    commit: str | None
    models: tuple[Model, ...]
    unneeded: tuple[Unneeded, ...] = ()
    notes: tuple[str, ...] = ()
    interrupted: bool = False
    settings: Settings | None = None

    @property
    def parts(self) -> tuple[Part, ...]:
        """All that it speaks of, the configuration first."""
        return (*(() if self.settings is None else (self.settings,)), *self.models)

    @property
    def stopping(self) -> int:
        """How many differences keep the gate closed."""
        return sum(one.stops for part in self.parts for one in part.judged)

    @property
    def status(self) -> int:
        """0 open; 1 something is weaker and not accepted, or accepted and not needed; 2 a model is wrong or
        cannot be compared; 3 interrupted; 4 the tool failed."""
        results = [result for m in self.models for result in (m.before, m.after) if result is not None]
        statuses = [4 for result in results if result.failure is not None]
        statuses += [2 for model in self.models if model.state == UNKNOWN]
        statuses += [1] * bool(self.stopping or self.unneeded) + [3] * self.interrupted
        return overall(tuple(statuses))
