"""What is known about a document while it is edited."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

from ...check.load import Loaded, gather, load
from ...check.project.files import overlaid
from ...dsl.checker.declarations import Checked, examine
from ...dsl.checker.scenarios import scenario_names
from ...dsl.diagnostics import Diagnostic, Diagnostics
from ...dsl.model import model
from ...dsl.source import Source
from ...dsl.syntax.memory import Memory
from ...dsl.syntax.tree import Tree
from .names import occurrences
from .positions import plain
from .symbols import Occurrence


@dataclass(frozen=True)
class Analysis:
    """A document's text in one version, and what was found in it.

    `path` is the name that `source` and the places in it carry.  `tree` is that of the file with its base
    laid below it, as far as they could be read, None where nothing can be said of it; `trees` are those of
    each file alone.  `checked` is the first scenario.  `diagnostics` may lie in other files: `sources` has
    all that were read, by path.
    """

    uri: str
    version: int
    path: str
    source: Source
    tree: Tree | None
    trees: Mapping[str, Tree]
    checked: Checked | None
    diagnostics: tuple[Diagnostic, ...]
    sources: Mapping[str, Source]

    @cached_property
    def names(self) -> dict[str, list[Occurrence]]:
        """All names in each file, in order."""
        return {path: self._names(path, own) for path, own in self.trees.items()}

    def _names(self, path: str, own: Tree) -> list[Occurrence]:
        return occurrences(own, self.tree or own, self.checked, self.sources[path])

    def named(self, line: int, column: int) -> Occurrence | None:
        """The name at, or right before, a place of the document."""
        for found in self.names.get(self.path, ()):
            span = found.span
            if span.line == line and span.column <= column <= span.end_column:
                return found
        return None

    @property
    def model(self) -> model.Model | None:
        """That of the first scenario; None when there are errors."""
        return None if self.checked is None else self.checked.model


def analyse(
    uri: str, version: int, path: str, text: str, unsaved: Mapping[str, str], memories: dict[str, Memory]
) -> Analysis:
    """Looks at a document as it is typed: nothing is lowered, only the first scenario is checked, and what
    takes long is left to `loaded`.

    `unsaved` holds the texts of open documents by their real paths; they count for files that are not saved.
    `memories` is what was read of the same files before.
    """
    gathered = gather(
        path, text=text.encode("utf-8", "replace"), contents=overlaid(unsaved), memories=memories
    )
    diagnostics = gathered.diagnostics
    checked = None
    if gathered.tree is not None:
        lost = gathered.lost
        first, *others = scenario_names(gathered.tree)
        checked = examine(gathered.tree, None, first, lost, quick=True)
        scenarios = [checked.diagnostics]
        if any(fault.everywhere for fault in checked.diagnostics):
            scenarios += [examine(gathered.tree, None, name, lost, quick=True).diagnostics for name in others]
        told = Diagnostics()
        told.extend_by_scenarios(scenarios)
        # A base that was fine before may only miss what the variant's text does not say now.
        diagnostics.extend(fault for fault in told if lost is None or fault.span.path == path)
    source = gathered.sources.get(path) or Source(path, text)
    return Analysis(
        uri,
        version,
        path,
        source,
        gathered.tree,
        gathered.trees,
        checked,
        diagnostics.sorted(),
        gathered.sources,
    )


def of_file(uri: str, path: str) -> Analysis | None:
    """What is known of a file that is not open, as far as it can be read."""
    try:
        text = Path(path).read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError):
        return None
    return analyse(uri, 0, path, plain(text), {}, {})


def loaded(path: str, text: str, unsaved: Mapping[str, str]) -> Loaded:
    """All scenarios and policies of a document, lowered, as the commands see it."""
    return load(path, text=text.encode("utf-8", "replace"), contents=overlaid(unsaved))
