"""A project's configuration: `pfnspec.toml`, or `[tool.pfnspec]` in `pyproject.toml`."""

from __future__ import annotations

import os
import re
from collections.abc import Callable, Collection, Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from types import MappingProxyType

from ...dsl.advice import Advice
from ...dsl.diagnostics import Diagnostic, Diagnostics, did_you_mean
from ...dsl.source import Source, Span
from ...dsl.toml import NotToml, on_a_line, toml
from .files import DISK, Files, project, read

NAME = "pfnspec.toml"
_SHARED = "pyproject.toml"
_HISTORIES = frozenset({".git", ".hg", ".svn", ".bzr", ".jj"})
_TABLE = ("tool", "pfnspec")


@dataclass(frozen=True, slots=True, kw_only=True)
class Configuration:
    """What a project asks of its checks; None or empty is what it does not say.

    `file` is where it was read, None when there is none.  `paths` are files, folders and patterns, seen from
    `folder`; so are the files of `reports`, by kind.  The others are the options of `pfnspec check` that have
    their names: seconds, numbers, names.
    """

    folder: Path
    file: Path | None = None
    source: Source | None = None
    table: tuple[str, ...] = ()
    paths: tuple[str, ...] = ()
    timeout: float | None = None
    run_timeout: float | None = None
    max_states: int | None = None
    jobs: int | None = None
    workers: int | None = None
    width: int | None = None
    policies: tuple[str, ...] = ()
    scenarios: tuple[str, ...] = ()
    reports: Mapping[str, str] = field(default_factory=lambda: MappingProxyType({}))

    def place(self, *keys: str) -> Span:
        """Where a key stands; looking for it takes a while."""
        return _place(self.source or Source("", ""), (*self.table, *keys))


@dataclass(frozen=True, slots=True)
class Configured:
    """What came of reading it: None with an error among the `diagnostics`; `sources` by path as shown."""

    configuration: Configuration | None
    diagnostics: tuple[Diagnostic, ...]
    sources: Mapping[str, Source]


def configured(
    start: Path, kinds: Collection[str], file: Path | None = None, *, files: Files = DISK
) -> Configured:
    """The configuration that holds in the folder `start`.

    It stands in the project's root: the nearest folder, from `start` upwards, that has a `.git`, a
    `pyproject.toml` or a `pfnspec.toml`; its paths are seen from there.  `file` is read instead when it is
    given (a `pyproject.toml`, or any other name for what a `pfnspec.toml` holds); its paths are seen from
    `start`.  No path leads out of the project.  `kinds` are those of reports; `files` is where it is looked
    for.  Nothing is raised for bad input.
    """
    root = project(start.resolve() / NAME, files.exists)
    if file is not None:
        table = _TABLE if file.name == _SHARED else ()
        return _Reader(file, start, root, table, kinds, files).result(needed=True)
    own, shared = root / NAME, root / _SHARED
    there = files.is_file(os.fspath(own))
    if _mentions(shared, files):
        reader = _Reader(shared, root, root, _TABLE, kinds, files)
        if not there:
            return reader.result()
        if reader.tables is not None:
            reader.fault((), f"this table and `{NAME}` both configure pfnspec", "keep one of the two")
            return reader.result()
    if not there:
        return Configured(Configuration(folder=root), (), {})
    return _Reader(own, root, root, (), kinds, files).result()


def _mentions(shared: Path, files: Files) -> bool:
    """Whether it is worth reading: most such files have nothing to say about pfnspec."""
    try:
        return b"pfnspec" in files.contents(shown(shared))
    except (OSError, ValueError):
        return False


