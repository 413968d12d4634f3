"""Where names stand in a `recording`: processes, labels, and what `where` reads."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Protocol

from ...dsl.checker.declarations import Checked
from ...dsl.source import Span
from ...dsl.syntax import tree


class Walker(Protocol):
    """What goes through a file and gathers names."""

    checked: Checked | None

    def first(self, name: str, within: Span, behind: str = "") -> Span | None: ...

    def process_name(self, span: Span, name: str) -> None: ...

    def label_name(self, span: Span, owner: str, name: str) -> None: ...

    def values_of(self, owner: str, values: tuple[tree.Expr, ...]) -> None: ...


def walk(node: tree.Recording, walker: Walker) -> None:
    """Tells the walker of each name."""
    labels: Mapping[str, Mapping[tuple[str, str], Span]] = (
        {} if walker.checked is None else walker.checked.names.labels
    )
    for part in node.parts:
        if (span := walker.first(part.process, part.span, r"part\s+")) is not None:
            walker.process_name(span, part.process)
    for event in node.events:
        if not isinstance(event, tree.Event):
            continue
        span = walker.first(event.process, event.span, r":\s*")
        if span is None:
            continue
        walker.process_name(span, event.process)
        rest = Span(span.path, span.end_line, span.end_column, event.span.end_line, event.span.end_column)
        owner = event.process
        for *written, name in event.labels:
            known = labels.get(event.process, {})
            owner = written[0] if written else next((o for o, other in known if other == name), owner)
            behind = rf"(?:\bat|,)\s+{owner}\." if written else r"(?:\bat|,)\s+"
            if (place := walker.first(name, rest, behind)) is not None:
                walker.label_name(place, owner, name)
        walker.values_of(owner, tuple(test.value for test in event.values))
