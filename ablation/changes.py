"""Every change that takes one thing away from the code of a specification, in the order of the text.

Code is what processes, handlers, `def`s and policies of the specification do. Assertions, ghosts and what is
said of behaviours are no code: they stay, as what a change is noticed by. Changes are of the tree, so that
each has its place; whether a changed tree is a model is for the checker to say.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import replace

from ..dsl.model.walk import walk
from ..dsl.source import Span
from ..dsl.syntax import tree
from ..dsl.vocabulary.atomic_words import OPERATIONS
from ..dsl.vocabulary.lookup import (
    ASSERTING,
    BARRIERS,
    CHOICES,
    QUEUE_VERBS,
    SET_METHODS,
    STORES,
    WAKING,
    word_of,
)
from ..dsl.vocabulary.weaker import COMPLETES, WAITS_LESS, WAKES_LESS, WEAKER
from .change import Change, How
from .conditions import of_conditions
from .kinds import Kind
from .sections import Border, border

_CODE = (tree.Process, tree.Function, tree.Policy)
_SILENT = (tree.Docstring, tree.Local, tree.Label, tree.Assert, tree.Pass)
"""Statements that are no step by themselves, or not as long as they have no value."""


def changes(specification: tree.Tree) -> tuple[Change, ...]:
    """All of them. Where several are of one place they stand together."""
    known = _Known(specification)
    found: list[Change] = []
    for declaration in specification.declarations:
        if isinstance(declaration, _CODE):
            found += _of_code(declaration.body, known)
    return tuple(sorted(found, key=_place))


def _place(change: Change) -> tuple[str, int, int, int, int]:
    place = change.place
    return (place.path, place.line, place.column, place.end_line, place.end_column)


class _Known:
    """What names of a specification stand for."""

    def __init__(self, specification: tree.Tree) -> None:
        declared = specification.declarations
        self.ghosts = frozenset(one.name for one in declared if isinstance(one, tree.Ghost))
        self.shared = frozenset(one.name for one in declared if isinstance(one, tree.Shared))
        self.constants = frozenset(one.name for one in declared if isinstance(one, tree.Const))
        self.functions = frozenset(one.name for one in declared if isinstance(one, tree.Function))

    def tests(self, condition: tree.Expr) -> bool:
        """Whether what a condition says depends on the state: not on constants alone, and not on chance."""
        names = {node.id for node in walk(condition) if isinstance(node, tree.Name)}
        return not names & set(CHOICES) and not names <= self.constants


def _of_code(body: tree.Block, known: _Known) -> Iterator[Change]:
    whole = [node for node in walk(body) if isinstance(node, tree.Atomic)]
    at_once = {id(block) for node in whole for block in walk(node) if isinstance(block, tree.Block)}
    for node in walk(body):
        match node:
            case tree.Block():
                # Within one step there is no order to be lost.
                found = _of_block(node, known)
                yield from (one for one in found if one.kind != "order" or id(node) not in at_once)
            case tree.Call(function=tree.Name(id=word) as name) if word in WEAKER:
                kind: Kind = "wake-up" if word in WAKES_LESS else "wait" if word in WAITS_LESS else "barrier"
                for instead in WEAKER[word]:
                    partly = kind == "wake-up" or instead in BARRIERS or _orders(instead)
                    made = replace(name, id=instead)
                    yield Change(kind, "weaker", node.span, None, instead, partly, name, made)
    yield from of_conditions(body)


def _of_block(block: tree.Block, known: _Known) -> Iterator[Change]:
    """What can be taken away from the statements of a block, seen as parts of it."""
    edit = _Edit(block)
    for at, statement in enumerate(block.statements):
        match statement:
            case tree.With():
                yield from _of_section(edit, at, statement)
            case tree.If():
                yield from _of_if(edit, at, statement, known)
            case tree.While() if _comes_round(statement, known):
                yield edit.made("loop", "once", statement.span, at, at + 1, [_once(statement)])
            case tree.Wait() | tree.Await() | tree.Delegate():
                yield edit.made("wait", "gone", statement.span, at, at + 1, [])
            case tree.Assign(target=target) | tree.Augmented(target=target):
                if _root(target) not in known.ghosts:
                    yield edit.made("store", "gone", statement.span, at, at + 1, [])
            case tree.CallStatement():
                kind = _kind_of_call(statement, known)
                if kind is not None:
                    yield edit.made(kind, "gone", statement.span, at, at + 1, [])
        yield from _of_calls(edit, at)
        after = block.statements[at + 1 : at + 2]
        if after and _is_shared_store(statement, known) and _is_shared_store(after[0], known):
            yield edit.made(
                "order", "swapped", statement.span, at, at + 2, [after[0], statement], also=after[0].span
            )


def _orders(word: str) -> bool:
    return (entry := word_of(word)) is not None and entry.order != "relaxed"


class _Edit:
    """Makes changes of one block."""

    def __init__(self, block: tree.Block) -> None:
        self.block = block

    def made(
        self, kind: Kind, how: How, place: Span, first: int, behind: int,
        statements: Iterable[tree.Statement], also: Span | None = None,
    ) -> Change:  # fmt: skip
        """The block with other statements from `first` to before `behind`."""
        old = self.block.statements
        new = (*old[:first], *statements, *old[behind:])
        if all(isinstance(one, tree.Docstring) for one in new):
            new = (*new, tree.Pass(place))
        partly = how in ("later", "earlier")
        return Change(kind, how, place, also, "", partly, self.block, replace(self.block, statements=new))


# -- sections


def _of_section(edit: _Edit, at: int, section: tree.With) -> Iterator[Change]:
    body = section.body.statements
    yield edit.made("section", "gone", section.span, at, at + 1, body)
    first, last = _borders(body)
    if first is None or last is None or first == last:
        return
    later = [*body[: first + 1], _around(section, body[first + 1 :])]
    yield edit.made("section", "later", section.span, at, at + 1, later)
    earlier = [_around(section, body[:last]), *body[last:]]
    yield edit.made("section", "earlier", section.span, at, at + 1, earlier)


def _around(section: tree.With, statements: tuple[tree.Statement, ...]) -> tree.With:
    return replace(section, body=replace(section.body, statements=statements))


def _of_calls(edit: _Edit, at: int) -> Iterator[Change]:
    """A section that begins with a call, and ends with one in the same block."""
    statements = edit.block.statements
    begins = border(statements[at])
    if begins is None or begins.side != "begins":
        return
    ending = Border("ends", begins.what)
    end = next((i for i in range(at + 1, len(statements)) if border(statements[i]) == ending), None)
    if end is None:
        return
    take, leave, body = statements[at], statements[end], statements[at + 1 : end]
    also = leave.span
    yield edit.made("section", "gone", take.span, at, end + 1, body, also)
    first, last = _borders(body)
    if first is None or last is None or first == last:
        return
    later = [*body[: first + 1], take, *body[first + 1 :], leave]
    yield edit.made("section", "later", take.span, at, end + 1, later, also)
    earlier = [take, *body[:last], leave, *body[last:]]
    yield edit.made("section", "earlier", take.span, at, end + 1, earlier, also)


def _borders(body: tuple[tree.Statement, ...]) -> tuple[int | None, int | None]:
    """The first and the last statement that does something."""
    doing = [at for at, one in enumerate(body) if not isinstance(one, _SILENT) or _sets(one)]
    return (doing[0], doing[-1]) if doing else (None, None)


def _sets(statement: tree.Statement) -> bool:
    return isinstance(statement, tree.Local) and statement.value is not None


# -- tests and loops


def _of_if(edit: _Edit, at: int, statement: tree.If, known: _Known) -> Iterator[Change]:
    elifs, orelse = statement.elifs, statement.orelse
    if known.tests(statement.condition):
        rest: tuple[tree.Statement, ...] = orelse.body.statements if orelse else ()
        if elifs:
            first = elifs[0]
            rest = (tree.If(first.span, first.condition, first.body, elifs[1:], orelse),)
        yield edit.made("test", "never", statement.span, at, at + 1, rest)
        yield edit.made("test", "always", statement.span, at, at + 1, statement.body.statements)
    for number, one in enumerate(elifs):
        if known.tests(one.condition):
            without = replace(statement, elifs=elifs[:number] + elifs[number + 1 :])
            yield edit.made("test", "never", one.span, at, at + 1, [without])
            final = replace(statement, elifs=elifs[:number], orelse=tree.Else(one.span, one.body))
            yield edit.made("test", "always", one.span, at, at + 1, [final])


def _comes_round(loop: tree.While, known: _Known) -> bool:
    """Whether a loop goes on or ends by what it finds: it is no process' main loop."""
    if isinstance(loop.condition, tree.Truth):
        return loop.condition.value and _leaves(loop.body)
    return known.tests(loop.condition)


