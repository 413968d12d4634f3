"""What has to be known of each of two specifications beside its bodies: what its claims rest on."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from dataclasses import dataclass

from ...dsl.syntax import tree
from .terms import Surroundings, names_in, nodes

Asking = tree.Invariant | tree.Property | tree.Sometimes | tree.Assert | tree.Assume
"""What may ask who is in a region."""


@dataclass(frozen=True, slots=True)
class Side:
    """One of the two specifications: its names, the ghosts that something reads, the labels and regions that
    formulas name, and what asks who is in a region."""

    where: Surroundings
    ghosts: frozenset[str]
    read: frozenset[str]
    labels: frozenset[str]
    asking: tuple[Asking, ...]


def side(specification: tree.Tree, where: Surroundings) -> Side:
    """What has to be known of a specification beside its bodies."""
    ghosts = frozenset(node.name for node in specification.declarations if isinstance(node, tree.Ghost))
    labels = frozenset(_labels(specification, where.counts))
    asking = tuple(
        node
        for node in nodes(specification.declarations)
        if isinstance(node, Asking) and any(region_asked(part, where.counts) for part in nodes(node))
    )
    read: set[str] = set()
    for node in nodes(specification.declarations):
        match node:
            case tree.Assign(target=target, value=value) | tree.Augmented(target=target, value=value):
                # A ghost that goes into itself, or into another one that nothing reads, is not read.
                read |= (names_in(value) - ghosts) | (names_in(target) - {root(target)})
                if root(target) not in ghosts:
                    read |= names_in(value)
            case (
                tree.Assert(condition=part) | tree.Invariant(formula=part) | tree.Property(formula=part)
                | tree.Assume(formula=part)
            ):  # fmt: skip
                read |= names_in(part)
            case tree.Sometimes(formula=part) | tree.If(condition=part) | tree.While(condition=part):
                read |= names_in(part)
            case _:
                pass
    return Side(where, ghosts, frozenset(_closed(specification, ghosts, read)), labels, asking)


def _labels(specification: tree.Tree, processes: Collection[str]) -> Iterator[str]:
    for node in nodes(specification.declarations):
        if isinstance(node, tree.At):
            yield node.label[-1]
        elif (region := region_asked(node, processes)) is not None:
            yield region


def region_asked(node: object, processes: Collection[str]) -> str | None:
    """The region, without its owner, of which a formula asks here whether a task is in it."""
    match node:
        case tree.Comparison(first=task, rest=(("in" | "not in", region),)) if root(task) in processes:
            return region.name if isinstance(region, tree.Attribute) else root(region)
        case _:
            return None


def _closed(specification: tree.Tree, ghosts: frozenset[str], read: set[str]) -> set[str]:
    """With the ghosts that go into ghosts that are read."""
    before = -1
    while before != len(read):
        before = len(read)
        for node in nodes(specification.declarations):
            if isinstance(node, tree.Assign | tree.Augmented) and root(node.target) in ghosts & read:
                read |= names_in(node.value)
            elif (isinstance(node, tree.CallStatement) and root(node.expression) in ghosts & read) or (
                isinstance(node, tree.CallStatement) and root(node.expression) not in ghosts
            ):
                read |= names_in(node.expression)
    return read


def root(node: object) -> str:
    while isinstance(node, tree.Attribute | tree.Subscript | tree.Call):
        node = node.function if isinstance(node, tree.Call) else node.base
    return node.id if isinstance(node, tree.Name) else ""
