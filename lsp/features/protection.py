"""What a lock protects: which shared locations are only accessed under it."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import TYPE_CHECKING

from ...report.text.words import place
from ...translator.reduce.movers import Access
from ...translator.reduce.movers import Analysis as Movers
from ..text.analysis import Analysis
from ..text.symbols import Occurrence

if TYPE_CHECKING:
    from ..server import Server


class Protection:
    """Keeps what was found out of each document's last version that has no errors."""

    def __init__(self, server: Server) -> None:
        self.server = server
        self._known: dict[str, tuple[Analysis, Movers | None]] = {}

    def words(self, uri: str, found: Occurrence, analysis: Analysis) -> Iterator[str]:
        """What is to be said of the lock or variable at a place, in the program without reductions."""
        symbol = found.symbol
        if symbol.kind not in ("shared", "field"):
            return
        movers = self._movers(uri, analysis)
        if movers is None:
            return
        line = analysis.source.line(found.span.line)[: found.span.end_column - 1]
        written = re.search(r"[\w.\[\]]*$", line)
        name = re.sub(r"\[[^\]]*\]", "", written[0]) if written else symbol.name
        for path in _paths(movers, symbol.name, symbol.kind == "field", name):
            if path in movers.locks:
                yield _protected(movers, path)
            elif path in movers.found:
                yield _protectors(movers, path, analysis)

    def _movers(self, uri: str, analysis: Analysis) -> Movers | None:
        known = self._known.get(uri)
        if known is None or known[0] is not analysis:
            cells = self.server.loaded(uri).cells if analysis.model is not None else ()
            movers = Movers(cells[0].program, frozenset(), frozenset()) if cells else None
            known = self._known[uri] = (analysis, movers)
        return known[1]


def _paths(movers: Movers, name: str, field: bool, written: str) -> list[str]:
    """The variables of the program that a name in the text means: the one that is written out, otherwise all
    that end in the field's name."""
    known = [*sorted(movers.locks), *sorted(movers.found)]
    if not field:
        return [path for path in known if path == name]
    exact = [path for path in known if path == written]
    return exact or [path for path in known if path.rpartition(".")[2] == name and "." in path]


def _accesses(movers: Movers, name: str) -> list[Access]:
    """Those of code: an assertion reads everything at once."""
    return [access for access in movers.found.get(name, ()) if not access.asserted]


def _protected(movers: Movers, lock: str) -> str:
    always: list[str] = []
    for name in sorted(movers.found):
        kind = movers.program.variable(name).kind
        accesses = _accesses(movers, name)
        if kind == "shared" and accesses and all(_under(access, lock) for access in accesses):
            always.append(f"`{movers.program.variable(name).title or name}`")
    if not always:
        return f"No shared location is accessed only under `{lock}`."
    return f"Accessed only under `{lock}`: {', '.join(dict.fromkeys(always))}"


def _under(access: Access, lock: str) -> bool:
    return any(held == lock for held, _ in access.held)


def _protectors(movers: Movers, name: str, analysis: Analysis) -> str:
    accesses = _accesses(movers, name)
    if not accesses:
        return ""
    locks = sorted({lock for access in accesses for lock, _ in access.held})
    common = [lock for lock in locks if all(_under(access, lock) for access in accesses)]
    if common:
        return "Accessed only under " + " and ".join(f"`{lock}`" for lock in common)
    bare = sorted({a.span for a in accesses if not a.held})
    if not bare:
        return "Accessed under different locks: " + ", ".join(f"`{lock}`" for lock in locks)
    told = ", ".join(dict.fromkeys(place(span, analysis.path) for span in bare[:4]))
    more = ", ..." if len(bare) > 4 else ""
    return f"Accessed without a lock in line{'s' * (len(bare) > 1)} {told}{more}"
