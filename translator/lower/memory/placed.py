"""Barriers that order only together with what stands directly beside them, under weak memory.

`smp_mb__before_atomic()` stands directly before an atomic operation, `smp_mb__after_atomic()` behind one, and
`smp_mb__after_spinlock()` and `smp_mb__after_unlock_lock()` behind taking a spinlock (the kernel's
Documentation/atomic_t.txt, include/linux/spinlock.h).  There each is a full barrier of its own.  What the
kernel's model says of other places depends on how code comes there, and is not modelled."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import fields, is_dataclass
from typing import get_args

from ....dsl.diagnostics import Diagnostics
from ....dsl.model import model as m
from ....dsl.model.sorts import Lock

_STATEMENTS = get_args(m.Statement)
_BESIDE = {
    "smp_mb__before_atomic": ("before an atomic operation that always stores", "below"),
    "smp_mb__after_atomic": ("behind an atomic operation that always stores", "above"),
    "smp_mb__after_spinlock": ("behind taking a spinlock", "above"),
    "smp_mb__after_unlock_lock": ("behind taking a spinlock", "above"),
}


def refuse_misplaced(bodies: tuple[object, ...], diagnostics: Diagnostics) -> None:
    """Adds a diagnostic for each of them that stands elsewhere."""
    for block, around in _blocks(bodies):
        for at, node in enumerate(block):
            if isinstance(node, m.Verb) and node.verb in _BESIDE and not _fits(node.verb, block, at, around):
                where, side = _BESIDE[node.verb]
                message = f"`{node.verb}()` orders something only directly {where}"
                help = f"write `smp_mb()`, or let nothing stand between it and the operation {side} it"
                diagnostics.add("barrier-misplaced", node.span, message, help)


def _blocks(bodies: tuple[object, ...]) -> Iterator[tuple[tuple[object, ...], object]]:
    """Every sequence of statements, and the node that it is the body of."""
    for body in bodies:
        yield body, None  # type: ignore[misc]
    for node in m.walk(bodies):
        if is_dataclass(node):
            for item in fields(node):
                yield from ((block, node) for block in _inside(getattr(node, item.name)))


def _inside(value: object) -> Iterator[tuple[object, ...]]:
    if isinstance(value, tuple) and value:
        if isinstance(value[0], _STATEMENTS):
            yield value
        elif isinstance(value[0], tuple):
            for part in value:
                yield from (one for item in part for one in _inside(item))


def _fits(verb: str, block: tuple[object, ...], at: int, around: object) -> bool:
    before = block[at - 1] if at else None
    match verb:
        case "smp_mb__before_atomic":
            return at + 1 < len(block) and _is_atomic(block[at + 1])
        case "smp_mb__after_atomic":
            return _is_atomic(before)
    if at == 0:
        return isinstance(around, m.With) and _is_spinlock(around.lock)
    return isinstance(before, m.LockAction) and before.action == "acquire" and _is_spinlock(before.lock)


def _is_spinlock(lock: m.Place) -> bool:
    return isinstance(lock.sort, Lock) and lock.sort.spins and not lock.sort.shared


def _is_atomic(node: object) -> bool:
    """Whether all that a statement does to what is shared is an atomic operation that always stores."""
    match node:
        case m.Do(action=m.Modify() as action) | m.Declare(value=m.Modify() as action):
            pass
        case m.Store(place=m.Place(root=m.LocalVariable()), value=m.Modify() as action):
            pass
        case _:
            return False
    arguments = (*(value for _, value in action.arguments), *action.place.path)
    return action.when is None and not m.shared(arguments)
