"""`NAME.recordings.toml` beside `NAME.pfn`: the recordings that a model has to explain, or to refuse."""

from __future__ import annotations

import os
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from pathlib import Path

from ..check.project.files import Contents, is_there, project, read
from ..check.project.paths import lies_in
from ..dsl.advice import Advice
from ..dsl.diagnostics import Diagnostic, Diagnostics, did_you_mean
from ..dsl.source import Source, Span
from ..dsl.toml import NotToml, on_a_line, toml
from ..recording.result import EXPLAINED, UNEXPLAINED
from ..recording.times import seconds_of

_KEYS = ("files", "expect", "binding", "scenario", "policy", "skew", "from", "to", "threads")
_TEXTS = ("binding", "scenario", "policy")


@dataclass(frozen=True, slots=True)
class Declared:
    """Recordings that are compared in the same way.

    `paths` are files as a user in this folder would write them, `names` the same as they are written;
    `expected` is what has to come of each.  The others are the options of `pfnspec validate` that have their
    names; times are seconds.  `place` is where it stands.
    """

    names: tuple[str, ...]
    paths: tuple[str, ...]
    expected: str
    place: Span
    binding: str | None = None
    scenario: str | None = None
    policy: str | None = None
    skew: float = 0.0
    begin: float | None = None
    end: float | None = None
    threads: tuple[str, ...] = ()

    def only(self, number: int) -> Declared:
        """The same of one recording."""
        return replace(self, names=self.names[number : number + 1], paths=self.paths[number : number + 1])


@dataclass(frozen=True, slots=True)
class Recordings:
    """What the file says; nothing is `declared` where `diagnostics` say what is wrong with it."""

    declared: tuple[Declared, ...]
    diagnostics: tuple[Diagnostic, ...]
    sources: Mapping[str, Source]


def own_recordings(path: str) -> str:
    """Where the recordings of a model are named."""
    return os.fspath(Path(path).with_suffix(".recordings.toml"))


def recordings(path: str, contents: Contents | None = None) -> Recordings | None:
    """The recordings of the model at `path`; None where no file beside it names any.  `contents` is where
    that file comes from, the disk unless it is given."""
    table = own_recordings(path)
    if not is_there(table, contents):
        return None
    diagnostics = Diagnostics()
    source, faults, _ = read(table, contents=contents)
    diagnostics.extend(faults.sorted())
    sources = {} if source is None else {table: source}
    made: tuple[Declared, ...] = ()
    if source is not None and not diagnostics.errors:
        made = tuple(_Reader(source, diagnostics).all())
    return Recordings(() if diagnostics.errors else made, diagnostics.sorted(), sources)


class _Reader:
    def __init__(self, source: Source, diagnostics: Diagnostics) -> None:
        self.source = source
        self.diagnostics = diagnostics
        self.folder = Path(source.path).parent
        heads = (number for number, line in enumerate(source.lines, start=1) if "recording" in line)
        self.heads = [n for n in heads if re.match(r"\s*\[\[\s*recording\s*\]\]", source.line(n))]
        self.root = project(source.path)

    def fault(self, place: Span, message: str, help: str | Advice | None = None) -> None:
        self.diagnostics.add("recordings", place, on_a_line(message), help)

    def all(self) -> Iterator[Declared]:
        first = Span(self.source.path, 1, 1, 1, 1)
        try:
            table = toml(self.source)
        except NotToml as fault:
            self.fault(fault.place, str(fault))
            return
        entries = table.pop("recording", None)
        for name in table:
            self.fault(first, f"there is no `{name}` here", "write each recording as `[[recording]]`")
        if not isinstance(entries, list) or not entries or not all(isinstance(one, dict) for one in entries):
            self.fault(first, "no recording is named", 'write `[[recording]]`, and `files = ["NAME"]` below')
            return
        for number, entry in enumerate(entries):
            line = self.heads[number] if number < len(self.heads) else 1
            place = Span(self.source.path, line, 1, line, len(self.source.line(line)) + 1)
            made = self.entry(entry, place)
            if made is not None:
                yield made

    def entry(self, entry: Mapping[str, object], place: Span) -> Declared | None:
        for key in entry:
            if key not in _KEYS:
                help = did_you_mean(key, _KEYS) or f"there are: {', '.join(_KEYS)}"
                self.fault(place, f"there is no `{key}` of a recording", help)
                return None
        files = _texts(entry.get("files"))
        threads = _texts(entry.get("threads", []))
        if not files or threads is None:
            key = "threads" if files else "files"
            self.fault(place, f"`{key}` takes a list of texts")
            return None
        odd = next((name for name in files if name == "-" or "\0" in name), None)
        if odd is not None:
            self.fault(place, f"`{odd}` is no name of a file")
            return None
        expected = entry.get("expect", EXPLAINED)
        if expected not in (EXPLAINED, UNEXPLAINED):
            self.fault(place, f'`expect` takes "{EXPLAINED}", or "{UNEXPLAINED}" for a model that is wrong')
            return None
        texts = {key: entry[key] for key in _TEXTS if key in entry}
        odd = next((key for key, value in texts.items() if not isinstance(value, str) or not value), None)
        if odd is not None:
            self.fault(place, f"`{odd}` takes a name")
            return None
        times: dict[str, float] = {}
        for key in ("skew", "from", "to"):
            try:
                if key in entry:
                    times[key] = seconds_of(str(entry[key]))
            except ValueError as fault:
                self.fault(place, f"`{key}`: {fault}")
                return None
        paths = tuple(os.path.normpath(self.folder / name) for name in files)
        for name, path in zip(files, paths, strict=True):
            if not lies_in(path, self.root):
                self.fault(place, f"`{name}` lies outside the project", "name it on the command line")
                return None
        return Declared(
            files, paths, str(expected), place, skew=times.get("skew", 0.0), begin=times.get("from"),
            end=times.get("to"), threads=threads, **texts,  # type: ignore[arg-type]
        )  # fmt: skip


def _texts(value: object) -> tuple[str, ...] | None:
    if not isinstance(value, list) or not all(isinstance(one, str) and one.strip() for one in value):
        return None
    return tuple(value)
