"""Files: from a path to a checked model, variants and their bases included."""

from __future__ import annotations

import os
from collections.abc import Mapping
from dataclasses import dataclass, field
from itertools import islice
from pathlib import Path

from ..dsl.checker import prelude
from ..dsl.checker.declarations import check
from ..dsl.checker.scenarios import scenario_names
from ..dsl.checker.values.settle import own_constants
from ..dsl.checker.variants import vary
from ..dsl.diagnostics import Diagnostic, Diagnostics
from ..dsl.model import model
from ..dsl.model.sorts import Value
from ..dsl.source import PRELUDE, Source, Span
from ..dsl.syntax.memory import Memory
from ..dsl.syntax.parse import read as read_source
from ..dsl.syntax.recover import Lost
from ..dsl.syntax.tree import Tree
from ..translator.lower.lower import lower
from ..translator.pipeline import whole
from ..translator.program.program import Program
from ..translator.run.interpreter import Interpreter
from .project.files import Contents, encoded, from_disk, grammar_cache, project, read, real_path

MAX_BASES = 16
MAX_STARTS = 50_000
"""How many states are looked at to find one in which a behaviour begins that keeps to what is assumed."""


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
    when it cannot be read or parsed.  `constants` are the model's own: with the values of no scenario, and
    without those that have a value in scenarios only.  `changed` says what became of the tree since it was
    read from the `sources`, which no longer tell all then; empty where nothing did."""

    path: str
    sources: Mapping[str, Source]
    diagnostics: tuple[Diagnostic, ...]
    cells: tuple[Cell, ...]
    specification: Tree | None = None
    constants: tuple[tuple[str, Value], ...] = ()
    changed: str = ""


def load(
    path: str | os.PathLike[str],
    constants: Mapping[str, object] | None = None,
    *,
    outside: bool = False,
    text: str | bytes | None = None,
    contents: Contents | None = None,
    memory: str | None = None,
    temporal: bool = True,
) -> Loaded:
    """Reads, checks and lowers a model.

    `path` is a file, or `-` for standard input; `constants` gives constants other values, as text or as
    Python's own; `outside` lets a variant's base lie outside the project (the nearest folder above the file
    with a `.git`, `pyproject.toml` or `pfnspec.toml`, otherwise the file's own folder); `text` is the content
    when it is known already; `contents` is where files come from otherwise, the disk unless it is given;
    `memory` is the memory model, sc or weak, of all scenarios, instead of what each says; without `temporal`
    nobody will ask about temporal properties, and `live` is the program for safety.  Nothing is raised for
    bad input."""
    path = os.fspath(path)
    values = {name: str(value) for name, value in (constants or {}).items()}
    gathered = gather(path, outside=outside, text=encoded(text), contents=contents)
    diagnostics, sources = gathered.diagnostics, gathered.sources
    specification = None if diagnostics.errors else gathered.tree
    cells: tuple[Cell, ...] = ()
    if specification is not None:
        cells = cells_of(specification, values, diagnostics, memory=memory, temporal=temporal)
    if any(cell.model.policies for cell in cells):
        sources[PRELUDE] = prelude.source()
    own = () if specification is None else own_constants(specification, values)
    return Loaded(
        path, sources, diagnostics.sorted(), () if diagnostics.errors else cells, specification, own
    )


def cells_of(
    specification: Tree, values: Mapping[str, str], diagnostics: Diagnostics, *, memory: str | None = None,
    only: frozenset[tuple[str | None, str | None]] | None = None, temporal: bool = True,
) -> tuple[Cell, ...]:  # fmt: skip
    """The cells of a tree, as far as it has no faults, which are added to `diagnostics`.

    `only` are the scenarios and policies that are meant (None: all); of a scenario in which nothing waits,
    the one without a policy.  The other arguments are those of `load`."""
    cells: list[Cell] = []
    names = scenario_names(specification)
    if only is not None:
        wanted = {scenario for scenario, _ in only}
        names = tuple(name for name in names if name in wanted)
    models = [check(specification, values, name, memory=memory) for name in names]
    diagnostics.extend_by_scenarios([faults for _, faults in models])
    for checked, _ in models:
        if checked is None:
            continue
        for policy in checked.choices or (None,):
            if only is not None and policy is not None and (checked.scenario, policy) not in only:
                continue
            program, faults = lower(checked, policy)
            diagnostics.extend(faults.sorted())
            if program is None:
                continue
            if program.assumed and not _begins(program, diagnostics):
                continue
            fairly = temporal and program.temporal and checked.memory == "sc"
            live = lower(checked, policy, in_turn=True)[0] if fairly else program
            cells.append(Cell(checked, policy, program, live or program))
    return tuple(cells)


def _begins(program: Program, diagnostics: Diagnostics) -> bool:
    """Whether some behaviour begins where all holds that is assumed; a fault if not, or if it takes too long
    to find out: who reads a model cannot be kept waiting."""
    interpreter = Interpreter(whole(program))
    starts = interpreter.starts()
    if any(map(interpreter.within, islice(starts, MAX_STARTS))):
        return True
    message = "no behaviour begins in a state like this: nothing would be examined"
    help = "what is assumed has to hold where a behaviour begins"
    if next(starts, None) is not None:
        message = f"none of the first {MAX_STARTS} states in which a behaviour could begin is like this"
        help = "let the variables start as something that is more often like this: `= choose({...})`"
    diagnostics.add("bad-assume", program.assumed[0].span, message, help)
    return False


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
    diagnostics: Diagnostics = field(default_factory=Diagnostics)


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


def files(path: str, *, outside: bool = False) -> tuple[str, ...]:
    """Every file that a model is made of, one that cannot be read included; arguments as for `load`."""
    reader = _Reader(path, outside, None, None)
    reader.tree(path, None)
    return tuple(reader.asked)


class _Reader:
    def __init__(
        self, path: str, outside: bool, contents: Contents | None, memories: dict[str, Memory] | None
    ) -> None:
        self.into = Gathered()
        self.diagnostics = self.into.diagnostics
        self.outside = outside
        self.contents = contents
        self.memories = memories
        self.asked: dict[str, None] = {}
        self.path = "stdin" if path == "-" else path

    def tree(
        self, path: str, text: bytes | None, trail: tuple[tuple[Path, Span], ...] = (),
        real: Path | None = None,
    ) -> Tree | None:  # fmt: skip
        """`real`: what a base's path was found to lead to."""
        source = self.source(path, text, trail[-1][1] if trail else None, real)
        if source is None:
            return None
        memory = None if self.memories is None else self.memories.setdefault(path, Memory())
        reading = read_source(source, grammar_cache(), memory)
        parsed = reading.tree
        self.diagnostics.extend(reading.diagnostics.sorted())
        if reading.lost is not None:
            self.into.lost = reading.lost if self.into.lost is None else self.into.lost | reading.lost
        if parsed is not None:
            self.into.trees[path] = parsed
        if parsed is None or parsed.header.base is None:
            return parsed
        place = parsed.header.span
        # What is judged is what is read: the same path without `..`, and then without links.
        base = os.path.normpath(Path(path if path != "-" else "stdin").parent / parsed.header.base)
        real = real_path(base)
        if real in [known for known, _ in trail] or (path != "-" and real == real_path(path)):
            self.diagnostics.add("variant-cycle", place, f"`{parsed.header.base}` varies this file in turn")
            return None
        if len(trail) >= MAX_BASES:
            self.diagnostics.add("variant-cycle", place, f"more than {MAX_BASES} variants of variants")
            return None
        if not self.outside and not real.is_relative_to(project(self.path)):
            help = "move it into the project, or allow it with `--allow-outside`"
            self.diagnostics.add(
                "base-outside", place, f"`{parsed.header.base}` lies outside the project", help
            )
            return None
        if self.contents is None and _is_odd(real):
            self.diagnostics.add(
                "cannot-read", place, f"`{parsed.header.base}` is no file, but a device or a pipe"
            )
            return None
        known = (*trail, (real_path(path), place))
        below = self.tree(base, None, known, real)
        if below is None:
            return None
        merged, faults = vary(parsed, below, self.into.lost)
        self.diagnostics.extend(faults.sorted())
        return merged

    def source(self, path: str, text: bytes | None, asked: Span | None, real: Path | None) -> Source | None:
        self.asked[path] = None
        contents = self.contents
        if contents is None and real is not None:
            contents = lambda _: from_disk(os.fspath(real))  # noqa: E731
        source, faults, _ = read(path, text, asked, contents)
        self.diagnostics.extend(faults.sorted())
        if source is not None:
            self.into.sources[path] = source
        return None if faults.errors else source


def _is_odd(path: Path) -> bool:
    """Whether something is there that is neither a file nor a folder, and that may have no end."""
    return os.path.exists(path) and not os.path.isfile(path) and not os.path.isdir(path)
