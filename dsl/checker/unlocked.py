"""Checking `accept unlocked`: shared locations whose accesses no lock is meant to keep apart."""

from __future__ import annotations

from collections.abc import Iterator

from ..diagnostics import Diagnostics, did_you_mean
from ..model import sorts as s
from ..source import Span
from ..syntax import tree
from .values.scope import Names


def unlocked_on_purpose(
    declared: tuple[tree.Declaration, ...], names: Names, own: str, diagnostics: Diagnostics
) -> tuple[str, ...]:
    """The locations that a model accepts, each once, in order; a variable with fields stands for all of them.

    Each has to be a shared variable, or a field of one, that holds a value; the reason must not be empty.
    One that a base accepts and its variant no longer has is passed over; `own` is the file's path.
    """
    known = [path for node in declared if isinstance(node, tree.Shared) for path in _paths(node.name, names)]
    accepted: dict[str, Span] = {}
    for node in declared:
        if not isinstance(node, tree.AcceptUnlocked):
            continue
        if not node.reason.strip():
            diagnostics.add(
                "no-reason", node.span, "an acceptance needs a reason", "say what orders the accesses"
            )
        for location in node.locations:
            if location in accepted:
                related = [(accepted[location], "it stands here")]
                diagnostics.add(
                    "declared-twice", node.span, f"`{location}` is accepted already", related=related
                )
            elif location not in known and not names.may_be(location.partition(".")[0]):
                if node.span.path != own:
                    continue
                help = did_you_mean(location, known) or "name a `shared` variable, or a field of one"
                diagnostics.add("unknown-name", node.span, f"there is no shared location `{location}`", help)
            accepted.setdefault(location, node.span)
    return tuple(accepted)


def _paths(name: str, names: Names) -> Iterator[str]:
    """The locations of a variable: itself, and its fields, without indices."""
    variable = names.variables.get(name)
    if variable is not None:
        yield from _below(name, variable.sort)


def _below(path: str, sort: s.Sort) -> Iterator[str]:
    match sort:
        case s.Array(of=of):
            yield from _below(path, of)
        case s.Struct(fields=fields):
            yield path
            for name, inner, _ in fields:
                yield from _below(f"{path}.{name}", inner)
        case s.Lock() | s.WaitQueue() | s.Srcu():
            return
        case _:
            yield path
