"""The part of the tree about measures: which stretches of a process `pfnspec cost` times."""

from __future__ import annotations

from dataclasses import dataclass

from .tree_expressions import Node


@dataclass(frozen=True, slots=True)
class Mark(Node):
    """`vcpu at refreshing`, or `vcpu in refreshing`, in a `measure`"""

    process: str
    label: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Measure(Node):
    """`measure refresh_time: vcpu at refreshing until vcpu at use`; without an `end` it is
    `measure held: vcpu in critical`, as long as the task is in that region."""

    name: str
    start: Mark
    end: Mark | None
