"""The project's configuration before and after a change: the models that it names, the limits it sets."""

from __future__ import annotations

import os
from collections.abc import Collection, Iterable, Iterator
from dataclasses import dataclass, replace
from pathlib import Path

from ..check.options import Options
from ..check.project.configuration import SETTINGS, Configuration, configured
from ..check.project.files import Files
from ..dsl.source import Span
from .comparison.difference import NEUTRAL, STRONGER, WEAKER, Difference
from .git import Checkout
from .selection import Selection, selection

LIMITS = {"timeout": "seconds", "run-timeout": "run_seconds", "max-states": "states"}
"""The settings that end a check early, and what they are called among its options."""

ONLY = ("policies", "scenarios")
"""The settings that choose a part of what a model has; empty is all."""

UNFELT = ("jobs", "workers", "width", "reports")
"""The settings that no verdict depends on."""


@dataclass(frozen=True, slots=True)
class Configurations:
    """The configuration at the base and the present one."""

    before: Configuration
    now: Configuration


def former(tree: Checkout, start: Path, kinds: Collection[str], file: Path | None) -> Configuration | None:
    """The configuration that held in the folder `start` at the base; None when it was wrong.

    `file` is the one that is named now; where it was not there yet, the usual one counted.
    """
    files = Files(tree.had, tree.had, tree.content)
    named = file if file is not None and tree.had(os.fspath(file)) else None
    return configured(start, kinds, named, files=files).configuration


def selected(configuration: Configuration, tree: Checkout, *, then: bool) -> Selection:
    """The files of a checkout that a configuration names, through links too, all models where it names
    none; `then`: at the base."""
    folder = os.path.realpath(configuration.folder)
    seen = (os.path.relpath(os.path.join(folder, pattern), tree.root) for pattern in configuration.paths)
    return selection(tree.leads(path.replace(os.sep, "/"), then=then) or path for path in seen)


def unlimited(options: Options, both: Configurations) -> Options:
    """The options with the limits that they leave open: the wider ones of the two configurations, so that
    no change decides how far it is looked at."""
    found: dict[str, object] = {}
    for setting, option in LIMITS.items():
        values = [_value(of, setting) for of in (both.before, both.now)]
        if getattr(options, option) is None and None not in values:
            found[option] = max(values)  # type: ignore[type-var]
    return replace(options, **found)  # type: ignore[arg-type]


def compare_settings(both: Configurations, lost: Iterable[str], gained: bool) -> Iterator[Difference]:
    """What became of each setting.  `lost` are the models that `paths` do not name any more, and would
    still have named before; `gained`: they name others."""
    before, now = both.before, both.now
    if before.file is not None and now.file is None:
        yield _difference(both, None, NEUTRAL, "there is no configuration any more")
    elif before.file is not None and now.file is not None and before.file != now.file:
        yield _difference(both, None, NEUTRAL, "the configuration stands in another file")
    for setting in SETTINGS:
        one, other = _value(before, setting), _value(now, setting)
        if setting == "paths":
            missing = list(lost)
            if one == other and before.folder == now.folder and not missing:
                continue
            if missing:
                more = f" and {len(missing) - 1} more" if len(missing) > 1 else ""
                message = f"`pfnspec check` no longer comes to {missing[0]}{more}"
                yield _difference(both, setting, WEAKER, message)
            elif one and not other:
                message = "no file is named any more: `pfnspec check` by itself checks nothing"
                yield _difference(both, setting, WEAKER, message)
            elif one != other or gained:
                said = (
                    (STRONGER, "more models are named") if gained else (NEUTRAL, "the same models are named")
                )
                yield _difference(both, setting, *said)
        elif one != other:
            yield _difference(both, setting, *_change(setting, one, other))


def _value(of: Configuration, setting: str) -> object:
    return getattr(of, setting.replace("-", "_"))


def _change(setting: str, one: object, other: object) -> tuple[str, str]:
    said = f"{_told(one)} -> {_told(other)}"
    if setting in LIMITS:
        lower = other is not None and (one is None or other < one)  # type: ignore[operator]
        if lower:
            return WEAKER, f"{said}: checks end earlier, undecided"
        return STRONGER, f"{said}: checks go further"
    if setting in ONLY:
        assert isinstance(one, tuple)
        assert isinstance(other, tuple)
        if other and (not one or not set(one) <= set(other)):
            return WEAKER, f"{said}: fewer {setting} are checked"
        same = set(one) == set(other)
        return (NEUTRAL, said) if same else (STRONGER, f"{said}: more {setting} are checked")
    assert setting in UNFELT
    return NEUTRAL, "it is written otherwise" if setting == "reports" else said


def _told(value: object) -> str:
    match value:
        case None:
            return "none"
        case ():
            return "all"
        case tuple():
            return ", ".join(str(one) for one in value)
        case _:
            return f"{value:g}" if isinstance(value, float) else str(value)


def _difference(both: Configurations, setting: str | None, effect: str, message: str) -> Difference:
    """`setting` None: about the file."""
    about = "configuration" if setting is None else f"configuration.{setting}"
    places = (_place(of, setting) for of in (both.before, both.now))
    return Difference(f"{setting or 'configuration'}-changed", effect, about, message, *places)


def _place(of: Configuration, setting: str | None) -> Span | None:
    if of.source is None:
        return None
    if setting is None:
        return of.place(*of.table[-1:]) if of.table else Span(of.source.path, 1, 1, 1, 1)
    return of.place(setting) if _value(of, setting) else None
