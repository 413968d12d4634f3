"""What is known about a document while it is edited."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from ..check.load import Loaded, load, parsed
from ..dsl import model, tree
from ..dsl.declarations import check
from ..dsl.diagnostics import Diagnostic
from ..dsl.scenarios import scenario_names
from ..dsl.source import Source


@dataclass(frozen=True, slots=True)
class Analysis:
    """A document's text in one version, and what was found in it.

    `path` is the name that `source` and the places in it carry.  `tree` is that of the file with its
    base laid below it; `model` is that of the first scenario; each is None when errors leave none.
    `diagnostics` may lie in other files: `sources` has all that were read.
    """

    uri: str
    version: int
    path: str
    source: Source
    tree: tree.Tree | None
    model: model.Model | None
    diagnostics: tuple[Diagnostic, ...]
    sources: Mapping[str, Source]


def analyse(uri: str, version: int, path: str, text: str, unsaved: Mapping[str, str]) -> Analysis:
    """Looks at a document as it is typed: nothing is lowered, and only the first scenario is checked.

    `unsaved` holds the texts of open documents by their real paths; they count for files that are not saved.
    """
    specification, sources, found = parsed(path, text=text.encode(), unsaved=unsaved)
    checked = None
    if specification is not None:
        checked, faults = check(specification, None, scenario_names(specification)[0])
        found.extend(faults.sorted())
    source = sources.get(path) or Source(path, text)
    return Analysis(uri, version, path, source, specification, checked, found.sorted(), sources)


def loaded(path: str, text: str, unsaved: Mapping[str, str]) -> Loaded:
    """All scenarios and policies of a document, lowered, as the commands see it."""
    return load(path, text=text.encode(), unsaved=unsaved)
