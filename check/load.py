"""Files: from a path to a checked model, variants and their bases included."""

from __future__ import annotations

import os
import sys
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

from ..dsl import model, prelude
from ..dsl.declarations import check
from ..dsl.diagnostics import Diagnostic, Diagnostics
from ..dsl.memory import Memory
from ..dsl.parse import read as read_source
from ..dsl.recover import Lost
from ..dsl.scenarios import scenario_names
from ..dsl.source import Source, Span
from ..dsl.tree import Tree
from ..dsl.variants import vary
from ..translator.lower import lower
from ..translator.program import Program

MAX_BYTES = 4 * 1024 * 1024
MAX_BASES = 16
_ROOT_MARKS = (".git", "pyproject.toml", "pfnspec.toml")


@dataclass(frozen=True, slots=True)
class Cell:
    """A model in one of its scenarios, under one wait policy (None: it has no waiting site to decide).

    `live` is the program for temporal properties: locks may keep queues there that safety can do without.
    """

    model: model.Model
    policy: str | None
    program: Program
    live: Program

    @property
    def scenario(self) -> str | None:
        return self.model.scenario


@dataclass(frozen=True, slots=True)
class Loaded:
    """What came of a file.  `sources` has every file that was read, by its path as shown; there are
    no `cells` when a diagnostic is an error."""

    path: str
    sources: Mapping[str, Source]
    diagnostics: tuple[Diagnostic, ...]
    cells: tuple[Cell, ...]


def load(
    path: str,
    constants: Mapping[str, str] | None = None,
    *,
    outside: bool = False,
    text: bytes | None = None,
    unsaved: Mapping[str, str] | None = None,
) -> Loaded:
    """Reads, checks and lowers a model.

    `path` is a file, or `-` for standard input; `constants` gives constants other values; `outside`
    lets a variant's base lie outside the project (the nearest folder above the file with a `.git`,
    `pyproject.toml` or `pfnspec.toml`, otherwise the file's own folder); `text` is the content when
    it is known already; `unsaved` holds texts, by real path, that count instead of the files.  Nothing is
    raised for bad input.
    """
    gathered = gather(path, outside=outside, text=text, unsaved=unsaved)
    found, sources = gathered.found, gathered.sources
    specification = None if found.errors else gathered.tree
    cells: list[Cell] = []
    for scenario in () if specification is None else scenario_names(specification):
        assert specification is not None
        checked, faults = check(specification, constants, scenario)
        found.extend(faults.sorted())
        if checked is None:
            continue
        for policy in checked.choices or (None,):
            program, faults = lower(checked, policy)
            found.extend(faults.sorted())
            if program is None:
                continue
            live = lower(checked, policy, fair_to_writers=True)[0] if program.temporal else program
            cells.append(Cell(checked, policy, program, live or program))
    if any(cell.model.policies for cell in cells):
        sources[prelude.PATH] = prelude.source()
    return Loaded(path, sources, found.sorted(), () if found.errors else tuple(cells))


@dataclass(slots=True)
class Gathered:
    """A file and the bases that it varies, by their paths as shown.

    `tree` is that of the file laid over its bases, as far as they could be read, None where nothing can be
    said of it; `trees` are those of each file alone; `lost` is what could not be read, None when all was.
    """

    tree: Tree | None = None
    trees: dict[str, Tree] = field(default_factory=dict)
    sources: dict[str, Source] = field(default_factory=dict)
    lost: Lost | None = None
    found: Diagnostics = field(default_factory=Diagnostics)


def gather(
    path: str,
    *,
    outside: bool = False,
    text: bytes | None = None,
    unsaved: Mapping[str, str] | None = None,
    memories: dict[str, Memory] | None = None,
) -> Gathered:
    """Reads a file and its bases, also when there are faults in them.

    The arguments are those of `load`; `memories` holds what was read of each file before.
    """
    reader = _Reader(path, outside, unsaved or {}, memories)
    reader.into.tree = reader.tree(path, text)
    return reader.into


def files(path: str, *, outside: bool = False) -> tuple[str, ...]:
    """Every file that a model is made of, one that cannot be read included; arguments as for `load`."""
    reader = _Reader(path, outside, {}, None)
    reader.tree(path, None)
    return tuple(reader.asked)


def cache() -> Path | None:
    """The folder of what is kept between runs; None when there is none that can be written."""
    base = os.environ.get("PFNSPEC_CACHE") or os.environ.get("XDG_CACHE_HOME")
    try:
        folder = Path(base) / "pfnspec" if base else Path.home() / ".cache" / "pfnspec"
        folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    except (OSError, RuntimeError):
        return None
    return folder if os.access(folder, os.W_OK) else None


def grammar_cache() -> str | None:
    """Where the grammar's tables are kept between runs; None when there is no such place."""
    folder = cache()
    version = "".join(str(number) for number in sys.version_info[:2])
    return None if folder is None else str(folder / f"grammar-{version}.bin")


