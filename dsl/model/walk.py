"""Going through a tree or a model: everything below a node, and a node with parts of it replaced."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import fields, is_dataclass, replace

from ..source import Span
from .sorts import Lock, Struct, Word


def rewritten(node: object, change: Callable[[object], object]) -> object:
    """`node` with `change` applied from the top: where it returns the same node, its parts are
    rewritten in turn; a statement may become a tuple of statements."""
    new = change(node)
    if new is not node:
        return new
    if isinstance(node, tuple):
        items: list[object] = []
        for item in node:
            made = rewritten(item, change)
            if isinstance(made, tuple) and not isinstance(item, tuple):
                items.extend(made)
            else:
                items.append(made)
        return tuple(items)
    if hasattr(node, "__dataclass_fields__") and not isinstance(node, Span | Lock | Struct | Word):
        changes = {}
        for item in fields(node):  # type: ignore[arg-type]
            if item.name not in ("sort", "span", "bound", "variable"):
                before = getattr(node, item.name)
                after = rewritten(before, change)
                if after is not before:
                    changes[item.name] = after
        return replace(node, **changes) if changes else node  # type: ignore[type-var]
    return node


def parts(node: object) -> tuple[object, ...]:
    """What a node consists of, in order; spans and sorts are left out."""
    if isinstance(node, tuple):
        return node
    return tuple([getattr(node, name) for name in _part_names(type(node))])


def _part_names(kind: type) -> tuple[str, ...]:
    known = _PART_NAMES.get(kind)
    if known is None:
        names: tuple[str, ...] = ()
        if is_dataclass(kind) and kind not in (Span, Lock, Struct, Word):
            names = tuple(item.name for item in fields(kind))
        known = _PART_NAMES[kind] = tuple(n for n in names if n not in ("sort", "span", "root", "bound"))
    return known


_PART_NAMES: dict[type, tuple[str, ...]] = {}


def walk(node: object) -> Iterator[object]:
    """A node and everything below it, parents first."""
    todo = [node]
    while todo:
        node = todo.pop()
        yield node
        todo.extend(reversed(parts(node)))
