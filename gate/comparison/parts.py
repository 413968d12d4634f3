"""What of a declaration is compared, and the words for what became of it."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import TypeVar

from ...dsl.syntax import tree
from .difference import DIFFERENT, STRONGER, WEAKER, Difference
from .terms import Surroundings, Term, term

Node = TypeVar(
    "Node", tree.Process, tree.Function, tree.TypeAlias, tree.Enum, tree.Struct, tree.Shared, tree.Ghost,
    tree.Recording,
)  # fmt: skip


def whole_of(node: object) -> Term:
    """A declaration with its blocks, without places and docstrings."""
    if isinstance(node, tuple):
        return tuple(whole_of(part) for part in node if not isinstance(part, tree.Docstring | tree.Pass))
    if isinstance(node, tree.Node):
        names = (name for name in node.__dataclass_fields__ if name not in ("span", "doc"))
        return (type(node).__name__, *(whole_of(getattr(node, name)) for name in names))
    return (type(node).__name__, node)


def named(of: tree.Tree, kind: type[Node]) -> dict[str, Node]:
    return {node.name: node for node in of.declarations if isinstance(node, kind)}


def interrupted(node: tree.Process) -> tuple[str, str] | None:
    """At which level which process is interrupted by a handler."""
    return None if node.interrupts is None else (node.interrupts.level, node.interrupts.process)


def alike(one: tree.Process, other: tree.Process) -> bool:
    parts: list[Callable[[tree.Process], object]] = [
        lambda p: p.body, lambda p: p.count, lambda p: p.cpu, interrupted,
    ]  # fmt: skip
    return sorted(one.modifiers) == sorted(other.modifiers) and all(
        whole_of(part(one)) == whole_of(part(other)) for part in parts
    )


def tasks_of(count: tree.Expr | None, where: Surroundings) -> Term:
    number = ("value", "int", 1) if count is None else term(count, where)
    return ("range", 0, number[2]) if number[:2] == ("value", "int") else number


def enum_differences(old: tree.Enum, new: tree.Enum) -> Iterator[Difference]:
    before, after = ([member.name for member in of.members] for of in (old, new))
    if before == after:
        return
    effect, message = DIFFERENT, "its members are changed"
    if set(after) < set(before):
        effect, message = WEAKER, "it has fewer members: less is examined"
    elif set(before) < set(after) and before[0] == after[0]:
        effect, message = STRONGER, "it has more members: more is examined"
    yield Difference("type-changed", effect, new.name, message, old.span, new.span)


def size_words(effect: str) -> str:
    words = {
        WEAKER: "it has fewer values: less is examined",
        STRONGER: "it has more values: more is examined",
    }
    return words.get(
        effect, "the type is changed" if effect == DIFFERENT else "the type is written otherwise"
    )


def initial_term(node: tree.Expr | None, where: Surroundings) -> Term:
    return ("default",) if node is None else term(node, where)


def scenario_of(of: tree.Tree, name: str | None) -> tree.Scenario | None:
    return next((n for n in of.declarations if isinstance(n, tree.Scenario) and n.name == name), None)


def policies_line(of: tree.Tree, scenario: str | None) -> tree.Policies | None:
    """The `policies` line that counts in a scenario."""
    node = scenario_of(of, scenario)
    if node is not None and node.policies:
        return node.policies[0]
    return next((n for n in of.declarations if isinstance(n, tree.Policies)), None)