class _Reader:
    def __init__(
        self, path: str, outside: bool, unsaved: Mapping[str, str], memories: dict[str, Memory] | None
    ) -> None:
        self.into = Gathered()
        self.found = self.into.found
        self.outside = outside
        self.unsaved = unsaved
        self.memories = memories
        self.asked: dict[str, None] = {}
        self.root = project(Path.cwd() / "stdin" if path == "-" else Path(path))

    def tree(self, path: str, text: bytes | None, trail: tuple[tuple[Path, Span], ...] = ()) -> Tree | None:
        source = self.source(path, text, trail[-1][1] if trail else None)
        if source is None:
            return None
        memory = None if self.memories is None else self.memories.setdefault(path, Memory())
        reading = read_source(source, grammar_cache(), memory)
        parsed = reading.tree
        self.found.extend(reading.found.sorted())
        if reading.lost is not None:
            self.into.lost = reading.lost if self.into.lost is None else self.into.lost | reading.lost
        if parsed is not None:
            self.into.trees[path] = parsed
        if parsed is None or parsed.header.base is None:
            return parsed
        place = parsed.header.span
        base = Path(path if path != "-" else "stdin").parent / parsed.header.base
        real = base.resolve()
        if real in [known for known, _ in trail] or (path != "-" and real == Path(path).resolve()):
            self.found.add("variant-cycle", place, f"`{parsed.header.base}` varies this file in turn")
            return None
        if len(trail) >= MAX_BASES:
            self.found.add("variant-cycle", place, f"more than {MAX_BASES} variants of variants")
            return None
        if not self.outside and not real.is_relative_to(self.root):
            help = "move it into the project, or allow it with `--allow-outside`"
            self.found.add("base-outside", place, f"`{parsed.header.base}` lies outside the project", help)
            return None
        known = (*trail, (Path(path).resolve(), place))
        open_text = self.unsaved.get(os.fspath(real))
        below = self.tree(
            os.path.normpath(base), None if open_text is None else open_text.encode("utf-8", "replace"), known
        )
        if below is None:
            return None
        merged, faults = vary(parsed, below, self.into.lost)
        self.found.extend(faults.sorted())
        return merged

    def source(self, path: str, text: bytes | None, asked: Span | None) -> Source | None:
        self.asked[path] = None
        source, faults, _ = read(path, text, asked)
        self.found.extend(faults.sorted())
        if source is not None:
            self.into.sources[path] = source
        return None if faults.errors else source


def read(
    path: str, text: bytes | None = None, asked: Span | None = None
) -> tuple[Source | None, Diagnostics, bytes]:
    """The source of a file with `\\n` line ends, what is wrong with it, and its bytes.

    `asked` is the place that asks for the file.  A source with faults is good for showing them only.
    """
    found = Diagnostics()
    place = asked or Span(path, 1, 1, 1, 1)
    try:
        data = text if text is not None else _bytes(path)
    except (OSError, ValueError) as fault:
        reason = fault.strerror if isinstance(fault, OSError) and fault.strerror else str(fault)
        found.add("cannot-read", place, f"cannot read `{path}`: {reason}", "give the name of a file, or `-`")
        return None, found, b""
    if len(data) > MAX_BYTES:
        found.add("cannot-read", place, f"`{path}` has more than {MAX_BYTES // 2**20} MiB")
        return None, found, data
    try:
        content = data.decode("utf-8-sig")
    except UnicodeDecodeError as fault:
        before = data[: fault.start].decode("utf-8-sig", "replace")
        found.add("not-utf8", _position(path, before), "this byte is not UTF-8", "save the file as UTF-8")
        return Source(path, data.decode("utf-8", "replace").replace("\r\n", "\n")), found, data
    content = content.replace("\r\n", "\n")
    source = Source(path, content)
    if "\0" in content:
        where = _position(path, content[: content.index("\0")])
        found.add("bad-character", where, "a NUL character", "save the file as plain text")
    return source, found, data


def content(path: str) -> bytes | None:
    """The bytes of a file, or of standard input, as `load` takes them; None when it cannot be read."""
    try:
        return _bytes(path)
    except (OSError, ValueError):
        return None


def _position(path: str, before: str) -> Span:
    """The character behind the text `before`."""
    line, column = before.count("\n") + 1, len(before) - (before.rfind("\n") + 1) + 1
    return Span(path, line, column, line, column + 1)


def _bytes(path: str) -> bytes:
    if path == "-":
        if sys.stdin is None:
            raise ValueError("standard input is closed")
        return sys.stdin.buffer.read(MAX_BYTES + 1)
    with open(path, "rb") as file:
        return file.read(MAX_BYTES + 1)


def project(path: Path) -> Path:
    """The root of the project that a file belongs to: the nearest folder above it with one of the marks,
    otherwise its own."""
    own = path.resolve().parent
    for folder in (own, *own.parents):
        if any((folder / mark).exists() for mark in _ROOT_MARKS):
            return folder
    return own