def _leaves(node: object) -> bool:
    """Whether a loop's body may leave it."""
    if isinstance(node, tree.Return | tree.Break | tree.Goto):
        return True
    if isinstance(node, tree.While | tree.For):
        return any(isinstance(one, tree.Return) for one in walk(node))
    if isinstance(node, tree.Block):
        return any(_leaves(one) for one in node.statements)
    inner = (part for part in walk(node) if isinstance(part, tree.Block) and part is not node)
    return any(_leaves(part) for part in inner)


def _once(loop: tree.While) -> tree.For:
    """A loop that runs at most once, in which `break` and `continue` mean what they did."""
    used = {node.id for node in walk(loop) if isinstance(node, tree.Name)}
    name = next(f"once{n}" for n in range(len(used) + 1) if f"once{n}" not in used)
    span, body = loop.span, loop.body
    if not isinstance(loop.condition, tree.Truth):
        body = replace(body, statements=(tree.If(span, loop.condition, body, (), None),))
    one = tree.Call(span, tree.Name(span, "range"), (tree.Number(span, 1),))
    return tree.For(span, name, one, body)


# -- calls and stores


def _kind_of_call(statement: tree.CallStatement, known: _Known) -> Kind | None:
    """What a call is when it is taken away; None where it stays: it begins or ends a section, asserts, or
    lets time pass."""
    call = statement.expression
    if not isinstance(call, tree.Call) or border(statement) is not None:
        return None
    match call.function:
        case tree.Attribute(base=base, name=name):
            stores = name in SET_METHODS and _root(base) not in known.ghosts
            return "store" if stores else None
        case tree.Name(id=word):
            return _kind_of_word(word, call, known)
    return None


