"""Inlay hints for what is one step: worked out in the background once nobody types, kept with the texts."""

from __future__ import annotations

import asyncio
from collections.abc import Iterable
from dataclasses import dataclass

from lsprotocol import types

from ...dsl.source import Span
from ...translator.pipeline import about, explanation
from ...translator.reduce.reduce import Explanation
from ..text.positions import to_position
from .checking import Checking, Text, Texts

PAUSE = 0.7
"""Seconds without a change before the steps are worked out."""


@dataclass(frozen=True, slots=True, order=True)
class Merged:
    """A step that begins at `span` and has accesses of other `lines` of that file in it; `locks` keep out who
    could disturb it."""

    span: Span
    lines: tuple[int, ...]
    locks: tuple[str, ...]


class MergedSteps:
    """The merged steps of documents."""

    def __init__(self, checking: Checking) -> None:
        self.checking = checking
        self.server = checking.server
        self.known: dict[str, tuple[Texts, tuple[Merged, ...]]] = {}
        self._due: dict[str, asyncio.TimerHandle] = {}

    def changed(self, uri: str) -> None:
        """Has the steps of a document worked out, when its text stays for a while."""
        texts = self.checking.texts(uri)
        if texts is None:
            self.known.pop(uri, None)
        if uri in self._due:
            self._due.pop(uri).cancel()
        if texts is not None and (uri not in self.known or self.known[uri][0] != texts):
            loop = asyncio.get_running_loop()
            self._due[uri] = loop.call_later(PAUSE, lambda: self.checking.do(self._work_out(uri, texts)))

    async def _work_out(self, uri: str, texts: Texts) -> None:
        self._due.pop(uri, None)
        if uri not in self.server.documents:
            return
        found = await self.checking.aside(None, _merged_steps, self.checking.text(uri))
        if self.checking.texts(uri) == texts:
            self.known[uri] = (texts, found)
            workspace = self.server.client_capabilities.workspace
            if workspace and workspace.inlay_hint and workspace.inlay_hint.refresh_support:
                self.server.workspace_inlay_hint_refresh(None)

    def hints(self, uri: str, shown: types.Range) -> list[types.InlayHint]:
        """The hints in a range of an open document, at the ends of lines; none while they are not known."""
        known = self.known.get(uri)
        if known is None or known[0] != self.checking.texts(uri):
            return []
        document = self.server.documents[uri]
        lines = document.text.split("\n")
        found: list[types.InlayHint] = []
        for merged in known[1]:
            span = merged.span
            if span.path != document.path or not shown.start.line <= span.line - 1 <= shown.end.line:
                continue
            place = to_position(lines, span.line, len(lines[span.line - 1]) + 1, self.server.encoding)
            found.append(
                types.InlayHint(
                    place, _label(merged), tooltip=_TOOLTIP, padding_left=True, padding_right=False
                )
            )
        return found


_TOOLTIP = (
    "A check takes these accesses as one step: nobody else can tell them apart. "
    "`pfnspec translate --explain-reduction` tells why."
)


def _label(merged: Merged) -> str:
    own = [line for line in merged.lines if line != merged.span.line]
    word = "with line" if len(own) == 1 else "with lines"
    what = f" {word} {_ranges(own)}" if own else ""
    under = f", under {' and '.join(merged.locks)}" if merged.locks else ""
    return f"one step{what}{under}"


def _ranges(lines: Iterable[int]) -> str:
    """Numbers in words: `3, 5-7`."""
    runs: list[list[int]] = []
    for line in sorted(lines):
        if runs and line == runs[-1][1] + 1:
            runs[-1][1] = line
        else:
            runs.append([line, line])
    return ", ".join(str(a) if a == b else f"{a}-{b}" for a, b in runs)


def _merged_steps(document: Text) -> tuple[Merged, ...]:
    """The merged steps of the first scenario and policy, as safety runs take them."""
    loaded = document.loaded()
    if not loaded.cells:
        return ()
    reduction = explanation(about(loaded.cells[0].program))
    return tuple(sorted(_steps(reduction), key=lambda one: one.span))


def _steps(found: Explanation) -> Iterable[Merged]:
    """Of the steps that begin at a line, the one that goes through most lines."""
    longest: dict[tuple[str, int], Merged] = {}
    for name, boundaries in found.boundaries.items():
        passed = dict.fromkeys(point for boundary in boundaries for point in boundary.passed)
        if len(passed) < 2 or (begun := found.whole.point(name).step) is None:
            continue
        steps = [step for point in passed if (step := found.whole.point(point).step) is not None]
        near = [step.span.line for step in steps if step.span.path == begun.span.path]
        if len(near) < 2:
            continue
        lines = set(near)
        movers = [found.movers[point] for point in passed if point in found.movers]
        locks = {lock for mover in movers for reason in mover.reasons for lock in reason.locks}
        merged = Merged(begun.span, tuple(sorted(lines)), tuple(sorted(locks)))
        key = (begun.span.path, begun.span.line)
        if key not in longest or len(longest[key].lines) < len(lines):
            longest[key] = merged
    return longest.values()
