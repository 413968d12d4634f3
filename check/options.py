"""What a check is asked for, and what that means for what is kept of it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, fields
from pathlib import Path
from typing import Literal

from ..dsl.source import Span
from ..tla.tools import ToolMissing, find_jar
from .result import Asked, Engine
from .saved.store import Store, fingerprint, tool_mark

ENGINES = ("tlc", "interpreter", "spin", "spin-bitstate")


@dataclass(frozen=True, slots=True, kw_only=True)
class Options:
    """What a check is asked for.

    `properties`, `policies`, `scenarios`: only these (empty: all); `constants`: other values, as text or
    as Python's own;
    `workers`: threads of one TLC; `jobs`: runs of TLC side by side (None: as many as there are
    processors for them); `seconds` for the whole check, `run_seconds` and `states` for each run;
    `engine`: tlc; or interpreter, which needs no Java and decides small models; or spin, which needs Spin and
    a C compiler, decides safety of large models, and leaves temporal properties open; or spin-bitstate, by
    which what is not found violated stays open, too; `fail_fast`: stop at the first verdict that is not
    expected;
    `reduction`: merge steps and forget dead locals; `keep`: a folder for TLC's files and output;
    `java`, `jar`: tools to be used instead of those that are found; `outside`: bases may lie outside
    the project; `cache`: a folder of what was found before, for this check to use and to add to;
    `memory`: sc or weak in every scenario (None: what each says);
    `shard`: only part I of N of the cells, as (I, N), of which `merge` makes a whole again;
    `places`: where policies and scenarios were asked for, if not on the command line.

    Raises ValueError for an engine or memory that there is not and for numbers that are not above zero.
    """

    properties: tuple[str, ...] = ()
    policies: tuple[str, ...] = ()
    scenarios: tuple[str, ...] = ()
    constants: Mapping[str, object] = field(default_factory=dict)
    workers: int = 1
    jobs: int | None = None
    seconds: float | None = None
    run_seconds: float | None = None
    states: int | None = None
    fail_fast: bool = False
    reduction: bool = True
    keep: Path | None = None
    java: str | None = None
    jar: str | None = None
    outside: bool = False
    engine: Engine = "tlc"
    cache: Path | None = None
    shard: tuple[int, int] | None = None
    memory: Literal["sc", "weak"] | None = None
    places: Mapping[str, Span] = field(default_factory=dict)

    def __post_init__(self) -> None:
        if self.engine not in ENGINES:
            known = " or ".join(map(repr, ENGINES))
            raise ValueError(f"engine is {self.engine!r}, and has to be {known}")
        if self.memory not in (None, "sc", "weak"):
            raise ValueError(f"memory is {self.memory!r}, and has to be 'sc' or 'weak'")
        for name in ("workers", "jobs", "seconds", "run_seconds", "states"):
            value = getattr(self, name)
            if value is not None and not value > 0:
                raise ValueError(f"{name} is {value!r}, and has to be above zero")

    def deciding(self, *, of_a_cell: bool = False) -> tuple[object, ...]:
        """What a complete result depends on, or what a cell of it comes to: all that is asked for, but for
        what is said not to decide.  The tools that decide have a mark of their own."""
        without = _NOT_DECIDING | _SELECTING if of_a_cell else _NOT_DECIDING
        return (self.overrides, *(getattr(self, one.name) for one in fields(self) if one.name not in without))

    @property
    def overrides(self) -> tuple[tuple[str, str], ...]:
        """The constants as text."""
        return tuple((name, str(value)) for name, value in self.constants.items())


_NOT_DECIDING = frozenset(
    [
        # They end a check early, or say how it is made and where it is kept; what is incomplete is not kept.
        *("seconds", "run_seconds", "states", "fail_fast", "workers", "jobs", "keep", "cache", "java"),
        # In the mark of the tools; in `overrides`, as text; a place that a diagnostic points to.
        *("jar", "constants", "places"),
    ]
)
_SELECTING = frozenset(["properties", "policies", "scenarios", "shard", "outside"])
"""They say which cells there are, and which of their properties are asked for, which has keys of its own.

An option that is in neither set is part of every key, so that a new one cannot be forgotten.
"""


@dataclass(frozen=True, slots=True)
class Hunts:
    """How a check looks for the first verdict that is not as expected, and for no other.

    The interpreter searches first, at most `states` states: what it finds is replayed, and needs no
    other engine.  What it does not find is decided as in any other check.  `beside` is how many such checks
    are made side by side."""

    states: int
    beside: int = 1


@dataclass(frozen=True, slots=True)
class Progress:
    """Where a check is: runs ended and planned, distinct states found and still to be examined in
    those under way, seconds so far.

    What the interpreter says before another engine decides is preliminary: the safety properties that it
    found `violated`, and whether it has `searched` all states of all cells, so that the others hold."""

    done: int
    runs: int
    states: int | None
    queue: int | None
    seconds: float
    violated: tuple[str, ...] = ()
    searched: bool = False


def store_of(options: Options) -> tuple[Store | None, str]:
    """What was found before, and the mark of the tools that found it; None where nothing is to be kept."""
    if options.cache is None or options.keep is not None:
        return None, ""
    try:
        return Store(options.cache), _mark(options)
    except (OSError, ToolMissing):
        return None, ""


def asked_of(options: Options) -> Asked:
    """What of the options belongs to a result."""
    try:
        tool = _mark(options)
    except (OSError, ToolMissing):
        tool = ""
    properties, policies, scenarios = (
        tuple(sorted({*names})) for names in (options.properties, options.policies, options.scenarios)
    )
    return Asked(
        properties, policies, scenarios, options.seconds, options.run_seconds, options.states,
        options.fail_fast, options.reduction, options.outside, tool, options.memory,
    )  # fmt: skip


def _mark(options: Options) -> str:
    """The mark of the tools that decide."""
    if options.engine in ("spin", "spin-bitstate"):
        from ..spin.tools import find_tools, tools_mark

        return fingerprint(tool_mark(None), tools_mark(find_tools()))
    return tool_mark(find_jar(options.jar) if options.engine == "tlc" else None)
