"""One file checked: the matrix of scenarios, policies and properties, and the runs that fill it."""

from __future__ import annotations

import hashlib
import os
import threading
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Literal

from ..dsl.source import PRELUDE, Span
from ..tla.tools import ToolMissing, find_jar
from .data import Unreadable, result_data, result_of
from .files import Contents, content, encoded, project, read, real_path
from .result import Asked, Evidence, Result
from .store import Store, fingerprint, tool_mark


@dataclass(frozen=True, slots=True, kw_only=True)
class Options:
    """What a check is asked for.

    `properties`, `policies`, `scenarios`: only these (empty: all); `constants`: other values, as text or
    as Python's own;
    `workers`: threads of one TLC; `jobs`: runs of TLC side by side (None: as many as there are
    processors for them); `seconds` for the whole check, `run_seconds` and `states` for each run;
    `engine`: tlc, or interpreter, which needs no Java, decides safety of small models and leaves
    temporal properties open; `fail_fast`: stop at the first verdict that is not expected;
    `reduction`: merge steps and forget dead locals; `keep`: a folder for TLC's files and output;
    `java`, `jar`: tools to be used instead of those that are found; `outside`: bases may lie outside
    the project; `cache`: a folder of what was found before, for this check to use and to add to;
    `shard`: only part I of N of the cells, as (I, N), of which `merge` makes a whole again;
    `places`: where policies and scenarios were asked for, if not on the command line.

    Raises ValueError for an engine that there is not and for numbers that are not above zero.
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
    engine: Literal["tlc", "interpreter"] = "tlc"
    cache: Path | None = None
    shard: tuple[int, int] | None = None
    places: Mapping[str, Span] = field(default_factory=dict)

    def __post_init__(self) -> None:
        if self.engine not in ("tlc", "interpreter"):
            raise ValueError(f"engine is {self.engine!r}, and has to be 'tlc' or 'interpreter'")
        for name in ("workers", "jobs", "seconds", "run_seconds", "states"):
            value = getattr(self, name)
            if value is not None and not value > 0:
                raise ValueError(f"{name} is {value!r}, and has to be above zero")

    @property
    def overrides(self) -> tuple[tuple[str, str], ...]:
        """The constants as text."""
        return tuple((name, str(value)) for name, value in self.constants.items())


@dataclass(frozen=True, slots=True)
class Progress:
    """Where a check is: runs ended and planned, distinct states found and still to be examined in
    those under way, seconds so far."""

    done: int
    runs: int
    states: int | None
    queue: int | None
    seconds: float


def check_file(
    path: str | os.PathLike[str],
    options: Options | None = None,
    on_progress: Callable[[Progress], None] | None = None,
    cancel: threading.Event | None = None,
    text: str | bytes | None = None,
    contents: Contents | None = None,
) -> Result:
    """Checks one file (`-`: standard input), or `text` as if it stood in that file.

    `contents` is where files come from otherwise, the disk unless it is given.  `on_progress` is called from
    other threads, whenever an engine tells how far it is; `cancel`, once set, ends the check with what is
    known.  Whatever goes wrong is in the result.  Ctrl-C raises KeyboardInterrupt as usual, after TLC was
    ended.
    """
    started = time.monotonic()
    path, options = os.fspath(path), options or Options()
    text = encoded(text)
    store, mark = store_of(options)
    key = ""
    # Whole results are compared with what is on the disk; cells are known by what their files say.
    if store is not None and contents is None:
        text = content(path) if text is None else text
        names = (options.properties, options.policies, options.scenarios, options.overrides)
        digest = "" if text is None else hashlib.sha256(text).hexdigest()
        how = (options.engine, options.reduction, options.outside, options.shard)
        key = fingerprint("file", mark, path, within_project(path), digest, *names, *how)
        known = known_result(store, key, outside=options.outside)
        if known is not None and known.evidence is not None:
            evidence = replace(known.evidence, seconds=time.monotonic() - started)
            # The limits of the check that found it are none of this one.
            return replace(known, evidence=evidence, asked=asked_of(options))
    # What is known needs neither the language nor the engines, which take a while to import.
    from .load import load
    from .matrix import check_loaded

    loaded = load(path, options.constants, outside=options.outside, text=text, contents=contents)
    result = check_loaded(loaded, options, on_progress, cancel, started)
    decided = result.evidence is not None and result.evidence.complete and not result.stopped
    if store is not None and key and result.verdicts and decided and result.failure is None:
        store.put(key, result_data(result))
    return result


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
        options.fail_fast, options.reduction, options.outside, tool,
    )  # fmt: skip


def _mark(options: Options) -> str:
    """The mark of the tools that decide."""
    return tool_mark(find_jar(options.jar) if options.engine == "tlc" else None)


def within_project(path: str) -> str:
    """Where in its project a file lies: from there a base is inside of the project or not."""
    own = "stdin" if path == "-" else path
    return os.path.relpath(real_path(own), project(own))


def known_result(store: Store, key: str, *, outside: bool) -> Result | None:
    """The whole result that was kept under `key`, which stands for all but the bases of a variant; None when
    there is none, or a base says something else by now or lies where it may not (`outside`: it may)."""
    try:
        result = result_of(store.get(key), ours=True)
    except Unreadable:
        return None
    for path, source in result.sources.items():
        if path not in (result.path, PRELUDE):
            real = real_path(path)
            if not outside and not real.is_relative_to(project(result.path)):
                return None
            now, faults, _ = read(os.fspath(real))
            if now is None or faults.errors or now.text != source.text:
                return None
    verdicts = tuple(replace(v, evidence=_as_cached(v.evidence)) for v in result.verdicts)
    return replace(result, verdicts=verdicts, evidence=_as_cached(result.evidence))


def _as_cached(evidence: Evidence | None) -> Evidence | None:
    return evidence and replace(evidence, cached=evidence.runs)
