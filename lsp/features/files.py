"""The models of a workspace."""

from __future__ import annotations

import os
import re
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING

from pygls.uris import to_fs_path

from ..text import analysis as analyses
from ..text.analysis import Analysis

if TYPE_CHECKING:
    from ..server import Server

MAX_FILES = 2000
_VARIES = re.compile(r"^model +\w+ +varies +[\"']([^\"'\n]*)[\"']", re.MULTILINE)


def paths(server: Server) -> list[str]:
    """The model files in the workspace's folders, in the folders of open documents, and these themselves."""
    folders = [to_fs_path(folder.uri) for folder in server.workspace.folders.values()]
    if not folders and server.workspace.root_path:
        folders = [server.workspace.root_path]
    found = dict.fromkeys(document.path for document in server.documents.values())
    for top in dict.fromkeys(filter(None, (*folders, *(os.path.dirname(path) for path in found)))):
        for folder, below, names in os.walk(top):
            below[:] = sorted(name for name in below if not name.startswith(".") and name != "node_modules")
            models = (os.path.join(folder, name) for name in sorted(names) if name.endswith(".pfn"))
            # A link may lead to a device, which has no end.
            found.update(dict.fromkeys(path for path in models if os.path.isfile(path)))
            if len(found) > MAX_FILES:
                return list(found)
    return list(found)


def models(server: Server, analysis: Analysis, shared: Iterable[str]) -> Iterator[Analysis]:
    """The variants, direct or not, of the files `shared`."""
    texts = {path: text for path in paths(server) if (text := _text(server, path)) is not None}
    known = {os.path.realpath(path) for path in shared}
    known.discard(os.path.realpath(analysis.path))
    group = known | {os.path.realpath(analysis.path)}
    below = dict.fromkeys(group)
    bases = {path: base for path, text in texts.items() if (base := _base(path, text)) is not None}
    grown = True
    while grown:
        grown = False
        for path, base in bases.items():
            if base in below and os.path.realpath(path) not in below:
                below[os.path.realpath(path)] = None
                grown = True
    for path in texts:
        if os.path.realpath(path) in below and path != analysis.path:
            yield analyses.analyse(server.uri_of(path), 0, path, texts[path], server.unsaved(), {})


def _text(server: Server, path: str) -> str | None:
    unsaved = server.unsaved().get(os.path.realpath(path))
    if unsaved is not None:
        return unsaved
    try:
        return Path(path).read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError):
        return None


def _base(path: str, text: str) -> str | None:
    varies = _VARIES.search(text)
    return os.path.realpath(os.path.join(os.path.dirname(path), varies[1])) if varies else None
