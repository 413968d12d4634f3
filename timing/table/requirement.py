"""What is required of a figure: `refresh_time.p99 < 200us under block in one_cpu`."""

from __future__ import annotations

import re
from dataclasses import dataclass
from math import isfinite

from .units import NoTime, nanoseconds

TIMES = ("mean", "p50", "p90", "p99", "least", "worst", "beyond", "cpu", "given", "spun")
COUNTS = ("polls", "out", "woken", "waited", "rate", "never")
_WRITTEN = re.compile(
    r"\s*(\w+)\.(\w+)\s*(<=|>=|<|>)\s*(\S+?)\s*(\w*)\s*?(?:\s+under\s+(\S+))?(?:\s+in\s+(\w+))?\s*"
)


@dataclass(frozen=True, slots=True)
class Requirement:
    """`bound` is in ns, or a count (a part of the episodes, of `never`); `policy` and `scenario` are None
    where it is about all of them."""

    text: str
    measure: str
    figure: str
    operator: str
    bound: float
    policy: str | None
    scenario: str | None

    @property
    def upper(self) -> bool:
        """Whether the bound is not to be exceeded."""
        return self.operator[0] == "<"

    @property
    def strict(self) -> bool:
        return len(self.operator) == 1

    def about(self, policy: str | None, scenario: str | None) -> bool:
        """Whether it is about such a cell; a policy counts with its parameters and without."""
        names = (policy or "", (policy or "").partition("(")[0])
        return self.scenario in (None, scenario) and (self.policy is None or self.policy in names)

    def implies(self, other: Requirement) -> bool:
        """Whether all that `other` asks for is asked for here, for certain."""
        if (self.measure, self.figure, self.upper) != (other.measure, other.figure, other.upper):
            return False
        wide = self.policy in (None, other.policy, (other.policy or "").partition("(")[0])
        if not wide or self.scenario not in (None, other.scenario):
            return False
        if self.bound == other.bound:
            return self.strict or not other.strict
        return self.bound < other.bound if self.upper else self.bound > other.bound


class NoRequirement(ValueError):
    """This is none; says why."""


def requirement(text: str) -> Requirement:
    """What is written as one.  Raises NoRequirement."""
    match = _WRITTEN.fullmatch(text)
    if match is None:
        raise NoRequirement(
            f'`{text}` is not of the form "MEASURE.FIGURE < BOUND [under POLICY] [in SCENARIO]"'
        )
    measure, figure, operator, bound, unit, policy, scenario = match.groups()
    if figure not in TIMES + COUNTS:
        raise NoRequirement(f"there is no figure `{figure}`; there are: {', '.join(TIMES + COUNTS)}")
    try:
        value = float(nanoseconds(bound + unit)) if figure in TIMES else float(bound + unit)
    except NoTime as fault:
        raise NoRequirement(str(fault)) from None
    except ValueError:
        raise NoRequirement(f"`{bound}{unit}` is not a number") from None
    if not isfinite(value):
        raise NoRequirement(f"`{bound}{unit}` is no bound")
    return Requirement(text.strip(), measure, figure, operator, value, policy, scenario)
