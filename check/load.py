"""Files: from a path to a checked model, variants and their bases included."""

from __future__ import annotations

import os
import sys
from collections.abc import Callable, Mapping
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
    no `cells` when a diagnostic is an error.  `specification` is the tree, a variant laid over its base; None
    when it cannot be read or parsed."""

    path: str
    sources: Mapping[str, Source]
    diagnostics: tuple[Diagnostic, ...]
    cells: tuple[Cell, ...]
    specification: Tree | None = None


Contents = Callable[[str], bytes]
"""The content of a file by its path; raises OSError."""


def load(
    path: str | os.PathLike[str],
    constants: Mapping[str, object] | None = None,
    *,
    outside: bool = False,
    text: str | bytes | None = None,
    contents: Contents | None = None,
) -> Loaded:
    """Reads, checks and lowers a model.

    `path` is a file, or `-` for standard input; `constants` gives constants other values, as text or as
    Python's own; `outside` lets a variant's base lie outside the project (the nearest folder above the
    file with a `.git`, `pyproject.toml` or `pfnspec.toml`, otherwise the file's own folder); `text` is the
    content when it is known already; `contents` is where files come from otherwise, the disk unless it is
    given.  Nothing is raised for bad input.
    """
    path = os.fspath(path)
    values = {name: str(value) for name, value in (constants or {}).items()}
    gathered = gather(path, outside=outside, text=encoded(text), contents=contents)
    found, sources = gathered.found, gathered.sources
    specification = None if found.errors else gathered.tree
    cells: list[Cell] = []
    for scenario in () if specification is None else scenario_names(specification):
        assert specification is not None
        checked, faults = check(specification, values, scenario)
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
    return Loaded(path, sources, found.sorted(), () if found.errors else tuple(cells), specification)


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
    contents: Contents | None = None,
    memories: dict[str, Memory] | None = None,
) -> Gathered:
    """Reads a file and its bases, also when there are faults in them.

    The arguments are those of `load`; `memories` holds what was read of each file before.
    """
    reader = _Reader(path, outside, contents, memories)
    reader.into.tree = reader.tree(path, text)
    return reader.into


def overlaid(texts: Mapping[str, str]) -> Contents:
    """Files as they are on the disk, but for those whose texts are given by their real paths."""

    def contents(path: str) -> bytes:
        text = texts.get(os.path.realpath(path))
        return _bytes(path) if text is None else text.encode("utf-8", "surrogatepass")

    return contents


def files(path: str, *, outside: bool = False) -> tuple[str, ...]:
    """Every file that a model is made of, one that cannot be read included; arguments as for `load`."""
    reader = _Reader(path, outside, None, None)
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


def verdict_cache() -> Path | None:
    """Where verdicts are kept between runs; None when there is no such place."""
    folder = cache()
    return None if folder is None else folder / "verdicts"


def grammar_cache() -> str | None:
    """Where the grammar's tables are kept between runs; None when there is no such place."""
    folder = cache()
    version = "".join(str(number) for number in sys.version_info[:2])
    return None if folder is None else str(folder / f"grammar-{version}.bin")


class _Reader:
    def __init__(
        self, path: str, outside: bool, contents: Contents | None, memories: dict[str, Memory] | None
    ) -> None:
        self.into = Gathered()
        self.found = self.into.found
        self.outside = outside
        self.contents = contents
        self.memories = memories
        self.asked: dict[str, None] = {}
        self.path = "stdin" if path == "-" else path

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
        real = _real(base)
        if real in [known for known, _ in trail] or (path != "-" and real == _real(path)):
            self.found.add("variant-cycle", place, f"`{parsed.header.base}` varies this file in turn")
            return None
        if len(trail) >= MAX_BASES:
            self.found.add("variant-cycle", place, f"more than {MAX_BASES} variants of variants")
            return None
        if not self.outside and not real.is_relative_to(project(self.path)):
            help = "move it into the project, or allow it with `--allow-outside`"
            self.found.add("base-outside", place, f"`{parsed.header.base}` lies outside the project", help)
            return None
        known = (*trail, (_real(path), place))
        below = self.tree(os.path.normpath(base), None, known)
        if below is None:
            return None
        merged, faults = vary(parsed, below, self.into.lost)
        self.found.extend(faults.sorted())
        return merged

    def source(self, path: str, text: bytes | None, asked: Span | None) -> Source | None:
        self.asked[path] = None
        source, faults, _ = read(path, text, asked, self.contents)
        self.found.extend(faults.sorted())
        if source is not None:
            self.into.sources[path] = source
        return None if faults.errors else source


def read(
    path: str, text: bytes | None = None, asked: Span | None = None, contents: Contents | None = None
) -> tuple[Source | None, Diagnostics, bytes]:
    """The source of a file with `\\n` line ends, what is wrong with it, and its bytes.

    `asked` is the place that asks for the file; `contents` is as for `load`.  A source with faults is good
    for showing them only.
    """
    found = Diagnostics()
    place = asked or Span(path, 1, 1, 1, 1)
    try:
        data = text if text is not None else (contents or _bytes)(path)
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


def encoded(text: str | bytes | None) -> bytes | None:
    """A text as a file would hold it."""
    # What UTF-8 cannot hold is told when it is read.
    return text.encode("utf-8", "surrogatepass") if isinstance(text, str) else text


def _position(path: str, before: str) -> Span:
    """The character behind the text `before`."""
    line, column = before.count("\n") + 1, len(before) - (before.rfind("\n") + 1) + 1
    return Span(path, line, column, line, column + 1)


def _bytes(path: str) -> bytes:
    if path == "-":
        # A notebook's has text only.
        stream = getattr(sys.stdin, "buffer", None)
        if stream is None:
            raise ValueError("there is no standard input")
        return bytes(stream.read(MAX_BYTES + 1))
    with open(path, "rb") as file:
        return file.read(MAX_BYTES + 1)


def project(path: str | Path) -> Path:
    """The root of the project that a file belongs to: the nearest folder above it with one of the marks,
    otherwise its own."""
    own = _real(path).parent
    for folder in (own, *own.parents):
        if any(os.path.exists(folder / mark) for mark in _ROOT_MARKS):
            return folder
    return own


def _real(path: str | Path) -> Path:
    """Without links, as far as can be; nothing is raised for a name that no file has."""
    try:
        return Path(os.path.realpath(path))
    except ValueError:
        return Path(os.path.abspath(path))
