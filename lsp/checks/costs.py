"""What is measured in a document, timed when somebody asks: figures as lenses, and as a page."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

from lsprotocol import types

from ...check.project.files import overlaid
from ...dsl.diagnostics import Diagnostics
from ...dsl.syntax import tree
from ...report.text.diagnostics import diagnostics_text
from .behaviours import Behaviours
from .checking import Checking, Text, Texts
from .progress import WorkDone

if TYPE_CHECKING:
    from ...timing.figures.costing import Costing

WIDTH = 100

# What times a model is imported when one is timed: the server starts without it.


class _Cancelled(Exception):
    """The user has enough of it."""


@dataclass(frozen=True, slots=True)
class _Known:
    """What came of it with these texts of the document and of its table."""

    texts: Texts | None
    table: str
    found: Costing


class Costs:
    """Costs of open documents: those of the table beside each, over the default ones."""

    def __init__(self, checking: Checking, behaviours: Behaviours) -> None:
        self.checking = checking
        self.behaviours = behaviours
        self.server = checking.server
        self.known: dict[str, _Known] = {}

    def changed(self, uri: str) -> None:
        """Forgets a document that was closed."""
        if uri not in self.server.documents:
            self.known.pop(uri, None)

    def titles(self, uri: str, measure: tree.Measure) -> Iterator[str]:
        """What stands above a measure: that it can be timed; its means, if they are known of the texts as
        they are now, and the name of the costs that these rest on."""
        yield "cost"
        known = self.known.get(uri)
        if known is None or known.texts != self.checking.texts(uri):
            return
        if known.table != _table(self.checking.text(uri)):
            return
        from ...report.cost.text import otherwise, short_names, told

        found = known.found
        for scenario in found.scenes:
            rows = [cell for cell in found.cells if (cell.measure, cell.scenario) == (measure.name, scenario)]
            names = short_names([row.policy for row in rows])
            parts = [
                " ".join(filter(None, (name, f"{told(row)['mean']} us" if not row.never else "")))
                + "".join(f" {text}" for text in otherwise(row))
                for name, row in zip(names, rows, strict=True)
            ]
            if parts:
                yield f"{scenario}: {', '.join(parts)}" if scenario else ", ".join(parts)
        yield f"costs: {found.costs.name}"

    async def cost(self, uri: str) -> dict[str, object] | None:
        """Times all measures of a document, as `pfnspec cost --quick` does: `text`, and the `uri` of a page.
        None, and a message, where it cannot be timed."""
        text = self.checking.text(uri)
        texts, table = self.checking.texts(uri), _table(text)
        cancel = threading.Event()
        work = WorkDone(self.server, f"timing {text.path.rpartition('/')[2]}", cancel.set)
        loop = asyncio.get_running_loop()

        def progress(what: str) -> None:
            if cancel.is_set():
                raise _Cancelled
            if not loop.is_closed():
                loop.call_soon_threadsafe(work.report, what)

        message = "it cannot be timed"
        try:
            found = await self.checking.aside(None, _costing, text, progress)
            if not isinstance(found, str):
                message = "done"
        except _Cancelled:
            message = "cancelled"
            return None
        finally:
            cancel.set()
            work.end(message)
        if isinstance(found, str):
            self.server.window_show_message(types.ShowMessageParams(types.MessageType.Error, found))
            return None
        if uri in self.server.documents:
            self.known[uri] = _Known(texts, table, found)
            self.checking.refresh_lenses()
        from ...report.cost.text import cost_text

        name = f"{found.model.name}-cost"
        page = await self.checking.aside(None, self.behaviours.written, name, ".html", _page(found))
        return {"text": cost_text(found, WIDTH), "uri": page.as_uri()}


def _table(text: Text) -> str:
    """The texts of the table beside a document and of the files that it names."""
    from ...beside.required import own

    beside = own(text.path, overlaid(text.unsaved))
    if beside is None:
        return ""
    parts: Mapping[object, str] = {path: source.text for path, source in beside.tables.sources.items()}
    return repr((dict(parts), sorted(beside.tables.lengths.items())))


def _costing(text: Text, progress: Callable[[str], None]) -> Costing | str:
    """The figures; or what is wrong, in a line or some."""
    from ...beside.required import own
    from ...beside.timed import Asked as Model
    from ...beside.timed import NotTimed, nothing_to_time, timed
    from ...timing.figures.costing import costing
    from ...timing.figures.study import Asked as Depth
    from ...timing.table.read import costs as laid_over

    contents = overlaid(text.unsaved)
    diagnostics = Diagnostics()
    beside = own(text.path, contents)
    if beside is not None and beside.costs is None:
        return diagnostics_text(beside.diagnostics, beside.sources).strip()
    costs = laid_over((), diagnostics) if beside is None else beside.costs
    model = Model(text.path, contents=contents)
    loaded = model.load(text=text.text)
    if not loaded.cells:
        return diagnostics_text(loaded.diagnostics, loaded.sources).strip()
    nothing = nothing_to_time(loaded, text.path)
    if nothing:
        return nothing
    assert costs is not None
    try:
        made = timed(loaded, model, costs, diagnostics)
    except NotTimed as fault:
        return str(fault)
    whole = None
    if made is not None:
        whole = costing(
            made.cells(),
            costs,
            Depth(),
            diagnostics,
            sensitivity=False,
            progress=progress,
            changed=made.changed,
        )
    if whole is not None:
        return whole
    sources = {**loaded.sources, **({} if beside is None else beside.sources)}
    return diagnostics_text(diagnostics.sorted(), sources).strip()


def _page(found: Costing) -> str:
    # Imported here: it takes longer than most of what is timed.
    from ...report.cost.page import cost_page
    from ...report.files import own_version

    return cost_page([found], [], own_version())