def _kind_of_word(word: str, call: tree.Call, known: _Known) -> Kind | None:
    if word in known.functions:
        return "call"
    role = "" if (entry := word_of(word)) is None else entry.role
    if word in BARRIERS:
        return "barrier"
    if word in WAKING or word in COMPLETES or word == "wake_up_process":
        return "wake-up"
    if word in QUEUE_VERBS or role in ("task", "synchronize") or word == "schedule":
        return "wait"
    if word in STORES or word in OPERATIONS:
        place = next((_root(argument) for argument in call.arguments if _root(argument)), "")
        return None if place in known.ghosts else "store"
    return None if word in ASSERTING or role in ("pause", "choice") or entry is None else "call"


def _is_shared_store(statement: tree.Statement, known: _Known) -> bool:
    """Whether a statement stores to what others see."""
    match statement:
        case tree.Assign(target=target) | tree.Augmented(target=target):
            root = _root(target)
            return root not in known.ghosts and (root in known.shared or not isinstance(target, tree.Name))
        case tree.CallStatement():
            return _kind_of_call(statement, known) == "store"
    return False


def _root(expression: object) -> str:
    """The name that a place begins with; empty for what is no place."""
    while isinstance(expression, tree.Attribute | tree.Subscript):
        expression = expression.base
    return expression.id if isinstance(expression, tree.Name) else ""
