"""Variants: `model NAME varies "base.pfn"` laid over its base, declaration by declaration."""

from __future__ import annotations

from collections.abc import Iterator

from ..diagnostics import Diagnostics, did_you_mean
from ..model.walk import walk
from ..syntax import tree
from ..syntax.recover import Lost
from .declarations import name_of

_NEEDS_A_USE = (
    tree.Function, tree.Const, tree.TypeAlias, tree.Struct, tree.Enum, tree.Shared, tree.Ghost,
)  # fmt: skip


def vary(variant: tree.Tree, base: tree.Tree, lost: Lost | None = None) -> tuple[tree.Tree, Diagnostics]:
    """The tree that a variant stands for.

    Its declarations take the place of those of the same name and kind; others are added.  All of
    the base's expectations about a property give way to the variant's.  A declaration that replaces
    nothing and that nothing uses is taken for a misspelt replacement, where nothing was `lost` that might.
    """
    diagnostics = Diagnostics()
    own = {name: node for node in variant.declarations if (name := name_of(node)) is not None}
    for node in variant.declarations:
        name = name_of(node)
        if name is not None and own[name] is not node:
            related = [(own[name].span, "it stands here")]
            diagnostics.add("declared-twice", node.span, f"`{name}` is declared already", related=related)
    expected = {node.target for node in variant.declarations if isinstance(node, tree.Expect)}
    policies = any(isinstance(node, tree.Policies) for node in variant.declarations)
    merged: list[tree.Declaration] = []
    replaced: set[str] = set()
    for node in base.declarations:
        name = name_of(node)
        if name in own:
            new = own[name]
            if type(new) is not type(node):
                diagnostics.add(
                    "replaces-other-kind", new.span, f"`{name}` is something else in the base",
                    related=[(node.span, "it stands here")],
                )  # fmt: skip
            replaced.add(name)
            merged.append(new)
        elif isinstance(node, tree.Expect):
            if node.target not in expected:
                merged.append(node)
        elif not (isinstance(node, tree.Policies) and policies):
            merged.append(node)
    merged += [node for node in variant.declarations if name_of(node) not in replaced]
    mentioned = set(_names(tuple(merged)))
    for name, new in own.items():
        if (
            lost is None
            and name not in replaced
            and isinstance(new, _NEEDS_A_USE)
            and not _used(new, mentioned)
        ):
            known = [other for node in base.declarations if (other := name_of(node))]
            help = did_you_mean(name, known) or "remove it, or use it"
            diagnostics.add(
                "replaces-nothing", new.span, f"`{name}` replaces nothing, and nothing uses it", help
            )
    doc = variant.doc if variant.doc is not None else base.doc
    return tree.Tree(variant.path, doc, variant.header, tuple(merged)), diagnostics


def _used(node: tree.Declaration, mentioned: set[str]) -> bool:
    names = {name_of(node)}
    if isinstance(node, tree.Enum):
        names |= {member.name for member in node.members}
    return bool(names & mentioned)


def _names(node: object) -> Iterator[str]:
    """Every name that expressions below `node` mention."""
    return (part.id for part in walk(node) if isinstance(part, tree.Name))
