"""Where a statement takes or leaves a lock, a read section of RCU, or masks interrupts, by its call."""

from __future__ import annotations

from dataclasses import dataclass, fields, is_dataclass
from typing import Literal

from ..dsl.source import Span
from ..dsl.syntax import tree
from ..dsl.vocabulary.kernel_words import MASKED
from ..dsl.vocabulary.lookup import LOCK_FUNCTIONS, LOCK_METHODS, MASK_VERBS, RCU_VERBS

_BEGINS = frozenset(["acquire", "read_lock", "disable", "save"])
_ENDS = frozenset(["release", "read_unlock", "enable", "restore"])
_METHODS = {word: use for methods in LOCK_METHODS.values() for word, use in methods.items()}
"""By the method's word: what it does and in which mode, which the word alone tells."""


@dataclass(frozen=True, slots=True)
class Border:
    """A section of `what` begins or ends at a statement; what begins and what ends it have equal ones."""

    side: Literal["begins", "ends"]
    what: object


def border(statement: object) -> Border | None:
    """What a call begins or ends; None for any other statement."""
    if not isinstance(statement, tree.CallStatement) or not isinstance(statement.expression, tree.Call):
        return None
    call = statement.expression
    match call.function:
        case tree.Attribute(base=base, name=word) if word in _METHODS:
            role, mode = _METHODS[word]
            return _border(role, ("lock", meant(base), mode))
        case tree.Name(id=word):
            return _of_function(word, call.arguments)
    return None


def _of_function(word: str, arguments: tuple[object, ...]) -> Border | None:
    if word in RCU_VERBS:
        role, of = RCU_VERBS[word]
        return _border(role, (of, meant(arguments)))
    if word in MASK_VERBS:
        role, of = MASK_VERBS[word]
        return _border(role, (of, role in ("save", "restore"), meant(arguments)))
    method = MASKED[word][0].means if word in MASKED else LOCK_FUNCTIONS.get(word, ("", ()))[0]
    if method not in _METHODS or not arguments:
        return None
    role, mode = _METHODS[method]
    return _border(role, ("lock", meant(arguments[0]), mode))


def _border(role: str, what: object) -> Border | None:
    if role in _BEGINS:
        return Border("begins", what)
    return Border("ends", what) if role in _ENDS else None


def meant(node: object) -> object:
    """What a node says, wherever it stands: equal for nodes that differ in nothing but their places."""
    if isinstance(node, Span):
        return None
    if isinstance(node, tuple):
        return tuple(meant(part) for part in node)
    if is_dataclass(node):
        return (type(node).__name__, *(meant(getattr(node, part.name)) for part in fields(node)))
    return node
