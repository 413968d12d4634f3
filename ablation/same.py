"""Whether two programs are the same but for where they are written."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import fields, is_dataclass

from ..check.load import Cell
from ..dsl.source import Span
from ..translator.program.program import Program


def same(one: Cell, other: Cell) -> bool:
    """Whether two cells have the same steps: not one behaviour tells them apart."""
    return _alike(one.program, other.program) and _alike(one.live, other.live)


def _alike(one: Program, other: Program) -> bool:
    if len(one.points) != len(other.points):
        return False
    return _form(one, _numbers(one)) == _form(other, _numbers(other))


def _numbers(program: Program) -> dict[str, int]:
    """Control points, named after the lines that they stand at, by their order."""
    return {point.name: number for number, point in enumerate(program.points)}


def _form(node: object, points: Mapping[str, int]) -> object:
    """What a node says, wherever it stands; what a barrier would do is no part of the program."""
    if isinstance(node, str):
        return points.get(node, node)
    if isinstance(node, Span):
        return None
    if isinstance(node, tuple):
        return tuple([_form(part, points) for part in node])
    if isinstance(node, frozenset):
        return frozenset(_form(part, points) for part in node)
    if isinstance(node, Program):
        said = (part for part in fields(node) if part.compare and part.name != "barriers")
        return tuple([_form(getattr(node, part.name), points) for part in said])
    if is_dataclass(node):
        inside = tuple([_form(getattr(node, part.name), points) for part in fields(node) if part.compare])
        return (type(node).__name__, *inside)
    return node
