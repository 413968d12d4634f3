"""Checking what the kernel writes otherwise: operations of locks as functions, `BUG_ON`."""

from __future__ import annotations

from ...model import model as m
from ...model import sorts as s
from ...syntax import tree
from ...syntax.written import written
from ...vocabulary.lookup import LOCK_FUNCTIONS, word_of
from ...vocabulary.word import Word
from ..values.expressions import place
from ..values.scope import Scope
from .body import Body


def spelled(call: tree.Call, scope: Scope) -> Word | None:
    """The word of the kernel that is called, unless the model has declared something else by its name."""
    if not isinstance(call.function, tree.Name):
        return None
    name = call.function.id
    if name in scope.names.functions or name in scope.locals or name in scope.names.variables:
        return None
    word = word_of(name)
    return word if word is not None and (word.role in _ROLES or name in LOCK_FUNCTIONS) else None


_ROLES = ("masked", "lock_call", "is_locked", "wake_call", "bug", "warn", "held")


def arguments(call: tree.Call, word: Word, scope: Scope) -> tuple[tree.Expr, ...] | None:
    """What it takes, one expression for each parameter; None after a fault."""
    parameters = word.parameters or ("l",)
    given = [a for a in call.arguments if not isinstance(a, tree.Keyword | tree.Generator)]
    if len(given) == len(parameters) == len(call.arguments):
        return tuple(given)
    message = f"`{word.word}` takes {len(parameters)} argument{'s' * (len(parameters) != 1)}"
    help = f"write `{word.word}({', '.join(parameters)})`"
    scope.diagnostics.add("bad-argument", call.span, message, help)
    return None


def lock_of(call: tree.Call, word: Word, scope: Scope) -> m.Place | None:
    """The lock that a function is about; None after a fault."""
    given = arguments(call, word, scope)
    lock = given and place(given[0], scope)
    if not lock:
        return None
    kinds = LOCK_FUNCTIONS[word.word][1] if word.word in LOCK_FUNCTIONS else word.of
    if isinstance(lock.sort, s.Lock) and (not kinds or lock.sort.kind in kinds):
        return lock
    needed = f"a `{kinds[0]}`" if kinds else "a lock"
    scope.diagnostics.add("wrong-sort", lock.span, f"`{word.word}` takes {needed}, this is `{lock.sort}`")
    return None


def text_of(call: tree.Call) -> str:
    """What an assertion of the kernel is called: as it is written."""
    return written(call)


def held(call: tree.Call, word: Word, body: Body) -> m.Statement | None:
    """`lockdep_assert_held(l)` as an assertion."""
    lock = lock_of(call, word, body.scope.specification())
    text = text_of(call)
    body.scope.names.asserted.add(text)
    if lock is None:
        return None
    state: m.Expr = m.LockState(lock, m.ThisTask(call.span), call.span)
    if word.word == "lockdep_assert_not_held":
        state = m.Operation("not", (state,), s.BOOL, call.span)
    return m.Assert(state, text, call.span)
