"""Behaviours to look at: traces of what is violated, and simulations, as text and as pages."""

from __future__ import annotations

import re
import shutil
import tempfile
from dataclasses import replace
from pathlib import Path
from random import Random, SystemRandom

from lsprotocol import types
from pygls.uris import from_fs_path

from ...check.result import Result, Verdict
from ...report.text.behaviour import Page, where_text
from ...report.text.command import command
from ...report.text.ink import Ink
from ...report.text.result import counterexample_text, counterexamples, folded, head_text
from ...report.text.simulation import behaviour_text, violation_text
from ...translator import pipeline
from ...translator.retrace.simulate import Simulation
from .checking import Asked, Checking, Text

WIDTH = 100
STEPS = 100


class Behaviours:
    """Traces and simulations of documents; pages are files of the server's own, removed by `end`."""

    def __init__(self, checking: Checking) -> None:
        self.checking = checking
        self.server = checking.server
        self.folder: Path | None = None

    async def trace(self, uri: str, asked: Asked) -> dict[str, object] | None:
        """The counterexamples of a part of a document: `text`, and the `uri` of a page to step through.  What
        is not known is checked first.  None when there are none, or when the text changes meanwhile."""
        found = self._violated(uri, asked)
        if found is None:
            await self.checking.begin(uri, asked).outcome
            found = self._violated(uri, asked)
        if found is None:
            return None
        result, verdicts = found
        text = "\n".join(
            counterexample_text(group, result, WIDTH, Ink()) for group in counterexamples(verdicts)
        )
        name = "-".join(filter(None, (result.name, asked.property, asked.policy, asked.scenario)))
        page = await self.checking.aside(None, self._page, replace(result, verdicts=verdicts), name)
        return {"text": text, "uri": from_fs_path(str(page))}

    def _violated(self, uri: str, asked: Asked) -> tuple[Result, tuple[Verdict, ...]] | None:
        known = self.checking.current(uri)
        if known is None or known.result is None:
            return None
        verdicts = tuple(v for v in known.result.verdicts if v.finding is not None and asked.fits(v))
        return (known.result, verdicts) if verdicts else None

    def _page(self, result: Result, name: str) -> Path:
        # Imported here: it takes longer than a short check.
        from ...report.files import own_version
        from ...report.formats.html import html_text

        return self.written(name, ".html", html_text((result,), own_version()))

    def written(self, name: str, suffix: str, text: str) -> Path:
        """A file of the server's own with this text; `name` may hold anything."""
        if self.folder is None:
            self.folder = Path(tempfile.mkdtemp(prefix="pfnspec-editor-"))
        path = self.folder / (re.sub(r"\W+", "-", name).strip("-")[:80] + suffix)
        path.write_text(text, encoding="utf-8", errors="backslashreplace")
        return path

    async def simulate(self, uri: str, asked: Asked, seed: int | None) -> dict[str, object] | None:
        """One random behaviour: `text`, the `uri` of a file with it, and its `seed`.  None when the model has
        errors, or no such scenario and policy."""
        seed = SystemRandom().randrange(1_000_000) if seed is None else seed
        text = await self.checking.aside(None, _simulated, self.checking.text(uri), asked, seed)
        if text is None:
            return None
        name = Path(self.server.documents[uri].path).stem if uri in self.server.documents else "behaviour"
        path = await self.checking.aside(None, self.written, f"{name}-{seed}", ".txt", text)
        return {"text": text, "uri": from_fs_path(str(path)), "seed": seed}

    def show(self, uri: str, *, outside: bool) -> None:
        """Has the client show a file, in a browser where `outside`; or says where it is."""
        window = self.server.client_capabilities.window
        if window and window.show_document and window.show_document.support:
            self.server.window_show_document(types.ShowDocumentParams(uri, external=outside))
        else:
            message = types.ShowMessageParams(types.MessageType.Info, f"see {uri}")
            self.server.window_show_message(message)

    def end(self) -> None:
        """Removes the pages."""
        if self.folder is not None:
            shutil.rmtree(self.folder, ignore_errors=True)


def _simulated(document: Text, asked: Asked, seed: int) -> str | None:
    loaded = document.loaded()
    cells = (
        c for c in loaded.cells if asked.scenario in (None, c.scenario) and asked.policy in (None, c.policy)
    )
    cell = next(cells, None)
    if cell is None:
        return None
    simulation = Simulation(pipeline.whole(pipeline.about(cell.program)))
    if not simulation.violations():
        simulation.run(Random(seed), STEPS)
    page = Page(loaded.sources, loaded.path, WIDTH, Ink())
    where = where_text(cell.scenario, cell.policy)
    head = f"{head_text(cell.model.name, cell.model.constants, Ink(), cell.model.memory)}\n\n"
    head += f"{where}{', ' if where else ''}seed {seed}\n\n"
    words = ["pfnspec", "simulate", loaded.path]
    words += [] if cell.scenario is None else ["--scenario", cell.scenario]
    words += [] if cell.policy is None else ["--policy", cell.policy]
    again = command([*words, "--seed", str(seed), "--steps", str(STEPS)])
    found = [simulation.finding(violation) for violation in simulation.violations()]
    if found:
        text = violation_text(found, page, where, again)
    else:
        standing, ended = simulation.standing(), not simulation.choices
        text = behaviour_text(tuple(simulation.steps), standing, page, again, ended=ended)
    return folded(head + text, WIDTH, Ink())
