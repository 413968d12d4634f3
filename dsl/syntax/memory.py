"""What was read of a file, kept for the next time: most of it will not have changed."""

from __future__ import annotations

from dataclasses import dataclass, fields, is_dataclass, replace
from typing import Any

from ..diagnostics import Diagnostic
from ..source import Span
from .layout import Chunk
from .recover import Lost

Torn = tuple[tuple[int, str], ...]
"""Positions of lines in a declaration whose brackets or texts are not closed, and the code of the fault."""


@dataclass(frozen=True, slots=True)
class Part:
    """A declaration as it was read: its node, None when there is none; its faults; what was lost, None when
    nothing was."""

    node: Any
    found: tuple[Diagnostic, ...]
    lost: Lost | None


class Memory:
    """The parts of a file by their text.  What the last reading did not need is forgotten."""

    def __init__(self) -> None:
        self._path = ""
        self._known: dict[_Key, list[tuple[int, Part]]] = {}
        self._before: dict[_Key, list[tuple[int, Part]]] = {}

    def begin(self, path: str) -> None:
        """A new reading of the file begins."""
        self._before = self._known if path == self._path else {}
        self._known = {}
        self._path = path

    @property
    def size(self) -> int:
        """How many parts are kept."""
        return sum(map(len, self._known.values()))

    def part(self, chunk: Chunk, torn: Torn) -> Part | None:
        """A part that was read before, moved to where it stands now."""
        key = _key(chunk, torn)
        known = self._before.get(key)
        if not known:
            return None
        line, part = known.pop(0) if len(known) > 1 else known[0]
        if line != chunk.line:
            part = _moved(part, chunk.line - line)
        self._known.setdefault(key, []).append((chunk.line, part))
        return part

    def keep(self, chunk: Chunk, torn: Torn, part: Part) -> Part:
        """Keeps a part that was read, and returns it."""
        self._known.setdefault(_key(chunk, torn), []).append((chunk.line, part))
        return part


_Key = tuple[Torn, tuple[tuple[int, str], ...]]


def _key(chunk: Chunk, torn: Torn) -> _Key:
    return torn, tuple((line.line - chunk.line, line.text) for line in chunk.lines)


def _moved(part: Part, by: int) -> Part:
    found = tuple(
        replace(
            fault,
            span=_moved_span(fault.span, by),
            related=tuple((_moved_span(span, by), words) for span, words in fault.related),
        )
        for fault in part.found
    )
    return Part(_moved_node(part.node, by), found, part.lost)


def _moved_span(span: Span, by: int) -> Span:
    return Span(span.path, span.line + by, span.column, span.end_line + by, span.end_column)


def _field_names(kind: type) -> tuple[str, ...]:
    known = _FIELD_NAMES.get(kind)
    if known is None:
        known = tuple(item.name for item in fields(kind)) if is_dataclass(kind) else ()
        _FIELD_NAMES[kind] = known
    return known


_FIELD_NAMES: dict[type, tuple[str, ...]] = {}


def _moved_node(node: Any, by: int) -> Any:
    """A node and all below it, so many lines further down."""
    kind = type(node)
    if kind is tuple:
        return tuple([_moved_node(item, by) for item in node])
    if kind is Span:
        return _moved_span(node, by)
    names = _field_names(kind)
    return kind(*[_moved_node(getattr(node, name), by) for name in names]) if names else node
