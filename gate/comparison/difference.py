"""One difference between two specifications, as a value."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from ...dsl.source import Span

WEAKER = "weaker"
DIFFERENT = "different"
STRONGER = "stronger"
NEUTRAL = "neutral"
EFFECTS = (WEAKER, DIFFERENT, STRONGER, NEUTRAL)
"""What a difference does to what is claimed and examined, what needs most care first."""


@dataclass(frozen=True, slots=True)
class Difference:
    """`kind` is what changed, as a word for programs; `effect` one of `EFFECTS`; `about` the name under
    which it is accepted: of the claim, constant, process, `def`, policy, scenario or type, or the text of the
    assertion.  `old` and `new` are where it stands before and after, None where it does not."""

    kind: str
    effect: str
    about: str
    message: str
    old: Span | None = None
    new: Span | None = None


def worst(effects: Iterable[str]) -> str:
    """The effect of several together: one that is weaker decides."""
    found = set(effects)
    return next((effect for effect in EFFECTS if effect in found), NEUTRAL)