class _Reader:
    """One file, read when it is made; `tables` is what it says about pfnspec, None without such a table."""

    def __init__(
        self, file: Path, folder: Path, root: Path, above: tuple[str, ...], kinds: Collection[str],
        files: Files,
    ) -> None:  # fmt: skip
        self.file, self.folder, self.root, self.above, self.kinds = file, folder, root, above, kinds
        self.path = shown(file)
        self.diagnostics = Diagnostics()
        source, faults, _ = read(self.path, contents=files.contents)
        self.diagnostics.extend(faults)
        self.source = source or Source(self.path, "")
        self.tables: object = None if self.diagnostics.errors else self._parsed()
        for name in above:
            self.tables = self.tables.get(name) if isinstance(self.tables, dict) else None

    def result(self, needed: bool = False) -> Configured:
        """`needed`: it is a fault when the file has no such table."""
        values: dict[str, object] = {}
        if isinstance(self.tables, dict):
            values = {key.replace("-", "_"): value for key, value in self._values(self.tables)}
            values |= {"file": self.file, "source": self.source, "table": self.above}
        elif self.tables is not None:
            self.fault((), f"`tool.pfnspec` takes a table, not {_told(self.tables)}")
        elif needed and not self.diagnostics.errors:
            place = Span(self.path, 1, 1, 1, 1)
            self.diagnostics.add("configuration", place, "this file has no table `[tool.pfnspec]`")
        sources = {self.path: self.source}
        if self.diagnostics.errors:
            return Configured(None, self.diagnostics.sorted(), sources)
        return Configured(Configuration(folder=self.folder, **values), (), sources)  # type: ignore[arg-type]

    def fault(self, keys: tuple[str, ...], message: str, help: Advice | str | None = None) -> None:
        place = _place(self.source, (*self.above, *keys))
        self.diagnostics.add("configuration", place, on_a_line(message), help)

    def _parsed(self) -> object:
        try:
            return toml(self.source)
        except NotToml as fault:
            self.diagnostics.add("configuration", fault.place, str(fault))
            return None

    def _values(self, tables: Mapping[str, object]) -> Iterator[tuple[str, object]]:
        for key, value in tables.items():
            if key not in SETTINGS:
                known = sorted(SETTINGS)
                help = did_you_mean(key, known) or f"there are: {', '.join(known)}"
                self.fault((key,), f"there is no setting `{key}`", help)
                continue
            fits, wanted = SETTINGS[key]
            if not fits(value):
                self.fault((key,), f"`{key}` takes {wanted}, not {_told(value)}")
            elif isinstance(value, dict):
                yield key, MappingProxyType(dict(self._reports(value)))
            elif isinstance(value, list):
                if key == "paths":
                    value = [path for path in value if self._inside((key,), path)]
                yield key, tuple(value)
            else:
                yield key, value

    def _reports(self, reports: Mapping[str, object]) -> Iterator[tuple[str, str]]:
        for kind, path in reports.items():
            keys = ("reports", kind)
            if kind not in self.kinds:
                close = did_you_mean(kind, self.kinds) or f"there are: {', '.join(self.kinds)}"
                self.fault(keys, f"there is no kind of report `{kind}`", close)
            elif not isinstance(path, str) or not path.strip() or "\0" in path:
                self.fault(keys, f"`{kind}` takes the name of a file, not {_told(path)}")
            elif self._inside(keys, path) and self._outside_history(keys, path):
                yield kind, path

    def _inside(self, keys: tuple[str, ...], path: str) -> bool:
        """Whoever checks a stranger's project does not want to have other files read or written."""
        inside = Path(os.path.realpath(self.folder / path)).is_relative_to(self.root)
        if not inside:
            self.fault(keys, f"`{path}` lies outside the project", "name it on the command line")
        return inside

    def _outside_history(self, keys: tuple[str, ...], path: str) -> bool:
        """What a version control keeps of the project is nobody's to write to, new files included: they may
        be run."""
        parts = Path(os.path.realpath(self.folder / path)).relative_to(self.root).parts
        kept = next((part for part in parts if part.lower() in _HISTORIES), None)
        if kept is not None:
            self.fault(keys, f"`{path}` lies in `{kept}`", "no report is written there")
        return kept is None


def _place(source: Source, keys: tuple[str, ...]) -> Span:
    """Where a key stands: at the last line that has its name and before which the file lacks it."""
    word = re.compile(rf"(?<![\w-]){re.escape(keys[-1])}(?![\w-])")
    for number in range(len(source.lines), 0, -1):
        match = word.search(source.line(number))
        if match and _lacks("\n".join(source.lines[: number - 1]), keys):
            return Span(source.path, number, match.start() + 1, number, match.end() + 1)
    return Span(source.path, 1, 1, 1, 1)


def _lacks(text: str, keys: tuple[str, ...]) -> bool:
    """Whether this is a whole file that does not set the key."""
    import tomllib

    try:
        value: object = tomllib.loads(text)
    except ValueError:
        return False
    for key in keys:
        if not isinstance(value, dict) or key not in value:
            return True
        value = value[key]
    return False


def shown(path: str | Path) -> str:
    """A path as a user in this folder would write it."""
    try:
        return os.path.relpath(path)
    except ValueError:
        return os.fspath(path)


def _told(value: object) -> str:
    match value:
        case bool():
            return f"`{str(value).lower()}`"
        case int() | float():
            return f"`{value}`"
        case str():
            return "a text" if value.strip() else "an empty text"
        case list():
            odd = next((one for one in value if not isinstance(one, str) or not one.strip()), None)
            return "an empty list" if not value else "a list" if odd is None else f"a list with {_told(odd)}"
        case dict():
            return "a table"
        case _:
            return "a date or time"


def _number(value: object) -> bool:
    return isinstance(value, int) and not isinstance(value, bool) and 0 < value < 10**12


def _seconds(value: object) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool) and 0 < value < 10**9


def _texts(value: object) -> bool:
    return (
        isinstance(value, list)
        and bool(value)
        and all(isinstance(one, str) and one.strip() and "\0" not in one for one in value)
    )


def _table(value: object) -> bool:
    return isinstance(value, dict)


_SECONDS, _NUMBER = "a number of seconds above zero", "a whole number above zero"
SETTINGS: dict[str, tuple[Callable[[object], bool], str]] = {
    "paths": (_texts, "a list of files, folders and patterns"),
    "timeout": (_seconds, _SECONDS),
    "run-timeout": (_seconds, _SECONDS),
    "max-states": (_number, _NUMBER),
    "jobs": (_number, _NUMBER),
    "workers": (_number, _NUMBER),
    "width": (_number, _NUMBER),
    "policies": (_texts, "a list of wait policies"),
    "scenarios": (_texts, "a list of scenarios"),
    "reports": (_table, "a table of kinds and files"),
}
"""Each setting: what fits it, and in words."""
