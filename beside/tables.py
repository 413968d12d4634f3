"""Tables of costs as files: the one beside a model, others, and what they name."""

from __future__ import annotations

import os
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from ..check.project.files import Contents, read
from ..dsl.diagnostics import Diagnostics
from ..dsl.source import Source
from ..timing.table.costs import Costs
from ..timing.table.read import costs, named_files, setting


@dataclass(frozen=True, slots=True)
class Tables:
    """Tables in the order in which they are laid over the default one; `lengths` are the files of times that
    they name, by the table's path and the name; `sources` the files by their paths."""

    texts: tuple[Source, ...]
    lengths: Mapping[tuple[str, str], str]
    sources: Mapping[str, Source]

    def costs(self, diagnostics: Diagnostics, more: Iterable[str] = ()) -> Costs | None:
        """The costs, with further settings over them; None with what is wrong in `diagnostics`."""
        texts = (*self.texts, *(setting(words) for words in more))
        return None if diagnostics.errors else costs(texts, diagnostics, self.lengths)


def own_table(path: str) -> str:
    """Where the costs of a model stand."""
    return os.fspath(Path(path).with_suffix(".costs.toml"))


def tables(
    paths: Sequence[str],
    diagnostics: Diagnostics,
    settings: Sequence[str] = (),
    contents: Contents | None = None,
) -> Tables:
    """Reads them; what is wrong with a file is in `diagnostics`.

    `contents` is where files come from, the disk unless it is given."""
    texts: list[Source] = []
    lengths: dict[tuple[str, str], str] = {}
    sources: dict[str, Source] = {}
    for path in paths:
        source, faults, _ = read(path, contents=contents)
        diagnostics.extend(faults.sorted())
        if source is None:
            continue
        sources[path] = source
        texts.append(source)
    texts += [setting(words) for words in settings]
    for table in texts:
        for name, file in files_of(table).items():
            source, faults, _ = read(file, contents=contents)
            if source is not None and not faults.errors:
                lengths[table.path, name] = source.text
    return Tables(tuple(texts), lengths, sources)


def files_of(table: Source) -> Mapping[str, str]:
    """The files of lengths that a table names, each seen from the table's folder."""
    folder = Path(table.path).parent if not table.path.startswith("--") else Path()
    # `-` would be standard input.
    return {name: os.fspath(folder / name) for name in named_files(table) if name != "-"}
